"""开放式预算: one version of a budget as owners read it, before they vote and while it is in force.

What everything is for and how it was reckoned, what is expected to come in, and 以收定支.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from trustledger import chart
from trustledger.budgets import METHODS, STAGES, Budget, PlanIncome, PlanLine, Stage
from trustledger.document import (
    Block,
    Check,
    Column,
    Fact,
    Grid,
    Pair,
    Share,
    Shares,
    Statement,
    Table,
)
from trustledger.money import percent, rate_text, yuan
from trustledger.records import COMMON
from trustledger.rules import planning
from trustledger.rules.planning import Ceiling
from trustledger.rules.resolving import STANDINGS
from trustledger.statements.ceilings import ceiling_facts, ceiling_table
from trustledger.statements.figures import Figures, parties

NAME, TITLE = "open_budget", "开放式预算"

_STAGES = {"draft": "草案"} | {stage: name for name, stage in STAGES.items()}
_METHODS = {method: name for name, method in METHODS.items()}


@dataclass(frozen=True)
class Version:
    """One version of a budget at the end of a day.

    :param stage: the last that it has come to; none of a draft.
    :param standing: what its resolution is worth then: one of ``resolving.STANDINGS``.
    :param amended_fen: by how much more is approved since, if it is in force.
    """

    budget: Budget
    version: str
    lines: tuple[PlanLine, ...]
    incomes: tuple[PlanIncome, ...]
    digest: str
    stage: Stage | None
    adopted: Stage | None
    standing: str
    ceiling: Ceiling
    rate: Fraction
    amended_fen: int | None

    @property
    def planned_fen(self) -> int:
        """What it plans to spend, of all funds."""
        return sum(line.planned_fen for line in self.lines)

    @property
    def of_common_fen(self) -> int:
        """What it plans to spend of the common fund."""
        return sum(line.planned_fen for line in self.lines if line.fund == COMMON)

    @property
    def funds(self) -> list[str]:
        """Its funds, the common one first."""
        named = {line.fund for line in self.lines} | {row.fund for row in self.incomes}
        return sorted(named, key=lambda fund: (fund != COMMON, fund))


def build(figures: Figures, told: Version) -> Statement:
    """The budget as a document."""
    by_month = sum(sum(planning.plan_by_month(line, told.budget).values()) for line in told.lines)
    return figures.statement(
        NAME,
        TITLE,
        _facts(told),
        (
            _head(told),
            *_where_a_yuan_goes(told),
            *_spending(figures, told),
            _income(figures, told),
            ceiling_table(told.ceiling, told.of_common_fen, "预计收入", "计划支出"),
            *_reasons(figures, told),
            parties(figures.info),
        ),
        (
            Check("各月计划之和 = 计划支出", by_month, told.planned_fen),
            Check("各资金计划之和 = 计划支出", sum(map(sum, _sums(told))), told.planned_fen),
        ),
    )


def _sums(told: Version) -> Iterator[list[int]]:
    for fund in told.funds:
        yield [line.planned_fen for line in told.lines if line.fund == fund]


def _facts(told: Version) -> dict[str, Fact]:
    adopted, amended = told.adopted, told.amended_fen
    planned = told.planned_fen
    return {
        "budget": told.budget.budget,
        "version": told.version,
        "stage": told.stage.stage if told.stage is not None else "draft",
        "digest": told.digest,
        "resolution": adopted.resolution if adopted is not None else "",
        "in_force_from": adopted.in_force_from(told.budget).isoformat() if adopted else "",
        "lines": {line.line: yuan(line.planned_fen) for line in told.lines},
        "funds": {
            fund: {category: yuan(fen) for category, fen in _categories(told, fund).items()}
            for fund in told.funds
        },
        "income": {
            fund: {r.category: yuan(r.planned_fen) for r in told.incomes if r.fund == fund}
            for fund in told.funds
        },
        "planned_total": yuan(planned),
        "amended_total": yuan(amended or 0),
        "approved_total": yuan(planned + amended) if amended is not None else yuan(0),
        "remuneration_rate": rate_text(told.rate.numerator, told.rate.denominator),
        "ceiling": ceiling_facts(told.ceiling, told.of_common_fen),
    }


def _categories(told: Version, fund: str) -> dict[str, int]:
    """What a fund plans to spend by category, in the order of the categories."""
    sums: dict[str, int] = {}
    for line in told.lines:
        if line.fund == fund:
            sums[line.category] = sums.get(line.category, 0) + line.planned_fen
    return {one: sums[one] for one in chart.BUDGET_NAMES if one in sums}


def _head(told: Version) -> Grid:
    stage = _STAGES[told.stage.stage if told.stage is not None else "draft"]
    since = f"（{told.stage.on.isoformat()}）" if told.stage is not None else ""
    adopted = told.adopted
    pairs = [
        Pair("预算", told.budget.name),
        Pair("期间", f"{told.budget.start.isoformat()} 至 {told.budget.to.isoformat()}"),
        Pair("版本", told.version),
        Pair("阶段", stage + since),
    ]
    if adopted is not None:
        pairs += [
            Pair("决议", f"{adopted.resolution}（{STANDINGS[told.standing]}）"),
            Pair("生效日期", adopted.in_force_from(told.budget).isoformat(), "date"),
        ]
    pairs.append(Pair("计划支出", told.planned_fen, "amount"))
    if told.amended_fen:
        pairs += [
            Pair("其后调整", told.amended_fen, "amount"),
            Pair("现批准数", told.planned_fen + told.amended_fen, "amount"),
        ]
    pairs.append(Pair("版本摘要", told.digest))
    return Grid("version", "", tuple(pairs))


def _where_a_yuan_goes(told: Version) -> Iterator[Block]:
    """The common fund's income divided: remuneration, every category, what is left."""
    allowed = told.ceiling
    left = allowed.ceiling_fen - told.of_common_fen
    parts = [("受托人酬金", allowed.remuneration_fen)]
    parts += [(chart.BUDGET_NAMES[c], fen) for c, fen in _categories(told, COMMON).items()]
    parts += [("留作结余", left)] if left > 0 else []
    note = "以预计收入与以前结转合计为一元"
    if left < 0:
        note = f"计划支出超出上限 {yuan(-left, grouping=True)} 元，占比以各项合计为一元"
    shown = tuple(Share(name, fen, fen) for name, fen in parts if fen)
    if shown:
        figure = Column("amount", "金额（元）", "amount")
        yield Shares("yuan", "业主共有基金：一元钱的去向", figure, shown, note)


