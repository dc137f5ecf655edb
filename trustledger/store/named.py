"""Earlier entries that others name: what they are, what reverses them, and which came first."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, func, select

from trustledger import chart
from trustledger.records import LATE_FEE
from trustledger.store.conditions import in_chunks, of_unit, reversing
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY, POSTING


class Known(NamedTuple):
    """An entry that another one names."""

    seq: int
    kind: str
    key: str
    on: str


def known(reader: Reader, where: ColumnElement[bool]) -> list[Known]:
    """Of some entries what they are, by seq."""
    query = select(*(ENTRY.c[name] for name in ("seq", "kind", "key", "day")))
    rows = reader.connection.execute(query.where(ENTRY.c.book == reader.book, where))
    return sorted(Known(*row) for row in rows)


def numbered(reader: Reader, seqs: Collection[int]) -> list[Known]:
    """Some entries by their numbers."""
    return [k for some in in_chunks(seqs) for k in known(reader, ENTRY.c.seq.in_(some))]


def keyed(reader: Reader, kind: str, keys: Collection[str]) -> list[Known]:
    """Some entries of a kind by their keys."""
    mine = ENTRY.c.kind == kind
    return [k for some in in_chunks(keys) for k in known(reader, and_(mine, ENTRY.c.key.in_(some)))]


def first_reversals(reader: Reader, seqs: Collection[int]) -> dict[int, int]:
    """By the number of some entries, that of the first one that reverses it."""
    found: dict[int, int] = {}
    for some in in_chunks(seqs):
        query = select(ENTRY.c.reverses, func.min(ENTRY.c.seq)).where(
            ENTRY.c.book == reader.book, reversing(ENTRY), ENTRY.c.reverses.in_(some)
        )
        rows = reader.connection.execute(query.group_by(ENTRY.c.reverses))
        found.update((of, first) for of, first in rows)
    return found


def first_of_money(reader: Reader, unit: str, source: str, *, late: bool) -> int:
    """The first entry with money of a receipt at the bank, as a late fee or as another."""
    item = POSTING.c.item == LATE_FEE if late else POSTING.c.item != LATE_FEE
    query = select(func.min(POSTING.c.seq)).where(
        POSTING.c.book == reader.book,
        of_unit(unit) if unit else POSTING.c.unit == unit,
        POSTING.c.account.in_(chart.CASH_ACCOUNTS),
        POSTING.c.source == source,
        item,
    )
    return int(reader.connection.execute(query).scalar() or 0)


def last_late_fee(reader: Reader, unit: str, month: str, before: int) -> Known | None:
    """The last entry before a number by which a unit's charge of a month bore a late fee."""
    bore = select(POSTING.c.seq).where(
        POSTING.c.book == reader.book,
        of_unit(unit),
        POSTING.c.account == chart.RECEIVABLE,
        POSTING.c.item == LATE_FEE,
        POSTING.c.month == month,
        POSTING.c.seq < before,
    )
    found = known(reader, and_(ENTRY.c.kind == LATE_FEE, ENTRY.c.seq.in_(bore)))
    return found[-1] if found else None


def misnumbered(reader: Reader) -> list[int]:
    """Numbers of entries whose postings are not 1, 2, 3 ..., or that are not there at all, or
    that are below 1, where nobody who reads the journal from its start would see them."""
    counted = (
        select(POSTING.c.seq)
        .where(POSTING.c.book == reader.book)
        .group_by(POSTING.c.seq)
        .having(
            (func.max(POSTING.c.no) != func.count())
            | (func.min(POSTING.c.no) != 1)
            | (func.count(POSTING.c.no.distinct()) != func.count())
        )
    )
    homeless = (
        select(POSTING.c.seq)
        .outerjoin(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(POSTING.c.book == reader.book, ENTRY.c.seq.is_(None))
    )
    hidden = (
        select(table.c.seq).where(table.c.book == reader.book, table.c.seq < 1)
        for table in (ENTRY, POSTING)
    )
    return sorted(reader.connection.scalars(counted.union(homeless, *hidden)))
