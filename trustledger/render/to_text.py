"""Text: a statement for a terminal, and for any font whose characters stand on a grid.

Nothing a user wrote reaches the terminal as a control character.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from trustledger.document import (
    Bars,
    Block,
    Cell,
    Column,
    Due,
    Grid,
    Shares,
    Signatures,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.money import round_half_up
from trustledger.render import cells
from trustledger.render.columns import pad, width, wrap

WIDTH = 72
"""Columns of a page: a digest of 64 digits and its label fit, and so does a terminal of 80."""

_GAP = "  "
# Three of one width in every font: one column each in a terminal, two in many Chinese fonts. A
# bar is half a page long, so that it keeps its proportions and stays on the page in both.
_SPENT, _LEFT, _OVER = "■", "□", "◆"
_BAR = WIDTH // 2 - 1

Lines = Iterator[str]


def _least(column: Column, values: Sequence[Cell]) -> int:
    """The fewest columns it can have: figures stay whole, titles and texts may wrap."""
    sizes = [2, min(width(cells.plain(column.title)), 8)]
    for value in values:
        size = width(cells.shown(value, column.kind))
        sizes.append(size if cells.is_figure(value, column.kind) else min(size, 12))
    return max(sizes)


def _widths(table: Table, texts: Sequence[Sequence[str]]) -> list[int]:
    """A width for every column, so that figures stay whole and the table is a page wide.

    Texts wrap where they must; a table of many figures becomes wider than a page.
    """
    rows = table.rows + table.totals
    least = [_least(c, [row[n] for row in rows]) for n, c in enumerate(table.columns)]
    wide = [
        max(min(max(map(width, column)), WIDTH), low)
        for column, low in zip(zip(*texts, strict=True), least, strict=True)
    ]
    room = WIDTH - len(_GAP) * (len(wide) - 1)
    if sum(least) > room:  # wider than a page anyway: then names need not be squeezed
        return [max(low, min(size, 24)) for low, size in zip(least, wide, strict=True)]
    while sum(wide) > room:
        spare = [size - low for size, low in zip(wide, least, strict=True)]
        wide[spare.index(max(spare))] -= 1
    stretch = [n for n, c in enumerate(table.columns) if c.kind not in cells.NUMERIC] or [0]
    for place in range(room - sum(wide)):
        wide[stretch[place % len(stretch)]] += 1
    return wide


def _texts(table: Table) -> list[list[str]]:
    """Titles, rows and totals of a table as inert text."""
    return [
        [cells.plain(column.title) for column in table.columns],
        *(cells.shown_row(row, table.columns) for row in table.rows + table.totals),
    ]


def table_lines(table: Table) -> list[str]:
    """A table as lines of one display width; totals stand between a single and a double rule."""
    texts = _texts(table)
    wide = _widths(table, texts)
    whole = sum(wide) + len(_GAP) * (len(wide) - 1)
    right = [column.kind in cells.NUMERIC for column in table.columns]

    def lines(row: Sequence[str]) -> Lines:
        wrapped = [wrap(text, size) for text, size in zip(row, wide, strict=True)]
        for line in zip_longest(*wrapped, fillvalue=""):
            yield _GAP.join(
                pad(text, size, right=flush)
                for text, size, flush in zip(line, wide, right, strict=True)
            )

    rows = 1 + len(table.rows)
    body = [line for row in texts[1:rows] for line in lines(row)]
    body = body or [pad(cells.NOTHING, whole)]
    totals = [line for row in texts[rows:] for line in lines(row)]
    rule = "─" * whole
    head = [rule, *lines(texts[0]), rule]
    return [*head, *body, rule, *totals, "═" * whole] if totals else [*head, *body, rule]


def bar(amount_fen: int, scale_fen: int) -> int:
    """How many characters of a bar from zero are in proportion to the amount."""
    return round_half_up(max(amount_fen, 0) * _BAR, scale_fen) if scale_fen > 0 else 0


def _measured(table: Table, bars: Sequence[str]) -> Lines:
    """Labels with figures flush right, and under each its bar."""
    titles, *rows = _texts(table)
    sizes = [max(map(width, column)) for column in zip(titles, *rows, strict=True)][1:]
    label = max(WIDTH - sum(sizes) - len(_GAP) * len(sizes), 12)

    def line(row: Sequence[str]) -> Lines:
        first, *rest = wrap(row[0], label)
        figures = [pad(text, size, right=True) for text, size in zip(row[1:], sizes, strict=True)]
        yield _GAP.join([pad(first, label), *figures])
        yield from rest

    if rows:
        yield from line(titles)
    for row, drawn in zip(rows, bars, strict=True):
        yield from line(row)
        yield "│" + drawn


def _split(split: Split) -> Lines:
    whole = sum(part.amount_fen for part in split.parts)
    bars = [_SPENT * bar(part.amount_fen, whole) for part in split.parts]
    yield from _measured(cells.tabled(split), bars)


def _spending(bars: Bars) -> Lines:
    scale, drawn = cells.scale_fen(bars), []
    for one in bars.bars:
        spent, approved = bar(one.spent_fen, scale), bar(one.approved_fen, scale)
        drawn.append(
            _SPENT * min(spent, approved) + _LEFT * (approved - spent) + _OVER * (spent - approved)
        )
    yield from _measured(cells.tabled(bars), drawn)
    if drawn:
        words = bars.words
        yield f"{_SPENT} {words.done}  {_LEFT} {words.left}  {_OVER} {words.over}"


def _shares(shares: Shares) -> Lines:
    scale = max((part.size for part in shares.parts), default=0)
    bars = [_SPENT * bar(part.size, scale) for part in shares.parts]
    yield from _measured(cells.tabled(shares), bars)


def _grid(grid: Grid) -> Lines:
    """Labels and values, in two columns if every pair fits into half a page."""
    pairs = [(cells.plain(pair.label), cells.shown(pair.value, pair.kind)) for pair in grid.pairs]
    label = min(max((width(name) for name, _ in pairs), default=2), WIDTH // 3)
    room = WIDTH - label - len(_GAP)
    texts = [
        [
            pad(head, label) + _GAP + tail
            for head, tail in zip_longest(wrap(name, label), wrap(value, room), fillvalue="")
        ]
        for name, value in pairs
    ]
    half = WIDTH // 2
    if all(len(lines) == 1 and width(lines[0]) + len(_GAP) <= half for lines in texts):
        for left, right in zip_longest(texts[::2], texts[1::2], fillvalue=[""]):
            yield pad(left[0], half) + right[0]
    else:
        for lines in texts:
            yield from lines


def _due(due: Due) -> Lines:
    figure = cells.shown(due.amount_fen, "amount")
    yield from wrap(f"{cells.plain(due.label)}  ¥{figure}", WIDTH)
    yield from wrap(cells.CAPITALS + cells.plain(due.capitals), WIDTH)


def _signatures(signatures: Signatures) -> Lines:
    names = [wrap(cells.plain(name), 28) for name in signatures.names]
    label = max((width(line) for lines in names for line in lines), default=0)
    for *above, name in names:
        yield from above
        yield f"{pad(name, label)}  {'_' * 15}  日期 ______年____月____日"
        yield ""


def _body(block: Block) -> Lines:
    match block:
        case Table():
            yield from table_lines(block)
        case Grid():
            yield from _grid(block)
        case Due():
            yield from _due(block)
        case Split():
            yield from _split(block)
        case Bars():
            yield from _spending(block)
        case Shares():
            yield from _shares(block)
        case Words():
            for line in block.lines:
                yield from wrap(cells.plain(line), WIDTH)
        case _:
            yield from _signatures(block)


def _lines(statement: Statement) -> Lines:
    yield from wrap(cells.plain(statement.community), WIDTH)
    yield from wrap(cells.plain(statement.title), WIDTH)
    yield from wrap("  ".join(cells.subtitle(statement)), WIDTH)
    yield "═" * WIDTH
    for block in statement.blocks:
        yield ""
        if title := cells.plain(getattr(block, "title", "")):
            yield from wrap(title, WIDTH)
        yield from list(_body(block)) or [cells.NOTHING]
        if note := cells.plain(getattr(block, "note", "")):
            yield from wrap(note, WIDTH)
    yield ""
    if statement.checks:
        yield cells.CHECKS
    for check in statement.checks:
        figure = cells.shown(check.left_fen, "amount")
        yield from wrap(f"{cells.plain(check.name)}：{figure} {cells.AGREES}", WIDTH)
    yield "─" * WIDTH
    for line in cells.journal(statement):
        yield from wrap(line, WIDTH)


def render(statement: Statement) -> bytes:
    """The statement as lines of UTF-8; it ends with the journal's size and root digest."""
    return "".join(line.rstrip(" ") + "\n" for line in _lines(statement)).encode("utf-8")
