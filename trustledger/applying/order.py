"""Order 先后: which turn each kind of fact takes on its day, and what it does then.

A new kind of fact with money is a function in a file of its own, and a line in :data:`ON_DAY`.
Facts of the open budget are in ``acts.ACTS``; whatever is in neither is a document.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from trustledger.applying import (
    custody,
    documents,
    earnings,
    openings,
    receipts,
    refunds,
    reversals,
    waivers,
)
from trustledger.applying.desk import Desk
from trustledger.records import (
    Agency,
    Deposit,
    Income,
    Instalment,
    Opening,
    Receipt,
    Record,
    Refund,
    Reversal,
    Suspense,
    Waiver,
    Withdrawal,
)

(
    DOCUMENT, ARISE, WAIVE, MONEY, EARN, GIVE_BACK, SPEND, FOLLOW, WITHDRAW, REVERSE, LATE,
) = range(11)  # fmt: skip
"""On one day in this order; late fees last, since they are reckoned on what is open at its end."""

Run = Callable[[Desk, Any], None]
"""What happens on the desk with what is given."""


class Event(NamedTuple):
    """Something that happens on a day; sorted by day, rank and key."""

    on: str
    rank: int
    key: str
    run: Run
    what: Any
    fact: Record | None


ON_DAY: dict[type[Record], tuple[int, Run]] = {
    Opening: (DOCUMENT, openings.opening),
    Instalment: (DOCUMENT, documents.instalment),
    Receipt: (MONEY, receipts.receipt),
    Income: (EARN, earnings.income),
    Refund: (GIVE_BACK, refunds.refund),
    Waiver: (WAIVE, waivers.waiver),
    Withdrawal: (WITHDRAW, earnings.withdrawal),
    Deposit: (EARN, custody.deposit),
    Agency: (EARN, custody.agency),
    Suspense: (WAIVE, custody.suspense),  # before the receipts that claim it on the same day
    Reversal: (REVERSE, reversals.reversal),
}
"""What each kind of fact with a day does, and when on it."""


def turn(fact: Record) -> tuple[int, Run]:
    """The rank and the function of a fact; others' money goes back later than it comes in."""
    rank, run = ON_DAY[type(fact)]
    if isinstance(fact, Deposit | Agency) and fact.move not in ("taken", "collected"):
        rank = GIVE_BACK
    return rank, run
