"""PDF: a statement on A4 paper.

User text is drawn by text operators only: no markup is read in it, nothing is linked, opened or
fetched. The same statement gives the same bytes, whatever was rendered before. ReportLab's
document model writes the file. Its global settings are left alone, and no font is registered with
it, because this library lives inside other systems that may print with ReportLab too.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Any

from trustledger.document import Statement
from trustledger.errors import InvalidInput

try:
    from reportlab.pdfbase import pdfdoc
except ImportError:
    raise InvalidInput(
        "the format 'pdf' needs ReportLab; install it with: pip install 'trustledger[pdf]'"
    ) from None

from trustledger.render.pdf_blocks import lay
from trustledger.render.pdf_flow import Page
from trustledger.render.pdf_fonts import Ready, stream
from trustledger.render.pdf_ink import Op, moved
from trustledger.render.pdf_layout import pages
from trustledger.render.pdf_look import PAGE_HEIGHT, PAGE_WIDTH
from trustledger.render.pdf_type import Faces

_FONTS = "BasicFonts"  # ReportLab's name for a document's dictionary of fonts
_KEPT = 256  # blocks whose layout is remembered
_MOST = 200  # characters of a text in the file's metadata


class _Info(pdfdoc.PDFInfo):  # type: ignore[misc]  # ReportLab has no types
    """What the file says about itself: what and whose it is, and no time."""

    def format(self, document: Any) -> bytes:
        entries = {"Title": self.title, "Author": self.author, "Creator": "trustledger"}
        texts = {key: pdfdoc.PDFString(text) for key, text in entries.items()}
        formatted: bytes = pdfdoc.PDFDictionary(texts).format(document)
        return formatted


class _Paper:
    """One PDF file being written."""

    def __init__(self, faces: Faces, title: str, author: str) -> None:
        self.faces = faces
        self.doc = pdfdoc.PDFDocument(invariant=1, pdfVersion=(1, 4), lang="zh-CN")
        self.doc.info = _Info()
        self.doc.info.title, self.doc.info.author = title[:_MOST], author[:_MOST]
        self.digest = hashlib.sha256()
        self.regular: set[str] = set()
        self.bold: set[str] = set()

    def page(self, page: Page) -> None:
        content = "".join(
            f"q 1 0 0 1 0 {y:.2f} cm\n{part.code.operators}Q\n" for y, part in page
        ).encode("ascii")
        self.regular.update(*(part.code.regular for _, part in page))
        self.bold.update(*(part.code.bold for _, part in page))
        self.digest.update(content)
        refer = self.doc.Reference
        sheet = Ready(
            f"/Type /Page /MediaBox [0 0 {PAGE_WIDTH:g} {PAGE_HEIGHT:g}]".encode(),
            Parent=refer(self.doc.Pages),
            Resources=refer(Ready(b"", Font=pdfdoc.PDFObjectReference(_FONTS))),
            # Compressed here, and not by ReportLab as its global settings say.
            Contents=refer(Ready(stream(zlib.compress(content, 4)))),
        )
        self.doc.addPage(sheet)

    def finish(self) -> bytes:
        self.faces.regular.add(self.doc, frozenset(self.regular))
        if self.bold:
            self.faces.bold.add(self.doc, frozenset(self.bold))
        self.doc.signature = self.digest  # the file's ID tells its content, not its time
        data: bytes = self.doc.GetPDFData(None)
        return data


class Printer:
    """Renders statements; holds the faces and remembers how blocks were laid out.

    Statements of one community and period share blocks about the community. A block is known by
    its content, so what is shared is laid out and coded once, even in another process's copy.
    """

    def __init__(self) -> None:
        self.faces = Faces()
        # Two kinds of block may be equal as tuples, so the kind is part of what is looked up.
        self._laid = lru_cache(_KEPT)(lambda kind, block: lay(block, self.faces))

    def render(self, statement: Statement) -> bytes:
        """The statement as a PDF file."""
        title = f"{statement.title} {statement.subject} {statement.when}"
        return self.bind([statement], title.replace("  ", " "))

    def bind(self, statements: Sequence[Statement], title: str) -> bytes:
        """Statements one after another in one PDF file, each with pages of its own."""
        clean = self.faces.clean
        paper = _Paper(self.faces, clean(title), clean(statements[0].community))
        for statement in statements:
            for page in self.pages(statement):
                paper.page(page)
        return paper.finish()

    def pages(self, statement: Statement) -> list[Page]:
        """What is drawn on each page, and where."""
        laid = [self._laid(type(block).__name__, block) for block in statement.blocks]
        return pages(statement, laid, self.faces)

    def drawn(self, statement: Statement) -> Iterable[list[Op]]:
        """Texts, rules and areas of each page, in points from its lower left corner."""
        for page in self.pages(statement):
            yield [moved(op, 0.0, y) for y, part in page for op in part.ops]


@cache
def printer() -> Printer:
    """The process's own printer, made when it is first needed."""
    return Printer()


def render(statement: Statement) -> bytes:
    """The statement as a PDF file of A4 pages; the same statement gives the same bytes."""
    return printer().render(statement)


def bind(statements: Sequence[Statement], title: str) -> bytes:
    """Statements bound as one PDF file, to be printed together and handed out apart."""
    return printer().bind(statements, title)
