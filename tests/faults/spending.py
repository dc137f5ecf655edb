"""What runs in children that spend the same money at once."""

from __future__ import annotations

import time

from nursery import tell

import trustledger as tl


def spend(url: str, who: int, tries: int, amount: str) -> None:
    """Try so often to spend an amount; of each try, whether it was done and how long it took."""
    book = tl.Book.open(url, "b")
    for n in range(tries):
        started = time.monotonic()
        try:
            book.spend(
                tl.Expenditure(voucher=f"{who}-{n}", on="2024-01-05", line="B", amount=amount)
            )
            done = "spent"
        except tl.OverBudget:
            done = "refused"
        tell(f"{done} {time.monotonic() - started:.4f}")


def spend_or_bind(url: str, who: int, tries: int, amount: str, binds: bool) -> None:
    """The same under a year's budget, or binding the money by commitments instead."""
    book = tl.Book.open(url, "b")
    for n in range(tries):
        started, key = time.monotonic(), f"{who}-{n}"
        place: dict[str, str] = {"on": "2025-03-05", "line": "B", "amount": amount, "payee": "光明"}
        fact = tl.Commitment(key=key, **place) if binds else tl.Expenditure(voucher=key, **place)
        try:
            book.post([fact])
            done = "spent"
        except tl.OverBudget:
            done = "refused"
        tell(f"{done} {time.monotonic() - started:.4f}")
