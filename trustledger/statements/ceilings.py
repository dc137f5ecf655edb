"""以收定支, as statements show it: what income allows to be spent, line by line to the ceiling."""

from __future__ import annotations

from trustledger.document import Column, Fact, Table
from trustledger.money import yuan
from trustledger.rules.planning import Ceiling, over_ceiling


def ceiling_facts(allowed: Ceiling, planned_fen: int) -> dict[str, Fact]:
    """How the ceiling is made up, what is to be spent, and by how much that is beyond it."""
    return {
        "income": yuan(allowed.income_fen),
        "remuneration": yuan(allowed.remuneration_fen),
        "carried": yuan(allowed.carried_fen),
        "ceiling": yuan(allowed.ceiling_fen),
        "planned": yuan(planned_fen),
        "over": yuan(over_ceiling(allowed, planned_fen)),
    }


def ceiling_table(allowed: Ceiling, planned_fen: int, income: str, planned: str) -> Table:
    """The same as a table; ``income`` and ``planned`` name what is compared."""
    left = allowed.ceiling_fen - planned_fen
    return Table(
        "ceiling",
        "以收定支（业主共有基金）",
        (Column("item", "项目", "text", 4), Column("amount", "金额（元）", "amount", 2)),
        (
            (income, allowed.income_fen),
            ("减：受托人酬金", allowed.remuneration_fen),
            ("加：以前预算结转", allowed.carried_fen),
            ("支出上限", allowed.ceiling_fen),
            (f"减：{planned}", planned_fen),
        ),
        (("尚可安排" if left >= 0 else "超出上限", abs(left)),),
    )
