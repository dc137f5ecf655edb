"""trustledger: receipts onto the charges of a year, each settled, hashed, logged and summed."""

from __future__ import annotations

import clock

import trustledger as tl

UNITS = 500


def receipt(number: int) -> tl.Receipt:
    """One receipt; every unit pays in its turn."""
    return tl.Receipt(key=f"R{number}", on="2024-12-20", unit=f"{number % UNITS}", amount="100.00")


book = tl.Book.create(
    clock.DATABASE,
    tl.BookInfo(code="bench", name="测速小区", start="2024-01-01"),
    tl.Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2024-01-01"),
    tl.Term(rate="12%", base=("service_fee",), authority="信托合同", start="2024-01-01"),
    *(tl.Unit(unit=f"{n}", area_m2="60", usage="residential") for n in range(UNITS)),
)
book.charge("2024")
clock.measure(
    lambda number: book.receive(receipt(number)),
    lambda numbers: book.post([receipt(number) for number in numbers]),
)
