"""Waivers 减免: a charge, or the late fee on it, is lowered, at once or as soon as it is there.

A waiver that comes before its charge stands in the journal without postings, and waits; the entry
``waived`` carries it out. So it does while money of an earlier day waits for late fees, which
comes first. What must not live here: what it may lower (rules/receiving).
"""

from __future__ import annotations

import json

from trustledger.applying.desk import Desk, same_item
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import waive
from trustledger.period import month_of
from trustledger.records import Draft, Waiver
from trustledger.rules.charging import charge_key
from trustledger.rules.receiving import Leg, WaitingWaiver


def waiver(desk: Desk, fact: Waiver) -> None:
    """A waiver on its day: it lowers what is there, or waits for what is not."""
    on, account = fact.on.isoformat(), desk.account(fact.unit)
    told = WaitingWaiver(fact.key, fact.month, fact.amount_fen, on, True, fact.item)
    if ready(desk, fact.unit, told):
        legs = account.waive(told, on, strict=True)
        post_waiver(desk, fact.unit, told, on, legs, fact)
        return
    account.waiting.append(told)
    desk.post(Draft("waiver", fact.key, on, fact.content()))


def late_waiver(desk: Desk, late: tuple[Waiver, str]) -> None:
    """Dated before its charge, which stands: it lowers that as it arises, before any money."""
    fact, since = late
    account = desk.account(fact.unit)
    for claim in desk.old_claims[fact.unit, fact.month]:
        mine = claim.since == since and same_item(claim.item, fact.item)
        if mine and claim not in desk.expected:
            desk.expected.add(claim)
            account.expect(claim.month, claim.item, claim.amount_fen, new=False)
    told = WaitingWaiver(fact.key, fact.month, fact.amount_fen, since, True, fact.item)
    legs = account.waive(told, since, strict=True)
    desk.post(Draft("waiver", fact.key, fact.on.isoformat(), fact.content()))
    post_waiver(desk, fact.unit, told, since, legs, None)


def ready(desk: Desk, unit: str, waiver: WaitingWaiver) -> bool:
    """Whether what it waives is there, and whatever is put upon that before it."""
    if waiver.item:
        return desk.borne(waiver.on)  # all late fees before its day
    known = charge_key(unit, waiver.month) in desk.state.charged
    stands = known or waiver.month < month_of(desk.state.info.start)
    held_on = desk.account(unit).held_on
    return stands and (not held_on or desk.borne(held_on))


def post_waiver(
    desk: Desk, unit: str, waiver: WaitingWaiver, on: str, legs: list[Leg], fact: Waiver | None
) -> None:
    """The waiver's own entry or, when that stands already, the entry that carries it out."""
    key, month = waiver.key, waiver.month
    total = sum(leg.amount_fen for leg in legs)
    what = "late_fee" if waiver.item else "charge"
    term = desk.state.came_by.get((what, charge_key(unit, month)), "")
    postings = waive(unit, legs, term) + accrue(desk, term, -total)
    if fact is not None:
        desk.post(Draft("waiver", key, on, fact.content(), tuple(postings)))
        return
    body = {"unit": unit, "month": month, "waiver_fen": waiver.amount_fen}
    body |= {"item": waiver.item} if waiver.item else {}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    desk.post(Draft("waived", key, on, content, tuple(postings)))
