"""Who held a unit and who answers for what is open of it, as blocks of an owner's statement."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from trustledger.document import Check, Column, Table
from trustledger.holding import Holder
from trustledger.period import month_of
from trustledger.records import ROLES, Receipt
from trustledger.rules.owing import Answer
from trustledger.statements.figures import Holders

NOBODY = "未登记"
"""Shown where a unit's owner is not named anywhere."""

JOINT = "共有人对外承担连带责任，按份额列示（民法典第三百零七条）"


def name_of(person: str) -> str:
    """A person as shown."""
    return person or NOBODY


def standing(answer: Answer) -> str:
    """As what somebody answers: owner, former owner, developer."""
    title = ROLES[answer.role]
    return title if answer.present or answer.role == "developer" else f"原{title}"


def months_text(months: Iterable[str], eve: date) -> str:
    """Months as runs: ``期初欠费，2024-01 至 2024-03，2024-06``; the eve's are the old books'."""
    told = set(months)
    before = ["期初欠费"] if month_of(eve) in told else []
    runs: list[list[str]] = []
    for month in sorted(told - {month_of(eve)}):
        if runs and _number(month) == _number(runs[-1][-1]) + 1:
            runs[-1] = [runs[-1][0], month]
        else:
            runs.append([month])
    return "，".join([*before, *(" 至 ".join(run) for run in runs)])


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:])


def holders_text(held: Holders) -> str:
    """Those who answer for the unit at the period's end, with their shares if there are several."""
    holders = held.spans[-1].holders
    if len(holders) == 1:
        return holders[0].person
    return "、".join(f"{name_of(one.person)} {one.share}" for one in holders)


def holding_tables(held: Holders, eve: date) -> Iterable[Table]:
    """Who held the unit in the period, if that is more than one; who answers for what is open, if
    that is not the one who holds it."""
    rows = _rows(held)
    shared = any(one.share != 1 for span in held.spans for one in span.holders)
    if len(rows) > 1:
        yield Table(
            "holders",
            "本期权属",
            (
                Column("person", "姓名", "text", 2.4),
                Column("role", "身份", "text", 1.2),
                Column("share", "份额", "text", 1),
                Column("from", "本期自", "date", 1.3),
                Column("to", "本期至", "date", 1.3),
            ),
            tuple(rows),
        )
    present = [one.person for one in held.spans[-1].holders]
    if held.answers and [one.person for one in held.answers] != present[:1]:
        yield Table(
            "answers",
            "期末欠费由谁负责",
            (
                Column("person", "责任人", "text", 2.4),
                Column("role", "身份", "text", 1.2),
                Column("months", "账期", "text", 3),
                Column("amount", "欠费（元）", "amount", 1.5),
            ),
            tuple(
                (name_of(one.person), standing(one), months_text(one.months, eve), one.amount_fen)
                for one in held.answers
            ),
            (("合计", "", "", sum(one.amount_fen for one in held.answers)),),
            JOINT if shared else "",
        )


def _rows(held: Holders) -> list[tuple[str, str, str, str, str]]:
    """Each holder's runs of days in the period, then the tenants'."""
    first, last = held.spans[0].first, held.spans[-1].last
    runs: list[tuple[Holder, date, date]] = []
    for span in held.spans:
        going = {run[0]: at for at, run in enumerate(runs) if (span.first - run[2]).days == 1}
        for holder in span.holders:
            if holder in going:
                runs[going[holder]] = (holder, runs[going[holder]][1], span.last)
            else:
                runs.append((holder, span.first, span.last))
    rows = [
        (name_of(h.person), ROLES[h.role], str(h.share), begin.isoformat(), end.isoformat())
        for h, begin, end in runs
    ]
    for tenant in sorted(held.tenants, key=lambda t: (t.start, t.person)):
        begin, end = max(tenant.start, first), min(tenant.last or last, last)
        role = ROLES[tenant.role]
        rows.append((tenant.person, role, "", begin.isoformat(), end.isoformat()))
    return rows


def answers_check(held: Holders, arrears_fen: int) -> Iterable[Check]:
    """What the people answer for adds up to what is open of the unit."""
    yield Check("各责任人欠费之和 = 期末欠费", sum(a.amount_fen for a in held.answers), arrears_fen)


def paid_by(receipt: Receipt, held: Holders | None) -> str:
    """That a tenant paid, if one did: the owner stays liable (物业管理条例 art. 41)."""
    for tenant in held.tenants if held else ():
        if tenant.person == receipt.payer and tenant.covers(receipt.on):
            return f"承租人{tenant.person}代缴；"
    return ""
