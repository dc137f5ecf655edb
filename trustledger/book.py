"""The book 账套: the one door. Facts in -> rules -> journal -> what stands.

A book either owns its database (:meth:`Book.open`, :meth:`Book.create`: every call commits or
leaves no trace) or works inside a caller's transaction (``Book(session, code)``: it never commits,
and a refusal leaves the caller's transaction as it was, by a savepoint).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Self, TypeVar
from weakref import finalize

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.orm import Session

from trustledger import (
    archive,
    audit,
    chart,
    closing,
    drafting,
    drawing,
    erasing,
    intake,
    proving,
    rebuilding,
    reviewing,
    standing,
    tracing,
    viewing,
)
from trustledger.archive import Imported, Manifest
from trustledger.archive.container import reading as reading_archive
from trustledger.budgets import PlanLine
from trustledger.checkpoint import Checkpoint, Signer, Verifier
from trustledger.errors import BooksNotOpen, InvalidInput, Refused, StoreError, Unknown
from trustledger.holding import Holder, holders_on
from trustledger.period import Period, parse_day
from trustledger.proving import Bundle, Growth, Inclusion
from trustledger.records import (
    COMMON,
    BookInfo,
    BudgetLine,
    DayLike,
    Draft,
    Entry,
    Expenditure,
    Finding,
    Income,
    Posted,
    Receipt,
    Record,
    Refund,
    Reversal,
    Unit,
    Waiver,
    Withdrawal,
)
from trustledger.report import Report
from trustledger.rolls import Result
from trustledger.rules.journal import Head
from trustledger.rules.paying import known_fund
from trustledger.rules.reminding import Reminder, ladder_on, remind
from trustledger.rules.sealing import SECRET_BYTES
from trustledger.statements import (
    NAMES,
    ageing,
    month_columns,
    notice,
)
from trustledger.statements.month_columns import CellEntry
from trustledger.store import (
    balances,
    checkpoints,
    copying,
    dialects,
    migrations,
    reminding,
    transactions,
)
from trustledger.store.balances import Known, Sums, UnitBalance, Where
from trustledger.store.memo import Memo
from trustledger.store.reading import Reader, books
from trustledger.store.versions import check_version
from trustledger.store.writing import Writer
from trustledger.undisturbed import undisturbed
from trustledger.viewing import Differences, PlanVersion

T = TypeVar("T")
Progress = Callable[[int, int], None]
"""Called as work goes on with (done, total)."""


def utc_now() -> str:
    """The clock of a book that was given no other: UTC, ISO text with seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


