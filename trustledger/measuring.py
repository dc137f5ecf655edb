"""Measuring 计费依据入账: the measures that stand, and whether new ones may stand beside them.

What is settled here: what a fact names is there (a unit, a meter, a tariff); no two facts claim
the same day for the same thing; and nothing new reaches back into months that are charged, because
what is charged is not reckoned again. Refusals carry the fact they are about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import pairwise

from trustledger.billing import Billing, Measures
from trustledger.errors import BooksNotOpen, Overlap, Refused, Unknown
from trustledger.measures import MEASURES, Count, Factor, Meter, Reading, SharedCost, Weight
from trustledger.period import first_day, month_of, months_after, run_of
from trustledger.records import PERIODS, BookInfo, Dated, Record, Tariff, Unit
from trustledger.rules.charging import charge_day, read_charge
from trustledger.store import charges
from trustledger.store.reading import Reader

_RECORD = {record.kind: record for record in MEASURES}


def standing(
    reader: Reader, tariffs: Iterable[Record], endings: Mapping[str, Mapping[str, str]]
) -> Measures:
    """The measures that stand, ended ones with their end, beside tariffs that are known."""
    found = Measures(tariffs)
    for kind, content in reader.documents(_RECORD):
        found.add(_RECORD[kind].load(content))
    for of, told in endings.items():
        if of.partition("|")[0] in _RECORD:
            found.end(of, date.fromisoformat(told["to"]))
    return found


def billed_readings(reader: Reader) -> set[str]:
    """The keys of the readings that standing charges bill."""
    return {
        line.metered.reading
        for content in charges.metered_charges(reader)
        for line in read_charge(content)[2]
        if line.metered is not None
    }


# --------------------------------------------------------------------------- new ones


class Check:
    """New measures against what stands and against each other."""

    def __init__(
        self,
        reader: Reader,
        info: BookInfo,
        measures: Measures,
        units: Mapping[str, Unit],
        fresh: Sequence[Record],
    ) -> None:
        """``measures`` and ``units`` have the fresh ones among them."""
        self.reader, self.info, self.measures, self.units = reader, info, measures, units
        self.fresh = fresh
        self._charged: dict[str, list[str]] | None = None

    def run(self) -> None:
        """Refuse what cannot stand.

        :raises Unknown: a unit or meter that nobody defined.
        :raises Overlap: two numbers, factors or weights of one thing for a day.
        :raises Refused: it reaches back into charged months, or cannot be reckoned with.
        """
        one_by_one: dict[type[Record], Callable[..., object]] = {
            Tariff: self._tariff,
            Count: self._count,
            Factor: self._factor,
            Weight: self._weight,
            Meter: self._unit,
        }
        for fact in self.fresh:
            check = one_by_one.get(type(fact))
            if check is not None:
                check(fact)
        self._no_overlap()
        self._readings()
        for fact in self.fresh:
            if isinstance(fact, SharedCost):
                self._cost(fact)

    def _unit(self, fact: Count | Factor | Weight | Meter) -> Unit:
        unit = self.units.get(fact.unit)
        if unit is None:
            raise Unknown("unit", fact.unit, "enter it in units.csv first", field="unit", fact=fact)
        return unit

    def _no_overlap(self) -> None:
        fresh = {id(fact) for fact in self.fresh}
        for alike in self.measures.dated():
            ordered = sorted(alike, key=lambda one: one.start)
            for first, second in pairwise(ordered):
                if first.overlaps(second):
                    raise Overlap(
                        f"{first.kind} {first.record_key!r} is in force {_until(first)}, and "
                        f"{second.record_key!r} begins before that is over; "
                        "end one of them before the other begins",
                        field="from",
                        fact=second if id(second) in fresh else first,
                    )

    # ------------------------------------------------------------------ charged months

    def _months(self, unit: str) -> list[str]:
        """The months that a unit is charged for."""
        if self._charged is None:
            units = {getattr(fact, "unit", "") for fact in self.fresh}
            self._charged = charges.charged_months(self.reader, units - {""})
        return self._charged.get(unit, [])

    def _reaches(self, fact: Dated, month: str, length: int = 1) -> bool:
        """Whether a charged month rests on a day that the fact is in force on: its own charge
        day, or one of an earlier month of its period."""
        run = run_of(month, length, self.info.fiscal_year_start)
        days = (charge_day(one, self.info.start) for one in run if one <= month)
        return any(fact.covers(day) for day in days)

    def _refuse(self, fact: Dated, month: str) -> None:
        raise Refused(
            f"{fact.kind} {fact.record_key!r} begins on {fact.start}, and {month} is charged "
            "already; begin it after the months that are",
            field="from",
            fact=fact,
        )

    def _tariff(self, fact: Tariff) -> None:
        # A late price by the month counts from the next charge on. One of a longer period would
        # lose, unseen, every month of it of which an earlier one is charged.
        if PERIODS[fact.period] > 1:
            last = charges.last_charge(self.reader)
            if fact.start.isoformat() <= last:
                self._refuse(fact, last[:7])

    def _count(self, fact: Count) -> None:
        unit = self._unit(fact)
        for month in self._months(fact.unit):
            for tariff in self.measures.tariffs:
                if (
                    tariff.counts == fact.counts
                    and tariff.usage in ("", unit.usage)
                    and tariff.covers(charge_day(month, self.info.start))
                    and self._reaches(fact, month, PERIODS[tariff.period])
                ):
                    self._refuse(fact, month)

    def _factor(self, fact: Factor) -> None:
        self._unit(fact)
        for month in self._months(fact.unit):
            if self._reaches(fact, month):
                self._refuse(fact, month)

    def _weight(self, fact: Weight) -> None:
        self._unit(fact)
        for month, costs in sorted(self.measures.costs.items()):
            shared = any(cost.by == "weight" and cost.item == fact.item for cost in costs)
            if shared and self._reaches(fact, month) and charges.charged(self.reader, month):
                self._refuse(fact, month)

    # ------------------------------------------------------------------ meters

    def _readings(self) -> None:
        """New readings, and how they fall in with those that stand."""
        new = [fact for fact in self.fresh if isinstance(fact, Reading)]
        for reading in new:
            if reading.meter not in self.measures.meters:
                raise Unknown(
                    "meter",
                    reading.meter,
                    "enter it in meters.csv first",
                    field="meter",
                    fact=reading,
                )
        if not new:
            return
        billed = billed_readings(self.reader)
        billing = Billing(self.info, self.measures, self.units)
        consumed = {
            interval.after.key: interval
            for unit in sorted({self.measures.meters[reading.meter].unit for reading in new})
            for interval in billing.consumed(unit)
        }
        through: dict[str, Reading] = {}  # by meter, the latest that is billed
        for interval in consumed.values():
            if interval.after.key in billed:
                through[interval.meter.meter] = interval.after
        for reading in new:
            last = through.get(reading.meter)
            if last is not None and reading.on < last.on:
                raise Refused(
                    f"found {reading.on}, and meter {reading.meter!r} is billed to its reading of "
                    f"{last.on} ({last.key}); a reading comes after what is billed",
                    field="on",
                    fact=reading,
                )
        fresh = {reading.key for reading in new}
        for interval in consumed.values():
            if fresh & {interval.before.key, interval.after.key}:
                self._price(interval.meter, interval.after)

    def _price(self, meter: Meter, reading: Reading) -> None:
        usage = self.units[meter.unit].usage
        tariff = self.measures.tariff(meter.item, usage, reading.on)
        if tariff is None or tariff.basis != "per_reading":
            raise Refused(
                f"found meter {meter.meter!r}, whose item {meter.item!r} has no price per_reading "
                f"for usage {usage!r} on {reading.on}; enter it in tariffs.csv first",
                field="meter",
                fact=reading,
            )

    # ------------------------------------------------------------------ shared costs

    def _cost(self, fact: SharedCost) -> None:
        opened = month_of(self.info.start)
        if fact.month < opened:
            raise BooksNotOpen(
                f"found {fact.month}; the books open on {self.info.start}, and months before that "
                "are not charged here",
                field="month",
                fact=fact,
            )
        if charges.charged(self.reader, fact.month):
            raise Refused(
                f"found {fact.month}, which is charged already; "
                "a cost is shared with the charge of its month, so name one that is to come",
                field="month",
                fact=fact,
            )
        Billing(self.info, self.measures, self.units).shares(fact)


def _until(fact: Dated) -> str:
    return f"until {fact.to}" if fact.to else "until further notice"


# --------------------------------------------------------------------------- endings


def rests_on(reader: Reader, info: BookInfo, fact: Dated, tariffs: Iterable[Tariff]) -> bool:
    """Whether something after the day on which a measure or a tariff is to end rests on it."""
    assert fact.to is not None
    after = fact.to.isoformat()
    if isinstance(fact, Tariff):
        return _rests_on_tariff(reader, fact)
    if isinstance(fact, Weight):
        costs = (cost for cost in reader.facts(SharedCost) if cost.item == fact.item)
        months = {cost.month for cost in costs if cost.by == "weight"}
        days = {month: charge_day(month, info.start) for month in months}
        return any(days[month] > fact.to and charges.charged(reader, month) for month in months)
    assert isinstance(fact, Count | Factor)
    months_charged = charges.charged_months(reader, [fact.unit]).get(fact.unit, [])
    later = [m for m in months_charged if charge_day(m, info.start).isoformat() > after]
    if isinstance(fact, Factor) or not later:
        return bool(later)
    return any(
        tariff.counts == fact.counts and tariff.covers(charge_day(month, info.start))
        for month in later
        for tariff in tariffs
    )


def _rests_on_tariff(reader: Reader, tariff: Tariff) -> bool:
    """Readings after its end, or units charged its item for a day after it; of a tariff whose
    period is longer than a month, by an earlier charge as well."""
    assert tariff.to is not None
    if tariff.basis == "per_reading":
        meters = {one.meter: one.unit for one in reader.facts(Meter) if one.item == tariff.item}
        late = {one.meter for one in reader.facts(Reading) if one.on > tariff.to}
        charged = {unit for meter, unit in meters.items() if meter in late}
    else:
        charged = charges.charged_units(reader, tariff.item, tariff.to.isoformat())
    if PERIODS[tariff.period] > 1:
        since = first_day(months_after(month_of(tariff.to), -11)).isoformat()
        for content in charges.having(reader, tariff.item, since):
            unit, month, lines = read_charge(content)
            for line in lines:
                last = months_after(month, line.months - 1)
                if line.item == tariff.item and first_day(last) > tariff.to:
                    charged.add(unit)
    return any(tariff.usage in ("", unit.usage) for unit in reader.facts(Unit, charged))
