"""What is planned in which month, what that allows to be spent, what waits: laws, then a year."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.rules.availability import available
from trustledger.rules.planning import (
    Ceiling,
    Deferrable,
    amended_plan,
    carried,
    ceiling,
    check_ceiling,
    defer,
    monthly_test,
    months_of,
    over_ceiling,
    plan_by_month,
    plan_to_date,
    planned_income,
    project,
)

laws = settings(max_examples=150, deadline=None, derandomize=True)
YEAR = tl.Budget(budget="2025", name="2025年度", start="2025-01-01", to="2025-12-31")
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
CATEGORIES = ("service_fee", "parking", "advertising", "interest")
fen = st.integers(0, 10**7)


def a_line(amount: str, months: str = "", **more: object) -> tl.PlanLine:
    told = {"budget": "2025", "version": "v1", "line": "A01", "name": "保洁", "category": "other"}
    return tl.PlanLine(amount=amount, months=months, **told | more)


def an_income(category: str, receivable: str, **more: object) -> tl.PlanIncome:
    return tl.PlanIncome(
        budget="2025", version="v1", category=category, receivable=receivable, **more
    )


def carry(move: str, amount: str, **more: object) -> tl.Amendment:
    return tl.Amendment(
        key=move, on="2025-01-31", budget="2025", from_budget="2024", move=move, amount=amount,
        reason="2024年决算", **more,
    )  # fmt: skip


@st.composite
def incomes(draw: st.DrawFn) -> list[tl.PlanIncome]:
    return [
        an_income(
            category,
            tl.yuan(draw(fen)),
            rate=draw(st.sampled_from(("1", "0.95", "1/3", "0")).map(Fraction)),
            months=draw(st.sampled_from(("", "1-3", "4,10", "12"))),
        )
        for category in sorted(draw(st.sets(st.sampled_from(CATEGORIES))))
    ]


# -- laws -------------------------------------------------------------------------------------


@laws
@given(fen, st.sets(st.integers(1, 12)))
def test_a_plan_is_whole_even_and_only_in_its_months(amount: int, months: set[int]) -> None:
    row = a_line(tl.yuan(amount), ",".join(map(str, sorted(months))))
    plan = plan_by_month(row, YEAR)
    assert list(plan) == MONTHS
    assert sum(plan.values()) == amount
    parts = [plan[month] for month in MONTHS if not months or int(month[5:]) in months]
    assert max(parts) - min(parts) <= 1 and parts == sorted(parts, reverse=True)
    assert sum(parts) == amount


@laws
@given(
    st.lists(st.integers(0, 500), min_size=12, max_size=12),
    st.lists(st.tuples(st.dates(date(2025, 1, 1), date(2025, 12, 31)), st.integers(-400, 400)),
             max_size=6),
)  # fmt: skip
def test_a_plan_as_amended_is_whole_and_never_below_zero(plan: list, amended: list) -> None:
    total, allowed = sum(plan), []
    for day, more in amended:
        if total + more >= 0:
            total += more
            allowed.append((day, more))
    told = amended_plan(dict(zip(MONTHS, plan, strict=True)), allowed)
    assert sum(told.values()) == total
    assert min(told.values()) >= 0
    assert list(told) == MONTHS


@laws
@given(
    incomes(),
    st.fractions(0, 1, max_denominator=100),
    st.sets(st.sampled_from(CATEGORIES)),
    st.integers(-(10**6), 10**6),
    st.integers(0, 10**8),
)
def test_the_ceiling_is_income_less_remuneration_with_what_was_carried(
    rows: list, rate: Fraction, base: set, carried_fen: int, planned: int
) -> None:
    allowed = ceiling(planned_income(rows), rate, base, carried_fen)
    whole = sum(row.planned_fen for row in rows)
    borne = sum(row.planned_fen for row in rows if row.category in base)
    exact = whole - rate * borne + carried_fen
    assert abs(allowed.ceiling_fen - exact) <= Fraction(1, 2)
    over = over_ceiling(allowed, planned)
    assert over == max(0, planned - allowed.ceiling_fen)
    assert over_ceiling(allowed, planned - over) == 0


@laws
@given(incomes(), st.sampled_from(MONTHS))
def test_what_comes_in_as_planned_changes_nothing(rows: list, through: str) -> None:
    actual = {
        row.category: sum(f for month, f in plan_by_month(row, YEAR).items() if month <= through)
        for row in rows
    }
    told = project(rows, YEAR, through, actual)
    assert {one.category: one.projected_fen for one in told} == planned_income(rows)


@laws
@given(incomes(), st.sampled_from(MONTHS),
       st.dictionaries(st.sampled_from(CATEGORIES), st.integers(-10**6, 10**7)))  # fmt: skip
def test_what_is_still_expected_is_the_plan_by_what_came_in(
    rows: list, through: str, actual: dict
) -> None:
    plans = {row.category: plan_by_month(row, YEAR) for row in rows}
    for one in project(rows, YEAR, through, actual):
        plan = plans.get(one.category, {})
        until = sum(f for month, f in plan.items() if month <= through)
        rest = sum(f for month, f in plan.items() if month > through)
        came = actual.get(one.category, 0)
        assert (one.actual_fen, one.planned_through_fen) == (came, until)
        assert 0 <= one.rest_fen <= rest
        if until > 0 and 0 <= came <= until:
            assert abs(one.rest_fen - Fraction(rest * came, until)) <= Fraction(1, 2)
        elif came >= until:
            assert one.rest_fen == rest


@laws
@given(incomes(), st.sampled_from(MONTHS),
       st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 10**7)),
       st.sampled_from(CATEGORIES), st.integers(1, 10**6), st.integers(0, 10**7))  # fmt: skip
def test_more_money_never_makes_the_shortfall_larger(
    rows: list, through: str, actual: dict, category: str, more: int, approved: int
) -> None:
    rate, base = Fraction(12, 100), CATEGORIES[:2]

    def shortfall(came: dict) -> int:
        told = monthly_test(project(rows, YEAR, through, came), approved, rate, base)
        assert told.shortfall_fen == over_ceiling(told.ceiling, approved)
        return told.shortfall_fen

    richer = actual | {category: actual.get(category, 0) + more}
    assert shortfall(richer) <= shortfall(actual)


@st.composite
def deferrables(draw: st.DrawFn) -> list[Deferrable]:
    return [
        Deferrable(
            line,
            draw(st.integers(0, 3)),
            draw(st.dictionaries(st.sampled_from(MONTHS), st.integers(0, 50), max_size=5)),
            draw(st.integers(-20, 120)),
        )
        for line in sorted(draw(st.sets(st.sampled_from("ABCDE"))))
    ]


@laws
@given(st.integers(0, 300), deferrables())
def test_what_waits_is_taken_fen_by_fen_from_what_can_wait_longest(
    shortfall: int, lines: list[Deferrable]
) -> None:
    """The model defers one fen at a time, looking anew each time for what waits first."""
    free = {line.line: line.free_fen for line in lines}
    plan = {(line.line, month): f for line in lines for month, f in line.plan.items()}
    priority = {line.line: line.priority for line in lines}
    right: dict[tuple[str, str], int] = {}
    left = shortfall
    while left:
        places = [(line, month) for (line, month), f in plan.items() if f > 0 and free[line] > 0]
        if not places:
            break
        places.sort()
        place = max(places, key=lambda one: (priority[one[0]], one[1]))  # the first of equals
        right[place] = right.get(place, 0) + 1
        plan[place] -= 1
        free[place[0]] -= 1
        left -= 1
    told, uncovered = defer(shortfall, lines)
    assert {(one.line, one.month): one.amount_fen for one in told} == right
    assert uncovered == left
    assert sum(one.amount_fen for one in told) + uncovered == shortfall


twelve = st.lists(st.integers(0, 500), min_size=12, max_size=12)


@laws
@given(st.lists(twelve, min_size=1, max_size=3), st.data())
def test_each_month_is_bound_by_the_plan_that_stands_at_its_end(
    plans: list[list[int]], data: st.DataObject
) -> None:
    days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
    starts = sorted(data.draw(st.lists(days, min_size=len(plans), max_size=len(plans))))

    def plan_on(day: date) -> dict[str, int]:
        standing = [plan for start, plan in zip(starts, plans, strict=True) if start <= day]
        return dict(zip(MONTHS, standing[-1], strict=True)) if standing else {}

    told = plan_to_date(YEAR, plan_on)
    assert list(told) == MONTHS
    for number, month in enumerate(MONTHS, 1):
        first = date(2025 + number // 12, number % 12 + 1, 1)  # of the month after
        standing = [plan for start, plan in zip(starts, plans, strict=True) if start < first]
        right = sum(standing[-1][:number]) if standing else 0
        assert sum(fen for one, fen in told.items() if one <= month) == right


# -- a year by hand ---------------------------------------------------------------------------


def test_mowing_four_times_in_uneven_fen() -> None:
    plan = plan_by_month(a_line("1000.01", "3,6,9,12"), YEAR)
    assert {month: f for month, f in plan.items() if f} == {
        "2025-03": 250_01, "2025-06": 250_00, "2025-09": 250_00, "2025-12": 250_00
    }  # fmt: skip


def test_a_budget_from_july_has_each_month_once() -> None:
    fiscal = tl.Budget(budget="2025", name="", start="2025-07-15", to="2026-06-30")
    assert months_of(fiscal)[0] == "2025-07" and months_of(fiscal)[-1] == "2026-06"
    plan = plan_by_month(a_line("300", "1,8,12"), fiscal)
    assert [month for month, f in plan.items() if f] == ["2025-08", "2025-12", "2026-01"]


def test_months_outside_the_budget_are_refused() -> None:
    half = tl.Budget(budget="2025H1", name="", start="2025-01-01", to="2025-06-30")
    with pytest.raises(tl.Refused) as told:
        plan_by_month(a_line("300", "3,9"), half)
    assert str(told.value) == (
        "'A01' is planned in month 9, and budget '2025H1' is from 2025-01-01 to 2025-06-30; name "
        "months inside it, or leave them empty"
    )
    assert told.value.field == "months"


INCOMES = [
    an_income("service_fee", "1,200,000", rate="95%"),
    an_income("parking", "60,000"),
    an_income("donation", "5,000", fund="roof"),
]
RATE, BASE = Fraction(12, 100), ("service_fee",)


def test_what_may_be_spent_is_set_by_what_comes_in() -> None:
    """1,140,000 + 60,000 income, 136,800 remuneration, 20,000 carried: 1,083,200.00."""
    carries = [
        carry("carry_surplus", "25,000"),
        carry("carry_deficit", "5,000"),
        carry("carry_surplus", "700", fund="roof"),
    ]
    assert carried(carries) == 20_000_00
    assert carried(carries, "roof") == 700_00
    allowed = ceiling(planned_income(INCOMES), RATE, BASE, carried(carries))
    assert allowed == Ceiling(1_200_000_00, 136_800_00, 20_000_00)
    assert allowed.ceiling_fen == 1_083_200_00
    assert over_ceiling(allowed, 1_083_200_00) == 0
    check_ceiling(allowed, 1_083_200_00, "2025|v1")
    roof = ceiling(planned_income(INCOMES, "roof"), carried_fen=carried(carries, "roof"))
    assert roof.ceiling_fen == 5_700_00


def test_a_version_beyond_its_ceiling_is_refused() -> None:
    allowed = ceiling(planned_income(INCOMES), RATE, BASE, -5_000_00)
    with pytest.raises(tl.OverCeiling) as told:
        check_ceiling(allowed, 1_100_000_00, "2025|v1")
    assert str(told.value) == (
        "version '2025|v1' plans 1100000.00 of fund 'common', and its income of 1200000.00, less "
        "remuneration of 136800.00, with -5000.00 carried over, allows 1058200.00; plan 41800.00 "
        "less"
    )
    assert (told.value.field, told.value.code) == ("amount", "over_ceiling")


def test_half_a_year_of_poor_collection() -> None:
    """Through June 456,000 of the 570,000 planned came in: four fifths. So 456,000 more is
    expected of the other 570,000; parking, which came in better, is expected as planned."""
    actual = {"service_fee": 456_000_00, "parking": 33_000_00, "interest": 120_00}
    told = monthly_test(
        project(INCOMES, YEAR, "2025-06", actual), 1_060_000_00, RATE, BASE, 20_000_00
    )
    by = {one.category: one for one in told.incomes}
    assert by["service_fee"].projected_fen == 912_000_00
    assert by["parking"].projected_fen == 63_000_00
    assert by["interest"].projected_fen == 120_00
    # 975,120.00 - 109,440.00 + 20,000.00 = 885,680.00
    assert told.ceiling.ceiling_fen == 885_680_00
    assert told.shortfall_fen == 174_320_00


def test_what_waits_when_money_is_short() -> None:
    lines = [
        Deferrable("A01", 0, dict.fromkeys(MONTHS, 50_000_00), 300_000_00),
        Deferrable("G02", 7, {"2025-04": 8_000_00, "2025-10": 8_000_00}, 12_000_00),
        Deferrable("P09", 9, {"2025-11": 30_000_00}, 30_000_00),
    ]
    told, uncovered = defer(45_000_00, lines)
    assert told == [
        ("P09", "2025-11", 30_000_00),
        ("G02", "2025-10", 8_000_00),
        ("G02", "2025-04", 4_000_00),  # the other 4,000.00 is spent
        ("A01", "2025-12", 3_000_00),
    ]
    assert uncovered == 0
    assert defer(400_000_00, lines)[1] == 58_000_00
    assert defer(0, lines) == ([], 0)


def test_an_amended_plan_by_hand() -> None:
    plan = dict.fromkeys(MONTHS, 1_000_00)
    told = amended_plan(plan, [(date(2025, 5, 3), 700_00), (date(2025, 6, 1), -1_500_00)])
    assert (told["2025-05"], told["2025-12"], told["2025-11"], told["2025-10"]) == (
        1_700_00, 0, 500_00, 1_000_00
    )  # fmt: skip
    assert plan["2025-05"] == 1_000_00


def test_what_is_added_can_be_spent_at_once_on_every_basis() -> None:
    """January's 1,000.00 is spent; a supplement of 500.00 on the 20th is for the 20th."""
    on, plan = date(2025, 1, 20), dict.fromkeys(MONTHS, 1_000_00)
    approved = [(date(2025, 1, 1), 12_000_00), (on, 12_500_00)]
    spent = [(date(2025, 1, 10), 1_000_00, 0)]
    told = amended_plan(plan, [(on, 500_00)])
    assert available(on, approved, spent, "month", told) == 500_00
    assert available(on, approved, spent, "to_date", told) == 500_00
    assert available(on, approved, spent, "year", told) == 11_500_00


def test_what_is_dated_back_minds_the_plan_to_come() -> None:
    """From July a new version plans 200.00 a month in place of 1,000.00: 1,400.00 until then."""
    old, new = dict.fromkeys(MONTHS, 1_000_00), dict.fromkeys(MONTHS, 200_00)
    plan = plan_to_date(YEAR, lambda day: new if day >= date(2025, 7, 1) else old)
    approved = [(date(2025, 1, 1), 12_000_00), (date(2025, 7, 1), 2_400_00)]
    assert available(date(2025, 3, 5), approved, [], "to_date", plan) == 1_400_00
    assert available(date(2025, 3, 5), approved[:1], [], "to_date", old) == 3_000_00
