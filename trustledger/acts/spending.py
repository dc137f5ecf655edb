"""Spending under control 用款: request, approval, commitment, invoice, payment, and what is owed.

无预算不支出: a line that is approved, with enough left of it on that day and every later one. What
is left is approved less committed less spent, told in the transaction that holds the book's lock.
The rulebook says what is asked for besides; an exception needs a person, a reason and, where it
says so, a resolution. What nobody had approved is the trustee's debt to the fund until it is
ratified.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from trustledger import chart
from trustledger.acts import budgets, votes
from trustledger.acts.deed import NOTHING, Deed
from trustledger.budgets import Budget
from trustledger.docket import Docket
from trustledger.errors import (
    CannotReverse,
    KeyConflict,
    NoBudgetLine,
    OverBudget,
    Refused,
    Unknown,
    WrongFund,
)
from trustledger.money import yuan
from trustledger.records import COMMON, BudgetLine, Expenditure, Posting
from trustledger.rulebook import Rule, amount_on, number_on, value_on
from trustledger.rules.paying import check_expenditure
from trustledger.spendings import (
    Approval,
    Commitment,
    Evidence,
    Invoice,
    Milestone,
    Publication,
    Ratification,
    Release,
    Repayment,
    SpendingRequest,
)
from trustledger.votes import Resolution


class Place(NamedTuple):
    """Where money of a line comes from, and what it is spent as."""

    line: str
    fund: str
    category: str

    @property
    def scopes(self) -> tuple[str, str, str]:
        """What a rule may be on, the narrowest first."""
        return self.line, self.category, self.fund


class Allowance(NamedTuple):
    """What a line lets be spent on a day."""

    place: Place
    left_fen: int
    annual: bool  # of a budget that was settled for a year, not of budget.csv


# --------------------------------------------------------------------------- what is left


def place_of(docket: Docket, line: str, day: date, who: str) -> Place:
    """A line as it stands on a day: in the budget in force then, or else in budget.csv.

    :raises NoBudgetLine: no such line is approved then.
    """
    of = _budget_in_force(docket, day)
    if of is not None:
        found = budgets.line_on(docket, of, line, day)
        if found is None:
            raise NoBudgetLine(
                f"{who} names budget line {line!r}, which budget {of.budget!r} does not have on "
                f"{day}; no budget line, no spending: have it adopted, or amend the budget",
                field="line",
            )
        return Place(line, found.fund, found.category)
    standing = docket.get(BudgetLine, line)
    if standing is None:
        coming = budgets.budget_on(docket, day)
        why = "is not in the budget"
        if coming is not None:
            why = f"no version of budget {coming.budget!r} allows on {day}"
        raise NoBudgetLine(
            f"{who} names budget line {line!r}, which {why}; no budget line, no spending: "
            "have the line adopted first",
            field="line",
        )
    return Place(line, standing.fund, standing.category)


def _budget_in_force(docket: Docket, day: date) -> Budget | None:
    of = budgets.budget_on(docket, day)
    return of if of is not None and budgets.is_in_force(docket, of, day) else None


def allowance(docket: Docket, line: str, day: date, who: str) -> Allowance:
    """What is left of a line on a day.

    :raises Refused: the budget of that day is closed.
    :raises NoBudgetLine: as :func:`place_of`.
    """
    budgets.check_open(docket, day)
    place = place_of(docket, line, day, who)
    of = _budget_in_force(docket, day)
    if of is None:
        return Allowance(place, _standing_left(docket, line, day), False)
    basis = value_on(docket.all(Rule), "control_basis", day, *place.scopes)
    approved = budgets.approved_line(docket, of, line)
    return Allowance(place, budgets.left_of(docket, approved, line, day, basis), True)


def _standing_left(docket: Docket, line: str, day: date) -> int:
    """What is left of a line of budget.csv, and of the same line in a budget that came into force
    after that day: it is settled for its whole time, and so for what was spent before."""
    standing = docket.get(BudgetLine, line)
    assert standing is not None  # it was found
    left = standing.amount_fen - _standing_used(docket, line)
    of = budgets.budget_on(docket, day)
    first = budgets.first_day(docket, of) if of is not None else None
    if of is None or first is None:
        return left
    approved = budgets.approved_line(docket, of, line)
    if approved.line_on(line, first) is None:
        return left
    return min(left, budgets.left_of(docket, approved, line, first, "year"))


def _standing_used(docket: Docket, line: str) -> int:
    """What a line of budget.csv spent and committed; not what it did in budgets of their own."""
    used = sum(move.spent_fen + move.committed_fen for move in docket.moves(line))
    for of in docket.all(Budget):
        first = budgets.first_day(docket, of)
        if first is not None:
            moves = docket.moves(line, first, of.to)
            used -= sum(move.spent_fen + move.committed_fen for move in moves)
    return used


def comes_back(docket: Docket, was_on: date, on: date) -> str:
    """The day on which money that comes back counts for its line, where that is not the day it
    comes: a budget that it was not of gets nothing by it. Nothing in all other cases.

    :param was_on: the day of what was spent or bound.
    """
    was, now = budgets.budget_on(docket, was_on), budgets.budget_on(docket, on)
    if was == now:
        return ""
    if was is not None:
        return was.to.isoformat()
    assert now is not None  # they differ
    return (now.start - timedelta(days=1)).isoformat()


# --------------------------------------------------------------------------- asked and approved


def request(docket: Docket, fact: SpendingRequest) -> Deed:
    """Somebody asks to spend on a line that there is."""
    budgets.check_open(docket, fact.on)
    place_of(docket, fact.line, fact.on, f"request {fact.key!r}")
    return NOTHING


def approval(docket: Docket, fact: Approval) -> Deed:
    """Somebody else says yes or no."""
    of = docket.get(SpendingRequest, fact.request)
    if of is None:
        raise Unknown("request", fact.request, "enter it in requests.csv first", field="request")
    if fact.by == of.maker:
        raise Refused(
            f"{fact.by!r} made request {of.key!r} and cannot approve it; somebody else does",
            field="by",
        )
    if fact.on < of.on:
        raise Refused(f"found {fact.on}, before request {of.key!r} of {of.on}", field="on")
    return NOTHING


def _check_request(
    docket: Docket,
    place: Place,
    day: date,
    amount_fen: int,
    *,
    key: str,
    resolution: str,
    who: str,
    uses: int = 0,
) -> None:
    """What the rulebook asks for before money of this size is bound or paid.

    ``uses``: what of the request is used by others already.
    """
    rules, scopes = docket.all(Rule), place.scopes
    least = amount_on(rules, "resolution_from", day, *scopes)
    if least is not None and amount_fen >= least and not resolution:
        raise Refused(
            f"{who} is {yuan(amount_fen)}, and from {yuan(least)} on it names a resolution; "
            "name the one that allows it",
            field="resolution",
        )
    if not key:
        least = amount_on(rules, "request_from", day, *scopes)
        if least is not None and amount_fen >= least:
            raise Refused(
                f"{who} is {yuan(amount_fen)}, and from {yuan(least)} on it is requested and "
                "approved first; name the request",
                field="request",
            )
        return
    of = docket.get(SpendingRequest, key)
    if of is None:
        raise Unknown("request", key, "enter it in requests.csv first", field="request")
    if of.line != place.line:
        raise Refused(
            f"request {key!r} is for line {of.line!r}, and {who} for {place.line!r}",
            field="request",
        )
    if uses + amount_fen > of.amount_fen:
        raise Refused(
            f"{who} is {yuan(amount_fen)}, and request {key!r} has "
            f"{yuan(of.amount_fen - uses)} left of {yuan(of.amount_fen)}",
            field="amount",
        )
    _check_approved(docket, of, day, rules, scopes)


def _check_approved(
    docket: Docket, of: SpendingRequest, day: date, rules: list[Rule], scopes: tuple[str, ...]
) -> None:
    given = [one for one in docket.naming(Approval, "request", of.key) if one.on <= day]
    for one in given:
        if one.decision == "refused":
            raise Refused(
                f"request {of.key!r} was refused by {one.by!r} on {one.on}; make another, and "
                "have that approved",
                field="request",
            )
    wanted = number_on(rules, "checkers", of.on, *scopes) or 1
    checkers = {one.by for one in given if one.role == "checker"}
    if len(checkers) < wanted:
        raise Refused(
            f"request {of.key!r} is approved by {len(checkers)} checkers on {day}, and it takes "
            f"{wanted}, none of whom made it",
            field="request",
        )
    least = amount_on(rules, "committee_from", of.on, *scopes)
    if least is not None and of.amount_fen >= least:
        if not any(one.role == "committee" for one in given):
            raise Refused(
                f"request {of.key!r} is {yuan(of.amount_fen)}, and from {yuan(least)} on the "
                "owners' committee approves it too; have it approve",
                field="request",
            )


def _request_used(docket: Docket, key: str) -> int:
    """What of a request is bound and not let go, or paid without being bound first."""
    if not key:
        return 0
    bound = sum(
        one.amount_fen - votes.released(docket, one)
        for one in docket.naming(Commitment, "request", key)
    )
    return bound + sum(
        one.amount_fen
        for one in _standing(docket, docket.naming(Expenditure, "request", key))
        if not one.commitment
    )


def _standing(docket: Docket, paid: Iterable[Expenditure]) -> list[Expenditure]:
    """Expenditures that are not reversed."""
    return [one for one in paid if not docket.is_reversed("expenditure", one.voucher)]


def _check_published(docket: Docket, place: Place, fact: Expenditure) -> None:
    """Large payments are put up for their days first."""
    rules, scopes = docket.all(Rule), place.scopes
    least = amount_on(rules, "publish_from", fact.on, *scopes)
    if least is None or fact.amount_fen < least:
        return
    days = number_on(rules, "publish_days", fact.on, *scopes) or 0
    latest = fact.on - timedelta(days=days)
    bound = docket.get(Commitment, fact.commitment) if fact.commitment else None
    asked = bound.request if bound is not None else fact.request
    names = [name for name in (fact.commitment, asked, fact.voucher) if name]
    put_up = [
        one.on
        for name in names
        for one in docket.naming(Publication, "request", name)
        if one.what == "spending"
    ]
    if not any(day <= latest for day in put_up):
        found = f"it was put up on {min(put_up)}" if put_up else "nobody put it up"
        raise Refused(
            f"voucher {fact.voucher!r} is {yuan(fact.amount_fen)}, and from {yuan(least)} on a "
            f"payment is published {days} days before, by {latest}; {found}",
            field="date",
        )


# --------------------------------------------------------------------------- bound


def commitment(docket: Docket, fact: Commitment) -> Deed:
    """Money of a line is bound."""
    who = f"commitment {fact.key!r}"
    place, left, _ = allowance(docket, fact.line, fact.on, who)
    if fact.until is not None and fact.until < fact.on:
        raise Refused(
            f"found {fact.until}, before {fact.on}, the commitment's own day; correct one of them",
            field="until",
        )
    if fact.resolution:
        votes.allow(docket, fact.resolution, fact.on, (fact.line,), fact.amount_fen)
    _check_request(
        docket, place, fact.on, fact.amount_fen, key=fact.request, resolution=fact.resolution,
        who=who, uses=_request_used(docket, fact.request),
    )  # fmt: skip
    if fact.amount_fen > left:
        raise OverBudget(
            f"{who} binds {yuan(fact.amount_fen)} of line {fact.line!r}, which has "
            f"{yuan(left)} left; bind at most that, or amend the budget",
            field="amount",
        )
    return Deed(_bind(place.fund, fact.line, fact.key, fact.amount_fen))


def _bind(fund: str, line: str, key: str, fen: int, back_on: str = "") -> tuple[Posting, ...]:
    """Bind money of a line or, negative, let it go; ``back_on`` as of :func:`comes_back`."""
    debit, credit = (fen, 0) if fen > 0 else (0, -fen)
    return (
        Posting(chart.COMMITTED, fund, debit, credit, line=line, month=back_on, source=key),
        Posting(chart.COMMITMENTS, fund, credit, debit, line=line, month=back_on, source=key),
    )


def _paid(docket: Docket, key: str) -> list[Expenditure]:
    return _standing(docket, docket.naming(Expenditure, "commitment", key))


def left_of_commitment(docket: Docket, of: Commitment) -> int:
    """What of a commitment is neither paid nor let go."""
    gone = votes.released(docket, of)
    return of.amount_fen - gone - sum(one.amount_fen for one in _paid(docket, of.key))


def _commitment(docket: Docket, key: str) -> Commitment:
    of = docket.get(Commitment, key)
    if of is None:
        raise Unknown("commitment", key, "enter it in commitments.csv first", field="commitment")
    return of


def milestone(docket: Docket, fact: Milestone) -> Deed:
    """An instalment of a commitment; together they are no more than it."""
    of = _commitment(docket, fact.commitment)
    others = [one for one in docket.naming(Milestone, "commitment", of.key) if one.no != fact.no]
    total = sum(one.amount_fen for one in others) + fact.amount_fen
    if total > of.amount_fen:
        raise Refused(
            f"with instalment {fact.no} those of commitment {of.key!r} are {yuan(total)}, and it "
            f"is {yuan(of.amount_fen)}; correct one of them",
            field="amount",
        )
    for one in others:
        if (one.no < fact.no) != (one.due <= fact.due) and one.due != fact.due:
            raise Refused(
                f"instalment {fact.no} of {of.key!r} is due {fact.due}, and instalment {one.no} "
                f"{one.due}; they fall due in the order of their numbers",
                field="due",
            )
    return NOTHING


def release(docket: Docket, fact: Release) -> Deed:
    """Part of a commitment is let go."""
    of = _commitment(docket, fact.commitment)
    left = left_of_commitment(docket, of)
    if fact.amount_fen > left:
        raise Refused(
            f"release {fact.key!r} lets go of {yuan(fact.amount_fen)}, and {yuan(left)} of "
            f"commitment {of.key!r} is neither paid nor let go",
            field="amount",
        )
    if fact.on < of.on:
        raise Refused(f"found {fact.on}, before commitment {of.key!r} of {of.on}", field="on")
    budgets.check_open(docket, fact.on)
    back_on = comes_back(docket, of.on, fact.on)
    return Deed(_bind(_place_bound(docket, of).fund, of.line, of.key, -fact.amount_fen, back_on))


def _place_bound(docket: Docket, of: Commitment) -> Place:
    """Where a commitment's money comes from: settled when it was bound, also in years to come."""
    return place_of(docket, of.line, of.on, f"commitment {of.key!r}")


