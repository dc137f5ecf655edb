"""What a line may still spend on a day, against a model that walks through every day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger.rules.availability import available

laws = settings(max_examples=150, deadline=None, derandomize=True)
DAY = timedelta(days=1)
FIRST, LAST = date(2024, 11, 1), date(2025, 3, 31)
CALENDAR = [FIRST + n * DAY for n in range((LAST - FIRST).days + 1)]
MONTHS = ("2024-11", "2024-12", "2025-01", "2025-02", "2025-03")
BASES = ("year", "to_date", "month")

# days meet often, and at the edges of months, so that several things happen on one
EDGES = [day for day in CALENDAR if day.day == 1 or (day + DAY).day == 1]
days = st.sampled_from(EDGES) | st.sampled_from(EDGES) | st.sampled_from(CALENDAR)
fen = st.integers(-300, 500)
steps = st.dictionaries(days, st.integers(0, 900) | st.just(9_000), max_size=4).map(
    lambda told: sorted(told.items())
)
moves = st.lists(st.tuples(days, fen, fen), max_size=12).map(
    lambda told: sorted(told, key=lambda move: move[0])
)
plans = st.fixed_dictionaries({month: st.integers(0, 300) for month in MONTHS})


def left_on(day: date, approved: list, moves: list, basis: str, plan: dict) -> int:
    """What is left on one day, told in the plainest way."""
    limit = 0
    for since, amount in approved:
        if since <= day:
            limit = amount
    used = sum(spent + committed for on, spent, committed in moves if on <= day)
    left = limit - used
    month = day.isoformat()[:7]
    if basis == "to_date":
        left = min(left, sum(plan[m] for m in MONTHS if m <= month) - used)
    if basis == "month":
        of_month = sum(s + c for on, s, c in moves if on <= day and on.isoformat()[:7] == month)
        left = min(left, plan[month] - of_month)
    return left


def model(on: date, approved: list, moves: list, basis: str, plan: dict) -> int:
    """The least of the days from one on; the plan of a month binds in that month alone."""
    later = [day for day in CALENDAR if day >= on]
    least = min(left_on(day, approved, moves, "year", plan) for day in later)
    if basis == "month":
        later = [day for day in later if day.isoformat()[:7] == on.isoformat()[:7]]
    return min(least, *(left_on(day, approved, moves, basis, plan) for day in later))


@laws
@given(days, steps, moves, st.sampled_from(BASES), plans)
def test_it_is_the_least_that_any_later_day_has_left(
    on: date, approved: list, moves: list, basis: str, plan: dict
) -> None:
    assert available(on, approved, moves, basis, plan) == model(on, approved, moves, basis, plan)


@laws
@given(days, steps, moves, st.sampled_from(BASES), plans)
def test_all_of_it_and_not_a_fen_more_can_be_spent(
    on: date, approved: list, moves: list, basis: str, plan: dict
) -> None:
    left = available(on, approved, moves, basis, plan)
    for more, then in ((left, 0), (left + 1, -1)):
        spent = sorted([*moves, (on, more, 0)], key=lambda move: move[0])
        assert available(on, approved, spent, basis, plan) == then
    committed = sorted([*moves, (on, 0, left)], key=lambda move: move[0])
    assert available(on, approved, committed, basis, plan) == 0


@laws
@given(days, days, st.integers(1, 300), steps, moves, st.sampled_from(BASES), plans)
def test_what_is_dated_back_is_gone_on_every_later_day(
    on: date, back: date, amount: int, approved: list, moves: list, basis: str, plan: dict
) -> None:
    spent = sorted([*moves, (min(on, back), amount, 0)], key=lambda move: move[0])
    before = available(on, approved, moves, "year")
    assert available(on, approved, spent, "year") == before - amount
    assert available(on, approved, spent, basis, plan) <= available(
        on, approved, moves, basis, plan
    )


@laws
@given(days, steps, moves, st.sampled_from(BASES), plans, days, st.integers(1, 300))
def test_paying_a_commitment_leaves_what_was_available(
    on: date, approved: list, moves: list, basis: str, plan: dict, paid: date, amount: int
) -> None:
    told = sorted([*moves, (paid, amount, -amount)], key=lambda move: move[0])
    assert available(on, approved, told, basis, plan) == available(on, approved, moves, basis, plan)


@laws
@given(days, steps, moves, plans, days)
def test_days_after_the_last_that_counts_are_nothing(
    on: date, approved: list, moves: list, plan: dict, until: date
) -> None:
    until = max(on, until)
    cut = [step for step in approved if step[0] <= until], [m for m in moves if m[0] <= until]
    assert available(on, approved, moves, until=until) == available(on, *cut)


def test_a_years_cleaning() -> None:
    """12,000.00 for the year, 15,000.00 from July; 7,000.00 goes in March, 6,500.00 in August."""
    approved = [(date(2025, 1, 1), 12_000_00), (date(2025, 7, 1), 15_000_00)]
    moves = [(date(2025, 3, 5), 7_000_00, 0), (date(2025, 8, 5), 6_500_00, 0)]
    for day, left in (
        ("2025-01-01", 1_500_00),  # the 1,500.00 that August leaves, though January has 12,000.00
        ("2025-06-30", 1_500_00),
        ("2025-12-31", 1_500_00),
        ("2024-12-31", 0),  # nothing was approved yet
    ):
        assert available(date.fromisoformat(day), approved, moves) == left, day
    assert available(date(2025, 6, 30), approved, moves[:1]) == 5_000_00
    assert available(date(2025, 6, 30), approved, moves, until=date(2025, 7, 31)) == 5_000_00


def test_a_plan_of_a_thousand_a_month() -> None:
    plan = {f"2025-{month:02d}": 1_000_00 for month in range(1, 13)}
    approved = [(date(2025, 1, 1), 12_000_00)]
    moves = [(date(2025, 1, 10), 400_00, 300_00), (date(2025, 2, 20), 0, 900_00)]
    feb = date(2025, 2, 1)
    assert available(feb, approved, moves, "month", plan) == 100_00
    assert available(feb, approved, moves, "to_date", plan) == 400_00  # 300.00 left of January
    assert available(feb, approved, moves, "year") == 10_400_00
    assert available(date(2025, 1, 31), approved, moves, "month", plan) == 300_00
    assert available(date(2025, 3, 1), approved, moves, "to_date", plan) == 1_400_00


@pytest.mark.parametrize("basis", ("to_date", "month"))
def test_without_a_plan_nothing_is_available(basis: str) -> None:
    assert available(date(2025, 1, 1), [(date(2025, 1, 1), 100)], [], basis) == 0
    assert available(date(2025, 1, 1), [(date(2025, 1, 1), 100)], [], basis, {"2025-02": 9}) == 0


def test_never_more_than_is_approved_whatever_is_planned() -> None:
    plan = {"2025-01": 500, "2025-02": 500}
    approved = [(date(2025, 1, 1), 700), (date(2025, 2, 1), 300)]
    assert available(date(2025, 1, 5), approved, [], "month", plan) == 300
    assert available(date(2025, 1, 5), approved, [], "to_date", plan) == 300
