"""Speed, side by side in one run: what we do against the raw machine, as ratios.

    python benchmarks/run.py [UNITS ...]

Posting is compared with ``executemany`` of the very same rows into the very same tables, indexes,
constraints and triggers; owners' PDFs with the same page drawn on a bare canvas from ready-made
strings. The rest is how cost grows from 1,000 to 10,000 units and with the years behind a month.
"""

from __future__ import annotations

import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import community

from trustledger import folderbook, sheets
from trustledger.book import Book
from trustledger.period import Period
from trustledger.records import BookInfo, Fact, LateFeeTerm, Receipt, Tariff, Term, Unit

TABLES = ("tl_head", "tl_entry", "tl_posting")
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON",
    "cache_size=-65536",
)  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def raw_rows(source: Path, after: int) -> tuple[dict[str, list[Any]], dict[str, list[Any]]]:
    """Every row of the journal: those up to an entry, and those after it."""
    found = sqlite3.connect(source)
    early: dict[str, list[Any]] = {"tl_head": found.execute("SELECT * FROM tl_head").fetchall()}
    late: dict[str, list[Any]] = {}
    for table in TABLES[1:]:
        query = f"SELECT * FROM {table} WHERE seq {{}} ? ORDER BY seq"
        early[table] = found.execute(query.format("<="), (after,)).fetchall()
        late[table] = found.execute(query.format(">"), (after,)).fetchall()
    found.close()
    return early, late


def raw_insert(target: Path, schema: Sequence[str], early: Any, late: Any) -> float:
    """Seconds that plain executemany takes for the late rows, in one durable transaction."""
    database = sqlite3.connect(target, isolation_level=None)
    for pragma in PRAGMAS:
        database.execute(f"PRAGMA {pragma}")
    for statement in schema:
        database.execute(statement)

    def put(rows: dict[str, list[Any]]) -> None:
        database.execute("BEGIN IMMEDIATE")
        for table, values in rows.items():
            if values:
                marks = ", ".join("?" * len(values[0]))
                database.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        database.execute("COMMIT")

    put(early)
    seconds, _ = timed(lambda: put(late))
    database.close()
    return seconds


def raw_again(path: Path, after: int) -> float:
    """Seconds that plain executemany takes for what a book posted after an entry."""
    found = sqlite3.connect(path)
    schema = [
        row[0]
        for row in found.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL "
            "ORDER BY type = 'trigger', type = 'index'"
        )
    ]
    found.close()
    return raw_insert(path.with_suffix(".raw"), schema, *raw_rows(path, after))


def arrears(folder: Path, units: int) -> None:
    """A month's charges and late fees with a third of the homes a year in arrears, against raw."""
    facts: list[Fact] = [
        Unit(unit=f"{n}", area_m2=str(60 + n % 80), usage="residential") for n in range(units)
    ]
    facts.append(Tariff(item="物业费", basis="per_m2_month", price="2", start="2024-01-01"))
    facts.append(Term(rate="12%", base=["service_fee", "late_fee"], start="2024-01-01"))
    facts.append(LateFeeTerm(rate_per_day="0.05%", grace_days=30, cap="100%", start="2024-01-01"))
    facts += [
        Receipt(
            key=f"{n}-{month}",
            on=f"2024-{month:02d}-10",
            unit=f"{n}",
            amount=str(2 * (60 + n % 80)),
        )
        for month in range(1, 13)
        for n in range(units)
        if n % 3
    ]
    path = folder / f"arrears{units}.db"
    info = BookInfo(code="bench", name="测速小区", start="2024-01-01")
    book, _ = Book.take(f"sqlite:///{path}", info, facts, Period.parse("2024"))
    before = book.head.size
    ours, _ = timed(lambda: book.charge("2025-01"))
    posted = book.head.size - before
    book.close()
    raw = raw_again(path, before)
    print(
        f"| {units:,} units, a month: {posted:,} entries | {posted / ours:,.0f} | "
        f"{posted / raw:,.0f} | {raw / ours:.2f} | {ours:.1f} s |"
    )


