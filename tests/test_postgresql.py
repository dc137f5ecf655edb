"""PostgreSQL beside SQLite: the same books, and guards that the server itself keeps."""

from __future__ import annotations

import json
import threading
from typing import Any

import databases
import psycopg
import pytest
from hypothesis import given, settings
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from strategies import Story, stories
from test_laws import dump

import trustledger as tl
from trustledger.store import dialects, limits, postgresql, transactions
from trustledger.store.tables import METADATA

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
FACTS = (
    tl.Unit(unit="1-101", building="1栋", area_m2="100", usage="residential"),
    tl.Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2024-01-01"),
    tl.Term(rate="12%", base=("service_fee",), start="2024-01-01"),
    tl.BudgetLine(line="A03", name="清洁", category="cleaning", amount="1,000.00"),
)
FIXED = "2026-01-01T00:00:00+00:00"


def receipt(number: int, amount: str = "10.00") -> tl.Receipt:
    return tl.Receipt(key=f"W{number}", on="2024-01-05", unit="1-101", amount=amount)


def engine() -> Engine:
    made = databases.fresh("postgresql")
    assert isinstance(made, Engine)
    return made


@pytest.fixture
def book() -> tl.Book:
    return tl.Book.create(engine(), INFO, *FACTS, clock=lambda: FIXED)


@settings(max_examples=max(5, 50 // databases.FEWER), deadline=None)
@given(story=stories())
def test_the_same_operations_give_the_same_rows_and_root(story: Story) -> None:
    here, there = story.book("sqlite://"), story.book(engine())
    assert here.head == there.head
    mine, theirs = dump(here), dump(there)
    assert mine.keys() == theirs.keys()
    for table, rows in mine.items():
        assert sorted(rows) == sorted(theirs[table])
    assert there.verify() == []


# --------------------------------------------------------------------------- guards

ATTACKS = [
    "UPDATE tl_entry SET content = '{}' WHERE seq = 1",
    "DELETE FROM tl_posting",
    "TRUNCATE tl_posting",
    "TRUNCATE tl_entry CASCADE",
    "DELETE FROM tl_head",
    "TRUNCATE tl_head CASCADE",
    "UPDATE tl_head SET size = size - 1",
    "UPDATE tl_head SET book = 'other'",
    "INSERT INTO tl_entry SELECT * FROM tl_entry ON CONFLICT (book, seq) DO UPDATE SET day = ''",
    "INSERT INTO tl_entry SELECT book, 1000 - 995, 'x', 'x', day, recorded_at, 0, content, leaf "
    "FROM tl_entry WHERE seq = 1",
    "INSERT INTO tl_entry SELECT book, -1, 'x', 'x', day, recorded_at, 0, content, leaf "
    "FROM tl_entry WHERE seq = 1",
    "INSERT INTO tl_posting SELECT book, seq, no + 50, account, fund, debit_fen, credit_fen, unit, "
    "item, line, month, source, term FROM tl_posting",
    "MERGE INTO tl_entry USING tl_head ON true WHEN MATCHED THEN UPDATE SET day = ''",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_journal_refuses(book: tl.Book, attack: str) -> None:
    """Even to the owner of the tables, as long as the guards stand."""
    book.charge("2024-01")
    before = dump(book)
    with pytest.raises(DBAPIError), book._where.begin() as connection:  # type: ignore[union-attr]
        connection.exec_driver_sql(attack)
    assert dump(book) == before and book.verify() == []


def test_an_entry_that_does_not_balance_is_refused_at_commit(book: tl.Book) -> None:
    where = book._where
    assert isinstance(where, Engine)
    said = "entry 7 of book garden does not balance"
    with pytest.raises(DBAPIError, match=said), where.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO tl_entry VALUES ('garden', 7, 'x', 'x', '2024-01-01', '', 0, '{}', '')"
        )
        connection.exec_driver_sql(
            "INSERT INTO tl_posting VALUES ('garden', 7, 1, '1002', 'common', 1, 0, "
            "'', '', '', '', '', '')"
        )
    assert book.verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE tl_entry DISABLE TRIGGER tl_entry_no_change",
        "DROP TRIGGER tl_entry_balanced ON tl_entry",
        "CREATE OR REPLACE FUNCTION tl_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER mine BEFORE INSERT ON tl_entry FOR EACH ROW EXECUTE FUNCTION tl_refuse()",
    ],
)
def test_a_guard_that_was_changed_is_found(change: str) -> None:
    where = engine()
    book = tl.Book.create(where, INFO, *FACTS)
    with where.connect() as connection, connection.begin() as transaction:
        connection.exec_driver_sql(change)
        with pytest.raises(tl.BookCorrupt, match=r"guard|trigger mine"):
            dialects.check_schema(connection)
        found = tl.Book(connection, "garden").verify()
        assert [one.check for one in found] == ["guards"]
        transaction.rollback()
    assert book.verify() == []


