"""XLSX: a statement as a workbook. Amounts are numbers to calculate with, texts are only texts.

Needs the extra ``xlsx``. Nothing a user wrote becomes a formula, a link or a number, and the same
statement gives the same bytes everywhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime, time
from importlib import import_module
from typing import Any

from trustledger.document import (
    Bars,
    Block,
    Cell,
    Column,
    Due,
    Grid,
    Kind,
    Shares,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.errors import InvalidInput
from trustledger.render import cells
from trustledger.render.columns import width, wrap

EXACT_FEN = 10**15
"""Below this an amount has at most 15 digits, which a spreadsheet's float holds exactly."""

_LONGEST = 32_767  # characters a cell of a workbook holds
_WIDEST, _NARROWEST, _PORTRAIT = 40, 10, 120  # characters of the default font
_LINE, _HIGHEST = 16, 409  # points a line of text takes, and a row at most

_BASE = {
    "font_name": "Microsoft YaHei",
    "font_size": 10,
    "font_color": "#1F2A37",
    "valign": "vcenter",
}
_MUTED = {"font_color": "#5B6775", "font_size": 9}
_RULE = {"bottom": 1, "bottom_color": "#DCE3EA"}
_STYLES: dict[str, dict[str, Any]] = {
    "community": _MUTED | {"font_size": 10},
    "title": {"bold": True, "font_size": 18},
    "subtitle": _MUTED | {"bottom": 2, "bottom_color": "#1F4E5F", "valign": "top"},
    "section": {"bold": True, "font_size": 12, "font_color": "#1F4E5F"},
    "header": {"bold": True, "bg_color": "#EEF3F6", "bottom": 1, "bottom_color": "#9FB1BF"},
    "body": _RULE,
    "totals": {
        "bold": True,
        "top": 1,
        "bottom": 6,
        "top_color": "#1F2A37",
        "bottom_color": "#1F2A37",
    },
    "due": {"bold": True, "font_size": 16, "num_format": '"¥"#,##0.00;"¥"-#,##0.00'},
    "line": {},
    "label": _MUTED | {"font_size": 10},
    "note": _MUTED,
    "sign": {"bottom": 1, "bottom_color": "#5B6775"},
}
_NUMBERS: dict[str, str] = {"amount": "#,##0.00", "count": "#,##0", "rate": "0.00%"}
_FACTS = "facts"


def sheet_name(title: str, otherwise: str) -> str:
    """A title as the name of a sheet: at most 31 UTF-16 units, without what Excel forbids."""
    name = re.sub(r"[\[\]:*?/\\]", " ", cells.plain(title)).strip(" '")
    name = name.encode("utf-16-le")[:62].decode("utf-16-le", "ignore").strip(" '")
    return otherwise if name.casefold() in ("", _FACTS, "history") else name


