"""Reading a book: what stands, as values. Nothing here decides anything and nothing writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from trustledger import chart
from trustledger.applying import Expiry, OldClaim, OldPiece, OldReceipt
from trustledger.errors import BookCorrupt
from trustledger.records import LATE_FEE, Entry, Posting, Receipt, Record, Tenure, Unit
from trustledger.rules.entrusted import HELD, Holding
from trustledger.rules.journal import Frontier, Head
from trustledger.rules.receiving import Leg, WaitingWaiver
from trustledger.rules.sealing import SEALED, Private, sealed_fields, unseal
from trustledger.store.asking import Asked, Question, ask
from trustledger.store.dialects import has_schema
from trustledger.store.memo import Memo
from trustledger.store.tables import (
    ATTACHMENT,
    ENTRY,
    HEAD,
    LINE,
    LINK,
    OPEN,
    POSTING,
    PRIVATE,
    TERM,
    TURNOVER,
)

WAITING = "waiver"
"""The pseudo account under which ``tl_open`` keeps waivers that wait for their charge."""

DESIGNATED = ("", "pays", "", "", "")
"""Where ``tl_open`` counts designated money: books without any need not look for it."""

ONE_BY_ONE = "one by one"
"""Under which units are remembered that were asked for by their codes."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")
_CHUNK = 500
_POSTING = [POSTING.c[name] for name in Posting._fields]
_ENTRY = [
    ENTRY.c[name]
    for name in ("seq", "kind", "key", "day", "recorded_at", "reverses", "content", "leaf")
]

YEAR = "y"
"""Before a year's number: the period under which ``tl_turnover`` keeps the sums of the year."""

# What every post asks, built once: building a question costs as much as the answer.
_STORED = Question(
    select(ENTRY.c.seq, ENTRY.c.content, ENTRY.c.key, PRIVATE.c.field, PRIVATE.c.value)
    .outerjoin(PRIVATE, and_(PRIVATE.c.book == ENTRY.c.book, PRIVATE.c.seq == ENTRY.c.seq))
    .where(
        ENTRY.c.book == bindparam("of"),
        ENTRY.c.kind == bindparam("sort"),
        ENTRY.c.key.in_(bindparam("keys", expanding=True)),
    )
)
_OPEN_OF = Question(
    OPEN.select().where(
        OPEN.c.book == bindparam("of"), OPEN.c.unit.in_(bindparam("units", expanding=True))
    )
)
_TERMS_OF = Question(
    select(TERM.c.term, TERM.c.base_fen, TERM.c.remuneration_fen).where(
        TERM.c.book == bindparam("of")
    )
)
_LINKED = (
    LINK.c.book == bindparam("of"),
    LINK.c.of_kind == bindparam("of_kind"),
    LINK.c.of_key == bindparam("of_key"),
    LINK.c.kind == bindparam("sort"),
)
_NAMING = Question(select(LINK.c.key).where(*_LINKED))
_FACTS_NAMING = Question(
    select(ENTRY.c.seq, ENTRY.c.content, ENTRY.c.key, PRIVATE.c.field, PRIVATE.c.value)
    .select_from(LINK)
    .join(
        ENTRY,
        and_(ENTRY.c.book == LINK.c.book, ENTRY.c.kind == LINK.c.kind, ENTRY.c.key == LINK.c.key),
    )
    .outerjoin(PRIVATE, and_(PRIVATE.c.book == ENTRY.c.book, PRIVATE.c.seq == ENTRY.c.seq))
    .where(*_LINKED)
)
_OF_LINE = (LINE.c.book == bindparam("of"), LINE.c.line == bindparam("named"))
_LINE_SUM = Question(
    select(func.sum(LINE.c.spent_fen), func.sum(LINE.c.committed_fen)).where(*_OF_LINE)
)
_LINE_DAYS = Question(
    select(LINE.c.day, LINE.c.spent_fen, LINE.c.committed_fen)
    .where(*_OF_LINE, LINE.c.day >= bindparam("first"), LINE.c.day <= bindparam("last"))
    .order_by(LINE.c.day)
)
_RED = ENTRY.alias("red")
_REVERSED = Question(
    select(_RED.c.seq)
    .select_from(ENTRY)
    .join(_RED, and_(_RED.c.book == ENTRY.c.book, _RED.c.reverses == ENTRY.c.seq))
    .where(
        ENTRY.c.book == bindparam("of"),
        ENTRY.c.kind == bindparam("sort"),
        ENTRY.c.key == bindparam("named"),
        _RED.c.reverses > literal_column("0"),
    )
)


class Known(NamedTuple):
    """An entry that another one names."""

    seq: int
    kind: str
    key: str
    on: str


class Stored(NamedTuple):
    """An entry that stands: number, fact as given, public key, and what was erased of it."""

    seq: int
    content: str
    key: str
    erased: tuple[str, ...] = ()


def stored_of(book: str, kind: str, keys: list[str]) -> Asked:
    """Asks for entries of a kind by their keys, each with what is kept of its personal fields."""
    return _STORED, {"of": book, "sort": kind, "keys": keys}


def open_of(book: str, units: list[str]) -> Asked:
    """Asks what is unsettled of some units."""
    return _OPEN_OF, {"of": book, "units": units}


def terms_stand(book: str) -> Asked:
    """Asks for base and remuneration to date of every term."""
    return _TERMS_OF, {"of": book}


