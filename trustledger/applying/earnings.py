"""Earnings 收入与酬金: income of the funds, and the remuneration that money brings the trustee.

What lives here: income, what accrues as the base of a term moves, and its withdrawal. What must
not: the rate, the base and the rounding (rules/remuneration).
"""

from __future__ import annotations

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.records import COMMON, Draft, Income, Posting, Withdrawal
from trustledger.rules.paying import check_withdrawal, known_fund


def accrue(desk: Desk, term: str, amount: int) -> list[Posting]:
    """The remuneration to post when a term's base moves by an amount."""
    delta = desk.state.meter.move(term, amount) if amount else 0
    if not delta:
        return []
    desk.payable_new += delta
    return [
        Posting(chart.REMUNERATION, COMMON, delta, 0, "", "", "", "", "", term),
        Posting(chart.REMUNERATION_PAYABLE, COMMON, 0, delta, "", "", "", "", "", term),
    ]


def income(desk: Desk, fact: Income) -> None:
    """Money that is a fund's own: public revenue, gifts, compensation."""
    on, category, amount = fact.on.isoformat(), fact.category, fact.amount_fen
    fund = known_fund(desk.state.funds, fact.fund).code
    term = desk.state.meter.term_of(on, category, fund)
    postings = (
        Posting(chart.BANK, fund, amount, 0, "", category, "", "", "", term),
        Posting(chart.INCOME_ACCOUNT[category], fund, 0, amount, "", category),
        *accrue(desk, term, amount),
    )
    desk.post(Draft("income", fact.key, on, fact.content(), postings))


def withdrawal(desk: Desk, fact: Withdrawal) -> None:
    """The trustee takes remuneration out: at most what was payable that day and still is."""
    on, amount, state = fact.on.isoformat(), fact.amount_fen, desk.state
    then = state.payable_on.get(on, state.payable_fen)
    check_withdrawal(fact, min(then, state.payable_fen) + desk.payable_new)
    desk.payable_new -= amount
    postings = (
        Posting(chart.REMUNERATION_PAYABLE, COMMON, amount, 0, "", "withdrawn"),
        Posting(chart.BANK, COMMON, 0, amount, "", "remuneration"),
    )
    desk.post(Draft("withdrawal", fact.key, on, fact.content(), postings))
