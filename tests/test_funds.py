"""Restricted money 专款专用: for its purpose alone; between funds only loans; left over by rule."""

from __future__ import annotations

from typing import Any

import databases
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl

INFO = tl.BookInfo(code="b", name="和园", start="2025-01-01")
FUNDS = (
    tl.Fund(code="lift", name="加装电梯专项", purpose="加装电梯", allows=["works"]),
    tl.Fund(code="elder", name="为老服务"),
)


def gift(key: str, category: str, amount: str, source: str, fund: str = "lift") -> tl.Income:
    return tl.Income(
        key=key, on="2025-01-02", category=category, amount=amount, source=source, fund=fund
    )


@pytest.fixture
def book() -> tl.Book:
    return tl.Book.create(
        databases.fresh(), INFO, *FUNDS,
        tl.BudgetLine(line="L1", name="电梯", category="works", amount="900", fund="lift"),
        gift("G1", "subsidy", "600", "财政"),
        gift("G2", "contribution", "300", "居民"),
        gift("G3", "donation", "50", "基金会", "elder"),
        tl.Expenditure(voucher="1", on="2025-02-01", line="L1", amount="700", payee="电梯厂"),
    )  # fmt: skip


def left(key: str, fund: str, move: str, amount: str, to_fund: str = "") -> tl.Leftover:
    return tl.Leftover(
        key=key, on="2025-03-01", fund=fund, move=move, amount=amount, to_fund=to_fund
    )


def refused(book: tl.Book, *facts: Any) -> str:
    before = book.head
    with pytest.raises(tl.TrustLedgerError) as told:
        book.post(facts)
    assert book.head == before
    return str(told.value)


def test_a_fund_pays_for_its_purpose_alone(book: tl.Book) -> None:
    said = (
        "line 'L2' is cleaning, and fund 'lift' is given for works alone; pay it from another fund"
    )
    line = tl.BudgetLine(line="L2", name="保洁", category="cleaning", amount="9", fund="lift")
    assert refused(book, line) == said
    plan = tl.PlanLine(
        budget="2025", version="v1", line="L2", name="保洁", category="cleaning", amount="9",
        fund="lift",
    )  # fmt: skip
    year = tl.Budget(budget="2025", name="2025", start="2025-01-01", to="2025-12-31")
    assert refused(book, year, plan) == said


def test_what_is_left_goes_where_its_rule_says(book: tl.Book) -> None:
    assert refused(book, left("S1", "lift", "退还", "200")) == (
        "the rule for what fund 'lift' has left is 'keep'; do that, or name the resolution that "
        "says otherwise"
    )
    book.post(
        [
            tl.Rule(rule="leftover", value="return", scope="lift", start="2025-01-01"),
            tl.Rule(rule="leftover", value="lift", scope="elder", start="2025-01-01"),
        ]
    )
    for fact, said in (
        (left("S0", "lift", "returned", "200.01"), "is 200.01, and fund 'lift' has 200.00"),
        (left("S0", "elder", "carried", "1"), "names the fund that it goes over to"),
        (left("S0", "lift", "returned", "1", "elder"), "names no fund"),
        (left("S0", "common", "returned", "1"), "the common fund is the owners' own"),
        (left("S0", "none", "returned", "1"), "the funds are common, elder, lift"),
    ):
        assert said in refused(book, fact)
    book.post([left("S1", "lift", "退还", "200"), left("S2", "elder", "转入", "50", "lift")])
    assert book.verify() == []
    funds: Any = book.statement("restricted_funds", "2025").facts["funds"]
    told = [funds["lift"][name] for name in ("received", "spent", "leftover", "closing")]
    assert told == ["900.00", "700.00", "-150.00", "50.00"]
    assert (funds["elder"]["leftover"], funds["elder"]["closing"]) == ("-50.00", "0.00")
    assert book.statement("income_expenditure", "2025", fund="lift").facts["closing"] == "50.00"


@settings(max_examples=max(5, 30 // databases.FEWER), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["lent", "repaid"]),
            st.sampled_from(["common", "elder"]),
            st.sampled_from(["common", "elder"]),
            st.integers(1, 60_00),
        ),
        max_size=8,
    )
)
def test_what_one_fund_is_owed_another_owes(moves: list[tuple[str, str, str, int]]) -> None:
    book = tl.Book.create(databases.fresh(), INFO, *FUNDS)
    owed = 0  # by elder to common, in fen
    for at, (move, giver, taker, fen) in enumerate(moves):
        fact = tl.FundTransfer(
            key=f"T{at}", on="2025-02-01", move=move, from_fund=giver, to_fund=taker,
            amount=tl.yuan(fen),
        )  # fmt: skip
        lends = move == "lent" and (giver, taker) == ("common", "elder")
        repays = move == "repaid" and (giver, taker) == ("elder", "common") and fen <= owed
        if lends or repays:
            book.post([fact])
            owed += fen if lends else -fen
        else:
            refused(book, fact)
    accounts: Any = book.statement("trial_balance", "2025").facts["accounts"]
    if owed:
        assert accounts["1231"]["closing_debit"] == tl.yuan(owed)
        assert accounts["2231"]["closing_credit"] == tl.yuan(owed)
    assert book.verify() == []
