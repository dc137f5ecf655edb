"""Sixteen processes and one line of a year's budget: it is spent and bound to the fen."""

from __future__ import annotations

import pytest
from nursery import Nursery
from sizes import times
from smallbook import sound
from sqlalchemy import text

import trustledger as tl
from trustledger.rules.versioning import version_digest

SPENDERS = 16
APPROVED_FEN = 1_000_00
YEAR = tl.Budget(budget="2025", name="2025", start="2025-01-01", to="2025-12-31")


def make(url: str) -> None:
    """A book whose line B has 1,000.00 yuan for the year."""
    line = tl.PlanLine(
        budget="2025", version="v1", line="B", name="绿化", category="greening",
        amount=tl.yuan(APPROVED_FEN),
    )  # fmt: skip
    digest = version_digest(YEAR, "v1", [line], [])
    stage = {"budget": "2025", "version": "v1"}
    tl.Book.create(
        url,
        tl.BookInfo(code="b", name="试验小区", start="2025-01-01"),
        tl.Unit(unit="1", area_m2="93.77", usage="residential"),
        tl.DecisionType(decision="d", name="年度预算", agrees=">1/2", start="2021-01-01"),
        YEAR,
        line,
        tl.Stage(stage="consultation", on="2024-12-01", **stage),
        tl.Resolution(key="R", on="2024-12-01", until="2024-12-08", title="预算", decision="d",
                      digest=digest, **stage),
        tl.Ballot(resolution="R", unit="1", on="2024-12-02", choice="agree"),
        tl.Tally(resolution="R", on="2024-12-09", counted_by="甲", supervised_by="乙"),
        tl.Stage(stage="adopted", on="2024-12-10", resolution="R", digest=digest, **stage),
    ).close()  # fmt: skip


@pytest.mark.parametrize("binding", [0, SPENDERS // 2, SPENDERS], ids=["spend", "half", "bind"])
@times("budget_tries")
def test_a_line_is_spent_and_bound_exactly(
    count: int, binding: int, url: str, nursery: Nursery
) -> None:
    make(url)
    enough = 5_000 if count >= 1_000 else 50  # so many amounts are on the line, and no more
    amount = tl.yuan(APPROVED_FEN // enough)
    told = nursery.all(
        "spending:spend_or_bind",
        [(url, who, count, amount, who < binding) for who in range(SPENDERS)],
    )
    tries = [line.split() for lines in told for line in lines]
    assert {done for done, _ in tries} == {"spent", "refused"}, told
    assert len(tries) == SPENDERS * count  # every one of them came to an end
    assert sum(done == "spent" for done, _ in tries) == enough
    sound(url)
    book = tl.Book.open(url)
    with book._reading() as reader:
        query = "SELECT sum(spent_fen), sum(committed_fen) FROM tl_line WHERE line = 'B'"
        spent, committed = map(int, reader.connection.execute(text(query)).one())
    book.close()
    assert spent + committed == APPROVED_FEN
    assert (spent == 0, committed == 0) == (
        binding == SPENDERS,
        binding == 0,
    ) or binding == SPENDERS // 2
    assert max(float(wait) for _, wait in tries) < 120
