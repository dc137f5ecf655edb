"""Loading before charging: what is refused, and whose money goes back, as when charged at once.

A refund or a waiver that comes before its charges is tried against the charges to come. Whatever
moves its unit's money has a part in that: also money that is claimed from suspense, and money that
a reversal takes off again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from databases import fresh
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.period import Period
from trustledger.records import Record

INFO = tl.BookInfo(code="garden", name="花园", start="2024-01-01")
STANDING = (
    tl.Unit(unit="1", area_m2="100", usage="residential"),
    tl.Unit(unit="2", area_m2="100", usage="residential"),
    tl.Tariff(item="物业费", basis="per_m2_month", price="1.00", start="2024-01-01"),
    tl.Term(rate="10%", base=("service_fee",), authority="合同", start="2024-01-01"),
)
SPRING = Period("2024-01", "2024-03")


def pay(key: str, on: str, amount: str, unit: str = "1", suspense: str = "") -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit=unit, amount=amount, suspense=suspense)


def undo(key: str, on: str, of: str, kind: str = "receipt") -> tl.Reversal:
    return tl.Reversal(key=key, on=on, of_kind=kind, of_key=of, reason="误记")


def at_once(facts: Sequence[Record]) -> tl.Book:
    return tl.Book.take(fresh(), INFO, [*STANDING, *facts], SPRING)[0]


def loaded_first(facts: Sequence[Record]) -> tl.Book:
    book = tl.Book.create(fresh(), INFO, *STANDING, *facts)
    book.charge(SPRING)
    return book


def month_by_month(facts: Sequence[Record]) -> tl.Book:
    book = tl.Book.create(fresh(), INFO, *STANDING, *facts)
    for month in SPRING.months():
        book.charge(month)
    return book


Way = Callable[[Sequence[Record]], tl.Book]
LATER: list[Way] = [loaded_first, month_by_month]


def outcome(make: Way, facts: Sequence[Record]) -> object:
    """What the units' statements and the remuneration say, or what is refused."""
    try:
        book = make(facts)
    except tl.TrustLedgerError as error:
        return type(error)
    assert book.verify() == []
    owners = [book.statement("owner", "2024-01..2024-03", unit=unit).facts for unit in "12"]
    return owners, book.statement("remuneration", "2024-01..2024-03").facts


@pytest.mark.parametrize("make", LATER)
def test_money_claimed_from_suspense_may_be_waived_upon_and_refunded(make: Way) -> None:
    facts = (
        tl.Suspense(key="S1", on="2024-01-10", amount="450.00"),
        pay("R1", "2024-01-20", "400.00", suspense="S1"),
        pay("R2", "2024-01-20", "50.00", unit="2", suspense="S1"),
        tl.Waiver(
            key="W1", on="2024-01-25", unit="1", month="2024-02", amount="30", authority="业委会"
        ),
        tl.Refund(key="B1", on="2024-03-20", unit="1", amount="100.00"),
    )
    assert outcome(make, facts) == outcome(at_once, facts)
    book = make(facts)  # 400.00 - 3 x 100.00 + 30.00 - 100.00
    facts_of_1 = book.statement("owner", "2024-01..2024-03", unit="1").facts
    assert facts_of_1["closing_prepaid"] == "30.00" and facts_of_1["closing_arrears"] == "0.00"


@pytest.mark.parametrize("make", LATER)
def test_a_refund_does_not_give_back_what_a_reversal_took(make: Way) -> None:
    facts = (
        pay("R1", "2024-01-05", "500.00"),
        pay("R2", "2024-01-06", "900.00"),  # meant for 2
        undo("X1", "2024-01-08", "R2"),
        pay("R3", "2024-01-08", "900.00", unit="2"),
        tl.Refund(key="B1", on="2024-01-20", unit="1", amount="400.00"),
    )
    assert outcome(make, facts) == outcome(at_once, facts)
    entry = make(facts).entry("refund", "B1")
    assert entry is not None
    assert {p.source for p in entry.postings if p.account == "2203"} == {"R1"}


