"""Audit 核查: every invariant of docs/invariants.md, recomputed from what is stored.

One pass over the journal adds everything up anew; the checks in :data:`CHECKS` then compare. What
is wrong becomes a :class:`~trustledger.records.Finding`, never an exception: an auditor wants the
whole list. Nothing here trusts a stored sum.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DatabaseError

from trustledger import chart
from trustledger.acts import ACTS, perform
from trustledger.acts.debts import check_reversal
from trustledger.billing import Billing, Measures
from trustledger.checkpoint import Checkpoint, Verifier, origin_of
from trustledger.docket import Docket, Move
from trustledger.errors import BookCorrupt, Overlap, TrustLedgerError
from trustledger.facts import MOVING
from trustledger.measures import MEASURES
from trustledger.money import share
from trustledger.period import instant, month_of, next_month
from trustledger.records import (
    COMMON,
    LATE_FEE,
    REVERSIBLE,
    BookInfo,
    BudgetLine,
    Dated,
    Entry,
    Expenditure,
    Finding,
    Fund,
    Instalment,
    LateFeeTerm,
    Posting,
    Record,
    ReminderStep,
    Tariff,
    Tenure,
    Term,
    Unit,
    Waiver,
)
from trustledger.rolls import Roll
from trustledger.rules import electing
from trustledger.rules.availability import counts_on
from trustledger.rules.charging import (
    ChargeLine,
    charge_day,
    charge_key,
    liable_days,
    read_charge,
)
from trustledger.rules.closing import CLOSE, Seal, begins, closed_on, shuts, totals_of
from trustledger.rules.entrusted import HELD, holding_of
from trustledger.rules.journal import Frontier, Node, check_postings, leaf_hash
from trustledger.rules.latefee import LateFees, late_fee_key, read_late_fee
from trustledger.rules.owing import check_shares
from trustledger.rules.reminding import OpenItem, Reminder, overdue_days
from trustledger.rules.remuneration import Known as KnownTerms
from trustledger.rules.sealing import SEALED, commitment, sealed_fields
from trustledger.store import checkpoints, dialects
from trustledger.store.log import stored_nodes
from trustledger.store.reading import DESIGNATED, WAITING, YEAR, Known, Reader
from trustledger.store.tables import HEAD, LINE, LINK, OPEN, PRIVATE, TERM, TURNOVER
from trustledger.store.writing import NAMING
from trustledger.votes import Resolution

R = TypeVar("R", bound=Record)
_UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    TrustLedgerError,
)
_BY_UNIT = (chart.RECEIVABLE, chart.PREPAID)
_ACTS = {record.kind: record for record in ACTS}
_LOOKED_UP = ("commitment", "request", "invoice", "resolution")
"""What expenditures are found by when others of the same are made."""

_IN_BASE = {*chart.CASH_ACCOUNTS, chart.SERVICE_FEE, chart.WAIVED, chart.LATE_FEES}
_DATED: tuple[type[Dated], ...] = (Term, LateFeeTerm, Tenure, ReminderStep)


class Spent:
    """Earlier expenditures, found in the database: there are too many of them to keep."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.before = 0  # the number of the entry that asks

    def fact(self, record: type[R], key: str) -> R | None:
        """An expenditure that stands before the entry that asks."""
        if record.kind != Expenditure.kind:
            return None
        found = self._reader.stored(record.kind, [key]).get(key)
        return record.load(found.content) if found and found.seq < self.before else None

    def facts(self, record: type[R]) -> list[R]:
        """Nothing: the docket has all others."""
        return []

    def naming(self, record: type[R], kind: str, key: str) -> list[R]:
        """Nothing, for the same reason."""
        return []

    def told(self, kind: str, key: str) -> str:
        """Nothing, for the same reason."""
        return ""

    def moves(self, line: str, first: date | None, last: date | None) -> list[Move]:
        """Nothing, for the same reason."""
        return []

    def is_reversed(self, kind: str, key: str) -> bool:
        """Not that the docket does not know."""
        return False

    def owed(self, voucher: str) -> int:
        """Nothing, for the same reason."""
        return 0

    def held(self, fund: str) -> int:
        """Nothing, for the same reason."""
        return 0


