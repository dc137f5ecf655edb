"""Tallying 计票: what the ballots say, every one and every unit accounted for. Pure.

民法典 art. 278: owners of two thirds of the area and two thirds in number take part, and of these
more than half, or three quarters, agree by both. Art. 1259: two thirds and three quarters are
reached by just as much; more than half 过半数 is not. A voter is counted once, however many units
(建筑物区分所有权解释 art. 9): it takes part if any of its ballots does, and agrees if all of those
do. An abstention takes part, an invalid ballot does not.

What is counted can be counted again by anybody: :func:`ballots_text` is all that it takes, without
names, and :func:`recount` gives the same result from it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from trustledger.errors import InvalidFile, Refused
from trustledger.money import parse_quantity
from trustledger.rolls import (
    Figure,
    Figures,
    Result,
    Roll,
    RollRow,
    area_cm2,
    conditions_of,
    m2,
)
from trustledger.votes import Ballot, DecisionType, Resolution

FORMAT = "trustledger ballots 1"
CHOICES = ("agree", "against", "abstain", "invalid")
_PART = ("agree", "against", "abstain")
_NO_CHOICE = ""
_DECISION = ("decision", "name", "body", "takes_part", "agrees", "agrees_of", "by")


def count(roll: Roll, ballots: Iterable[Ballot], decision: DecisionType) -> Result:
    """Count the ballots of a resolution. Their order is nothing.

    :raises Refused: a ballot of another resolution, of a unit that is not on the roll or not
        eligible, or a second one of a unit.
    """
    return _counted(roll, _choices(roll, ballots), decision)


def _choices(roll: Roll, ballots: Iterable[Ballot]) -> dict[str, str]:
    found: dict[str, str] = {}
    for ballot in ballots:
        _row_of(ballot, roll)
        if ballot.unit in found:
            raise Refused(
                f"unit {ballot.unit!r} has two ballots on {roll.resolution!r}; one counts, "
                "so leave out the other",
                field="unit",
            )
        found[ballot.unit] = ballot.choice
    return found


def _row_of(ballot: Ballot, roll: Roll) -> RollRow:
    if ballot.resolution != roll.resolution:
        raise Refused(
            f"a ballot on {ballot.resolution!r} is not counted for {roll.resolution!r}",
            field="resolution",
        )
    row = roll.by_unit.get(ballot.unit)
    if row is None:
        raise Refused(
            f"{ballot.unit!r} is not on the roll of {roll.resolution!r} of {roll.on}; "
            "only what is on it votes",
            field="unit",
        )
    if not row.eligible:
        raise Refused(
            f"{ballot.unit!r} is on the roll of {roll.resolution!r} as not eligible; "
            "its ballot does not count, so leave it out",
            field="unit",
        )
    return row


def check_ballot(
    ballot: Ballot,
    resolution: Resolution,
    roll: Roll,
    *,
    counted_on: date | None = None,
    represented: Iterable[str] = (),
    limit: int | None = None,
) -> None:
    """Whether a ballot may be cast.

    ``counted_on``: the tally's day, once there is one. ``represented``: units for which its proxy
    votes on this resolution already; units of one voter are one. ``limit``: for how many voters.

    :raises Refused: not on the roll, or not eligible; outside the days of voting; after the tally;
        a proxy of too many.
    """
    row = _row_of(ballot, roll)
    if not resolution.on <= ballot.on <= resolution.until:
        raise Refused(
            f"found {ballot.on}; votes on {resolution.key!r} are cast from {resolution.on} to "
            f"{resolution.until}",
            field="on",
        )
    if counted_on is not None:
        raise Refused(
            f"the ballots on {resolution.key!r} were counted on {counted_on}; "
            "no ballot comes in after the count",
            field="resolution",
        )
    if ballot.proxy and limit is not None:
        voters = {roll.by_unit[unit].voter for unit in represented} | {row.voter}
        if len(voters) > limit:
            raise Refused(
                f"with {ballot.unit!r} one proxy votes for {len(voters)} voters on "
                f"{resolution.key!r}, and the limit is {limit}; let somebody else vote for it",
                field="proxy",
            )


# --------------------------------------------------------------------------- the count


def _counted(roll: Roll, choices: Mapping[str, str], decision: DecisionType) -> Result:
    units = dict.fromkeys((*CHOICES, _NO_CHOICE), 0)
    areas = dict.fromkeys(units, 0)
    cast: dict[str, set[str]] = {}
    for row in roll.counted:
        choice = choices.get(row.unit, _NO_CHOICE)
        units[choice] += 1
        areas[choice] += row.area_cm2
        cast.setdefault(row.voter, set()).add(choice)
    heads = dict.fromkeys((*units, "differing"), 0)
    differing = []
    for voter, said in cast.items():
        stand = _stand(said)
        heads[stand] += 1
        if stand == "differing":
            differing.append(voter)
    found = {choice: Figure(units[choice], areas[choice], heads[choice]) for choice in units}
    figures = Figures(
        roll=Figure(roll.units, roll.area_cm2, roll.voters),
        taking_part=Figure(
            sum(units[one] for one in _PART),
            sum(areas[one] for one in _PART),
            sum(heads[one] for one in (*_PART, "differing")),
        ),
        differing=Figure(0, 0, heads["differing"]),
        silent=found[_NO_CHOICE],
        **{choice: found[choice] for choice in CHOICES},
    )
    text = _listed(roll, choices, decision)
    return Result(
        resolution=roll.resolution,
        decision=decision.record_key,
        how="ballots",
        roll=roll.digest,
        ballots=sha256(text.encode()).hexdigest(),
        figures=figures,
        differing=tuple(differing),
        conditions=conditions_of(figures, decision),
    )


def _stand(said: set[str]) -> str:
    """Where a voter stands whose units' ballots say these things."""
    part = said.intersection(_PART)
    if len(part) > 1:
        return "differing"
    if part:
        return part.pop()
    return "invalid" if "invalid" in said else _NO_CHOICE


