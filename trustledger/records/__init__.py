"""The nouns 业务记录: frozen, validated values. What a caller hands in, and what the journal holds.

What lives here: one class per kind of fact, the entry and its postings, and the types of their
fields; a file for each thing of a community that they are about. What must not: rules, sums,
sessions. Facts validate themselves (yuan as text or ``Decimal``, exact to the fen; ISO dates) and
raise :class:`~trustledger.errors.InvalidRecord` and its kin, never a library's own error.
"""

from __future__ import annotations

from trustledger.records.amounts import (
    Amount,
    NumberLike,
    Rate,
    RateLike,
    SignedAmount,
    Whole,
    YuanLike,
    quantity,
)
from trustledger.records.base import Record
from trustledger.records.choices import (
    BASES,
    BUDGET_CATEGORIES,
    INCOME_CATEGORIES,
    LIABILITY_CATEGORIES,
    PERIODS,
    RESTRICTED_CATEGORIES,
    ROLES,
    ROUNDINGS,
    BudgetCategory,
    one_of,
    words,
)
from trustledger.records.community import BookInfo, Fund, Opening
from trustledger.records.custody import Agency, Deposit, Suspense
from trustledger.records.days import Day, DayLike, Month
from trustledger.records.homes import Tenure, Unit
from trustledger.records.income import Income
from trustledger.records.journal import Draft, Entry, Finding, Posted, Posting, sides
from trustledger.records.owners import Receipt, Refund, Waiver
from trustledger.records.reminders import Instalment, ReminderStep
from trustledger.records.reserved import COMMON, COMMON_NAME, LATE_FEE, OPENING, Item
from trustledger.records.reversal import REVERSIBLE, Reversal
from trustledger.records.shapes import Attached, Dated, Keyed, Late
from trustledger.records.spending import BudgetLine, Expenditure, Withdrawal
from trustledger.records.terms import LateFeeTerm, Tariff, Term
from trustledger.records.texts import Ascii, Attachment, Code, Name, Text

Fact = (
    Fund | Term | LateFeeTerm | Unit | Tenure | Tariff | ReminderStep | BudgetLine | Opening
    | Receipt | Income | Expenditure | Refund | Waiver | Instalment | Withdrawal | Reversal
    | Deposit | Agency | Suspense
)  # fmt: skip
"""Everything a book can be told."""

__all__ = [
    "BASES",
    "BUDGET_CATEGORIES",
    "COMMON",
    "COMMON_NAME",
    "INCOME_CATEGORIES",
    "LATE_FEE",
    "LIABILITY_CATEGORIES",
    "OPENING",
    "PERIODS",
    "RESTRICTED_CATEGORIES",
    "REVERSIBLE",
    "ROLES",
    "ROUNDINGS",
    "Agency",
    "Amount",
    "Ascii",
    "Attached",
    "Attachment",
    "BookInfo",
    "BudgetCategory",
    "BudgetLine",
    "Code",
    "Dated",
    "Day",
    "DayLike",
    "Deposit",
    "Draft",
    "Entry",
    "Expenditure",
    "Fact",
    "Finding",
    "Fund",
    "Income",
    "Instalment",
    "Item",
    "Keyed",
    "Late",
    "LateFeeTerm",
    "Month",
    "Name",
    "NumberLike",
    "Opening",
    "Posted",
    "Posting",
    "Rate",
    "RateLike",
    "Receipt",
    "Record",
    "Refund",
    "ReminderStep",
    "Reversal",
    "SignedAmount",
    "Suspense",
    "Tariff",
    "Tenure",
    "Term",
    "Text",
    "Unit",
    "Waiver",
    "Whole",
    "Withdrawal",
    "YuanLike",
    "one_of",
    "quantity",
    "sides",
    "words",
]