def posting(folder: Path) -> None:
    """Receipts posted, uncharged and onto standing charges, against the raw rate."""
    contents = sheets.read(folder)
    receipts = [fact for _, fact in contents.facts if isinstance(fact, Receipt)]
    others = [fact for _, fact in contents.facts if not isinstance(fact, Receipt)]
    for name, charged in (("loaded", False), ("onto charges", True)):
        pairs = []
        for turn in range(3):
            path = folder / f"{name[:4]}{turn}.db"
            book = Book.create(f"sqlite:///{path}", contents.info, *others)
            if charged:
                book.charge("2024")
            before = book.head.size
            ours, _ = timed(lambda book=book: book.post(receipts))  # type: ignore[misc]
            book.close()
            raw = raw_again(path, before)
            pairs.append((raw / ours, len(receipts) / ours, len(receipts) / raw))
        ratio, rate, raw_rate = sorted(pairs)[1]
        print(
            f"| receipts {name}, entries a second | {rate:,.0f} | {raw_rate:,.0f} | {ratio:.2f} |"
        )


def growth(folder: Path, units: int) -> None:
    """The main job's parts for a year of so many units."""
    load, loaded = timed(lambda: folderbook.load(folder))
    charge, charges = timed(lambda: loaded.book.charge("2024"))
    verify, findings = timed(loaded.book.verify)
    assert not findings
    pack, files = timed(lambda: folderbook.write_pack(loaded.book, "2024-12", folder / "pack"))
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    size = loaded.book.head.size
    print(
        f"| {units:,} units | {load:.1f} | {charge:.1f} ({len(charges):,}) | {verify:.1f} "
        f"({size:,}) | {pack:.1f} ({files:,}) | {peak // 1024} |"
    )
    loaded.book.close()


def history(folder: Path) -> None:
    """What a month costs with one year and with ten years behind it."""
    times = []
    for years in (1, 10):
        where = folder / f"years{years}"
        community.write(where, 500, months=12 * years, year=2035 - years)
        for file in ("book.toml", "tariffs.csv"):
            body = (where / file).read_text("utf-8").replace("2024-01-01", f"{2035 - years}-01-01")
            (where / file).write_text(body, "utf-8")
        book = folderbook.load(where, period="2034-07").book
        rounds = []
        for month in ("2034-08", "2034-09", "2034-10", "2034-11", "2034-12"):
            charge, _ = timed(lambda book=book, month=month: book.charge(month))  # type: ignore[misc]
            owners, _ = timed(lambda book=book, month=month: list(book.owners(month)))  # type: ignore[misc]
            other, _ = timed(lambda book=book, month=month: book.statement("collection", month))  # type: ignore[misc]
            rounds.append((charge, owners, other))
        times.append([statistics.median(column) for column in zip(*rounds, strict=True)])
        book.close()
    for name, one, ten in zip(("charge", "owners' figures", "collection"), *times, strict=True):
        print(f"| {name} | {one * 1000:.0f} ms | {ten * 1000:.0f} ms | {ten / one:.2f} |")


def main(units: Sequence[int]) -> None:
    work = Path(tempfile.mkdtemp(prefix="trustledger-bench-"))
    try:
        community.write(work / "posting", 2_000)
        print("| posting | ours | raw | ratio |\n|---|---|---|---|")
        posting(work / "posting")
        print("\n| a year of | load s | charge s | verify s | pack of December s | peak MiB |")
        print("|---|---|---|---|---|---|")
        for count in units:
            community.write(work / str(count), count)
            where = str(work / str(count))
            code = f"import run, pathlib; run.growth(pathlib.Path({where!r}), {count})"
            subprocess.run(
                [sys.executable, "-c", code], check=True, cwd=Path(__file__).parent
            )  # a process of its own, so that the peak is its own
        print("\n| charges and late fees | entries a second | raw | ratio | took |")
        print("|---|---|---|---|---|")
        for count in units:
            arrears(work, count)
        print(
            "\n| a month of 500 units, median of five | 1 year behind | 10 years behind | ratio |"
        )
        print("|---|---|---|---|")
        history(work)
        print("\nowners' PDFs")
        subprocess.run([sys.executable, Path(__file__).parent / "owner_pages.py"], check=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [1_000, 10_000])
