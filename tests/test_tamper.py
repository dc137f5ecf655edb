"""Tampering through raw SQL: refused by the database, or found by ``verify`` and named."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import trustledger as tl

CASE = "example"
Raw = sqlite3.Connection


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with everything in it: restricted money, refunds, waivers, vouchers, a reversal."""
    folder = tmp_path_factory.mktemp("sound") / CASE
    shutil.copytree(Path(tl.__file__ or "").parent / "example", folder)
    book = tl.load(folder, period="2025-01..2025-06").book
    book.reverse(
        tl.Reversal(
            key="X1", on="2025-06-30", of_kind="expenditure", of_key="V2025-001", reason="误付"
        )
    )
    assert book.verify() == []
    book.close()
    return folder / "book.db"


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "book.db"))


def findings(path: Path) -> list[tl.Finding]:
    book = tl.Book.open(f"sqlite:///{path}", unguarded=True)
    found = book.verify()
    book.close()
    return found


def without_guards(path: Path) -> Raw:
    """As somebody works who owns the file: no triggers, no foreign keys, then put back."""
    raw = sqlite3.connect(path)
    raw.execute("PRAGMA foreign_keys=OFF")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    return raw


def columns(raw: Raw, table: str) -> list[tuple[str, str, int]]:
    return [(c[1], c[2], c[5]) for c in raw.execute(f"PRAGMA table_info({table})")]


def tamper(path: Path, change: Callable[[Raw], object]) -> list[tl.Finding]:
    """What verify finds after a change, the missing guards themselves not counted."""
    raw = without_guards(path)
    change(raw)
    raw.commit()
    raw.close()
    return [finding for finding in findings(path) if finding.check != "guards"]


def one_row(raw: Raw, table: str, chance: random.Random) -> tuple[str, list[object]]:
    """A condition that picks one row at random."""
    keys = [name for name, _, key in columns(raw, table) if key]
    rows = raw.execute(f"SELECT {', '.join(keys)} FROM {table}").fetchall()
    return " AND ".join(f"{key} = ?" for key in keys), list(chance.choice(rows))


TABLES = ("tl_entry", "tl_posting", "tl_turnover", "tl_open", "tl_term", "tl_head")


def mutations() -> Iterator[tuple[str, str, str]]:
    for table, names in {
        "tl_entry": ("kind", "key", "day", "reverses", "content", "leaf", "seq"),
        "tl_posting": (
            "account", "fund", "debit_fen", "credit_fen", "unit", "item", "line", "month",
            "source", "term", "no",
        ),
        "tl_turnover": ("period", "account", "fund", "item", "line", "term", "debit_fen",
                        "credit_fen"),
        "tl_open": ("unit", "account", "month", "item", "source", "open_fen", "since"),
        "tl_term": ("term", "base_fen", "remuneration_fen"),
        "tl_head": ("size", "peaks"),
        "tl_attachment": ("digest", "body"),
    }.items():  # fmt: skip
        for name in names:
            yield table, name, "change"
        if table != "tl_head":
            yield table, "", "delete"


@pytest.mark.parametrize(("table", "column", "how"), list(mutations()))
@pytest.mark.parametrize("seed", range(3))
def test_any_single_change_is_found(
    table: str, column: str, how: str, seed: int, copy: Path
) -> None:
    chance = random.Random(f"{table}{column}{how}{seed}")
    where: list[object] = []

    def change(raw: Raw) -> None:
        condition, values = one_row(raw, table, chance)
        where[:] = values
        if how == "delete":
            raw.execute(f"DELETE FROM {table} WHERE {condition}", values)
            return
        kind = {name: type_ for name, type_, _ in columns(raw, table)}[column]
        new = {
            "INTEGER": f"{column} + {1_000_000 if column in ('seq', 'no') else 1}",
            "TEXT": f"{column} || 'x'",
            "BLOB": f"CAST(zeroblob(length({column})) AS BLOB)",
        }[kind]
        raw.execute("PRAGMA ignore_check_constraints=ON")
        raw.execute(f"UPDATE {table} SET {column} = {new} WHERE {condition}", values)

    found = tamper(copy, change)
    assert found
    if table in ("tl_entry", "tl_posting"):
        told = (f"entry {where[1]} ", f"entry {where[1]}:", f"number {where[1]} ")
        assert any(one in str(finding) for finding in found for one in told), found


