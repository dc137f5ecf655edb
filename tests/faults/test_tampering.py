"""Ten thousand ways to change what is stored: every one is found, and the first bad entry named.

The tamperer owns the file: no triggers, no keys, no checks stand in the way. Who also makes every
hash right again is found against the checkpoints that were signed now and then and are
kept elsewhere: the first bad entry is known between two of them.

Not sealed, and so not tried: the time of recording of a book that was never closed.
"""

from __future__ import annotations

import random
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import richbook
from sizes import times
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

import trustledger as tl
from trustledger import audit
from trustledger.rules.journal import Frontier, leaf_hash
from trustledger.store import dialects
from trustledger.store.reading import Reader

JOURNAL = ("tl_entry", "tl_posting")
SUMS = ("tl_turnover", "tl_open", "tl_term")
TABLES = (*JOURNAL, *SUMS, "tl_head", "tl_attachment")
UNSEALED = {("tl_entry", "recorded_at"), ("tl_head", "version"), ("tl_head", "closed")}


class Book(NamedTuple):
    """A book without any guard, and the checkpoints of it that are kept elsewhere."""

    connection: Connection
    kept: list[tl.Checkpoint]
    older: list[Path]

    def rows(self, sql: str, *values: Any) -> list[Any]:
        return [tuple(row) for row in self.connection.exec_driver_sql(sql, values)]

    def run(self, sql: str, *values: Any) -> None:
        self.connection.exec_driver_sql(sql, values)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Book]:
    folder = tmp_path_factory.mktemp("bare")
    kept: list[tl.Checkpoint] = []
    signer = tl.Signer.generate(f"trustledger/{richbook.CODE}")
    older: list[Path] = []

    def between(book: tl.Book) -> None:
        kept.append(book.checkpoint(signer))
        older.append(folder / f"{len(older)}.db")
        raw = sqlite3.connect(folder / "b.db")
        raw.execute("VACUUM INTO ?", (str(older[-1]),))
        raw.close()

    richbook.make(f"sqlite:///{folder / 'b.db'}", between).close()
    unguard(folder / "b.db")
    engine = dialects.open_engine(f"sqlite:///{folder / 'b.db'}")
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        yield Book(connection, kept, older)
    engine.dispose()


def unguard(path: Path) -> None:
    """No triggers, and the journal without its keys and checks: nothing refuses anything there.

    The sums keep their keys, without which no book opens.
    """
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA foreign_keys=OFF")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for table in JOURNAL:
        raw.execute(f"CREATE TABLE bare AS SELECT * FROM {table}")
        raw.execute(f"DROP TABLE {table}")
        raw.execute(f"ALTER TABLE bare RENAME TO {table}")
    raw.commit()
    raw.close()


# --------------------------------------------------------------------------- the tamperer

Change = Callable[[Book, random.Random], set[int]]
"""Does one change; the numbers of the entries it touches, none if it is of a sum or a file."""


def columns(book: Book, table: str) -> list[str]:
    return [row[1] for row in book.rows(f"PRAGMA table_info({table})")]


def pick(book: Book, table: str, chance: random.Random) -> dict[str, Any]:
    """What a row at random says."""
    values = chance.choice(book.rows(f"SELECT * FROM {table}"))
    return dict(zip(columns(book, table), values, strict=True))


def where(row: dict[str, Any]) -> str:
    """The condition that finds a row by all it says."""
    return " AND ".join(f"{name} = ?" for name in row)


def touched(table: str, *rows: dict[str, Any]) -> set[int]:
    return {row["seq"] for row in rows} if table in JOURNAL else set()


def other(value: Any, chance: random.Random, neighbours: list[Any]) -> Any:
    """Another value for a field: its neighbour's, a little more, nothing, or nonsense."""
    if isinstance(value, bytes):
        at = chance.randrange(len(value))
        return value[:at] + bytes([value[at] ^ (1 << chance.randrange(8))]) + value[at + 1 :]
    if isinstance(value, int):
        made = [value + 1, value - 1, -value, value * 10, 0, *neighbours]
    else:
        made = [value + "x", value[:-1], value + " ", "", value.swapcase(), *neighbours]
    fitting = [one for one in made if one != value]
    return chance.choice(fitting)


