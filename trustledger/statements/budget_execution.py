"""预算执行表: every budget line, what was approved, committed and spent to date, what is left.

Where a budget of a time is in force at the period's end, its lines; otherwise those of budget.csv.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from trustledger import chart
from trustledger.document import (
    Bar,
    Bars,
    BarWords,
    Block,
    Cell,
    Check,
    Column,
    Fact,
    Grid,
    Pair,
    Statement,
    Table,
)
from trustledger.money import rate_text, yuan
from trustledger.period import last_day
from trustledger.records import Expenditure
from trustledger.rules.planning import Deferred
from trustledger.statements.annual import Annual
from trustledger.statements.ceilings import ceiling_facts, ceiling_table
from trustledger.statements.figures import (
    Figures,
    LineFigures,
    account_balance,
    line_spending,
    parties,
)

NAME, TITLE = "budget_execution", "预算执行表"


class Owed(NamedTuple):
    """受托人垫欠: what the trustee owes for an expenditure that nobody had approved, in fen."""

    voucher: str
    opening_fen: int = 0
    arose_fen: int = 0
    ratified_fen: int = 0
    repaid_fen: int = 0

    @property
    def closing_fen(self) -> int:
        """What is still owed."""
        return self.opening_fen + self.arose_fen - self.ratified_fen - self.repaid_fen


def build(
    figures: Figures,
    annual: Annual | None = None,
    exceptional: Iterable[Expenditure] = (),
    owed: Iterable[Owed] = (),
) -> Statement:
    """The execution of the budget through the period's end, all funds.

    :param annual: the budget in force at the period's end.
    :param exceptional: what was spent in the period as an exception or in an emergency, by day.
    """
    in_period = line_spending(figures.within())
    rows = [_row(figures, line, in_period, annual) for line in figures.lines]
    debts = list(owed)
    table = _lines_table(figures, rows, annual)
    shown: tuple[Block, ...]
    facts = _facts(figures.lines)
    checks: list[Check] = []
    if annual is None:
        bars = (Bar(one.name, one.approved_fen, one.spent_fen) for one in figures.lines)
        shown = (Bars("bars", "累计支出与预算", tuple(bars)), table)
        checks.append(_standing_check(figures))
    else:
        shown = (
            _summary(annual),
            by_category(annual.lines),
            table,
            *_annual_blocks(annual, list(exceptional), debts, figures.names),
        )
        facts |= _annual_facts(annual, debts)
        checks += _annual_checks(annual, figures, debts)
    return figures.statement(NAME, TITLE, facts, (*shown, parties(figures.info)), tuple(checks))


def _facts(lines: Iterable[LineFigures]) -> dict[str, Fact]:
    told = list(lines)
    return {
        "lines": {
            one.line: {
                "approved": yuan(one.approved_fen),
                "committed": yuan(one.committed_fen),
                "spent": yuan(one.spent_fen),
                "available": yuan(one.available_fen),
            }
            for one in told
        },
        "approved_total": yuan(sum(one.approved_fen for one in told)),
        "spent_total": yuan(sum(one.spent_fen for one in told)),
        "available_total": yuan(sum(one.available_fen for one in told)),
    }


def _standing_check(figures: Figures) -> Check:
    """All that lines ever spent is all that was ever booked."""
    spent = sum(line_spending(figures.turnovers).values())
    booked = sum(
        t.net_fen for t in figures.turnovers if t.account in chart.EXPENSE_ACCOUNT.values()
    )
    return Check("各项目支出之和 = 费用科目发生额", spent, booked)


# --------------------------------------------------------------------------- every line


def _row(
    figures: Figures, line: LineFigures, in_period: Mapping[str, int], annual: Annual | None
) -> tuple[str | int, ...]:
    rate = rate_text(line.spent_fen, line.approved_fen)
    return (
        line.line,
        line.name,
        figures.funds[line.fund].name,
        line.approved_fen,
        line.committed_fen,
        in_period.get(line.line, 0),
        line.spent_fen,
        line.available_fen,
        rate if annual is None else line.forecast_fen(annual.through),
    )


def _lines_table(
    figures: Figures, rows: list[tuple[str | int, ...]], annual: Annual | None
) -> Table:
    """The lines; of a budget of a time with what the year is expected to come to."""
    columns = (
        Column("line", "编号", "text", 1),
        Column("name", "项目", "text", 2.2),
        Column("fund", "资金", "text", 1.8),
        Column("approved", "预算", "amount", 1.7),
        Column("committed", "已承诺", "amount", 1.3),
        Column("period", "本期支出", "amount", 1.6),
        Column("spent", "累计支出", "amount", 1.6),
        Column("available", "余额", "amount", 1.6),
    )
    sums = [sum(int(row[place]) for row in rows) for place in range(3, 8)]
    last, note = Column("rate", "执行率", "rate", 1.1), ""
    whole: str | int = rate_text(sums[3], sums[0])
    if annual is not None:
        last = Column("forecast", "预计全年", "amount", 1.6)
        whole = sum(one.forecast_fen(annual.through) for one in figures.lines)
        note = "预计全年 = 累计支出 + 已承诺与后续月份计划两者中的较大者"
        if any(line.committed_fen < 0 for line in figures.lines):
            note += "；付款属于以前预算的承诺时，已承诺为负"
    totals: tuple[Cell, ...] = ("", "合计", "", *sums, whole)
    return Table("lines", "预算项目", (*columns, last), tuple(rows), (totals,), note)


# --------------------------------------------------------------------------- of a budget's time


def _annual_facts(annual: Annual, owed: Iterable[Owed]) -> dict[str, Fact]:
    stage, debts = annual.stage, list(owed)
    later, uncovered = annual.deferred
    deferred: dict[str, int] = {}
    for one in later:
        deferred[one.line] = deferred.get(one.line, 0) + one.amount_fen
    return {
        "budget": annual.budget.budget,
        "version": stage.version if stage is not None else "",
        "committed_total": yuan(sum(one.committed_fen for one in annual.lines)),
        "forecast_total": yuan(sum(one.forecast_fen(annual.through) for one in annual.lines)),
        "months": {
            month: {"planned": yuan(planned), "spent": yuan(spent)}
            for month, planned, spent in annual.by_month()
        },
        "ceiling": ceiling_facts(annual.test.ceiling, annual.test.approved_fen),
        "deferred": {line: yuan(fen) for line, fen in sorted(deferred.items())},
        "uncovered": yuan(uncovered),
        "trustee_owes": {one.voucher: yuan(one.closing_fen) for one in debts if one.closing_fen},
        "trustee_owes_total": yuan(sum(one.closing_fen for one in debts)),
    }


def _summary(annual: Annual) -> Grid:
    lines = annual.lines
    approved = sum(one.approved_fen for one in lines)
    spent = sum(one.spent_fen for one in lines)
    return Grid(
        "summary",
        annual.title,
        (
            Pair("批准预算", approved, "amount"),
            Pair("累计支出", spent, "amount"),
            Pair("已承诺", sum(one.committed_fen for one in lines), "amount"),
            Pair("可用余额", sum(one.available_fen for one in lines), "amount"),
            Pair("预计全年", sum(one.forecast_fen(annual.through) for one in lines), "amount"),
            Pair("执行率", rate_text(spent, approved), "rate"),
        ),
    )


def _annual_blocks(
    annual: Annual, exceptional: list[Expenditure], owed: list[Owed], names: Mapping[str, str]
) -> Iterator[Block]:
    yield Bars(
        "months",
        "按月：支出与计划",
        tuple(
            Bar(f"{int(month[5:])}月", planned, fen) for month, planned, fen in annual.by_month()
        ),
        words=BarWords(approved="计划", left="计划余额", over="超出当月计划"),
    )
    yield from _income_test(annual, names)
    if exceptional:
        yield _exceptions(exceptional, names)
    if owed:
        yield _debts(owed)


def by_category(lines: Iterable[LineFigures]) -> Bars:
    """What was spent against what is approved, category by category."""
    sums: dict[str, list[int]] = {}
    for line in lines:
        found = sums.setdefault(line.category, [0, 0])
        found[0] += line.approved_fen
        found[1] += line.spent_fen
    order = [*chart.BUDGET_NAMES, ""]
    return Bars(
        "bars",
        "累计支出与预算",
        tuple(
            Bar(chart.BUDGET_NAMES.get(category, "已取消的项目"), *sums[category])
            for category in sorted(sums, key=order.index)
        ),
    )


def _income_test(annual: Annual, names: Mapping[str, str]) -> Iterator[Block]:
    """What came in, what is still expected, and whether that pays for what is approved."""
    test = annual.test
    incomes = test.incomes
    yield Table(
        "income",
        "收入：计划、实际与预计",
        (
            Column("category", "收入类别", "text", 2),
            Column("planned", "全年计划", "amount", 1.6),
            Column("through", "截至本期计划", "amount", 1.6),
            Column("actual", "截至本期实收", "amount", 1.6),
            Column("projected", "预计全年", "amount", 1.6),
        ),
        tuple(
            (chart.CATEGORY_NAMES[one.category], one.planned_fen, one.planned_through_fen,
             one.actual_fen, one.projected_fen)
            for one in incomes
        ),
        (
            (
                "合计",
                sum(one.planned_fen for one in incomes),
                sum(one.planned_through_fen for one in incomes),
                sum(one.actual_fen for one in incomes),
                sum(one.projected_fen for one in incomes),
            ),
        ),
        "后续月份按截至本期的实收比例预计，不超过计划",
    )  # fmt: skip
    yield ceiling_table(test.ceiling, test.approved_fen, "预计全年收入", "批准预算")
    if test.shortfall_fen:
        yield _deferred(annual, names)


def _deferred(annual: Annual, names: Mapping[str, str]) -> Table:
    """What waits until income covers it: line by line, in the order in which they wait."""
    later, uncovered = annual.deferred
    waits: dict[str, list[Deferred]] = {}
    for one in later:
        waits.setdefault(one.line, []).append(one)
    return Table(
        "deferred",
        "收入不足时的缓支次序",
        (
            Column("line", "编号", "text", 1),
            Column("name", "项目", "text", 2.2),
            Column("months", "计划月份", "text", 2.2),
            Column("amount", "缓支", "amount", 1.6),
        ),
        tuple(
            (line, names[line], _span(mine), sum(one.amount_fen for one in mine))
            for line, mine in waits.items()
        ),
        (("", "合计", "", sum(one.amount_fen for one in later)),),
        f"另有 {yuan(uncovered, grouping=True)} 元已支出或已承诺，无法缓支" if uncovered else "",
    )


def _span(deferred: Iterable[Deferred]) -> str:
    months = sorted(one.month for one in deferred)
    return months[0] if len(months) == 1 else f"{months[0]} 至 {months[-1]}"


def _exceptions(exceptional: Iterable[Expenditure], names: Mapping[str, str]) -> Table:
    return Table(
        "exceptions",
        "例外与应急支出",
        (
            Column("date", "日期", "date", 1.2),
            Column("voucher", "凭证号", "text", 1.1),
            Column("line", "项目", "text", 1.7),
            Column("kind", "性质", "text", 1),
            Column("reason", "原因", "text", 2.2),
            Column("allowed_by", "批准人", "text", 1.1),
            Column("resolution", "决议", "text", 0.9),
            Column("amount", "金额（元）", "amount", 1.5),
        ),
        tuple(
            (
                one.on.isoformat(), one.voucher, names.get(one.line, one.line),
                "应急" if one.emergency else "例外", one.emergency or one.exception,
                one.allowed_by, one.resolution or "", one.amount_fen,
            )
            for one in exceptional
        ),
    )  # fmt: skip


def _debts(owed: Iterable[Owed]) -> Table:
    told = list(owed)
    columns = (
        Column("voucher", "凭证号", "text", 1.4),
        Column("opening", "期初", "amount", 1.5),
        Column("arose", "发生", "amount", 1.5),
        Column("ratified", "追认", "amount", 1.5),
        Column("repaid", "归还", "amount", 1.5),
        Column("closing", "尚欠", "amount", 1.5),
    )
    rows = tuple((*one, one.closing_fen) for one in told)
    sums = [sum(int(row[place]) for row in rows) for place in range(1, 6)]
    note = "未经批准的支出由受托人承担，经追认或归还为止"
    return Table("trustee_owes", "受托人应归还", columns, rows, (("合计", *sums),), note)


def _annual_checks(annual: Annual, figures: Figures, owed: Iterable[Owed]) -> Iterator[Check]:
    lines = annual.lines
    planned = sum(planned for _, planned, _ in annual.by_month())
    yield Check("各月计划之和 = 批准预算", planned, sum(one.approved_fen for one in lines))
    if annual.budget.start.day == 1 and annual.on == last_day(annual.through):
        booked = sum(
            t.net_fen for t in annual.turnovers if t.account in chart.EXPENSE_ACCOUNT.values()
        )
        spent = sum(one.spent_fen for one in lines) + annual.unplanned_fen
        yield Check("预算期内各项目支出之和 = 费用科目发生额", spent, booked)
    yield Check(
        "受托人尚欠之和 = 其他应收款余额",
        sum(one.closing_fen for one in owed),
        account_balance(figures.turnovers, chart.TRUSTEE_OWES),
    )
