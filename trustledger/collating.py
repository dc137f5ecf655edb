"""Collating 归集: the figures of the open budget, as its statements want them.

What lives here: which facts of a book make an :class:`Annual`, and which lines stand at the end of
a period. Sums come from what the database keeps by line and month, never from single entries.
What must not: what a statement looks like (statements/), what is allowed (acts/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from trustledger import chart, standing
from trustledger.acts import budgets
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, VarianceNote
from trustledger.docket import Docket
from trustledger.period import Period, month_of
from trustledger.records import BookInfo, BudgetLine, Unit
from trustledger.statements.annual import Annual, Moved
from trustledger.statements.figures import LineFigures, Turnover, line_spending
from trustledger.store.reading import Reader


def docket_of(reader: Reader, info: BookInfo) -> Docket:
    """What stands of the open budget, looked up when it is asked for."""
    return Docket(
        info,
        standing.Shelf(reader),
        funds=standing.funds_of(reader),
        units=lambda: {unit.unit: unit for unit in reader.facts(Unit)},
        tenures=lambda: standing.tenures_of(reader),
    )


def budget_in(docket: Docket, period: Period) -> Budget | None:
    """The last budget that shares a day with a period."""
    found = [b for b in docket.all(Budget) if b.start <= period.end and period.start <= b.to]
    return max(found, key=lambda one: one.start, default=None)


def annual_of(reader: Reader, docket: Docket, budget: Budget, end: date) -> Annual:
    """A budget through a day, or through its own last one."""
    on = min(end, budget.to)
    approved = budgets.approved_of(docket, budget)
    stage = approved.stage_on(on)
    amended = sorted(
        (one for one in docket.naming(Amendment, "budget", budget.budget)
         if one.budget == budget.budget and one.on <= on),
        key=lambda one: (one.on, one.key),
    )  # fmt: skip
    moved = moved_in(reader, budget.start, on)
    unknown = moved.keys() - approved.lines_on(on).keys()
    notes = docket.naming(VarianceNote, "budget", budget.budget)
    rate, base = budgets.term_of(docket, budget.start)
    return Annual(
        budget, on, approved,
        tuple(docket.naming(PlanIncome, "version", stage.version_key)) if stage else (),
        tuple(amended), moved, tuple(_turnovers(reader, budget.start, on)),
        names_of(docket, unknown), {one.line: one for one in notes if one.on <= end}, rate, base,
    )  # fmt: skip


def moved_in(reader: Reader, first: date, last: date) -> Moved:
    """What every line spent and committed from a day to a day, by month."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line, month, spent, committed in reader.moved_by_month(first, last):
        found.setdefault(line, {})[month] = (spent, committed)
    return found


def _turnovers(reader: Reader, first: date, last: date) -> Iterable[Turnover]:
    month = month_of(first)
    rows = (Turnover(*row) for row in reader.turnovers(month, month_of(last)))
    return (one for one in rows if one.month >= month)


# --------------------------------------------------------------------------- what stands


def names_of(docket: Docket, codes: Iterable[str]) -> dict[str, str]:
    """The name of every line that is asked for: of the budget that had it last."""
    found = {line.line: line.name for line in docket.all(BudgetLine)}
    for code in sorted(codes):
        told = [one.name for one in docket.naming(PlanLine, "line", code)]
        opened = [one.name for one in docket.naming(Amendment, "line", code) if one.name]
        found[code] = next(iter((*told[::-1], *opened)), found.get(code, code))
    return found


def lines_at(
    reader: Reader, docket: Docket, annual: Annual | None, turnovers: Iterable[Turnover], end: date
) -> tuple[LineFigures, ...]:
    """The lines that stand at the end of a day: of the budget in force then, or of budget.csv."""
    if annual is not None and annual.in_force(end):
        return annual.lines
    known = list(turnovers)
    spent, bound = line_spending(known), _bound(known)
    for line, moved in _in_budgets(reader, docket, end):
        for fen, committed in moved.values():
            spent[line] = spent.get(line, 0) - fen
            bound[line] = bound.get(line, 0) - committed
    return tuple(
        LineFigures(
            line.line, line.name, line.category, line.fund, line.amount_fen,
            bound.get(line.line, 0), spent.get(line.line, 0),
        )
        for line in sorted(docket.all(BudgetLine), key=lambda one: one.line)
    )  # fmt: skip


def _bound(turnovers: Iterable[Turnover]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in turnovers:
        if one.account == chart.COMMITTED:
            found[one.line] = found.get(one.line, 0) + one.net_fen
    return found


def _in_budgets(
    reader: Reader, docket: Docket, end: date
) -> Iterable[tuple[str, Mapping[str, tuple[int, int]]]]:
    """What lines did while a budget was in force: not of what budget.csv allows them."""
    for budget in docket.all(Budget):
        days = [
            stage.in_force_from(budget)
            for stage in budgets.approved_of(docket, budget).stages
            if stage.stage == "adopted"
        ]
        if days and min(days) <= end:
            yield from moved_in(reader, min(days), min(budget.to, end)).items()
