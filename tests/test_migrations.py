"""R12: a database of every released schema comes to this one whole, or stays what it was."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import databases
import pytest
from sqlalchemy import Connection, Engine, create_engine
from typer.testing import CliRunner

import trustledger as tl
from trustledger import keeping, rebuilding
from trustledger.cli import app
from trustledger.store import dialects, tables
from trustledger.store.migrations import guards
from trustledger.store.tables import VERSION

FACTS = (
    tl.BudgetLine(line="A", name="保洁", category="cleaning", amount="100.00"),
    tl.Unit(unit="1", area_m2="80", usage="residential"),
)
ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = sorted(int(path.stem[1:]) for path in SCHEMAS.glob("v*.sql"))
HEADS = {
    1: {
        "second": (8, "f4437f4b240d635b0412dff62cc8fad0c5b09e6c6a355477a425c66808bb636f"),
        "xinghe": (642, "dfddbab2afec37daf738334fa58de7dfbdf11a77d60957484e2fb74b89b24335"),
    },
    2: {
        "second": (8, "b1b218e880615af2c58d4dd91c04227a59d79bd974b5c880c551aeb44232e88f"),
        "xinghe": (642, "f2010a895ed212d49e76022776f10214180ffff4649b41a53582515b0ff056cc"),
    },
}
"""Length and root of the books, as the version that made them printed them."""


def _made(target: Path, version: int) -> str:
    with sqlite3.connect(target) as old:
        old.executescript((SCHEMAS / f"v{version}.sql").read_text("utf-8"))
    old.close()
    return f"sqlite:///{target}"


@pytest.fixture
def v1(tmp_path: Path) -> str:
    return _made(tmp_path / "old.db", 1)


def _dump(url: str) -> list[str]:
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        lines = list(raw.iterdump())
    raw.close()
    return lines


def _shape(url: str) -> dict[str, Any]:
    """Every table's columns, keys and indexes, its options, and every trigger."""
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    shape: dict[str, Any] = {}
    for name, strict, no_rowid in raw.execute(
        "SELECT name, strict, wr FROM pragma_table_list WHERE name LIKE 'tl%'"
    ).fetchall():
        shape[name] = (
            strict,
            no_rowid,
            raw.execute(f"PRAGMA table_info({name})").fetchall(),
            raw.execute(f"PRAGMA foreign_key_list({name})").fetchall(),
            sorted(row[1:] for row in raw.execute(f"PRAGMA index_list({name})")),
        )
    for kind in ("trigger", "index"):
        shape[kind] = sorted(
            raw.execute("SELECT name, sql FROM sqlite_master WHERE type = ?", (kind,)).fetchall()
        )
    raw.close()
    return shape


def test_every_schema_before_this_one_is_kept_for_trial() -> None:
    assert RELEASED == list(range(1, VERSION)) == sorted(HEADS) == sorted(guards.RELEASED)


@pytest.mark.parametrize("version", RELEASED)
def test_a_released_schema_comes_to_this_one_with_the_same_root(
    version: int, tmp_path: Path
) -> None:
    url = _made(tmp_path / "old.db", version)
    tl.Book.open(url, "xinghe", migrate=True).close()
    for code, head in HEADS[version].items():
        book = tl.Book.open(url, code)
        assert tuple(book.head) == head
        assert book.verify() == []
    again = tl.Book.open(url, "xinghe")  # it is written to like any other
    again.receive(tl.Receipt(key="late-1", on="2025-07-02", unit="1-101", amount="10.00"))
    assert again.charge("2025-07")
    assert again.verify() == []


@pytest.mark.parametrize("version", RELEASED)
def test_a_migrated_database_is_shaped_like_a_fresh_one(version: int, tmp_path: Path) -> None:
    url = _made(tmp_path / "old.db", version)
    keeping.migrate(url)
    fresh = f"sqlite:///{tmp_path / 'fresh.db'}"
    tl.Book.create(fresh, tl.BookInfo(code="fresh", name="新", start="2025-01-01")).close()
    assert _shape(url) == _shape(fresh)
    assert list(_shape(url)) != []


def test_without_being_asked_an_older_database_is_refused_and_unchanged(v1: str) -> None:
    before = _dump(v1)
    for unguarded in (False, True):
        with pytest.raises(tl.StoreError) as told:
            tl.Book.open(v1, unguarded=unguarded)
        assert str(told.value) == (
            f"{v1} has the schema of version 1, and this library works with version {VERSION}; "
            f"make a backup, then run: trustledger migrate --db {v1}"
        )
    info = tl.BookInfo(code="other", name="另", start="2025-01-01")
    with pytest.raises(tl.StoreError, match="trustledger migrate --db"):
        tl.Book.create(v1, info)
    engine = tl.engine(v1)
    with engine.begin() as connection, pytest.raises(tl.StoreError, match="migrate --db"):
        tl.Book.create(connection, info)
    engine.dispose()
    assert _dump(v1) == before


