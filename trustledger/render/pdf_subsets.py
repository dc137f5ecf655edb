"""Subsets of a TrueType face, and what a PDF embeds of one.

A subset is a list of code points: the one at place ``n`` is drawn by the byte ``n``. What a
document needs of a subset depends on this list alone, so it can be built once and written often.

Unit: 1/1000 of the type size.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import Any, NamedTuple

from reportlab.pdfbase import pdfdoc  # type: ignore[import-untyped]
from reportlab.pdfbase.ttfonts import FF_FORCEBOLD, TTFontFace  # type: ignore[import-untyped]

HEAD = [0] * 32 + [0x20]
"""How every subset begins: control codes stay unused, and 32 is the space in each of them."""

FULL = 256
"""Codes of a subset."""


class Face(TTFontFace):  # type: ignore[misc]  # ReportLab has no types
    """A face whose subsets are cut without copying the whole font each time."""

    def __init__(self, filename: str) -> None:
        super().__init__(filename)
        self.flags &= ~FF_FORCEBOLD  # a bold face is bold already; no viewer is to thicken it

    def get_table(self, tag: str) -> Any:
        # Called by makeSubset() alone. It takes the outlines glyph by glyph, so a view of them
        # will do; it leaves out a table that is not there, and an embedded font needs neither
        # names nor OS/2. A view would not do for composite glyphs, which makeSubset() rewrites:
        # the shipped fonts have none.
        if tag in ("name", "OS/2"):
            raise KeyError(tag)
        start, length = self.get_table_pos(tag)
        if tag == "glyf":
            return memoryview(self._ttf_data)[start : start + length]
        return self._ttf_data[start : start + length]


class Ready(pdfdoc.PDFObject):  # type: ignore[misc]
    """A PDF object that is formatted already, all but its references to others."""

    __RefOnly__ = 1  # in another object it stands as a reference

    def __init__(self, begin: bytes, end: bytes = b"", **references: Any) -> None:
        self.begin, self.end, self.references = begin, end, references

    def format(self, document: Any) -> bytes:
        refs = (f"/{key} ".encode() + ref.format(document) for key, ref in self.references.items())
        return self.begin + b"\n".join(refs) + self.end


def ready_stream(content: bytes, entries: str = "") -> Ready:
    """A stream that is compressed already. It is not encrypted: our documents never are."""
    head = f"<< /Filter /FlateDecode /Length {len(content)} {entries}>>\nstream\n"
    return Ready(head.encode("ascii") + content + b"\nendstream\n")


class Built(NamedTuple):
    """What documents embed of one subset."""

    font: bytes
    descriptor: bytes
    to_unicode: Ready
    file: Ready

    def add(self, document: Any, resource: str) -> None:
        """Write the subset's four objects into a document, as a font of this resource name."""

        def stream(kind: str, shared: Ready) -> Any:
            own = Ready(shared.begin)  # ReportLab marks an object with its document's name for it
            return document.Reference(own, f"{kind}:{resource}")

        descriptor = Ready(self.descriptor, b"\n>>", FontFile2=stream("file", self.file))
        font = Ready(
            self.font,
            b"\n>>",
            ToUnicode=stream("unicode", self.to_unicode),
            FontDescriptor=document.Reference(descriptor, f"descriptor:{resource}"),
        )
        fonts = document.idToObject["BasicFonts"].dict
        fonts[resource] = document.Reference(font, resource)


def build(face: Face, subset: list[int], level: int) -> Built:
    """Cut the subset and compress it (``level`` as zlib counts)."""
    cut = face.makeSubset(subset)
    # PDF wants six letters before a subset's name. These depend on its characters, so that two
    # different subsets share no name when documents are merged.
    digest = hashlib.sha256("".join(map(chr, subset)).encode()).digest()
    tag = "".join(chr(65 + byte % 26) for byte in digest[:6])
    name = f"{tag}+{face.name.decode('ascii')}"
    widths = " ".join(f"{face.getCharWidth(char):g}" for char in subset[32:])
    box = " ".join(f"{edge:g}" for edge in face.bbox)
    font = (
        f"<<\n/Type /Font /Subtype /TrueType /BaseFont /{name}\n"
        f"/FirstChar 32 /LastChar {len(subset) - 1} /Widths [{widths}]\n"
    )
    descriptor = (
        f"<<\n/Type /FontDescriptor /FontName /{name} /Flags {face.flags}\n"
        f"/FontBBox [{box}] /ItalicAngle {face.italicAngle:g} /StemV {face.stemV:g}\n"
        f"/Ascent {face.ascent:g} /Descent {face.descent:g} /CapHeight {face.capHeight:g}\n"
        f"/MissingWidth {face.defaultWidth:g}\n"
    )
    return Built(
        font.encode("ascii"),
        descriptor.encode("ascii"),
        ready_stream(zlib.compress(_to_unicode(subset), level)),
        ready_stream(zlib.compress(cut, level), f"/Length1 {len(cut)} "),
    )


def _to_unicode(subset: list[int]) -> bytes:
    """The CMap that gives a reader the text back (UTF-16, at most 100 lines a block)."""
    lines = [
        f"<{code:02X}> <{chr(char).encode('utf-16-be').hex().upper()}>"
        for code, char in enumerate(subset)
        if char
    ]
    blocks = [lines[i : i + 100] for i in range(0, len(lines), 100)]
    body = "".join(f"{len(b)} beginbfchar\n{chr(10).join(b)}\nendbfchar\n" for b in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<00> <FF>\nendcodespacerange\n{body}"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")
