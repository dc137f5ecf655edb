"""The nouns of spending under control 用款: asked, approved, committed, invoiced, paid, shown.

What lives here: one class per kind of fact. What must not: what is allowed (acts/). Commitments,
releases, ratifications and repayments move money or what is left of a line; the others are facts
without postings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from trustledger.records import (
    Amount,
    Attached,
    Attachment,
    Code,
    Day,
    DayLike,
    Keyed,
    Name,
    Record,
    Text,
    Whole,
    YuanLike,
    words,
)

APPROVERS = {"复核": "checker", "业委会": "committee", "监察人": "supervisor"}
"""As what somebody approves."""

DECISIONS = {"同意": "approved", "不同意": "refused"}
"""What somebody says to a request."""

ATTACHED = {
    "合同": "contract", "发票": "invoice", "付款凭证": "payment", "施工前": "before",
    "施工后": "after", "验收单": "acceptance", "其他": "other",
}  # fmt: skip
"""What a document shows of an expenditure."""

PUBLISHED = {"用款": "spending", "收支": "accounts", "预算": "budget", "决议": "resolution"}
"""What is put up for everybody to see."""


class SpendingRequest(Keyed):
    """用款申请: somebody asks to spend on a line, before anybody commits or pays."""

    kind = "request"
    refers = (("line", "line"), ("proposal", "proposal"))
    line: Code
    amount_fen: Amount = Field(alias="amount")
    maker: Code
    purpose: Text = ""
    payee: Name = ""
    proposal: Name = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            line: str,
            amount: YuanLike,
            maker: str,
            purpose: str = "",
            payee: str = "",
            proposal: str = "",
        ) -> None: ...


class Approval(Record):
    """审批: one person's yes or no to a request; never its maker's."""

    kind = "approval"
    refers = (("request", "request"),)
    request: Code
    by: Code
    on: Day
    role: Annotated[str, words("role", APPROVERS)] = "checker"
    decision: Annotated[str, words("decision", DECISIONS)] = "approved"
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.request}|{self.by}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            request: str,
            by: str,
            on: DayLike,
            role: str = "checker",
            decision: str = "approved",
            memo: str = "",
        ) -> None: ...


class Commitment(Attached, Keyed):
    """承诺: money of a line bound to a payee, by a contract, until it is paid or let go.

    ``until``: the last day it binds; nothing is paid on it after that.
    """

    kind = "commitment"
    refers = (
        ("line", "line"),
        ("request", "request"),
        ("resolution", "resolution"),
        ("project", "project"),
        ("digest", "attachment"),
    )
    line: Code
    amount_fen: Amount = Field(alias="amount")
    payee: Code
    until: Day | None = None
    request: Name = ""
    resolution: Name = ""
    project: Name = ""
    memo: Text = ""
    attachment: Attachment | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            line: str,
            amount: YuanLike,
            payee: str,
            until: DayLike | None = None,
            request: str = "",
            resolution: str = "",
            project: str = "",
            memo: str = "",
            attachment: str | None = None,
        ) -> None: ...


class Milestone(Record):
    """付款节点: an instalment that a commitment is paid in; they go by their numbers."""

    kind = "milestone"
    refers = (("commitment", "commitment"),)
    commitment: Code
    no: Annotated[Whole, Field(ge=1, le=999)]
    due: Day
    amount_fen: Amount = Field(alias="amount")
    condition: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.commitment}|{self.no:03d}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            commitment: str,
            no: int | str,
            due: DayLike,
            amount: YuanLike,
            condition: str = "",
        ) -> None: ...


class Release(Keyed):
    """释放: part of a commitment, or all that is left of it, is let go; the line has it again."""

    kind = "release"
    refers = (("commitment", "commitment"),)
    commitment: Code
    amount_fen: Amount = Field(alias="amount")
    reason: Name = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            commitment: str,
            amount: YuanLike,
            reason: str = "",
        ) -> None: ...


class Invoice(Attached):
    """发票: what a payee asks for, under its own number; it is paid once."""

    kind = "invoice"
    refers = (("commitment", "commitment"), ("digest", "attachment"))
    issuer: Code
    number: Code
    on: Day
    amount_fen: Amount = Field(alias="amount")
    commitment: Name = ""
    memo: Text = ""
    attachment: Attachment | None = None

    @property
    def record_key(self) -> str:
        return f"{self.issuer}|{self.number}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            issuer: str,
            number: str,
            on: DayLike,
            amount: YuanLike,
            commitment: str = "",
            memo: str = "",
            attachment: str | None = None,
        ) -> None: ...


class Publication(Keyed):
    """公示: put up where every owner sees it, from a day (``on``) to a day.

    ``what`` spending names a request or a commitment in ``of``; accounts a period, budget a
    version, resolution a resolution.
    """

    kind = "publication"
    refers = (
        ("request", "request"),
        ("commitment", "commitment"),
        ("version", "version"),
        ("resolution", "resolution"),
    )
    what: Annotated[str, words("what is published", PUBLISHED)]
    of: Name = ""
    until: Day | None = None
    place: Name = ""
    memo: Text = ""

    @property
    def request(self) -> str:
        """The request that is put up, if it is one."""
        return self.of if self.what == "spending" else ""

    @property
    def commitment(self) -> str:
        """The commitment that is put up, if it is one."""
        return self.request

    @property
    def version(self) -> str:
        """The version of a budget that is put up."""
        return self.of if self.what == "budget" else ""

    @property
    def resolution(self) -> str:
        """The resolution that is put up."""
        return self.of if self.what == "resolution" else ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            what: str,
            of: str = "",
            until: DayLike | None = None,
            place: str = "",
            memo: str = "",
        ) -> None: ...


class Evidence(Attached):
    """附件: a document of an expenditure, kept by its content: contract, invoice, photos."""

    kind = "evidence"
    refers = (("voucher", "expenditure"), ("digest", "attachment"))
    voucher: Code
    what: Annotated[str, words("document", ATTACHED)]
    attachment: Attachment
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.voucher}|{self.digest}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            voucher: str,
            what: str,
            attachment: str,
            memo: str = "",
        ) -> None: ...


class Ratification(Keyed):
    """追认: an emergency, or an overrun that nobody had approved, is accepted as the fund's own
    spending by a resolution; until then the trustee owes it."""

    kind = "ratification"
    refers = (("voucher", "expenditure"), ("resolution", "resolution"), ("line", "line"))
    voucher: Code
    resolution: Code
    amount_fen: Amount = Field(alias="amount")
    line: Name = ""
    memo: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            voucher: str,
            resolution: str,
            amount: YuanLike,
            line: str = "",
            memo: str = "",
        ) -> None: ...


class Repayment(Keyed):
    """归还: the trustee pays back what it owes the fund for an expenditure not ratified."""

    kind = "repayment"
    refers = (("voucher", "expenditure"),)
    voucher: Code
    amount_fen: Amount = Field(alias="amount")
    memo: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            voucher: str,
            amount: YuanLike,
            memo: str = "",
        ) -> None: ...
