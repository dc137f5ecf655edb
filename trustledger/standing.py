"""What stands 现状: the facts of a book as they are now, ended ones with their end.

What lives here: reading facts back, and the book's side of the docket. What must not: taking in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar, cast

from trustledger.budgets import PlanLine
from trustledger.docket import Docket, Move
from trustledger.errors import Unknown
from trustledger.records import (
    COMMON,
    COMMON_NAME,
    BookInfo,
    Dated,
    Draft,
    Fund,
    Record,
    ReminderStep,
    Tariff,
    Tenure,
    Term,
    Unit,
)
from trustledger.store import balances, line_sums, links, unsettled
from trustledger.store.reading import Reader

R = TypeVar("R", bound=Record)
T = TypeVar("T")
_NONE: Mapping[str, list[Any]] = MappingProxyType({})

ENDING = "ending"
"""Kind of the entry that ends an open-ended term, tariff, measure, tenure or reminder step."""


Endings = Mapping[str, Mapping[str, str]]
"""By fact, kind and public key, what was told of it later."""


def info_of(reader: Reader) -> BookInfo:
    """The book's own record.

    :raises Unknown: no such book.
    """
    found = reader.facts(BookInfo)
    if not found:
        raise Unknown("book", reader.book, "load its folder first")
    return found[0]


def funds_of(reader: Reader) -> dict[str, Fund]:
    """The funds by code; the common fund is there even if nobody named it."""
    common = Fund(code=COMMON, name=COMMON_NAME)
    return {COMMON: common} | {fund.code: fund for fund in reader.facts(Fund)}


def endings_of(reader: Reader, more: Iterable[Draft] = ()) -> Endings:
    """What was told later of dated facts; ``more`` endings to come."""
    found: dict[str, dict[str, str]] = {}
    for content in (*reader.contents(ENDING), *(draft.content for draft in more)):
        body = json.loads(content)
        found.setdefault(body.pop("of"), {}).update(body)
    return found


def ended(fact: Any, endings: Endings, key: str = "") -> Any:
    """A fact with its end; ``key`` is its public one, where that is another (of tenures)."""
    told = endings.get(f"{fact.kind}|{key or fact.record_key}")
    return fact if told is None else fact.as_told(told)


def facts_of(reader: Reader, kind: type[R], more: Iterable[Draft] = ()) -> list[R]:
    """The facts of a kind as they stand: what is ended, with its end; ``more`` endings to come."""
    endings = endings_of(reader, more)
    return [ended(fact, endings) for fact in reader.facts(kind)]


def terms_of(reader: Reader) -> list[Term]:
    """The remuneration terms as they stand, ended ones with their end."""
    return facts_of(reader, Term)


def tariffs_of(reader: Reader) -> list[Tariff]:
    """The tariffs as they stand, ended ones with their end."""
    return facts_of(reader, Tariff)


def tenures_of(
    reader: Reader, units: Collection[str] | None = None, more: Iterable[Draft] = ()
) -> dict[str, list[Tenure]]:
    """Who holds the units, or some of them, as it stands, by unit; what was struck is left out,
    and units without rows are not there."""
    found: dict[str, list[Tenure]] = {}
    stored = reader.stored_tenures(units).values()
    endings = endings_of(reader, more) if stored else {}
    for tenure in (ended(Tenure.load(one.content), endings, one.key) for one in stored):
        if tenure.share:
            found.setdefault(tenure.unit, []).append(tenure)
    return found


def steps_of(reader: Reader) -> list[ReminderStep]:
    """The steps of the reminder ladder as they stand, ended ones with their end."""
    return facts_of(reader, ReminderStep)


# --------------------------------------------------------------------------- for the docket


def versions_of(reader: Reader, budget: str) -> list[str]:
    """The versions of a budget that have lines."""
    keys = (key.split("|") for key in reader.keys(PlanLine.kind))
    return sorted({version for of, version, _ in keys if of == budget})


def docket_of(reader: Reader, info: BookInfo | None = None) -> Docket:
    """The docket of a book as it stands, for who only looks; ``info``: where it is known."""
    return Docket(
        info or info_of(reader),
        Shelf(reader),
        funds=funds_of(reader),
        units=lambda: {unit.unit: unit for unit in reader.facts(Unit)},
        tenures=lambda: tenures_of(reader),
    )


class Shelf:
    """The book's side of the docket: everything is asked when it is wanted, and once.

    ``facts``: what is known of some kinds already. The book is locked while it is used, so what
    was read stays right; what a batch brings itself, its docket knows.
    """

    def __init__(
        self, reader: Reader, ends: Iterable[Draft] = (), facts: Mapping[str, list[Any]] = _NONE
    ) -> None:
        self._reader, self._ends = reader, tuple(ends)
        self._kinds: dict[str, list[Any]] = dict(facts)
        self._known: dict[tuple[Any, ...], Any] = {}

    def _once(self, asked: tuple[Any, ...], read: Callable[[], T]) -> T:
        if asked not in self._known:
            self._known[asked] = read()
        return cast("T", self._known[asked])

    def fact(self, record: type[R], key: str) -> R | None:
        """A fact by its key."""
        if record.kind in self._kinds or issubclass(record, Dated):
            return next((one for one in self.facts(record) if one.record_key == key), None)

        def read() -> R | None:
            return next(iter(self._reader.facts(record, [key])), None)

        return self._once((record.kind, key), read)

    def facts(self, record: type[R]) -> list[R]:
        """All facts of a kind, ended ones with their end."""
        if record.kind not in self._kinds:
            dated = issubclass(record, Dated)
            read = (
                facts_of(self._reader, record, self._ends) if dated else self._reader.facts(record)
            )
            self._kinds[record.kind] = read
        return self._kinds[record.kind]

    def naming(self, record: type[R], kind: str, key: str) -> list[R]:
        """The facts of a kind that name something."""
        asked = "naming", record.kind, kind, key
        return self._once(asked, lambda: links.facts_naming(self._reader, record, kind, key))

    def told(self, kind: str, key: str) -> str:
        """What an entry that the library made itself says, or nothing."""
        return next(iter(self._reader.contents(kind, [key])), "")

    def moves(self, line: str, first: date | None, last: date | None) -> list[Move]:
        """What a line spent and committed, day by day; without a first day, all of it as one."""
        asked = "moves", line, first, last
        moved = line_sums.line_moves
        reader = self._reader
        return self._once(asked, lambda: [Move(*one) for one in moved(reader, line, first, last)])

    def is_reversed(self, kind: str, key: str) -> bool:
        """Whether an entry is reversed."""
        asked = "reversed", kind, key
        return self._once(asked, lambda: self._reader.is_reversed_key(kind, key))

    def held(self, fund: str) -> int:
        """What a fund has, on the cash basis, in fen."""
        return balances.fund_balance(self._reader, fund)

    def owed(self, voucher: str) -> int:
        """What the trustee owes for an expenditure, in fen."""
        return self._once(("owed", voucher), lambda: unsettled.owed(self._reader, voucher))
