"""Money that is not income 代管款: deposits, agency collections, and money nobody has claimed yet.

It is held for others. It stands on liability accounts, by the unit, the purpose or the receipt it
belongs to, never below zero, and never enters a remuneration base (contract §1: liabilities, never
income). What is kept of a deposit for damage becomes the fund's compensation income, and then only.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trustledger import chart
from trustledger.errors import OverHeld
from trustledger.money import yuan
from trustledger.records import COMMON, Agency, Deposit, Posting, Suspense

HELD = (chart.DEPOSIT, chart.AGENCY, chart.SUSPENSE)
"""The accounts of others' money."""


class Holding(NamedTuple):
    """For whom money is held: the account, and the unit, purpose or suspense key."""

    account: str
    unit: str = ""
    item: str = ""
    source: str = ""


def holding_of(p: Posting) -> Holding | None:
    """What a posting holds or lets go of, if it does."""
    if p.account == chart.DEPOSIT and p.unit:
        return Holding(p.account, unit=p.unit)
    if p.account == chart.AGENCY and p.item != "agency":
        return Holding(p.account, item=p.item)
    if p.account == chart.SUSPENSE:
        return Holding(p.account, source=p.source)
    return None


def check_held(key: str, holding: Holding, amount_fen: int, held: Mapping[Holding, int]) -> None:
    """Refuse to let go of more than is held.

    :raises OverHeld: it is more.
    """
    left = held.get(holding, 0)
    if amount_fen > left:
        whose = holding.unit or holding.item or holding.source
        name = chart.ACCOUNTS[holding.account].name
        raise OverHeld(
            f"{key!r} is {yuan(amount_fen)}, and {yuan(left)} is held of {whose} in {name}; "
            "take at most that",
            field="amount",
        )


def deposit_postings(fact: Deposit, term: str) -> tuple[Posting, ...]:
    """A unit's deposit taken, returned, or kept for damage; ``term``: of that compensation."""
    amount, unit = fact.amount_fen, fact.unit
    if fact.move == "taken":
        return (
            Posting(chart.BANK, COMMON, amount, 0, "", "deposit"),
            Posting(chart.DEPOSIT, COMMON, 0, amount, unit, "deposit"),
        )
    if fact.move == "returned":
        return (
            Posting(chart.DEPOSIT, COMMON, amount, 0, unit, "deposit"),
            Posting(chart.BANK, COMMON, 0, amount, "", "deposit"),
        )
    return (
        Posting(chart.DEPOSIT, COMMON, amount, 0, unit, "deposit"),
        Posting(chart.INCOME_ACCOUNT["compensation"], COMMON, 0, amount, "", "compensation"),
        Posting(chart.BANK, COMMON, amount, 0, "", "compensation", "", "", "", term),
        Posting(chart.BANK, COMMON, -amount, 0, "", "deposit"),
    )


def agency_postings(fact: Agency) -> tuple[Posting, ...]:
    """Money collected for somebody else, or passed on to them."""
    amount, what = fact.amount_fen, fact.what
    if fact.move == "collected":
        return (
            Posting(chart.BANK, COMMON, amount, 0, "", "agency"),
            Posting(chart.AGENCY, COMMON, 0, amount, fact.unit, what),
        )
    return (
        Posting(chart.AGENCY, COMMON, amount, 0, fact.unit, what),
        Posting(chart.BANK, COMMON, 0, amount, "", "agency"),
    )


def suspense_postings(fact: Suspense) -> tuple[Posting, ...]:
    """Money that came in and that nobody has claimed yet."""
    amount = fact.amount_fen
    return (
        Posting(chart.BANK, COMMON, amount, 0, "", "suspense", "", "", fact.key),
        Posting(chart.SUSPENSE, COMMON, 0, amount, "", "suspense", "", "", fact.key),
    )


def claim_postings(suspense: str, amount_fen: int) -> tuple[Posting, ...]:
    """Money in suspense is claimed by a receipt: it came to the bank before, not now."""
    return (
        Posting(chart.SUSPENSE, COMMON, amount_fen, 0, "", "suspense", "", "", suspense),
        Posting(chart.BANK, COMMON, -amount_fen, 0, "", "suspense", "", "", suspense),
    )
