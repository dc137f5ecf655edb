"""Receipts 收款: money from an owner comes in, and settles what it may.

What lives here: whether money waits or settles at once, and what it is then worth to the trustee.
What must not: which charge it is put upon (rules/receiving).
"""

from __future__ import annotations

from trustledger.applying.custody import claimed
from trustledger.applying.desk import Desk
from trustledger.applying.earnings import accrue
from trustledger.applying.legs import bring, of_late_fees, settle
from trustledger.applying.state import OldReceipt
from trustledger.errors import InvalidRecord, Refused
from trustledger.money import yuan
from trustledger.period import month_of
from trustledger.records import COMMON, LATE_FEE, OPENING, Draft, Receipt
from trustledger.rules.charging import charge_key
from trustledger.rules.receiving import Leg, UnitAccount


def receipt(desk: Desk, fact: Receipt) -> None:
    """Money from an owner: to the bank, and upon the oldest charge or the one it designates."""
    on, amount, unit, key = fact.on.isoformat(), fact.amount_fen, fact.unit, fact.key
    if key == OPENING:
        raise InvalidRecord(f"a receipt cannot have the key {OPENING!r}", field="key")
    account, meter = desk.account(unit), desk.state.meter
    legs = _put(desk, account, fact, on)
    _check_prepaid(desk, fact, account.prepaid())
    desk.receipts[key] = OldReceipt(unit, on, amount, 0, ())
    came = meter.term_of(on, "service_fee", COMMON, owed=True)
    late = meter.term_of(on, LATE_FEE, COMMON, owed=True)
    desk.state.came_by["receipt", key] = came
    desk.state.came_by["late", key] = late
    late_fen = of_late_fees(legs)
    parts = {"service_fee": (amount - late_fen, came), LATE_FEE: (late_fen, late)}
    postings = bring(unit, key, parts) + settle(unit, legs)
    postings += claimed(desk, fact)
    for fen, term in parts.values():
        postings += accrue(desk, term, fen)
    desk.post(Draft("receipt", key, on, fact.content(), tuple(postings)))


def _put(desk: Desk, account: UnitAccount, fact: Receipt, on: str) -> list[Leg]:
    """Upon what is open; it waits while what it will be put upon first is still to come.

    :raises Refused: nothing is open of what it designates.
    """
    unit, pays = fact.unit, fact.pays
    comes_later = desk.since(unit, pays, "") > on
    if comes_later or reserved(desk, unit, pays) or not desk.borne(on):
        account.hold(fact.key, on, fact.amount_fen, pays, new=True)
        return []
    if pays and not any(claim.month == pays for claim in account.claims):
        raise Refused(
            f"receipt {fact.key!r} designates {pays}, and nothing of that charge of "
            f"unit {unit} is open; name a month that is, or none",
            field="pays",
        )
    return account.arrive(fact.key, on, fact.amount_fen, pays, new=True)


def reserved(desk: Desk, unit: str, pays: str) -> bool:
    """Whether money is designated for a charge that has not arisen yet."""
    start = month_of(desk.state.info.start)
    return pays >= start and charge_key(unit, pays) not in desk.state.charged


def _check_prepaid(desk: Desk, fact: Receipt, prepaid_fen: int) -> None:
    """Refuse a receipt that leaves more months prepaid than may be."""
    usual, months = desk.usual.get(fact.unit, 0), desk.state.info.prepay_months
    over = prepaid_fen - months * usual
    if desk.complete and months and usual and over > 0:
        raise Refused(
            f"receipt {fact.key!r} would leave unit {fact.unit} {yuan(prepaid_fen)} prepaid, "
            f"and {months} months of its charge of {yuan(usual)} may be; "
            f"take at most {yuan(max(fact.amount_fen - over, 0))}",
            field="amount",
        )
