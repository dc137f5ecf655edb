"""违约金: worked cases that an accountant can follow by hand, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction

import pytest
from databases import fresh

import trustledger as tl

INFO = tl.BookInfo(code="garden", name="花园", start="2024-01-01")
HOME = tl.Unit(unit="1", area_m2="100", usage="home")
FEE = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01")
LATE = tl.LateFeeTerm(rate_per_day="0.05%", grace_days=30, start="2024-01-01", authority="第九条")
TERM = tl.Term(rate="10%", base=["service_fee", "late_fee"], start="2024-01-01")


def garden(*more: tl.LateFeeTerm | tl.Opening | tl.Term, late: tl.LateFeeTerm = LATE) -> tl.Book:
    """One home at 100.00 a month."""
    return tl.Book.create(fresh(), INFO, HOME, FEE, late, *more)


def pay(key: str, on: str, amount: str) -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit="1", amount=amount)


def forgive(key: str, on: str, month: str, amount: str) -> tl.Waiver:
    return tl.Waiver(
        key=key, on=on, unit="1", month=month, amount=amount, authority="业委会", item="late_fee"
    )


def owner(book: tl.Book, period: str) -> Mapping[str, object]:
    return book.statement("owner", period, unit="1").facts


def fees(book: tl.Book, month: str) -> list[tuple[str, int]]:
    entry = book.entry("late_fee", f"{month}|1")
    return [(fee["of"], fee["amount_fen"]) for fee in json.loads(entry.content)["fees"]]


def test_the_first_day_that_counts_comes_after_the_grace_days() -> None:
    book = garden()
    book.charge("2024-01")
    assert owner(book, "2024-01")["late_fee"] == "0.00"  # 2 to 31 January are the 30 days of grace
    book.charge("2024-02..2024-03")
    assert fees(book, "2024-02") == [("2024-01", 145)]  # 29 days of 100.00 × 0.05 %
    # January's charge: 31 days; February's, from 3 March on: 29 days
    assert fees(book, "2024-03") == [("2024-01", 155), ("2024-02", 145)]
    assert owner(book, "2024-03")["late_fee"] == "3.00"
    assert owner(book, "2024-03")["closing_arrears"] == "304.45"
    assert book.verify() == []


def test_the_row_says_the_days_the_principal_and_the_rate_of_the_time() -> None:
    book = garden(
        tl.LateFeeTerm(rate_per_day="0.03%", grace_days=30, start="2024-02-11"),
        late=tl.LateFeeTerm(
            rate_per_day="0.05%", grace_days=30, start="2024-01-01", to="2024-02-10"
        ),
    )
    book.charge("2024-01")
    book.receive(pay("R1", "2024-02-21", "40"))
    book.charge("2024-02")
    # 10 days of 100.00 × 0.05 %, 10 of 100.00 × 0.03 %, then 9 of 60.00 × 0.03 % = 0.962
    assert fees(book, "2024-02") == [("2024-01", 96)]
    rows = book.statement("owner", "2024-02", unit="1").table("late_fees").rows
    assert rows == (
        (
            "2024-02",
            "2024-01",
            "100.00 × 0.05% × 10 天 + 100.00 × 0.03% × 10 天 + 60.00 × 0.03% × 9 天",
            96,
        ),
    )


def test_a_receipt_settles_the_late_fee_before_its_principal_the_oldest_charge_first() -> None:
    book = garden(TERM)
    book.charge("2024-01..2024-03")  # 300.00 and late fees of 3.00 on January, 1.45 on February
    book.receive(pay("R1", "2024-04-01", "104.00"))
    rows = book.statement("owner", "2024-04", unit="1").table("payments").rows
    assert rows[0][3] == "2024-01 100.00，2024-01 违约金 3.00，2024-02 违约金 1.00"
    facts = book.statement("income_expenditure", "2024-04").facts
    assert facts["income"] == {"service_fee": "100.00", "late_fee": "4.00"}
    assert facts["remuneration"] == "10.40"
    assert owner(book, "2024-04")["closing_arrears"] == "200.45"
    assert book.verify() == []


def test_a_bounced_receipt_gives_the_late_fee_back_too() -> None:
    book = garden(TERM)
    book.charge("2024-01..2024-03")
    book.receive(pay("R1", "2024-04-01", "104.00"))
    book.refund(tl.Refund(key="F1", on="2024-04-05", unit="1", amount="104.00", receipt="R1"))
    facts = book.statement("income_expenditure", "2024-04").facts
    assert facts["income"] == {"service_fee": "0.00", "late_fee": "0.00"}
    assert facts["remuneration"] == "0.00"
    assert owner(book, "2024-04")["closing_arrears"] == "304.45"
    assert book.verify() == []


def test_it_never_bears_late_fee_and_stops_at_its_cap() -> None:
    book = garden(
        late=tl.LateFeeTerm(rate_per_day="1%", grace_days=0, cap="50%", start="2024-01-01")
    )
    book.charge("2024-01..2024-12")
    borne = dict(fees(book, "2024-01"))
    assert borne == {"2024-01": 3000}  # 30 days of 1.00
    assert dict(fees(book, "2024-02"))["2024-01"] == 2000  # no more than 50.00 in all
    assert "2024-01" not in dict(fees(book, "2024-03"))
    book.charge("2025-01..2026-12")
    assert owner(book, "2024-01..2026-12")["late_fee"] == "1780.00"  # the last: 30.00 of 50.00
    assert book.verify() == []


@pytest.mark.parametrize("together", [False, True], ids=["before", "in one batch"])
def test_what_is_waived_lowers_the_cap_at_once(together: bool) -> None:
    book = garden(
        late=tl.LateFeeTerm(rate_per_day="0.1%", grace_days=0, cap="20%", start="2024-01-01")
    )
    book.charge("2024-01..2024-02")  # January's 100.00 bear 3.00 and 2.90
    waiver = tl.Waiver(
        key="W", on="2024-03-01", unit="1", month="2024-01", amount="80", authority="业委会"
    )
    if together:
        book._post([waiver], tl.Period.parse("2024-03"))
    else:
        book.waive(waiver)
        book.charge("2024-03")
    assert fees(book, "2024-03") == [("2024-02", 310), ("2024-03", 300)]  # 5.90 is above 4.00
    assert book.verify() == []


def test_two_charges_make_one_principal_and_are_rounded_together() -> None:
    lift = tl.Tariff(item="电梯费", basis="per_unit_month", price="0.50", start="2024-01-01")
    book = tl.Book.create(
        fresh(), INFO, HOME, lift,
        tl.Tariff(item="垃圾费", basis="per_unit_month", price="0.50", start="2024-01-01"),
        tl.LateFeeTerm(rate_per_day="0.5%", grace_days=30, start="2024-01-01", to="2024-02-01"),
    )  # fmt: skip
    book.charge("2024-01..2024-02")
    assert fees(book, "2024-02") == [("2024-01", 1)]  # 1.00 × 0.5 % is half a fen, not two quarters


def test_arrears_from_before_bear_it_as_if_charged_the_day_before() -> None:
    book = garden(tl.Opening(account="1122", unit="1", amount="200"))
    book.charge("2024-01")  # charged 31 December, so that 31 January is the first day that counts
    assert fees(book, "2024-01") == [("2023-12", 10)]


def test_it_is_charged_once_and_what_is_charged_later_bears_what_it_missed() -> None:
    book = garden()
    book.charge("2024-01..2024-03")
    head = book.head
    assert book.charge("2024-01..2024-03") == [] and book.head == head
    shop = tl.Unit(unit="2", area_m2="100", usage="shop")
    book.post([shop])
    book.charge("2024-01..2024-03")
    assert json.loads(book.entry("late_fee", "2024-02|2").content)["fees"][0]["amount_fen"] == 145
    assert book.statement("owner", "2024-03", unit="2").facts["closing_arrears"] == "304.45"
    assert book.verify() == []


def test_it_is_waived_by_itself() -> None:
    book = garden(TERM)
    book.charge("2024-01..2024-03")
    with pytest.raises(tl.OverWaiver) as caught:
        book.waive(forgive("W1", "2024-04-01", "2024-01", "3.01"))
    assert str(caught.value) == (
        "waiver 'W1' is 3.01, and 3.00 of unit 1's late fee on the charge of 2024-01 is still "
        "open; waive at most that"
    )
    book.waive(forgive("W1", "2024-04-01", "2024-01", "3.00"))
    assert owner(book, "2024-04")["waived"] == "3.00"
    assert owner(book, "2024-04")["closing_arrears"] == "301.45"
    assert book.verify() == []


def test_a_waiver_told_before_the_late_fee_waits_for_it() -> None:
    told = [forgive("W1", "2024-04-01", "2024-01", "3.00"), pay("R1", "2024-04-02", "1")]
    apart, together = garden(), garden()
    apart.post(told)
    apart.charge("2024-01..2024-04")
    together._post(told, tl.Period.parse("2024-01..2024-04"))
    assert owner(apart, "2024-04") == owner(together, "2024-04")
    assert owner(apart, "2024-04")["waived"] == "3.00"
    assert apart.verify() == []


def test_prepaid_money_that_a_late_fee_uses_becomes_one() -> None:
    opening = tl.Opening(account="1122", unit="1", amount="200")
    told = [pay("R1", "2024-03-05", "20")]  # January and February bring late fees of 0.10 and 2.90
    apart, together = garden(opening, TERM), garden(opening, TERM)
    apart.post(told)
    apart.charge("2024-01..2024-03")
    together._post(told, tl.Period.parse("2024-01..2024-03"))
    for book in (apart, together):
        facts = book.statement("income_expenditure", "2024-03").facts
        assert facts["income"] == {"service_fee": "17.00", "late_fee": "3.00"}
        assert facts["remuneration"] == "2.00"
        assert book.verify() == []


def test_money_that_waited_is_put_upon_charges_once() -> None:
    """What it leaves is a prepayment, which a charge that stands open again does not meet."""
    late = tl.LateFeeTerm(rate_per_day="0.1%", grace_days=0, start="2024-01-01")
    told = [
        pay("R2", "2024-03-15", "100"),
        pay("R3", "2024-03-15", "150"),
        tl.Reversal(key="X", on="2024-03-15", of_kind="receipt", of_key="R2", reason="错"),
    ]
    apart, together = garden(late=late), garden(late=late)
    apart.post(told)
    for month in ("2024-01", "2024-02", "2024-03"):
        apart.charge(month)
    together._post(told, tl.Period.parse("2024-01..2024-03"))
    assert owner(apart, "2024-01..2024-03") == owner(together, "2024-01..2024-03")
    assert apart.verify() == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"rate_per_day": "0.05"}, None),
        ({"rate_per_day": "5"}, "a rate is written 12% or 0.12 and lies between 0 and 100 %"),
        ({"grace_days": -1}, "greater than or equal to 0"),
        ({"grace_days": "30"}, "valid integer"),
        ({"cap": "200%"}, "between 0 and 100 %"),
        ({"to": "2023-12-31"}, "'to' is not before 'from'"),
    ],
)
def test_a_term_is_checked(wrong: dict[str, object], said: str | None) -> None:
    right = {"rate_per_day": "0.05%", "grace_days": 30, "start": "2024-01-01"}
    if said is None:
        tl.LateFeeTerm(**(right | wrong))
        return
    with pytest.raises(tl.InvalidInput, match=said):
        tl.LateFeeTerm(**(right | wrong))


def test_terms_do_not_overlap_and_end_only_after_what_rests_on_them() -> None:
    book = garden()
    with pytest.raises(tl.Overlap, match="late fee terms from 2024-01-01 and from 2024-03-01"):
        book.post([tl.LateFeeTerm(rate_per_day="1%", grace_days=0, start="2024-03-01")])
    book.charge("2024-01..2024-02")
    early = LATE.model_copy(update={"to": tl.Period.parse("2024-01").end})
    with pytest.raises(tl.Refused, match="something after that day already rests on it"):
        book.post([early])
    book.post([LATE.model_copy(update={"to": tl.Period.parse("2024-02").end})])
    book.charge("2024-03")
    assert book.entry("late_fee", "2024-03|1") is None
    assert book.verify() == []


DAILY = tl.LateFeeTerm(rate_per_day="0.05%", grace_days=0, start="2024-01-01")
SPRING = tl.Period.parse("2024-01..2024-05")


def both_ways(*facts: tl.Record) -> tuple[tl.Book, tl.Book]:
    """A home of 0.01 a month, charged January to May: all at once, and loaded first."""
    fee = tl.Tariff(item="物业费", basis="per_unit_month", price="0.01", start="2024-01-01")
    at_once = tl.Book.take(fresh(), INFO, [HOME, fee, *facts], SPRING)[0]
    loaded_first = tl.Book.create(fresh(), INFO, HOME, fee, *facts)
    loaded_first.charge(SPRING)
    return at_once, loaded_first


def say_the_same(books: tuple[tl.Book, tl.Book]) -> None:
    for month in SPRING.months():
        for name in ("collection", "ageing"):
            told = [book.statement(name, month).facts for book in books]
            assert told[0] == told[1], (name, month)
    assert not any(book.verify() for book in books)


@pytest.mark.parametrize(
    ("late", "waits"),
    [
        ((DAILY,), pay("K3", "2024-02-15", "0.06")),  # for January's late fees
        ((), tl.Receipt(key="K3", on="2024-01-28", unit="1", amount="0.06", pays="2024-02")),
        ((DAILY,), pay("K3", "2024-04-07", "0.06")),  # it comes in before the other goes back
    ],
    ids=["for-late-fees", "for-its-month", "on-the-day"],
)
def test_money_that_waits_finds_what_was_open_on_its_day(
    late: tuple[tl.Record, ...], waits: tl.Receipt
) -> None:
    books = both_ways(
        *late,
        tl.Opening(account="1122", unit="1", amount="0.07"),
        pay("K1", "2024-01-25", "0.04"),
        waits,
        tl.Refund(key="K5", on="2024-04-07", unit="1", amount="0.04", receipt="K1"),
    )
    say_the_same(books)


@pytest.mark.parametrize("back", ["0.04", "0.07"], ids=["in-part", "in-full"])
def test_a_waiver_lowers_what_money_that_waits_before_it_leaves(back: str) -> None:
    books = both_ways(
        DAILY,
        tl.Opening(account="1122", unit="1", amount="0.07"),
        pay("K1", "2024-02-15", "0.07"),
        tl.Refund(key="K2", on="2024-03-05", unit="1", amount=back, receipt="K1"),
        tl.Waiver(
            key="K3", on="2024-03-10", unit="1", month="2023-12", amount="0.04", authority="业委会"
        ),
    )
    say_the_same(books)


def test_a_waiver_that_waits_lowers_the_cap_when_it_is_carried_out() -> None:
    books = both_ways(
        DAILY.model_copy(update={"cap": Fraction(1)}),
        tl.Opening(account="1122", unit="1", amount="0.99"),
        pay("K1", "2024-02-01", "0.02"),
        tl.Waiver(
            key="K2", on="2024-03-17", unit="1", month="2023-12", amount="0.97", authority="业委会"
        ),
    )
    say_the_same(books)
