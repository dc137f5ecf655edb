"""专项资金表: money given for one purpose, by fund: who gave, what it was spent on, what is left.

A report to the givers 专款专用. What one fund lends another is owed until it is paid back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from trustledger import chart
from trustledger.document import Block, Cell, Check, Column, Fact, Statement, Table
from trustledger.money import yuan
from trustledger.records import COMMON
from trustledger.statements.figures import (
    Figures,
    Turnover,
    cash_income,
    fund_balance,
    leftover_in,
    line_spending,
    parties,
    remuneration_in,
)

NAME, TITLE = "restricted_funds", "专项资金表"


class Given(NamedTuple):
    """What somebody gave in the period, or its reversal with a negative amount."""

    fund: str
    category: str
    source: str
    amount_fen: int


class _Fund(NamedTuple):
    """One fund in the period, in fen."""

    opening: int
    received: int
    spent: int
    leftover: int  # came over from another fund; negative, went back or over
    due_from: int
    due_to: int
    closing: int


def build(figures: Figures, given: Iterable[Given]) -> Statement:
    """Every fund but the common one. ``given``: all income of theirs in the period."""
    gifts = list(given)
    codes = sorted(code for code in figures.funds if code != COMMON)
    funds = {code: _fund(figures, code) for code in codes}
    return figures.statement(
        NAME,
        TITLE,
        {"funds": {code: _facts(figures, code, one, gifts) for code, one in funds.items()}},
        (
            _summary(figures, funds),
            *_purposes(figures, codes),
            *(block for code in codes for block in _blocks(figures, code, gifts)),
            parties(figures.info),
        ),
        tuple(check for code in codes for check in _checks(figures, code, funds[code], gifts)),
    )


def _fund(figures: Figures, code: str) -> _Fund:
    within = list(figures.within())
    owed = _between(figures.turnovers, code)
    return _Fund(
        fund_balance(figures.before(), code),
        sum(cash_income(within, code).values()),
        sum(line_spending(within, code).values()) + remuneration_in(within, code),
        leftover_in(within, code),
        sum(fen for fen in owed.values() if fen > 0),
        -sum(fen for fen in owed.values() if fen < 0),
        fund_balance(figures.turnovers, code),
    )


def _between(turnovers: Iterable[Turnover], code: str) -> dict[str, int]:
    """By other fund: what it owes this one or, negative, is owed by it."""
    found: dict[str, int] = {}
    for one in turnovers:
        if one.fund == code and one.account in (chart.LENT, chart.BORROWED):
            found[one.item] = found.get(one.item, 0) + one.net_fen
    return {item: found[item] for item in sorted(found) if found[item]}


def _sources(code: str, gifts: Iterable[Given]) -> dict[tuple[str, str], int]:
    """Category and giver -> what was given, in the order of the categories."""
    sums: dict[tuple[str, str], int] = {}
    for one in gifts:
        if one.fund == code:
            at = one.category, one.source
            sums[at] = sums.get(at, 0) + one.amount_fen
    order = list(chart.INCOME_ACCOUNT)
    return {at: sums[at] for at in sorted(sums, key=lambda at: (order.index(at[0]), at[1]))}


def _facts(figures: Figures, code: str, one: _Fund, gifts: list[Given]) -> dict[str, Fact]:
    sources: dict[str, dict[str, Fact]] = {}
    for (category, source), fen in _sources(code, gifts).items():
        sources.setdefault(category, {})[source] = yuan(fen)
    return {
        **{name: yuan(fen) for name, fen in one._asdict().items()},
        "sources": sources,
        "lines": {line: yuan(fen) for line, fen in line_spending(figures.within(), code).items()},
    }


def _checks(figures: Figures, code: str, one: _Fund, gifts: list[Given]) -> Iterator[Check]:
    name = figures.funds[code].name
    yield Check(
        f"{name}：期初 + 收入 - 支出 + 结余处理 = 期末",
        one.opening + one.received - one.spent + one.leftover,
        one.closing,
    )
    yield Check(f"{name}：各来源之和 = 收入", sum(_sources(code, gifts).values()), one.received)


# --------------------------------------------------------------------------- blocks


def _summary(figures: Figures, funds: Mapping[str, _Fund]) -> Table:
    return Table(
        "funds",
        "各专项资金",
        (
            Column("fund", "资金", "text", 2.2),
            Column("opening", "期初", "amount", 1.5),
            Column("received", "本期收入", "amount", 1.5),
            Column("spent", "本期支出", "amount", 1.5),
            Column("leftover", "结余处理", "amount", 1.4),
            Column("closing", "期末结余", "amount", 1.5),
            Column("due_from", "其他资金欠", "amount", 1.4),
            Column("due_to", "欠其他资金", "amount", 1.4),
        ),
        tuple(
            (figures.funds[code].name, o.opening, o.received, o.spent, o.leftover, o.closing,
             o.due_from, o.due_to)
            for code, o in funds.items()
        ),
        (
            ("合计", *(sum(column) for column in zip(
                *((o.opening, o.received, o.spent, o.leftover, o.closing, o.due_from, o.due_to)
                  for o in funds.values()), strict=True)))
            if funds else ("合计", 0, 0, 0, 0, 0, 0, 0),
        ),
        "期末结余已加上其他资金所欠，减去欠其他资金的数",
    )  # fmt: skip


def _purposes(figures: Figures, codes: Iterable[str]) -> Iterator[Table]:
    """What each fund was given for, and what it may pay for."""
    funds = [figures.funds[code] for code in codes]
    rows = tuple(
        (one.name, one.purpose, "、".join(chart.BUDGET_NAMES[c] for c in one.allows) or "不限")
        for one in funds
        if one.purpose or one.allows
    )
    if rows:
        yield Table(
            "purposes",
            "限定用途",
            (
                Column("fund", "资金", "text", 1.6),
                Column("purpose", "用途", "text", 3),
                Column("allows", "可支出类别", "text", 2),
            ),
            rows,
        )


def _blocks(figures: Figures, code: str, gifts: list[Given]) -> Iterator[Block]:
    name, sources = figures.funds[code].name, _sources(code, gifts)
    if sources:
        yield Table(
            f"sources_{code}",
            f"{name}：来源",
            (
                Column("category", "类别", "text", 1.5),
                Column("source", "来源", "text", 3),
                Column("amount", "金额（元）", "amount", 1.6),
            ),
            tuple(
                (chart.CATEGORY_NAMES[category], source or "未注明", fen)
                for (category, source), fen in sources.items()
            ),
            (("合计", "", sum(sources.values())),),
        )
    yield _lines(figures, code, name)
    owed = _between(figures.turnovers, code)
    if owed:
        yield Table(
            f"between_{code}",
            f"{name}：与其他资金的往来",
            (
                Column("fund", "资金", "text", 3),
                Column("due_from", "欠本资金", "amount", 1.6),
                Column("due_to", "本资金欠", "amount", 1.6),
            ),
            tuple(
                (figures.funds[item].name, max(fen, 0), max(-fen, 0)) for item, fen in owed.items()
            ),
        )


def _lines(figures: Figures, code: str, name: str) -> Table:
    """What it was spent on; of lines that stand, what may still be spent."""
    now = line_spending(figures.within(), code)
    stands = {line.line: line for line in figures.lines if line.fund == code}
    rows: list[tuple[Cell, ...]] = []
    for line in sorted({*now, *stands}):
        one = stands.get(line)
        left: tuple[Cell, ...] = (None,) * 4
        if one is not None:
            left = (one.approved_fen, one.committed_fen, one.spent_fen, one.available_fen)
        rows.append((line, figures.names[line], now.get(line, 0), *left))
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(2, 7)]
    return Table(
        f"lines_{code}",
        f"{name}：支出",
        (
            Column("line", "编号", "text", 0.9),
            Column("name", "项目", "text", 2.2),
            Column("amount", "本期支出", "amount", 1.5),
            Column("approved", "预算", "amount", 1.5),
            Column("committed", "已承诺", "amount", 1.5),
            Column("to_date", "累计支出", "amount", 1.5),
            Column("available", "余额", "amount", 1.5),
        ),
        tuple(rows),
        (("", "合计", *sums),),
    )
