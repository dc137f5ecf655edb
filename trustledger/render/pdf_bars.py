"""Spending against the budget, on paper: bars from zero on one scale, as long as amounts say.

What a bar shows is printed beside it in figures. Units: points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trustledger.document import Bar, Bars
from trustledger.money import yuan
from trustledger.render import cells
from trustledger.render.pdf_ink import Laid, Pen, Rule, Slice
from trustledger.render.pdf_look import (
    APPROVED,
    CELL,
    FRAME,
    HAIR,
    INK,
    LEADING,
    LEFT,
    OVER,
    RULE,
    SMALL,
    SOFT,
    SPENT,
    TINY,
    Colour,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import heading, noted, nothing

_GUTTER = 14.0
_PALE, _DARK = 8.0, 4.0  # how thick the bars are: approved, and spent over it


class Scale(NamedTuple):
    """Amounts in fen -> places on the page; zero is always among them."""

    x: float
    width: float
    low_fen: int
    high_fen: int
    step_fen: int

    def at(self, fen: int) -> float:
        """Where an amount stands."""
        return self.x + self.width * (fen - self.low_fen) / (self.high_fen - self.low_fen)

    def ticks(self) -> range:
        """Round amounts from one end of the axis to the other."""
        return range(self.low_fen, self.high_fen + 1, self.step_fen)


def scale(bars: Sequence[Bar], x: float, width: float) -> Scale:
    """An axis of round steps, from zero (or from below it, if an amount is negative)."""
    amounts = [0, *(fen for bar in bars for fen in (bar.approved_fen, bar.spent_fen))]
    low, high = min(amounts), max(amounts)
    if low == high:
        return Scale(x, width, 0, 1, 2)  # an axis of nothing but its zero
    step = 1
    while (high - low) > 5 * step:
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    low, high = low // step * step, -(-high // step) * step
    return Scale(x, width, low, high, step)


def _tick(fen: int, step_fen: int) -> str:
    for unit, name in ((10**10, "亿"), (10**6, "万")):
        if step_fen % unit == 0 and fen:
            return f"{fen // unit:,}{name}"
    return yuan(fen, grouping=True).removesuffix(".00")


class _Lanes(NamedTuple):
    """Right edges of the figures, the room for labels, and the axis between them."""

    edges: list[float]
    label: float
    axis: Scale


def _lanes(bars: Bars, texts: list[list[str]], faces: Faces) -> _Lanes:
    sizes = [max(faces.width(text, CELL) for text in column) for column in zip(*texts, strict=True)]
    edges: list[float] = []
    edge = LEFT + FRAME
    for size in reversed(sizes[1:]):
        edges.insert(0, edge)
        edge -= size + _GUTTER
    room = edge - LEFT - _GUTTER
    label = min(sizes[0], room * 0.5)
    x = LEFT + label + _GUTTER
    return _Lanes(edges, label, scale(bars.bars, x, edge - x))


def lay_bars(bars: Bars, faces: Faces) -> Laid:
    """Budget lines: approved as a pale bar, spent as a dark one over it, and the figures."""
    if not bars.bars:
        slices = (*heading(bars.title, faces), *nothing(faces))
        return Laid(noted(slices, bars.note, faces))
    table = cells.tabled(bars)
    texts = [[column.title for column in table.columns]]
    texts += [list(map(faces.clean, cells.shown_row(row, table.columns))) for row in table.rows]
    lanes = _lanes(bars, texts, faces)
    head = _head(lanes, texts[0], faces)
    body = (_line(*pair, lanes, faces) for pair in zip(bars.bars, texts[1:], strict=True))
    return Laid(noted((*_title(bars, faces), head, *body), bars.note, faces), head)


def _title(bars: Bars, faces: Faces) -> Iterator[Slice]:
    """The heading, and to its right what the colours mean."""
    pen, right = Pen(faces), LEFT + FRAME
    words = bars.words
    meanings = ((SPENT, words.done), (APPROVED, words.approved), (OVER, words.over))
    for colour, word in reversed(meanings):
        pen.text(right, 8.6, word, TINY, colour=SOFT, right=True)
        right -= faces.width(word, TINY) + 8
        pen.area(right, 3.6, 5.5, 5.5, colour)
        right -= 9
    height = CELL * LEADING
    for part in heading(bars.title, faces, room=right - LEFT - _GUTTER):
        pen.ops += part.ops
        height = part.height
    yield pen.slice(height, keeps=True)


def _head(lanes: _Lanes, titles: Sequence[str], faces: Faces) -> Slice:
    """The axis, in round amounts from zero, and the titles of the figures."""
    pen, height = Pen(faces), SMALL * LEADING + 1.5
    fitted = faces.fit(titles[0], SMALL, lanes.label, 1)
    pen.lines(LEFT, 0, fitted, colour=SOFT)
    for edge, title in zip(lanes.edges, titles[1:], strict=True):
        pen.lines(edge, 0, faces.fit(title, SMALL, FRAME, 1), colour=SOFT, right=True)
    end = LEFT
    for fen in lanes.axis.ticks():
        text = _tick(fen, lanes.axis.step_fen)
        width = faces.width(text, TINY)
        x = lanes.axis.at(fen) - (0 if fen == lanes.axis.low_fen else width / 2)
        x = min(x, lanes.axis.x + lanes.axis.width - width + 5)
        if fen == 0 or x > end + 4:
            pen.text(x, height - 3.2, text, TINY, colour=SOFT)
            end = x + width
    _grid(pen, lanes.axis, height - 1.8, height)
    return pen.slice(height, keeps=True)


def _grid(pen: Pen, axis: Scale, top: float, bottom: float) -> None:
    """A thin rule at each round amount; the one at zero is darker."""
    for fen in axis.ticks():
        _upright(pen, axis.at(fen), top, bottom, HAIR)
    _upright(pen, axis.at(0), top, bottom, RULE)


def _upright(pen: Pen, x: float, top: float, bottom: float, colour: Colour) -> None:
    pen.ops.append(Rule(x, -bottom, 0.0, bottom - top, 0.5, colour))


def _line(bar: Bar, texts: Sequence[str], lanes: _Lanes, faces: Faces) -> Slice:
    pen = Pen(faces)
    named = faces.fit(texts[0], CELL, lanes.label, 2)
    height = max(named.height, CELL * LEADING) + 1.4
    over = bar.spent_fen > bar.approved_fen
    pen.lines(LEFT, (height - named.height) / 2, named)
    top = (height - CELL * LEADING) / 2
    for number, (edge, text) in enumerate(zip(lanes.edges, texts[1:], strict=True)):
        colour = OVER if over and number != 1 else INK if number < 2 else SOFT
        pen.lines(edge, top, faces.fit(text, CELL, FRAME, 1), colour=colour, right=True)
    _grid(pen, lanes.axis, 0, height)
    _bar(pen, lanes.axis, 0, bar.approved_fen, height, _PALE, APPROVED)
    within = bar.spent_fen if bar.spent_fen <= 0 else min(bar.spent_fen, max(bar.approved_fen, 0))
    _bar(pen, lanes.axis, 0, within, height, _DARK, SPENT)
    if over:
        _bar(pen, lanes.axis, max(within, 0), bar.spent_fen, height, _DARK, OVER)
    return pen.slice(height)


def _bar(
    pen: Pen, axis: Scale, start: int, end: int, height: float, thick: float, colour: Colour
) -> None:
    low, high = axis.at(min(start, end)), axis.at(max(start, end))
    pen.area(low, (height - thick) / 2, high - low, thick, colour)
