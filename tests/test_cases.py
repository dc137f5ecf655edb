"""Two whole communities, read from their folders by the library and, apart, by the model.

Every fact of every statement, of every month, quarter, half-year and year, every unit's included,
must be what the model finds by brute force.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from databases import fresh
from model import Model, month_of, months_between, read_folder
from strategies import differences

import trustledger as tl
from trustledger import sheets

CASES = Path(__file__).parent / "cases"
CHARGED = {"pingan-2017h1": "2017-01..2017-06", "case1": "2024-01..2024-12"}


def periods(charged: str) -> list[str]:
    """Each month, each quarter, each half-year and the year, as far as months are charged."""
    first, last = map(month_of, charged.split(".."))
    year, found = first[0], [charged, str(first[0])]
    for size in (1, 3, 6):
        for begin in range(1, last[1] + 1, size):
            end = begin + size - 1
            found.append(f"{year}-{begin:02d}..{year}-{end:02d}" if size > 1 else
                         f"{year}-{begin:02d}")  # fmt: skip
    return list(dict.fromkeys(found))


@cache
def told_by_model(case: str) -> Model:
    head, facts = read_folder(CASES / case)
    books = Model(head)
    books.apply(facts, months_between(*map(month_of, CHARGED[case].split(".."))))
    return books


@cache
def told_by_library(case: str) -> tl.Book:
    contents = sheets.read(CASES / case)
    book = tl.Book.create(fresh(), contents.info)
    book.post([fact for _, fact in contents.facts])
    book.charge(CHARGED[case])
    return book


@pytest.mark.parametrize(
    ("case", "period"), [(case, period) for case in CHARGED for period in periods(CHARGED[case])]
)
def test_every_fact_of_every_statement_is_the_models(case: str, period: str) -> None:
    assert differences(told_by_library(case), told_by_model(case), period) == []


@pytest.mark.parametrize("case", CHARGED)
def test_the_books_of_a_case_verify(case: str) -> None:
    assert told_by_library(case).verify() == []


def test_the_model_has_read_the_whole_folder() -> None:
    books = told_by_model("case1")
    assert len(books.units) == 120
    assert len(books.facts) == 795 + 23 + 70
    assert len(books.claims) == 120
    assert min(len(claims) for claims in books.claims.values()) > 0


def test_pingan_gives_the_published_figures() -> None:
    """What the community published for the half year, and the remuneration it would have paid."""
    book = told_by_library("pingan-2017h1")
    fund = book.statement("income_expenditure", "2017-01..2017-06").facts
    assert fund["opening"] == "-1332.00"
    assert fund["income"] == {
        "service_fee": "52886.00",
        "parking": "28550.00",
        "venue_rent": "1200.00",
    }
    assert fund["income_total"] == "82636.00"
    assert fund["remuneration"] == "9916.32"
    assert fund["expenditure_total"] == "71828.00"
    assert fund["closing"] == "-440.32"
    collection = book.statement("collection", "2017-01..2017-06").facts
    assert collection["units_charged"] == 267
    assert collection["units_settled"] == 178
    assert collection["rate"] == "0.6738"
