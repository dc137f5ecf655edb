"""Owing 谁来缴: who answers for a unit on each day, and how what is open divides among them.

Claims stand per unit and month; who answers for them is derived here from dated facts, and never
posted. 物业管理条例 art. 41: the owner pays; a tenant may pay by agreement, and the owner stays
liable; what is not sold or not handed over is the developer's, through the month of delivery
(上海市住宅物业管理规定 art. 49: the buyer from the month after). Co-owners are liable together
toward others, by their shares among themselves (民法典 art. 307).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from trustledger.errors import Overlap
from trustledger.holding import Holder, holders_on
from trustledger.money import allocate
from trustledger.records import Tenure, Unit

_DAY = timedelta(days=1)


class Span(NamedTuple):
    """A run of days on which the same people answer for a unit; both ends inclusive."""

    first: date
    last: date
    holders: tuple[Holder, ...]


class OpenMonth(NamedTuple):
    """What is open of a unit's charges of one month, and the days that they are for.

    ``paid``: by payer as written on the receipts, what of it they settled; it is asked for where
    several people answer for the month.
    """

    month: str
    first: date
    last: date
    open_fen: int
    charged_fen: int = 0
    paid: Mapping[str, int] = {}


class Answer(NamedTuple):
    """What one person answers for, of what is open of a unit at the end of a day."""

    person: str
    role: str
    present: bool  # holds the unit on that day
    months: tuple[str, ...]
    amount_fen: int


def spans(unit: Unit, tenures: Sequence[Tenure], first: date, last: date) -> Iterator[Span]:
    """The days from one to another, cut where those who answer for the unit change."""
    cuts = {first}
    for tenure in tenures:
        cuts.add(tenure.start)
        if tenure.last is not None and tenure.last < last:
            cuts.add(tenure.last + _DAY)
    begins = sorted(day for day in cuts if first <= day <= last)
    ends = [*(day - _DAY for day in begins[1:]), last]
    for begin, end in zip(begins, ends, strict=True):
        yield Span(begin, end, holders_on(unit, tenures, begin))


def liable(unit: Unit, tenures: Sequence[Tenure], first: date, last: date) -> dict[str, Fraction]:
    """Each person's days × share from a day to a day, in the order in which they came.

    On one day, who holds longest comes first, then by name: the order that breaks ties of a fen.
    """
    found: dict[str, Fraction] = {}
    for span in spans(unit, tenures, first, last):
        days = (span.last - span.first).days + 1
        for holder in span.holders:
            found[holder.person] = found.get(holder.person, Fraction(0)) + days * holder.share
    return found


def divide(amount_fen: int, parts: Mapping[str, Fraction]) -> dict[str, int]:
    """An amount by people's parts, adding up to the fen (largest remainder; ties go to the first).

    A charge of a month divides by days between successive owners and by share between co-owners,
    in one step and rounded once.
    """
    whole = lcm(*(part.denominator for part in parts.values()))
    weights = [int(part * whole) for part in parts.values()]
    return dict(zip(parts, allocate(amount_fen, weights), strict=True))


def divide_open(month: OpenMonth, parts: Mapping[str, Fraction]) -> dict[str, int]:
    """What is open of a month, by person.

    What somebody paid under their own name lowers their own part first; all other money, and what
    is waived, lowers what is left of everybody's part in proportion.
    """
    if len(parts) > 1 and month.paid:
        own = divide(month.charged_fen, parts)
        left = {
            person: Fraction(fen - min(fen, month.paid.get(person, 0)))
            for person, fen in own.items()
        }
        if any(left.values()):
            parts = left
    return divide(month.open_fen, parts)


def answers(
    unit: Unit, tenures: Sequence[Tenure], months: Iterable[OpenMonth], on: date, follow: str
) -> tuple[Answer, ...]:
    """Who answers for what is open of a unit at the end of a day; adds up to all of it.

    ``follow`` is the book's rule: ``"person"``, who held the unit on the days of a charge answers
    for it; ``"unit"``, those who hold it on the day answer for everything.
    """
    due = sorted((one for one in months if one.open_fen), key=lambda one: one.month)
    owed: dict[str, int] = {}
    named: dict[str, list[str]] = {}
    if follow == "unit" and due:
        owed = divide(sum(one.open_fen for one in due), liable(unit, tenures, on, on))
        named = {person: [one.month for one in due] for person in owed}
    elif due:
        for one in due:
            parts = divide_open(one, liable(unit, tenures, one.first, one.last))
            for person, fen in parts.items():
                if fen:
                    owed[person] = owed.get(person, 0) + fen
                    named.setdefault(person, []).append(one.month)
    now = {holder.person: holder.role for holder in holders_on(unit, tenures, on)}
    built = {t.person for t in tenures if t.role == "developer" and t.start <= on}
    return tuple(
        Answer(
            person,
            now.get(person, "developer" if person in built else "owner"),
            person in now,
            tuple(named[person]),
            fen,
        )
        for person, fen in owed.items()
        if fen
    )


def check_shares(tenures: Iterable[Tenure]) -> None:
    """On no day do owners, or developers, hold more than the whole of a unit.

    :raises Overlap: they do; its ``fact`` is the row with which it becomes too much.
    """
    groups: dict[tuple[str, str], list[Tenure]] = {}
    for tenure in tenures:
        if tenure.role != "tenant":
            groups.setdefault((tenure.unit, tenure.role), []).append(tenure)
    for (unit, role), rows in groups.items():
        changes = [(row.start, 1, row) for row in rows]
        changes += [
            (row.last + _DAY, 0, row)
            for row in rows
            if row.last is not None and row.last < date.max
        ]
        held: dict[str, Tenure] = {}
        for day, begins, row in sorted(changes, key=lambda change: change[:2]):
            if not begins:
                del held[row.record_key]
                continue
            held[row.record_key] = row
            if sum(one.share for one in held.values()) > 1:
                people = ", ".join(f"{one.person} {one.share}" for one in held.values())
                raise Overlap(
                    f"unit {unit!r} has {role}s of more than the whole on {day}: {people}; "
                    "end one of them by 'to', or give shares that add up to 1",
                    field="from",
                    fact=row,
                )
