"""Reminding 催缴: the steps of the ladder, and plans to pay by instalments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from trustledger.errors import InvalidRecord
from trustledger.records.amounts import Amount, Whole, YuanLike
from trustledger.records.days import Day, DayLike
from trustledger.records.shapes import Dated, Keyed
from trustledger.records.texts import Code, Name, Text


class ReminderStep(Dated):
    """催缴阶段: what an owner is told once a charge has been open for so many days.

    The steps in force together are the reminder ladder (民法典 art. 944: reminded first, and given
    a reasonable time).
    """

    kind = "reminder_step"
    days: Whole = Field(ge=1, le=36_500)
    name: Code
    text: Text = Field(min_length=1)

    @property
    def record_key(self) -> str:
        return f"{self.days}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            days: int,
            name: str,
            text: str,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Instalment(Keyed):
    """分期: one instalment of a payment plan 分期缴纳协议; rows with one key are one plan."""

    kind = "instalment"
    personal = ("memo",)
    unit: Code
    due: Day
    amount_fen: Amount = Field(alias="amount")
    authority: Name = ""
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.key}|{self.due.isoformat()}"

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.due < self.on:
            raise InvalidRecord(
                f"found {self.due}, before the plan's own day {self.on}; "
                "an instalment falls due on that day or later",
                field="due",
            )
        return self

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            due: DayLike,
            amount: YuanLike,
            authority: str = "",
            memo: str = "",
        ) -> None: ...
