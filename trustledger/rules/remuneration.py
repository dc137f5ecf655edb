"""Remuneration 酬金: what the trustee has earned, without drift.

Contract rules 3 and 4; 信托法 art. 35: no term in force, no remuneration. It is cumulative inside
a term: after every change of base, remuneration to date = round(rate × base to date), and what is
posted is the difference to what stands posted. So it does not depend on the order, splitting or
reversal of receipts, and never drifts by rounding. Money goes back through the term it came by.

Only money of the common fund bears remuneration: a restricted fund is its purpose's alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trustledger.money import share
from trustledger.records import COMMON, Term


def term_on(terms: Iterable[Term], on: str) -> Term | None:
    """The term in force on an ISO day."""
    for term in terms:
        if term.start.isoformat() <= on and (term.to is None or on <= term.to.isoformat()):
            return term
    return None


def bears(
    term: Term, category: str, fund: str, *, owed: bool = False, charged: bool = False
) -> bool:
    """Whether this kind of money is in the term's base.

    What units owe (``owed``: service and late fees) counts either when received or when charged,
    by the term; all other income counts when it is received.
    """
    if fund != COMMON or category not in term.base:
        return False
    return not owed or charged == (term.recognised == "charged")


class Meter:
    """Base and remuneration to date of every term, and what the next posting must be."""

    def __init__(
        self, terms: Iterable[Term], stand: Mapping[str, tuple[int, int]] | None = None
    ) -> None:
        self.terms = sorted(terms, key=lambda term: term.start)
        self._by_key = {term.record_key: term for term in self.terms}
        self.stand: dict[str, tuple[int, int]] = dict(stand or {})
        self._days: dict[str, Term | None] = {}

    def term_on(self, on: str) -> Term | None:
        """The term in force on an ISO day."""
        if on not in self._days:
            self._days[on] = term_on(self.terms, on)
        return self._days[on]

    def term_of(
        self, on: str, category: str, fund: str, *, owed: bool = False, charged: bool = False
    ) -> str:
        """The key of the term in whose base such money of a day is, or ``""``."""
        term = self.term_on(on)
        mine = term is not None and bears(term, category, fund, owed=owed, charged=charged)
        return term.record_key if term is not None and mine else ""

    def move(self, key: str, amount_fen: int) -> int:
        """Move a term's base; fen to post. No term, nothing.

        Money that goes back moves the base of the term that it came by, whatever terms were
        added or ended since.
        """
        term = self._by_key.get(key)
        if term is None:
            return 0
        base, posted = self.stand.get(key, (0, 0))
        base += amount_fen
        due = share(term.rate, base)
        self.stand[key] = (base, due)
        return due - posted
