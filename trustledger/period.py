"""Periods 账期: a month, a year, or a range of months. No clock: nobody here knows today."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from trustledger.errors import InvalidDate

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_YEAR = re.compile(r"[0-9]{4}")
FIRST_YEAR, LAST_YEAR = "1900", "2199"
"""What lies outside is a slip of the pen."""

RIGHT = "a period is 2017-03, 2017 or 2017-01..2017-06"


def parse_day(text: str) -> date:
    """ISO text -> day.

    :raises InvalidDate: not of the form 2024-01-31, or no such day.
    """
    text = text.strip(" ")
    if _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise InvalidDate(f"found {text!r}, which is not a day of the calendar") from None
    shown = repr(text[:40]) if text else "an empty cell"
    raise InvalidDate(f"found {shown}; a date is written 2024-01-31")


def instant(text: str) -> datetime:
    """A time of recording, as ISO text -> the instant it names; without an offset it is UTC.

    :raises InvalidDate: anything else.
    """
    try:
        told = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidDate(
            f"found the time {text!r}; a time is written 2024-01-31T16:30:00+00:00"
        ) from None
    return told if told.tzinfo else told.replace(tzinfo=UTC)


def parse_month(text: str) -> str:
    """``"2017-03"`` -> itself, checked.

    :raises InvalidDate: anything else.
    """
    text = text.strip(" ")
    if _MONTH.fullmatch(text) and FIRST_YEAR <= text[:4] <= LAST_YEAR:
        return text
    shown = repr(text[:40]) if text else "an empty cell"
    raise InvalidDate(f"found {shown}; a month is written 2017-03")


def day_title(day: str) -> str:
    """How Chinese text names an ISO day: ``2017年3月5日``."""
    year, month, number = day.split("-")
    return f"{year}年{int(month)}月{int(number)}日"


def month_of(day: date) -> str:
    """The month a day lies in, as ``2017-03``."""
    return f"{day.year:04d}-{day.month:02d}"


@lru_cache
def first_day(month: str) -> date:
    """The first day of a month."""
    return date(int(month[:4]), int(month[5:]), 1)


@lru_cache
def last_day(month: str) -> date:
    """The last day of a month."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def previous_month(month: str) -> str:
    """The month before."""
    return month_of(first_day(month) - timedelta(1))


def next_month(month: str) -> str:
    """The month after."""
    return month_of(last_day(month) + timedelta(days=1))


def run_of(month: str, length: int, first_of_year: int) -> list[str]:
    """The run of so many months that a month lies in, runs counted from a year's first month:
    ``run_of("2024-05", 3, 1)`` is April to June. ``length`` divides twelve."""
    year, number = int(month[:4]), int(month[5:])
    at = year * 12 + number - 1
    at -= (number - first_of_year) % 12 % length
    return [_numbered(n) for n in range(at, at + length)]


def day_after(day: date, months: int) -> date:
    """The same day so many months later; that month's last, where it has no such day."""
    last = last_day(months_after(month_of(day), months))
    return last.replace(day=min(day.day, last.day))


def months_after(month: str, count: int) -> str:
    """The month so many months after a month."""
    return _numbered(int(month[:4]) * 12 + int(month[5:]) - 1 + count)


def _numbered(months: int) -> str:
    """The month that is so many months after January of the year 0."""
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


class Period(NamedTuple):
    """A run of whole months, both ends inclusive: ``Period("2017-01", "2017-06")``."""

    first: str
    last: str

    @classmethod
    def parse(cls, text: str, fiscal_year_start: int = 1) -> Period:
        """``2017-03``, ``2017-01..2017-06``, or ``2017``: the fiscal year that begins in 2017.

        :raises InvalidDate: any other form, or an end before its beginning.
        """
        text = text.strip(" ")
        if _YEAR.fullmatch(text) and FIRST_YEAR <= text <= LAST_YEAR:
            first = f"{text}-{fiscal_year_start:02d}"
            begin = first_day(first)
            end = date(begin.year + 1, begin.month, 1) - timedelta(days=1)
            return cls(first, month_of(end))
        head, dots, tail = text.partition("..")
        try:
            period = cls(parse_month(head), parse_month(tail if dots else head))
        except InvalidDate:
            raise InvalidDate(f"found {text[:40]!r}; {RIGHT}") from None
        if period.last < period.first:
            raise InvalidDate(f"found {text!r}, which ends before it begins; {RIGHT}")
        return period

    @property
    def start(self) -> date:
        """The first day."""
        return first_day(self.first)

    @property
    def end(self) -> date:
        """The last day."""
        return last_day(self.last)

    def months(self) -> Iterator[str]:
        """Every month, in order."""
        month = self.first
        while month <= self.last:
            yield month
            month = next_month(month)

    def __contains__(self, value: object) -> bool:
        """Whether a month (``"2017-03"``) or a day lies within."""
        if isinstance(value, date):
            return self.start <= value <= self.end
        return isinstance(value, str) and self.first <= value <= self.last

    def __str__(self) -> str:
        return self.first if self.first == self.last else f"{self.first}..{self.last}"

    @property
    def title(self) -> str:
        """How a Chinese statement names it: ``2017年3月``, ``2017年1月至6月``."""
        year, month = self.first[:4], int(self.first[5:])
        to_year, to_month = self.last[:4], int(self.last[5:])
        if self.first == self.last:
            return f"{year}年{month}月"
        if year == to_year:
            return (
                f"{year}年度"
                if (month, to_month) == (1, 12)
                else f"{year}年{month}月至{to_month}月"
            )
        return f"{year}年{month}月至{to_year}年{to_month}月"
