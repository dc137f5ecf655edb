"""收费月报 by hand: two homes, two months, and every way a cell can come about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from databases import fresh

import trustledger as tl
from trustledger import drawing
from trustledger.records import Posting
from trustledger.statements import month_columns, month_grid
from trustledger.statements.figures import Movement, UnitFigures
from trustledger.statements.month_columns import moved
from trustledger.store import gathering

MONTHS = ("2024-01", "2024-02")


def pay(key: str, on: str, unit: str, amount: str) -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit=unit, amount=amount)


@pytest.fixture
def book() -> tl.Book:
    """Both homes owe 100.00 a month.

    Home 1 brings 50.00 of arrears, pays 250.00 in January, and 20.00 of that bounce in February.
    Shop 2 brings 30.00 prepaid, pays 120.00 in February and is waived 10.00.
    """
    book = tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园小区", start="2024-01-01"),
        tl.Unit(unit="1", building="1栋", area_m2="100", usage="住宅"),
        tl.Unit(unit="2", area_m2="100", usage="商铺"),
        tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01"),
        tl.Opening(account="1122", unit="1", amount="50"),
        tl.Opening(account="2203", unit="2", amount="30"),
    )
    book.charge("2024-01..2024-02")
    book.post(
        [
            pay("R1", "2024-01-10", "1", "250"),
            pay("R2", "2024-02-05", "2", "120"),
            tl.Waiver(key="W", on="2024-02-06", unit="2", month="2024-02", amount="10",
                      authority="业主大会"),
            tl.Refund(key="F", on="2024-02-20", unit="1", amount="20", receipt="R1"),
        ]
    )  # fmt: skip
    return book


def row(book: tl.Book, period: str, name: str, group: str = "units") -> dict[str, str]:
    """What is not nought in a row, in yuan."""
    report, found = book.statement("month_grid", period), {}
    for table in (report.table(group), report.table(f"{group}_prepaid")):
        rows = {row[0]: row for row in (*table.rows, *table.totals)}
        for column, fen in zip(table.columns[1:], rows[name][1:], strict=True):
            if fen:
                found[column.key] = tl.yuan(int(fen))
    return found


def test_the_first_month(book: tl.Book) -> None:
    assert row(book, "2024-01", "1") == {
        "opening_arrears": "50.00",
        "charged": "100.00",
        "arrears": "50.00",  # the opening, first
        "current": "100.00",
        "received": "250.00",
        "settled": "150.00",
        "prepaid": "100.00",
        "closing_prepaid": "100.00",
    }
    assert row(book, "2024-01", "2") == {
        "charged": "100.00",
        "used": "30.00",
        "closing_arrears": "70.00",
        "opening_prepaid": "30.00",
        "settled": "30.00",
    }


def test_the_second_month(book: tl.Book) -> None:
    assert row(book, "2024-02", "1") == {
        "charged": "100.00",
        "used": "100.00",
        "reopened": "20.00",  # money of January, so it is no red figure of February's
        "closing_arrears": "20.00",
        "opening_prepaid": "100.00",
        "settled": "100.00",
        "refunded": "20.00",
    }
    assert row(book, "2024-02", "2") == {
        "opening_arrears": "70.00",
        "charged": "100.00",
        "arrears": "70.00",
        "current": "50.00",
        "waived": "10.00",
        "closing_arrears": "40.00",
        "received": "120.00",
        "settled": "120.00",
    }


def test_both_months_as_one_period(book: tl.Book) -> None:
    """What one month calls used or reopened is the period's own money when both are one."""
    assert row(book, "2024-01..2024-02", "1") == {
        "opening_arrears": "50.00",
        "charged": "200.00",
        "arrears": "50.00",
        "current": "180.00",
        "closing_arrears": "20.00",
        "received": "250.00",
        "settled": "230.00",
        "refunded": "20.00",
    }


