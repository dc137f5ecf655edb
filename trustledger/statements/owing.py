"""欠费责任表: who owes what at the period's end, person by person, home by home.

It names people, so it is for those who collect, and is no part of the pack that everybody sees.
"""

from __future__ import annotations

from collections.abc import Sequence

from trustledger import chart
from trustledger.document import Check, Column, Fact, Statement, Table
from trustledger.money import yuan
from trustledger.statements.figures import (
    PREPARED,
    Debt,
    Figures,
)
from trustledger.statements.holders import JOINT, months_text, name_of, standing

NAME, TITLE = "owing", "欠费责任表"
SHOWN = 5
"""Units that are named beside a person; the table of homes has them all."""


def build(figures: Figures, debts: Sequence[Debt]) -> Statement:
    """Everybody's debts, in fen; ``debts`` are by unit."""
    people: dict[tuple[str, str], list[Debt]] = {}
    for debt in debts:
        people.setdefault((debt.answer.person, debt.phone), []).append(debt)
    names = [name for name, _ in people]
    labels = {
        who: name_of(who[0]) if names.count(who[0]) == 1 else f"{name_of(who[0])} {who[1]}".strip()
        for who in people
    }
    sums = {who: sum(d.answer.amount_fen for d in mine) for who, mine in people.items()}
    total = sum(sums.values())
    units: dict[str, dict[str, Fact]] = {}
    for debt in debts:
        units.setdefault(debt.unit, {})[name_of(debt.answer.person)] = yuan(debt.answer.amount_fen)
    eve = figures.info.eve
    order = sorted(people, key=lambda who: (-sums[who], labels[who]))
    control = sum(t.net_fen for t in figures.turnovers if t.account == chart.RECEIVABLE)
    return figures.statement(
        NAME,
        TITLE,
        {
            "total": yuan(total),
            "persons": {labels[who]: yuan(sums[who]) for who in order},
            "units": units,
        },
        (
            Table(
                "persons",
                "按责任人",
                (
                    Column("person", "责任人", "text", 2.2),
                    Column("count", "户数", "count", 0.8),
                    Column("units", "房号", "text", 3),
                    Column("months", "账期", "text", 3),
                    Column("amount", "期末欠费", "amount", 1.6),
                ),
                tuple(
                    (
                        labels[who],
                        len(people[who]),
                        _units_text([debt.unit for debt in people[who]]),
                        months_text({m for debt in people[who] for m in debt.answer.months}, eve),
                        sums[who],
                    )
                    for who in order
                ),
                (("合计", len(units), "", "", total),),
                RULE[figures.info.arrears_follow],
            ),
            Table(
                "units",
                "按房屋",
                (
                    Column("unit", "房号", "text", 1.6),
                    Column("person", "责任人", "text", 2.2),
                    Column("role", "身份", "text", 1.2),
                    Column("months", "账期", "text", 3),
                    Column("amount", "期末欠费", "amount", 1.6),
                ),
                tuple(
                    (
                        debt.unit,
                        labels[debt.answer.person, debt.phone],
                        standing(debt.answer),
                        months_text(debt.answer.months, eve),
                        debt.answer.amount_fen,
                    )
                    for debt in debts
                ),
                (("合计", "", "", "", total),),
                JOINT,
            ),
            PREPARED,
        ),
        (Check("各责任人欠费之和 = 应收账款余额", total, control),),
    )


RULE = {
    "person": "欠费随人：计费期间的业主负责，多人时按天数和份额分摊",
    "unit": "欠费随房：期末的业主负责全部欠费",
}


def _units_text(units: list[str]) -> str:
    shown = "、".join(units[:SHOWN])
    return shown if len(units) <= SHOWN else f"{shown} 等 {len(units)} 户"
