"""催缴通知: what one owner is told about open charges, written from the reminder that stands.

民法典 art. 944: a reminder before anything else, and a reasonable time to pay. Everything on the
paper stands in the reminder, the unit and the step, which never change: so the same reminder gives
the same paper at any time.
"""

from __future__ import annotations

from datetime import date

from trustledger.document import (
    Block,
    Column,
    Due,
    Fact,
    Grid,
    Pair,
    Signatures,
    Statement,
    Table,
    Words,
)
from trustledger.money import capitals, yuan
from trustledger.period import Period, day_title, month_of
from trustledger.records import LATE_FEE, OPENING, BookInfo, ReminderStep, Unit
from trustledger.rules.reminding import OpenItem, Reminder, claim_day, overdue_days

NAME = "notice"
_ITEMS = {OPENING: "期初欠费", LATE_FEE: "违约金"}


def item_name(item: str) -> str:
    """An open item as an owner reads it."""
    return _ITEMS.get(item, item)


def build(info: BookInfo, unit: Unit, step: ReminderStep, told: Reminder) -> Statement:
    """The notice of a reminder, on the day of which it is."""
    month = month_of(date.fromisoformat(told.on))
    return Statement(
        NAME,
        step.name,
        info.name,
        info.code,
        Period(month, month),
        _facts(info, unit, step, told),
        (
            Grid(
                "unit",
                "",
                (
                    Pair("房号", unit.unit),
                    Pair("业主", told.owner),
                    Pair("楼栋", unit.building),
                    Pair("最早欠费起", claim_day(told.month, info).isoformat(), "date"),
                ),
            ),
            Words(
                "text",
                "",
                (_salutation(told.owner), *(f"　　{line}" for line in step.text.splitlines())),
            ),
            Due(
                "due",
                f"截至{day_title(told.on)}应缴",
                told.total_fen,
                capitals(told.total_fen),
                _prepaid(told),
            ),
            _table(info, told),
            *_plan(told),
            Signatures("signatures", (f"受托人：{info.trustee or info.name}", "业主签收：")),
        ),
        (),
        told.size,
        told.root,
        told.unit,
        told.on,
    )


def _facts(info: BookInfo, unit: Unit, step: ReminderStep, told: Reminder) -> dict[str, Fact]:
    return {
        "unit": told.unit,
        "building": unit.building,
        "owner": told.owner,
        "step": step.name,
        "step_days": told.days,
        "days_overdue": _days(info, told, told.month),
        "total": yuan(told.total_fen),
        "prepaid": yuan(told.prepaid_fen),
    }


def _days(info: BookInfo, told: Reminder, month: str) -> int:
    return overdue_days(month, date.fromisoformat(told.on), info)


def _salutation(owner: str) -> str:
    return f"尊敬的{owner or '业主'}："


def _prepaid(told: Reminder) -> str:
    if not told.prepaid_fen:
        return ""
    return f"另有预收结余 {yuan(told.prepaid_fen, grouping=True)} 元，可抵缴"


def _table(info: BookInfo, told: Reminder) -> Table:
    late = any(one.item == LATE_FEE for one in told.items)

    def row(one: OpenItem) -> tuple[str | int | None, ...]:
        # A late fee grows day by day: no single day is the one it is overdue from.
        days = None if one.item == LATE_FEE else _days(info, told, one.month)
        return one.month, item_name(one.item), days, one.amount_fen

    return Table(
        "open",
        "欠缴明细",
        (
            Column("month", "账期", "date", 1.2),
            Column("item", "收费项目", "text", 3),
            Column("days", "逾期天数", "count", 1.2),
            Column("amount", "金额（元）", "amount", 1.6),
        ),
        tuple(row(one) for one in told.items),
        (("合计", "", None, told.total_fen),),
        "逾期天数自应收日起算" + ("；违约金按日累计，不另计天数" if late else ""),
    )


def _plan(told: Reminder) -> tuple[Block, ...]:
    if told.broken is None:
        return ()
    plan, due, due_fen, paid_fen = told.broken
    line = (
        f"分期缴纳协议 {plan} 约定至{day_title(due)}累计缴纳 {yuan(due_fen, grouping=True)} 元，"
        f"实际缴纳 {yuan(paid_fen, grouping=True)} 元，未按约履行，故恢复催缴。"
    )
    return (Words("plan", "分期协议", (line,)),)
