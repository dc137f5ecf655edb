"""Binding 承诺: money of a line bound to a payee, in instalments, and let go again."""

from __future__ import annotations

from trustledger import chart
from trustledger.acts import budgets, votes
from trustledger.acts.allowing import Place, allowance, comes_back, place_of
from trustledger.acts.approving import check_request, standing
from trustledger.acts.deed import NOTHING, Deed
from trustledger.docket import Docket
from trustledger.errors import (
    OverBudget,
    Refused,
    Unknown,
)
from trustledger.money import yuan
from trustledger.records import Expenditure, Posting, sides
from trustledger.spendings import (
    Commitment,
    Milestone,
    Release,
)


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
    check_request(
        docket, place, fact.on, fact.amount_fen, key=fact.request, resolution=fact.resolution,
        who=who,
    )  # fmt: skip
    if fact.amount_fen > left:
        raise OverBudget(
            f"{who} binds {yuan(fact.amount_fen)} of line {fact.line!r}, which has "
            f"{yuan(left)} left; bind at most that, or amend the budget",
            field="amount",
        )
    return Deed(bind(place.fund, fact.line, fact.key, fact.amount_fen))


def bind(fund: str, line: str, key: str, fen: int, back_on: str = "") -> tuple[Posting, ...]:
    """Bind money of a line or, negative, let it go; ``back_on`` as of :func:`comes_back`."""
    debit, credit = sides(fen)
    return (
        Posting(chart.COMMITTED, fund, debit, credit, line=line, month=back_on, source=key),
        Posting(chart.COMMITMENTS, fund, credit, debit, line=line, month=back_on, source=key),
    )


def paid_of(docket: Docket, key: str) -> list[Expenditure]:
    """What is paid of a commitment."""
    return standing(docket, docket.naming(Expenditure, "commitment", key))


def left_of_commitment(docket: Docket, of: Commitment) -> int:
    """What of a commitment is neither paid nor let go."""
    gone = votes.released(docket, of)
    return of.amount_fen - gone - sum(one.amount_fen for one in paid_of(docket, of.key))


def commitment_of(docket: Docket, key: str) -> Commitment:
    """A commitment by its key.

    :raises Unknown: there is none.
    """
    of = docket.get(Commitment, key)
    if of is None:
        raise Unknown("commitment", key, "enter it in commitments.csv first", field="commitment")
    return of


def milestone(docket: Docket, fact: Milestone) -> Deed:
    """An instalment of a commitment; together they are no more than it."""
    of = commitment_of(docket, fact.commitment)
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
    of = commitment_of(docket, fact.commitment)
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
    return Deed(bind(place_bound(docket, of).fund, of.line, of.key, -fact.amount_fen, back_on))


def place_bound(docket: Docket, of: Commitment) -> Place:
    """Where a commitment's money comes from: settled when it was bound, also in years to come."""
    return place_of(docket, of.line, of.on, f"commitment {of.key!r}")


def check_commitment(docket: Docket, fact: Expenditure, of: Commitment) -> None:
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
    for one in paid_of(docket, of.key):
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
