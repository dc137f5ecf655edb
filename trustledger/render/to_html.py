"""HTML: a statement as one page of its own, and as a fragment for notebooks.

No script, no link, nothing that is fetched. Everything a user wrote is escaped, and the page
forbids a browser whatever else it might find in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape as _escape
from importlib.resources import files
from itertools import accumulate

from trustledger.document import (
    Bar,
    Bars,
    Block,
    Cell,
    Check,
    Due,
    Grid,
    Shares,
    Signatures,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.money import round_half_up, yuan
from trustledger.render import cells
from trustledger.render.columns import width
from trustledger.render.qr import QUIET, runs

_PARTS = ("#1f4e5f", "#6a95a2", "#b07d3a", "#7f8b98", "#7d9a6b", "#9a8468")
_SPENT, _LEFT, _OVER = "#1f4e5f", "#c9d4dd", "#b4532a"
_LENGTH = 10_000  # of the longest bar, in units of the drawing
_SHORT = 12  # characters that a column of texts has at least
_UPRIGHT = 92  # characters that stand beside each other on an upright page

Mark = tuple[str, str]  # markup before and after the text of a first cell


def escape(text: str) -> str:
    """User text, inert: one line, nothing unseen, no markup."""
    return _escape(cells.plain(text), quote=True)


def _heading(title: str) -> str:
    return f"<h2>{escape(title)}</h2>" if title else ""


def _note(note: str) -> str:
    return f'<p class="muted">{escape(note)}</p>' if note else ""


def _length(fen: int, scale_fen: int) -> int:
    return round_half_up(max(fen, 0) * _LENGTH, scale_fen) if scale_fen > 0 else 0


def _drawing(says: str, rects: Sequence[tuple[int, int, str]], height: int, kind: str) -> str:
    """Bars from zero as a picture that also says in words what it shows."""
    drawn = "".join(
        f'<rect x="{x}" y="0" width="{length}" height="10" fill="{colour}"/>'
        for x, length, colour in rects
    )
    return (
        f'<svg class="{kind}" role="img" aria-label="{says}" width="100%" height="{height}" '
        f'viewBox="0 0 {_LENGTH} 10" preserveAspectRatio="none">{drawn}</svg>'
    )


def _swatch(colour: str) -> str:
    return (
        '<svg class="swatch" aria-hidden="true" width="11" height="11">'
        f'<rect width="11" height="11" fill="{colour}"/></svg>'
    )


def _sizes(table: Table) -> list[int]:
    """How wide the widest cell of each column is."""
    rows = [[column.title for column in table.columns]]
    rows += [cells.shown_row(row, table.columns) for row in table.rows + table.totals]
    return [max(map(width, column)) for column in zip(*rows, strict=True)]


def _shapes(table: Table) -> list[str]:
    """A class for each column: figures, short texts that stay on one line, texts that may wrap."""
    return [
        "n" if column.kind in cells.NUMERIC else "s" if size <= _SHORT else "t"
        for column, size in zip(table.columns, _sizes(table), strict=True)
    ]


def _row(row: Sequence[Cell], table: Table, shapes: Sequence[str], mark: Mark = ("", "")) -> str:
    """A row; its first cell is its header, if that is a text and not empty."""
    texts = [escape(text) for text in cells.shown_row(row, table.columns)]
    out = [f'<td class="{shape}">{text}</td>' for text, shape in zip(texts, shapes, strict=True)]
    first = mark[0] + texts[0] + mark[1]
    if first and shapes[0] != "n":
        out[0] = f'<th scope="row" class="{shapes[0]}">{first}</th>'
    return f"<tr>{''.join(out)}</tr>"


def _table(table: Table, marks: Sequence[Mark] = (), *, caption: bool = True) -> str:
    """A table; ``marks`` are what is drawn beside the first cell of each row."""
    whole = sum(column.width for column in table.columns)
    shapes = _shapes(table)
    head = "".join(
        f'<th scope="col" class="{shape}">{escape(column.title)}</th>'
        for column, shape in zip(table.columns, shapes, strict=True)
    )
    sizes = "".join(f'<col style="width:{c.width / whole:.1%}">' for c in table.columns)
    rows = "\n".join(
        _row(row, table, shapes, mark)
        for row, mark in zip(table.rows, marks or [("", "")] * len(table.rows), strict=True)
    )
    none = f'<tr><td colspan="{len(table.columns)}" class="muted">{cells.NOTHING}</td></tr>'
    totals = "".join(_row(row, table, shapes) for row in table.totals)
    title = f"<caption>{_heading(table.title)}</caption>" if caption and table.title else ""
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{escape(table.title)}">'
        f"<table>{title}<colgroup>{sizes}</colgroup>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>{rows or none}</tbody>\n{f'<tfoot>{totals}</tfoot>' if totals else ''}"
        f"</table></div>{_note(table.note)}"
    )


def _grid(grid: Grid) -> str:
    pairs = "".join(
        f"<div><dt>{escape(pair.label)}</dt>"
        f"<dd>{escape(cells.shown(pair.value, pair.kind))}</dd></div>"
        for pair in grid.pairs
    )
    return f"{_heading(grid.title)}<dl>{pairs}</dl>"


def _due(due: Due) -> str:
    return (
        f'{_heading(due.label)}<p class="figure">¥{yuan(due.amount_fen, grouping=True)}</p>'
        f"<p>{cells.CAPITALS}{escape(due.capitals)}</p>{_note(due.note)}"
    )


def _split(split: Split) -> str:
    """One bar whose parts are as long as they are large, and the figures below it."""
    colours = [_PARTS[place % len(_PARTS)] for place in range(len(split.parts))]
    whole = sum(part.amount_fen for part in split.parts)
    ends = [_length(fen, whole) for fen in accumulate(part.amount_fen for part in split.parts)]
    rects = [
        (start, end - start, colour)
        for start, end, colour in zip([0, *ends], ends, colours, strict=False)
    ]
    says = "；".join(
        f"{escape(part.label)} {yuan(part.amount_fen, grouping=True)} 元" for part in split.parts
    )
    drawn = _drawing(says, rects, 22, "whole") if rects else ""
    marks = [(_swatch(colour), "") for colour in colours]
    table = _table(cells.tabled(split), marks, caption=False)
    return f"{_heading(split.title)}{drawn}{table}"


def _spending(bars: Bars) -> str:
    """Every bar below its own label: spent over approved, both from zero on one scale."""
    scale, words = cells.scale_fen(bars), bars.words

    def drawn(bar: Bar) -> str:
        approved, spent = _length(bar.approved_fen, scale), _length(bar.spent_fen, scale)
        says = (
            f"{words.spent} {yuan(bar.spent_fen, grouping=True)} 元，"
            f"{words.approved} {yuan(bar.approved_fen, grouping=True)} 元"
        )
        rects = [(0, approved, _LEFT), (0, min(spent, approved), _SPENT)]
        if spent > approved:
            rects.append((approved, spent - approved, _OVER))
        return _drawing(says, rects, 8, "bar")

    marks = [("", drawn(bar)) for bar in bars.bars]
    table = _table(cells.tabled(bars), marks, caption=False)
    meanings = ((_SPENT, words.done), (_LEFT, words.left), (_OVER, words.over))
    legend = "".join(f"<span>{_swatch(colour)}{word}</span>" for colour, word in meanings)
    return f'{_heading(bars.title)}{table}<p class="muted legend">{legend}</p>'


def _shares(shares: Shares) -> str:
    """Every part as a bar below its own label, all from zero on one scale."""
    scale = max((part.size for part in shares.parts), default=0)
    table = cells.tabled(shares)
    marks = [
        ("", _drawing(escape(" ".join(said)), [(0, _length(part.size, scale), _SPENT)], 8, "bar"))
        for part in shares.parts
        for said in (cells.shown_row((part.label, part.shown), table.columns[:2]),)
    ]
    return _heading(shares.title) + _table(table, marks, caption=False)


def _words(words: Words) -> str:
    said = "".join(f"<p>{escape(line)}</p>" for line in words.lines)
    return _heading(words.title) + _code(words.code) + said


def _code(text: str) -> str:
    side, dark = runs(text) if text else (0, ())
    if not side:
        return ""
    path = "".join(f"M{run.column} {run.row}h{run.length}v1h-{run.length}z" for run in dark)
    whole = side + 2 * QUIET
    return (
        f'<svg class="code" role="img" aria-label="QR" width="{whole * 2}" height="{whole * 2}" '
        f'viewBox="{-QUIET} {-QUIET} {whole} {whole}" shape-rendering="crispEdges">'
        f'<rect x="{-QUIET}" y="{-QUIET}" width="{whole}" height="{whole}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )


def _signatures(signatures: Signatures) -> str:
    date = "日期：" + "&emsp;" * 3 + "年" + "&emsp;" * 2 + "月" + "&emsp;" * 2 + "日"
    return "".join(f"<div><p>{escape(name)}</p><p>{date}</p></div>" for name in signatures.names)


def _section(block: Block) -> str:
    match block:
        case Table():
            kind, inner = "table", _table(block)
        case Grid():
            kind, inner = "grid", _grid(block)
        case Due():
            kind, inner = "due", _due(block)
        case Split():
            kind, inner = "split", _split(block)
        case Bars():
            kind, inner = "bars", _spending(block)
        case Shares():
            kind, inner = "bars", _shares(block)
        case Words():
            kind, inner = "words", _words(block)
        case _:
            kind, inner = "signatures", _signatures(block)
    return f'<section class="{kind}">{inner}</section>\n'


def _header(statement: Statement) -> str:
    below = "".join(f"<bdi>{escape(text)}</bdi>" for text in cells.subtitle(statement))
    return (
        f"<header><p>{escape(statement.community)}</p><h1>{escape(statement.title)}</h1>"
        f'<p class="subtitle">{below}</p></header>\n'
    )


def _check(check: Check) -> str:
    left, right = yuan(check.left_fen, grouping=True), yuan(check.right_fen, grouping=True)
    said = f"{left}　{cells.AGREES}" if check.holds else f"{left} ≠ {right}"
    return f"{escape(check.name)}：{said}"


def _footer(statement: Statement) -> str:
    checks = "".join(f"<li>{_check(check)}</li>" for check in statement.checks)
    checks = f"<h2>{cells.CHECKS}</h2><ul>{checks}</ul>" if checks else ""
    size, root = map(escape, cells.journal(statement))
    label, _, digest = root.partition(" ")
    return f"<footer>{checks}<p>{size}</p><p>{label} <code>{digest}</code></p></footer>\n"


def _classes(statement: Statement) -> str:
    """A page lies on its side if a table's figures would not stand beside each other on it."""
    need = max(map(_need, statement.tables), default=0)
    return "trustledger wide" if need > _UPRIGHT else "trustledger"


