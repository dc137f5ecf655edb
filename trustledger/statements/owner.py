"""业主对账单: one unit's account, and on the same page where everybody's money went.

信托法 art. 20 and 49: every beneficiary may know how the trust's money comes and goes. What
is about the community is made once (:func:`community_of`) and shared by all owners' statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from trustledger import chart
from trustledger.document import (
    Block,
    Check,
    Column,
    Due,
    Grid,
    Pair,
    Part,
    Statement,
    Table,
)
from trustledger.money import capitals, parse_yuan, percent, yuan
from trustledger.records import COMMON, LATE_FEE, OPENING, Waiver
from trustledger.rules.charging import ChargeLine, Metered
from trustledger.rules.latefee import LateFee, reckon
from trustledger.statements.figures import (
    Figures,
    UnitFigures,
    cash_income,
    fund_balance,
    leftover_in,
    line_spending,
    parties,
    remuneration_in,
)
from trustledger.statements.holders import answers_check, holders_text, holding_tables, paid_by
from trustledger.statements.income_expenditure import money_split, spending_bars
from trustledger.statements.money_trail import Way, divide, ways

NAME, TITLE = "owner", "业主对账单"


class Community(NamedTuple):
    """What all owners' statements of a period share: blocks, and where everybody's money went."""

    blocks: tuple[Block, ...]
    ways: tuple[Way, ...]


def community_of(figures: Figures) -> Community:
    """Where everybody's money went: the same for every owner, made once for a pack."""
    within = list(figures.within())
    income = cash_income(within, COMMON)
    total, remuneration = sum(income.values()), remuneration_in(within, COMMON)
    lines = line_spending(within, COMMON)
    spent = sum(lines.values())
    opening, moved = fund_balance(figures.before(), COMMON), leftover_in(within, COMMON)
    rows = [(chart.CATEGORY_NAMES[item], fen) for item, fen in income.items()]
    blocks: tuple[Block, ...] = (
        Grid(
            "fund",
            f"大家的钱：{figures.funds[COMMON].name}",
            (
                Pair("期初余额", opening, "amount"),
                Pair("本期收入", total, "amount"),
                Pair("受托人酬金", remuneration, "amount"),
                Pair("本期支出", spent, "amount"),
                *([Pair("结余转入", moved, "amount")] if moved else []),
                Pair("期末余额", opening + total - remuneration - spent + moved, "amount"),
                *(Pair(f"收入：{name}", fen, "amount") for name, fen in rows),
            ),
        ),
        *money_split(total, remuneration),
        spending_bars(figures, COMMON),
    )
    named = [(figures.names[line], fen) for line, fen in lines.items()]
    return Community(blocks, ways(total, remuneration, named))


def build(figures: Figures, unit: UnitFigures, community: Community | None = None) -> Statement:
    """One unit's statement of the period."""
    u = unit.unit
    shared = community if community is not None else community_of(figures)
    paid = unit.received_fen - unit.refunded_fen
    trail = divide(paid, shared.ways)
    arrears, prepaid = unit.closing_arrears_fen, unit.closing_prepaid_fen
    before = unit.opening_arrears_fen - unit.opening_prepaid_fen
    moved = unit.charged_fen + unit.late_fee_fen
    moved += unit.refunded_fen - unit.received_fen - unit.waived_fen
    due = max(arrears - prepaid, 0)
    held = unit.held
    return figures.statement(
        NAME,
        TITLE,
        {
            "unit": u.unit,
            "opening_arrears": yuan(unit.opening_arrears_fen),
            "opening_prepaid": yuan(unit.opening_prepaid_fen),
            "charged": yuan(unit.charged_fen),
            "received": yuan(unit.received_fen),
            "refunded": yuan(unit.refunded_fen),
            "waived": yuan(unit.waived_fen),
            "late_fee": yuan(unit.late_fee_fen),
            "closing_arrears": yuan(arrears),
            "closing_prepaid": yuan(prepaid),
        },
        (
            Grid(
                "unit",
                "",
                (
                    Pair("房号", u.unit),
                    Pair("业主", holders_text(held) if held else u.owner),
                    Pair("楼栋", u.building),
                    Pair("建筑面积", f"{two_decimals(str(u.area_m2))} ㎡"),
                ),
            ),
            Due(
                "due",
                "截至期末应缴",
                due,
                capitals(due),
                f"预收结余 {yuan(prepaid, grouping=True)} 元" if prepaid else "",
            ),
            _account_table(unit),
            *(holding_tables(held, figures.info.eve) if held else ()),
            *_charges_table(unit),
            *_late_fees_table(unit),
            *_payments_table(unit),
            *_trail_grid(paid, trail),
            *shared.blocks,
            parties(figures.info),
        ),
        (
            Check(
                f"期初 + 应收{' + 违约金' * bool(unit.late_fee_fen)} - 实收 + 退款 - 减免 = 期末",
                before + moved,
                arrears - prepaid,
            ),
            *_trail_check(paid, trail),
            *(answers_check(held, arrears) if held else ()),
        ),
        u.unit,
    )


