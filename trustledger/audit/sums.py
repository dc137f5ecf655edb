"""The sums 汇总: turnover, what is open, what a line has used; posting by posting."""

from __future__ import annotations

from datetime import date

from trustledger import chart
from trustledger.audit.bases import add_base
from trustledger.audit.state import Recount
from trustledger.records import COMMON, Entry, Posting
from trustledger.rules.availability import counts_on
from trustledger.rules.entrusted import HELD, holding_of

_BY_UNIT = (chart.RECEIVABLE, chart.PREPAID)
_IN_BASE = {*chart.CASH_ACCOUNTS, chart.SERVICE_FEE, chart.WAIVED, chart.LATE_FEES}


def add_up(recount: Recount, entry: Entry, period: str, p: Posting) -> None:
    """Add one posting to every sum that it belongs to; its fund and its unit are defined."""
    account, fund, debit, credit, unit, item, line, month, source, term = p
    net = debit - credit
    where = (period, account, fund, item, line, term)
    sums = recount.turnover.get(where)
    if sums is None:
        recount.turnover[where] = [debit, credit]
    else:
        sums[0] += debit
        sums[1] += credit
    if fund not in recount.funds:
        recount.found("fund", entry, f"fund {fund!r} is not defined")
    if unit and unit not in recount.units:
        recount.found("unit", entry, f"unit {unit!r} is not defined")
    if account in _BY_UNIT:
        if not unit:
            recount.found("unit", entry, f"account {account} is kept by unit, and none is named")
        elif account == chart.RECEIVABLE:
            recount.move((unit, account, month, item, ""), net, entry.on, last=True)
        else:
            recount.move((unit, account, "", "", source), -net, entry.on, last=False)
    elif account in _IN_BASE:
        add_base(recount, entry, p, net)
    elif account == chart.REMUNERATION:
        recount.remuneration[term] = recount.remuneration.get(term, 0) + net
    elif account in HELD and (holding := holding_of(p)) is not None:
        held = (holding.unit, account, "", holding.item, holding.source)
        recount.move(held, -net, "", last=False)
    elif account == chart.TRUSTEE_OWES and source:
        recount.move(("", account, "", "", source), net, entry.on, last=False)
        if recount.docket is not None:
            recount.docket.owe(source, net)
    if fund != COMMON and account in chart.CASH_BASIS and recount.docket is not None:
        recount.docket.hold(fund, net)
    if line and account in chart.OF_LINES:
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
