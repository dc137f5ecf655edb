"""Naming 引用: what rows of the open budget name that no row of the folder is.

What lives here: looking through a folder's own facts. What must not: the book, which may know from
before what the folder does not say again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from trustledger.budgets import Amendment, PlanLine
from trustledger.errors import Place
from trustledger.facts import DECIDED
from trustledger.records import BudgetLine, Expenditure, Record
from trustledger.spendings import Publication

Name = tuple[str, str]
"""Kind and key."""

_ELSEWHERE = ("attachment", "fund", "unit")
"""Kinds that are looked up when a row is taken."""

_NAMED: tuple[type[Record], ...] = (*DECIDED, BudgetLine, Expenditure)


class Loose(NamedTuple):
    """A row that names something that no row of its folder is; ``may_be``: what it would mean."""

    place: Place
    field: str
    key: str
    may_be: tuple[Name, ...]


def loose(facts: Iterable[tuple[Place, Record]]) -> list[Loose]:
    """Every such row, the first for each thing that is named."""
    told = [(place, fact) for place, fact in facts if isinstance(fact, _NAMED)]
    known = {name for _, fact in told for name in _is(fact)}
    found: dict[tuple[Name, ...], Loose] = {}
    for place, fact in told:
        for field, key, may_be in _named(fact) if isinstance(fact, DECIDED) else ():
            if not known.intersection(may_be):
                found.setdefault(may_be, Loose(place, field, key, may_be))
    return list(found.values())


def _is(fact: Record) -> list[Name]:
    """Under which names a fact is found: also as a line, or as a part of a version."""
    found = [(fact.kind, fact.record_key)]
    if isinstance(fact, PlanLine):
        found += [("line", fact.line), ("version", fact.version_key)]
    elif isinstance(fact, BudgetLine) or (isinstance(fact, Amendment) and fact.name):
        found.append(("line", fact.line))
    return found


def _named(fact: Record) -> list[tuple[str, str, tuple[Name, ...]]]:
    """What a fact names: field, key, and what that may be (a publication's: one of several)."""
    found: dict[str, tuple[str, tuple[Name, ...]]] = {}
    for field, kind in fact.refers:
        key = getattr(fact, field)
        if key and kind not in _ELSEWHERE:
            first, kinds = found.get(key, (field, ()))
            found[key] = (first, (*kinds, (kind, key)))
    if isinstance(fact, Publication) and fact.of in found:
        voucher = [(Expenditure.kind, fact.of)] if fact.what == "spending" else []
        return [("of", fact.of, (*found[fact.of][1], *voucher))]
    return [(field, key, names) for key, (field, names) in found.items()]
