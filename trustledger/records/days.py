"""Fields that are a day or a month, written 2024-01-31 and 2024-01."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator

from trustledger.errors import InvalidDate
from trustledger.period import parse_day, parse_month

DayLike = date | str
"""A day, or its ISO text."""


def _day(value: object) -> object:
    if isinstance(value, str):
        return parse_day(value)
    if type(value) is date:
        return value
    raise InvalidDate(f"found {value!r}; a date is written 2024-01-31")


def _month_or_none(value: object) -> str:
    return parse_month(str(value)) if value else ""


Day = Annotated[date, BeforeValidator(_day)]
Month = Annotated[str, BeforeValidator(lambda value: parse_month(str(value)))]
MonthOrNone = Annotated[str, BeforeValidator(_month_or_none)]
