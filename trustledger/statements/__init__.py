"""Statements 报表: one per file, figures -> :class:`~trustledger.document.Statement`. Pure."""

NAMES = {
    "income_expenditure": "收支公示表",
    "remuneration": "酬金结算表",
    "budget_execution": "预算执行表",
    "collection": "收缴情况表",
    "owner": "业主对账单",
    "owing": "欠费责任表",
    "trial_balance": "科目余额表",
    "month_grid": "收费月报",
    "ageing": "欠费账龄表",
    "entrusted": "代管款项表",
    "receipts": "收据登记簿",
    "reminders": "催缴记录",
    "open_budget": "开放式预算",
    "amendments": "预算调整表",
    "resolution": "决议与计票报告",
    "restricted_funds": "专项资金表",
    "projects": "项目与成效",
    "final_accounts": "决算表",
}
"""Every statement, by name."""

OF_A_BUDGET = ("open_budget", "amendments", "restricted_funds", "projects", "final_accounts")
"""Those of a budget of a time, which a pack has where one covers its period."""

COMMUNITY = tuple(
    name
    for name in NAMES
    if name not in ("owner", "owing", "receipts", "reminders", "resolution", *OF_A_BUDGET)
)
"""Those about the community as a whole that belong into every period's pack. ``owing`` and
``reminders`` name who owes what, and are for the trustee and the committee (信托法 art. 33 ¶3:
secrecy about beneficiaries); ``resolution`` is of one decision."""
