"""Blocks on pages: head, flow, foot. A4 portrait; units: points.

Blocks follow one another. A slice is never split over pages; slices that keep together stay
together as long as they fit on one page; a table's head comes again on each page. If a little
less air between the blocks saves a page, there is less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from trustledger.document import Block, Statement
from trustledger.render import cells
from trustledger.render.pdf_ink import Laid, Pen, Slice
from trustledger.render.pdf_look import (
    BETWEEN,
    BODY,
    BOTTOM,
    CLOSEST,
    FRAME,
    HEADING,
    INK,
    LEADING,
    LEFT,
    PAGE_HEIGHT,
    RULE,
    SMALL,
    SOFT,
    TEAL,
    TINY,
    TITLE,
    TOP,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import paragraph

_FOOT = 27.0  # height of the foot
_CEILING, _FLOOR = PAGE_HEIGHT - TOP, BOTTOM + _FOOT + 5.0


class Placed(NamedTuple):
    """A slice and the height above the page's lower edge at which it begins."""

    y: float
    slice: Slice


Page = list[Placed]


# ---- head and foot -------------------------------------------------------------------------------


def _head(statement: Statement, faces: Faces) -> Slice:
    """The community, what this is, about whom and when; over a rule."""
    pen, right = Pen(faces), LEFT + FRAME
    beside = faces.fit(faces.clean(statement.subject), 13.0, FRAME * 0.35, 2, bold=True)
    when = faces.fit(statement.period.title, HEADING, FRAME * 0.4, 1)
    taken = max(faces.width(line, 13.0, bold=True) for line in beside.lines)
    taken = max(taken, faces.width(when.lines[0], when.size)) + 24
    who = faces.fit(faces.clean(statement.community), HEADING, FRAME - taken, 2)
    title = faces.fit(faces.clean(statement.title), TITLE, FRAME - taken, 2, bold=True)
    pen.lines(LEFT, 0, who, colour=TEAL)
    pen.lines(LEFT, who.height + 2, title, bold=True, colour=INK)
    height = max(who.height + title.height, beside.height + when.height) + 5
    if statement.subject:
        pen.lines(right, 0, beside, bold=True, colour=INK, right=True)
        wide = max(faces.width(line, beside.size, bold=True) for line in beside.lines)
        pen.lines(right - wide - 6, 4.2, faces.fit("房号", SMALL, 40, 1), colour=SOFT, right=True)
    pen.lines(right, height - 5.5 - when.height, when, colour=SOFT, right=True)
    pen.rule(LEFT, height, FRAME, 1.4, TEAL)
    return pen.slice(height + 8)


def _running(statement: Statement, faces: Faces) -> Slice:
    """The head of every further page, on one line."""
    pen = Pen(faces)
    about = [statement.community, statement.title, statement.period.title]
    left = faces.fit(faces.clean("　".join(about)), SMALL, FRAME * 0.7, 1)
    right = faces.fit(faces.clean(statement.subject), SMALL, FRAME * 0.27, 1)
    pen.lines(LEFT, 0, left, colour=SOFT)
    pen.lines(LEFT + FRAME, 0, right, colour=SOFT, right=True)
    pen.rule(LEFT, SMALL * LEADING + 2, FRAME, 0.7, TEAL)
    return pen.slice(SMALL * LEADING + 9)


def _foot(statement: Statement, faces: Faces) -> Callable[[int, int], Slice]:
    """The foot of a page: the journal this was drawn from, the page's number and their count."""
    size, root = cells.journal(statement)
    label, _, digest = faces.clean(root).partition(" ")
    groups = " ".join(digest[place : place + 8] for place in range(0, len(digest), 8))
    book = faces.fit(
        f"账套 {faces.clean(statement.book)}　{faces.clean(size)}", TINY, FRAME * 0.75, 1
    )
    said = faces.fit(f"{label} {groups}", TINY, FRAME, 1)

    def foot(number: int, count: int) -> Slice:
        pen = Pen(faces)
        pen.rule(LEFT, 0, FRAME, 0.5, RULE)
        pen.lines(LEFT, 4, book, colour=SOFT)
        page = faces.fit(f"第 {number} 页　共 {count} 页", SMALL, FRAME, 1)
        pen.lines(LEFT + FRAME, 3.5, page, colour=INK, right=True)
        pen.lines(LEFT, 4 + TINY * LEADING + 1, said, colour=SOFT)
        return pen.slice(_FOOT)

    return foot