def edit(book: Book, chance: random.Random) -> set[int]:
    table = chance.choice(TABLES)
    row = pick(book, table, chance)
    name = chance.choice([one for one in row if (table, one) not in UNSEALED])
    neighbours = [one for (one,) in book.rows(f"SELECT DISTINCT {name} FROM {table}")]
    new = other(row[name], chance, neighbours)
    book.run(f"UPDATE {table} SET {name} = ? WHERE {where(row)}", new, *row.values())
    return touched(table, row, {**row, name: new})


def delete(book: Book, chance: random.Random) -> set[int]:
    table = chance.choice(TABLES)
    row = pick(book, table, chance)
    book.run(f"DELETE FROM {table} WHERE {where(row)}", *row.values())
    return touched(table, row)


def add(book: Book, table: str, row: dict[str, Any]) -> None:
    book.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row.values())


def duplicate(book: Book, chance: random.Random) -> set[int]:
    table = chance.choice(JOURNAL)
    row = pick(book, table, chance)
    add(book, table, row)
    return touched(table, row)


def insert(book: Book, chance: random.Random) -> set[int]:
    """An entry, with postings as another has them, or one more posting, where none was."""
    (size,) = book.rows("SELECT size FROM tl_head")[0]
    row = pick(book, chance.choice(JOURNAL), chance)
    if "no" in row:
        row["no"] += chance.choice((1, 10, 100))
        add(book, "tl_posting", row)
        return {row["seq"]}
    old, new = row["seq"], chance.choice((size + 1, size + 7, 0, -1))
    add(book, "tl_entry", {**row, "seq": new, "key": row["key"] + "-2"})
    names = columns(book, "tl_posting")
    for values in book.rows("SELECT * FROM tl_posting WHERE seq = ?", old):
        add(book, "tl_posting", {**dict(zip(names, values, strict=True)), "seq": new})
    return {new}


def swap(book: Book, chance: random.Random) -> set[int]:
    """Two entries change places, or what they say, or two postings their amounts."""
    one, two = chance.sample([seq for (seq,) in book.rows("SELECT seq FROM tl_entry")], 2)
    if chance.random() < 0.5:
        for table in JOURNAL:
            for old, new in ((one, -1), (two, one), (-1, two)):
                book.run(f"UPDATE {table} SET seq = ? WHERE seq = ?", new, old)
        return {one, two}
    said = dict(book.rows("SELECT seq, content FROM tl_entry"))
    book.run("UPDATE tl_entry SET content = ? WHERE seq = ?", said[two], one)
    book.run("UPDATE tl_entry SET content = ? WHERE seq = ?", said[one], two)
    return {one, two} if said[one] != said[two] else set()


def cut(book: Book, chance: random.Random) -> set[int]:
    """The last entries go, with their postings, and the head says so."""
    (size,) = book.rows("SELECT size FROM tl_head")[0]
    last = size - chance.randint(1, size - 1)
    for table in JOURNAL:
        book.run(f"DELETE FROM {table} WHERE seq > ?", last)
    return {last + 1}


def rechained(change: Change) -> Change:
    """The same, and then every number, hash and the head made right again."""

    def do(book: Book, chance: random.Random) -> set[int]:
        bad = change(book, chance)
        rechain(book)
        return bad

    do.__name__ = f"{change.__name__}, rechained"
    return do


def rechain(book: Book) -> None:
    frontier = Frontier()
    names = ", ".join(tl.Posting._fields)
    entries = book.rows(
        "SELECT rowid, seq, kind, key, day, reverses, content FROM tl_entry ORDER BY seq"
    )
    postings: dict[int, list[tl.Posting]] = {}
    for seq, *said in book.rows(f"SELECT seq, {names} FROM tl_posting ORDER BY seq, no"):
        postings.setdefault(seq, []).append(tl.Posting(*said))
    for place, *entry in entries:
        leaf = leaf_hash(richbook.CODE, *entry, postings.get(entry[0], []))
        book.run("UPDATE tl_entry SET leaf = ? WHERE rowid = ?", leaf, place)
        frontier.append(leaf)
    book.run("UPDATE tl_head SET size = ?, peaks = ?", frontier.size, frontier.dump())
    book.run("DELETE FROM tl_checkpoint")


