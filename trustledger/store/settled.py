"""What receipts settled 核销: each with its settlements, and the money that was taken back."""

from __future__ import annotations

import json
from collections.abc import Iterable
from operator import itemgetter
from typing import Any

from sqlalchemy import and_, func, select

from trustledger import chart
from trustledger.applying import Expiry, OldPiece, OldReceipt
from trustledger.records import Receipt
from trustledger.rules.receiving import Leg
from trustledger.store.conditions import of_unit
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY, POSTING


def receipt(reader: Reader, key: str) -> OldReceipt | None:
    """A receipt that stands, what was refunded of it, and its settlements in order."""
    entry = reader.entry("receipt", key)
    if entry is None or reader.is_reversed(entry.seq):
        return None
    fact = Receipt.load(entry.content)
    standing = _standing(_legs(reader, fact.unit, key))
    return OldReceipt(fact.unit, entry.on, fact.amount_fen, _refunded(reader, fact), standing)


def _standing(moved: Iterable[Leg]) -> tuple[Leg, ...]:
    """Settlements, less what was undone of them: of the latest first."""
    legs: list[Leg] = []
    for leg in moved:
        if leg.amount_fen > 0:
            legs.append(leg)
            continue
        back = -leg.amount_fen
        for at in range(len(legs) - 1, -1, -1):
            same = legs[at]
            if (same.month, same.item) == (leg.month, leg.item) and back:
                part = min(back, same.amount_fen)
                legs[at] = same._replace(amount_fen=same.amount_fen - part)
                back -= part
    return tuple(leg for leg in legs if leg.amount_fen)


def _refunded(reader: Reader, fact: Receipt) -> int:
    """What was paid back of a receipt, in fen."""
    query = select(func.coalesce(func.sum(POSTING.c.credit_fen), 0)).where(
        POSTING.c.book == reader.book,
        of_unit(fact.unit),
        POSTING.c.account == chart.BANK,
        POSTING.c.source == fact.key,
    )
    return int(reader.connection.execute(query).scalar_one())


def expiries(reader: Reader, since: str) -> tuple[list[Expiry], list[OldPiece]]:
    """Money that refunds and reversals dated from ``since`` on took back from receipts.

    Until its day such money could settle charges that arise only now. Returned with the
    pieces it makes: amounts to be added to what is prepaid of these receipts.
    """
    back = reader.entries(and_(ENTRY.c.kind.in_(("refund", "reversal")), ENTRY.c.day >= since))
    found: list[Expiry] = []
    pieces: list[OldPiece] = []
    earlier: dict[tuple[str, str], int] = {}  # receipt and day -> given back before
    for entry in back:
        body = json.loads(entry.content)
        key = body.get("receipt") or (body.get("of_kind") == "receipt" and body["of_key"])
        stood = reader.entry("receipt", key) if key else None
        if stood is None:
            continue
        unit = json.loads(stood.content)["unit"]
        given = (p for p in entry.postings if p.account == chart.BANK and p.source == key)
        amount = sum(p.credit_fen - p.debit_fen for p in given)
        undone = sum(-leg.amount_fen for leg in _legs(reader, unit, key)
                     if leg.amount_fen < 0 and leg.on == entry.on)  # fmt: skip
        same_day = earlier.get((key, entry.on), 0)
        earlier[key, entry.on] = same_day + amount
        left = amount - max(0, undone - same_day)
        if left > 0:
            found.append(Expiry(unit, key, entry.on, left))
            pieces.append(OldPiece(unit, key, left, stood.on))
    return found, pieces


def _legs(reader: Reader, unit: str, source: str) -> list[Leg]:
    """What money of a receipt settled, and what was undone of that (negative), in order."""
    query = (
        select(
            *(POSTING.c[name] for name in ("month", "item", "credit_fen")),
            *(ENTRY.c.day, POSTING.c.seq, POSTING.c.no),
        )
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(
            POSTING.c.book == reader.book,
            of_unit(unit),
            POSTING.c.account == chart.RECEIVABLE,
            POSTING.c.source == source,
        )
    )
    rows: list[Any] = sorted(reader.connection.execute(query), key=itemgetter(3, 4, 5))
    # sorted here, or SQLite goes through all days in their order
    return [Leg(source, month, item, amount, day) for month, item, amount, day, _, _ in rows]
