"""Others' money 代管款: deposits, agency money, and what came in and nobody has claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from trustledger.records.amounts import Amount, YuanLike
from trustledger.records.choices import words
from trustledger.records.days import Day, DayLike
from trustledger.records.shapes import Keyed, Late
from trustledger.records.texts import Code, Name, Text


class Deposit(Late, Keyed):
    """押金: a unit's deposit taken, returned, or kept for damage (deducted). Never income before.

    ``move``: taken 收取, returned 退还, deducted 扣除.
    """

    kind = "deposit"
    personal = ("payer", "memo")
    unit: Code
    move: Annotated[str, words("move", {"收取": "taken", "退还": "returned", "扣除": "deducted"})]
    amount_fen: Amount = Field(alias="amount")
    payer: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            move: str,
            amount: YuanLike,
            payer: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Agency(Late, Keyed):
    """代收代付: money collected for somebody else, and passed on to them; what for is ``what``.

    ``move``: collected 代收, passed_on 转付.
    """

    kind = "agency"
    personal = ("payee", "memo")
    what: Code
    move: Annotated[str, words("move", {"代收": "collected", "转付": "passed_on"})]
    amount_fen: Amount = Field(alias="amount")
    unit: Name = ""
    payee: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            what: str,
            move: str,
            amount: YuanLike,
            unit: str = "",
            payee: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Suspense(Late, Keyed):
    """待认领款: money that came in and that nobody has claimed; a receipt claims it later."""

    kind = "suspense"
    personal = ("payer", "memo")
    amount_fen: Amount = Field(alias="amount")
    channel: Name = ""
    payer: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            amount: YuanLike,
            channel: str = "",
            payer: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...
