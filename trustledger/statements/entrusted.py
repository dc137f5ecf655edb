"""代管款项表: money that is held for others, by whom it belongs to, and what is still to go.

Deposits by unit, agency money by what it is for, unclaimed money by its key. None of it is income.
What was taken without naming a unit (in income.csv, or when the books opened) stands on a line of
its own, so that each account's lines add up to the account.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from trustledger import chart
from trustledger.document import Check, Column, Statement, Table
from trustledger.money import yuan
from trustledger.rules.entrusted import Holding
from trustledger.statements.figures import (
    PREPARED,
    Figures,
    account_balance,
)

NAME, TITLE = "entrusted", "代管款项表"

_KEYS = {chart.DEPOSIT: "deposits", chart.AGENCY: "agency", chart.SUSPENSE: "suspense"}
_WHOSE = {chart.DEPOSIT: "房号", chart.AGENCY: "代收项目", chart.SUSPENSE: "流水号"}


class Kept(NamedTuple):
    """What was held of one, what came and what went in the period, in fen."""

    holding: Holding
    opening_fen: int
    came_fen: int
    went_fen: int

    @property
    def closing_fen(self) -> int:
        return self.opening_fen + self.came_fen - self.went_fen


def build(figures: Figures, held: Iterable[Kept]) -> Statement:
    """The statement; ``held``: everything held or moved in the period, in order."""
    lines = list(held)
    tables, checks = [], []
    facts: dict[str, Mapping[str, str]] = {}
    for account, key in _KEYS.items():
        mine = [one for one in lines if one.holding.account == account]
        before = account_balance(figures.before(), account)
        closing = account_balance(figures.turnovers, account)
        rows = [
            (_whose(one.holding), one.opening_fen, one.came_fen, one.went_fen, one.closing_fen)
            for one in mine
        ]
        came = sum(t.credit_fen for t in figures.within() if t.account == account)
        went = sum(t.debit_fen for t in figures.within() if t.account == account)
        rest = [before, came, went, closing]
        for row in rows:
            rest = [left - part for left, part in zip(rest, row[1:], strict=True)]
        if any(rest):
            rows.append(("（未分户）", rest[0], rest[1], rest[2], rest[3]))
        facts[key] = {_whose(one.holding): yuan(one.closing_fen) for one in mine if one.closing_fen}
        checks.append(Check(f"{chart.ACCOUNTS[account].name}：期初 + 增加 - 减少 = 期末",
                            before + came - went, closing))  # fmt: skip
        tables.append(_table(account, key, rows, (before, came, went, closing)))
    return figures.statement(
        NAME,
        TITLE,
        facts | {
            f"{key}_total": yuan(account_balance(figures.turnovers, account))
            for account, key in _KEYS.items()
        },
        (*tables, PREPARED),
        tuple(checks),
    )  # fmt: skip


def _whose(holding: Holding) -> str:
    return holding.unit or holding.item or holding.source


def _table(
    account: str,
    key: str,
    rows: list[tuple[str, int, int, int, int]],
    totals: tuple[int, int, int, int],
) -> Table:
    return Table(
        key,
        chart.ACCOUNTS[account].name,
        (
            Column("whose", _WHOSE[account], "text", 2),
            Column("opening", "期初", "amount", 1.5),
            Column("came", "收入", "amount", 1.5),
            Column("went", "付出", "amount", 1.5),
            Column("closing", "期末", "amount", 1.5),
        ),
        tuple(rows),
        (("合计", *totals),),
    )
