"""Balances 余额: what stood on an account at the end of any day, as known now or on a past day.

A day is whole years, whole months and one part of a month away from the beginning, and the sums of
years and months are kept: so ten years of history cost what one year costs. A unit's own account
is the sum of its own postings, which an index finds.

As known then 当时所知: the journal's order says what was known. A size is how many entries there
were; a day or an instant picks the entries recorded by then. Time of recording never falls.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select

from trustledger import chart
from trustledger.errors import InvalidInput
from trustledger.period import first_day, instant, last_day, month_of, parse_day, previous_month
from trustledger.store.conditions import of_unit
from trustledger.store.reading import YEAR, Reader
from trustledger.store.tables import ENTRY, POSTING, TURNOVER

Known = int | date | str
"""How long the journal was, or when: a day, or an ISO time."""


class Sums(NamedTuple):
    """余额、发生额: what was debited and credited to an account, and where that leaves it."""

    account: str
    debit_fen: int
    credit_fen: int

    @property
    def balance_fen(self) -> int:
        """What it comes to on the account's natural side 余额方向; negative on the other."""
        return chart.ACCOUNTS[self.account].side * (self.debit_fen - self.credit_fen)


class UnitBalance(NamedTuple):
    """业主往来余额: what a unit owes and what it has prepaid, in fen."""

    unit: str
    arrears_fen: int
    prepaid_fen: int


class Where(NamedTuple):
    """What is asked for: an account and, unless it is to be all of them, a dimension each."""

    account: str
    fund: str | None = None
    unit: str | None = None
    item: str | None = None
    line: str | None = None

    def conditions(self, table: Any) -> list[ColumnElement[bool]]:
        told = self._asdict().items()
        return [table.c[name] == value for name, value in told if value is not None]


def sums_to(reader: Reader, where: Where, on: date, size: int | None = None) -> Sums:
    """All that moved through the end of a day; as it was known when the journal had that size."""
    if where.unit is not None:
        return _journal(reader, where, "", on, size)
    if size is None:
        return _kept(reader, where, on)
    if size * 2 < reader.head().size:
        return _journal(reader, where, "", on, size)
    return _less(_kept(reader, where, on), _journal(reader, where, "", on, after=size))


def sums_within(
    reader: Reader, where: Where, first: date, last: date, size: int | None = None
) -> Sums:
    """What moved from a day to a day, both inclusive."""
    if where.unit is not None:
        return _journal(reader, where, first.isoformat(), last, size)
    eve = date.fromordinal(first.toordinal() - 1)
    return _less(sums_to(reader, where, last, size), sums_to(reader, where, eve, size))


def _less(whole: Sums, part: Sums) -> Sums:
    return Sums(whole[0], whole[1] - part[1], whole[2] - part[2])


def _kept(reader: Reader, where: Where, on: date) -> Sums:
    """From the kept sums, and the postings of the part of a month that is left."""
    month = month_of(on)
    ends = on == last_day(month)
    query = select(*_added(TURNOVER)).where(
        TURNOVER.c.book == reader.book, *where._replace(unit=None).conditions(TURNOVER)
    )
    debit = credit = 0
    for part in through(month, month if ends else previous_month(month)):
        more = reader.connection.execute(query.where(part)).one()
        debit, credit = debit + int(more[0]), credit + int(more[1])
    if not ends:
        rest = _journal(reader, where, first_day(month).isoformat(), on)
        debit, credit = debit + rest.debit_fen, credit + rest.credit_fen
    return Sums(where.account, debit, credit)


def _journal(
    reader: Reader,
    where: Where,
    first: str,
    last: date,
    size: int | None = None,
    after: int = 0,
) -> Sums:
    """Added up from the postings themselves, from a day to a day and of some entries alone."""
    days = and_(ENTRY.c.day >= first, ENTRY.c.day <= last.isoformat())
    narrow = where.unit is not None or size is not None or after > 0
    query = (
        select(*_added(POSTING, days if narrow else None))
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(POSTING.c.book == reader.book, *where._replace(unit=None).conditions(POSTING))
    )
    if where.unit is not None:
        query = query.where(of_unit(where.unit))
    if size is not None:
        query = query.where(POSTING.c.seq <= size)
    if after:
        query = query.where(POSTING.c.seq > after)
    found = reader.connection.execute(query if narrow else query.where(days)).one()
    return Sums(where.account, int(found[0]), int(found[1]))


def _added(table: Any, only: ColumnElement[bool] | None = None) -> Iterator[ColumnElement[int]]:
    """Debit and credit of rows, or of those that a condition holds for. Where a unit or a run of
    entries is asked for, the days stand here and not among the rows' conditions, or SQLite would
    look for the days first."""
    for name in ("debit_fen", "credit_fen"):
        column = table.c[name]
        yield func.coalesce(func.sum(column if only is None else case((only, column), else_=0)), 0)