class _Sheet:
    """A worksheet that is written from top to bottom."""

    def __init__(self, book: Any, name: str, widths: Sequence[int]) -> None:
        self.book, self.widths, self.row = book, widths, 0
        self.sheet = book.add_worksheet(name)
        self.formats: dict[tuple[object, ...], Any] = {}
        for place, size in enumerate(widths):
            self.sheet.set_column(place, place, size)
        self.sheet.hide_gridlines(2)
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.8)
        self.sheet.set_footer("&C&9第 &P 页，共 &N 页")
        if sum(widths) > _PORTRAIT:
            self.sheet.set_landscape()

    def style(self, name: str, kind: str = "text", *, right: bool = False) -> Any:
        """The format of a style for a kind of cell, made once."""
        key = (name, kind, right)
        if key not in self.formats:
            look = _BASE | {"text_wrap": True, "align": "right" if right else "left"}
            if kind in _NUMBERS:
                look["num_format"] = _NUMBERS[kind]
            self.formats[key] = self.book.add_format(look | _STYLES[name])
        return self.formats[key]

    def text(self, column: int, text: str, look: Any) -> None:
        """User text, as text and nothing else."""
        inert = cells.plain(text)
        if len(inert) > _LONGEST:
            raise InvalidInput(
                f"a text of {len(inert):,} characters does not fit into a workbook, whose cells "
                f"hold {_LONGEST:,}; use another format"
            )
        if inert:
            self.sheet.write_string(self.row, column, inert, look)
        else:
            self.sheet.write_blank(self.row, column, None, look)

    def cell(self, column: int, value: Cell, kind: Kind, style: str, *, right: bool = True) -> None:
        """One cell of its kind; an amount that a float would not hold exactly is text."""
        look = self.style(style, kind, right=right and kind in cells.NUMERIC)
        if not cells.is_figure(value, kind):
            self.text(column, "" if value is None else str(value), look)
        elif isinstance(value, str):
            self.sheet.write_number(self.row, column, float(value), look)
        elif value is not None and abs(value) < EXACT_FEN:
            number = value / 100 if kind == "amount" else value
            self.sheet.write_number(self.row, column, number, look)
        else:
            self.text(column, cells.shown(value, kind), look)

    def next(self, texts: Sequence[tuple[str, int]] = (), least: float = 20) -> None:
        """Go to the next row, after making this one high enough for texts in their widths."""
        lines = max((len(wrap(text, size)) for text, size in texts), default=1)
        self.sheet.set_row(self.row, min(max(least, lines * _LINE + 4), _HIGHEST))
        self.row += 1

    def across(self, text: str, style: str, *, label: str | None = None, least: float = 18) -> None:
        """A text over the whole width of the page, or over what a label in front of it leaves."""
        first, last = 0 if label is None else 1, len(self.widths) - 1
        look = self.style(style)
        if label is not None:
            self.text(0, label, self.style("label"))
        if first < last:
            self.sheet.merge_range(self.row, first, self.row, last, "", look)
        self.text(first, text, look)
        tall = [(cells.plain(text), sum(self.widths[first:]) - 2)]
        self.next([*tall, (cells.plain(label or ""), self.widths[0] - 1)], least)

    def table(self, table: Table) -> None:
        """Header, rows, totals."""
        tall = []
        for place, column in enumerate(table.columns):
            look = self.style("header", right=column.kind in cells.NUMERIC)
            self.text(place, column.title, look)
            tall.append((cells.plain(column.title), self.widths[place] - 1))
        self.next(tall, 22)
        for style, rows in (("body", table.rows), ("totals", table.totals)):
            for row in rows:
                tall = []
                for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
                    self.cell(place, value, column.kind, style)
                    tall.append((cells.shown(value, column.kind), self.widths[place] - 1))
                self.next(tall)
        if not table.rows:
            self.across(cells.NOTHING, "note")

    def grid(self, grid: Grid) -> None:
        """Labels and values; a value that is a figure can be calculated with."""
        for pair in grid.pairs:
            if cells.is_figure(pair.value, pair.kind):
                self.text(0, pair.label, self.style("label"))
                self.cell(1, pair.value, pair.kind, "line", right=False)
                self.next([(cells.plain(pair.label), self.widths[0] - 1)], 18)
            else:
                self.across(cells.shown(pair.value, pair.kind), "line", label=pair.label)

    def due(self, due: Due) -> None:
        """The amount, large, and in capitals below."""
        self.across(due.label, "label")
        self.sheet.merge_range(self.row, 0, self.row, 1, "", self.style("due", "amount"))
        self.cell(0, due.amount_fen, "amount", "due", right=False)
        self.next(least=28)
        self.across(cells.CAPITALS + due.capitals, "line")

    def sign(self, names: Sequence[str]) -> None:
        """A line to sign on for each name."""
        for name in names:
            self.text(0, name, self.style("line"))
            self.sheet.write_blank(self.row, 1, None, self.style("sign"))
            self.text(2, "日期：", self.style("label", right=True))
            self.sheet.write_blank(self.row, 3, None, self.style("sign"))
            self.next([(cells.plain(name), self.widths[0] - 1)], 34)

    def block(self, block: Block) -> None:
        """One block of the statement, with its title and note."""
        if title := getattr(block, "title", ""):
            self.across(title, "section", least=24)
        match block:
            case Table():
                self.table(block)
            case Grid():
                self.grid(block)
            case Due():
                self.due(block)
            case Split() | Bars() | Shares():
                self.table(cells.tabled(block))
            case Words():
                for line in block.lines:
                    self.across(line, "line")
            case _:
                self.sign(block.names)
        if note := getattr(block, "note", ""):
            self.across(note, "note")
        self.next(least=14)