def test_an_amount_moved_by_one_fen_on_both_sides_is_found(copy: Path) -> None:
    def change(raw: Raw) -> None:
        raw.execute("UPDATE tl_posting SET debit_fen = debit_fen + 1 WHERE seq = 300 AND debit_fen")
        raw.execute(
            "UPDATE tl_posting SET credit_fen = credit_fen + 1 WHERE seq = 300 AND credit_fen"
        )

    assert any("entry 300 " in finding.where for finding in tamper(copy, change))


def test_a_tail_that_is_cut_is_found(copy: Path) -> None:
    def change(raw: Raw) -> None:
        (size,) = raw.execute("SELECT size FROM tl_head").fetchone()
        raw.execute("DELETE FROM tl_posting WHERE seq > ?", (size - 3,))
        raw.execute("DELETE FROM tl_entry WHERE seq > ?", (size - 3,))
        raw.execute("UPDATE tl_head SET size = size - 3")

    assert "log_root" in {finding.check for finding in tamper(copy, change)}


def test_swapped_entries_are_found(copy: Path) -> None:
    def change(raw: Raw) -> None:
        for table in ("tl_posting", "tl_entry"):
            for old, new in ((300, -1), (301, 300), (-1, 301)):
                raw.execute(f"UPDATE {table} SET seq = ? WHERE seq = ?", (new, old))

    found = tamper(copy, change)
    assert any("entry 300 " in finding.where for finding in found)
    assert any("entry 301 " in finding.where for finding in found)


def test_an_inserted_entry_is_found(copy: Path) -> None:
    def change(raw: Raw) -> None:
        raw.execute(
            "INSERT INTO tl_entry SELECT book, 99999, kind, key || 'x', day, recorded_at, 0, "
            "content, leaf FROM tl_entry WHERE kind = 'receipt' LIMIT 1"
        )
        raw.execute(
            "INSERT INTO tl_posting SELECT book, 99999, no, account, fund, debit_fen, credit_fen, "
            "unit, item, line, month, source, term FROM tl_posting WHERE seq = "
            "(SELECT seq FROM tl_entry WHERE kind = 'receipt' LIMIT 1)"
        )

    assert any("entry 99999 " in finding.where for finding in tamper(copy, change))


def test_an_attacker_who_recomputes_the_hashes_still_breaks_the_sums(copy: Path) -> None:
    """The leaf and the head made right again: the fact and the sums still tell."""
    from trustledger.rules.journal import Frontier, leaf_hash

    def change(raw: Raw) -> None:
        seq = raw.execute("SELECT max(seq) FROM tl_entry WHERE kind = 'receipt'").fetchone()[0]
        for side in ("debit_fen", "credit_fen"):
            raw.execute(
                f"UPDATE tl_posting SET {side} = {side} + 1 WHERE seq = ? AND {side}", (seq,)
            )
        frontier = Frontier()
        rows = raw.execute(
            "SELECT seq, kind, key, day, reverses, content FROM tl_entry ORDER BY seq"
        ).fetchall()
        for number, kind, key, day, reverses, content in rows:
            postings = [
                tl.Posting(*row)
                for row in raw.execute(
                    f"SELECT {', '.join(tl.Posting._fields)} FROM tl_posting "
                    "WHERE seq = ? ORDER BY no",
                    (number,),
                )
            ]
            leaf = leaf_hash("xinghe", number, kind, key, day, reverses, content, postings)
            raw.execute("UPDATE tl_entry SET leaf = ? WHERE seq = ?", (leaf, number))
            frontier.append(leaf)
        raw.execute("UPDATE tl_head SET peaks = ?", (frontier.dump(),))

    found = {finding.check for finding in tamper(copy, change)}
    assert {"fact", "turnover"} <= found and "log_root" not in found
