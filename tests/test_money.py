"""Money: exact in, exact out, rounded once."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.errors import InvalidAmount
from trustledger.money import (
    LIMIT_FEN,
    allocate,
    capitals,
    parse_quantity,
    parse_rate,
    parse_yuan,
    rate_text,
    round_half_up,
    share,
    to_decimal,
    yuan,
)

fens = st.integers(-LIMIT_FEN, LIMIT_FEN)


@given(fens, st.booleans())
def test_amounts_come_back(fen: int, grouping: bool) -> None:
    assert parse_yuan(yuan(fen, grouping=grouping)) == fen
    assert parse_yuan(to_decimal(fen)) == fen
    assert to_decimal(fen) == Decimal(fen) / 100


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("12,000.00", 1_200_000), ("12000", 1_200_000), ("0.1", 10), ("-440.32", -44_032),
        (" 5 ", 500), ("-0", 0), ("1,234,567.8", 123_456_780),
        (Decimal("1.50"), 150), (Decimal("1.500"), 150), (Decimal("1E+2"), 10_000),
        (Decimal("-0.01"), -1), (Decimal(100), 10_000),
    ],
)  # fmt: skip
def test_what_is_an_amount(text: object, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "value",
    [
        1.5, 100, True, None, b"1", "", " ", "1.005", "0.30000000000000004", "1e5", "1E5", "NaN",
        "Infinity", "１２", "1_000", "12,00", "1,2345", ",100", "1.", ".5", "+5", "--5", "5-", "¥5",
        "5元", "0x10", "1 000", "٣", "1.2.3", "100000000000.01", "9" * 16, "1" * 400,
        Decimal("NaN"), Decimal("Infinity"), Decimal("1.001"), Decimal("1E+400"), Decimal("sNaN"),
    ],
)  # fmt: skip
def test_what_is_not(value: object) -> None:
    with pytest.raises(InvalidAmount, match=r"^found "):
        parse_yuan(value)


@given(st.integers(-(10**20), 10**20), st.integers(-(10**9), 10**9).filter(bool))
def test_rounding_is_to_the_nearest_and_away_from_zero(top: int, bottom: int) -> None:
    exact = Fraction(top, bottom)
    rounded = round_half_up(top, bottom)
    distance = abs(exact - rounded)
    assert distance <= Fraction(1, 2)
    if distance == Fraction(1, 2):
        assert abs(rounded) > abs(exact)
    assert round_half_up(-top, bottom) == -rounded


@given(st.fractions(0, 1), fens)
def test_a_share_is_rounded_once(rate: Fraction, base: int) -> None:
    assert abs(share(rate, base) - rate * base) <= Fraction(1, 2)


@given(fens, st.lists(st.integers(0, 10**9), min_size=1, max_size=40).filter(any))
def test_parts_add_up(total: int, weights: list[int]) -> None:
    parts = allocate(total, weights)
    assert sum(parts) == total
    assert allocate(-total, weights) == [-part for part in parts]
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(total * weight, sum(weights))
        assert abs(part - exact) < 1
        if weight == 0:
            assert part == 0


def test_ties_go_to_the_earlier_weight() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(1, [1, 1]) == [1, 0]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1], [-1]])
def test_weights_that_cannot_be(weights: list[int]) -> None:
    with pytest.raises(InvalidAmount, match="weights"):
        allocate(100, weights)


@pytest.mark.parametrize(
    ("value", "rate"),
    [("12%", (12, 100)), ("0.12", (12, 100)), (Decimal("0.12"), (12, 100)), ("0.05%", (5, 10_000)),
     ("100%", (1, 1)), (1, (1, 1)), (0, (0, 1)), ("12.5%", (1, 8))],
)  # fmt: skip
def test_rates(value: object, rate: tuple[int, int]) -> None:
    assert parse_rate(value) == Fraction(*rate)


@pytest.mark.parametrize(
    "value", [0.12, "101%", "1.1", "-5%", "12 %", "", "%", True, None, "１２%"]
)
def test_rates_that_are_none(value: object) -> None:
    with pytest.raises(InvalidAmount, match=r"a rate is written 12% or 0\.12"):
        parse_rate(value)


def test_quantities() -> None:
    assert parse_quantity("90.20", 4) == Decimal("90.20")
    assert parse_quantity(Decimal("1E+2"), 0) == Decimal(100)
    assert parse_quantity(3, 0) == Decimal(3)
    for value in (1.5, "-1", "1e3", "1.00001", "", Decimal("NaN"), True, None, Decimal("-1")):
        with pytest.raises(InvalidAmount, match="a price is a plain number with at most 4"):
            parse_quantity(value, 4, name="price")


def test_rates_as_text() -> None:
    assert rate_text(6738, 10_000) == "0.6738"
    assert rate_text(1, 3) == "0.3333" and rate_text(2, 3) == "0.6667"
    assert rate_text(-1, 2) == "-0.5000"
    assert rate_text(5, 0) == "0.0000"


# --------------------------------------------------------------------------- 人民币大写

DIGITS = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}


def _below_ten_thousand(text: str) -> int:
    number, digit = 0, 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            number += digit * {"拾": 10, "佰": 100, "仟": 1000}[char]
            digit = 0
    return number + digit


def _whole(text: str) -> int:
    for name, size in (("万亿", 10**12), ("亿", 10**8), ("万", 10**4)):
        if name in text:
            head, tail = text.split(name, 1)
            return _whole(head) * size + _whole(tail)
    return _below_ten_thousand(text)


def read_capitals(text: str) -> int:
    """An independent reader of capitals, in fen."""
    sign = -1 if text.startswith("负") else 1
    text = text.removeprefix("负").removesuffix("整")
    yuan_text, mark, cents = text.rpartition("元")
    if not mark:
        yuan_text, cents = "", text
    fen = 0
    if "角" in cents:
        head, cents = cents.split("角")
        fen += DIGITS[head[-1]] * 10
    if "分" in cents:
        fen += DIGITS[cents[-2]]
    return sign * (_whole(yuan_text) * 100 + fen)


@given(st.one_of(st.integers(-(10**15), 10**15), st.integers(0, 10**6)))
def test_capitals_read_back(fen: int) -> None:
    text = capitals(fen)
    assert read_capitals(text) == fen
    assert "零零" not in text and "零元" not in text.replace("零元整", "") and "零万" not in text
    assert text.endswith(("整", "分"))


@given(st.lists(st.sampled_from([0, 0, 0, 1, 9]), min_size=1, max_size=15))
def test_capitals_with_many_zeros_read_back(digits: list[int]) -> None:
    fen = int("".join(map(str, digits)))
    assert read_capitals(capitals(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"), (1, "壹分"), (10, "壹角整"), (100, "壹元整"), (105, "壹元零伍分"),
        (110, "壹元壹角整"), (111, "壹元壹角壹分"), (1_200_000, "壹万贰仟元整"),
        (-44_032, "负肆佰肆拾元叁角贰分"), (10_050_000, "壹拾万零伍佰元整"),
        (270_000_109_110, "贰拾柒亿零壹仟零玖拾壹元壹角整"),
        (100_001_000_000, "壹拾亿零壹万元整"), (10_000_000_100, "壹亿零壹元整"),
        (10**14, "壹万亿元整"), (100_010_000_000_000, "壹万零壹亿元整"),
    ],
)  # fmt: skip
def test_capitals(fen: int, text: str) -> None:
    assert capitals(fen) == text