def _column_widths(statement: Statement) -> list[int]:
    """One width for every column of the sheet, wide enough for its figures in every table."""
    widths = [_NARROWEST] * 4
    tables = [
        cells.tabled(block) if isinstance(block, Split | Bars | Shares) else block
        for block in statement.blocks
        if isinstance(block, Table | Split | Bars | Shares)
    ]
    for table in tables:
        widths += [_NARROWEST] * (len(table.columns) - len(widths))
        for place, column in enumerate(table.columns):
            texts = [cells.plain(column.title)]
            texts += [cells.shown(row[place], column.kind) for row in table.rows + table.totals]
            content = max(map(width, texts)) + 3
            cap = content if column.kind in cells.NUMERIC else _WIDEST
            widths[place] = max(widths[place], min(content, cap))
    for block in statement.blocks:
        if isinstance(block, Grid):
            sizes = [width(cells.plain(pair.label)) + 3 for pair in block.pairs]
            widths[0] = min(max([widths[0], *sizes]), max(widths[0], 24))
    widths[0] += max(0, 70 - sum(widths))
    return widths


def _page(book: Any, statement: Statement) -> None:
    name = sheet_name(statement.title, statement.name)
    page = _Sheet(book, name, _column_widths(statement))
    page.across(statement.community, "community", least=20)
    page.across(statement.title, "title", least=32)
    page.across("　".join(cells.subtitle(statement)), "subtitle", least=24)
    first = statement.blocks[0] if statement.blocks else None
    header = 1 + bool(first.title) if isinstance(first, Table) else 0
    page.sheet.freeze_panes(page.row + (header and header + 1), 0)
    page.next(least=10)
    page.sheet.repeat_rows(0, page.row - 1)
    for block in statement.blocks:
        page.block(block)
    if statement.checks:
        page.across(cells.CHECKS, "section", least=24)
    for check in statement.checks:
        figure = cells.shown(check.left_fen, "amount")
        page.across(f"{check.name}：{figure}　{cells.AGREES}", "note")
    for line in cells.journal(statement):
        page.across(line, "note")
    page.sheet.print_area(0, 0, page.row - 1, len(page.widths) - 1)


def _facts(book: Any, statement: Statement) -> None:
    facts = list(cells.flat(statement.facts))
    sizes = [width(cells.plain(str(text))) for fact in facts for text in fact]
    page = _Sheet(
        book, _FACTS, [min(max([20, *sizes[::2]]) + 2, 60), min(max([20, *sizes[1::2]]) + 2, 60)]
    )
    columns = (Column("fact", "fact"), Column("value", "value", "count"))
    page.table(Table(_FACTS, "", columns, tuple(facts)))
    page.sheet.freeze_panes(1, 0)


def render(statement: Statement) -> bytes:
    """The statement on one sheet, its facts on a second one named ``facts``.

    :raises InvalidInput: the extra ``xlsx`` is not installed, or a text is longer than a cell.
    """
    try:
        xlsxwriter = import_module("xlsxwriter")
    except ImportError:
        raise InvalidInput(
            "the format 'xlsx' needs XlsxWriter; install it with: pip install 'trustledger[xlsx]'"
        ) from None
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    # A workbook records when it was made; a statement has no clock but its own period.
    made = datetime.combine(statement.period.end, time())
    title = f"{cells.plain(statement.community)} {cells.plain(statement.title)}"
    book.set_properties({"title": title[:255], "created": made})
    _page(book, statement)
    _facts(book, statement)
    book.close()
    return out.getvalue()
