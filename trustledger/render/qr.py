"""QR codes as squares, the same on paper and on screens. Made by ReportLab, drawn by ourselves."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

QUIET = 4
"""Light modules around a code, as ISO/IEC 18004 has it."""


class Run(NamedTuple):
    """Dark modules side by side: row, first column, how many."""

    row: int
    column: int
    length: int


@lru_cache(64)
def runs(text: str) -> tuple[int, tuple[Run, ...]]:
    """The modules of a side, and the dark runs; a side of 0 where ReportLab is not installed."""
    try:
        from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel
    except ImportError:
        return 0, ()
    code = QRCode(None, QRErrorCorrectLevel.M)
    code.addData(text)
    code.make()
    return len(code.modules), tuple(_runs(code.modules))


def _runs(modules: list[list[bool]]) -> Iterator[Run]:
    for row, line in enumerate(modules):
        start = None
        for column, dark in enumerate([*line, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                yield Run(row, start, column - start)
                start = None
