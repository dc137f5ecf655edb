"""One cell of a workbook -> the text that a CSV file would hold, exactly, or a refusal.

A number cell is a float with 15 digits to rely on. What it shows is taken when the float is the
nearest one to it (137.4); what it cannot hold (a serial number of 20 digits) is refused, because
the digits are lost already.
"""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite

from trustledger.errors import InvalidFile

_EXACT = 10**15


def cell_text(value: object, data_type: str = "") -> str:
    """The text of a cell: numbers without exponent, days as 2024-01-31, nothing as ``""``.

    :raises InvalidFile: an error value, a truth value, a time of day, or a number of more than
        15 digits.
    """
    if value is None:
        return ""
    if data_type == "e":
        raise InvalidFile(f"found the error value {value!s:.20}; correct the cell's formula")
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        found = str(value).upper()
        raise InvalidFile(f"found the truth value {found}; write text, a number or a date")
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if type(value) is date:
        return value.isoformat()
    raise InvalidFile(f"found {value!s:.40}, a time of day; write text, a number or a date")


def _number_text(value: int | float) -> str:
    if not isfinite(value) or abs(value) >= _EXACT:
        raise InvalidFile(
            f"found the number {value!s:.30}; a number cell keeps 15 digits, "
            "so write the digits again in a cell formatted as text"
        )
    if value == int(value):
        return str(int(value))
    text = repr(value)
    if "e" in text:
        raise InvalidFile(f"found the number {text}; write it without an exponent")
    return text
