"""Intake 入账准备: from facts handed in to one batch applied.

What is settled here, in this order: idempotency (same key and content: what stands; other content:
``KeyConflict``), before anything else is looked at; what the batch needs to know of the book; a
rehearsal for refunds and waivers that are dated ahead of the charges; then the batch itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import timedelta
from functools import cached_property
from typing import Any

from trustledger import chart, measuring
from trustledger.applying import Application, Expiry, OldClaim, OldPiece, PlannedCharge, State
from trustledger.billing import Billing, Measures, Plan
from trustledger.budgets import Budget
from trustledger.docket import Docket
from trustledger.errors import (
    BooksNotOpen,
    InvalidRecord,
    KeyConflict,
    Overlap,
    OverWaiver,
    PeriodClosed,
    Refused,
    Unknown,
)
from trustledger.facts import DECIDED
from trustledger.measures import MEASURES
from trustledger.money import yuan
from trustledger.period import Period, first_day, last_day, month_of
from trustledger.records import (
    COMMON,
    LATE_FEE,
    OPENING,
    Agency,
    BookInfo,
    Dated,
    Deposit,
    Draft,
    Entry,
    Expenditure,
    Fund,
    Instalment,
    LateFeeTerm,
    Opening,
    Posted,
    Receipt,
    Record,
    Refund,
    ReminderStep,
    Reversal,
    Suspense,
    Tariff,
    Tenure,
    Term,
    Unit,
    Waiver,
    Withdrawal,
)
from trustledger.rulebook import Rule
from trustledger.rules.charging import charge_day, charge_key, read_charge
from trustledger.rules.closing import check_open, first_open
from trustledger.rules.latefee import Charged, LateFees, charged_on, may_be_capped
from trustledger.rules.owing import check_shares
from trustledger.rules.receiving import Slice, WaitingWaiver
from trustledger.rules.reminding import check_plans, no_step_twice
from trustledger.rules.remuneration import Meter
from trustledger.standing import (
    ENDING,
    Endings,
    Shelf,
    ended,
    endings_of,
    funds_of,
    info_of,
    tariffs_of,
    tenures_of,
)
from trustledger.store import balances, charges, earned, settled, unsettled
from trustledger.store.asking import Asked
from trustledger.store.memo import Memo
from trustledger.store.reading import ONE_BY_ONE, Reader
from trustledger.store.reminding import sent_after
from trustledger.store.stored import Stored, stored_of
from trustledger.store.writing import FEW, Writer, recorded_last

OF_UNITS = (Receipt, Refund, Waiver, Opening, Deposit, Agency, Instalment)
"""What names a unit."""

END = ("to", "delivery")
"""How: by its last day, or by a developer's delivery."""

STRUCK = {"share": "0/1"}
"""What may be told of a tenure at any time: that it was a mistake, and holds nothing."""

# --------------------------------------------------------------------------- idempotency


def _conflict(fact: Record, was_content: str, content: str) -> KeyConflict:
    unsaid = {name: type(fact).model_fields[name].default for name in fact.later}
    was, now = unsaid | json.loads(was_content), unsaid | json.loads(content)
    for name in [*type(fact).model_fields, *was]:
        if was.get(name) != now.get(name):
            old, new = was.get(name), now.get(name)
            if name.endswith("_fen"):
                old, new = yuan(int(old or 0)), yuan(int(new or 0))
            alias = type(fact).model_fields[name].alias or name
            error = KeyConflict(fact.kind, fact.record_key, alias, old, new)
            error.facts["fact"] = fact
            return error
    raise AssertionError("contents differ in no field")


