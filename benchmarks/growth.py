"""What a book costs as it grows: posting, verifying, exporting, reading, from nothing to a million.

    python benchmarks/growth.py [ENTRIES]

Month after month a community of homes is charged and pays; a month is two commits. Printed: entries
a second in every twentieth of the way (the goal: flat within 10 %); and, at a tenth of the way and
at its end, what verification takes beside reading the same entries and hashing them (the goal:
twice), the peak memory of each (the goal: flat), and how long the trial balance and one home's
account take. Everything is a process of its own; seconds are of process time.
"""

from __future__ import annotations

import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from trustledger.book import Book
from trustledger.records import BookInfo, Receipt, Tariff, Term, Unit
from trustledger.rules.journal import leaf_hash

SLICES, MONTHS_A_SLICE = 20, 5
LONG = 500_000
"""Entries from which on everything is measured once, and not three times."""
Figures = dict[str, Any]


def timed(work: Callable[[], Any]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def busy(work: Callable[[], Any]) -> float:
    """Process time: what else the machine does counts for nothing."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def peak() -> int:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def month_of(number: int) -> str:
    """A month by its number, from 0 on."""
    return f"{2000 + number // 12}-{number % 12 + 1:02d}"


def opened(database: Path) -> Book:
    return Book.open(f"sqlite:///{database}")


# --------------------------------------------------------------- each in a process of its own


def post(database: Path, entries: int) -> Figures:
    """Post them all; a copy of what stands at a tenth of the way is put beside."""
    homes = entries // (2 * SLICES * MONTHS_A_SLICE)
    book = Book.create(
        f"sqlite:///{database}",
        BookInfo(code="bench", name="测速小区", start="2000-01-01"),
        Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2000-01-01"),
        Term(rate="12%", base=("service_fee",), authority="信托合同", start="2000-01-01"),
        *(Unit(unit=f"{n}", area_m2=str(60 + n % 80), usage="residential") for n in range(homes)),
    )
    rates, rates_busy, peaks = [], [], []
    for part in range(SLICES):
        worked = time.process_time()
        spent = sum(
            a_month(book, month_of(number), homes)
            for number in range(part * MONTHS_A_SLICE, (part + 1) * MONTHS_A_SLICE)
        )
        rates.append(2 * MONTHS_A_SLICE * homes / spent)
        rates_busy.append(2 * MONTHS_A_SLICE * homes / (time.process_time() - worked))
        peaks.append(peak())
        if part + 1 == SLICES // 10:
            with sqlite3.connect(database) as here, sqlite3.connect(tenth(database)) as there:
                here.backup(there)
    return {
        "rates": rates,
        "busy": rates_busy,
        "tenth": peaks[SLICES // 10 - 1],
        "whole": peaks[-1],
    }


def a_month(book: Book, month: str, homes: int) -> float:
    """Charge every home and let it pay; the seconds that it takes."""
    paid = [
        Receipt(key=f"{month}-{n}", on=f"{month}-20", unit=f"{n}", amount=str(2 * (60 + n % 80)))
        for n in range(homes)
    ]
    return timed(lambda: book.charge(month)) + timed(lambda: book.post(paid))


def tenth(database: Path) -> Path:
    return database.with_name("tenth.db")


def verify(database: Path) -> Figures:
    """Recompute every invariant."""
    findings: list[Any] = []
    seconds = busy(lambda: findings.extend(opened(database).verify()))
    assert not findings
    return {"seconds": seconds, "peak": peak()}


def read(database: Path) -> Figures:
    """Read the entries with their postings as values, and hash each: its leaf."""

    def work() -> None:
        for e in opened(database).entries():
            leaf_hash("bench", *e[:4], *e[5:7], e.postings)

    return {"seconds": busy(work), "peak": peak()}


def bare(database: Path) -> Figures:
    """Read the rows of both tables with the driver alone, and hash them as text."""

    def work() -> None:
        with sqlite3.connect(database) as rows:
            for table in ("tl_entry", "tl_posting"):
                for one in rows.execute(f"SELECT * FROM {table} ORDER BY book, seq"):
                    sha256("\t".join(map(str, one)).encode()).digest()

    return {"seconds": busy(work), "peak": peak()}


def export(database: Path) -> Figures:
    """Write the journal as text for hledger."""
    book = opened(database)

    def work() -> None:
        with database.with_suffix(".journal").open("w", encoding="utf-8") as file:
            file.writelines(book.export("hledger"))

    return {"seconds": busy(work), "peak": peak()}


def reports(database: Path, months: int) -> Figures:
    """The trial balance, and one home's account, of the last month."""
    book, month = opened(database), month_of(months - 1)

    def median(name: str, **of: str) -> float:
        return statistics.median(timed(lambda: book.statement(name, month, **of)) for _ in range(7))

    return {"trial": median("trial_balance"), "home": median("owner", unit="7")}


# --------------------------------------------------------------------------------------- the table


def run(step: str, database: Path, *more: str) -> Figures:
    """One of the functions above, in a process of its own."""
    command = [sys.executable, __file__, "--step", step, str(database), *more]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: Figures = json.loads(told.stdout)
    return figures


def main(entries: int) -> None:
    """Print the figures."""
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    with tempfile.TemporaryDirectory() as work:
        whole = Path(work) / "whole.db"
        posted = run("post", whole, str(entries))
        print(f"entries a second in each of {SLICES} slices of {entries // SLICES:,}")
        for clock, rates in (("the clock", posted["rates"]), ("process time", posted["busy"])):
            first, last = statistics.median(rates[:4]), statistics.median(rates[-4:])
            print(f"  by {clock}: " + " ".join(f"{rate:,.0f}" for rate in rates))
            print(f"  last fifth / first fifth: {last / first:.2f}")
        print(f"\n| | {entries // 10:,} entries | {entries:,} | ratio |\n|---|---|---|---|")
        row("peak MiB of posting", posted["tenth"], posted["whole"])
        sides = {}
        for database in (tenth(whole), whole):
            rounds = [
                {step: run(step, database) for step in ("verify", "read", "bare", "export")}
                for _ in range(3 if entries < LONG else 1)
            ]
            sides[database] = {
                (step, what): statistics.median(one[step][what] for one in rounds)
                for step in rounds[0]
                for what in ("seconds", "peak")
            }
        small, large = sides.values()
        for step in ("verify", "read", "bare", "export"):
            row(f"{step}, s", small[step, "seconds"], large[step, "seconds"], ".2f")
        for than in ("read", "bare"):
            row(
                f"verify / {than}",
                *(side["verify", "seconds"] / side[than, "seconds"] for side in (small, large)),
                ".2f",
            )
        for step in ("verify", "export"):
            row(f"peak MiB of {step}", small[step, "peak"], large[step, "peak"])
        months = SLICES * MONTHS_A_SLICE
        at_tenth = run("reports", tenth(whole), str(months // 10))
        at_end = run("reports", whole, str(months))
        for what, name in (("trial", "trial balance"), ("home", "a home's account")):
            row(f"{name}, ms", at_tenth[what] * 1000, at_end[what] * 1000, ".1f")


def row(name: str, small: float, large: float, form: str = ",.0f") -> None:
    """A line of the table."""
    print(f"| {name} | {small:{form}} | {large:{form}} | {large / small:.2f} |", flush=True)


if __name__ == "__main__":
    if "--step" in sys.argv:
        step, database, *more = sys.argv[2:]
        print(json.dumps(globals()[step](Path(database), *map(int, more))))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