def test_a_row_that_its_owner_changed_is_found(book: tl.Book) -> None:
    book.receive(receipt(1))
    with databases.tampering(book) as connection:
        connection.execute(text("UPDATE tl_posting SET debit_fen = 999 WHERE debit_fen = 1000"))
    assert {"log_leaf", "balance"} <= {one.check for one in book.verify()}


def test_a_server_that_forgets_is_refused() -> None:
    where = engine()
    tl.Book.create(where, INFO)
    with where.connect() as connection:
        connection.exec_driver_sql("SET synchronous_commit = off")
        with pytest.raises(tl.StoreError, match="synchronous_commit is off"):
            tl.Book(connection, "garden").post(FACTS)


# --------------------------------------------------------------------------- roles, partitions


def test_roles_and_partitions() -> None:
    """The writer posts and cannot change; the auditor reads and verifies; nobody else does."""
    where = databases.bare()
    name = databases.own_database().replace("w", "r", 1)
    writer, auditor = f"{name}_writer", f"{name}_auditor"
    for _ in range(2):  # again changes nothing
        tl.set_up(where, partitions=4, writer=writer, auditor=auditor)
    with where.connect() as connection:
        parts = "SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND relname"
        query = f"{parts} LIKE 'tl\\_entry\\_%' AND relnamespace = current_schema()::regnamespace"
        assert connection.execute(text(query)).scalar() == 4

    def acting(role: str) -> Engine:
        options = str(where.url.query["options"]) + f" -c role={role}"
        return tl.engine(where.url.update_query_dict({"options": options}))

    at_work, looking = acting(writer), acting(auditor)
    books = [
        tl.Book.create(at_work, tl.BookInfo(code=code, name=code, start="2024-01-01"), *FACTS)
        for code in "abcdef"
    ]
    for one in books:
        one.charge("2024-01")
        one.receive(receipt(1))
        assert one.verify() == []
        assert tl.Book(looking, one.code).verify() == []
        assert tl.Book(looking, one.code).statement("trial_balance", "2024-01").facts
    with pytest.raises(tl.StoreError, match=r"permission denied.*use a role that may write"):
        tl.Book(looking, "a").receive(receipt(2))
    for attack in (
        *ATTACKS[:8],
        *(f"DELETE FROM tl_entry_{n}" for n in range(4)),
        "UPDATE tl_entry_1 SET day = ''",
        "ALTER TABLE tl_entry DISABLE TRIGGER ALL",
        "DROP TRIGGER tl_entry_no_change ON tl_entry",
        "SET session_replication_role = replica",
        "DROP TABLE tl_posting",
        "CREATE OR REPLACE FUNCTION tl_refuse() RETURNS trigger LANGUAGE plpgsql AS ''",
    ):
        with pytest.raises(DBAPIError), at_work.begin() as connection:
            connection.exec_driver_sql(attack)
    assert all(one.verify() == [] for one in books)
    at_work.dispose()
    looking.dispose()


