"""Reading a book: what stands, as values. Nothing here decides anything and nothing writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
)

from trustledger.errors import BookCorrupt
from trustledger.records import Entry, Posting, Record, Tenure, Unit
from trustledger.rules.journal import Frontier, Head
from trustledger.rules.sealing import SEALED, Private, unseal
from trustledger.store.asking import Question, ask
from trustledger.store.conditions import CHUNK, POSTING_COLUMNS, in_chunks, of_unit, reversing
from trustledger.store.dialects import has_schema
from trustledger.store.memo import Memo
from trustledger.store.stored import Stored, as_given, entry_of, put_together, stored_of
from trustledger.store.tables import (
    ATTACHMENT,
    ENTRY,
    HEAD,
    POSTING,
    PRIVATE,
)
from trustledger.undisturbed import undisturbed

WAITING = "waiver"
"""The pseudo account under which ``tl_open`` keeps waivers that wait for their charge."""

DESIGNATED = ("", "pays", "", "", "")
"""Where ``tl_open`` counts designated money: books without any need not look for it."""

ONE_BY_ONE = "one by one"
"""Under which units are remembered that were asked for by their codes."""

R = TypeVar("R", bound=Record)
T = TypeVar("T")
_ENTRY = [
    ENTRY.c[name]
    for name in ("seq", "kind", "key", "day", "recorded_at", "reverses", "content", "leaf")
]

YEAR = "y"
"""Before a year's number: the period under which ``tl_turnover`` keeps the sums of the year."""

# What every post asks, built once: building a question costs as much as the answer.
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


Row = tuple[int, str, str, str, Posting]
"""seq, kind, key and day of an entry, with one of its postings."""


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

    def size(self) -> int:
        """How many entries stand."""
        query = select(func.count()).select_from(ENTRY).where(ENTRY.c.book == self.book)
        return int(self.connection.execute(query).scalar_one())

    # ------------------------------------------------------------------ personal fields

    def private(self, seqs: Sequence[int]) -> dict[int, list[Private]]:
        """What is kept of the personal fields of some entries."""
        query = select(PRIVATE.c.seq, PRIVATE.c.field, PRIVATE.c.salt, PRIVATE.c.value)
        if len(seqs) > CHUNK:  # so many mostly lie close together
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
            as_given(seq, content, key, {one.field: one.value for one in kept.get(seq, ())})
            for seq, content, key in rows
        ]

    def stored(self, kind: str, keys: Collection[str]) -> dict[str, Stored]:
        """Those entries of a kind whose public keys stand."""
        found: dict[str, Stored] = {}
        for chunk in in_chunks(sorted(keys)):
            rows = ask(self.connection, *stored_of(self.book, kind, chunk))
            found.update((one.key, one) for one in put_together(rows))
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
        if units is None or len(units) > CHUNK:
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
        wanted = select(POSTING.c.seq, *POSTING_COLUMNS).where(POSTING.c.book == self.book)
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
        return [entry_of(row, lines.get(row[0], ()), kept.get(row[0], ())) for row in rows]

    def entries_of_unit(self, unit: str, last: str) -> list[Entry]:
        """The unit's own entry and all that moved something of it through a day, by seq."""
        moved = select(POSTING.c.seq).where(POSTING.c.book == self.book, POSTING.c.unit == unit)
        own = and_(ENTRY.c.kind == Unit.kind, ENTRY.c.key == unit)
        return self.entries(or_(own, and_(ENTRY.c.seq.in_(moved), ENTRY.c.day <= last)))

    def chunks(self, size: int = 2_000, *, opened: bool = True) -> Iterator[list[Entry]]:
        """Every entry in order, some thousands at a time, so that memory stays flat."""
        after = 0
        while True:
            with undisturbed():
                chunk = self.entries(after=after, limit=size, opened=opened)
            if not chunk:
                return
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

    def entry(self, kind: str, key: str) -> Entry | None:
        """One entry by its key."""
        found = self.entries(and_(ENTRY.c.kind == kind, ENTRY.c.key == key))
        if not found and kind == Tenure.kind and (one := self.stored_tenures().get(key)):
            found = self.entries(ENTRY.c.seq == one.seq)
        return found[0] if found else None

    def is_reversed(self, seq: int) -> bool:
        """Whether another entry reverses it."""
        query = select(ENTRY.c.seq).where(
            ENTRY.c.book == self.book, ENTRY.c.reverses == seq, reversing(ENTRY)
        )
        return self.connection.execute(query).first() is not None

    def is_reversed_key(self, kind: str, key: str) -> bool:
        """The same, of an entry by its key."""
        return bool(ask(self.connection, _REVERSED, {"of": self.book, "sort": kind, "named": key}))

    # ------------------------------------------------------------------ of a time

    def postings(
        self, first: str, last: str | None, accounts: Collection[str], unit: str | None = None
    ) -> Iterator[Row]:
        """Postings of entries dated from a day (to a day), of some accounts, by day and seq."""
        query = (
            select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.key, ENTRY.c.day, *POSTING_COLUMNS)
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

    # ------------------------------------------------------------------ voucher files

    def attached(self, digests: Collection[str]) -> set[str]:
        """Those of some digests whose files are kept."""
        found: set[str] = set()
        query = select(ATTACHMENT.c.digest).where(ATTACHMENT.c.book == self.book)
        for chunk in in_chunks(digests):
            found.update(self.connection.scalars(query.where(ATTACHMENT.c.digest.in_(chunk))))
        return found

    def attachments(self) -> Iterator[tuple[str, bytes]]:
        """Digest and body of every voucher file."""
        query = select(ATTACHMENT.c.digest, ATTACHMENT.c.body)
        yield from self.connection.execute(query.where(ATTACHMENT.c.book == self.book))
