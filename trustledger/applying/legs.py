"""Legs 分录: the postings of owners' money and of what they owe, as one side and the other.

What lives here: how amounts become postings. What must not: how much, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from trustledger import chart
from trustledger.records import COMMON, LATE_FEE, Posting
from trustledger.rules.receiving import Leg

Parts = Mapping[str, tuple[int, str]]
"""Money by category: how much, and the term in whose base it counts."""


def settle(unit: str, legs: Iterable[Leg]) -> list[Posting]:
    """Prepayment / receivable, leg by leg; red-letter where a leg is negative."""
    postings = []
    for source, month, item, amount, _ in legs:
        postings.append(Posting(chart.PREPAID, COMMON, amount, 0, unit, "", "", "", source))
        postings.append(Posting(chart.RECEIVABLE, COMMON, 0, amount, unit, item, "", month, source))
    return postings


def waive(unit: str, legs: Iterable[Leg], term: str) -> list[Posting]:
    """Waived / receivable, leg by leg; ``term``: of the charge that is lowered."""
    postings = []
    for _, month, item, amount, _ in legs:
        postings.append(Posting(chart.WAIVED, COMMON, amount, 0, unit, item, "", month, "", term))
        postings.append(Posting(chart.RECEIVABLE, COMMON, 0, amount, unit, item, "", month))
    return postings


def bring(unit: str, source: str, parts: Parts, sign: int = 1) -> list[Posting]:
    """Money comes to the bank and the unit's prepayment; negative, a receipt that never was."""
    amount = sign * sum(fen for fen, _ in parts.values())
    prepaid = Posting(chart.PREPAID, COMMON, 0, amount, unit, "", "", "", source)
    return [*_at_bank(unit, source, parts, sign, 0), prepaid]


def give_back(unit: str, source: str, parts: Parts) -> list[Posting]:
    """Money leaves the unit's prepayment and the bank."""
    amount = sum(fen for fen, _ in parts.values())
    prepaid = Posting(chart.PREPAID, COMMON, amount, 0, unit, "", "", "", source)
    return [prepaid, *_at_bank(unit, source, parts, 0, 1)]


def _at_bank(unit: str, source: str, parts: Parts, debit: int, credit: int) -> list[Posting]:
    """A posting a category, on one side of the bank, as often as that side says."""
    return [
        Posting(
            chart.BANK, COMMON, debit * fen, credit * fen, unit, category, "", "", source, term
        )
        for category, (fen, term) in parts.items()
        if fen
    ]  # fmt: skip


def of_late_fees(legs: Iterable[Leg]) -> int:
    """What of these settlements is of late fees."""
    return sum(leg.amount_fen for leg in legs if leg.item == LATE_FEE)
