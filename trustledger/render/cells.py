"""Cells as text, in one place, so that no two formats ever show one figure differently.

What lives here: how a cell of each kind is written for people, how user text is made inert, and
what every format says alike (the heading, the figures of a drawing, the journal's line). What
must not: alignment, markup, file formats. Amounts are divided from whole fen as text; no float
takes part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from trustledger.document import Bars, Cell, Column, Fact, Kind, Shares, Split, Statement, Table
from trustledger.money import rate_text, yuan

NUMERIC: frozenset[Kind] = frozenset({"amount", "count", "rate"})
"""Kinds that are set flush right, so that digits of one weight stand under each other."""

NOTHING = "本期无记录"
"""What a table without rows says: a blank would look like something that was lost."""

CAPITALS = "人民币（大写）"
"""Stands immediately before an amount in capitals, with no gap to write another digit into."""

CHECKS = "勾稽核对"
AGREES = "相符"

_NAME = Column("label", "项目", width=2.0)
_SHARE = Column("share", "占比", "rate")
_RATE = re.compile(r"(-?)([0-9]{1,12})\.([0-9]{4})")
_BREAKS = re.compile(r"\r\n|[\t\n\v\f\r\x85\u2028\u2029]")
# Controls act on a terminal; bidi and other format characters reorder or hide what a reader
# sees; surrogates and noncharacters cannot be stored in UTF-8 or XML. U+200C and U+200D shape
# letters of living scripts and reorder nothing, so they stay, as do variation selectors.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u0600-\u0605\u061c\u06dd\u070f\u180e"
    "\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufdd0-\ufdef\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)


def visible(text: str) -> str:
    """User text with every unseen character shown: ESC is ``[U+001B]``, RLO is ``[U+202E]``.

    TAB, LF and CR stay, for formats that can hold them.
    """
    return _UNSEEN.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def plain(text: str) -> str:
    """User text for one line: like :func:`visible`, and each tab or line break is one space."""
    return visible(_BREAKS.sub(" ", text))


def shown(value: Cell, kind: Kind = "text", *, grouping: bool = True) -> str:
    """A cell as people read it: ``12,000.00``, ``-440.32``, ``88.12%``, ``1,204``; None is ``""``.

    Text in a column of figures (a dash, a remark) is shown as the text it is.
    """
    if value is None:
        return ""
    if isinstance(value, int):
        if kind == "amount":
            return yuan(value, grouping=grouping)
        return f"{value:,}" if grouping and kind == "count" else str(value)
    return percent(value) if kind == "rate" else plain(value)


def shown_row(row: Sequence[Cell], columns: Sequence[Column]) -> list[str]:
    """A row of a table as people read it."""
    pairs = zip(row, columns, strict=True)
    return [shown(value, column.kind) for value, column in pairs]


def is_figure(value: Cell, kind: Kind) -> bool:
    """Whether the cell is a figure, written by us digit by digit, and not user text."""
    if kind == "rate" and isinstance(value, str):
        return _RATE.fullmatch(value) is not None
    return isinstance(value, int)


def percent(rate: str) -> str:
    """A rate of four decimals in per cent: ``"0.8812"`` -> ``88.12%``; other text stays text."""
    match = _RATE.fullmatch(rate)
    if match is None:
        return plain(rate)
    digits = f"{int(match[2] + match[3]):03d}"
    return f"{match[1]}{digits[:-2]}.{digits[-2:]}%"


def subtitle(statement: Statement) -> tuple[str, ...]:
    """What stands under the title: the unit if it is about one, the period, the book."""
    unit = (f"房号 {plain(statement.subject)}",) if statement.subject else ()
    return (*unit, statement.when, f"账套 {plain(statement.book)}")


def tabled(block: Split | Bars | Shares) -> Table:
    """The figures that a drawing shows, as a table: what a bar says is always said in figures."""
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    if isinstance(block, Split):
        whole = sum(part.amount_fen for part in block.parts)
        columns = (_NAME, Column("amount", "金额", "amount"), _SHARE)
        rows = tuple(
            (part.label, part.amount_fen, rate_text(part.amount_fen, whole)) for part in block.parts
        )
    elif isinstance(block, Shares):
        columns = (_NAME, block.figure, _SHARE)
        whole = sum(part.size for part in block.parts)
        rows = tuple((part.label, part.shown, rate_text(part.size, whole)) for part in block.parts)
    else:
        words = block.words
        columns = (
            _NAME,
            Column("spent", words.spent, "amount"),
            Column("approved", words.approved, "amount"),
            Column("rate", words.rate, "rate"),
        )
        rows = tuple(
            (bar.label, bar.spent_fen, bar.approved_fen, rate_text(bar.spent_fen, bar.approved_fen))
            for bar in block.bars
        )
    return Table(block.key, block.title, columns, rows, note=block.note)


def scale_fen(bars: Bars) -> int:
    """The amount that the longest of the bars stands for; all of them are drawn on this scale."""
    return max((max(bar.approved_fen, bar.spent_fen) for bar in bars.bars), default=0)


def journal(statement: Statement) -> tuple[str, str]:
    """The journal that the statement was drawn from: how many entries, and its root digest; and
    the entry that closed its period, once that is closed."""
    closed = f" · 已结账（第 {statement.closed:,} 号凭证）" if statement.closed else ""
    return f"账簿共 {statement.size:,} 笔凭证{closed}", f"根摘要 {plain(statement.root)}"


def flat(facts: Mapping[str, Fact], above: str = "") -> Iterator[tuple[str, str | int]]:
    """Facts one a line, in their order: ``income.service_fee`` and its value."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield above + key, value
