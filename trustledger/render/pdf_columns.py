"""Where the columns of a table stand, so that figures stay whole and texts get the rest.

Figures do not wrap as long as the table can be made to fit otherwise, at last in smaller type.
Units: points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from trustledger.document import Table
from trustledger.render import cells
from trustledger.render.pdf_look import CELL, FRAME, LEFT
from trustledger.render.pdf_type import Faces

_SIZES = (CELL, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5, 4.0)

# What no column is narrower than, in type sizes: a title, a text, a date. Figures have no such
# bound: they are as wide as they are.
_TITLE, _TEXT, _DATE = 3.2, 4.2, 6.2

Texts = Sequence[Sequence[str]]
"""A table's titles, rows and totals as they are drawn."""


class Lane(NamedTuple):
    """Where a column stands, and whether it is set flush right."""

    x: float
    width: float
    right: bool

    @property
    def edge(self) -> float:
        """Where its texts begin or, flush right, end."""
        return self.x + self.width if self.right else self.x


class Lanes(NamedTuple):
    """All columns, and the size of type at which they fit."""

    lanes: tuple[Lane, ...]
    size: float


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
        wished = {place: weights[place] * unit for place in free}
        for place, wish in wished.items():
            widths[place] = min(max(wish, low[place]), high[place])
        over = sum(widths[place] - wish for place, wish in wished.items())
        if abs(over) < 1e-6:
            break
        # Too much in all: what is held up by its lower bound stays there. Too little: what is
        # held down by its upper one. The others share what is left.
        sign = 1 if over > 0 else -1
        free = [place for place in free if sign * (widths[place] - wished[place]) <= 0]
    return widths


def _measured(
    table: Table, texts: Texts, faces: Faces, size: float
) -> tuple[list[float], list[float]]:
    """The least widths of the columns, and those at which nothing wraps."""
    least, whole = [], []
    rows, first_total = (*table.rows, *table.totals), len(table.rows)
    for place, column in enumerate(table.columns):
        high = faces.width(texts[0][place], size)
        low = min(high, _TITLE * size)
        for number, row in enumerate(rows):
            width = faces.width(texts[number + 1][place], size, number >= first_total)
            if width > low:
                bound = (_DATE if column.kind == "date" else _TEXT) * size
                figure = cells.is_figure(row[place], column.kind)
                low = width if figure else max(low, min(width, bound))
                high = max(high, width)
        least.append(low)
        whole.append(high)
    return least, whole


def stand(table: Table, texts: Texts, faces: Faces) -> Lanes:
    """Where the columns stand, and at which size of type."""
    count = len(table.columns)
    weights = [max(column.width, 0.05) for column in table.columns]
    for size in _SIZES:
        gap = min(1.25 * size, FRAME / (4 * count))
        room = FRAME - gap * (count - 1)
        least, whole = _measured(table, texts, faces, size)
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
    return Lanes(tuple(lanes), size)
