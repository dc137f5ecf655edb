"""The figures of a budget of a time 年度预算, through a day: approved, bound, spent, come in.

What lives here: values, and what rules/planning makes of them. What must not: where they are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property

from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
from trustledger.period import month_of
from trustledger.records import COMMON
from trustledger.rules import planning
from trustledger.rules.budgeting import Approved, Line, effects
from trustledger.rules.planning import Deferred, MonthlyTest
from trustledger.statements.figures import LineFigures, Turnover, cash_income

Moved = Mapping[str, Mapping[str, tuple[int, int]]]
"""Line -> month -> fen spent and fen committed, in the budget's time."""


@dataclass(frozen=True)
class Annual:
    """One budget through a day.

    :param approved: all its versions that were adopted, and all amendments.
    :param incomes: of the version in force on the day.
    :param amended: through the day, by day; what was carried over is among them.
    :param turnovers: of its months, through that of the day.
    """

    budget: Budget
    on: date
    approved: Approved
    incomes: tuple[PlanIncome, ...]
    amended: tuple[Amendment, ...]
    moved: Moved
    turnovers: tuple[Turnover, ...]
    names: Mapping[str, str]
    notes: Mapping[str, VarianceNote]
    rate: Fraction = Fraction(0)
    base: tuple[str, ...] = ()

    @property
    def stage(self) -> Stage | None:
        """The stage by which a version is in force on the day."""
        return self.approved.stage_on(self.on)

    def in_force(self, end: date) -> bool:
        """Whether it is this budget that decides, at the end of a day, what may be spent."""
        return self.on == end and self.stage is not None

    @property
    def through(self) -> str:
        """The month of the day."""
        return month_of(self.on)

    @property
    def title(self) -> str:
        """Which budget, and which version of it is in force."""
        version = f"，{self.stage.version} 版" if self.stage is not None else "，尚无通过的版本"
        return f"{self.budget.name}{version}"

    @cached_property
    def months(self) -> list[str]:
        """All months of the budget."""
        return planning.months_of(self.budget)

    # ------------------------------------------------------------------ spending

    @cached_property
    def standing(self) -> Mapping[str, tuple[Line, int]]:
        """Every line that is approved on the day, with its amount."""
        return self.approved.lines_on(self.on)

    @cached_property
    def lines(self) -> tuple[LineFigures, ...]:
        """Every line that is approved on the day, or was and moved, by code."""
        gone = {c for c in self.moved if c not in self.standing and self.approved.fund_of(c)}
        return tuple(self._line(code) for code in sorted({*self.standing, *gone}))

    def of_fund(self, fund: str = COMMON) -> tuple[LineFigures, ...]:
        """The lines of one fund."""
        return tuple(line for line in self.lines if line.fund == fund)

    def used(self, code: str) -> tuple[int, int]:
        """What a line spent and committed in the budget's time, through the day."""
        moved = self.moved.get(code, {}).values()
        return sum(spent for spent, _ in moved), sum(bound for _, bound in moved)

    def _line(self, code: str) -> LineFigures:
        spent, committed = self.used(code)
        if code not in self.standing:
            fund = self.approved.fund_of(code)
            return LineFigures(code, self.names.get(code, code), "", fund, 0, committed, spent)
        line, fen = self.standing[code]
        return LineFigures(
            code, line.name, line.category, line.fund, fen, committed, spent,
            line.plan.priority if line.plan is not None else 5,
            self._plan(code, line.plan),
        )  # fmt: skip

    def _plan(self, code: str, plan: PlanLine | None) -> Mapping[str, int]:
        """A line's plan by month, as it stands on the day."""
        by_month = (
            planning.plan_by_month(plan, self.budget)
            if plan is not None
            else dict.fromkeys(self.months, 0)
        )
        changes = self._changes.get(code)
        return planning.amended_plan(by_month, changes) if changes else by_month

    @cached_property
    def _changes(self) -> Mapping[str, list[tuple[date, int]]]:
        """What was amended of each line since its version came into force."""
        found: dict[str, list[tuple[date, int]]] = {}
        if self.stage is not None:
            for one in self.approved.since(self.stage, self.on):
                for code, fen in effects(one).items():
                    found.setdefault(code, []).append((one.on, fen))
        return found

    def changed(self, code: str) -> int:
        """How much more is approved of a line by amendments since its version came into force."""
        return sum(fen for _, fen in self._changes.get(code, ()))

    @property
    def unplanned_fen(self) -> int:
        """What lines that this budget never had spent in its time: before it was in force."""
        mine = {line.line for line in self.lines}
        return sum(self.used(code)[0] for code in self.moved if code not in mine)

    def by_month(self) -> list[tuple[str, int, int]]:
        """Month, what is planned in it, and what was spent in it, of all funds."""
        return [
            (
                month,
                sum(line.plan.get(month, 0) for line in self.lines),
                sum(self.moved.get(line.line, {}).get(month, (0, 0))[0] for line in self.lines),
            )
            for month in self.months
        ]

    # ------------------------------------------------------------------ income

    def income(self, fund: str = COMMON) -> dict[str, int]:
        """What came in for a fund, by category."""
        return cash_income(self.turnovers, fund)

    @cached_property
    def carried_fen(self) -> int:
        """What earlier budgets left the common fund."""
        return planning.carried(self.amended)

    @cached_property
    def test(self) -> MonthlyTest:
        """以收定支 of the common fund, with what came in in place of what was planned."""
        incomes = planning.project(self.incomes, self.budget, self.through, self.income())
        approved = sum(line.approved_fen for line in self.of_fund())
        return planning.monthly_test(incomes, approved, self.rate, self.base, self.carried_fen)

    @cached_property
    def deferred(self) -> tuple[list[Deferred], int]:
        """What waits until the shortfall is covered, and what cannot be covered."""
        free = (
            planning.Deferrable(line.line, line.priority, line.plan, line.available_fen)
            for line in self.of_fund()
        )
        return planning.defer(self.test.shortfall_fen, free)