def _trail_grid(paid: int, trail: tuple[Part, ...]) -> Iterable[Grid]:
    """What the home paid, and where it went."""
    if trail:
        yield Grid(
            "trail",
            "我的钱去了哪里（按本期大家收入的去向）",
            (
                Pair("本期交款", paid, "amount"),
                *(Pair(part.label, part.amount_fen, "amount") for part in trail),
            ),
        )


def _trail_check(paid: int, trail: tuple[Part, ...]) -> Iterable[Check]:
    if trail:
        yield Check("我的钱各去向合计 = 实收 - 退款", sum(p.amount_fen for p in trail), paid)


def _account_table(unit: UnitFigures) -> Table:
    late = (unit.late_fee_fen,) if unit.late_fee_fen else ()
    return Table(
        "account",
        "本户账目",
        (
            Column("opening_arrears", "期初欠费", "amount", 1),
            Column("opening_prepaid", "期初预收", "amount", 1),
            Column("charged", "本期应收", "amount", 1),
            *((Column("late_fee", "违约金", "amount", 1),) if late else ()),
            Column("received", "本期实收", "amount", 1),
            Column("refunded", "退款", "amount", 1),
            Column("waived", "减免", "amount", 1),
            Column("closing_arrears", "期末欠费", "amount", 1),
            Column("closing_prepaid", "期末预收", "amount", 1),
        ),
        (
            (
                unit.opening_arrears_fen,
                unit.opening_prepaid_fen,
                unit.charged_fen,
                *late,
                unit.received_fen,
                unit.refunded_fen,
                unit.waived_fen,
                unit.closing_arrears_fen,
                unit.closing_prepaid_fen,
            ),
        ),
    )


def _charges_table(unit: UnitFigures) -> Iterable[Table]:
    rows = [
        (charge.month, line.item, _reckoning(line), line.amount_fen)
        for charge in unit.charges
        for line in charge.lines
    ]
    if not rows:
        return
    yield Table(
        "charges",
        "应收明细",
        (
            Column("month", "账期", "date", 1),
            Column("item", "收费项目", "text", 1.8),
            Column("how", "计算：面积或户 × 单价 × 系数", "text", 4),
            Column("amount", "金额（元）", "amount", 1.4),
        ),
        tuple(rows),
        (("合计", "", "", sum(row[3] for row in rows)),),
    )


def _late_fees_table(unit: UnitFigures) -> Iterable[Table]:
    rows = [
        (month, fee.of, _bearing(fee), fee.amount_fen)
        for month, fees in unit.late_fees
        for fee in fees
    ]
    if not rows:
        return
    yield Table(
        "late_fees",
        "违约金明细",
        (
            Column("month", "计收月", "date", 1),
            Column("of", "欠费账期", "date", 1),
            Column("how", "计算：逾期本金 × 日费率 × 天数", "text", 4.8),
            Column("amount", "金额（元）", "amount", 1.4),
        ),
        tuple(rows),
        (("合计", "", "", sum(row[3] for row in rows)),),
    )


def _bearing(fee: LateFee) -> str:
    parts = [
        f"{yuan(span.open_fen, grouping=True)} × {percent(Fraction(span.rate))} × {span.days} 天"
        for span in fee.spans
    ]
    capped = "，达到上限" if fee.amount_fen < reckon(fee.spans) else ""
    return " + ".join(parts) + capped


def two_decimals(number: str) -> str:
    """A plain number with at least two decimals, as people write areas and prices."""
    whole, _, part = number.partition(".")
    return f"{whole}.{part:0<2}"


ROUNDED = {"fen": "", "jiao": "，取整到角", "yuan": "，取整到元"}


def _reckoning(line: ChargeLine) -> str:
    """How an owner can reckon the amount again: what is multiplied, and how it is rounded."""
    if line.metered is not None:
        return _consumption(line, line.metered)
    if line.shared is not None:
        cost = yuan(parse_yuan(line.price), grouping=True)
        weight, by = _of(line.quantity, line.shared.by), _of(line.shared.of, line.shared.by)
        return f"公摊 {cost} 元 × {weight} ÷ {by}"
    if line.counts:
        what = f"{line.quantity} {line.counts}"
    else:
        what = "1 户" if line.quantity == "1" else f"{two_decimals(line.quantity)} ㎡"
    parts = [what, two_decimals(line.price)]
    if line.factor != "1":
        parts.append(line.factor)
    return " × ".join(parts) + _time(line) + ROUNDED[line.rounding]


def _consumption(line: ChargeLine, told: Metered) -> str:
    """From which reading to which, what that is, and what it is multiplied by."""
    through = f"，过 {10**told.digits}" if told.digits else ""
    parts = [f"用量 {line.quantity}", two_decimals(line.price)]
    if line.factor != "1":
        parts.append(f"倍率 {line.factor}")
    return (
        f"表 {told.meter}：{told.since} {told.before} 至 {told.on} {told.after}{through}；"
        + " × ".join(parts)
        + ROUNDED[line.rounding]
    )


