"""Holders: from stored claims and tenures to who held each unit, and who answers for what is open.

A claim's days are those its charge is for; what the old books left open was owed by who held the
unit on the eve of the first day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from trustledger.period import Period, first_day, last_day, month_of
from trustledger.records import BookInfo, Receipt, Tenure, Unit
from trustledger.rules.owing import Answer, OpenMonth, answers, liable, spans
from trustledger.statements.figures import Debt, Holders
from trustledger.store.charges import claims_of
from trustledger.store.gathering import open_charges
from trustledger.store.reading import Reader

Tenures = Mapping[str, Sequence[Tenure]]


def held(
    reader: Reader, info: BookInfo, period: Period, units: Mapping[str, Unit], tenures: Tenures
) -> dict[str, Holders]:
    """Every unit with tenures of its own: who held it in a period, and who answers at its end."""
    mine = {code: units[code] for code in tenures if code in units}
    owed = dict(_answers(reader, info, period, mine, tenures, mine)) if mine else {}
    return {
        code: Holders(
            tuple(spans(unit, tenures[code], period.start, period.end)),
            tuple(t for t in tenures[code] if t.role == "tenant" and _within(t, period)),
            owed.get(code, ()),
        )
        for code, unit in mine.items()
    }


def _within(tenure: Tenure, period: Period) -> bool:
    return tenure.start <= period.end and (tenure.last is None or period.start <= tenure.last)


def debts(
    reader: Reader, info: BookInfo, period: Period, units: Mapping[str, Unit], tenures: Tenures
) -> Iterator[Debt]:
    """What everybody owes for every unit at a period's end."""
    for code, owed in _answers(reader, info, period, units, tenures):
        for answer in owed:
            phone = _phone(units[code], tenures.get(code, ()), answer.person, period)
            yield Debt(code, phone, answer)


def _phone(unit: Unit, tenures: Iterable[Tenure], person: str, period: Period) -> str:
    """The newest telephone that was known of a person by the period's end."""
    told = sorted((t.start, t.phone) for t in tenures if t.person == person and t.phone)
    known = [phone for start, phone in told if start <= period.end]
    return known[-1] if known else (unit.phone if person == unit.owner else "")


def _answers(
    reader: Reader,
    info: BookInfo,
    period: Period,
    units: Mapping[str, Unit],
    tenures: Tenures,
    only: Collection[str] | None = None,
) -> Iterator[tuple[str, tuple[Answer, ...]]]:
    open_of: dict[str, dict[str, int]] = {}
    for (code, month), fen in open_charges(reader, period.end, only).items():
        open_of.setdefault(code, {})[month] = fen
    for code in sorted(open_of):
        unit, rows = units[code], tenures.get(code, ())
        months = [_days(info, unit, month, fen) for month, fen in sorted(open_of[code].items())]
        if info.arrears_follow == "person":
            months = _with_payments(reader, unit, rows, months, period)
        yield code, answers(unit, rows, months, period.end, info.arrears_follow)


def _days(info: BookInfo, unit: Unit, month: str, open_fen: int) -> OpenMonth:
    """A month's claim with the days it is for."""
    first, last = first_day(month), last_day(month)
    if month == month_of(info.eve):
        first = last = info.eve
    elif unit.liable_from is not None and first < unit.liable_from <= last:
        first = unit.liable_from
    return OpenMonth(month, first, last, open_fen)


def _with_payments(
    reader: Reader,
    unit: Unit,
    tenures: Sequence[Tenure],
    months: list[OpenMonth],
    period: Period,
) -> list[OpenMonth]:
    """The months, those for which several answer with what each payer settled of them."""
    shared = [m.month for m in months if len(liable(unit, tenures, m.first, m.last)) > 1]
    if not shared:
        return months
    rows = list(claims_of(reader, unit.unit, shared, period.end.isoformat()))
    sources = {source for _, source, _, _ in rows if source}
    payer = {receipt.key: receipt.payer for receipt in reader.facts(Receipt, sources)}
    charged = dict.fromkeys(shared, 0)
    paid: dict[str, dict[str, int]] = {month: {} for month in shared}
    for month, source, debit, credit in rows:
        charged[month] += debit
        name = payer.get(source, "")
        if name:
            paid[month][name] = paid[month].get(name, 0) + credit
    return [
        one._replace(charged_fen=charged[one.month], paid=paid[one.month])
        if one.month in charged
        else one
        for one in months
    ]
