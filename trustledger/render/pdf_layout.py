"""A statement on pages: the head, its blocks, what it satisfies, the foot. Units: points."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from trustledger.document import Statement
from trustledger.render import cells
from trustledger.render.pdf_flow import Page, Placed, flowed
from trustledger.render.pdf_ink import Laid, Pen, Slice
from trustledger.render.pdf_look import (
    BOTTOM,
    FOOT,
    FRAME,
    HEADING,
    INK,
    LEADING,
    LEFT,
    RULE,
    SMALL,
    SOFT,
    TEAL,
    TINY,
    TITLE,
)
from trustledger.render.pdf_type import Faces
from trustledger.render.pdf_words import paragraph


def _head(statement: Statement, faces: Faces) -> Slice:
    """The community, what this is, about whom and when; over a rule."""
    pen, right = Pen(faces), LEFT + FRAME
    beside = faces.fit(faces.clean(statement.subject), 13.0, FRAME * 0.35, 2, bold=True)
    when = faces.fit(statement.when, HEADING, FRAME * 0.4, 1)
    taken = max(faces.width(line, 13.0, True) for line in beside.lines)
    taken = max(taken, faces.width(when.lines[0], when.size)) + 24
    who = faces.fit(faces.clean(statement.community), HEADING, FRAME - taken, 2)
    title = faces.fit(faces.clean(statement.title), TITLE, FRAME - taken, 2, bold=True)
    pen.lines(LEFT, 0, who, colour=TEAL)
    pen.lines(LEFT, who.height + 2, title, bold=True, colour=INK)
    height = max(who.height + title.height, beside.height + when.height) + 5
    if statement.subject:
        pen.lines(right, 0, beside, bold=True, colour=INK, right=True)
        wide = max(faces.width(line, beside.size, True) for line in beside.lines)
        pen.lines(right - wide - 6, 4.2, faces.fit("房号", SMALL, 40, 1), colour=SOFT, right=True)
    pen.lines(right, height - 5.5 - when.height, when, colour=SOFT, right=True)
    pen.rule(LEFT, height, FRAME, 1.4, TEAL)
    return pen.slice(height + 8)


def _running(statement: Statement, faces: Faces) -> Slice:
    """The head of every further page, on one line."""
    pen = Pen(faces)
    about = [statement.community, statement.title, statement.when]
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
    book = f"{faces.clean(cells.subtitle(statement)[-1])}　{faces.clean(size)}"
    drawn_from = faces.fit(book, TINY, FRAME * 0.75, 1)
    said = faces.fit(f"{label} {groups}", TINY, FRAME, 1)

    def foot(number: int, count: int) -> Slice:
        pen = Pen(faces)
        pen.rule(LEFT, 0, FRAME, 0.5, RULE)
        pen.lines(LEFT, 4, drawn_from, colour=SOFT)
        page = faces.fit(f"第 {number} 页　共 {count} 页", SMALL, FRAME, 1)
        pen.lines(LEFT + FRAME, 3.5, page, colour=INK, right=True)
        pen.lines(LEFT, 4 + TINY * LEADING + 1, said, colour=SOFT)
        return pen.slice(FOOT)

    return foot


def _checks(statement: Statement, faces: Faces) -> Laid:
    """The identities that the statement satisfies, in small print."""
    slices: list[Slice] = []
    before = f"{cells.CHECKS}　"
    for check in statement.checks:
        figure = cells.shown(check.left_fen, "amount")
        said = f"{before}{check.name}：{figure} {cells.AGREES}"
        slices += paragraph(said, faces, SMALL, SOFT)
        before = "　" * len(before)
    return Laid(tuple(slices))


def pages(statement: Statement, blocks: Sequence[Laid], faces: Faces) -> list[Page]:
    """The statement on pages, its blocks laid out already."""
    laid = list(blocks)
    if statement.checks:
        laid.append(_checks(statement, faces))
    first, running = _head(statement, faces), _running(statement, faces)
    placed = flowed(laid, first, running)
    foot = _foot(statement, faces)
    for number, page in enumerate(placed, start=1):
        page.append(Placed(BOTTOM + FOOT, foot(number, len(placed))))
    return placed
