"""Setting type: what text is drawn, in which face, how wide it is, where its lines break.

Holds: no character is ever drawn as nothing. What the bold face lacks is drawn in the regular
one; what both lack is drawn as its code, ``[U+1F600]``, like everything that reorders or hides
text (see :mod:`cells`). Joiners and variation selectors, which only shape letters of scripts and
emoji that these faces do not have, are left out.

Units: points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby, islice
from pathlib import Path
from typing import NamedTuple

from trustledger.render import cells
from trustledger.render.pdf_fonts import CachedFont
from trustledger.render.pdf_look import BOLD_CORE, CORE, LEADING

_FONTS = Path(__file__).parent / "fonts"
_SHAPERS = re.compile("[\u034f\u180b-\u180d\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")

# 避头尾: never at the beginning of a line, and never at its end.
_CLOSING = frozenset("，。、；：？！）》」』】〕〉”’…—·％‰℃,.;:?!)]}%")
_OPENING = frozenset("（《「『【〔〈“‘([{¥￥＃")
ELLIPSIS = "…"

_KEPT = 8192  # texts whose width is remembered: labels, dates and the like come again and again


class Fitted(NamedTuple):
    """Lines of one size that fit where they are to stand; the height of all of them."""

    lines: list[str]
    size: float

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


class _Widths(dict[str, float]):
    """Width of each character at size 1; a face's own, or that of the one it falls back to."""

    def __init__(self, *fonts: CachedFont) -> None:
        super().__init__()
        self._fonts = fonts

    def __missing__(self, char: str) -> float:
        font = next((font for font in self._fonts if char in font.chars), self._fonts[-1])
        width: float = font.face.getCharWidth(ord(char)) / 1000
        self[char] = width
        return width


def _wide(char: str) -> bool:
    return char >= "\u1100" and unicodedata.east_asian_width(char) in "WF"


def _may_break(before: str, after: str) -> bool:
    """Whether a line may end between two characters."""
    if after in _CLOSING or before in _OPENING or unicodedata.combining(after):
        return False
    if " " in (before, after):
        return before == " " != after
    return _wide(before) or _wide(after)


class Faces:
    """The regular and the bold face."""

    def __init__(self) -> None:
        regular, bold = (str(_FONTS / f"NotoSansSC-{name}.ttf") for name in ("Regular", "Bold"))
        self.regular = CachedFont(regular, "TR", CORE)
        self.bold = CachedFont(bold, "TB", BOLD_CORE)
        self._widths = (_Widths(self.regular), _Widths(self.bold, self.regular))
        self.width = lru_cache(_KEPT)(self._width)
        """How long a text is: ``width(text, size, bold)``."""
        every = "".join(self.regular.chars)
        shown = self.regular.chars & set(_SHAPERS.sub("", cells.plain(every)))
        self._drawn = frozenset(shown)
        self._plain = frozenset(char for char in shown if not unicodedata.combining(char))

    def clean(self, text: str) -> str:
        """The text as it is drawn: on one line, every character with a glyph or as its code."""
        if self._plain.issuperset(text):
            return text
        whole = unicodedata.normalize("NFC", _SHAPERS.sub("", cells.plain(text)))
        return "".join(char if char in self._drawn else f"[U+{ord(char):04X}]" for char in whole)

    def _width(self, text: str, size: float, bold: bool = False) -> float:
        return sum(map(self._widths[bold].__getitem__, text)) * size

    def runs(self, text: str, bold: bool) -> Sequence[tuple[bool, str]]:
        """The text in pieces, and whether the bold face draws each."""
        if not bold or self.bold.chars.issuperset(text):
            return ((bold, text),)
        inside = self.bold.chars.__contains__
        return [(has, "".join(run)) for has, run in groupby(text, inside)]

    def lines(self, text: str, size: float, room: float, *, bold: bool = False) -> Iterator[str]:
        """Lines of at most ``room``; words stay whole where they fit into a line.

        Nothing is dropped but the spaces at a break. A line holds at least one character.
        """
        widths, limit, start = self._widths[bold], room / size + 1e-6, 0
        while True:
            used, place, end = 0.0, start, 0
            while place < len(text):
                used += widths[text[place]]
                if used > limit and place > start and text[place] != " ":
                    break
                place += 1
                if place < len(text) and _may_break(text[place - 1], text[place]):
                    end = place
            if place == len(text):
                yield text[start:].rstrip(" ")
                return
            end = end or place
            yield text[start:end].rstrip(" ")
            start = end

    def fit(self, text: str, size: float, room: float, most: int, *, bold: bool = False) -> Fitted:
        """The text in at most so many lines: smaller if need be, and in the end with ``…``."""
        if self.width(text, size, bold) <= room:
            return Fitted([text], size)
        for smaller in (size, size * 0.9, size * 0.8):
            lines = list(islice(self.lines(text, smaller, room, bold=bold), most + 1))
            if len(lines) <= most:
                break
        else:
            last = lines[most - 1]
            while last and self.width(last + ELLIPSIS, smaller, bold) > room:
                last = last[:-1]
            lines[most - 1 :] = [last + ELLIPSIS]
        return Fitted(lines, smaller)
