"""Metering 抄表计量: what a meter measured, reading to reading.

The first reading is where consumption begins and is never billed. A reading that is lower than the
one before is refused, unless the meter is known to roll over and the reading says it did: then the
meter went on through ten to the power of its digits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from trustledger.errors import Refused
from trustledger.measures import Meter, Reading
from trustledger.money import parse_quantity


class Interval(NamedTuple):
    """What was consumed between two readings of a meter, before its multiplier."""

    meter: Meter
    before: Reading
    after: Reading
    consumption: Decimal


def intervals(meter: Meter, readings: Iterable[Reading]) -> Iterator[Interval]:
    """The consumption of a meter, reading to reading; readings come in the order of their days.

    :raises Refused: a reading before the meter is there, two of one day, one beyond its digits,
        one that runs backwards.
    """
    ordered = list(readings)
    for reading in ordered:
        if reading.on < meter.start:
            raise Refused(
                f"found {reading.on}; meter {meter.meter!r} is there from {meter.start}, "
                "and a reading of it is not earlier",
                field="on",
                fact=reading,
            )
        if meter.digits and reading.reading >= 10**meter.digits:
            raise Refused(
                f"found {reading.reading}; meter {meter.meter!r} shows {meter.digits} digits, "
                "which is less; correct the reading, or the digits in meters.csv",
                field="reading",
                fact=reading,
            )
    if ordered and ordered[0].rollover:
        raise Refused(
            f"found the first reading of meter {meter.meter!r} marked as rollover; "
            "nothing is before it, so leave the mark out",
            field="rollover",
            fact=ordered[0],
        )
    for before, after in pairwise(ordered):
        yield between(meter, before, after)


def between(meter: Meter, before: Reading, after: Reading) -> Interval:
    """The consumption between two readings that follow each other.

    :raises Refused: they are of one day, or the meter runs backwards.
    """
    return Interval(meter, before, after, _consumption(meter, before, after))


def _consumption(meter: Meter, before: Reading, after: Reading) -> Decimal:
    if before.on == after.on:
        raise Refused(
            f"found a second reading of meter {meter.meter!r} on {after.on}, "
            f"{after.reading} after {before.reading} ({before.key}); keep one",
            field="on",
            fact=after,
        )
    if not after.rollover:
        if after.reading < before.reading:
            right = (
                "mark it as rollover if the meter began again"
                if meter.digits
                else "a meter that rolls over needs its digits in meters.csv"
            )
            raise Refused(
                f"found {after.reading}, and meter {meter.meter!r} showed {before.reading} on "
                f"{before.on}: it cannot run backwards; {right}",
                field="reading",
                fact=after,
            )
        return parse_quantity(after.reading - before.reading, 4)
    if not meter.digits:
        raise Refused(
            f"found a rollover of meter {meter.meter!r}, whose digits are not known; "
            "enter them in meters.csv",
            field="rollover",
            fact=after,
        )
    if after.reading >= before.reading:
        raise Refused(
            f"found {after.reading} marked as rollover, and meter {meter.meter!r} showed "
            f"{before.reading} on {before.on}, which is not more; leave the mark out",
            field="rollover",
            fact=after,
        )
    return parse_quantity(after.reading + 10**meter.digits - before.reading, 4)
