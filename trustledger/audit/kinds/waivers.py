"""Waivers 减免: what was given up of a charge, at once or when the charge comes."""

from __future__ import annotations

import json

from trustledger import chart
from trustledger.audit.kinds.saying import check_amount
from trustledger.audit.state import Recount
from trustledger.records import Entry, Waiver
from trustledger.store.reading import WAITING


def waiver(recount: Recount, entry: Entry) -> None:
    """A waiver lowers its charge, or waits for it."""
    fact = Waiver.load(entry.content)
    recount.waived.add(fact.unit)
    if entry.postings:
        check_amount(recount, entry, fact.amount_fen, _given_up(entry))
    else:
        key = (fact.unit, WAITING, fact.month, fact.item, fact.key)
        recount.move(key, fact.amount_fen, entry.on, last=False)


def waived(recount: Recount, entry: Entry) -> None:
    """A waiver that waited has met its charge, and waives no more than it said."""
    body = json.loads(entry.content)
    key = (body["unit"], WAITING, body["month"], body.get("item", ""), entry.key)
    recount.move(key, -body["waiver_fen"], entry.on, last=False)
    if _given_up(entry) > body["waiver_fen"]:
        recount.found("fact", entry, f"waives more than {body['waiver_fen']} fen")


def _given_up(entry: Entry) -> int:
    return sum(p.debit_fen for p in entry.postings if p.account == chart.WAIVED)
