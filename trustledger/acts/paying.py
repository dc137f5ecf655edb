"""Paying 支付: on a line or on a commitment, by an invoice, shown by documents.

An exception needs a person, a reason and, where the rulebook says so, a resolution. What nobody had
approved leaves the bank as the trustee's debt.
"""

from __future__ import annotations

from trustledger import chart
from trustledger.acts import budgets, votes
from trustledger.acts.allowing import Allowance, Place, allowance
from trustledger.acts.approving import check_published, check_request, standing
from trustledger.acts.binding import bind, check_commitment, commitment_of, place_bound
from trustledger.acts.debts import owes
from trustledger.acts.deed import NOTHING, Deed
from trustledger.docket import Docket
from trustledger.errors import (
    KeyConflict,
    OverBudget,
    Refused,
    Unknown,
    WrongFund,
)
from trustledger.money import yuan
from trustledger.records import COMMON, BudgetLine, Expenditure, Posting
from trustledger.rulebook import Rule, amount_on, value_on
from trustledger.rules.paying import check_expenditure, known_fund
from trustledger.spendings import (
    Evidence,
    Invoice,
)
from trustledger.votes import Resolution


def invoice(docket: Docket, fact: Invoice) -> Deed:
    """What a payee asks for."""
    if fact.commitment:
        of = commitment_of(docket, fact.commitment)
        if of.payee != fact.issuer:
            raise Refused(
                f"commitment {of.key!r} is with {of.payee!r}, and the invoice is of "
                f"{fact.issuer!r}",
                field="issuer",
            )
    return NOTHING


def _check_invoice(docket: Docket, fact: Expenditure) -> None:
    if not fact.invoice:
        return
    of = docket.get(Invoice, fact.billed)
    if of is None:
        raise Unknown(
            "invoice", fact.invoice,
            f"enter it, of {fact.payee!r}, in invoices.csv first", field="invoice",
        )  # fmt: skip
    if of.commitment and of.commitment != fact.commitment:
        raise Refused(
            f"invoice {fact.invoice!r} of {fact.payee!r} is on commitment {of.commitment!r}, and "
            f"voucher {fact.voucher!r} names {fact.commitment or 'none'}; name that one",
            field="commitment",
        )
    paid = standing(docket, docket.naming(Expenditure, "invoice", fact.billed))
    left = of.amount_fen - sum(one.amount_fen for one in paid)
    if fact.amount_fen > left:
        by = f", paid by voucher {', '.join(one.voucher for one in paid)}" if paid else ""
        raise Refused(
            f"voucher {fact.voucher!r} pays {yuan(fact.amount_fen)} on invoice {fact.invoice!r} "
            f"of {fact.payee!r}, of which {yuan(left)} is open{by}",
            field="invoice",
        )


def evidence(docket: Docket, fact: Evidence) -> Deed:
    """A document of an expenditure; one invoice, or proof of payment, shows one expenditure."""
    if docket.get(Expenditure, fact.voucher) is None:
        raise Unknown("voucher", fact.voucher, "name an expenditure", field="voucher")
    if fact.what in ("invoice", "payment"):
        for other in docket.naming(Evidence, "attachment", fact.digest):
            if other.voucher != fact.voucher:
                raise KeyConflict(
                    fact.what, fact.digest[:16], "voucher", other.voucher, fact.voucher
                )
    return NOTHING


def expenditure(docket: Docket, fact: Expenditure) -> Deed:
    """Money is paid."""
    if fact.milestone and not fact.commitment:
        raise Refused(
            f"voucher {fact.voucher!r} names instalment {fact.milestone} of no commitment; name "
            "the commitment",
            field="commitment",
        )
    if fact.emergency:
        return Deed(_emergency(docket, fact))
    return Deed(_of_commitment(docket, fact) if fact.commitment else _of_line(docket, fact))


def _of_line(docket: Docket, fact: Expenditure) -> tuple[Posting, ...]:
    """What is paid out of what a line has left."""
    who = f"voucher {fact.voucher!r}"
    allowed = allowance(docket, fact.line, fact.on, who)
    _check_fund(fact, allowed.place)
    _check_invoice(docket, fact)
    check_published(docket, allowed.place, fact)
    if fact.resolution and _records_resolutions(docket):
        votes.allow(docket, fact.resolution, fact.on, (fact.line,), fact.amount_fen)
    check_request(
        docket, allowed.place, fact.on, fact.amount_fen, key=fact.request,
        resolution=fact.resolution or "", who=who,
    )  # fmt: skip
    if fact.amount_fen <= allowed.left_fen:
        return _pay(allowed.place, fact, fact.amount_fen)
    return _beyond(docket, allowed, fact)


