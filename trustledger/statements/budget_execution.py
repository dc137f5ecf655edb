"""预算执行表: every budget line, what was approved, committed and spent to date, what is left."""

from __future__ import annotations

from trustledger import chart
from trustledger.document import Bar, Bars, Check, Column, Statement, Table
from trustledger.money import rate_text, yuan
from trustledger.statements.figures import (
    Figures,
    line_spending,
    parties,
)

NAME, TITLE = "budget_execution", "预算执行表"


def build(figures: Figures) -> Statement:
    """The execution of the budget through the period's end, all funds."""
    spent = line_spending(figures.turnovers)
    in_period = line_spending(figures.within())
    rows = []
    for code, line in sorted(figures.lines.items()):
        used = spent.get(code, 0)
        rows.append(
            (
                code,
                line.name,
                figures.funds[line.fund].name,
                line.amount_fen,
                0,
                in_period.get(code, 0),
                used,
                line.amount_fen - used,
                rate_text(used, line.amount_fen),
            )
        )
    approved, used = sum(row[3] for row in rows), sum(row[6] for row in rows)
    booked = sum(
        t.net_fen for t in figures.turnovers if t.account in chart.EXPENSE_ACCOUNT.values()
    )
    return figures.statement(
        NAME,
        TITLE,
        {
            "lines": {
                row[0]: {
                    "approved": yuan(row[3]),
                    "committed": yuan(row[4]),
                    "spent": yuan(row[6]),
                    "available": yuan(row[7]),
                }
                for row in rows
            },
            "approved_total": yuan(approved),
            "spent_total": yuan(used),
            "available_total": yuan(approved - used),
        },
        (
            Bars("bars", "累计支出与预算", tuple(Bar(row[1], row[3], row[6]) for row in rows)),
            Table(
                "lines",
                "预算项目",
                (
                    Column("line", "编号", "text", 1),
                    Column("name", "项目", "text", 2.2),
                    Column("fund", "资金", "text", 1.8),
                    Column("approved", "预算", "amount", 1.7),
                    Column("committed", "已承诺", "amount", 1.3),
                    Column("period", "本期支出", "amount", 1.6),
                    Column("spent", "累计支出", "amount", 1.6),
                    Column("available", "余额", "amount", 1.6),
                    Column("rate", "执行率", "rate", 1.1),
                ),
                tuple(rows),
                (
                    (
                        "",
                        "合计",
                        "",
                        approved,
                        0,
                        sum(row[5] for row in rows),
                        used,
                        approved - used,
                        rate_text(used, approved),
                    ),
                ),
            ),
            parties(figures.info),
        ),
        (Check("各项目支出之和 = 费用科目发生额", used, booked),),
    )
