"""The facts together 事实之间: what can only be told once the whole journal was read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.errors import Overlap
from trustledger.records import Entry, Finding
from trustledger.rules.owing import check_shares
from trustledger.rules.reminding import OpenItem, Reminder, overdue_days
from trustledger.store.reading import Reader

Moved = tuple[int, str, OpenItem]
"""Number and day of an entry, and by how much it moved what is open."""


def check_tenures(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Tenures are of units that are defined; none has owners of more than its whole on any day."""
    for key, tenure in recount.tenures.items():
        if tenure.unit not in recount.units:
            yield Finding("unit", f"tenure {key}", f"unit {tenure.unit!r} is not defined")
    try:
        check_shares(recount.tenures.values())
    except Overlap as error:
        yield Finding("shares", f"tenure {error.facts['fact'].record_key}", error.message)


def check_acts(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The library said what it says beside an act: the roll of a vote, and its result."""
    for kind, key in sorted(recount.unsaid):
        yield Finding("act", f"{kind} {key}", "follows from the facts, and does not stand")


def check_attachments(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Every voucher's file is there and is what its hash says."""
    seen = set()
    for digest, body in reader.attachments():
        seen.add(digest)
        if sha256(body).hexdigest() != digest:
            yield Finding("attachment", digest, "the file is not what its hash says")
    for digest, seq in recount.digests.items():
        if digest not in seen:
            yield Finding("attachment", digest, f"the file of entry {seq} is missing")


def check_reminders(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """A reminder names what was open on its day in the journal that it was drawn from, and a step
    of the ladder that its oldest charge had reached."""
    moves: dict[str, list[Moved]] = {told.unit: [] for _, told in recount.reminders}
    if moves:
        for seq, _, _, day, p in reader.postings("", None, (chart.RECEIVABLE,)):
            if p.unit in moves:
                net = p.debit_fen - p.credit_fen
                moves[p.unit].append((seq, day, OpenItem(p.month, p.item, net)))
    for entry, told in recount.reminders:
        for check, message in _wrong_of(recount, entry, told, moves[told.unit]):
            yield Finding(check, f"entry {entry.seq} reminder {entry.key}", message)


def _wrong_of(
    recount: Recount, entry: Entry, told: Reminder, moves: list[Moved]
) -> Iterator[tuple[str, str]]:
    """What does not hold of one reminder, by check."""
    if (told.key, told.on) != (entry.key, entry.on):
        yield "fact", f"its fact says {told.key!r} on {told.on}"
    if recount.roots.get(told.size) != told.root:
        yield "reminder", f"{told.root} is not the root of {told.size} entries"
    step, on = recount.steps.get(told.step), date.fromisoformat(told.on)
    if step is None or not step.covers(on):
        yield "reminder", f"step {told.step!r} was not in force on {told.on}"
    assert recount.info is not None
    if overdue_days(told.month, on, recount.info) < told.days:
        yield "reminder", f"{told.month} was not {told.days} days old"
    right = _open_then(told, moves)
    if told.items != right or not right or told.month != right[0].month:
        yield "reminder", f"says {told.items} was open, and {right} was"


def _open_then(told: Reminder, moves: list[Moved]) -> tuple[OpenItem, ...]:
    """What was open on a reminder's day in the journal that it was drawn from."""
    then: dict[tuple[str, str], int] = {}
    for seq, day, (month, item, fen) in moves:
        if seq <= told.size and day <= told.on:
            then[month, item] = then.get((month, item), 0) + fen
    return tuple(OpenItem(*of, fen) for of, fen in sorted(then.items()) if fen)
