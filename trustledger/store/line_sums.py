"""What budget lines 预算项目 spent and committed: day by day, by month, or all of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import bindparam, func, select

from trustledger.store.asking import Question, ask
from trustledger.store.reading import Reader
from trustledger.store.tables import LINE

_OF_LINE = (LINE.c.book == bindparam("of"), LINE.c.line == bindparam("named"))
_LINE_SUM = Question(
    select(func.sum(LINE.c.spent_fen), func.sum(LINE.c.committed_fen)).where(*_OF_LINE)
)
_LINE_DAYS = Question(
    select(LINE.c.day, LINE.c.spent_fen, LINE.c.committed_fen)
    .where(*_OF_LINE, LINE.c.day >= bindparam("first"), LINE.c.day <= bindparam("last"))
    .order_by(LINE.c.day)
)


def line_moves(
    reader: Reader, line: str, first: date | None, last: date | None
) -> list[tuple[date, int, int]]:
    """Day, what a budget line spent, and what it committed; without a first day, all of it as
    of one day."""
    values = {"of": reader.book, "named": line}
    if first is None:
        ((spent, committed),) = ask(reader.connection, _LINE_SUM, values)
        return [] if spent is None else [(date.min, int(spent), int(committed))]
    values |= {"first": first.isoformat(), "last": (last or date.max).isoformat()}
    return [
        (date.fromisoformat(day), int(spent), int(committed))
        for day, spent, committed in ask(reader.connection, _LINE_DAYS, values)
    ]


def moved_by_month(reader: Reader, first: date, last: date) -> Iterator[tuple[str, str, int, int]]:
    """Line, month, what it spent and what it committed, of every budget line from a day to a
    day."""
    month = func.substr(LINE.c.day, 1, 7)
    query = (
        select(LINE.c.line, month, func.sum(LINE.c.spent_fen), func.sum(LINE.c.committed_fen))
        .where(
            LINE.c.book == reader.book,
            LINE.c.day >= first.isoformat(),
            LINE.c.day <= last.isoformat(),
        )
        .group_by(LINE.c.line, month)
        .order_by(LINE.c.line, month)
    )
    for line, when, spent, committed in reader.connection.execute(query):
        yield line, when, int(spent), int(committed)
