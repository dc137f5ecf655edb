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
