"""科目余额表: opening, turnover and closing of every account, all funds together."""

from __future__ import annotations

from trustledger import chart
from trustledger.document import Check, Column, Statement, Table
from trustledger.money import yuan
from trustledger.statements.figures import (
    PREPARED,
    Figures,
)

NAME, TITLE = "trial_balance", "科目余额表"
_FIELDS = (
    "opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit",
)  # fmt: skip


def _sides(net_fen: int) -> tuple[int, int]:
    """A net balance on its side: debit if above zero, credit if below."""
    return max(net_fen, 0), max(-net_fen, 0)


def build(figures: Figures) -> Statement:
    """Every account that ever moved; openings and closings stand on the side of their sign."""
    opening: dict[str, int] = {}
    debit: dict[str, int] = {}
    credit: dict[str, int] = {}
    for t in figures.before():
        opening[t.account] = opening.get(t.account, 0) + t.net_fen
    for t in figures.within():
        debit[t.account] = debit.get(t.account, 0) + t.debit_fen
        credit[t.account] = credit.get(t.account, 0) + t.credit_fen
    rows = []
    for code in sorted(set(opening) | set(debit)):
        start, up, down = opening.get(code, 0), debit.get(code, 0), credit.get(code, 0)
        rows.append((code, *_sides(start), up, down, *_sides(start + up - down)))
    sums = [sum(row[n] for row in rows) for n in range(1, 7)]  # type: ignore[misc]
    return figures.statement(
        NAME,
        TITLE,
        {
            "accounts": {
                row[0]: {name: yuan(fen) for name, fen in zip(_FIELDS, row[1:], strict=True)}
                for row in rows
            }
        },
        (
            Table(
                "accounts",
                "",
                (
                    Column("account", "科目", "text", 0.9),
                    Column("name", "名称", "text", 2.4),
                    Column("opening_debit", "期初借方", "amount", 1.5),
                    Column("opening_credit", "期初贷方", "amount", 1.5),
                    Column("debit", "本期借方", "amount", 1.5),
                    Column("credit", "本期贷方", "amount", 1.5),
                    Column("closing_debit", "期末借方", "amount", 1.5),
                    Column("closing_credit", "期末贷方", "amount", 1.5),
                ),
                tuple((row[0], chart.ACCOUNTS[row[0]].name, *row[1:]) for row in rows),
                (("", "合计", *sums),),
                "红字冲销以负数列在原方向的发生额中",
            ),
            PREPARED,
        ),
        (
            Check("期初借方 = 期初贷方", sums[0], sums[1]),
            Check("本期借方 = 本期贷方", sums[2], sums[3]),
            Check("期末借方 = 期末贷方", sums[4], sums[5]),
        ),
    )
