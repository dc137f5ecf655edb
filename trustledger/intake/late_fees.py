"""Late fees 违约金 as a batch finds them: what is open day by day, and money that waits for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from trustledger.applying import OldClaim, OldPiece
from trustledger.intake.batch import Batch
from trustledger.period import first_day, last_day
from trustledger.records import COMMON, LATE_FEE, OPENING, Waiver
from trustledger.rules.latefee import Charged, LateFees, charged_on, may_be_capped
from trustledger.rules.remuneration import Meter
from trustledger.store import charges, earned


def late_fees_of(
    batch: Batch,
    claims: Iterable[OldClaim],
    waiting: Collection[str],
    only: Collection[str] | None,
    months: Sequence[str],
) -> LateFees:
    """What is open of earlier charges, day by day from the first month to be charged on.

    ``waiting``: the units of which a waiver of an earlier batch waits; it will lower caps.
    """
    late = LateFees(batch.info, batch.late_terms)
    if not any(map(late.runs_in, months)):
        return late
    first, last = first_day(months[0]), last_day(months[-1])
    moves = list(charges.principal_moves(batch.reader, first.isoformat(), only))
    left = _open_before(claims, moves)
    capped = _may_be_capped(batch, left, waiting, last)
    for unit, month, day, principal, borne in charges.borne(batch.reader, capped):
        late.arise(unit, month, day, principal)
        late.bear(unit, month, borne)
    eve = (first - timedelta(1)).isoformat()
    for unit, month, day, fen in moves:
        late.move(unit, month, day, fen)
    for (unit, month), fen in left.items():
        if fen:
            late.move(unit, month, eve, fen)
    return late


def _may_be_capped(
    batch: Batch, left: Iterable[Charged], waiting: Collection[str], last: date
) -> set[str]:
    """The units with a charge that may have reached its cap."""
    if all(term.cap is None for term in batch.late_terms):
        return set()
    waived = {fact.unit for fact in batch.of(Waiver)} | charges.waived(batch.reader).union(waiting)
    return {
        unit
        for unit, month in left
        if may_be_capped(
            batch.late_terms, charged_on(month, batch.info), last, waived=unit in waived
        )
    }


def _open_before(
    claims: Iterable[OldClaim], moves: Iterable[tuple[str, str, str, int]]
) -> dict[Charged, int]:
    """What was open of the principal before these moves: what is open now, less what moved."""
    left: dict[Charged, int] = {}
    for claim in claims:
        if claim.item != LATE_FEE:
            where = (claim.unit, claim.month)
            left[where] = left.get(where, 0) + claim.amount_fen
    for unit, month, _, fen in moves:
        left[unit, month] = left.get((unit, month), 0) - fen
    return left


def late_keys(batch: Batch, months: Iterable[str]) -> set[str]:
    """The late fees that stand, of months that are charged again for what came since."""
    again = set(batch.late_months).intersection(months)
    return {key for month in again for key in charges.charged(batch.reader, month, LATE_FEE)}


def came_by(
    batch: Batch, meter: Meter, late: LateFees, pieces: Iterable[OldPiece]
) -> tuple[dict[tuple[str, str], str], set[str]]:
    """The terms of what may go back, and of money that late fees may use; which of the money
    was posted before the late fees that come before it."""
    sources = {piece.source for piece in pieces if piece.source != OPENING}
    if not batch.going_back and not sources:
        return {}, set()
    found, receipts = earned.came_by(batch.reader, batch.going_back, sources)
    waited = set()
    for source, (day, seq) in receipts.items():
        if ("late", source) not in found:
            found["late", source] = meter.term_of(day, LATE_FEE, COMMON, owed=True)
        known = [month for month, at in batch.late_months.items() if at < seq]
        due = late.due_before(day)
        if max(known, default="") < due and due not in batch.late_months:
            waited.add(source)
    return found, waited
