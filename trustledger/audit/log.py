"""The log 日志: an entry's place in it, its time, and what it commits to of personal values."""

from __future__ import annotations

import json

from trustledger.audit.state import Recount
from trustledger.errors import TrustLedgerError
from trustledger.period import instant
from trustledger.records import Entry, Tenure, Unit
from trustledger.rules.closing import CLOSE, shuts
from trustledger.rules.journal import leaf_hash
from trustledger.rules.sealing import commitment, sealed_fields


def take_leaf(recount: Recount, entry: Entry) -> None:
    """An entry follows the one before it and is what was posted: its leaf says both."""
    if entry.seq != recount.expected:
        recount.found("sequence", entry, f"number {recount.expected} was expected here")
    recount.expected = entry.seq + 1
    frontier = recount.frontier
    if entry.kind in ("reminder", CLOSE):
        recount.roots[frontier.size] = frontier.root().hex()
    leaf = leaf_hash(
        recount.book, *entry[:4], entry.reverses, entry.public or entry.content, entry.postings
    )
    if leaf != entry.leaf:
        recount.found("log_leaf", entry, "what stands here is not what was posted")
    recount.nodes += frontier.append_noting(entry.leaf)
    if frontier.size in recount.signed_sizes:
        recount.roots[frontier.size] = frontier.root().hex()


def take_time(recount: Recount, entry: Entry) -> None:
    """No entry is dated in closed time and, once a month was closed, none was recorded before
    the one before it: books of earlier versions took a clock that ran backwards at its word."""
    if shuts(recount.closed, entry.on):
        recount.found("closed", entry, f"dated {entry.on}, after {recount.closed} was closed")
    if entry.recorded_at == recount.clock:  # as that of the entry before, of one batch
        return
    try:
        at = instant(entry.recorded_at)
    except TrustLedgerError as error:
        recount.found("unreadable", entry, str(error))
        return
    if recount.closed and recount.recorded is not None and at < recount.recorded:
        recount.found("recorded", entry, f"recorded at {at}, before the entry before it")
    recount.recorded, recount.clock = at, entry.recorded_at


def take_private(recount: Recount, entry: Entry) -> None:
    """What is kept of a sealed field is what the entry commits to; what is not, was erased."""
    sealed = sealed_fields(entry.public)
    for field, salt, value in entry.private:
        recount.opened += 1
        if sealed.pop(field, "") != commitment(salt, entry.kind, field, value):
            recount.found("private", entry, f"its {field} is not what the entry commits to")
    recount.missing |= {(entry.seq, field): entry for field in sealed}
    if sealed and entry.kind in (Unit.kind, Tenure.kind):
        recount.nameless.add(json.loads(entry.public)["unit"])