# --------------------------------------------------------------------------- invoiced, shown


def invoice(docket: Docket, fact: Invoice) -> Deed:
    """What a payee asks for."""
    if fact.commitment:
        of = _commitment(docket, fact.commitment)
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
    paid = _standing(docket, docket.naming(Expenditure, "invoice", fact.billed))
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


def publication(docket: Docket, fact: Publication) -> Deed:
    """Something is put up for everybody to see."""
    return NOTHING


# --------------------------------------------------------------------------- paid


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
    _check_published(docket, allowed.place, fact)
    if fact.resolution and _records_resolutions(docket):
        votes.allow(docket, fact.resolution, fact.on, (fact.line,), fact.amount_fen)
    _check_request(
        docket, allowed.place, fact.on, fact.amount_fen, key=fact.request,
        resolution=fact.resolution or "", who=who, uses=_request_used(docket, fact.request),
    )  # fmt: skip
    if fact.amount_fen <= allowed.left_fen:
        return _pay(allowed.place, fact, fact.amount_fen)
    return _beyond(docket, allowed, fact)


def _of_commitment(docket: Docket, fact: Expenditure) -> tuple[Posting, ...]:
    """What is paid of what is bound: the line has nothing less left by it."""
    budgets.check_open(docket, fact.on)
    of = _commitment(docket, fact.commitment)
    place = _place_bound(docket, of)
    _check_fund(fact, place)
    _check_invoice(docket, fact)
    _check_published(docket, place, fact)
    _check_commitment(docket, fact, of)
    bound = _bind(place.fund, of.line, of.key, -fact.amount_fen)
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
        sides.append(_owes(place.fund, fact.voucher, owed))
    line = fact.line if of_line_fen else ""
    return (*sides, Posting(chart.BANK, place.fund, 0, fact.amount_fen, line=line))


