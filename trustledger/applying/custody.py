"""Custody 代管款: deposits, agency money and money nobody has claimed yet. It is others' money.

What lives here: how much is held of whom, and what moves it. What must not: its postings and who
may have it back (rules/entrusted).
"""

from __future__ import annotations

from collections.abc import Iterable

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.errors import Unknown
from trustledger.records import COMMON, Agency, Deposit, Draft, Posting, Receipt, Suspense
from trustledger.rules.entrusted import (
    Holding,
    agency_postings,
    check_held,
    claim_postings,
    deposit_postings,
    holding_of,
    suspense_postings,
)


def hold(desk: Desk, postings: Iterable[Posting]) -> list[Posting]:
    """Keep count of others' money."""
    told, held = list(postings), desk.state.held
    for p in told:
        holding = holding_of(p)
        if holding is not None:
            held[holding] = held.get(holding, 0) + p.credit_fen - p.debit_fen
    return told


def deposit(desk: Desk, fact: Deposit) -> None:
    """A unit's deposit 押金 is taken, returned, or kept for damage."""
    on, unit, term = fact.on.isoformat(), desk.account(fact.unit).unit, ""
    if fact.move != "taken":
        check_held(fact.key, Holding(chart.DEPOSIT, unit=unit), fact.amount_fen, desk.state.held)
    if fact.move == "deducted":
        term = desk.state.meter.term_of(on, "compensation", COMMON)
    postings = hold(desk, deposit_postings(fact, term)) + accrue(desk, term, fact.amount_fen)
    desk.post(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings)))


def agency(desk: Desk, fact: Agency) -> None:
    """Money is collected for somebody else 代收代付, or passed on to them."""
    if fact.unit:
        desk.account(fact.unit)
    if fact.move == "passed_on":
        check_held(
            fact.key, Holding(chart.AGENCY, item=fact.what), fact.amount_fen, desk.state.held
        )
    postings = hold(desk, agency_postings(fact))
    desk.post(Draft(fact.kind, fact.key, fact.on.isoformat(), fact.content(), tuple(postings)))


def suspense(desk: Desk, fact: Suspense) -> None:
    """Money came in, and nobody knows yet whose it is 待认领."""
    on = fact.on.isoformat()
    desk.state.arrived[fact.key] = on
    postings = hold(desk, suspense_postings(fact))
    desk.post(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings)))


def claimed(desk: Desk, fact: Receipt) -> list[Posting]:
    """What takes the money out of suspense, if the receipt claims it from there."""
    if not fact.suspense:
        return []
    holding, on = Holding(chart.SUSPENSE, source=fact.suspense), fact.on.isoformat()
    if desk.state.arrived.get(fact.suspense, "9999") > on:
        raise Unknown(
            "suspense", fact.suspense, f"name money that had come in by {on}", field="suspense"
        )
    check_held(fact.key, holding, fact.amount_fen, desk.state.held)
    return hold(desk, claim_postings(fact.suspense, fact.amount_fen))
