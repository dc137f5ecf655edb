"""Charges 收费: which stand, of which months and items, and what moved of them day by day."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import and_, func, select

from trustledger import chart
from trustledger.records import LATE_FEE, Posting
from trustledger.store.conditions import POSTING_COLUMNS, in_chunks, of_unit, of_units
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY, POSTING


def charged(reader: Reader, month: str, kind: str = "charge") -> set[str]:
    """The keys of the charges, or late fees, of a month that stand."""
    query = select(ENTRY.c.key).where(
        ENTRY.c.book == reader.book,
        ENTRY.c.kind == kind,
        ENTRY.c.key >= f"{month}|",
        ENTRY.c.key < f"{month}}}",
    )
    return set(reader.connection.scalars(query))


def charged_months(reader: Reader, units: Collection[str]) -> dict[str, list[str]]:
    """The months that some units are charged for, in order."""
    found: dict[str, list[str]] = {}
    query = (
        select(POSTING.c.unit, POSTING.c.month)
        .distinct()
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            POSTING.c.account == chart.RECEIVABLE,
            ENTRY.c.kind == "charge",
        )
    )
    for chunk in in_chunks(units):
        for unit, month in reader.connection.execute(query.where(of_units(chunk))):
            found.setdefault(unit, []).append(month)
    return {unit: sorted(months) for unit, months in found.items()}


def charged_units(reader: Reader, item: str, after: str) -> set[str]:
    """The units whose charges dated after a day have an item."""
    query = (
        select(POSTING.c.unit)
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            ENTRY.c.book == reader.book,
            ENTRY.c.day > after,
            ENTRY.c.kind == "charge",
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.item == item,
        )
    )
    return set(reader.connection.scalars(query))


def last_charge(reader: Reader) -> str:
    """The latest day on which anything is charged, or nothing."""
    query = select(func.coalesce(func.max(ENTRY.c.day), ""))
    where = (ENTRY.c.book == reader.book, ENTRY.c.kind == "charge")
    return str(reader.connection.execute(query.where(*where)).scalar_one())


def metered_charges(reader: Reader) -> list[str]:
    """The stored charges that bill a reading."""
    query = select(ENTRY.c.content).where(
        ENTRY.c.book == reader.book,
        ENTRY.c.kind == "charge",
        ENTRY.c.content.contains('"metered":{', autoescape=True),
    )
    return list(reader.connection.scalars(query))


def having(reader: Reader, item: str, since: str) -> list[str]:
    """The stored charges dated from a day on that have an item."""
    mine = select(POSTING.c.seq).where(
        POSTING.c.book == reader.book,
        POSTING.c.account == chart.RECEIVABLE,
        POSTING.c.item == item,
    )
    query = select(ENTRY.c.content).where(
        ENTRY.c.book == reader.book,
        ENTRY.c.day >= since,
        ENTRY.c.kind == "charge",
        ENTRY.c.seq.in_(mine),
    )
    return list(reader.connection.scalars(query.order_by(ENTRY.c.key)))


def principal_moves(
    reader: Reader, first: str, units: Collection[str] | None
) -> Iterator[tuple[str, str, str, int]]:
    """Unit, month, day and fen of every change since a day of what charges leave open."""
    for one in (None,) if units is None else units:
        for _, _, _, day, p in reader.postings(first, None, (chart.RECEIVABLE,), one):
            if p.item != LATE_FEE:
                yield p.unit, p.month, day, p.debit_fen - p.credit_fen


def claim_moves(
    reader: Reader, units: Collection[str]
) -> Iterator[tuple[str, str, str, str, int, int]]:
    """Unit, month, item, day, debit and credit of every change of what some units owe, in fen, in
    no order: SQLite would go through all days of the book to have it in theirs."""
    query = (
        select(
            *(POSTING.c[name] for name in ("unit", "month", "item")),
            *(ENTRY.c.day, POSTING.c.debit_fen, POSTING.c.credit_fen),
        )
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(POSTING.c.book == reader.book, POSTING.c.account == chart.RECEIVABLE)
    )
    for chunk in in_chunks(units):
        for row in reader.connection.execute(query.where(of_units(chunk))):
            yield tuple(row)


def borne(
    reader: Reader, units: Collection[str], before: int | None = None
) -> Iterator[tuple[str, str, str, int, int]]:
    """Unit, month and day of every change of a charge's principal (charged or waived) and of
    the late fee it has borne, of some units, in fen; ``before``: only by entries before this one.
    """
    query = (
        select(POSTING.c.unit, ENTRY.c.kind, ENTRY.c.day, *POSTING_COLUMNS)
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.source == "",
        )
    )
    if before is not None:
        query = query.where(POSTING.c.seq < before)
    for chunk in in_chunks(units):
        for unit, kind, day, *posting in reader.connection.execute(query.where(of_units(chunk))):
            p = Posting(*posting)
            if p.item != LATE_FEE:
                yield unit, p.month, day, p.debit_fen - p.credit_fen, 0
            elif kind == "late_fee":
                yield unit, p.month, day, 0, p.debit_fen


def waived(reader: Reader) -> set[str]:
    """The units of which a charge was ever waived, in whole or in part."""
    query = (
        select(POSTING.c.unit)
        .distinct()
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            ENTRY.c.kind.in_(("waiver", "waived")),
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.item != LATE_FEE,
        )
    )
    return set(reader.connection.scalars(query))


def claims_of(
    reader: Reader, unit: str, months: Collection[str], last: str
) -> Iterator[tuple[str, str, int, int]]:
    """Of a unit's charges of some months, to the end of a day: month, whose money, debit and
    credit."""
    query = (
        select(
            POSTING.c.month,
            POSTING.c.source,
            func.sum(POSTING.c.debit_fen),
            func.sum(POSTING.c.credit_fen),
        )
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            of_unit(unit),
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.month.in_(list(months)),
            ENTRY.c.day <= last,
        )
        .group_by(POSTING.c.month, POSTING.c.source)
        .order_by(POSTING.c.month, POSTING.c.source)
    )
    for month, source, debit, credit in reader.connection.execute(query):
        yield month, source, int(debit), int(credit)