def _opened(seq: int, content: str, key: str, values: Mapping[str, str]) -> Stored:
    """An entry with what is kept of its personal fields put back."""
    if SEALED not in content:
        return Stored(seq, content, key)
    gone = tuple(name for name in sealed_fields(content) if name not in values)
    return Stored(seq, unseal(content, values), key, gone)


Row = tuple[int, str, str, str, Posting]
"""seq, kind, key and day of an entry, with one of its postings."""


def _entry(row: Any, lines: Iterable[Posting], kept: Iterable[Private]) -> Entry:
    """An entry as its reader sees it: the fact as given beside what stands."""
    public = row.content
    entry = Entry._make((*row, tuple(lines), public, ()))
    if SEALED not in public:
        return entry
    opened = unseal(public, {one.field: one.value for one in kept})
    return entry._replace(content=opened, private=tuple(kept))


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    ready = list(values)
    for at in range(0, len(ready), _CHUNK):
        yield ready[at : at + _CHUNK]


_OF_A_UNIT = POSTING.c.unit != literal_column("''")
"""Said beside the unit asked for, or SQLite does not see that the index of units has it."""


def _reversing(entry: FromClause) -> ColumnElement[bool]:
    """Said of an entry that reverses another, for the same reason."""
    return entry.c.reverses > literal_column("0")


def of_unit(unit: str) -> ColumnElement[bool]:
    """Postings of a unit."""
    return and_(_OF_A_UNIT, POSTING.c.unit == unit)


def of_units(units: Collection[str]) -> ColumnElement[bool]:
    """Postings of some units."""
    return and_(_OF_A_UNIT, POSTING.c.unit.in_(units))


