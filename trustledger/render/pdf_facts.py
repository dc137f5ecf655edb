"""Facts on paper: label and value pairs, and the one amount a reader looks for. Units: points."""

from __future__ import annotations

from collections.abc import Sequence

from trustledger.document import Due, Grid
from trustledger.render import cells
from trustledger.render.pdf_ink import CAP, Laid, Pen, Slice
from trustledger.render.pdf_look import (
    BODY,
    FIGURE,
    FRAME,
    HAIR,
    HEADING,
    LEADING,
    LEFT,
    MOST_LINES,
    PANEL,
    SMALL,
    SOFT,
    TEAL,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import heading

_GUTTER = 26.0
_PAD = 1.5
_INSET = 9.0  # inside the panel of an amount

Texts = Sequence[tuple[str, str]]


def _across(texts: Texts, faces: Faces) -> tuple[int, float]:
    """How many pairs stand side by side, and how wide the labels are."""
    label = max(faces.width(name, SMALL) for name, _ in texts) + 8
    value = max(faces.width(text, BODY) for _, text in texts)
    # Three columns only where they save a row: four pairs look best as two and two.
    for across in (3, 2) if -(-len(texts) // 3) < -(-len(texts) // 2) else (2,):
        if label + value <= (FRAME - _GUTTER * (across - 1)) / across:
            return across, label
    return 2, min(label, (FRAME - _GUTTER) / 2 * 0.45)


def _pairs(row: Texts, across: int, label: float, right: bool, faces: Faces) -> Slice:
    pen = Pen(faces)
    room = (FRAME - _GUTTER * (across - 1)) / across
    height = BODY * LEADING
    for place, (name, text) in enumerate(row):
        x = LEFT + place * (room + _GUTTER)
        named = faces.fit(name, SMALL, label - 6, MOST_LINES)
        value = faces.fit(text, BODY, room - label, MOST_LINES)
        pen.lines(x, _PAD + 0.6, named, colour=SOFT)
        pen.lines(x + room if right else x + label, _PAD, value, right=right)
        height = max(height, named.height, value.height)
    height += 2 * _PAD
    for place in range(len(row)):
        pen.rule(LEFT + place * (room + _GUTTER), height, room, 0.35, HAIR)
    return pen.slice(height)


def lay_grid(grid: Grid, faces: Faces) -> Laid:
    """Pairs in two columns, or in three if they are short; amounts among themselves flush right."""
    texts = [
        (faces.clean(pair.label), faces.clean(cells.shown(pair.value, pair.kind)))
        for pair in grid.pairs
    ]
    if not texts:
        return Laid(heading(grid.title, faces))
    across, label = _across(texts, faces)
    right = all(pair.kind in cells.NUMERIC for pair in grid.pairs)
    rows = [texts[place : place + across] for place in range(0, len(texts), across)]
    return Laid(
        (*heading(grid.title, faces), *(_pairs(row, across, label, right, faces) for row in rows))
    )


def lay_due(due: Due, faces: Faces) -> Laid:
    """The amount, large, and again in capitals 大写, on a panel of its own."""
    pen = Pen(faces)
    amount = cells.shown(due.amount_fen, "amount")
    figure = faces.width("¥ ", FIGURE * 0.7, True) + faces.width(amount, FIGURE, True)
    right = LEFT + FRAME - _INSET
    room = FRAME - figure - 3 * _INSET
    label = faces.fit(faces.clean(due.label), HEADING, room, 2, bold=True)
    said = faces.fit(faces.clean(due.note), SMALL, room, 3) if due.note else None
    capital = cells.CAPITALS + faces.clean(due.capitals)
    capitals = faces.fit(capital, BODY, FRAME - 2 * _INSET, 3)
    beside = faces.width(capital, BODY) <= FRAME * 0.5
    top = 7.0
    left = top + label.height + 2
    pen.lines(LEFT + _INSET, top + 1, label, bold=True)
    if said and beside:
        said = faces.fit(faces.clean(due.note), SMALL, FRAME * 0.42, 4)
    if said:
        pen.lines(LEFT + _INSET, left + 2, said, colour=SOFT)
        left += 2 + said.height
    base = top + FIGURE * CAP
    pen.text(right, base, amount, FIGURE, bold=True, colour=TEAL, right=True)
    sign = right - faces.width(amount, FIGURE, True) - 4
    pen.text(sign, base, "¥", FIGURE * 0.7, bold=True, colour=TEAL, right=True)
    below = base + 7.0
    if not beside:
        below = max(below, left + 2)
    pen.lines(right, below, capitals, right=True)
    height = max(left, below + capitals.height) + 6
    back = Pen(faces)
    back.area(LEFT, 0, FRAME, height, PANEL)
    back.area(LEFT, 0, 2.5, height, TEAL)
    back.ops += pen.ops
    return Laid((back.slice(height),))