@pytest.mark.parametrize("make", [at_once, *LATER])
def test_a_refund_beyond_what_a_reversal_left_is_refused_either_way(make: Way) -> None:
    facts = (
        pay("R1", "2024-01-06", "900.00"),
        undo("X1", "2024-01-08", "R1"),
        tl.Refund(key="B1", on="2024-01-20", unit="1", amount="500.00"),
    )
    with pytest.raises(tl.OverRefund, match=r"unit 1 has 0\.00 prepaid that day"):
        make(facts)


def waive(key: str, on: str, month: str, amount: str) -> tl.Waiver:
    return tl.Waiver(key=key, on=on, unit="1", month=month, amount=amount, authority="业委会")


def test_a_waiver_that_waited_and_is_reversed_leaves_nothing_to_give_back() -> None:
    book = tl.Book.create(fresh(), INFO, *STANDING, waive("W", "2024-01-05", "2024-01", "100"))
    facts = (
        undo("X", "2024-01-10", "W", "waiver"),
        pay("R", "2024-01-20", "100.00"),  # which January's charge, standing again, uses up
        tl.Refund(key="B", on="2024-01-25", unit="1", amount="100.00"),
        waive("W2", "2024-01-26", "2024-02", "1"),
    )
    with pytest.raises(tl.OverRefund, match=r"unit 1 has 0\.00 prepaid that day"):
        book._post(facts, Period("2024-01", "2024-01"))
    assert book.charge("2024-01..2024-02") and book.verify() == []


DAYS = st.integers(1, 28).map(lambda day: f"2024-01-{day:02d}")
YUAN = st.sampled_from(("40.00", "100.00", "150.00", "400.00"))


@st.composite
def januaries(draw: st.DrawFn) -> list[Record]:
    """Two units' money of a month: some unclaimed first, some reversed, some given back."""
    facts: list[Record] = [tl.Suspense(key="S", on="2024-01-01", amount="5000.00")]
    for number in range(draw(st.integers(1, 4))):
        unit, on = draw(st.sampled_from("12")), draw(DAYS)
        suspense = draw(st.sampled_from(("", "S")))
        facts.append(pay(f"R{number}", on, draw(YUAN), unit, suspense))
        if draw(st.booleans()):
            facts.append(
                undo(f"X{number}", draw(DAYS.filter(lambda d, on=on: d >= on)), f"R{number}")
            )
    for number in range(draw(st.integers(0, 2))):
        unit = draw(st.sampled_from("12"))
        facts.append(tl.Refund(key=f"B{number}", on=draw(DAYS), unit=unit, amount=draw(YUAN)))
    if draw(st.booleans()):
        month = draw(st.sampled_from(list(SPRING.months())))
        facts.append(
            tl.Waiver(
                key="W", on=draw(DAYS), unit="1", month=month, amount="40", authority="业委会"
            )
        )
    return facts


@settings(max_examples=60, deadline=None, derandomize=True)
@given(januaries())
def test_load_then_charge_is_charging_at_once(facts: list[Record]) -> None:
    assert {make: outcome(make, facts) for make in LATER} == dict.fromkeys(
        LATER, outcome(at_once, facts)
    )


def test_a_waiver_of_a_late_fee_that_waits_lowers_it_when_later_months_are_charged_alone() -> None:
    facts = (
        tl.LateFeeTerm(rate_per_day="0.1%", grace_days=0, start="2024-01-01"),
        tl.Waiver(
            key="W1", on="2024-03-05", unit="1", month="2024-01", amount="2.90",
            authority="业委会", item="late_fee",
        ),
        pay("R1", "2024-03-10", "500.00"),
    )  # fmt: skip
    book = month_by_month(facts)
    assert book.verify() == []
    told = book.statement("owner", "2024-01..2024-03", unit="1").facts
    # days of January's 100.00: 30, 29 (waived), 9 until 10 March; of February's 28, 9;
    # of March's 8
    assert told["waived"] == "2.90"
    assert told["late_fee"] == "11.30"
    assert told == at_once(facts).statement("owner", "2024-01..2024-03", unit="1").facts