class Book:
    """One community's books.

    :param where: an Engine of :func:`trustledger.engine`, or a caller's own Session or Connection
        on an engine that :func:`trustledger.prepare` made safe.
    :param code: the book's code, as in its ``[book] code``.
    :param clock: gives the time at which entries are recorded; accounting dates never come from it.
    :param secret: what the salts of personal fields are derived from, at least 16 bytes, so that
        who has it gets the same root from the same facts; without it salts are random.
    """

    def __init__(
        self,
        where: Engine | Session | Connection,
        code: str,
        *,
        clock: Callable[[], str] = utc_now,
        secret: bytes | None = None,
    ) -> None:
        if secret is not None and len(secret) < SECRET_BYTES:
            raise InvalidInput(f"the secret has {len(secret)} bytes; {SECRET_BYTES} are the least")
        self._where, self.code, self._clock, self._secret = where, code, clock, secret
        self._memo = Memo()

    @classmethod
    def open(
        cls,
        url: str | URL,
        code: str | None = None,
        *,
        clock: Callable[[], str] = utc_now,
        secret: bytes | None = None,
        unguarded: bool = False,
        migrate: bool = False,
    ) -> Book:
        """A book that stands in a database; without a code, the only one there.

        :param unguarded: open it even if the guards of its journal are missing, to verify it.
        :param migrate: bring an older database, with all its books, to this library's schema.
        :raises StoreError: the database cannot be opened, is not one of ours, or is of another
            version.
        :raises BookCorrupt: a guard is missing or was changed.
        :raises Unknown: no such book, or several and no code.
        """
        path = dialects.file_of(url)
        if path is not None and not path.exists():
            raise StoreError(f"there is no {path}; load a folder into it first")
        engine = dialects.open_engine(url)
        try:
            code = _find(engine, url, code, unguarded=unguarded, migrate=migrate)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, code, clock=clock, secret=secret)._owning(engine)

    def at(self, url: str | URL) -> Book:
        """The same book where it stands now, after its file was moved."""
        return self.open(url, self.code, clock=self._clock, secret=self._secret)

    @classmethod
    def create(
        cls, where: str | URL | Engine | Session | Connection, info: BookInfo, *facts: Record,
        clock: Callable[[], str] = utc_now, secret: bytes | None = None,
    ) -> Book:  # fmt: skip
        """A book, made if it is not there yet, with its first facts.

        :raises KeyConflict: it is there with other terms.
        """
        return cls.take(where, info, facts, clock=clock, secret=secret)[0]

    @classmethod
    def take(
        cls,
        where: str | URL | Engine | Session | Connection,
        info: BookInfo,
        facts: Sequence[Record],
        period: Period | None = None,
        *,
        files: Mapping[str, Path] | None = None,
        clock: Callable[[], str] = utc_now,
        secret: bytes | None = None,
        progress: Progress | None = None,
    ) -> tuple[Book, list[Posted]]:
        """Make the book if need be, post facts and charge the months of a period, as one batch.

        ``files``: vouchers to keep, SHA-256 in hex -> where they are. Answers the book, and one
        :class:`Posted` for ``info``, one per fact in order, then the new charges.
        """
        if isinstance(where, str | URL):
            engine = dialects.open_engine(where)
            book = cls(engine, info.code, clock=clock, secret=secret)._owning(engine)
        else:
            book = cls(where, info.code, clock=clock, secret=secret)
        return book, book._post([info, *facts], period, files=files, progress=progress)

    def _owning(self, engine: Engine) -> Self:
        """With an engine of its own, whose connections are closed when nobody has the book."""
        finalize(self, engine.dispose)
        return self

    def close(self) -> None:
        """Let go of the database, if this book opened it."""
        if isinstance(self._where, Engine):
            self._where.dispose()

    # ------------------------------------------------------------------ transactions

    def _write(self, work: Callable[[Connection], T]) -> T:
        """Do something in a transaction: our own, or a savepoint of the caller's."""
        where = self._where
        if isinstance(where, Engine):

            def owned(connection: Connection) -> T:
                dialects.make_ready(connection, ours=True)
                return work(connection)

            with undisturbed(), transactions.translating(where.url):
                return transactions.transact(where, owned)
        connection = self._own(where)
        if isinstance(where, Session):
            where.flush()
        with connection.begin_nested():
            dialects.make_ready(connection, ours=False)
            return work(connection)

    def _writer(self, connection: Connection) -> Writer:
        alone = isinstance(self._where, Engine)
        return Writer(connection, self.code, self._clock, self._secret, alone=alone)

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        where = self._where
        if isinstance(where, Engine):
            with transactions.translating(where.url), transactions.reading(where) as connection:
                yield Reader(connection, self.code)
        else:
            yield Reader(self._own(where), self.code)

    @staticmethod
    def _own(where: Session | Connection) -> Connection:
        connection = where.connection() if isinstance(where, Session) else where
        if not dialects.is_prepared(connection.engine):
            raise StoreError(
                "this engine lets two writers spend the same money; call "
                "trustledger.prepare(engine) once, before its first connection"
            )
        return connection

    # ------------------------------------------------------------------ writing

    def _post(
        self,
        facts: Sequence[Record],
        period: Period | None = None,
        *,
        files: Mapping[str, Path] | None = None,
        progress: Progress | None = None,
    ) -> list[Posted]:
        def work(connection: Connection) -> list[Posted]:
            if isinstance(self._where, Engine):
                ahead = partial(intake.will_ask, self.code, facts, self._memo)
                dialects.ask_ahead(connection, self.code, ahead)
            writer = self._writer(connection)
            reader = Reader(connection, self.code, self._remembering(connection, writer))
            for digest, path in (files or {}).items():
                writer.attach(digest, path.read_bytes())
            return intake.take_in(reader, writer, facts, period, progress)

        return self._write(work)

    def _remembering(self, connection: Connection, writer: Writer) -> Memo | None:
        """What is remembered from the last post; nothing in a caller's transaction, which may have
        posted what it will take back."""
        if not isinstance(self._where, Engine):
            return None
        self._memo.catch_up(connection, self.code, writer.size)
        return self._memo

    def post(self, facts: Iterable[Record], *, progress: Progress | None = None) -> list[Posted]:
        """Post any facts together: all of them or, on any error, none.

        They apply in date order, whatever their order here. A fact that stands already, with the
        same content, is answered with where it stands.

        :raises KeyConflict: a key that stands with other content; further as the facts' rules say.
        """
        return self._post(list(facts), progress=progress)

    def receive(self, receipt: Receipt) -> Posted:
        """Money from an owner; settles the oldest charge first."""
        return self.post([receipt])[0]

    def earn(self, income: Income) -> Posted:
        """Other income: public revenue, gifts, deposits, agency money."""
        return self.post([income])[0]

    def spend(self, expenditure: Expenditure) -> Posted:
        """Spend on a budget line.

        :raises NoBudgetLine, WrongFund, OverBudget: the books say no.
        """
        return self.post([expenditure])[0]

    def refund(self, refund: Refund) -> Posted:
        """Money back to an owner.

        :raises OverRefund: more than is prepaid, or than the named receipt still holds.
        """
        return self.post([refund])[0]

    def waive(self, waiver: Waiver) -> Posted:
        """Lower a unit's charge of a month.

        :raises OverWaiver: more than is still open.
        """
        return self.post([waiver])[0]

    def withdraw(self, withdrawal: Withdrawal) -> Posted:
        """The trustee takes remuneration that has accrued.

        :raises OverWithdrawal: it has not accrued, or is withdrawn already.
        """
        return self.post([withdrawal])[0]

    def reverse(self, reversal: Reversal) -> Posted:
        """Undo an entry, red-letter.

        :raises CannotReverse: reversed already, or corrected another way.
        """
        return self.post([reversal])[0]

    def attach(self, body: bytes, name: str) -> str:
        """Keep a voucher's file; what to name as ``attachment`` of an expenditure."""
        digest = sha256(body).hexdigest()
        self._write(lambda c: self._writer(c).attach(digest, body))
        return f"sha256:{digest} {name}"

    def erase(
        self,
        kind: str,
        key: str,
        fields: Collection[str] | None = None,
        *,
        on: DayLike,
        authority: str,
    ) -> Posted:
        """Erase what is personal of an entry 删除个人信息: the values and their salts, for ever.

        The entry, the log and its proofs stay as they are; an entry says what was erased, on which
        day and by whose authority. Telling the fact again answers with what stands.

        :param fields: which of its personal fields; all of them if not given.
        :raises Unknown: no such entry or field.
        :raises InvalidInput: nothing of it is sealed, or no authority is named.
        :raises BooksNotOpen: a day before the books open.
        """
        if not authority.strip():
            raise InvalidInput("an erasure names by whose authority it is done")
        day = parse_day(str(on))

        def work(connection: Connection) -> Posted:
            dialects.forget_for_good(connection)
            writer, reader = self._writer(connection), Reader(connection, self.code)
            first = standing.info_of(reader).start
            if day < first:
                raise BooksNotOpen(f"found {day}; the books open on {first}")
            where = kind, key, fields
            return erasing.erase(reader, writer, *where, day.isoformat(), authority.strip())

        return self._write(work)

    def charge(self, period: str | Period, *, progress: Progress | None = None) -> list[Posted]:
        """Charge each month of a period once; the new charges and what they settled.

        :raises BooksNotOpen: the whole period lies before the books open.
        """
        return self._post([], self._period(period), progress=progress)

    # ------------------------------------------------------------------ closing

    def close_books(
        self,
        period: str | Period,
        *,
        leave_waiting: bool = False,
        progress: Progress | None = None,
    ) -> list[Posted]:
        """Close 结账 every month not yet closed through a period's end, in order; the closes.

        From then on nothing is dated in these months or before them. A period that is closed
        already is answered with the close that stands.

        :param leave_waiting: close even if money of these months is unclaimed 待认领, or a waiver
            waits for a charge that nothing makes.
        :raises BooksNotOpen: the whole period lies before the books open.
        :raises ClosingRefused: something is still to be done; ``pending`` names it.
        """
        last = self._period(period).last
        with self._reading() as reading:
            looked = closing.look_over(reading, last, progress)

        def work(connection: Connection) -> list[Posted]:
            writer = Writer(connection, self.code, self._clock)
            reader = Reader(connection, self.code)
            return closing.close_through(reader, writer, last, looked, leave_waiting=leave_waiting)

        return self._write(work)

    @property
    def closed(self) -> str:
        """The last closed month 已结账期, such as ``2024-06``; nothing while none is."""
        with self._reading() as reader:
            return reader.closed()

    # ------------------------------------------------------------------ balances

    def balance(
        self,
        account: str,
        on: DayLike,
        *,
        fund: str | None = None,
        unit: str | None = None,
        item: str | None = None,
        line: str | None = None,
        known: Known | None = None,
    ) -> Sums:
        """What stands on an account at the end of a day; of one fund, unit, item or budget line.

        :param known: as it was known then: how many entries the journal had, or the day (or time)
            through which entries had been recorded. Without it, as known now.
        :raises Unknown: no such account, fund, unit or line.
        """
        with self._reading() as reader:
            where = self._where_in(reader, account, fund, unit, item, line)
            size = None if known is None else balances.size_known(reader, known)
            return balances.sums_to(reader, where, parse_day(str(on)), size)

    def turnover(
        self,
        account: str,
        period: str | Period,
        *,
        fund: str | None = None,
        unit: str | None = None,
        item: str | None = None,
        line: str | None = None,
        known: Known | None = None,
    ) -> Sums:
        """What moved on an account in a period; otherwise as :meth:`balance`."""
        within = self._period(period)
        with self._reading() as reader:
            where = self._where_in(reader, account, fund, unit, item, line)
            size = None if known is None else balances.size_known(reader, known)
            return balances.sums_within(reader, where, within.start, within.end, size)

    def unit_account(self, unit: str, on: DayLike, *, known: Known | None = None) -> UnitBalance:
        """What a unit owes and has prepaid at the end of a day; ``known`` as of :meth:`balance`.

        :raises Unknown: no such unit.
        """
        with self._reading() as reader:
            drawing.unit_of(reader, unit)
            size = None if known is None else balances.size_known(reader, known)
            return balances.unit_balance(reader, unit, parse_day(str(on)), size)

    def _where_in(
        self,
        reader: Reader,
        account: str,
        fund: str | None,
        unit: str | None,
        item: str | None,
        line: str | None,
    ) -> Where:
        if fund is not None:
            known_fund(standing.funds_of(reader), fund)
        if unit is not None:
            drawing.unit_of(reader, unit)
        if line is not None and not reader.stored(BudgetLine.kind, [line]):
            raise Unknown("budget line", line, "name a line of this book")
        return Where(chart.find_account(account).code, fund, unit, item, line)

    def rebuild(self) -> int:
        """Throw the kept sums away and recompute them from the journal; how many rows they are.

        :raises Unknown: no such book.
        :raises BookCorrupt: the journal itself does not hold together; nothing is changed.
        """

        def work(connection: Connection) -> int:
            Writer(connection, self.code, self._clock)  # holds the book's lock
            standing.info_of(Reader(connection, self.code))  # it is there
            return rebuilding.rebuild(connection, self.code)

        return self._write(work)

    # ------------------------------------------------------------------ reminding

    def remind(self, on: DayLike) -> list[Reminder]:
        """Decide who is to be reminded on a day, and record it; what is new, by unit.

        Deciding and recording are one transaction under the book's lock, so no step is recorded
        twice for a claim, whoever asks at the same time. The paper comes from the record:
        :meth:`notices`.

        :raises BooksNotOpen: a day before the books open.
        :raises Refused: no step of the ladder is in force on that day.
        """

        def work(connection: Connection) -> list[Reminder]:
            writer = self._writer(connection)
            told = self._decide(Reader(connection, self.code), on)
            for one in told:
                writer.append(Draft(reminding.REMINDER, one.key, one.on, one.content()))
            if told:
                writer.finish({})
            return told

        return self._write(work)

    def to_remind(self, on: DayLike) -> list[Reminder]:
        """Whom :meth:`remind` would remind on a day; nothing is recorded."""
        with self._reading() as reader:
            return self._decide(reader, on)

    @staticmethod
    def _decide(reader: Reader, on: DayLike) -> list[Reminder]:
        info, day = standing.info_of(reader), parse_day(str(on))
        if day < info.start:
            raise BooksNotOpen(f"found {day}; the books open on {info.start}")
        ladder = ladder_on(standing.steps_of(reader), day)
        if not ladder:
            raise Refused(
                f"no reminder step is in force on {day}; write [[reminder]] tables in book.toml "
                "and load the folder"
            )
        sent, head = reminding.sent_steps(reader), reader.head()
        return remind(
            info,
            ladder,
            day,
            reminding.debtors(reader, day, standing.tenures_of(reader)),
            sent,
            (head.size, head.root),
        )

    def notices(self, on: DayLike) -> list[Report]:
        """The notice of every reminder that was recorded on a day, by building and unit.

        The same record gives the same paper at any time.
        """
        day = parse_day(str(on))
        with self._reading() as reader:
            info = standing.info_of(reader)
            steps = {step.record_key: step for step in standing.steps_of(reader)}
            told = reminding.reminders(reader, day, day)
            units = {u.unit: u for u in reader.facts(Unit, [one.unit for one in told])}
        told.sort(key=lambda one: (units[one.unit].building, one.unit, one.days))
        return [Report(notice.build(info, units[o.unit], steps[o.step], o)) for o in told]

    # ------------------------------------------------------------------ reading

    def _period(self, period: str | Period) -> Period:
        if isinstance(period, Period):
            return period
        return Period.parse(period, self.info.fiscal_year_start)

    @property
    def info(self) -> BookInfo:
        """What the book is."""
        with self._reading() as reader:
            return standing.info_of(reader)

    @property
    def head(self) -> Head:
        """Size and root of the journal."""
        with self._reading() as reader:
            return reader.head()

    def units(self) -> list[Unit]:
        """Every unit, by its code."""
        with self._reading() as reader:
            return reader.facts(Unit)

    def owners_of(self, unit: str, on: DayLike) -> tuple[Holder, ...]:
        """Who answers for a unit on a day, and for which share: owners, or the developer.

        :raises Unknown: no such unit.
        """
        day = parse_day(on if isinstance(on, str) else on.isoformat())
        with self._reading() as reader:
            found = drawing.unit_of(reader, unit)
            return holders_on(found, standing.tenures_of(reader, [unit]).get(unit, ()), day)

    def entries(self) -> Iterator[Entry]:
        """The whole journal, in order."""
        with self._reading() as reader:
            yield from reader.stream()

    def entry(self, kind: str, key: str) -> Entry | None:
        """One entry by its key, such as ``("receipt", "W2024-0113")``."""
        with self._reading() as reader:
            return reader.entry(kind, key)

    def verify(
        self,
        *,
        checkpoints: Iterable[Checkpoint | str] = (),
        keys: Iterable[Verifier | str] = (),
        progress: Progress | None = None,
    ) -> list[Finding]:
        """Recompute every invariant from the stored journal; what does not hold, by name.

        :param checkpoints: signed notes that were kept elsewhere: the journal is held against them.
        :param keys: whose signatures must be under them, and are checked under those in the book.
        :raises InvalidInput: one of them cannot be read.
        """
        notes = [Checkpoint.parse(one) if isinstance(one, str) else one for one in checkpoints]
        known = [Verifier.parse(one) if isinstance(one, str) else one for one in keys]
        with self._reading() as reader:
            return audit.verify(reader, progress, notes, known)

    # ------------------------------------------------------------------ proving

    def checkpoint(self, signer: Signer) -> Checkpoint:
        """Sign the journal's size and root as they stand with the log's own key, and keep that.

        :raises NotThisLog: the key is not this log's, or the log is not what was signed before.
        """

        def work(connection: Connection) -> Checkpoint:
            dialects.lock_head(connection, self.code)
            return proving.sign(Reader(connection, self.code), signer)

        return self._write(work)

    def cosign(self, signer: Signer, size: int | None = None) -> Checkpoint:
        """A second signature under the latest checkpoint: the owners' committee's 业主委员会, say.

        :raises NotThisLog: the name had another key before, or the log is not what was signed.
        :raises Unknown: there is no checkpoint, or none of that size.
        """

        def work(connection: Connection) -> Checkpoint:
            dialects.lock_head(connection, self.code)
            return proving.cosign(Reader(connection, self.code), signer, size)

        return self._write(work)

    def proof_bundle(
        self, period: str | Period, *, unit: str, opened: Collection[str] = ()
    ) -> Bundle:
        """An owner's statement as ``verifier.py`` checks it: its figures, the unit's entries, the
        proof of each, and the checkpoint if the journal as it stands is signed.

        :param opened: personal fields that are shown, such as ``("payer",)``; the others stay
            commitments.
        :raises Unknown: no such unit.
        """
        with self._reading() as reader:
            desk = drawing.Desk(reader, period, unit=unit)
            facts = drawing.draw("owner", desk).facts
            days = desk.period.start.isoformat(), desk.period.end.isoformat()
            return proving.bundle(reader, unit, days, facts, opened)

    def checkpoints(self) -> list[Checkpoint]:
        """Every checkpoint that is kept, by size, with all its signatures."""
        with self._reading() as reader:
            return checkpoints.kept(reader.connection, self.code)

    def inclusion(self, kind: str, key: str, *, size: int | None = None) -> Inclusion:
        """The proof that an entry is in the log: as it stands, or of a size, as a checkpoint has.

        :raises Unknown: no such entry, or it came later.
        """
        with self._reading() as reader:
            entry = reader.entry(kind, key)
            if entry is None:
                raise Unknown("entry", f"{kind} {key}", "name its kind and key as they were posted")
            return proving.Prover(reader).inclusion(entry, size)

    def consistency(self, size: int) -> Growth:
        """The proof that the log of a size, as an earlier statement printed it, only grew since.

        :raises Unknown: the log never had that size.
        """
        with self._reading() as reader:
            return proving.Prover(reader).growth(size)

    def export(self, tool: str) -> Iterator[str]:
        """The journal as text that another program checks: hledger, ledger or beancount.

        :raises Unknown: no such tool.
        """
        from trustledger import plaintext

        with self._reading() as reader:
            yield from plaintext.export(tool, standing.info_of(reader), reader.standing)

    # ------------------------------------------------------------------ copies

    def backup(self, path: str | Path, *, verify: bool = False) -> dict[str, Head]:
        """Copy the whole database, all its books, to a new file while others go on writing.

        The copy is one moment's, and appears only if the journals in it are the journals that
        stood then, entry by entry; length and root of each, by its book.

        :param verify: recompute every invariant of every book in the copy as well.
        :raises InvalidInput: something is there already, or it cannot be written.
        :raises StoreError: not a database of one file.
        :raises BookCorrupt: a journal in the copy is not what was posted.
        """
        where = self._where
        engine = where if isinstance(where, Engine) else self._own(where).engine
        check = audit.verify if verify else None
        with transactions.translating(engine.url):
            return copying.back_up(engine, Path(path), check)

    def export_archive(self, path: str | Path, *, public: bool = False) -> Manifest:
        """Write the book as an archive 归档: ``.zip``, or else a folder of plain files.

        :param public: without personal fields and vouchers' files; the root is the same.
        :raises InvalidInput: something is there already, or it cannot be written.
        :raises BookCorrupt: what stands is not what was posted.
        """
        with self._reading() as reader:
            return archive.write(reader, Path(path), self._clock(), public=public)

    @classmethod
    def import_archive(
        cls,
        path: str | Path,
        where: str | URL | Engine | Session | Connection,
        *,
        verify: bool = True,
        clock: Callable[[], str] = utc_now,
        progress: Progress | None = None,
    ) -> tuple[Book, Imported]:
        """A book from its archive, whole or not at all: the same entries, the same root.

        If the book stands there already with the archive's first entries, the rest is added; with
        all of them, nothing is.

        :param verify: recompute every invariant before it stands.
        :raises InvalidFile: what is wrong in the archive, by member and line.
        :raises Refused: another journal stands under its code, or a longer one.
        :raises BookCorrupt: it does not verify.
        """
        with reading_archive(Path(path)) as source:
            code = source.manifest.book
            if isinstance(where, str | URL):
                engine = dialects.open_engine(where)
                book = cls(engine, code, clock=clock)._owning(engine)
            else:
                book = cls(where, code, clock=clock)
            return book, book._write(
                lambda c: archive.take_in(c, source, verify=verify, progress=progress)
            )

    # ------------------------------------------------------------------ statements

    def statement(
        self,
        name: str,
        period: str | Period,
        *,
        unit: str | None = None,
        fund: str = COMMON,
        buckets: str | Sequence[int] = ageing.BUCKETS,
        of: str | None = None,
        version: str | None = None,
    ) -> Report:
        """A statement 报表 of a period: it shows, saves and checks itself.

        :param name: one of ``trustledger.STATEMENTS``.
        :param unit: whose, for ``owner``.
        :param fund: which, for ``income_expenditure``.
        :param buckets: last days of the buckets of ``ageing``, such as ``(30, 90)``.
        :param of: the resolution that ``resolution`` is about.
        :param version: which of the budget's, for ``open_budget``; the one in force without it.
        :raises Unknown: no such statement, unit, fund, resolution or version, or no budget in the
            period of a statement that is of one.
        :raises InvalidInput: the buckets are not days in rising order.
        """
        if name not in NAMES:
            raise Unknown("statement", name, f"it is one of {', '.join(NAMES)}")
        edges = ageing.parse_buckets(buckets)
        with self._reading() as reader:
            desk = drawing.Desk(
                reader, period, unit=unit, fund=fund, buckets=edges, of=of, version=version
            )
            return drawing.draw(name, desk)

    def pack(self, period: str | Period) -> tuple[str, ...]:
        """The names of the statements that belong into a period's pack."""
        with self._reading() as reader:
            return drawing.pack(drawing.Desk(reader, period))

    def entries_of(
        self,
        period: str | Period,
        column: str,
        *,
        unit: str | None = None,
        building: str | None = None,
        usage: str | None = None,
    ) -> list[CellEntry]:
        """The entries behind a cell of ``month_grid``; their amounts add up to it.

        Of one unit, of a building, of a usage, of what is in all that are named, or of everybody.

        :param column: a fact of ``month_grid``, such as ``charged`` or ``closing_arrears``.
        :raises Unknown: no such column, unit, building or usage.
        """
        titles = month_columns.TITLES
        if column not in titles:
            raise Unknown("column", column, f"it is one of {', '.join(titles)}")
        with self._reading() as reader:
            desk = drawing.Desk(reader, period)
            return drawing.cell_entries(desk, column, unit=unit, building=building, usage=usage)

    def review(self, on: DayLike) -> list[Finding]:
        """What the open budget still waits for on a day 督办: overdue answers, emergencies not
        ratified, ended commitments that still bind money, votes not counted, and so on.

        The books are whole all the same: see :meth:`verify` for that.
        """
        with self._reading() as reader:
            return reviewing.review(reader, parse_day(str(on)))

    def version(self, budget: str, version: str = "") -> PlanVersion:
        """A version of a budget with its digest; without a name, the one adopted last.

        :raises Unknown: no such budget or version.
        """
        with self._reading() as reader:
            return viewing.version(reader, budget, version)

    def differences(self, budget: str, before: str, after: str) -> Differences:
        """What one version of a budget says differently from another, row by row.

        :raises Unknown: no such budget or version.
        """
        with self._reading() as reader:
            return viewing.differences(reader, budget, before, after)

    def next_draft(self, of: str, budget: str, version: str = "v1") -> list[PlanLine]:
        """A first draft of another budget, from what this one really cost; nothing is posted.

        :raises Unknown: no such budget.
        :raises Refused: none of its versions was ever in force.
        """
        with self._reading() as reader:
            return drafting.next_draft(reader, of, budget, version)

    def result(self, resolution: str) -> Result:
        """What came of a vote 表决结果: every figure and every condition.

        :raises Unknown: no such resolution.
        :raises Refused: it is not counted yet.
        """
        with self._reading() as reader:
            return viewing.result(reader, resolution)

    def ballots(self, resolution: str) -> str:
        """The list of a vote's ballots 表决清单 that ``trustledger.recount`` counts again.

        :raises Unknown: no such resolution.
        :raises Refused: it is not counted yet, or was counted from minutes.
        """
        with self._reading() as reader:
            return viewing.ballots(reader, resolution)

    def stands(self, kind: str, key: str) -> bool:
        """Whether there is what a fact names, such as ``("version", "2025|v2")``."""
        with self._reading() as reader:
            return viewing.stands(reader, kind, key)

    def trace(
        self, what: str, *, depth: int = tracing.DEPTH, width: int = tracing.WIDTH
    ) -> tracing.Trail:
        """The walk 追溯 from anything to what it rests on, and to what came of it.

        :param what: ``kind:key`` (``expenditure:0231``, ``支出:0231``, ``resolution:R1``), or a
            figure of a statement (``income_expenditure/2025-03/expenditure/A1``).
        :param depth: how many steps it goes; ``width``: how many are told from one place.
        :raises InvalidInput: it cannot be understood.
        :raises Unknown: it is not in the books.
        """
        with self._reading() as reader:
            return tracing.trace(reader, what, depth, width)

    def owners(self, period: str | Period) -> Iterator[Report]:
        """Every unit's statement of a period; what they share is made once."""
        with self._reading() as reader:
            yield from drawing.owners(drawing.Desk(reader, period))

    # ------------------------------------------------------------------ showing itself

    def __repr__(self) -> str:
        return f"<Book {self.code!r}>"

    def _repr_html_(self) -> str:
        from trustledger.render.to_html import escape

        info, head = self.info, self.head
        return (
            f"<div><b>{escape(info.name)}</b> ({escape(info.code)})<br>"
            f"委托人 {escape(info.settlor)} · 受托人 {escape(info.trustee)}<br>"
            f"{len(self.units())} 户 · 分录 {head.size} · <code>{head.root[:16]}</code></div>"
        )


