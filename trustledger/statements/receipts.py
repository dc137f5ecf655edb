"""收据登记簿: every receipt of the period with its number, and that no number is missing.

A receipt's number 收据号 is its place among the receipts of its year in the order of the journal:
2024-000001, 2024-000002 ... The journal only grows and its order is sealed, so a number never
changes, none is left out and none is given twice, whoever posts at the same time. A receipt that
was reversed keeps its number and is marked void.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from trustledger.document import Check, Column, Grid, Pair, Statement, Table
from trustledger.money import yuan
from trustledger.statements.figures import (
    PREPARED,
    Figures,
)

NAME, TITLE = "receipts", "收据登记簿"


class Numbered(NamedTuple):
    """One receipt with its number; ``void`` once it is reversed."""

    year: str
    number: int
    on: str
    key: str
    unit: str
    payer: str
    amount_fen: int
    void: bool

    @property
    def text(self) -> str:
        return f"{self.year}-{self.number:06d}"


def build(figures: Figures, receipts: Iterable[Numbered]) -> Statement:
    """The register; ``receipts``: all of the years that the period touches, by number."""
    every = list(receipts)
    first, last = figures.period.start.isoformat(), figures.period.end.isoformat()
    mine = [one for one in every if first <= one.on <= last]
    years = sorted({one.year for one in every})
    missing = [
        f"{year}-{number:06d}"
        for year in years
        for number in _gaps([one.number for one in every if one.year == year])
    ]
    good = sum(one.amount_fen for one in mine if not one.void)
    void = sum(1 for one in mine if one.void)
    return figures.statement(
        NAME,
        TITLE,
        {
            "receipts": len(mine),
            "void": void,
            "amount": yuan(good),
            "missing": len(missing),
            "last": {year: max(o.number for o in every if o.year == year) for year in years},
        },
        (
            Grid(
                "summary",
                "",
                (
                    Pair("本期收据", len(mine), "count"),
                    Pair("其中作废", void, "count"),
                    Pair("有效金额", good, "amount"),
                    Pair("缺号", "、".join(missing) or "无", "text"),
                ),
            ),
            Table(
                "receipts",
                "",
                (
                    Column("number", "收据号", "text", 1.6),
                    Column("date", "日期", "date", 1.2),
                    Column("key", "流水号", "text", 1.8),
                    Column("unit", "房号", "text", 1.3),
                    Column("payer", "付款人", "text", 1.3),
                    Column("amount", "金额（元）", "amount", 1.5),
                    Column("state", "状态", "text", 0.7),
                ),
                tuple(
                    (o.text, o.on, o.key, o.unit, o.payer, o.amount_fen, "作废" if o.void else "")
                    for o in mine
                ),
                (("合计", "", "", "", "", sum(o.amount_fen for o in mine), ""),),
                "收据号按入账先后编排，只增不改；作废的收据保留原号",
            ),
            PREPARED,
        ),
        (Check("收据号连续，无缺号", len(missing), 0),),
    )


def _gaps(numbers: list[int]) -> list[int]:
    """The numbers from 1 to the last that are not there."""
    return sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
