"""TOML bytes -> a document and the lines its keys stand on. Knows no key's meaning."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, DecimalException
from typing import Any, NamedTuple

from trustledger.errors import InvalidFile, Place

MOST_BYTES = 2**20
"""No book.toml is larger than this."""

_TABLE_LINE = re.compile(r"\s*\[{1,2}\s*([A-Za-z0-9_-]+)\s*\]{1,2}\s*(?:#.*)?")
_KEY_LINE = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_AT_LINE = re.compile(r"(.*) \(at line ([0-9]+), column [0-9]+\)")


class TomlText(NamedTuple):
    """A parsed TOML file. ``lines`` maps (table, which one of its name, key) to the line number.

    The key is ``""`` for the table itself. TOML readers give no line numbers, so these are looked
    up in the text; in a file with multi-line texts they cannot be told so simply and are left out.
    """

    document: dict[str, Any]
    lines: dict[tuple[str, int, str], int]


def read_toml(data: bytes, file: str) -> TomlText:
    """The document, numbers with a point as ``Decimal``, never as float.

    :raises InvalidFile: not UTF-8, or not TOML; with the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidFile(
            "wrong encoding: this line is not UTF-8; save the file as UTF-8",
            place=Place(file, line),
        ) from None
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.fullmatch(str(error))
        line = int(found[2]) if found else text.rstrip("\n").count("\n") + 1
        reason = found[1] if found else str(error).removesuffix(" (at end of document)")
        raise InvalidFile(
            f"is not TOML: {reason}; a line is [table] or key = value, with text in quotation "
            "marks and dates as 2025-01-01",
            place=Place(file, line),
        ) from None
    except (ValueError, DecimalException, RecursionError):
        raise InvalidFile(
            "is not TOML that can be read: a number is too large or a value nested too deeply",
            place=Place(file),
        ) from None
    return TomlText(document, _lines(text))


def _lines(text: str) -> dict[tuple[str, int, str], int]:
    if '"""' in text or "'''" in text:
        return {}
    lines: dict[tuple[str, int, str], int] = {}
    table, index = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        if found := _TABLE_LINE.fullmatch(line.rstrip("\r")):
            table, index = found[1], 0
            while (table, index, "") in lines:
                index += 1
            lines[table, index, ""] = number
        elif found := _KEY_LINE.match(line):
            lines.setdefault((table, index, found[1]), number)
    return lines
