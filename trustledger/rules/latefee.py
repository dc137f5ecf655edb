"""Late fees 违约金: what an overdue charge bears, day by day.

Contract rule 6, and 民法典 art. 585 for where it comes from: simple, on the principal that is open
at each day's end after the grace days; a month's days are summed exactly and rounded once, per
charge; it never bears a late fee itself. A *charge* is a unit's charge of one month, all items
together; arrears from before the books opened count as a charge of the day before.

What is open on a day is found from the very postings that are made, so it agrees with the journal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from trustledger.money import round_half_up
from trustledger.period import first_day, last_day, month_of, previous_month
from trustledger.records import BookInfo, LateFeeTerm

Charged = tuple[str, str]
"""A unit, and the month that it was charged for."""


class Span(NamedTuple):
    """Days, both inclusive, on which the same was open under one rate."""

    first: str
    last: str
    open_fen: int
    rate: str  # per day, as a fraction: 1/2000

    @property
    def days(self) -> int:
        return (date.fromisoformat(self.last) - date.fromisoformat(self.first)).days + 1


class LateFee(NamedTuple):
    """What one charge bears for one month, and how that came about."""

    of: str  # the month of the charge
    spans: tuple[Span, ...]
    amount_fen: int  # rounded once; less than the spans make where the cap holds it down


def charged_on(month: str, info: BookInfo) -> date:
    """The date of a month's charge; of opening arrears, the day before the books open."""
    if month < month_of(info.start):
        return info.start - timedelta(1)
    return max(first_day(month), info.start)


def reckon(spans: Iterable[Span]) -> int:
    """The days summed exactly, rounded once, half up, to the fen."""
    fen_days: dict[str, int] = {}
    for span in spans:
        fen_days[span.rate] = fen_days.get(span.rate, 0) + span.open_fen * span.days
    exact = sum((Fraction(rate) * sum_ for rate, sum_ in fen_days.items()), Fraction(0))
    return round_half_up(exact.numerator, exact.denominator)


def may_be_capped(terms: Iterable[LateFeeTerm], begin: date, end: date, *, waived: bool) -> bool:
    """Whether a charge of ``begin`` can have reached a cap by ``end``; cheap and never wrong on the
    safe side: as if all of it had been open all the time, at the highest rate. What is ``waived``
    of it lowers the cap, however young it is."""
    rate = max((term.rate_per_day for term in terms), default=Fraction(0))
    caps = [term.cap for term in terms if term.cap is not None]
    return bool(caps) and (waived or rate * ((end - begin).days + 31) >= min(caps))


class LateFees:
    """What is open of every charge's principal, fed with postings and asked month by month."""

    def __init__(self, info: BookInfo, terms: Iterable[LateFeeTerm]) -> None:
        self.info = info
        self.terms = sorted(terms, key=lambda term: term.start)
        self._moves: dict[Charged, list[tuple[str, int]]] = {}
        self._principal: dict[Charged, list[tuple[str, int]]] = {}  # of charges known in full
        self._borne: dict[Charged, int] = {}
        self._due: dict[str, str] = {}

    def move(self, unit: str, month: str, on: str, fen: int) -> None:
        """What is open of a charge's principal changes on a day."""
        self._moves.setdefault((unit, month), []).append((on, fen))

    def arise(self, unit: str, month: str, on: str, fen: int) -> None:
        """A charge's principal is there, and from now on known in full: caps hold against it."""
        self._principal.setdefault((unit, month), []).append((on, fen))

    def lower(self, unit: str, month: str, on: str, fen: int) -> None:
        """A waiver lowers (or, red-letter, raises again) a charge's principal."""
        if (unit, month) in self._principal:
            self._principal[unit, month].append((on, fen))

    def bear(self, unit: str, month: str, fen: int) -> None:
        """A charge has borne a late fee."""
        self._borne[unit, month] = self._borne.get((unit, month), 0) + fen

    def runs_in(self, month: str) -> bool:
        """Whether any term is in force in a month."""
        first, last = first_day(month), last_day(month)
        return any(t.start <= last and (t.to is None or t.to >= first) for t in self.terms)

    def due_before(self, on: str) -> str:
        """The last month before a day's own that brings late fees; ``""`` if none does.

        Until that month's late fees are charged, money of the day is not put upon charges: a late
        fee is settled before its principal, so it must be known first.
        """
        month = on[:7]
        if month not in self._due:
            before, start = previous_month(month), month_of(self.info.start)
            while self.terms and before >= start and not self.runs_in(before):
                before = previous_month(before)
            self._due[month] = before if self.terms and before >= start else ""
        return self._due[month]

    def month(self, month: str) -> Iterator[tuple[Charged, LateFee]]:
        """Every late fee that a month brings, by unit and charge; forgets the days before."""
        last = last_day(month)
        end = last.isoformat()
        grace = timedelta(min((term.grace_days for term in self.terms), default=0))
        for where in sorted(self._moves):
            begin = charged_on(where[1], self.info)
            if begin + grace >= last:
                continue
            moves = sorted(self._moves[where])
            spans = tuple(self._spans(month, begin, moves))
            if spans:
                amount = self._capped(where, reckon(spans), spans[-1], end)
                if amount:
                    yield where, LateFee(where[1], spans, amount)
            left = sum(fen for on, fen in moves if on <= end)
            later = [move for move in moves if move[0] > end]
            if left or later:
                self._moves[where] = [(end, left), *later] if left else later
            else:
                del self._moves[where]

    def _spans(self, month: str, begin: date, moves: list[tuple[str, int]]) -> Iterator[Span]:
        for term in self.terms:
            first = max(first_day(month), term.start, begin + timedelta(term.grace_days + 1))
            last = min(last_day(month), term.to or date.max)
            if first > last:
                continue
            rate = f"{term.rate_per_day.numerator}/{term.rate_per_day.denominator}"
            days = {date.fromisoformat(on) for on, _ in moves}
            edges = sorted({first, *(day for day in days if first < day <= last)})
            for at, day in enumerate(edges):
                until = edges[at + 1] - timedelta(1) if at + 1 < len(edges) else last
                iso = day.isoformat()
                open_fen = sum(fen for on, fen in moves if on <= iso)
                if open_fen > 0:
                    yield Span(iso, until.isoformat(), open_fen, rate)

    def _capped(self, where: Charged, amount: int, last: Span, end: str) -> int:
        """No more than the cap of the term in force on the last day that counts leaves."""
        on = date.fromisoformat(last.last)
        cap = next(term.cap for term in self.terms if term.covers(on))
        if cap is None or where not in self._principal:
            return amount
        principal = sum(fen for on, fen in self._principal[where] if on <= end)
        most = round_half_up(cap.numerator * principal, cap.denominator)
        return max(0, min(amount, most - self._borne.get(where, 0)))


def late_fee_key(unit: str, month: str) -> str:
    """The key of a unit's late fees of a month."""
    return f"{month}|{unit}"


def late_fee_content(unit: str, month: str, fees: Iterable[LateFee]) -> str:
    """The stored fact: the unit, the month, and every day and rate that made each amount."""
    body = {
        "unit": unit,
        "month": month,
        "fees": [{"of": f.of, "spans": f.spans, "amount_fen": f.amount_fen} for f in fees],
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def read_late_fee(content: str) -> tuple[str, str, list[LateFee]]:
    """Unit, month and fees back from :func:`late_fee_content`."""
    body = json.loads(content)
    fees = [
        LateFee(fee["of"], tuple(Span(*span) for span in fee["spans"]), fee["amount_fen"])
        for fee in body["fees"]
    ]
    return body["unit"], body["month"], fees
