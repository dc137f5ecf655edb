"""Words on paper: headings, notes, paragraphs, and room for signatures. Units: points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from trustledger.document import Signatures, Words
from trustledger.render import cells
from trustledger.render.pdf_ink import Laid, Pen, Slice
from trustledger.render.pdf_look import (
    BLACK,
    BODY,
    CELL,
    FRAME,
    HEADING,
    INK,
    LEADING,
    LEFT,
    RULE,
    SMALL,
    SOFT,
    TEAL,
    Colour,
)
from trustledger.render.pdf_type import Faces, Fitted
from trustledger.render.qr import QUIET, runs

_PARAGRAPH = 2.5  # between paragraphs
_DATE = "日期：　　　　年　　　月　　　日"
_GUTTER = 24.0
_MODULE = 1.5  # of a code: half a millimetre, which every telephone reads
_QUIET = QUIET * _MODULE


def heading(title: str, faces: Faces, *, room: float = FRAME) -> tuple[Slice, ...]:
    """A block's title, which stays with what follows; nothing if there is none."""
    if not title:
        return ()
    pen = Pen(faces)
    fitted = faces.fit(faces.clean(title), HEADING, room, 3, bold=True)
    pen.lines(LEFT, 0, fitted, bold=True, colour=TEAL)
    return (pen.slice(fitted.height + 1.5, keeps=True),)


def noted(slices: Sequence[Slice], text: str, faces: Faces) -> tuple[Slice, ...]:
    """Slices with small print below, which stays with the last of them."""
    if not text:
        return tuple(slices)
    small = (_gap(faces, 2.0), *paragraph(text, faces, SMALL, SOFT))
    return (*slices[:-1], *(last._replace(keeps=True) for last in slices[-1:]), *small)


def _gap(faces: Faces, height: float) -> Slice:
    return Pen(faces).slice(height, keeps=True)


def paragraph(text: str, faces: Faces, size: float, colour: Colour = INK) -> Iterator[Slice]:
    """Lines that may flow over pages; neither the first nor the last one is left alone."""
    lines = list(faces.lines(faces.clean(text), size, FRAME))
    for number, line in enumerate(lines):
        pen = Pen(faces)
        pen.lines(LEFT, 0, Fitted([line], size), colour=colour)
        yield pen.slice(size * LEADING, keeps=number in (0, len(lines) - 2) and len(lines) > 1)


def nothing(faces: Faces) -> tuple[Slice, ...]:
    """What stands where there is nothing to show: a blank would look like something lost."""
    return tuple(paragraph(cells.NOTHING, faces, BODY, SOFT))


def lay_words(words: Words, faces: Faces) -> Laid:
    """A title and paragraphs."""
    slices = [*heading(words.title, faces)]
    if words.code and (coded := _coded(words, faces)):
        return Laid((*slices, coded))
    for number, line in enumerate(words.lines):
        if number:
            slices.append(_gap(faces, _PARAGRAPH)._replace(keeps=False))
        slices += paragraph(line, faces, BODY)
    return Laid(tuple(slices))


def _coded(words: Words, faces: Faces) -> Slice | None:
    """Lines beside their code, in one piece; nothing where no code can be made."""
    side, dark = runs(words.code)
    if not side:
        return None
    pen, across = Pen(faces), side * _MODULE
    for row, column, length in dark:
        pen.area(LEFT + column * _MODULE, row * _MODULE + _QUIET, length * _MODULE, _MODULE, BLACK)
    y, room = _QUIET, FRAME - across - _GUTTER
    for line in words.lines:
        fitted = faces.fit(faces.clean(line), SMALL, room, 12)
        pen.lines(LEFT + across + _GUTTER, y, fitted)
        y += fitted.height + _PARAGRAPH
    return pen.slice(max(across + 2 * _QUIET, y))


def lay_signatures(signatures: Signatures, faces: Faces) -> Laid:
    """Who signs, up to three in a row, each with a line to sign on and room for the date."""
    names = [faces.clean(name) for name in signatures.names]
    across = min(max(len(names), 2), 3)
    rows = [names[place : place + across] for place in range(0, len(names), across)]
    return Laid(tuple(_signing(row, across, faces, first=row is rows[0]) for row in rows))


def _signing(names: list[str], across: int, faces: Faces, *, first: bool) -> Slice:
    pen, top = Pen(faces), 0.0 if first else 9.0
    room = (FRAME - _GUTTER * (across - 1)) / across
    fitted = [faces.fit(name, BODY, room, 3) for name in names]
    line = top + max(one.height for one in fitted) + 20.0
    for place, one in enumerate(fitted):
        x = LEFT + place * (room + _GUTTER)
        pen.lines(x, top, one)
        pen.rule(x, line, room, 0.5, RULE)
        pen.lines(x, line + 2.5, Fitted([_DATE], SMALL), colour=SOFT)
    return pen.slice(line + 2.5 + CELL * LEADING)
