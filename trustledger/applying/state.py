"""What a batch is given 期初状态: what stands in the book, as far as the batch needs it.

``store/reading`` finds it and ``intake`` puts it together. What must not live here: anything that
the batch itself brings (:mod:`.desk`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from trustledger.docket import Docket
from trustledger.records import BookInfo, Entry, Fund, Unit
from trustledger.rules.charging import ChargeLine
from trustledger.rules.entrusted import Holding
from trustledger.rules.latefee import LateFees
from trustledger.rules.receiving import Leg, WaitingWaiver
from trustledger.rules.remuneration import Meter


class PlannedCharge(NamedTuple):
    """A unit's charge of a month that is to be posted."""

    unit: str
    month: str
    lines: list[ChargeLine]


class OldClaim(NamedTuple):
    """What is still open of an earlier charge, and since when; ``reopened``: on that day money
    was taken off it again, after what came in."""

    unit: str
    month: str
    item: str
    amount_fen: int
    since: str
    reopened: bool = False


class OldPiece(NamedTuple):
    """What is still unsettled of earlier money, and the day it came in."""

    unit: str
    source: str
    amount_fen: int
    since: str


class Expiry(NamedTuple):
    """Money that a refund dated ``on`` took back; until then it could settle charges."""

    unit: str
    source: str
    on: str
    amount_fen: int


class OldReceipt(NamedTuple):
    """An earlier receipt that a refund or reversal names, with its settlements in order."""

    unit: str
    on: str
    amount_fen: int
    refunded_fen: int
    legs: tuple[Leg, ...]


@dataclass(slots=True)
class State:
    """What stands in the book, as far as a batch needs it."""

    info: BookInfo
    opened: date  # the first day that is open
    funds: Mapping[str, Fund]
    docket: Docket
    units: Mapping[str, Unit]
    meter: Meter
    late: LateFees
    late_months: set[str] = field(default_factory=set)  # whose late fees are charged
    late_fees: set[str] = field(default_factory=set)  # keys of late fees that stand
    usual: dict[str, int] = field(default_factory=dict)  # by unit, its last charge that stands
    pays: dict[str, str] = field(default_factory=dict)  # old money -> what it is reserved for
    waited: set[str] = field(default_factory=set)  # receipts that waited for late fees
    held: dict[Holding, int] = field(default_factory=dict)  # others' money
    arrived: dict[str, str] = field(default_factory=dict)  # money in suspense -> its day
    claims: Iterable[OldClaim] = ()
    pieces: Iterable[OldPiece] = ()
    waiting: Iterable[tuple[str, WaitingWaiver]] = ()
    expiries: Iterable[Expiry] = ()
    receipts: dict[str, OldReceipt] = field(default_factory=dict)
    originals: dict[tuple[str, str], Entry] = field(default_factory=dict)
    reversed: set[int] = field(default_factory=set)
    charged: set[str] = field(default_factory=set)  # charge keys that stand
    came_by: dict[tuple[str, str], str] = field(default_factory=dict)
    """The term in whose base money counts: ("receipt", its key) as a service fee, ("late", its key)
    as a late fee; ("charge", its key) a charge, ("late_fee", the charge's key) what that bears."""
    payable_fen: int = 0  # remuneration accrued and not withdrawn, now
    payable_on: dict[str, int] = field(default_factory=dict)  # the same at the end of a day
