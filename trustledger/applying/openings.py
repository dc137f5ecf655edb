"""Openings 期初余额: what the books open with, against the fund's equity, on the day before.

What lives here: which accounts may open, and where arrears and prepayments go. What must not:
whether all openings together balance (intake).
"""

from __future__ import annotations

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.errors import InvalidRecord
from trustledger.period import month_of
from trustledger.records import COMMON, OPENING, Draft, Opening, Posting
from trustledger.rules.paying import known_fund

OF_UNITS = (chart.RECEIVABLE, chart.PREPAID)
"""Accounts that open unit by unit."""


def opening(desk: Desk, fact: Opening) -> None:
    """An account's opening balance; an equity that is given has been checked, and posts nothing."""
    account = chart.find_account(fact.account)
    fund, amount = known_fund(desk.state.funds, fact.fund).code, fact.amount_fen
    _check(account, fund, fact)
    postings: tuple[Posting, ...] = ()
    if amount and account.kind != "equity":
        item, month, source = _take_up(desk, account.code, fact)
        debit, credit = (amount, 0) if account.side > 0 else (0, amount)
        equity = chart.equity_of(fund)
        postings = (
            Posting(account.code, fund, debit, credit, fact.unit, item, "", month, source),
            Posting(equity, fund, credit, debit, "", OPENING),
        )
    desk.post(Draft(fact.kind, fact.record_key, desk.eve, fact.content(), postings))


def _take_up(desk: Desk, code: str, fact: Opening) -> tuple[str, str, str]:
    """Arrears, prepayments and remuneration are there from now on; the posting's dimensions."""
    amount, eve = fact.amount_fen, desk.eve
    if code == chart.RECEIVABLE:
        month = month_of(desk.state.info.eve)
        desk.account(fact.unit).arise(eve, month, OPENING, amount, new=False)
        return OPENING, month, ""
    if code == chart.PREPAID:
        desk.account(fact.unit).arrive(OPENING, eve, amount, new=False)
        return "", "", OPENING
    if code == chart.REMUNERATION_PAYABLE:
        desk.payable_new += amount
    return OPENING, "", ""


def _check(account: chart.Account, fund: str, fact: Opening) -> None:
    """Refuse what books cannot open with.

    :raises InvalidRecord: they cannot.
    """
    by_unit = account.code in OF_UNITS
    if by_unit != bool(fact.unit):
        what = "needs" if by_unit else "takes no"
        raise InvalidRecord(
            f"opening of account {account.code} {account.name} {what} unit", field="unit"
        )
    if account.kind in ("income", "expense", "memo"):
        raise InvalidRecord(
            f"account {account.code} {account.name} has no opening balance; "
            "books open with assets, liabilities and funds alone",
            field="account",
        )
    if by_unit and (fact.amount_fen < 0 or fund != COMMON):
        raise InvalidRecord(
            f"a unit's opening is not negative and is in fund {COMMON}; "
            f"arrears stand in {chart.RECEIVABLE}, prepayments in {chart.PREPAID}",
            field="amount",
        )
