"""Statements 报表: one per file, figures -> :class:`~trustledger.document.Statement`. Pure."""

NAMES = {
    "income_expenditure": "收支公示表",
    "remuneration": "酬金结算表",
    "budget_execution": "预算执行表",
    "collection": "收缴情况表",
    "owner": "业主对账单",
    "trial_balance": "科目余额表",
    "month_grid": "收费月报",
    "ageing": "欠费账龄表",
}
"""Every statement, by name."""

COMMUNITY = tuple(name for name in NAMES if name != "owner")
"""Those about the community as a whole."""
