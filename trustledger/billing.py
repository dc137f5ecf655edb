"""Billing 计费编制: units, tariffs and measures -> the lines of a unit's charge of a month. Pure.

What lives here: finding what is in force on the day of a charge, and putting the rules together:
prices of a month (rules/charging.py), consumption (rules/metering.py), shares of a cost
(rules/apportioning.py). What must not: the rules themselves, and where the facts come from. The
book charges by it and ``verify`` recomputes by it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TypeVar

from trustledger.measures import Count, Factor, Meter, Reading, SharedCost, Weight
from trustledger.money import yuan
from trustledger.records import BookInfo, Dated, Record, Tariff, Unit
from trustledger.rules.apportioning import bearers, divide
from trustledger.rules.charging import (
    ChargeLine,
    Metered,
    Shared,
    charge_amount,
    charge_day,
    charge_line,
    liable_days,
    months_due,
    tariffs_for,
)
from trustledger.rules.metering import Interval, between, intervals

D = TypeVar("D", bound=Dated)


class Measures:
    """What charges are reckoned by, found by what it is for. Grows as facts are added."""

    def __init__(self, facts: Iterable[Record] = ()) -> None:
        self.tariffs: list[Tariff] = []
        self.counts: dict[tuple[str, str], list[Count]] = {}  # by unit and what is counted
        self.factors: dict[str, list[Factor]] = {}  # by unit
        self.weights: dict[tuple[str, str], list[Weight]] = {}  # by item and unit
        self.meters: dict[str, Meter] = {}
        self.meters_of: dict[str, list[Meter]] = {}  # by unit
        self.readings: dict[str, list[Reading]] = {}  # by meter, in the order of their days
        self.reading: dict[str, Reading] = {}  # by key
        self.costs: dict[str, list[SharedCost]] = {}  # by month
        for fact in facts:
            self.add(fact)

    def add(self, fact: Record) -> None:
        """Take a fact in; one that charges are not reckoned by is passed over."""
        if isinstance(fact, Tariff):
            self.tariffs.append(fact)
        elif isinstance(fact, Meter):
            self.meters[fact.meter] = fact
            self.meters_of.setdefault(fact.unit, []).append(fact)
        elif isinstance(fact, Reading):
            self.reading[fact.key] = fact
            insort(self.readings.setdefault(fact.meter, []), fact, key=_day)
        elif isinstance(fact, SharedCost):
            self.costs.setdefault(fact.month, []).append(fact)
        elif isinstance(fact, Count | Factor | Weight):
            self.dated_like(fact).append(fact)

    def dated_like(self, fact: Dated) -> list[Dated]:
        """Those of its kind that are for the same as a dated fact, in the order they came."""
        found: object
        if isinstance(fact, Count):
            found = self.counts.setdefault((fact.unit, fact.counts), [])
        elif isinstance(fact, Factor):
            found = self.factors.setdefault(fact.unit, [])
        elif isinstance(fact, Weight):
            found = self.weights.setdefault((fact.item, fact.unit), [])
        else:
            found = self.tariffs
        return found  # type: ignore[return-value]

    def dated(self) -> Iterator[list[Dated]]:
        """Everything dated, each list for the same thing: so that none of a list may overlap."""
        for group in (self.counts, self.factors, self.weights):
            yield from group.values()  # type: ignore[misc]

    def end(self, of: str, to: date) -> None:
        """An open-ended fact, named by kind and key, is in force to a day."""
        groups: list[list[Dated]] = [self.tariffs, *self.dated()]  # type: ignore[list-item]
        for group in groups:
            for at, fact in enumerate(group):
                if f"{fact.kind}|{fact.record_key}" == of:
                    group[at] = fact.model_copy(update={"to": to})

    def factor(self, unit: Unit, day: date) -> Decimal:
        """The unit's factor on a day: its own, unless a dated one is in force."""
        found = _on(self.factors.get(unit.unit, ()), day)
        return found.factor if found else unit.factor

    def number(self, unit: str, counts: str, day: date) -> Decimal:
        """How many of something a unit has on a day."""
        found = _on(self.counts.get((unit, counts), ()), day)
        return found.number if found else Decimal(0)

    def weight(self, item: str, unit: str, day: date) -> Decimal:
        """A unit's weight in the costs of an item on a day."""
        found = _on(self.weights.get((item, unit), ()), day)
        return found.weight if found else Decimal(0)

    def tariff(self, item: str, usage: str, day: date) -> Tariff | None:
        """The tariff of an item that is in force for a usage on a day."""
        for tariff in self.tariffs:
            if tariff.item == item and tariff.usage in ("", usage) and tariff.covers(day):
                return tariff
        return None


