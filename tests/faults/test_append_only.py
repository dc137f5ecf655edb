"""Ways round append-only on SQLite, as a table: each is refused, or found; none goes unseen.

The last column is what becomes of it:

* ``refused``: the database says no, and what is stored stays as it was;
* ``open``: it goes through for somebody who owns the file, and the book is not opened again,
  with the words that are given;
* ``verify``: it goes through, and ``verify`` finds it under the name that is given;
* ``head``: it is a sound book in itself, and is not the one whose head was kept elsewhere.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import richbook
from smallbook import roots

import trustledger as tl

Raw = sqlite3.Connection
GUARDED = ("tl_entry", "tl_posting", "tl_attachment", "tl_head", "tl_checkpoint")

# {t}: the table; {changed}: its columns, one of them with another value; {keys}: its key;
# {set}: an assignment that changes the value; {v}: the column of the value
STATEMENTS = {
    "UPDATE": "UPDATE {t} SET {set}",
    "UPDATE of the key": "UPDATE {t} SET book = 'other'",
    "UPDATE OR REPLACE": "UPDATE OR REPLACE {t} SET book = book || 'x'",
    "UPDATE OR IGNORE": "UPDATE OR IGNORE {t} SET book = 'other'",
    "UPDATE FROM": "UPDATE {t} SET {v} = o.{v} FROM (SELECT {changed} FROM {t}) AS o",
    "DELETE": "DELETE FROM {t}",
    "DELETE by a query": "WITH gone AS (SELECT book FROM {t}) DELETE FROM {t} WHERE book IN gone",
    "INSERT OR REPLACE": "INSERT OR REPLACE INTO {t} SELECT {changed} FROM {t}",
    "REPLACE INTO": "REPLACE INTO {t} SELECT {changed} FROM {t}",
    "UPSERT": "INSERT INTO {t} SELECT {changed} FROM {t} WHERE true "
              "ON CONFLICT ({keys}) DO UPDATE SET {v} = excluded.{v}",
    "through a view": "CREATE VIEW door AS SELECT * FROM {t}; CREATE TRIGGER knock INSTEAD OF "
                      "DELETE ON door BEGIN DELETE FROM {t}; END; DELETE FROM door",
    "through a temporary trigger": "CREATE TEMP TABLE door (x); CREATE TEMP TRIGGER knock AFTER "
                                   "INSERT ON door BEGIN UPDATE {t} SET {set}; END; "
                                   "INSERT INTO door VALUES (1)",
    "from another database": "ATTACH ':memory:' AS other; CREATE TABLE other.t AS SELECT {changed} "
                             "FROM {t}; REPLACE INTO main.{t} SELECT * FROM other.t",
    "without checks": "PRAGMA ignore_check_constraints=ON; UPDATE {t} SET {set}",
    "a table of its name": "CREATE TABLE {t} (book TEXT)",
}  # fmt: skip
VALUE = {
    "tl_entry": "content", "tl_posting": "item", "tl_attachment": "body", "tl_head": "size",
    "tl_checkpoint": "note",
}  # fmt: skip
OTHER = {"tl_attachment": "x'00'", "tl_head": "size - 1"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "b.db"
    richbook.make(f"sqlite:///{path}").close()
    raw = sqlite3.connect(path)
    raw.execute("INSERT INTO tl_checkpoint VALUES ('other', 1, 'me', 'a note of another book')")
    raw.commit()
    raw.close()
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "b.db"))


def written(path: Path) -> list[str]:
    raw = sqlite3.connect(path)
    told = list(raw.iterdump())
    raw.close()
    return told


def attempt(path: Path, script: str, *pragmas: str) -> str | None:
    """Run statements on a connection of its own; what the database says if it refuses."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.create_function("tell", 1, str)
    try:
        for pragma in pragmas:
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN IMMEDIATE") if "PRAGMA" not in script else None
        for statement in split(script):
            raw.execute(statement)
        raw.commit()
    except sqlite3.Error as error:
        raw.rollback()
        return str(error)
    finally:
        raw.close()
    return None


