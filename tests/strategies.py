"""Facts by Hypothesis: one strategy per record, and whole small books; told to library and model.

A fact is drawn as a plain dictionary, as tests/model.py reads it; :func:`record` makes of it what
the library takes. Amounts lean towards the edges: one fen, x.99, the largest amount there may be,
a charge, and a charge more or less a fen.
"""

from __future__ import annotations

from collections.abc import Iterator
from calendar import monthrange
from datetime import date, timedelta
from fractions import Fraction

import model
from hypothesis import strategies as st
from model import Model, yuan

import trustledger as tl

STATEMENTS = ("income_expenditure", "remuneration", "budget_execution", "collection",
              "trial_balance")  # fmt: skip


# -- between the library and the model --------------------------------------------------------


def month_text(month: tuple[int, int]) -> str:
    return f"{month[0]:04d}-{month[1]:02d}"


def bounds(period: str) -> tuple[date, date]:
    """The first and the last day of "2017", "2017-03" or "2017-01..2017-06"."""
    if len(period) == 4:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    first, _, last = period.partition("..")
    return model.month_first(model.month_of(first)), model.month_last(model.month_of(last or first))


def plain(facts: object) -> object:
    """Facts without the entries that say nothing: a category, a line, an account all zero."""
    if not isinstance(facts, dict):
        return facts
    kept = {name: plain(value) for name, value in facts.items()}
    for name in ("income", "expenditure"):
        if name in kept:
            kept[name] = {key: value for key, value in kept[name].items() if value != "0.00"}
    if "accounts" in kept:
        kept["accounts"] = {
            code: row
            for code, row in kept["accounts"].items()
            if any(amount != "0.00" for amount in row.values())
        }
    return kept


def differences(book: tl.Book, books: Model, period: str, owners: bool = True) -> list[str]:
    """Every fact of every statement in which library and model disagree, and failed checks."""
    first, last = bounds(period)
    found = []

    def compare(name: str, report: tl.Report, right: dict) -> None:
        told, right = plain(dict(report.facts)), plain(right)
        if set(told) != set(right):
            found.append(f"{name} {period}: facts {sorted(told)}")
        for fact in right:
            if told.get(fact) != right[fact]:
                found.append(f"{name} {period}: {fact} is {told.get(fact)}, model {right[fact]}")
        for check in report.statement.checks:
            if not check.holds:
                found.append(f"{name} {period}: fails its own check {check}")

    for name in STATEMENTS:
        compare(name, book.statement(name, period), getattr(books, name)(first, last))
    for fund in books.funds[1:]:
        compare(
            f"income_expenditure of {fund}",
            book.statement("income_expenditure", period, fund=fund),
            books.income_expenditure(first, last, fund),
        )
    if owners:
        told = {str(report.facts["unit"]): report for report in book.owners(period)}
        if set(told) != set(books.units):
            found.append(f"owner {period}: units {sorted(told)}")
        for unit, report in told.items():
            compare(f"owner {unit}", report, books.owner(unit, first, last))
    return found