def test_what_cannot_be_set_up() -> None:
    with pytest.raises(tl.InvalidInput, match="found -1 partitions"):
        tl.set_up(engine(), partitions=-1)
    with pytest.raises(tl.StoreError, match="SQLite has neither roles nor partitions"):
        tl.set_up("sqlite://", partitions=4)
    where = engine()
    tl.Book.create(where, INFO)
    with pytest.raises(tl.StoreError, match="stand already, without partitions"):
        tl.set_up(where, partitions=4)


# --------------------------------------------------------------------------- at once


def test_writers_of_one_book_queue_and_others_never_wait(book: tl.Book) -> None:
    where = book._where
    assert isinstance(where, Engine)
    other = tl.Book.create(where, tl.BookInfo(code="lake", name="湖", start="2024-01-01"), *FACTS)
    done: list[str] = []
    with where.connect() as connection, connection.begin():
        tl.Book(connection, "garden").receive(receipt(1))
        waiting = threading.Thread(target=lambda: done.append(book.receive(receipt(2)).key))
        waiting.start()
        other.receive(receipt(1))  # at once, though garden's head is locked
        assert done == []
    waiting.join()
    assert done == ["W2"]
    assert book.verify() == other.verify() == []


def test_two_make_the_tables_at_once() -> None:
    where, done = databases.bare(), list[int]()
    with where.connect() as connection, connection.begin():
        postgresql.create_schema(connection)
        second = threading.Thread(target=lambda: done.append(tl.Book.create(where, INFO).head.size))
        second.start()
        waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        with where.connect() as other:
            while not other.exec_driver_sql(waits).first():
                assert second.is_alive()
    second.join()
    assert done == [1]


def test_a_lock_held_too_long(book: tl.Book, monkeypatch: pytest.MonkeyPatch) -> None:
    where = book._where
    assert isinstance(where, Engine)
    options = str(where.url.query["options"])
    monkeypatch.setattr(limits, "LOCK_SECONDS", 1)
    hasty = tl.engine(where.url.update_query_dict({"options": options}))
    with where.connect() as connection, connection.begin():
        tl.Book(connection, "garden").receive(receipt(1))
        with pytest.raises(tl.StoreError, match="another writer has held the book for 1 seconds"):
            tl.Book(hasty, "garden").receive(receipt(2))
    hasty.dispose()
    assert book.receive(receipt(2)).new


@pytest.mark.parametrize("failing", [1, 5, 6])
@pytest.mark.parametrize("state", ["40001", "40P01", "08006"])
def test_what_the_server_asks_to_try_again_is_tried_again(
    book: tl.Book, monkeypatch: pytest.MonkeyPatch, state: str, failing: int
) -> None:
    """With a bound; and after it, nothing is written."""
    where = book._where
    assert isinstance(where, Engine)
    left = [failing]
    monkeypatch.setattr(transactions.time, "sleep", lambda seconds: None)
    real = tl.book.Writer.finish

    def fails(writer: object, terms: object) -> object:
        answer = real(writer, terms)  # type: ignore[arg-type]
        if left[0]:
            left[0] -= 1
            told = f"DO $$BEGIN RAISE EXCEPTION 'try again' USING ERRCODE = '{state}'; END$$"
            writer.connection.exec_driver_sql(told)  # type: ignore[attr-defined]
        return answer

    monkeypatch.setattr(tl.book.Writer, "finish", fails)
    if failing < limits.TRIES:
        assert book.receive(receipt(1)).new
        assert book.entry("receipt", "W1") is not None
    else:
        with pytest.raises(tl.StoreError, match=r"try again|the connection was lost"):
            book.receive(receipt(1))
        assert book.entry("receipt", "W1") is None
    assert book.verify() == []


