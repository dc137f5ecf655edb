"""What a fact says of its own entry 凭证与事实: the key, the day and the amount."""

from __future__ import annotations

from datetime import date
from typing import Any

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.records import Entry


def check_told(recount: Recount, entry: Entry, body: dict[str, Any], bank_fen: int) -> None:
    """The fact's key, day and amount against the entry's own and the bank posting."""
    key, on = body["key"], body["on"]
    for day in (on, body.get("original", on)):
        date.fromisoformat(day)
    if (key, on) != (entry.key, entry.on):
        recount.found("fact", entry, f"its fact says {key!r} on {on}")
    moved = 0
    for p in entry.postings:
        if p.account == chart.BANK:
            moved += p.debit_fen - p.credit_fen
    check_amount(recount, entry, bank_fen, moved)


def check_amount(recount: Recount, entry: Entry, told: int, booked: int) -> None:
    """What a fact says against what its entry posts, in fen."""
    if told != booked:
        recount.found("fact", entry, f"posts {booked} fen, and its fact says {told}")