# --------------------------------------------------------------------------- counting again


def ballots_text(roll: Roll, ballots: Iterable[Ballot], decision: DecisionType) -> str:
    """表决清单: all that a count rests on, in one text without names: rules, roll and choices.

    JSON with one unit on a line: unit, voter, m², whether it is eligible, choice (empty: no
    ballot). Its SHA-256 is ``Result.ballots``.
    """
    return _listed(roll, _choices(roll, ballots), decision)


def _listed(roll: Roll, choices: Mapping[str, str], decision: DecisionType) -> str:
    head = {
        "format": FORMAT,
        "resolution": roll.resolution,
        "roll_on": roll.on,
        "from": decision.start.isoformat(),
        **{name: getattr(decision, name) for name in _DECISION},
    }
    lines = [_json(head)[:-1] + ',"rows":[']
    rows = [
        _json([row.unit, row.voter, m2(row.area_cm2), "yes" if row.eligible else "no",
               choices.get(row.unit, _NO_CHOICE)])
        for row in roll.rows
    ]  # fmt: skip
    return "\n".join((*lines, ",\n".join(rows), "]}", ""))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def recount(text: str) -> Result:
    """Count again from the text that :func:`ballots_text` gives: anybody can, with no books.

    :raises InvalidFile: it is not such a text.
    """
    try:
        body = json.loads(text)
        rows = [_told(*row) for row in body["rows"]]
        decision = DecisionType(start=body["from"], **{name: body[name] for name in _DECISION})
        roll = Roll(body["resolution"], body["roll_on"], tuple(row for row, _ in rows))
        choices = {row.unit: choice for row, choice in rows if choice}
        if body["format"] == FORMAT and len(roll.by_unit) == len(rows):
            return _counted(roll, choices, decision)
    except (ValueError, KeyError, TypeError, RecursionError):
        pass
    raise InvalidFile("found no list of ballots that can be counted; it is the text of a count's "
                      "own list, unchanged")  # fmt: skip


def _told(unit: str, voter: str, area: str, eligible: str, choice: str) -> tuple[RollRow, str]:
    known = eligible in ("yes", "no") and choice in (*CHOICES, _NO_CHOICE)
    if not (known and isinstance(unit, str) and isinstance(voter, str)):
        raise ValueError
    return RollRow(unit, voter, area_cm2(parse_quantity(area, 4)), eligible == "yes"), choice