def _spending(figures: Figures, told: Version) -> Iterator[Table]:
    for fund in told.funds:
        lines = _ordered(told, fund)
        if lines:
            yield Table(
                f"lines_{fund}",
                f"支出：{figures.funds[fund].name}",
                (
                    Column("category", "类别", "text", 1.3),
                    Column("line", "编号", "text", 0.8),
                    Column("name", "项目", "text", 2),
                    Column("reckoned", "测算", "text", 2),
                    Column("months", "月份", "text", 1.2),
                    Column("amount", "金额（元）", "amount", 1.6),
                ),
                tuple(
                    (
                        chart.BUDGET_NAMES[line.category], line.line, line.name, _reckoned(line),
                        _months(line.months), line.planned_fen,
                    )
                    for line in lines
                ),
                (("", "", "合计", "", "", sum(line.planned_fen for line in lines)),),
            )  # fmt: skip


def _ordered(told: Version, fund: str) -> list[PlanLine]:
    order = list(chart.BUDGET_NAMES)
    mine = (line for line in told.lines if line.fund == fund)
    return sorted(mine, key=lambda line: (order.index(line.category), line.line))


def _reckoned(line: PlanLine) -> str:
    """``260 × 1.6 × 4``, or how else the amount came about."""
    factors = [_plain(one) for one in (line.quantity, line.price, line.times) if one is not None]
    return " × ".join(factors) if factors else _METHODS[line.method]


def _months(told: str) -> str:
    return f"{told.replace(',', '、')}月" if told else "各月"


def _plain(number: Decimal) -> str:
    return format(number, "f")


def _reasons(figures: Figures, told: Version) -> Iterator[Table]:
    """What owners get for each line, who answers for it, and what its amount rests on."""
    lines = [line for fund in told.funds for line in _ordered(told, fund)]
    rows = tuple(
        (line.line, line.name, line.standard, line.responsible, line.basis, line.priority)
        for line in lines
        if line.standard or line.responsible or line.basis
    )
    if rows:
        yield Table(
            "reasons",
            "服务标准、责任与依据",
            (
                Column("line", "编号", "text", 0.8),
                Column("name", "项目", "text", 1.6),
                Column("standard", "服务标准", "text", 2.8),
                Column("responsible", "责任岗位", "text", 1.2),
                Column("basis", "测算依据", "text", 2),
                Column("priority", "缓支次序", "count", 0.9),
            ),
            rows,
            note="缓支次序：收入不足时数字大的先缓，0 最后",
        )


def _income(figures: Figures, told: Version) -> Table:
    rows: Iterable[PlanIncome] = sorted(
        told.incomes,
        key=lambda row: (
            told.funds.index(row.fund),
            list(chart.CATEGORY_NAMES).index(row.category),
        ),
    )
    return Table(
        "income",
        "收入",
        (
            Column("category", "类别", "text", 1.2),
            Column("fund", "资金", "text", 1.7),
            Column("receivable", "应收（元）", "amount", 1.5),
            Column("rate", "预计收缴率", "text", 1.1),
            Column("planned", "预计收入", "amount", 1.5),
            Column("months", "月份", "text", 0.9),
            Column("basis", "依据", "text", 2),
        ),
        tuple(
            (
                chart.CATEGORY_NAMES[row.category], figures.funds[row.fund].name,
                row.receivable_fen, percent(row.rate), row.planned_fen,
                _months(row.months), row.basis,
            )
            for row in rows
        ),
        (
            (
                "合计", "", sum(row.receivable_fen for row in told.incomes), "",
                sum(row.planned_fen for row in told.incomes), "", "",
            ),
        ),
    )  # fmt: skip
