"""Late fees 违约金: open principal × rate × days, by the terms in force, within their caps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.records import Entry
from trustledger.rules.latefee import LateFee, LateFees, late_fee_key, read_late_fee


def late_fees(recount: Recount, entry: Entry) -> None:
    """The late fees of a month were charged; who owes one has an entry of its own."""
    if entry.key != json.loads(entry.content)["month"] or entry.postings:
        recount.found("fact", entry, "does not say that this month's late fees are charged")


def late_fee(recount: Recount, entry: Entry) -> None:
    """Every late fee is what its days and rates make, and those are in force; or its cap."""
    code, month, fees = read_late_fee(entry.content)
    if entry.key != late_fee_key(code, month):
        recount.found("late_fee", entry, f"says it is of unit {code} and month {month}")
    arisen = [p for p in entry.postings if p.account == chart.RECEIVABLE and p.debit_fen]
    booked = {p.month: p.debit_fen for p in arisen}
    again = _as_told(recount, code, fees)
    capped = any(term.cap is not None for term in again.terms)
    made = {fee.of: fee for _, fee in again.month(month)}
    for fee in fees:
        _compare(recount, entry, fee, made.get(fee.of), capped=capped)
    if booked != {fee.of: fee.amount_fen for fee in fees}:
        recount.found("fact", entry, f"posts {booked}, and its fact says {fees}")


def _as_told(recount: Recount, code: str, fees: Iterable[LateFee]) -> LateFees:
    """What was open, as the fees say it, for the rule to reckon with again."""
    assert recount.info is not None
    again = LateFees(recount.info, recount.late_terms.values())
    for fee in fees:
        for span in fee.spans:
            again.move(code, fee.of, span.first, span.open_fen)
            after = date.fromisoformat(span.last) + timedelta(1)
            again.move(code, fee.of, after.isoformat(), -span.open_fen)
    return again


def _compare(
    recount: Recount, entry: Entry, fee: LateFee, right: LateFee | None, *, capped: bool
) -> None:
    """A stored late fee against what the rule makes of its days; a cap may have lowered it."""
    if right is None or right.spans != fee.spans or fee.amount_fen > right.amount_fen:
        recount.found("late_fee", entry, f"of {fee.of}: {fee}, and {right} is right")
    elif fee.amount_fen < right.amount_fen and not capped:
        recount.found("late_fee", entry, f"of {fee.of}: {fee.amount_fen} fen, too little")
