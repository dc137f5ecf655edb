"""Closing 结账: a month is sealed, and nothing is dated in it or before it any more.

What a close seals (:class:`Seal`) is recomputed by ``verify``: the totals of every account and
fund, and the journal's size and root before it. The watermark is the last closed month; it binds
every entry, by its day alone. Facts that carry no money are entries of the day on which the books
may take them in, so the same rule is theirs; but what charges and remuneration are reckoned by
must also *begin* after the closed months (:func:`begins`), or it would change what they rest on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from trustledger.errors import PeriodClosed
from trustledger.facts import CHANGING, DECIDED
from trustledger.measures import Count, Factor, Reading, SharedCost, Weight
from trustledger.period import first_day, last_day, month_of, next_month
from trustledger.records import Late, LateFeeTerm, Opening, Record, Tariff, Term, Unit

CLOSE = "close"
"""Kind of the entry that closes a month; its key is the month."""

_IN_FORCE = (Term, LateFeeTerm, Tariff, Count, Factor, Weight)


class Total(NamedTuple):
    """An account of a fund in a month: turnover, and debit less credit at its end, in fen."""

    account: str
    fund: str
    debit_fen: int
    credit_fen: int
    balance_fen: int


Moved = tuple[str, str, str, int, int]
"""Period, account, fund, debit and credit."""


class Seal(NamedTuple):
    """What a close says: the month, the journal before the close, and every total."""

    month: str
    size: int
    root: str
    totals: tuple[Total, ...]

    def content(self) -> str:
        """The seal as the close entry holds it."""
        return json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, content: str) -> Seal:
        """The seal back from :meth:`content`."""
        body = json.loads(content)
        totals = tuple(Total(*total) for total in body["totals"])
        return cls(body["month"], body["size"], body["root"], totals)


def totals_of(month: str, moved: Iterable[Moved]) -> tuple[Total, ...]:
    """Every total of a month, from what moved to its end; periods are months, or years before its
    own."""
    sums: dict[tuple[str, str], list[int]] = {}
    for period, account, fund, debit, credit in moved:
        if period > month:
            continue
        total = sums.setdefault((account, fund), [0, 0, 0])
        if period == month:
            total[0] += debit
            total[1] += credit
        total[2] += debit - credit
    return tuple(Total(*where, *sums[where]) for where in sorted(sums))


# --------------------------------------------------------------------------- the watermark


def first_open(closed: str, start: date) -> date:
    """The first day that the books still take entries of."""
    return max(start, first_day(next_month(closed))) if closed else start


def shuts(closed: str, on: str) -> bool:
    """Whether a day (or a month) lies in closed time."""
    return on[:7] <= closed


def refusal(kind: str, key: str, on: str, closed: str, original: bool = False) -> PeriodClosed:
    """Why an entry dated in closed time is not taken, and what to do."""
    named = f" and name {on} as its original date" if original else ""
    return PeriodClosed(
        f"{kind} {key!r} is dated {on}, and the books are closed through {closed}; "
        f"date it {first_day(next_month(closed))} or later{named}",
        field="on",
    )


def begins(fact: Record) -> tuple[str, str]:
    """From which month a fact without a day of its own counts, and the field that says so; nothing
    for one that changes no month's figures. A unit without ``liable_from`` counts from the start.
    """
    if isinstance(fact, Unit):
        return month_of(fact.liable_from) if fact.liable_from else "0000-00", "liable_from"
    if isinstance(fact, _IN_FORCE):
        return month_of(fact.start), "from"
    if isinstance(fact, SharedCost):
        return fact.month, "month"
    return "", ""


def check_open(fact: Record, closed: str) -> None:
    """A fact changes nothing in closed time. A reading never does: the next charge bills it.

    :raises PeriodClosed: it is dated there, or would count from there on.
    """
    if isinstance(fact, DECIDED) and not isinstance(fact, CHANGING):
        return  # words, not figures: what was talked over then may be told now
    on = None if isinstance(fact, Reading) else getattr(fact, "on", None)
    if on is not None:
        if shuts(closed, on.isoformat()):
            raise refusal(
                fact.kind, fact.record_key, on.isoformat(), closed, isinstance(fact, Late)
            )
    elif isinstance(fact, Opening):
        raise PeriodClosed(
            f"opening {fact.record_key!r} belongs to the day before the books opened, and they are "
            f"closed through {closed}; openings come before the first close",
            field="account",
        )
    else:
        month, field = begins(fact)
        if month and shuts(closed, month):
            _refuse_early(fact, month, field, closed)


def _refuse_early(fact: Record, month: str, field: str, closed: str) -> None:
    since = "from the beginning" if month < "0001" else f"from {month} on"
    raise PeriodClosed(
        f"{fact.kind} {fact.record_key!r} would count {since}, and the books are closed through "
        f"{closed}; give it a {field!r} of {_first(field, closed)} or later",
        field=field,
    )


def _first(field: str, closed: str) -> str:
    opened = next_month(closed)
    return opened if field == "month" else first_day(opened).isoformat()


def closed_on(month: str) -> str:
    """The day of a month's close: its last."""
    return last_day(month).isoformat()
