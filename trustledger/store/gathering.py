"""Gathering: from what is stored to the figures that statements are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, select

from trustledger import chart
from trustledger.period import Period
from trustledger.records import (
    COMMON,
    LATE_FEE,
    LIABILITY_CATEGORIES,
    BookInfo,
    Expenditure,
    Fund,
    Income,
    Receipt,
    Refund,
    Reversal,
    Term,
    Unit,
    Waiver,
)
from trustledger.rules.charging import read_charge
from trustledger.rules.closing import CLOSE
from trustledger.rules.entrusted import HELD, holding_of
from trustledger.rules.latefee import read_late_fee
from trustledger.statements.budget_execution import Owed
from trustledger.statements.entrusted import Kept
from trustledger.statements.figures import (
    Figures,
    Holders,
    LineFigures,
    Movement,
    Spending,
    Turnover,
    UnitCharge,
    UnitFigures,
    UnitLateFee,
)
from trustledger.statements.receipts import Numbered
from trustledger.statements.restricted_funds import Given
from trustledger.store import unsettled
from trustledger.store.checkpoints import latest
from trustledger.store.conditions import reversing
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY

UNIT_ACCOUNTS = (chart.RECEIVABLE, chart.PREPAID, chart.BANK, chart.WAIVED)


def figures(
    reader: Reader,
    info: BookInfo,
    funds: Mapping[str, Fund],
    terms: Iterable[Term],
    period: Period,
    turnovers: tuple[Turnover, ...],
    lines: tuple[LineFigures, ...],
    names: Mapping[str, str],
) -> Figures:
    """The community's figures of a period."""
    return Figures(
        info,
        period,
        reader.head(),
        funds,
        lines,
        names,
        tuple(sorted(terms, key=lambda term: term.start)),
        turnovers,
        reader.stored(CLOSE, [period.last]).get(period.last, (0, ""))[0],
        latest(reader.connection, reader.book),
    )


def spendings(reader: Reader, period: Period) -> list[Spending]:
    """Every expenditure of the period, and reversals of expenditures."""
    first, last = period.start.isoformat(), period.end.isoformat()
    accounts = chart.EXPENSE_ACCOUNT.values()
    rows = list(reader.postings(first, last, accounts))
    keys = {key for _, kind, key, _, _ in rows if kind == "expenditure"}
    told = {one.voucher: one for one in reader.facts(Expenditure, keys)}
    found = []
    for _, kind, key, day, p in rows:
        fact = told.get(key) if kind == "expenditure" else None
        otherwise = "追认" if kind == "ratification" else "冲销"
        payee, memo = (fact.payee, fact.noted(fact.memo)) if fact else ("", otherwise)
        found.append(Spending(day, key, p.line, p.fund, payee, memo, p.debit_fen - p.credit_fen))
    return found


def movements(
    reader: Reader, period: Period, unit: str | None = None, *, to_date: bool = False
) -> Iterator[Movement]:
    """Every posting on units' accounts in the period; to date, from the very first on."""
    first, last = "" if to_date else period.start.isoformat(), period.end.isoformat()
    for seq, kind, key, day, posting in reader.postings(first, last, UNIT_ACCOUNTS, unit):
        if posting.unit:
            yield Movement(seq, kind, key, day, posting)


def unit_accounts(
    reader: Reader, period: Period, units: Mapping[str, Unit], only: str | None = None
) -> Iterator[UnitFigures]:
    """Every unit's openings and movements of the period, or one unit's; not the facts behind them.

    Openings are reckoned back from what is open now, less what moved since: a recent month costs
    what happened in it, not the years before.
    """
    wanted = {only: units[only]} if only is not None else units
    arrears, prepaid, moved = _reckoned(reader, period, wanted, only)
    for code, unit in wanted.items():
        yield UnitFigures(unit, arrears[code], prepaid[code], tuple(moved.pop(code, ())))


def unit_figures(
    reader: Reader,
    period: Period,
    units: Mapping[str, Unit],
    only: str | None = None,
    held: Mapping[str, Holders] | None = None,
) -> Iterator[UnitFigures]:
    """Every unit's figures of the period, or one unit's, with the facts behind its movements;
    ``held``: who held it and answers for it."""
    wanted = {only: units[only]} if only is not None else units
    arrears, prepaid, moved = _reckoned(reader, period, wanted, only)
    told = _told(reader, moved)
    for code, unit in wanted.items():
        facts = told.get(code, _NOTHING)
        yield UnitFigures(
            unit,
            arrears[code],
            prepaid[code],
            tuple(moved.pop(code, ())),
            tuple(facts.charges),
            tuple(facts.receipts),
            tuple(facts.refunds),
            tuple(facts.waivers),
            tuple(facts.late_fees),
            (held or {}).get(code),
        )


