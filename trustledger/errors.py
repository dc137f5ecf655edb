"""What can go wrong, as types. Nothing else lives here.

    TrustLedgerError
    ├── InvalidInput (ValueError)   the words are wrong                     exit 2
    │   ├── InvalidAmount           not yuan with at most two decimals
    │   ├── InvalidDate             no such day, month or period
    │   ├── InvalidRecord           a field of a record is wrong
    │   ├── InvalidFile             a file cannot be read as what it should be
    │   └── Unknown                 names a unit, fund, statement ... nobody defined
    ├── Refused                     the words are right, the books say no   exit 1
    │   ├── KeyConflict             the key is taken by other content
    │   ├── BooksNotOpen            dated before the books open
    │   ├── PeriodClosed            dated in a closed month, or would change one
    │   ├── ClosingRefused          a month cannot be closed yet
    │   ├── NoBudgetLine            no budget line, no spending
    │   ├── OverBudget              more than the line has left
    │   ├── OverCeiling             more planned than the income planned allows
    │   ├── NotCarried              a resolution that is not in force
    │   ├── WrongFund               a fund pays only for its own lines
    │   ├── OverRefund              more than is prepaid, or than the receipt left
    │   ├── OverWaiver              more than is still open
    │   ├── OverWithdrawal          more remuneration than has accrued
    │   ├── OverHeld                more of a deposit or of others' money than is held
    │   ├── Overlap                 two terms, tariffs, reminder steps or whole owners
    │   ├── CannotReverse           reversed already, or not of a kind that can be
    │   ├── NotThisLog              a key or a checkpoint that does not belong to this log
    │   └── StatementFails          a statement's own checks do not hold
    ├── StoreError                  the database cannot be used as it is    exit 2
    └── BookCorrupt                 stored data breaks an invariant         exit 1

Every class has a stable ``code``. An error made while a file is read also carries its
:class:`Place`; ``str(error)`` is then the one line that the command line prints.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where in the input: file, row as a spreadsheet counts (the header is row 1), column."""

    file: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        text = self.file
        if self.row is not None:
            text += f", row {self.row}"
        if self.column is not None:
            text += f", column {self.column}"
        return text


class TrustLedgerError(Exception):
    """The root of every error that this library raises on purpose."""

    code = "error"

    def __init__(self, message: str, *, place: Place | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.facts = facts

    def at(self, place: Place) -> TrustLedgerError:
        """The same error, now knowing its place in the input; an earlier place is kept."""
        if self.place is None:
            self.place = place
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors cross process borders whole, whatever their constructors take."""
        return _again, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        line = f"{self.place}: {self.message}" if self.place else self.message
        return " ".join(line.split())


def _again(kind: type[TrustLedgerError], args: tuple[Any, ...], state: Any) -> TrustLedgerError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class InvalidInput(TrustLedgerError, ValueError):
    """The words are wrong: nothing was looked up yet, nothing was changed."""

    code = "invalid_input"


class InvalidAmount(InvalidInput):
    """Not an amount of yuan with at most two decimals."""

    code = "invalid_amount"


class InvalidDate(InvalidInput):
    """Not a day of the calendar (2024-01-31), a month (2024-01) or a period."""

    code = "invalid_date"


class InvalidRecord(InvalidInput):
    """A field of a record is missing, of the wrong kind or out of bounds."""

    code = "invalid_record"

    def __init__(self, message: str, *, field: str = "", **facts: Any) -> None:
        super().__init__(message, field=field, **facts)
        self.field = field


class InvalidFile(InvalidInput):
    """A file of the book folder cannot be read as what it should be."""

    code = "invalid_file"


class Unknown(InvalidInput):
    """Names something that nobody defined: a unit, a fund, a category, a statement."""

    code = "unknown"

    def __init__(self, what: str, name: str, right: str, *, field: str = "", **facts: Any) -> None:
        super().__init__(f"{what} {name!r} is not defined; {right}", what=what, name=name, **facts)
        self.name = name
        self.field = field


class Refused(TrustLedgerError):
    """The words are right and the books say no. Nothing was changed."""

    code = "refused"

    def __init__(self, message: str, *, field: str = "", **facts: Any) -> None:
        super().__init__(message, **facts)
        self.field = field


class KeyConflict(Refused):
    """The key is taken by other content: a key names one fact for ever."""

    code = "key_conflict"

    def __init__(self, kind: str, key: str, field: str, was: Any, now: Any) -> None:
        super().__init__(
            f"{kind} {key!r} stands with {field} {was!r}, and now says {now!r}; "
            "restore what it said, or record the change under a key of its own",
            field=field,
        )
        self.kind, self.key, self.was, self.now = kind, key, was, now


class BooksNotOpen(Refused):
    """Dated before the day the books open."""

    code = "books_not_open"


class PeriodClosed(Refused):
    """Dated in a closed month 已结账期, or would change one."""

    code = "period_closed"


class ClosingRefused(Refused):
    """A month cannot be closed 结账 yet; ``pending`` says what is still to be done."""

    code = "closing_refused"

    def __init__(self, month: str, pending: tuple[str, ...]) -> None:
        super().__init__(f"{month} cannot be closed: {'; '.join(pending)}", field="month")
        self.month, self.pending = month, pending


class NoBudgetLine(Refused):
    """No budget line, no spending 无预算不支出."""

    code = "no_budget_line"


class OverBudget(Refused):
    """More than the budget line has left, and no resolution that allows it."""

    code = "over_budget"


class OverCeiling(Refused):
    """A version plans to spend more than its income allows 以收定支."""

    code = "over_ceiling"


class NotCarried(Refused):
    """The resolution is not in force on the day: not counted, rejected, to come, over, revoked."""

    code = "not_carried"


class WrongFund(Refused):
    """A restricted fund pays only for lines of its own 专款专用."""

    code = "wrong_fund"


class OverRefund(Refused):
    """More than the unit has prepaid, or than the named receipt still holds."""

    code = "over_refund"


class OverWaiver(Refused):
    """More than is still open of the charge."""

    code = "over_waiver"


class OverWithdrawal(Refused):
    """More remuneration than has accrued and is not yet withdrawn."""

    code = "over_withdrawal"


class OverHeld(Refused):
    """More than is held: of a unit's deposit, of agency money, or of money in suspense."""

    code = "over_held"


class Overlap(Refused):
    """Two terms, tariffs of one item and usage, reminder steps, or whole owners, for one day."""

    code = "overlap"


class CannotReverse(Refused):
    """The entry is reversed already, or is of a kind that is corrected another way."""

    code = "cannot_reverse"


class NotThisLog(Refused):
    """A key or a checkpoint does not belong to this log, or the log is not what was signed."""

    code = "not_this_log"


class StatementFails(Refused):
    """A statement's own checks do not hold, so it refuses to be rendered."""

    code = "statement_fails"


class StoreError(TrustLedgerError):
    """The database cannot be used as it is: not ours, unsafe settings, locked, another version."""

    code = "store"


class BookCorrupt(TrustLedgerError):
    """Stored data breaks an invariant; ``findings`` says which, entry by entry."""

    code = "book_corrupt"

    def __init__(self, message: str, findings: tuple[Any, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings
