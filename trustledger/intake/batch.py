"""The batch 一批: its fresh facts and its months, beside the facts that stand.

What lives here: what is new, what it touches, and the charges it makes. What must not: what stands
open of earlier batches (:mod:`.state`), and what is refused (:mod:`.checks`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from trustledger import measuring
from trustledger.applying import Application, PlannedCharge
from trustledger.billing import Billing, Measures, Plan
from trustledger.errors import BooksNotOpen
from trustledger.facts import DECIDED
from trustledger.intake import checks
from trustledger.measures import MEASURES
from trustledger.period import Period, month_of
from trustledger.records import (
    Agency,
    BookInfo,
    Dated,
    Deposit,
    Draft,
    Entry,
    Expenditure,
    Fund,
    Instalment,
    LateFeeTerm,
    Opening,
    Receipt,
    Record,
    Refund,
    ReminderStep,
    Reversal,
    Tariff,
    Tenure,
    Term,
    Unit,
    Waiver,
)
from trustledger.rules.charging import charge_key
from trustledger.rules.closing import first_open
from trustledger.rules.reminding import check_plans
from trustledger.standing import ended, endings_of, funds_of
from trustledger.store import charges
from trustledger.store.reading import Reader

OF_UNITS = (Receipt, Refund, Waiver, Opening, Deposit, Agency, Instalment)
"""What names a unit."""


def unit_of(entry: Entry) -> str:
    """The unit that an entry is of, or nothing; a waiver in waiting has no postings to say it."""
    return str(json.loads(entry.content).get("unit", ""))


class Batch:
    """What a batch of fresh facts and months needs to know of the book.

    :raises TrustLedgerError: its facts cannot stand, as :meth:`_check` has it.
    :raises BooksNotOpen: all its months lie before the books open.
    """

    def __init__(
        self,
        reader: Reader,
        info: BookInfo,
        fresh: list[Record],
        ends: list[Draft],
        period: Period | None,
        closed: str,
    ) -> None:
        self.reader, self.info, self.fresh, self.ends = reader, info, fresh, ends
        self.opened = first_open(closed, info.start)
        self._by_kind: dict[type[Record], list[Record]] = {}
        for fact in fresh:
            self._by_kind.setdefault(type(fact), []).append(fact)
        self.endings = endings_of(reader, ends)
        self.funds = funds_of(reader) | {f.code: f for f in self.of(Fund)}
        self.terms = self._as_they_stand(Term)
        self.tariffs = self._as_they_stand(Tariff)
        self.late_terms = self._as_they_stand(LateFeeTerm)
        self._check()
        self.touched = {fact.unit for fact in fresh if isinstance(fact, OF_UNITS) and fact.unit}
        self.going_back = {fact.unit for fact in fresh if isinstance(fact, Refund | Waiver)}
        self.originals = self._originals()
        self.months = list(self._months(period))
        self.units = self._units()
        self.charged = {key for month in self.months for key in charges.charged(reader, month)}
        self.late_months = reader.keys("late_fees")

    def of(self, kind: type[Any]) -> list[Any]:
        """The fresh facts of a kind."""
        return self._by_kind.get(kind, [])

    def _as_they_stand(self, kind: type[Dated]) -> list[Any]:
        """The facts of a kind, fresh ones among them, with their ends."""
        return [ended(one, self.endings) for one in (*self.reader.facts(kind), *self.of(kind))]

    @property
    def charges_from_the_start(self) -> bool:
        """Whether this batch charges every month that is open; what is closed is charged."""
        return bool(self.months) and self.months[0] == month_of(self.opened)

    @property
    def looks_up(self) -> bool:
        """Whether acts of this batch may ask the book for more as they are done."""
        asking: tuple[type[Record], ...] = (Expenditure, *DECIDED)
        return any(
            isinstance(fact, asking)
            or (isinstance(fact, Reversal) and fact.of_kind == Expenditure.kind)
            for fact in self.fresh
        )

    @cached_property
    def fresh_units(self) -> Mapping[tuple[str, str], str]:
        """The units of this batch's receipts and waivers, for those it reverses itself."""
        return {(f.kind, f.key): f.unit for f in (*self.of(Receipt), *self.of(Waiver))}

    # ------------------------------------------------------------------ checking

    def _check(self) -> None:
        """Refuse what cannot stand, before anything is looked up that rests on it."""
        checks.terms(self.terms, self.late_terms)
        checks.tariffs(self.tariffs)
        if self.of(ReminderStep):
            checks.steps(self._as_they_stand(ReminderStep))
        if plans := self.of(Instalment):
            check_plans(self.reader.facts(Instalment), plans)
        checks.attachments(self.reader, self.fresh)
        new_units = {unit.unit for unit in self.of(Unit)}
        checks.tenures(self.reader, self.of(Tenure), new_units, self.endings)

    def check(self) -> None:
        """Openings, and what charges are reckoned by, fall in with what stands."""
        checks.openings(self.reader, self.of(Opening))
        new = [
            fact
            for fact in self.fresh
            if isinstance(fact, MEASURES) or (isinstance(fact, Tariff) and fact.period != "month")
        ]
        if new:
            measures, units = self.measures, self.everybody
            measuring.Check(self.reader, self.info, measures, units, new).run()

    # ------------------------------------------------------------------ what it touches

    def _months(self, period: Period | None) -> Iterable[str]:
        """The months to be charged, from the first that is open."""
        if period is None:
            return ()
        start = month_of(self.info.start)
        if period.last < start:
            raise BooksNotOpen(
                f"found {period}; the books open on {self.info.start}, "
                "and months before that are not charged here"
            )
        first = max(period.first, month_of(self.opened))  # closed months are charged
        return Period(first, period.last).months()

    def _units(self) -> dict[str, Unit]:
        """Every unit, if months are charged; otherwise those that the facts touch."""
        stored = self.reader.facts(Unit) if self.months else self.reader.units(self.touched)
        return {unit.unit: unit for unit in (*stored, *self.of(Unit))}

    def _originals(self) -> dict[tuple[str, str], Entry]:
        """The entries that this batch reverses; the units that they are of are touched."""
        found: dict[tuple[str, str], Entry] = {}
        for fact in self.of(Reversal):
            entry = self.reader.entry(fact.of_kind, fact.of_key)
            if entry is not None and fact.of_kind == "waiver" and not entry.postings:
                entry = self.reader.entry("waived", fact.of_key) or entry
            if entry is not None:
                found[fact.of_kind, fact.of_key] = entry
                if unit := unit_of(entry):
                    self.touched.add(unit)
                    self.going_back.add(unit)
        return found

    # ------------------------------------------------------------------ charges

    @cached_property
    def measures(self) -> Measures:
        """What charges are reckoned by, with what is fresh of it."""
        found = measuring.standing(self.reader, self.tariffs, self.endings)
        for fact in self.fresh:
            if isinstance(fact, MEASURES):
                found.add(fact)
        return found

    @cached_property
    def everybody(self) -> Mapping[str, Unit]:
        """Every unit of the book, also those that this batch leaves alone."""
        stored = {} if self.months else {unit.unit: unit for unit in self.reader.facts(Unit)}
        return stored | self.units

    def plan(self) -> Plan:
        """Charges about to be made, from what stands."""
        measures = self.measures
        units = self.everybody if measures.costs else self.units
        billed = measuring.billed_readings(self.reader) if measures.readings else ()
        divided = {key.partition("|")[0] for key in self.charged}
        return Plan(Billing(self.info, measures, units), billed, divided)

    def planned(self, plan: Plan, month: str, units: Iterable[Unit]) -> Iterable[PlannedCharge]:
        """The charges of a month that do not stand yet."""
        for unit in units:
            if charge_key(unit.unit, month) not in self.charged:
                lines = plan.lines(unit, month)
                if lines:
                    yield PlannedCharge(unit.unit, month, lines)

    def feed_charges(
        self,
        application: Application,
        months: Iterable[str],
        units: Callable[[str], Iterable[Unit]],
    ) -> None:
        """Give an application the charges and late fees of months; ``units``: whose, by month."""
        plan = self.plan()
        for month in months:
            for charge in self.planned(plan, month, units(month)):
                application.add_charge(charge)
            if application.desk.state.late.runs_in(month):
                application.add_late_fees(month)

    def feed(self, application: Application) -> None:
        """Give an application the whole batch."""
        application.add_old()
        if self.months:
            self.feed_charges(application, self.months, lambda month: self.units.values())
        application.days = {
            (one.kind, one.record_key): one.on.isoformat()
            for one in self.fresh
            if isinstance(one, (Expenditure, *DECIDED)) and hasattr(one, "on")
        }
        for fact in self.fresh:
            application.add_fact(fact)
