"""One batch applied: fed with facts and charges in any order, run in the order of their days."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from trustledger.acts import ACTS
from trustledger.applying.charges import charge
from trustledger.applying.desk import Desk
from trustledger.applying.documents import act, document
from trustledger.applying.earlier import expiry, old_claim, old_piece, old_waiver
from trustledger.applying.late_fees import late_fees
from trustledger.applying.order import (
    ARISE,
    DOCUMENT,
    FOLLOW,
    GIVE_BACK,
    LATE,
    MONEY,
    ON_DAY,
    SPEND,
    WAIVE,
    Event,
    Run,
    turn,
)
from trustledger.applying.state import PlannedCharge, State
from trustledger.applying.waivers import late_waiver
from trustledger.budgets import Stage
from trustledger.errors import BooksNotOpen, TrustLedgerError
from trustledger.facts import BEFORE_MONEY, DECIDED, FOLLOWING, MOVING
from trustledger.period import last_day
from trustledger.projects import Progress
from trustledger.records import (
    Draft,
    Expenditure,
    Instalment,
    Opening,
    Record,
    Reversal,
    Waiver,
)
from trustledger.rules.charging import charge_day, charge_key
from trustledger.rules.receiving import Slice


class Application:
    """One batch being applied: feed it facts and charges, then :meth:`run`.

    Drafts go to ``sink``, which answers their numbers, as they are to be posted. A refusal leaves
    by an exception that carries the fact it is about as ``error.fact``; nothing may be kept then.
    ``rehearsed`` and ``complete``: see :class:`~.desk.Desk`.
    """

    def __init__(
        self,
        state: State,
        sink: Callable[[Draft], int],
        rehearsed: Mapping[str, list[Slice]] | None = None,
        *,
        complete: bool = False,
    ) -> None:
        self.desk = Desk(state, sink, rehearsed, complete=complete)
        self.days: dict[tuple[str, str], str] = {}  # of what this batch brings that has one
        self.events: list[Event] = []

    # ------------------------------------------------------------------ feeding

    def add_old(self) -> None:
        """Give what is unsettled its place in the order again."""
        state, by_charge = self.desk.state, self.desk.old_claims
        for claim in state.claims:
            by_charge.setdefault((claim.unit, claim.month), []).append(claim)
            rank = GIVE_BACK if claim.reopened else ARISE
            self._event(claim.since, rank, claim.month + claim.item, old_claim, claim)
        for piece in state.pieces:
            self._event(piece.since, MONEY, piece.source, old_piece, piece)
        for unit, waiver in state.waiting:
            self._event(waiver.on, WAIVE, waiver.key, old_waiver, (unit, waiver))
        for gone in state.expiries:
            self._event(gone.on, GIVE_BACK, gone.source, expiry, gone)

    def add_charge(self, planned: PlannedCharge) -> None:
        """A charge to be posted on its day."""
        key = charge_key(planned.unit, planned.month)
        on = charge_day(planned.month, self.desk.state.info.start).isoformat()
        self._event(on, ARISE, key, charge, planned)

    def add_late_fees(self, month: str) -> None:
        """A month's late fees, to be posted on its last day."""
        self._event(last_day(month).isoformat(), LATE, month, late_fees, month)

    def add_fact(self, fact: Record) -> None:
        """A fact to be posted on its day; facts without one are posted first."""
        if isinstance(fact, Reversal):
            self.desk.to_reverse.add((fact.of_kind, fact.of_key))
        kind = type(fact)
        if kind in ACTS:
            self._add_act(fact)
        elif kind in ON_DAY:
            self._add_on_day(fact)
        else:
            self._event("", DOCUMENT, f"{fact.kind}|{fact.record_key}", document, fact, fact)

    def _add_on_day(self, fact: Record) -> None:
        """A waiver that is dated before its charge, which stands, comes as that arises."""
        rank, run = turn(fact)
        on = self.desk.eve if isinstance(fact, Opening) else fact.on.isoformat()  # type: ignore[attr-defined]
        if isinstance(fact, Waiver) and on >= self.desk.start:
            since = self.desk.since(fact.unit, fact.month, fact.item)
            if since > on:
                self._event(since, ARISE, "", late_waiver, (fact, since), fact)
                return
        self._event(on, rank, fact.record_key, run, fact, fact)

    def _add_act(self, fact: Record) -> None:
        """What is decided on a day comes before its money, what is told of that money after it."""
        day, kind = getattr(fact, "on", None), type(fact)
        on = day.isoformat() if day is not None else ""
        if isinstance(fact, FOLLOWING):
            on = max((self.days.get(name, "") for name in fact.names()), default="")
        if kind is Expenditure:
            self._event(on, SPEND, fact.record_key, act, fact, fact)
            return
        rank = DOCUMENT if kind in BEFORE_MONEY else FOLLOW
        order = fact.turn if isinstance(fact, Stage | Progress) else 0
        key = f"~{DECIDED.index(kind):02d}|{order}|{fact.record_key}"  # after units and funds
        self._event(on, rank, key, act, fact, fact)

    def _event(
        self,
        on: str,
        rank: int,
        key: str,
        run: Run,
        what: object,
        fact: Record | None = None,
    ) -> None:
        self.events.append(Event(on, rank, key, run, what, fact))

    # ------------------------------------------------------------------ running

    def run(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Apply everything in order; ``progress`` hears (done, total) now and then."""
        desk, events = self.desk, self.events
        events.sort(key=lambda event: event[:3])
        for done, event in enumerate(events):
            if progress is not None and done % 500 == 0:
                progress(done, len(events))
            try:
                if event.fact is not None and "" < event.on < desk.start:
                    _before_start(event, desk.start)
                event.run(desk, event.what)
            except TrustLedgerError as error:
                error.facts.setdefault("fact", event.fact)
                raise
        events.clear()


def _before_start(event: Event, start: str) -> None:
    """What may be told of the time before the books opened: openings, and what was decided.

    :raises BooksNotOpen: anything else.
    """
    if isinstance(event.fact, DECIDED) and not isinstance(event.fact, MOVING):
        return  # what was decided before the books opened is theirs as well
    if isinstance(event.fact, Instalment):
        raise BooksNotOpen(
            f"found {event.on}; the books open on {start}: give what was still to be "
            "paid then as a plan of that day",
            field="on",
        )
    if not isinstance(event.fact, Opening):
        raise BooksNotOpen(
            f"found {event.on}; the books open on {start}, "
            "and what came before belongs in opening.csv",
            field="on",
        )