def _owes(fund: str, voucher: str, fen: int) -> Posting:
    """The trustee owes the fund for an expenditure; negative, it does no more."""
    debit, credit = (fen, 0) if fen > 0 else (0, -fen)
    return Posting(chart.TRUSTEE_OWES, fund, debit, credit, source=voucher)


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
    fund = fact.fund or COMMON
    if fund not in docket.funds:
        raise Unknown(
            "fund", fund, f"the funds are {', '.join(sorted(docket.funds))}", field="fund"
        )
    limit = amount_on(docket.all(Rule), "emergency_limit", fact.on, fact.line, fund)
    if limit is not None and fact.amount_fen > limit:
        raise OverBudget(
            f"voucher {fact.voucher!r} is {yuan(fact.amount_fen)}, and an emergency is at most "
            f"{yuan(limit)}; have a resolution for more",
            field="amount",
        )
    _check_invoice(docket, fact)
    return (
        _owes(fund, fact.voucher, fact.amount_fen),
        Posting(chart.BANK, fund, 0, fact.amount_fen),
    )


def _check_commitment(docket: Docket, fact: Expenditure, of: Commitment) -> None:
    """What is paid of a commitment: on its line, to its payee, in its time, in its order."""
    for field, have, right in (("line", fact.line, of.line), ("payee", fact.payee, of.payee)):
        if have != right:
            raise Refused(
                f"commitment {of.key!r} is for {field} {right!r}, and voucher {fact.voucher!r} "
                f"says {have!r}",
                field=field,
            )
    if fact.on < of.on or (of.until is not None and fact.on > of.until):
        until = f" to {of.until}" if of.until else ""
        raise Refused(
            f"commitment {of.key!r} binds from {of.on}{until}, and voucher {fact.voucher!r} is of "
            f"{fact.on}; release what is left and commit anew",
            field="date",
        )
    left = left_of_commitment(docket, of)
    if fact.amount_fen > left:
        raise OverBudget(
            f"voucher {fact.voucher!r} pays {yuan(fact.amount_fen)} of commitment {of.key!r}, "
            f"which has {yuan(left)} left",
            field="amount",
        )
    _check_milestone(docket, fact, of)


