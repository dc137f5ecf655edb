"""Worked cases that an accountant can follow by hand, and refusals with their words."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from databases import fresh

import trustledger as tl
from trustledger.statements import COMMUNITY

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
UNIT = tl.Unit(unit="1-101", building="1栋", area_m2="100", usage="residential", owner="王某")
OTHER = tl.Unit(unit="1-102", building="1栋", area_m2="80.50", usage="residential", owner="李某")
FEE = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01")
TERM = tl.Term(rate="10%", base=["service_fee", "parking"], start="2024-01-01")
LINE = tl.BudgetLine(line="A", name="清洁", category="cleaning", amount="500")


@pytest.fixture
def book() -> tl.Book:
    return tl.Book.create(fresh(), INFO, UNIT, OTHER, FEE, TERM, LINE)


def pay(key: str, on: str, amount: str, unit: str = "1-101") -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit=unit, amount=amount)


def owner(book: tl.Book, period: str, unit: str = "1-101") -> dict[str, object]:
    return dict(book.statement("owner", period, unit=unit).facts)


def stands(book: tl.Book, period: str, unit: str = "1-101") -> tuple[object, object]:
    facts = owner(book, period, unit)
    return facts["closing_arrears"], facts["closing_prepaid"]


# --------------------------------------------------------------------------- receiving


def test_a_receipt_settles_the_oldest_charge_first(book: tl.Book) -> None:
    book.charge("2024-01..2024-03")
    book.receive(pay("R1", "2024-03-05", "150"))
    assert stands(book, "2024-03") == ("150.00", "0.00")
    facts = book.statement("collection", "2024-03").facts
    assert facts["received_arrears"] == "150.00" and facts["received_current"] == "0.00"
    book.receive(pay("R2", "2024-03-06", "250"))
    assert stands(book, "2024-03") == ("0.00", "100.00")
    facts = book.statement("collection", "2024-03").facts
    assert [facts[f"received_{k}"] for k in ("arrears", "current", "prepaid")] == [
        "200.00", "100.00", "100.00",
    ]  # fmt: skip


def test_prepayments_are_consumed_as_charges_arise(book: tl.Book) -> None:
    book.receive(pay("R1", "2024-01-01", "250"))
    for month, left in (("2024-01", "150.00"), ("2024-02", "50.00"), ("2024-03", "0.00")):
        book.charge(month)
        assert owner(book, month)["closing_prepaid"] == left
    assert stands(book, "2024-03") == ("50.00", "0.00")
    facts = book.statement("collection", "2024-03").facts
    assert facts["prepaid_used"] == "50.00" and facts["received"] == "0.00"


def test_what_is_posted_later_applies_to_what_stands_open_then(book: tl.Book) -> None:
    book.charge("2024-01..2024-02")
    book.receive(pay("R1", "2024-02-05", "100"))  # settles January
    book.receive(pay("R2", "2024-01-20", "100"))  # comes late: February stands open
    assert stands(book, "2024-01") == ("100.00", "100.00")
    assert stands(book, "2024-02") == ("0.00", "0.00")


def test_a_bounced_payment_lets_its_charges_stand_open_again(book: tl.Book) -> None:
    book.charge("2024-01..2024-02")
    book.post([pay("R1", "2024-01-05", "150"), pay("R2", "2024-02-05", "150")])
    assert stands(book, "2024-02") == ("0.00", "100.00")
    book.refund(tl.Refund(key="F1", on="2024-02-08", unit="1-101", amount="150", receipt="R1"))
    # R1 had paid January and 50 of February; R2's prepayment leaves them alone
    assert stands(book, "2024-02") == ("150.00", "100.00")
    book.receive(pay("R3", "2024-02-09", "120"))
    assert stands(book, "2024-02") == ("30.00", "100.00")
    book.charge("2024-03")
    assert stands(book, "2024-03") == ("30.00", "0.00")
    assert book.verify() == []


def test_a_partial_bounce_takes_what_is_prepaid_first_then_the_newest(book: tl.Book) -> None:
    book.charge("2024-01..2024-02")
    book.receive(pay("R1", "2024-02-05", "230"))  # January, February, 30 prepaid
    book.refund(tl.Refund(key="F1", on="2024-02-08", unit="1-101", amount="80", receipt="R1"))
    assert stands(book, "2024-02") == ("50.00", "0.00")
    report = book.statement("owner", "2024-02", unit="1-101")
    settled = [row[3] for row in report.table("payments").rows]
    assert settled[0] == "2024-01 100.00，2024-02 50.00，已退 80.00"


def test_load_order_makes_no_difference_to_a_bounce() -> None:
    facts = (
        pay("R1", "2024-01-05", "150"),
        pay("R2", "2024-02-05", "120"),
        tl.Refund(key="F1", on="2024-02-08", unit="1-101", amount="150", receipt="R1"),
        pay("R3", "2024-02-09", "60"),
    )
    seen = []
    for way in range(4):
        book = tl.Book.create(fresh(), INFO, UNIT, FEE, TERM)
        if way == 0:
            book.post(facts)
            book.charge("2024-01..2024-03")
        elif way == 1:
            book.post(facts)
            for month in ("2024-01", "2024-02", "2024-03"):
                book.charge(month)
        elif way == 2:
            book.charge("2024-01..2024-03")
            book.post(facts)
        else:
            book.post(reversed(facts))
            book.charge("2024-01")
            book.charge("2024-02..2024-03")
        assert book.verify() == []
        seen.append([owner(book, m) for m in ("2024-01", "2024-02", "2024-03")])
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert (seen[0][1]["closing_arrears"], seen[0][1]["closing_prepaid"]) == ("90.00", "70.00")


def test_refund_of_prepayment_and_its_limit(book: tl.Book) -> None:
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-05", "130"))
    with pytest.raises(tl.OverRefund) as caught:
        book.refund(tl.Refund(key="F1", on="2024-01-06", unit="1-101", amount="30.01"))
    assert str(caught.value) == (
        "refund 'F1' is 30.01, and unit 1-101 has 30.00 prepaid that day; "
        "refund at most that, or name the receipt that is undone"
    )
    book.refund(tl.Refund(key="F1", on="2024-01-06", unit="1-101", amount="30"))
    assert stands(book, "2024-01") == ("0.00", "0.00")
    assert book.statement("remuneration", "2024-01").facts["base"] == "100.00"


def test_a_refund_ahead_of_the_charges_is_held_against_them(book: tl.Book) -> None:
    receipt = pay("R1", "2024-01-05", "250")
    refund = tl.Refund(key="F1", on="2024-03-10", unit="1-101", amount="1")
    with pytest.raises(tl.OverRefund, match=r"has 0\.00 prepaid that day"):
        book.post([receipt, refund])  # by then three months have taken it all
    assert book.entry("receipt", "R1") is None
    early = tl.Refund(key="F1", on="2024-02-10", unit="1-101", amount="50")
    book.post([receipt, early])
    book.charge("2024-01..2024-03")
    assert stands(book, "2024-03") == ("100.00", "0.00")


# --------------------------------------------------------------------------- waivers


def waive(key: str, on: str, month: str, amount: str) -> tl.Waiver:
    return tl.Waiver(
        key=key, on=on, unit="1-101", month=month, amount=amount, authority="业委会"
    )  # fmt: skip


def test_waivers(book: tl.Book) -> None:
    book.waive(waive("W1", "2024-01-10", "2024-02", "40"))  # ahead of its charge
    book.charge("2024-01..2024-02")
    assert stands(book, "2024-02") == ("160.00", "0.00")
    with pytest.raises(tl.OverWaiver) as caught:
        book.waive(waive("W2", "2024-02-10", "2024-02", "60.01"))
    assert str(caught.value) == (
        "waiver 'W2' is 60.01, and 60.00 of unit 1-101's charge of 2024-02 is still open; "
        "waive at most that"
    )
    book.waive(waive("W2", "2024-02-10", "2024-02", "60"))
    assert stands(book, "2024-02") == ("100.00", "0.00")
    facts = book.statement("collection", "2024-02").facts
    assert facts["charged"] == "180.50" and facts["units_settled"] == 1
    with pytest.raises(tl.OverWaiver, match=r"0\.00 of unit 1-101's charge of 2023-12"):
        book.waive(waive("W3", "2024-02-10", "2023-12", "60"))
    assert book.verify() == []


def test_a_waiver_ahead_of_a_prepaid_charge_leaves_more_prepaid(book: tl.Book) -> None:
    book.receive(pay("R1", "2024-01-01", "200"))
    book.waive(waive("W1", "2024-01-10", "2024-02", "40"))
    book.charge("2024-01..2024-02")
    assert stands(book, "2024-02") == ("0.00", "40.00")


def test_a_waiver_can_be_reversed(book: tl.Book) -> None:
    book.charge("2024-01")
    book.waive(waive("W1", "2024-01-10", "2024-01", "40"))
    book.reverse(
        tl.Reversal(key="X1", on="2024-01-11", of_kind="waiver", of_key="W1", reason="误录")
    )
    assert stands(book, "2024-01") == ("100.00", "0.00")
    assert owner(book, "2024-01")["waived"] == "0.00"
    with pytest.raises(tl.CannotReverse, match="reversed already"):
        book.reverse(
            tl.Reversal(key="X2", on="2024-01-11", of_kind="waiver", of_key="W1", reason="误录")
        )
    assert book.verify() == []


# --------------------------------------------------------------------------- openings


def test_openings() -> None:
    book = tl.Book.create(
        fresh(), INFO, UNIT, OTHER, FEE, TERM,
        tl.Fund(code="micro", name="专项"),
        tl.Opening(account="1002", amount="1000"),
        tl.Opening(account="银行存款", fund="micro", amount="50"),
        tl.Opening(account="1122", unit="1-101", amount="30"),
        tl.Opening(account="2203", unit="1-102", amount="100"),
        tl.Opening(account="2241", amount="200"),
        tl.Opening(account="2243", amount="70"),
    )  # fmt: skip
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-05", "50"))
    assert stands(book, "2024-01") == ("80.00", "0.00")
    assert stands(book, "2024-01", "1-102") == ("0.00", "19.50")
    facts = book.statement("income_expenditure", "2024-01").facts
    assert facts["opening"] == "730.00" and facts["closing"] == "775.00"
    facts = book.statement("collection", "2024-01").facts
    assert facts["received_arrears"] == "30.00" and facts["received_current"] == "20.00"
    assert facts["prepaid_used"] == "80.50"
    facts = book.statement("remuneration", "2024-01").facts
    assert facts["base"] == "50.00" and facts["payable"] == "5.00"
    rows = book.statement("remuneration", "2024-01").table("terms").rows
    assert rows[0][0] == "期初" and rows[0][-1] == 7000
    # the opening prepayment bore no remuneration, and gives none back
    book.refund(tl.Refund(key="F1", on="2024-01-20", unit="1-102", amount="19.50"))
    assert book.statement("remuneration", "2024-01").facts["base"] == "50.00"
    book.withdraw(tl.Withdrawal(key="T1", on="2024-01-31", amount="72"))
    facts = book.statement("remuneration", "2024-01").facts
    assert facts["withdrawn_to_date"] == "2.00" and facts["payable"] == "3.00"
    assert book.verify() == []


@pytest.mark.parametrize(
    ("opening", "error", "said"),
    [
        (tl.Opening(account="1122", amount="5"), tl.InvalidRecord, "needs unit"),
        (tl.Opening(account="1002", unit="1-101", amount="5"), tl.InvalidRecord, "takes no unit"),
        (tl.Opening(account="4001", amount="5"), tl.InvalidRecord, "has no opening balance"),
        (tl.Opening(account="1122", unit="1-101", amount="-5"), tl.InvalidRecord, "not negative"),
        (tl.Opening(account="9999", amount="5"), tl.Unknown, "account '9999' is not defined"),
        (tl.Opening(account="1002", fund="x", amount="5"), tl.Unknown, "fund 'x' is not defined"),
        (tl.Opening(account="1122", unit="9", amount="5"), tl.Unknown, "unit '9' is not defined"),
    ],
)
def test_wrong_openings(
    book: tl.Book, opening: tl.Opening, error: type[Exception], said: str
) -> None:
    before = book.head
    with pytest.raises(error, match=said):
        book.post([opening])
    assert book.head == before


def test_an_opening_of_equity_is_what_the_others_leave(book: tl.Book) -> None:
    bank = tl.Opening(account="1002", amount="100")
    for wrong, said in (
        (tl.Opening(account="3101", amount="99"), "the other openings of fund common leave 100.00"),
        (tl.Opening(account="银行存款", amount="5"), "has an opening already; give it once"),
    ):
        with pytest.raises(tl.InvalidRecord, match=said):
            book.post([bank, wrong])
    book.post([tl.Opening(account="3101", amount="100"), bank])
    with pytest.raises(tl.InvalidRecord, match=r"leave 130\.00"):
        book.post([tl.Opening(account="1001", amount="30")])
    assert book.verify() == []


# --------------------------------------------------------------------------- terms, tariffs


def test_a_refund_goes_back_through_the_term_the_money_came_by() -> None:
    book = tl.Book.create(
        fresh(), INFO, UNIT, FEE,
        tl.Term(rate="12%", base=["service_fee"], start="2024-01-01", to="2024-01-31"),
        tl.Term(rate="10%", base=["service_fee"], start="2024-02-01"),
    )  # fmt: skip
    book.post([pay("R1", "2024-01-05", "100"), pay("R2", "2024-02-05", "100")])
    book.refund(tl.Refund(key="F1", on="2024-02-10", unit="1-101", amount="100", receipt="R1"))
    rows = book.statement("remuneration", "2024-01..2024-02").table("terms").rows
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("2024-01-01", 0, 0),
        ("2024-02-01", 10000, 1000),
    ]
    assert book.statement("income_expenditure", "2024-02").facts["remuneration"] == "-2.00"


def test_remuneration_does_not_drift() -> None:
    book = tl.Book.create(
        fresh(), INFO, UNIT, tl.Term(rate="12%", base=["service_fee"], start="2024-01-01")
    )
    receipts = [pay(f"R{n}", "2024-01-05", "1.39") for n in range(300)]
    book.post(receipts)
    facts = book.statement("remuneration", "2024-01").facts
    assert facts["base"] == "417.00" and facts["remuneration"] == "50.04"


def test_charged_recognition_counts_charges_less_waivers() -> None:
    book = tl.Book.create(
        fresh(), INFO, UNIT, FEE,
        tl.Term(
            rate="10%", base=["service_fee", "parking"], recognised="charged", start="2024-01-01"
        ),
    )  # fmt: skip
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-05", "70"))
    book.waive(waive("W1", "2024-01-10", "2024-01", "20"))
    book.earn(tl.Income(key="I1", on="2024-01-11", category="parking", amount="15"))
    assert book.statement("remuneration", "2024-01").facts["base"] == "95.00"
    assert book.verify() == []


def test_an_open_tariff_is_ended_and_followed(book: tl.Book) -> None:
    book.charge("2024-01")
    ended = tl.Tariff(
        item="物业费", basis="per_m2_month", price="1", start="2024-01-01", to="2024-01-31"
    )
    after = tl.Tariff(item="物业费", basis="per_m2_month", price="2", start="2024-02-01")
    with pytest.raises(tl.Overlap, match="overlap; end the first before the second begins"):
        book.post([after])
    book.post([ended, after])
    book.post([ended, after])
    book.charge("2024-02")
    assert owner(book, "2024-02")["charged"] == "200.00"
    with pytest.raises(tl.KeyConflict, match="tariff"):
        book.post([FEE])
    late = tl.Tariff(
        item="物业费", basis="per_m2_month", price="2", start="2024-02-01", to="2024-02-01"
    )
    book.charge("2024-03")
    with pytest.raises(tl.Refused, match="something after that day already rests on it"):
        book.post([late])
    assert book.verify() == []


def test_an_open_term_is_ended_and_followed(book: tl.Book) -> None:
    book.receive(pay("R1", "2024-01-05", "100"))
    ended = tl.Term(
        rate="10%", base=["service_fee", "parking"], start="2024-01-01", to="2024-01-31"
    )
    after = tl.Term(rate="8%", base=["service_fee"], start="2024-02-01")
    with pytest.raises(tl.Overlap, match="remuneration terms"):
        book.post([after])
    book.post([ended, after])
    book.receive(pay("R2", "2024-02-05", "100"))
    facts = book.statement("remuneration", "2024-02").facts
    assert (facts["rate"], facts["remuneration"]) == ("0.0800", "8.00")
    assert book.verify() == []


def test_no_term_no_remuneration() -> None:
    book = tl.Book.create(fresh(), INFO, UNIT, FEE)
    book.receive(pay("R1", "2024-01-05", "100"))
    facts = book.statement("remuneration", "2024-01").facts
    assert facts == {
        "rate": "0.0000", "base": "0.00", "remuneration": "0.00", "trust_share": "0.00",
        "base_to_date": "0.00", "remuneration_to_date": "0.00", "withdrawn_to_date": "0.00",
        "payable": "0.00",
    }  # fmt: skip
    assert book.statement("income_expenditure", "2024-01").facts["closing"] == "100.00"


def test_withdrawals_and_their_limit(book: tl.Book) -> None:
    book.post([pay("R1", "2024-01-05", "100"), pay("R2", "2024-01-20", "100")])
    with pytest.raises(tl.OverWithdrawal) as caught:
        book.withdraw(tl.Withdrawal(key="T1", on="2024-01-10", amount="10.01"))
    assert str(caught.value) == (
        "withdrawal 'T1' is 10.01, and 10.00 has accrued and is not withdrawn; "
        "withdraw at most that"
    )
    book.withdraw(tl.Withdrawal(key="T1", on="2024-01-31", amount="15"))
    with pytest.raises(tl.OverWithdrawal, match=r"5\.00 has accrued"):
        book.withdraw(tl.Withdrawal(key="T2", on="2024-01-31", amount="6"))
    book.reverse(
        tl.Reversal(key="X", on="2024-02-01", of_kind="withdrawal", of_key="T1", reason="误付")
    )
    assert book.statement("remuneration", "2024-02").facts["payable"] == "20.00"
    assert book.verify() == []


# --------------------------------------------------------------------------- spending


def spend(voucher: str, amount: str, **more: str) -> tl.Expenditure:
    return tl.Expenditure(voucher=voucher, on="2024-01-20", line="A", amount=amount, **more)


def test_spending_and_its_limit(book: tl.Book) -> None:
    book.spend(spend("1", "300"))
    with pytest.raises(tl.OverBudget, match=r"has 200\.00 left of 500\.00"):
        book.spend(spend("2", "200.01"))
    with pytest.raises(tl.WrongFund, match="paid from 'common' alone"):
        book.spend(spend("2", "10", fund="micro"))
    book.spend(spend("2", "200.01", resolution="业主大会决议 2024-7"))
    facts = book.statement("budget_execution", "2024-01").facts
    assert facts["available_total"] == "-0.01"
    book.reverse(
        tl.Reversal(key="X", on="2024-01-21", of_kind="expenditure", of_key="2", reason="退货")
    )
    book.spend(spend("3", "200"))
    assert book.verify() == []
    details = book.statement("income_expenditure", "2024-01").table("details").rows
    assert [row[5] for row in details] == [30000, 20001, 20000, -20001]


def test_restricted_money(book: tl.Book) -> None:
    with pytest.raises(tl.InvalidRecord, match="restricted money"):
        tl.Income(key="I", on="2024-01-05", category="subsidy", amount="5")
    with pytest.raises(tl.Unknown, match="through receipts, unit by unit"):
        tl.Income(key="I", on="2024-01-05", category="service_fee", amount="5")
    book.post(
        [
            tl.Fund(code="micro", name="专项"),
            tl.BudgetLine(line="W", name="口袋公园", category="works", amount="90", fund="micro"),
            tl.Income(key="I", on="2024-01-05", category="subsidy", amount="100", fund="micro"),
            tl.Income(key="P", on="2024-01-06", category="parking", amount="7", fund="micro"),
            tl.Expenditure(voucher="1", on="2024-01-07", line="W", amount="60"),
        ]
    )
    facts = book.statement("income_expenditure", "2024-01", fund="micro").facts
    assert (facts["closing"], facts["remuneration"]) == ("47.00", "0.00")
    assert book.statement("income_expenditure", "2024-01").facts["closing"] == "0.00"


def test_deposits_and_agency_money_are_no_income(book: tl.Book) -> None:
    book.earn(tl.Income(key="D", on="2024-01-05", category="deposit", amount="2000"))
    book.earn(tl.Income(key="A", on="2024-01-05", category="agency", amount="300"))
    facts = book.statement("income_expenditure", "2024-01").facts
    assert (facts["income_total"], facts["closing"]) == ("0.00", "0.00")
    accounts = book.statement("trial_balance", "2024-01").facts["accounts"]
    assert accounts["1002"]["closing_debit"] == "2300.00"  # type: ignore[index, call-overload]


def test_attachments_are_kept_by_content(book: tl.Book) -> None:
    name = book.attach(b"an invoice", "0231.txt")
    assert name == book.attach(b"an invoice", "0231.txt")
    book.spend(spend("1", "5", attachment=name))
    assert book.verify() == []
    for name, said in (
        ("sha256:" + "0" * 64 + " x", "is not defined"),
        ("0231.pdf", "Book.attach"),
    ):
        with pytest.raises(tl.InvalidInput, match=said):
            book.spend(spend("2", "5", attachment=name))


# --------------------------------------------------------------------------- keys, dates, words


def test_the_same_key(book: tl.Book) -> None:
    first = book.receive(pay("R1", "2024-01-05", "100"))
    again = book.receive(pay("R1", "2024-01-05", "100.00"))
    assert first.new and not again.new and first.seq == again.seq
    with pytest.raises(tl.KeyConflict) as caught:
        book.receive(pay("R1", "2024-01-05", "101"))
    assert (caught.value.key, caught.value.field) == ("R1", "amount")
    assert (caught.value.was, caught.value.now) == ("100.00", "101.00")
    with pytest.raises(tl.KeyConflict, match="owner '王某'"):
        book.post([tl.Unit(unit="1-101", building="1栋", area_m2="100", usage="residential")])


@pytest.mark.parametrize(
    "amount", [1.5, 100, "1.005", "1e5", "NaN", "１２", "", Decimal("NaN"), None]
)
def test_money_that_is_refused(amount: object) -> None:
    with pytest.raises(tl.InvalidAmount, match="found"):
        tl.Receipt(key="R", on="2024-01-05", unit="1", amount=amount)  # type: ignore[arg-type]


def test_records_say_what_is_wrong() -> None:
    with pytest.raises(tl.InvalidRecord, match=r"Fund\.name: is missing"):
        tl.Fund(code="x")  # type: ignore[call-arg]
    with pytest.raises(tl.InvalidRecord, match=r"Fund\.colour: is not a field of it"):
        tl.Fund(code="x", name="y", colour="red")  # type: ignore[call-arg]
    with pytest.raises(tl.InvalidRecord, match="control characters"):
        tl.Fund(code="x", name="a\tb")
    with pytest.raises(tl.InvalidDate, match="2024-02-30"):
        pay("R", "2024-02-30", "1")
    with pytest.raises(tl.InvalidDate, match="not before 'from'"):
        tl.Term(rate="1%", base=["parking"], start="2024-02-01", to="2024-01-31")
    with pytest.raises(tl.Unknown, match="base category 'subsidy'"):
        tl.Term(rate="1%", base=["subsidy"], start="2024-02-01")


def test_before_the_books_open(book: tl.Book) -> None:
    with pytest.raises(tl.BooksNotOpen, match="the books open on 2024-01-01"):
        book.receive(pay("R", "2023-12-31", "1"))
    with pytest.raises(tl.BooksNotOpen):
        book.charge("2023-12")


def test_a_receipt_reversed_is_as_if_it_never_was(book: tl.Book) -> None:
    book.charge("2024-01")
    before = book.statement("trial_balance", "2024-01").facts
    book.receive(pay("R1", "2024-01-05", "130"))
    book.reverse(
        tl.Reversal(key="X", on="2024-01-06", of_kind="receipt", of_key="R1", reason="重复录入")
    )
    after = book.statement("trial_balance", "2024-01").facts
    moved = {k: v for k, v in after["accounts"].items() if set(v.values()) != {"0.00"}}  # type: ignore[union-attr, attr-defined]
    assert moved == before["accounts"]
    assert owner(book, "2024-01")["received"] == "0.00"
    for of_key, said in (("R1", "reversed already"), ("R9", "is not defined")):
        with pytest.raises(tl.TrustLedgerError, match=said):
            book.reverse(
                tl.Reversal(key="Y", on="2024-01-07", of_kind="receipt", of_key=of_key, reason="x")
            )
    assert book.verify() == []


def test_charges_keep_how_they_came_about(book: tl.Book) -> None:
    book.post(
        [tl.Unit(unit="2", area_m2="33.33", usage="shop", factor="0.7", liable_from="2024-02-15")]
    )
    book.post(
        [
            tl.Tariff(
                item="商铺费",
                usage="shop",
                basis="per_m2_month",
                price="4.5555",
                start="2024-01-01",
            )
        ]
    )
    book.charge("2024-02")
    entry = book.entry("charge", "2024-02|2")
    assert entry is not None
    lines = {line["item"]: line for line in json.loads(entry.content)["lines"]}
    # 33.33 × 4.5555 × 0.7 × 15/29 = 54.9748...; 33.33 × 1 × 0.7 × 15/29 = 12.0677...
    assert lines["商铺费"]["amount_fen"] == 5497 and lines["物业费"]["amount_fen"] == 1207
    assert (lines["商铺费"]["days"], lines["商铺费"]["of_days"]) == (15, 29)


# --------------------------------------------------------------------------- once wrong


def test_a_period_may_reach_back_before_the_books_open() -> None:
    info = tl.BookInfo(code="late", name="年中建账", start="2024-03-01")
    book = tl.Book.create(
        fresh(), info, UNIT, FEE,
        tl.Opening(account="1002", amount="1000"),
        tl.Opening(account="1122", unit="1-101", amount="500"),
    )  # fmt: skip
    book.charge("2024")
    facts = owner(book, "2024")
    assert (facts["opening_arrears"], facts["charged"]) == ("500.00", "1000.00")
    assert book.statement("income_expenditure", "2024").facts["opening"] == "1000.00"
    assert "2024年3月至12月" in str(book.statement("collection", "2024"))
    with pytest.raises(tl.BooksNotOpen):
        book.statement("collection", "2024-02")


def test_books_that_open_in_mid_month() -> None:
    info = tl.BookInfo(code="mid", name="月中建账", start="2024-01-17")
    book = tl.Book.create(
        fresh(), info, UNIT, FEE, tl.Opening(account="1122", unit="1-101", amount="500")
    )
    book.charge("2024-01")
    facts = owner(book, "2024-01")
    assert (facts["opening_arrears"], facts["charged"]) == ("500.00", "100.00")
    assert book.verify() == []


def test_money_goes_back_by_the_term_it_came_by_whatever_was_added_since() -> None:
    book = tl.Book.create(fresh(), INFO, UNIT)
    book.receive(pay("R1", "2024-01-05", "100"))
    book.earn(tl.Income(key="I1", on="2024-01-05", category="parking", amount="100"))
    book.post([tl.Term(rate="12%", base=["service_fee", "parking"], start="2024-01-01")])
    book.refund(tl.Refund(key="F1", on="2024-01-10", unit="1-101", amount="40"))
    book.refund(tl.Refund(key="F2", on="2024-01-10", unit="1-101", amount="60", receipt="R1"))
    book.reverse(
        tl.Reversal(key="X", on="2024-01-11", of_kind="income", of_key="I1", reason="误录")
    )
    assert book.statement("income_expenditure", "2024-01").facts["remuneration"] == "0.00"
    assert book.verify() == []


def test_a_waiver_goes_back_by_the_term_of_its_charge() -> None:
    book = tl.Book.create(fresh(), INFO, UNIT, FEE)
    book.charge("2024-01")
    book.post([tl.Term(rate="12%", base=["service_fee"], recognised="charged", start="2024-01-01")])
    book.waive(waive("W1", "2024-01-10", "2024-01", "50"))
    assert book.statement("income_expenditure", "2024-01").facts["remuneration"] == "0.00"
    assert book.verify() == []


def test_a_term_is_not_ended_before_what_rests_on_it(book: tl.Book) -> None:
    book.receive(pay("R1", "2024-01-20", "100"))
    ended = tl.Term(
        rate="10%", base=["service_fee", "parking"], start="2024-01-01", to="2024-01-15"
    )
    with pytest.raises(tl.Refused, match="already rests on it"):
        book.post([ended])


def test_a_tariff_that_nothing_rests_on_may_end(book: tl.Book) -> None:
    shop = tl.Tariff(
        item="停车", usage="shop", basis="per_unit_month", price="5", start="2024-01-01"
    )
    home = tl.Tariff(
        item="停车", usage="residential", basis="per_unit_month", price="5", start="2024-01-01"
    )
    book.post([shop, home])
    book.charge("2024-01..2024-03")
    book.post([
        tl.Tariff(item="停车", usage="shop", basis="per_unit_month", price="5",
                  start="2024-01-01", to="2024-01-31"),
    ])  # fmt: skip
    assert book.verify() == []


def test_a_bounce_on_the_day_of_a_charge() -> None:
    late = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-03-01")
    facts = (
        pay("R1", "2024-01-05", "100"),
        pay("R2", "2024-02-05", "100"),
        tl.Refund(key="F1", on="2024-03-01", unit="1-101", amount="100", receipt="R1"),
    )
    seen = []
    for months in (("2024-01..2024-03",), ("2024-01", "2024-02", "2024-03")):
        book = tl.Book.create(fresh(), INFO, UNIT, late)
        book.post(facts)
        for month in months:
            book.charge(month)
        seen.append(stands(book, "2024-03"))
    assert seen == [("100.00", "100.00")] * 2


def test_a_waiver_of_a_month_that_is_never_charged() -> None:
    late = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-03-01")
    book = tl.Book.create(fresh(), INFO, UNIT, late)
    waiver = waive("W1", "2024-03-10", "2024-02", "5")
    with pytest.raises(tl.OverWaiver, match="is not charged"):
        book.post([waiver])
    with pytest.raises(tl.OverWaiver, match="is not charged"):
        book._post([waiver], tl.Period.parse("2024-01..2024-03"))


def test_a_number_is_the_same_however_it_is_typed(book: tl.Book) -> None:
    again = tl.Unit(
        unit="1-101", building="1栋", area_m2="100.00", usage="residential", owner="王某"
    )
    assert not book.post([again, FEE.model_copy(update={"price": Decimal("1")})])[0].new


def test_a_receipt_reversed_in_a_later_month(book: tl.Book) -> None:
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-05", "130"))
    book.reverse(
        tl.Reversal(key="X", on="2024-02-06", of_kind="receipt", of_key="R1", reason="重复")
    )
    report = book.statement("collection", "2024-02")
    assert report.facts["received"] == "-130.00" and "相符" in str(report)
    rows = book.statement("owner", "2024-02", unit="1-101").table("payments").rows
    assert [row[2:] for row in rows] == [("冲销", "冲销收款 R1，恢复应收 2024-01 100.00", -13000)]


def test_a_waiver_that_waits_cannot_be_reversed(book: tl.Book) -> None:
    book.waive(waive("W1", "2024-01-10", "2024-02", "40"))
    with pytest.raises(tl.CannotReverse, match="still waits for its charge"):
        book.reverse(
            tl.Reversal(key="X", on="2024-01-11", of_kind="waiver", of_key="W1", reason="误录")
        )
    book.charge("2024-02")
    with pytest.raises(tl.Refused, match="before 2024-02-01, when waiver 'W1' took effect; date"):
        book.reverse(
            tl.Reversal(key="X", on="2024-01-11", of_kind="waiver", of_key="W1", reason="误录")
        )
    book.reverse(
        tl.Reversal(key="X", on="2024-02-01", of_kind="waiver", of_key="W1", reason="误录")
    )
    assert owner(book, "2024-02")["waived"] == "0.00"


def test_a_charge_beyond_all_bounds_is_refused(book: tl.Book) -> None:
    book.post([tl.Unit(unit="9", area_m2="999999999999", usage="residential")])
    with pytest.raises(tl.Refused, match="look at its area and price"):
        book.charge("2024-01")


@pytest.mark.parametrize("value", [3.0, True, "3.5", "三"])
def test_a_number_of_things_is_whole(value: object) -> None:
    with pytest.raises(
        tl.InvalidRecord, match=r"milestone: (found (3\.0|True); write a whole|Input)"
    ):
        tl.Expenditure(
            voucher="1", on="2024-01-05", line="A", amount="1", milestone=value  # type: ignore[arg-type]
        )  # fmt: skip


def test_errors_cross_process_borders() -> None:
    import pickle

    for error in (
        tl.KeyConflict("receipt", "R1", "amount", "1.00", "2.00"),
        tl.Unknown("unit", "9", "name one"),
        tl.InvalidAmount("found x"),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_book_works_from_any_thread(tmp_path: object) -> None:
    from concurrent.futures import ThreadPoolExecutor

    book = tl.Book.create(f"sqlite:///{tmp_path}/b.db", INFO, UNIT, FEE)
    receipts = [pay(f"R{n}", "2024-01-05", "1") for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        assert len({posted.seq for posted in pool.map(book.receive, receipts)}) == 12
    assert book.verify() == []
    book.close()


def test_what_comes_late_leaves_every_month_whole() -> None:
    book = tl.Book.create(
        fresh(), INFO, tl.Unit(unit="1", area_m2="0.03", usage="r"), FEE,
        tl.Term(rate="12%", base=["service_fee"], start="2024-01-01"),
    )  # fmt: skip
    book.charge("2024-01..2024-04")
    days = ("2024-04-30", "2024-01-17", "2024-04-30", "2024-02-02", "2024-02-01", "2024-01-31")
    for number, on in enumerate(days):
        book.receive(pay(f"R{number}", on, f"0.0{number + 1}", unit="1"))
    for month in ("2024-01", "2024-02", "2024-03", "2024-04"):
        for name in (*COMMUNITY, "owner", "owing", "receipts", "reminders"):
            assert book.statement(name, month, unit="1").render("json")
    assert book.verify() == []


def test_a_fact_said_twice_in_one_batch(book: tl.Book) -> None:
    receipt = pay("R1", "2024-01-05", "100")
    assert [one.new for one in book.post([receipt, receipt])] == [True, True]
    assert [one.new for one in book.post([receipt, receipt])] == [False, False]
