"""Two at once, and killed in the middle: nothing lost, nothing half done, nothing spent twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import trustledger as tl
from trustledger.store import dialects, tables

ROOT = Path(__file__).parents[1]
Folder = Callable[[str], Path]


def start(code: str, *words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


LOAD = "import sys; sys.argv[0] = 'trustledger'; from trustledger.cli import main; main()"


@pytest.mark.parametrize("there", [False, True], ids=["no database yet", "database there"])
def test_loads_at_the_same_time_all_end_right(folder: Folder, there: bool) -> None:
    case = folder("example")
    if there:
        tl.load(case).book.close()
    runs = [start(LOAD, "load", case) for _ in range(4)]
    told = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0] * 4, told
    assert len({out.split()[-1] for out, _ in told}) == 1
    new = sorted(int(out.split()[1]) for out, _ in told)
    assert new == ([0] * 4 if there else [0, 0, 0, 330])
    book = tl.open_book(str(case))
    assert book.verify() == []
    book.close()
    assert sorted(p.name for p in case.iterdir() if "db" in p.name) == ["book.db"]


def small_book(path: Path) -> tl.Book:
    return tl.Book.create(
        f"sqlite:///{path}",
        tl.BookInfo(code="b", name="b", start="2024-01-01"),
        tl.BudgetLine(line="A", name="A", category="other", amount="1,000.00"),
    )


def test_kill_while_loading_leaves_all_or_nothing(folder: Folder) -> None:
    case = folder("case1")
    chance = random.Random(3)
    for _ in range(6):
        run = start(LOAD, "load", case)
        time.sleep(0.3 + chance.random())
        run.send_signal(signal.SIGKILL)
        run.communicate()
        if (case / "book.db").exists():
            assert tl.open_book(str(case)).verify() == []
            (case / "book.db").unlink()
    loaded = tl.load(case)
    assert loaded.posted == 1026 and loaded.book.verify() == []


def test_unsafe_settings_are_refused(tmp_path: Path) -> None:
    book = small_book(tmp_path / "b.db")
    with dialects.open_engine(f"sqlite:///{tmp_path / 'b.db'}").connect() as connection:
        for pragma, weak in (
            ("synchronous", "NORMAL"), ("foreign_keys", "OFF"), ("recursive_triggers", "OFF"),
        ):  # fmt: skip
            strong = connection.exec_driver_sql(f"PRAGMA {pragma}").scalar()
            connection.rollback()
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute(f"PRAGMA {pragma}={weak}")
            with pytest.raises(tl.StoreError, match=pragma):
                dialects.check_schema(connection)
            connection.rollback()
            raw.execute(f"PRAGMA {pragma}={strong}")
    assert book.verify() == []


def test_a_missing_guard_is_noticed_at_open(tmp_path: Path) -> None:
    import sqlite3

    small_book(tmp_path / "b.db").close()
    raw = sqlite3.connect(tmp_path / "b.db")
    raw.execute("DROP TRIGGER tl_entry_no_delete")
    raw.commit()
    raw.close()
    with pytest.raises(tl.BookCorrupt, match="tl_entry_no_delete"):
        tl.Book.open(f"sqlite:///{tmp_path / 'b.db'}")
    book = tl.Book.open(f"sqlite:///{tmp_path / 'b.db'}", unguarded=True)
    assert [finding.check for finding in book.verify()] == ["guards"]
    with pytest.raises(tl.BookCorrupt):
        book.earn(tl.Income(key="1", on="2024-01-05", category="other", amount="0.07"))


def test_a_newer_version_is_refused(tmp_path: Path) -> None:
    import sqlite3

    book = small_book(tmp_path / "b.db")
    raw = sqlite3.connect(tmp_path / "b.db")
    raw.execute("UPDATE tl_head SET version = 99")
    raw.commit()
    raw.close()
    with pytest.raises(tl.StoreError, match="version 99"):
        book.earn(tl.Income(key="1", on="2024-01-05", category="other", amount="0.07"))


def test_values_and_rows_have_the_same_fields() -> None:
    assert tuple(c.name for c in tables.POSTING.columns) == (
        "book",
        "seq",
        "no",
        *tl.Posting._fields,
    )
    names = {"on": "day"}
    beside = ("postings", "public", "private")  # of other tables, or told apart when read
    fields = tuple(names.get(n, n) for n in tl.Entry._fields if n not in beside)
    assert tuple(c.name for c in tables.ENTRY.columns) == ("book", *fields)
