"""Reminding 催缴: what units owe, have prepaid and have paid, at the end of a day; what was sent.

Reckoned back from what is open now, as :mod:`trustledger.store.gathering` does: a recent day costs
what happened since, not the years before.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from sqlalchemy import and_, select

from trustledger import chart
from trustledger.records import Instalment, Tenure, Unit
from trustledger.rules.owing import holders_on
from trustledger.rules.reminding import Debtor, Money, OpenItem, Plan, Reminder, plans_of
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY

REMINDER = "reminder"
"""Kind of the entry that says what was sent."""


def debtors(reader: Reader, on: date, tenures: Mapping[str, Sequence[Tenure]]) -> Iterator[Debtor]:
    """Every unit that owes something at the end of a day, by its code, and who holds it then."""
    arrears, prepaid = balances(reader, on)
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


def balances(reader: Reader, on: date) -> tuple[dict[str, list[OpenItem]], dict[str, int]]:
    """Open items and prepayments, by unit, at the end of a day."""
    claims, pieces, _ = reader.open_items()
    items: dict[tuple[str, str, str], int] = {}
    prepaid: dict[str, int] = {}
    for claim in claims:
        where = (claim.unit, claim.month, claim.item)
        items[where] = items.get(where, 0) + claim.amount_fen
    for piece in pieces:
        prepaid[piece.unit] = prepaid.get(piece.unit, 0) + piece.amount_fen
    after = (on + timedelta(days=1)).isoformat()
    for *_, p in reader.postings(after, None, (chart.RECEIVABLE, chart.PREPAID)):
        if p.account == chart.RECEIVABLE:
            where = (p.unit, p.month, p.item)
            items[where] = items.get(where, 0) - p.debit_fen + p.credit_fen
        else:
            prepaid[p.unit] = prepaid.get(p.unit, 0) + p.debit_fen - p.credit_fen
    arrears: dict[str, list[OpenItem]] = {}
    for (unit, month, item), fen in items.items():
        if fen:
            arrears.setdefault(unit, []).append(OpenItem(month, item, fen))
    return arrears, prepaid


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
    query = select(ENTRY.c.key).where(ENTRY.c.book == reader.book, ENTRY.c.kind == REMINDER)
    found: dict[tuple[str, str], list[int]] = {}
    for key in reader.connection.scalars(query):
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
