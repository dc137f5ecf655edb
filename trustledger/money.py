"""Money 金额: integer fen, rounded here and nowhere else. No float ever enters.

Holds invariant I1 (amounts are whole fen) for everything above. Amounts of one posting stay
within ±10^13 fen (a hundred billion yuan), so that totals stay below 2^53 and JSON and XLSX
carry them exactly.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from trustledger.errors import InvalidAmount

LIMIT_FEN = 10**13
"""No single amount is larger than this, in fen."""

_YUAN = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})(?:\.([0-9]{1,2}))?")
_DECIMAL = re.compile(r"[0-9]{1,12}(?:\.[0-9]{1,9})?")
_PARTS = re.compile(r"([0-9]{1,9})/([1-9][0-9]{0,8})")
_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%")


def parse_yuan(value: object) -> int:
    """Yuan as text ("12,000.00", "12000") or ``Decimal`` -> fen, exactly.

    A float is refused because it is not exact; a bare int because nobody can tell yuan from fen.

    :raises InvalidAmount: anything else, more than two decimals, or beyond ±10^13 fen.
    """
    if isinstance(value, Decimal):
        text = format(value, "f") if value.is_finite() else str(value)
        head, _, tail = text.partition(".")
        text = f"{head}.{tail.rstrip('0')}" if tail.rstrip("0") else head
    elif isinstance(value, str):
        text = value.strip(" ")
    else:
        raise InvalidAmount(
            f"found {value!r} ({type(value).__name__}); "
            "write yuan as text such as '12000.00', or as Decimal"
        )
    match = _YUAN.fullmatch(text)
    if match is None:
        shown = "an empty cell" if text == "" else repr(text[:40])
        raise InvalidAmount(
            f"found {shown}; "
            "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"
        )
    sign, whole, cents = match.groups()
    fen = int(whole.replace(",", "")) * 100 + int((cents or "").ljust(2, "0"))
    if fen > LIMIT_FEN:
        raise InvalidAmount(f"found {text!r}; one amount is at most 100,000,000,000.00 yuan")
    return -fen if sign else fen


def yuan(fen: int, *, grouping: bool = False) -> str:
    """Fen -> yuan text with two decimals: ``-440.32``, or ``12,000.00`` with grouping."""
    whole, cents = divmod(abs(fen), 100)
    sign = "-" if fen < 0 else ""
    return f"{sign}{whole:,}.{cents:02d}" if grouping else f"{sign}{whole}.{cents:02d}"


def to_decimal(fen: int) -> Decimal:
    """Fen -> ``Decimal`` yuan with exactly two decimals."""
    return Decimal(fen).scaleb(-2)


def round_half_up(numerator: int, denominator: int = 1) -> int:
    """The nearest integer to a fraction; halves go away from zero 四舍五入."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -size if numerator < 0 else size


def round_to(step: int, numerator: int, denominator: int = 1) -> int:
    """The nearest multiple of a step to a fraction, halves away from zero: a step of 10 gives
    whole jiao 角, one of 100 whole yuan 元, in fen."""
    return step * round_half_up(numerator, denominator * step)


def share(rate: Fraction, base_fen: int) -> int:
    """``rate × base``, rounded once, half away from zero."""
    return round_half_up(rate.numerator * base_fen, rate.denominator)


