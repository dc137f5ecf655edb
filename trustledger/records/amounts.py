"""Fields that are money, rates, shares and other numbers: exact, never a float."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer

from trustledger.errors import InvalidAmount
from trustledger.money import parse_quantity, parse_rate, parse_share, parse_yuan

YuanLike = Decimal | str
"""Yuan, exact to the fen: text or ``Decimal``."""

NumberLike = Decimal | str
RateLike = Fraction | Decimal | str


def quantity(decimals: int, name: str) -> BeforeValidator:
    """A number with at most so many decimals, as the type of a field."""
    return BeforeValidator(lambda value: parse_quantity(value, decimals, name=name))


def _positive(value: object) -> int:
    fen = parse_yuan(value)
    if fen <= 0:
        raise InvalidAmount(f"found {value!r}; this amount must be above zero")
    return fen


def _rate(value: object) -> Fraction:
    return value if isinstance(value, Fraction) else parse_rate(value)


def _share(value: object) -> Fraction:
    return value if isinstance(value, Fraction) and 0 <= value <= 1 else parse_share(value)


def _rate_json(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _whole(value: object) -> object:
    if isinstance(value, bool | float):
        raise ValueError(f"found {value!r}; write a whole number, such as 3")
    return value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A number of things, months or a place in an order: neither a float nor a truth value."""

Amount = Annotated[int, BeforeValidator(_positive)]
SignedAmount = Annotated[int, BeforeValidator(parse_yuan)]
Rate = Annotated[Fraction, BeforeValidator(_rate), PlainSerializer(_rate_json, return_type=str)]
Share = Annotated[Fraction, BeforeValidator(_share), PlainSerializer(_rate_json, return_type=str)]