def test_a_newer_database_is_refused_and_there_is_no_way_back(v1: str) -> None:
    keeping.migrate(v1)
    with sqlite3.connect(v1.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE tl_version SET version_num = '99'")
    raw.close()
    for call in (
        lambda: tl.Book.open(v1),
        lambda: tl.Book.open(v1, migrate=True),
        lambda: keeping.migrate(v1),
    ):
        with pytest.raises(tl.StoreError) as told:
            call()
        assert str(told.value) == (
            f"{v1} has the schema of version 99, and this library works with version {VERSION}; "
            "there is no way back: use a newer trustledger"
        )
    steps = ROOT / "trustledger" / "store" / "migrations" / "versions"
    assert all("downgrade" not in path.read_text() for path in steps.glob("*.py"))


@pytest.mark.parametrize("noted", ["", "two", "-1"])
def test_a_version_that_is_no_number_is_named(v1: str, noted: str) -> None:
    keeping.migrate(v1)
    with sqlite3.connect(v1.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE tl_version SET version_num = ?", (noted,))
    raw.close()
    with pytest.raises(tl.BookCorrupt, match=r"tl_version says .* and one number is right"):
        tl.Book.open(v1)


def test_migrating_again_does_nothing(v1: str) -> None:
    assert keeping.migrate(v1).had == 1
    before = _dump(v1)
    done = keeping.migrate(v1)
    assert (done.had, done.now) == (VERSION, VERSION)
    assert _dump(v1) == before


def test_there_must_be_something_to_migrate(tmp_path: Path) -> None:
    with pytest.raises(tl.StoreError, match="there is no"):
        keeping.migrate(f"sqlite:///{tmp_path / 'none.db'}")
    sqlite3.connect(tmp_path / "empty.db").close()
    (tmp_path / "empty.db").touch()
    with pytest.raises(tl.StoreError, match="holds no books"):
        keeping.migrate(f"sqlite:///{tmp_path / 'empty.db'}")


def test_a_server_of_schema_2_comes_to_this_one_whole() -> None:
    engine = databases.bare()
    book = tl.Book.create(engine, tl.BookInfo(code="b", name="乙", start="2024-01-01"), *FACTS)
    book.spend(tl.Expenditure(voucher="1", on="2024-01-02", line="A", amount="5.00"))
    head, stands = tuple(book.head), _rows(book)
    with engine.begin() as connection:  # schema 3 is schema 2 and two tables
        for sql in (
            "DROP TABLE tl_link",
            "DROP TABLE tl_line",
            "UPDATE tl_version SET version_num = '2'",
            "UPDATE tl_head SET version = 2",
        ):
            connection.exec_driver_sql(sql)
    with pytest.raises(tl.StoreError, match="has the schema of version 2"):
        tl.Book.open(engine.url)
    again = tl.Book.open(engine.url, migrate=True)
    assert (tuple(again.head), _rows(again), again.verify()) == (head, stands, [])
    again.close()


# --------------------------------------------------------------------------- many books


def test_all_books_of_a_database_move_together(v1: str) -> None:
    done = keeping.migrate(v1)
    assert {code: tuple(head) for code, head in done.heads.items()} == HEADS[1]
    with sqlite3.connect(v1.removeprefix("sqlite:///")) as raw:
        assert set(raw.execute("SELECT version FROM tl_head")) == {(VERSION,)}
    raw.close()


@pytest.mark.parametrize("version", RELEASED)
def test_what_is_derived_is_what_a_fresh_book_of_the_same_entries_has(
    version: int, tmp_path: Path
) -> None:
    url = _made(tmp_path / "old.db", version)
    keeping.migrate(url)
    for code in HEADS[version]:
        book = tl.Book.open(url, code)
        book.export_archive(tmp_path / f"{code}.zip")
        again, _ = tl.Book.import_archive(tmp_path / f"{code}.zip", "sqlite://")
        assert _rows(again) == _rows(book)
        book.close()


def _rows(book: tl.Book) -> dict[str, list[Any]]:
    where = book._where
    assert isinstance(where, Engine)
    with where.connect() as connection:
        return {
            table.name: sorted(
                map(tuple, connection.execute(table.select().where(table.c.book == book.code)))
            )
            for table in tables.METADATA.sorted_tables
        }


def test_what_is_derived_is_made_again_book_by_book(
    v1: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(rebuilding, "rebuild", lambda c, book: told.append(book))
    keeping.migrate(v1)
    keeping.migrate(v1)
    assert told == ["second", "xinghe"]


# --------------------------------------------------------------------------- altered databases


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TRIGGER tl_entry_no_update",
        "DROP TRIGGER tl_head_only_grows",
        "CREATE TRIGGER tl_mine BEFORE INSERT ON tl_entry BEGIN SELECT 1; END",
        "DROP TRIGGER tl_posting_no_delete; CREATE TRIGGER tl_posting_no_delete "
        "BEFORE DELETE ON tl_posting WHEN OLD.no > 99 BEGIN SELECT RAISE(ABORT, 'x'); END",
    ],
)
def test_an_altered_database_is_refused_unless_unguarded(v1: str, sql: str) -> None:
    with sqlite3.connect(v1.removeprefix("sqlite:///")) as raw:
        raw.executescript(sql)
    raw.close()
    before = _dump(v1)
    with pytest.raises(tl.BookCorrupt, match="somebody altered the database"):
        tl.Book.open(v1, migrate=True)
    assert _dump(v1) == before
    book = tl.Book.open(v1, "xinghe", migrate=True, unguarded=True)
    assert tuple(book.head) == HEADS[1]["xinghe"]
    assert book.verify() == []


# --------------------------------------------------------------------------- interruptions


class Cut(Exception):
    pass


def _cut(*_: Any) -> None:
    raise Cut


@pytest.mark.parametrize("where", ["rebuild", "guards", "check"])
def test_an_interrupted_migration_leaves_the_old_schema_whole(
    v1: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _dump(v1)
    with monkeypatch.context() as patch:
        if where == "rebuild":
            patch.setattr(rebuilding, "rebuild", _cut)
        else:
            name = {"guards": "renew_guards", "check": "check_schema"}[where]
            patch.setattr(dialects, name, _cut)
        with pytest.raises(Cut):
            keeping.migrate(v1)
    assert _dump(v1) == before
    assert keeping.migrate(v1).had == 1


def test_a_step_that_touches_a_journal_is_undone(v1: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def grow(connection: Connection, book: str) -> None:
        connection.execute(tables.HEAD.update().values(size=tables.HEAD.c.size + 1))

    before = _dump(v1)
    monkeypatch.setattr(rebuilding, "rebuild", grow)
    with pytest.raises(tl.BookCorrupt, match="the migration changed a journal, and was undone"):
        keeping.migrate(v1)
    assert _dump(v1) == before


def test_a_migration_that_is_killed_leaves_the_old_schema_whole(v1: str) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from trustledger import keeping, rebuilding

        def wait(connection, book):
            print("in the middle", flush=True)
            time.sleep(60)

        rebuilding.rebuild = wait
        keeping.migrate(sys.argv[1])
        """
    )
    before = _dump(v1)
    child = subprocess.Popen(
        [sys.executable, "-c", script, v1],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == b"in the middle\n"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert _dump(v1) == before
    assert keeping.migrate(v1).had == 1
    assert tl.Book.open(v1, "xinghe").verify() == []


# --------------------------------------------------------------------------- how it is called


def test_the_command_names_every_book_and_its_root(v1: str) -> None:
    run = CliRunner().invoke(app, ["migrate", "--db", v1])
    assert run.exit_code == 0
    assert run.output == (
        f"second: journal 8 entries, root {HEADS[1]['second'][1]}\n"
        f"xinghe: journal 642 entries, root {HEADS[1]['xinghe'][1]}\n"
        f"2 books from version 1 to version {VERSION}\n"
    )
    run = CliRunner().invoke(app, ["migrate", v1.removeprefix("sqlite:///")])
    assert run.output.endswith(f"2 books stood already at version {VERSION}\n")
    run = CliRunner().invoke(app, ["migrate"])
    assert str(run.exception) == ("name a book folder, a book's file, or a database with --db")


def test_a_folder_s_own_database_is_found(tmp_path: Path) -> None:
    _made(tmp_path / "book.db", 1)
    run = CliRunner().invoke(app, ["migrate", str(tmp_path)])
    assert run.exit_code == 0, run.output


def test_nothing_of_alembic_is_needed_for_a_fresh_database(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['alembic'] = None\n"
        "import trustledger as tl\n"
        f"url = {f'sqlite:///{tmp_path}/b.db'!r}\n"
        "tl.Book.create(url, tl.BookInfo(code='b', name='b', start='2025-01-01')).close()\n"
        "print(len(tl.Book.open(url, migrate=True).verify()))\n"
        "from trustledger import keeping\n"
        f"try: keeping.migrate({_made(tmp_path / 'old.db', 1)!r})\n"
        "except tl.StoreError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=True,
    )
    assert done.stdout == "0\na migration needs: pip install 'trustledger[migrate]'\n"


def test_it_runs_on_the_caller_s_connection_and_in_its_transaction(
    v1: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trustledger.store import migrations

    before = _dump(v1)
    engine = tl.prepare(create_engine(v1))
    with engine.connect() as connection, connection.begin() as mine:
        connection.exec_driver_sql("CREATE TABLE hosts_own (a)")
        assert migrations.migrate(connection, rebuilding.rebuild) == 1
        mine.rollback()
    assert _dump(v1) == before
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE hosts_own (a)")
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('of the host')")
        migrations.migrate(connection, rebuilding.rebuild)
    with engine.begin() as connection:
        found = connection.exec_driver_sql("SELECT * FROM alembic_version")
        assert found.scalars().all() == ["of the host"]
    engine.dispose()
