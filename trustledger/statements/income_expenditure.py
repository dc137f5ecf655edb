"""收支公示表: where everybody's money came from and where it went, on the cash basis.

Money counts when it is received, remuneration as it accrues, spending when it is paid (contract
§4; 财会〔2020〕7号 keeps owners' money on the cash basis too).
"""

from __future__ import annotations

from collections.abc import Iterable

from trustledger import chart
from trustledger.document import (
    Bar,
    Bars,
    Check,
    Column,
    Due,
    Part,
    Signatures,
    Split,
    Statement,
    Table,
)
from trustledger.money import capitals, rate_text, yuan
from trustledger.records import COMMON
from trustledger.statements.figures import (
    Figures,
    LineFigures,
    Spending,
    cash_income,
    fund_balance,
    leftover_in,
    line_spending,
    remuneration_in,
    shares,
)

NAME, TITLE = "income_expenditure", "收支公示表"


def build(figures: Figures, fund: str = COMMON, spendings: Iterable[Spending] = ()) -> Statement:
    """The statement of one fund, the owners' common fund unless another is named.

    ``spendings``: every expenditure of the period, of all funds.
    """
    before, within = list(figures.before()), list(figures.within())
    opening = fund_balance(before, fund)
    closing = fund_balance(figures.turnovers, fund)
    income = cash_income(within, fund)
    spending = line_spending(within, fund)
    income_total, spent_total = sum(income.values()), sum(spending.values())
    remuneration = remuneration_in(within, fund)
    moved = leftover_in(within, fund)
    mine = [one for one in spendings if one.fund == fund]
    checks = (
        Check(
            f"期初 + 收入 - 酬金 - 支出{' + 结余转入' if moved else ''} = 期末",
            opening + income_total - remuneration - spent_total + moved,
            closing,
        ),
        Check("支出明细之和 = 支出合计", sum(one.amount_fen for one in mine), spent_total),
    )
    name = figures.funds[fund].name
    lines = {one.line: one for one in figures.lines if one.fund == fund}
    codes = sorted({*spending, *lines})
    spent_rows = [
        (
            code,
            figures.names[code],
            spending.get(code, 0),
            part,
            *_stands(lines.get(code)),
        )
        for code, part in zip(codes, shares(spending.get(c, 0) for c in codes), strict=True)
    ]
    income_table = Table(
        "income",
        "一、收入",
        (
            Column("category", "收入类别", "text", 3),
            Column("amount", "本期金额（元）", "amount", 2),
            Column("share", "占收入", "rate", 1.2),
        ),
        tuple(
            (chart.CATEGORY_NAMES[item], fen, part)
            for (item, fen), part in zip(income.items(), shares(income.values()), strict=True)
        ),
        (("收入合计", income_total, rate_text(income_total, income_total)),),
    )
    spending_table = Table(
        "expenditure",
        "二、支出（按预算项目）",
        (
            Column("line", "编号", "text", 1),
            Column("name", "项目", "text", 2.6),
            Column("amount", "本期支出", "amount", 1.7),
            Column("share", "占支出", "rate", 1.1),
            Column("approved", "预算", "amount", 1.7),
            Column("to_date", "累计支出", "amount", 1.7),
            Column("available", "预算余额", "amount", 1.7),
        ),
        tuple(spent_rows),
        (
            (
                "",
                "支出合计",
                spent_total,
                rate_text(spent_total, spent_total),
                *_stands(*lines.values()),
            ),
        ),
    )
    balance_table = Table(
        "balance",
        "三、资金结存",
        (Column("item", "项目", "text", 4), Column("amount", "金额（元）", "amount", 2)),
        (
            ("期初余额", opening),
            ("加：本期收入", income_total),
            ("减：受托人酬金", remuneration),
            ("减：本期支出", spent_total),
            *([("加：结余转入（转出、退还为负）", moved)] if moved else []),
        ),
        (("期末余额", closing),),
    )
    return figures.statement(
        NAME,
        TITLE,
        {
            "opening": yuan(opening),
            "income": {item: yuan(fen) for item, fen in income.items()},
            "income_total": yuan(income_total),
            "remuneration": yuan(remuneration),
            "expenditure": {line: yuan(fen) for line, fen in spending.items()},
            "expenditure_total": yuan(spent_total),
            "closing": yuan(closing),
        },
        (
            Due("closing", f"{name}期末余额", closing, capitals(closing)),
            *money_split(income_total, remuneration),
            income_table,
            spending_table,
            spending_bars(figures, fund),
            balance_table,
            *_details(figures, mine),
            Signatures(
                "signatures",
                tuple(
                    f"{role}：{who}"
                    for role, who in (
                        ("受托人", figures.info.trustee),
                        ("委托人", figures.info.settlor),
                        ("监察人", figures.info.supervisor),
                    )
                    if who
                ),
            ),
        ),
        checks,
    )


def _stands(*lines: LineFigures | None) -> tuple[int | None, int | None, int | None]:
    """Approved, spent to date and left, of lines together; nothing of one that stands no more."""
    known = [line for line in lines if line is not None]
    if len(known) < len(lines):
        return None, None, None
    approved = sum(line.approved_fen for line in known)
    spent = sum(line.spent_fen for line in known)
    return approved, spent, approved - spent


def _details(figures: Figures, spendings: Iterable[Spending]) -> Iterable[Table]:
    """Every expenditure by itself: owners may look at every fen."""
    rows = tuple(
        (one.on, one.voucher, figures.names[one.line], one.payee, one.memo, one.amount_fen)
        for one in sorted(spendings)
    )
    if rows:
        yield Table(
            "details",
            "四、支出明细",
            (
                Column("date", "日期", "date", 1.3),
                Column("voucher", "凭证号", "text", 1.4),
                Column("line", "预算项目", "text", 1.8),
                Column("payee", "收款人", "text", 1.8),
                Column("memo", "摘要", "text", 2.6),
                Column("amount", "金额（元）", "amount", 1.4),
            ),
            rows,
            (("合计", "", "", "", "", sum(row[5] for row in rows)),),
        )


def money_split(income_total: int, remuneration: int) -> tuple[Split, ...]:
    """How the income was divided; nothing when there is nothing to divide."""
    trust = income_total - remuneration
    if income_total <= 0 or not 0 <= remuneration <= income_total:
        return ()
    return (
        Split(
            "split",
            "本期收入的去向",
            (Part("受托人酬金", remuneration), Part("公共区域与居民服务", trust)),
            "酬金按信托合同约定的比例提取，其余全部用于公共区域与居民服务",
        ),
    )


def spending_bars(figures: Figures, fund: str) -> Bars:
    """Spending to date by line against the budget."""
    return Bars(
        "budget_bars",
        "累计支出与预算",
        tuple(
            Bar(line.name, line.approved_fen, line.spent_fen)
            for line in figures.lines
            if line.fund == fund
        ),
    )
