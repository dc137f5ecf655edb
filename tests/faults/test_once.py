"""A command that is sent again, at once by many, or after an answer that was lost, is done once."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import richbook
from commands import COMMANDS, FACTS, SINGULAR
from nursery import Nursery

import trustledger as tl
from trustledger.store.tables import METADATA

SENDERS = 2
Written = dict[str, list[tuple[Any, ...]]]


def written(url: str) -> Written:
    """Everything stored, but for when it was recorded."""
    book = tl.Book.open(url, richbook.CODE)
    found = {}
    with book._where.connect() as connection:  # type: ignore[union-attr]
        for table in METADATA.sorted_tables:
            columns = [one for one in table.columns if one.name != "recorded_at"]
            rows = connection.execute(table.select().with_only_columns(*columns))
            found[table.name] = sorted(map(tuple, rows), key=repr)
    book.close()
    return found


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """What stands after every command was sent once, one after the other."""
    url = f"sqlite:///{tmp_path_factory.mktemp('once') / 'b.db'}"
    book = richbook.make(url)
    for command in COMMANDS.values():
        command(book)
    book.close()
    return written(url)


@pytest.mark.parametrize("first", ["lost", pytest.param("at once", marks=pytest.mark.long)])
def test_one_effect_of_every_command(first: str, url: str, nursery: Nursery, once: Written) -> None:
    """First one killed between commit and answer, or some at once, by turns; then some more."""
    chance = random.Random(url)
    richbook.make(url).close()
    stands = written(url)
    for number, name in enumerate(COMMANDS):
        before = stands
        if (number % 2 == 0) == (first == "lost"):
            assert nursery.start("commands:send", url, name, 1, True).lines() == []
            stands = written(url)
            assert stands != before or name == "a batch", name
        told = nursery.all(
            "commands:send", [(url, name, chance.randint(1, 5), False) for _ in range(SENDERS)]
        )
        assert {line for lines in told for line in lines} == {"done"}, (name, told)
        again = written(url)
        assert stands in (again, before), name
        stands = again
    assert stands == once
    book = tl.Book.open(url, richbook.CODE)
    assert book.verify() == []
    book.close()


def others(fact: tl.Record) -> list[tl.Record]:
    """The same key with another body: each field changed that is not of the key."""
    found = []
    for name in type(fact).model_fields:
        value = getattr(fact, name)
        other = fact.model_copy(update={name: changed(value)})
        if other != fact and other.record_key == fact.record_key:
            found.append(other)
    return found


def changed(value: Any) -> Any:
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, date):
        return value + timedelta(1)
    return value + 1 if isinstance(value, int | Decimal) else value


@pytest.mark.parametrize("name", [*SINGULAR, *FACTS])
def test_a_key_with_another_body_is_refused(name: str) -> None:
    book = richbook.make("sqlite://")
    COMMANDS[name](book)
    head = book.head
    tried = others(FACTS[name] if name in FACTS else SINGULAR[name][1])
    for other in tried:
        with pytest.raises(tl.KeyConflict, match="stands with"):
            book.post([other])
    assert tried and book.head == head and book.verify() == []
    book.close()
