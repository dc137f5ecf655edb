"""Appending to the journal, in the caller's transaction: entries, postings, their log and sums.

What lives here: the one place that inserts. The sums it keeps (``tl_turnover``, ``tl_open``,
``tl_term``, ``tl_line``) and the links (``tl_link``) are caches of the journal; audit/ recomputes
every one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from secrets import token_bytes

from sqlalchemy import Connection, and_, bindparam, select

from trustledger import chart
from trustledger.errors import BookCorrupt, StoreError
from trustledger.facts import EVERY
from trustledger.period import instant
from trustledger.records import Draft, Posted, Record
from trustledger.rules.availability import counts_on
from trustledger.rules.closing import CLOSE, refusal, shuts
from trustledger.rules.entrusted import HELD, holding_of
from trustledger.rules.journal import NODE_STEP, Frontier, check_postings, leaf_of
from trustledger.rules.reminding import PERSONAL as OF_REMINDERS
from trustledger.rules.sealing import SALT_BYTES, derived_salt, seal, sealed_fields, sealed_key
from trustledger.store.asking import Asked, Question, ask, tell
from trustledger.store.dialects import BATCH, batch_of, insert, lock_head, together, write
from trustledger.store.reading import DESIGNATED, WAITING, YEAR
from trustledger.store.tables import (
    ATTACHMENT,
    ENTRY,
    HEAD,
    LINE,
    LINK,
    NODE,
    OPEN,
    POSTING,
    PRIVATE,
    TERM,
    TURNOVER,
    VERSION,
)

_LATER = "CASE WHEN excluded.since > tl_open.since THEN excluded.since ELSE tl_open.since END"
_EARLIER = "CASE WHEN excluded.since < tl_open.since THEN excluded.since ELSE tl_open.since END"
# SQLite says max and min for these, PostgreSQL greatest and least
_MOVED = (
    "open_fen = tl_open.open_fen + excluded.open_fen, since = CASE "
    "WHEN excluded.since = '' THEN tl_open.since "
    f"WHEN excluded.account = '{chart.RECEIVABLE}' THEN {_LATER} "
    f"WHEN excluded.account = '{DESIGNATED[1]}' THEN excluded.since ELSE {_EARLIER} END"
)

_ADDED = (
    "debit_fen = tl_turnover.debit_fen + excluded.debit_fen, "
    "credit_fen = tl_turnover.credit_fen + excluded.credit_fen"
)
_USED = (
    "spent_fen = tl_line.spent_fen + excluded.spent_fen, "
    "committed_fen = tl_line.committed_fen + excluded.committed_fen"
)
_NOW = "base_fen = excluded.base_fen, remuneration_fen = excluded.remuneration_fen"

_RECORDED = Question(
    select(ENTRY.c.recorded_at)
    .join(HEAD, and_(HEAD.c.book == ENTRY.c.book, HEAD.c.size == ENTRY.c.seq))
    .where(HEAD.c.book == bindparam("of"))
)

_SETTLED = Question(OPEN.delete().where(OPEN.c.book == bindparam("of"), OPEN.c.open_fen == 0))
_GROWN = Question(
    HEAD.update()
    .where(HEAD.c.book == bindparam("of"))
    .values(size=bindparam("entries"), peaks=bindparam("right_edge"), closed=bindparam("shut"))
)

LAST_OF_RUN = (1 << NODE_STEP) - 1
"""Only an entry whose number has none of these bits completes nodes of the log."""

PERSONAL: dict[str, tuple[str, ...]] = {
    record.kind: record.personal for record in EVERY if record.personal
} | {"reminder": OF_REMINDERS}
"""By kind of entry, the fields that are sealed."""

NAMING: dict[str, type[Record]] = {record.kind: record for record in EVERY if record.refers}
"""By kind of entry, the records that name others."""

FEW = 50
"""Entries up to which all that is written goes in one go."""


def recorded_last(book: str) -> Asked:
    """Asks when the last entry was recorded."""
    return _RECORDED, {"of": book}


class Writer:
    """A book's journal, locked against other writers until the transaction ends.

    ``alone``: the transaction is ours, so that nobody else asks anything on its connection.
    """

    def __init__(
        self,
        connection: Connection,
        book: str,
        clock: Callable[[], str],
        secret: bytes | None = None,
        *,
        alone: bool = False,
    ) -> None:
        self.connection, self.book, self.secret, self.alone = connection, book, secret, alone
        self._batch = BATCH
        stand = lock_head(connection, book)
        if stand is None:
            self.frontier, self.closed = Frontier(), ""
            insert(connection, HEAD, [(book, VERSION, 0, "", "")])
        else:
            version, size, peaks, self.closed = stand
            if version != VERSION:
                raise StoreError(
                    f"book {book!r} has the format of version {version}, this library writes "
                    f"version {VERSION}; use the version that made it, or a newer one"
                )
            self.frontier = Frontier.load(size, peaks)
        now = clock()  # but never before the last entry
        last = ask(connection, *recorded_last(book))
        self.recorded_at = max(now, last[0][0] if last else now, key=instant)
        self.posted: list[Posted] = []
        self._entries: list[tuple[object, ...]] = []
        self._rows: list[tuple[object, ...]] = []
        self._nodes: list[tuple[object, ...]] = []
        self._private: list[tuple[object, ...]] = []
        self._turnover: dict[tuple[str, ...], list[int]] = {}
        self._open: dict[tuple[str, ...], tuple[int, str]] = {}
        self._all_open = stand is None  # whether nothing else is open
        self._lines: dict[tuple[str, str], list[int]] = {}
        self._links: list[tuple[str, ...]] = []

    @property
    def size(self) -> int:
        """Entries in the journal, those of this batch included."""
        return self.frontier.size

    @property
    def batch(self) -> int:
        """Entries that are held back before they are written together."""
        return self._batch

    def append(self, draft: Draft, *, sealed: bool = False) -> int:
        """Post one entry; its number. ``sealed``: it is as it stood in a journal already.

        :raises PeriodClosed: it is dated in a closed month.
        :raises BookCorrupt: the entry does not balance; only a bug in this library can do that.
        """
        if shuts(self.closed, draft.on):
            raise refusal(draft.kind, draft.key, draft.on, self.closed)
        wrong = check_postings(draft.postings)
        if wrong is not None:
            raise BookCorrupt(f"{draft.kind} {draft.key!r} was about to be posted: {wrong}")
        seq = self.frontier.size + 1
        if not draft.key:
            draft = draft._replace(key=str(seq))
        kind, key, on, content, postings, reverses = draft
        if kind in PERSONAL and not sealed:
            draft = self._sealed(seq, draft)
        leaf = leaf_of(self.book, seq, draft)
        if seq & LAST_OF_RUN:
            self.frontier.append(leaf)
        else:
            self._nodes += [(self.book, *node) for node in self.frontier.append_noting(leaf)]
        self._entries.append(
            (self.book, seq, kind, draft.key, on, self.recorded_at, reverses, draft.content, leaf)
        )
        if kind == CLOSE:
            self.closed = key
        period = on[:7]
        turnover, rows, book = self._turnover, self._rows, self.book
        for no, posting in enumerate(postings, 1):
            account, fund, debit, credit, unit, item, line, month, source, term = posting
            rows.append((book, seq, no, *posting))
            sums = turnover.get((period, account, fund, item, line, term))
            if sums is None:
                turnover[period, account, fund, item, line, term] = [debit, credit]
            else:
                sums[0] += debit
                sums[1] += credit
            if line and account in chart.OF_LINES:
                moved = self._lines.setdefault((line, counts_on(posting, on)), [0, 0])
                moved[account == chart.COMMITTED] += debit - credit
            if unit and account == chart.RECEIVABLE:
                # A waiver's or receipt's key is whose money it is; the claim is the month's item.
                self._move_open((unit, account, month, item, ""), debit - credit, on, max)
            elif account in HELD and (holding := holding_of(posting)) is not None:
                where = (holding.unit, account, "", holding.item, holding.source)
                self._move_open(where, credit - debit, "", min)
            elif account == chart.TRUSTEE_OWES and source:
                self._move_open(("", account, "", "", source), debit - credit, on, min)
            elif unit and account == chart.PREPAID:
                self._move_open((unit, account, "", "", source), credit - debit, on, min)
        self._wait(kind, key, on, content, bool(postings))
        if kind in NAMING:
            names = NAMING[kind].load(draft.content).names()
            self._links += [(book, *named, kind, draft.key) for named in names]
        self.posted.append(Posted(seq, kind, key, True))
        if len(self._entries) >= self._batch:
            self._flush()
        return seq

    def _wait(self, kind: str, key: str, on: str, content: str, posted: bool) -> None:
        """Count what waits for a charge: designated money, and waivers that nothing moved yet."""
        if kind == "receipt" and '"pays":' in content:
            self._move_open(DESIGNATED, json.loads(content)["amount_fen"], "", min)
        elif kind == "waiver" and not posted:
            fact = json.loads(content)
            where = (fact["unit"], WAITING, fact["month"], fact.get("item", ""), key)
            self._move_open(where, fact["amount_fen"], on, min)
        elif kind == "waived":
            fact = json.loads(content)
            where = (fact["unit"], WAITING, fact["month"], fact.get("item", ""), key)
            self._move_open(where, -fact["waiver_fen"], on, min)

    def _sealed(self, seq: int, draft: Draft) -> Draft:
        """The draft as it stands in the journal: commitments where something personal was."""
        kind, key = draft.kind, draft.key

        def salt_of(field: str) -> bytes:
            if self.secret is None:
                return token_bytes(SALT_BYTES)
            return derived_salt(self.secret, kind, key, field)

        content, kept = seal(kind, draft.content, PERSONAL[kind], salt_of)
        for one in kept:
            self._private.append((self.book, seq, *one))
            if one.field == "person":
                key = sealed_key(key, one.value, sealed_fields(content)["person"])
        return draft._replace(key=key, content=content)

    def _move_open(
        self, where: tuple[str, ...], delta: int, on: str, pick: Callable[[str, str], str]
    ) -> None:
        amount, since = self._open.get(where, (0, ""))
        if delta > 0:
            since = pick(since, on) if since else on
        if self._all_open and not amount + delta:
            self._open.pop(where, None)
        else:
            self._open[where] = (amount + delta, since)

    def hold_open(self) -> None:
        """Keep count of all that is open until the end: what is settled is forgotten at once, and
        entries of many batches leave what those left, batch by batch."""
        mine = OPEN.c.book == self.book
        for _, *where, fen, since in self.connection.execute(OPEN.select().where(mine)):
            self._open[tuple(where)] = fen, since
        self.connection.execute(OPEN.delete().where(mine))
        self._all_open = True

    def attach(self, digest: str, body: bytes) -> None:
        """Keep a voucher's file under its content hash; the same content is kept once."""
        known = self.connection.execute(
            ATTACHMENT.select()
            .with_only_columns(ATTACHMENT.c.digest)
            .where(ATTACHMENT.c.book == self.book, ATTACHMENT.c.digest == digest)
        ).first()
        if known is None:
            insert(self.connection, ATTACHMENT, [(self.book, digest, body)])

    def _turnovers(self) -> Iterator[tuple[tuple[str, ...], list[int]]]:
        """What moved, month by month and, so that years behind cost nothing, year by year."""
        years: dict[tuple[str, ...], list[int]] = {}
        for key, sums in self._turnover.items():
            yield key, sums
            year = years.setdefault((YEAR + key[0][:4], *key[1:]), [0, 0])
            year[0] += sums[0]
            year[1] += sums[1]
        yield from years.items()

    def _flush(self) -> None:
        write(
            self.connection,
            (ENTRY, self._entries, ""),
            (POSTING, self._rows, ""),
            (NODE, self._nodes, ""),
            (PRIVATE, self._private, ""),
            (LINK, self._links, ""),
        )
        self._entries, self._rows, self._nodes, self._private, self._links = [], [], [], [], []

    @contextmanager
    def streaming(self) -> Iterator[None]:
        """Nothing is asked inside: what is posted goes to a server while more is reckoned."""
        with together(self.connection) if self.alone else nullcontext():
            self._batch = batch_of(self.connection) if self.alone else BATCH
            yield
        self._batch = BATCH

    def finish(self, terms: Mapping[str, tuple[int, int]]) -> list[Posted]:
        """Write what is held back, the sums and the head; what was posted, in order.

        ``terms``: base and remuneration to date, by term.
        """
        if len(self._entries) > FEW:
            self._flush()
        with together(self.connection):
            self._flush()
            self._sum_up(terms)
        self._turnover, self._open, self._lines, self._all_open = {}, {}, {}, False
        return self.posted

    def _sum_up(self, terms: Mapping[str, tuple[int, int]]) -> None:
        book, connection = self.book, self.connection
        turnovers = [(book, *key, *sums) for key, sums in self._turnovers()]
        lines = [(book, *where, *moved) for where, moved in self._lines.items()]
        moved = [
            (book, *key, amount, day) for key, (amount, day) in self._open.items() if amount or day
        ]
        stands = [(book, term, base, posted) for term, (base, posted) in terms.items()]
        write(
            connection,
            (TURNOVER, turnovers, _ADDED),
            (LINE, lines, _USED),
            (OPEN, moved, _MOVED),
            (TERM, stands, _NOW),
        )
        tell(connection, *_SETTLED.told(connection.dialect, {"of": book}))
        stand = {"of": book, "entries": self.frontier.size, "right_edge": self.frontier.dump()}
        stand["shut"] = self.closed
        tell(connection, *_GROWN.told(connection.dialect, stand))
