"""What verification remembers: what is open, not what was; the rest of the past is looked up."""

from __future__ import annotations

import gc
import tracemalloc

import databases
import pytest

import trustledger as tl
from trustledger import audit
from trustledger.audit.kinds import KINDS
from trustledger.audit.kinds.acts import RECORDS
from trustledger.facts import EVERY


def recounted(book: tl.Book) -> audit.Recount:
    with book._reading() as reader:
        return audit.recount(reader)


def test_every_kind_of_fact_is_recounted_in_one_way() -> None:
    assert {record.kind for record in EVERY} <= {"book", *KINDS, *RECORDS}
    assert KINDS.keys().isdisjoint({"book", *RECORDS})


def a_year(book: tl.Book, year: int) -> None:
    for month in range(1, 13):
        told = f"{year}-{month:02d}"
        book.charge(told)
        book.post(
            [
                tl.Receipt(key=f"{told}-{n}", on=f"{told}-20", unit=f"{n}", amount="100")
                for n in range(20)
            ]
        )


def test_what_is_settled_is_forgotten() -> None:
    book = tl.Book.create(
        databases.fresh(),
        tl.BookInfo(code="b", name="", start="2024-01-01"),
        tl.Tariff(item="物业费", basis="per_unit_month", price="100.00", start="2024-01-01"),
        *(tl.Unit(unit=f"{n}", area_m2="50", usage="residential") for n in range(20)),
    )
    kept = []
    for year in (2024, 2025, 2026, 2027):
        a_year(book, year)
        recounted(book)  # what is read for the first time stays
        tracemalloc.start()
        counted = recounted(book)
        gc.collect()
        kept.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert counted.findings == []
        assert counted.left_open() == {}
    # a year more is 480 entries, which were some 340 kB; what grows are the sums of twelve months
    assert kept[3] - kept[0] < 3 * 48_000


BASE = ("service_fee", "late_fee", "parking")


@pytest.mark.parametrize(
    ("recognised", "base", "share"),
    [
        ("received", 50_00 - 20_00, 3_00),
        # March's charge less its waiver; March's late fees of three charges less one yuan waived
        ("charged", 100_00 - 10_00 + 90 + 1_75 + 3_00 - 1_00, 9_47),
    ],
)
def test_money_goes_back_as_it_came_though_a_term_was_told_since(
    recognised: str, base: int, share: int
) -> None:
    """Nothing was in force when it came; a term that reaches back to that day is told later."""
    book = tl.Book.create(
        databases.fresh(),
        tl.BookInfo(code="b", name="", start="2024-01-01"),
        tl.Tariff(item="物业费", basis="per_unit_month", price="100.00", start="2024-01-01"),
        tl.LateFeeTerm(rate_per_day="0.001", grace_days=0, start="2024-01-01", authority="合同"),
        tl.Unit(unit="1", area_m2="50", usage="residential"),
    )
    book.charge("2024-01..2024-02")
    for fact in (
        tl.Receipt(key="r1", on="2024-03-10", unit="1", amount="120"),
        tl.Income(key="i1", on="2024-03-10", category="parking", amount="30"),
        tl.Term(rate="10%", base=BASE, recognised=recognised, start="2024-01-01", authority="合同"),
        tl.Receipt(key="r2", on="2024-03-10", unit="1", amount="50"),
    ):
        book.post([fact])
    book.charge("2024-03")
    for fact in (
        tl.Refund(key="b1", on="2024-04-01", unit="1", amount="20", receipt="r1"),
        tl.Refund(key="b2", on="2024-04-01", unit="1", amount="20", receipt="r2"),
        tl.Reversal(key="v1", on="2024-04-02", of_kind="income", of_key="i1", reason="退票"),
        tl.Waiver(
            key="w1", on="2024-04-03", unit="1", month="2024-02", amount="10", authority="会"
        ),
        tl.Waiver(
            key="w3", on="2024-04-03", unit="1", month="2024-03", amount="10", authority="会"
        ),
        tl.Waiver(
            key="wl",
            on="2024-04-03",
            unit="1",
            month="2024-02",
            amount="1",
            authority="会",
            item="late_fee",
        ),
        tl.Reversal(key="v3", on="2024-04-04", of_kind="waiver", of_key="w1", reason="误"),
        tl.Reversal(key="v2", on="2024-04-04", of_kind="receipt", of_key="r1", reason="退票"),
    ):
        book.post([fact])
    assert book.verify() == []
    assert recounted(book).terms_to_date() == {"2024-01-01": (base, share)}
