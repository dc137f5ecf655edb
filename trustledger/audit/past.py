"""The past 前情: earlier entries that later ones name, found in the database.

What a book remembers of its past while it is recounted does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TypeVar

from trustledger import chart
from trustledger.docket import Move
from trustledger.records import REVERSIBLE, Entry, Expenditure, Record
from trustledger.rules.charging import charge_key
from trustledger.store import charges, named
from trustledger.store.named import Known
from trustledger.store.reading import Reader

R = TypeVar("R", bound=Record)

_NAME_NOTHING = ("receipt", "charge", "income", "expenditure")
"""Kinds of entries that move money and name no earlier entry."""


class Spent:
    """Earlier expenditures, found in the database: there are too many of them to keep."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.before = 0  # the number of the entry that asks

    def fact(self, record: type[R], key: str) -> R | None:
        """An expenditure that stands before the entry that asks."""
        if record.kind != Expenditure.kind:
            return None
        found = self._reader.stored(record.kind, [key]).get(key)
        return record.load(found.content) if found and found.seq < self.before else None

    def facts(self, record: type[R]) -> list[R]:
        """Nothing: the docket has all others."""
        return []

    def naming(self, record: type[R], kind: str, key: str) -> list[R]:
        """Nothing, for the same reason."""
        return []

    def told(self, kind: str, key: str) -> str:
        """Nothing, for the same reason."""
        return ""

    def moves(self, line: str, first: date | None, last: date | None) -> list[Move]:
        """Nothing, for the same reason."""
        return []

    def is_reversed(self, kind: str, key: str) -> bool:
        """Not that the docket does not know."""
        return False

    def owed(self, voucher: str) -> int:
        """Nothing, for the same reason."""
        return 0

    def held(self, fund: str) -> int:
        """Nothing, for the same reason."""
        return 0


class Past:
    """Earlier entries that later ones name, found in the database some thousands at a time."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._targets: dict[int, Known] = {}
        self._first: dict[int, int] = {}  # what first reversed them
        self._receipts: dict[str, Known] = {}
        self._charges: dict[str, Known] = {}

    def look_up(self, chunk: list[Entry]) -> None:
        """What these entries name."""
        targets = {entry.reverses for entry in chunk if entry.reverses}
        receipts, charged = set(), set()
        for entry in chunk:
            if entry.kind not in _NAME_NOTHING:
                for p in entry.postings:
                    if p.account == chart.WAIVED:
                        charged.add(charge_key(p.unit, p.month))
                    elif p.account in chart.CASH_ACCOUNTS and p.source:
                        receipts.add(p.source)
        reader = self.reader
        self._targets = {one.seq: one for one in named.numbered(reader, targets)}
        self._first = named.first_reversals(reader, targets)
        self._receipts = {one.key: one for one in named.keyed(reader, "receipt", receipts)}
        self._charges = {one.key: one for one in named.keyed(reader, "charge", charged)}

    def reversed_by(self, entry: Entry) -> Known | None:
        """What an entry reverses, if that is before it and can be reversed."""
        found = self._targets.get(entry.reverses)
        if found is None or found.seq >= entry.seq:
            return None
        if found.kind == "waived":
            return found._replace(kind="waiver")
        return found if found.kind in REVERSIBLE else None

    def is_reversed_before(self, entry: Entry) -> bool:
        """Whether an earlier one reverses the same."""
        return self._first.get(entry.reverses, entry.seq) < entry.seq

    def receipt(self, key: str, entry: Entry) -> Known | None:
        """A receipt before an entry."""
        return _before(self._receipts.get(key), entry)

    def charge(self, key: str, entry: Entry) -> Known | None:
        """A charge before an entry."""
        return _before(self._charges.get(key), entry)

    def borne(self, unit: str, entry: Entry) -> Iterator[tuple[str, str, str, int, int]]:
        """A unit's principals and late fees before an entry: see :func:`charges.borne`."""
        return charges.borne(self.reader, [unit], entry.seq)


def _before(known: Known | None, entry: Entry) -> Known | None:
    return known if known is not None and known.seq < entry.seq else None
