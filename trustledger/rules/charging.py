"""Charging 计费: what a unit owes for a month, and how that came about.

Contract rule 1: on the first day of each month a unit is liable for, ``area × price × factor``
per tariff, multiplied exactly and rounded once, half up. A unit that becomes liable inside a
month is charged by days. The tariff in force on the day of the charge counts for the whole month.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from trustledger.money import round_half_up
from trustledger.period import first_day, last_day
from trustledger.records import Tariff, Unit


class ChargeLine(NamedTuple):
    """One item of a charge and the figures that made it: quantity × price × factor × days ÷ of."""

    item: str
    quantity: str  # square metres, or "1" per unit
    price: str
    factor: str
    days: int
    of_days: int
    amount_fen: int


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


def _ratio(number: Decimal) -> tuple[int, int]:
    return number.as_integer_ratio()


def charge_amount(
    quantity: Decimal, price: Decimal, factor: Decimal, days: int, of_days: int
) -> int:
    """Fen for one item of one month: multiplied exactly, rounded once, half up."""
    top, bottom = 100 * days, of_days
    for number in (quantity, price, factor):
        above, below = _ratio(number)
        top, bottom = top * above, bottom * below
    return round_half_up(top, bottom)


def tariffs_for(usage: str, day: date, tariffs: Iterable[Tariff]) -> list[Tariff]:
    """The tariffs in force on a day for a usage, by item."""
    found = (t for t in tariffs if t.usage in ("", usage) and t.covers(day))
    return sorted(found, key=lambda tariff: tariff.item)


def charge_lines(unit: Unit, month: str, tariffs: Sequence[Tariff]) -> list[ChargeLine]:
    """What the unit is charged for the month, by item; empty when it owes nothing.

    ``tariffs`` are those in force on the day of the charge for the unit's usage.
    """
    days, of_days = liable_days(unit, month)
    lines = []
    for tariff in tariffs if days else ():
        quantity = unit.area_m2 if tariff.basis == "per_m2_month" else Decimal(1)
        amount = charge_amount(quantity, tariff.price, unit.factor, days, of_days)
        if amount:
            lines.append(
                ChargeLine(
                    tariff.item,
                    str(quantity),
                    str(tariff.price),
                    str(unit.factor),
                    days,
                    of_days,
                    amount,
                )
            )
    return lines


def charge_key(unit: str, month: str) -> str:
    """The key of a unit's charge of a month: charging twice finds the first."""
    return f"{month}|{unit}"


def charge_content(unit: str, month: str, lines: Iterable[ChargeLine]) -> str:
    """The stored fact of a charge: the unit, the month and the figures of each line."""
    body: Mapping[str, Any] = {
        "unit": unit,
        "month": month,
        "lines": [line._asdict() for line in lines],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def read_charge(content: str) -> tuple[str, str, list[ChargeLine]]:
    """Unit, month and lines back from :func:`charge_content`."""
    body = json.loads(content)
    return body["unit"], body["month"], [ChargeLine(**line) for line in body["lines"]]
