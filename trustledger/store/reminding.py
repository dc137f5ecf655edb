"""Reminding 催缴: what units owe, have prepaid and have paid, at the end of a day; what was sent.

What is open is reckoned back by :mod:`trustledger.store.gathering`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import and_, select

from trustledger import chart
from trustledger.holding import holders_on
from trustledger.records import Instalment, Tenure, Unit
from trustledger.rules.reminding import Debtor, Money, OpenItem, Plan, Reminder, plans_of
from trustledger.store.gathering import standing
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY

REMINDER = "reminder"
"""Kind of the entry that says what was sent."""


def debtors(reader: Reader, on: date, tenures: Mapping[str, Sequence[Tenure]]) -> Iterator[Debtor]:
    """Every unit that owes something at the end of a day, by its code, and who holds it then."""
    open_items, prepaid = standing(reader, on)
    arrears: dict[str, list[OpenItem]] = {}
    for (code, month, item), fen in open_items.items():
        arrears.setdefault(code, []).append(OpenItem(month, item, fen))
    plans: dict[str, list[Plan]] = {}
    for plan in plans_of(reader.facts(Instalment)):
        plans.setdefault(plan.unit, []).append(plan)
    money = money_of(reader, [plan for mine in plans.values() for plan in mine], on.isoformat())
    units = reader.facts(Unit, list(arrears)) if arrears else []
    for unit in sorted(units, key=lambda one: one.unit):
        items = tuple(sorted(arrears[unit.unit]))
        held = holders_on(unit, tenures.get(unit.unit, ()), on)
        names = "、".join(holder.person for holder in held if holder.person)
        mine = tuple(plans.get(unit.unit, ()))
        yield Debtor(
            unit.unit, names, items, prepaid.get(unit.unit, 0),
            money.get(unit.unit, ()), mine,
        )  # fmt: skip


def money_of(reader: Reader, plans: Collection[Plan], last: str) -> dict[str, Money]:
    """Owners' money in and out, through a day, of the units that have plans and since the first."""
    if not plans:
        return {}
    units = {plan.unit for plan in plans}
    found: dict[str, list[tuple[str, int]]] = {}
    for _, _, _, day, p in reader.postings(min(plan.on for plan in plans), last, (chart.BANK,)):
        if p.unit in units:
            found.setdefault(p.unit, []).append((day, p.debit_fen - p.credit_fen))
    return dict(found)


# --------------------------------------------------------------------------- what was sent


def sent_steps(reader: Reader) -> dict[tuple[str, str], list[int]]:
    """Unit and month of a claim -> the days of the steps that were sent for it."""
    found: dict[tuple[str, str], list[int]] = {}
    for key in reader.keys(REMINDER):
        month, days, unit = key.split("|", 2)
        found.setdefault((unit, month), []).append(int(days))
    return found


def reminders(reader: Reader, first: date, last: date) -> list[Reminder]:
    """What was sent from a day to a day: by day, then as it was posted."""
    within = and_(
        ENTRY.c.kind == REMINDER,
        ENTRY.c.day >= first.isoformat(),
        ENTRY.c.day <= last.isoformat(),
    )
    entries = sorted(reader.entries(within), key=lambda entry: (entry.on, entry.seq))
    return [Reminder.load(entry.content) for entry in entries]


def sent_after(reader: Reader, steps: Iterable[str], day: str) -> bool:
    """Whether one of these steps was sent after a day."""
    query = select(ENTRY.c.content).where(
        ENTRY.c.book == reader.book, ENTRY.c.kind == REMINDER, ENTRY.c.day > day
    )
    wanted = set(steps)
    return any(Reminder.load(body).step in wanted for body in reader.connection.scalars(query))
