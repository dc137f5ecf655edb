"""Planning 计划: what is planned in which month, what is expected to come in, and how much that
allows to be spent.

以收定支: what may be spent is set by what can reasonably be collected. The ceiling of a fund is the
income planned for it, less the remuneration on that, with what an earlier budget left; as months go
by, what came in takes the place of what was planned.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, calendar_months
from trustledger.errors import OverCeiling, Refused
from trustledger.money import allocate, share, yuan
from trustledger.period import Period, last_day, month_of
from trustledger.records import COMMON

# --------------------------------------------------------------------------- by month


def months_of(budget: Budget) -> list[str]:
    """The months that a budget lies in, in order."""
    return list(Period(month_of(budget.start), month_of(budget.to)).months())


def planned_months(row: PlanLine | PlanIncome, budget: Budget) -> list[str]:
    """The months of the budget in which a row is planned: all, or those that it names.

    :raises Refused: it names one that the budget has not.
    """
    named = calendar_months(row.months)
    months = months_of(budget)
    missing = set(named) - {int(month[5:]) for month in months}
    if missing:
        raise Refused(
            f"{row.code!r} is planned in month {min(missing)}, and budget {budget.budget!r} is "
            f"from {budget.start} to {budget.to}; name months inside it, or leave them empty",
            field="months",
            fact=row,
        )
    return [month for month in months if not named or int(month[5:]) in named]


def plan_by_month(row: PlanLine | PlanIncome, budget: Budget) -> dict[str, int]:
    """What a row plans in each month of its budget, in fen: equal parts in the months that it
    names, to the last fen (largest remainder, the earlier month first); 0 in the others."""
    named = set(planned_months(row, budget))
    months = months_of(budget)
    parts = allocate(row.planned_fen, [int(month in named) for month in months])
    return dict(zip(months, parts, strict=True))


def amended_plan(plan: Mapping[str, int], amended: Iterable[tuple[date, int]]) -> dict[str, int]:
    """A line's plan by month with what was amended since, (day, fen more): more is planned in the
    month of the amendment, less is taken from the last months that have something.

    :param plan: by month, of the version in force; every month of the budget.
    """
    told = dict(plan)
    for day, fen in amended:
        if fen > 0:
            told[month_of(day)] = told.get(month_of(day), 0) + fen
        else:
            _take(told, -fen)
    return told


def _take(plan: dict[str, int], fen: int) -> None:
    """Take an amount from the last months of a plan that have something."""
    left = fen
    for month in sorted(plan, reverse=True):
        part = min(plan[month], left)
        plan[month] -= part
        left -= part


def plan_to_date(budget: Budget, plan_on: Callable[[date], Mapping[str, int]]) -> dict[str, int]:
    """A plan whose sums through each month are those of the plan that stands at the month's end,
    so that a version that comes into force later binds the days that are its own.

    :param plan_on: a line's plan by month, as it is in force on a day.
    """
    told: dict[str, int] = {}
    before = 0
    for month in months_of(budget):
        plan = plan_on(min(last_day(month), budget.to))
        through = sum(fen for one, fen in plan.items() if one <= month)
        told[month] = through - before  # below zero where a later version plans less until then
        before = through
    return told


# --------------------------------------------------------------------------- the ceiling


class Ceiling(NamedTuple):
    """支出上限: what a fund can spend by its plan, and how that is made up; in fen."""

    income_fen: int
    remuneration_fen: int
    carried_fen: int

    @property
    def ceiling_fen(self) -> int:
        """The most that may be planned to be spent; below zero where a deficit was carried."""
        return self.income_fen - self.remuneration_fen + self.carried_fen


def planned_income(incomes: Iterable[PlanIncome], fund: str = COMMON) -> dict[str, int]:
    """What is expected to come in for a fund, by category, in fen."""
    return {row.category: row.planned_fen for row in incomes if row.fund == fund}


def ceiling(
    income: Mapping[str, int],
    rate: Fraction = Fraction(0),
    base: Collection[str] = (),
    carried_fen: int = 0,
) -> Ceiling:
    """The ceiling that some income gives: fen by category. Remuneration is ``rate`` of what is of
    the ``base`` categories, rounded once; a restricted fund bears none."""
    borne = sum(fen for category, fen in income.items() if category in base)
    return Ceiling(sum(income.values()), share(rate, borne), carried_fen)


def carried(amendments: Iterable[Amendment], fund: str = COMMON) -> int:
    """What earlier budgets left a fund, in fen: surplus less deficit."""
    sign = {"carry_surplus": 1, "carry_deficit": -1}
    mine = (one for one in amendments if one.of_fund == fund)
    return sum(sign.get(one.move, 0) * one.amount_fen for one in mine)


def over_ceiling(allowed: Ceiling, planned_fen: int) -> int:
    """By how much more is planned than the ceiling; 0 if it is not."""
    return max(0, planned_fen - allowed.ceiling_fen)


def check_ceiling(allowed: Ceiling, planned_fen: int, version_key: str, fund: str = COMMON) -> None:
    """Whether a version plans no more of a fund than its ceiling.

    :raises OverCeiling: it does.
    """
    over = over_ceiling(allowed, planned_fen)
    if over:
        raise OverCeiling(
            f"version {version_key!r} plans {yuan(planned_fen)} of fund {fund!r}, and its income "
            f"of {yuan(allowed.income_fen)}, less remuneration of "
            f"{yuan(allowed.remuneration_fen)}, with {yuan(allowed.carried_fen)} carried over, "
            f"allows {yuan(allowed.ceiling_fen)}; plan {yuan(over)} less",
            field="amount",
        )


# --------------------------------------------------------------------------- month by month


class Projected(NamedTuple):
    """预计收入: one category's income through a month, and what it makes of the year; in fen."""

    category: str
    planned_fen: int
    planned_through_fen: int
    actual_fen: int
    rest_fen: int  # expected after the month

    @property
    def projected_fen(self) -> int:
        """What came in and what is still expected."""
        return self.actual_fen + self.rest_fen


