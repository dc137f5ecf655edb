"""The docket 案卷: what stands of the open budget, as far as an act rests on it.

What lives here: the lookups that acts/ may make, over what this batch has applied so far and,
behind it, what the book holds. What must not: any decision. A :class:`Source` reads the book when
it is asked; that of ``verify`` knows expenditures alone, and all else is given to the docket as the
journal tells it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar, cast

from trustledger.records import BookInfo, Fund, Record, Tenure, Unit
from trustledger.votes import Ballot

R = TypeVar("R", bound=Record)
T = TypeVar("T")

SETTLING: frozenset[str] = frozenset(
    {"budget", "plan_line", "plan_income", "stage", "amendment", "rule"}
)
"""Kinds of facts that what is approved is made of: while none comes in, it stays what it was."""


class Move(NamedTuple):
    """What a budget line spent and committed on a day; negative, what came back."""

    day: date
    spent_fen: int
    committed_fen: int


class Source(Protocol):
    """What the book holds."""

    def fact(self, record: type[R], key: str) -> R | None:
        """A fact by its key."""

    def facts(self, record: type[R]) -> list[R]:
        """All facts of a kind."""

    def naming(self, record: type[R], kind: str, key: str) -> list[R]:
        """The facts of a kind that name something."""

    def told(self, kind: str, key: str) -> str:
        """What an entry that the library made itself says, or nothing."""

    def moves(self, line: str, first: date | None, last: date | None) -> list[Move]:
        """What a line spent and committed, day by day; without a first day, all of it as one."""

    def is_reversed(self, kind: str, key: str) -> bool:
        """Whether an entry is reversed."""

    def owed(self, voucher: str) -> int:
        """What the trustee owes for an expenditure, in fen."""

    def held(self, fund: str) -> int:
        """What a fund has, on the cash basis, in fen."""


class Docket:
    """What an act may look up.

    :param units: every unit, by code, and ``tenures`` who holds them, by unit.
    """

    def __init__(
        self,
        info: BookInfo,
        source: Source,
        *,
        funds: Mapping[str, Fund],
        units: Callable[[], Mapping[str, Unit]],
        tenures: Callable[[], Mapping[str, list[Tenure]]],
    ) -> None:
        self.info, self.funds, self.units, self.tenures = info, funds, units, tenures
        self._source = source
        self._facts: dict[str, dict[str, Record]] = {}
        self._links: dict[tuple[str, str, str], dict[str, None]] = {}
        self._told: dict[tuple[str, str], str] = {}
        self._loaded: dict[tuple[str, str], object] = {}
        self._all: dict[str, list[Any]] = {}
        self._settled: dict[tuple[str, ...], Any] = {}
        self._proxies: dict[str, dict[str, list[str]]] = {}  # by resolution and proxy, units
        self._moves: dict[str, dict[int, dict[date, list[int]]]] = {}  # by line, year and day
        self._sums: dict[str, list[int]] = {}  # by line, all of them
        self._owed: dict[str, int] = {}
        self._held: dict[str, int] = {}
        self._reversed: set[tuple[str, str]] = set()

    # ------------------------------------------------------------------ taking in

    def add(self, fact: Record) -> None:
        """A fact that stands from now on."""
        self._facts.setdefault(fact.kind, {})[fact.record_key] = fact
        for kind, key in fact.names():
            self._links.setdefault((fact.kind, kind, key), {})[fact.record_key] = None
        self._all.pop(fact.kind, None)
        if fact.kind in SETTLING:
            self._settled.clear()
        if isinstance(fact, Ballot) and fact.resolution in self._proxies:
            self._represent(fact)

    def forget(self, fact: Record) -> None:
        """A fact that the source finds again when it is asked for."""
        del self._facts[fact.kind][fact.record_key]
        self._all.pop(fact.kind, None)
        for kind, key in fact.names():
            del self._links[fact.kind, kind, key][fact.record_key]

    def tell(self, kind: str, key: str, content: str) -> None:
        """An entry that the library made itself."""
        self._told[kind, key] = content
        self._loaded.pop((kind, key), None)

    def move(self, line: str, day: date, spent_fen: int, committed_fen: int) -> None:
        """A line spent or committed something on a day."""
        years = self._moves.setdefault(line, {})
        moved = years.setdefault(day.year, {}).setdefault(day, [0, 0])
        for sums in (moved, self._sums.setdefault(line, [0, 0])):
            sums[0] += spent_fen
            sums[1] += committed_fen

    def owe(self, voucher: str, fen: int) -> None:
        """The trustee owes for an expenditure; negative, it does no more."""
        self._owed[voucher] = self._owed.get(voucher, 0) + fen

    def hold(self, fund: str, fen: int) -> None:
        """A fund has so much more; negative, less."""
        self._held[fund] = self._held.get(fund, 0) + fen

    def reverse(self, kind: str, key: str) -> None:
        """An entry is reversed."""
        self._reversed.add((kind, key))

    # ------------------------------------------------------------------ looking up

    def get(self, record: type[R], key: str) -> R | None:
        """A fact by its key, or nothing."""
        found = self._facts.get(record.kind, {}).get(key)
        return self._source.fact(record, key) if found is None else cast("R", found)

    def all(self, record: type[R]) -> list[R]:
        """All facts of a kind, by key."""
        known = self._all.get(record.kind)
        if known is None:
            found: dict[str, Any] = {one.record_key: one for one in self._source.facts(record)}
            found |= self._facts.get(record.kind, {})
            known = self._all[record.kind] = [found[key] for key in sorted(found)]
        return known

    def settled(self, name: tuple[str, ...], make: Callable[[], T]) -> T:
        """What follows from what is approved, made once until that changes."""
        if name not in self._settled:
            self._settled[name] = make()
        return cast("T", self._settled[name])

    def has_unit(self, code: str) -> bool:
        """Whether a unit is defined: it is looked up alone, where there are many."""
        return self.get(Unit, code) is not None or code in self.units()

    def represented(self, resolution: str, proxy: str) -> list[str]:
        """The units for which somebody votes on a resolution as their proxy."""
        if resolution not in self._proxies:
            self._proxies[resolution] = {}
            for one in self.naming(Ballot, "resolution", resolution):
                self._represent(one)
        return self._proxies[resolution].get(proxy, [])

    def _represent(self, ballot: Ballot) -> None:
        units = self._proxies[ballot.resolution].setdefault(ballot.proxy, [])
        units.append(ballot.unit)

    def naming(self, record: type[R], kind: str, key: str) -> list[R]:
        """The facts of a kind that name something, by key."""
        found = {one.record_key: one for one in self._source.naming(record, kind, key)}
        mine: Any = self._facts.get(record.kind, {})
        found |= {other: mine[other] for other in self._links.get((record.kind, kind, key), ())}
        return [found[key] for key in sorted(found)]

    def told(self, kind: str, key: str) -> str:
        """What an entry that the library made itself says, or nothing."""
        return self._told.get((kind, key)) or self._source.told(kind, key)

    def loaded(self, load: Callable[[str], T], kind: str, key: str) -> T:
        """The same, read: a roll of ten thousand units is read once for all its ballots."""
        if (kind, key) not in self._loaded:
            self._loaded[kind, key] = load(self.told(kind, key))
        return cast("T", self._loaded[kind, key])

    def is_reversed(self, kind: str, key: str) -> bool:
        """Whether an entry is reversed."""
        return (kind, key) in self._reversed or self._source.is_reversed(kind, key)

    def owed(self, voucher: str) -> int:
        """What the trustee owes for an expenditure, in fen."""
        return self._owed.get(voucher, 0) + self._source.owed(voucher)

    def held(self, fund: str) -> int:
        """What a fund other than the common one has, on the cash basis, in fen."""
        return self._held.get(fund, 0) + self._source.held(fund)

    def moves(self, line: str, first: date | None = None, last: date | None = None) -> list[Move]:
        """What a line spent and committed from a day to a day, by day; before the first, nothing.

        Without a first day, all of it in as few rows as it comes.
        """
        stored = self._source.moves(line, first, last)
        mine = self._moved(line, first, last)
        if not mine or not stored:
            return stored or mine
        sums: dict[date, list[int]] = {}
        for day, spent, committed in (*stored, *mine):
            moved = sums.setdefault(day, [0, 0])
            moved[0] += spent
            moved[1] += committed
        return [Move(day, *sums[day]) for day in sorted(sums)]

    def _moved(self, line: str, first: date | None, last: date | None) -> list[Move]:
        """The same of what came in here; years that are not asked for cost nothing."""
        if first is None:
            return [Move(date.min, *self._sums[line])] if line in self._sums else []
        years, end = self._moves.get(line), last or date.max
        if not years:
            return []
        of = range(first.year, min(end.year, max(years)) + 1)
        days = (one for year in of for one in years.get(year, {}).items())
        return sorted(Move(day, *moved) for day, moved in days if first <= day <= end)