def _find(
    engine: Engine, url: str | URL, code: str | None, *, unguarded: bool, migrate: bool
) -> str:
    """The code of the book that is meant, in a database that was looked at and brought up."""

    def bring_up(connection: Connection) -> None:
        if dialects.has_schema(connection):
            migrations.migrate(connection, rebuilding.rebuild, unguarded=unguarded)

    with transactions.translating(url):
        if migrate:
            transactions.transact(engine, bring_up)
        with transactions.reading(engine) as connection:
            if dialects.has_schema(connection):
                check_version(connection)
                if not unguarded:
                    dialects.check_schema(connection)
            codes = books(connection)
    if not codes:
        raise StoreError(f"{url} holds no book yet; load a folder into it first")
    if code is None and len(codes) == 1:
        code = codes[0]
    if code is None or code not in codes:
        known = ", ".join(codes) or "none"
        raise Unknown("book", code or "", f"the books in {url} are: {known}")
    return code


def set_up(
    where: str | URL | Engine, *, partitions: int = 0, writer: str = "", auditor: str = ""
) -> None:
    """Make the tables of a PostgreSQL database, its roles and partitions; again changes nothing.

    :param partitions: hash partitions of every table, by book; for a city of large books.
    :param writer: a role that may post and cannot change or remove what stands.
    :param auditor: a role that may read.
    :raises InvalidInput: not a number of partitions.
    :raises StoreError: another kind of database, or its tables stand with other partitions.
    """
    engine = where if isinstance(where, Engine) else dialects.open_engine(where)
    with transactions.translating(engine.url):
        transactions.transact(
            engine,
            lambda c: dialects.set_up(c, partitions=partitions, writer=writer, auditor=auditor),
        )
    if engine is not where:
        engine.dispose()


def codes_in(url: str | URL) -> list[str]:
    """The codes of the books in a database."""
    engine = dialects.open_engine(url)
    with transactions.translating(url), transactions.reading(engine) as connection:
        codes = books(connection)
    engine.dispose()
    return codes
