"""欠费账龄表: how old each home's open arrears are at the end of a period.

Days count from the charge's own date to the period's last day; what stands open is what stood
open that day, not what is open now. Opening arrears are dated the day before the books open, since
nothing here knows when they arose; late fee is as old as the charge it accrues on. These are the
days from which late fees count too. A charge that was paid and stands open again is as old as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from trustledger import chart
from trustledger.document import Check, Column, Grid, Pair, Statement, Table
from trustledger.errors import InvalidInput
from trustledger.money import yuan
from trustledger.records import Unit
from trustledger.rules.latefee import charged_on
from trustledger.statements.figures import (
    PREPARED,
    Figures,
    account_balance,
)

NAME, TITLE = "ageing", "欠费账龄表"

BUCKETS = (30, 90, 180, 365)
"""The last day of each bucket but the last, which has no end."""

MOST_BUCKETS = 8
"""More do not fit a page."""


def parse_buckets(days: str | Sequence[int]) -> tuple[int, ...]:
    """``"30,90"`` or ``(30, 90)`` -> the last days of the buckets, checked.

    :raises InvalidInput: not whole days in rising order, or too many.
    """
    found: list[int] = []
    for part in days.split(",") if isinstance(days, str) else days:
        text = part.strip(" ") if isinstance(part, str) else str(part)
        if not (text.isascii() and text.isdigit() and len(text) <= 5):
            found.clear()
            break
        found.append(int(text))
    rising = all(a < b for a, b in pairwise([0, *found]))
    if not found or not rising or len(found) > MOST_BUCKETS:
        raise InvalidInput(
            f"found buckets {days!r}; they are the last day of each, at most {MOST_BUCKETS} and "
            "rising, such as 30,90,180,365"
        )
    return tuple(found)


def labels(buckets: Sequence[int]) -> list[str]:
    """``0-30``, ``31-90``, ``over-90``: each bucket's days."""
    starts = [0, *(last + 1 for last in buckets)]
    closed = [f"{first}-{last}" for first, last in zip(starts, buckets, strict=False)]
    return [*closed, f"over-{buckets[-1]}"]


def build(
    figures: Figures,
    units: Mapping[str, Unit],
    standing: Mapping[tuple[str, str], int],
    buckets: Sequence[int] = BUCKETS,
) -> Statement:
    """The table, of what stood open at the period's end by unit and month of the charge."""
    end, names = figures.period.end, labels(buckets)
    ages: dict[str, list[int]] = {}
    oldest: dict[str, str] = {}
    for (unit, month), fen in sorted(standing.items()):
        days = (end - charged_on(month, figures.info)).days
        place = sum(days > last for last in buckets)
        ages.setdefault(unit, [0] * len(names))[place] += fen
        oldest.setdefault(unit, charged_on(month, figures.info).isoformat())
    buildings: dict[str, list[int]] = {one.building: [0] * len(names) for one in units.values()}
    for unit, mine in ages.items():
        into = buildings[units[unit].building]
        into[:] = [fen + more for fen, more in zip(into, mine, strict=True)]
    owing = dict.fromkeys(buildings, 0)
    for unit in ages:
        owing[units[unit].building] += 1
    whole = [sum(mine[place] for mine in ages.values()) for place in range(len(names))]
    total = sum(whole)
    titles = [f"{name}天" for name in names[:-1]] + [f"{buckets[-1]}天以上"]
    columns = [
        Column(f"days_{name.replace('-', '_')}", title, "amount", 1.3)
        for name, title in zip(names, titles, strict=True)
    ]
    return figures.statement(
        NAME,
        TITLE,
        {
            "as_of": end.isoformat(),
            "units_owing": len(ages),
            "arrears": yuan(total),
            "buckets": {name: yuan(fen) for name, fen in zip(names, whole, strict=True)},
        },
        (
            Grid(
                "summary",
                "",
                (
                    Pair("截至", end.isoformat(), "date"),
                    Pair("欠费户数", len(ages), "count"),
                    Pair("欠费合计", total, "amount"),
                    *(Pair(title, fen, "amount") for title, fen in zip(titles, whole, strict=True)),
                ),
            ),
            Table(
                "buildings",
                "按楼栋",
                (
                    Column("building", "楼栋", "text", 1.5),
                    Column("units", "欠费户", "count", 0.9),
                    *columns,
                    Column("arrears", "合计", "amount", 1.4),
                ),
                tuple(
                    (name or "未分楼栋", owing[name], *buildings[name], sum(buildings[name]))
                    for name in sorted(buildings)
                ),
                (("合计", len(ages), *whole, total),),
            ),
            Table(
                "units",
                "按户",
                (
                    Column("unit", "房号", "text", 1.3),
                    Column("oldest", "最早", "date", 1.2),
                    *columns,
                    Column("arrears", "合计", "amount", 1.4),
                ),
                tuple((unit, oldest[unit], *ages[unit], sum(ages[unit])) for unit in sorted(ages)),
                (("合计", "", *whole, total),),
                "账龄自应收日起算；建账前的欠费自建账前一日起算；没有欠费的户不列",
            ),
            PREPARED,
        ),
        _checks(figures, ages.values(), total),
    )


def _checks(figures: Figures, ages: Iterable[Sequence[int]], total: int) -> tuple[Check, ...]:
    """No home's bucket is below nothing, and all of them are what the accounts say."""
    below = sum(fen for mine in ages for fen in mine if fen < 0)
    return (
        Check(
            "各账龄合计 = 科目余额表 1122",
            total,
            account_balance(figures.turnovers, chart.RECEIVABLE),
        ),
        Check("各户各账龄不为负，负数合计", below, 0),
    )
