"""CSV bytes -> rows of text with their numbers, or a refusal. Knows no column's meaning.

A file that was damaged on its way must not be half believed, so encodings are strict, quoting is
strict, and every row has as many cells as the header.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from trustledger.errors import InvalidFile, Place
from trustledger.sheets.wording import clipped

MOST_BYTES = 200 * 2**20
"""No sheet is larger than this as a CSV file: about three million receipts."""

_NO_COMMAS = (";", "\t", "\uff0c", "|")  # the third is the Chinese comma
_USERS_OWN = re.compile("[\ue000-\ue765]")
_SAVE_AS = "save it as 'CSV UTF-8' (GB18030 is read too)"


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet as text: the header row, and each row that is not wholly empty with its number.

    Row numbers are a spreadsheet's: the header is row 1, empty rows count, and a row whose cells
    hold line breaks counts once. Every row has at least as many cells as the header.
    """

    file: str
    header: tuple[str, ...]
    rows: list[tuple[int, Sequence[str]]]
    warnings: tuple[str, ...] = ()


def read_csv(data: bytes, file: str, check: Callable[[Table], object] = bool) -> Table:
    """The table of a CSV file: comma separated, UTF-8 with or without BOM, or GB18030.

    ``check`` sees the header alone, before any row: a column that is missing explains rows that
    have a cell too many.

    :raises InvalidFile: empty, another encoding, broken quotes, or a row with more or fewer
        cells than the header, which is how a file that was saved half shows itself.
    """
    text = decode(data, file)
    lines = _lines(text, file)
    first = next(lines, (1, []))[1]
    header, width = trim_header(first, file), len(first)
    check(Table(file, header, []))
    rows: list[tuple[int, Sequence[str]]] = []
    short: tuple[int, int] | None = None
    for number, cells in lines:
        if not "".join(cells).strip():
            continue
        if len(cells) < width:
            short = number, len(cells)
            break
        # Also one that is empty: a row grows so when an amount is written 1,000.00 unquoted.
        if len(cells) > width or any(cells[len(header) :]):
            raise InvalidFile(
                f"found {len(cells)} cells where the header has {len(header)}; put a cell that "
                'holds a comma, such as "12,000.00", in quotation marks',
                place=Place(file, number),
            )
        rows.append((number, cells))
    ended = text.endswith(("\n", "\r"))
    if short is not None:
        last = not ended and next(lines, None) is None
        raise _too_few(file, *short, width, cut=last)
    # A file cut exactly inside the last cell of its last row looks the same as a whole file
    # whose program writes no final line end. Only the reader's owner can tell: hence a warning.
    warning = (
        f"{file}: the last line has no line end; if the file was cut while it was saved or "
        f"copied, the last cell of row {rows[-1][0]} may be incomplete"
        if rows and not ended
        else ""
    )
    return Table(file, header, rows, (warning,) if warning else ())


def decode(data: bytes, file: str) -> str:
    """The text of a CSV file, or a refusal that says what encoding would be right.

    :raises InvalidFile: empty, UTF-16 or binary, damaged UTF-8, neither UTF-8 nor GB18030.
    """
    place = Place(file)
    if not data.strip(b"\r\n\xef\xbb\xbf"):
        raise InvalidFile("is empty; write at least the header row, or leave it out", place=place)
    if data.startswith(b"PK\x03\x04"):
        raise InvalidFile("is a workbook under a CSV file's name; rename it to .xlsx", place=place)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidFile(f"wrong encoding: found UTF-16; {_SAVE_AS}", place=place)
    if b"\0" in data:
        raise InvalidFile(f"wrong encoding: found a NUL byte; {_SAVE_AS}", place=place)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"wrong encoding: line {line} is not UTF-8"
    if data.startswith(b"\xef\xbb\xbf") or _was_utf8(data):
        raise InvalidFile(
            f"{found}, though the rest is: the file was cut or damaged; save or copy it again",
            place=place,
        )
    try:
        text = data.decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError:
        text = ""
    # GB18030 leaves these to its users; Big5 and others that pass for it are full of them.
    if not text or _USERS_OWN.search(text):
        raise InvalidFile(f"{found} and the file is not GB18030; {_SAVE_AS}", place=place)
    return text


def _was_utf8(data: bytes) -> bool:
    # GB18030 would accept most damaged UTF-8 and turn every name into other characters. Chinese
    # text that is not UTF-8 hardly ever has a valid three-byte sequence; in UTF-8 all are.
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    valid = sum(1 for char in text if char >= "\u0800") - lost
    return valid >= lost


def _lines(text: str, file: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error as error:
        reason = str(error)
        if "unexpected end" in reason:
            found = "found a quotation mark that is never closed: the file was cut or damaged"
        elif "field larger" in reason:
            found = "found a cell longer than any text; is a quotation mark not closed?"
        else:
            found = "found text after a closing quotation mark; write one inside a cell twice"
        raise InvalidFile(found, place=Place(file, number + 1)) from None


def trim_header(cells: Sequence[str], file: str) -> tuple[str, ...]:
    """The header row without the empty cells at its end.

    :raises InvalidFile: no header in row 1, or a column without one between others.
    """
    header = [cell.strip() for cell in cells]
    while header and not header[-1]:
        header.pop()
    place = Place(file, 1)
    if not header:
        raise InvalidFile("found an empty row; row 1 holds the column headers", place=place)
    if len(header) == 1 and any(mark in header[0] for mark in _NO_COMMAS):
        found = clipped(header[0])
        raise InvalidFile(f"found one column {found}; columns are separated by ','", place=place)
    if "" in header:
        column = header.index("") + 1
        raise InvalidFile(
            f"column {column} has no header; name it or delete the column", place=place
        )
    return tuple(header)


def _too_few(file: str, row: int, found: int, right: int, *, cut: bool) -> InvalidFile:
    advice = (
        "the file ends inside this row: it was saved or copied only half, write it again"
        if cut
        else "write every comma, also those of empty cells; if it is the last row, "
        "the file may have been saved only half"
    )
    return InvalidFile(
        f"found {found} cells where the header has {right}; {advice}", place=Place(file, row)
    )