def roll_back(book: Book, chance: random.Random) -> set[int]:
    """An older copy of the whole file, which is a sound book in itself."""
    older = sqlite3.connect(chance.choice(book.older[:-1]))
    for table in TABLES:
        book.run(f"DELETE FROM {table}")
        for row in older.execute(f"SELECT * FROM {table}").fetchall():
            book.run(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", *row)
    older.close()
    (size,) = book.rows("SELECT size FROM tl_head")[0]
    return {size + 1}


PLAIN: tuple[Change, ...] = (edit, delete, duplicate, insert, swap, cut)
SKILLED: tuple[Change, ...] = (*map(rechained, PLAIN), roll_back)

# --------------------------------------------------------------------------- the auditor

NAMED = re.compile(r"entry (-?\d+)\b|number (-?\d+) was|(\d+) entries stand")
SPAN = re.compile(r"entries (\d+) to (\d+) (?:was changed|were taken away)")


def found(book: Book) -> list[tl.Finding]:
    told = audit.verify(Reader(book.connection, richbook.CODE), notes=book.kept)
    return [finding for finding in told if finding.check != "guards"]


def named(findings: list[tl.Finding]) -> set[int]:
    """The entries that findings name; of a journal cut short, the first that is gone."""
    matches = [one for finding in findings for one in NAMED.findall(str(finding))]
    return {int(a or b or int(c) + 1) for a, b, c in matches}


def within(findings: list[tl.Finding], seq: int) -> bool:
    """Whether a checkpoint that does not hold tells of an entry."""
    spans = [one for finding in findings for one in SPAN.findall(str(finding))]
    return any(int(first) <= seq <= int(last) for first, last in spans)


@times("tamperings")
def test_every_change_is_found_and_the_first_bad_entry_named(count: int, bare: Book) -> None:
    chance, done = random.Random(count), Counter[str]()
    assert found(bare) == []
    while done.total() < count:
        change = chance.choice((*[edit] * 8, *PLAIN, *SKILLED))
        transaction = bare.connection.get_transaction() or bare.connection.begin()
        before = state(bare)
        try:
            bad = change(bare, chance)
        except IntegrityError:  # the key of a sum stands in the way
            transaction.rollback()
            continue
        # one entry more at the end, with every hash right, is what posting is
        posted = change in SKILLED and min(bad, default=0) > bare.kept[-1].size
        if state(bare) != before and not posted:
            done[change.__name__] += 1
            told = found(bare)
            assert told, (change.__name__, bad)
            if bad and (change in PLAIN or not within(told, min(bad))):
                assert min(bad) in named(told), (change.__name__, bad, told)
        transaction.rollback()
    print(f"{count} tamperings, all found: {dict(done)}")
    assert found(bare) == []


NONSENSE = (
    "", "{}", "null", "[]", "7", "NaN", '"x"', "{", '{"on":1e400}', '{"month":"2024-13"}',
    '{"name":{"sealed":"%s"}}' % ("0" * 64), '{"name":{"sealed":"%s"},' % ("0" * 64),
    "[" * 100_000 + "]" * 100_000,
)  # fmt: skip


def test_what_cannot_be_read_is_found_and_never_raised(bare: Book) -> None:
    kinds = [kind for (kind,) in bare.rows("SELECT DISTINCT kind FROM tl_entry")]
    assert len(kinds) > 20
    for column, words in (
        *(("content", one) for one in NONSENSE),
        *(("key", one) for one in ("", "|", "x|y|z", "\0")),
        *(("kind", one) for one in ("", "measure", "dated", "expenditure", "roll", "close")),
        *(("day", one) for one in ("", "2024-02-30", "9999-99-99", "昨天")),
    ):
        for kind in kinds:
            first = bare.rows("SELECT min(seq) FROM tl_entry WHERE kind = ?", kind)[0][0]
            transaction = bare.connection.get_transaction() or bare.connection.begin()
            bare.run(f"UPDATE tl_entry SET {column} = ? WHERE seq = ?", words, first)
            try:
                told = found(bare)
            except Exception as error:
                raise AssertionError(f"{column} {words[:50]!r} of a {kind}") from error
            finally:
                transaction.rollback()
            assert first in named(told) or kind == words, (column, words[:50], kind, told)


def state(book: Book) -> list[Any]:
    """Everything stored, whatever its order; a sum of nothing is as good as none."""
    found = []
    for table in TABLES:
        sums = " WHERE debit_fen OR credit_fen" if table == "tl_turnover" else ""
        found.append(sorted(book.rows(f"SELECT * FROM {table}{sums}"), key=repr))
    return found
