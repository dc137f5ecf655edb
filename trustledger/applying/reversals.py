"""Reversals 冲销: an entry that stands is posted again, red-letter, and what it did is undone.

What lives here: what may be reversed, and what goes back with it. What must not: giving a
receipt's money back, which refunds do too (:mod:`.refunds`).
"""

from __future__ import annotations

from datetime import date

from trustledger import chart
from trustledger.acts.allowing import comes_back
from trustledger.acts.debts import check_reversal
from trustledger.applying.custody import hold
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.refunds import undo_receipt
from trustledger.errors import CannotReverse, Refused, Unknown
from trustledger.records import Draft, Entry, Expenditure, Posting, Reversal
from trustledger.rules.entrusted import holding_of
from trustledger.rules.receiving import Leg

ACCRUED = (chart.REMUNERATION, chart.REMUNERATION_PAYABLE)
"""What accrues with an entry goes back through its own term, not red-letter."""


def reversal(desk: Desk, fact: Reversal) -> None:
    """An entry is taken back; a receipt's money as far as it is not refunded already."""
    original = _original(desk, fact)
    if fact.of_kind == Expenditure.kind:
        check_reversal(desk.state.docket, fact.of_key)
    desk.state.reversed.add(original.seq)
    desk.state.docket.reverse(fact.of_kind, fact.of_key)
    if fact.of_kind == "receipt":
        _reverse_receipt(desk, fact, original)
    else:
        _reverse_entry(desk, fact, original)


def _original(desk: Desk, fact: Reversal) -> Entry:
    """The entry that is reversed.

    :raises Unknown: no such entry.
    :raises CannotReverse: reversed already, or it has posted nothing yet.
    :raises Refused: dated before it.
    """
    original, on = desk.state.originals.get((fact.of_kind, fact.of_key)), fact.on.isoformat()
    if original is None:
        raise Unknown(fact.of_kind, fact.of_key, "name an entry that stands", field="of_key")
    if original.seq in desk.state.reversed:
        raise CannotReverse(f"{fact.of_kind} {fact.of_key!r} is reversed already")
    if on < original.on:
        raise Refused(
            f"found {on}, before {original.on}, when {fact.of_kind} {fact.of_key!r} took "
            "effect; date the reversal that day or later",
            field="on",
        )
    if not original.postings:
        raise CannotReverse(
            f"{fact.of_kind} {fact.of_key!r} still waits for its charge, or for late fees "
            "before it; reverse it once it has lowered that charge"
        )
    return original


def _reverse_receipt(desk: Desk, fact: Reversal, original: Entry) -> None:
    """A payment that bounced: what is left of it never came, and is claimed by nobody."""
    receipt = desk.receipts[fact.of_key]
    left = receipt.amount_fen - receipt.refunded_fen
    if not left:
        raise CannotReverse(f"receipt {fact.of_key!r} is refunded in full already")
    claimed = next((p.source for p in original.postings if p.account == chart.SUSPENSE), "")
    undo_receipt(desk, fact, receipt.unit, fact.of_key, left, original.seq, claimed)


def _reverse_entry(desk: Desk, fact: Reversal, original: Entry) -> None:
    """The same entry again, red-letter; remuneration goes back through its own term."""
    _check_still_held(desk, fact, original)
    plain = original.kind == "withdrawal"
    body = [p for p in original.postings if plain or p.account not in ACCRUED]
    postings = [p._replace(debit_fen=-p.debit_fen, credit_fen=-p.credit_fen) for p in body]
    if original.kind == Expenditure.kind:
        back_on = comes_back(desk.state.docket, date.fromisoformat(original.on), fact.on)
        postings = [p._replace(month=back_on) if p.line else p for p in postings]
    for posting in body:
        postings += _undo(desk, fact, original.kind, posting)
    hold(desk, postings)
    on = fact.on.isoformat()
    desk.post(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings), original.seq))


def _check_still_held(desk: Desk, fact: Reversal, original: Entry) -> None:
    """Refuse to take back others' money that is with them again.

    :raises CannotReverse: it is.
    """
    for p in original.postings:
        holding = holding_of(p)
        if holding is not None and p.credit_fen > desk.state.held.get(holding, 0):
            raise CannotReverse(
                f"{fact.of_kind} {fact.of_key!r} was returned, passed on or claimed since; "
                "reverse that first"
            )


def _undo(desk: Desk, fact: Reversal, kind: str, posting: Posting) -> list[Posting]:
    """What a posting brought about goes back: remuneration, what is payable, what it lowered."""
    if kind == "income" and posting.account == chart.BANK:
        return accrue(desk, posting.term, -posting.debit_fen)
    if kind == "withdrawal" and posting.account == chart.BANK:
        desk.payable_new += posting.credit_fen
    elif kind == "deposit" and posting.term:
        return accrue(desk, posting.term, -posting.debit_fen)
    elif posting.account == chart.WAIVED:
        return accrue(desk, posting.term, posting.debit_fen)
    elif kind in ("waiver", "waived") and posting.account == chart.RECEIVABLE:
        on = fact.on.isoformat()
        leg = Leg(fact.of_key, posting.month, posting.item, -posting.credit_fen, on)
        desk.account(posting.unit).reopen([leg])
    return []
