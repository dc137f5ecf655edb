"""The state of a recount 重算底账: everything that the journal has said up to one of its entries.

What lives here: the sums as they add up and the facts as they stand, and no rule. Who reads an
entry changes it (``log``, ``sums``, ``kinds/``); who compares only reads it (``checks/``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from trustledger.audit.past import Past, Spent
from trustledger.billing import Measures
from trustledger.checkpoint import Checkpoint, Verifier
from trustledger.docket import Docket
from trustledger.errors import TrustLedgerError
from trustledger.records import (
    COMMON,
    BookInfo,
    Entry,
    Finding,
    Fund,
    LateFeeTerm,
    ReminderStep,
    Tariff,
    Tenure,
    Term,
    Unit,
)
from trustledger.rules.charging import ChargeLine
from trustledger.rules.journal import Frontier, Node
from trustledger.rules.reminding import Reminder
from trustledger.rules.remuneration import Known as KnownTerms
from trustledger.store.reading import YEAR, Reader

UNREADABLE = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    TrustLedgerError,
)
"""What reading raises where something stands that was never posted."""


class Recount:
    """Everything added up anew, entry by entry; findings as they are met."""

    def __init__(self, reader: Reader) -> None:
        self.book = reader.book
        self.findings: list[Finding] = []
        self.past = Past(reader)
        self.earlier = Spent(reader)
        self._begin_log()
        self._begin_sums()
        self._begin_facts()

    def _begin_log(self) -> None:
        self.frontier = Frontier()
        self.nodes: list[Node] = []
        self.expected = 1
        self.roots: dict[int, str] = {}  # size -> root, where something rests on it
        self.recorded: datetime | None = None  # when the entry before was recorded
        self.clock = ""  # the same, as it is written
        self.closed = ""  # the last closed month
        self.opened = 0  # personal values that are kept
        self.missing: dict[tuple[int, str], Entry] = {}  # those that are not
        self.erased: dict[tuple[int, str], Entry] = {}  # those that an entry says were erased
        self.notes: list[Checkpoint] = []  # what the log is held against
        self.keys: list[Verifier] = []
        self.signed_sizes: set[int] = set()

    def _begin_sums(self) -> None:
        self.turnover: dict[tuple[str, ...], list[int]] = {}
        self.open: dict[tuple[str, ...], tuple[int, str]] = {}  # fen, and since when
        self.days: dict[tuple[str, str], list[int]] = {}  # line and day -> spent, committed
        self.links: set[tuple[str, str, str, str]] = set()
        self.base: dict[str, int] = {}
        self.remuneration: dict[str, int] = {}
        self.waived: set[str] = set()  # units of which anything ever was
        self.billed: set[str] = set()  # readings
        self.shares: dict[str, dict[str, dict[str, ChargeLine]]] = {}  # by month, cost and unit
        self.shared: dict[str, int] = {}  # by cost, what its month's charges have of it

    def _begin_facts(self) -> None:
        self.info: BookInfo | None = None
        self.start, self.eve = "", ""
        self.docket: Docket | None = None
        self.funds: dict[str, Fund] = {COMMON: Fund(code=COMMON, name="")}
        self.units: dict[str, Unit] = {}
        self.measures = Measures()
        self.tariffs: dict[tuple[str, str, str], Tariff | None] = {}  # found for a month
        self.tenures: dict[str, Tenure] = {}
        self.terms: dict[str, Term] = {}
        self.told_terms = KnownTerms()
        self.late_terms: dict[str, LateFeeTerm] = {}
        self.steps: dict[str, ReminderStep] = {}
        self.dated: dict[str, dict[str, Any]] = {  # by kind and key, what may be ended later
            Term.kind: self.terms,
            LateFeeTerm.kind: self.late_terms,
            Tenure.kind: self.tenures,
            ReminderStep.kind: self.steps,
        }
        self.reminders: list[tuple[Entry, Reminder]] = []
        self.digests: dict[str, str] = {}
        self.nameless: set[str] = set()  # units of whose holders something was erased
        self.unsaid: dict[tuple[str, str], str] = {}  # what the library says next, beside an act

    # ------------------------------------------------------------------ changing it

    def found(self, check: str, entry: Entry, message: str) -> None:
        """Note a finding about an entry."""
        self.findings.append(Finding(check, f"entry {entry.seq} {entry.kind} {entry.key}", message))

    def begin(self, info: BookInfo) -> None:
        """The book's own record stands: there are days that count, and acts have a docket."""
        self.start, self.eve = info.start.isoformat(), info.eve.isoformat()
        self.docket = Docket(
            info, self.earlier, funds=self.funds, units=lambda: self.units, tenures=self._by_unit
        )
        self.info = info  # last: once it is there, all of it is

    def _by_unit(self) -> dict[str, list[Tenure]]:
        """Who holds the units, as told so far."""
        found: dict[str, list[Tenure]] = {}
        for tenure in self.tenures.values():
            if tenure.share:
                found.setdefault(tenure.unit, []).append(tenure)
        return found

    def move(self, key: tuple[str, ...], delta: int, on: str, *, last: bool) -> None:
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

    # ------------------------------------------------------------------ as it is kept

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
