"""Charges 应收: every line is what the rule makes of the facts that stand before it."""

from __future__ import annotations

from datetime import date

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.billing import Billing
from trustledger.records import Entry, Tariff, Unit
from trustledger.rules.charging import (
    ChargeLine,
    charge_day,
    charge_key,
    liable_days,
    read_charge,
)


def charge(recount: Recount, entry: Entry) -> None:
    """A unit's charge of a month, line by line, and what is posted of it."""
    code, month, lines = read_charge(entry.content)
    if entry.key != charge_key(code, month):
        recount.found("charge", entry, f"says it is of unit {code} and month {month}")
    assert recount.info is not None
    billing = Billing(recount.info, recount.measures, recount.units)
    unit = recount.units[code]
    day, days = charge_day(month, recount.info.start), liable_days(unit, month)
    if month not in recount.shares:
        _divide(recount, month, billing)
    booked: dict[str, int] = {}
    for line in lines:
        booked[line.item] = booked.get(line.item, 0) + line.amount_fen
        if line.metered is not None:
            right = _metered(recount, entry, billing, unit, line.metered.reading)
        elif line.shared is not None:
            cost = line.shared.cost
            right = recount.shares[month].get(cost, {}).get(code)
            recount.shared[cost] = recount.shared.get(cost, 0) + line.amount_fen
        else:
            tariff = _tariff(recount, line.item, unit.usage, month, day)
            if tariff is None:
                recount.found("charge", entry, f"no tariff of {line.item!r} is in force on {day}")
                continue
            right = next(iter(billing.monthly(unit, month, [tariff], *days)), None)
        _compare(recount, entry, line, right)
    posted = {
        p.item: p.debit_fen for p in entry.postings if p.account == chart.RECEIVABLE and p.debit_fen
    }
    if posted != booked:
        recount.found("fact", entry, f"posts {posted}, and its fact says {lines}")


def _divide(recount: Recount, month: str, billing: Billing) -> None:
    """The first charge of a month divides its costs among all; what is charged of that month
    after another one, has no share in them."""
    for divided in recount.shares:
        recount.shares[divided] = {}
    costs = recount.measures.costs.get(month, ())
    recount.shares[month] = {cost.key: billing.shares(cost) for cost in costs}


def _tariff(recount: Recount, item: str, usage: str, month: str, day: date) -> Tariff | None:
    """The price of an item in a month, looked for once."""
    where = item, usage, month
    if where not in recount.tariffs:
        recount.tariffs[where] = recount.measures.tariff(item, usage, day)
    return recount.tariffs[where]


def _metered(
    recount: Recount, entry: Entry, billing: Billing, unit: Unit, reading: str
) -> ChargeLine | None:
    """The line that a reading is billed by, once."""
    if reading in recount.billed:
        recount.found("charge", entry, f"reading {reading!r} is billed already")
    recount.billed.add(reading)
    interval = billing.interval(reading)
    mine = interval is not None and interval.meter.unit == unit.unit
    return billing.metered(unit, interval) if interval is not None and mine else None


def _compare(recount: Recount, entry: Entry, line: ChargeLine, right: ChargeLine | None) -> None:
    """A stored line of a charge against what the rule makes of the facts."""
    due = right.amount_fen if right is not None else 0
    if line.amount_fen != due:
        recount.found("charge", entry, f"{line.item!r}: {line.amount_fen} fen, not {due}")
    elif line != right:
        figures = f"its figures are {line[1:]}, not {right}"
        recount.found("charge", entry, f"{line.item!r}: {figures}")
