"""Late fees 违约金: open principal × rate × days, by the terms in force, within their caps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.records import Entry
from trustledger.rules.latefee import (
    LateFee,
    LateFees,
    charged_on,
    late_fee_key,
    may_be_capped,
    read_late_fee,
)


def late_fees(recount: Recount, entry: Entry) -> None:
    """The late fees of a month were charged; who owes one has an entry of its own."""
    if entry.key != json.loads(entry.content)["month"] or entry.postings:
        recount.found("fact", entry, "does not say that this month's late fees are charged")


def late_fee(recount: Recount, entry: Entry) -> None:
    """Every late fee is what its days and rates make, and those are in force, up to its cap."""
    code, month, fees = read_late_fee(entry.content)
    if entry.key != late_fee_key(code, month):
        recount.found("late_fee", entry, f"says it is of unit {code} and month {month}")
    arisen = [p for p in entry.postings if p.account == chart.RECEIVABLE and p.debit_fen]
    booked = {p.month: p.debit_fen for p in arisen}
    made = {fee.of: fee for _, fee in _again(recount, entry, code, fees).month(month)}
    for fee in fees:
        if fee != made.get(fee.of):
            right = made.get(fee.of)
            recount.found("late_fee", entry, f"of {fee.of}: {fee}, and {right} is right")
    if booked != {fee.of: fee.amount_fen for fee in fees}:
        recount.found("fact", entry, f"posts {booked}, and its fact says {fees}")


def _again(recount: Recount, entry: Entry, code: str, fees: Iterable[LateFee]) -> LateFees:
    """What was open, as the fees say it, and what had been borne before, if that can matter, for
    the rule to reckon with again."""
    assert recount.info is not None
    info, terms, end = recount.info, recount.late_terms.values(), date.fromisoformat(entry.on)
    again, waived = LateFees(info, terms), code in recount.waived
    if any(may_be_capped(terms, charged_on(fee.of, info), end, waived=waived) for fee in fees):
        for _, month, day, principal, borne in recount.past.borne(code, entry):
            again.arise(code, month, day, principal)
            again.bear(code, month, borne)
    for fee in fees:
        for span in fee.spans:
            again.move(code, fee.of, span.first, span.open_fen)
            after = date.fromisoformat(span.last) + timedelta(1)
            again.move(code, fee.of, after.isoformat(), -span.open_fen)
    return again
