"""What is in force for a time 有效期: terms, tenures, steps of the reminder ladder, and endings."""

from __future__ import annotations

import json
from datetime import date

from trustledger.audit.kinds.acts import RECORDS
from trustledger.audit.kinds.closing import check_early
from trustledger.audit.state import Recount
from trustledger.records import Dated, Entry, LateFeeTerm, ReminderStep, Tenure, Term

_DATED: dict[str, type[Dated]] = {
    record.kind: record for record in (Term, LateFeeTerm, Tenure, ReminderStep)
}


def told(recount: Recount, entry: Entry) -> None:
    """A term of remuneration or late fees, a tenure, or a step of the reminder ladder."""
    fact = _DATED[entry.kind].load(entry.content)
    recount.dated[entry.kind][entry.key] = fact
    if entry.kind == Term.kind:
        _tell_term(recount, entry, fact)
    check_early(recount, entry, fact)


def ending(recount: Recount, entry: Entry) -> None:
    """What was told without an end, ends: a fact of the open budget, a price, or one of these."""
    body = json.loads(entry.content)
    of = body.pop("of")
    kind, _, key = of.partition("|")
    standing = recount.dated.get(kind)
    if kind in RECORDS:
        assert recount.docket is not None  # there is a book
        stood = recount.docket.get(RECORDS[kind], key)
        if isinstance(stood, Dated):
            recount.docket.add(stood.as_told(body))
    elif standing is None:
        recount.tariffs.clear()
        recount.measures.end(of, date.fromisoformat(body["to"]))
    else:
        standing[key] = standing[key].as_told(body)
        if kind == Term.kind:
            _tell_term(recount, entry, standing[key])


def _tell_term(recount: Recount, entry: Entry, term: Dated) -> None:
    """A term stands for acts, and for the base of money from this entry on."""
    assert recount.docket is not None  # there is a book
    recount.docket.add(term)
    recount.told_terms.tell(entry.seq, recount.terms.values())
