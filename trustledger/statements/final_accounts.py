"""决算表: a budget and what became of it: plan, amended, actual, and why they differ.

The year is looked back on as it was planned: line by line, income beside it, and what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from trustledger import chart
from trustledger.document import (
    Block,
    Cell,
    Check,
    Column,
    Due,
    Fact,
    Grid,
    Pair,
    Statement,
    Table,
)
from trustledger.money import capitals, rate_text, share, yuan
from trustledger.period import last_day
from trustledger.records import COMMON
from trustledger.statements.annual import Annual
from trustledger.statements.budget_execution import by_category
from trustledger.statements.figures import (
    Figures,
    fund_balance,
    leftover_in,
    line_spending,
    parties,
    remuneration_in,
)
from trustledger.statements.satisfaction import rate_of, survey_blocks, survey_facts

NAME, TITLE = "final_accounts", "决算表"


class Outturn(NamedTuple):
    """收支结果: one fund's year, planned and actual, in fen."""

    fund: str
    planned_income: int
    planned_remuneration: int
    planned_spending: int
    income: int
    remuneration: int
    spending: int

    @property
    def planned_result(self) -> int:
        """The surplus that was planned; negative, a deficit."""
        return self.planned_income - self.planned_remuneration - self.planned_spending

    @property
    def result(self) -> int:
        """The surplus; negative, a deficit."""
        return self.income - self.remuneration - self.spending


def build(
    figures: Figures, annual: Annual, collection_rate: str, surveys: dict[str, dict[str, int]]
) -> Statement:
    """The accounts of a budget, through its last day or, before that, the period's.

    :param collection_rate: of the charges of the budget's months.
    :param surveys: of the budget's time: survey -> answer -> how many.
    """
    rows = [_row(annual, place) for place in range(len(annual.lines))]
    outturns = _outturns(annual)
    common = outturns[0]
    return figures.statement(
        NAME,
        TITLE,
        _facts(annual, outturns, collection_rate, surveys),
        (
            _head(annual),
            Due(
                "result",
                "业主共有基金本年" + ("结余" if common.result >= 0 else "赤字"),
                abs(common.result),
                capitals(abs(common.result)),
            ),
            by_category(annual.lines),
            _lines(rows),
            _income(figures, annual),
            *_results(figures, annual, outturns),
            *survey_blocks(surveys, collection_rate),
            parties(figures.info),
        ),
        tuple(_checks(figures, annual, outturns)),
    )


# --------------------------------------------------------------------------- lines


def _row(annual: Annual, place: int) -> tuple[Cell, ...]:
    line = annual.lines[place]
    amended = annual.changed(line.line)
    note = annual.notes.get(line.line)
    return (
        line.line, line.name, line.approved_fen - amended, amended, line.approved_fen,
        line.spent_fen, line.spent_fen - line.approved_fen,
        rate_text(line.spent_fen, line.approved_fen), note.text if note is not None else "",
    )  # fmt: skip


def _lines(rows: list[tuple[Cell, ...]]) -> Table:
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(2, 7)]
    return Table(
        "lines",
        "一、支出",
        (
            Column("line", "编号", "text", 0.8),
            Column("name", "项目", "text", 1.8),
            Column("planned", "通过数", "amount", 1.5),
            Column("amended", "调整数", "amount", 1.4),
            Column("approved", "批准数", "amount", 1.5),
            Column("actual", "决算数", "amount", 1.5),
            Column("variance", "差异", "amount", 1.5),
            Column("rate", "执行率", "rate", 1.1),
            Column("note", "差异说明", "text", 2.2),
        ),
        tuple(rows),
        (("", "合计", *sums, rate_text(sums[3], sums[2]), ""),),
        "差异 = 决算数 - 批准数",
    )


# --------------------------------------------------------------------------- income and result


def _planned(annual: Annual, fund: str) -> dict[str, int]:
    return {row.category: row.planned_fen for row in annual.incomes if row.fund == fund}


def _funds(annual: Annual) -> list[str]:
    named = {line.fund for line in annual.lines} | {row.fund for row in annual.incomes}
    return [COMMON, *sorted(named - {COMMON})]


def _income(figures: Figures, annual: Annual) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for fund in _funds(annual):
        planned, actual = _planned(annual, fund), annual.income(fund)
        for category in (one for one in chart.CATEGORY_NAMES if one in {*planned, *actual}):
            plan, came = planned.get(category, 0), actual.get(category, 0)
            rows.append(
                (chart.CATEGORY_NAMES[category], figures.funds[fund].name, plan, came,
                 came - plan, rate_text(came, plan) if plan else None)
            )  # fmt: skip
    sums = [sum(int(row[place] or 0) for row in rows) for place in (2, 3, 4)]
    return Table(
        "income",
        "二、收入",
        (
            Column("category", "收入类别", "text", 1.6),
            Column("fund", "资金", "text", 2),
            Column("planned", "计划", "amount", 1.6),
            Column("actual", "实际", "amount", 1.6),
            Column("variance", "差异", "amount", 1.6),
            Column("rate", "完成率", "rate", 1.2),
        ),
        tuple(rows),
        (("合计", "", *sums, rate_text(sums[1], sums[0])),),
    )