def _reckoned(
    reader: Reader, period: Period, wanted: Iterable[str], only: str | None
) -> tuple[dict[str, int], dict[str, int], dict[str, list[Movement]]]:
    """Opening arrears and prepayments by unit, and what moved in the period."""
    first, last = period.start.isoformat(), period.end.isoformat()
    arrears, prepaid = dict.fromkeys(wanted, 0), dict.fromkeys(wanted, 0)
    claims, pieces, _ = unsettled.open_items(reader, [only] if only is not None else None)
    for claim in claims:
        arrears[claim.unit] += claim.amount_fen
    for piece in pieces:
        prepaid[piece.unit] += piece.amount_fen
    moved: dict[str, list[Movement]] = {}
    for seq, kind, key, day, p in reader.postings(first, None, UNIT_ACCOUNTS, only):
        if not p.unit:
            continue
        if p.account == chart.RECEIVABLE:
            arrears[p.unit] -= p.debit_fen - p.credit_fen
        elif p.account == chart.PREPAID:
            prepaid[p.unit] -= p.credit_fen - p.debit_fen
        if day <= last:
            moved.setdefault(p.unit, []).append(Movement(seq, kind, key, day, p))
    return arrears, prepaid, moved


Items = dict[tuple[str, str, str], int]
"""Unit, month and item of a charge -> fen."""


def standing(
    reader: Reader, on: date, only: Collection[str] | None = None
) -> tuple[Items, dict[str, int]]:
    """What stood open at the end of a day, and what was prepaid by unit; of all units or some.

    Reckoned back like openings: what is open now, less what moved since.
    """
    items: Items = {}
    prepaid: dict[str, int] = {}
    claims, pieces, _ = unsettled.open_items(reader, only)
    for claim in claims:
        at = claim.unit, claim.month, claim.item
        items[at] = items.get(at, 0) + claim.amount_fen
    for piece in pieces:
        prepaid[piece.unit] = prepaid.get(piece.unit, 0) + piece.amount_fen
    since = (on + timedelta(days=1)).isoformat()
    one = next(iter(only)) if only is not None and len(only) == 1 else None
    for *_, p in reader.postings(since, None, (chart.RECEIVABLE, chart.PREPAID), one):
        if only is not None and p.unit not in only:
            continue
        net = p.debit_fen - p.credit_fen
        if p.account == chart.RECEIVABLE:
            at = p.unit, p.month, p.item
            items[at] = items.get(at, 0) - net
        else:
            prepaid[p.unit] = prepaid.get(p.unit, 0) + net
    return {at: fen for at, fen in items.items() if fen}, prepaid


def open_charges(
    reader: Reader, on: date, only: Collection[str] | None = None
) -> dict[tuple[str, str], int]:
    """What stood open at the end of a day, by unit and month of the charge, all items together."""
    charges: dict[tuple[str, str], int] = {}
    for (unit, month, _), fen in standing(reader, on, only)[0].items():
        charges[unit, month] = charges.get((unit, month), 0) + fen
    return {at: fen for at, fen in charges.items() if fen}


class _Told(NamedTuple):
    """What was told of a unit in a period."""

    charges: list[UnitCharge]
    receipts: list[Receipt]
    refunds: list[Refund]
    waivers: list[Waiver]
    late_fees: list[UnitLateFee]


_NOTHING = _Told([], [], [], [], [])


def _told(reader: Reader, moved: Mapping[str, list[Movement]]) -> dict[str, _Told]:
    """The facts behind units' movements, by unit, each list by day and key."""
    keys: dict[str, dict[str, str]] = {}
    told: dict[str, _Told] = {}
    for code, movements in moved.items():
        told[code] = _Told([], [], [], [], [])
        for m in movements:
            keys.setdefault("waiver" if m.kind == "waived" else m.kind, {})[m.key] = code
    for content in reader.contents("charge", keys.get("charge", {})):
        code, month, lines = read_charge(content)
        told[code].charges.append(UnitCharge(month, lines))
    for content in reader.contents(LATE_FEE, keys.get(LATE_FEE, {})):
        code, month, fees = read_late_fee(content)
        told[code].late_fees.append(UnitLateFee(month, fees))
    for receipt in reader.facts(Receipt, keys.get("receipt", {})):
        told[receipt.unit].receipts.append(receipt)
    for refund in reader.facts(Refund, keys.get("refund", {})):
        told[refund.unit].refunds.append(refund)
    for waiver in reader.facts(Waiver, keys.get("waiver", {})):
        told[waiver.unit].waivers.append(waiver)
    for facts in told.values():
        facts.charges.sort(key=lambda charge: charge.month)
        facts.late_fees.sort(key=lambda fee: fee.month)
        for dated in (facts.receipts, facts.refunds, facts.waivers):
            dated.sort(key=lambda fact: (fact.on, fact.key))
    return told


