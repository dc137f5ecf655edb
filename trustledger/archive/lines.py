"""The lines of an archive: one JSON value a line, written in one way only.

A line that is read is written again and compared, so that whatever it says, it says once and in
this order; an archive that is exported again has the same bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from trustledger.errors import InvalidFile
from trustledger.records import Entry, Posting

T = TypeVar("T")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ODD = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST = 2**63 - 1
_FIELDS = ("seq", "kind", "key", "on", "recorded_at", "reverses", "content", "postings")
_KINDS = (int, str, str, str, str, int, str, list)
_POSTING = tuple(int if name.endswith("_fen") else str for name in Posting._fields)


class Private(NamedTuple):
    """What a personal field of an entry says, and the salt it is committed to with."""

    seq: int
    field: str
    salt: str  # hex
    value: str


class Checkpoint(NamedTuple):
    """A signed note over the log's size and root."""

    size: int
    signer: str
    note: str


def entry_line(entry: Entry) -> bytes:
    """An entry as a line, without its leaf: whoever reads it makes that himself."""
    told = (*entry[:6], entry.public, entry.postings)
    return _encode(dict(zip(_FIELDS, told, strict=True))).encode() + b"\n"


def read_entry(line: bytes) -> Entry:
    """An entry back from its line; its leaf is empty.

    :raises InvalidFile: it is not such a line.
    """

    def build(told: Any) -> Entry:
        values = [told[name] for name in _FIELDS]
        _check(values, _KINDS)
        _check_all(values[-1], _POSTING)
        if type(json.loads(values[6])) is not dict:
            raise ValueError
        date.fromisoformat(values[3])
        datetime.fromisoformat(values[4])
        postings = tuple(map(Posting._make, values[-1]))
        return Entry._make((*values[:-1], b"", postings, values[6], ()))

    return _read(line, build, entry_line)


def line_of(one: Private | Checkpoint) -> bytes:
    """A personal field, or a checkpoint, as a line."""
    first, *more = zip(one._fields, one, strict=True)  # piece by piece: quicker than a dict
    pieces = [f'"{first[0]}":{first[1]}', *(f'"{name}":{_encode(text)}' for name, text in more)]
    return ("{" + ",".join(pieces) + "}\n").encode()


def read_private(line: bytes) -> Private:
    """A personal field back from its line.

    :raises InvalidFile: it is not such a line.
    """

    def build(told: Any) -> Private:
        one = Private(**told)
        _check(one[:3], (int, str, str))
        if type(one.value) is not str or bytes.fromhex(one.salt).hex() != one.salt:
            raise ValueError
        return one

    return _read(line, build, line_of)


def read_checkpoint(line: bytes) -> Checkpoint:
    """A checkpoint back from its line.

    :raises InvalidFile: it is not such a line.
    """

    def build(told: Any) -> Checkpoint:
        one = Checkpoint(**told)
        _check(one[:2], (int, str))
        if type(one.note) is not str:  # a note has lines
            raise ValueError
        return one

    return _read(line, build, line_of)


def _check(values: Any, kinds: tuple[type, ...]) -> None:
    """Whether values are of these kinds: whole numbers that a database holds, text in one line.

    :raises ValueError: one is not.
    """
    _check_all([values], kinds)


def _check_all(rows: list[Any], kinds: tuple[type, ...]) -> None:
    """The same of rows of values."""
    if any(tuple(map(type, row)) != kinds for row in rows):
        raise ValueError
    values = [value for row in rows for value in row]
    numbers = [value for value in values if type(value) is int]
    if numbers and not -_LONGEST <= min(numbers) <= max(numbers) <= _LONGEST:
        raise ValueError
    if _ODD.search("".join([value for value in values if type(value) is str])) is not None:
        raise ValueError


def _read(line: bytes, build: Callable[[Any], T], write: Callable[[T], bytes]) -> T:
    if not line.endswith(b"\n"):
        raise InvalidFile("is cut short; export the book again")
    try:
        one = build(json.loads(line.decode()))
        if write(one) == line:
            return one
    except (ValueError, LookupError, TypeError, RecursionError):
        pass
    raise InvalidFile("is not a line of this archive, or was changed; export the book again")
