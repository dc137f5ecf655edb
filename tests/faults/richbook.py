"""A small book that has some of everything in it: what tampering is tried upon."""

from __future__ import annotations

from collections.abc import Callable

import trustledger as tl

SECRET = b"the same salts wherever it is made"
CODE = "rich"
UNITS = ("1-101", "1-102", "2-201")
FACTS: tuple[tl.Record, ...] = (
    tl.Fund(code="garden", name="口袋公园专项资金"),
    tl.Term(
        rate="12%", base=("service_fee", "parking"), authority="信托合同", start="2024-01-01"
    ),
    tl.LateFeeTerm(rate_per_day="0.0005", grace_days=10, authority="合同", start="2024-01-01"),
    tl.Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2024-01-01"),
    tl.Tariff(item="垃圾费", basis="per_unit_month", price="8.00", start="2024-01-01"),
    tl.ReminderStep(days=30, name="提醒", text="请于七日内缴纳。", start="2024-01-01"),
    tl.BudgetLine(line="A", name="清洁", category="cleaning", amount="20,000.00"),
    tl.BudgetLine(line="G", name="花", category="works", amount="900.00", fund="garden"),
    *(tl.Unit(unit=u, building=u[0], area_m2="93.77", usage="residential") for u in UNITS),
    tl.Tenure(unit="1-101", person="王某", start="2024-01-01"),
    tl.Opening(account="1002", amount="5,000.00"),
    tl.Opening(account="1122", unit="1-102", amount="100.00"),
    tl.Receipt(key="R1", on="2024-01-05", unit="1-101", amount="195.54", payer="王某"),
    tl.Receipt(key="R2", on="2024-01-09", unit="1-102", amount="150.00"),
    tl.Receipt(key="R3", on="2024-02-09", unit="2-201", amount="1,000.00", channel="微信"),
    tl.Receipt(key="R4", on="2024-02-11", unit="2-201", amount="77.00"),
    tl.Income(key="I1", on="2024-01-20", category="parking", amount="300.00", source="车场"),
    tl.Income(
        key="I2", on="2024-02-20", category="donation", amount="800.00", fund="garden"
    ),
    tl.Expenditure(voucher="V3", on="2024-02-21", line="A", amount="50.00"),
    tl.Deposit(key="D1", on="2024-01-10", unit="1-101", move="taken", amount="500.00"),
    tl.Deposit(key="D2", on="2024-02-10", unit="1-101", move="returned", amount="200.00"),
    tl.Agency(key="A1", on="2024-01-11", what="水费", move="collected", amount="45.60"),
    tl.Suspense(key="S1", on="2024-01-12", amount="66.00"),
    tl.Instalment(
        key="P1", on="2024-02-25", unit="1-102", due="2024-03-31", amount="50.00"
    ),
)  # fmt: skip


def make(url: str, between: Callable[[tl.Book], object] = lambda book: None) -> tl.Book:
    """Two months of a community that has everything once; ``between`` looks at it on the way."""
    info = tl.BookInfo(code=CODE, name="试验小区", start="2024-01-01")
    book = tl.Book.create(url, info, secret=SECRET)
    paper = book.attach(b"invoice of the cleaners", "V1.pdf")
    drawing = book.attach(b"a drawing of the garden", "V2.png")
    spent = tl.Expenditure(
        voucher="V1", on="2024-01-25", line="A", amount="120.00", payee="洁美", attachment=paper
    )
    planted = tl.Expenditure(
        voucher="V2", on="2024-02-20", line="G", amount="333.33", fund="garden", attachment=drawing
    )
    book.post([*FACTS, spent, planted])
    between(book)
    book.charge("2024-01..2024-02")
    between(book)
    book.post(
        [
            tl.Waiver(key="W1", on="2024-02-20", unit="1-102", month="2024-02", amount="20.00",
                      authority="决议"),
            tl.Refund(key="F1", on="2024-02-26", unit="2-201", amount="100.00"),
            tl.Withdrawal(key="T1", on="2024-02-27", amount="30.00"),
            tl.Receipt(key="R5", on="2024-02-28", unit="1-102", amount="66.00", suspense="S1"),
        ]
    )  # fmt: skip
    between(book)
    book.remind("2024-03-20")
    for number, (kind, key) in enumerate((("expenditure", "V3"), ("receipt", "R2"))):
        book.reverse(
            tl.Reversal(
                key=f"X{number}", on="2024-02-28", of_kind=kind, of_key=key, reason="记错"
            )
        )  # fmt: skip
        between(book)
    return book
