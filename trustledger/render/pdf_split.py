"""One whole in parts, on paper: a bar from zero, exactly divided. Units: points.

What the bar shows is printed below it in figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustledger.document import Part, Split
from trustledger.money import rate_text
from trustledger.render import cells
from trustledger.render.pdf_ink import Laid, Pen, Slice
from trustledger.render.pdf_look import (
    CELL,
    FRAME,
    HAIR,
    LEADING,
    LEFT,
    PARTS,
    SMALL,
    SOFT,
    WHITE,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import heading, noted, nothing

_THICK = 13.0
_GUTTER = 20.0
_FEW = 12  # parts


def lay_split(split: Split, faces: Faces) -> Laid:
    """One bar from zero, its parts as long as they are large, and their figures below."""
    slices = heading(split.title, faces)
    if split.parts:
        slices = (*slices, _whole(split.parts, faces), *_legend(split, faces))
    else:
        slices = (*slices, *nothing(faces))
    return Laid(noted(slices, split.note, faces))


def _whole(parts: Sequence[Part], faces: Faces) -> Slice:
    pen = Pen(faces)
    whole = sum(max(part.amount_fen, 0) for part in parts)
    pen.area(LEFT, 2, FRAME, _THICK, HAIR)  # seen only where there is nothing to divide
    before = 0
    for place, part in enumerate(parts):
        start, before = before, before + max(part.amount_fen, 0)
        if whole and before > start:
            x, end = LEFT + FRAME * start / whole, LEFT + FRAME * before / whole
            pen.area(x, 2, end - x, _THICK, PARTS[place % len(PARTS)])
            share = cells.percent(rate_text(part.amount_fen, whole))
            if faces.width(share, SMALL, True) + 8 < end - x:
                pen.text(x + 5, 11.2, share, SMALL, bold=True, colour=WHITE)
    return pen.slice(_THICK + 5, keeps=True)


def _legend(split: Split, faces: Faces) -> Iterator[Slice]:
    """A swatch, the label, the amount and the share of each part."""
    table = cells.tabled(split)
    texts = [list(map(faces.clean, cells.shown_row(row, table.columns))) for row in table.rows]
    figures = [[faces.width(text, CELL) + 9 for text in row[1:]] for row in texts]
    amount, share = (max(column) for column in zip(*figures, strict=True))
    label = max(faces.width(row[0], CELL) for row in texts) + 11
    fits = (n for n in (3, 2) if label + amount + share <= (FRAME - _GUTTER * (n - 1)) / n)
    across = min(next(fits, 1), len(texts))
    room = (FRAME - _GUTTER * (across - 1)) / across
    for first in range(0, len(texts), across):
        pen, height = Pen(faces), CELL * LEADING
        for place, row in enumerate(texts[first : first + across]):
            x = LEFT + place * (room + _GUTTER)
            pen.area(x, 3.1, 6, 6, PARTS[(first + place) % len(PARTS)])
            named = faces.fit(row[0], CELL, room - amount - share - 11, 3)
            pen.lines(x + 11, 0, named)
            pen.lines(x + room - share, 0, faces.fit(row[1], CELL, amount, 1), right=True)
            pen.lines(x + room, 0, faces.fit(row[2], CELL, share, 1), colour=SOFT, right=True)
            height = max(height, named.height)
        # A bar of a few parts stays in sight of all their names.
        yield pen.slice(height + 1.6, keeps=first + across < len(texts) <= _FEW)
