"""催缴记录: what was sent when to whom in a period, and how payment plans stand at its end.

It names owners who owe, so it is for the trustee and the owners' committee, and no part of the
pack that is put up for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from trustledger.document import Column, Grid, Pair, Statement, Table
from trustledger.records import ReminderStep
from trustledger.rules.reminding import Money, Plan, Reminder, broken_on, paid_by
from trustledger.statements.figures import (
    Figures,
    parties,
)

NAME, TITLE = "reminders", "催缴记录"

RUNNING, FULFILLED, BROKEN, REPLACED = "履行中", "已履行", "已违约", "已改订"


class Standing(NamedTuple):
    """A plan at the end of a period: how it stands, and what it took in."""

    plan: Plan
    state: str
    paid_fen: int
    missed: str  # the due date that was missed, or nothing


def stand(plan: Plan, plans: Sequence[Plan], money: Money, end: str, after: str) -> Standing:
    """How a plan stands at the end of a day, ``after`` being the next one.

    A plan that a newer one of the unit replaced stands as it did when that was agreed.
    """
    mine = [one for one in plans if one.unit == plan.unit]
    newer = next((one for one in mine[mine.index(plan) + 1 :]), None)
    broken = broken_on(plan, money, newer.on if newer else after)
    if broken:
        state = BROKEN
    elif newer and newer.on <= plan.end:
        state = REPLACED
    else:
        state = RUNNING if end < plan.end else FULFILLED
    last = min(end, newer.on) if newer else end
    return Standing(plan, state, paid_by(plan, money, last), broken.due if broken else "")


def build(
    figures: Figures,
    steps: Mapping[str, ReminderStep],
    sent: Sequence[Reminder],
    plans: Sequence[Plan],
    money: Mapping[str, Money],
) -> Statement:
    """The period's reminders, and every plan agreed by its end.

    :param steps: the ladder's steps by key.
    :param plans: unit by unit, the older first.
    :param money: what units with plans paid, less what went back.
    """
    end = figures.period.end
    last, after = end.isoformat(), (end + timedelta(days=1)).isoformat()
    agreed = [plan for plan in plans if plan.on <= last]
    standing = [stand(p, agreed, money.get(p.unit, ()), last, after) for p in agreed]
    states = [one.state for one in standing]
    units = len({one.unit for one in sent})
    names = [steps[one.step].name for one in sent]
    return figures.statement(
        NAME,
        TITLE,
        {
            "reminders": len(sent),
            "units": units,
            "by_step": {name: names.count(name) for name in dict.fromkeys(names)},
            "plans": len(agreed),
            "plans_running": states.count(RUNNING),
            "plans_fulfilled": states.count(FULFILLED),
            "plans_broken": states.count(BROKEN),
            "plans_replaced": states.count(REPLACED),
        },
        (
            Grid(
                "summary",
                "",
                (
                    Pair("本期催缴次数", len(sent), "count"),
                    Pair("涉及户数", units, "count"),
                    Pair("履行中的分期协议", states.count(RUNNING), "count"),
                    Pair("已违约的分期协议", states.count(BROKEN), "count"),
                ),
            ),
            _sent_table(steps, sent),
            *(
                (_plans_table(standing), _instalments_table(standing, money, last))
                if agreed
                else ()
            ),
            parties(figures.info),
        ),
        (),
    )


def _span(told: Reminder) -> str:
    first, last = told.items[0].month, told.items[-1].month
    return first if first == last else f"{first} 至 {last}"


def _sent_table(steps: Mapping[str, ReminderStep], sent: Sequence[Reminder]) -> Table:
    return Table(
        "reminders",
        "催缴明细",
        (
            Column("date", "日期", "date", 1.3),
            Column("unit", "房号", "text", 1.3),
            Column("owner", "业主", "text", 1.5),
            Column("step", "催缴阶段", "text", 1.8),
            Column("days", "阶段天数", "count", 1),
            Column("months", "欠费账期", "text", 2.2),
            Column("amount", "催缴金额", "amount", 1.6),
        ),
        tuple(
            (one.on, one.unit, one.owner, steps[one.step].name, one.days, _span(one), one.total_fen)
            for one in sent
        ),
        (),
        "同一笔欠费可经多次催缴，因此金额不作合计" if sent else "",
    )


def _plan_tables(
    standing: Sequence[Standing], money: Mapping[str, Money], end: str
) -> tuple[Table, ...]:
    if not standing:
        return ()
    return _plans_table(standing), _instalments_table(standing, money, end)


def _plans_table(standing: Sequence[Standing]) -> Table:
    return Table(
        "plans",
        "分期缴纳协议",
        (
            Column("plan", "协议号", "text", 1.4),
            Column("unit", "房号", "text", 1.3),
            Column("date", "订立日期", "date", 1.4),
            Column("authority", "依据", "text", 2),
            Column("instalments", "期数", "count", 0.7),
            Column("total", "协议金额", "amount", 1.5),
            Column("paid", "已缴", "amount", 1.5),
            Column("state", "状态", "text", 1),
            Column("missed", "逾期之日", "date", 1.4),
        ),
        tuple(
            (
                plan.key, plan.unit, plan.on, plan.authority, len(plan.instalments),
                sum(one.amount_fen for one in plan.instalments), paid, state, missed,
            )
            for plan, state, paid, missed in standing
        ),
        (),
        "已缴为订立之日起的收款减退款；到期日当日仍可缴纳",
    )  # fmt: skip


def _instalments_table(standing: Sequence[Standing], money: Mapping[str, Money], end: str) -> Table:
    rows: list[tuple[str | int | None, ...]] = []
    for plan, *_ in standing:
        paid_in = money.get(plan.unit, ())
        for one, (due, due_fen) in zip(plan.instalments, plan.due_so_far(), strict=True):
            paid = paid_by(plan, paid_in, due) if due <= end else None
            how = "未到期" if paid is None else ("按期" if paid >= due_fen else "逾期")
            rows.append((plan.key, plan.unit, due, one.amount_fen, due_fen, paid, how))
    return Table(
        "instalments",
        "各期应缴与实缴",
        (
            Column("plan", "协议号", "text", 1.4),
            Column("unit", "房号", "text", 1.3),
            Column("due", "到期日", "date", 1.4),
            Column("amount", "本期应缴", "amount", 1.5),
            Column("due_so_far", "累计应缴", "amount", 1.5),
            Column("paid_so_far", "累计实缴", "amount", 1.5),
            Column("state", "履行", "text", 1),
        ),
        tuple(rows),
    )
