"""The nouns of money between funds 资金往来: restricted money stays where it was given.

What lives here: loans between funds, and what becomes of what a fund has left. What must not: what
is allowed (acts/).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from trustledger.records import (
    Amount,
    Ascii,
    DayLike,
    Keyed,
    Name,
    Text,
    YuanLike,
    words,
)

LOANS = {"拆借": "lent", "归还": "repaid"}
"""What a transfer between funds is."""

LEFT = {"退还": "returned", "转入": "carried"}
"""Where what a fund has left goes: back to its givers, or over to another fund."""


class FundTransfer(Keyed):
    """资金调拨: a fund lends to another (lent 拆借), or is paid back (repaid 归还).

    ``from_fund`` is whose money leaves its bank; the books show who owes whom until it is repaid.
    """

    kind = "fund_transfer"
    refers = (("from_fund", "fund"), ("to_fund", "fund"), ("resolution", "resolution"))
    move: Annotated[str, words("move", LOANS)]
    from_fund: Ascii
    to_fund: Ascii
    amount_fen: Amount = Field(alias="amount")
    resolution: Name = ""
    memo: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            move: str,
            from_fund: str,
            to_fund: str,
            amount: YuanLike,
            resolution: str = "",
            memo: str = "",
        ) -> None: ...


class Leftover(Keyed):
    """结余处理: what a restricted fund has left goes back to its givers (returned 退还), or over to
    another fund (carried 转入), as its rule says or a resolution."""

    kind = "leftover"
    refers = (("fund", "fund"), ("to_fund", "fund"), ("resolution", "resolution"))
    fund: Ascii
    move: Annotated[str, words("move", LEFT)]
    amount_fen: Amount = Field(alias="amount")
    to_fund: Name = ""
    payee: Name = ""
    resolution: Name = ""
    memo: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            fund: str,
            move: str,
            amount: YuanLike,
            to_fund: str = "",
            payee: str = "",
            resolution: str = "",
            memo: str = "",
        ) -> None: ...
