"""Rehearsal 预演: facts ahead of the charges, tried with the charges that are to come.

A refund out of the prepayment, or a waiver, that is dated ahead of the charges may look possible
only because the months before it are not charged yet. So those units' months are charged in a
rehearsal, whose entries are thrown away.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from trustledger.applying import Application
from trustledger.errors import OverWaiver
from trustledger.intake.batch import Batch, unit_of
from trustledger.intake.state import state_of
from trustledger.period import Period, month_of
from trustledger.records import (
    Opening,
    Receipt,
    Record,
    Refund,
    Reversal,
    Suspense,
    Waiver,
)
from trustledger.rules.charging import charge_key
from trustledger.rules.receiving import Slice
from trustledger.store import charges


def rehearse(batch: Batch) -> Mapping[str, list[Slice]]:
    """Refuse what the charges to come would refuse; whose money each refund gives back."""
    ahead = _ahead(batch)
    if not ahead:
        return {}
    start = month_of(batch.opened)
    months = list(Period(start, max(start, *ahead.values())).months())
    for unit, of in charges.charged_months(batch.reader, ahead).items():
        batch.charged.update(charge_key(unit, month) for month in of)
    unseen = itertools.count(-1, -1)  # no entry of the journal has such a number
    state = state_of(batch, list(ahead), months)
    application = Application(state, lambda draft: next(unseen), complete=True)
    _feed(batch, application, ahead, months)
    application.run()
    refuse_idle(batch, application, months[-1])
    return application.desk.slices


def _ahead(batch: Batch) -> dict[str, str]:
    """The units of what may be ahead of their charges, and the last month that it asks for."""
    ahead: dict[str, str] = {}
    for fact in batch.fresh:
        held_to = isinstance(fact, Receipt) and (fact.pays or batch.info.prepay_months)
        if held_to or isinstance(fact, Refund | Waiver):
            assert isinstance(fact, Receipt | Refund | Waiver)
            last = month_of(fact.on)
            if isinstance(fact, Waiver):
                last = max(last, fact.month)
            ahead[fact.unit] = max(last, ahead.get(fact.unit, ""))
    done = batch.months[-1] if batch.charges_from_the_start else ""
    return {unit: last for unit, last in ahead.items() if done < last and unit in batch.units}


def _feed(
    batch: Batch, application: Application, ahead: Mapping[str, str], months: Sequence[str]
) -> None:
    """Give an application these units' charges, and all that moves their money."""
    application.add_old()
    batch.feed_charges(
        application,
        months,
        lambda month: [batch.units[unit] for unit, last in ahead.items() if month <= last],
    )
    for fact in batch.fresh:
        if isinstance(fact, Suspense) or _unit_moved(batch, fact) in ahead:
            application.add_fact(fact)


def _unit_moved(batch: Batch, fact: Record) -> str:
    """The unit whose claims or prepayment a fact moves; a reversal moves its original's."""
    if isinstance(fact, Opening | Receipt | Refund | Waiver):
        return fact.unit
    if not isinstance(fact, Reversal) or fact.of_kind not in ("receipt", "waiver"):
        return ""
    stored = batch.originals.get((fact.of_kind, fact.of_key))
    if stored is not None:
        return unit_of(stored)
    return batch.fresh_units.get((fact.of_kind, fact.of_key), "")


def refuse_idle(batch: Batch, application: Application, last: str) -> None:
    """Refuse waivers of months that are charged, for units that are not.

    :raises OverWaiver: there is one.
    """
    for account in application.desk.accounts.values():
        for waiver in account.waiting:
            if waiver.new and not waiver.item and waiver.month <= last:
                raise OverWaiver(
                    f"waiver {waiver.key!r} is for {waiver.month}, when unit {account.unit} "
                    "is not charged; waive a month that is",
                    field="month",
                    fact=next(f for f in batch.of(Waiver) if f.key == waiver.key),
                )
