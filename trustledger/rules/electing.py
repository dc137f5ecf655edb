"""Electing 表决权名册: who may vote on a resolution, from who holds each unit on its day. Pure.

建筑物区分所有权解释 art. 8: area as registered. Art. 9: one unit is one voter; several units of one
buyer are one voter together, and so is everything that the developer has not sold or handed over.
Voters become V1, V2 and so on in the order of the units, so that a recount needs no names.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Mapping, Sequence
from datetime import date

from trustledger.errors import Refused, Unknown
from trustledger.holding import Holder, holders_on
from trustledger.records import Tenure, Unit
from trustledger.rolls import Roll, RollRow, area_cm2, m2
from trustledger.votes import Elector, Member, Resolution

_DEVELOPER = frozenset({"developer"})

Weighed = tuple[str, Hashable, int, bool]
"""A unit, what tells its voter apart, its area in cm², and whether it counts."""


def roll_of(
    resolution: Resolution,
    units: Iterable[Unit],
    tenures: Mapping[str, Sequence[Tenure]],
    electors: Iterable[Elector] = (),
) -> Roll:
    """The roll of the owners' assembly: who holds each unit on the resolution's day, corrected.

    ``tenures``: rows of owners.csv by unit, as they stand.

    :raises Unknown: a correction of a unit that is not defined.
    :raises Refused: it does not add up to what the resolution expects.
    """
    day = resolution.electorate_on
    by_unit = {unit.unit: unit for unit in units}
    corrected = _corrections(resolution, electors, by_unit)
    weighed = []
    for code in sorted(by_unit):
        unit, elector = by_unit[code], corrected.get(code)
        area, eligible = unit.area_m2, True
        who = voter_of(unit, tenures.get(code, ()), day)
        if elector is not None:
            who = ("label", elector.voter) if elector.voter else who
            area = area if elector.area is None else elector.area
            eligible = elector.eligible == "yes"
        weighed.append((code, who, area_cm2(area), eligible))
    return _checked(resolution, _numbered(resolution, weighed))


def committee_roll(resolution: Resolution, members: Iterable[Member]) -> Roll:
    """The roll of the committee: whoever is in office on the resolution's day, one voter each.

    :raises Refused: it does not add up to what the resolution expects.
    """
    day = resolution.electorate_on
    codes = sorted({member.member for member in members if member.covers(day)})
    return _checked(resolution, _numbered(resolution, [(code, code, 0, True) for code in codes]))


def difference(stored: Roll, again: Roll, erased: Container[str] = ()) -> str:
    """How a roll that was frozen differs from the one made anew; nothing where it does not.

    ``erased``: units of whose holders a name or telephone was erased since. Whose vote theirs were
    together with cannot be found again, all else of their rows can.
    """
    if (stored.resolution, stored.on) != (again.resolution, again.on):
        return f"the roll is of {stored.resolution!r} on {stored.on}, not of its resolution"
    units = sorted(stored.by_unit.keys() ^ again.by_unit.keys())
    if units or len(stored.rows) != len(again.rows):
        named = ", ".join(units[:5]) or "one of them twice"
        return f"the roll has other units than stood on its day: {named}"
    pairs: dict[str, str] = {}
    back: dict[str, str] = {}
    for was, now in zip(stored.rows, again.rows, strict=True):
        if (was.unit, was.area_cm2, was.eligible) != (now.unit, now.area_cm2, now.eligible):
            return f"the roll has {was.unit!r} with another area or another right than stood then"
        if was.unit in erased:
            continue
        one = pairs.setdefault(was.voter, now.voter) == now.voter
        if not (one and back.setdefault(now.voter, was.voter) == was.voter):
            return f"the roll has {was.unit!r} under {was.voter}, who did not hold it then"
    return ""


def voter_of(unit: Unit, tenures: Sequence[Tenure], day: date) -> Hashable:
    """What tells a unit's voter apart from others: who holds it, or the unit itself.

    Owners are the same by name and telephone together. Somebody whom only units.csv names is known
    by both or not at all: families share names.
    """
    rows = [row for row in tenures if row.role != "tenant" and row.covers(day)]
    holders = holders_on(unit, rows, day)
    if all(holder.role == "developer" for holder in holders):
        return _DEVELOPER
    people = frozenset(_person(unit, rows, holder) for holder in holders)
    return ("unit", unit.unit) if None in people else people


def _person(unit: Unit, rows: Sequence[Tenure], holder: Holder) -> tuple[str, str] | str | None:
    """A holder by name and telephone; nobody where that is not enough to know them by."""
    if holder.role == "developer":
        return "developer"
    named = [row for row in rows if row.person == holder.person]
    phones = sorted((row.start, row.phone) for row in named if row.phone)
    if phones:
        return holder.person, phones[-1][1]
    phone = unit.phone if holder.person == unit.owner else ""
    return (holder.person, phone) if named or (holder.person and phone) else None


def _corrections(
    resolution: Resolution, electors: Iterable[Elector], units: Mapping[str, Unit]
) -> dict[str, Elector]:
    found = {one.unit: one for one in electors if one.resolution == resolution.key}
    for code, elector in found.items():
        if code not in units:
            raise Unknown("unit", code, "enter it in units.csv first", field="unit", fact=elector)
    return found


def _numbered(resolution: Resolution, weighed: Iterable[Weighed]) -> Roll:
    voters: dict[Hashable, str] = {}
    rows = []
    for code, who, area, eligible in weighed:
        voter = voters.setdefault(who, f"V{len(voters) + 1}")
        rows.append(RollRow(code, voter, area, eligible))
    return Roll(resolution.key, resolution.electorate_on.isoformat(), tuple(rows))


def _checked(resolution: Resolution, roll: Roll) -> Roll:
    area = resolution.area
    if area is not None and area_cm2(area) != roll.area_cm2:
        raise Refused(
            f"the roll of {resolution.key!r} adds up to {m2(roll.area_cm2)} m², and the resolution "
            f"expects {m2(area_cm2(area))}; correct units.csv, or a row of the roll by an elector",
            field="area",
        )
    if resolution.voters is not None and resolution.voters != roll.voters:
        raise Refused(
            f"the roll of {resolution.key!r} has {roll.voters} voters, and the resolution expects "
            f"{resolution.voters}; correct owners.csv, or a row of the roll by an elector",
            field="voters",
        )
    return roll
