"""Ending 终止: what stands without an end is told its last day, or a tenure that it never was.

What was posted before that day stays; what was posted after it must not rest on what is ended.
"""

from __future__ import annotations

import json

from trustledger import measuring
from trustledger.errors import Refused
from trustledger.facts import DECIDED
from trustledger.period import last_day
from trustledger.records import Dated, Draft, LateFeeTerm, ReminderStep, Tenure, Term
from trustledger.standing import ENDING, info_of, tariffs_of
from trustledger.store import earned
from trustledger.store.reading import Reader
from trustledger.store.reminding import sent_after

END = ("to", "delivery")
"""How: by its last day, or by a developer's delivery."""

STRUCK = {"share": "0/1"}
"""What may be told of a tenure at any time: that it was a mistake, and holds nothing."""


def told_later(was_content: str, content: str) -> dict[str, str]:
    """How something open-ended ends, or a tenure is struck, if the content says just that."""
    was, now = json.loads(was_content), json.loads(content)
    told = {name: value for name, value in now.items() if value != was.get(name)}
    ends = told.keys() <= set(END) and not was.keys() & set(END)
    return told if was.keys() <= now.keys() and (ends or told == STRUCK) else {}


def ending(reader: Reader, fact: Dated, told: dict[str, str], key: str) -> Draft:
    """End what is open-ended, unless something posted after that day already rests on it.

    It is named by its public ``key``: who held a unit is not.

    Nothing posted rests on a tenure: who answers for a charge is found from the days themselves.
    """
    of = f"{fact.kind}|{key}"
    body = json.dumps({"of": of, **told}, ensure_ascii=False, separators=(",", ":"))
    if isinstance(fact, Tenure):
        on = max(fact.last or fact.start, info_of(reader).start).isoformat()
        return Draft(ENDING, f"{of}|struck" if told == STRUCK else of, on, body)
    on = told["to"]
    if _rests_on(reader, fact, on):
        raise Refused(
            f"{fact.kind} {fact.record_key!r} cannot end on {on}: "
            "something after that day already rests on it",
            field="to",
            fact=fact,
        )
    return Draft(ENDING, of, on, body)


def _rests_on(reader: Reader, fact: Dated, on: str) -> bool:
    """Whether something that is posted after a day rests on a fact."""
    if isinstance(fact, LateFeeTerm):
        return any(last_day(month).isoformat() > on for month in reader.keys("late_fees"))
    if isinstance(fact, Term):
        return earned.rests_on_term(reader, fact.record_key, on)
    if isinstance(fact, ReminderStep):
        return sent_after(reader, [fact.record_key], on)
    if isinstance(fact, DECIDED):
        return False  # it is looked up by the day, and what was done then stands
    return measuring.rests_on(reader, info_of(reader), fact, tariffs_of(reader))
