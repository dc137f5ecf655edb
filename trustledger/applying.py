"""Applying 入账: facts and charges in date order -> balanced drafts of entries. Pure.

Contract rule 2: what is loaded and charged together applies in date order, whatever the order of
rows, files and commands; on one date charges come before receipts, receipts in key order. To keep
that promise between commands too, what is still unsettled from earlier batches (old claims, old
pieces, waiting waivers) takes its place in the same order again, at its own date. Settlements that
stand are never touched.

What lives here: the order of events and what each posts. What must not: the rules themselves
(rules/) and where the state comes from (store/).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from trustledger import chart
from trustledger.acts import ACTS, perform
from trustledger.acts.allowing import comes_back
from trustledger.acts.debts import check_reversal
from trustledger.budgets import Stage
from trustledger.docket import Docket
from trustledger.errors import (
    BooksNotOpen,
    CannotReverse,
    InvalidRecord,
    OverRefund,
    Refused,
    TrustLedgerError,
    Unknown,
)
from trustledger.facts import BEFORE_MONEY, DECIDED, FOLLOWING, MOVING
from trustledger.money import LIMIT_FEN, yuan
from trustledger.period import last_day, month_of
from trustledger.projects import Progress
from trustledger.records import (
    COMMON,
    LATE_FEE,
    OPENING,
    Agency,
    BookInfo,
    BudgetLine,
    Deposit,
    Draft,
    Entry,
    Expenditure,
    Fund,
    Income,
    Instalment,
    Opening,
    Posting,
    Receipt,
    Record,
    Refund,
    Reversal,
    Suspense,
    Unit,
    Waiver,
    Withdrawal,
)
from trustledger.rules.availability import counts_on
from trustledger.rules.charging import (
    ChargeLine,
    charge_content,
    charge_day,
    charge_key,
)
from trustledger.rules.entrusted import (
    Holding,
    agency_postings,
    check_held,
    claim_postings,
    deposit_postings,
    holding_of,
    suspense_postings,
)
from trustledger.rules.latefee import LateFee, LateFees, late_fee_content, late_fee_key
from trustledger.rules.paying import check_purpose, check_withdrawal, known_fund
from trustledger.rules.receiving import Leg, Slice, UnitAccount, WaitingWaiver
from trustledger.rules.remuneration import Meter


class PlannedCharge(NamedTuple):
    """A unit's charge of a month that is to be posted."""

    unit: str
    month: str
    lines: list[ChargeLine]


class OldClaim(NamedTuple):
    """What is still open of an earlier charge, and since when."""

    unit: str
    month: str
    item: str
    amount_fen: int
    since: str


class OldPiece(NamedTuple):
    """What is still unsettled of earlier money, and the day it came in."""

    unit: str
    source: str
    amount_fen: int
    since: str


class Expiry(NamedTuple):
    """Money that a refund dated ``on`` took back; until then it could settle charges."""

    unit: str
    source: str
    on: str
    amount_fen: int


class OldReceipt(NamedTuple):
    """An earlier receipt that a refund or reversal names, with its settlements in order."""

    unit: str
    on: str
    amount_fen: int
    refunded_fen: int
    legs: tuple[Leg, ...]


@dataclass(slots=True)
class State:
    """What stands in the book, as far as a batch needs it."""

    info: BookInfo
    opened: date  # the first day that is open
    funds: Mapping[str, Fund]
    docket: Docket
    units: Mapping[str, Unit]
    meter: Meter
    late: LateFees
    late_months: set[str] = field(default_factory=set)  # whose late fees are charged
    late_fees: set[str] = field(default_factory=set)  # keys of late fees that stand
    usual: dict[str, int] = field(default_factory=dict)  # by unit, its last charge that stands
    pays: dict[str, str] = field(default_factory=dict)  # old money -> what it is reserved for
    waited: set[str] = field(default_factory=set)  # receipts that waited for late fees
    held: dict[Holding, int] = field(default_factory=dict)  # others' money
    arrived: dict[str, str] = field(default_factory=dict)  # money in suspense -> its day
    claims: Iterable[OldClaim] = ()
    pieces: Iterable[OldPiece] = ()
    waiting: Iterable[tuple[str, WaitingWaiver]] = ()
    expiries: Iterable[Expiry] = ()
    receipts: dict[str, OldReceipt] = field(default_factory=dict)
    originals: dict[tuple[str, str], Entry] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    charged: set[str] = field(default_factory=set)  # charge keys that stand
    came_by: dict[tuple[str, str], str] = field(default_factory=dict)
    """The term in whose base money counts: ("receipt", its key) as a service fee, ("late", its key)
    as a late fee; ("charge", its key) a charge, ("late_fee", the charge's key) what that bears."""
    payable_fen: int = 0  # remuneration accrued and not withdrawn, now
    payable_on: dict[str, int] = field(default_factory=dict)  # the same at the end of a day


class Event(NamedTuple):
    """Something that happens on a day; sorted by day, rank and key."""

    on: str
    rank: int
    key: str
    run: Callable[[Any], None]
    what: Any
    fact: Record | None


(
    DOCUMENT, ARISE, WAIVE, MONEY, EARN, GIVE_BACK, SPEND, FOLLOW, WITHDRAW, REVERSE, LATE,
) = range(11)  # fmt: skip
"""On one day in this order; late fees last, since they are reckoned on what is open at its end."""


