"""What the trustee owes the fund 待追认: an emergency, or an overrun that nobody had approved.

It stands until a resolution takes it over as the fund's own spending, or it is paid back.
"""

from __future__ import annotations

from trustledger import chart
from trustledger.acts import budgets, votes
from trustledger.acts.allowing import place_of
from trustledger.acts.deed import Deed
from trustledger.docket import Docket
from trustledger.errors import (
    CannotReverse,
    Refused,
    Unknown,
    WrongFund,
)
from trustledger.money import yuan
from trustledger.records import COMMON, Expenditure, Posting, sides
from trustledger.spendings import (
    Ratification,
    Repayment,
)


def owes(fund: str, voucher: str, fen: int) -> Posting:
    """The trustee owes the fund for an expenditure; negative, it does no more."""
    return Posting(chart.TRUSTEE_OWES, fund, *sides(fen), source=voucher)


def ratification(docket: Docket, fact: Ratification) -> Deed:
    """A resolution takes an emergency or an overrun over as the fund's own spending."""
    paid = _check_owed(docket, fact)
    line = fact.line or paid.line
    votes.allow(docket, fact.resolution, fact.on, (line,), fact.amount_fen)
    budgets.check_open(docket, fact.on)
    place = place_of(docket, line, fact.on, f"ratification {fact.key!r}")
    fund = _fund_paid(docket, paid)
    if place.fund != fund:
        raise WrongFund(
            f"voucher {paid.voucher!r} was paid from fund {fund!r}, and line {line!r} is paid "
            f"from {place.fund!r}; name a line of that fund",
            field="line",
        )
    expense = chart.EXPENSE_ACCOUNT[place.category]
    return Deed(
        (
            Posting(expense, fund, fact.amount_fen, 0, line=line),
            owes(fund, paid.voucher, -fact.amount_fen),
        )
    )


def repayment(docket: Docket, fact: Repayment) -> Deed:
    """The trustee pays back what was not ratified, also after its budget was closed."""
    paid = _check_owed(docket, fact)
    fund = _fund_paid(docket, paid)
    return Deed(
        (
            Posting(chart.BANK, fund, fact.amount_fen, 0),
            owes(fund, paid.voucher, -fact.amount_fen),
        )
    )


def _fund_paid(docket: Docket, paid: Expenditure) -> str:
    """The fund that an expenditure was paid from."""
    if paid.emergency:
        return paid.fund or COMMON
    return place_of(docket, paid.line, paid.on, f"voucher {paid.voucher!r}").fund


def check_reversal(docket: Docket, voucher: str) -> None:
    """Whether an expenditure can be reversed: nothing of it was ratified or paid back.

    :raises CannotReverse: something was.
    """
    settled: list[Ratification | Repayment] = [
        *docket.naming(Ratification, "expenditure", voucher),
        *docket.naming(Repayment, "expenditure", voucher),
    ]
    for one in settled:
        done = "ratified" if isinstance(one, Ratification) else "paid back"
        raise CannotReverse(
            f"{yuan(one.amount_fen)} of expenditure {voucher!r} was {done} by {one.key!r}, and so "
            "it stands; enter what comes back of it as income of its fund"
        )


def _check_owed(docket: Docket, fact: Ratification | Repayment) -> Expenditure:
    paid = docket.get(Expenditure, fact.voucher)
    if paid is None or docket.is_reversed("expenditure", fact.voucher):
        raise Unknown("voucher", fact.voucher, "name an expenditure that stands", field="voucher")
    left = docket.owed(fact.voucher)
    if fact.amount_fen > left:
        raise Refused(
            f"{fact.kind} {fact.key!r} is {yuan(fact.amount_fen)}, and the trustee owes "
            f"{yuan(left)} for voucher {fact.voucher!r}",
            field="amount",
        )
    if fact.on < paid.on:
        raise Refused(f"found {fact.on}, before voucher {paid.voucher!r} of {paid.on}", field="on")
    return paid
