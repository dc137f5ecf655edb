"""A small community that keeps an open budget: what its tests tell it, in as few words as can be.

Nine homes of 100 m² vote; ``adopt`` takes a version through consultation and vote to its adoption.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from databases import fresh
from test_laws import unchanged

import trustledger as tl
from trustledger.rules.versioning import version_digest

SECRET = b"the same salts wherever it is made"
INFO = tl.BookInfo(code="b", name="和园", start="2025-01-01")
UNITS = tuple(f"1-{n}" for n in range(101, 110))
YEAR = tl.Budget(budget="2025", name="2025年度预算", start="2025-01-01", to="2025-12-31")
NEXT = tl.Budget(budget="2026", name="2026年度预算", start="2026-01-01", to="2026-12-31")
DECISIONS = (
    tl.DecisionType(
        decision="budget", name="年度预算", takes_part=">=2/3", agrees=">1/2", start="2021-01-01"
    ),
    tl.DecisionType(
        decision="inner", name="授权事项", body="committee", agrees=">1/2", by="heads",
        start="2021-01-01",
    ),
)  # fmt: skip
FACTS: tuple[tl.Record, ...] = (
    tl.Fund(code="garden", name="口袋公园专项资金"),
    *(
        tl.Unit(
            unit=unit, building="1", area_m2="100", usage="residential",
            owner=f"业主{unit}", phone=f"139{unit}",
        )
        for unit in UNITS
    ),
    *DECISIONS,
    YEAR,
)  # fmt: skip


def community(*more: tl.Record) -> tl.Book:
    """Its book, before anything was settled."""
    return tl.Book.create(fresh(), INFO, *FACTS, *more, secret=SECRET)


def line(code: str, amount: str, *, version: str = "v1", **more: object) -> tl.PlanLine:
    """A line of a version of the budget of 2025."""
    told = {"budget": "2025", "name": f"项目{code}", "category": "cleaning"} | more
    return tl.PlanLine(version=version, line=code, amount=amount, **told)  # type: ignore[arg-type]


def votes(
    key: str, on: str, choices: Iterable[str] = ("agree",) * 9, **more: object
) -> list[tl.Record]:
    """Something is put to the vote on a day and counted a week later, by one ballot a home."""
    first = date.fromisoformat(on)
    until, counted = first + timedelta(6), first + timedelta(7)
    told = {"title": "表决", "decision": "budget"} | more
    ballots = zip(UNITS, choices, strict=False)
    return [
        tl.Resolution(key=key, on=first, until=until, **told),  # type: ignore[arg-type]
        *(
            tl.Ballot(resolution=key, unit=unit, on=first, choice=choice)
            for unit, choice in ballots
            if choice
        ),
        tl.Tally(resolution=key, on=counted, counted_by="甲", supervised_by="乙"),
    ]


def digest(lines: Iterable[tl.Record], of: tl.Budget = YEAR) -> str:
    """The digest of a version of which these are all rows."""
    rows = list(lines)
    plan = [one for one in rows if isinstance(one, tl.PlanLine)]
    return version_digest(
        of, plan[0].version, plan, [one for one in rows if isinstance(one, tl.PlanIncome)]
    )


def adoption(
    lines: list[tl.Record], of: tl.Budget = YEAR, on: str = "2024-12-01", **more: object
) -> list[tl.Record]:
    """A version from its draft to its adoption: consultation and vote on a day, a week for it."""
    first = lines[0]
    assert isinstance(first, tl.PlanLine)
    name, told = first.version, digest(lines, of)
    key, adopted = f"R-{of.budget}-{name}", date.fromisoformat(on) + timedelta(7)
    stage = {"budget": of.budget, "version": name}
    return [
        *lines,
        tl.Stage(stage="consultation", on=on, **stage),
        *votes(key, on, digest=told, **stage),
        tl.Stage(stage="adopted", on=adopted, digest=told, resolution=key, **stage, **more),
    ]  # type: ignore[arg-type]


def adopted(*lines: tl.Record, more: Iterable[tl.Record] = ()) -> tl.Book:
    """A community whose budget of 2025 has these lines, in force from its first day."""
    return community(*adoption(list(lines)), *more)


def spend(voucher: str, on: str, code: str, amount: str, **more: object) -> tl.Expenditure:
    """Money paid to somebody."""
    told = {"payee": "光明"} | more
    return tl.Expenditure(voucher=voucher, on=on, line=code, amount=amount, **told)  # type: ignore[arg-type]


def refused(book: tl.Book, error: type[tl.TrustLedgerError], says: str, *facts: tl.Record) -> None:
    """The book says no, in this one sentence, and nothing has changed."""
    with unchanged(book), pytest.raises(error) as told:
        book.post(facts)
    assert (type(told.value), str(told.value)) == (error, says), str(told.value)


def left(book: tl.Book, code: str, on: str) -> str:
    """What a line has left on a day: the most that the book lets be spent."""
    with pytest.raises(tl.OverBudget) as told:
        book.post([spend("?", on, code, "99,999,999.99")])
    return str(told.value).partition("which has ")[2].partition(" left")[0]
