"""TrueType fonts that make many small PDFs cheap.

A text is drawn by two-byte codes that are the same in every document, so that what many pages
share is coded once. A document embeds the outlines of the characters it uses (see
:mod:`pdf_subsets`); they have no names and no codes of their own there, and a small map leads from
codes to outlines. Another map gives a reader the text back.

Nothing here depends on what was drawn before: the same document has the same bytes whoever draws
it, and when. Nothing is registered with ReportLab, whose list of fonts belongs to the host.
"""

from __future__ import annotations

import hashlib
import sys
import zlib
from array import array
from functools import lru_cache
from typing import Any, NamedTuple

from reportlab.pdfbase import pdfdoc

from trustledger.render.pdf_subsets import Core, Face, Glyph

_KEPT = 32  # subsets that are remembered: those of the bold face are often the same


class MissingCharacterError(ValueError):
    """The font has no glyph for a character that is to be drawn: a bug of whoever drew it."""

    def __init__(self, font_name: str, char: str) -> None:
        super().__init__(f"font {font_name} has no character U+{ord(char):04X} {char!r}")
        self.font_name = font_name
        self.char = char


class Ready(pdfdoc.PDFObject):  # type: ignore[misc]  # ReportLab has no types
    """A PDF object that is formatted already, all but its references to others."""

    __RefOnly__ = 1  # in another object it stands as a reference

    def __init__(self, formatted: bytes, **references: Any) -> None:
        self.formatted, self.references = formatted, references

    def format(self, document: Any) -> bytes:
        if not self.references:
            return self.formatted
        refs = (b"/%b %b" % (k.encode(), v.format(document)) for k, v in self.references.items())
        return b"<< %b\n%b >>" % (self.formatted, b"\n".join(refs))


def stream(deflated: bytes, entries: str = "") -> bytes:
    """A stream object of what is compressed already. It is never encrypted."""
    head = f"<< /Filter /FlateDecode /Length {len(deflated)} {entries}>>\nstream\n"
    return head.encode("ascii") + deflated + b"\nendstream\n"


class _Embedded(NamedTuple):
    """What a document holds of a font, as objects without their numbers."""

    font: bytes
    drawn: bytes
    descriptor: bytes
    file: bytes
    glyphs: bytes
    unicode: bytes


class _Codes(dict[str, str]):
    """The code of each character as four hex digits.

    Frequent characters (the core, and then GB 2312 in its order) have the lower codes, because a
    document's map from codes to outlines is as long as its highest code.
    """

    def __init__(self, name: str, chars: frozenset[str], core: str) -> None:
        rows = bytes(b for row in range(0xA1, 0xF8) for n in range(0xA1, 0xFF) for b in (row, n))
        frequent = core + "".join(map(chr, range(0x20, 0x7F))) + rows.decode("gb2312", "ignore")
        ordered = [char for char in dict.fromkeys(frequent) if char in chars]
        ordered += sorted(chars.difference(ordered))
        super().__init__((char, f"{code:04x}") for code, char in enumerate(ordered, start=1))
        self.name = name

    def __missing__(self, char: str) -> str:
        raise MissingCharacterError(self.name, char)


