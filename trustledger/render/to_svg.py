"""A walk as a picture (SVG): what it rests on to the left, what came of it to the right.

What lives here: where boxes stand and how they look. Text is measured roughly (a Chinese character
is as wide as high, another half of that) and clipped, so that nothing overlaps in any font.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

from trustledger.money import yuan
from trustledger.walk import Node, Step, Walk

WIDTH, HEIGHT, ACROSS, DOWN, MARGIN = 216, 62, 56, 14, 24
"""A box, the room between boxes, and around the picture, in pixels."""

_INK, _QUIET, _LINE, _PAPER = "#1f2933", "#5f6b76", "#b8c2cc", "#ffffff"
_FILL = {
    "figure": "#e8f1ee", "line": "#eef3f8", "plan_line": "#eef3f8", "version": "#eef3f8",
    "resolution": "#f5efe6", "result": "#f5efe6", "tally": "#f5efe6", "stage": "#eef3f8",
    "proposal": "#f1eef6", "meeting": "#f1eef6", "agenda": "#f1eef6", "outcome": "#f1eef6",
}  # fmt: skip


class _Box(NamedTuple):
    node: Node | None  # nothing: what is not told one by one
    more: int
    column: int
    middle: float  # of its height, in rows
    parent: int  # its place in the list; -1 for the start


def _laid(step: Step, side: int) -> list[_Box]:
    """The boxes of a tree but for its root, leaves one under another, parents beside the middle."""
    boxes: list[_Box] = []
    rows = 0

    def lay(one: Step, column: int, parent: int) -> float:
        nonlocal rows
        place = len(boxes)
        boxes.append(_Box(one.node, 0, column, 0.0, parent))
        middles = [lay(child, column + side, place) for child in one.steps]
        if one.more:
            boxes.append(_Box(None, one.more, column + side, float(rows), place))
            middles.append(float(rows))
            rows += 1
        if not middles:
            middles = [float(rows)]
            rows += 1
        boxes[place] = boxes[place]._replace(middle=(middles[0] + middles[-1]) / 2)
        return boxes[place].middle

    lay(step, 0, -1)
    return boxes


def to_svg(walk: Walk) -> str:
    """The whole picture; text can be selected, nothing is loaded from elsewhere."""
    left, right = _laid(walk.because, -1), _laid(walk.led_to, 1)
    shift = left[0].middle - right[0].middle
    right = [box._replace(middle=box.middle + shift) for box in right]
    lowest = min(box.middle for box in (*left, *right))
    columns = [box.column for box in (*left, *right)]
    first, last = min(columns), max(columns)
    rows = max(box.middle for box in (*left, *right)) - lowest + 1
    width = (last - first) * (WIDTH + ACROSS) + WIDTH + 2 * MARGIN
    height = rows * (HEIGHT + DOWN) - DOWN + 2 * MARGIN

    def corner(box: _Box) -> tuple[float, float]:
        x = (box.column - first) * (WIDTH + ACROSS) + MARGIN
        return x, (box.middle - lowest) * (HEIGHT + DOWN) + MARGIN

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height:g}" '
        f'width="{width}" height="{height:g}" role="img" '
        "font-family=\"'Noto Sans CJK SC','Source Han Sans SC','PingFang SC',"
        "'Microsoft YaHei',sans-serif\">",
        f"<title>{escape(str(walk.node))}</title>",
        f'<rect width="100%" height="100%" fill="{_PAPER}"/>',
    ]
    for boxes in (left, right):
        for box in boxes[1:]:
            parts.append(_edge(corner(boxes[box.parent]), corner(box)))
    for boxes in (left[1:], right[1:], left[:1]):
        for box in boxes:
            parts += _drawn(box, *corner(box), start=box.parent < 0)
    return "\n".join((*parts, "</svg>", ""))


def _edge(one: tuple[float, float], other: tuple[float, float]) -> str:
    """From what is rested on to what follows: always from left to right."""
    (x1, y1), (x2, y2) = sorted((one, other))
    x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT / 2, y2 + HEIGHT / 2
    bend = ACROSS / 2
    return (
        f'<path d="M{x1:g} {y1:g} C{x1 + bend:g} {y1:g} {x2 - bend:g} {y2:g} {x2:g} {y2:g}" '
        f'fill="none" stroke="{_LINE}" stroke-width="1.5"/>'
    )


def _drawn(box: _Box, x: float, y: float, *, start: bool) -> Iterator[str]:
    if box.node is None:
        yield _text(x + WIDTH / 2, y + HEIGHT / 2 + 5, f"另有 {box.more} 项", 13, _QUIET, "middle")
        return
    node = box.node
    fill = _FILL.get(node.kind, "#f7f8f9")
    ink, weight = (_INK, 2) if start else (_LINE, 1)
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="6" fill="{fill}" '
        f'stroke="{ink}" stroke-width="{weight}"/>'
    )
    yield _text(x + 10, y + 20, _clipped(node.name, 13), 13, _INK, weight="600")
    yield _text(x + 10, y + 37, _clipped(node.title, 12), 12, _QUIET)
    yield _text(x + 10, y + 53, node.on, 11, _QUIET)
    if node.amount_fen is not None:
        amount = yuan(node.amount_fen, grouping=True)
        yield _text(x + WIDTH - 10, y + 53, amount, 12, _INK, "end")


def _text(
    x: float, y: float, text: str, size: int, ink: str, anchor: str = "start", weight: str = "400"
) -> str:
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{ink}" text-anchor="{anchor}" '
        f'font-weight="{weight}">{escape(text)}</text>'
    )


def _clipped(text: str, size: int) -> str:
    """A text that fits a box's width."""
    room, used = (WIDTH - 20) / size, 0.0
    for at, letter in enumerate(text):
        used += 1 if east_asian_width(letter) in "WFA" else 0.58
        if used > room - 1 and at < len(text) - 1:
            return text[:at] + "…"
    return text
