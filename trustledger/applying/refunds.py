"""Refunds 退款: money goes back to an owner, out of the prepayment or from a receipt it undoes.

What must not live here: whose money goes first, and what it had settled (rules/receiving).
"""

from __future__ import annotations

from trustledger.applying.custody import hold
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import bring, give_back, of_late_fees, settle
from trustledger.applying.settling import settlement
from trustledger.errors import OverRefund, Refused, Unknown
from trustledger.money import yuan
from trustledger.records import LATE_FEE, Draft, Posting, Refund, Reversal
from trustledger.rules.entrusted import claim_postings
from trustledger.rules.receiving import Slice, UnitAccount


def refund(desk: Desk, fact: Refund) -> None:
    """Money goes back to an owner; remuneration on it through the term it came in by."""
    unit, account = fact.unit, desk.account(fact.unit)
    if fact.receipt:
        undo_receipt(desk, fact, unit, fact.receipt, fact.amount_fen)
        return
    postings: list[Posting] = []
    for source, amount in _slices(desk, account, fact):
        term = desk.terms_of(source)[0]
        postings += give_back(unit, source, {"service_fee": (amount, term)})
        postings += accrue(desk, term, -amount)
    desk.post(Draft("refund", fact.key, fact.on.isoformat(), fact.content(), tuple(postings)))


def _slices(desk: Desk, account: UnitAccount, fact: Refund) -> list[Slice]:
    """Whose prepayment goes back: as it was rehearsed, or the newest first."""
    slices = desk.rehearsed.get(fact.key)
    if slices is not None and account.has_slices(slices):
        account.take_slices(slices)
    else:
        slices = account.take_prepaid(fact.key, fact.amount_fen)
    desk.slices[fact.key] = slices
    return slices


def undo_receipt(
    desk: Desk,
    fact: Refund | Reversal,
    unit: str,
    key: str,
    amount: int,
    reverses: int = 0,
    claimed: str = "",
) -> None:
    """A receipt's money goes back, off what it settled last; reversed, it never came.

    ``reverses``: the number of the entry that a reversal takes back; ``claimed``: the money in
    suspense that the receipt had claimed.
    """
    on, account = fact.on.isoformat(), desk.account(unit)
    _check_left(desk, fact, account, key, amount)
    undone = account.undo(key, amount)
    now = [leg for leg in undone if leg.on <= on]
    came, late = desk.terms_of(key)
    late_fen = -of_late_fees(now)
    parts = {"service_fee": (amount - late_fen, came), LATE_FEE: (late_fen, late)}
    back = bring(unit, key, parts, -1) if reverses else give_back(unit, key, parts)
    postings = settle(unit, now) + back
    if claimed:  # it was no payment of this unit's: nobody has claimed it yet
        postings += hold(desk, claim_postings(claimed, -amount))
    for fen, term in parts.values():
        postings += accrue(desk, term, -fen)
    desk.post(Draft(fact.kind, fact.key, on, fact.content(), tuple(postings), reverses))
    settlement(desk, unit, on, [leg for leg in undone if leg.on > on])


def _check_left(
    desk: Desk, fact: Refund | Reversal, account: UnitAccount, key: str, amount: int
) -> None:
    """Refuse to give back more than a receipt has left, and count what goes back.

    :raises Unknown: no such receipt of the unit.
    :raises Refused: dated before the receipt.
    :raises OverRefund: more than is left.
    """
    on, unit, receipt = fact.on.isoformat(), account.unit, desk.receipts.get(key)
    if receipt is None or receipt.unit != unit:
        raise Unknown("receipt", key, f"name a receipt of unit {unit} that stands", field="receipt")
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
    desk.receipts[key] = receipt._replace(refunded_fen=receipt.refunded_fen + amount, legs=())
