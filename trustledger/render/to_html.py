"""HTML: a statement as one page of its own, and as a fragment for notebooks.

No script, no link, nothing that is fetched. Everything a user wrote is escaped, and the page
forbids a browser whatever else it might find in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html import escape as _escape
from importlib.resources import files
from itertools import accumulate

from trustledger.document import (
    Bar,
    Bars,
    Block,
    Cell,
    Column,
    Due,
    Grid,
    Signatures,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.money import round_half_up, yuan
from trustledger.render import cells

_PARTS = ("#1f4e5f", "#b07d3a", "#5f8a97", "#7f8b98", "#7d9a6b", "#9a8468")
_SPENT, _LEFT, _OVER = "#1f4e5f", "#c9d4dd", "#b4532a"
_LENGTH = 10_000  # of the longest bar, in units of the drawing
_UPRIGHT = 6  # columns that stand on an upright page

First = Callable[[int, str], str]


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


def _shape(column: Column) -> str:
    if column.kind in cells.NUMERIC:
        return ' class="n"'
    return ' class="day"' if column.kind == "date" else ' class="t"'


def _row(row: Sequence[Cell], columns: Sequence[Column], first: Callable[[str], str]) -> str:
    """A row; its first cell is its header, if that is a text and not empty."""
    texts = [escape(text) for text in cells.shown_row(row, columns)]
    out = [f"<td{_shape(c)}>{text}</td>" for text, c in zip(texts, columns, strict=True)]
    if texts[0] and columns[0].kind not in cells.NUMERIC:
        out[0] = f'<th scope="row"{_shape(columns[0])}>{first(texts[0])}</th>'
    return f"<tr>{''.join(out)}</tr>"


def _table(table: Table, first: First = lambda _, text: text, *, caption: bool = True) -> str:
    """A table; ``first`` may add a mark to the first cell of each row."""
    whole = sum(column.width for column in table.columns)
    head = "".join(
        f'<th scope="col"{_shape(column)}>{escape(column.title)}</th>' for column in table.columns
    )
    sizes = "".join(f'<col style="width:{c.width / whole:.1%}">' for c in table.columns)
    rows = "\n".join(
        _row(row, table.columns, lambda text, n=n: first(n, text))  # type: ignore[misc]
        for n, row in enumerate(table.rows)
    )
    none = f'<tr><td colspan="{len(table.columns)}" class="muted">{cells.NOTHING}</td></tr>'
    totals = "".join(_row(row, table.columns, str) for row in table.totals)
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
    table = _table(
        cells.tabled(split), lambda place, text: _swatch(colours[place]) + text, caption=False
    )
    return f"{_heading(split.title)}{drawn}{table}"


def _spending(bars: Bars) -> str:
    """Every bar below its own label: spent over approved, both from zero on one scale."""
    scale = cells.scale_fen(bars)

    def drawn(bar: Bar) -> str:
        approved, spent = _length(bar.approved_fen, scale), _length(bar.spent_fen, scale)
        says = (
            f"支出 {yuan(bar.spent_fen, grouping=True)} 元，"
            f"预算 {yuan(bar.approved_fen, grouping=True)} 元"
        )
        rects = [(0, approved, _LEFT), (0, min(spent, approved), _SPENT)]
        if spent > approved:
            rects.append((approved, spent - approved, _OVER))
        return _drawing(says, rects, 8, "bar")

    table = _table(
        cells.tabled(bars), lambda place, text: text + drawn(bars.bars[place]), caption=False
    )
    meanings = ((_SPENT, "已支出"), (_LEFT, "预算余额"), (_OVER, "超出预算"))
    legend = "".join(f"<span>{_swatch(colour)}{word}</span>" for colour, word in meanings)
    return f'{_heading(bars.title)}{table}<p class="muted legend">{legend}</p>'


def _words(words: Words) -> str:
    return _heading(words.title) + "".join(f"<p>{escape(line)}</p>" for line in words.lines)


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


def _checks(statement: Statement) -> Iterator[str]:
    for check in statement.checks:
        left, right = yuan(check.left_fen, grouping=True), yuan(check.right_fen, grouping=True)
        said = f"{left}　{cells.AGREES}" if check.holds else f"{left} ≠ {right}"
        yield f"<li{'' if check.holds else ' class=alert'}>{escape(check.name)}：{said}</li>"


def _footer(statement: Statement) -> str:
    checks = "".join(_checks(statement))
    checks = f"<h2>{cells.CHECKS}</h2><ul>{checks}</ul>" if checks else ""
    size, root = map(escape, cells.journal(statement))
    label, _, digest = root.partition(" ")
    return f"<footer>{checks}<p>{size}</p><p>{label} <code>{digest}</code></p></footer>\n"


def _classes(statement: Statement) -> str:
    """A table of many columns lies on its side, as on paper."""
    columns = max((len(table.columns) for table in statement.tables), default=0)
    return "trustledger wide" if columns > _UPRIGHT else "trustledger"


@cache
def _style(*names: str) -> str:
    folder = files(__package__)
    return "".join((folder / name).read_text("utf-8") for name in names)


def render(statement: Statement) -> bytes:
    """The statement as one HTML page that needs nothing but itself, for screens and A4 paper."""
    title = f"{escape(statement.community)} {escape(statement.title)} {statement.period.title}"
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
    failing check is shown with both figures.
    """
    blocks = (block for block in statement.blocks if not isinstance(block, Words | Signatures))
    return (
        f'<div class="{_classes(statement)}"><style>{_style("statement.css")}</style>'
        f"{_header(statement)}{''.join(map(_section, blocks))}{_footer(statement)}</div>"
    )
