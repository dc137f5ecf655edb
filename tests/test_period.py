"""Periods: whole months, no clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.errors import InvalidDate
from trustledger.period import (
    Period,
    first_day,
    last_day,
    month_of,
    next_month,
    parse_day,
    parse_month,
)

days = st.dates(date(1900, 1, 1), date(2199, 11, 30))


@given(days)
def test_a_day_lies_in_its_month(day: date) -> None:
    month = month_of(day)
    assert first_day(month) <= day <= last_day(month)
    assert first_day(next_month(month)) == last_day(month) + timedelta(days=1)
    assert parse_day(day.isoformat()) == day and parse_month(month) == month
    assert day in Period(month, month) and month in Period(month, month)


@given(days, st.integers(0, 40))
def test_months_of_a_period_are_adjacent(day: date, count: int) -> None:
    months = [month_of(day)]
    for _ in range(count):
        if months[-1] < "2199-12":
            months.append(next_month(months[-1]))
    period = Period.parse(f"{months[0]}..{months[-1]}")
    assert list(period.months()) == months
    assert (period.start, period.end) == (first_day(months[0]), last_day(months[-1]))
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "start", "period"),
    [
        ("2017-03", 1, ("2017-03", "2017-03")),
        ("2017", 1, ("2017-01", "2017-12")),
        ("2017", 7, ("2017-07", "2018-06")),
        (" 2017-01..2017-06 ", 1, ("2017-01", "2017-06")),
    ],
)
def test_forms(text: str, start: int, period: tuple[str, str]) -> None:
    assert Period.parse(text, start) == Period(*period)


@pytest.mark.parametrize(
    "text",
    ["", "2017-13", "2017-00", "17-01", "2017-1", "2017-01..", "..2017-01", "2017-01-05", "0000",
     "２０１７", "2017..2018", "2017-01...2017-02", "0000-01"],
)  # fmt: skip
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidDate, match=r"a period is 2017-03, 2017 or 2017-01\.\.2017-06"):
        Period.parse(text)


def test_an_end_before_its_beginning() -> None:
    with pytest.raises(InvalidDate, match="ends before it begins"):
        Period.parse("2017-06..2017-01")


@pytest.mark.parametrize("text", ["", "2017-02-29", "2017-2-1", "20170201", "2017-02-01T00:00"])
def test_days_that_are_none(text: str) -> None:
    with pytest.raises(InvalidDate, match=r"(a date is written|not a day of the calendar)"):
        parse_day(text)


@pytest.mark.parametrize("text", ["", "2017", "2017-13"])
def test_months_that_are_none(text: str) -> None:
    with pytest.raises(InvalidDate, match="a month is written 2017-03"):
        parse_month(text)


def test_titles() -> None:
    assert Period.parse("2017-03").title == "2017年3月"
    assert Period.parse("2017").title == "2017年度"
    assert Period.parse("2017-01..2017-06").title == "2017年1月至6月"
    assert Period.parse("2017", 7).title == "2017年7月至2018年6月"
    assert 3 not in Period.parse("2017")
