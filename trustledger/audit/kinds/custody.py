"""Money held for others 代管款: deposits, agency money, and money that nobody has claimed yet."""

from __future__ import annotations

import json

from trustledger import chart
from trustledger.audit.kinds.saying import check_amount, check_told
from trustledger.audit.state import Recount
from trustledger.records import Entry


def deposit(recount: Recount, entry: Entry) -> None:
    """A deposit is taken or given back, or kept for damage: then the bank does not move."""
    body = json.loads(entry.content)
    amount = body["amount_fen"]
    moved = {"taken": amount, "returned": -amount}.get(body["move"], 0)
    check_told(recount, entry, body, moved)
    booked = sum(p.debit_fen + p.credit_fen for p in entry.postings if p.account == chart.DEPOSIT)
    check_amount(recount, entry, amount, booked)


def agency(recount: Recount, entry: Entry) -> None:
    """Money is collected for another, or passed on to it."""
    body = json.loads(entry.content)
    amount = body["amount_fen"]
    check_told(recount, entry, body, amount if body["move"] == "collected" else -amount)


def suspense(recount: Recount, entry: Entry) -> None:
    """Money came in, and nobody knows yet whose it is."""
    body = json.loads(entry.content)
    check_told(recount, entry, body, body["amount_fen"])
