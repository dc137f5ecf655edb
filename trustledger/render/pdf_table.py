"""Tables on paper: column widths, rows, totals.

Figures stand flush right and never wrap as long as the table can be made to fit otherwise: digits
have one width, so amounts stand on one axis. Texts wrap. Units: points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trustledger.document import Column, Table
from trustledger.render import cells
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
from trustledger.render.pdf_words import heading, note

_SIZES = (CELL, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)
_PAD = 1.15  # above and below the lines of a row

Texts = list[list[str]]


class Lane(NamedTuple):
    """Where a column stands, and whether it is set flush right."""

    x: float
    width: float
    right: bool


def spread(
    room: float, weights: Sequence[float], low: Sequence[float], high: Sequence[float]
) -> list[float]:
    """Widths in proportion to the weights, within their bounds, that add up to the room.

    The room must lie between the sums of both bounds.
    """
    widths = list(low)
    free = list(range(len(weights)))
    while free:
        fixed = sum(width for place, width in enumerate(widths) if place not in free)
        unit = (room - fixed) / sum(weights[place] for place in free)
        for place in free:
            widths[place] = min(max(weights[place] * unit, low[place]), high[place])
        over = sum(widths[place] - weights[place] * unit for place in free)
        if abs(over) < 1e-6:
            break
        # Too much in all: the columns at their lower bound stay there. Too little: at the upper.
        left = [
            place
            for place in free
            if (
                widths[place] <= weights[place] * unit
                if over > 0
                else widths[place] >= weights[place] * unit
            )
        ]
        free = left if len(left) < len(free) else []
    return widths


class _Measure(NamedTuple):
    """What the columns need, in points, at one size."""

    least: list[float]
    whole: list[float]  # without wrapping


def _measure(table: Table, texts: Texts, faces: Faces, size: float) -> _Measure:
    least, whole = [], []
    rows = (*table.rows, *table.totals)
    first_total = len(table.rows)
    for place, column in enumerate(table.columns):
        title = faces.width(texts[0][place], size)
        low, high = min(title, 3.2 * size), title
        for number, row in enumerate(rows):
            bold = number >= first_total
            width = faces.width(texts[number + 1][place], size, bold)
            high = max(high, width)
            if width > low:
                figure = cells.is_figure(row[place], column.kind)
                cap = 60.0 if figure else 6.2 if column.kind == "date" else 4.2
                low = max(low, min(width, cap * size))
        least.append(low)
        whole.append(high)
    return _Measure(least, whole)


def _lanes(table: Table, texts: Texts, faces: Faces) -> tuple[list[Lane], float]:
    """Where the columns stand and the size of type at which that works."""
    count = len(table.columns)
    weights = [max(column.width, 0.05) for column in table.columns]
    for size in _SIZES:
        gap = min(1.25 * size, FRAME / (4 * count))
        room = FRAME - gap * (count - 1)
        least, whole = _measure(table, texts, faces, size)
        if sum(whole) <= room:
            widths = spread(room, weights, whole, [room] * count)
            break
        if sum(least) <= room:
            widths = spread(room, weights, least, whole)
            break
    else:
        widths = [width * room / sum(least) for width in least]
    lanes, x = [], LEFT
    for column, width in zip(table.columns, widths, strict=True):
        lanes.append(Lane(x, width, column.kind in cells.NUMERIC))
        x += width + gap
    return lanes, size


def _row(
    faces: Faces, lanes: Sequence[Lane], texts: Sequence[str], size: float, *, total: bool
) -> Slice:
    pen = Pen(faces)
    height = size * LEADING
    for lane, text in zip(lanes, texts, strict=True):
        if text:
            fitted = faces.fit(text, size, lane.width, MOST_LINES, bold=total)
            x = lane.x + lane.width if lane.right else lane.x
            pen.lines(x, _PAD, fitted, bold=total, right=lane.right)
            height = max(height, fitted.height)
    height += 2 * _PAD
    if not total:
        pen.rule(LEFT, height, FRAME, 0.35, HAIR)
    return pen.slice(height)


def _head(faces: Faces, lanes: Sequence[Lane], titles: Sequence[str], size: float) -> Slice:
    """The titles, standing on a rule."""
    pen = Pen(faces)
    size = min(size, SMALL)
    set_ = [faces.fit(t, size, lane.width, 3) for lane, t in zip(lanes, titles, strict=True)]
    height = max(fitted.height for fitted in set_) + 2 * _PAD
    for lane, fitted in zip(lanes, set_, strict=True):
        x = lane.x + lane.width if lane.right else lane.x
        pen.lines(x, height - _PAD - fitted.height, fitted, colour=SOFT, right=lane.right)
    pen.rule(LEFT, height, FRAME, 0.7, TEAL)
    return pen.slice(height, keeps=True)


def _ruled(total: Slice, faces: Faces, *, first: bool, last: bool) -> Slice:
    """A total: a rule above the first one, a thin one below the last."""
    pen = Pen(faces)
    pen.ops += total.ops
    if first:
        pen.rule(LEFT, 0, FRAME, 0.7, TEAL)
    if last:
        pen.rule(LEFT, total.height, FRAME, 0.35, RULE)
    return pen.slice(total.height, keeps=not last)


def _texts(columns: Sequence[Column], table: Table, faces: Faces) -> Texts:
    clean = faces.clean
    return [
        [clean(column.title) for column in columns],
        *(
            [clean(text) for text in cells.shown_row(row, columns)]
            for row in (*table.rows, *table.totals)
        ),
    ]


def _body(
    table: Table, texts: Texts, faces: Faces, lanes: list[Lane], size: float
) -> Iterator[Slice]:
    count = len(table.rows)
    for number in range(count):
        row = _row(faces, lanes, texts[number + 1], size, total=False)
        # The last row stays with the totals, so that no total stands alone on a page.
        yield row._replace(keeps=bool(table.totals) and number == count - 1)
    if not count:
        pen = Pen(faces)
        pen.lines(LEFT, _PAD, faces.fit(cells.NOTHING, CELL, FRAME, 1), colour=SOFT)
        yield pen.slice(CELL * LEADING + 2 * _PAD, keeps=bool(table.totals))
    for number in range(len(table.totals)):
        row = _row(faces, lanes, texts[count + 1 + number], size, total=True)
        yield _ruled(row, faces, first=number == 0, last=number == len(table.totals) - 1)


def lay_table(table: Table, faces: Faces) -> Laid:
    """A table: its title, its head (which comes again on each page), rows, totals and note."""
    if not table.columns:
        return Laid((*heading(table.title, faces), *note(table.note, faces)))
    texts = _texts(table.columns, table, faces)
    lanes, size = _lanes(table, texts, faces)
    head = _head(faces, lanes, texts[0], size)
    slices = [*heading(table.title, faces), head, *_body(table, texts, faces, lanes, size)]
    if table.note:
        slices[-1] = slices[-1]._replace(keeps=True)
    return Laid((*slices, *note(table.note, faces)), head)
