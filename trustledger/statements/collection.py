"""收缴情况表: what was charged, what came in, and how that money stands at the period's end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from trustledger import chart
from trustledger.document import Check, Column, Fact, Grid, Pair, Statement, Table
from trustledger.money import rate_text, yuan
from trustledger.records import LATE_FEE, Unit
from trustledger.statements.figures import (
    Figures,
    Movement,
    parties,
)

NAME, TITLE = "collection", "收缴情况表"


@dataclass
class Tally:
    """The figures of a group of units, in fen and counts."""

    charged: int = 0
    received: int = 0
    current: int = 0
    arrears: int = 0
    prepaid: int = 0
    used: int = 0
    waived: int = 0
    waived_now: int = 0  # of the period's own charges
    open: dict[str, int] = field(default_factory=dict)  # per unit, of the period's charges

    @property
    def units_charged(self) -> int:
        return len(self.open)

    @property
    def units_settled(self) -> int:
        return sum(1 for fen in self.open.values() if fen == 0)

    @property
    def rate(self) -> str:
        return rate_text(self.current + self.used, self.charged)


def tally(
    movements: Iterable[Movement], first_month: str, came_in: set[str], into: Mapping[str, Tally]
) -> None:
    """Add up movements of the period on units' accounts, by the group of each unit.

    ``came_in``: the keys of the receipts of this period. Money of an earlier period that settles
    a charge of this one is prepayment used; a refund counts against what came in.
    """
    for _, kind, _, _, p in movements:
        t = into[p.unit]
        now = p.month >= first_month
        if p.account == chart.BANK:
            t.received += p.debit_fen - p.credit_fen
        elif p.account == chart.WAIVED:
            t.waived += p.debit_fen
        elif p.account == chart.PREPAID:
            if p.source in came_in or kind in ("refund", "reversal"):
                t.prepaid += p.credit_fen - p.debit_fen
            elif p.debit_fen < 0:
                t.prepaid -= p.debit_fen
        elif p.account == chart.RECEIVABLE and p.item == LATE_FEE:
            # Money on a late fee is money on what was overdue; it never lifts the collection rate.
            if p.source in came_in or (p.source and p.credit_fen < 0):
                t.arrears += p.credit_fen
        elif p.account == chart.RECEIVABLE:
            if now:
                t.open[p.unit] = t.open.get(p.unit, 0) + p.debit_fen - p.credit_fen
            if kind == "charge" and p.debit_fen:
                t.charged += p.debit_fen
            elif not p.source:
                t.waived_now += p.credit_fen if now else 0
            elif p.source in came_in or p.credit_fen < 0:
                if now:
                    t.current += p.credit_fen
                else:
                    t.arrears += p.credit_fen
            elif now:
                t.used += p.credit_fen


def build(
    figures: Figures, units: Mapping[str, Unit], movements: Iterable[Movement], came_in: set[str]
) -> Statement:
    """The community's collection, with one row per building."""
    groups: dict[str, Tally] = {}
    by_unit: dict[str, Tally] = {}
    for code, unit in units.items():
        by_unit[code] = groups.setdefault(unit.building, Tally())
    tally(movements, figures.period.first, came_in, by_unit)
    whole = Tally()
    for t in groups.values():
        for name in _SUMS:
            setattr(whole, name, getattr(whole, name) + getattr(t, name))
        whole.open.update(t.open)
    facts: dict[str, Fact] = {
        "charged": yuan(whole.charged),
        "received": yuan(whole.received),
        "received_current": yuan(whole.current),
        "received_arrears": yuan(whole.arrears),
        "received_prepaid": yuan(whole.prepaid),
        "prepaid_used": yuan(whole.used),
        "units_charged": whole.units_charged,
        "units_settled": whole.units_settled,
        "rate": whole.rate,
    }
    checks = (
        Check(
            "清偿本期 + 清偿往期 + 留作预收 = 本期实收",
            whole.current + whole.arrears + whole.prepaid,
            whole.received,
        ),
        Check(
            "应收 - 清偿本期 - 使用预收 - 减免 = 本期未缴",
            whole.charged - whole.current - whole.used - whole.waived_now,
            sum(whole.open.values()),
        ),
    )
    return figures.statement(
        NAME,
        TITLE,
        facts,
        (
            Grid(
                "summary",
                "",
                (
                    Pair("本期应收", whole.charged, "amount"),
                    Pair("收缴率", whole.rate, "rate"),
                    Pair("本期实收", whole.received, "amount"),
                    Pair("本期应缴户数", whole.units_charged, "count"),
                    Pair("使用以前预收", whole.used, "amount"),
                    Pair("本期缴清户数", whole.units_settled, "count"),
                    Pair("减免", whole.waived, "amount"),
                    *_without_waivers(whole),
                    Pair("本期未缴", sum(whole.open.values()), "amount"),
                ),
            ),
            Table(
                "buildings",
                "按楼栋",
                (
                    Column("building", "楼栋", "text", 1.5),
                    Column("units", "应缴户", "count", 0.9),
                    Column("settled", "缴清户", "count", 0.9),
                    Column("charged", "本期应收", "amount", 1.7),
                    Column("current", "清偿本期", "amount", 1.7),
                    Column("used", "用预收", "amount", 1.5),
                    Column("arrears", "清偿往期", "amount", 1.5),
                    Column("prepaid", "留作预收", "amount", 1.5),
                    Column("received", "本期实收", "amount", 1.7),
                    Column("rate", "收缴率", "rate", 1.1),
                ),
                tuple(_row(name or "未分楼栋", groups[name]) for name in sorted(groups)),
                (_row("合计", whole),),
                "收缴率 =（清偿本期 + 使用以前预收）÷ 本期应收",
            ),
            parties(figures.info),
        ),
        checks,
    )


def _without_waivers(t: Tally) -> Iterable[Pair]:
    """What waivers do to the rate, shown apart: the rate of what was still to be collected."""
    if t.waived_now:
        rate = rate_text(t.current + t.used, t.charged - t.waived_now)
        yield Pair("剔除减免的收缴率", rate, "rate")


_SUMS = (
    "charged", "received", "current", "arrears", "prepaid", "used", "waived", "waived_now",
)  # fmt: skip


def _row(name: str, t: Tally) -> tuple[str | int, ...]:
    return (
        name, t.units_charged, t.units_settled, t.charged, t.current, t.used, t.arrears,
        t.prepaid, t.received, t.rate,
    )  # fmt: skip
