"""What stands 期初状态, as far as a batch needs it: open claims and money, and what they rest on.

Only what a batch can touch is read, so that one receipt costs the same in a large book.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from trustledger.applying import Expiry, OldPiece, OldReceipt, State
from trustledger.budgets import Budget
from trustledger.docket import Docket
from trustledger.intake.batch import Batch
from trustledger.intake.late_fees import came_by, late_fees_of, late_keys
from trustledger.intake.reopened import by_part
from trustledger.records import (
    Agency,
    Deposit,
    Receipt,
    Refund,
    Reversal,
    Suspense,
    Tenure,
    Waiver,
    Withdrawal,
)
from trustledger.rulebook import Rule
from trustledger.rules.charging import charge_day, charge_key, read_charge
from trustledger.rules.entrusted import Holding
from trustledger.rules.receiving import WaitingWaiver
from trustledger.rules.remuneration import Meter
from trustledger.standing import Shelf, ended, tenures_of
from trustledger.store import balances, charges, earned, settled, unsettled


def state_of(
    batch: Batch, only: Collection[str] | None = None, months: Sequence[str] | None = None
) -> State:
    """What stands, as far as this batch needs it; of some units and for other months, for a
    rehearsal."""
    reader, months = batch.reader, batch.months if months is None else months
    units = only if only is not None else (None if batch.months else batch.touched)
    claims, pieces, waiting = unsettled.open_items(reader, units)
    expiries: list[Expiry] = []
    if months:
        expiries, pieces = _before_refunds(batch, pieces, months[0], only)
    meter = Meter(batch.terms, earned.terms_to_date(reader))
    late = late_fees_of(batch, claims, {unit for unit, _ in waiting}, only, months)
    terms, waited = came_by(batch, meter, late, pieces if months and late.terms else ())
    pays = _designated(batch, pieces) if months else {}
    claims = by_part(reader, claims, pieces, waited | pays.keys())
    return State(
        info=batch.info,
        opened=batch.opened,
        funds=batch.funds,
        docket=_docket(batch),
        units=batch.units,
        meter=meter,
        late=late,
        late_months=set(batch.late_months),
        late_fees=late_keys(batch, months),
        waited=waited,
        held=_held(batch),
        arrived=_arrived(batch),
        claims=claims,
        pieces=pieces,
        waiting=waiting,
        expiries=expiries,
        receipts=_receipts(batch),
        originals=dict(batch.originals),
        reversed={e.seq for e in batch.originals.values() if reader.is_reversed(e.seq)},
        came_by=terms,
        charged=batch.charged | _charged_for(batch, pays, pieces, waiting),
        pays=pays,
        usual=_usual(batch),
        payable_fen=balances.payable_now(reader) if batch.of(Withdrawal) else 0,
        payable_on={
            day.isoformat(): balances.payable(reader, day)
            for day in {fact.on for fact in batch.of(Withdrawal)}
        },
    )


# --------------------------------------------------------------------------- owners' money


def _before_refunds(
    batch: Batch, pieces: list[OldPiece], first: str, only: Collection[str] | None
) -> tuple[list[Expiry], list[OldPiece]]:
    """Money that refunds took back from the first charge on: until then it is there again."""
    day = charge_day(first, batch.info.start).isoformat()
    expiries, extra = settled.expiries(batch.reader, day)
    pieces = _merge(pieces, extra)
    if only is not None:
        expiries = [e for e in expiries if e.unit in only]
        pieces = [p for p in pieces if p.unit in only]
    return expiries, pieces


def _merge(pieces: list[OldPiece], extra: list[OldPiece]) -> list[OldPiece]:
    """Pieces of one receipt as one piece."""
    sums: dict[tuple[str, str], OldPiece] = {(p.unit, p.source): p for p in pieces}
    for piece in extra:
        where = (piece.unit, piece.source)
        known = sums.get(where)
        amount = piece.amount_fen + (known.amount_fen if known else 0)
        sums[where] = piece._replace(amount_fen=amount)
    return list(sums.values())


def _designated(batch: Batch, pieces: Iterable[OldPiece]) -> dict[str, str]:
    """What month old money is designated for."""
    if not unsettled.designates(batch.reader):
        return {}
    stored = batch.reader.stored("receipt", {piece.source for piece in pieces})
    told = {key: one.content for key, one in stored.items() if '"pays":' in one.content}
    return {key: Receipt.load(content).pays for key, content in told.items()}


def _charged_for(
    batch: Batch,
    pays: Mapping[str, str],
    pieces: Iterable[OldPiece],
    waiting: Iterable[tuple[str, WaitingWaiver]],
) -> set[str]:
    """The charges that waivers lower, and that money is designated for, if they stand."""
    named = [(fact.unit, fact.month) for fact in batch.of(Waiver)]
    named += [(fact.unit, fact.pays) for fact in batch.of(Receipt) if fact.pays]
    named += [(piece.unit, pays[piece.source]) for piece in pieces if piece.source in pays]
    named += [(unit, waiver.month) for unit, waiver in waiting]
    keys = {charge_key(unit, month) for unit, month in named}
    return set(batch.reader.stored("charge", keys)) if keys else set()


def _usual(batch: Batch) -> dict[str, int]:
    """What units that pay were last charged, if prepayment is capped."""
    if not batch.info.prepay_months:
        return {}
    months = charges.charged_months(batch.reader, {fact.unit for fact in batch.of(Receipt)})
    keys = {charge_key(unit, of[-1]) for unit, of in months.items()}
    told = [read_charge(content) for content in batch.reader.contents("charge", keys)]
    return {unit: sum(line.amount_fen for line in lines) for unit, _, lines in told}


def _receipts(batch: Batch) -> dict[str, OldReceipt]:
    """The receipts that refunds and reversals name."""
    named = {fact.receipt for fact in batch.of(Refund) if fact.receipt}
    named |= {key for kind, key in batch.originals if kind == "receipt"}
    found = {key: settled.receipt(batch.reader, key) for key in named}
    return {key: one for key, one in found.items() if one is not None}


# --------------------------------------------------------------------------- others' money


def _held(batch: Batch) -> dict[Holding, int]:
    """What is held of others, if this batch moves any of it."""
    moving = Deposit | Agency | Suspense | Reversal
    needs = any(isinstance(f, moving) or getattr(f, "suspense", "") for f in batch.fresh)
    return unsettled.held(batch.reader) if needs else {}


def _arrived(batch: Batch) -> dict[str, str]:
    """When the money in suspense came in that receipts claim."""
    named = {fact.suspense for fact in batch.of(Receipt) if fact.suspense}
    found = {key: batch.reader.entry("suspense", key) for key in named}
    return {key: entry.on for key, entry in found.items() if entry is not None}


# --------------------------------------------------------------------------- the open budget


def _docket(batch: Batch) -> Docket:
    """What facts of the open budget may look up."""
    known: dict[str, list[Any]] = {}
    if batch.looks_up:  # what every act rests on is remembered between posts
        for kind in (Rule, Budget):
            known[kind.kind] = [ended(one, batch.endings) for one in batch.reader.facts(kind)]
    return Docket(
        batch.info,
        Shelf(batch.reader, batch.ends, known),
        funds=batch.funds,
        units=lambda: batch.everybody,
        tenures=lambda: _tenures(batch),
    )


def _tenures(batch: Batch) -> dict[str, list[Tenure]]:
    """Who holds the units, with what this batch says."""
    found = tenures_of(batch.reader, more=batch.ends)
    known = {one.record_key for unit in found.values() for one in unit}  # it may be in by now
    for fact in batch.of(Tenure):
        if fact.share and fact.record_key not in known:
            found.setdefault(fact.unit, []).append(fact)
    return found
