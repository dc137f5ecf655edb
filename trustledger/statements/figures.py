"""The figures statements are made of: sums of the journal, gathered once, as values.

Amounts are fen. ``Figures`` knows the community; ``UnitFigures`` one unit. How they are read from
a database is not known here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from trustledger import chart
from trustledger.checkpoint import Checkpoint
from trustledger.document import Block, Check, Fact, Signatures, Statement, Words
from trustledger.money import allocate, rate_text
from trustledger.period import Period
from trustledger.records import (
    LATE_FEE,
    BookInfo,
    Fund,
    Posting,
    Receipt,
    Refund,
    Tenure,
    Term,
    Unit,
    Waiver,
)
from trustledger.rules.charging import ChargeLine
from trustledger.rules.journal import Head
from trustledger.rules.latefee import LateFee
from trustledger.rules.owing import Answer, Span


class Turnover(NamedTuple):
    """发生额: what moved on an account in a calendar month, by its dimensions."""

    month: str
    account: str
    fund: str
    item: str
    line: str
    term: str
    debit_fen: int
    credit_fen: int

    @property
    def net_fen(self) -> int:
        return self.debit_fen - self.credit_fen


class LineFigures(NamedTuple):
    """预算项目: what a line that stands may spend, and what it did; ``plan``: by month."""

    line: str
    name: str
    category: str
    fund: str
    approved_fen: int
    committed_fen: int
    spent_fen: int
    priority: int = 5
    plan: Mapping[str, int] = {}

    @property
    def available_fen(self) -> int:
        """What is neither committed nor spent."""
        return self.approved_fen - self.committed_fen - self.spent_fen

    def forecast_fen(self, through: str) -> int:
        """预计全年: what is spent and what is bound or, if that is more, planned after a month."""
        rest = sum(fen for month, fen in self.plan.items() if month > through)
        return self.spent_fen + max(self.committed_fen, rest)


class Spending(NamedTuple):
    """One expenditure as it is shown, or its reversal with a negative amount."""

    on: str
    voucher: str
    line: str
    fund: str
    payee: str
    memo: str
    amount_fen: int


@dataclass(frozen=True)
class Figures:
    """A community's books through the end of a period."""

    info: BookInfo
    period: Period
    head: Head
    funds: Mapping[str, Fund]
    lines: tuple[LineFigures, ...]  # of the budget that stands at the period's end, by code
    names: Mapping[str, str]  # of every line that ever moved
    terms: tuple[Term, ...]
    turnovers: tuple[Turnover, ...]
    closed: int = 0  # number of the entry that closed the period's last month
    signed: Checkpoint | None = None  # the latest that is kept

    def before(self) -> Iterable[Turnover]:
        """What moved before the period."""
        return (t for t in self.turnovers if t.month < self.period.first)

    def within(self) -> Iterable[Turnover]:
        """What moved in the period."""
        return (t for t in self.turnovers if t.month >= self.period.first)

    def statement(
        self,
        name: str,
        title: str,
        facts: Mapping[str, Fact],
        blocks: tuple[Block, ...],
        checks: tuple[Check, ...],
        subject: str = "",
    ) -> Statement:
        """A statement of this community and period, with the journal that it was drawn from."""
        return Statement(
            name,
            title,
            self.info.name,
            self.info.code,
            self.period,
            facts,
            (*blocks, *self._signed()),
            checks,
            self.head.size,
            self.head.root,
            subject,
            closed=self.closed,
        )

    def _signed(self) -> Iterable[Words]:
        """The latest checkpoint, in words and as a code; nothing while nobody signs."""
        note = self.signed
        if note is None:
            return
        later = self.head.size - note.size
        lines = (
            f"前 {note.size:,} 笔凭证，根摘要 {note.root}",
            f"签名：{'、'.join(note.signers)}",
            *((f"此后 {later:,} 笔尚未签名",) if later else ()),
        )
        yield Words("checkpoint", "日志检查点", lines, note.note)


PREPARED = Signatures("signatures", ("制表：", "复核："))
"""Who made a statement, and who looked it over."""


def parties(info: BookInfo) -> Signatures:
    """Both sides of the trust sign."""
    return Signatures("signatures", (f"受托人：{info.trustee}", f"委托人：{info.settlor}"))


def shares(amounts: Iterable[int]) -> list[str]:
    """Each amount's share of their sum, with four decimals, adding up to one."""
    parts = list(amounts)
    if sum(parts) <= 0 or min(parts) < 0:
        return [rate_text(part, sum(parts)) for part in parts]
    return [rate_text(part, 10_000) for part in allocate(10_000, parts)]


def fund_balance(turnovers: Iterable[Turnover], fund: str) -> int:
    """What the fund owns on the cash basis: money less what is owed, prepayments not counted as
    owed and receivables not counted as money."""
    return sum(
        t.net_fen for t in turnovers if t.fund == fund and chart.ACCOUNTS[t.account].cash_basis
    )


