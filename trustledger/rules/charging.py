"""Charging 计费: what a unit owes for a month, and how that came about.

Contract rule 1: on the first day of each month a unit is liable for, ``area × price × factor``
per tariff, multiplied exactly and rounded once, half up. A unit that becomes liable inside a
month is charged by days. The tariff in force on the day of the charge counts for the whole month.

A tariff with a longer period 收费周期 (quarter, half year, year, counted from the start of the
fiscal year) is charged at once for its months: those of the period whose own charge day it is in
force on, from the first that the unit is charged for. So a period that is cut, by the opening of
the books, by a unit that comes later or by a change of price, is charged for its rest, and every
month is charged by the price of its own day.

What a line of a charge says is here as well; consumption and shares of a cost are reckoned in
rules of their own (metering.py, apportioning.py), and billing.py puts them together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from trustledger.money import round_to
from trustledger.period import first_day, last_day, month_of, run_of
from trustledger.records import PERIODS, ROUNDINGS, BookInfo, Tariff, Unit


class Metered(NamedTuple):
    """The two readings that a line bills: from which, to which."""

    meter: str
    reading: str  # the key of the later one, which is billed once
    since: str
    before: str
    on: str
    after: str
    digits: int  # of a meter that went through zero between them, or 0


class Shared(NamedTuple):
    """The cost that a line is a share of: which, how divided, and the sum of all weights."""

    cost: str
    by: str
    of: str


class ChargeLine(NamedTuple):
    """One item of a charge and the figures that made it: quantity × price × factor × time.

    Time is ``days ÷ of_days`` of the first month and the whole months after it. A metered line
    multiplies consumption, price and the meter's multiplier; a share of a cost has its weight as
    quantity and the whole cost as price. What is after the amount came later than the journals
    that stand, and is told only where it says something.
    """

    item: str
    quantity: str  # square metres, or "1" per unit
    price: str
    factor: str
    days: int
    of_days: int
    amount_fen: int
    months: int = 1
    rounding: str = "fen"
    counts: str = ""  # what the quantity is a number of
    metered: Metered | None = None
    shared: Shared | None = None


_ALWAYS = ChargeLine._fields[:7]
_LATER = tuple(ChargeLine._field_defaults.items())
_SILENT = tuple(ChargeLine._field_defaults.values())


def charge_day(month: str, start: date) -> date:
    """When a month is charged: its first day, or the day the books open if that is later."""
    return max(first_day(month), start)


def liable_days(unit: Unit, month: str) -> tuple[int, int]:
    """Days of the month the unit is liable for, and days in the month."""
    first, last = first_day(month), last_day(month)
    begin = unit.liable_from
    if begin is None or begin <= first:
        return last.day, last.day
    return max(0, (last - begin).days + 1), last.day


def months_due(
    tariff: Tariff, month: str, info: BookInfo, is_charged: Callable[[str], bool]
) -> int:
    """How many months a tariff charges with this month's charge: none, when an earlier charge of
    its period has them. ``is_charged`` says whether the unit is charged for a month at all."""
    length = PERIODS[tariff.period]
    if length == 1:
        return 1
    opened = month_of(info.start)
    run = [
        one
        for one in run_of(month, length, info.fiscal_year_start)
        if one >= opened and tariff.covers(charge_day(one, info.start))
    ]
    if next(filter(is_charged, run), None) != month:
        return 0
    return sum(1 for one in run if one >= month)


@lru_cache(4_096)  # homes of one size owe the same, month after month
def charge_amount(
    quantity: Decimal,
    price: Decimal,
    factor: Decimal,
    days: int,
    of_days: int,
    months: int = 1,
    rounding: str = "fen",
) -> int:
    """Fen for one item of one charge: multiplied exactly, rounded once, half up."""
    top, bottom = 100 * (days + (months - 1) * of_days), of_days
    for number in (quantity, price, factor):
        above, below = number.as_integer_ratio()
        top, bottom = top * above, bottom * below
    return round_to(ROUNDINGS[rounding], top, bottom)


def tariffs_for(usage: str, day: date, tariffs: Iterable[Tariff]) -> list[Tariff]:
    """The tariffs in force on a day for a usage, by item."""
    found = (t for t in tariffs if t.usage in ("", usage) and t.covers(day))
    return sorted(found, key=lambda tariff: tariff.item)


def charge_line(
    tariff: Tariff, quantity: Decimal, factor: Decimal, days: int, of_days: int, months: int
) -> ChargeLine | None:
    """What a tariff charges for these figures; nothing when that is nothing."""
    amount = charge_amount(quantity, tariff.price, factor, days, of_days, months, tariff.rounding)
    if not amount:
        return None
    return ChargeLine(
        tariff.item, str(quantity), str(tariff.price), str(factor), days, of_days, amount,
        months, tariff.rounding, tariff.counts,
    )  # fmt: skip


def charge_key(unit: str, month: str) -> str:
    """The key of a unit's charge of a month: charging twice finds the first."""
    return f"{month}|{unit}"


def charge_content(unit: str, month: str, lines: Iterable[ChargeLine]) -> str:
    """The stored fact of a charge: the unit, the month and the figures of each line."""
    body = {"unit": unit, "month": month, "lines": [_told(line) for line in lines]}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _told(line: ChargeLine) -> dict[str, Any]:
    told: dict[str, Any] = dict(zip(_ALWAYS, line, strict=False))
    if line[7:] != _SILENT:
        for name, idle in _LATER:
            value = getattr(line, name)
            if value != idle:
                told[name] = value._asdict() if isinstance(value, Metered | Shared) else value
    return told


def read_charge(content: str) -> tuple[str, str, list[ChargeLine]]:
    """Unit, month and lines back from :func:`charge_content`."""
    body = json.loads(content)
    return body["unit"], body["month"], [_read(line) for line in body["lines"]]


def _read(told: dict[str, Any]) -> ChargeLine:
    if "metered" in told:
        told["metered"] = Metered(**told["metered"])
    if "shared" in told:
        told["shared"] = Shared(**told["shared"])
    return ChargeLine(**told)
