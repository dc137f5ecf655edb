"""Versioning 版本: the text of a version of a budget, its digest, and what differs between two.

Owners settle a version by its digest, so that what is in force is what was put to them, to the last
letter.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from trustledger.budgets import Budget, PlanIncome, PlanLine

Row = PlanLine | PlanIncome


def version_text(
    budget: Budget, version: str, lines: Iterable[PlanLine], incomes: Iterable[PlanIncome]
) -> str:
    """A version whole, as canonical JSON: the budget, the version's name, its lines by code, its
    incomes by category and fund, each with its fields in their documented order."""
    rows = (sorted(lines, key=lambda row: row.code), sorted(incomes, key=lambda row: row.code))
    told = [",".join(row.content() for row in part) for part in rows]
    name = json.dumps(version, ensure_ascii=False)
    return (
        f'{{"budget":{budget.content()},"version":{name},'
        f'"lines":[{told[0]}],"incomes":[{told[1]}]}}'
    )


def version_digest(
    budget: Budget, version: str, lines: Iterable[PlanLine], incomes: Iterable[PlanIncome]
) -> str:
    """What a version is voted on by: SHA-256 of its text, in hex."""
    return hashlib.sha256(version_text(budget, version, lines, incomes).encode()).hexdigest()


class FieldChange(NamedTuple):
    """A field of a row that says something else now; nothing where it said or says nothing."""

    field: str
    was: Any
    now: Any


class Change(NamedTuple):
    """A row that is in one version and not, or otherwise, in another; ``delta_fen``: how much
    more is planned."""

    code: str
    what: str  # added, removed or changed
    delta_fen: int
    fields: tuple[FieldChange, ...]


def difference(
    before: Iterable[PlanLine] | Iterable[PlanIncome],
    after: Iterable[PlanLine] | Iterable[PlanIncome],
) -> list[Change]:
    """What another version says differently, row by row, in the order of their codes."""
    was: dict[str, Row] = {row.code: row for row in before}
    now: dict[str, Row] = {row.code: row for row in after}
    changes = (_change(code, was.get(code), now.get(code)) for code in sorted({*was, *now}))
    return [change for change in changes if change.fields]


def _change(code: str, was: Row | None, now: Row | None) -> Change:
    what = "added" if was is None else "removed" if now is None else "changed"
    delta = (now.planned_fen if now else 0) - (was.planned_fen if was else 0)
    before, after = _told(was), _told(now)
    return Change(code, what, delta, tuple(
        FieldChange(field, before.get(field), after.get(field))
        for field in (after or before)
        if before.get(field) != after.get(field)
    ))  # fmt: skip


def _told(row: Row | None) -> dict[str, Any]:
    """What a row says, whatever version it is of."""
    if row is None:
        return {}
    fields = (field for field in type(row).model_fields if field not in ("budget", "version"))
    return {field: getattr(row, field) for field in fields}
