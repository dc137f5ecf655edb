"""Budgeting 预算: the stages that versions pass, amendments, and what is approved on a day.

预算先行: nothing is approved before a version is adopted, by a resolution on it as it stands. A
version states amounts for the whole time of its budget: one adopted later takes the place of
earlier ones and of everything amended until the day it comes into force.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from trustledger.budgets import (
    CARRIES,
    Amendment,
    Budget,
    OfVersion,
    PlanIncome,
    PlanLine,
    Stage,
)
from trustledger.errors import NoBudgetLine, OverBudget, Overlap, Refused, WrongFund
from trustledger.money import yuan

# --------------------------------------------------------------------------- stages

_BEFORE = {
    "consultation": ("draft",),
    "adopted": ("consultation",),
    "withdrawn": ("draft", "consultation"),
    "closed": ("adopted",),
}
"""Which stage a version must stand in to come to another."""


def stage_of(stages: Iterable[Stage], version_key: str) -> Stage | None:
    """The last stage that a version has come to; none of a draft."""
    mine = [stage for stage in stages if stage.version_key == version_key]
    return max(mine, key=lambda stage: stage.turn, default=None)


def no_budget_twice(budgets: Iterable[Budget]) -> None:
    """Two budgets never share a day.

    :raises Overlap: two do.
    """
    last: Budget | None = None
    for budget in sorted(budgets, key=lambda one: one.start):
        if last is not None and last.overlaps(budget):
            raise Overlap(
                f"budget {last.budget!r} is until {last.to}, and {budget.budget!r} from "
                f"{budget.start}; end the one before the other begins",
                field="from",
                fact=budget,
            )
        last = budget


def check_row(
    row: PlanLine | PlanIncome, budget: Budget | None, stages: Sequence[Stage], fund: str = ""
) -> None:
    """Whether a row may be added: to a draft of a budget that there is, and that is not closed.

    :param fund: of a line that the budget has already, in another version or by a supplement.
    :raises NoBudgetLine: there is no such budget.
    :raises Refused: the budget is closed, or the version is a draft no more.
    :raises WrongFund: the line would change its fund.
    """
    if budget is None:
        raise _no_budget(row.budget, row)
    _check_open(row.budget, stages, "version", row)
    stage = stage_of(stages, row.version_key)
    if stage is not None:
        raise Refused(
            f"version {row.version_key!r} is {stage.stage} since {stage.on} and fixed; "
            "put the change into a new version",
            field="version",
            fact=row,
        )
    if isinstance(row, PlanLine):
        _check_fund(row.line, fund, row.fund, row)


def _check_fund(line: str, was: str, now: str, fact: PlanLine | Amendment) -> None:
    """A line keeps its fund, whatever version it is of: what it spent cannot change it."""
    if was and was != now:
        raise WrongFund(
            f"line {line!r} is paid from fund {was!r} in this budget, and now from {now!r}; "
            "give what another fund pays for a line of its own",
            field="fund",
            fact=fact,
        )


def _check_open(
    budget: str,
    stages: Iterable[Stage],
    field: str,
    fact: PlanLine | PlanIncome | Stage | Amendment,
) -> None:
    for stage in stages:
        if stage.stage == "closed":
            raise Refused(
                f"budget {budget!r} was closed with its final accounts on {stage.on}; "
                "put the change into the next budget",
                field=field,
                fact=fact,
            )


def _no_budget(budget: str, fact: OfVersion | Amendment) -> NoBudgetLine:
    return NoBudgetLine(
        f"budget {budget!r} is not there; enter it, with its first and last day, before its rows",
        field="budget",
        fact=fact,
    )


def check_stage(
    stage: Stage,
    budget: Budget | None,
    stages: Sequence[Stage],
    digest: str,
    resolved: tuple[str, str] | None = None,
) -> None:
    """Whether a version may come to a stage. Checks in this order: the budget is there and not
    closed; the stage is the next one; its day is not before the last one's; what is closed is the
    version adopted last; the digest is the version's; the resolution is on this version, as it
    stands; it is in force inside the budget.

    :param stages: all that stand of this budget.
    :param digest: the version's, as computed now; ``""``: it has no lines.
    :param resolved: version key and digest that the named resolution is on.
    :raises NoBudgetLine, Refused: as said.
    """
    if budget is None:
        raise _no_budget(stage.budget, stage)
    _check_open(stage.budget, stages, "stage", stage)
    _check_order(stage, stage_of(stages, stage.version_key), stages)
    _check_digest(stage, digest, resolved)
    if stage.stage == "adopted" and not stage.in_force_from(budget) <= budget.to:
        raise Refused(
            f"version {stage.version_key!r} would be in force from "
            f"{stage.in_force_from(budget)}, after its budget's last day {budget.to}; "
            "correct the day",
            field="from" if stage.start else "on",
            fact=stage,
        )


def _check_order(stage: Stage, last: Stage | None, stages: Iterable[Stage]) -> None:
    name = last.stage if last else "draft"
    if name not in _BEFORE[stage.stage]:
        raise Refused(
            f"version {stage.version_key!r} is {name}, and only one that is "
            f"{' or '.join(_BEFORE[stage.stage])} becomes {stage.stage}",
            field="stage",
            fact=stage,
        )
    if last is not None and stage.on < last.on:
        raise Refused(
            f"version {stage.version_key!r} came to {last.stage} on {last.on}, and would be "
            f"{stage.stage} on {stage.on}, before that; correct the day",
            field="on",
            fact=stage,
        )
    if last is not None and stage.stage == "closed":
        for other in stages:
            if other.stage == "adopted" and other.on > last.on:
                raise Refused(
                    f"version {other.version_key!r} was adopted on {other.on}, after "
                    f"{stage.version_key!r}; the final accounts are of that one",
                    field="version",
                    fact=stage,
                )


def _check_digest(stage: Stage, digest: str, resolved: tuple[str, str] | None) -> None:
    if not digest:
        raise Refused(
            f"version {stage.version_key!r} has no lines; enter them before it is {stage.stage}",
            field="version",
            fact=stage,
        )
    if stage.digest and stage.digest != digest:
        raise Refused(
            f"version {stage.version_key!r} has the digest {digest}, and {stage.digest} was "
            f"{stage.stage}; what owners saw is not what stands: compare the two",
            field="digest",
            fact=stage,
        )
    if stage.stage == "adopted" and resolved != (stage.version_key, digest):
        told = f"{resolved[0]!r} with the digest {resolved[1]}" if resolved else "no version"
        raise Refused(
            f"resolution {stage.resolution!r} is on {told}, and not on version "
            f"{stage.version_key!r} with the digest {digest}; name the one that adopted it",
            field="resolution",
            fact=stage,
        )


# --------------------------------------------------------------------------- approved on a day


class Line(NamedTuple):
    """预算项目: a line that is approved, from a version or opened by a supplement."""

    line: str
    name: str
    category: str
    fund: str
    plan: PlanLine | None = None


class Approved:
    """批准数: what is approved of one budget, from day to day.

    A line's amount on a day is that of the version in force (the last adopted one of those whose
    day has come), with the amendments after the day that it came into force and until this one.
    """

    def __init__(
        self,
        budget: Budget,
        stages: Iterable[Stage],
        lines: Iterable[PlanLine],
        amendments: Iterable[Amendment] = (),
    ) -> None:
        """All of the budget's; ``stages`` in the order in which they were posted."""
        self.budget = budget
        self.stages = tuple(stages)
        adopted = (stage for stage in self.stages if stage.stage == "adopted")
        self.adopted = sorted(adopted, key=lambda stage: stage.on)
        self._lines: dict[str, dict[str, PlanLine]] = {}
        for line in lines:
            self._lines.setdefault(line.version, {})[line.line] = line
        self.amendments = sorted(
            (one for one in amendments if one.move not in CARRIES), key=lambda one: one.on
        )
        self._days = sorted(
            {stage.in_force_from(budget) for stage in self.adopted}
            | {one.on for one in self.amendments}
        )

    def stage_on(self, day: date) -> Stage | None:
        """The stage by which a version is in force on a day."""
        if not self.budget.covers(day):
            return None
        come = (one for one in reversed(self.adopted) if one.in_force_from(self.budget) <= day)
        return next(come, None)

    def lines_on(self, day: date) -> dict[str, tuple[Line, int]]:
        """Every line that is approved on a day, by code, with its amount in fen."""
        stage = self.stage_on(day)
        if stage is None:
            return {}
        found = {
            code: (Line(code, line.name, line.category, line.fund, line), line.amount_fen)
            for code, line in sorted(self._lines.get(stage.version, {}).items())
        }
        for amendment in self.since(stage, day):
            _amend(found, amendment)
        return found

    def counts_until(self, day: date) -> date:
        """The last day on which what is amended on a day counts: a version that is adopted later
        takes its place when it comes into force."""
        stage = self.stage_on(day)
        later = self.adopted[self.adopted.index(stage) + 1 :] if stage else self.adopted
        starts = (one.in_force_from(self.budget) for one in later)  # none of them until that day
        return min([*(start - timedelta(days=1) for start in starts), self.budget.to])

    def since(self, stage: Stage, day: date) -> list[Amendment]:
        """What was amended after a version came into force, until a day."""
        start = stage.in_force_from(self.budget)
        return [one for one in self.amendments if start < one.on <= day]

    def line_on(self, code: str, day: date) -> Line | None:
        """A line as it is approved on a day."""
        found = self.lines_on(day).get(code)
        return found[0] if found else None

    def amount_on(self, code: str, day: date) -> int:
        """What is approved of a line on a day, for the budget's whole time."""
        return self.lines_on(day).get(code, (None, 0))[1]

    def fund_of(self, code: str) -> str:
        """The fund of a line in any version that was not withdrawn, or by a supplement; ``""``: no
        line of this budget."""
        withdrawn = {stage.version for stage in self.stages if stage.stage == "withdrawn"}
        for version, lines in self._lines.items():
            if code in lines and version not in withdrawn:
                return lines[code].fund
        opened = (one.of_fund for one in self.amendments if one.line == code and one.name)
        return next(opened, "")

    def steps(self) -> dict[str, list[tuple[date, int]]]:
        """Of every line: from which day on how much is approved."""
        found: dict[str, list[tuple[date, int]]] = {}
        for day in self._days:
            told = {code: fen for code, (_, fen) in self.lines_on(day).items()}
            for code in {*found, *told}:
                steps = found.setdefault(code, [])
                fen = told.get(code, 0)
                if not steps or steps[-1][1] != fen:
                    steps.append((day, fen))
        return found


