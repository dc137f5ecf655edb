"""The desk of one batch: what every kind of fact looks up, counts and posts on.

What lives here: units' accounts as they stand in the middle of the batch, what its facts leave for
one another, and the one way to post. What must not: what a fact does, which is its own file's
business, and in which order (:mod:`.order`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from trustledger import chart
from trustledger.applying.state import OldClaim, OldReceipt, State
from trustledger.errors import Unknown
from trustledger.records import COMMON, LATE_FEE, Draft, Entry
from trustledger.rules.availability import counts_on
from trustledger.rules.receiving import Slice, UnitAccount


class Desk:
    """What stands, and what this batch has done so far.

    Drafts go to ``sink``, which answers their numbers. ``rehearsed`` names, by refund, the money
    that is prepaid once the charges to come are counted. ``complete``: every charge before a
    receipt is here, so that a cap on prepayment can be held.
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
        self.start = state.info.start.isoformat()
        self.eve = state.info.eve.isoformat()
        self.usual = dict(state.usual)  # by unit, its last charge
        self.slices: dict[str, list[Slice]] = {}  # by refund, whose prepayment went back
        self.accounts: dict[str, UnitAccount] = {}
        self.receipts: dict[str, OldReceipt] = dict(state.receipts)
        self.old_claims: dict[tuple[str, str], list[OldClaim]] = {}  # by unit and month
        self.to_reverse: set[tuple[str, str]] = set()
        self.expected: set[OldClaim] = set()  # claims that a late waiver called up
        self.payable_new = 0  # remuneration that this batch accrued, less what it withdrew

    # ------------------------------------------------------------------ posting

    def post(self, draft: Draft) -> None:
        """Post a draft; whatever is reckoned on what is posted hears of it."""
        seq = self._sink(draft)
        self._count(draft)
        if self.to_reverse:
            self._keep_original(seq, draft)
        if self.state.late.terms:
            self._follow_late_fees(draft)

    def _count(self, draft: Draft) -> None:
        """What funds hold, what lines spent and committed, and what the trustee owes."""
        docket = self.state.docket
        for p in draft.postings:
            net = p.debit_fen - p.credit_fen
            if p.fund != COMMON and p.account in chart.CASH_BASIS:
                docket.hold(p.fund, net)
            if p.line and p.account in chart.OF_LINES:
                moved = (0, net) if p.account == chart.COMMITTED else (net, 0)
                docket.move(p.line, date.fromisoformat(counts_on(p, draft.on)), *moved)
            elif p.account == chart.TRUSTEE_OWES and p.source:
                docket.owe(p.source, net)

    def _keep_original(self, seq: int, draft: Draft) -> None:
        """What this batch posts and reverses itself."""
        name = ("waiver" if draft.kind == "waived" else draft.kind, draft.key)
        if name in self.to_reverse:
            self.state.originals[name] = Entry(
                seq, draft.kind, draft.key, draft.on, "", 0, draft.content, b"", draft.postings
            )

    def _follow_late_fees(self, draft: Draft) -> None:
        """Late fees are reckoned on what is posted."""
        late = self.state.late
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

    def since(self, unit: str, month: str, item: str) -> str:
        """Since when an earlier charge, or the late fee on it, has stood open; ``""`` if none."""
        claims = self.old_claims.get((unit, month), ())
        return max((c.since for c in claims if same_item(c.item, item)), default="")

    def borne(self, on: str) -> bool:
        """Whether the late fees of the months before a day are charged."""
        return max(self.state.late_months, default="") >= self.state.late.due_before(on)

    def terms_of(self, source: str) -> tuple[str, str]:
        """The terms in whose base money counts as a service fee, and as a late fee."""
        came_by = self.state.came_by
        return came_by.get(("receipt", source), ""), came_by.get(("late", source), "")


def same_item(one: str, other: str) -> bool:
    """Whether both are late fees, or neither is."""
    return (one == LATE_FEE) == (other == LATE_FEE)
