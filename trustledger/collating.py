"""Collating 归集: the figures of the open budget, as its statements want them.

What lives here: which facts of a book make an :class:`Annual`, and which lines stand at the end of
a period. Sums come from what the database keeps by line and month, never from single entries.
What must not: what a statement looks like (statements/), what is allowed (acts/).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from trustledger import chart, standing
from trustledger.acts import budgets, votes
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
from trustledger.docket import Docket
from trustledger.errors import InvalidInput, Unknown
from trustledger.period import Period, month_of
from trustledger.records import BudgetLine
from trustledger.rolls import Result
from trustledger.rules import budgeting, resolving, versioning
from trustledger.rules.versioning import Change
from trustledger.statements.annual import Annual, Moved
from trustledger.statements.figures import LineFigures, Turnover, line_spending
from trustledger.statements.open_budget import Version
from trustledger.statements.resolution import Voted
from trustledger.store import balances, line_sums
from trustledger.store.reading import Reader
from trustledger.votes import DecisionType, Revocation, Tally


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
        names_of(docket, unknown), {one.line: one for one in notes}, rate, base,
    )  # fmt: skip


def moved_in(reader: Reader, first: date, last: date) -> Moved:
    """What every line spent and committed from a day to a day, by month."""
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for line, month, spent, committed in line_sums.moved_by_month(reader, first, last):
        found.setdefault(line, {})[month] = (spent, committed)
    return found


def _turnovers(reader: Reader, first: date, last: date) -> Iterable[Turnover]:
    month = month_of(first)
    rows = (Turnover(*row) for row in balances.turnovers(reader, month, month_of(last)))
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


# --------------------------------------------------------------------------- versions


def version_of(
    reader: Reader, docket: Docket, annual: Annual, version: str | None, end: date
) -> Version:
    """A version of a budget, by name or, without one, the one in force at the end of a day; else
    the last that came to a stage, else the only draft.

    :raises Unknown: there is none of that name, or several drafts and no name.
    """
    budget, stages = annual.budget, docket.naming(Stage, "budget", annual.budget.budget)
    told = [one for one in stages if one.on <= end]
    name = version or _version_at(reader, annual, told)
    key = f"{budget.budget}|{name}"
    lines = docket.naming(PlanLine, "version", key)
    if not lines:
        known = ", ".join(standing.versions_of(reader, budget.budget)) or "none"
        raise Unknown("version", key, f"the versions of budget {budget.budget!r} are {known}")
    incomes = docket.naming(PlanIncome, "version", key)
    adopted = next((one for one in told if one.version == name and one.stage == "adopted"), None)
    allowed, _ = budgets.ceiling_of(docket, budget, key)
    standing_of = voted(docket, adopted.resolution, end).standing if adopted else ""
    in_force = annual.stage is not None and annual.stage.version == name
    return Version(
        budget, name, tuple(lines), tuple(incomes),
        versioning.version_digest(budget, name, lines, incomes),
        budgeting.stage_of(told, key), adopted,
        standing_of, allowed, annual.rate,
        sum(annual.changed(line.line) for line in annual.lines) if in_force else None,
    )  # fmt: skip


def _version_at(reader: Reader, annual: Annual, told: list[Stage]) -> str:
    """The version that owners look at when they name none."""
    if annual.stage is not None:
        return annual.stage.version
    shown = [one for one in told if one.stage != "withdrawn"] or told
    if shown:
        return max(shown, key=lambda one: (one.on, one.version)).version
    drafts = standing.versions_of(reader, annual.budget.budget)
    return drafts[0] if len(drafts) == 1 else ""


def version_before(docket: Docket, annual: Annual) -> tuple[str, list[Change]]:
    """The version before the one in force, and what that one says otherwise."""
    stage = annual.stage
    if stage is None:
        return "", []
    earlier = [
        one for one in docket.naming(Stage, "budget", annual.budget.budget)
        if one.version != stage.version and one.on <= stage.on
    ]  # fmt: skip
    if not earlier:
        return "", []
    last = max(earlier, key=lambda one: (one.stage == "adopted", one.on, one.version))
    was, now = last.version_key, stage.version_key
    lines = (docket.naming(PlanLine, "version", key) for key in (was, now))
    incomes = (docket.naming(PlanIncome, "version", key) for key in (was, now))
    return last.version, versioning.difference(*lines) + versioning.difference(*incomes)


# --------------------------------------------------------------------------- votes


def voted(docket: Docket, key: str, end: date) -> Voted:
    """A resolution at the end of a day.

    :raises Unknown: there is none.
    :raises InvalidInput: it is put to the vote after that day.
    """
    of = votes.named(docket, key)
    if of.on > end:
        raise InvalidInput(
            f"resolution {key!r} is put to the vote on {of.on}, after {end}; ask for a later period"
        )
    told, tally = docket.told(votes.RESULT, key), docket.get(Tally, key)
    result = Result.load(told) if told else None
    revoked = docket.naming(Revocation, "resolution", key)
    counted = tally is not None and tally.on <= end
    return Voted(
        of,
        resolving.decision_on(docket.all(DecisionType), of.decision, of.on),
        votes.roll_of(docket, key),
        tally if counted else None,
        result if counted else None,
        min((one for one in revoked if one.on <= end), key=lambda one: one.on, default=None),
        resolving.standing(of, tally, result, revoked, end),
        end,
    )


def titles_of(docket: Docket, keys: Iterable[str]) -> dict[str, str]:
    """What resolutions are about, by key."""
    return {key: votes.named(docket, key).title for key in sorted({*keys} - {""})}