def _amend(lines: dict[str, tuple[Line, int]], amendment: Amendment) -> None:
    """What an amendment makes of the lines that are approved."""
    for code, fen in effects(amendment).items():
        line, was = lines.get(code) or (
            Line(code, amendment.name, amendment.category or "", amendment.of_fund), 0
        )  # fmt: skip
        lines[code] = (line, was + fen)


def effects(amendment: Amendment) -> dict[str, int]:
    """How much more, in fen, an amendment approves of each line that it names."""
    amount = amendment.amount_fen
    if amendment.move == "transfer":
        return {amendment.line: -amount, amendment.to_line: amount}
    if amendment.move in CARRIES:
        return {}
    return {amendment.line: amount if amendment.move == "supplement" else -amount}


def check_amendment(
    amendment: Amendment, approved: Approved | None, left_fen: int, resolution_from_fen: int | None
) -> None:
    """Whether a budget in force may be changed so. Checks in this order: the budget is not
    closed; a version is in force, since before that day; the lines are there, or the new one is
    not; they are of one fund; what is taken is there to be taken; a resolution is named.

    :param left_fen: what the line can still spend from that day on (rules/availability), which is
        what can be taken from it.
    :param resolution_from_fen: from how much on a transfer needs a resolution; nothing, never.
    :raises NoBudgetLine, WrongFund, OverBudget, Refused: as said.
    """
    if approved is None:
        raise _no_budget(amendment.budget, amendment)
    _check_open(amendment.budget, approved.stages, "budget", amendment)
    if amendment.move not in CARRIES:
        _check_in_force(amendment, approved)
        _check_lines(amendment, approved)
    if amendment.move in ("transfer", "reduction") and amendment.amount_fen > left_fen:
        raise OverBudget(
            f"amendment {amendment.key!r} takes {yuan(amendment.amount_fen)} from line "
            f"{amendment.line!r}, which has {yuan(left_fen)} neither spent nor committed from "
            f"{amendment.on} on; take at most that",
            field="amount",
            fact=amendment,
        )
    if not amendment.resolution and _needs_resolution(amendment, resolution_from_fen):
        raise Refused(
            f"amendment {amendment.key!r} is a {amendment.move} of {yuan(amendment.amount_fen)} "
            "and names no resolution; name the one that allows it",
            field="resolution",
            fact=amendment,
        )


