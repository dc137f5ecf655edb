"""Sixteen processes and one budget line: what is left is spent exactly, and never twice."""

from __future__ import annotations

from nursery import Nursery
from sizes import times
from smallbook import make, sound

import trustledger as tl

SPENDERS = 16
LINE_YUAN = 1_000
"""What line B of the small book has."""


@times("tries")
def test_a_line_is_spent_exactly(count: int, url: str, nursery: Nursery) -> None:
    make(url).close()
    enough = 5_000 if count >= 1_000 else 50  # so many amounts are on the line, and no more
    amount = f"{LINE_YUAN / enough:.2f}"
    told = nursery.all("spending:spend", [(url, who, count, amount) for who in range(SPENDERS)])
    tries = [line.split() for lines in told for line in lines]
    assert {done for done, _ in tries} == {"spent", "refused"}, told
    assert len(tries) == SPENDERS * count  # every one of them came to an end
    assert sum(done == "spent" for done, _ in tries) == enough
    sound(url)
    book = tl.Book.open(url)
    assert book.statement("budget_execution", "2024-01").facts["lines"]["B"]["available"] == "0.00"
    book.close()
    waits = sorted(float(wait) for _, wait in tries)
    print(
        f"{url.partition(':')[0]}: {SPENDERS} processes × {count} tries, {enough} spent; waits: "
        f"median {waits[len(waits) // 2]:.3f} s, p99 {waits[len(waits) * 99 // 100]:.3f} s, "
        f"longest {waits[-1]:.3f} s"
    )
    assert waits[-1] < 120
