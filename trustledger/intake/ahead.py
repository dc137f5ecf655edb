"""Ahead 预先询问: what posting a few facts will ask of the book, asked in one go."""

from __future__ import annotations

from collections.abc import Sequence

from trustledger.intake.batch import OF_UNITS
from trustledger.records import Record, Tenure, Unit
from trustledger.store import earned, unsettled
from trustledger.store.asking import Asked
from trustledger.store.memo import Memo
from trustledger.store.reading import ONE_BY_ONE
from trustledger.store.stored import stored_of
from trustledger.store.writing import FEW, recorded_last


def will_ask(book: str, facts: Sequence[Record], memo: Memo) -> list[Asked]:
    """What posting a few facts will ask of the book, as far as that can be told before."""
    if not 0 < len(facts) <= FEW:
        return []
    keys: dict[str, set[str]] = {}
    for fact in facts:
        if not isinstance(fact, Tenure):
            keys.setdefault(fact.kind, set()).add(fact.record_key)
    units = {fact.unit for fact in facts if isinstance(fact, OF_UNITS) and fact.unit}
    unknown = units - memo.of(Unit.kind, ONE_BY_ONE, dict).keys()
    asked = [recorded_last(book), memo.question(book), earned.terms_stand(book)]
    asked += [stored_of(book, kind, sorted(of)) for kind, of in keys.items()]
    asked += [stored_of(book, Unit.kind, sorted(unknown))] if unknown else []
    asked += [unsettled.open_of(book, sorted(units))] if units else []
    return asked
