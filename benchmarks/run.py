"""Speed, side by side in one run: what we do against the raw machine, as ratios.

    python benchmarks/run.py [UNITS ...]

Posting is compared with ``executemany`` of the very same rows into the very same tables, indexes,
constraints and triggers; owners' PDFs with the same page drawn on a bare canvas from ready-made
strings. The rest is how cost grows from 1,000 to 10,000 units and with the years behind a month.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import community
from stores import PostgreSQL, SQLite, timed

from trustledger import folderbook, sheets
from trustledger.book import Book
from trustledger.period import Period
from trustledger.records import BookInfo, Fact, LateFeeTerm, Receipt, Tariff, Term, Unit


def arrears(store: SQLite, units: int) -> None:
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
    info = BookInfo(code="bench", name="测速小区", start="2024-01-01")
    book, _ = Book.take(store.url(), info, facts, Period.parse("2024"))
    before = book.head.size
    ours, _ = timed(lambda: book.charge("2025-01"))
    posted = book.head.size - before
    raw = store.raw_again(book, before)
    book.close()
    print(
        f"| {units:,} units, a month: {posted:,} entries | {posted / ours:,.0f} | "
        f"{posted / raw:,.0f} | {raw / ours:.2f} | {ours:.1f} s |"
    )


def posting(folder: Path, store: SQLite | PostgreSQL) -> None:
    """Receipts posted, uncharged and onto standing charges, against the raw rate."""
    contents = sheets.read(folder)
    receipts = [fact for _, fact in contents.facts if isinstance(fact, Receipt)]
    others = [fact for _, fact in contents.facts if not isinstance(fact, Receipt)]
    for name, charged in (("loaded", False), ("onto charges", True)):
        pairs = []
        for _ in range(3):
            book = Book.create(store.url(), contents.info, *others)
            if charged:
                book.charge("2024")
            before = book.head.size
            facts = [fact.model_copy() for fact in receipts]
            ours, _ = timed(lambda book=book, facts=facts: book.post(facts))  # type: ignore[misc]
            raw = store.raw_again(book, before)
            book.close()
            pairs.append((raw / ours, len(receipts) / ours, len(receipts) / raw))
        ratio, rate, raw_rate = sorted(pairs)[1]
        print(f"| {store.name}: receipts {name} | {rate:,.0f} | {raw_rate:,.0f} | {ratio:.2f} |")


def single(folder: Path, store: SQLite | PostgreSQL) -> None:
    """One receipt a durable commit, into a community that is charged, in turn with a raw commit."""
    contents = sheets.read(folder)
    others = [fact for _, fact in contents.facts if not isinstance(fact, Receipt)]
    book = Book.create(store.url(), contents.info, *others)
    book.charge("2024")
    units = [fact.unit for fact in others if isinstance(fact, Unit)]
    took, raw = [], []
    for number in range(320):
        receipt = Receipt(
            key=f"S{number}", on="2024-12-20", unit=units[number % len(units)], amount="10.00"
        )
        took.append(timed(lambda one=receipt: book.receive(one))[0])  # type: ignore[misc]
        if number % 10 == 0:
            raw += store.commits(10)
    book.close()
    ours, theirs = statistics.median(took[20:]), statistics.median(raw[20:])
    name = store.name.partition(",")[0]
    print(
        f"| {name}: one receipt, durable | {1 / ours:,.0f} | {1 / theirs:,.0f} "
        f"| {theirs / ours:.2f} |"
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


STATED = ("collection", "trial_balance", "income_expenditure")


def history(folder: Path) -> None:
    """What a month costs with one year and with ten years behind it."""
    times = []
    for years in (1, 10):
        where = folder / f"years{years}"
        community.write(where, 500, months=12 * years, year=2035 - years)
        for file in ("book.toml", "tariffs.csv"):
            body = (where / file).read_text("utf-8").replace("2024-01-01", f"{2035 - years}-01-01")
            (where / file).write_text(body, "utf-8")
        book = folderbook.load(where, period=f"{2035 - years}-01..2034-07").book
        rounds = []
        for month in ("2034-08", "2034-09", "2034-10", "2034-11", "2034-12"):
            work = (
                lambda book, month: book.charge(month),
                lambda book, month: list(book.owners(month)),
                *(lambda book, month, name=name: book.statement(name, month) for name in STATED),
                lambda book, month: book.statement("owner", month, unit="1-005"),
                lambda book, month: book.balance("1002", f"{month}-17"),
                lambda book, month: book.unit_account("1-005", f"{month}-17"),
            )
            rounds.append([timed(lambda one=one, b=book, m=month: one(b, m))[0] for one in work])
        times.append([statistics.median(column) for column in zip(*rounds, strict=True)])
        book.close()
    names = ("charge", "owners' figures", *STATED, "owner", "a balance", "a unit's account")
    for name, one, ten in zip(names, *times, strict=True):
        print(f"| {name} | {one * 1000:.1f} ms | {ten * 1000:.1f} ms | {ten / one:.2f} |")


def main(units: Sequence[int]) -> None:
    work = Path(tempfile.mkdtemp(prefix="trustledger-bench-"))
    try:
        community.write(work / "posting", 2_000)
        here, there = SQLite(work), PostgreSQL(work)
        print("| posting, a second | ours | raw | ratio |\n|---|---|---|---|")
        for store in (here, there):
            posting(work / "posting", store)
            single(work / "posting", store)
        there.close()
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
            arrears(here, count)
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
