"""酬金结算表: what the trustee earned, on what base, under which term, and what was withdrawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from trustledger import chart
from trustledger.document import Check, Column, Grid, Pair, Statement, Table
from trustledger.money import rate_text, yuan
from trustledger.records import OPENING, Term
from trustledger.rules.remuneration import term_on
from trustledger.statements.figures import (
    Figures,
    Turnover,
    base_in,
    parties,
)
from trustledger.statements.income_expenditure import money_split

NAME, TITLE = "remuneration", "酬金结算表"


class Settled(NamedTuple):
    """One term's remuneration, in fen; ``accrued`` and ``base`` are the period's."""

    term: str
    rate: str
    base: int
    accrued: int
    base_to_date: int
    accrued_to_date: int
    withdrawn: int
    owed: int


_NONE = Settled("", "0.0000", 0, 0, 0, 0, 0, 0)


def build(figures: Figures) -> Statement:
    """The settlement of remuneration; the facts are of the term in force at the period's end.

    Remuneration is rounded as entries are posted. What is posted late may stand a fen beside
    rate × base at the end of a month that lies back; to date it is exact, as ``verify`` proves.
    """
    within = list(figures.within())
    withdrawn = sum(
        t.net_fen
        for t in figures.turnovers
        if t.account == chart.REMUNERATION_PAYABLE and t.item == "withdrawn"
    )
    opening = -sum(
        t.net_fen
        for t in figures.turnovers
        if t.account == chart.REMUNERATION_PAYABLE and t.item == OPENING
    )
    rows = []
    left = withdrawn  # withdrawals clear the oldest remuneration first
    if opening:
        taken = left if not figures.terms else max(0, min(left, opening))
        left -= taken
        rows.append(Settled("期初", "", 0, 0, 0, opening, taken, opening - taken))
    started = [term for term in figures.terms if term.start <= figures.period.end]
    for term in started:
        key = term.record_key
        base_to, accrued_to = base_in(figures.turnovers, key), _accrued(figures.turnovers, key)
        taken = left if term is started[-1] else max(0, min(left, accrued_to))
        left -= taken
        base, accrued = base_in(within, key), _accrued(within, key)
        rows.append(
            Settled(key, _rate(term), base, accrued, base_to, accrued_to, taken, accrued_to - taken)
        )
    payable = -sum(t.net_fen for t in figures.turnovers if t.account == chart.REMUNERATION_PAYABLE)
    check = Check("各条款应付酬金之和 = 应付酬金余额", sum(row.owed for row in rows), payable)
    term_now = term_on(figures.terms, figures.period.end.isoformat())
    now = next((row for row in rows if term_now and row.term == term_now.record_key), _NONE)
    return figures.statement(
        NAME,
        TITLE,
        {
            "rate": now.rate,
            "base": yuan(now.base),
            "remuneration": yuan(now.accrued),
            "trust_share": yuan(now.base - now.accrued),
            "base_to_date": yuan(now.base_to_date),
            "remuneration_to_date": yuan(now.accrued_to_date),
            "withdrawn_to_date": yuan(now.withdrawn),
            "payable": yuan(now.owed),
        },
        (
            _term_grid(term_now),
            *money_split(now.base, now.accrued),
            Table(
                "terms",
                "各条款的酬金",
                (
                    Column("term", "条款起始", "date", 1.6),
                    Column("rate", "费率", "rate", 1),
                    Column("base", "本期基数", "amount", 1.8),
                    Column("remuneration", "本期酬金", "amount", 1.6),
                    Column("base_to_date", "累计基数", "amount", 1.8),
                    Column("remuneration_to_date", "累计酬金", "amount", 1.6),
                    Column("withdrawn", "已提取", "amount", 1.5),
                    Column("payable", "应付余额", "amount", 1.6),
                ),
                tuple(rows),
                (("合计", None, *_sums(rows)),) if rows else (),
                "酬金累计 = 四舍五入（费率 × 基数累计），"
                "逐笔入账的是与已入账数的差额，因此没有累计误差",
            ),
            parties(figures.info),
        ),
        (check,),
    )


def _accrued(turnovers: Iterable[Turnover], term: str) -> int:
    return sum(t.net_fen for t in turnovers if t.account == chart.REMUNERATION and t.term == term)


def _sums(rows: Iterable[Settled]) -> list[int]:
    return [sum(amounts) for amounts in zip(*(row[2:] for row in rows), strict=True)]


def _rate(term: Term) -> str:
    return rate_text(term.rate.numerator, term.rate.denominator)


def _term_grid(term: Term | None) -> Grid:
    if term is None:
        return Grid("term", "现行条款", (Pair("条款", "本期末没有生效的酬金条款，不计酬金"),))
    names = "、".join(chart.CATEGORY_NAMES[item] for item in term.base)
    return Grid(
        "term",
        "现行条款",
        (
            Pair("费率", _rate(term), "rate"),
            Pair("基数确认", "收到时" if term.recognised == "received" else "应收时"),
            Pair("起始", term.start.isoformat(), "date"),
            Pair("截止", term.to.isoformat() if term.to else "未定", "text"),
            Pair("计提基数", names),
            Pair("依据", term.authority),
        ),
    )
