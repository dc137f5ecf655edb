"""What is checked of an .xlsx before any library opens it: zip bombs, names that climb, entities.

A workbook is a zip of XML parts, and comes from strangers. Everything here reads with bounded
memory and stops at the first part that is wrong.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from trustledger.errors import InvalidFile, Place

MOST_EXPANDED = 50 * 2**20
MOST_MEMBERS = 1000
MOST_RATIO = 200
MOST_SMALL_PART = 10 * 2**20
MOST_ROWS = 2**20
_BIG_MEMBER = 2**20
_LARGE_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml", "xl/media/")
_ENCODING = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")
_PLAIN = (b"utf-8", b"us-ascii", b"ascii")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")
_FORMULA = (b"<f>", b"<f ", b"<f/>", b":f>", b":f ", b":f/>")
_ROW = (b"<row", b"<si")
_CHUNK = 2**20


def check_workbook(data: bytes, file: str) -> bool:
    """Whether the workbook has formulas; returns only for one that is safe to open.

    Bounds: 50 MB expanded, 1000 members, 200 times compression of a member above 1 MB, 10 MB for
    a part that is neither a sheet nor its strings, 2^20 rows.

    :raises InvalidFile: not a zip, encrypted, beyond a bound, a member's name that climbs, or a
        part that declares a document type or hides its text in another encoding.
    """
    place = Place(file)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InvalidFile(
            "found an old .xls or a workbook with a password; save it as .xlsx without one",
            place=place,
        )
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for reason in _wrong_members(archive.infolist()):
                raise InvalidFile(reason, place=place)
            formulas = False
            for member in archive.infolist():
                with archive.open(member) as part:
                    formulas |= _scan(part, place)
            return formulas
    except InvalidFile:
        raise
    # zipfile has half a dozen ways to fail on a damaged file, from struct.error to zlib.error
    except Exception:
        raise InvalidFile(
            "is not a workbook or is damaged; save it again as .xlsx", place=place
        ) from None


def _wrong_members(members: list[zipfile.ZipInfo]) -> Iterator[str]:
    if len(members) > MOST_MEMBERS:
        yield f"has {len(members)} parts; a workbook has at most {MOST_MEMBERS}"
    total = sum(member.file_size for member in members)
    if total > MOST_EXPANDED:
        yield f"expands to {total >> 20} MB; at most {MOST_EXPANDED >> 20} MB are read"
    for member in members:
        size, name = member.file_size, member.filename
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            yield f"has a part named {name[:40]!r}, which climbs out of the workbook"
        if member.flag_bits & 1:
            yield "is encrypted; save it without a password"
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            yield "uses a compression that no workbook uses; save it again as .xlsx"
        if size > _BIG_MEMBER and size > MOST_RATIO * member.compress_size:
            yield f"has a part compressed more than {MOST_RATIO} times, as no sheet is"
        if size > MOST_SMALL_PART and not name.startswith(_LARGE_PARTS):
            yield f"has a part of {size >> 20} MB beside its sheets, as no workbook has"


def _scan(part: IO[bytes], place: Place) -> bool:
    """Whether a part has formulas. Read in pieces, each with the tail of the one before."""
    rows, formulas, tail = 0, False, b""
    while piece := part.read(_CHUNK):
        if not tail:
            _check_encoding(piece[:200], place)
        chunk = tail + piece
        if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
            raise InvalidFile(
                "has a part that declares a document type, as no workbook does", place=place
            )
        formulas = formulas or any(mark in chunk for mark in _FORMULA)
        rows += sum(chunk.count(mark) - tail.count(mark) for mark in _ROW)
        if rows > MOST_ROWS:
            raise InvalidFile(f"has a part of more than {MOST_ROWS} rows", place=place)
        tail = chunk[-16:]
    return formulas


def _check_encoding(head: bytes, place: Place) -> None:
    # In UTF-16, or in an encoding of which only the declaration is ASCII, what is searched for
    # above could hide. Spreadsheet programs write UTF-8.
    declared = _ENCODING.match(head.removeprefix(b"\xef\xbb\xbf"))
    if (declared and declared[1].lower() not in _PLAIN) or head.startswith(_UTF_16):
        raise InvalidFile("has a part that is not UTF-8; save it again as .xlsx", place=place)
