"""Charges 应收: a unit's charge of a month arises, lowered by waivers, settled by prepayment.

What lives here: in which order these three meet. What must not: what is charged (billing).
"""

from __future__ import annotations

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import settle
from trustledger.applying.state import PlannedCharge
from trustledger.applying.waivers import post_waiver
from trustledger.errors import Refused
from trustledger.money import LIMIT_FEN, yuan
from trustledger.records import COMMON, Draft, Posting
from trustledger.rules.charging import charge_content, charge_day, charge_key
from trustledger.rules.receiving import Leg, UnitAccount, WaitingWaiver

Lowering = list[tuple[WaitingWaiver, list[Leg]]]
"""What each waiver takes off a charge."""


def charge(desk: Desk, planned: PlannedCharge) -> None:
    """A charge that does not stand yet, with the waivers that waited for it."""
    unit, month, lines = planned
    amounts = _by_item(planned)
    on, key = charge_day(month, desk.state.info.start).isoformat(), charge_key(unit, month)
    account = desk.account(unit)
    total = desk.usual[unit] = sum(amounts.values())
    term = desk.state.meter.term_of(on, "service_fee", COMMON, owed=True, charged=True)
    accrued = accrue(desk, term, total)
    desk.state.came_by["charge", key] = term
    postings: list[Posting] = []
    for item, amount in amounts.items():
        postings += (
            Posting(chart.RECEIVABLE, COMMON, amount, 0, unit, item, "", month),
            Posting(chart.SERVICE_FEE, COMMON, 0, amount, "", item, "", month, "", term),
        )
    waived = _lower(account, planned, on)
    for item, rest in _what_is_left(amounts, waived).items():
        postings += settle(unit, account.arise(on, month, item, rest, new=True))
    postings += settle(unit, account.release(month, on))
    postings += accrued
    desk.state.charged.add(key)
    desk.post(Draft("charge", key, on, charge_content(unit, month, lines), tuple(postings)))
    for waiver, legs in waived:
        post_waiver(desk, unit, waiver, on, legs, None)


def _by_item(charge: PlannedCharge) -> dict[str, int]:
    """What is charged by item: two meters, or two costs, may be of one.

    :raises Refused: it is more than an amount may be.
    """
    amounts: dict[str, int] = {}
    for line in charge.lines:
        amounts[line.item] = amounts.get(line.item, 0) + line.amount_fen
        if amounts[line.item] > LIMIT_FEN:
            raise Refused(
                f"the charge of unit {charge.unit!r} for {charge.month}, {line.quantity} × "
                f"{line.price} × {line.factor}, is more than {yuan(LIMIT_FEN)}; look at its area "
                "and price"
            )
    return amounts


def _lower(account: UnitAccount, charge: PlannedCharge, on: str) -> Lowering:
    """Waivers that were there before the charge lower it before prepayments settle it."""
    waivers = [w for w in account.waiting if w.month == charge.month and not w.item]
    if not waivers:
        return []
    account.waiting = [w for w in account.waiting if w not in waivers]
    scratch = UnitAccount(account.unit)
    for line in charge.lines:
        scratch.arise(on, charge.month, line.item, line.amount_fen, new=True)
    return [(waiver, scratch.waive(waiver, on, strict=waiver.new)) for waiver in waivers]


def _what_is_left(amounts: dict[str, int], waived: Lowering) -> dict[str, int]:
    """What of a charge is still to be settled, by item; nothing that is waived in full."""
    left = dict(amounts)
    for _, legs in waived:
        for leg in legs:
            left[leg.item] -= leg.amount_fen
    return {item: rest for item, rest in left.items() if rest}
