"""Availability 可用额度: how much a line may still spend or commit on a day.

A day can lie before others that stand: what is spent on it is spent on every later day too. So what
is available is the least that is left on that day or any after it, and a fact that is dated back
never overdraws a day that was settled before it came.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from operator import itemgetter

from trustledger.period import first_day, last_day, month_of
from trustledger.records import Posting

_DAY = itemgetter(0)

Steps = Sequence[tuple[date, int]]
"""From this day on, so much: sorted by day."""

Moves = Sequence[tuple[date, int, int]]
"""Day, fen spent, fen committed: sorted by day; negative where something was undone or paid."""


def counts_on(posting: Posting, on: str) -> str:
    """The day on which what a line spent or committed counts, of an entry's day: that, unless the
    posting names another, since it comes back to a budget that was before."""
    return posting.month or on


def available(
    on: date,
    approved: Steps,
    moves: Moves,
    basis: str = "year",
    plan: Mapping[str, int] | None = None,
    until: date | None = None,
) -> int:
    """The most, in fen, that a line can still spend or commit on a day without any day from it on
    going below zero; negative where one is already.

    :param approved: what is approved for the whole year, from a day on.
    :param moves: what the line spent and committed in the budget's time.
    :param basis: ``year``: what is approved. ``to_date``: what is planned through the day's month.
        ``month``: what is planned in that month alone. Never more than is approved.
    :param plan: by month, for the last two: of the version in force, with what was amended since.
    :param until: the last day that counts, for what is taken from a line by an amendment whose
        place a later version takes.
    """
    if until is not None:
        approved = approved[: bisect_right(approved, until, key=_DAY)]
        moves = moves[: bisect_right(moves, until, key=_DAY)]
    used = _used_from(on, moves)
    left = _least(on, approved, used)
    if basis == "to_date":
        return min(left, _least(on, _through(plan or {}), used))
    if basis == "month":
        return min(left, _left_of_month(on, moves, (plan or {}).get(month_of(on), 0)))
    return left


def _used_from(on: date, moves: Moves) -> list[tuple[date, int]]:
    """What is used up at the end of a day, and of every later day on which that changes."""
    after = bisect_right(moves, on, key=_DAY)
    opening = sum(spent + committed for _, spent, committed in moves[:after])
    later = moves[after:]
    sums = accumulate((spent + committed for _, spent, committed in later), initial=opening)
    told = dict(zip((on, *(day for day, _, _ in later)), sums, strict=True))  # the last of a day
    return list(told.items())


def _least(on: date, limits: Steps, used: Sequence[tuple[date, int]]) -> int:
    """The least that limits leave on a day and after it. No limit yet, nothing."""
    days = sorted({day for day, _ in used} | {day for day, _ in limits if day > on})
    of_limits, of_used = _values(days, limits), _values(days, used)
    return min(limit - use for limit, use in zip(of_limits, of_used, strict=True))


def _values(days: Sequence[date], steps: Sequence[tuple[date, int]]) -> Iterator[int]:
    """What stands on each of some days, both sorted; nothing before the first step."""
    at, value = 0, 0
    for day in days:
        while at < len(steps) and steps[at][0] <= day:
            value = steps[at][1]
            at += 1
        yield value


def _through(plan: Mapping[str, int]) -> Steps:
    """What is planned through each month, from its first day on."""
    months = sorted(plan)
    sums = accumulate(plan[month] for month in months)
    return [(first_day(month), planned) for month, planned in zip(months, sums, strict=True)]


def _left_of_month(on: date, moves: Moves, planned: int) -> int:
    """The least that a month's plan leaves on a day and the days of its month after it."""
    month = month_of(on)
    first = bisect_left(moves, first_day(month), key=_DAY)
    end = bisect_right(moves, last_day(month), key=_DAY)
    used = _used_from(on, moves[first:end])
    return planned - max(use for _, use in used)
