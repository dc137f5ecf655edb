"""Columns of the month grid 收费月报的栏目: in which of them each posting counts.

One rule for every reader: the grid adds up what :func:`moved` gives, and :func:`cell_entries`
lists the very same amounts by entry, so that every cell walks back to the journal.

A settlement is told by what it settles and whose money it is: late fee is apart; then money that
came in before the period is prepayment used; money of the period went on charges of the period or
on earlier ones. Money of the period that was taken off again in the period counts red in the same
column, so that these columns say how the period's money stands at its end; earlier money that is
taken off lets its charge stand open again, which is a column of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from trustledger import chart
from trustledger.period import Period
from trustledger.records import LATE_FEE
from trustledger.statements.figures import Movement

SETTLED = ("current", "arrears", "used", "late_fee_paid")
"""The parts of what was settled."""

TITLES: Mapping[str, str] = {
    "opening_arrears": "上期欠费",
    "charged": "当期应收",
    "late_fee": "违约金",
    "current": "当期实收",
    "arrears": "清欠",
    "used": "用预收",
    "late_fee_paid": "收违约金",
    "reopened": "恢复应收",
    "waived": "减免",
    "closing_arrears": "期末欠费",
    "opening_prepaid": "期初预收",
    "received": "本期收款",
    "settled": "核销",
    "refunded": "退款",
    "closing_prepaid": "期末预收",
    "prepaid": "预收",
}
"""Every column by its key."""

BALANCES = {
    "opening_arrears": chart.RECEIVABLE,
    "closing_arrears": chart.RECEIVABLE,
    "opening_prepaid": chart.PREPAID,
    "closing_prepaid": chart.PREPAID,
}
"""Columns that are balances, and of which account; the others are movements of the period."""


class CellEntry(NamedTuple):
    """What one entry put into a cell."""

    seq: int
    kind: str
    key: str
    on: str
    amount_fen: int


def receipts_in(movements: Iterable[Movement]) -> set[str]:
    """The keys of the receipts among movements: money that came in."""
    return {m.key for m in movements if m.kind == "receipt"}


def moved(m: Movement, first_month: str, came_in: Collection[str]) -> Iterator[tuple[str, int]]:
    """The columns in which a movement of the period counts, each with its amount.

    ``came_in``: the keys of the receipts of the period.
    """
    p = m.posting
    if p.account == chart.RECEIVABLE:
        if p.debit_fen:
            yield ("late_fee" if p.item == LATE_FEE else "charged"), p.debit_fen
        elif not p.source:
            yield "waived", p.credit_fen
        elif p.credit_fen < 0 and p.source not in came_in:
            yield "reopened", -p.credit_fen
        else:
            yield "settled", p.credit_fen
            if p.item == LATE_FEE:
                yield "late_fee_paid", p.credit_fen
            elif p.source not in came_in:
                yield "used", p.credit_fen
            else:
                yield ("current" if p.month >= first_month else "arrears"), p.credit_fen
    elif p.account == chart.PREPAID:
        if p.source in came_in:
            yield "prepaid", p.credit_fen - p.debit_fen
    elif p.account == chart.BANK:
        if p.debit_fen:
            yield "received", p.debit_fen
        else:
            yield "refunded", p.credit_fen


def balance_moved(m: Movement, account: str) -> int:
    """By how much a movement changes a balance of arrears or of prepayment."""
    p = m.posting
    if p.account != account:
        return 0
    return chart.ACCOUNTS[account].side * (p.debit_fen - p.credit_fen)


def cell_entries(movements: Iterable[Movement], column: str, period: Period) -> list[CellEntry]:
    """The entries behind a cell, in order; their amounts add up to it.

    ``movements``: those of the cell's units, of the period; for a balance, from the beginning
    through the period's end. An entry that moved nothing on balance is left out.
    """
    found: dict[int, CellEntry] = {}

    def add(m: Movement, fen: int) -> None:
        before = found[m.seq].amount_fen if m.seq in found else 0
        found[m.seq] = CellEntry(m.seq, m.kind, m.key, m.on, before + fen)

    account, first = BALANCES.get(column), period.start.isoformat()
    if account is not None:
        for m in movements:
            if m.on < first or column.startswith("closing"):
                add(m, balance_moved(m, account))
    else:
        all_moved = list(movements)
        came_in = receipts_in(all_moved)
        for m in all_moved:
            for name, fen in moved(m, period.first, came_in):
                if name == column:
                    add(m, fen)
    return [one for one in found.values() if one.amount_fen]
