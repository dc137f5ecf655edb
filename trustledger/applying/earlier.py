"""What earlier batches left unsettled 往期未结: it takes its place in the order again.

Each does what it would have done, had it come in this batch, but that old charges and old money
do not meet of themselves (rules/receiving).
"""

from __future__ import annotations

from trustledger.applying.desk import Desk
from trustledger.applying.receipts import reserved
from trustledger.applying.settling import settlement
from trustledger.applying.state import Expiry, OldClaim, OldPiece
from trustledger.applying.waivers import post_waiver, ready
from trustledger.rules.receiving import WaitingWaiver


def old_claim(desk: Desk, claim: OldClaim) -> None:
    """An earlier charge: what is prepaid settles it, unless a late waiver called it up before."""
    amount = 0 if claim in desk.expected else claim.amount_fen
    account = desk.account(claim.unit)
    legs = account.arise(claim.since, claim.month, claim.item, amount, new=False)
    legs += account.release(claim.month, claim.since)
    settlement(desk, claim.unit, claim.since, legs)


def old_piece(desk: Desk, piece: OldPiece) -> None:
    """Earlier money: it settles what is open, or waits on."""
    unit, source, amount, since = piece
    account, pays = desk.account(unit), desk.state.pays.get(source, "")
    if reserved(desk, unit, pays) or not desk.borne(since):
        account.hold(source, since, amount, pays, new=False)
        return
    held = source in desk.state.waited
    legs = account.arrive(source, since, amount, pays, new=False, held=held)
    settlement(desk, unit, since, legs)


def old_waiver(desk: Desk, old: tuple[str, WaitingWaiver]) -> None:
    """A waiver in waiting: it lowers its charge, as far as that is open, or waits on."""
    unit, waiver = old
    account = desk.account(unit)
    if ready(desk, unit, waiver):
        legs = account.waive(waiver, waiver.on, strict=False)
        post_waiver(desk, unit, waiver, waiver.on, legs, None)
    else:
        account.waiting.append(waiver)


def expiry(desk: Desk, gone: Expiry) -> None:
    """A refund that stands took this money back: it settles nothing from its day on."""
    legs = desk.account(gone.unit).undo(gone.source, gone.amount_fen)
    settlement(desk, gone.unit, gone.on, legs)
