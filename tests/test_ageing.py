"""欠费账龄表 by hand."""

from __future__ import annotations

import pytest
from databases import fresh

import trustledger as tl
from trustledger.statements.ageing import BUCKETS, labels, parse_buckets


@pytest.fixture
def book() -> tl.Book:
    """One home at 100.00 a month from 2024-01-15, with 50.00 of arrears; another that pays."""
    book = tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园小区", start="2024-01-15"),
        tl.Unit(unit="1-101", building="1栋", area_m2="100", usage="住宅"),
        tl.Unit(unit="2-101", building="2栋", area_m2="100", usage="住宅"),
        tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01"),
        tl.Opening(account="1122", unit="1-101", amount="50"),
    )
    book.charge("2024-01..2024-05")
    book.receive(tl.Receipt(key="R1", on="2024-01-20", unit="2-101", amount="500"))
    book.receive(tl.Receipt(key="R2", on="2024-04-20", unit="1-101", amount="170"))
    return book


def ages(book: tl.Book, period: str, **more: object) -> dict[str, tuple[object, ...]]:
    return {
        str(row[0]): row[1:]
        for row in book.statement("ageing", period, **more).table("units").rows  # type: ignore[arg-type]
    }


def test_days_since_the_charge(book: tl.Book) -> None:
    """At the end of March: 77 days since the eve, 76, 59 and 30 since the charges."""
    assert ages(book, "2024-03") == {"1-101": ("2024-01-14", 10_000, 25_000, 0, 0, 0, 35_000)}
    assert ages(book, "2024-03", buckets=(29, 59, 76)) == {
        "1-101": ("2024-01-14", 0, 20_000, 10_000, 5_000, 35_000)
    }


def test_what_happened_since_is_not_there_yet(book: tl.Book) -> None:
    """In April 170.00 paid the opening, January's charge and 20.00 of February's."""
    before = ages(book, "2024-03")
    assert ages(book, "2024-04") == {"1-101": ("2024-02-01", 10_000, 18_000, 0, 0, 0, 28_000)}
    book.receive(tl.Receipt(key="R3", on="2024-05-02", unit="1-101", amount="1000"))
    assert ages(book, "2024-03") == before
    assert ages(book, "2024-05") == {}


def test_what_stands_open_again_is_as_old_as_its_charge(book: tl.Book) -> None:
    """May and April are 30 and 60 days old; March 91, and what bounced is older still."""
    book.refund(tl.Refund(key="F", on="2024-05-03", unit="1-101", amount="170", receipt="R2"))
    assert ages(book, "2024-05", buckets="90") == {"1-101": ("2024-01-14", 20_000, 35_000, 55_000)}


def test_what_it_says_of_the_community(book: tl.Book) -> None:
    report = book.statement("ageing", "2024-03", buckets=(30, 76))
    assert report.facts == {
        "as_of": "2024-03-31",
        "units_owing": 1,
        "arrears": "350.00",
        "buckets": {"0-30": "100.00", "31-76": "200.00", "over-76": "50.00"},
    }
    table = report.table("buildings")
    assert [column.key for column in table.columns] == [
        "building", "units", "days_0_30", "days_31_76", "days_over_76", "arrears",
    ]  # fmt: skip
    assert table.rows == (
        ("1栋", 1, 10_000, 20_000, 5_000, 35_000),
        ("2栋", 0, 0, 0, 0, 0),
    )
    assert table.totals == (("合计", 1, 10_000, 20_000, 5_000, 35_000),)
    assert report.statement.checks[0].left_fen == 35_000


def test_buckets() -> None:
    assert labels(BUCKETS) == ["0-30", "31-90", "91-180", "181-365", "over-365"]
    assert parse_buckets("30, 90") == parse_buckets([30, 90]) == (30, 90)


@pytest.mark.parametrize(
    "wrong",
    ["", "30,", "30,30", "90,30", "0,30", "-5", "30,x", "1.5", "３０", "1,2,3,4,5,6,7,8,9",
     "100000", (), (30, 30), (30.0,), (True,), (0,)],
)  # fmt: skip
def test_buckets_that_are_none(book: tl.Book, wrong: object) -> None:
    with pytest.raises(tl.InvalidInput) as caught:
        book.statement("ageing", "2024-03", buckets=wrong)  # type: ignore[arg-type]
    assert str(caught.value) == (
        f"found buckets {wrong!r}; they are the last day of each, at most 8 and rising, "
        "such as 30,90,180,365"
    )