def test_subtotals_and_the_total(book: tl.Book) -> None:
    one, two = row(book, "2024-02", "1"), row(book, "2024-02", "2")
    assert row(book, "2024-02", "1栋", "buildings") == row(book, "2024-02", "住宅", "usages") == one
    assert row(book, "2024-02", "未分楼栋", "buildings") == two
    assert row(book, "2024-02", "商铺", "usages") == two
    total = row(book, "2024-02", "合计")
    assert total == row(book, "2024-02", "合计", "buildings")
    facts = book.statement("month_grid", "2024-02").facts
    assert facts["units"] == 2
    assert facts["charged"] == total["charged"] == "200.00"
    assert facts["closing_arrears"] == "60.00"
    assert facts["late_fee"] == "0.00"


def test_money_reversed_in_its_month_leaves_no_trace(book: tl.Book) -> None:
    before = [row(book, month, "2") for month in MONTHS]
    book.receive(pay("R3", "2024-02-25", "2", "500"))
    book.reverse(
        tl.Reversal(key="X", on="2024-02-26", of_kind="receipt", of_key="R3", reason="记错")
    )
    assert [row(book, month, "2") for month in MONTHS] == before


def cell(book: tl.Book, column: str, **where: str) -> list[tuple[str, str, str]]:
    found = book.entries_of("2024-02", column, **where)
    return [(one.kind, one.key, tl.yuan(one.amount_fen)) for one in found]


def test_a_cell_gives_its_entries(book: tl.Book) -> None:
    assert cell(book, "charged", unit="2") == [("charge", "2024-02|2", "100.00")]
    assert cell(book, "arrears", building="") == [("receipt", "R2", "70.00")]
    assert cell(book, "reopened") == [("refund", "F", "20.00")]
    assert cell(book, "waived", usage="商铺", building="") == [("waiver", "W", "10.00")]
    assert cell(book, "late_fee") == []
    assert cell(book, "waived", usage="住宅", building="") == []  # nothing is in both
    assert cell(book, "closing_arrears", unit="2") == [
        ("charge", "2024-01|2", "70.00"),  # 100.00, of which 30.00 were prepaid
        ("charge", "2024-02|2", "100.00"),
        ("receipt", "R2", "-120.00"),
        ("waiver", "W", "-10.00"),
    ]
    assert cell(book, "opening_prepaid", unit="1") == [("receipt", "R1", "100.00")]


@pytest.mark.parametrize(
    ("column", "where", "said"),
    [
        ("paid", {}, "column 'paid' is not defined; it is one of opening_arrears, charged, "),
        ("charged", {"unit": "9"}, "unit '9' is not defined; name a unit of this book"),
        ("charged", {"building": "9栋"}, "building '9栋' is not defined; "),
        ("charged", {"usage": "车位"}, "usage '车位' is not defined; "),
    ],
)
def test_a_cell_that_is_not_there(
    book: tl.Book, column: str, where: dict[str, str], said: str
) -> None:
    with pytest.raises(tl.Unknown) as caught:
        book.entries_of("2024-02", column, **where)
    assert str(caught.value).startswith(said)


# --------------------------------------------------------------------------- late fees


def on_unit(kind: str, key: str, *postings: Posting) -> list[Movement]:
    return [Movement(9, kind, key, "2024-02-29", posting) for posting in postings]


