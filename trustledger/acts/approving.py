"""Asked and approved 申请审批: what the rulebook wants before money is bound or paid.

A request and the yes of others than its maker, of the committee from an amount on, a resolution,
and for large payments that everybody could see them for some days.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from trustledger.acts import budgets, votes
from trustledger.acts.allowing import Place, place_of
from trustledger.acts.deed import NOTHING, Deed
from trustledger.docket import Docket
from trustledger.errors import (
    Refused,
    Unknown,
)
from trustledger.money import yuan
from trustledger.records import Expenditure
from trustledger.rulebook import Rule, amount_on, number_on
from trustledger.spendings import (
    Approval,
    Commitment,
    Publication,
    SpendingRequest,
)


def request(docket: Docket, fact: SpendingRequest) -> Deed:
    """Somebody asks to spend on a line that there is."""
    budgets.check_open(docket, fact.on)
    place_of(docket, fact.line, fact.on, f"request {fact.key!r}")
    return NOTHING


def approval(docket: Docket, fact: Approval) -> Deed:
    """Somebody else says yes or no."""
    of = _request(docket, fact.request)
    if fact.by == of.maker:
        raise Refused(
            f"{fact.by!r} made request {of.key!r} and cannot approve it; somebody else does",
            field="by",
        )
    if fact.on < of.on:
        raise Refused(f"found {fact.on}, before request {of.key!r} of {of.on}", field="on")
    return NOTHING


def check_request(
    docket: Docket,
    place: Place,
    day: date,
    amount_fen: int,
    *,
    key: str,
    resolution: str,
    who: str,
) -> None:
    """What the rulebook asks for before money of this size is bound or paid."""
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
    of = _request(docket, key)
    if of.line != place.line:
        raise Refused(
            f"request {key!r} is for line {of.line!r}, and {who} for {place.line!r}",
            field="request",
        )
    uses = _used(docket, key)
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


def _request(docket: Docket, key: str) -> SpendingRequest:
    of = docket.get(SpendingRequest, key)
    if of is None:
        raise Unknown("request", key, "enter it in requests.csv first", field="request")
    return of


def _used(docket: Docket, key: str) -> int:
    """What of a request is bound and not let go, or paid without being bound first."""
    bound = sum(
        one.amount_fen - votes.released(docket, one)
        for one in docket.naming(Commitment, "request", key)
    )
    return bound + sum(
        one.amount_fen
        for one in standing(docket, docket.naming(Expenditure, "request", key))
        if not one.commitment
    )


def standing(docket: Docket, paid: Iterable[Expenditure]) -> list[Expenditure]:
    """Expenditures that are not reversed."""
    return [one for one in paid if not docket.is_reversed("expenditure", one.voucher)]


def publication(docket: Docket, fact: Publication) -> Deed:
    """Something is put up for everybody to see."""
    return NOTHING


def check_published(docket: Docket, place: Place, fact: Expenditure) -> None:
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