def _check_in_force(amendment: Amendment, approved: Approved) -> None:
    stage = approved.stage_on(amendment.on)
    if stage is None:
        raise NoBudgetLine(
            f"amendment {amendment.key!r} is of {amendment.on}, when no version of budget "
            f"{amendment.budget!r} is in force; put it into a version",
            field="on",
            fact=amendment,
        )
    start = stage.in_force_from(approved.budget)
    if start == amendment.on:
        raise Refused(
            f"amendment {amendment.key!r} is of {start}, the day version {stage.version_key!r} "
            "comes into force with what it says; date it later, or put it into a version",
            field="on",
            fact=amendment,
        )


def _check_lines(amendment: Amendment, approved: Approved) -> None:
    lines = approved.lines_on(amendment.on)
    opens = amendment.move == "supplement" and bool(amendment.name)
    if opens and amendment.line in lines:
        raise Refused(
            f"amendment {amendment.key!r} opens line {amendment.line!r}, which is there already; "
            "leave name, category and fund empty, or give the line a code of its own",
            field="line",
            fact=amendment,
        )
    if opens:
        _check_fund(amendment.line, approved.fund_of(amendment.line), amendment.of_fund, amendment)
    for field in ("line", "to_line"):
        code = getattr(amendment, field)
        if code and code not in lines and not opens:
            raise NoBudgetLine(
                f"amendment {amendment.key!r} names line {code!r}, which budget "
                f"{amendment.budget!r} does not have on {amendment.on}; a supplement with a name "
                "and a category opens one",
                field=field,
                fact=amendment,
            )
    if amendment.to_line:
        funds = [lines[code][0].fund for code in (amendment.line, amendment.to_line)]
        if funds[0] != funds[1]:
            raise WrongFund(
                f"amendment {amendment.key!r} moves money of fund {funds[0]!r} to line "
                f"{amendment.to_line!r}, which is of {funds[1]!r}; each fund is for its own",
                field="to_line",
                fact=amendment,
            )


def _needs_resolution(amendment: Amendment, resolution_from_fen: int | None) -> bool:
    """All that owners settled is changed by owners; small transfers as the rulebook has it, and
    a surplus that is carried stays theirs."""
    if amendment.move == "transfer":
        return resolution_from_fen is not None and amendment.amount_fen >= resolution_from_fen
    return amendment.move != "carry_surplus"
