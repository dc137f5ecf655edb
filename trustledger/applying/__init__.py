"""Applying 入账: facts and charges in date order -> balanced drafts of entries. Pure.

Contract rule 2: what is loaded and charged together applies in date order, whatever the order of
rows, files and commands; on one date charges come before receipts, receipts in key order. To keep
that promise between commands too, what is still unsettled from earlier batches (old claims, old
pieces, waiting waivers) takes its place in the same order again, at its own date. Settlements that
stand are never touched.

What lives here: :mod:`.order` says what comes when and who does it, :class:`Application` runs it,
and there is a file for what each family of facts posts, on the :class:`~.desk.Desk` of the batch.
What must not: the rules themselves (rules/) and where the state comes from (store/).
"""

from __future__ import annotations

from trustledger.applying.application import Application
from trustledger.applying.state import (
    Expiry,
    OldClaim,
    OldPiece,
    OldReceipt,
    PlannedCharge,
    State,
)

__all__ = [
    "Application",
    "Expiry",
    "OldClaim",
    "OldPiece",
    "OldReceipt",
    "PlannedCharge",
    "State",
]
