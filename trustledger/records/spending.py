"""Spending 支出: what for, what was spent, and what the trustee takes for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from trustledger.records.amounts import Amount, SignedAmount, Whole, YuanLike
from trustledger.records.base import Record
from trustledger.records.choices import BudgetCategory
from trustledger.records.days import Day, DayLike
from trustledger.records.reserved import COMMON
from trustledger.records.shapes import Attached, Keyed, Late
from trustledger.records.texts import Ascii, Attachment, Code, Name, Text


class BudgetLine(Record):
    """预算项目: what was approved for a purpose, from which fund, and how it was reckoned."""

    kind = "line"
    line: Code
    name: Name
    category: BudgetCategory
    amount_fen: SignedAmount = Field(alias="amount", ge=0)
    fund: Ascii = COMMON
    basis: Text = ""

    @property
    def record_key(self) -> str:
        return self.line

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            line: str,
            name: str,
            category: str,
            amount: YuanLike,
            fund: str = COMMON,
            basis: str = "",
        ) -> None: ...


class Expenditure(Late, Attached):
    """支出: money spent on a budget line, with its voucher. ``attachment`` is a content hash.

    ``commitment`` and ``milestone``: what it pays of a contract; ``invoice``: the payee's number.
    Beyond what is left of the line it needs a reason (``exception``), a person (``allowed_by``)
    and, where the rule says so, a ``resolution``. ``emergency``: what had to be done at once.
    """

    kind = "expenditure"
    later = (
        "commitment", "milestone", "request", "invoice", "maker", "exception", "allowed_by",
        "emergency",
    )  # fmt: skip
    refers = (
        ("line", "line"), ("resolution", "resolution"), ("digest", "attachment"),
        ("commitment", "commitment"), ("stage", "milestone"), ("request", "request"),
        ("billed", "invoice"),
    )  # fmt: skip
    voucher: Code
    on: Day
    line: Code
    amount_fen: Amount = Field(alias="amount")
    payee: Name = ""
    memo: Text = ""
    fund: Ascii | None = None
    resolution: Name | None = None
    attachment: Attachment | None = None
    original: Day | None = None
    commitment: Name = ""
    milestone: Whole = Field(0, ge=0, le=999)
    request: Name = ""
    invoice: Name = ""
    maker: Name = ""
    exception: Name = ""
    allowed_by: Name = ""
    emergency: Name = ""

    @property
    def record_key(self) -> str:
        return self.voucher

    @property
    def stage(self) -> str:
        """The key of the instalment of its commitment that it pays, or nothing."""
        return f"{self.commitment}|{self.milestone:03d}" if self.milestone else ""

    @property
    def billed(self) -> str:
        """The key of the payee's invoice that it pays, or nothing."""
        return f"{self.payee}|{self.invoice}" if self.invoice else ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            voucher: str,
            on: DayLike,
            line: str,
            amount: YuanLike,
            payee: str = "",
            memo: str = "",
            fund: str | None = None,
            resolution: str | None = None,
            attachment: str | None = None,
            original: DayLike | None = None,
            commitment: str = "",
            milestone: int | str = 0,
            request: str = "",
            invoice: str = "",
            maker: str = "",
            exception: str = "",
            allowed_by: str = "",
            emergency: str = "",
        ) -> None: ...


class Withdrawal(Late, Keyed):
    """酬金提取: the trustee takes remuneration that has accrued."""

    kind = "withdrawal"
    amount_fen: Amount = Field(alias="amount")
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            amount: YuanLike,
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...