class Application:
    """One batch being applied: feed it facts and charges, then :meth:`run`.

    Drafts go to ``sink``, which answers their numbers, as they are to be posted. A refusal leaves
    by an exception that carries the fact it is about as ``error.fact``; nothing may be kept then.
    ``rehearsed`` names, by refund, the money that is prepaid once the charges to come are counted.
    ``complete``: every charge before a receipt is here, so that a cap on prepayment can be held.
    """

    def __init__(
        self,
        state: State,
        sink: Callable[[Draft], int],
        rehearsed: Mapping[str, list[Slice]] | None = None,
        *,
        complete: bool = False,
    ) -> None:
        self.state = state
        self._sink = sink
        self.rehearsed = rehearsed or {}
        self.complete = complete
        self.usual = dict(state.usual)  # by unit, its last charge
        self.slices: dict[str, list[Slice]] = {}  # by refund, whose prepayment went back
        self.accounts: dict[str, UnitAccount] = {}
        self.receipt_facts: dict[str, OldReceipt] = dict(state.receipts)
        self.old_claims: dict[tuple[str, str], list[OldClaim]] = {}  # by unit and month
        self.to_reverse: set[tuple[str, str]] = set()
        self.expected: set[OldClaim] = set()  # claims that a late waiver called up
        self.days: dict[tuple[str, str], str] = {}  # of what this batch brings that has one
        self.payable_new = 0
        self.events: list[Event] = []
        self.start = state.info.start.isoformat()
        self.eve = state.info.eve.isoformat()

    def sink(self, draft: Draft) -> None:
        """Post a draft; late fees are reckoned on what is posted."""
        seq = self._sink(draft)
        for p in draft.postings:
            net = p.debit_fen - p.credit_fen
            if p.fund != COMMON and p.account in chart.CASH_BASIS:
                self.state.docket.hold(p.fund, net)
            if p.line and p.account in chart.OF_LINES:
                moved = (0, net) if p.account == chart.COMMITTED else (net, 0)
                day = date.fromisoformat(counts_on(p, draft.on))
                self.state.docket.move(p.line, day, *moved)
            elif p.account == chart.TRUSTEE_OWES and p.source:
                self.state.docket.owe(p.source, net)
        if self.to_reverse:
            name = ("waiver" if draft.kind == "waived" else draft.kind, draft.key)
            if name in self.to_reverse:
                self.state.originals[name] = Entry(
                    seq, draft.kind, draft.key, draft.on, "", 0, draft.content, b"", draft.postings
                )
        late = self.state.late
        if not late.terms:
            return
        for p in draft.postings:
            if p.account != chart.RECEIVABLE:
                continue
            net = p.debit_fen - p.credit_fen
            if p.item == LATE_FEE:
                if draft.kind == "late_fee":
                    late.bear(p.unit, p.month, p.debit_fen)
                continue
            late.move(p.unit, p.month, draft.on, net)
            if p.debit_fen and draft.kind in ("charge", "opening"):
                late.arise(p.unit, p.month, draft.on, net)
            elif not p.source:
                late.lower(p.unit, p.month, draft.on, net)

    # ------------------------------------------------------------------ feeding

    def add_old(self) -> None:
        """Give what is unsettled its place in the order again."""
        for claim in self.state.claims:
            self.old_claims.setdefault((claim.unit, claim.month), []).append(claim)
            self._event(claim.since, ARISE, claim.month + claim.item, self._old_claim, claim)
        for piece in self.state.pieces:
            self._event(piece.since, MONEY, piece.source, self._old_piece, piece)
        for unit, waiver in self.state.waiting:
            self._event(waiver.on, WAIVE, waiver.key, self._old_waiver, (unit, waiver))
        for expiry in self.state.expiries:
            self._event(expiry.on, GIVE_BACK, expiry.source, self._expire, expiry)

    def add_charge(self, charge: PlannedCharge) -> None:
        """A charge to be posted on its day."""
        key = charge_key(charge.unit, charge.month)
        on = charge_day(charge.month, self.state.info.start).isoformat()
        self._event(on, ARISE, key, self._charge, charge)

    def add_late_fees(self, month: str) -> None:
        """A month's late fees, to be posted on its last day."""
        self._event(last_day(month).isoformat(), LATE, month, self._late_fees, month)

    def add_fact(self, fact: Record) -> None:
        """A fact to be posted on its day; facts without one are posted first."""
        if isinstance(fact, Reversal):
            self.to_reverse.add((fact.of_kind, fact.of_key))
        if type(fact) in ACTS:
            self._add_act(fact)
            return
        known = _ON_DAY.get(type(fact))
        if known is None:
            self._event("", DOCUMENT, f"{fact.kind}|{fact.record_key}", self._document, fact, fact)
            return
        rank, run = known
        if isinstance(fact, Deposit | Agency) and fact.move not in ("taken", "collected"):
            rank = GIVE_BACK
        on = self.eve if isinstance(fact, Opening) else fact.on.isoformat()  # type: ignore[attr-defined]
        if isinstance(fact, Waiver) and on >= self.start:
            since = self._since(fact.unit, fact.month, fact.item)
            if since > on:
                self._event(since, ARISE, "", self._late_waiver, (fact, since), fact)
                return
        self._event(on, rank, fact.record_key, getattr(self, run), fact, fact)

    def _add_act(self, fact: Record) -> None:
        """What is decided on a day comes before its money, what is told of that money after it."""
        day, kind = getattr(fact, "on", None), type(fact)
        on = day.isoformat() if day is not None else ""
        if isinstance(fact, FOLLOWING):
            on = max((self.days.get(name, "") for name in fact.names()), default="")
        if kind is Expenditure:
            self._event(on, SPEND, fact.record_key, self._act, fact, fact)
            return
        rank = DOCUMENT if kind in BEFORE_MONEY else FOLLOW
        turn = fact.turn if isinstance(fact, Stage | Progress) else 0
        key = f"~{DECIDED.index(kind):02d}|{turn}|{fact.record_key}"  # after units and funds
        self._event(on, rank, key, self._act, fact, fact)

    def _event(
        self,
        on: str,
        rank: int,
        key: str,
        run: Callable[[Any], None],
        what: object,
        fact: Record | None = None,
    ) -> None:
        self.events.append(Event(on, rank, key, run, what, fact))

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Apply everything in order; ``progress`` hears (done, total) now and then."""
        self.events.sort(key=lambda event: event[:3])
        for done, event in enumerate(self.events):
            if progress is not None and done % 500 == 0:
                progress(done, len(self.events))
            try:
                if event.fact is not None and "" < event.on < self.start:
                    self._before_start(event)
                event.run(event.what)
            except TrustLedgerError as error:
                error.facts.setdefault("fact", event.fact)
                raise
        self.events.clear()

    def _before_start(self, event: Event) -> None:
        if isinstance(event.fact, DECIDED) and not isinstance(event.fact, MOVING):
            return  # what was decided before the books opened is theirs as well
        if isinstance(event.fact, Instalment):
            raise BooksNotOpen(
                f"found {event.on}; the books open on {self.start}: give what was still to be "
                "paid then as a plan of that day",
                field="on",
            )
        if not isinstance(event.fact, Opening):
            raise BooksNotOpen(
                f"found {event.on}; the books open on {self.start}, "
                "and what came before belongs in opening.csv",
                field="on",
            )

    # ------------------------------------------------------------------ looking up

    def account(self, unit: str) -> UnitAccount:
        """The unit's account.

        :raises Unknown: no such unit.
        """
        account = self.accounts.get(unit)
        if account is None:
            if unit not in self.state.units:
                raise Unknown("unit", unit, "enter it in units.csv first", field="unit")
            account = self.accounts[unit] = UnitAccount(unit)
        return account

    def _fund(self, code: str) -> str:
        return known_fund(self.state.funds, code).code

    # ------------------------------------------------------------------ documents, opening

    def _document(self, fact: Record) -> None:
        if isinstance(fact, BudgetLine):
            check_purpose(known_fund(self.state.funds, fact.fund), fact.category, fact.line)
        self.state.docket.add(fact)
        on = self.state.opened.isoformat()
        self.sink(Draft(fact.kind, fact.record_key, on, fact.content()))

    def _instalment(self, fact: Instalment) -> None:
        self.account(fact.unit)  # no money moves, but the unit must be there
        self.sink(Draft(fact.kind, fact.record_key, fact.on.isoformat(), fact.content()))

    def _opening(self, fact: Opening) -> None:
        account = chart.find_account(fact.account)
        fund, amount = self._fund(fact.fund), fact.amount_fen
        by_unit = account.code in (chart.RECEIVABLE, chart.PREPAID)
        if by_unit != bool(fact.unit):
            what = "needs" if by_unit else "takes no"
            raise InvalidRecord(
                f"opening of account {account.code} {account.name} {what} unit", field="unit"
            )
        if account.kind in ("income", "expense", "memo"):
            raise InvalidRecord(
                f"account {account.code} {account.name} has no opening balance; "
                "books open with assets, liabilities and funds alone",
                field="account",
            )
        if by_unit and (amount < 0 or fund != COMMON):
            raise InvalidRecord(
                f"a unit's opening is not negative and is in fund {COMMON}; "
                f"arrears stand in {chart.RECEIVABLE}, prepayments in {chart.PREPAID}",
                field="amount",
            )
        postings: list[Posting] = []
        if amount and account.kind != "equity":
            month, source, item = "", "", OPENING
            if account.code == chart.RECEIVABLE:
                month = month_of(self.state.info.eve)
                self.account(fact.unit).arise(self.eve, month, OPENING, amount, new=False)
            elif account.code == chart.PREPAID:
                source, item = OPENING, ""
                self.account(fact.unit).arrive(OPENING, self.eve, amount, new=False)
            elif account.code == chart.REMUNERATION_PAYABLE:
                self.payable_new += amount
            debit, credit = (amount, 0) if account.side > 0 else (0, amount)
            equity = chart.equity_of(fund)
            postings = [
                Posting(account.code, fund, debit, credit, fact.unit, item, "", month, source),
                Posting(equity, fund, credit, debit, "", OPENING),
            ]
        self.sink(Draft(fact.kind, fact.record_key, self.eve, fact.content(), tuple(postings)))

    # ------------------------------------------------------------------ charges

    def _charge(self, charge: PlannedCharge) -> None:
        unit, month, lines = charge
        amounts: dict[str, int] = {}  # two meters, or two costs, may be of one item
        for line in lines:
            amounts[line.item] = amounts.get(line.item, 0) + line.amount_fen
            if amounts[line.item] > LIMIT_FEN:
                raise Refused(
                    f"the charge of unit {unit!r} for {month}, {line.quantity} × {line.price} × "
                    f"{line.factor}, is more than {yuan(LIMIT_FEN)}; look at its area and price"
                )
        on = charge_day(month, self.state.info.start).isoformat()
        account = self.account(unit)
        total = self.usual[unit] = sum(amounts.values())
        term = self.state.meter.term_of(on, "service_fee", COMMON, owed=True, charged=True)
        accrued = self._accrue(term, total)
        self.state.came_by["charge", charge_key(unit, month)] = term
        postings: list[Posting] = []
        for item, amount in amounts.items():
            postings += (
                Posting(chart.RECEIVABLE, COMMON, amount, 0, unit, item, "", month),
                Posting(chart.SERVICE_FEE, COMMON, 0, amount, "", item, "", month, "", term),
            )
        waivers = [w for w in account.waiting if w.month == month and not w.item]
        lowered: dict[str, int] = {}
        waived: list[tuple[WaitingWaiver, list[Leg]]] = []
        if waivers:
            account.waiting = [w for w in account.waiting if w not in waivers]
            lowered, waived = self._lower(unit, charge, waivers, on)
        for item, amount in amounts.items():
            rest = amount - lowered.get(item, 0)
            if rest:
                postings += _settle(unit, account.arise(on, month, item, rest, new=True))
        postings += _settle(unit, account.release(month, on))
        postings += accrued
        key = charge_key(unit, month)
        self.state.charged.add(key)
        self.sink(Draft("charge", key, on, charge_content(unit, month, lines), tuple(postings)))
        for waiver, legs in waived:
            self._post_waiver(unit, waiver, on, legs, None)

    def _lower(
        self, unit: str, charge: PlannedCharge, waivers: list[WaitingWaiver], on: str
    ) -> tuple[dict[str, int], list[tuple[WaitingWaiver, list[Leg]]]]:
        """Waivers that were there before the charge lower it before prepayments settle it."""
        scratch = UnitAccount(unit)
        for line in charge.lines:
            scratch.arise(on, charge.month, line.item, line.amount_fen, new=True)
        done = []
        for waiver in waivers:
            legs = scratch.waive(waiver, on, strict=waiver.new)
            done.append((waiver, legs))
        lowered: dict[str, int] = {}
        for _, legs in done:
            for leg in legs:
                lowered[leg.item] = lowered.get(leg.item, 0) + leg.amount_fen
        return lowered, done

    def _old_claim(self, claim: OldClaim) -> None:
        amount = 0 if claim in self.expected else claim.amount_fen
        account = self.account(claim.unit)
        legs = account.arise(claim.since, claim.month, claim.item, amount, new=False)
        legs += account.release(claim.month, claim.since)
        self._settlement(claim.unit, claim.since, legs)

    # ------------------------------------------------------------------ late fees

    def _late_fees(self, month: str) -> None:
        """Every unit's late fees of a month, and that they are charged: they never are again.

        When they were charged before, only charges that came since bear what they have not borne.
        """
        on, stands = last_day(month).isoformat(), month in self.state.late_months
        by_unit: dict[str, list[LateFee]] = {}
        for (unit, of), fee in self.state.late.month(month):
            fresh = any(charged == of for charged, _ in self.account(unit).fresh)
            if late_fee_key(unit, month) not in self.state.late_fees and (fresh or not stands):
                by_unit.setdefault(unit, []).append(fee)
        for unit, fees in by_unit.items():
            self._late_fee(unit, month, on, fees)
        if not stands:
            self.state.late_months.add(month)
            body = json.dumps({"month": month}, separators=(",", ":"))
            self.sink(Draft("late_fees", month, on, body))

    def _late_fee(self, unit: str, month: str, on: str, fees: list[LateFee]) -> None:
        account, meter = self.account(unit), self.state.meter
        term = meter.term_of(on, LATE_FEE, COMMON, owed=True, charged=True)
        postings: list[Posting] = []
        legs: list[Leg] = []
        for of, _, amount in fees:
            postings += (
                Posting(chart.RECEIVABLE, COMMON, amount, 0, unit, LATE_FEE, "", of),
                Posting(chart.LATE_FEES, COMMON, 0, amount, "", LATE_FEE, "", of, "", term),
            )
            legs += account.arise(on, of, LATE_FEE, amount, new=True)
            self.state.came_by["late_fee", charge_key(unit, of)] = term
        postings += self._accrue(term, sum(fee.amount_fen for fee in fees))
        postings += _settle(unit, legs) + self._as_late_fees(unit, legs)
        content = late_fee_content(unit, month, fees)
        self.sink(Draft("late_fee", late_fee_key(unit, month), on, content, tuple(postings)))

    def _as_late_fees(self, unit: str, legs: Iterable[Leg]) -> list[Posting]:
        """Prepaid money came in as a service fee; what late fees use of it is one from now on."""
        used: dict[str, int] = {}
        for leg in legs:
            if leg.item == LATE_FEE:
                used[leg.source] = used.get(leg.source, 0) + leg.amount_fen
        postings: list[Posting] = []
        for source, amount in used.items():
            came, late = self._terms_of(source)
            postings += (
                Posting(chart.BANK, COMMON, amount, 0, unit, LATE_FEE, "", "", source, late),
                Posting(chart.BANK, COMMON, -amount, 0, unit, "service_fee", "", "", source, came),
            )
            if came != late:
                postings += self._accrue(late, amount) + self._accrue(came, -amount)
        return postings

    def _terms_of(self, source: str) -> tuple[str, str]:
        """The terms in whose base money counts as a service fee, and as a late fee."""
        came_by = self.state.came_by
        return came_by.get(("receipt", source), ""), came_by.get(("late", source), "")

    # ------------------------------------------------------------------ owners' money

    def _receipt(self, fact: Receipt) -> None:
        on, amount, unit = fact.on.isoformat(), fact.amount_fen, fact.unit
        if fact.key == OPENING:
            raise InvalidRecord(f"a receipt cannot have the key {OPENING!r}", field="key")
        account = self.account(unit)
        legs: list[Leg] = []
        comes_later = self._since(unit, fact.pays, "") > on
        if comes_later or self._reserved(unit, fact.pays) or not self._borne(on):
            account.hold(fact.key, on, amount, fact.pays, new=True)
        else:
            if fact.pays and not any(claim.month == fact.pays for claim in account.claims):
                raise Refused(
                    f"receipt {fact.key!r} designates {fact.pays}, and nothing of that charge of "
                    f"unit {unit} is open; name a month that is, or none",
                    field="pays",
                )
            legs = account.arrive(fact.key, on, amount, fact.pays, new=True)
        self._check_prepaid(fact, account.prepaid())
        self.receipt_facts[fact.key] = OldReceipt(unit, on, amount, 0, ())
        came = self.state.meter.term_of(on, "service_fee", COMMON, owed=True)
        late = self.state.meter.term_of(on, LATE_FEE, COMMON, owed=True)
        self.state.came_by["receipt", fact.key] = came
        self.state.came_by["late", fact.key] = late
        late_fen = _late(legs)
        parts = {"service_fee": (amount - late_fen, came), LATE_FEE: (late_fen, late)}
        postings = _bring(unit, fact.key, parts) + _settle(unit, legs)
        postings += self._claimed(fact)
        for fen, term in parts.values():
            postings += self._accrue(term, fen)
        self.sink(Draft("receipt", fact.key, on, fact.content(), tuple(postings)))

    def _check_prepaid(self, fact: Receipt, prepaid_fen: int) -> None:
        usual, months = self.usual.get(fact.unit, 0), self.state.info.prepay_months
        over = prepaid_fen - months * usual
        if self.complete and months and usual and over > 0:
            raise Refused(
                f"receipt {fact.key!r} would leave unit {fact.unit} {yuan(prepaid_fen)} prepaid, "
                f"and {months} months of its charge of {yuan(usual)} may be; "
                f"take at most {yuan(max(fact.amount_fen - over, 0))}",
                field="amount",
            )

    def _reserved(self, unit: str, pays: str) -> bool:
        """Whether money is designated for a charge that has not arisen yet."""
        start = month_of(self.state.info.start)
        return pays >= start and charge_key(unit, pays) not in self.state.charged

    def _claimed(self, fact: Receipt) -> list[Posting]:
        """What takes the money out of suspense, if the receipt claims it from there."""
        if not fact.suspense:
            return []
        holding, on = Holding(chart.SUSPENSE, source=fact.suspense), fact.on.isoformat()
        if self.state.arrived.get(fact.suspense, "9999") > on:
            raise Unknown(
                "suspense", fact.suspense, f"name money that had come in by {on}", field="suspense"
            )
        check_held(fact.key, holding, fact.amount_fen, self.state.held)
        return self._hold(claim_postings(fact.suspense, fact.amount_fen))

    def _hold(self, postings: Iterable[Posting]) -> list[Posting]:
        """Keep count of others' money."""
        told = list(postings)
        for p in told:
            holding = holding_of(p)
            if holding is not None:
                left = self.state.held.get(holding, 0) + p.credit_fen - p.debit_fen
                self.state.held[holding] = left
        return told

    def _deposit(self, fact: Deposit) -> None:
        on, unit = fact.on.isoformat(), self.account(fact.unit).unit
        term = ""
        if fact.move != "taken":
            check_held(
                fact.key, Holding(chart.DEPOSIT, unit=unit), fact.amount_fen, self.state.held
            )
        if fact.move == "deducted":
            term = self.state.meter.term_of(on, "compensation", COMMON)
        postings = self._hold(deposit_postings(fact, term)) + self._accrue(term, fact.amount_fen)
        self.sink(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings)))

    def _agency(self, fact: Agency) -> None:
        if fact.unit:
            self.account(fact.unit)
        if fact.move == "passed_on":
            holding = Holding(chart.AGENCY, item=fact.what)
            check_held(fact.key, holding, fact.amount_fen, self.state.held)
        postings = self._hold(agency_postings(fact))
        self.sink(Draft(fact.kind, fact.key, fact.on.isoformat(), fact.content(), tuple(postings)))

    def _suspense(self, fact: Suspense) -> None:
        on = fact.on.isoformat()
        self.state.arrived[fact.key] = on
        postings = self._hold(suspense_postings(fact))
        self.sink(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings)))

    def _old_piece(self, piece: OldPiece) -> None:
        unit, source, amount, since = piece
        account, pays = self.account(unit), self.state.pays.get(source, "")
        if self._reserved(unit, pays) or not self._borne(since):
            account.hold(source, since, amount, pays, new=False)
        else:
            held = source in self.state.waited
            legs = account.arrive(source, since, amount, pays, new=False, held=held)
            self._settlement(unit, since, legs)

    def _expire(self, expiry: Expiry) -> None:
        legs = self.account(expiry.unit).undo(expiry.source, expiry.amount_fen)
        self._settlement(expiry.unit, expiry.on, legs)

    def _settlement(self, unit: str, on: str, legs: list[Leg]) -> None:
        """Post settlements that belong to no other entry of this batch."""
        if not legs:
            return
        for day in sorted({max(on, leg.on) for leg in legs}):
            mine = [leg for leg in legs if max(on, leg.on) == day]
            content = json.dumps({"unit": unit}, ensure_ascii=False, separators=(",", ":"))
            postings = _settle(unit, mine) + self._as_late_fees(unit, mine)
            self.sink(Draft("settlement", "", day, content, tuple(postings)))

    def _refund(self, fact: Refund) -> None:
        on, unit = fact.on.isoformat(), fact.unit
        account = self.account(unit)
        if fact.receipt:
            self._undo_receipt(fact, on, unit, fact.receipt, fact.amount_fen, account)
            return
        postings: list[Posting] = []
        slices = self.rehearsed.get(fact.key)
        if slices is None:
            slices = account.take_prepaid(fact.key, fact.amount_fen)
        else:
            account.take_slices(slices)
        self.slices[fact.key] = slices
        for source, amount in slices:
            term = self._terms_of(source)[0]
            postings += _give_back(unit, source, {"service_fee": (amount, term)})
            postings += self._accrue(term, -amount)
        self.sink(Draft("refund", fact.key, on, fact.content(), tuple(postings)))

    def _undo_receipt(
        self,
        fact: Refund | Reversal,
        on: str,
        unit: str,
        key: str,
        amount: int,
        account: UnitAccount,
        reverses: int = 0,
        claimed: str = "",
    ) -> None:
        receipt = self.receipt_facts.get(key)
        if receipt is None or receipt.unit != unit:
            raise Unknown(
                "receipt", key, f"name a receipt of unit {unit} that stands", field="receipt"
            )
        if on < receipt.on:
            raise Refused(f"found {on}, before receipt {key!r} came in on {receipt.on}", field="on")
        if receipt.legs:
            account.legs[key] = [*receipt.legs, *account.legs.get(key, ())]
        left = min(receipt.amount_fen - receipt.refunded_fen, account.left_of(key))
        if amount > left:
            raise OverRefund(
                f"refund {fact.key!r} is {yuan(amount)}, and {yuan(left)} of receipt {key!r} "
                "is left to give back; refund at most that",
                field="amount",
            )
        self.receipt_facts[key] = receipt._replace(
            refunded_fen=receipt.refunded_fen + amount, legs=()
        )
        undone = account.undo(key, amount)
        now = [leg for leg in undone if leg.on <= on]
        came, late = self._terms_of(key)
        late_fen = -_late(now)
        parts = {"service_fee": (amount - late_fen, came), LATE_FEE: (late_fen, late)}
        back = _bring(unit, key, parts, -1) if reverses else _give_back(unit, key, parts)
        postings = _settle(unit, now) + back
        if claimed:  # it was no payment of this unit's: nobody has claimed it yet
            postings += self._hold(claim_postings(claimed, -amount))
        for fen, term in parts.values():
            postings += self._accrue(term, -fen)
        self.sink(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings), reverses))
        self._settlement(unit, on, [leg for leg in undone if leg.on > on])

    # ------------------------------------------------------------------ waivers

    def _waiver(self, fact: Waiver) -> None:
        on, account = fact.on.isoformat(), self.account(fact.unit)
        waiver = WaitingWaiver(fact.key, fact.month, fact.amount_fen, on, True, fact.item)
        if self._ready(fact.unit, waiver):
            legs = account.waive(waiver, on, strict=True)
            self._post_waiver(fact.unit, waiver, on, legs, fact)
            return
        account.waiting.append(waiver)
        self.sink(Draft("waiver", fact.key, on, fact.content()))

    def _ready(self, unit: str, waiver: WaitingWaiver) -> bool:
        """Whether what it waives is there: the charge, or all late fees before its day."""
        if waiver.item and not self._borne(waiver.on):
            return False
        known = charge_key(unit, waiver.month) in self.state.charged
        return known or waiver.month < month_of(self.state.info.start)

    def _since(self, unit: str, month: str, item: str) -> str:
        """Since when an earlier charge, or the late fee on it, has stood open; ``""`` if none."""
        claims = self.old_claims.get((unit, month), ())
        return max((c.since for c in claims if _same_item(c.item, item)), default="")

    def _borne(self, on: str) -> bool:
        """Whether the late fees of the months before a day are charged."""
        return max(self.state.late_months, default="") >= self.state.late.due_before(on)

    def _late_waiver(self, late: tuple[Waiver, str]) -> None:
        """Dated before its charge, which stands: it lowers that as it arises, before any money."""
        fact, since = late
        account = self.account(fact.unit)
        for claim in self.old_claims[fact.unit, fact.month]:
            mine = claim.since == since and _same_item(claim.item, fact.item)
            if mine and claim not in self.expected:
                self.expected.add(claim)
                account.expect(claim.month, claim.item, claim.amount_fen, new=False)
        waiver = WaitingWaiver(fact.key, fact.month, fact.amount_fen, since, True, fact.item)
        legs = account.waive(waiver, since, strict=True)
        self.sink(Draft("waiver", fact.key, fact.on.isoformat(), fact.content()))
        self._post_waiver(fact.unit, waiver, since, legs, None)

    def _old_waiver(self, old: tuple[str, WaitingWaiver]) -> None:
        unit, waiver = old
        account = self.account(unit)
        if self._ready(unit, waiver):
            legs = account.waive(waiver, waiver.on, strict=False)
            self._post_waiver(unit, waiver, waiver.on, legs, None)
        else:
            account.waiting.append(waiver)

    def _post_waiver(
        self, unit: str, waiver: WaitingWaiver, on: str, legs: list[Leg], fact: Waiver | None
    ) -> None:
        """The waiver's own entry or, when that stands already, the entry that carries it out."""
        key, month = waiver.key, waiver.month
        total = sum(leg.amount_fen for leg in legs)
        what = "late_fee" if waiver.item else "charge"
        term = self.state.came_by.get((what, charge_key(unit, month)), "")
        postings = _waive(unit, legs, term) + self._accrue(term, -total)
        if fact is not None:
            self.sink(Draft("waiver", key, on, fact.content(), tuple(postings)))
            return
        body = {"unit": unit, "month": month, "waiver_fen": waiver.amount_fen}
        body |= {"item": waiver.item} if waiver.item else {}
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        self.sink(Draft("waived", key, on, content, tuple(postings)))

    # ------------------------------------------------------------------ other money

    def _income(self, fact: Income) -> None:
        on, fund, category = fact.on.isoformat(), self._fund(fact.fund), fact.category
        account, amount = chart.INCOME_ACCOUNT[category], fact.amount_fen
        term = self.state.meter.term_of(on, category, fund)
        postings = (
            Posting(chart.BANK, fund, amount, 0, "", category, "", "", "", term),
            Posting(account, fund, 0, amount, "", category),
            *self._accrue(term, amount),
        )
        self.sink(Draft("income", fact.key, on, fact.content(), postings))

    def _act(self, fact: Record) -> None:
        """A fact of the open budget: what it does, and what the library says beside it."""
        deed = perform(self.state.docket, fact)
        told: date = getattr(fact, "on", None) or self.state.opened
        on = told if isinstance(fact, (Expenditure, *MOVING)) else max(told, self.state.opened)
        day = on.isoformat()
        self.sink(Draft(fact.kind, fact.record_key, day, fact.content(), deed.postings))
        for draft in deed.drafts:
            self.sink(draft._replace(on=day))

    def _withdrawal(self, fact: Withdrawal) -> None:
        on, amount = fact.on.isoformat(), fact.amount_fen
        then = self.state.payable_on.get(on, self.state.payable_fen)
        check_withdrawal(fact, min(then, self.state.payable_fen) + self.payable_new)
        self.payable_new -= amount
        postings = (
            Posting(chart.REMUNERATION_PAYABLE, COMMON, amount, 0, "", "withdrawn"),
            Posting(chart.BANK, COMMON, 0, amount, "", "remuneration"),
        )
        self.sink(Draft("withdrawal", fact.key, on, fact.content(), postings))

    def _accrue(self, term: str, amount: int) -> list[Posting]:
        """The remuneration to post when a term's base moves by an amount."""
        delta = self.state.meter.move(term, amount) if amount else 0
        if not delta:
            return []
        self.payable_new += delta
        return [
            Posting(chart.REMUNERATION, COMMON, delta, 0, "", "", "", "", "", term),
            Posting(chart.REMUNERATION_PAYABLE, COMMON, 0, delta, "", "", "", "", "", term),
        ]

    # ------------------------------------------------------------------ reversal

    def _reversal(self, fact: Reversal) -> None:
        original = self.state.originals.get((fact.of_kind, fact.of_key))
        on = fact.on.isoformat()
        if original is None:
            raise Unknown(fact.of_kind, fact.of_key, "name an entry that stands", field="of_key")
        if original.seq in self.state.reversed:
            raise CannotReverse(f"{fact.of_kind} {fact.of_key!r} is reversed already")
        if on < original.on:
            raise Refused(
                f"found {on}, before {original.on}, when {fact.of_kind} {fact.of_key!r} took "
                "effect; date the reversal that day or later",
                field="on",
            )
        if not original.postings:
            raise CannotReverse(
                f"{fact.of_kind} {fact.of_key!r} still waits for its charge; "
                "reverse it once it has lowered that"
            )
        if fact.of_kind == Expenditure.kind:
            check_reversal(self.state.docket, fact.of_key)
        self.state.reversed.add(original.seq)
        self.state.docket.reverse(fact.of_kind, fact.of_key)
        if fact.of_kind == "receipt":
            receipt = self.receipt_facts[fact.of_key]
            left = receipt.amount_fen - receipt.refunded_fen
            if not left:
                raise CannotReverse(f"receipt {fact.of_key!r} is refunded in full already")
            account = self.account(receipt.unit)
            claimed = next((p.source for p in original.postings if p.account == chart.SUSPENSE), "")
            self._undo_receipt(
                fact, on, receipt.unit, fact.of_key, left, account, original.seq, claimed
            )
            return
        self._reverse_entry(fact, on, original)

    def _reverse_entry(self, fact: Reversal, on: str, original: Entry) -> None:
        """The same entry again, red-letter; remuneration goes back through its own term."""
        for p in original.postings:
            holding = holding_of(p)
            if holding is not None and p.credit_fen > self.state.held.get(holding, 0):
                raise CannotReverse(
                    f"{fact.of_kind} {fact.of_key!r} was returned, passed on or claimed since; "
                    "reverse that first"
                )
        rem = (chart.REMUNERATION, chart.REMUNERATION_PAYABLE)
        plain = original.kind == "withdrawal"
        body = [p for p in original.postings if plain or p.account not in rem]
        postings = [p._replace(debit_fen=-p.debit_fen, credit_fen=-p.credit_fen) for p in body]
        if original.kind == Expenditure.kind:
            back_on = comes_back(self.state.docket, date.fromisoformat(original.on), fact.on)
            postings = [p._replace(month=back_on) if p.line else p for p in postings]
        for posting in body:
            if original.kind == "income" and posting.account == chart.BANK:
                postings += self._accrue(posting.term, -posting.debit_fen)
            elif original.kind == "withdrawal" and posting.account == chart.BANK:
                self.payable_new += posting.credit_fen
            elif original.kind == "deposit" and posting.term:
                postings += self._accrue(posting.term, -posting.debit_fen)
            elif posting.account == chart.WAIVED:
                postings += self._accrue(posting.term, posting.debit_fen)
            elif original.kind in ("waiver", "waived") and posting.account == chart.RECEIVABLE:
                leg = Leg(fact.of_key, posting.month, posting.item, -posting.credit_fen, on)
                self.account(posting.unit).reopen([leg])
        self._hold(postings)
        self.sink(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings), original.seq))


