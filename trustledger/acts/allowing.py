"""What a line lets be spent 可用: on a day, in the budget in force then, or else in budget.csv.

无预算不支出: a line that is approved, with enough left of it on that day and every later one. What
is left is approved less committed less spent, told in the transaction that holds the book's lock.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from trustledger.acts import budgets
from trustledger.budgets import Budget
from trustledger.docket import Docket
from trustledger.errors import (
    NoBudgetLine,
)
from trustledger.records import BudgetLine
from trustledger.rulebook import Rule, value_on


class Place(NamedTuple):
    """Where money of a line comes from, and what it is spent as."""

    line: str
    fund: str
    category: str

    @property
    def scopes(self) -> tuple[str, str, str]:
        """What a rule may be on, the narrowest first."""
        return self.line, self.category, self.fund


class Allowance(NamedTuple):
    """What a line lets be spent on a day."""

    place: Place
    left_fen: int
    annual: bool  # of a budget that was settled for a year, not of budget.csv


def place_of(docket: Docket, line: str, day: date, who: str) -> Place:
    """A line as it stands on a day: in the budget in force then, or else in budget.csv.

    :raises NoBudgetLine: no such line is approved then.
    """
    of = _budget_in_force(docket, day)
    if of is not None:
        found = budgets.line_on(docket, of, line, day)
        if found is None:
            raise NoBudgetLine(
                f"{who} names budget line {line!r}, which budget {of.budget!r} does not have on "
                f"{day}; no budget line, no spending: have it adopted, or amend the budget",
                field="line",
            )
        return Place(line, found.fund, found.category)
    standing = docket.get(BudgetLine, line)
    if standing is None:
        coming = budgets.budget_on(docket, day)
        why = "is not in the budget"
        if coming is not None:
            why = f"no version of budget {coming.budget!r} allows on {day}"
        raise NoBudgetLine(
            f"{who} names budget line {line!r}, which {why}; no budget line, no spending: "
            "have the line adopted first",
            field="line",
        )
    return Place(line, standing.fund, standing.category)


def _budget_in_force(docket: Docket, day: date) -> Budget | None:
    of = budgets.budget_on(docket, day)
    return of if of is not None and budgets.is_in_force(docket, of, day) else None


def allowance(docket: Docket, line: str, day: date, who: str) -> Allowance:
    """What is left of a line on a day.

    :raises Refused: the budget of that day is closed.
    :raises NoBudgetLine: as :func:`place_of`.
    """
    budgets.check_open(docket, day)
    place = place_of(docket, line, day, who)
    of = _budget_in_force(docket, day)
    if of is None:
        return Allowance(place, _standing_left(docket, line, day), False)
    basis = value_on(docket.all(Rule), "control_basis", day, *place.scopes)
    approved = budgets.approved_line(docket, of, line)
    return Allowance(place, budgets.left_of(docket, approved, line, day, basis), True)


def _standing_left(docket: Docket, line: str, day: date) -> int:
    """What is left of a line of budget.csv, and of the same line in a budget that came into force
    after that day: it is settled for its whole time, and so for what was spent before."""
    standing = docket.get(BudgetLine, line)
    assert standing is not None  # it was found
    left = standing.amount_fen - _standing_used(docket, line)
    of = budgets.budget_on(docket, day)
    first = budgets.first_day(docket, of) if of is not None else None
    if of is None or first is None:
        return left
    approved = budgets.approved_line(docket, of, line)
    if approved.line_on(line, first) is None:
        return left
    return min(left, budgets.left_of(docket, approved, line, first, "year"))


def _standing_used(docket: Docket, line: str) -> int:
    """What a line of budget.csv spent and committed; not what it did in budgets of their own."""
    used = sum(move.spent_fen + move.committed_fen for move in docket.moves(line))
    for of in docket.all(Budget):
        first = budgets.first_day(docket, of)
        if first is not None:
            moves = docket.moves(line, first, of.to)
            used -= sum(move.spent_fen + move.committed_fen for move in moves)
    return used


def comes_back(docket: Docket, was_on: date, on: date) -> str:
    """The day on which money that comes back counts for its line, where that is not the day it
    comes: a budget that it was not of gets nothing by it. Nothing in all other cases.

    :param was_on: the day of what was spent or bound.
    """
    was, now = budgets.budget_on(docket, was_on), budgets.budget_on(docket, on)
    if was == now:
        return ""
    if was is not None:
        return was.to.isoformat()
    assert now is not None  # they differ
    return (now.start - timedelta(days=1)).isoformat()