def _of_commitment(docket: Docket, fact: Expenditure) -> tuple[Posting, ...]:
    """What is paid of what is bound: the line has nothing less left by it."""
    budgets.check_open(docket, fact.on)
    of = commitment_of(docket, fact.commitment)
    place = place_bound(docket, of)
    _check_fund(fact, place)
    _check_invoice(docket, fact)
    check_published(docket, place, fact)
    check_commitment(docket, fact, of)
    bound = bind(place.fund, of.line, of.key, -fact.amount_fen)
    return (*_pay(place, fact, fact.amount_fen), *bound)


def _check_fund(fact: Expenditure, place: Place) -> None:
    if fact.fund is not None and fact.fund != place.fund:
        raise WrongFund(
            f"voucher {fact.voucher!r} would pay line {fact.line!r} from fund {fact.fund!r}; "
            f"that line is paid from {place.fund!r} alone",
            field="fund",
        )


def _records_resolutions(docket: Docket) -> bool:
    """A book that records none takes the name of one at its word."""
    return bool(docket.all(Resolution))


def _beyond(docket: Docket, allowed: Allowance, fact: Expenditure) -> tuple[Posting, ...]:
    """Spending beyond what a line has left, as the rulebook has it."""
    place, left, annual = allowed
    if not annual:
        line = docket.get(BudgetLine, fact.line)
        assert line is not None  # the allowance is of it
        check_expenditure(fact, line, line.amount_fen - left)
        return _pay(place, fact, fact.amount_fen)
    control = value_on(docket.all(Rule), "control", fact.on, *place.scopes)
    found = (
        f"voucher {fact.voucher!r} spends {yuan(fact.amount_fen)} on line {fact.line!r}, "
        f"which has {yuan(left)} left on {fact.on}"
    )
    if control == "stop" and not fact.resolution:
        raise OverBudget(
            f"{found}; spend at most that, amend the budget, or name the resolution that allows "
            "more",
            field="amount",
        )
    if not fact.exception or not fact.allowed_by:
        raise OverBudget(
            f"{found}; an exception names its reason and who allowed it",
            field="exception" if not fact.exception else "allowed_by",
        )
    if fact.resolution or control == "allow":
        return _pay(place, fact, fact.amount_fen)
    return _pay(place, fact, max(left, 0))


def _pay(place: Place, fact: Expenditure, of_line_fen: int) -> tuple[Posting, ...]:
    """The bank pays all of it; what the line does not bear, the trustee owes."""
    expense, owed = chart.EXPENSE_ACCOUNT[place.category], fact.amount_fen - of_line_fen
    sides = []
    if of_line_fen:
        sides.append(Posting(expense, place.fund, of_line_fen, 0, line=fact.line))
    if owed:
        sides.append(owes(place.fund, fact.voucher, owed))
    line = fact.line if of_line_fen else ""
    return (*sides, Posting(chart.BANK, place.fund, 0, fact.amount_fen, line=line))


def _emergency(docket: Docket, fact: Expenditure) -> tuple[Posting, ...]:
    """What had to be done at once: the trustee's to answer for until it is ratified."""
    if not fact.allowed_by:
        raise Refused(
            f"voucher {fact.voucher!r} is an emergency, and nobody answers for it; "
            "name who decided it",
            field="allowed_by",
        )
    if fact.commitment or fact.request:
        raise Refused(
            f"voucher {fact.voucher!r} is an emergency, and names "
            f"{fact.commitment or fact.request!r}; what was bound or requested is paid as that",
            field="emergency",
        )
    budgets.check_open(docket, fact.on)
    fund = known_fund(docket.funds, fact.fund or COMMON).code
    limit = amount_on(docket.all(Rule), "emergency_limit", fact.on, fact.line, fund)
    if limit is not None and fact.amount_fen > limit:
        raise OverBudget(
            f"voucher {fact.voucher!r} is {yuan(fact.amount_fen)}, and an emergency is at most "
            f"{yuan(limit)}; have a resolution for more",
            field="amount",
        )
    _check_invoice(docket, fact)
    return (
        owes(fund, fact.voucher, fact.amount_fen),
        Posting(chart.BANK, fund, 0, fact.amount_fen),
    )
