"""Homes 房屋: what is charged, and who holds it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import model_validator

from trustledger.errors import InvalidRecord
from trustledger.period import last_day, month_of
from trustledger.records.amounts import NumberLike, RateLike, Share, quantity
from trustledger.records.base import Record
from trustledger.records.choices import Role
from trustledger.records.days import Day, DayLike
from trustledger.records.shapes import Dated
from trustledger.records.texts import Code, Name


class Unit(Record):
    """房屋: what is charged. Never a unit of measure."""

    kind = "unit"
    personal = ("owner", "phone")
    unit: Code
    building: Name = ""
    area_m2: Annotated[Decimal, quantity(4, "floor area")]
    usage: Code
    owner: Name = ""
    phone: Name = ""
    liable_from: Day | None = None
    factor: Annotated[Decimal, quantity(6, "factor")] = Decimal(1)

    @property
    def record_key(self) -> str:
        return self.unit

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            area_m2: NumberLike,
            usage: str,
            building: str = "",
            owner: str = "",
            phone: str = "",
            liable_from: DayLike | None = None,
            factor: NumberLike = "1",
        ) -> None: ...


class Tenure(Dated):
    """权属: who holds a unit from a day to a day, as what, and which share of it.

    A developer answers for what is not sold or not handed over (物业管理条例 art. 41), through the
    month of delivery (上海市住宅物业管理规定 art. 49): its ``delivery`` ends its row.
    A share of 0 strikes a row that was a mistake: it never counted.
    """

    kind = "tenure"
    personal = ("person", "phone", "authority")
    unit: Code
    person: Code
    role: Role = "owner"
    share: Share = Fraction(1)
    phone: Name = ""
    delivery: Day | None = None

    @model_validator(mode="after")
    def _delivered(self) -> Self:
        if self.delivery is None:
            return self
        if self.role != "developer":
            raise InvalidRecord(
                f"found {self.delivery} for the role {self.role}; a delivery is the developer's, "
                "leave it empty here",
                field="delivery",
            )
        if self.delivery < self.start:
            raise InvalidRecord(
                f"found {self.delivery}, before {self.start}; 'delivery' is not before 'from'",
                field="delivery",
            )
        if self.to is not None and self.last is not None and self.to > self.last:
            raise InvalidRecord(
                f"found {self.to}, after the month of delivery, {self.delivery}, through which the "
                "developer answers; leave 'to' empty",
                field="to",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.unit}|{self.person}|{self.role}|{self.start.isoformat()}"

    @property
    def last(self) -> date | None:
        """The last day it counts: of the month of delivery, or ``to``; nothing while open."""
        return self.to if self.delivery is None else last_day(month_of(self.delivery))

    def covers(self, day: date) -> bool:
        """Whether it counts on a day."""
        return bool(self.share) and self.start <= day and (self.last is None or day <= self.last)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            person: str,
            start: DayLike,
            role: str = "owner",
            share: RateLike = "1",
            to: DayLike | None = None,
            phone: str = "",
            delivery: DayLike | None = None,
            authority: str = "",
        ) -> None: ...
