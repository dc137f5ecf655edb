"""Text on a grid of columns: how wide it is, how it is padded, where it may break.

What lives here: display width for monospaced fonts, in which an East-Asian character takes two
columns, and line breaking by the Chinese rules 避头尾. What must not: statements, files.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Never at the beginning of a line, and never at its end.
_CLOSING = frozenset("，。、；：？！）》」』】〕〉”’…—·％,.;:?!)]}%")
_OPENING = frozenset("（《「『【〔〈“‘([{¥￥")
_JOINERS = frozenset("\u200c\u200d")


def char_width(char: str) -> int:
    """Columns one character takes: 2 if East-Asian wide, 0 if it combines, else 1."""
    if char in _JOINERS or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width(text: str) -> int:
    """Columns a text takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """Text filled up with spaces to so many columns, on the left if set flush ``right``."""
    space = " " * (columns - width(text))
    return space + text if right else text + space


def _may_break(before: str, after: str) -> bool:
    if after in _CLOSING or before in _OPENING or before in _JOINERS or not char_width(after):
        return False
    if " " in (before, after):
        return before == " " != after
    return char_width(before) == 2 or char_width(after) == 2


def _units(text: str) -> Iterator[str]:
    start = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            yield text[start:place]
            start = place
    yield text[start:]


def _cut(unit: str, columns: int) -> Iterator[str]:
    """Pieces of a unit that is wider than a line, such as a 64-digit digest."""
    piece, used = "", 0
    for char in unit:
        if used + char_width(char) > columns:
            yield piece
            piece, used = "", 0
        piece += char
        used += char_width(char)
    yield piece


def wrap(text: str, columns: int) -> list[str]:
    """Lines of at most so many columns (at least 2); words stay whole where they fit.

    Nothing is dropped but the spaces at a break. An empty text is one empty line.
    """
    lines: list[str] = []
    line, used = "", 0
    for unit in _units(text):
        size = width(unit.rstrip(" "))
        if line and used + size > columns:
            lines.append(line.rstrip(" "))
            line, used = "", 0
        if size > columns:
            *full, rest = _cut(unit.rstrip(" "), columns)
            lines += full
        else:
            rest = unit
        line += rest
        used += width(rest)
    return [*lines, line.rstrip(" ")]