def leftover_in(turnovers: Iterable[Turnover], fund: str) -> int:
    """What came over to a fund of what another had left; negative, what it gave of its own."""
    equity = chart.equity_of(fund)
    return -sum(
        t.net_fen
        for t in turnovers
        if t.fund == fund and t.account == equity and t.item == chart.LEFTOVER
    )


def account_balance(turnovers: Iterable[Turnover], account: str) -> int:
    """What stands on an account, on its natural side."""
    return chart.ACCOUNTS[account].side * sum(t.net_fen for t in turnovers if t.account == account)


def cash_income(turnovers: Iterable[Turnover], fund: str) -> dict[str, int]:
    """Income by category as it comes in; refunds count negative; liabilities are no income."""
    income: dict[str, int] = {}
    for t in turnovers:
        if (
            t.fund == fund
            and t.account in chart.CASH_ACCOUNTS
            and t.item in chart.INCOME_ACCOUNT
            and chart.ACCOUNTS[chart.INCOME_ACCOUNT[t.item]].kind == "income"
        ):
            income[t.item] = income.get(t.item, 0) + t.net_fen
    order = list(chart.INCOME_ACCOUNT)
    return {item: income[item] for item in sorted(income, key=order.index)}


def line_spending(turnovers: Iterable[Turnover], fund: str | None = None) -> dict[str, int]:
    """Spending by budget line."""
    spent: dict[str, int] = {}
    for t in turnovers:
        if t.line and chart.ACCOUNTS[t.account].kind == "expense" and fund in (None, t.fund):
            spent[t.line] = spent.get(t.line, 0) + t.net_fen
    return {line: spent[line] for line in sorted(spent)}


def remuneration_in(turnovers: Iterable[Turnover], fund: str | None = None) -> int:
    """Remuneration accrued."""
    return sum(
        t.net_fen for t in turnovers if t.account == chart.REMUNERATION and fund in (None, t.fund)
    )


def base_in(turnovers: Iterable[Turnover], term: str) -> int:
    """What counts in a term's base: money received, or charges less waivers, as the term has it."""
    base = 0
    for t in turnovers:
        if t.term == term:
            if t.account in chart.CASH_ACCOUNTS:
                base += t.net_fen
            elif t.account in (chart.SERVICE_FEE, chart.LATE_FEES, chart.WAIVED):
                base -= t.net_fen
    return base


# --------------------------------------------------------------------------- units


class Movement(NamedTuple):
    """One posting on a unit's account, with the entry it stands in."""

    seq: int
    kind: str
    key: str
    on: str
    posting: Posting


class UnitCharge(NamedTuple):
    """A month's charge and how each line of it came about."""

    month: str
    lines: list[ChargeLine]


class UnitLateFee(NamedTuple):
    """A month's late fees and how each came about."""

    month: str
    fees: list[LateFee]


class Holders(NamedTuple):
    """Who held a unit in a period, and who answers for what is open of it at the period's end."""

    spans: tuple[Span, ...]
    tenants: tuple[Tenure, ...]
    answers: tuple[Answer, ...]


class Debt(NamedTuple):
    """What one person owes for one unit; name and phone together tell people apart."""

    unit: str
    phone: str
    answer: Answer


@dataclass(frozen=True)
class UnitFigures:
    """One unit in a period."""

    unit: Unit
    opening_arrears_fen: int
    opening_prepaid_fen: int
    movements: tuple[Movement, ...] = ()
    charges: tuple[UnitCharge, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    refunds: tuple[Refund, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    late_fees: tuple[UnitLateFee, ...] = ()
    held: Holders | None = None  # of units with rows of their own in owners.csv

    def total(self, account: str, *, debit: bool = False, kind: str | None = None) -> int:
        """The turnover of one side of one of the unit's accounts."""
        return sum(
            m.posting.debit_fen if debit else m.posting.credit_fen
            for m in self.movements
            if m.posting.account == account and kind in (None, m.kind)
        )

    @property
    def charged_fen(self) -> int:
        return self.total(chart.RECEIVABLE, debit=True) - self.late_fee_fen

    @property
    def late_fee_fen(self) -> int:
        return sum(
            m.posting.debit_fen
            for m in self.movements
            if m.posting.account == chart.RECEIVABLE and m.posting.item == LATE_FEE
        )

    @property
    def received_fen(self) -> int:
        return self.total(chart.BANK, debit=True)

    @property
    def refunded_fen(self) -> int:
        return self.total(chart.BANK)

    @property
    def waived_fen(self) -> int:
        return self.total(chart.WAIVED, debit=True)

    @property
    def closing_arrears_fen(self) -> int:
        moved = self.total(chart.RECEIVABLE, debit=True) - self.total(chart.RECEIVABLE)
        return self.opening_arrears_fen + moved

    @property
    def closing_prepaid_fen(self) -> int:
        moved = self.total(chart.PREPAID) - self.total(chart.PREPAID, debit=True)
        return self.opening_prepaid_fen + moved
