"""Rolls 表决权名册: who may vote on a resolution and with what weight, and the outcome of a vote.

What lives here: values, and the one text that each is kept as. Areas are whole square centimetres
(Unit.area_m2 has four decimals), so every sum is exact. What must not: how they come about (rules).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from trustledger.votes import DecisionType, Threshold


def area_cm2(area_m2: Decimal) -> int:
    """Square metres with at most four decimals -> whole square centimetres, exactly."""
    whole, _, part = format(area_m2, "f").partition(".")
    return int(whole + part.ljust(4, "0"))


def m2(cm2: int) -> str:
    """Whole square centimetres -> square metres as text, as short as it can be: ``97.5``."""
    whole, part = divmod(cm2, 10_000)
    return f"{whole}.{part:04d}".rstrip("0").rstrip(".")


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


class RollRow(NamedTuple):
    """One unit (of a committee: one member) on a roll. Units of one voter share its pseudonym."""

    unit: str
    voter: str  # V1, V2, ... in the order of the units
    area_cm2: int
    eligible: bool = True


@dataclass(frozen=True)
class Roll:
    """表决权名册: everybody who may vote on a resolution, without names.

    One unit is one voter; units of the same owners are one together (建筑物区分所有权解释 art. 9).
    Rows are in the order of their units. What is not eligible is listed and not counted.
    """

    resolution: str
    on: str  # the day whose owners vote, ISO
    rows: tuple[RollRow, ...]

    @cached_property
    def by_unit(self) -> dict[str, RollRow]:
        """Every row by its unit."""
        return {row.unit: row for row in self.rows}

    @cached_property
    def counted(self) -> tuple[RollRow, ...]:
        """The rows that count."""
        return tuple(row for row in self.rows if row.eligible)

    @property
    def units(self) -> int:
        """How many units count."""
        return len(self.counted)

    @cached_property
    def voters(self) -> int:
        """How many voters count 人数."""
        return len({row.voter for row in self.counted})

    @cached_property
    def area_cm2(self) -> int:
        """The area that counts 专有部分面积, in cm²."""
        return sum(row.area_cm2 for row in self.counted)

    def content(self) -> str:
        """The roll as canonical JSON: a head with its totals, then [unit, voter, m², yes or no]."""
        return _text(
            {
                "resolution": self.resolution,
                "on": self.on,
                "units": self.units,
                "voters": self.voters,
                "area_m2": m2(self.area_cm2),
                "rows": [
                    [row.unit, row.voter, m2(row.area_cm2), "yes" if row.eligible else "no"]
                    for row in self.rows
                ],
            }
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the content, in hex."""
        return sha256(self.content().encode()).hexdigest()

    @classmethod
    def load(cls, content: str) -> Roll:
        """The roll back from :meth:`content`."""
        body = json.loads(content)
        rows = (
            RollRow(unit, voter, area_cm2(Decimal(area)), eligible == "yes")
            for unit, voter, area, eligible in body["rows"]
        )
        return cls(body["resolution"], body["on"], tuple(rows))


class Figure(NamedTuple):
    """How many units, how much area and how many voters; nothing where minutes do not say it."""

    units: int | None = 0
    area_cm2: int | None = 0
    heads: int | None = 0


class Figures(NamedTuple):
    """Where every unit, every square centimetre and every voter of a roll is.

    ``roll`` is ``taking_part`` and ``invalid`` and ``silent``; ``taking_part`` is agree, against,
    abstain and ``differing``: voters with several units that did not all vote alike.
    """

    roll: Figure
    taking_part: Figure
    agree: Figure
    against: Figure
    abstain: Figure
    differing: Figure
    invalid: Figure
    silent: Figure


class Condition(NamedTuple):
    """One thing that had to be reached: so much of so much, and whether it was."""

    name: str  # takes_part or agrees
    by: str  # area, in cm2, or heads
    have: int
    of: int
    threshold: str
    passed: bool

    @property
    def strict(self) -> bool:
        """Whether more than the threshold is needed, and not just as much."""
        return Threshold.parse(self.threshold).strict

    def __str__(self) -> str:
        shown = [m2(one) + " m²" if self.by == "area" else str(one) for one in (self.have, self.of)]
        word = "reaches" if self.passed else "does not reach"
        return f"{self.name} {self.by}: {shown[0]} of {shown[1]} {word} {self.threshold}"


def conditions_of(figures: Figures, decision: DecisionType) -> tuple[Condition, ...]:
    """What has to be reached, and whether it is: exact, without a division."""
    whole = figures.roll if decision.agrees_of == "all" else figures.taking_part
    asked = [("takes_part", decision.takes_part, figures.taking_part, figures.roll)]
    asked += [("agrees", decision.agrees, figures.agree, whole)]
    found = []
    for name, threshold, have, of in asked:
        for by in decision.counts if threshold else ():
            field = "area_cm2" if by == "area" else by
            part, all_of = getattr(have, field), getattr(of, field)
            passed = Threshold.parse(threshold).passed(part, all_of)
            found.append(Condition(name, by, part, all_of, threshold, passed))
    return tuple(found)


class Result(NamedTuple):
    """表决结果: what was counted, of which roll and which ballots, and whether it carries.

    ``ballots``: digest of the list that it was counted from, and that anybody can count again;
    empty where minutes stand for it. ``differing``: voters whose ballots were not all alike.
    """

    resolution: str
    decision: str  # key of the type that was in force
    how: str  # ballots or minutes
    roll: str  # digest
    ballots: str  # digest
    figures: Figures
    differing: tuple[str, ...]
    conditions: tuple[Condition, ...]

    @property
    def carried(self) -> bool:
        """Whether every condition is reached."""
        return all(condition.passed for condition in self.conditions)

    def content(self) -> str:
        """The result as canonical JSON: figures as [units, m², heads]."""
        body = self._asdict()
        body["figures"] = {
            name: [one.units, None if one.area_cm2 is None else m2(one.area_cm2), one.heads]
            for name, one in self.figures._asdict().items()
        }
        body["conditions"] = [condition._asdict() for condition in self.conditions]
        return _text(body | {"carried": self.carried})

    @classmethod
    def load(cls, content: str) -> Result:
        """The result back from :meth:`content`."""
        body = json.loads(content)
        del body["carried"]
        figures = {
            name: Figure(units, None if area is None else area_cm2(Decimal(area)), heads)
            for name, (units, area, heads) in body["figures"].items()
        }
        body["figures"] = Figures(**figures)
        body["differing"] = tuple(body["differing"])
        body["conditions"] = tuple(Condition(**one) for one in body["conditions"])
        return cls(**body)