def allocate(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights so that the parts add up to the fen (largest remainder).

    Ties of remainders go to the earlier weight; a weight of zero gets nothing; a negative
    total mirrors the positive one.

    :raises InvalidAmount: a negative weight, or no weight above zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise InvalidAmount("weights must not be negative and at least one must be above zero")
    parts, rests = [], []
    for weight in weights:
        part, rest = divmod(abs(total_fen) * weight, whole)
        parts.append(part)
        rests.append(rest)
    missing = abs(total_fen) - sum(parts)
    for place in sorted(range(len(parts)), key=lambda n: -rests[n])[:missing]:
        parts[place] += 1
    return parts if total_fen >= 0 else [-part for part in parts]


def parse_rate(value: object) -> Fraction:
    """A percentage as ``"12%"``, ``"0.12"`` or ``Decimal("0.12")`` -> exact fraction in 0..1.

    :raises InvalidAmount: a float, or anything outside 0 % to 100 %.
    """
    if isinstance(value, Decimal) or (isinstance(value, int) and not isinstance(value, bool)):
        value = str(value)
    if isinstance(value, str):
        text = value.strip(" ")
        percent = _PERCENT.fullmatch(text)
        if percent:
            rate = Fraction(percent[1]) / 100
        elif _DECIMAL.fullmatch(text):
            rate = Fraction(text)
        else:
            raise InvalidAmount(f"found {text[:40]!r}; a rate is written 12% or 0.12")
        if rate <= 1:
            return rate
    raise InvalidAmount(
        f"found {value!r}; a rate is written 12% or 0.12 and lies between 0 and 100 %"
    )


def parse_share(value: object) -> Fraction:
    """A part of one whole as ``"1/3"``, ``"50%"`` or ``"0.5"`` -> exact fraction, 0 to 1.

    :raises InvalidAmount: a float, or anything else.
    """
    match = _PARTS.fullmatch(value.strip(" ")) if isinstance(value, str) else None
    try:
        part = Fraction(int(match[1]), int(match[2])) if match else parse_rate(value)
    except InvalidAmount:
        part = Fraction(2)
    if part <= 1:
        return part
    shown = "an empty cell" if value == "" else repr(str(value)[:40])
    raise InvalidAmount(f"found {shown}; a share is written 1/2, 50% or 0.5, and is at most 1")


def parse_quantity(value: object, decimals: int, *, name: str = "number") -> Decimal:
    """A non-negative number with at most so many decimals (areas, prices, factors), exactly.

    :raises InvalidAmount: a float, a sign, an exponent, or more decimals than allowed.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, Decimal):
        value = format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, str) and _DECIMAL.fullmatch(value.strip(" ")):
        number = Decimal(value.strip(" "))
        plain = format(number, "f")
        if "." in plain:
            plain = plain.rstrip("0").rstrip(".")
        if len(plain.partition(".")[2]) <= decimals:
            return Decimal(plain)  # 97.00 is 97: the same content, however it was typed
    raise InvalidAmount(
        f"found {value!r}; a {name} is a plain number with at most {decimals} decimals"
    )


def rate_text(part: int, whole: int) -> str:
    """``part ÷ whole`` with four decimals, rounded half up: ``0.8812``; 0.0000 of nothing."""
    scaled = round_half_up(part * 10_000, whole) if whole else 0
    sign = "-" if scaled < 0 else ""
    return f"{sign}{abs(scaled) // 10_000}.{abs(scaled) % 10_000:04d}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def percent(rate: Fraction) -> str:
    """A rate as people write it, exactly: ``0.05%``; as a fraction where decimals never end."""
    hundredths = rate * 100
    places = 0
    while (hundredths * 10**places).denominator != 1 and places < 12:
        places += 1
    scaled = hundredths * 10**places
    if scaled.denominator != 1:
        return f"{rate.numerator}/{rate.denominator}"
    whole, part = divmod(scaled.numerator, 10**places)
    return f"{whole}.{part:0{places}d}%" if places else f"{whole}%"


def _group(number: int) -> str:
    """0..9999 in capitals, inner zeros once, no zero at either end."""
    text, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[digit] + _PLACES[place]
        gap = False
    return text


def capitals(fen: int) -> str:
    """An amount in Chinese capitals 人民币大写: ``壹万贰仟元整``, ``负肆佰肆拾元叁角贰分``.

    整 stands after 元 and after 角 (会计基础工作规范), never after 分.
    """
    whole, cents = divmod(abs(fen), 100)
    text, pending = "", False
    for place in (3, 2, 1, 0):
        number = whole // 10_000**place % 10_000
        if number == 0:
            pending = bool(text)
            continue
        if text and (pending or number < 1000):
            text += "零"
        name = _GROUPS[place]
        if place == 3:  # read as a number of 亿: 壹万 + 亿
            name = "万" if whole // 10_000**2 % 10_000 else "万亿"
        text += _group(number) + name
        pending = False
    text = (text + "元") if text else ""
    jiao, fen_digit = divmod(cents, 10)
    if jiao:
        text += _DIGITS[jiao] + "角"
    elif fen_digit and text:
        text += "零"
    text += _DIGITS[fen_digit] + "分" if fen_digit else ("整" if text else "零元整")
    return ("负" if fen < 0 else "") + text
