"""Reversals 冲销: of one earlier entry, once, and not of what was ratified or paid back."""

from __future__ import annotations

import json

from trustledger.acts.debts import check_reversal
from trustledger.audit.state import Recount
from trustledger.errors import TrustLedgerError
from trustledger.records import Entry, Expenditure


def reversal(recount: Recount, entry: Entry) -> None:
    """What is reversed is what the fact names, stands before it, and stood until now."""
    body = json.loads(entry.content)
    kind, key = body["of_kind"], body["of_key"]
    target = recount.past.reversed_by(entry)
    if target is None or target[1:3] != (kind, key):
        recount.found("reversal", entry, f"does not reverse {kind} {key!r}")
    if recount.docket is not None:
        if kind == Expenditure.kind:
            try:
                check_reversal(recount.docket, key)
            except TrustLedgerError as error:
                recount.found("act", entry, error.message)
        recount.docket.reverse(kind, key)
    if recount.past.is_reversed_before(entry):
        recount.found("reversal", entry, "what it reverses is reversed already")