def _sort_out(
    reader: Reader, facts: Sequence[Record]
) -> tuple[list[Record], dict[tuple[str, str], Posted], list[Draft]]:
    """New facts; those that stand already, by key; endings of what is dated."""
    by_kind: dict[str, set[str]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, set()).add(fact.record_key)
    stored = {kind: _standing_by_key(reader, kind, keys, facts) for kind, keys in by_kind.items()}
    dated = any(isinstance(fact, Dated) for fact in facts)
    endings = endings_of(reader) if dated else {}
    seen: dict[tuple[str, str], str] = {}
    fresh: list[Record] = []
    standing: dict[tuple[str, str], Posted] = {}
    ends: list[Draft] = []
    for fact in facts:
        kind, key, content = fact.kind, fact.record_key, fact.content()
        if (kind, key) in seen:
            if seen[kind, key] != content:
                raise _conflict(fact, seen[kind, key], content)
            continue
        seen[kind, key] = content
        old = stored[kind].get(key)
        if old is None and isinstance(fact, Tenure):
            old = _erased_twin(fact, stored[kind], standing.values())
        if old is None:
            fresh.append(fact)
            continue
        was = old.content
        content = _as_erased(content, old)
        standing[kind, key] = Posted(old.seq, kind, key, False)
        if isinstance(fact, Dated):
            stands = ended(type(fact).load(was), endings, old.key)
            was = stands.content()
            if was != content and (told := _told_later(was, content)):
                ends.append(_ending(reader, fact, told, old.key))
                continue
        if was != content:
            raise _conflict(fact, was, content)
    return fresh, standing, ends


def _standing_by_key(
    reader: Reader, kind: str, keys: Collection[str], facts: Iterable[Record]
) -> dict[str, Stored]:
    """What stands of a kind, by the keys that the facts were given."""
    if kind != Tenure.kind:
        return reader.stored(kind, keys)
    return reader.stored_tenures({fact.unit for fact in facts if isinstance(fact, Tenure)})


def _as_erased(content: str, old: Stored) -> str:
    """A fact that is told again, but for what was erased of it since."""
    if not old.erased:
        return content
    was, now = json.loads(old.content), json.loads(content)
    now |= {name: was[name] for name in old.erased}
    return json.dumps(now, ensure_ascii=False, separators=(",", ":"))


def _erased_twin(
    fact: Tenure, stored: Mapping[str, Stored], taken: Iterable[Posted]
) -> Stored | None:
    """The tenure that this one may be, told again after its person was erased."""
    used, content = {one.seq for one in taken}, fact.content()
    found = []
    for old in stored.values():
        if "person" in old.erased and old.seq not in used:
            was = Tenure.load(old.content)
            if (was.unit, was.role, was.start) == (fact.unit, fact.role, fact.start):
                found.append(old)
    same = [old for old in found if _as_erased(content, old) == old.content]
    return next(iter(same or found), None)


def _told_later(was_content: str, content: str) -> dict[str, str]:
    """How something open-ended ends, or a tenure is struck, if the content says just that."""
    was, now = json.loads(was_content), json.loads(content)
    told = {name: value for name, value in now.items() if value != was.get(name)}
    ends = told.keys() <= set(END) and not was.keys() & set(END)
    return told if was.keys() <= now.keys() and (ends or told == STRUCK) else {}


def _ending(reader: Reader, fact: Dated, told: dict[str, str], key: str) -> Draft:
    """End what is open-ended, unless something posted after that day already rests on it.

    It is named by its public ``key``: who held a unit is not.

    Nothing posted rests on a tenure: who answers for a charge is found from the days themselves.
    """
    of = f"{fact.kind}|{key}"
    body = json.dumps({"of": of, **told}, ensure_ascii=False, separators=(",", ":"))
    if isinstance(fact, Tenure):
        on = max(fact.last or fact.start, info_of(reader).start).isoformat()
        return Draft(ENDING, f"{of}|struck" if told == STRUCK else of, on, body)
    on = told["to"]
    if isinstance(fact, LateFeeTerm):
        used = any(last_day(month).isoformat() > on for month in reader.keys("late_fees"))
    elif isinstance(fact, Term):
        used = earned.rests_on_term(reader, fact.record_key, on)
    elif isinstance(fact, ReminderStep):
        used = sent_after(reader, [fact.record_key], on)
    elif isinstance(fact, DECIDED):
        used = False  # it is looked up by the day, and what was done then stands
    else:
        used = measuring.rests_on(reader, info_of(reader), fact, tariffs_of(reader))
    if used:
        raise Refused(
            f"{fact.kind} {fact.record_key!r} cannot end on {on}: "
            "something after that day already rests on it",
            field="to",
            fact=fact,
        )
    return Draft(ENDING, of, on, body)


# --------------------------------------------------------------------------- taking in


