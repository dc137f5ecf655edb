"""What stands, as a value: entries as they were given, their personal fields put back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select

from trustledger.records import Entry, Posting
from trustledger.rules.sealing import SEALED, Private, sealed_fields, unseal
from trustledger.store.asking import Asked, Question
from trustledger.store.tables import ENTRY, PRIVATE

_STORED = Question(
    select(ENTRY.c.seq, ENTRY.c.content, ENTRY.c.key, PRIVATE.c.field, PRIVATE.c.value)
    .outerjoin(PRIVATE, and_(PRIVATE.c.book == ENTRY.c.book, PRIVATE.c.seq == ENTRY.c.seq))
    .where(
        ENTRY.c.book == bindparam("of"),
        ENTRY.c.kind == bindparam("sort"),
        ENTRY.c.key.in_(bindparam("keys", expanding=True)),
    )
)


class Stored(NamedTuple):
    """An entry that stands: number, fact as given, public key, and what was erased of it."""

    seq: int
    content: str
    key: str
    erased: tuple[str, ...] = ()


def stored_of(book: str, kind: str, keys: list[str]) -> Asked:
    """Asks for entries of a kind by their keys, each with what is kept of its personal fields."""
    return _STORED, {"of": book, "sort": kind, "keys": keys}


def as_given(seq: int, content: str, key: str, values: Mapping[str, str]) -> Stored:
    """An entry with what is kept of its personal fields put back."""
    if SEALED not in content:
        return Stored(seq, content, key)
    gone = tuple(name for name in sealed_fields(content) if name not in values)
    return Stored(seq, unseal(content, values), key, gone)


def put_together(rows: Iterable[Sequence[Any]]) -> list[Stored]:
    """Entries from rows of number, content, key and one personal field with its value."""
    kept: dict[tuple[int, str, str], dict[str, str]] = {}
    for *entry, field, value in rows:
        kept.setdefault(tuple(entry), {})[field] = value
    return [as_given(*entry, values) for entry, values in kept.items()]


def entry_of(row: Any, lines: Iterable[Posting], kept: Iterable[Private]) -> Entry:
    """An entry as its reader sees it: the fact as given beside what stands."""
    public = row.content
    entry = Entry._make((*row, tuple(lines), public, ()))
    if SEALED not in public:
        return entry
    given = unseal(public, {one.field: one.value for one in kept})
    return entry._replace(content=given, private=tuple(kept))
