"""What an open budget costs: settling it, voting on it, and holding every payment against it.

    python benchmarks/budgets.py [EXPENDITURES]

Printed: expenditures a second under a budget of 500 lines beside as many under standing lines of
budget.csv, in one batch and one by one; what one of them takes, and what looking up what its line
has left takes, after one year of budgets and after ten (the goal: the same); a vote of ten thousand
homes, ballot by ballot with proxies, counted, and counted again; versions of 500 lines. Seconds are
of process time.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import trustledger as tl
from trustledger.acts.allowing import allowance
from trustledger.docket import Docket
from trustledger.rules import tallying
from trustledger.rules.versioning import version_digest
from trustledger.standing import Shelf
from trustledger.store.links import facts_naming

LINES, HOMES, YEARS, SINGLY = 500, 10_000, 10, 300
HISTORY = 50
"""Lines of the book that grows old; each pays once a month."""


def busy(work: Callable[[], Any]) -> float:
    """Process time: what else the machine does counts for nothing."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def opened(where: Path, name: str, *facts: tl.Record) -> tl.Book:
    """A book of one home, which votes."""
    return tl.Book.create(
        f"sqlite:///{where / name}.db",
        tl.BookInfo(code="bench", name="测速小区", start="2015-01-01"),
        tl.Unit(unit="1", area_m2="100", usage="residential"),
        tl.DecisionType(decision="d", name="年度预算", agrees=">1/2", start="2010-01-01"),
        *facts,
    )


def adoption(year: int, lines: int, version: str = "v1") -> list[tl.Record]:
    """A year's budget from its lines to its adoption."""
    code, vote = str(year), f"{year}-{version}"
    of = tl.Budget(budget=code, name=code, start=f"{year}-01-01", to=f"{year}-12-31")
    plan = [
        tl.PlanLine(
            budget=code, version=version, line=f"L{n}", name=f"项目{n}", category="cleaning",
            amount="10,000,000",
        )
        for n in range(lines)
    ]  # fmt: skip
    digest, before = version_digest(of, version, plan, []), f"{year - 1}-12"
    stage = {"budget": code, "version": version}
    return [
        of, *plan, tl.Stage(stage="consultation", on=f"{before}-01", **stage),
        tl.Resolution(key=vote, on=f"{before}-01", until=f"{before}-08", title="预算", decision="d",
                      digest=digest, **stage),
        tl.Ballot(resolution=vote, unit="1", on=f"{before}-02", choice="agree"),
        tl.Tally(resolution=vote, on=f"{before}-09", counted_by="甲", supervised_by="乙"),
        tl.Stage(stage="adopted", on=f"{before}-10", resolution=vote, digest=digest, **stage),
    ]  # fmt: skip


def payments(tag: str, year: int, lines: int, count: int) -> Iterator[tl.Expenditure]:
    """So many small payments over a year, line after line."""
    for n in range(count):
        day = date(year, 1, 1) + timedelta(n % 360)
        yield tl.Expenditure(voucher=f"{tag}{n}", on=day, line=f"L{n % lines}", amount="1.00")


def rate(book: tl.Book, tag: str, count: int) -> tuple[float, float]:
    """Expenditures a second, in one batch and one by one."""
    many = list(payments(tag, 2015, LINES, count))
    few = list(payments(f"{tag}-", 2015, LINES, SINGLY))
    batch = busy(lambda: book.post(many))
    return count / batch, SINGLY / busy(lambda: [book.post([one]) for one in few])


