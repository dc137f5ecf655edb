"""From an archive to a book, in the caller's transaction: through the writer that posts.

Nothing that can be made is taken on trust: leaves, sums and open items are made from the entries
again, the root is compared with the manifest's, and the whole book is verified before it stands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection, select

from trustledger import audit, chart
from trustledger.archive import lines, manifest
from trustledger.archive.container import Source
from trustledger.errors import BookCorrupt, InvalidFile, Place, Refused, TrustLedgerError
from trustledger.records import Draft, Entry, Finding, Posting
from trustledger.rules.journal import Frontier, Head, check_postings, leaf_of
from trustledger.rules.sealing import ERASURE
from trustledger.store import earned, named
from trustledger.store.dialects import forget_for_good, insert
from trustledger.store.reading import Reader
from trustledger.store.tables import CHECKPOINT, PRIVATE
from trustledger.store.writing import Writer

T = TypeVar("T")
Progress = Callable[[int, int], None]
_OWED = (chart.SERVICE_FEE, chart.WAIVED, chart.LATE_FEES)


class Imported(NamedTuple):
    """What an import did: the book, where its journal stands, how many entries are new."""

    code: str
    head: Head
    new: int


def take_in(
    connection: Connection,
    source: Source,
    *,
    verify: bool = True,
    progress: Progress | None = None,
) -> Imported:
    """Take an archive's book into a database, or what the book there does not have of it yet.

    :raises InvalidFile: a line or member that is not what was exported, by its name.
    :raises Refused: another journal stands under this code, or a longer one.
    :raises BookCorrupt: what the archive holds does not verify.
    """
    told = source.manifest
    writer = Writer(connection, told.book, lambda: told.made_at)
    reader = Reader(connection, told.book)
    stood = Head(writer.size, writer.frontier.root().hex())
    if stood == told.head:
        return Imported(told.book, stood, 0)
    if stood.size >= told.size:
        raise Refused(
            f"book {told.book!r} stands there with {stood.size} entries and root {stood.root}, and "
            f"the archive has {told.size} and {told.root}; import it into another database"
        )
    _Import(source, writer, reader, stood, progress).run()
    findings = [one for one in audit.verify(reader, None) if _counts(one, told)] if verify else []
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        raise BookCorrupt(
            f"the archive's book does not verify: {findings[0]}{more}", tuple(findings)
        )
    return Imported(told.book, told.head, told.size - stood.size)


def _counts(finding: Finding, told: manifest.Manifest) -> bool:
    """A public archive comes without vouchers' files and personal fields, which is no fault."""
    return not (told.public and finding.check in ("attachment", "private"))


