"""Tables on paper: titles, rows, totals. Units: points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustledger.document import Table
from trustledger.render import cells
from trustledger.render.pdf_columns import Lanes, Texts, stand
from trustledger.render.pdf_ink import Laid, Pen, Slice
from trustledger.render.pdf_look import (
    CELL,
    FRAME,
    HAIR,
    LEADING,
    LEFT,
    MOST_LINES,
    RULE,
    SMALL,
    SOFT,
    TEAL,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import heading, noted

_PAD = 1.15  # above and below the lines of a row


def lay_table(table: Table, faces: Faces) -> Laid:
    """A table: its title, its head (which comes again on each page), rows, totals and note."""
    if not table.columns:
        return Laid(noted(heading(table.title, faces), table.note, faces))
    clean = faces.clean
    texts = [
        [clean(column.title) for column in table.columns],
        *(
            [clean(text) for text in cells.shown_row(row, table.columns)]
            for row in (*table.rows, *table.totals)
        ),
    ]
    lanes = stand(table, texts, faces)
    head = _head(faces, lanes, texts[0])
    slices = [*heading(table.title, faces), head, *_body(table, texts, faces, lanes)]
    return Laid(noted(slices, table.note, faces), head)


def _head(faces: Faces, lanes: Lanes, titles: Sequence[str]) -> Slice:
    """The titles, standing on a rule."""
    pen, size = Pen(faces), min(lanes.size, SMALL)
    pairs = zip(lanes.lanes, titles, strict=True)
    fitted = [(lane, faces.fit(title, size, lane.width, 3)) for lane, title in pairs]
    height = max(lines.height for _, lines in fitted) + 2 * _PAD
    for lane, lines in fitted:
        top = height - _PAD - lines.height
        pen.lines(lane.edge, top, lines, colour=SOFT, right=lane.right)
    pen.rule(LEFT, height, FRAME, 0.7, TEAL)
    return pen.slice(height, keeps=True)


def _body(table: Table, texts: Texts, faces: Faces, lanes: Lanes) -> Iterator[Slice]:
    rows = texts[1 : len(table.rows) + 1]
    totals = texts[len(table.rows) + 1 :]
    for left, row in enumerate(rows, start=1 - len(rows)):
        # The last row stays with the totals, so that no total stands alone on a page.
        yield _row(faces, lanes, row, keeps=left == 0 and bool(totals))
    if not rows:
        pen = Pen(faces)
        pen.lines(LEFT, _PAD, faces.fit(cells.NOTHING, CELL, FRAME, 1), colour=SOFT)
        yield pen.slice(CELL * LEADING + 2 * _PAD, keeps=bool(totals))
    for left, row in enumerate(totals, start=1 - len(totals)):
        yield _total(faces, lanes, row, first=left == 1 - len(totals), last=left == 0)


def _row(faces: Faces, lanes: Lanes, texts: Sequence[str], *, keeps: bool) -> Slice:
    """A row, on a hair line."""
    pen = Pen(faces)
    height = _cells(pen, lanes, texts, bold=False)
    pen.rule(LEFT, height, FRAME, 0.35, HAIR)
    return pen.slice(height, keeps=keeps)


def _total(faces: Faces, lanes: Lanes, texts: Sequence[str], *, first: bool, last: bool) -> Slice:
    """A total: a rule above the first one, a thin one below the last."""
    pen = Pen(faces)
    height = _cells(pen, lanes, texts, bold=True)
    if first:
        pen.rule(LEFT, 0, FRAME, 0.7, TEAL)
    if last:
        pen.rule(LEFT, height, FRAME, 0.35, RULE)
    return pen.slice(height, keeps=not last)


def _cells(pen: Pen, lanes: Lanes, texts: Sequence[str], *, bold: bool) -> float:
    """Draw the cells; how high they make the row."""
    height = lanes.size * LEADING
    for lane, text in zip(lanes.lanes, texts, strict=True):
        if text:
            fitted = pen.faces.fit(text, lanes.size, lane.width, MOST_LINES, bold=bold)
            pen.lines(lane.edge, _PAD, fitted, bold=bold, right=lane.right)
            height = max(height, fitted.height)
    return height + 2 * _PAD