def _outturns(annual: Annual) -> list[Outturn]:
    """Every fund's result, the common one first."""
    found = []
    for fund in _funds(annual):
        planned = _planned(annual, fund)
        borne = sum(fen for category, fen in planned.items() if category in annual.base)
        found.append(
            Outturn(
                fund,
                sum(planned.values()),
                share(annual.rate, borne) if fund == COMMON else 0,
                sum(line.approved_fen for line in annual.of_fund(fund)),
                sum(annual.income(fund).values()),
                remuneration_in(annual.turnovers, fund),
                sum(line_spending(annual.turnovers, fund).values()),
            )
        )
    return found


def _results(figures: Figures, annual: Annual, outturns: list[Outturn]) -> Iterator[Block]:
    for number, one in enumerate(outturns):
        carried = annual.carried_fen if one.fund == COMMON else 0
        rows: tuple[tuple[Cell, ...], ...] = (
            ("收入", one.planned_income, one.income),
            ("减：受托人酬金", one.planned_remuneration, one.remuneration),
            ("减：支出", one.planned_spending, one.spending),
        )
        totals: list[tuple[Cell, ...]] = [("本年结余（赤字为负）", one.planned_result, one.result)]
        if carried:
            totals.append(("加上以前预算结转", one.planned_result + carried, one.result + carried))
        yield Table(
            f"result_{one.fund}",
            ("三、结余：" if number == 0 else "") + figures.funds[one.fund].name,
            (
                Column("item", "项目", "text", 3),
                Column("planned", "批准与计划", "amount", 1.6),
                Column("actual", "实际", "amount", 1.6),
            ),
            rows,
            tuple(totals),
        )


def _head(annual: Annual) -> Grid:
    closed = next((one for one in annual.approved.stages if one.stage == "closed"), None)
    done = closed is not None and closed.on <= max(annual.on, closed.on)
    state = f"已决算（{closed.on.isoformat()}）" if done and closed is not None else "未决算"
    whole = annual.on == annual.budget.to
    return Grid(
        "budget",
        annual.title,
        (
            Pair("期间", f"{annual.budget.start.isoformat()} 至 {annual.budget.to.isoformat()}"),
            Pair("截至", annual.on.isoformat() + ("" if whole else "（预算期未满）")),
            Pair("状态", state),
        ),
    )


def _facts(
    annual: Annual, outturns: list[Outturn], collection_rate: str,
    surveys: dict[str, dict[str, int]],
) -> dict[str, Fact]:  # fmt: skip
    return {
        "budget": annual.budget.budget,
        "version": annual.stage.version if annual.stage is not None else "",
        "through": annual.on.isoformat(),
        "lines": {
            line.line: {
                "planned": yuan(line.approved_fen - annual.changed(line.line)),
                "amended": yuan(annual.changed(line.line)),
                "approved": yuan(line.approved_fen),
                "actual": yuan(line.spent_fen),
                "variance": yuan(line.spent_fen - line.approved_fen),
                "note": annual.notes[line.line].text if line.line in annual.notes else "",
            }
            for line in annual.lines
        },
        "approved_total": yuan(sum(line.approved_fen for line in annual.lines)),
        "actual_total": yuan(sum(line.spent_fen for line in annual.lines)),
        "funds": {
            one.fund: {
                "income_planned": yuan(one.planned_income),
                "income": yuan(one.income),
                "remuneration": yuan(one.remuneration),
                "spending": yuan(one.spending),
                "result_planned": yuan(one.planned_result),
                "result": yuan(one.result),
            }
            for one in outturns
        },
        "carried": yuan(annual.carried_fen),
        "collection_rate": collection_rate,
        "surveys": survey_facts(surveys),
        "satisfaction": rate_of(surveys.values()),
    }


def _checks(figures: Figures, annual: Annual, outturns: list[Outturn]) -> Iterator[Check]:
    """What was left is what the fund has more than when the budget began."""
    if annual.budget.start.day != 1 or annual.on != last_day(annual.through):
        return
    for one in outturns:
        moved = leftover_in(annual.turnovers, one.fund)
        over = " + 结余转入" if moved else ""
        yield Check(
            f"{figures.funds[one.fund].name}：收入 - 酬金 - 支出{over} = 资金增减",
            one.result + moved,
            fund_balance(annual.turnovers, one.fund),
        )
    spent = sum(line.spent_fen for line in annual.lines) + annual.unplanned_fen
    known = {one.fund for one in outturns}
    booked = sum(one.spending for one in outturns)
    if known >= {t.fund for t in annual.turnovers if t.line}:
        yield Check("各项目决算数之和 = 各资金支出之和", spent, booked)
