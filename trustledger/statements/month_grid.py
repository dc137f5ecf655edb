"""收费月报: how each home's arrears and prepayment moved in a period, and why.

One row per unit, subtotals by building and by usage, the community's total; derived from the
journal at every reading and never stored. Arrears and prepayment stand in tables of their own:
a row of either adds up from its opening to its closing. What each column counts is said in
:mod:`~trustledger.statements.month_columns`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from trustledger import chart
from trustledger.document import Check, Column, Grid, Pair, Statement, Table
from trustledger.money import yuan
from trustledger.statements.figures import (
    PREPARED,
    Figures,
    UnitFigures,
    account_balance,
)
from trustledger.statements.month_columns import SETTLED, TITLES, moved, receipts_in

NAME, TITLE = "month_grid", "收费月报"

ARREARS = (
    "opening_arrears", "charged", "late_fee", *SETTLED, "reopened", "waived", "closing_arrears",
)  # fmt: skip
PREPAID = (
    "opening_prepaid", "received", "settled", "reopened", "refunded", "closing_prepaid", "prepaid",
)  # fmt: skip

Row = dict[str, int]
"""One row: fen by column."""


def row_of(unit: UnitFigures, first_month: str) -> Row:
    """One unit's row."""
    row = dict.fromkeys(TITLES, 0)
    came_in = receipts_in(unit.movements)
    for m in unit.movements:
        for column, fen in moved(m, first_month, came_in):
            row[column] += fen
    row["opening_arrears"] = unit.opening_arrears_fen
    row["closing_arrears"] = unit.closing_arrears_fen
    row["opening_prepaid"] = unit.opening_prepaid_fen
    row["closing_prepaid"] = unit.closing_prepaid_fen
    return row


def arrears_end(row: Mapping[str, int]) -> int:
    """What the columns say is owed at the end: opening + charged + late fee + reopened - settled
    - waived."""
    came = row["opening_arrears"] + row["charged"] + row["late_fee"] + row["reopened"]
    return came - sum(row[part] for part in SETTLED) - row["waived"]


def prepaid_end(row: Mapping[str, int]) -> int:
    """What the columns say is prepaid at the end: opening + received + reopened - settled
    - refunded."""
    came = row["opening_prepaid"] + row["received"] + row["reopened"]
    return came - row["settled"] - row["refunded"]


def build(figures: Figures, units: Iterable[UnitFigures]) -> Statement:
    """The grid of a period."""
    rows: dict[str, Row] = {}
    groups: dict[str, dict[str, Row]] = {"buildings": {}, "usages": {}}
    whole = dict.fromkeys(TITLES, 0)
    for one in units:
        row = rows[one.unit.unit] = row_of(one, figures.period.first)
        for group, name in (("buildings", one.unit.building), ("usages", one.unit.usage)):
            into = groups[group].setdefault(name, dict.fromkeys(TITLES, 0))
            for column, fen in row.items():
                into[column] += fen
        for column, fen in row.items():
            whole[column] += fen
    tables = [
        table
        for group, title in (("buildings", "楼栋"), ("usages", "用途"))
        for table in _tables(
            group,
            title,
            [(name or "未分楼栋", row) for name, row in sorted(groups[group].items())],
            whole,
        )
    ]
    tables += _tables("units", "房号", rows.items(), whole)
    return figures.statement(
        NAME,
        TITLE,
        {"units": len(rows), **{column: yuan(fen) for column, fen in whole.items()}},
        (
            Grid(
                "summary",
                "",
                (
                    Pair("户数", len(rows), "count"),
                    *(Pair(title, whole[column], "amount") for column, title in TITLES.items()),
                ),
            ),
            *tables,
            PREPARED,
        ),
        _checks(figures, rows, whole),
    )


def _tables(key: str, first: str, rows: Iterable[tuple[str, Row]], whole: Row) -> Iterable[Table]:
    """Arrears and prepayment of the same rows; how they add up is said once."""
    named = list(rows)
    by = "按户" if key == "units" else f"按{first}"
    for suffix, title, columns, note in (
        (
            "",
            f"{by}：欠费",
            ARREARS,
            "期末欠费 = 上期欠费 + 当期应收 + 违约金 + 恢复应收"
            " - 当期实收 - 清欠 - 用预收 - 收违约金 - 减免",
        ),
        (
            "_prepaid",
            f"{by}：预收",
            PREPAID,
            "期末预收 = 期初预收 + 本期收款 + 恢复应收 - 核销 - 退款；"
            "末栏“预收”为本期收款中期末尚未核销的部分",
        ),
    ):
        yield Table(
            f"{key}{suffix}",
            title,
            (
                Column("name", first, "text", 1.2),
                *(Column(column, TITLES[column], "amount", 1.2) for column in columns),
            ),
            tuple((name, *(row[column] for column in columns)) for name, row in named),
            (("合计", *(whole[column] for column in columns)),),
            note if key == "buildings" else "",
        )


def _checks(figures: Figures, rows: Mapping[str, Row], whole: Row) -> tuple[Check, ...]:
    """Every row adds up, and the community's closings are those of the trial balance."""
    return (
        _every_row(
            "逐户 上期欠费 + 增 - 减 = 期末欠费，差额", rows, arrears_end, "closing_arrears"
        ),
        _every_row(
            "逐户 期初预收 + 增 - 减 = 期末预收，差额", rows, prepaid_end, "closing_prepaid"
        ),
        Check(
            "期末欠费合计 = 科目余额表 1122",
            whole["closing_arrears"],
            account_balance(figures.turnovers, chart.RECEIVABLE),
        ),
        Check(
            "期末预收合计 = 科目余额表 2203",
            whole["closing_prepaid"],
            account_balance(figures.turnovers, chart.PREPAID),
        ),
    )


def _every_row(name: str, rows: Mapping[str, Row], end: Callable[[Row], int], column: str) -> Check:
    """Differences of all rows, none set off against another; the first is named."""
    wrong = {unit: end(row) - row[column] for unit, row in rows.items() if end(row) != row[column]}
    first = f"（{next(iter(wrong))} 户起）" if wrong else ""
    return Check(name + first, sum(abs(fen) for fen in wrong.values()), 0)