def _of(weight: str, by: str) -> str:
    """A weight as an owner knows it: square metres, units, or a bare number."""
    if by == "area":
        return f"{two_decimals(weight)} ㎡"
    return f"{weight} 户" if by == "count" else weight


def _time(line: ChargeLine) -> str:
    """For how long: nothing to say of one whole month."""
    whole = line.days == line.of_days
    days = "" if whole else f"{line.days}/{line.of_days} 天"
    months = line.months if whole else line.months - 1
    if line.months == 1:
        return f" × {days}" if days else ""
    return f" ×（{days} + {months} 个月）" if days else f" × {months} 个月"


CHANNELS = {"wechat": "微信", "alipay": "支付宝", "bank": "银行", "cash": "现金", "pos": "刷卡"}
"""Channels that accountants write in English, as an owner reads them; others stand as written."""


def _payments_table(unit: UnitFigures) -> Iterable[Table]:
    """Each payment and what it settled; money from before; refunds and waivers."""
    settled: dict[str, dict[str, int]] = {}
    returned: dict[str, int] = {}
    reversals: list[tuple[str, str, str, int]] = []
    rows: list[tuple[str, str, str, str, int | None]] = []
    for movement in unit.movements:
        p = movement.posting
        if p.account == chart.RECEIVABLE and p.source:
            months = settled.setdefault(p.source, {})
            label = "期初欠费" if p.item == OPENING else p.month
            label += " 违约金" if p.item == LATE_FEE else ""
            months[label] = months.get(label, 0) + p.credit_fen
        elif p.account == chart.BANK and movement.kind in ("refund", "reversal"):
            back = p.credit_fen - min(p.debit_fen, 0)
            returned[p.source] = returned.get(p.source, 0) + back
            if movement.kind == "reversal":
                reversals.append((movement.on, movement.key, p.source, back))
    reopened = {source: _reopened(months) for source, months in settled.items()}
    for receipt in unit.receipts:
        reopened.pop(receipt.key, None)
        what = _what(settled.pop(receipt.key, {}), receipt.amount_fen, returned.get(receipt.key, 0))
        what = f"指定 {receipt.pays}：{what}" if receipt.pays else what
        channel = CHANNELS.get(receipt.channel, receipt.channel)
        what = receipt.noted(paid_by(receipt, unit.held) + what)
        rows.append((receipt.on.isoformat(), receipt.key, channel, what, receipt.amount_fen))
    for source, months in sorted(settled.items()):
        if any(fen > 0 for fen in months.values()):
            name = "期初预收" if source == OPENING else f"以前预收 {source}"
            rows.append(("", name, "", _what(months, sum(months.values()), 0), None))
    for refund in unit.refunds:
        note = f"退回收款 {refund.receipt}" if refund.receipt else "退预收"
        note += reopened.get(refund.receipt, "")
        rows.append(
            (refund.on.isoformat(), refund.key, "退款", refund.noted(note), -refund.amount_fen)
        )
    for on, key, source, back in reversals:
        rows.append((on, key, "冲销", f"冲销收款 {source}{reopened.get(source, '')}", -back))
    for waiver in unit.waivers:
        what = "违约金" if waiver.item else "账期"
        note = (
            f"减免 {waiver.month} {what} {yuan(waiver.amount_fen)}：{waiver.authority}{_by(waiver)}"
        )
        rows.append((waiver.on.isoformat(), waiver.key, "减免", waiver.noted(note), None))
    if not rows:
        return
    yield Table(
        "payments",
        "收付明细",
        (
            Column("date", "日期", "date", 1.3),
            Column("key", "流水号", "text", 1.7),
            Column("channel", "渠道", "text", 0.9),
            Column("settled", "核销", "text", 4),
            Column("amount", "金额（元）", "amount", 1.4),
        ),
        tuple(sorted(rows, key=lambda row: (row[0], row[1]))),
        (("合计", "", "", "", sum(row[4] or 0 for row in rows)),),
    )


def _by(waiver: Waiver) -> str:
    """Who approved a waiver and why, as far as it says so."""
    approver = f"，{waiver.approver} 批准" if waiver.approver else ""
    return approver + (f"，{waiver.memo}" if waiver.memo else "")


def _reopened(months: dict[str, int]) -> str:
    """Which charges stand open again, once money from before was taken off them."""
    parts = [f"{month} {yuan(-fen)}" for month, fen in sorted(months.items()) if fen < 0]
    return "，恢复应收 " + "，".join(parts) if parts else ""


def _what(months: dict[str, int], amount: int, returned: int) -> str:
    """What a sum settled, by month; what went back; the rest is prepaid."""
    parts = [f"{month} {yuan(fen)}" for month, fen in sorted(months.items()) if fen]
    if returned:
        parts.append(f"已退 {yuan(returned)}")
    rest = amount - returned - sum(months.values())
    if rest:
        parts.append(f"预收 {yuan(rest)}")
    return "，".join(parts)
