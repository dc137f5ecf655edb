"""piecash (books of GnuCash) on SQLite."""

from __future__ import annotations

from datetime import date

import clock
from piecash import Account, Split, Transaction, create_book

book = create_book(uri_conn=clock.DATABASE, currency="CNY")
yuan = book.default_currency
bank, fund, payable = (
    Account(name=kind.lower(), type=kind, parent=book.root_account, commodity=yuan)
    for kind in ("BANK", "INCOME", "LIABILITY")
)
book.save()
DAY = date(2024, 12, 20)


def receipt(number: int) -> None:
    sides = ((bank, 100), (fund, -88), (payable, -12))
    Transaction(
        currency=yuan, description=f"R{number}", post_date=DAY,
        splits=[Split(account=account, value=value) for account, value in sides],
    )  # fmt: skip


def many(numbers: range) -> None:
    for number in numbers:
        receipt(number)
    book.save()


clock.measure(lambda number: many(range(number, number + 1)), many)
