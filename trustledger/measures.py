"""The measures 计费依据: what charges are reckoned by, beside units and tariffs.

What lives here: one class per kind of fact: numbers of counted things, dated factors, meters and
their readings, costs to be shared and the weights they are shared by. What must not: how a charge
comes of them (rules/, billing.py). They are facts without postings, as units and tariffs are.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator, Field

from trustledger.errors import InvalidRecord
from trustledger.records import (
    Amount,
    Code,
    Dated,
    Day,
    DayLike,
    Item,
    Month,
    Name,
    NumberLike,
    Record,
    Text,
    Whole,
    YuanLike,
    one_of,
    quantity,
)

SHARED_BY = ("area", "count", "weight")
"""分摊方式: by floor area, by unit 按户, or by the weights of weights.csv."""

_YES, _NO = ("yes", "是"), ("", "no", "否")


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip()
    if word in _YES or word in _NO:
        return word in _YES
    raise InvalidRecord(f"found {word[:40]!r}; write yes (是), or leave it empty")


Rollover = Annotated[bool, BeforeValidator(_yes_or_no)]


class Count(Dated):
    """计数项: how many of something a unit has from a day on: parking spaces, residents."""

    kind = "count"
    unit: Code
    counts: Code
    number: Annotated[Decimal, quantity(2, "number")]

    @property
    def record_key(self) -> str:
        return f"{self.unit}|{self.counts}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            counts: str,
            number: NumberLike,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Factor(Dated):
    """系数: what a unit's share of a price is from a day on, in place of its own: vacancy 空置.

    It lowers what others agreed to pay, so it names its evidence.
    """

    kind = "factor"
    authority: Code
    unit: Code
    factor: Annotated[Decimal, quantity(6, "factor")]

    @property
    def record_key(self) -> str:
        return f"{self.unit}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            factor: NumberLike,
            start: DayLike,
            to: DayLike | None = None,
            authority: str,
        ) -> None: ...


class Weight(Dated):
    """权重: a unit's weight in the costs of an item that are shared by weight."""

    kind = "weight"
    unit: Code
    weight: Annotated[Decimal, quantity(6, "weight")]
    item: Item

    @property
    def record_key(self) -> str:
        return f"{self.item}|{self.unit}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            weight: NumberLike,
            item: str,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Meter(Record):
    """计量表: what measures a unit's consumption of an item.

    ``multiplier`` is what one of its units stands for (transformer ratio 倍率, loss 损耗);
    ``digits`` is how many it shows before the point, 0 when it is not known to roll over.
    """

    kind = "meter"
    meter: Code
    unit: Code
    item: Item
    start: Day = Field(alias="from")
    multiplier: Annotated[Decimal, quantity(6, "multiplier")] = Decimal(1)
    digits: Whole = Field(0, ge=0, le=12)

    @property
    def record_key(self) -> str:
        return self.meter

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            meter: str,
            unit: str,
            item: str,
            start: DayLike,
            multiplier: NumberLike = "1",
            digits: Whole = 0,
        ) -> None: ...


class Reading(Record):
    """抄表: what a meter showed at the end of a day; its first is where consumption begins."""

    kind = "reading"
    personal = ("memo",)
    key: Code
    meter: Code
    on: Day
    reading: Annotated[Decimal, quantity(4, "reading")]
    rollover: Rollover = False
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return self.key

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            meter: str,
            on: DayLike,
            reading: NumberLike,
            rollover: bool | str = False,
            memo: str = "",
        ) -> None: ...


class SharedCost(Record):
    """公摊费用: a cost of a month that its units bear together, each its share."""

    kind = "shared_cost"
    key: Code
    month: Month
    item: Item
    amount_fen: Amount = Field(alias="amount")
    by: Annotated[str, one_of("way of sharing", SHARED_BY)]
    scope: Name = ""
    authority: Name = ""

    @property
    def record_key(self) -> str:
        return self.key

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            month: str,
            item: str,
            amount: YuanLike,
            by: str,
            scope: str = "",
            authority: str = "",
        ) -> None: ...


MEASURES: tuple[type[Record], ...] = (Count, Factor, Weight, Meter, Reading, SharedCost)
"""Every kind of measure."""
