"""How blocks flow over pages.

They follow one another from the top of the first page. A slice is never split; slices that keep
together stay together as long as they fit on one page; a table's head comes again on each page.
If a little less air between the blocks saves a page, there is less. Units: points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from trustledger.render.pdf_ink import Laid, Slice
from trustledger.render.pdf_look import BETWEEN, BOTTOM, CLOSEST, FOOT, PAGE_HEIGHT, TOP

_CEILING, _FLOOR = PAGE_HEIGHT - TOP, BOTTOM + FOOT + 5.0


class Placed(NamedTuple):
    """A slice and the height above the page's lower edge at which it begins."""

    y: float
    slice: Slice


Page = list[Placed]


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


def flowed(laid: Sequence[Laid], first: Slice, running: Slice) -> list[Page]:
    """The blocks on pages, below the head of the first page and of the others."""
    if one := _on_one(laid, first):
        return [one]
    loose, close = (_flowed(laid, first, running, between) for between in (BETWEEN, CLOSEST))
    return close if len(close) < len(loose) else loose