def _need(table: Table) -> int:
    """Characters of a row whose longer texts are wrapped, with the space between its cells."""
    figures = [column.kind in cells.NUMERIC for column in table.columns]
    return sum(
        (size if figure else min(size, _SHORT)) + 3
        for size, figure in zip(_sizes(table), figures, strict=True)
    )


@cache
def _style(*names: str) -> str:
    folder = files(__package__)
    return "".join((folder / name).read_text("utf-8") for name in names)


def render(statement: Statement) -> bytes:
    """The statement as one HTML page that needs nothing but itself, for screens and A4 paper."""
    title = f"{escape(statement.community)} {escape(statement.title)} {statement.when}"
    page = (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="format-detection" content="telephone=no, date=no, email=no, address=no">\n'
        f"<title>{title}</title>\n<style>\n{_style('statement.css', 'page.css')}</style>\n"
        f'</head>\n<body>\n<main class="{_classes(statement)}">\n{_header(statement)}'
        f"{''.join(map(_section, statement.blocks))}{_footer(statement)}</main>\n</body>\n</html>\n"
    )
    return page.encode("utf-8")


def fragment(statement: Statement) -> str:
    """The statement's figures as a ``<div>`` for a notebook, without words and signatures.

    It does not refuse a statement whose checks fail: whoever looks into a book has to see it. The
    failing check stands above everything else, with both figures.
    """
    failing = (check for check in statement.checks if not check.holds)
    alerts = "".join(f'<p class="alert" role="alert">{_check(check)}</p>' for check in failing)
    blocks = (block for block in statement.blocks if not isinstance(block, Words | Signatures))
    return (
        f'<div class="{_classes(statement)}"><style>{_style("statement.css")}</style>'
        f"{alerts}{_header(statement)}{''.join(map(_section, blocks))}{_footer(statement)}</div>"
    )
