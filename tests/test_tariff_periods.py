"""Tariffs that are charged by the quarter, half year or year, and amounts rounded to jiao or yuan.

What is right is reckoned here in whole numbers: areas and prices in ten-thousandths, days of the
calendar by ordinals, nothing of the library's.
"""

from __future__ import annotations

import json
import random
from calendar import monthrange
from collections.abc import Callable
from datetime import date

import pytest
from databases import fresh, tampering
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl

LENGTH = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
STEP = {"fen": 1, "jiao": 10, "yuan": 100}
DAYS = st.dates(date(2023, 7, 1), date(2024, 12, 31))


def four(number: int) -> str:
    """Ten-thousandths as text."""
    return f"{number // 10_000}.{number % 10_000:04d}"


def text(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def charged(book: tl.Book) -> dict[str, int]:
    """Fen by month, from the postings of the charges."""
    return {
        entry.key[:7]: sum(p.debit_fen for p in entry.postings if p.account == "1122")
        for entry in book.entries()
        if entry.kind == "charge"
    }


def community(start: str, fiscal: int, *facts: tl.records.Record) -> tl.Book:
    info = tl.BookInfo(code="garden", name="花园", start=start, fiscal_year_start=fiscal)
    return tl.Book.create(fresh(), info, *facts)


def expected(
    area: int,
    price: int,
    period: str,
    rounding: str,
    start: date,
    fiscal: int,
    liable: date | None,
    first: date,
    last: date | None,
) -> dict[str, int]:
    """Fen by month: each month goes to the first month of its period that is charged at all."""
    right: dict[str, list[tuple[int, int]]] = {}
    head: dict[int, str] = {}
    for at in range(2023 * 12 + 6, 2026 * 12):
        year, month = at // 12, at % 12 + 1
        days = monthrange(year, month)[1]
        day = max(date(year, month, 1), start)
        if (year, month) < (start.year, start.month):
            continue
        if day < first or (last is not None and last < day):
            continue
        inside = days
        if liable is not None and liable > date(year, month, 1):
            inside = max(0, date(year, month, days).toordinal() - liable.toordinal() + 1)
        if not inside:
            continue
        run = (at - (fiscal - 1)) // LENGTH[period]
        head.setdefault(run, text(year, month))
        right.setdefault(head[run], []).append((inside, days))
    amounts = {}
    for month, parts in right.items():
        bottom = 1
        for _, days in parts:
            bottom *= days
        time = sum(inside * bottom // days for inside, days in parts)
        step, whole = STEP[rounding], 10**8 * bottom  # area and price in ten-thousandths
        top = 100 * area * price * time
        amounts[month] = (2 * top + whole * step) // (2 * whole * step) * step
    return {month: fen for month, fen in amounts.items() if fen and month <= "2024-12"}


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.sampled_from((10_000, 937_700, 1_234_567, 60_000)),
    st.sampled_from((10_000, 19_000, 23_456, 1, 333_300)),
    st.sampled_from(tuple(LENGTH)),
    st.sampled_from(tuple(STEP)),
    DAYS,
    st.integers(1, 12),
    st.none() | DAYS,
    DAYS,
    st.none() | DAYS,
)
def test_a_period_is_charged_once_for_the_months_it_has_left(
    area: int, price: int, period: str, rounding: str, start: date, fiscal: int,
    liable: date | None, first: date, last: date | None,
) -> None:  # fmt: skip
    last = last and max(last, first)
    book = community(
        start.isoformat(),
        fiscal,
        tl.Unit(unit="1", area_m2=four(area), usage="home", liable_from=liable),
        tl.Tariff(item="fee", basis="per_m2_month", price=four(price), start=first, to=last,
                  period=period, rounding=rounding),
    )  # fmt: skip
    book.charge("2023-07..2024-12")
    right = expected(area, price, period, rounding, start, fiscal, liable, first, last)
    assert charged(book) == right
    assert book.verify() == []
    book.charge("2023-07..2024-12")
    assert charged(book) == right


@settings(max_examples=30, deadline=None, derandomize=True)
@given(
    st.sampled_from(("quarter", "half_year", "year")),
    st.integers(1, 12),
    st.lists(DAYS.map(lambda day: day.replace(day=1)), max_size=3, unique=True),
    st.randoms(use_true_random=False),
)
def test_periods_and_months_add_up_alike_wherever_prices_change(
    period: str, fiscal: int, cuts: list[date], chance: random.Random
) -> None:
    """Prices of whole fen: every month costs the same, by itself or within its period; and the
    months may be charged one by one, in any order."""

    def told(length: str) -> list[tl.records.Record]:
        starts = [date(2023, 7, 1), *sorted(cut for cut in cuts if cut > date(2023, 7, 1))]
        ends = [date.fromordinal(day.toordinal() - 1) for day in starts[1:]]
        return [
            tl.Unit(unit="1", area_m2="10", usage="home"),
            *(
                tl.Tariff(item="fee", basis="per_m2_month", price=f"{at}.20", start=day,
                          to=end, period=length)
                for at, (day, end) in enumerate(zip(starts, [*ends, None], strict=True), 1)
            ),
        ]  # fmt: skip

    whole = community("2023-07-01", fiscal, *told(period))
    months = [text(at // 12, at % 12 + 1) for at in range(2023 * 12 + 6, 2025 * 12)]
    chance.shuffle(months)
    for month in months:
        whole.charge(month)
    single = community("2023-07-01", fiscal, *told("month"))
    single.charge("2023-07..2025-12")
    run = LENGTH[period]
    whole_runs, single_runs = (
        by_run(charged(book), lambda at: (at - fiscal + 1) // run) for book in (whole, single)
    )
    through = (2025 * 12 - 1 - fiscal + 1) // run  # the run of December 2024
    assert whole_runs == {at: fen for at, fen in single_runs.items() if at <= through}


def by_run(fen: dict[str, int], run: Callable[[int], int]) -> dict[int, int]:
    sums: dict[int, int] = {}
    for month, amount in fen.items():
        at = run(int(month[:4]) * 12 + int(month[5:]) - 1)
        sums[at] = sums.get(at, 0) + amount
    return sums


# -- by hand ----------------------------------------------------------------------------------

HOME = tl.Unit(unit="1-101", area_m2="93.77", usage="home")


def quarterly(**more: object) -> tl.Tariff:
    right = {"item": "物业费", "basis": "per_m2_month", "price": "2.15", "period": "quarter",
             "start": "2024-01-01"}  # fmt: skip
    return tl.Tariff(**(right | more))


def test_a_quarter_by_hand() -> None:
    """93.77 × 2.15 × 3 = 604.8165, which is 604.82; by the month it would be 3 × 201.61."""
    book = community("2024-01-01", 1, HOME, quarterly())
    book.charge("2024")
    assert charged(book) == {f"2024-{month:02d}": 60482 for month in (1, 4, 7, 10)}
    entry = book.entry("charge", "2024-01|1-101")
    assert entry is not None
    assert json.loads(entry.content)["lines"] == [
        {"item": "物业费", "quantity": "93.77", "price": "2.15", "factor": "1", "days": 31,
         "of_days": 31, "amount_fen": 60482, "months": 3}
    ]  # fmt: skip
    page = str(book.statement("owner", "2024-01", unit="1-101"))
    assert "93.77 ㎡ × 2.15 × 3 个月" in page


def test_books_and_units_that_come_inside_a_quarter() -> None:
    """Books open on 10 February: February and March. A unit from 15 February: 15 of 29 days and
    March, 93.77 × 2.15 × (15/29 + 1) = 305.8842…"""
    late = tl.Unit(unit="1-102", area_m2="93.77", usage="home", liable_from="2024-02-15")
    book = community("2024-02-10", 1, HOME, late, quarterly())
    book.charge("2024-02..2024-04")
    entries = {entry.key: entry for entry in book.entries() if entry.kind == "charge"}
    sums = {key: sum(p.debit_fen for p in e.postings if p.account == "1122")
            for key, e in entries.items()}  # fmt: skip
    assert sums == {
        "2024-02|1-101": 40321, "2024-02|1-102": 30588,
        "2024-04|1-101": 60482, "2024-04|1-102": 60482,
    }  # fmt: skip
    assert entries["2024-02|1-102"].on == "2024-02-10"
    page = str(book.statement("owner", "2024-02", unit="1-102"))
    assert "93.77 ㎡ × 2.15 ×（15/29 天 + 1 个月）" in page


def test_quarters_of_a_fiscal_year_that_begins_in_february() -> None:
    book = community("2024-01-01", 2, HOME, quarterly())
    book.charge("2024-01..2024-08")
    assert charged(book) == {"2024-01": 20161, "2024-02": 60482, "2024-05": 60482, "2024-08": 60482}


@pytest.mark.parametrize(
    ("rounding", "fen", "words"),
    [("fen", 20161, ""), ("jiao", 20160, "，取整到角"), ("yuan", 20200, "，取整到元")],
)
def test_rounding_by_hand(rounding: str, fen: int, words: str) -> None:
    """93.77 × 2.15 = 201.6055: rounded once, to the fen, the jiao or the yuan."""
    book = community("2024-01-01", 1, HOME, quarterly(period="month", rounding=rounding))
    book.charge("2024-01")
    assert charged(book) == {"2024-01": fen}
    report = book.statement("owner", "2024-01", unit="1-101")
    table = next(t for t in report.statement.blocks if t.key == "charges")
    assert table.rows[0][2] == f"93.77 ㎡ × 2.15{words}"


def test_half_a_yuan_goes_up() -> None:
    half = tl.Tariff(item="停车费", basis="per_unit_month", price="10.5", start="2024-01-01",
                     rounding="yuan")  # fmt: skip
    book = community("2024-01-01", 1, HOME, half)
    book.charge("2024-01")
    assert charged(book) == {"2024-01": 1100}


def test_a_quarterly_tariff_does_not_end_within_what_is_charged() -> None:
    book = community("2024-01-01", 1, HOME, quarterly())
    book.charge("2024-01")
    for day in ("2024-01-31", "2024-02-29"):
        with pytest.raises(tl.Refused) as caught:
            book.post([quarterly(to=day)])
        assert str(caught.value) == (
            f"tariff '物业费||2024-01-01' cannot end on {day}: "
            "something after that day already rests on it"
        )
    book.post([quarterly(to="2024-03-15"), quarterly(price="3", start="2024-04-01")])
    book.charge("2024-04")
    assert charged(book) == {"2024-01": 60482, "2024-04": 84393}
    assert book.verify() == []


def test_a_price_that_changes_inside_a_quarter() -> None:
    """Each month by the price of its own day: two at 2.15 with January, March alone at 3.00."""
    book = community(
        "2024-01-01", 1, HOME, quarterly(to="2024-02-29"), quarterly(price="3", start="2024-03-01")
    )
    book.charge("2024-01..2024-03")
    assert charged(book) == {"2024-01": 40321, "2024-03": 28131}


def test_a_tariff_charged_by_the_month_is_stored_as_it_ever_was() -> None:
    plain = tl.Tariff(item="fee", basis="per_m2_month", price="2.15", start="2024-01-01")
    assert plain.content() == (
        '{"start":"2024-01-01","authority":"","item":"fee","usage":"",'
        '"basis":"per_m2_month","price":"2.15"}'
    )
    book = community("2024-01-01", 1, HOME, plain)
    book.charge("2024-01")
    entry = book.entry("charge", "2024-01|1-101")
    assert entry is not None
    assert entry.content == (
        '{"unit":"1-101","month":"2024-01","lines":[{"item":"fee","quantity":"93.77",'
        '"price":"2.15","factor":"1","days":31,"of_days":31,"amount_fen":20161}]}'
    )


def test_what_a_conflict_says_of_a_field_that_was_not_given() -> None:
    book = community("2024-01-01", 1, HOME, quarterly(period="month"))
    with pytest.raises(tl.KeyConflict, match="stands with period 'month', and now says 'quarter'"):
        book.post([quarterly()])


def test_a_charge_that_was_changed_is_found() -> None:
    """Three months that say they were two: the figures must be those of the rule."""
    book = community("2024-01-01", 1, HOME, quarterly())
    book.charge("2024-01")
    with tampering(book) as connection:
        connection.exec_driver_sql(
            """UPDATE tl_entry SET content = replace(content, '"months":3', '"months":2')"""
        )
    assert any(one.check == "charge" and "figures" in one.message for one in book.verify())
