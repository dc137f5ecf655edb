"""Owners' money 业主款项: what is paid for a unit, what goes back, and what is waived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from trustledger.records.amounts import Amount, YuanLike
from trustledger.records.days import Day, DayLike, Month, MonthOrNone
from trustledger.records.reserved import Waivable
from trustledger.records.shapes import Keyed, Late
from trustledger.records.texts import Code, Name, Text


class Receipt(Late, Keyed):
    """收款: money from an owner for a unit. Settles the oldest charge first.

    ``pays``: the month whose charge the payer designates (民法典 art. 560); it comes first, what is
    left goes to the oldest. ``suspense``: the money came in before, as unclaimed, under that key.
    """

    kind = "receipt"
    personal = ("payer", "memo")
    later = ("pays", "suspense")
    unit: Code
    amount_fen: Amount = Field(alias="amount")
    channel: Name = ""
    payer: Name = ""
    memo: Text = ""
    pays: MonthOrNone = ""
    suspense: Name = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            amount: YuanLike,
            channel: str = "",
            payer: str = "",
            memo: str = "",
            pays: str = "",
            suspense: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Refund(Late, Keyed):
    """退款: money back to an owner, out of the prepayment or, naming a receipt, undoing it."""

    kind = "refund"
    personal = ("memo",)
    unit: Code
    amount_fen: Amount = Field(alias="amount")
    receipt: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            amount: YuanLike,
            receipt: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Waiver(Late, Keyed):
    """减免: lowers one unit's charge of one month, by somebody's authority, for a reason (memo).

    ``item`` ``"late_fee"``: the late fee that the charge bears is lowered, and not the charge.
    """

    kind = "waiver"
    personal = ("memo",)
    later = ("item", "approver")
    unit: Code
    month: Month
    amount_fen: Amount = Field(alias="amount")
    authority: Code
    memo: Text = ""
    item: Waivable = ""
    approver: Name = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            month: str,
            amount: YuanLike,
            authority: str,
            memo: str = "",
            item: str = "",
            approver: str = "",
            original: DayLike | None = None,
        ) -> None: ...
