"""Fields that are one of some words, and the words that each allows."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from trustledger.errors import Unknown


def one_of(what: str, allowed: tuple[str, ...]) -> BeforeValidator:
    """One of some words, as the type of a field."""

    def check(value: object) -> object:
        name = value.strip() if isinstance(value, str) else value
        if name not in allowed:
            raise Unknown(what, str(value)[:40], f"it is one of {', '.join(allowed)}")
        return name

    return BeforeValidator(check)


def words(what: str, chinese: dict[str, str]) -> BeforeValidator:
    """One of some words, in English or Chinese."""

    def check(value: object) -> object:
        name = value.strip() if isinstance(value, str) else value
        name = chinese.get(str(name), name)
        if name not in chinese.values():
            right = ", ".join(f"{english} {word}" for word, english in chinese.items())
            raise Unknown(what, str(value)[:40], f"it is one of {right}")
        return name

    return BeforeValidator(check)


INCOME_CATEGORIES = (
    "service_fee", "late_fee", "parking", "advertising", "venue_rent", "interest", "compensation",
    "other", "subsidy", "contribution", "donation", "deposit", "agency",
)  # fmt: skip
RESTRICTED_CATEGORIES = ("subsidy", "contribution", "donation")
LIABILITY_CATEGORIES = ("deposit", "agency")
BUDGET_CATEGORIES = (
    "staff", "maintenance", "cleaning", "greening", "security", "office", "depreciation",
    "insurance", "other", "works",
)  # fmt: skip

BASES = ("per_m2_month", "per_unit_month", "per_count_month", "per_reading")
PERIODS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""收费周期: how many months a tariff is charged for at once."""

ROUNDINGS = {"fen": 1, "jiao": 10, "yuan": 100}
"""取整: to what an item's amount is rounded, in fen."""

ROLES = {"owner": "业主", "tenant": "承租人", "developer": "建设单位"}
"""How somebody holds a unit; written in English or Chinese, kept in English."""


def _role(value: object) -> object:
    name = value.strip() if isinstance(value, str) else value
    for role, title in ROLES.items():
        if name in (role, title):
            return role
    raise Unknown("role", str(value)[:40], f"it is one of {', '.join(ROLES)}")


IncomeCategory = Annotated[str, one_of("income category", INCOME_CATEGORIES)]
BaseCategory = Annotated[
    str,
    one_of(
        "base category",
        tuple(
            c for c in INCOME_CATEGORIES if c not in RESTRICTED_CATEGORIES + LIABILITY_CATEGORIES
        ),
    ),
]
BudgetCategory = Annotated[str, one_of("budget category", BUDGET_CATEGORIES)]
Basis = Annotated[str, one_of("basis", BASES)]
ChargedFor = Annotated[str, one_of("period", tuple(PERIODS))]
RoundedTo = Annotated[str, one_of("rounding", tuple(ROUNDINGS))]
Recognition = Annotated[str, one_of("recognition", ("received", "charged"))]
Role = Annotated[str, BeforeValidator(_role)]
