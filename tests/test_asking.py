"""The driver's own way gives the same answers, rows and errors as SQLAlchemy's."""

from __future__ import annotations

import threading
from typing import Any

import databases
import psycopg
import pytest
from databases import fresh, tampering
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, bindparam, event
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError
from strategies import Story, stories
from test_laws import dump

import trustledger as tl
from trustledger.store import asking, dialects
from trustledger.store.tables import HEAD, OPEN

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
FACTS = (
    tl.Unit(unit="1", area_m2="100", usage="residential", owner="甲"),
    tl.Tariff(item="fee", basis="per_unit_month", price="100", start="2024-01-01"),
    tl.Term(rate="12%", base=("service_fee",), start="2024-01-01"),
)


def receipt(number: int) -> tl.Receipt:
    return tl.Receipt(key=f"R{number}", on="2024-01-05", unit="1", amount="10", payer="甲")


def engine() -> Engine:
    where = fresh()
    return where if isinstance(where, Engine) else tl.engine(where)


def listen(where: Engine) -> Engine:
    """Somebody hears every statement, so that they go SQLAlchemy's way."""
    event.listen(where, "before_cursor_execute", lambda *told: None)
    return where


@settings(max_examples=25, deadline=None)
@given(story=stories())
def test_both_ways_write_the_same(story: Story) -> None:
    quick, slow = engine(), listen(engine())
    one, other = story.book(quick), story.book(slow)
    assert one.head == other.head and dump(one) == dump(other)


@settings(max_examples=25, deadline=None)
@given(units=st.lists(st.sampled_from("abcdef"), min_size=1, unique=True), fen=st.integers(0, 1))
def test_a_question_is_answered_as_sqlalchemy_does(units: list[str], fen: int) -> None:
    """Lists of any length, constants of its own, and the same question again."""
    where = engine()
    tl.Book.create(where, INFO)
    wanted = OPEN.select().where(
        OPEN.c.book == bindparam("of"),
        OPEN.c.unit.in_(bindparam("units", expanding=True)),
        OPEN.c.open_fen == fen,
    )
    question = asking.Question(wanted.order_by(OPEN.c.unit))
    with where.begin() as connection:
        rows = [("garden", unit, "", "", "", "", at % 2, "") for at, unit in enumerate("abcdef")]
        dialects.insert(connection, OPEN, rows)
        for some in (units, units[:1]):
            told = {"of": "garden", "units": some}
            found = [tuple(row) for row in connection.execute(wanted, told)]
            assert sorted(asking.ask(connection, question, told)) == sorted(found)
        connection.rollback()


def test_errors_are_sqlalchemy_s() -> None:
    where = engine()
    tl.Book.create(where, INFO)
    head = [("garden", 2, 0, "", "")]
    with pytest.raises(IntegrityError), where.begin() as connection:
        dialects.insert(connection, HEAD, head)
    with (
        pytest.raises(IntegrityError),
        where.begin() as connection,
        dialects.together(connection),
    ):
        dialects.insert(connection, HEAD, head)
    with (
        pytest.raises((OperationalError, ProgrammingError), match="tl_nothing"),
        where.begin() as connection,
    ):
        asking.tell(connection, "DELETE FROM tl_nothing", ())


def test_what_stands_behind_the_head_is_told_in_a_sentence() -> None:
    where = engine()
    book = tl.Book.create(where, INFO, *FACTS)
    book.receive(receipt(1))
    with tampering(book) as connection:
        connection.exec_driver_sql("UPDATE tl_head SET size = size - 1")
    with pytest.raises(tl.BookCorrupt, match="beside this library: run trustledger verify"):
        book.receive(receipt(2))
    assert book.entry("receipt", "R2") is None


def server_book() -> tuple[tl.Book, Engine]:
    where = databases.fresh("postgresql")
    assert isinstance(where, Engine)
    return tl.Book.create(where, INFO, *FACTS), where


def test_a_receipt_is_two_goes_to_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is asked with the lock, and what is written; nothing else before the commit."""
    book, _ = server_book()
    book.receive(receipt(1))
    said: list[str] = []
    for owner, name in ((psycopg.Connection, "pipeline"), (psycopg.Cursor, "execute")):
        real = getattr(owner, name)

        def heard(self: Any, *told: Any, real: Any = real, name: str = name, **more: Any) -> Any:
            inside = self if name == "pipeline" else self.connection
            if not inside.pgconn.pipeline_status:
                said.append(name)
            return real(self, *told, **more)

        monkeypatch.setattr(owner, name, heard)
    monkeypatch.setattr(dialects.postgresql.limits, "IDLE_SECONDS", 60)
    book.receive(receipt(2))
    assert said == ["pipeline", "pipeline"]


def test_what_is_asked_with_the_lock_is_as_it_stands_after_the_waiting() -> None:
    """Another writer holds the book and posts the same receipt; who waited finds it."""
    book, where = server_book()
    book.receive(receipt(1))
    answers: list[tl.Posted] = []
    with where.begin() as connection:
        writer = tl.Book(connection, "garden")
        dialects.lock_head(connection, "garden")
        waiting = threading.Thread(target=lambda: answers.append(book.receive(receipt(2))))
        waiting.start()
        with databases.server().connect() as admin:
            asked = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
            while not admin.execute(asked, (databases.own_database(),)).fetchone():
                pass
        first = writer.receive(receipt(2))
    waiting.join()
    assert first.new and answers == [first._replace(new=False)]
    assert book.receive(receipt(3)).new and book.verify() == []