def through(first: str, last: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The kept sums that add up to all that moved through the last month: whole years before that
    of the first month, then months. Two conditions, each of which an index has in one piece."""
    period, year = TURNOVER.c.period, first[:4]
    return (
        and_(period >= YEAR, period < f"{YEAR}{year}"),
        and_(period >= f"{year}-01", period <= last),
    )


def books(connection: Connection) -> list[str]:
    """The codes of all books in the database."""
    if not has_schema(connection):
        return []
    codes = select(HEAD.c.book).union(select(ENTRY.c.book).where(ENTRY.c.kind == "book"))
    return sorted(connection.scalars(codes))


class Reader:
    """One book, through a connection whose transaction is the caller's."""

    def __init__(self, connection: Connection, book: str, memo: Memo | None = None) -> None:
        self.connection, self.book = connection, book
        self.memo = memo

    def _remembered(self, kind: str, what: str, read: Callable[[], T]) -> T:
        """Something of all entries of a kind, read once as long as no more of it is posted."""
        return read() if self.memo is None else self.memo.of(kind, what, read)

    # ------------------------------------------------------------------ entries

    def head(self) -> Head:
        """Size and root of the journal.

        :raises BookCorrupt: the head is not what was written there.
        """
        row = self.connection.execute(
            select(HEAD.c.size, HEAD.c.peaks).where(HEAD.c.book == self.book)
        ).one_or_none()
        try:
            frontier = Frontier.load(*row) if row else Frontier()
        except ValueError:
            raise BookCorrupt(
                f"the head of book {self.book!r} was changed; run trustledger verify"
            ) from None
        return Head(frontier.size, frontier.root().hex())

    def closed(self) -> str:
        """The last closed month, or nothing."""
        query = select(HEAD.c.closed).where(HEAD.c.book == self.book)
        return str(self.connection.execute(query).scalar() or "")

    def misnumbered(self) -> list[int]:
        """Numbers of entries whose postings are not 1, 2, 3 ..., or that are not there at all, or
        that are below 1, where nobody who reads the journal from its start would see them."""
        counted = (
            select(POSTING.c.seq)
            .where(POSTING.c.book == self.book)
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
            .where(POSTING.c.book == self.book, ENTRY.c.seq.is_(None))
        )
        hidden = (
            select(table.c.seq).where(table.c.book == self.book, table.c.seq < 1)
            for table in (ENTRY, POSTING)
        )
        return sorted(self.connection.scalars(counted.union(homeless, *hidden)))

    def size(self) -> int:
        """How many entries stand."""
        query = select(func.count()).select_from(ENTRY).where(ENTRY.c.book == self.book)
        return int(self.connection.execute(query).scalar_one())

    # ------------------------------------------------------------------ personal fields

    def private(self, seqs: Sequence[int]) -> dict[int, list[Private]]:
        """What is kept of the personal fields of some entries."""
        query = select(PRIVATE.c.seq, PRIVATE.c.field, PRIVATE.c.salt, PRIVATE.c.value)
        if len(seqs) > _CHUNK:  # so many mostly lie close together
            here = PRIVATE.c.seq.between(min(seqs), max(seqs))
        else:
            here = PRIVATE.c.seq.in_(seqs)
        found: dict[int, list[Private]] = {}
        rows = self.connection.execute(query.where(PRIVATE.c.book == self.book, here))
        for seq, field, salt, value in rows:
            found.setdefault(seq, []).append(Private(field, bytes(salt), value))
        return found

    def unsealed(self, rows: Sequence[tuple[int, str]]) -> list[str]:
        """Contents by seq, as they were given: the one place where what is personal comes back."""
        sealed = [seq for seq, content in rows if SEALED in content]
        if not sealed:
            return [content for _, content in rows]
        kept = self.private(sealed)
        return [
            unseal(content, {one.field: one.value for one in kept.get(seq, ())})
            if SEALED in content
            else content
            for seq, content in rows
        ]

    def _stored(self, found_rows: Iterable[Any]) -> list[Stored]:
        """Rows of seq, content and key, as they were given."""
        rows = list(found_rows)
        sealed = [row.seq for row in rows if SEALED in row.content]
        kept = self.private(sealed) if sealed else {}
        return [
            _opened(seq, content, key, {one.field: one.value for one in kept.get(seq, ())})
            for seq, content, key in rows
        ]

    def stored(self, kind: str, keys: Collection[str]) -> dict[str, Stored]:
        """Those entries of a kind whose public keys stand."""
        found: dict[str, Stored] = {}
        for chunk in _chunks(sorted(keys)):
            kept: dict[tuple[int, str, str], dict[str, str]] = {}
            for *entry, field, value in ask(self.connection, *stored_of(self.book, kind, chunk)):
                kept.setdefault(tuple(entry), {})[field] = value
            found.update((entry[2], _opened(*entry, values)) for entry, values in kept.items())
        return found

    def contents(self, kind: str, keys: Collection[str] | None = None) -> list[str]:
        """The stored facts of a kind: all of them by key, or those of some keys as posted."""
        if keys is not None:
            return [one.content for one in sorted(self.stored(kind, keys).values())]
        return list(self._remembered(kind, "contents", lambda: self._contents(kind)))

    def _contents(self, kind: str) -> list[str]:
        query = select(ENTRY.c.seq, ENTRY.c.content)
        query = query.where(ENTRY.c.book == self.book, ENTRY.c.kind == kind)
        # by key, not by seq: the unique index has that order, and history costs nothing
        rows: list[Any] = list(self.connection.execute(query.order_by(ENTRY.c.key)))
        return self.unsealed(rows)

    def keys(self, kind: str) -> dict[str, int]:
        """The keys of all entries of a kind, and their numbers."""
        return dict(self._remembered(kind, "keys", lambda: self._keys(kind)))

    def _keys(self, kind: str) -> dict[str, int]:
        query = select(ENTRY.c.key, ENTRY.c.seq)
        rows = self.connection.execute(query.where(ENTRY.c.book == self.book, ENTRY.c.kind == kind))
        return {row.key: row.seq for row in rows}

    def facts(self, record: type[R], keys: Collection[str] | None = None) -> list[R]:
        """The stored facts of a kind as records."""
        if keys is None:
            return list(self._remembered(record.kind, "facts", lambda: self._facts(record)))
        return [record.load(content) for content in self.contents(record.kind, keys)]

    def units(self, codes: Collection[str]) -> list[Unit]:
        """Some units by their codes; each is read once, as long as none is defined or erased."""
        known: dict[str, Unit] = self._remembered(Unit.kind, ONE_BY_ONE, dict)
        missing = [code for code in codes if code not in known]
        known.update((unit.unit, unit) for unit in self.facts(Unit, missing))
        return [known[code] for code in sorted(codes) if code in known]

    def _facts(self, record: type[R]) -> list[R]:
        return [record.load(content) for content in self._contents(record.kind)]

    def stored_tenures(self, units: Collection[str] | None = None) -> dict[str, Stored]:
        """The tenures that stand, of all units or of some, by the keys that they were given."""
        query = select(ENTRY.c.seq, ENTRY.c.content, ENTRY.c.key).where(
            ENTRY.c.book == self.book, ENTRY.c.kind == Tenure.kind
        )
        if units is None or len(units) > _CHUNK:
            rows = self._stored(self.connection.execute(query))
        else:
            rows = []
            for unit in units:
                mine = and_(ENTRY.c.key >= f"{unit}|", ENTRY.c.key < f"{unit}}}")
                rows += self._stored(self.connection.execute(query.where(mine)))
        told = ((Tenure.load(one.content), one) for one in rows)
        found = {fact.record_key: one for fact, one in told if units is None or fact.unit in units}
        return dict(sorted(found.items()))

    def documents(self, kinds: Iterable[str]) -> list[tuple[str, str]]:
        """Kind and content of every stored fact of some kinds, by kind and key."""
        query = (
            select(ENTRY.c.kind, ENTRY.c.seq, ENTRY.c.content)
            .where(ENTRY.c.book == self.book, ENTRY.c.kind.in_(list(kinds)))
            .order_by(ENTRY.c.kind, ENTRY.c.key)
        )
        rows: list[Any] = list(self.connection.execute(query))
        contents = self.unsealed([(row.seq, row.content) for row in rows])
        return [(row.kind, content) for row, content in zip(rows, contents, strict=True)]

    def entries(
        self,
        where: ColumnElement[bool] | None = None,
        *,
        after: int = 0,
        limit: int | None = None,
        opened: bool = True,
    ) -> list[Entry]:
        """Entries with their postings, by seq; not ``opened``: as they stand, without what is
        personal, and a third quicker."""
        query = select(*_ENTRY).where(ENTRY.c.book == self.book, ENTRY.c.seq > after)
        if where is None:
            query = query.order_by(ENTRY.c.seq).limit(limit)
        else:  # sorted here, so that the database looks where it is quick and not by seq
            query = query.where(where)
        rows: list[Any] = sorted(self.connection.execute(query).all(), key=itemgetter(0))
        if not rows:
            return []
        wanted = select(POSTING.c.seq, *_POSTING).where(POSTING.c.book == self.book)
        if where is None:
            wanted = wanted.where(POSTING.c.seq > after, POSTING.c.seq <= rows[-1][0])
        else:
            wanted = wanted.where(POSTING.c.seq.in_([row[0] for row in rows]))
        found = self.connection.execute(wanted.order_by(POSTING.c.seq, POSTING.c.no)).all()
        lines = {
            seq: tuple([Posting._make(row[1:]) for row in mine])
            for seq, mine in groupby(found, itemgetter(0))
        }
        if not opened:
            return [Entry._make((*row, lines.get(row[0], ()), row[6], ())) for row in rows]
        sealed = [row.seq for row in rows if SEALED in row.content]
        kept = self.private(sealed) if sealed else {}
        return [_entry(row, lines.get(row[0], ()), kept.get(row[0], ())) for row in rows]

    def entries_of_unit(self, unit: str, last: str) -> list[Entry]:
        """The unit's own entry and all that moved something of it through a day, by seq."""
        moved = select(POSTING.c.seq).where(POSTING.c.book == self.book, POSTING.c.unit == unit)
        own = and_(ENTRY.c.kind == Unit.kind, ENTRY.c.key == unit)
        return self.entries(or_(own, and_(ENTRY.c.seq.in_(moved), ENTRY.c.day <= last)))

    def chunks(self, size: int = 2_000, *, opened: bool = True) -> Iterator[list[Entry]]:
        """Every entry in order, some thousands at a time, so that memory stays flat."""
        after = 0
        while chunk := self.entries(after=after, limit=size, opened=opened):
            after = chunk[-1].seq
            yield chunk

    def stream(self, size: int = 2_000) -> Iterator[Entry]:
        """Every entry in order; memory stays flat."""
        for chunk in self.chunks(size):
            yield from chunk

    def standing(self, size: int = 2_000) -> Iterator[Entry]:
        """The same without what is personal, for those who do not show it."""
        for chunk in self.chunks(size, opened=False):
            yield from chunk

    def known(self, where: ColumnElement[bool]) -> list[Known]:
        """Of some entries what they are, by seq."""
        query = select(*(ENTRY.c[name] for name in ("seq", "kind", "key", "day")))
        rows = self.connection.execute(query.where(ENTRY.c.book == self.book, where))
        return sorted(Known(*row) for row in rows)

    def numbered(self, seqs: Collection[int]) -> list[Known]:
        """Some entries by their numbers."""
        return [k for some in _chunks(seqs) for k in self.known(ENTRY.c.seq.in_(some))]

    def keyed(self, kind: str, keys: Collection[str]) -> list[Known]:
        """Some entries of a kind by their keys."""
        mine = ENTRY.c.kind == kind
        return [k for some in _chunks(keys) for k in self.known(and_(mine, ENTRY.c.key.in_(some)))]

    def first_reversals(self, seqs: Collection[int]) -> dict[int, int]:
        """By the number of some entries, that of the first one that reverses it."""
        found: dict[int, int] = {}
        for some in _chunks(seqs):
            query = select(ENTRY.c.reverses, func.min(ENTRY.c.seq)).where(
                ENTRY.c.book == self.book, _reversing(ENTRY), ENTRY.c.reverses.in_(some)
            )
            rows = self.connection.execute(query.group_by(ENTRY.c.reverses))
            found.update((of, first) for of, first in rows)
        return found

    def first_of_money(self, unit: str, source: str, *, late: bool) -> int:
        """The first entry with money of a receipt at the bank, as a late fee or as another."""
        item = POSTING.c.item == LATE_FEE if late else POSTING.c.item != LATE_FEE
        query = select(func.min(POSTING.c.seq)).where(
            POSTING.c.book == self.book,
            of_unit(unit) if unit else POSTING.c.unit == unit,
            POSTING.c.account.in_(chart.CASH_ACCOUNTS),
            POSTING.c.source == source,
            item,
        )
        return int(self.connection.execute(query).scalar() or 0)

    def last_late_fee(self, unit: str, month: str, before: int) -> Known | None:
        """The last entry before a number by which a unit's charge of a month bore a late fee."""
        bore = select(POSTING.c.seq).where(
            POSTING.c.book == self.book,
            of_unit(unit),
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.item == LATE_FEE,
            POSTING.c.month == month,
            POSTING.c.seq < before,
        )
        found = self.known(and_(ENTRY.c.kind == LATE_FEE, ENTRY.c.seq.in_(bore)))
        return found[-1] if found else None

    def entry(self, kind: str, key: str) -> Entry | None:
        """One entry by its key."""
        found = self.entries(and_(ENTRY.c.kind == kind, ENTRY.c.key == key))
        if not found and kind == Tenure.kind and (one := self.stored_tenures().get(key)):
            found = self.entries(ENTRY.c.seq == one.seq)
        return found[0] if found else None

    def is_reversed(self, seq: int) -> bool:
        """Whether another entry reverses it."""
        query = select(ENTRY.c.seq).where(
            ENTRY.c.book == self.book, ENTRY.c.reverses == seq, _reversing(ENTRY)
        )
        return self.connection.execute(query).first() is not None

    def is_reversed_key(self, kind: str, key: str) -> bool:
        """The same, of an entry by its key."""
        return bool(ask(self.connection, _REVERSED, {"of": self.book, "sort": kind, "named": key}))

    # ------------------------------------------------------------------ what a batch needs

    def charged(self, month: str, kind: str = "charge") -> set[str]:
        """The keys of the charges, or late fees, of a month that stand."""
        query = select(ENTRY.c.key).where(
            ENTRY.c.book == self.book,
            ENTRY.c.kind == kind,
            ENTRY.c.key >= f"{month}|",
            ENTRY.c.key < f"{month}}}",
        )
        return set(self.connection.scalars(query))

    def _open_rows(self, units: Collection[str] | None) -> Iterator[tuple[str, ...]]:
        if units is None:
            yield from self.connection.execute(OPEN.select().where(OPEN.c.book == self.book))
            return
        for chunk in _chunks(sorted(units)):
            yield from ask(self.connection, *open_of(self.book, chunk))

    def open_items(
        self, units: Collection[str] | None = None
    ) -> tuple[list[OldClaim], list[OldPiece], list[tuple[str, WaitingWaiver]]]:
        """Open charges, prepayments and waiting waivers of some units, or of all."""
        claims, pieces, waiting = [], [], []
        for _, unit, account, month, item, source, fen, since in self._open_rows(units):
            amount = int(fen)
            if account == chart.RECEIVABLE:
                claims.append(OldClaim(unit, month, item, amount, since))
            elif account == chart.PREPAID:
                pieces.append(OldPiece(unit, source, amount, since))
            elif account == WAITING:
                waiting.append((unit, WaitingWaiver(source, month, amount, since, False, item)))
        return claims, pieces, waiting

    def designates(self) -> bool:
        """Whether any payer ever designated a charge."""
        names = ("unit", "account", "month", "item", "source")
        here = (OPEN.c[name] == value for name, value in zip(names, DESIGNATED, strict=True))
        query = select(OPEN.c.open_fen).where(OPEN.c.book == self.book, *here)
        return self.connection.execute(query).first() is not None

    def held(self) -> dict[Holding, int]:
        """Others' money that is held."""
        query = select(OPEN.c.account, OPEN.c.unit, OPEN.c.item, OPEN.c.source, OPEN.c.open_fen)
        rows = self.connection.execute(
            query.where(OPEN.c.book == self.book, OPEN.c.account.in_(HELD))
        )
        return {Holding(*where): int(fen) for *where, fen in rows}

    def expiries(self, since: str) -> tuple[list[Expiry], list[OldPiece]]:
        """Money that refunds and reversals dated from ``since`` on took back from receipts.

        Until its day such money could settle charges that arise only now. Returned with the
        pieces it makes: amounts to be added to what is prepaid of these receipts.
        """
        back = self.entries(and_(ENTRY.c.kind.in_(("refund", "reversal")), ENTRY.c.day >= since))
        expiries: list[Expiry] = []
        pieces: list[OldPiece] = []
        earlier: dict[tuple[str, str], int] = {}  # receipt and day -> given back before
        for entry in back:
            body = json.loads(entry.content)
            key = body.get("receipt") or (body.get("of_kind") == "receipt" and body["of_key"])
            receipt = self.entry("receipt", key) if key else None
            if receipt is None:
                continue
            unit = json.loads(receipt.content)["unit"]
            given = (p for p in entry.postings if p.account == chart.BANK and p.source == key)
            amount = sum(p.credit_fen - p.debit_fen for p in given)
            undone = sum(-leg.amount_fen for leg in self._legs(unit, key)
                         if leg.amount_fen < 0 and leg.on == entry.on)  # fmt: skip
            same_day = earlier.get((key, entry.on), 0)
            earlier[key, entry.on] = same_day + amount
            left = amount - max(0, undone - same_day)
            if left > 0:
                expiries.append(Expiry(unit, key, entry.on, left))
                pieces.append(OldPiece(unit, key, left, receipt.on))
        return expiries, pieces

    def _legs(self, unit: str, source: str) -> list[Leg]:
        query = (
            select(
                *(POSTING.c[name] for name in ("month", "item", "credit_fen")),
                *(ENTRY.c.day, POSTING.c.seq, POSTING.c.no),
            )
            .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(
                POSTING.c.book == self.book,
                of_unit(unit),
                POSTING.c.account == chart.RECEIVABLE,
                POSTING.c.source == source,
            )
        )
        rows: list[Any] = sorted(self.connection.execute(query), key=itemgetter(3, 4, 5))
        # sorted here, or SQLite goes through all days in their order
        return [Leg(source, month, item, amount, day) for month, item, amount, day, _, _ in rows]

    def receipt(self, key: str) -> OldReceipt | None:
        """A receipt that stands, what was refunded of it, and its settlements in order."""
        entry = self.entry("receipt", key)
        if entry is None or self.is_reversed(entry.seq):
            return None
        fact = Receipt.load(entry.content)
        legs: list[Leg] = []
        for leg in self._legs(fact.unit, key):
            if leg.amount_fen > 0:
                legs.append(leg)
                continue
            back = -leg.amount_fen
            for at in range(len(legs) - 1, -1, -1):
                same = legs[at]
                if (same.month, same.item) == (leg.month, leg.item) and back:
                    part = min(back, same.amount_fen)
                    legs[at] = same._replace(amount_fen=same.amount_fen - part)
                    back -= part
        query = (
            select(func.coalesce(func.sum(POSTING.c.credit_fen), 0))
            .where(
                POSTING.c.book == self.book,
                of_unit(fact.unit),
                POSTING.c.account == chart.BANK,
                POSTING.c.source == key,
            )
        )  # fmt: skip
        refunded = self.connection.execute(query).scalar_one()
        standing = tuple(leg for leg in legs if leg.amount_fen)
        return OldReceipt(fact.unit, entry.on, fact.amount_fen, int(refunded), standing)

    def came_by(
        self, units: Collection[str], sources: Collection[str]
    ) -> tuple[dict[tuple[str, str], str], dict[str, tuple[str, int]]]:
        """The term in whose base what came from some units counts; day and number of receipts.

        Every charge, late fee and receipt of the units, and receipts by key; named as
        :attr:`~trustledger.applying.State.came_by` has it.
        """
        query = (
            select(ENTRY.c.kind, ENTRY.c.key, ENTRY.c.day, ENTRY.c.seq, *_POSTING)
            .join(POSTING, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(ENTRY.c.book == self.book)
        )
        found: dict[tuple[str, str], str] = {}
        receipts: dict[str, tuple[str, int]] = {}
        accruals: dict[str, list[str]] = {"charge": [], "late_fee": []}
        mine = POSTING.c.account.in_((chart.BANK, chart.RECEIVABLE))
        by_unit = [query.where(mine, of_units(chunk)) for chunk in _chunks(units)]
        by_key = [
            query.where(mine, ENTRY.c.kind == "receipt", ENTRY.c.key.in_(chunk))
            for chunk in _chunks(sources)
        ]
        for one in (*by_unit, *by_key):
            for kind, key, day, seq, *posting in self.connection.execute(one):
                p = Posting(*posting)
                if kind == "receipt":
                    receipts[key] = day, seq
                if p.account == chart.BANK and p.debit_fen > 0:
                    found["late" if p.item == LATE_FEE else "receipt", p.source] = p.term
                elif kind in accruals:
                    accruals[kind].append(key)
        for kind, keys in accruals.items():
            account = chart.SERVICE_FEE if kind == "charge" else chart.LATE_FEES
            for chunk in _chunks(sorted(set(keys))):
                rows = query.where(
                    ENTRY.c.kind == kind, ENTRY.c.key.in_(chunk), POSTING.c.account == account
                )
                for _, key, _, _, *posting in self.connection.execute(rows):
                    p = Posting(*posting)
                    of = f"{p.month}|{key.partition('|')[2]}"
                    found[kind, of] = p.term
        return found, receipts

    def principal_moves(
        self, first: str, units: Collection[str] | None
    ) -> Iterator[tuple[str, str, str, int]]:
        """Unit, month, day and fen of every change since a day of what charges leave open."""
        for one in (None,) if units is None else units:
            for _, _, _, day, p in self.postings(first, None, (chart.RECEIVABLE,), one):
                if p.item != LATE_FEE:
                    yield p.unit, p.month, day, p.debit_fen - p.credit_fen

    def borne(self, units: Collection[str]) -> Iterator[tuple[str, str, str, int, int]]:
        """Unit, month and day of every change of a charge's principal (charged or waived) and of
        the late fee it has borne, of some units, in fen."""
        query = (
            select(POSTING.c.unit, ENTRY.c.kind, ENTRY.c.day, *_POSTING)
            .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(
                POSTING.c.book == self.book,
                POSTING.c.account == chart.RECEIVABLE,
                POSTING.c.source == "",
            )
        )
        for chunk in _chunks(units):
            for unit, kind, day, *posting in self.connection.execute(query.where(of_units(chunk))):
                p = Posting(*posting)
                if p.item != LATE_FEE:
                    yield unit, p.month, day, p.debit_fen - p.credit_fen, 0
                elif kind == "late_fee":
                    yield unit, p.month, day, 0, p.debit_fen

    def rests_on_term(self, term: str, after: str) -> bool:
        """Whether something dated after a day is in a term's base."""
        query = (
            select(POSTING.c.seq)
            .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(ENTRY.c.book == self.book, ENTRY.c.day > after, POSTING.c.term == term)
        )
        return self.connection.execute(query).first() is not None

    def charged_units(self, item: str, after: str) -> set[str]:
        """The units whose charges dated after a day have an item."""
        query = (
            select(POSTING.c.unit)
            .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(
                ENTRY.c.book == self.book,
                ENTRY.c.day > after,
                ENTRY.c.kind == "charge",
                POSTING.c.account == chart.RECEIVABLE,
                POSTING.c.item == item,
            )
        )
        return set(self.connection.scalars(query))

    def charged_months(self, units: Collection[str]) -> dict[str, list[str]]:
        """The months that some units are charged for, in order."""
        found: dict[str, list[str]] = {}
        query = (
            select(POSTING.c.unit, POSTING.c.month)
            .distinct()
            .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(
                POSTING.c.book == self.book,
                POSTING.c.account == chart.RECEIVABLE,
                ENTRY.c.kind == "charge",
            )
        )
        for chunk in _chunks(units):
            for unit, month in self.connection.execute(query.where(of_units(chunk))):
                found.setdefault(unit, []).append(month)
        return {unit: sorted(months) for unit, months in found.items()}

    def last_charge(self) -> str:
        """The latest day on which anything is charged, or nothing."""
        query = select(func.coalesce(func.max(ENTRY.c.day), ""))
        where = (ENTRY.c.book == self.book, ENTRY.c.kind == "charge")
        return str(self.connection.execute(query.where(*where)).scalar_one())

    def metered_charges(self) -> list[str]:
        """The stored charges that bill a reading."""
        query = select(ENTRY.c.content).where(
            ENTRY.c.book == self.book,
            ENTRY.c.kind == "charge",
            ENTRY.c.content.contains('"metered":{', autoescape=True),
        )
        return list(self.connection.scalars(query))

    def charges(self, item: str, since: str) -> list[str]:
        """The stored charges dated from a day on that have an item."""
        mine = select(POSTING.c.seq).where(
            POSTING.c.book == self.book,
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.item == item,
        )
        query = select(ENTRY.c.content).where(
            ENTRY.c.book == self.book,
            ENTRY.c.day >= since,
            ENTRY.c.kind == "charge",
            ENTRY.c.seq.in_(mine),
        )
        return list(self.connection.scalars(query.order_by(ENTRY.c.key)))

    def terms_to_date(self) -> dict[str, tuple[int, int]]:
        """Base and remuneration to date of every term, now."""
        rows = ask(self.connection, *terms_stand(self.book))
        return {term: (base, posted) for term, base, posted in rows}

    def spent(self) -> dict[str, int]:
        """What every budget line has spent, now."""
        query = (
            select(TURNOVER.c.line, func.sum(TURNOVER.c.debit_fen - TURNOVER.c.credit_fen))
            .where(
                TURNOVER.c.book == self.book,
                TURNOVER.c.period >= YEAR,
                TURNOVER.c.account.in_(list(chart.EXPENSE_ACCOUNT.values())),
            )
            .group_by(TURNOVER.c.line)
        )
        return {line: int(fen) for line, fen in self.connection.execute(query)}

    def naming(self, kind: str, of_kind: str, of_key: str) -> list[str]:
        """The keys of the entries of a kind whose facts name something."""
        values = {"of": self.book, "of_kind": of_kind, "of_key": of_key, "sort": kind}
        return [key for (key,) in ask(self.connection, _NAMING, values)]

    def facts_naming(self, record: type[R], of_kind: str, of_key: str) -> list[R]:
        """The facts of a kind that name something, as records."""
        values = {"of": self.book, "of_kind": of_kind, "of_key": of_key, "sort": record.kind}
        kept: dict[tuple[int, str, str], dict[str, str]] = {}
        for *entry, field, value in ask(self.connection, _FACTS_NAMING, values):
            kept.setdefault(tuple(entry), {})[field] = value
        return [record.load(_opened(*entry, values).content) for entry, values in kept.items()]

    def named_by(self, of_kind: str, of_key: str) -> list[tuple[str, str]]:
        """Kind and key of every entry whose fact names something."""
        query = select(LINK.c.kind, LINK.c.key).where(
            LINK.c.book == self.book, LINK.c.of_kind == of_kind, LINK.c.of_key == of_key
        )
        return [(kind, key) for kind, key in self.connection.execute(query)]

    def line_moves(
        self, line: str, first: date | None, last: date | None
    ) -> list[tuple[date, int, int]]:
        """Day, what a budget line spent, and what it committed; without a first day, all of it as
        of one day."""
        values = {"of": self.book, "named": line}
        if first is None:
            ((spent, committed),) = ask(self.connection, _LINE_SUM, values)
            return [] if spent is None else [(date.min, int(spent), int(committed))]
        values |= {"first": first.isoformat(), "last": (last or date.max).isoformat()}
        return [
            (date.fromisoformat(day), int(spent), int(committed))
            for day, spent, committed in ask(self.connection, _LINE_DAYS, values)
        ]

    def fund_balance(self, fund: str) -> int:
        """What a fund has now, on the cash basis, in fen."""
        query = select(
            func.coalesce(func.sum(TURNOVER.c.debit_fen - TURNOVER.c.credit_fen), 0)
        ).where(
            TURNOVER.c.book == self.book,
            TURNOVER.c.period >= YEAR,
            TURNOVER.c.account.in_(sorted(chart.CASH_BASIS)),
            TURNOVER.c.fund == fund,
        )
        return int(self.connection.execute(query).scalar_one())

    def debts(self) -> list[tuple[str, int, str]]:
        """What the trustee owes the fund: by expenditure, in fen, since when."""
        query = select(OPEN.c.source, OPEN.c.open_fen, OPEN.c.since).where(
            OPEN.c.book == self.book,
            OPEN.c.unit == "",
            OPEN.c.account == chart.TRUSTEE_OWES,
        )
        return [(source, int(fen), since) for source, fen, since in self.connection.execute(query)]

    def moved_by_month(self, first: date, last: date) -> Iterator[tuple[str, str, int, int]]:
        """Line, month, what it spent and what it committed, of every budget line from a day to a
        day."""
        month = func.substr(LINE.c.day, 1, 7)
        query = (
            select(LINE.c.line, month, func.sum(LINE.c.spent_fen), func.sum(LINE.c.committed_fen))
            .where(
                LINE.c.book == self.book,
                LINE.c.day >= first.isoformat(),
                LINE.c.day <= last.isoformat(),
            )
            .group_by(LINE.c.line, month)
            .order_by(LINE.c.line, month)
        )
        for line, when, spent, committed in self.connection.execute(query):
            yield line, when, int(spent), int(committed)

    def owed(self, voucher: str) -> int:
        """What the trustee owes the fund for an expenditure, in fen."""
        query = select(OPEN.c.open_fen).where(
            OPEN.c.book == self.book,
            OPEN.c.unit == "",
            OPEN.c.account == chart.TRUSTEE_OWES,
            OPEN.c.month == "",
            OPEN.c.item == "",
            OPEN.c.source == voucher,
        )
        return int(self.connection.execute(query).scalar() or 0)

    def all_owed(self) -> dict[str, int]:
        """What the trustee owes now, by voucher, in fen."""
        query = select(OPEN.c.source, OPEN.c.open_fen).where(
            OPEN.c.book == self.book, OPEN.c.unit == "", OPEN.c.account == chart.TRUSTEE_OWES
        )
        return {voucher: int(fen) for voucher, fen in self.connection.execute(query)}

    def payable(self) -> int:
        """Remuneration accrued and not withdrawn, now."""
        query = select(
            func.coalesce(func.sum(TURNOVER.c.credit_fen - TURNOVER.c.debit_fen), 0)
        ).where(
            TURNOVER.c.book == self.book,
            TURNOVER.c.period >= YEAR,
            TURNOVER.c.account == chart.REMUNERATION_PAYABLE,
        )
        return int(self.connection.execute(query).scalar_one())

    # ------------------------------------------------------------------ what statements need

    def claims_of(
        self, unit: str, months: Collection[str], last: str
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
                POSTING.c.book == self.book,
                of_unit(unit),
                POSTING.c.account == chart.RECEIVABLE,
                POSTING.c.month.in_(list(months)),
                ENTRY.c.day <= last,
            )
            .group_by(POSTING.c.month, POSTING.c.source)
            .order_by(POSTING.c.month, POSTING.c.source)
        )
        for month, source, debit, credit in self.connection.execute(query):
            yield month, source, int(debit), int(credit)

    def turnovers(
        self, first: str, last: str
    ) -> list[tuple[str, str, str, str, str, str, int, int]]:
        """Month, account, fund, item, line, term, debit and credit of all that moved through the
        last month. A year before that of the first month stands as one, as ``"2023"``: so however
        many there are, they cost next to nothing."""
        names = ("period", "account", "fund", "item", "line", "term", "debit_fen", "credit_fen")
        query = (
            select(*(TURNOVER.c[name] for name in names))
            .where(TURNOVER.c.book == self.book)
            .order_by(*(TURNOVER.c[name] for name in names[:6]))
        )
        return [
            (period.removeprefix(YEAR), *rest)
            for part in through(first, last)
            for period, *rest in self.connection.execute(query.where(part))
        ]

    def postings(
        self, first: str, last: str | None, accounts: Collection[str], unit: str | None = None
    ) -> Iterator[Row]:
        """Postings of entries dated from a day (to a day), of some accounts, by day and seq."""
        query = (
            select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.key, ENTRY.c.day, *_POSTING)
            .join(POSTING, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
            .where(
                ENTRY.c.book == self.book,
                ENTRY.c.day >= first,
                POSTING.c.account.in_(list(accounts)),
            )
            .order_by(ENTRY.c.day, ENTRY.c.seq, POSTING.c.no)  # as the index of days has them
        )
        if last is not None:
            query = query.where(ENTRY.c.day <= last)
        if unit is not None:
            query = query.where(of_unit(unit))
        for seq, kind, key, day, *posting in self.connection.execute(query):
            yield seq, kind, key, day, Posting(*posting)

    def told(self, record: type[R], first: str, last: str, marks: Collection[str] = ()) -> list[R]:
        """The facts of a kind that are dated from a day to a day, by day and seq; with ``marks``,
        those that say one of these fields."""
        query = (
            select(ENTRY.c.seq, ENTRY.c.content)
            .where(
                ENTRY.c.book == self.book,
                ENTRY.c.kind == record.kind,
                ENTRY.c.day >= first,
                ENTRY.c.day <= last,
            )
            .order_by(ENTRY.c.day, ENTRY.c.seq)
        )
        if marks:
            query = query.where(or_(*(ENTRY.c.content.contains(f'"{m}":') for m in marks)))
        rows: list[Any] = list(self.connection.execute(query))
        return [record.load(text) for text in self.unsealed([(r.seq, r.content) for r in rows])]

    def receipts(self, first: str, last: str) -> Iterator[tuple[str, str, bool]]:
        """Day, stored fact, and whether it is reversed, of the receipts dated from a day to a day,
        in the order of the journal."""
        red = ENTRY.alias("red")
        query = (
            select(ENTRY.c.day, ENTRY.c.content, ENTRY.c.seq, red.c.seq.label("red"))
            .select_from(ENTRY)
            .outerjoin(
                red,
                and_(red.c.book == ENTRY.c.book, red.c.reverses == ENTRY.c.seq, _reversing(red)),
            )
            .where(
                ENTRY.c.book == self.book,
                ENTRY.c.kind == "receipt",
                ENTRY.c.day >= first,
                ENTRY.c.day <= last,
            )
            .order_by(ENTRY.c.seq)
        )
        rows: list[Any] = list(self.connection.execute(query))
        contents = self.unsealed([(row.seq, row.content) for row in rows])
        for row, content in zip(rows, contents, strict=True):
            yield row.day, content, row.red is not None

    def attached(self, digests: Collection[str]) -> set[str]:
        """Those of some digests whose files are kept."""
        found: set[str] = set()
        query = select(ATTACHMENT.c.digest).where(ATTACHMENT.c.book == self.book)
        for chunk in _chunks(digests):
            found.update(self.connection.scalars(query.where(ATTACHMENT.c.digest.in_(chunk))))
        return found

    def attachments(self) -> Iterator[tuple[str, bytes]]:
        """Digest and body of every voucher file."""
        query = select(ATTACHMENT.c.digest, ATTACHMENT.c.body)
        yield from self.connection.execute(query.where(ATTACHMENT.c.book == self.book))