class CachedFont:
    """A font file, and all that is worth remembering of it.

    ``core`` holds characters that nearly every document uses: all of them are embedded together,
    ready compressed. ``resource`` is the font's name inside a PDF.
    """

    def __init__(self, filename: str, resource: str, core: str) -> None:
        self.face = Face(filename)
        self.resource = resource
        self.chars = frozenset(map(chr, self.face.charToGlyph))
        self.codes = _Codes(self.face.name.decode("ascii"), self.chars, core)
        self._glyphs: dict[str, Glyph] = {}
        self._core_chars = frozenset(core)
        self._core: Core | None = None
        self._embedded = lru_cache(_KEPT)(self._embed)

    def operators(self, text: str, size: float) -> str:
        """The text as PDF operators: the font in points, and the codes to show."""
        return f"/{self.resource} {size:g} Tf <{''.join(map(self.codes.__getitem__, text))}> Tj\n"

    def add(self, doc: Any, chars: frozenset[str]) -> None:
        """Write the font into a document that draws these characters."""
        parts = self._embedded(chars)

        def refer(kind: str, formatted: bytes, **references: Any) -> Any:
            # ReportLab marks an object with its name in its document, so each has its own.
            return doc.Reference(Ready(formatted, **references), kind + self.resource)

        drawn = refer(
            "drawn",
            parts.drawn,
            FontDescriptor=refer(
                "descriptor", parts.descriptor, FontFile2=refer("file", parts.file)
            ),
            CIDToGIDMap=refer("glyphs", parts.glyphs),
        )
        font = refer(
            "",
            parts.font,
            DescendantFonts=pdfdoc.PDFArray([drawn]),
            ToUnicode=refer("unicode", parts.unicode),
        )
        doc.idToObject["BasicFonts"].dict[self.resource] = font

    def glyph(self, char: str) -> Glyph:
        """The glyph of a character.

        :raises MissingCharacterError: the font does not have it.
        """
        glyph = self._glyphs.get(char)
        if glyph is None:
            glyph = self._glyphs[char] = self.face.glyph(char, int(self.codes[char], 16))
        return glyph

    def _embed(self, chars: frozenset[str]) -> _Embedded:
        if self._core is None:
            self._core = self.face.core([self.glyph(char) for char in sorted(self._core_chars)])
        more = [self.glyph(char) for char in sorted(chars - self._core_chars)]
        glyphs = (*self._core.glyphs, *more)
        file, length = self.face.cut(self._core, more)
        face = self.face
        # PDF wants six letters before a subset's name. These depend on its characters, so that
        # two different subsets share no name when documents are merged.
        digest = hashlib.sha256("".join(sorted(chars)).encode()).digest()
        name = "".join(chr(65 + byte % 26) for byte in digest[:6]) + f"+{face.name.decode('ascii')}"
        widths = " ".join(f"{g.code} [{g.width:g}]" for g in glyphs if g.width != 1000)
        box = " ".join(f"{edge:g}" for edge in face.bbox)
        texts = (
            f"/Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H",
            f"/Type /Font /Subtype /CIDFontType2 /BaseFont /{name} /DW 1000 /W [{widths}]\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>",
            f"/Type /FontDescriptor /FontName /{name} /Flags {face.flags}\n"
            f"/FontBBox [{box}] /ItalicAngle {face.italicAngle:g} /StemV {face.stemV:g}\n"
            f"/Ascent {face.ascent:g} /Descent {face.descent:g} /CapHeight {face.capHeight:g}",
        )
        font, drawn, descriptor = (text.encode("ascii") for text in texts)
        return _Embedded(
            font,
            drawn,
            descriptor,
            stream(file, f"/Length1 {length} "),
            stream(_deflated(_glyph_map(glyphs))),
            stream(zlib.compress(_unicode_map(glyphs), 1)),
        )


def _deflated(sparse: bytes) -> bytes:
    """Compressed as suits long runs of one byte."""
    packer = zlib.compressobj(1, strategy=zlib.Z_RLE)
    return packer.compress(sparse) + packer.flush()


def _glyph_map(glyphs: tuple[Glyph, ...]) -> bytes:
    """The number of the outline for each code, two bytes each; 0 is the empty glyph."""
    places = array("H", bytes(2 * max(glyph.code for glyph in glyphs) + 2))
    for number, glyph in enumerate(glyphs, start=1):
        places[glyph.code] = number
    if sys.byteorder == "little":
        places.byteswap()
    return places.tobytes()


def _unicode_map(glyphs: tuple[Glyph, ...]) -> bytes:
    """The CMap that gives a reader the text back (UTF-16, at most 100 lines a block)."""
    lines = [glyph.unicode for glyph in glyphs]
    blocks = (lines[place : place + 100] for place in range(0, len(lines), 100))
    body = "".join(f"{len(b)} beginbfchar\n{chr(10).join(b)}\nendbfchar\n" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{body}"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