def _check_milestone(docket: Docket, fact: Expenditure, of: Commitment) -> None:
    stages = sorted(docket.naming(Milestone, "commitment", of.key), key=lambda one: one.no)
    if not stages and not fact.milestone:
        return
    if all(one.no != fact.milestone for one in stages):
        numbers = ", ".join(str(one.no) for one in stages) or "none"
        raise Refused(
            f"commitment {of.key!r} is paid in instalments {numbers}, and voucher "
            f"{fact.voucher!r} names {fact.milestone or 'none'}",
            field="milestone",
        )
    paid: dict[int, int] = {}
    for one in _paid(docket, of.key):
        paid[one.milestone] = paid.get(one.milestone, 0) + one.amount_fen
    for stage in stages:
        open_fen = stage.amount_fen - paid.get(stage.no, 0)
        if stage.no == fact.milestone:
            if fact.amount_fen > open_fen:
                raise Refused(
                    f"instalment {stage.no} of commitment {of.key!r} has {yuan(open_fen)} open, "
                    f"and voucher {fact.voucher!r} pays {yuan(fact.amount_fen)}",
                    field="amount",
                )
            return
        if open_fen:
            raise Refused(
                f"instalment {stage.no} of commitment {of.key!r} has {yuan(open_fen)} open, and "
                f"comes before instalment {fact.milestone}; pay that first",
                field="milestone",
            )


# --------------------------------------------------------------------------- owed


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
            _owes(fund, paid.voucher, -fact.amount_fen),
        )
    )


def repayment(docket: Docket, fact: Repayment) -> Deed:
    """The trustee pays back what was not ratified, also after its budget was closed."""
    paid = _check_owed(docket, fact)
    fund = _fund_paid(docket, paid)
    return Deed(
        (
            Posting(chart.BANK, fund, fact.amount_fen, 0),
            _owes(fund, paid.voucher, -fact.amount_fen),
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
