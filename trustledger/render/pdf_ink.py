"""What is drawn, as values: texts, rules and areas, and their PDF operators.

A :class:`Slice` is the smallest thing that is placed on a page: a row of a table, a line of a
paragraph. It is drawn from its upper left corner, rightwards and (negative) downwards, in points.
User text reaches a PDF only as codes of glyphs in a ``Tj`` operator: nothing in it is obeyed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from trustledger.render.pdf_look import INK, LEADING, Colour
from trustledger.render.pdf_type import Faces, Fitted

HANGING = {"）": 0.6}
"""What hangs over a right edge, over its size: blank in the glyph, so that ink ends flush there."""

CAP = 0.88  # from the top of a CJK character to its baseline, over its size


class Text(NamedTuple):
    """A line of text; x and y of the beginning of its baseline."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    colour: Colour = INK


class Rule(NamedTuple):
    """A horizontal or vertical rule, from a point so far to the right and upwards."""

    x: float
    y: float
    right: float
    up: float
    thickness: float
    colour: Colour


class Area(NamedTuple):
    """A filled rectangle; x and y of its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    colour: Colour


Op = Text | Rule | Area


class Code(NamedTuple):
    """PDF operators, and the characters that they draw in each face."""

    operators: str
    regular: frozenset[str]
    bold: frozenset[str]


class Slice(NamedTuple):
    """What stands together at one place; ``keeps`` it on one page with the next slice."""

    height: float
    ops: tuple[Op, ...]
    code: Code
    keeps: bool = False


class Laid(NamedTuple):
    """A block, laid out: its slices from top to bottom, and what begins each further page."""

    slices: tuple[Slice, ...]
    again: Slice | None = None

    @property
    def height(self) -> float:
        return sum(part.height for part in self.slices)


class Pen:
    """Collects what one slice draws; y runs downwards from the slice's top."""

    def __init__(self, faces: Faces) -> None:
        self.faces = faces
        self.ops: list[Op] = []

    def text(
        self, x: float, y: float, text: str, size: float,
        *, bold: bool = False, colour: Colour = INK, right: bool = False,
    ) -> None:  # fmt: skip
        """A line of text on the baseline y, from x on or, set flush ``right``, up to x."""
        if text:
            if right:
                x -= self.faces.width(text, size, bold) - size * HANGING.get(text[-1], 0.0)
            self.ops.append(Text(x, -y, text, size, bold, colour))

    def lines(
        self, x: float, top: float, fitted: Fitted,
        *, bold: bool = False, colour: Colour = INK, right: bool = False,
    ) -> None:  # fmt: skip
        """Lines one below the other, the first one from ``top`` down."""
        leading = fitted.size * LEADING
        y = top + (leading - fitted.size) / 2 + fitted.size * CAP
        for line in fitted.lines:
            self.text(x, y, line, fitted.size, bold=bold, colour=colour, right=right)
            y += leading

    def rule(self, x: float, y: float, length: float, thickness: float, colour: Colour) -> None:
        """A horizontal rule."""
        self.ops.append(Rule(x, -y, length, 0.0, thickness, colour))

    def area(self, x: float, top: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle of this height below ``top``; nothing if it has no width."""
        if width > 0:
            self.ops.append(Area(x, -top - height, width, height, colour))

    def slice(self, height: float, *, keeps: bool = False) -> Slice:
        """What was drawn, as a slice."""
        return Slice(height, tuple(self.ops), code(self.ops, self.faces), keeps)


def moved(op: Op, x: float, y: float) -> Op:
    """The same, drawn from another origin."""
    return op._replace(x=op.x + x, y=op.y + y)


@cache
def _rgb(colour: Colour) -> str:
    return f"{colour.red:g} {colour.green:g} {colour.blue:g}"


def code(ops: Iterable[Op], faces: Faces) -> Code:
    """What is drawn as operators, the same in every document."""
    parts: list[str] = []
    chars: tuple[set[str], set[str]] = (set(), set())
    filled: Colour | None = None
    for op in ops:
        if isinstance(op, Rule):
            x, y = op.x + op.right, op.y + op.up
            parts.append(
                f"{_rgb(op.colour)} RG {op.thickness:g} w "
                f"{op.x:.2f} {op.y:.2f} m {x:.2f} {y:.2f} l S\n"
            )
            continue
        if op.colour is not filled:
            filled = op.colour
            parts.append(f"{_rgb(filled)} rg\n")
        if isinstance(op, Area):
            parts.append(f"{op.x:.2f} {op.y:.2f} {op.width:.3f} {op.height:.2f} re f\n")
            continue
        parts.append(f"BT {op.x:.2f} {op.y:.2f} Td\n")
        for bold, run in faces.runs(op.text, op.bold):
            parts.append((faces.bold if bold else faces.regular).operators(run, op.size))
            chars[bold].update(run)
        parts.append("ET\n")
    return Code("".join(parts), frozenset(chars[False]), frozenset(chars[True]))
