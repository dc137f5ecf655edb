"""Settling 核销: money that is here already meets a charge, in an entry of its own.

What arrives settles in the receipt's entry, and what arises in the charge's; this is for what
neither brings: earlier money and earlier charges that find each other on a later batch.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import settle
from trustledger.records import COMMON, LATE_FEE, Draft, Posting
from trustledger.rules.receiving import Leg


def settlement(desk: Desk, unit: str, on: str, legs: list[Leg]) -> None:
    """Post settlements that belong to no other entry of this batch."""
    if not legs:
        return
    for day in sorted({max(on, leg.on) for leg in legs}):
        mine = [leg for leg in legs if max(on, leg.on) == day]
        content = json.dumps({"unit": unit}, ensure_ascii=False, separators=(",", ":"))
        postings = settle(unit, mine) + as_late_fees(desk, unit, mine)
        desk.post(Draft("settlement", "", day, content, tuple(postings)))


def as_late_fees(desk: Desk, unit: str, legs: Iterable[Leg]) -> list[Posting]:
    """Prepaid money came in as a service fee; what late fees use of it is one from now on."""
    used: dict[str, int] = {}
    for leg in legs:
        if leg.item == LATE_FEE:
            used[leg.source] = used.get(leg.source, 0) + leg.amount_fen
    postings: list[Posting] = []
    for source, amount in used.items():
        came, late = desk.terms_of(source)
        postings += (
            Posting(chart.BANK, COMMON, amount, 0, unit, LATE_FEE, "", "", source, late),
            Posting(chart.BANK, COMMON, -amount, 0, unit, "service_fee", "", "", source, came),
        )
        if came != late:
            postings += accrue(desk, late, amount) + accrue(desk, came, -amount)
    return postings
