"""What a statement is 报表: data first, as blocks that every format knows how to show.

What lives here: the statement and its blocks, frozen. What must not: where figures come from
(statements/) and what they look like on paper (render/). Amounts are integer fen, rates are text
with four decimals, dates are ISO text; texts are user text and inert.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from trustledger.period import Period, day_title

Kind = Literal["text", "amount", "count", "rate", "date"]
Cell = str | int | None
"""amount: fen as int; count: int; rate: text "0.8812"; text and date: text; None: nothing."""


class Column(NamedTuple):
    """One column of a table. ``width`` is relative to the other columns."""

    key: str
    title: str
    kind: Kind = "text"
    width: float = 1.0


class Table(NamedTuple):
    """Rows under columns; ``totals`` are set apart below the rows."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()
    note: str = ""


class Pair(NamedTuple):
    """A label and its value, of a kind."""

    label: str
    value: Cell
    kind: Kind = "text"


class Grid(NamedTuple):
    """Facts beside their labels, to be set in two or more columns."""

    key: str
    title: str
    pairs: tuple[Pair, ...]


class Due(NamedTuple):
    """The one amount a reader looks for, in figures and in Chinese capitals."""

    key: str
    label: str
    amount_fen: int
    capitals: str
    note: str = ""


class Part(NamedTuple):
    """One part of a whole, with its name."""

    label: str
    amount_fen: int


class Split(NamedTuple):
    """One whole divided into parts, drawn as one bar from zero. No part is negative."""

    key: str
    title: str
    parts: tuple[Part, ...]
    note: str = ""


class Bar(NamedTuple):
    """What was spent against what was approved; both drawn from zero on one scale."""

    label: str
    approved_fen: int
    spent_fen: int


class BarWords(NamedTuple):
    """What bars are of: the columns of their figures, and what the colours mean."""

    spent: str = "支出"
    approved: str = "预算"
    rate: str = "执行率"
    done: str = "已支出"
    left: str = "预算余额"
    over: str = "超出预算"


class Bars(NamedTuple):
    """Spending by budget line against the budget, or what else ``words`` say."""

    key: str
    title: str
    bars: tuple[Bar, ...]
    note: str = ""
    words: BarWords = BarWords()


class Share(NamedTuple):
    """One part of a whole, with how long its bar is and what its figure says."""

    label: str
    size: int
    shown: Cell


class Shares(NamedTuple):
    """A whole and its parts, each a bar of its own from zero, all on one scale. ``figure`` is the
    column of their figures: amounts, areas, heads. No part is negative."""

    key: str
    title: str
    figure: Column
    parts: tuple[Share, ...]
    note: str = ""


class Words(NamedTuple):
    """Paragraphs; ``code`` is a text that a telephone reads off the paper, as a QR code."""

    key: str
    title: str
    lines: tuple[str, ...]
    code: str = ""


class Signatures(NamedTuple):
    """Who signs, with room to do so."""

    key: str
    names: tuple[str, ...]


Block = Table | Grid | Due | Split | Bars | Shares | Words | Signatures
Fact = str | int | Mapping[str, "Fact"]


class Check(NamedTuple):
    """An identity the statement must satisfy; ``left`` and ``right`` in fen."""

    name: str
    left_fen: int
    right_fen: int

    @property
    def holds(self) -> bool:
        return self.left_fen == self.right_fen


class Statement(NamedTuple):
    """报表: what it says, about whom and when, and the journal it was drawn from."""

    name: str  # income_expenditure, owner ...
    title: str  # 收支公示表
    community: str  # 平安社区
    book: str  # pingan
    period: Period
    facts: Mapping[str, Fact]
    blocks: tuple[Block, ...]
    checks: tuple[Check, ...]
    size: int  # entries in the journal
    root: str  # the journal's digest, 64 hex digits
    subject: str = ""  # the unit of an owner's statement
    day: str = ""  # ISO, where it is of one day and not of the whole period
    closed: int = 0  # number of the entry that closed the period, once it is closed

    @property
    def when(self) -> str:
        """What it is of, as a Chinese statement says it: ``2017年3月``, ``截至2017年3月5日``."""
        return f"截至{day_title(self.day)}" if self.day else self.period.title

    @property
    def tables(self) -> tuple[Table, ...]:
        """The tables alone, in order."""
        return tuple(block for block in self.blocks if isinstance(block, Table))