def _checks(statement: Statement, faces: Faces) -> Laid:
    """The identities that the statement satisfies, in small print."""
    slices: list[Slice] = []
    for check in statement.checks:
        figure = cells.shown(check.left_fen, "amount")
        said = f"{cells.CHECKS}　{check.name}：{figure} {cells.AGREES}"
        slices += paragraph(said, faces, SMALL, SOFT)
    return Laid(tuple(slices))


# ---- flow ----------------------------------------------------------------------------------------


def _groups(slices: Sequence[Slice]) -> Iterator[list[Slice]]:
    """Slices that keep together."""
    group: list[Slice] = []
    for part in slices:
        group.append(part)
        if not part.keeps:
            yield group
            group = []
    if group:
        yield group


class _Flow:
    """Places slices from the top of the first page to the bottom of the last."""

    def __init__(self, first: Slice, running: Slice) -> None:
        self.pages: list[Page] = [[]]
        self.y = _CEILING
        self.running = running
        self.fresh = True
        self.put(first)
        self.fresh = True

    def put(self, part: Slice) -> None:
        self.pages[-1].append(Placed(self.y, part))
        self.y -= part.height
        self.fresh = False

    def turn(self) -> None:
        self.pages.append([])
        self.y = _CEILING
        self.put(self.running)
        self.fresh = True

    def flow(self, laid: Laid) -> None:
        begun = False
        for group in _groups(laid.slices):
            height = sum(part.height for part in group)
            if not self.fresh and self.y - height < _FLOOR:
                self.turn()
                if begun and laid.again:
                    self.put(laid.again)
            for part in group:
                if not self.fresh and self.y - part.height < _FLOOR:  # taller than a page
                    self.turn()
                self.put(part)
            begun = True


def _flowed(laid: Sequence[Laid], first: Slice, running: Slice, between: float) -> list[Page]:
    flow = _Flow(first, running)
    for block in laid:
        if not flow.fresh:
            flow.y -= between
        flow.flow(block)
    return flow.pages


def _on_one(laid: Sequence[Laid], first: Slice) -> Page | None:
    """All blocks on one page, if they fit, with as much air between them as there is."""
    room = _CEILING - _FLOOR - first.height - sum(block.height for block in laid)
    between = min(BETWEEN, room / max(len(laid) - 1, 1))
    if between < CLOSEST:
        return None
    y = _CEILING - first.height
    page = [Placed(_CEILING, first)]
    for block in laid:
        for part in block.slices:
            page.append(Placed(y, part))
            y -= part.height
        y -= between
    return page


def pages(
    statement: Statement, faces: Faces, lay: Callable[[Block, Faces], Laid]
) -> list[Page]:
    """The statement on pages. ``lay`` lays a block out, or knows how it was laid out before."""
    laid = [lay(block, faces) for block in statement.blocks]
    if statement.checks:
        laid.append(_checks(statement, faces))
    first, running = _head(statement, faces), _running(statement, faces)
    one = _on_one(laid, first)
    flowed = [one] if one else _flowed(laid, first, running, BETWEEN)
    if not one and len(closer := _flowed(laid, first, running, CLOSEST)) < len(flowed):
        flowed = closer
    foot = _foot(statement, faces)
    for number, page in enumerate(flowed, start=1):
        page.append(Placed(BOTTOM + _FOOT, foot(number, len(flowed))))
    return flowed