def split(script: str) -> Iterator[str]:
    """Its statements; a trigger's body is part of its own."""
    held = ""
    for part in script.split(";"):
        held += part + ";"
        if sqlite3.complete_statement(held):
            yield held
            held = ""


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("on", ["ON", "OFF"])
def test_refused(name: str, table: str, on: str, path: Path) -> None:
    """By the journal's tables, with every setting that might have helped switched off as well."""
    raw = sqlite3.connect(path)
    info = raw.execute(f"PRAGMA table_info({table})").fetchall()
    raw.close()
    value = VALUE[table]
    other = OTHER.get(table, f"{value} || 'x'")
    script = STATEMENTS[name].format(
        t=table,
        v=value,
        set=f"{value} = {other}",
        changed=", ".join(f"{other} AS {c[1]}" if c[1] == value else c[1] for c in info),
        keys=", ".join(c[1] for c in info if c[5]),
    )
    before = written(path)
    told = attempt(path, script, f"recursive_triggers={on}", f"foreign_keys={on}")
    assert told is not None
    assert "append-only" in told or "grows" in told or "already exists" in told, told
    assert written(path) == before


ENTRY = "SELECT book, {seq}, {kind}, {key}, day, recorded_at, {reverses}, content, leaf"
LIKE = "FROM tl_entry WHERE kind = 'tenure'"
UNIQUE = {
    "an entry's kind and key": "REPLACE INTO tl_entry "
        + ENTRY.format(seq="999", kind="kind", key="key", reverses="0") + " " + LIKE,
    "an entry's reversal": "REPLACE INTO tl_entry "
        + ENTRY.format(seq="999", kind="'x'", key="'x'", reverses="reverses")
        + " FROM tl_entry WHERE reverses > 0 LIMIT 1",
    "an attachment's row": "REPLACE INTO tl_attachment (rowid, book, digest, body) "
        "SELECT rowid, book, 'another', body FROM tl_attachment LIMIT 1",
    "a head, smaller": "REPLACE INTO tl_head SELECT book, version, 1, peaks, closed FROM tl_head",
}  # fmt: skip

