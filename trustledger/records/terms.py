"""What was agreed 约定, from a day to a day: remuneration, late fees, what an item costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import Field, model_validator

from trustledger.errors import InvalidRecord
from trustledger.records.amounts import NumberLike, Rate, RateLike, quantity
from trustledger.records.choices import BaseCategory, Basis, ChargedFor, Recognition, RoundedTo
from trustledger.records.days import DayLike
from trustledger.records.reserved import Item
from trustledger.records.shapes import Dated
from trustledger.records.texts import Name


class Term(Dated):
    """酬金条款: the share the trustee earns, on what, how recognised, and by whose authority."""

    kind = "term"
    rate: Rate
    base: tuple[BaseCategory, ...] = Field(min_length=1)
    recognised: Recognition = "received"

    @property
    def record_key(self) -> str:
        return self.start.isoformat()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            rate: RateLike,
            base: Iterable[str],
            recognised: str = "received",
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class LateFeeTerm(Dated):
    """违约金条款: what an overdue charge bears a day, after which grace, up to which cap.

    ``grace_days``: days after the charge's date before the first day counts. ``cap``: share of the
    principal that late fees never exceed; none, no cap. 民法典 art. 585.
    """

    kind = "late_fee_term"
    rate_per_day: Rate
    grace_days: int = Field(ge=0, le=3660, strict=True)
    cap: Rate | None = None

    @property
    def record_key(self) -> str:
        return self.start.isoformat()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            rate_per_day: RateLike,
            grace_days: int,
            cap: RateLike | None = None,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Tariff(Dated):
    """收费标准: what an item costs, and how often it is charged; no usage means all.

    The price is a month's, also where a quarter or a year is charged at once, or that of what a
    meter measures. ``counts`` names what a price per count is for.
    """

    kind = "tariff"
    later = ("period", "rounding", "counts")
    item: Item
    usage: Name = ""
    basis: Basis
    price: Annotated[Decimal, quantity(4, "price")]
    period: ChargedFor = "month"
    rounding: RoundedTo = "fen"
    counts: Name = ""

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        counted = self.basis == "per_count_month"
        if counted and not self.counts:
            raise InvalidRecord(
                "found nothing that is counted; per_count_month names it, as counts.csv does",
                field="counts",
            )
        if self.counts and not counted:
            raise InvalidRecord(
                f"found {self.counts!r}, and {self.basis} counts nothing; "
                "leave it empty, or write per_count_month",
                field="counts",
            )
        if self.basis == "per_reading" and self.period != "month":
            raise InvalidRecord(
                f"found {self.period!r}, and a reading is billed once, whatever its time; "
                "leave it empty",
                field="period",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.item}|{self.usage}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            item: str,
            basis: str,
            price: NumberLike,
            start: DayLike,
            to: DayLike | None = None,
            usage: str = "",
            authority: str = "",
            period: str = "month",
            rounding: str = "fen",
            counts: str = "",
        ) -> None: ...
