"""Tracing 追溯: finds the walk from anything to what it rests on, and to what came of it.

What names what is kept in the store (``tl_link``), and each kind of fact says what it names
(``Record.refers``). Mostly what is named carries what names it; an approval, a tally or a proof of
payment supports what it names, and is walked the other way (:data:`SUPPORTS`). Money from owners
goes by its postings.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from trustledger import chart, drawing, standing
from trustledger.errors import InvalidInput, Unknown
from trustledger.facts import EVERY, WORDS
from trustledger.period import Period
from trustledger.records import COMMON, Record
from trustledger.rolls import Result, Roll, m2
from trustledger.rules.charging import charge_day, read_charge
from trustledger.statements.month_columns import TITLES as COLUMNS
from trustledger.store import charges, links, settled
from trustledger.store.reading import Reader
from trustledger.walk import TITLES, Node, Step, Walk

DEPTH, WIDTH = 12, 20
"""How far a walk goes, and how many steps it tells from one place."""

SUPPORTS: dict[str, tuple[str, ...]] = {
    "line": ("plan_line", "amendment"),
    "version": ("stage", "publication"),
    "resolution": ("tally", "publication"),
    "request": ("approval", "publication"),
    "commitment": ("milestone", "publication"),
    "question": ("answer",),
    "proposal": ("agenda",),
    "expenditure": ("evidence", "ratification"),
    "project": ("progress",),
}
"""By kind, what names it and supports it, rather than following from it."""

_HIDDEN = ("ballot", "elector")
"""Too many to tell one by one: the result of the vote tells them."""

_RECORDS = {record.kind: record for record in EVERY}
_KINDS = {title: kind for kind, title in TITLES.items()}
_TITLE = (
    "title", "name", "purpose", "conclusion", "outcome", "what", "stage", "step", "move",
    "decision", "answer", "payee", "issuer", "by", "text", "memo", "reason", "source", "authority",
)  # fmt: skip
"""The fields that say what a fact is about, the most telling first."""


class Place(NamedTuple):
    """A kind and a key."""

    kind: str
    key: str


def parse(text: str) -> Place:
    """``expenditure:0231`` or ``支出:0231`` -> its place; a figure has slashes instead.

    :raises InvalidInput: neither.
    """
    kind, colon, key = text.partition(":")
    kind = _KINDS.get(kind.strip(), kind.strip())
    if not colon or kind not in TITLES or not key.strip():
        raise InvalidInput(
            f"found {text[:60]!r}; write kind:key, such as expenditure:0231 (支出:0231), or a "
            "figure of a statement, such as income_expenditure/2025-03/expenditure/A1"
        )
    return Place(kind, key.strip())


class Trail(Walk):
    """A walk that shows itself."""

    __slots__ = ()

    def svg(self) -> str:
        """As a picture: what it rests on to the left, what came of it to the right."""
        from trustledger.render.to_svg import to_svg

        return to_svg(self)

    _repr_html_ = svg


def trace(reader: Reader, text: str, depth: int = DEPTH, width: int = WIDTH) -> Trail:
    """The walk from what is named: see :func:`parse`.

    :raises Unknown: it is not in the books.
    """
    tracer = _Tracer(reader, width)
    if "/" in text.partition(":")[0]:
        return tracer.figure(text, depth)
    place = parse(text)
    if tracer.node(place) is None:
        raise Unknown(place.kind, place.key, f"name a {place.kind} of this book")
    return Trail(
        tracer.step(place, tracer.because, depth, set()),
        tracer.step(place, tracer.led_to, depth, set()),
    )


class _Tracer:
    """A walk being found."""

    def __init__(self, reader: Reader, width: int) -> None:
        self.reader, self.width = reader, width
        self._contents: dict[Place, tuple[int, str, str] | None] = {}

    # ------------------------------------------------------------------ nodes

    def _entry(self, place: Place) -> tuple[int, str, str] | None:
        """Number, day and content of an entry."""
        if place not in self._contents:
            entry = self.reader.entry(*place)
            found = None if entry is None else (entry.seq, entry.on, entry.content)
            self._contents[place] = found
        return self._contents[place]

    def fact(self, place: Place) -> Record | None:
        """The fact that stands there, if one does."""
        entry = self._entry(place)
        record = _RECORDS.get(place.kind)
        return record.load(entry[2]) if entry is not None and record is not None else None

    def node(self, place: Place) -> Node | None:
        """What stands there, in one line; nothing if nothing does."""
        entry = self._entry(place)
        if entry is None:
            return self._virtual(place)
        seq, on, content = entry
        body = json.loads(content)
        title, amount = _title(place, body), body.get("amount_fen")
        if place.kind == "charge":
            amount = sum(line.amount_fen for line in read_charge(content)[2])
        day = next((body[name] for name in ("on", "due", "start") if body.get(name)), "")
        if not day and place.kind in ("charge", "late_fee"):
            day = on
        return Node(*place, title, day, amount, seq)

    def _virtual(self, place: Place) -> Node | None:
        """What is no entry itself: a version is its rows, a line what versions say of it."""
        if place.kind == "line":
            rows = links.naming(self.reader, "plan_line", *place)
            opened = [] if rows else links.naming(self.reader, "amendment", *place)
            for of in (*(Place("plan_line", key) for key in rows),
                       *(Place("amendment", key) for key in opened)):  # fmt: skip
                entry = self._entry(of)
                if entry is not None:
                    return Node(*place, json.loads(entry[2]).get("name", ""))
        elif place.kind in ("version", "attachment"):
            if any(True for _ in self._named_by(place)):
                return Node(*place)
        return None

    # ------------------------------------------------------------------ ways

    def step(
        self,
        place: Place,
        onward: Callable[[Place], Iterable[Place]],
        depth: int,
        seen: set[Place],
    ) -> Step:
        """A place with what follows it, each place once."""
        seen.add(place)
        node = self.node(place) or Node(*place)
        if not depth:
            return Step(node)
        further = [
            one
            for one in dict.fromkeys(onward(place))
            if one not in seen and self.node(one) is not None
        ]
        told, more = further[: self.width], len(further[self.width :])
        seen.update(told)
        return Step(node, tuple(self.step(one, onward, depth - 1, seen) for one in told), more)

    def because(self, place: Place) -> Iterator[Place]:
        """What a place rests on."""
        yield from self._library(place)
        yield from self._owners_money(place)
        fact = self.fact(place)
        for kind, key in fact.names() if fact is not None else ():
            if place.kind not in SUPPORTS.get(kind, ()):
                yield Place(kind, key)
        for kind in SUPPORTS.get(place.kind, ()):
            for key in links.naming(self.reader, kind, *place):
                yield Place(kind, key)

    def led_to(self, place: Place) -> Iterator[Place]:
        """What came of a place."""
        fact = self.fact(place)
        for kind, key in fact.names() if fact is not None else ():
            if place.kind in SUPPORTS.get(kind, ()):
                yield Place(kind, key)
        for one in self._named_by(place):
            if one.kind not in (*SUPPORTS.get(place.kind, ()), *_HIDDEN):
                yield one
        if place.kind == "charge":
            yield from self._receipts_of(place)

    def _named_by(self, place: Place) -> Iterator[Place]:
        return (Place(*one) for one in links.named_by(self.reader, *place))

    def _library(self, place: Place) -> Iterator[Place]:
        """What the library itself says of a resolution."""
        if place.kind == "resolution":
            yield from (Place(kind, place.key) for kind in ("result", "roll"))

    # ------------------------------------------------------------------ owners' money

    def _owners_money(self, place: Place) -> Iterator[Place]:
        """What a receipt settled; what a charge was reckoned by; the term that money counts in."""
        if place.kind == "receipt":
            receipt = settled.receipt(self.reader, place.key)
            for leg in receipt.legs if receipt is not None else ():
                yield Place("charge", f"{leg.month}|{receipt.unit}")  # type: ignore[union-attr]
        if place.kind == "charge":
            yield from self._tariffs_of(place)
        if place.kind in ("receipt", "income", "deposit"):
            entry = self.reader.entry(*place)
            terms = {p.term for p in entry.postings if p.term} if entry is not None else set()
            yield from (Place("term", term) for term in sorted(terms))

    def _tariffs_of(self, place: Place) -> Iterator[Place]:
        entry = self._entry(place)
        assert entry is not None  # it is walked to by its node
        unit, month, lines = read_charge(entry[2])
        info = standing.info_of(self.reader)
        usages = {one.usage for one in self.reader.units([unit])}
        day = charge_day(month, info.start)
        for tariff in standing.tariffs_of(self.reader):
            mine = tariff.usage in ("", *usages) and tariff.covers(day)
            if mine and any(line.item == tariff.item for line in lines):
                yield Place("tariff", tariff.record_key)
        yield Place("unit", unit)

    def _receipts_of(self, place: Place) -> Iterator[Place]:
        month, _, unit = place.key.partition("|")
        for _, source, _, _ in charges.claims_of(self.reader, unit, [month], date.max.isoformat()):
            if source:
                yield Place("receipt", source)

    # ------------------------------------------------------------------ figures

    def figure(self, text: str, depth: int) -> Trail:
        """A figure of a statement: the entries that add up to it, and what each rests on."""
        rows = list(_entries_of(self.reader, text))
        node = Node("figure", text, on="", amount_fen=sum(fen for _, fen in rows))
        told, seen = rows[: self.width], set[Place]()
        steps = []
        for place, fen in told:
            step = self.step(place, self.because, depth - 1, seen)
            steps.append(step._replace(node=step.node._replace(amount_fen=fen)))
        return Trail(Step(node, tuple(steps), len(rows) - len(told)), Step(node))


def _title(place: Place, body: dict[str, Any]) -> str:
    if place.kind == "result":
        found = Result.load(json.dumps(body))
        agree, of = found.figures.agree, found.figures.roll
        areas = [m2(one.area_cm2) for one in (agree, of) if one.area_cm2 is not None]
        by = f"，{'/'.join(areas)} m²" if len(areas) == 2 else ""
        return f"{'通过' if found.carried else '未通过'} {agree.heads}/{of.heads} 人{by}"
    if place.kind == "roll":
        roll = Roll.load(json.dumps(body))
        return f"{roll.units} 户 {roll.voters} 人 {m2(roll.area_cm2)} m²"
    if place.kind == "evidence":
        return f"{WORDS[place.kind, body['what']]} {body['attachment'].partition(' ')[2]}"
    told = next((str(body[name]) for name in _TITLE if body.get(name)), "")
    return WORDS.get((place.kind, told), told)


# --------------------------------------------------------------------------- figures


def _entries_of(reader: Reader, text: str) -> Iterator[tuple[Place, int]]:
    """The entries that add up to a figure, each with its part, in the order of their days."""
    statement, period, *path = text.split("/")
    columns = _columns(statement, path)
    if columns:
        desk, whole = drawing.Desk(reader, period), dict.fromkeys(("unit", "building", "usage"))
        moved = [
            (one.on, one.seq, Place(one.kind, one.key), sign * one.amount_fen)
            for column, sign in columns.items()
            for one in drawing.cell_entries(desk, column, **whole)
        ]
        yield from ((place, fen) for _, _, place, fen in sorted(moved))
        return
    chosen = _CHOSEN.get(statement)
    picked = chosen(path) if chosen is not None else None
    if picked is None:
        raise InvalidInput(
            f"found {text[:60]!r}; figures are walked from as "
            + ", ".join((*_WRITTEN, "month_grid/2025-03/charged"))
        )
    accounts, takes, sign = picked
    span = Period.parse(period, standing.info_of(reader).fiscal_year_start)
    sums: dict[Place, int] = {}
    rows = reader.postings(span.start.isoformat(), span.end.isoformat(), accounts)
    for _, kind, key, _, p in rows:
        if takes(p):
            place = Place(kind, key)
            sums[place] = sums.get(place, 0) + sign * (p.debit_fen - p.credit_fen)
    yield from sums.items()


def _columns(statement: str, path: list[str]) -> dict[str, int]:
    """The columns of the month grid that a figure adds up, each with its sign."""
    match statement, path:
        case "month_grid", [column] if column in COLUMNS:
            return {column: 1}
        case "collection", ["charged"]:
            return {"charged": 1}
        case "collection", ["received"]:
            return {"received": 1, "refunded": -1}
    return {}


_Picked = tuple[tuple[str, ...], Callable[[Any], bool], int]
_SPENT = tuple(chart.EXPENSE_ACCOUNT.values())


def _income_expenditure(path: list[str]) -> _Picked | None:
    match path:
        case ["income", category]:
            return chart.CASH_ACCOUNTS, lambda p: p.item == category and p.fund == COMMON, 1
        case ["expenditure", line]:
            return _SPENT, lambda p: p.line == line and p.fund == COMMON, 1
        case ["remuneration"]:
            return (chart.REMUNERATION,), lambda p: True, 1
    return None


def _budget_execution(path: list[str]) -> _Picked | None:
    match path:
        case ["lines", line, "spent"]:
            return _SPENT, lambda p: p.line == line, 1
        case ["lines", line, "committed"]:
            return (chart.COMMITTED,), lambda p: p.line == line, 1
    return None


def _trial_balance(path: list[str]) -> _Picked | None:
    match path:
        case ["accounts", code, "debit"]:
            return (code,), lambda p: bool(p.debit_fen), 1
        case ["accounts", code, "credit"]:
            return (code,), lambda p: bool(p.credit_fen), -1
    return None


_CHOSEN: dict[str, Callable[[list[str]], _Picked | None]] = {
    "income_expenditure": _income_expenditure,
    "budget_execution": _budget_execution,
    "trial_balance": _trial_balance,
}
_WRITTEN = (
    "income_expenditure/2025-03/income/parking",
    "income_expenditure/2025-03/expenditure/A1",
    "income_expenditure/2025-03/remuneration",
    "budget_execution/2025/lines/A1/spent",
    "trial_balance/2025-03/accounts/1002/debit",
)