def take_in(
    reader: Reader,
    writer: Writer,
    facts: Sequence[Record],
    period: Period | None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Posted]:
    """Apply facts, and charge the months of a period, as one batch.

    Answers one :class:`Posted` per fact in the order given, then the new charges.
    """
    fresh, standing, ends = _sort_out(reader, facts)
    refuse_closed(fresh, writer.closed)
    known_info = reader.facts(BookInfo)
    new_info = [fact for fact in fresh if isinstance(fact, BookInfo)]
    if not known_info and not new_info:
        raise Unknown("book", reader.book, "load its folder first")
    info = (known_info or new_info)[0]
    opened = first_open(writer.closed, info.start).isoformat()
    ends = [end._replace(on=max(end.on, opened)) for end in ends]
    fresh = [fact for fact in fresh if not isinstance(fact, BookInfo)]
    batch = _Batch(reader, info, fresh, ends, period, writer.closed)
    batch.check_openings()
    batch.check_measures()
    rehearsed = batch.rehearse()
    whole = batch.charges_from_the_start
    application = Application(batch.state(), writer.append, rehearsed, complete=whole)
    batch.feed(application)
    before, reader.memo = writer.size, None  # from here on more may be read than will stand
    with nullcontext() if batch.looks_up else writer.streaming():
        for draft in (*(_document(one) for one in new_info), *ends):
            writer.append(draft)
        application.run(progress)
        if batch.charges_from_the_start:
            batch.refuse_idle(application, batch.months[-1])
        if writer.size > before:
            writer.finish(application.state.meter.stand)
    return _answers(facts, standing, writer.posted)


def will_ask(book: str, facts: Sequence[Record], memo: Memo) -> list[Asked]:
    """What posting a few facts will ask of the book, as far as that can be told before."""
    if not 0 < len(facts) <= FEW:
        return []
    keys: dict[str, set[str]] = {}
    for fact in facts:
        if not isinstance(fact, Tenure):
            keys.setdefault(fact.kind, set()).add(fact.record_key)
    units = {fact.unit for fact in facts if isinstance(fact, OF_UNITS) and fact.unit}
    unknown = units - memo.of(Unit.kind, ONE_BY_ONE, dict).keys()
    asked = [recorded_last(book), memo.question(book), earned.terms_stand(book)]
    asked += [stored_of(book, kind, sorted(of)) for kind, of in keys.items()]
    asked += [stored_of(book, Unit.kind, sorted(unknown))] if unknown else []
    asked += [unsettled.open_of(book, sorted(units))] if units else []
    return asked


def refuse_closed(fresh: Iterable[Record], closed: str) -> None:
    """Nothing new reaches into closed months.

    :raises PeriodClosed: a fact does.
    """
    for fact in fresh if closed else ():
        try:
            check_open(fact, closed)
        except PeriodClosed as error:
            error.facts["fact"] = fact
            raise


def unposted(reader: Reader, period: Period) -> list[Draft]:
    """What charging the months of a period would post now; nothing is posted."""
    batch = _Batch(reader, info_of(reader), [], [], period, reader.closed())
    drafts: list[Draft] = []

    def keep(draft: Draft) -> int:
        drafts.append(draft)
        return -len(drafts)  # no entry of the journal has such a number

    application = Application(batch.state(), keep)
    batch.feed(application)
    application.run()
    return drafts


def _document(fact: BookInfo) -> Draft:
    return Draft(fact.kind, fact.record_key, fact.start.isoformat(), fact.content())


def _answers(
    facts: Sequence[Record], standing: dict[tuple[str, str], Posted], posted: Iterable[Posted]
) -> list[Posted]:
    new = {(one.kind, one.key): one for one in posted}
    known = new | standing
    answers = [known[fact.kind, fact.record_key] for fact in facts]
    return answers + [one for one in new.values() if one.kind == "charge"]


