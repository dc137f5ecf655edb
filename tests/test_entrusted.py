"""Others' money, unclaimed money and designated money: worked cases, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl

INFO = tl.BookInfo(code="garden", name="花园", start="2024-01-01")
HOME = tl.Unit(unit="1", area_m2="100", usage="home")
NEXT = tl.Unit(unit="2", area_m2="50", usage="home")
FEE = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01")
TERM = tl.Term(rate="10%", base=["service_fee", "compensation"], start="2024-01-01")


@pytest.fixture
def book() -> tl.Book:
    """Two homes at 100.00 and 50.00 a month, and ten per cent for the trustee."""
    return tl.Book.create(fresh(), INFO, HOME, NEXT, FEE, TERM)


def pay(key: str, on: str, amount: str, unit: str = "1", **more: str) -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit=unit, amount=amount, **more)


def deposit(key: str, on: str, move: str, amount: str, unit: str = "1") -> tl.Deposit:
    return tl.Deposit(key=key, on=on, unit=unit, move=move, amount=amount)


def agency(key: str, on: str, move: str, amount: str) -> tl.Agency:
    return tl.Agency(key=key, on=on, what="水费", move=move, amount=amount)


def back(key: str, on: str, of_kind: str, of_key: str) -> tl.Reversal:
    return tl.Reversal(key=key, on=on, of_kind=of_kind, of_key=of_key, reason="错")


def credit(book: tl.Book, code: str, period: str = "2024") -> str:
    return book.statement("trial_balance", period).facts["accounts"][code]["closing_credit"]


def owes(book: tl.Book, unit: str, period: str = "2024") -> tuple[object, object]:
    facts = book.statement("owner", period, unit=unit).facts
    return facts["closing_arrears"], facts["closing_prepaid"]


def same(told: Sequence[object], period: str = "2024-01..2024-06") -> tuple[tl.Book, tl.Book]:
    """Loaded then charged, and all at once: every statement must say the same."""
    apart, together = (tl.Book.create(fresh(), INFO, HOME, NEXT, FEE, TERM) for _ in range(2))
    apart.post(told)
    apart.charge(period)
    together._post(list(told), tl.Period.parse(period))
    months = [f"2024-{number:02d}" for number in range(1, 7)]
    for month in (*months, period):
        for name in ("income_expenditure", "collection", "remuneration", "trial_balance"):
            one, other = apart.statement(name, month), together.statement(name, month)
            assert one.facts == other.facts, (name, month)
        for unit in ("1", "2"):
            one = apart.statement("owner", month, unit=unit)
            assert one.facts == together.statement("owner", month, unit=unit).facts, (unit, month)
    for one in (apart, together):
        assert one.verify() == []
    return apart, together


# -- deposits and agency ----------------------------------------------------------------------


def test_a_deposit_is_nobodys_income_until_it_is_kept_for_damage(book: tl.Book) -> None:
    book.post([deposit("D1", "2024-01-05", "taken", "2000")])
    facts = book.statement("income_expenditure", "2024-01").facts
    assert facts["income_total"] == "0.00" and facts["closing"] == "0.00"
    assert credit(book, "2241") == "2000.00"
    book.post([
        deposit("D2", "2024-02-05", "deducted", "300"),
        deposit("D3", "2024-02-06", "退还", "1700"),
    ])  # fmt: skip
    facts = book.statement("income_expenditure", "2024-02").facts
    assert facts["income"] == {"compensation": "300.00"}
    assert facts["remuneration"] == "30.00" and facts["closing"] == "270.00"
    assert credit(book, "2241") == "0.00"
    assert book.verify() == []


def test_no_more_of_a_deposit_goes_back_than_is_held(book: tl.Book) -> None:
    book.post([deposit("D1", "2024-01-05", "taken", "2000")])
    head = book.head
    for wrong in (
        deposit("D2", "2024-01-06", "returned", "2000.01"),
        deposit("D2", "2024-01-06", "deducted", "1", unit="2"),
    ):
        with pytest.raises(tl.OverHeld):
            book.post([wrong])
    with pytest.raises(tl.OverHeld) as caught:
        book.post([deposit("D2", "2024-01-06", "returned", "2000.01")])
    assert str(caught.value) == (
        "'D2' is 2000.01, and 2000.00 is held of 1 in 应付押金; take at most that"
    )
    with pytest.raises(tl.Unknown, match="unit '9' is not defined"):
        book.post([deposit("D2", "2024-01-06", "taken", "1", unit="9")])
    with pytest.raises(tl.Unknown, match="it is one of taken 收取, returned 退还, deducted 扣除"):
        deposit("D2", "2024-01-06", "lost", "1")
    assert book.head == head


def test_what_is_collected_for_others_is_passed_on(book: tl.Book) -> None:
    book.post([
        agency("A1", "2024-01-05", "collected", "80"),
        agency("A2", "2024-01-09", "代收", "20"),
        agency("A3", "2024-01-31", "passed_on", "95"),
    ])  # fmt: skip
    assert credit(book, "2242") == "5.00"
    assert book.statement("income_expenditure", "2024-01").facts["closing"] == "0.00"
    with pytest.raises(
        tl.OverHeld, match=r"'A4' is 5\.01, and 5\.00 is held of 水费 in 代收代付款"
    ):
        book.post([agency("A4", "2024-02-01", "passed_on", "5.01")])
    assert book.verify() == []


# -- money nobody has claimed -----------------------------------------------------------------


def test_unclaimed_money_waits_in_suspense_and_is_claimed_by_receipts(book: tl.Book) -> None:
    book.charge("2024-01..2024-02")
    book.post([tl.Suspense(key="S1", on="2024-01-20", amount="150")])
    assert book.statement("income_expenditure", "2024-01").facts["income_total"] == "0.00"
    assert credit(book, "2244", "2024-01") == "150.00"
    book.post([
        pay("R1", "2024-02-03", "100", suspense="S1"),
        pay("R2", "2024-02-03", "50", unit="2", suspense="S1"),
    ])  # fmt: skip
    facts = book.statement("income_expenditure", "2024-02").facts
    assert facts["income"] == {"service_fee": "150.00"} and facts["remuneration"] == "15.00"
    assert credit(book, "2244") == "0.00"
    assert owes(book, "1") == ("100.00", "0.00") and owes(book, "2") == ("50.00", "0.00")
    row = book.statement("trial_balance", "2024-01..2024-02").facts["accounts"]["1002"]
    assert row["debit"] == "150.00"  # it came to the bank once
    assert book.verify() == []


def test_a_claim_is_held_against_what_is_there(book: tl.Book) -> None:
    book.post([tl.Suspense(key="S1", on="2024-01-20", amount="150")])
    head = book.head
    with pytest.raises(tl.OverHeld, match="150\\.00 is held of S1 in 待认领款"):
        book.post([pay("R1", "2024-01-21", "150.01", suspense="S1")])
    for key, on in (("S1", "2024-01-19"), ("S9", "2024-01-21")):
        with pytest.raises(tl.Unknown, match=f"name money that had come in by {on}"):
            book.post([pay("R1", on, "1", suspense=key)])
    assert book.head == head


def test_money_on_the_wrong_unit_is_moved_by_reversal_and_entry(book: tl.Book) -> None:
    book.charge("2024-01")
    book.post([tl.Suspense(key="S1", on="2024-01-20", amount="100")])
    book.receive(pay("R1", "2024-01-25", "100", unit="2", suspense="S1"))
    book.post([
        back("X1", "2024-02-01", "receipt", "R1"),
        pay("R2", "2024-02-01", "1", unit="1"),
    ])  # fmt: skip
    assert credit(book, "2244") == "100.00"  # unclaimed again
    book.receive(pay("R3", "2024-02-02", "99", unit="1", suspense="S1"))
    assert owes(book, "1") == ("0.00", "0.00") and owes(book, "2") == ("50.00", "0.00")
    assert credit(book, "2244") == "1.00"
    assert book.verify() == []


def test_what_was_used_since_is_not_reversed(book: tl.Book) -> None:
    book.post([
        tl.Suspense(key="S1", on="2024-01-20", amount="100"),
        pay("R1", "2024-01-21", "1", suspense="S1"),
        deposit("D1", "2024-01-05", "taken", "10"),
        deposit("D2", "2024-01-06", "returned", "4"),
    ])  # fmt: skip
    for kind, key in (("suspense", "S1"), ("deposit", "D1")):
        with pytest.raises(tl.CannotReverse, match="was returned, passed on or claimed since"):
            book.reverse(back("X", "2024-02-01", kind, key))
    book.post([
        back("X1", "2024-02-01", "deposit", "D2"),
        back("X2", "2024-02-02", "deposit", "D1"),
        back("X3", "2024-02-02", "receipt", "R1"),
        back("X4", "2024-02-03", "suspense", "S1"),
    ])  # fmt: skip
    assert credit(book, "2241") == credit(book, "2244") == "0.00"
    assert book.verify() == []


# -- a reversal among the facts ---------------------------------------------------------------


def test_a_reversal_may_come_with_its_original() -> None:
    apart, _ = same([
        pay("R1", "2024-02-05", "230"),
        back("X1", "2024-04-10", "receipt", "R1"),
        pay("R2", "2024-03-05", "70", unit="2"),
        tl.Income(key="I1", on="2024-03-05", category="compensation", amount="9"),
        back("X2", "2024-04-10", "income", "I1"),
    ])  # fmt: skip
    assert owes(apart, "1", "2024-03") == ("70.00", "0.00")
    assert owes(apart, "1", "2024-04") == ("400.00", "0.00")


# -- designation ------------------------------------------------------------------------------


def test_a_payer_designates_a_charge_and_the_rest_goes_to_the_oldest(book: tl.Book) -> None:
    book.charge("2024-01..2024-03")
    book.receive(pay("R1", "2024-03-05", "130", pays="2024-03"))
    rows = book.statement("owner", "2024-03", unit="1").table("payments").rows
    assert rows[0][3] == "指定 2024-03：2024-01 30.00，2024-03 100.00"
    assert owes(book, "1") == ("170.00", "0.00")
    with pytest.raises(tl.Refused) as caught:
        book.receive(pay("R2", "2024-03-06", "10", pays="2024-03"))
    assert str(caught.value) == (
        "receipt 'R2' designates 2024-03, and nothing of that charge of unit 1 is open; "
        "name a month that is, or none"
    )
    assert book.verify() == []


def test_money_for_a_charge_to_come_is_kept_for_it() -> None:
    apart, _ = same([pay("R1", "2024-02-05", "130", pays="2024-04"), pay("R2", "2024-03-01", "20")])
    assert owes(apart, "1", "2024-03") == ("280.00", "130.00")
    assert owes(apart, "1", "2024-04") == ("250.00", "0.00")
    row = apart.statement("owner", "2024-04", unit="1").table("payments").rows[0]
    assert row[3] == "2024-01 30.00，2024-04 100.00"


def test_a_designation_loaded_ahead_is_checked_against_the_charges_to_come() -> None:
    told = [pay("R1", "2024-01-05", "100"), pay("R2", "2024-02-05", "10", pays="2024-01")]
    for period in (None, tl.Period.parse("2024-01..2024-02")):
        book = tl.Book.create(fresh(), INFO, HOME, NEXT, FEE, TERM)
        with pytest.raises(tl.Refused, match="designates 2024-01, and nothing of that charge"):
            book._post(told, period)
    same([pay("R1", "2024-01-05", "60"), pay("R2", "2024-02-05", "110", pays="2024-01")])


def test_a_designation_posted_before_its_charges_day() -> None:
    book = tl.Book.create(fresh(), INFO, HOME, NEXT, FEE, TERM)
    book.charge("2024-01..2024-03")
    book.receive(pay("R1", "2024-02-20", "130", pays="2024-03"))
    assert owes(book, "1", "2024-03") == ("170.00", "0.00")
    assert book.verify() == []


# -- what shows it ----------------------------------------------------------------------------


def test_the_statement_of_others_money_ties_to_the_accounts(book: tl.Book) -> None:
    book.post([
        tl.Opening(account="2241", amount="500"),
        deposit("D1", "2024-01-05", "taken", "2000"),
        deposit("D2", "2024-02-05", "returned", "1500"),
        agency("A1", "2024-01-05", "collected", "80"),
        tl.Income(key="I1", on="2024-02-03", category="deposit", amount="7"),
        tl.Suspense(key="S1", on="2024-02-20", amount="150"),
    ])  # fmt: skip
    report = book.statement("entrusted", "2024-02")
    assert report.table("deposits").rows == (
        ("1", 200000, 0, 150000, 50000),
        ("（未分户）", 50000, 700, 0, 50700),
    )
    assert report.table("agency").rows == (("水费", 8000, 0, 0, 8000),)
    assert report.facts["deposits"] == {"1": "500.00"}
    assert report.facts["deposits_total"] == "1007.00" == credit(book, "2241", "2024-02")
    assert report.facts["suspense_total"] == "150.00"
    earlier = book.statement("entrusted", "2024-01")
    assert earlier.facts["deposits"] == {"1": "2000.00"} and earlier.facts["suspense"] == {}


def test_receipts_are_numbered_without_a_gap(book: tl.Book) -> None:
    book.post([pay("R3", "2024-02-01", "3"), pay("R1", "2024-01-05", "1")])
    book.post([pay("R9", "2025-01-01", "9"), pay("R2", "2024-01-06", "2")])
    book.reverse(back("X1", "2024-02-02", "receipt", "R3"))
    rows = book.statement("receipts", "2024").table("receipts").rows
    assert [(row[0], row[2], row[6]) for row in rows] == [
        ("2024-000001", "R1", ""),
        ("2024-000002", "R3", "作废"),
        ("2024-000003", "R2", ""),
    ]
    facts = book.statement("receipts", "2024-01").facts
    assert facts["last"] == {"2024": 3} and facts["missing"] == 0 and facts["amount"] == "3.00"
    assert book.statement("receipts", "2025").facts["last"] == {"2025": 1}


def test_receipts_posted_at_the_same_time_are_numbered_without_a_gap(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    tl.Book.create(url, INFO, HOME, NEXT, FEE, TERM).close()
    code = (
        "import sys, trustledger as tl\n"
        "book = tl.Book.open(sys.argv[1])\n"
        "for n in range(25):\n"
        "    key = f'{sys.argv[2]}-{n}'\n"
        "    book.receive(tl.Receipt(key=key, on='2024-01-05', unit='1', amount='1'))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, url, who]) for who in "abcd"]
    assert [one.wait() for one in running] == [0, 0, 0, 0]
    rows = tl.Book.open(url).statement("receipts", "2024").table("receipts").rows
    assert [row[0] for row in rows] == [f"2024-{number:06d}" for number in range(1, 101)]
    assert len({row[2] for row in rows}) == 100


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["taken", "returned", "deducted"]),
            st.sampled_from(["1", "2"]),
            st.integers(1, 500),
            st.integers(1, 28),
        ),
        max_size=20,
    )
)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_what_is_held_is_what_came_less_what_went(told: list[tuple[str, str, int, int]]) -> None:
    """Against plain arithmetic: refused exactly when more would go than is held."""
    book = tl.Book.create(fresh(), INFO, HOME, NEXT, FEE, TERM)
    held = {"1": 0, "2": 0}
    for number, (move, unit, fen, day) in enumerate(told):
        amount = f"{fen // 100}.{fen % 100:02d}"
        fact = deposit(f"D{number}", f"2024-01-{day:02d}", move, amount, unit)
        if move != "taken" and fen > held[unit]:
            with pytest.raises(tl.OverHeld):
                book.post([fact])
            continue
        book.post([fact])
        held[unit] += fen if move == "taken" else -fen
    facts = book.statement("entrusted", "2024-01").facts
    for unit, fen in held.items():
        assert facts["deposits"].get(unit, "0.00") == f"{fen // 100}.{fen % 100:02d}"
    assert book.verify() == []


# -- a cap on prepayment ----------------------------------------------------------------------


def test_no_more_is_prepaid_than_the_cap_allows() -> None:
    info = tl.BookInfo(code="garden", name="花园", start="2024-01-01", prepay_months=3)

    def capped() -> tl.Book:
        return tl.Book.create(fresh(), info, HOME, NEXT, FEE, TERM)

    too_much = [pay("R1", "2024-02-05", "500"), pay("R2", "2024-02-06", "0.01")]
    said = (
        "receipt 'R2' would leave unit 1 300.01 prepaid, and 3 months of its charge of 100.00 may "
        "be; take at most 0.00"
    )
    for period in (None, tl.Period.parse("2024-01..2024-02")):
        book = capped()
        head = book.head
        with pytest.raises(tl.Refused) as caught:
            book._post(too_much, period)
        assert str(caught.value) == said and book.head == head
    book = capped()
    book.charge("2024-01..2024-02")
    book.receive(too_much[0])  # two months' charges, and three months prepaid
    with pytest.raises(tl.Refused, match="take at most"):
        book.receive(too_much[1])
    book.charge("2024-03")
    book.receive(too_much[1].model_copy(update={"on": tl.Period.parse("2024-03").end}))
    assert book.verify() == []


def test_a_book_without_a_cap_takes_any_prepayment(book: tl.Book) -> None:
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-05", "99999"))
    assert owes(book, "1") == ("0.00", "99899.00")
