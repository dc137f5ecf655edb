"""trustledger: books of a housing community that nobody has to take on faith 信托制物业账.

    import trustledger as tl

    book = tl.Book.open("sqlite:///garden.db", "garden")
    book.charge("2024-01")
    book.receive(tl.Receipt(key="W2024-0113", on="2024-01-05", unit="3-1-502", amount="187.54"))
    book.statement("income_expenditure", "2024-01")

Everything public is here, and is imported when it is first used, so that importing the package
costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trustledger.archive import Imported, Manifest
    from trustledger.book import Book, set_up
    from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
    from trustledger.checkpoint import Checkpoint, Signer, Verifier
    from trustledger.document import Statement
    from trustledger.errors import (
        BookCorrupt,
        BooksNotOpen,
        CannotReverse,
        ClosingRefused,
        InvalidAmount,
        InvalidDate,
        InvalidFile,
        InvalidInput,
        InvalidRecord,
        KeyConflict,
        NoBudgetLine,
        NotCarried,
        NotThisLog,
        OverBudget,
        OverCeiling,
        Overlap,
        OverRefund,
        OverWaiver,
        OverWithdrawal,
        PeriodClosed,
        Refused,
        StatementFails,
        StoreError,
        TrustLedgerError,
        Unknown,
        WrongFund,
    )
    from trustledger.folderbook import load, month, open_book
    from trustledger.grants import FundTransfer, Leftover
    from trustledger.holding import Holder
    from trustledger.keeping import Migrated, import_archive, migrate, restore
    from trustledger.measures import Count, Factor, Meter, Reading, SharedCost, Weight
    from trustledger.meetings import (
        AgendaItem,
        Answer,
        Meeting,
        Outcome,
        Proposal,
        Question,
    )
    from trustledger.money import capitals, parse_yuan, yuan
    from trustledger.period import Period
    from trustledger.presets import DECISION_TYPES
    from trustledger.projects import (
        Progress,
        Project,
        Rating,
        SurveyAnswer,
    )
    from trustledger.proving import Bundle, Growth, Inclusion
    from trustledger.records import (
        BookInfo,
        BudgetLine,
        Entry,
        Expenditure,
        Finding,
        Fund,
        Income,
        Instalment,
        Opening,
        Posted,
        Posting,
        Receipt,
        Refund,
        ReminderStep,
        Reversal,
        Tariff,
        Tenure,
        Term,
        Unit,
        Waiver,
        Withdrawal,
    )
    from trustledger.report import Report
    from trustledger.rolls import Result, Roll
    from trustledger.rulebook import Rule
    from trustledger.rules.reminding import Reminder
    from trustledger.rules.tallying import recount
    from trustledger.spendings import (
        Approval,
        Commitment,
        Evidence,
        Invoice,
        Milestone,
        Publication,
        Ratification,
        Release,
        Repayment,
        SpendingRequest,
    )
    from trustledger.statements import NAMES as STATEMENTS
    from trustledger.statements.month_columns import CellEntry
    from trustledger.store.balances import Sums, UnitBalance
    from trustledger.store.dialects import open_engine as engine
    from trustledger.store.dialects import prepare
    from trustledger.viewing import Differences, PlanVersion
    from trustledger.votes import (
        Ballot,
        DecisionType,
        Delegation,
        Elector,
        Member,
        Resolution,
        Revocation,
        Tally,
    )

__version__ = "0.1.0"

_HOME = {
    "archive": ("Imported", "Manifest"),
    "book": ("Book", "set_up"),
    "budgets": ("Amendment", "Budget", "PlanIncome", "PlanLine", "Stage", "VarianceNote"),
    "checkpoint": ("Checkpoint", "Signer", "Verifier"),
    "document": ("Statement",),
    "errors": (
        "BookCorrupt", "BooksNotOpen", "CannotReverse", "ClosingRefused", "InvalidAmount",
        "InvalidDate", "InvalidFile", "InvalidInput", "InvalidRecord", "KeyConflict",
        "NoBudgetLine", "NotCarried", "NotThisLog", "OverBudget", "OverCeiling", "OverHeld",
        "OverRefund",
        "OverWaiver", "OverWithdrawal", "Overlap", "PeriodClosed", "Refused", "StatementFails",
        "StoreError", "TrustLedgerError", "Unknown", "WrongFund",
    ),
    "folderbook": ("load", "month", "open_book"),
    "grants": ("FundTransfer", "Leftover"),
    "meetings": ("AgendaItem", "Answer", "Meeting", "Outcome", "Proposal", "Question"),
    "projects": ("Progress", "Project", "Rating", "SurveyAnswer"),
    "spendings": (
        "Approval", "Commitment", "Evidence", "Invoice", "Milestone", "Publication",
        "Ratification", "Release", "Repayment", "SpendingRequest",
    ),
    "holding": ("Holder",),
    "keeping": ("Migrated", "import_archive", "migrate", "restore"),
    "measures": ("Count", "Factor", "Meter", "Reading", "SharedCost", "Weight"),
    "money": ("capitals", "parse_yuan", "yuan"),
    "period": ("Period",),
    "presets": ("DECISION_TYPES",),
    "proving": ("Bundle", "Growth", "Inclusion"),
    "records": (
        "Agency", "BookInfo", "BudgetLine", "Deposit", "Entry", "Expenditure", "Finding", "Fund",
        "Income", "Instalment", "LateFeeTerm", "Opening", "Posted", "Posting", "Receipt", "Refund",
        "ReminderStep", "Reversal", "Suspense", "Tariff", "Tenure", "Term", "Unit", "Waiver",
        "Withdrawal",
    ),
    "report": ("Report",),
    "rulebook": ("Rule",),
    "rolls": ("Result", "Roll"),
    "rules.reminding": ("Reminder",),
    "rules.tallying": ("recount",),
    "statements": ("STATEMENTS",),
    "statements.month_columns": ("CellEntry",),
    "store.balances": ("Sums", "UnitBalance"),
    "store.dialects": ("engine", "prepare"),
    "viewing": ("Differences", "PlanVersion"),
    "votes": (
        "Ballot", "DecisionType", "Delegation", "Elector", "Member", "Resolution", "Revocation",
        "Tally",
    ),
}  # fmt: skip
_WHERE = {name: module for module, names in _HOME.items() for name in names}
_CALLED = {"STATEMENTS": "NAMES", "engine": "open_engine"}

__all__ = [
    "DECISION_TYPES",
    "STATEMENTS",
    "Agency",
    "AgendaItem",
    "Amendment",
    "Answer",
    "Approval",
    "Ballot",
    "Book",
    "BookCorrupt",
    "BookInfo",
    "BooksNotOpen",
    "Budget",
    "BudgetLine",
    "Bundle",
    "CannotReverse",
    "CellEntry",
    "Checkpoint",
    "ClosingRefused",
    "Commitment",
    "Count",
    "DecisionType",
    "Delegation",
    "Deposit",
    "Differences",
    "Elector",
    "Entry",
    "Evidence",
    "Expenditure",
    "Factor",
    "Finding",
    "Fund",
    "FundTransfer",
    "Growth",
    "Holder",
    "Imported",
    "Inclusion",
    "Income",
    "Instalment",
    "InvalidAmount",
    "InvalidDate",
    "InvalidFile",
    "InvalidInput",
    "InvalidRecord",
    "Invoice",
    "KeyConflict",
    "LateFeeTerm",
    "Leftover",
    "Manifest",
    "Meeting",
    "Member",
    "Meter",
    "Migrated",
    "Milestone",
    "NoBudgetLine",
    "NotCarried",
    "NotThisLog",
    "Opening",
    "Outcome",
    "OverBudget",
    "OverCeiling",
    "OverHeld",
    "OverRefund",
    "OverWaiver",
    "OverWithdrawal",
    "Overlap",
    "Period",
    "PeriodClosed",
    "PlanIncome",
    "PlanLine",
    "PlanVersion",
    "Posted",
    "Posting",
    "Progress",
    "Project",
    "Proposal",
    "Publication",
    "Question",
    "Ratification",
    "Rating",
    "Reading",
    "Receipt",
    "Refund",
    "Refused",
    "Release",
    "Reminder",
    "ReminderStep",
    "Repayment",
    "Report",
    "Resolution",
    "Result",
    "Reversal",
    "Revocation",
    "Roll",
    "Rule",
    "SharedCost",
    "Signer",
    "SpendingRequest",
    "Stage",
    "Statement",
    "StatementFails",
    "StoreError",
    "Sums",
    "SurveyAnswer",
    "Suspense",
    "Tally",
    "Tariff",
    "Tenure",
    "Term",
    "TrustLedgerError",
    "Unit",
    "UnitBalance",
    "Unknown",
    "VarianceNote",
    "Verifier",
    "Waiver",
    "Weight",
    "Withdrawal",
    "WrongFund",
    "capitals",
    "engine",
    "import_archive",
    "load",
    "migrate",
    "month",
    "open_book",
    "parse_yuan",
    "prepare",
    "recount",
    "restore",
    "set_up",
    "yuan",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), _CALLED.get(name, name))
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
