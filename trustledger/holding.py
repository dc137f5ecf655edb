"""Holding 权属: who holds a unit on a day. What follows from it is the rules' (owing, electing)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from trustledger.records import Tenure, Unit


class Holder(NamedTuple):
    """Who answers for a unit on a day: an owner or a developer, and the share."""

    person: str  # "" where nobody is named
    role: str
    share: Fraction


def holders_on(unit: Unit, tenures: Iterable[Tenure], day: date) -> tuple[Holder, ...]:
    """Who answers for a unit on a day; the shares add up to one.

    A developer whose unit is not delivered comes before its buyers. Whatever share no row names
    stays with the owner of units.csv.
    """
    on_the_day = sorted(
        (t for t in tenures if t.role != "tenant" and t.covers(day)),
        key=lambda t: (t.start, t.person),
    )
    developers = [t for t in on_the_day if t.role == "developer"]
    shares: dict[tuple[str, str], Fraction] = {}
    for tenure in developers or on_the_day:
        who = (tenure.person, tenure.role)
        shares[who] = shares.get(who, Fraction(0)) + tenure.share
    rest = 1 - sum(shares.values())
    if rest:
        who = (unit.owner, "owner")
        shares[who] = shares.get(who, Fraction(0)) + rest
    return tuple(Holder(person, role, share) for (person, role), share in shares.items())
