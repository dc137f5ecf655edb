"""CSV: a statement for spreadsheets. UTF-8 with a byte order mark, because Excel asks for one.

A spreadsheet runs a text cell that begins like a formula. Such a cell gets an apostrophe in
front, as OWASP advises; amounts are written by us, digit by digit, and stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from trustledger.document import (
    Bars,
    Block,
    Cell,
    Due,
    Grid,
    Kind,
    Shares,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.render import cells

# Spreadsheets skip leading blanks and take full-width signs for plain ones. An apostrophe that
# is there already gets another one, so that taking one away always gives back what was recorded.
_FORMULA = re.compile(r"[\s'\0\ufeff\u200b-\u200d]*[=+\-@＝＋－＠﹦﹢﹣﹫−]|[ ']*[\t\r\n\0]")

Line = list[str]


def guarded(text: str) -> str:
    """User text that no spreadsheet takes for a formula; unseen characters are made visible."""
    return ("'" if _FORMULA.match(text) else "") + cells.visible(text)


def _cell(value: Cell, kind: Kind) -> str:
    if isinstance(value, str) and not cells.is_figure(value, kind):
        return guarded(value)
    return cells.shown(value, kind, grouping=False)


def _table(table: Table) -> Iterator[Line]:
    yield [guarded(column.title) for column in table.columns]
    for row in table.rows + table.totals:
        pairs = zip(row, table.columns, strict=True)
        yield [_cell(value, column.kind) for value, column in pairs]


def _body(block: Block) -> Iterator[Line]:
    match block:
        case Table():
            yield from _table(block)
        case Grid():
            for pair in block.pairs:
                yield [guarded(pair.label), _cell(pair.value, pair.kind)]
        case Due():
            yield [guarded(block.label), _cell(block.amount_fen, "amount")]
            yield [cells.CAPITALS, guarded(block.capitals)]
        case Split() | Bars() | Shares():
            yield from _table(cells.tabled(block))
        case Words():
            for line in block.lines:
                yield [guarded(line)]
        case _:
            for name in block.names:
                yield [guarded(name), ""]


def _lines(statement: Statement) -> Iterator[Line]:
    yield [guarded(statement.community), guarded(statement.title)]
    yield [guarded(text) for text in cells.subtitle(statement)]
    for block in statement.blocks:
        yield []
        if title := getattr(block, "title", ""):
            yield [guarded(title)]
        yield from _body(block)
        if note := getattr(block, "note", ""):
            yield [guarded(note)]
    if statement.checks:
        yield []
        yield [cells.CHECKS]
    for check in statement.checks:
        sides = (check.left_fen, check.right_fen)
        yield [guarded(check.name), *(_cell(fen, "amount") for fen in sides)]
    yield []
    yield list(cells.journal(statement))


def render(statement: Statement) -> bytes:
    """Every block of the statement one after the other, with a blank row between them."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows(_lines(statement))
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")