def project(
    incomes: Iterable[PlanIncome],
    budget: Budget,
    through: str,
    actual: Mapping[str, int],
    fund: str = COMMON,
) -> list[Projected]:
    """What a fund's income will be, by category, with ``actual`` through a month in place of the
    plan. What is planned after it is expected in the same part as what was planned until it came
    in, and never more than planned; where nothing was planned until then, whole."""
    found, plans = [], {row.category: row for row in incomes if row.fund == fund}
    for category in sorted({*plans, *actual}):
        plan = plan_by_month(plans[category], budget) if category in plans else {}
        until = sum(fen for month, fen in plan.items() if month <= through)
        came, whole = actual.get(category, 0), sum(plan.values())
        part = min(Fraction(1), max(Fraction(0), Fraction(came, until))) if until else Fraction(1)
        found.append(Projected(category, whole, until, came, share(part, whole - until)))
    return found


class MonthlyTest(NamedTuple):
    """月度检验: whether what is approved can still be paid out of what comes in."""

    incomes: tuple[Projected, ...]
    ceiling: Ceiling
    approved_fen: int

    @property
    def shortfall_fen(self) -> int:
        """How much of what is approved is not covered."""
        return over_ceiling(self.ceiling, self.approved_fen)


def monthly_test(
    incomes: Iterable[Projected],
    approved_fen: int,
    rate: Fraction = Fraction(0),
    base: Collection[str] = (),
    carried_fen: int = 0,
) -> MonthlyTest:
    """What is approved of a fund against the ceiling that its projected income gives."""
    told = tuple(incomes)
    allowed = ceiling({one.category: one.projected_fen for one in told}, rate, base, carried_fen)
    return MonthlyTest(told, allowed, approved_fen)


class Deferrable(NamedTuple):
    """What of a line could wait: its plan by month, and how much is neither spent nor committed."""

    line: str
    priority: int
    plan: Mapping[str, int]
    free_fen: int


class Deferred(NamedTuple):
    """缓支: what of a line's plan of a month waits until it is covered."""

    line: str
    month: str
    amount_fen: int


def defer(shortfall_fen: int, lines: Iterable[Deferrable]) -> tuple[list[Deferred], int]:
    """What waits, in this order, until a shortfall is covered, and how much cannot be: the highest
    priority number first, of those the last planned month, of those the line by its code. Only
    what is neither spent nor committed."""
    told = sorted(lines, key=lambda line: line.line)
    free = {line.line: max(0, line.free_fen) for line in told}
    places = sorted(
        ((line, month) for line in told for month in line.plan),
        key=lambda place: (place[0].priority, place[1]),
        reverse=True,  # what is equal keeps its order
    )
    found, left = [], shortfall_fen
    for line, month in places:
        part = min(line.plan[month], free[line.line], left)
        if part > 0:
            found.append(Deferred(line.line, month, part))
            free[line.line] -= part
            left -= part
    return found, left
