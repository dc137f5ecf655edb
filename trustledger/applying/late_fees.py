"""Late fees 违约金: a month's, charged on its last day to every unit that owes them.

What must not live here: how much a charge bears (rules/latefee).
"""

from __future__ import annotations

import json

from trustledger import chart
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import settle
from trustledger.applying.settling import as_late_fees
from trustledger.period import last_day
from trustledger.records import COMMON, LATE_FEE, Draft, Posting
from trustledger.rules.charging import charge_key
from trustledger.rules.latefee import LateFee, late_fee_content, late_fee_key
from trustledger.rules.receiving import Leg


def late_fees(desk: Desk, month: str) -> None:
    """Every unit's late fees of a month, and that they are charged: they never are again.

    When they were charged before, only charges that came since bear what they have not borne.
    """
    on, stands = last_day(month).isoformat(), month in desk.state.late_months
    by_unit: dict[str, list[LateFee]] = {}
    for (unit, of), fee in desk.state.late.month(month):
        fresh = any(charged == of for charged, _ in desk.account(unit).fresh)
        if late_fee_key(unit, month) not in desk.state.late_fees and (fresh or not stands):
            by_unit.setdefault(unit, []).append(fee)
    for unit, fees in by_unit.items():
        _late_fee(desk, unit, month, on, fees)
    if not stands:
        desk.state.late_months.add(month)
        body = json.dumps({"month": month}, separators=(",", ":"))
        desk.post(Draft("late_fees", month, on, body))


def _late_fee(desk: Desk, unit: str, month: str, on: str, fees: list[LateFee]) -> None:
    """A unit's late fees of a month, charge by charge; what is prepaid settles them at once."""
    account = desk.account(unit)
    term = desk.state.meter.term_of(on, LATE_FEE, COMMON, owed=True, charged=True)
    postings: list[Posting] = []
    legs: list[Leg] = []
    for of, _, amount in fees:
        postings += (
            Posting(chart.RECEIVABLE, COMMON, amount, 0, unit, LATE_FEE, "", of),
            Posting(chart.LATE_FEES, COMMON, 0, amount, "", LATE_FEE, "", of, "", term),
        )
        legs += account.arise(on, of, LATE_FEE, amount, new=True)
        desk.state.came_by["late_fee", charge_key(unit, of)] = term
    postings += accrue(desk, term, sum(fee.amount_fen for fee in fees))
    postings += settle(unit, legs) + as_late_fees(desk, unit, legs)
    content = late_fee_content(unit, month, fees)
    desk.post(Draft("late_fee", late_fee_key(unit, month), on, content, tuple(postings)))