def test_a_connection_that_is_cut(book: tl.Book) -> None:
    """The server ends every connection between two calls, and in the middle of one."""
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name <> 'tests'"
    )
    where = book._where
    assert isinstance(where, Engine)
    with where.connect():
        pass
    with databases.server().connect(databases.own_database()) as admin:
        admin.execute(cut)
        assert book.receive(receipt(1)).new
        once = [True]

        def progress(done: int, total: int) -> None:
            if once.pop() if once else False:
                admin.execute(cut)

        answers = book.post([receipt(2), receipt(3)], progress=progress)
        assert [one.key for one in answers] == ["W2", "W3"] and not once
    assert book.verify() == []


def test_an_answer_that_was_lost_after_the_commit(book: tl.Book) -> None:
    """The commit went through, its answer did not arrive: it is sent again, and stands once."""
    where = book._where
    assert isinstance(where, Engine)
    real, lost = where.dialect.do_commit, [True]

    def loses(connection: Any) -> None:
        real(connection)
        if lost.pop() if lost else False:
            connection.dbapi_connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    where.dialect.do_commit = loses  # type: ignore[method-assign]
    answer = book.receive(receipt(1))
    assert answer.key == "W1" and not lost
    assert [entry.key for entry in book.entries() if entry.kind == "receipt"] == ["W1"]


# --------------------------------------------------------------------------- in a host's hands


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_in_the_callers_transaction(level: str) -> None:
    """A plain engine of the host serves, at any isolation; a refusal leaves it usable."""
    url = engine().url
    host = create_engine(url, isolation_level=level)
    with Session(host) as session, session.begin():
        book = tl.Book.create(session, INFO, *FACTS)
        book.charge("2024-01")
        with pytest.raises(tl.OverBudget):
            book.spend(tl.Expenditure(voucher="1", on="2024-01-20", line="A03", amount="1,000.01"))
        book.spend(tl.Expenditure(voucher="1", on="2024-01-20", line="A03", amount="1,000.00"))
        session.execute(text("CREATE TABLE theirs AS SELECT 1 AS one"))
    with pytest.raises(RuntimeError), Session(host) as session, session.begin():
        tl.Book(session, "garden").receive(receipt(1))
        raise RuntimeError("the host changes its mind")
    with Session(host) as session:
        book = tl.Book(session, "garden")
        assert book.entry("receipt", "W1") is None and book.verify() == []
        session.execute(text("DROP TABLE theirs"))
        session.commit()
    host.dispose()


def test_an_address_that_leads_nowhere() -> None:
    with pytest.raises(tl.StoreError, match=r"cannot be reached .*is the server there") as caught:
        tl.Book.open("postgresql://me:secret@127.0.0.1:1/none", "garden")
    assert "secret" not in str(caught.value)


def test_every_table_has_its_guard() -> None:
    guarded = {table for table, _ in postgresql.triggers().values()}
    sums = {"tl_turnover", "tl_open", "tl_term", "tl_node", "tl_link", "tl_line"}
    assert guarded == {table.name for table in METADATA.sorted_tables} - sums


# --------------------------------------------------------------------------- on the command line


def test_the_main_job_on_the_command_line(folder, capsys) -> None:  # type: ignore[no-untyped-def]
    from trustledger.cli import app

    def told(*words: object) -> str:
        assert app([str(word) for word in words], standalone_mode=False) in (0, None)
        return capsys.readouterr().out

    where, name = databases.bare(), databases.own_database().replace("w", "c", 1)
    db = where.url.render_as_string(hide_password=False)
    said = told("setup", "--db", db, "--partitions", 2, "--writer", f"{name}1", "--auditor", name)
    assert said == f"the tables stand in 2 partitions; {name}1 posts; {name} reads\n"
    here, there = folder("example"), folder("pingan-2017h1")
    for place, period in ((here, "2025-01..2025-06"), (there, "2017-01..2017-06")):
        assert "verified" in told("month", place, period, "--out", place / "out", "--db", db)
        assert "0 findings" in told("verify", place, "--db", db)
    facts = json.loads(told("statement", "income_expenditure", there, "2017-01..2017-06",
                            "--format", "json", "--db", db))["facts"]  # fmt: skip
    assert facts["closing"] == "-440.32"
