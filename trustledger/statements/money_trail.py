"""我的钱去了哪里: one home's payments of a period, divided as everybody's money went.

信托法 art. 20 lets a beneficiary ask how the trust's money was handled. Money of one home cannot
be told from money of another once it is in the fund, so what a home paid is divided in the
proportion in which the community's income of the period went to the trustee, to each budget line
and into what stays in the fund; to the fen, by largest remainder. Where remainders are equal the
earlier way gets the fen: remuneration, then lines by their code, then what stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from trustledger.document import Part
from trustledger.money import allocate


class Way(NamedTuple):
    """Where money went, and how much of the community's."""

    label: str
    amount_fen: int


STAYS = "留在共有基金"


def ways(
    income_fen: int, remuneration_fen: int, spent: Iterable[tuple[str, int]]
) -> tuple[Way, ...]:
    """Where the community's income of a period went: remuneration, lines, what stays.

    A way that gave money back on balance (a clawback, a reversal of an earlier period's spending)
    took nothing. When more was spent than came in, nothing stays and the outlays alone are the
    proportion: the rest was paid out of earlier money.
    """
    outlays = [Way("受托人酬金", remuneration_fen), *(Way(*one) for one in spent)]
    outlays = [way for way in outlays if way.amount_fen > 0]
    stays = income_fen - sum(way.amount_fen for way in outlays)
    if stays > 0 or not outlays:
        return (*outlays, Way(STAYS, max(stays, 1)))
    return tuple(outlays)


def divide(paid_fen: int, among: Sequence[Way]) -> tuple[Part, ...]:
    """What one home paid, divided over the ways; nothing when it paid nothing on balance."""
    if paid_fen <= 0:
        return ()
    shares = allocate(paid_fen, [way.amount_fen for way in among])
    return tuple(Part(way.label, fen) for way, fen in zip(among, shares, strict=True))
