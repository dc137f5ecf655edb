"""The community 小区: what its book is, its funds, and what stood when the books opened."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from trustledger.records.amounts import SignedAmount, Whole, YuanLike
from trustledger.records.base import Record
from trustledger.records.choices import BudgetCategory
from trustledger.records.days import Day, DayLike
from trustledger.records.reserved import COMMON
from trustledger.records.texts import Ascii, Code, Name, Text


class BookInfo(Record):
    """账套: what the book is, when it opens, and who stands in the trust (book.toml)."""

    kind = "book"
    later = ("arrears_follow", "prepay_months")
    code: Ascii
    name: Name
    start: Day
    fiscal_year_start: Whole = Field(1, ge=1, le=12)
    currency: Literal["CNY"] = "CNY"
    settlor: Name = ""
    trustee: Name = ""
    supervisor: Name = ""
    arrears_follow: Literal["person", "unit"] = "person"
    prepay_months: int = Field(0, ge=0, le=120, strict=True)  # at most so many; 0: no cap

    @property
    def record_key(self) -> str:
        return self.code

    @property
    def eve(self) -> date:
        """The day that openings are dated: the last of the month before the books open."""
        return self.start.replace(day=1) - timedelta(days=1)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            code: str,
            name: str,
            start: DayLike,
            fiscal_year_start: Whole = 1,
            currency: str = "CNY",
            settlor: str = "",
            trustee: str = "",
            supervisor: str = "",
            arrears_follow: str = "person",
            prepay_months: int = 0,
        ) -> None: ...


class Fund(Record):
    """资金: a pool of money with a purpose of its own; every entry balances inside each.

    ``allows``: the budget categories that it may pay for, if it is given for some alone 专款专用.
    """

    kind = "fund"
    later = ("purpose", "allows")
    code: Ascii
    name: Name
    purpose: Text = ""
    allows: tuple[BudgetCategory, ...] = ()

    @property
    def record_key(self) -> str:
        return self.code

    if TYPE_CHECKING:

        def __init__(
            self, *, code: str, name: str, purpose: str = "", allows: Iterable[str] = ()
        ) -> None: ...


class Opening(Record):
    """期初余额: what an account stood at when the books opened, on its natural side."""

    kind = "opening"
    account: Code
    unit: Name = ""
    fund: Ascii = COMMON
    amount_fen: SignedAmount = Field(alias="amount")

    @property
    def record_key(self) -> str:
        return f"{self.account}|{self.fund}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self, *, account: str, amount: YuanLike, unit: str = "", fund: str = COMMON
        ) -> None: ...