def _settle(unit: str, legs: Iterable[Leg]) -> list[Posting]:
    """Prepayment / receivable, leg by leg; red-letter where a leg is negative."""
    postings = []
    for source, month, item, amount, _ in legs:
        postings.append(Posting(chart.PREPAID, COMMON, amount, 0, unit, "", "", "", source))
        postings.append(Posting(chart.RECEIVABLE, COMMON, 0, amount, unit, item, "", month, source))
    return postings


def _waive(unit: str, legs: Iterable[Leg], term: str) -> list[Posting]:
    postings = []
    for _, month, item, amount, _ in legs:
        postings.append(Posting(chart.WAIVED, COMMON, amount, 0, unit, item, "", month, "", term))
        postings.append(Posting(chart.RECEIVABLE, COMMON, 0, amount, unit, item, "", month))
    return postings


Parts = Mapping[str, tuple[int, str]]
"""Money by category: how much, and the term in whose base it counts."""


def _at_bank(unit: str, source: str, parts: Parts, debit: int, credit: int) -> list[Posting]:
    """A posting a category, on one side of the bank, as often as that side says."""
    return [
        Posting(
            chart.BANK, COMMON, debit * fen, credit * fen, unit, category, "", "", source, term
        )
        for category, (fen, term) in parts.items()
        if fen
    ]  # fmt: skip


