"""我的钱去了哪里: what one home paid, divided as everybody's money went."""

from __future__ import annotations

from fractions import Fraction

import pytest
from databases import fresh
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.document import Grid
from trustledger.statements.money_trail import STAYS, Way, divide, ways

amounts = st.integers(-(10**6), 10**13)
spendings = st.lists(amounts, max_size=12).map(
    lambda some: [(f"L{n}", x) for n, x in enumerate(some)]
)
quick = settings(derandomize=True, deadline=None)


@quick
@given(amounts, amounts, amounts, spendings)
def test_the_parts_are_what_was_paid_in_the_communitys_proportion(
    paid: int, income: int, remuneration: int, spent: list[tuple[str, int]]
) -> None:
    among = ways(income, remuneration, spent)
    parts = divide(paid, among)
    if paid <= 0:
        assert parts == ()
        return
    assert sum(part.amount_fen for part in parts) == paid
    whole = sum(way.amount_fen for way in among)
    for way, part in zip(among, parts, strict=True):
        assert way.label == part.label
        assert abs(part.amount_fen - Fraction(paid * way.amount_fen, whole)) < 1


@quick
@given(amounts, amounts, spendings)
def test_the_ways_are_what_came_in_or_more(
    income: int, remuneration: int, spent: list[tuple[str, int]]
) -> None:
    """They add up to the income; beyond it, to what was spent; and none is nothing."""
    among = ways(income, remuneration, spent)
    outlays = sum(fen for fen in (remuneration, *(fen for _, fen in spent)) if fen > 0)
    assert all(way.amount_fen > 0 for way in among)
    if max(income, outlays) > 0:
        assert sum(way.amount_fen for way in among) == max(income, outlays)
    assert (STAYS in [way.label for way in among]) == (income > outlays or not outlays)


def test_equal_remainders_go_to_the_earlier_way() -> None:
    among = (Way("受托人酬金", 1), Way("保洁", 1), Way(STAYS, 1))
    assert [part.amount_fen for part in divide(1, among)] == [1, 0, 0]
    assert [part.amount_fen for part in divide(5, among)] == [2, 2, 1]


# --------------------------------------------------------------------------- on the statement


@pytest.fixture
def book() -> tl.Book:
    """Two homes pay 100.00 each; the trustee takes ten per cent."""
    book = tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园小区", start="2024-01-01"),
        tl.Unit(unit="1", area_m2="100", usage="住宅"),
        tl.Unit(unit="2", area_m2="100", usage="住宅"),
        tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01"),
        tl.Term(rate="10%", base=["service_fee"], start="2024-01-01"),
        tl.BudgetLine(line="A", name="保洁", category="cleaning", amount="1000"),
        tl.BudgetLine(line="B", name="绿化", category="greening", amount="1000"),
        tl.Fund(code="gifts", name="捐赠"),
        tl.BudgetLine(line="G", name="健身角", category="works", amount="1000", fund="gifts"),
    )
    book.charge("2024-01")
    for unit in ("1", "2"):
        book.receive(tl.Receipt(key=f"R{unit}", on="2024-01-10", unit=unit, amount="100"))
    return book


def spend(book: tl.Book, line: str, amount: str, on: str = "2024-01-20") -> None:
    book.spend(tl.Expenditure(voucher=f"{line}{on}", on=on, line=line, amount=amount))


def trail(book: tl.Book, period: str = "2024-01", unit: str = "1") -> dict[str, str]:
    report = book.statement("owner", period, unit=unit)
    assert all(check.holds for check in report.statement.checks)
    found = [b for b in report.statement.blocks if isinstance(b, Grid) and b.key == "trail"]
    return {pair.label: tl.yuan(int(pair.value or 0)) for grid in found for pair in grid.pairs}


def test_an_ordinary_month(book: tl.Book) -> None:
    """Of 200.00: 20.00 remuneration, 60.00 cleaning, 50.00 greening; 70.00 stay."""
    spend(book, "A", "60")
    spend(book, "B", "50")
    spend(book, "G", "999")  # a gift's money is not the owners' fees
    assert trail(book) == {
        "本期交款": "100.00",
        "受托人酬金": "10.00",
        "保洁": "30.00",
        "绿化": "25.00",
        STAYS: "35.00",
    }


def test_more_spent_than_came_in(book: tl.Book) -> None:
    """270.00 went out: 100.00 × 20/270, 150/270 and 100/270, the missing fen to the largest
    remainders."""
    spend(book, "A", "150")
    spend(book, "B", "100")
    assert trail(book) == {
        "本期交款": "100.00",
        "受托人酬金": "7.41",
        "保洁": "55.55",
        "绿化": "37.04",
    }


def test_nothing_paid_on_balance_nothing_to_show(book: tl.Book) -> None:
    spend(book, "A", "60")
    book.refund(tl.Refund(key="F", on="2024-01-25", unit="1", amount="100", receipt="R1"))
    assert trail(book) == {}
    assert trail(book, unit="2")["本期交款"] == "100.00"
    book.charge("2024-02")
    assert trail(book, "2024-02") == {}


def test_a_line_that_got_money_back_took_none(book: tl.Book) -> None:
    """In February 100.00 come in, and January's greening is reversed: all but fees stay."""
    spend(book, "B", "50")
    book.charge("2024-02")
    book.receive(tl.Receipt(key="R3", on="2024-02-03", unit="1", amount="100"))
    book.reverse(
        tl.Reversal(key="X", on="2024-02-05", of_kind="expenditure", of_key="B2024-01-20",
                    reason="记错")
    )  # fmt: skip
    assert trail(book, "2024-02") == {"本期交款": "100.00", "受托人酬金": "10.00", STAYS: "90.00"}