def owed(reader: Reader, period: Period) -> list[Owed]:
    """What the trustee owes by voucher, reckoned back from what is owed now."""
    first, last = period.start.isoformat(), period.end.isoformat()
    left = unsettled.all_owed(reader)
    moved: dict[str, dict[str, int]] = {}
    for _, kind, _, day, p in reader.postings(first, None, (chart.TRUSTEE_OWES,)):
        net = p.debit_fen - p.credit_fen
        left[p.source] = left.get(p.source, 0) - net
        if day <= last:
            mine = moved.setdefault(p.source, {})
            mine[kind] = mine.get(kind, 0) + net
    return [
        Owed(
            voucher,
            left[voucher],
            mine.get("expenditure", 0) + mine.get("reversal", 0),
            -mine.get("ratification", 0),
            -mine.get("repayment", 0),
        )
        for voucher in sorted(left)
        for mine in (moved.get(voucher, {}),)
        if left[voucher] or mine
    ]


def given(reader: Reader, period: Period) -> list[Given]:
    """All income of the period that is not of the common fund, and reversals of such."""
    first, last = period.start.isoformat(), period.end.isoformat()
    came = [(one, 1) for one in reader.told(Income, first, last)]
    undone = [r.of_key for r in reader.told(Reversal, first, last) if r.of_kind == Income.kind]
    came += [(one, -1) for one in (reader.facts(Income, undone) if undone else ())]
    return [
        Given(one.fund, one.category, one.source, sign * one.amount_fen)
        for one, sign in came
        if one.fund != COMMON and one.category not in LIABILITY_CATEGORIES
    ]


def entrusted(reader: Reader, period: Period) -> list[Kept]:
    """Others' money of a period, by whom it belongs to, reckoned back from what is held now."""
    first, last = period.start.isoformat(), period.end.isoformat()
    left = dict(unsettled.held(reader))
    came, went = dict.fromkeys(left, 0), dict.fromkeys(left, 0)
    for _, _, _, day, p in reader.postings(first, None, HELD):
        holding = holding_of(p)
        if holding is None:
            continue
        left[holding] = left.get(holding, 0) - p.credit_fen + p.debit_fen
        if day <= last:
            came[holding] = came.get(holding, 0) + p.credit_fen
            went[holding] = went.get(holding, 0) + p.debit_fen
    return [
        Kept(one, left[one], came.get(one, 0), went.get(one, 0))
        for one in sorted(left)
        if left[one] or came.get(one) or went.get(one)
    ]


def numbered(reader: Reader, period: Period) -> Iterator[Numbered]:
    """Every receipt of the years that a period touches, with its number."""
    first, last = f"{period.start.year}-01-01", f"{period.end.year}-12-31"
    count: dict[str, int] = {}
    for day, content, void in _receipts(reader, first, last):
        year, fact = day[:4], Receipt.load(content)
        count[year] = count.get(year, 0) + 1
        yield Numbered(
            year, count[year], day, fact.key, fact.unit, fact.payer, fact.amount_fen, void
        )


def _receipts(reader: Reader, first: str, last: str) -> Iterator[tuple[str, str, bool]]:
    """Day, stored fact, and whether it is reversed, of the receipts dated from a day to a day,
    in the order of the journal."""
    red = ENTRY.alias("red")
    query = (
        select(ENTRY.c.day, ENTRY.c.content, ENTRY.c.seq, red.c.seq.label("red"))
        .select_from(ENTRY)
        .outerjoin(
            red,
            and_(red.c.book == ENTRY.c.book, red.c.reverses == ENTRY.c.seq, reversing(red)),
        )
        .where(
            ENTRY.c.book == reader.book,
            ENTRY.c.kind == "receipt",
            ENTRY.c.day >= first,
            ENTRY.c.day <= last,
        )
        .order_by(ENTRY.c.seq)
    )
    rows: list[Any] = list(reader.connection.execute(query))
    contents = reader.unsealed([(row.seq, row.content) for row in rows])
    for row, content in zip(rows, contents, strict=True):
        yield row.day, content, row.red is not None
