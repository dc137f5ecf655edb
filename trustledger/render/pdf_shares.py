"""The parts of a whole, on paper: a bar each from zero, on one scale. Units: points.

What a bar shows is printed beside it, with its share.
"""

from __future__ import annotations

from collections.abc import Sequence

from trustledger.document import Share, Shares
from trustledger.render import cells
from trustledger.render.pdf_ink import Laid, Pen, Rule, Slice
from trustledger.render.pdf_look import (
    CELL,
    FRAME,
    INK,
    LEADING,
    LEFT,
    RULE,
    SMALL,
    SOFT,
    SPENT,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import heading, noted, nothing

_GUTTER, _THICK = 14.0, 7.0


def lay_shares(shares: Shares, faces: Faces) -> Laid:
    """Every part in a line of its own: its name, its bar, its figure and its share."""
    slices = heading(shares.title, faces)
    if not shares.parts:
        return Laid(noted((*slices, *nothing(faces)), shares.note, faces))
    table = cells.tabled(shares)
    texts = [[column.title for column in table.columns]]
    texts += [list(map(faces.clean, cells.shown_row(row, table.columns))) for row in table.rows]
    label, figure, share = (
        max(faces.width(text, CELL) for text in column) for column in zip(*texts, strict=True)
    )
    edges = (LEFT + FRAME - share - _GUTTER, LEFT + FRAME)
    x = LEFT + min(label, FRAME * 0.4) + _GUTTER
    room = edges[0] - figure - _GUTTER - x
    scale = max(part.size for part in shares.parts)
    head = _head(edges, texts[0], faces)
    body = (
        _line(part, row, (x, room * max(part.size, 0) / scale if scale else 0.0), edges, faces)
        for part, row in zip(shares.parts, texts[1:], strict=True)
    )
    return Laid(noted((*slices, head, *body), shares.note, faces), head)


def _head(edges: Sequence[float], titles: Sequence[str], faces: Faces) -> Slice:
    pen = Pen(faces)
    for edge, title in zip(edges, titles[1:], strict=True):
        pen.lines(edge, 0, faces.fit(title, SMALL, FRAME, 1), colour=SOFT, right=True)
    return pen.slice(SMALL * LEADING + 1.5, keeps=True)


def _line(
    part: Share, texts: Sequence[str], bar: tuple[float, float], edges: Sequence[float],
    faces: Faces,
) -> Slice:  # fmt: skip
    pen, (x, length) = Pen(faces), bar
    named = faces.fit(texts[0], CELL, x - _GUTTER - LEFT, 2)
    height = max(named.height, CELL * LEADING) + 1.4
    pen.lines(LEFT, (height - named.height) / 2, named)
    top = (height - CELL * LEADING) / 2
    for edge, text, colour in zip(edges, texts[1:], (INK, SOFT), strict=True):
        pen.lines(edge, top, faces.fit(text, CELL, FRAME, 1), colour=colour, right=True)
    pen.area(x, (height - _THICK) / 2, length, _THICK, SPENT)
    pen.ops.append(Rule(x, -height, 0.0, height, 0.5, RULE))
    return pen.slice(height)