def _bring(unit: str, source: str, parts: Parts, sign: int = 1) -> list[Posting]:
    """Money comes to the bank and the unit's prepayment; negative, a receipt that never was."""
    amount = sign * sum(fen for fen, _ in parts.values())
    prepaid = Posting(chart.PREPAID, COMMON, 0, amount, unit, "", "", "", source)
    return [*_at_bank(unit, source, parts, sign, 0), prepaid]


def _give_back(unit: str, source: str, parts: Parts) -> list[Posting]:
    """Money leaves the unit's prepayment and the bank."""
    amount = sum(fen for fen, _ in parts.values())
    prepaid = Posting(chart.PREPAID, COMMON, amount, 0, unit, "", "", "", source)
    return [prepaid, *_at_bank(unit, source, parts, 0, 1)]


def _late(legs: Iterable[Leg]) -> int:
    """What of these settlements is of late fees."""
    return sum(leg.amount_fen for leg in legs if leg.item == LATE_FEE)


def _same_item(one: str, other: str) -> bool:
    """Whether both are late fees, or neither is."""
    return (one == LATE_FEE) == (other == LATE_FEE)


_ON_DAY: dict[type[Record], tuple[int, str]] = {
    Opening: (DOCUMENT, "_opening"),
    Instalment: (DOCUMENT, "_instalment"),
    Receipt: (MONEY, "_receipt"),
    Income: (EARN, "_income"),
    Refund: (GIVE_BACK, "_refund"),
    Waiver: (WAIVE, "_waiver"),
    Withdrawal: (WITHDRAW, "_withdrawal"),
    Deposit: (EARN, "_deposit"),
    Agency: (EARN, "_agency"),
    Suspense: (WAIVE, "_suspense"),  # before the receipts that claim it on the same day
    Reversal: (REVERSE, "_reversal"),
}
