"""Reminders 催缴 and plans of payment 分期, which move no money."""

from __future__ import annotations

from trustledger.audit.state import Recount
from trustledger.records import Entry, Instalment
from trustledger.rules.reminding import Reminder


def instalment(recount: Recount, entry: Entry) -> None:
    """A part of a plan of payment, by its own key and day and of a unit that is defined."""
    fact = Instalment.load(entry.content)
    if (fact.record_key, fact.on.isoformat()) != (entry.key, entry.on):
        recount.found("fact", entry, f"its fact says {fact.record_key!r} on {fact.on}")
    if fact.unit not in recount.units:
        recount.found("unit", entry, f"unit {fact.unit!r} is not defined")


def reminder(recount: Recount, entry: Entry) -> None:
    """A reminder is kept until the whole journal tells what was open on its day."""
    recount.reminders.append((entry, Reminder.load(entry.content)))