class _Batch:
    """What a batch of fresh facts and months needs to know of the book."""

    def __init__(
        self,
        reader: Reader,
        info: BookInfo,
        fresh: list[Record],
        ends: list[Draft],
        period: Period | None,
        closed: str,
    ) -> None:
        self.reader, self.info, self.fresh, self.period = reader, info, fresh, period
        self.opened = first_open(closed, info.start)
        self._by_kind: dict[type[Record], list[Record]] = {}
        for fact in fresh:
            self._by_kind.setdefault(type(fact), []).append(fact)
        self.funds = funds_of(reader) | {f.code: f for f in self._of(Fund)}
        self.ends = ends
        endings = endings_of(reader, ends)
        self.terms = [ended(t, endings) for t in (*reader.facts(Term), *self._of(Term))]
        self.tariffs = [ended(t, endings) for t in (*reader.facts(Tariff), *self._of(Tariff))]
        late = (*reader.facts(LateFeeTerm), *self._of(LateFeeTerm))
        self.late_terms = [ended(term, endings) for term in late]
        _no_overlap(self.terms, self.tariffs, self.late_terms)
        if steps := self._of(ReminderStep):
            _no_step_twice([*(ended(s, endings) for s in reader.facts(ReminderStep)), *steps])
        if plans := self._of(Instalment):
            check_plans(reader.facts(Instalment), plans)
        self.touched = {fact.unit for fact in fresh if isinstance(fact, OF_UNITS) and fact.unit}
        self.going_back = {fact.unit for fact in fresh if isinstance(fact, Refund | Waiver)}
        self._check_attachments()
        self._check_tenures(endings)
        self.originals = self._originals()
        self.months = list(self._months())
        self.units = self._units()
        self.endings = endings
        self.charged = {key for month in self.months for key in charges.charged(reader, month)}
        self.late_months = reader.keys("late_fees")

    def _of(self, kind: type[Any]) -> list[Any]:
        return self._by_kind.get(kind, [])

    @property
    def charges_from_the_start(self) -> bool:
        """Whether this batch charges every month that is open; what is closed is charged."""
        return bool(self.months) and self.months[0] == month_of(self.opened)

    @property
    def looks_up(self) -> bool:
        """Whether acts of this batch may ask the book for more as they are done."""
        asking: tuple[type[Record], ...] = (Expenditure, *DECIDED)
        return any(
            isinstance(fact, asking)
            or (isinstance(fact, Reversal) and fact.of_kind == Expenditure.kind)
            for fact in self.fresh
        )

    def _check_attachments(self) -> None:
        attaching = (fact for fact in self.fresh if ("digest", "attachment") in fact.refers)
        named = {fact.digest: fact for fact in attaching if fact.digest}  # type: ignore[attr-defined]
        for digest in sorted(set(named) - self.reader.attached(named)) if named else ():
            raise Unknown(
                "attachment",
                digest,
                "keep the file first, by Book.attach",
                field="attachment",
                fact=named[digest],
            )

    def _check_tenures(self, endings: Endings) -> None:
        """Tenures are of units that are known, and no unit has more than its whole held.

        :raises Unknown: a tenure of a unit that is not defined.
        :raises Overlap: more than the whole of a unit.
        """
        fresh = self._of(Tenure)
        if not fresh:
            return
        units = {fact.unit for fact in fresh}
        known = {unit.unit for unit in self._of(Unit)} | set(self.reader.stored("unit", units))
        for fact in fresh:
            if fact.unit not in known:
                raise Unknown(
                    "unit", fact.unit, "enter it in units.csv first", field="unit", fact=fact
                )
        stored = self.reader.stored_tenures(units).values()
        told = [ended(Tenure.load(one.content), endings, one.key) for one in stored]
        check_shares((*told, *fresh))

    def check_openings(self) -> None:
        """Openings name each account once, and an equity that is given is what the others leave.

        :raises InvalidRecord: they do not.
        """
        fresh = self._of(Opening)
        seen: set[tuple[str, str, str]] = set()
        left: dict[str, int] = {}
        given: dict[str, Opening] = {}
        for fact in (*self.reader.facts(Opening), *fresh) if fresh else ():
            try:
                account = chart.find_account(fact.account)
            except Unknown as error:
                error.facts["fact"] = fact
                raise
            where = (account.code, fact.fund, fact.unit)
            if where in seen:
                raise InvalidRecord(
                    f"account {account.code} {account.name} has an opening already; give it once",
                    field="account",
                    fact=fact,
                )
            seen.add(where)
            if account.kind == "equity":
                given[fact.fund] = fact
            else:
                amount = account.side * fact.amount_fen
                left[fact.fund] = left.get(fact.fund, 0) + amount
        for fund, fact in given.items():
            if fact.amount_fen != left.get(fund, 0):
                raise InvalidRecord(
                    f"found {yuan(fact.amount_fen)}, and the other openings of fund {fund} leave "
                    f"{yuan(left.get(fund, 0))}; correct one of them, or leave this row out",
                    field="amount",
                    fact=fact,
                )

    def check_measures(self) -> None:
        """What charges are reckoned by falls in with what stands: see measuring.py."""
        new = [
            fact
            for fact in self.fresh
            if isinstance(fact, MEASURES) or (isinstance(fact, Tariff) and fact.period != "month")
        ]
        if new:
            measures, units = self.measures, self.everybody
            measuring.Check(self.reader, self.info, measures, units, new).run()

    @cached_property
    def measures(self) -> Measures:
        """What charges are reckoned by, with what is fresh of it."""
        found = measuring.standing(self.reader, self.tariffs, self.endings)
        for fact in self.fresh:
            if isinstance(fact, MEASURES):
                found.add(fact)
        return found

    @cached_property
    def everybody(self) -> Mapping[str, Unit]:
        """Every unit of the book, also those that this batch leaves alone."""
        stored = {} if self.months else {unit.unit: unit for unit in self.reader.facts(Unit)}
        return stored | self.units

    def plan(self) -> Plan:
        """Charges about to be made, from what stands."""
        measures = self.measures
        units = self.everybody if measures.costs else self.units
        billed = measuring.billed_readings(self.reader) if measures.readings else ()
        divided = {key.partition("|")[0] for key in self.charged}
        return Plan(Billing(self.info, measures, units), billed, divided)

    def _months(self) -> Iterable[str]:
        if self.period is None:
            return ()
        start = month_of(self.info.start)
        if self.period.last < start:
            raise BooksNotOpen(
                f"found {self.period}; the books open on {self.info.start}, "
                "and months before that are not charged here"
            )
        first = max(self.period.first, month_of(self.opened))  # closed months are charged
        return Period(first, self.period.last).months()

    def _units(self) -> dict[str, Unit]:
        stored = self.reader.facts(Unit) if self.months else self.reader.units(self.touched)
        return {unit.unit: unit for unit in (*stored, *self._of(Unit))}

    def _originals(self) -> dict[tuple[str, str], Entry]:
        found: dict[tuple[str, str], Entry] = {}
        for fact in self._of(Reversal):
            entry = self.reader.entry(fact.of_kind, fact.of_key)
            if entry is not None and fact.of_kind == "waiver" and not entry.postings:
                entry = self.reader.entry("waived", fact.of_key) or entry
            if entry is not None:
                found[fact.of_kind, fact.of_key] = entry
                units = {p.unit for p in entry.postings if p.unit}
                self.touched |= units
                self.going_back |= units
        return found

    # ------------------------------------------------------------------ state

    def state(
        self, only: Collection[str] | None = None, months: Sequence[str] | None = None
    ) -> State:
        """What stands, as far as this batch needs it; of some units and for other months, for a
        rehearsal."""
        reader, months = self.reader, self.months if months is None else months
        charging = bool(months)
        units = only if only is not None else (None if self.months else self.touched)
        claims, pieces, waiting = unsettled.open_items(reader, units)
        expiries: list[Expiry] = []
        if charging:
            first = charge_day(months[0], self.info.start).isoformat()
            expiries, extra = settled.expiries(reader, first)
            pieces = _merge(pieces, extra)
            if only is not None:
                expiries = [e for e in expiries if e.unit in only]
                pieces = [p for p in pieces if p.unit in only]
        named = {fact.receipt for fact in self._of(Refund) if fact.receipt}
        named |= {key for kind, key in self.originals if kind == "receipt"}
        receipts = {key: settled.receipt(reader, key) for key in named}
        withdrawals = self._of(Withdrawal)
        meter = Meter(self.terms, earned.terms_to_date(reader))
        late = self._late_fees(claims, only, months)
        came_by, waited = self._came_by(meter, late, pieces if charging and late.terms else ())
        pays = self._designated(pieces) if charging else {}
        charged = self._charged_for(pays, pieces, waiting)
        entrusted = Deposit | Agency | Suspense | Reversal
        needs = any(isinstance(f, entrusted) or getattr(f, "suspense", "") for f in self.fresh)
        named = {fact.suspense for fact in self._of(Receipt) if fact.suspense}
        unclaimed = {key: reader.entry("suspense", key) for key in named}
        return State(
            info=self.info,
            opened=self.opened,
            funds=self.funds,
            docket=self._docket(),
            units=self.units,
            meter=meter,
            late=late,
            late_months=set(self.late_months),
            late_fees=self._late_keys(months),
            waited=waited,
            held=unsettled.held(reader) if needs else {},
            arrived={key: entry.on for key, entry in unclaimed.items() if entry is not None},
            claims=claims,
            pieces=pieces,
            waiting=waiting,
            expiries=expiries,
            receipts={key: one for key, one in receipts.items() if one is not None},
            originals=dict(self.originals),
            reversed={e.seq for e in self.originals.values() if reader.is_reversed(e.seq)},
            came_by=came_by,
            charged=set(self.charged) | charged,
            pays=pays,
            usual=self._usual(),
            payable_fen=balances.payable_now(reader) if withdrawals else 0,
            payable_on={
                day.isoformat(): balances.payable(reader, day)
                for day in {w.on for w in withdrawals}
            },
        )

    def _docket(self) -> Docket:
        """What facts of the open budget may look up."""
        known: dict[str, list[Any]] = {}
        if self.looks_up:  # what every act rests on is remembered between posts
            for kind in (Rule, Budget):
                known[kind.kind] = [ended(one, self.endings) for one in self.reader.facts(kind)]
        return Docket(
            self.info,
            Shelf(self.reader, self.ends, known),
            funds=self.funds,
            units=lambda: self.everybody,
            tenures=self._tenures,
        )

    def _tenures(self) -> dict[str, list[Tenure]]:
        """Who holds the units, with what this batch says."""
        found = tenures_of(self.reader, more=self.ends)
        known = {one.record_key for unit in found.values() for one in unit}  # it may be in by now
        for fact in self._of(Tenure):
            if fact.share and fact.record_key not in known:
                found.setdefault(fact.unit, []).append(fact)
        return found

    def _came_by(
        self, meter: Meter, late: LateFees, pieces: Iterable[OldPiece]
    ) -> tuple[dict[tuple[str, str], str], set[str]]:
        """The terms of what may go back, and of money that late fees may use; which of the money
        was posted before the late fees that come before it."""
        sources = {piece.source for piece in pieces if piece.source != OPENING}
        if not self.going_back and not sources:
            return {}, set()
        found, receipts = earned.came_by(self.reader, self.going_back, sources)
        waited = set()
        for source, (day, seq) in receipts.items():
            if ("late", source) not in found:
                found["late", source] = meter.term_of(day, LATE_FEE, COMMON, owed=True)
            known = [month for month, at in self.late_months.items() if at < seq]
            due = late.due_before(day)
            if max(known, default="") < due and due not in self.late_months:
                waited.add(source)
        return found, waited

    def _late_fees(
        self, claims: Iterable[OldClaim], only: Collection[str] | None, months: Sequence[str]
    ) -> LateFees:
        """What is open of earlier charges, day by day from the first month to be charged on."""
        late = LateFees(self.info, self.late_terms)
        if not any(map(late.runs_in, months)):
            return late
        first, last = first_day(months[0]), last_day(months[-1])
        left: dict[Charged, int] = {}
        for claim in claims:
            if claim.item != LATE_FEE:
                where = (claim.unit, claim.month)
                left[where] = left.get(where, 0) + claim.amount_fen
        moves = list(charges.principal_moves(self.reader, first.isoformat(), only))
        for unit, month, _, fen in moves:
            left[unit, month] = left.get((unit, month), 0) - fen
        old = {
            unit
            for unit, month in left
            if may_be_capped(self.late_terms, charged_on(month, self.info), last)
        }
        late = LateFees(self.info, self.late_terms)
        for unit, month, day, principal, borne in charges.borne(self.reader, old):
            late.arise(unit, month, day, principal)
            late.bear(unit, month, borne)
        eve = (first - timedelta(1)).isoformat()
        for unit, month, day, fen in moves:
            late.move(unit, month, day, fen)
        for (unit, month), fen in left.items():
            if fen:
                late.move(unit, month, eve, fen)
        return late

    def _late_keys(self, months: Iterable[str]) -> set[str]:
        """The late fees that stand, of months that are charged again for what came since."""
        again = set(self.late_months).intersection(months)
        return {key for month in again for key in charges.charged(self.reader, month, LATE_FEE)}

    def _charged_for(
        self,
        pays: Mapping[str, str],
        pieces: Iterable[OldPiece],
        waiting: Iterable[tuple[str, WaitingWaiver]],
    ) -> set[str]:
        """The charges that waivers lower, and that money is designated for, if they stand."""
        named = [(fact.unit, fact.month) for fact in self._of(Waiver)]
        named += [(fact.unit, fact.pays) for fact in self._of(Receipt) if fact.pays]
        named += [(piece.unit, pays[piece.source]) for piece in pieces if piece.source in pays]
        named += [(unit, waiver.month) for unit, waiver in waiting]
        keys = {charge_key(unit, month) for unit, month in named}
        return set(self.reader.stored("charge", keys)) if keys else set()

    def _usual(self) -> dict[str, int]:
        """What units that pay were last charged, if prepayment is capped."""
        if not self.info.prepay_months:
            return {}
        months = charges.charged_months(self.reader, {fact.unit for fact in self._of(Receipt)})
        keys = {charge_key(unit, of[-1]) for unit, of in months.items()}
        told = [read_charge(content) for content in self.reader.contents("charge", keys)]
        return {unit: sum(line.amount_fen for line in lines) for unit, _, lines in told}

    def _designated(self, pieces: Iterable[OldPiece]) -> dict[str, str]:
        """What month old money is designated for."""
        if not unsettled.designates(self.reader):
            return {}
        stored = self.reader.stored("receipt", {piece.source for piece in pieces})
        told = {key: one.content for key, one in stored.items() if '"pays":' in one.content}
        return {key: Receipt.load(content).pays for key, content in told.items()}

    def feed(self, application: Application) -> None:
        """Give an application the whole batch."""
        application.add_old()
        if self.months:
            plan = self.plan()
            for month in self.months:
                for charge in self.planned(plan, month, self.units.values()):
                    application.add_charge(charge)
                if application.state.late.runs_in(month):
                    application.add_late_fees(month)
        application.days = {
            (one.kind, one.record_key): one.on.isoformat()
            for one in self.fresh
            if isinstance(one, (Expenditure, *DECIDED)) and hasattr(one, "on")
        }
        for fact in self.fresh:
            application.add_fact(fact)

    def planned(self, plan: Plan, month: str, units: Iterable[Unit]) -> Iterable[PlannedCharge]:
        """The charges of a month that do not stand yet."""
        for unit in units:
            if charge_key(unit.unit, month) not in self.charged:
                lines = plan.lines(unit, month)
                if lines:
                    yield PlannedCharge(unit.unit, month, lines)

    # ------------------------------------------------------------------ rehearsal

    def rehearse(self) -> Mapping[str, list[Slice]]:
        """Refuse what the charges to come would refuse; whose money each refund gives back.

        A refund out of the prepayment, or a waiver, that is dated ahead of the charges may look
        possible only because the months before it are not charged yet. So those units' months are
        charged in a rehearsal, whose entries are thrown away.
        """
        ahead: dict[str, str] = {}
        for fact in self.fresh:
            held_to = isinstance(fact, Receipt) and (fact.pays or self.info.prepay_months)
            if held_to or isinstance(fact, Refund | Waiver):
                assert isinstance(fact, Receipt | Refund | Waiver)
                last = month_of(fact.on)
                if isinstance(fact, Waiver):
                    last = max(last, fact.month)
                ahead[fact.unit] = max(last, ahead.get(fact.unit, ""))
        start = month_of(self.opened)
        done = self.months[-1] if self.charges_from_the_start else ""
        ahead = {u: last for u, last in ahead.items() if done < last and u in self.units}
        if not ahead:
            return {}
        months = list(Period(start, max(start, *ahead.values())).months())
        for unit, of in charges.charged_months(self.reader, ahead).items():
            self.charged.update(charge_key(unit, month) for month in of)
        unseen = itertools.count(-1, -1)  # no entry of the journal has such a number
        state = self.state(list(ahead), months)
        application = Application(state, lambda draft: next(unseen), complete=True)
        application.add_old()
        plan = self.plan()
        for month in months:
            mine = [self.units[u] for u, last in ahead.items() if month <= last]
            for charge in self.planned(plan, month, mine):
                application.add_charge(charge)
            if application.state.late.runs_in(month):
                application.add_late_fees(month)
        for fact in self.fresh:
            if isinstance(fact, Suspense) or self._unit_moved(fact) in ahead:
                application.add_fact(fact)
        application.run()
        self.refuse_idle(application, months[-1])
        return application.slices

    def _unit_moved(self, fact: Record) -> str:
        """The unit whose claims or prepayment a fact moves; a reversal moves its original's."""
        if isinstance(fact, Opening | Receipt | Refund | Waiver):
            return fact.unit
        if not isinstance(fact, Reversal) or fact.of_kind not in ("receipt", "waiver"):
            return ""
        stored = self.originals.get((fact.of_kind, fact.of_key))
        if stored is not None:
            return next((p.unit for p in stored.postings if p.unit), "")
        return self._fresh_units.get((fact.of_kind, fact.of_key), "")

    @cached_property
    def _fresh_units(self) -> Mapping[tuple[str, str], str]:
        """The units of this batch's receipts and waivers, for those it reverses itself."""
        return {(f.kind, f.key): f.unit for f in (*self._of(Receipt), *self._of(Waiver))}

    def refuse_idle(self, application: Application, last: str) -> None:
        """Refuse waivers of months that are charged, for units that are not.

        :raises OverWaiver: there is one.
        """
        for account in application.accounts.values():
            for waiver in account.waiting:
                if waiver.new and not waiver.item and waiver.month <= last:
                    raise OverWaiver(
                        f"waiver {waiver.key!r} is for {waiver.month}, when unit {account.unit} "
                        "is not charged; waive a month that is",
                        field="month",
                        fact=next(f for f in self._of(Waiver) if f.key == waiver.key),
                    )


