"""Other income 其他收入: money that is not for a unit's charges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from trustledger.errors import InvalidRecord, Unknown
from trustledger.records.amounts import Amount, YuanLike
from trustledger.records.choices import RESTRICTED_CATEGORIES, IncomeCategory
from trustledger.records.days import Day, DayLike
from trustledger.records.reserved import COMMON
from trustledger.records.shapes import Keyed, Late
from trustledger.records.texts import Ascii, Name, Text


class Income(Late, Keyed):
    """其他收入: public revenue, restricted gifts, deposits and agency money; never owners' fees."""

    kind = "income"
    category: IncomeCategory
    amount_fen: Amount = Field(alias="amount")
    source: Name = ""
    fund: Ascii = COMMON
    memo: Text = ""
    original: Day | None = None

    @model_validator(mode="after")
    def _where(self) -> Self:
        if self.category == "service_fee":
            raise Unknown(
                "income category",
                "service_fee",
                "service fees come in through receipts, unit by unit",
                field="category",
            )
        if self.category in RESTRICTED_CATEGORIES and self.fund == COMMON:
            raise InvalidRecord(
                f"{self.category} is restricted money: name the fund it is given to, "
                f"which is never {COMMON!r}",
                field="fund",
            )
        return self

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            category: str,
            amount: YuanLike,
            source: str = "",
            fund: str = COMMON,
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...