BEHIND = {
    "an entry before the first": "INSERT INTO tl_entry "
        + ENTRY.format(seq="0", kind="kind", key="'x'", reverses="0") + " " + LIKE,
    "a posting more of an entry that stands": "INSERT INTO tl_posting SELECT book, seq, 99, "
        "account, fund, debit_fen, credit_fen, unit, item, line, month, source, term "
        "FROM tl_posting WHERE seq = 40",
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_nothing_is_slipped_in_behind_the_head(name: str, path: Path) -> None:
    before = written(path)
    told = attempt(path, BEHIND[name], "recursive_triggers=OFF", "foreign_keys=OFF")
    assert told is not None and "the journal grows at its end" in told
    assert written(path) == before


@pytest.mark.parametrize("name", UNIQUE)
def test_a_row_is_not_replaced_by_another_key_of_it(name: str, path: Path) -> None:
    """REPLACE removes what stands in its way by any unique key, and fires no DELETE trigger."""
    before = written(path)
    told = attempt(path, UNIQUE[name], "recursive_triggers=OFF", "foreign_keys=OFF")
    assert told is not None and ("append-only" in told or "grows" in told)
    assert written(path) == before


# --------------------------------------------------------------------------- who owns the file


def _guards(raw: Raw) -> list[str]:
    return [
        sql for (sql,) in raw.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'")
    ]  # fmt: skip


def unguarded(change: str) -> Callable[[Raw], object]:
    """Take the guards off, change, and put every guard back as it was."""

    def do(raw: Raw) -> None:
        guards = _guards(raw)
        for sql in guards:
            raw.execute(f"DROP TRIGGER {sql.split()[2]}")
        raw.executescript(change)
        for sql in guards:
            raw.execute(sql)

    return do


def rebuilt(table: str, rows: str, made: str = "") -> Callable[[Raw], object]:
    """Make a table again from some of its rows, by its own definition or another, and guard it."""

    def do(raw: Raw) -> None:
        guards = [sql for sql in _guards(raw) if f" ON {table} " in sql]
        (own,) = raw.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
        raw.execute(f"CREATE TABLE spare AS SELECT * FROM {table} {rows}")
        raw.execute(f"DROP TABLE {table}")
        raw.execute(made or own)
        raw.execute(f"INSERT INTO {table} SELECT * FROM spare")
        raw.execute("DROP TABLE spare")
        for sql in guards:
            raw.execute(sql)

    return do


def schema(change: str) -> Callable[[Raw], object]:
    """Write into the schema itself."""

    def do(raw: Raw) -> None:
        raw.execute("PRAGMA writable_schema=ON")
        raw.execute(change)
        (version,) = raw.execute("PRAGMA schema_version").fetchone()
        raw.execute(f"PRAGMA schema_version={version + 1}")

    return do


def sql(statement: str) -> Callable[[Raw], Any]:
    return lambda raw: raw.executescript(statement)


NO_PRIMARY_KEY = """CREATE TABLE tl_turnover (book TEXT NOT NULL, period TEXT NOT NULL,
account TEXT NOT NULL, fund TEXT NOT NULL, item TEXT NOT NULL, line TEXT NOT NULL,
term TEXT NOT NULL, debit_fen INTEGER NOT NULL, credit_fen INTEGER NOT NULL) STRICT"""
OWNER: list[tuple[str, Callable[[Raw], object], str, str]] = [
    *(
        (f"DROP TRIGGER {table}_no_{what}", sql(f"DROP TRIGGER {table}_no_{what}"),
         "open", f"the guard {table}_no_{what} of the journal is missing")
        for table in GUARDED for what in ("delete", "replace")
    ),
    ("DROP TRIGGER tl_head_only_grows", sql("DROP TRIGGER tl_head_only_grows"),
     "open", "the guard tl_head_only_grows"),
    ("a guard that does nothing", sql(
        "DROP TRIGGER tl_entry_no_delete; CREATE TRIGGER tl_entry_no_delete BEFORE DELETE ON "
        "tl_entry WHEN 0 BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"),
     "open", "the guard tl_entry_no_delete of the journal is missing or was changed"),
    ("writable_schema: guards deleted", schema("DELETE FROM sqlite_master WHERE type = 'trigger'"),
     "open", "the guard tl_entry_no_update of the journal is missing"),
    ("writable_schema: a guard weakened", schema(
        "UPDATE sqlite_master SET sql = replace(sql, 'BEGIN SELECT', 'WHEN 0 BEGIN SELECT') "
        "WHERE name = 'tl_posting_no_update'"),
     "open", "the guard tl_posting_no_update of the journal is missing or was changed"),
    ("a trigger of somebody else", sql(
        "CREATE TRIGGER theirs AFTER INSERT ON tl_entry BEGIN UPDATE tl_term SET base_fen = 0; "
        "END"), "open", "there is a trigger theirs on the journal that is not ours"),
    ("DROP TABLE", sql("PRAGMA foreign_keys=OFF; DROP TABLE tl_posting"),
     "open", "the guard tl_posting_no_update"),
    ("ALTER TABLE RENAME", sql("ALTER TABLE tl_entry RENAME TO tl_old"), "open", "tl_entry"),
    ("renamed, and a view in its place", sql(
        "ALTER TABLE tl_posting RENAME TO old; CREATE VIEW tl_posting AS SELECT * FROM old"),
     "open", "the guard tl_posting"),
    ("a column renamed", sql("ALTER TABLE tl_posting RENAME COLUMN item TO other"),
     "verify", "no such column"),
    ("a table again without its key", rebuilt("tl_turnover", "", NO_PRIMARY_KEY),
     "open", "the table tl_turnover has lost its key"),
    ("a table again without a row", rebuilt("tl_entry", "WHERE seq <> 20"), "verify", "log_root"),
    ("postings again without a row", rebuilt("tl_posting", "WHERE seq <> 40"),
     "verify", "log_leaf"),
    ("guards off, a change, guards on", unguarded(
        "UPDATE tl_entry SET content = replace(content, '洁美', '洁净')"), "verify", "log_leaf"),
    ("guards off, an entry gone", unguarded("DELETE FROM tl_entry WHERE seq = 30"),
     "verify", "sequence"),
    ("guards off, a voucher's paper changed", unguarded(
        "UPDATE tl_attachment SET body = x'00'"), "verify", "attachment"),
    ("guards off, a voucher's paper gone", unguarded("DELETE FROM tl_attachment"),
     "verify", "attachment"),
    ("guards off, the head shorter", unguarded("UPDATE tl_head SET size = size - 1"),
     "verify", "log_size"),
    ("guards off, the head gone", unguarded("PRAGMA foreign_keys=OFF; DELETE FROM tl_head"),
     "verify", "log_size"),
    ("the head's root", sql("UPDATE tl_head SET peaks = replace(peaks, 'a', 'b')"),
     "verify", "log_root"),
    ("an entry more, beside the library", sql(
        "INSERT INTO tl_entry SELECT book, seq + 1, kind, 'X9', day, recorded_at, 0, content, leaf "
        "FROM tl_entry ORDER BY seq DESC LIMIT 1"), "verify", "log_size"),
    ("a sum", sql("UPDATE tl_turnover SET debit_fen = debit_fen + 1"), "verify", "turnover"),
    ("what is open", sql("DELETE FROM tl_open"), "verify", "open_items"),
    ("a term's sums", sql("UPDATE tl_term SET remuneration_fen = 0"), "verify", "term_sums"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "how", "what"), [one[1:] for one in OWNER],
                         ids=[one[0] for one in OWNER])  # fmt: skip
def test_found(change: Callable[[Raw], object], how: str, what: str, path: Path) -> None:
    raw = sqlite3.connect(path)
    change(raw)
    raw.commit()
    raw.close()
    url = f"sqlite:///{path}"
    if how == "open":
        with pytest.raises(tl.BookCorrupt, match=what):
            tl.Book.open(url, richbook.CODE)
    try:
        book = tl.Book.open(url, richbook.CODE, unguarded=True)
        found = " ".join(finding.check for finding in book.verify())
        book.close()
    except tl.BookCorrupt as error:  # a table or column that is not there cannot be read
        found = str(error)
        assert "no such" in found and "somebody altered the database" in found
    if how == "verify":
        assert what in found
    else:
        assert "guards" in found or "no such table" in found


def test_an_older_copy_of_the_file_is_told_by_a_head_that_was_kept(tmp_path: Path) -> None:
    path, older = tmp_path / "b.db", tmp_path / "older.db"

    def between(book: tl.Book) -> None:
        if not older.exists():
            raw = sqlite3.connect(path)
            raw.execute("VACUUM INTO ?", (str(older),))
            raw.close()

    book = richbook.make(f"sqlite:///{path}", between)
    kept = book.head
    book.close()
    back = tl.Book.open(f"sqlite:///{older}")
    assert back.verify() == []  # a sound book in itself
    assert back.head.size < kept.size and kept.root not in roots(back)[1]
    back.close()


def test_posting_upon_an_entry_that_was_slipped_in_is_refused(path: Path) -> None:
    raw = sqlite3.connect(path)
    raw.execute(
        "INSERT INTO tl_entry SELECT book, seq + 1, kind, 'X9', day, recorded_at, 0, content, leaf "
        "FROM tl_entry ORDER BY seq DESC LIMIT 1"
    )
    raw.commit()
    raw.close()
    book = tl.Book.open(f"sqlite:///{path}", richbook.CODE)
    with pytest.raises(tl.BookCorrupt, match="append-only; somebody wrote"):
        book.earn(tl.Income(key="I9", on="2024-03-05", category="parking", amount="1.00"))
    book.close()
