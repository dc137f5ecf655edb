"""Remuneration as a law: it depends on nothing but the base."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.records import Term
from trustledger.rules import remuneration
from trustledger.rules.remuneration import Meter, bears, term_on

TERMS = [
    Term(rate="12%", base=["service_fee", "parking"], start="2024-01-01", to="2024-03-31"),
    Term(rate="12.5%", base=["service_fee"], recognised="charged", start="2024-06-01"),
]


def accrue(meter: Meter, on: str, category: str, fen: int) -> tuple[str, int]:
    """Money of a day comes in; its term, and what is to be posted."""
    term = meter.term_of(on, category, "common", owed=category == "service_fee")
    return term, meter.move(term, fen)


moves = st.lists(
    st.tuples(st.sampled_from(["2024-01-01", "2024-03-31"]), st.integers(-(10**9), 10**9)),
    max_size=30,
)


@given(moves, st.randoms(use_true_random=False))
def test_any_order_and_splitting_earns_the_same(moves: list[tuple[str, int]], chance) -> None:  # type: ignore[no-untyped-def]
    def earned(moves: list[tuple[str, int]]) -> int:
        meter = Meter(TERMS)
        return sum(accrue(meter, on, "parking", fen)[1] for on, fen in moves)

    shuffled = list(moves)
    chance.shuffle(shuffled)
    split = [(on, part) for on, fen in moves for part in (fen // 3, fen - fen // 3)]
    base = sum(fen for _, fen in moves)
    size = int(Fraction(12, 100) * abs(base) + Fraction(1, 2))
    right = -size if base < 0 else size
    assert earned(moves) == earned(shuffled) == earned(split) == right


@given(moves)
def test_what_goes_back_takes_its_remuneration_along(moves: list[tuple[str, int]]) -> None:
    meter = Meter(TERMS)
    there = sum(accrue(meter, on, "parking", fen)[1] for on, fen in moves)
    back = sum(accrue(meter, on, "parking", -fen)[1] for on, fen in moves)
    assert there + back == 0 and all(stand == (0, 0) for stand in meter.stand.values())


def test_halves_go_away_from_zero() -> None:
    meter = Meter([Term(rate="10%", base=["parking"], start="2024-01-01")])
    assert accrue(meter, "2024-01-01", "parking", 5) == ("2024-01-01", 1)
    assert accrue(meter, "2024-01-01", "parking", -10) == ("2024-01-01", -2)


def test_terms_in_force() -> None:
    assert term_on(TERMS, "2023-12-31") is None
    assert term_on(TERMS, "2024-01-01") is TERMS[0]
    assert term_on(TERMS, "2024-03-31") is TERMS[0]
    assert term_on(TERMS, "2024-04-01") is None
    assert term_on(TERMS, "2099-01-01") is TERMS[1]
    meter = Meter(reversed(TERMS), {"2024-01-01": (100, 12)})
    assert meter.terms == TERMS
    assert accrue(meter, "2024-05-01", "service_fee", 100) == ("", 0)
    assert accrue(meter, "2024-02-01", "parking", 100) == ("2024-01-01", 12)
    assert meter.stand == {"2024-01-01": (200, 24)}
    assert TERMS[0].covers(date(2024, 3, 31)) and not TERMS[0].covers(date(2024, 4, 1))
    assert not TERMS[0].overlaps(TERMS[1])


def test_what_bears_remuneration() -> None:
    received, charged = TERMS
    assert bears(received, "service_fee", "common", owed=True)
    assert not bears(received, "service_fee", "common", owed=True, charged=True)
    assert bears(charged, "service_fee", "common", owed=True, charged=True)
    assert not bears(charged, "service_fee", "common", owed=True)
    assert bears(received, "parking", "common")
    assert not bears(received, "parking", "micro")
    assert not bears(received, "interest", "common")
    late = Term(rate="12%", base=["late_fee"], recognised="charged", start="2024-01-01")
    assert bears(late, "late_fee", "common", owed=True, charged=True)
    assert not bears(late, "late_fee", "common", owed=True)
    assert bears(late, "late_fee", "common")  # one that no unit of this book owed


def test_money_goes_back_by_the_term_it_came_by() -> None:
    meter = Meter(TERMS, {"2024-01-01": (100, 12)})
    assert meter.move("2024-01-01", -50) == -6
    assert meter.move("", -50) == 0
    assert meter.move("1999-01-01", -50) == 0
    assert meter.stand == {"2024-01-01": (50, 6)}


def test_what_was_told_of_terms_is_forgotten_when_it_is_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However little is remembered, the answers are the same."""

    def told() -> list[str]:
        terms = remuneration.Known()
        terms.tell(1, [Term(rate="12%", base=["service_fee"], start="2024-01-01")])
        days, items = ("2024-01-01", "2024-01-02", "2024-01-03"), ("service_fee", "x")
        asked = [(on, item) for on in days for item in items]
        return [
            terms.term_of(5, on, item, "common", owed=True, charged=False)
            for on, item in asked + asked
        ]

    whole = told()
    assert whole == ["2024-01-01", ""] * 6
    monkeypatch.setattr(remuneration, "MOST_TOLD", 1)
    assert told() == whole