def test_late_fee_stands_apart_from_charges() -> None:
    """3.00 accrue on January's charge; a receipt pays 2.00 of it, an old prepayment 0.50."""
    movements = [
        *on_unit(
            "late_fee",
            "2024-02|1",
            Posting("1122", "common", 300, 0, "1", "late_fee", "", "2024-01"),
            Posting("2203", "common", 50, 0, "1", source="R0"),
            Posting("1122", "common", 0, 50, "1", "late_fee", "", "2024-01", "R0"),
        ),
        *on_unit(
            "receipt",
            "R9",
            Posting("1002", "common", 200, 0, "1", "service_fee", source="R9"),
            Posting("2203", "common", 0, 200, "1", source="R9"),
            Posting("2203", "common", 200, 0, "1", source="R9"),
            Posting("1122", "common", 0, 200, "1", "late_fee", "", "2024-01", "R9"),
        ),
        *on_unit(
            "waiver",
            "W",
            Posting("4009", "common", 10, 0, "1", "late_fee", "", "2024-01"),
            Posting("1122", "common", 0, 10, "1", "late_fee", "", "2024-01"),
        ),
    ]
    unit = tl.Unit(unit="1", area_m2="1", usage="住宅")
    found = month_grid.row_of(UnitFigures(unit, 10_000, 50, tuple(movements)), "2024-02")
    assert {name: fen for name, fen in found.items() if fen} == {
        "opening_arrears": 10_000,
        "late_fee": 300,
        "late_fee_paid": 250,
        "waived": 10,
        "closing_arrears": 10_040,
        "opening_prepaid": 50,
        "received": 200,
        "settled": 250,
    }
    assert month_grid.arrears_end(found) == 10_040
    assert month_grid.prepaid_end(found) == 0


def test_late_fee_from_the_books() -> None:
    """0.05 % a day. January bears 100.00 × 30 days. In February 50.00 pay that 1.50 first, then
    48.50 of January's charge; it bears 100.00 × 9 days + 51.50 × 20 days = 0.97 (0.965), and
    February's own charge 100.00 × 28 days = 1.40."""
    book = tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园小区", start="2024-01-01"),
        tl.Unit(unit="1", building="1栋", area_m2="100", usage="住宅"),
        tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01"),
        tl.LateFeeTerm(rate_per_day="0.05%", grace_days=0, start="2024-01-01"),
    )
    book.charge("2024-01")
    book.receive(pay("R1", "2024-02-10", "1", "50"))
    book.charge("2024-02")
    assert row(book, "2024-01", "1") == {
        "charged": "100.00",
        "late_fee": "1.50",
        "closing_arrears": "101.50",
    }
    assert row(book, "2024-02", "1") == {
        "opening_arrears": "101.50",
        "charged": "100.00",
        "late_fee": "2.37",
        "late_fee_paid": "1.50",
        "arrears": "48.50",
        "closing_arrears": "153.87",
        "received": "50.00",
        "settled": "50.00",
    }
    assert cell(book, "late_fee") == [("late_fee", "2024-02|1", "2.37")]
    assert cell(book, "late_fee_paid") == [("receipt", "R1", "1.50")]
    ages = book.statement("ageing", "2024-02").table("units").rows
    assert ages == (("1", "2024-01-01", 101_40, 52_47, 0, 0, 0, 153_87),)


# --------------------------------------------------------------------------- checks


def test_a_row_that_does_not_add_up_is_named(
    book: tl.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forgetful(*asked: object) -> list[tuple[str, int]]:
        return [pair for pair in moved(*asked) if pair[0] not in ("waived", "refunded")]  # type: ignore[arg-type]

    monkeypatch.setattr(month_grid, "moved", forgetful)
    with pytest.raises(tl.StatementFails) as caught:
        book.statement("month_grid", "2024-02").render("json")
    assert "差额（2 户起）: 10.00 is not 0.00" in str(caught.value)
    assert "差额（1 户起）: 20.00 is not 0.00" in str(caught.value)


def test_rows_are_held_against_the_accounts(book: tl.Book) -> None:
    with book._reading() as reader:
        figures = drawing.Desk(reader, "2024-02").figures
        units = {unit.unit: unit for unit in reader.facts(tl.Unit)}
        accounts = list(gathering.unit_accounts(reader, figures.period, units))
    assert all(check.holds for check in month_grid.build(figures, accounts).checks)
    missing = month_grid.build(figures, accounts[:1]).checks
    assert [check.holds for check in missing] == [True, True, False, True]
    none = month_grid.build(replace(figures, turnovers=()), accounts).checks
    assert [(check.left_fen, check.right_fen) for check in none[2:]] == [(6000, 0), (0, 0)]


def test_every_column_has_a_title_and_a_place() -> None:
    shown = {*month_grid.ARREARS, *month_grid.PREPAID}
    assert shown == set(month_columns.TITLES)