def _merge(pieces: list[OldPiece], extra: list[OldPiece]) -> list[OldPiece]:
    """Pieces of one receipt as one piece."""
    sums: dict[tuple[str, str], OldPiece] = {(p.unit, p.source): p for p in pieces}
    for piece in extra:
        where = (piece.unit, piece.source)
        known = sums.get(where)
        amount = piece.amount_fen + (known.amount_fen if known else 0)
        sums[where] = piece._replace(amount_fen=amount)
    return list(sums.values())


def _no_overlap(
    terms: Sequence[Term], tariffs: Sequence[Tariff], late: Sequence[LateFeeTerm]
) -> None:
    """At most one term of each kind a day, and one price of an item for a usage.

    :raises Overlap: two of them.
    """
    for name, dated in (("remuneration", terms), ("late fee", late)):
        for first, second in itertools.pairwise(sorted(dated, key=lambda term: term.start)):
            if first.overlaps(second):
                raise Overlap(
                    f"{name} terms from {first.start} and from {second.start} overlap; "
                    "end the first before the second begins",
                    field="from",
                    fact=second,
                )
    by_item: dict[str, list[Tariff]] = {}
    for tariff in sorted(tariffs, key=lambda t: t.start):
        for other in by_item.setdefault(tariff.item, []):
            same = tariff.usage == other.usage or "" in (tariff.usage, other.usage)
            if same and tariff.overlaps(other):
                raise Overlap(
                    f"tariffs of {tariff.item!r} from {other.start} and from {tariff.start} "
                    "overlap; end the first before the second begins",
                    field="from",
                    fact=tariff,
                )
        by_item[tariff.item].append(tariff)


def _no_step_twice(steps: Iterable[ReminderStep]) -> None:
    """One step of the ladder for a number of days.

    :raises Overlap: two of them on one day.
    """
    pair = no_step_twice(steps)
    if pair is not None:
        first, second = pair
        raise Overlap(
            f"two reminder steps of {second.days} days, from {first.start} and from "
            f"{second.start}, overlap; end the first before the second begins",
            field="from",
            fact=second,
        )
