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

MOST_TOLD = 4_096
"""So many answers are remembered, and no more: a long journal has many days."""


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


class Known:
    """The terms as they were known at every number of the journal: some are added later, some end.

    What money counts in was settled when it was posted, and stays.
    """

    def __init__(self) -> None:
        self.charges = False  # whether what is charged ever was in a base
        self._versions: list[tuple[int, tuple[Term, ...]]] = [(0, ())]
        self._told: dict[tuple[int, str, str, str, bool, bool], str] = {}

    def tell(self, seq: int, terms: Iterable[Term]) -> None:
        """From an entry on the terms are these."""
        known = tuple(terms)
        self.charges = self.charges or any(term.recognised == "charged" for term in known)
        self._versions.append((seq, known))

    def term_of(
        self, seq: int, on: str, category: str, fund: str, *, owed: bool, charged: bool
    ) -> str:
        """The key of the term in whose base such money of a day is, as known at an entry."""
        at = len(self._versions) - 1
        while at and self._versions[at][0] > seq:
            at -= 1
        where = at, on, category, fund, owed, charged
        if where not in self._told:
            if len(self._told) > MOST_TOLD:
                self._told.clear()
            term = term_on(self._versions[at][1], on)
            mine = term is not None and bears(term, category, fund, owed=owed, charged=charged)
            self._told[where] = term.record_key if term is not None and mine else ""
        return self._told[where]

    def terms_of(
        self, first: int, last: int, on: str, category: str, fund: str, *, owed: bool, charged: bool
    ) -> set[str]:
        """The same, as known at an entry, at a later one, and at every one between them."""
        seqs = {first, last, *(seq for seq, _ in self._versions if first < seq <= last)}
        return {self.term_of(seq, on, category, fund, owed=owed, charged=charged) for seq in seqs}


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
