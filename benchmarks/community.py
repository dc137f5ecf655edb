"""A made-up community of any size, as a book folder: what every benchmark works on.

A charge per unit and month, 93 % of them paid in their month and the rest in December, 300
expenditures a year, one tariff, one term.
"""

from __future__ import annotations

import csv
from pathlib import Path

BOOK = """\
[book]
code = "bench"
name = "测速小区"
start = 2024-01-01
fiscal_year_start = 1
currency = "CNY"

[trust]
settlor = "测速小区业主大会"
trustee = "测速物业服务有限公司"
supervisor = ""

[[remuneration]]
rate = "12%"
base = ["service_fee", "parking"]
recognised = "received"
from = 2024-01-01
authority = "信托合同"
"""


def fen_of(number: int) -> int:
    """The monthly charge of a unit, in fen: 2.00 yuan × (60.00 + number % 80) m²."""
    return 200 * (60 + number % 80)


def write(folder: Path, units: int, months: int = 12, year: int = 2024) -> int:
    """Write the folder; how many receipts it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "book.toml").write_text(BOOK, encoding="utf-8")

    def sheet(name: str, header: str, rows: list[list[str]]) -> None:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            writer.writerows(rows)

    sheet(
        "units",
        "unit,building,area_m2,usage,owner,phone,liable_from,factor",
        [
            [f"{n // 200 + 1}-{n % 200:03d}", f"{n // 200 + 1}栋", f"{60 + n % 80}.00",
             "residential", f"业主{n}", f"139{n:08d}", "", ""]
            for n in range(units)
        ],
    )  # fmt: skip
    sheet(
        "tariffs",
        "item,usage,basis,price,from,to,authority",
        [["物业服务费", "residential", "per_m2_month", "2.00", "2024-01-01", "", "业主大会决议"]],
    )
    receipts = []
    for month in range(months):
        label = f"{year + month // 12}-{month % 12 + 1:02d}"
        for n in range(units):
            if (n * 31 + month * 17) % 100 < 93:
                fen = fen_of(n)
                receipts.append(
                    [f"R{label}-{n}", f"{label}-{n % 27 + 2:02d}", f"{n // 200 + 1}-{n % 200:03d}",
                     f"{fen // 100}.{fen % 100:02d}", "wechat", f"业主{n}", "物业服务费"]
                )  # fmt: skip
        if month % 12 == 11:  # what was left out in a year is paid at its end
            for n in range(units):
                owed = sum((n * 31 + m * 17) % 100 >= 93 for m in range(month - 11, month + 1))
                if owed:
                    fen = owed * fen_of(n)
                    receipts.append(
                        [f"Z{label}-{n}", f"{label}-30", f"{n // 200 + 1}-{n % 200:03d}",
                         f"{fen // 100}.{fen % 100:02d}", "bank", f"业主{n}", "补缴"]
                    )  # fmt: skip
    sheet("receipts", "key,date,unit,amount,channel,payer,memo", receipts)
    sheet(
        "budget",
        "line,name,category,amount,fund,basis",
        [[f"A{n:02d}", f"项目{n}", "cleaning", "9,000,000.00", "", ""] for n in range(10)],
    )
    spends = [
        [f"V{n:05d}", f"{year + n * 12 // 300 // 12}-{n * 12 // 300 % 12 + 1:02d}-{n % 27 + 1:02d}",
         f"A{n % 10:02d}", "123.45", "供应商", "", ""]
        for n in range(300 * months // 12)
    ]  # fmt: skip
    sheet("expenditures", "voucher,date,line,amount,payee,memo,attachment", spends)
    sheet(
        "income",
        "key,date,category,amount,source,fund,memo",
        [
            [f"I{m}", f"{year + m // 12}-{m % 12 + 1:02d}-05", "parking", "3600.00", "车位", "", ""]
            for m in range(months)
        ],
    )
    return len(receipts)
