"""The nouns of the open budget: what a line comes to, how months are told, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.budgets import BUDGETS, calendar_months

laws = settings(max_examples=150, deadline=None, derandomize=True)


def a_line(**more: object) -> tl.PlanLine:
    told = {"budget": "2025", "version": "v1", "line": "A01", "name": "保洁",
            "category": "cleaning"}  # fmt: skip
    return tl.PlanLine(**told | more)


def an_income(**more: object) -> tl.PlanIncome:
    told = {"budget": "2025", "version": "v1", "category": "service_fee", "receivable": "100.00"}
    return tl.PlanIncome(**told | more)


def a_stage(**more: object) -> tl.Stage:
    told = {"budget": "2025", "version": "v1", "stage": "consultation", "on": "2024-12-01"}
    return tl.Stage(**told | more)


def an_amendment(**more: object) -> tl.Amendment:
    told = {"key": "T1", "on": "2025-05-01", "budget": "2025", "amount": "100", "reason": "漏水"}
    return tl.Amendment(**told | more)


def decimals(places: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(0, most * 10**places).map(
        lambda number: format(Decimal(number).scaleb(-places), "f")
    )


# -- laws -------------------------------------------------------------------------------------


@laws
@given(decimals(4, 5000), decimals(4, 900), st.none() | decimals(2, 366))
def test_factors_are_multiplied_exactly_and_rounded_once_half_up(
    quantity: str, price: str, times: str | None
) -> None:
    exact = Fraction(quantity) * Fraction(price) * Fraction(times or "1") * 100
    right, rest = divmod(exact.numerator, exact.denominator)
    right += 2 * rest >= exact.denominator
    line = a_line(quantity=quantity, price=price, times=times)
    assert line.amount_fen == line.planned_fen == right
    written = a_line(quantity=quantity, price=price, times=times, amount=tl.yuan(right))
    assert written.content() == line.content()
    with pytest.raises(tl.InvalidRecord):
        a_line(quantity=quantity, price=price, times=times, amount=tl.yuan(right + 1))


@laws
@given(decimals(2, 10**6), st.fractions(0, 1, max_denominator=1000))
def test_income_is_what_is_receivable_times_the_expected_rate(
    receivable: str, rate: Fraction
) -> None:
    exact = Fraction(receivable) * 100 * rate
    assert abs(an_income(receivable=receivable, rate=rate).planned_fen - exact) <= Fraction(1, 2)
    assert an_income(receivable=receivable).planned_fen == Fraction(receivable) * 100


@laws
@given(st.sets(st.integers(1, 12)), st.sampled_from((",", "，", "、", " , ")), st.booleans())
def test_months_keep_one_form_however_they_are_written(
    months: set[int], comma: str, months_said: bool
) -> None:
    text = comma.join(f"{month}月" if months_said else str(month) for month in months)
    line = a_line(amount="1", months=text)
    assert calendar_months(line.months) == tuple(sorted(months))
    assert a_line(amount="1", months=line.months) == line


@laws
@given(st.data())
def test_every_noun_comes_back_from_its_content(data: st.DataObject) -> None:
    yuan = data.draw(decimals(2, 10**6).filter(lambda text: Decimal(text) > 0))
    day = data.draw(st.dates())
    facts = [
        tl.Budget(budget="2025", name="2025年度", start="2025-01-01", to="2025-12-31"),
        a_line(amount=yuan, priority=data.draw(st.integers(0, 9))),
        a_line(quantity=yuan, price="0.5", months="3,6", method="合同"),
        an_income(receivable=yuan, rate="95%", months="1-12"),
        a_stage(on=day, stage="撤回"),
        a_stage(stage="adopted", on=day, digest="AB" * 32, resolution="R1", start=day),
        an_amendment(move="transfer", line="A01", to_line="A02", amount=yuan),
        an_amendment(move="追加", line="B09", name="泵", category="works", fund="repair"),
        tl.VarianceNote(budget="2025", line="A01", on=day, text="油价下降"),
    ]
    assert {type(fact) for fact in facts} == set(BUDGETS)
    for fact in facts:
        again = type(fact).load(fact.content())
        assert again == fact and again.content() == fact.content()


# -- examples ---------------------------------------------------------------------------------


def test_lift_maintenance_is_reckoned() -> None:
    """6 lifts, 380.50 each time, 24 times a year: 54,792.00."""
    line = a_line(quantity="6", price="380.50", times="24", method="合同", months="1-12")
    assert line.amount_fen == 54_792_00
    assert line.content() == (
        '{"budget":"2025","version":"v1","line":"A01","name":"保洁","category":"cleaning",'
        '"fund":"common","amount_fen":5479200,"quantity":"6","price":"380.5","times":"24",'
        '"method":"contract","months":"1-12","responsible":"","standard":"","basis":"",'
        '"priority":5,"proposal":""}'
    )


@pytest.mark.parametrize(
    ("written", "own"),
    (("1-12", "1-12"), ("1~3", "1-3"), ("3、6、9、12", "3,6,9,12"), ("12,1，2", "1-2,12"),
     ("一", None), ("0-3", None), ("11-2", None), ("13", None), ("", "")),
)  # fmt: skip
def test_months_as_people_write_them(written: str, own: str | None) -> None:
    if own is not None:
        assert a_line(amount="1", months=written).months == own
        return
    with pytest.raises(tl.InvalidRecord) as told:
        a_line(amount="1", months=written)
    assert str(told.value) == (
        f"found {written!r}; months are written 1-12 or 3,6,9,12; empty means every month of the "
        "budget"
    )
    assert told.value.field == "months"


def test_what_keys_and_references_are() -> None:
    line, income = a_line(amount="1", proposal="P7"), an_income()
    assert (line.record_key, line.version_key) == ("2025|v1|A01", "2025|v1")
    assert line.names() == [("version", "2025|v1"), ("line", "A01"), ("proposal", "P7")]
    assert income.record_key == "2025|v1|service_fee|common"
    assert a_stage().record_key == "2025|v1|consultation"
    assert a_stage().names() == [("budget", "2025"), ("version", "2025|v1")]
    carry = an_amendment(move="carry_surplus", from_budget="2024")
    assert carry.names() == [("budget", "2025"), ("budget", "2024")]


REFUSED = (
    (a_line, {}, "amount",
     "line 'A01' has no amount; write one, or quantity and price"),
    (a_line, {"quantity": "2"}, "price",
     "line 'A01' gives quantity; quantity and price go together, times may be left out"),
    (a_line, {"price": "2", "times": "3"}, "quantity",
     "line 'A01' gives price and times; quantity and price go together, times may be left out"),
    (a_line, {"quantity": "3", "price": "1.115", "amount": "3.34"}, "amount",
     "line 'A01' says 3.34, and 3 × 1.115 is 3.35; correct one of them, or leave the amount empty"),
    (a_line, {"quantity": "999999999999", "price": "10"}, "amount",
     "found 999999999999 × 10; one amount is at most 100,000,000,000.00 yuan"),
    (a_line, {"amount": "1", "version": "v|1"}, "version",
     "found 'v|1'; a name here has no '|', which parts keys"),
    (a_line, {"amount": "1", "method": "guess"}, "method",
     "method 'guess' is not defined; it is one of quantity 工程量, contract 合同, estimate 估算"),
    (an_income, {"category": "deposit"}, "category",
     "income category 'deposit' is not defined; it is one of service_fee, late_fee, parking, "
     "advertising, venue_rent, interest, compensation, other, subsidy, contribution, donation"),
    (an_income, {"category": "subsidy"}, "fund",
     "subsidy is restricted money: name the fund it is given to, which is never 'common'"),
    (a_stage, {"stage": "adopted", "resolution": "R1"}, "digest",
     "version '2025|v1' is adopted without the digest of what was adopted, as the version's own; "
     "name it"),
    (a_stage, {"stage": "通过", "digest": "0" * 64}, "resolution",
     "version '2025|v1' is adopted without the resolution that adopted it; name it"),
    (a_stage, {"start": "2025-01-01"}, "from",
     "found 2025-01-01, and a version that is consultation is not in force; leave 'from' empty"),
    (a_stage, {"stage": "done"}, "stage",
     "stage 'done' is not defined; it is one of consultation 征求意见, adopted 通过, "
     "withdrawn 撤回, closed 决算"),
    (an_amendment, {"move": "transfer", "line": "A01"}, "to_line",
     "amendment 'T1' is a transfer, which names its to_line; write it"),
    (an_amendment, {"move": "调剂", "line": "A01", "to_line": "A01"}, "to_line",
     "amendment 'T1' moves money from line 'A01' to itself; name another line to move it to"),
    (an_amendment, {"move": "reduction", "line": "A01", "fund": "repair"}, "fund",
     "found 'repair', and a reduction has no fund; leave it empty"),
    (an_amendment, {"move": "carry_deficit"}, "from_budget",
     "amendment 'T1' is a carry_deficit, which names its from_budget; write it"),
    (an_amendment, {"move": "carry_surplus", "from_budget": "2025"}, "from_budget",
     "amendment 'T1' carries what budget '2025' left into itself; name the budget before it"),
    (an_amendment, {"move": "supplement", "line": "B9", "name": "泵"}, "category",
     "amendment 'T1' opens line 'B9', whose category is missing; a new line has a name and a "
     "category, an old one keeps its own"),
    (an_amendment, {"move": "supplement", "line": "B9", "fund": "repair"}, "name",
     "amendment 'T1' opens line 'B9', whose name is missing; a new line has a name and a "
     "category, an old one keeps its own"),
)  # fmt: skip


@pytest.mark.parametrize(("make", "fields", "field", "sentence"), REFUSED)
def test_wrong_words_are_refused_in_one_sentence(
    make: object, fields: dict, field: str, sentence: str
) -> None:
    with pytest.raises(tl.InvalidInput) as told:
        make(**fields)
    assert str(told.value) == sentence
    assert told.value.field == field


def test_a_digest_is_64_hex_digits() -> None:
    assert a_stage(digest=" " + "AF" * 32).digest == "af" * 32
    for wrong in ("af" * 31, "g" * 64, "0" * 65):
        with pytest.raises(tl.InvalidRecord) as told:
            a_stage(digest=wrong)
        assert told.value.field == "digest"
        assert str(told.value) == f"found {wrong[:70]!r}; a digest is 64 hex digits, as a version's"