def _day(reading: Reading) -> date:
    return reading.on


def _on(dated: Iterable[D], day: date) -> D | None:
    return next((one for one in dated if one.covers(day)), None)


class Billing:
    """The lines of charges, by the facts known now."""

    def __init__(self, info: BookInfo, measures: Measures, units: Mapping[str, Unit]) -> None:
        self.info, self.measures, self.units = info, measures, units

    # ------------------------------------------------------------------ prices of a month

    def monthly(
        self, unit: Unit, month: str, tariffs: Iterable[Tariff], days: int, of_days: int
    ) -> list[ChargeLine]:
        """The lines of tariffs in force on the day of the charge, in their order."""
        known, start = self.measures, self.info.start
        factor = unit.factor
        if known.factors:
            factor = known.factor(unit, charge_day(month, start))
        lines = []
        for tariff in tariffs:
            quantity, months = unit.area_m2, 1
            if tariff.basis == "per_reading":
                continue
            if tariff.basis == "per_unit_month":
                quantity = Decimal(1)
            elif tariff.basis == "per_count_month":
                quantity = known.number(unit.unit, tariff.counts, charge_day(month, start))
            if tariff.period != "month":
                months = self._months(unit, month, tariff)
            if quantity and months:
                line = charge_line(tariff, quantity, factor, days, of_days, months)
                if line is not None:
                    lines.append(line)
        return lines

    def _months(self, unit: Unit, month: str, tariff: Tariff) -> int:
        """How many months the charge of this one has of a tariff's longer period."""

        def is_charged(one: str) -> bool:
            if not liable_days(unit, one)[0]:
                return False
            day = charge_day(one, self.info.start)
            return not tariff.counts or bool(self.measures.number(unit.unit, tariff.counts, day))

        return months_due(tariff, month, self.info, is_charged)

    # ------------------------------------------------------------------ consumption

    def consumed(self, unit: str) -> Iterator[Interval]:
        """What every meter of a unit measured, reading to reading."""
        for meter in sorted(self.measures.meters_of.get(unit, ()), key=lambda one: one.meter):
            yield from intervals(meter, self.measures.readings.get(meter.meter, ()))

    def interval(self, reading: str) -> Interval | None:
        """What a reading bills: its meter's consumption since the one before, if there is one."""
        after = self.measures.reading[reading]
        alike = self.measures.readings[after.meter]
        at = bisect_left(alike, after.on, key=_day)
        return between(self.measures.meters[after.meter], alike[at - 1], after) if at else None

    def metered(self, unit: Unit, interval: Interval) -> ChargeLine | None:
        """The line that bills a reading, by the price of its own day; nothing if that is nothing.

        A reading whose item has no price on that day is refused when it is entered.
        """
        meter, before, after, consumption = interval
        tariff = self.measures.tariff(meter.item, unit.usage, after.on)
        if tariff is None or tariff.basis != "per_reading":
            return None
        amount = charge_amount(
            consumption, tariff.price, meter.multiplier, 1, 1, rounding=tariff.rounding
        )
        if not amount:
            return None
        told = Metered(
            meter.meter,
            after.key,
            before.on.isoformat(),
            str(before.reading),
            after.on.isoformat(),
            str(after.reading),
            meter.digits if after.rollover else 0,
        )
        return ChargeLine(
            meter.item, str(consumption), str(tariff.price), str(meter.multiplier), 1, 1, amount,
            rounding=tariff.rounding, metered=told,
        )  # fmt: skip

    # ------------------------------------------------------------------ shares of a cost

    def shares(self, cost: SharedCost) -> dict[str, ChargeLine]:
        """Each unit's line of a cost; units that bear nothing of it have none.

        :raises Refused: nobody bears it, or all weights are zero.
        """
        month, day = cost.month, charge_day(cost.month, self.info.start)
        liable = [unit for unit in self.units.values() if liable_days(unit, month)[0]]
        weights: dict[str, Decimal] = {}
        for unit in bearers(cost, liable):
            if cost.by == "area":
                weights[unit.unit] = unit.area_m2
            elif cost.by == "count":
                weights[unit.unit] = Decimal(1)
            else:
                weights[unit.unit] = self.measures.weight(cost.item, unit.unit, day)
        told = Shared(cost.key, cost.by, str(sum(weights.values())))
        return {
            unit: ChargeLine(
                cost.item, str(weights[unit]), yuan(cost.amount_fen), "1", 1, 1, amount, shared=told
            )
            for unit, amount in divide(cost, weights).items()
            if amount
        }


