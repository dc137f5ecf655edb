"""Closes 结账: what a close seals, and that nothing said later reaches back into closed time."""

from __future__ import annotations

from trustledger.audit.state import Recount
from trustledger.period import month_of, next_month
from trustledger.records import Entry, Record
from trustledger.rules.closing import Seal, begins, closed_on, shuts, totals_of


def close(recount: Recount, entry: Entry) -> None:
    """A close seals the month after the last one, the journal before it, and every total."""
    assert recount.info is not None
    seal, closed = Seal.load(entry.content), recount.closed
    month = next_month(closed) if closed else month_of(recount.info.start)
    if (entry.key, entry.on, seal.month) != (month, closed_on(month), month):
        recount.found("close", entry, f"says {seal.month} on {entry.on}; {month} was to be closed")
    if recount.roots.get(seal.size) != seal.root or seal.size != entry.seq - 1:
        recount.found("close", entry, f"{seal.root} is not the root of {entry.seq - 1} entries")
    _check_totals(recount, entry, seal, month)
    recount.closed = max(closed, seal.month)


def _check_totals(recount: Recount, entry: Entry, seal: Seal, month: str) -> None:
    moved = ((k[0], k[1], k[2], up, down) for k, (up, down) in recount.turnover.items())
    right = totals_of(month, moved)
    wrong = sorted(set(seal.totals) ^ set(right))
    if wrong or len(seal.totals) != len(right):
        recount.found("close", entry, f"its totals are not those of the journal: {wrong[:2]}")


def check_early(recount: Recount, entry: Entry, fact: Record) -> None:
    """A fact that stands after a close counts from a month that was open then."""
    month, field = begins(fact)
    if month and shuts(recount.closed, month):
        message = f"its {field} reaches back into {recount.closed}, closed then"
        recount.found("closed", entry, message)
