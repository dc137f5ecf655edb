"""How fast owners' statements become PDFs, against the least that ReportLab needs for the pages.

    python benchmarks/owner_pages.py [statements]

The bare side gets every text, size, colour and place ready made, and draws them on a ReportLab
canvas with fonts that embed exactly what ours embed, from the same caches; it lays nothing out.
Both sides run by turns in one process, so that a busy machine slows both. Prints pages a second
of process time, and their ratio; a plain ``TTFont`` for comparison; and two worker processes.
"""

from __future__ import annotations

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, ttfonts
from reportlab.pdfgen.canvas import Canvas

from tests.render.pdf_samples import owner
from trustledger.document import Statement
from trustledger.render.pack import write_all
from trustledger.render.pdf_fonts import CachedFont
from trustledger.render.pdf_ink import Area, Op, Rule
from trustledger.render.pdf_type import _FONTS
from trustledger.render.to_pdf import Printer

ROUNDS = 5


class OnCanvas:
    """One of our fonts, as a ReportLab canvas wants to see it."""

    _multiByte = _dynamicFont = 1
    shapable = False

    def __init__(self, name: str, font: CachedFont) -> None:
        self.fontName, self.font, self.face = name, font, font.face
        self.codes = {char: bytes.fromhex(code) for char, code in font.codes.items()}
        self.chars: set[str] = set()
        pdfmetrics.registerFont(self)

    def stringWidth(self, *_: Any, **__: Any) -> float:
        return 0.0  # asked for by drawString, and not used

    def splitString(self, text: str, doc: Any) -> list[tuple[int, bytes]]:
        self.chars.update(text)
        return [(0, b"".join(map(self.codes.__getitem__, text)))]

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:
        if self.fontName not in doc.fontMapping:
            doc.fontMapping[self.fontName] = f"/{self.font.resource}"
            doc.delayedFonts.append(self)
        return f"/{self.font.resource}"

    def addObjects(self, doc: Any) -> None:
        self.font.add(doc, frozenset(self.chars))
        self.chars = set()


def replay(pages: Sequence[Sequence[Op]], names: tuple[str, str]) -> bytes:
    """Draw what was recorded on a bare canvas."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595.28, 841.89), invariant=1, pageCompression=1)
    canvas.setTitle("statement")
    for page in pages:
        filled = stroked = face = None
        for op in page:
            if isinstance(op, Rule):
                if stroked != (op.colour, op.thickness):
                    stroked = (op.colour, op.thickness)
                    canvas.setStrokeColorRGB(*op.colour)
                    canvas.setLineWidth(op.thickness)
                canvas.line(op.x, op.y, op.x + op.right, op.y + op.up)
                continue
            if filled != op.colour:
                filled = op.colour
                canvas.setFillColorRGB(*op.colour)
            if isinstance(op, Area):
                canvas.rect(op.x, op.y, op.width, op.height, stroke=0, fill=1)
                continue
            if face != (op.bold, op.size):
                face = (op.bold, op.size)
                canvas.setFont(names[op.bold], op.size)
            canvas.drawString(op.x, op.y, op.text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def rate(draw: Callable[[Any], bytes], things: Sequence[Any]) -> tuple[float, float]:
    """Files a second of process time, and their mean size in kB."""
    begun, size = time.process_time(), 0
    for thing in things:
        size += len(draw(thing))
    return len(things) / (time.process_time() - begun), size / len(things) / 1000


def main(count: int) -> None:
    """Print the figures."""
    rl_config.useA85 = 0  # kind to the bare side
    printer = Printer()
    statements = [owner(number) for number in range(count)]
    recorded = [list(printer.drawn(statement)) for statement in statements]
    assert all(len(pages) == 1 for pages in recorded), "an owner's statement is one page"
    texts = sum(len(page) for pages in recorded for page in pages) / count
    OnCanvas("bench-regular", printer.faces.regular)
    OnCanvas("bench-bold", printer.faces.bold)
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(rate(printer.render, statements))
        bare.append(rate(lambda it: replay(it, ("bench-regular", "bench-bold")), recorded))
    mine, theirs = (statistics.median(r for r, _ in side) for side in (ours, bare))
    print(f"{count} one-page owner statements, {texts:.0f} drawing operations each")
    print(f"Printer.render   {mine:6.0f} pages/s   {ours[0][1]:5.1f} kB")
    print(f"bare canvas      {theirs:6.0f} pages/s   {bare[0][1]:5.1f} kB")
    print(f"ratio            {mine / theirs:6.2f}")
    for name in ("Regular", "Bold"):
        plain = ttfonts.TTFont(f"plain-{name}", str(_FONTS / f"NotoSansSC-{name}.ttf"))
        plain.face.name = type(plain.face.name)(b"Plain" + plain.face.name)
        pdfmetrics.registerFont(plain)
    plain_rate, size = rate(lambda it: replay(it, ("plain-Regular", "plain-Bold")), recorded[:40])
    print(f"bare, TTFont     {plain_rate:6.0f} pages/s   {size:5.1f} kB")
    packs(statements)


def packs(statements: Sequence[Statement]) -> None:
    """Write them all, by one and by two processes."""
    many = [(f"{n:05d}.pdf", statements[n % len(statements)]) for n in range(2000)]
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as folder:
            begun = time.perf_counter()
            written = write_all(many, Path(folder), workers=workers, total=len(many))
            spent = time.perf_counter() - begun
        print(f"pack, {workers} at work   {written / spent:5.0f} pages/s on the clock")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