def spending(where: Path, count: int) -> None:
    """Payments held against a budget, beside those held against standing lines."""
    standing = [
        tl.BudgetLine(line=f"L{n}", name=f"项目{n}", category="cleaning", amount="90,000,000")
        for n in range(LINES)
    ]
    plain, annual = opened(where, "plain", *standing), opened(where, "annual")
    print(f"| a budget of {LINES} lines | seconds |\n|---|---|")
    for version in ("v1", "v2"):
        story = adoption(2015, LINES, version)
        print(f"| {version}, from its lines to its adoption | "
              f"{busy(lambda story=story: annual.post(story)):.2f} |")  # fmt: skip
    print(
        f"\n| expenditures a second | standing lines | a year's budget | ratio |\n|---|{'---|' * 3}"
    )
    for size in (count // 10, count):
        one, other = rate(plain, f"P{size}-", size), rate(annual, f"P{size}-", size)
        print(f"| {size:,} in one batch | {one[0]:,.0f} | {other[0]:,.0f} "
              f"| {other[0] / one[0]:.2f} |")  # fmt: skip
        print(f"| one by one | {one[1]:,.0f} | {other[1]:,.0f} | {other[1] / one[1]:.2f} |")
    print(f"| verified, s | {busy(plain.verify):.1f} | {busy(annual.verify):.1f} | |")


def looked_up(book: tl.Book, year: int) -> float:
    """Seconds to look up what a line has left, with nothing known from before."""
    times = []
    for n in range(SINGLY):
        with book._reading() as reader:
            docket = Docket(book.info, Shelf(reader), funds={}, units=dict, tenures=dict)
            docket.all(tl.Rule), docket.all(tl.Budget)  # remembered between posts
            begin = time.perf_counter()
            allowance(docket, f"L{n % HISTORY}", date(year, 12, 30), "")
            times.append(time.perf_counter() - begin)
    return statistics.median(times)


def posted(book: tl.Book, year: int) -> float:
    """Seconds to post one expenditure."""
    some = [one.model_copy(update={"on": date(year, 12, 30)})
            for one in payments(f"X{year}-", year, HISTORY, SINGLY)]  # fmt: skip
    return statistics.median(busy(lambda one=one: book.post([one])) for one in some)


def growing_old(where: Path) -> None:
    """What one expenditure takes after a year of budgets, and after ten."""
    book, told = opened(where, "old"), []
    for year in range(2015, 2015 + YEARS):
        book.post([*adoption(year, HISTORY), *payments(f"{year}-", year, HISTORY, HISTORY * 12)])
        if year in (2015, 2014 + YEARS):
            told.append((1000 * looked_up(book, year), 1000 * posted(book, year)))
    print(f"\n| milliseconds | 1 year | {YEARS} years | ratio |\n|---|---|---|---|")
    for name, small, large in zip(("what a line has left", "an expenditure"), *told, strict=True):
        print(f"| {name} | {small:.2f} | {large:.2f} | {large / small:.2f} |")


def voting(where: Path) -> None:
    """A vote of ten thousand homes, two of them each proxy's."""
    book = opened(
        where, "votes", tl.Rule(rule="proxies_limit", value="2", start="2010-01-01"),
        *(tl.Unit(unit=f"U{n:05d}", area_m2=f"{60 + n % 90}.{n % 97:02d}", usage="residential")
          for n in range(HOMES)),
    )  # fmt: skip
    print(f"\n| a vote | {HOMES // 10:,} homes | {HOMES:,} homes |\n|---|---|---|")

    def vote(key: str, homes: int) -> list[tl.Record]:
        on = "2015-02-01"
        return [
            tl.Resolution(key=key, on=on, until="2015-02-08", title="表决", decision="d"),
            *(tl.Ballot(resolution=key, unit=f"U{n:05d}", on=on, choice="agree", proxy=f"P{n // 2}")
              for n in range(homes)),
        ]  # fmt: skip

    def row(name: str, seconds: Sequence[float]) -> None:
        print(f"| {name}, s | {seconds[0]:.2f} | {seconds[1]:.2f} |", flush=True)

    few, many = vote("R1", HOMES // 10), vote("R2", HOMES)
    row("ballots, in one batch", [busy(lambda one=one: book.post(one)) for one in (few, many)])
    counts = [
        tl.Tally(resolution=key, on="2015-02-09", counted_by="甲", supervised_by="乙")
        for key in ("R1", "R2")
    ]
    row("tally", [busy(lambda one=one: book.post([one])) for one in counts])
    with book._reading() as reader:
        roll = tl.Roll.load(reader.contents("roll", ["R2"])[0])
        kinds, ballots = reader.facts(tl.DecisionType), facts_naming(
            reader, tl.Ballot, "resolution", "R2"
        )  # fmt: skip
    text = tallying.ballots_text(roll, ballots, kinds[0])
    print(f"| counted again from its text, s | | {busy(lambda: tallying.recount(text)):.2f} |")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        spending(Path(work), int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
        growing_old(Path(work))
        voting(Path(work))
