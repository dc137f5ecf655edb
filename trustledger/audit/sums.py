"""The sums 汇总: turnover, what is open, what a line has used; posting by posting."""

from __future__ import annotations

from datetime import date

from trustledger import chart
from trustledger.audit.bases import add_base
from trustledger.audit.state import UNREADABLE, Recount
from trustledger.records import COMMON, Entry, Posting
from trustledger.rules.availability import counts_on
from trustledger.rules.entrusted import HELD, holding_of

_BY_UNIT = (chart.RECEIVABLE, chart.PREPAID)
_IN_BASE = {*chart.CASH_ACCOUNTS, chart.SERVICE_FEE, chart.WAIVED, chart.LATE_FEES}


def add_up(recount: Recount, entry: Entry) -> None:
    """Add an entry's postings to the sums by month, and each to what else it belongs to."""
    month, on, turnover = entry.on[:7], entry.on, recount.turnover
    for p in entry.postings:
        account, fund, debit, credit, unit, item, line, of, source, term = p
        net = debit - credit
        try:
            where = (month, account, fund, item, line, term)
            sums = turnover.get(where)
            if sums is None:
                turnover[where] = [debit, credit]
            else:
                sums[0] += debit
                sums[1] += credit
            if fund not in recount.funds:
                recount.found("fund", entry, f"fund {fund!r} is not defined")
            if unit and unit not in recount.units:
                recount.found("unit", entry, f"unit {unit!r} is not defined")
            if account in _BY_UNIT and not unit:
                told = f"account {account} is kept by unit, and none is named"
                recount.found("unit", entry, told)
            elif account == chart.RECEIVABLE:
                recount.move((unit, account, of, item, ""), net, on, last=True)
            elif account == chart.PREPAID:
                recount.move((unit, account, "", "", source), -net, on, last=False)
            elif account in _IN_BASE:
                add_base(recount, entry, p, net)
            elif account == chart.REMUNERATION:
                recount.remuneration[term] = recount.remuneration.get(term, 0) + net
            else:
                _add_held(recount, entry, p, net)
            if line or fund != COMMON:
                _add_to_budget(recount, entry, p, net)
        except UNREADABLE as error:
            recount.found("unreadable", entry, f"a posting cannot be understood: {error!r}")


def _add_held(recount: Recount, entry: Entry, p: Posting, net: int) -> None:
    """Others' money, and what the trustee owes."""
    if p.account in HELD and (holding := holding_of(p)) is not None:
        held = (holding.unit, p.account, "", holding.item, holding.source)
        recount.move(held, -net, "", last=False)
    elif p.account == chart.TRUSTEE_OWES and p.source:
        recount.move(("", p.account, "", "", p.source), net, entry.on, last=False)
        if recount.docket is not None:
            recount.docket.owe(p.source, net)


def _add_to_budget(recount: Recount, entry: Entry, p: Posting, net: int) -> None:
    """What a fund has, and a line uses."""
    if p.fund != COMMON and p.account in chart.CASH_BASIS and recount.docket is not None:
        recount.docket.hold(p.fund, net)
    if p.line and p.account in chart.OF_LINES:
        _add_to_line(recount, entry, p, net)


def _add_to_line(recount: Recount, entry: Entry, p: Posting, net: int) -> None:
    """What a line spent or committed, on the day that it counts on."""
    spent, committed = (0, net) if p.account == chart.COMMITTED else (net, 0)
    day = counts_on(p, entry.on)
    sums = recount.days.setdefault((p.line, day), [0, 0])
    sums[0] += spent
    sums[1] += committed
    if recount.docket is not None:
        recount.docket.move(p.line, date.fromisoformat(day), spent, committed)