def unit_balance(reader: Reader, unit: str, on: date, size: int | None = None) -> UnitBalance:
    """What a unit owes and has prepaid at the end of a day, both in one look at its postings."""
    account = POSTING.c.account
    query = (
        select(account, *_added(POSTING, ENTRY.c.day <= on.isoformat()))
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            of_unit(unit),
            account.in_((chart.RECEIVABLE, chart.PREPAID)),
            POSTING.c.seq <= (reader.head().size if size is None else size),
        )
        .group_by(account)
    )
    found = {
        row[0]: Sums(row[0], int(row[1]), int(row[2])) for row in reader.connection.execute(query)
    }
    none = Sums(chart.RECEIVABLE, 0, 0)
    owes, has = found.get(chart.RECEIVABLE, none), found.get(chart.PREPAID, none)
    return UnitBalance(unit, owes.balance_fen, has.balance_fen)


def payable(reader: Reader, on: date) -> int:
    """Remuneration accrued and not withdrawn at the end of a day."""
    return sums_to(reader, Where(chart.REMUNERATION_PAYABLE), on).balance_fen


def payable_now(reader: Reader) -> int:
    """Remuneration accrued and not withdrawn, now."""
    query = select(func.coalesce(func.sum(TURNOVER.c.credit_fen - TURNOVER.c.debit_fen), 0)).where(
        TURNOVER.c.book == reader.book,
        TURNOVER.c.period >= YEAR,
        TURNOVER.c.account == chart.REMUNERATION_PAYABLE,
    )
    return int(reader.connection.execute(query).scalar_one())


def fund_balance(reader: Reader, fund: str) -> int:
    """What a fund has now, on the cash basis, in fen."""
    query = select(func.coalesce(func.sum(TURNOVER.c.debit_fen - TURNOVER.c.credit_fen), 0)).where(
        TURNOVER.c.book == reader.book,
        TURNOVER.c.period >= YEAR,
        TURNOVER.c.account.in_(sorted(chart.CASH_BASIS)),
        TURNOVER.c.fund == fund,
    )
    return int(reader.connection.execute(query).scalar_one())


def turnovers(
    reader: Reader, first: str, last: str
) -> list[tuple[str, str, str, str, str, str, int, int]]:
    """Month, account, fund, item, line, term, debit and credit of all that moved through the
    last month. A year before that of the first month stands as one, as ``"2023"``: so however
    many there are, they cost next to nothing."""
    names = ("period", "account", "fund", "item", "line", "term", "debit_fen", "credit_fen")
    query = (
        select(*(TURNOVER.c[name] for name in names))
        .where(TURNOVER.c.book == reader.book)
        .order_by(*(TURNOVER.c[name] for name in names[:6]))
    )
    return [
        (period.removeprefix(YEAR), *rest)
        for part in through(first, last)
        for period, *rest in reader.connection.execute(query.where(part))
    ]


def through(first: str, last: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The kept sums that add up to all that moved through the last month: whole years before that
    of the first month, then months. Two conditions, each of which an index has in one piece."""
    period, year = TURNOVER.c.period, first[:4]
    return (
        and_(period >= YEAR, period < f"{YEAR}{year}"),
        and_(period >= f"{year}-01", period <= last),
    )


# --------------------------------------------------------------------------- as known then


def size_known(reader: Reader, known: Known) -> int:
    """How long the journal was: by its size, or by what was recorded through a day or instant.

    :raises InvalidInput: a size that the journal never had.
    :raises InvalidDate: neither a day nor a time.
    """
    size = reader.head().size
    if isinstance(known, int):
        if not 0 <= known <= size:
            raise InvalidInput(f"found size {known}; the journal has had 0 to {size} entries")
        return known
    low, high = 0, size  # of entries 1 to low all are known, after high none is
    while low < high:
        middle = (low + high + 1) // 2
        if _recorded_by(reader, middle, known):
            low = middle
        else:
            high = middle - 1
    return low


def _recorded_by(reader: Reader, seq: int, known: date | str) -> bool:
    query = select(ENTRY.c.recorded_at).where(ENTRY.c.book == reader.book, ENTRY.c.seq == seq)
    at = instant(str(reader.connection.execute(query).scalar_one()))
    if isinstance(known, datetime):
        return at <= instant(known.isoformat())
    if isinstance(known, str) and len(known.strip()) > len("2024-01-31"):
        return at <= instant(known)
    return at.date() <= (parse_day(known) if isinstance(known, str) else known)
