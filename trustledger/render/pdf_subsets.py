"""Cutting small TrueType fonts out of a large one, fast enough to do it for every document.

A document embeds the outlines of its own characters and no others. Most of them are the core's,
the characters that nearly every page has: they stand first in every subset, in one order, and are
compressed once. This is possible because deflated data may be joined at a full flush.

Unit: 1/1000 of the type size, which is also the unit of the shipped fonts' outlines.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from itertools import accumulate
from struct import pack, unpack
from typing import NamedTuple

from reportlab.pdfbase.ttfonts import FF_FORCEBOLD, TTFontFace

_TABLES = 6
_HEADER = 12 + 16 * _TABLES
_MAGIC = 0xB1B0AFBA  # what all of a font's words and its adjustment add up to


class Glyph(NamedTuple):
    """One character: its code in texts, its outline, its advance and side bearing."""

    code: int
    outline: bytes
    metric: bytes
    width: float
    words: int  # sum of the outline's words, for checksums
    unicode: str  # a line of the map that gives the text back


class Core(NamedTuple):
    """The glyphs that every subset begins with; their outlines, plain and deflated."""

    glyphs: tuple[Glyph, ...]
    outlines: bytes
    deflated: bytes


def _words(table: bytes) -> int:
    """The checksum of a table: its 32-bit words added up."""
    padded = table + b"\0" * (-len(table) % 4)
    words: int = sum(unpack(f">{len(padded) // 4}L", padded)) & 0xFFFFFFFF
    return words


def _deflated(data: bytes, level: int, flush: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush(flush)


class Face(TTFontFace):  # type: ignore[misc]  # ReportLab has no types
    """A TrueType font file, read once.

    Its glyphs must be simple ones: a composite glyph names others by number, and the number of a
    glyph changes in a subset. The shipped fonts have none.
    """

    def __init__(self, filename: str) -> None:
        super().__init__(filename)
        self.flags &= ~FF_FORCEBOLD  # a bold face is bold already; no viewer is to thicken it
        self._outlines = self.get_table_pos("glyf")[0]
        self._metrics = self.get_table("hmtx")
        (self._full,) = unpack(">H", self.get_table("hhea")[34:36])  # glyphs with both metrics

    def glyph(self, char: str, code: int) -> Glyph:
        """The glyph of a character that the face has."""
        number = self.charToGlyph[ord(char)]
        begin, end = (self._outlines + self.glyphPos[number + n] for n in (0, 1))
        outline = self._ttf_data[begin:end]
        outline += b"\0" * (-len(outline) % 4)
        if number < self._full:
            metric = self._metrics[4 * number : 4 * number + 4]
        else:  # the last advance holds for all that follow
            place = 4 * self._full + 2 * (number - self._full)
            metric = self._metrics[4 * self._full - 4 :][:2] + self._metrics[place : place + 2]
        back = char.encode("utf-16-be").hex()
        width = float(self.getCharWidth(ord(char)))
        return Glyph(code, outline, metric, width, _words(outline), f"<{code:04x}> <{back}>")

    def core(self, glyphs: Sequence[Glyph]) -> Core:
        """These glyphs, ready to begin subsets with."""
        outlines = b"".join(glyph.outline for glyph in glyphs)
        return Core(tuple(glyphs), outlines, _deflated(outlines, 9, zlib.Z_FULL_FLUSH))

    def cut(self, core: Core, more: Sequence[Glyph]) -> tuple[bytes, int]:
        """A font file of an empty glyph, the core's and some more: deflated, and its length."""
        glyphs = (*core.glyphs, *more)
        count = len(glyphs) + 1
        lengths = accumulate((len(glyph.outline) for glyph in glyphs), initial=0)
        outlines = core.outlines + b"".join(glyph.outline for glyph in more)
        head, maxp, hhea = map(self.get_table, ("head", "maxp", "hhea"))
        head = head[:8] + bytes(4) + head[12:50] + pack(">H", 1) + head[52:]  # long offsets
        tables = {
            b"head": head,
            b"hhea": hhea[:34] + pack(">H", count),
            b"hmtx": pack(">HH", 1000, 0) + b"".join(glyph.metric for glyph in glyphs),
            b"loca": pack(f">{count + 1}L", 0, *lengths),
            b"maxp": maxp[:4] + pack(">H", count) + maxp[6:],
        }
        words = sum(glyph.words for glyph in glyphs) & 0xFFFFFFFF
        start = _front(tables, words, len(outlines))
        packed = (
            b"\x78\x01",
            _deflated(start, 1, zlib.Z_FULL_FLUSH),
            core.deflated,
            _deflated(outlines[len(core.outlines) :], 1, zlib.Z_FINISH),
            pack(">L", zlib.adler32(outlines, zlib.adler32(start))),
        )
        return b"".join(packed), len(start) + len(outlines)


def _front(tables: dict[bytes, bytes], words: int, length: int) -> bytes:
    """Everything before the outlines, of which the checksum and the length are known."""
    directory, body, place, total = b"", b"", _HEADER, words
    for tag, table in tables.items():
        checksum = _words(table)
        total += checksum
        directory += tag + pack(">LLL", checksum, place, len(table))
        body += table + b"\0" * (-len(table) % 4)
        place = _HEADER + len(body)
    # The outlines are listed first, by their name, and stand last.
    directory = b"glyf" + pack(">LLL", words, place, length) + directory
    directory = pack(">LHHHH", 0x00010000, _TABLES, 64, 2, 32) + directory
    adjustment = (_MAGIC - total - _words(directory)) & 0xFFFFFFFF
    return directory + body[:8] + pack(">L", adjustment) + body[12:]