class Past:
    """Earlier entries that later ones name, found in the database some thousands at a time: what a
    book remembers of its past while it is recounted does not grow with it."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._targets: dict[int, Known] = {}
        self._first: dict[int, int] = {}  # what first reversed them
        self._receipts: dict[str, Known] = {}
        self._charges: dict[str, Known] = {}

    def look_up(self, chunk: list[Entry]) -> None:
        """What these entries name."""
        targets = {entry.reverses for entry in chunk if entry.reverses}
        receipts, charges = set(), set()
        for entry in chunk:
            if entry.kind not in _NAME_NOTHING:
                for p in entry.postings:
                    if p.account == chart.WAIVED:
                        charges.add(charge_key(p.unit, p.month))
                    elif p.account in chart.CASH_ACCOUNTS and p.source:
                        receipts.add(p.source)
        reader = self.reader
        self._targets = {one.seq: one for one in reader.numbered(targets)}
        self._first = reader.first_reversals(targets)
        self._receipts = {one.key: one for one in reader.keyed("receipt", receipts)}
        self._charges = {one.key: one for one in reader.keyed("charge", charges)}

    def reversed_by(self, entry: Entry) -> Known | None:
        """What an entry reverses, if that is before it and can be reversed."""
        found = self._targets.get(entry.reverses)
        if found is None or found.seq >= entry.seq:
            return None
        if found.kind == "waived":
            return found._replace(kind="waiver")
        return found if found.kind in REVERSIBLE else None

    def is_reversed_before(self, entry: Entry) -> bool:
        """Whether an earlier one reverses the same."""
        return self._first.get(entry.reverses, entry.seq) < entry.seq

    def receipt(self, key: str, entry: Entry) -> Known | None:
        """A receipt before an entry."""
        return _before(self._receipts.get(key), entry)

    def charge(self, key: str, entry: Entry) -> Known | None:
        """A charge before an entry."""
        return _before(self._charges.get(key), entry)


def _before(known: Known | None, entry: Entry) -> Known | None:
    return known if known is not None and known.seq < entry.seq else None


_NAME_NOTHING = ("receipt", "charge", "income", "expenditure")
"""Kinds of entries that move money and name no earlier entry."""


class Recount:
    """Everything added up anew, entry by entry; findings as they are met."""

    def __init__(self, reader: Reader) -> None:
        self.book = reader.book
        self.findings: list[Finding] = []
        self.frontier = Frontier()
        self.nodes: list[Node] = []
        self.opened = 0  # personal values that are kept
        self.missing: dict[tuple[int, str], Entry] = {}  # those that are not
        self.erased: dict[tuple[int, str], Entry] = {}  # those that an entry says were erased
        self.notes: list[Checkpoint] = []  # what the log is held against
        self.keys: list[Verifier] = []
        self.signed_sizes: set[int] = set()
        self.expected = 1
        self.info: BookInfo | None = None
        self.start, self.eve = "", ""
        self.funds: dict[str, Fund] = {COMMON: Fund(code=COMMON, name="")}
        self.units: dict[str, Unit] = {}
        self.measures = Measures()
        self.tenures: dict[str, Tenure] = {}
        self.terms: dict[str, Term] = {}
        self.late_terms: dict[str, LateFeeTerm] = {}
        self.told_terms = KnownTerms()
        self.past = Past(reader)
        self.earlier = Spent(reader)
        self.turnover: dict[tuple[str, ...], list[int]] = {}
        self.days: dict[tuple[str, str], list[int]] = {}  # line and day -> spent, committed
        self.links: set[tuple[str, str, str, str]] = set()
        self.open: dict[tuple[str, ...], tuple[int, str]] = {}  # fen, and since when
        self.billed: set[str] = set()  # readings
        self.shares: dict[str, dict[str, dict[str, ChargeLine]]] = {}  # by month, cost and unit
        self.shared: dict[str, int] = {}  # by cost, what its month's charges have of it
        self.base: dict[str, int] = {}
        self.remuneration: dict[str, int] = {}
        self.docket: Docket | None = None
        self.nameless: set[str] = set()  # units of whose holders something was erased
        self.unsaid: dict[tuple[str, str], str] = {}  # what the library says next, beside an act
        self.digests: dict[str, str] = {}
        self.steps: dict[str, ReminderStep] = {}
        self.reminders: list[tuple[Entry, Reminder]] = []
        self.dated: dict[str, dict[str, Any]] = {  # by kind and key, what may be ended later
            Term.kind: self.terms,
            LateFeeTerm.kind: self.late_terms,
            Tenure.kind: self.tenures,
            ReminderStep.kind: self.steps,
        }
        self.roots: dict[int, str] = {}  # size -> root, where something rests on it
        self.closed = ""  # the last closed month
        self.recorded: datetime | None = None  # when the entry before was recorded
        self.clock = ""  # the same, as it is written
        self._tariffs: dict[tuple[str, str, str], Tariff | None] = {}  # found for a month

    def found(self, check: str, entry: Entry, message: str) -> None:
        """Note a finding about an entry."""
        self.findings.append(Finding(check, f"entry {entry.seq} {entry.kind} {entry.key}", message))

    # ------------------------------------------------------------------ one entry

    def take(self, entry: Entry) -> None:
        """Take one entry in."""
        self._log(entry)
        self._time(entry)
        if SEALED in entry.public:
            self._private(entry)
        wrong = check_postings(entry.postings)
        if wrong is not None:
            self.found("balance", entry, wrong)
        try:
            self._fact(entry)
        except _UNREADABLE as error:
            self.found("unreadable", entry, f"its stored fact cannot be read: {error!r}")
        month = entry.on[:7]
        for posting in entry.postings:
            try:
                self._sum(entry, month, posting)
            except _UNREADABLE as error:
                self.found("unreadable", entry, f"a posting cannot be understood: {error!r}")

    def _log(self, entry: Entry) -> None:
        if entry.seq != self.expected:
            self.found("sequence", entry, f"number {self.expected} was expected here")
        self.expected = entry.seq + 1
        if entry.kind in ("reminder", CLOSE):
            self.roots[self.frontier.size] = self.frontier.root().hex()
        leaf = leaf_hash(
            self.book, *entry[:4], entry.reverses, entry.public or entry.content, entry.postings
        )
        if leaf != entry.leaf:
            self.found("log_leaf", entry, "what stands here is not what was posted")
        self.nodes += self.frontier.append_noting(entry.leaf)
        if self.frontier.size in self.signed_sizes:
            self.roots[self.frontier.size] = self.frontier.root().hex()

    def _private(self, entry: Entry) -> None:
        """What is kept of a sealed field is what the entry commits to; what is not, was erased."""
        sealed = sealed_fields(entry.public)
        for field, salt, value in entry.private:
            self.opened += 1
            if sealed.pop(field, "") != commitment(salt, entry.kind, field, value):
                self.found("private", entry, f"its {field} is not what the entry commits to")
        self.missing |= {(entry.seq, field): entry for field in sealed}
        if sealed and entry.kind in (Unit.kind, Tenure.kind):
            self.nameless.add(json.loads(entry.public)["unit"])

    def _time(self, entry: Entry) -> None:
        """No entry is dated in closed time and, once a month was closed, none was recorded before
        the one before it: books of earlier versions took a clock that ran backwards at its word."""
        if shuts(self.closed, entry.on):
            self.found("closed", entry, f"dated {entry.on}, after {self.closed} was closed")
        if entry.recorded_at == self.clock:  # as that of the entry before, of one batch
            return
        try:
            at = instant(entry.recorded_at)
        except TrustLedgerError as error:
            self.found("unreadable", entry, str(error))
            return
        if self.closed and self.recorded is not None and at < self.recorded:
            self.found("recorded", entry, f"recorded at {at}, before the entry before it")
        self.recorded, self.clock = at, entry.recorded_at

    def with_years(self) -> dict[tuple[str, ...], list[int]]:
        """The sums by month and those by year, as they are kept."""
        sums = dict(self.turnover)
        for (period, *rest), (debit, credit) in self.turnover.items():
            year = sums.setdefault((YEAR + period[:4], *rest), [0, 0])
            year[0] += debit
            year[1] += credit
        return sums

    def left_open(self) -> dict[tuple[str, ...], tuple[int, str]]:
        """What the journal leaves open, and since when."""
        return self.open

    def terms_to_date(self) -> dict[str, tuple[int, int]]:
        """Base and remuneration to date, term by term."""
        keys = sorted(set(self.base) | set(self.remuneration))
        return {key: (self.base.get(key, 0), self.remuneration.get(key, 0)) for key in keys}

    def _sum(self, entry: Entry, period: str, p: Posting) -> None:
        account, fund, debit, credit, unit, item, line, month, source, term = p
        net = debit - credit
        where = (period, account, fund, item, line, term)
        sums = self.turnover.get(where)
        if sums is None:
            self.turnover[where] = [debit, credit]
        else:
            sums[0] += debit
            sums[1] += credit
        if fund not in self.funds:
            self.found("fund", entry, f"fund {fund!r} is not defined")
        if unit and unit not in self.units:
            self.found("unit", entry, f"unit {unit!r} is not defined")
        if account in _BY_UNIT:
            if not unit:
                self.found("unit", entry, f"account {account} is kept by unit, and none is named")
            elif account == chart.RECEIVABLE:
                self._move((unit, account, month, item, ""), net, entry.on, last=True)
            else:
                self._move((unit, account, "", "", source), -net, entry.on, last=False)
        elif account in _IN_BASE:
            self._base(entry, p, net)
        elif account == chart.REMUNERATION:
            self.remuneration[term] = self.remuneration.get(term, 0) + net
        elif account in HELD and (holding := holding_of(p)) is not None:
            held = (holding.unit, account, "", holding.item, holding.source)
            self._move(held, -net, "", last=False)
        elif account == chart.TRUSTEE_OWES and source:
            self._move(("", account, "", "", source), net, entry.on, last=False)
            if self.docket is not None:
                self.docket.owe(source, net)
        if fund != COMMON and account in chart.CASH_BASIS and self.docket is not None:
            self.docket.hold(fund, net)
        if line and account in chart.OF_LINES:
            spent, committed = (0, net) if account == chart.COMMITTED else (net, 0)
            day = counts_on(p, entry.on)
            sums = self.days.setdefault((line, day), [0, 0])
            sums[0] += spent
            sums[1] += committed
            if self.docket is not None:
                self.docket.move(line, date.fromisoformat(day), spent, committed)

    def _move(self, key: tuple[str, ...], delta: int, on: str, *, last: bool) -> None:
        """What is open changes; what is settled is forgotten, as it is where it is stored."""
        stood = self.open.get(key)
        fen, since = stood or (0, "")
        fen += delta
        if not fen:
            self.open.pop(key, None)
            return
        if delta > 0:
            if stood is None or not since:
                since = on
            else:
                since = max(since, on) if last else min(since, on)
        self.open[key] = fen, since

    def _base(self, entry: Entry, p: Posting, net: int) -> None:
        """What the remuneration's base is, found from the money itself, not from its mark."""
        if p.account in chart.CASH_ACCOUNTS and p.item in chart.INCOME_ACCOUNT:
            right, amount = self._term_of_money(entry, p), net
        elif p.account in (chart.SERVICE_FEE, chart.WAIVED) or (
            p.account == chart.LATE_FEES and entry.kind == "late_fee"
        ):
            right, amount = self._term_of_charge(entry, p), -net
        else:
            return
        if p.account != chart.SERVICE_FEE and p.term != right:
            self.found("term", entry, f"marked with term {p.term!r}, and {right!r} is right")
        if right:
            self.base[right] = self.base.get(right, 0) + amount

    def _term_of_money(self, entry: Entry, p: Posting) -> str:
        """The term that money counts in; of what goes back, the one that it came by."""
        if not p.source:
            came = self.past.reversed_by(entry) if entry.reverses else entry
            return self._in_force(came, p, p.item, owed=False, charged=False) if came else ""
        if entry.kind == "receipt" and p.source == entry.key:
            return self._in_force(entry, p, p.item, owed=True, charged=False)
        receipt = self.past.receipt(p.source, entry)
        if receipt is None or receipt.on < self.start:
            return ""
        of, told = (receipt.on, p.item, p.fund), self.told_terms
        right = told.terms_of(receipt.seq, entry.seq, *of, owed=True, charged=False)
        if len(right) > 1:  # it counts as it did when it first was such money
            first = self.past.reader.first_of_money(p.unit, p.source, late=p.item == LATE_FEE)
            right = {told.term_of(first, *of, owed=True, charged=False)}
        return right.pop()

    def _term_of_charge(self, entry: Entry, p: Posting) -> str:
        """The term that a charge or late fee counts in; of a waiver, that of what it waives."""
        if not self.told_terms.charges:
            return ""
        late = p.item == LATE_FEE
        of: Entry | Known | None = entry
        if p.account == chart.WAIVED:
            waiver = self.past.reversed_by(entry) if entry.reverses else entry
            if waiver is None:
                return ""
            if late:
                of = self.past.reader.last_late_fee(p.unit, p.month, waiver.seq)
            else:
                of = self.past.charge(charge_key(p.unit, p.month), entry)
        category = LATE_FEE if late else "service_fee"
        return self._in_force(of, p, category, owed=True, charged=True) if of else ""

    def _in_force(
        self, came: Entry | Known, p: Posting, category: str, *, owed: bool, charged: bool
    ) -> str:
        """The term that money of an entry counts in, as terms were known then."""
        if came.on < self.start:
            return ""
        of = (came.on, category, p.fund)
        return self.told_terms.term_of(came.seq, *of, owed=owed, charged=charged)

    # ------------------------------------------------------------------ facts

    def _fact(self, entry: Entry) -> None:
        """Read the stored fact, remember what it defines, and hold its postings against it."""
        kind, content = entry.kind, entry.content
        if kind == "book":
            self.info = BookInfo.load(content)
            self.start = self.info.start.isoformat()
            self.eve = self.info.eve.isoformat()
            self.docket = Docket(
                self.info,
                self.earlier,
                funds=self.funds,
                units=lambda: self.units,
                tenures=self._by_unit,
            )
            return
        if self.info is None:
            self.found("order", entry, "stands before the book's own record")
            return
        wanted_day = self.eve if kind == "opening" else self.start
        if entry.on < wanted_day:
            self.found("open_day", entry, f"dated {entry.on}, before the books open")
        record = _ACTS.get(kind) or NAMING.get(kind)
        if record is not None:
            fact = record.load(content)
            self.links |= {(*named, kind, entry.key) for named in fact.names()}
            if kind in _ACTS:
                self._act(entry, fact)
                return
        reader = getattr(self, f"_is_{kind}", None)
        if reader is None:
            self.found("unreadable", entry, f"no such kind of entry: {kind!r}")
            return
        reader(entry)

    def _by_unit(self) -> dict[str, list[Tenure]]:
        """Who holds the units, as told so far."""
        found: dict[str, list[Tenure]] = {}
        for tenure in self.tenures.values():
            if tenure.share:
                found.setdefault(tenure.unit, []).append(tenure)
        return found

    def _act(self, entry: Entry, fact: Record) -> None:
        """A fact of the open budget does what its rules say, with what stood before it."""
        assert self.docket is not None  # there is a book
        told = getattr(fact, "on", None)
        moves = isinstance(fact, (Expenditure, *MOVING))
        if fact.record_key != entry.key or (moves and str(told) != entry.on):
            self.found("fact", entry, f"its fact says {fact.record_key!r} on {told}")
        self.earlier.before = entry.seq
        again = fact
        if isinstance(fact, Resolution) and self.nameless:  # how many voters, their names said
            again = fact.model_copy(update={"voters": None})
        try:
            deed = perform(self.docket, again)
        except TrustLedgerError as error:
            self.found("act", entry, error.message)
            self.docket.add(fact)
            return
        if again is not fact:
            self.docket.add(fact)
        if deed.postings != entry.postings:
            self.found("act", entry, "posts another thing than its fact says")
        self.unsaid |= {(one.kind, one.key): one.content for one in deed.drafts}
        if isinstance(fact, Expenditure):
            self._spent(entry, fact)

    def _spent(self, entry: Entry, fact: Expenditure) -> None:
        if fact.digest:
            self.digests[fact.digest] = str(entry.seq)
        if not any(kind in _LOOKED_UP for kind, _ in fact.names()):
            assert self.docket is not None
            self.docket.forget(fact)

    def _is_roll(self, entry: Entry) -> None:
        """The roll of a resolution is the one made again, as far as names still tell."""
        again = self.unsaid.pop((entry.kind, entry.key), None)
        if again is None:
            self.found("act", entry, "is not what follows from the facts before it")
        elif again != entry.content:
            self._differs(entry, Roll.load(entry.content), Roll.load(again))
        if self.docket is not None:  # votes are counted by what was frozen
            self.docket.tell(entry.kind, entry.key, entry.content)

    def _differs(self, entry: Entry, stored: Roll, again: Roll) -> None:
        assert self.docket is not None  # there is a book
        wrong = electing.difference(stored, again, self.nameless)
        if stored.content() != entry.content:
            wrong = wrong or "its totals are not those of its rows"
        if not wrong and not self.nameless:
            wrong = "its voters are not numbered as their units are"
        of = self.docket.get(Resolution, entry.key)
        if of is not None and of.voters not in (None, stored.voters):
            wrong = wrong or f"the roll has {stored.voters} voters, and {of.voters} were expected"
        if wrong:
            self.found("act", entry, wrong)

    def _is_result(self, entry: Entry) -> None:
        """The result of a vote is what its ballots and its roll give."""
        if self.unsaid.pop((entry.kind, entry.key), None) != entry.content:
            self.found("act", entry, "is not what follows from the facts before it")

    def _early(self, entry: Entry, fact: Record) -> None:
        """A fact that stands after a close counts from a month that was open then."""
        month, field = begins(fact)
        if month and shuts(self.closed, month):
            self.found("closed", entry, f"its {field} reaches back into {self.closed}, closed then")

    def _is_close(self, entry: Entry) -> None:
        """A close seals the month after the last one, the journal before it, and every total."""
        assert self.info is not None
        seal = Seal.load(entry.content)
        month = next_month(self.closed) if self.closed else month_of(self.info.start)
        if (entry.key, entry.on, seal.month) != (month, closed_on(month), month):
            self.found("close", entry, f"says {seal.month} on {entry.on}; {month} was to be closed")
        if self.roots.get(seal.size) != seal.root or seal.size != entry.seq - 1:
            self.found("close", entry, f"{seal.root} is not the root of {entry.seq - 1} entries")
        moved = ((k[0], k[1], k[2], up, down) for k, (up, down) in self.turnover.items())
        right = totals_of(month, moved)
        wrong = sorted(set(seal.totals) ^ set(right))
        if wrong or len(seal.totals) != len(right):
            self.found("close", entry, f"its totals are not those of the journal: {wrong[:2]}")
        self.closed = max(self.closed, seal.month)

    def _is_fund(self, entry: Entry) -> None:
        fund = Fund.load(entry.content)
        self.funds[fund.code] = fund

    def _is_late_fees(self, entry: Entry) -> None:
        if entry.key != json.loads(entry.content)["month"] or entry.postings:
            self.found("fact", entry, "does not say that this month's late fees are charged")

    def _is_late_fee(self, entry: Entry) -> None:
        """Every late fee is what its days and rates make, and those are in force; or its cap."""
        code, month, fees = read_late_fee(entry.content)
        if entry.key != late_fee_key(code, month):
            self.found("late_fee", entry, f"says it is of unit {code} and month {month}")
        arisen = [p for p in entry.postings if p.account == chart.RECEIVABLE and p.debit_fen]
        booked = {p.month: p.debit_fen for p in arisen}
        assert self.info is not None
        again = LateFees(self.info, self.late_terms.values())
        for fee in fees:
            for span in fee.spans:
                again.move(code, fee.of, span.first, span.open_fen)
                after = date.fromisoformat(span.last) + timedelta(1)
                again.move(code, fee.of, after.isoformat(), -span.open_fen)
        made = {fee.of: fee for _, fee in again.month(month)}
        for fee in fees:
            right = made.get(fee.of)
            if right is None or right.spans != fee.spans or fee.amount_fen > right.amount_fen:
                self.found("late_fee", entry, f"of {fee.of}: {fee}, and {right} is right")
            elif fee.amount_fen < right.amount_fen and all(t.cap is None for t in again.terms):
                self.found("late_fee", entry, f"of {fee.of}: {fee.amount_fen} fen, too little")
        if booked != {fee.of: fee.amount_fen for fee in fees}:
            self.found("fact", entry, f"posts {booked}, and its fact says {fees}")

    def _is_unit(self, entry: Entry) -> None:
        unit = Unit.load(entry.content)
        self.units[unit.unit] = unit
        self._early(entry, unit)

    def _is_tariff(self, entry: Entry) -> None:
        tariff = Tariff.load(entry.content)
        self.measures.add(tariff)
        self._tariffs.clear()
        self._early(entry, tariff)

    def _is_measure(self, entry: Entry) -> None:
        """A count, factor, weight, meter, reading or shared cost."""
        record = next(one for one in MEASURES if one.kind == entry.kind)
        fact = record.load(entry.content)
        self.measures.add(fact)
        self._early(entry, fact)

    _is_count = _is_factor = _is_weight = _is_meter = _is_reading = _is_shared_cost = _is_measure

    def _is_line(self, entry: Entry) -> None:
        line = BudgetLine.load(entry.content)
        assert self.docket is not None  # there is a book
        self.docket.add(line)

    def _is_dated(self, entry: Entry) -> None:
        """A term of remuneration or late fees, a tenure, or a step of the reminder ladder."""
        record = next(one for one in _DATED if one.kind == entry.kind)
        fact = record.load(entry.content)
        self.dated[entry.kind][entry.key] = fact
        if entry.kind == Term.kind:
            assert self.docket is not None  # there is a book
            self.docket.add(fact)
            self.told_terms.tell(entry.seq, self.terms.values())
        self._early(entry, fact)

    _is_term = _is_late_fee_term = _is_tenure = _is_reminder_step = _is_dated

    def _is_ending(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        of = body.pop("of")
        kind, _, key = of.partition("|")
        standing = self.dated.get(kind)
        if kind in _ACTS:
            assert self.docket is not None  # there is a book
            stood = self.docket.get(_ACTS[kind], key)
            if isinstance(stood, Dated):
                self.docket.add(stood.as_told(body))
        elif standing is None:
            self._tariffs.clear()
            self.measures.end(of, date.fromisoformat(body["to"]))
        else:
            standing[key] = standing[key].as_told(body)
            if kind == Term.kind:
                assert self.docket is not None  # there is a book
                self.docket.add(standing[key])
                self.told_terms.tell(entry.seq, self.terms.values())

    def _is_erasure(self, entry: Entry) -> None:
        """What was erased of an earlier entry, by its number and fields."""
        body = json.loads(entry.content)
        if not 0 < body["of"] < entry.seq:
            self.found("private", entry, f"erases something of entry {body['of']}, not before it")
        self.erased |= {(body["of"], field): entry for field in body["fields"]}

    def _is_instalment(self, entry: Entry) -> None:
        fact = Instalment.load(entry.content)
        if (fact.record_key, fact.on.isoformat()) != (entry.key, entry.on):
            self.found("fact", entry, f"its fact says {fact.record_key!r} on {fact.on}")
        if fact.unit not in self.units:
            self.found("unit", entry, f"unit {fact.unit!r} is not defined")

    def _is_reminder(self, entry: Entry) -> None:
        self.reminders.append((entry, Reminder.load(entry.content)))

    def _is_opening(self, entry: Entry) -> None:
        amount = json.loads(entry.content)["amount_fen"]
        if entry.postings:
            self._amount(entry, amount, sum(p.debit_fen + p.credit_fen for p in entry.postings[:1]))

    def _is_charge(self, entry: Entry) -> None:
        code, month, lines = read_charge(entry.content)
        if entry.key != charge_key(code, month):
            self.found("charge", entry, f"says it is of unit {code} and month {month}")
        assert self.info is not None
        billing = Billing(self.info, self.measures, self.units)
        unit = self.units[code]
        day, days = charge_day(month, self.info.start), liable_days(unit, month)
        if month not in self.shares:
            self._divide(month, billing)
        booked: dict[str, int] = {}
        for line in lines:
            booked[line.item] = booked.get(line.item, 0) + line.amount_fen
            if line.metered is not None:
                right = self._metered(entry, billing, unit, line.metered.reading)
            elif line.shared is not None:
                cost = line.shared.cost
                right = self.shares[month].get(cost, {}).get(code)
                self.shared[cost] = self.shared.get(cost, 0) + line.amount_fen
            else:
                tariff = self._tariff(line.item, unit.usage, month, day)
                if tariff is None:
                    self.found("charge", entry, f"no tariff of {line.item!r} is in force on {day}")
                    continue
                right = next(iter(billing.monthly(unit, month, [tariff], *days)), None)
            self._compare(entry, line, right)
        posted = {
            p.item: p.debit_fen
            for p in entry.postings
            if p.account == chart.RECEIVABLE and p.debit_fen
        }
        if posted != booked:
            self.found("fact", entry, f"posts {posted}, and its fact says {lines}")

    def _divide(self, month: str, billing: Billing) -> None:
        """The first charge of a month divides its costs among all; what is charged of that month
        after another one, has no share in them."""
        for divided in self.shares:
            self.shares[divided] = {}
        costs = self.measures.costs.get(month, ())
        self.shares[month] = {cost.key: billing.shares(cost) for cost in costs}

    def _tariff(self, item: str, usage: str, month: str, day: date) -> Tariff | None:
        where = item, usage, month
        if where not in self._tariffs:
            self._tariffs[where] = self.measures.tariff(item, usage, day)
        return self._tariffs[where]

    def _metered(
        self, entry: Entry, billing: Billing, unit: Unit, reading: str
    ) -> ChargeLine | None:
        """The line that a reading is billed by, once."""
        if reading in self.billed:
            self.found("charge", entry, f"reading {reading!r} is billed already")
        self.billed.add(reading)
        interval = billing.interval(reading)
        mine = interval is not None and interval.meter.unit == unit.unit
        return billing.metered(unit, interval) if interval is not None and mine else None

    def _compare(self, entry: Entry, line: ChargeLine, right: ChargeLine | None) -> None:
        """A stored line of a charge against what the rule makes of the facts."""
        due = right.amount_fen if right is not None else 0
        if line.amount_fen != due:
            self.found("charge", entry, f"{line.item!r}: {line.amount_fen} fen, not {due}")
        elif line != right:
            self.found("charge", entry, f"{line.item!r}: its figures are {line[1:]}, not {right}")

    def _is_receipt(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        amount = body["amount_fen"]
        if body.get("pays"):
            self._move(DESIGNATED, amount, "", last=False)
        self._told(entry, body, 0 if body.get("suspense") else amount)  # claimed from there

    def _is_income(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        self._told(entry, body, body["amount_fen"])

    def _is_refund(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        self._told(entry, body, -body["amount_fen"])

    def _is_deposit(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        amount = body["amount_fen"]
        moved = {"taken": amount, "returned": -amount}.get(body["move"], 0)
        self._told(entry, body, moved)
        self._amount(entry, amount, _moved(entry, chart.DEPOSIT))

    def _is_agency(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        amount = body["amount_fen"]
        self._told(entry, body, amount if body["move"] == "collected" else -amount)

    def _is_suspense(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        self._told(entry, body, body["amount_fen"])

    def _is_withdrawal(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        self._told(entry, body, -body["amount_fen"])

    def _is_waiver(self, entry: Entry) -> None:
        fact = Waiver.load(entry.content)
        if entry.postings:
            self._amount(entry, fact.amount_fen, _debit(entry, chart.WAIVED))
        else:
            key = (fact.unit, WAITING, fact.month, fact.item, fact.key)
            self._move(key, fact.amount_fen, entry.on, last=False)

    def _is_waived(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        key = (body["unit"], WAITING, body["month"], body.get("item", ""), entry.key)
        self._move(key, -body["waiver_fen"], entry.on, last=False)
        if _debit(entry, chart.WAIVED) > body["waiver_fen"]:
            self.found("fact", entry, f"waives more than {body['waiver_fen']} fen")

    def _is_settlement(self, entry: Entry) -> None:
        used = {p.account for p in entry.postings}
        allowed = {chart.PREPAID, chart.RECEIVABLE}
        if any(p.item == LATE_FEE for p in entry.postings):  # prepaid money becomes a late fee
            allowed |= {chart.BANK, chart.REMUNERATION, chart.REMUNERATION_PAYABLE}
        if used - allowed:
            self.found("fact", entry, "a settlement moves prepayments to receivables alone")

    def _is_reversal(self, entry: Entry) -> None:
        body = json.loads(entry.content)
        target = self.past.reversed_by(entry)
        if target is None or target[1:3] != (body["of_kind"], body["of_key"]):
            self.found("reversal", entry, f"does not reverse {body['of_kind']} {body['of_key']!r}")
        if self.docket is not None:
            if body["of_kind"] == Expenditure.kind:
                try:
                    check_reversal(self.docket, body["of_key"])
                except TrustLedgerError as error:
                    self.found("act", entry, error.message)
            self.docket.reverse(body["of_kind"], body["of_key"])
        if self.past.is_reversed_before(entry):
            self.found("reversal", entry, "what it reverses is reversed already")

    def _told(self, entry: Entry, body: dict[str, Any], bank_fen: int, named: str = "key") -> None:
        """The fact's key, day and amount against the entry's own and the bank posting."""
        key, on = body[named], body["on"]
        for day in (on, body.get("original", on)):
            date.fromisoformat(day)
        if (key, on) != (entry.key, entry.on):
            self.found("fact", entry, f"its fact says {key!r} on {on}")
        moved = 0
        for p in entry.postings:
            if p.account == chart.BANK:
                moved += p.debit_fen - p.credit_fen
        self._amount(entry, bank_fen, moved)

    def _amount(self, entry: Entry, told: int, booked: int) -> None:
        if told != booked:
            self.found("fact", entry, f"posts {booked} fen, and its fact says {told}")


def _moved(entry: Entry, account: str) -> int:
    return sum(p.debit_fen + p.credit_fen for p in entry.postings if p.account == account)


def _debit(entry: Entry, account: str) -> int:
    return sum(p.debit_fen for p in entry.postings if p.account == account)


# --------------------------------------------------------------------------- final checks


def check_log(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The head says how long the journal is and what its root is."""
    row = reader.connection.execute(
        select(HEAD.c.size, HEAD.c.peaks).where(HEAD.c.book == reader.book)
    ).one_or_none()
    size, peaks = row or (0, "")
    if size != recount.frontier.size:
        yield Finding(
            "log_size", "head", f"{recount.frontier.size} entries stand, and {size} were posted"
        )
    if peaks != recount.frontier.dump():
        yield Finding(
            "log_root", "head", "the root of what stands is not the root of what was posted"
        )


def check_closed(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The head's last closed month is that of the last close."""
    kept = reader.closed()
    if kept != recount.closed:
        yield Finding("closed", "head", f"kept as {kept!r}, and {recount.closed!r} was closed last")


def check_nodes(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored nodes of the log are those that the leaves make."""
    stored = {node[:2]: node[2] for node in stored_nodes(reader.connection, reader.book)}
    right = {node[:2]: node[2] for node in recount.nodes}
    for level, at in sorted(set(stored) | set(right)):
        if stored.get((level, at)) != right.get((level, at)):
            first, last = (at << level) + 1, (at + 1) << level
            yield Finding(
                "log_node",
                f"entries {first} to {last}",
                "the node kept over them is not what their leaves make",
            )


def check_checkpoints(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The log is what was signed: every checkpoint's root is that of the leaves it covers.

    What was changed lies after the last checkpoint that holds and within the first that does not.
    """
    origin, good = origin_of(reader.book), 0
    for size, note in sorted((one.size, one) for one in recount.notes):
        where = f"{size} entries signed by {', '.join(note.signers)}"
        if note.origin != origin:
            yield Finding("checkpoint", where, f"is of {note.origin!r}, and this log is {origin!r}")
            continue
        for key in recount.keys:
            if key.name in note.signers and not note.signed_by(key):
                yield Finding("checkpoint", where, f"the signature of {key.name!r} is not its own")
        if size > recount.frontier.size:
            gone = f"entries {recount.frontier.size + 1} to {size} were taken away"
            yield Finding("checkpoint", where, gone)
        elif recount.roots.get(size) != note.root:
            yield Finding("checkpoint", where, f"one of entries {good + 1} to {size} was changed")
        else:
            good = max(good, size)


def check_private(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Personal values are gone if an entry says that they were erased, and only then."""
    for seq, field in sorted(set(recount.missing) - set(recount.erased)):
        entry = recount.missing[seq, field]
        where = f"entry {seq} {entry.kind} {entry.key}"
        yield Finding("private", where, f"its {field} is gone, and no entry says it was erased")
    for seq, field in sorted(set(recount.erased) - set(recount.missing)):
        yield Finding("private", f"entry {seq}", f"its {field} was erased, and something stands")
    count = select(func.count()).select_from(PRIVATE).where(PRIVATE.c.book == reader.book)
    more = int(reader.connection.execute(count).scalar_one()) - recount.opened
    if more:
        yield Finding("private", "database", f"{more} values are kept that no entry commits to")


def check_numbers(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Entries and the postings of each are numbered from 1, and every posting has its entry."""
    for seq in reader.misnumbered():
        yield Finding("sequence", f"entry {seq}", "it or its postings are not numbered from 1 on")


def check_settlements(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """No charge is settled beyond what it was, no money used twice."""
    for key, (fen, _) in recount.open.items():
        if fen < 0:
            yield Finding("settled_twice", " ".join(filter(None, key)), f"stands at {fen} fen")


def check_tenures(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Tenures are of units that are defined; none has owners of more than its whole on any day."""
    for key, tenure in recount.tenures.items():
        if tenure.unit not in recount.units:
            yield Finding("unit", f"tenure {key}", f"unit {tenure.unit!r} is not defined")
    try:
        check_shares(recount.tenures.values())
    except Overlap as error:
        yield Finding("shares", f"tenure {error.facts['fact'].record_key}", error.message)


def check_remuneration(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Remuneration to date = round(rate × base to date), term by term."""
    for key in sorted(set(recount.base) | set(recount.remuneration)):
        term = recount.terms.get(key)
        base, posted = recount.base.get(key, 0), recount.remuneration.get(key, 0)
        if term is None:
            yield Finding("remuneration", f"term {key}", f"no such term, and {posted} fen posted")
        elif share(term.rate, base) != posted:
            right = share(term.rate, base)
            yield Finding("remuneration", f"term {key}", f"{posted} fen posted, {right} is right")


def check_turnover(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored period sums are the sums of the journal."""
    rows = reader.connection.execute(
        select(*TURNOVER.columns).where(TURNOVER.c.book == reader.book)
    )
    stored = {tuple(row[1:7]): [row[7], row[8]] for row in rows}
    counted = recount.with_years()
    for key in sorted(set(stored) | set(counted)):
        have, right = stored.get(key, [0, 0]), counted.get(key, [0, 0])
        if have != right:
            yield Finding("turnover", " ".join(filter(None, key)), f"kept as {have}, is {right}")


def check_open(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored open items are what the journal leaves open."""
    rows = reader.connection.execute(select(*OPEN.columns).where(OPEN.c.book == reader.book))
    stored = {tuple(row[1:6]): (row[6], row[7]) for row in rows}
    right = recount.left_open()
    for key in sorted(set(stored) | set(right)):
        if stored.get(key) != right.get(key):
            yield Finding(
                "open_items",
                " ".join(filter(None, key)),
                f"kept as {stored.get(key)}, is {right.get(key)}",
            )


def check_acts(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The library said what it says beside an act: the roll of a vote, and its result."""
    for kind, key in sorted(recount.unsaid):
        yield Finding("act", f"{kind} {key}", "follows from the facts, and does not stand")


def check_lines(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """What is kept of every budget line's days is what was spent and committed on them."""
    rows = reader.connection.execute(select(*LINE.columns).where(LINE.c.book == reader.book))
    stored = {tuple(row[1:3]): [row[3], row[4]] for row in rows}
    for key in sorted(set(stored) | set(recount.days)):
        have, right = stored.get(key), recount.days.get(key)
        if have != right:
            yield Finding("lines", " ".join(key), f"kept as {have}, is {right}")


def check_links(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """What names what is kept as the facts say it."""
    rows = reader.connection.execute(select(*LINK.columns).where(LINK.c.book == reader.book))
    stored = {tuple(row[1:]) for row in rows}
    for link in sorted(stored ^ recount.links):
        wrong = "is kept, and no fact says it" if link in stored else "is not kept"
        yield Finding("links", " ".join(link), wrong)


def check_terms(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored base and remuneration to date are those of the journal."""
    rows = reader.connection.execute(select(*TERM.columns).where(TERM.c.book == reader.book))
    stored = {row[1]: (row[2], row[3]) for row in rows if (row[2], row[3]) != (0, 0)}
    right = recount.terms_to_date()
    for key in sorted(set(stored) | set(right)):
        have, want = stored.get(key, (0, 0)), right.get(key, (0, 0))
        if have != want:
            yield Finding("term_sums", f"term {key}", f"kept as {have}, is {want}")


def check_costs(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The shares of a cost that is charged add up to it."""
    for month, costs in recount.measures.costs.items():
        for cost in costs if month in recount.shares else ():
            have = recount.shared.get(cost.key, 0)
            if have != cost.amount_fen:
                message = f"{have} fen of it are charged, and it is {cost.amount_fen}"
                yield Finding("shared_cost", f"cost {cost.key}", message)


def check_attachments(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Every voucher's file is there and is what its hash says."""
    seen = set()
    for digest, body in reader.attachments():
        seen.add(digest)
        if sha256(body).hexdigest() != digest:
            yield Finding("attachment", digest, "the file is not what its hash says")
    for digest, seq in recount.digests.items():
        if digest not in seen:
            yield Finding("attachment", digest, f"the file of entry {seq} is missing")


def check_reminders(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """A reminder names what was open on its day in the journal that it was drawn from, and a step
    of the ladder that its oldest charge had reached."""
    moves: dict[str, list[tuple[int, str, OpenItem]]] = {r.unit: [] for _, r in recount.reminders}
    if moves:
        for seq, _, _, day, p in reader.postings("", None, (chart.RECEIVABLE,)):
            if p.unit in moves:
                net = p.debit_fen - p.credit_fen
                moves[p.unit].append((seq, day, OpenItem(p.month, p.item, net)))
    for entry, told in recount.reminders:
        where = f"entry {entry.seq} reminder {entry.key}"
        if (told.key, told.on) != (entry.key, entry.on):
            yield Finding("fact", where, f"its fact says {told.key!r} on {told.on}")
        if recount.roots.get(told.size) != told.root:
            yield Finding("reminder", where, f"{told.root} is not the root of {told.size} entries")
        step = recount.steps.get(told.step)
        on = date.fromisoformat(told.on)
        if step is None or not step.covers(on):
            yield Finding("reminder", where, f"step {told.step!r} was not in force on {told.on}")
        assert recount.info is not None
        if overdue_days(told.month, on, recount.info) < told.days:
            yield Finding("reminder", where, f"{told.month} was not {told.days} days old")
        open_then: dict[tuple[str, str], int] = {}
        for seq, day, (month, item, fen) in moves[told.unit]:
            if seq <= told.size and day <= told.on:
                open_then[month, item] = open_then.get((month, item), 0) + fen
        right = tuple(OpenItem(*of, fen) for of, fen in sorted(open_then.items()) if fen)
        if told.items != right or not right or told.month != right[0].month:
            yield Finding("reminder", where, f"says {told.items} was open, and {right} was")


def check_guards(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The database still refuses changes to the journal."""
    try:
        dialects.check_schema(reader.connection)
    except TrustLedgerError as error:
        yield Finding("guards", "database", str(error))


def check_file(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The database finds nothing wrong with its own file."""
    for told in dialects.damage(reader.connection):
        yield Finding("damaged", "database", told)


CHECKS: tuple[Callable[[Recount, Reader], Iterator[Finding]], ...] = (
    check_log,
    check_closed,
    check_nodes,
    check_checkpoints,
    check_private,
    check_numbers,
    check_settlements,
    check_tenures,
    check_remuneration,
    check_turnover,
    check_open,
    check_acts,
    check_lines,
    check_links,
    check_terms,
    check_costs,
    check_attachments,
    check_reminders,
    check_guards,
    check_file,
)
"""What is compared once the whole journal is recounted."""


def _hold(
    recount: Recount, reader: Reader, notes: Iterable[Checkpoint], keys: Iterable[Verifier]
) -> None:
    """Take in the checkpoints that the log is held against: those given and those kept."""
    recount.notes, recount.keys = list(notes), list(keys)
    for note in recount.notes:
        missing = [key.name for key in recount.keys if key.name not in note.signers]
        if missing:
            where = f"{note.size} entries signed by {', '.join(note.signers)}"
            message = f"is not signed by {', '.join(missing)}"
            recount.findings.append(Finding("checkpoint", where, message))
    try:
        recount.notes += checkpoints.kept(reader.connection, reader.book)
    except BookCorrupt as error:
        recount.findings.append(Finding("checkpoint", "database", error.message))
    recount.signed_sizes = {note.size for note in recount.notes}


def verify(
    reader: Reader,
    progress: Callable[[int, int], None] | None = None,
    notes: Iterable[Checkpoint] = (),
    keys: Iterable[Verifier] = (),
) -> list[Finding]:
    """Recompute every invariant; what does not hold, in the order of the journal.

    ``notes``: checkpoints from elsewhere to hold the log against, signed by every one of ``keys``.
    """
    counted = recount(reader, progress, notes, keys)
    findings = counted.findings
    for check in CHECKS:
        try:
            findings.extend(check(counted, reader))
        except DatabaseError as error:
            findings.append(Finding("guards", "database", f"cannot be read: {error.orig}"))
        except _UNREADABLE as error:  # what stands in the entries named above
            name = check.__name__.removeprefix("check_")
            findings.append(Finding("unreadable", "journal", f"{name} cannot be told: {error!r}"))
    return findings


def recount(
    reader: Reader,
    progress: Callable[[int, int], None] | None = None,
    notes: Iterable[Checkpoint] = (),
    keys: Iterable[Verifier] = (),
) -> Recount:
    """The whole journal added up anew; what it is held against, as of :func:`verify`."""
    found = Recount(reader)
    _hold(found, reader, notes, keys)
    size = reader.size()
    for chunk in reader.chunks():
        found.past.look_up(chunk)
        for entry in chunk:
            found.take(entry)
            if progress is not None and entry.seq % 500 == 0:
                progress(entry.seq, size)
    return found
