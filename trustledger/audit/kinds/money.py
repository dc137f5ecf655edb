"""Money that comes and goes 收付: the bank posting is what the fact says."""

from __future__ import annotations

import json

from trustledger import chart
from trustledger.audit.kinds.saying import check_amount, check_told
from trustledger.audit.state import Recount
from trustledger.records import LATE_FEE, Entry
from trustledger.store.reading import DESIGNATED


def opening(recount: Recount, entry: Entry) -> None:
    """What stood before the books opened."""
    told = json.loads(entry.content)["amount_fen"]
    if entry.postings:
        booked = sum(p.debit_fen + p.credit_fen for p in entry.postings[:1])
        check_amount(recount, entry, told, booked)


def receipt(recount: Recount, entry: Entry) -> None:
    """Money from an owner; what is claimed from suspense was in the bank already."""
    body = json.loads(entry.content)
    amount = body["amount_fen"]
    if body.get("pays"):
        recount.move(DESIGNATED, amount, "", last=False)
    check_told(recount, entry, body, 0 if body.get("suspense") else amount)


def income(recount: Recount, entry: Entry) -> None:
    """Other money that came in."""
    body = json.loads(entry.content)
    check_told(recount, entry, body, body["amount_fen"])


def refund(recount: Recount, entry: Entry) -> None:
    """Money that went back to an owner."""
    body = json.loads(entry.content)
    check_told(recount, entry, body, -body["amount_fen"])


def withdrawal(recount: Recount, entry: Entry) -> None:
    """Remuneration that was taken out."""
    body = json.loads(entry.content)
    check_told(recount, entry, body, -body["amount_fen"])


def settlement(recount: Recount, entry: Entry) -> None:
    """Prepaid money meets a charge."""
    used = {p.account for p in entry.postings}
    allowed = {chart.PREPAID, chart.RECEIVABLE}
    if any(p.item == LATE_FEE for p in entry.postings):  # prepaid money becomes a late fee
        allowed |= {chart.BANK, chart.REMUNERATION, chart.REMUNERATION_PAYABLE}
    if used - allowed:
        recount.found("fact", entry, "a settlement moves prepayments to receivables alone")