class _Import:
    """One archive on its way into one book."""

    def __init__(
        self,
        source: Source,
        writer: Writer,
        reader: Reader,
        stood: Head,
        progress: Progress | None,
    ) -> None:
        self.source, self.writer, self.reader = source, writer, reader
        self.stood, self.progress = stood, progress
        self.terms = earned.terms_to_date(reader)

    def run(self) -> None:
        told = self.source.manifest
        for digest in self.source.digests():
            self.writer.attach(digest, self.source.attachment(digest))
        self.writer.hold_open()
        new = self._entries()
        # as many as the writer holds back: what came before can be asked for, and memory is flat
        while chunk := list(islice(new, self.writer.batch)):
            self._post(chunk)
        found = Head(self.writer.size, self.writer.frontier.root().hex())
        if found != told.head:
            raise InvalidFile(
                f"its entries have the root {found.root}, and the manifest says {told.root}; "
                "they were changed, do not use it",
                place=self.source.place(manifest.ENTRIES),
            )
        self.writer.finish(self.terms)
        self._private()
        self._checkpoints()

    # ------------------------------------------------------------------ entries

    def _entries(self) -> Iterator[Entry]:
        """The entries that do not stand yet, each in its place; those that do are the same."""
        frontier, standing = Frontier(), self.stood.size
        for row, entry in self._lines(manifest.ENTRIES, lines.read_entry):
            wrong = None
            if entry.seq != row:
                wrong = f"found entry {entry.seq}, and {row} is next"
            elif row == 1 and (entry.kind, entry.key) != ("book", self.reader.book):
                wrong = (
                    f"found {entry.kind} {entry.key!r}, and a journal begins with its book, "
                    f"{self.reader.book!r}"
                )
            elif not 0 <= entry.reverses < row:
                wrong = (
                    f"{entry.kind} {entry.key!r}: reverses entry {entry.reverses}, "
                    "which is not before it"
                )
            if wrong is not None:
                raise InvalidFile(wrong, place=self._place(row))
            if row > standing:
                yield entry
                continue
            frontier.append(leaf_of(self.reader.book, row, _draft(entry)))
            if row == standing and frontier.root().hex() != self.stood.root:
                raise Refused(
                    f"book {self.reader.book!r} stands there with {row} entries that are not the "
                    "archive's first; import it into another database"
                )

    def _place(self, row: int) -> Place:
        return self.source.place(manifest.ENTRIES, row)

    def _lines(self, member: str, read: Callable[[bytes], T]) -> Iterator[tuple[int, T]]:
        """What the lines of a member say, with their numbers."""
        for row, line in self.source.lines(member):
            try:
                one = read(line)
            except InvalidFile as error:
                raise error.at(self.source.place(member, row)) from None
            yield row, one

    def _post(self, chunk: list[Entry]) -> None:
        self._refuse_twice(chunk)
        for entry in chunk:
            self.writer.recorded_at = entry.recorded_at
            try:
                self.writer.append(_draft(entry), sealed=True)
                if entry.kind == ERASURE:
                    self._erase(**json.loads(entry.content))
            except TrustLedgerError as error:
                wrong = check_postings(entry.postings)
                message = f"{entry.kind} {entry.key!r}: {wrong}" if wrong else error.message
                raise InvalidFile(message, place=self._place(entry.seq)) from None
            except (ValueError, LookupError, TypeError):
                raise InvalidFile(
                    f"{entry.kind} {entry.key!r}: its content does not say what it must",
                    place=self._place(entry.seq),
                ) from None
            for posting in entry.postings:
                if posting.term:
                    self._count(posting)
        self.writer.posted.clear()
        if self.progress is not None:
            self.progress(chunk[-1].seq, self.source.manifest.size)

    def _erase(self, of: int, fields: list[str], **_: str) -> None:
        """What was erased where the archive was made, goes here, too."""
        if type(of) is not int or any(type(field) is not str for field in fields):
            raise ValueError
        if of <= self.stood.size:
            forget_for_good(self.reader.connection)
            self.reader.connection.execute(
                PRIVATE.delete().where(
                    PRIVATE.c.book == self.reader.book,
                    PRIVATE.c.seq == of,
                    PRIVATE.c.field.in_(fields),
                )
            )

    def _refuse_twice(self, chunk: list[Entry]) -> None:
        """:raises InvalidFile: a key of a kind, or a reversal of an entry, stands already."""
        by_kind: dict[str, set[str]] = {}
        for entry in chunk:
            by_kind.setdefault(entry.kind, set()).add(entry.key)
        known = (named.keyed(self.reader, kind, some) for kind, some in by_kind.items())
        keys = {(one.kind, one.key) for some in known for one in some}
        backs = {entry.reverses for entry in chunk if entry.reverses}
        reversed_ = set(named.first_reversals(self.reader, backs))
        for entry in chunk:
            if (entry.kind, entry.key) in keys:
                wrong = f"{entry.kind} {entry.key!r} is there twice"
                raise InvalidFile(wrong, place=self._place(entry.seq))
            if entry.reverses in reversed_:
                wrong = f"entry {entry.reverses} is reversed twice"
                raise InvalidFile(wrong, place=self._place(entry.seq))
            keys.add((entry.kind, entry.key))
            if entry.reverses:
                reversed_.add(entry.reverses)

    def _count(self, p: Posting) -> None:
        """Base and remuneration to date, by the terms that postings are marked with."""
        base, remuneration = self.terms.get(p.term, (0, 0))
        net = p.debit_fen - p.credit_fen
        if p.account in chart.CASH_ACCOUNTS:
            base += net
        elif p.account in _OWED:
            base -= net
        elif p.account == chart.REMUNERATION:
            remuneration += net
        self.terms[p.term] = base, remuneration

    # ------------------------------------------------------------------ what lies beside them

    def _private(self) -> None:
        if self.source.manifest.public:
            return
        at, rows = (0, ""), []
        for row, one in self._lines(manifest.PRIVATE, lines.read_private):
            if not at < one[:2] or one.seq > self.writer.size:
                raise InvalidFile(
                    f"found field {one.field!r} of entry {one.seq} out of its order",
                    place=self.source.place(manifest.PRIVATE, row),
                )
            at = one[:2]
            if one.seq > self.stood.size:  # what was erased here since, does not come back
                rows.append((self.reader.book, *at, bytes.fromhex(one.salt), one.value))
            if len(rows) == self.writer.batch:
                insert(self.reader.connection, PRIVATE, rows)
                rows = []
        insert(self.reader.connection, PRIVATE, rows)

    def _checkpoints(self) -> None:
        query = select(CHECKPOINT.c.size, CHECKPOINT.c.signer)
        standing = self.reader.connection.execute(
            query.where(CHECKPOINT.c.book == self.reader.book)
        )
        known, at = {(row.size, row.signer) for row in standing}, (0, "")
        for row, one in self._lines(manifest.CHECKPOINTS, lines.read_checkpoint):
            if not at < one[:2] or one.size > self.writer.size:
                place = self.source.place(manifest.CHECKPOINTS, row)
                raise InvalidFile(f"found size {one.size} out of its order", place=place)
            at = one[:2]
            if at not in known:
                insert(self.reader.connection, CHECKPOINT, [(self.reader.book, *one)])


def _draft(entry: Entry) -> Draft:
    return Draft(entry.kind, entry.key, entry.on, entry.public, entry.postings, entry.reverses)