class Plan:
    """Charges about to be made, month after month: every reading billed once, every cost divided
    once, among the units that are there when its month is charged."""

    def __init__(
        self,
        billing: Billing,
        billed: Collection[str] = (),
        divided: Collection[str] = (),
    ) -> None:
        """``billed``: keys of readings that standing charges have; ``divided``: months of which
        charges stand, so that their costs are divided."""
        self.billing, self.measures = billing, billing.measures
        self.billed, self.divided = set(billed), divided
        self._tariffs: dict[tuple[str, str], list[Tariff]] = {}
        self._consumed: dict[str, list[Interval]] = {}
        self._shares: dict[str, list[dict[str, ChargeLine]]] = {}

    def lines(self, unit: Unit, month: str) -> list[ChargeLine]:
        """What the unit is charged for the month, by item; empty when it owes nothing."""
        days, of_days = liable_days(unit, month)
        if not days:
            return []
        where = (unit.usage, month)
        tariffs = self._tariffs.get(where)
        if tariffs is None:
            day = charge_day(month, self.billing.info.start)
            tariffs = self._tariffs[where] = tariffs_for(unit.usage, day, self.measures.tariffs)
        lines = self.billing.monthly(unit, month, tariffs, days, of_days)
        if self.measures.meters or self.measures.costs:
            lines += self._metered(unit, month)
            lines += self._shared(unit, month)
            lines.sort(key=lambda line: line.item)
        return lines

    def _metered(self, unit: Unit, month: str) -> Iterator[ChargeLine]:
        """Every reading before the day of the charge that no charge has yet."""
        if unit.unit not in self.measures.meters_of:
            return
        if unit.unit not in self._consumed:
            self._consumed[unit.unit] = list(self.billing.consumed(unit.unit))
        day = charge_day(month, self.billing.info.start)
        for interval in self._consumed[unit.unit]:
            if interval.after.on < day and interval.after.key not in self.billed:
                self.billed.add(interval.after.key)
                line = self.billing.metered(unit, interval)
                if line is not None:
                    yield line

    def _shared(self, unit: Unit, month: str) -> Iterator[ChargeLine]:
        """The unit's shares of the month's costs."""
        if month in self.divided or month not in self.measures.costs:
            return
        if month not in self._shares:
            costs = sorted(self.measures.costs[month], key=lambda cost: cost.key)
            self._shares[month] = [self.billing.shares(cost) for cost in costs]
        for shares in self._shares[month]:
            if unit.unit in shares:
                yield shares[unit.unit]
