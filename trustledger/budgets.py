"""The nouns of the open budget 开放式预算: what owners settle before a fen is spent.

What lives here: one class per kind of fact: a budget, the lines and incomes of its versions, the
stages a version passes, amendments, notes on variances. What must not: what is approved on a day
(rules/budgeting), what is planned in a month (rules/planning). They are facts without postings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import BeforeValidator, Field, model_validator

from trustledger.errors import InvalidRecord
from trustledger.money import LIMIT_FEN, round_half_up, share, yuan
from trustledger.records import (
    COMMON,
    INCOME_CATEGORIES,
    LIABILITY_CATEGORIES,
    RESTRICTED_CATEGORIES,
    Amount,
    Ascii,
    BudgetCategory,
    Code,
    Dated,
    Day,
    DayLike,
    Name,
    NumberLike,
    Rate,
    RateLike,
    Record,
    SignedAmount,
    Text,
    Whole,
    YuanLike,
    one_of,
    quantity,
    words,
)

_SEPARATOR = re.compile(r"[,，、]")
_RUN = re.compile(r"([0-9]{1,2})月?(?:[-~–—至到]([0-9]{1,2})月?)?")
_MONTHS_RIGHT = "months are written 1-12 or 3,6,9,12; empty means every month of the budget"


def calendar_months(text: str) -> tuple[int, ...]:
    """``"1-3,6"`` -> ``(1, 2, 3, 6)``; an empty text names none in particular.

    :raises InvalidRecord: anything else.
    """
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in _SEPARATOR.split(text))):
        match = _RUN.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= 12:
            raise InvalidRecord(f"found {text[:40]!r}; {_MONTHS_RIGHT}")
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def _months(value: object) -> str:
    """Months in their own form, however they were written: ``"1-3,6"``."""
    if not isinstance(value, str):
        raise InvalidRecord(f"found {value!r}; {_MONTHS_RIGHT}")
    runs: list[list[int]] = []
    for month in calendar_months(value):
        if runs and runs[-1][-1] == month - 1:
            runs[-1].append(month)
        else:
            runs.append([month])
    return ",".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)


def _no_bar(value: object) -> object:
    if isinstance(value, str) and "|" in value:
        raise InvalidRecord(f"found {value[:40]!r}; a name here has no '|', which parts keys")
    return value


Months = Annotated[str, BeforeValidator(_months)]
"""计划月份: calendar months, as text in its shortest form."""

Label = Annotated[Code, BeforeValidator(_no_bar)]
"""A name that is a part of other facts' keys: of a budget, or of one of its versions."""


_HEX = re.compile(r"(?:[0-9a-f]{64})?")


def _digest(value: object) -> str:
    told = value.strip().lower() if isinstance(value, str) else ""
    if isinstance(value, str) and _HEX.fullmatch(told):
        return told
    raise InvalidRecord(f"found {str(value)[:70]!r}; a digest is 64 hex digits, as a version's")


Digest = Annotated[str, BeforeValidator(_digest)]
Quantity = Annotated[Decimal, quantity(4, "quantity")]
Price = Annotated[Decimal, quantity(4, "price")]
Times = Annotated[Decimal, quantity(2, "number of times")]
PlannedCategory = Annotated[
    str,
    one_of("income category", tuple(c for c in INCOME_CATEGORIES if c not in LIABILITY_CATEGORIES)),
]
METHODS = {"工程量": "quantity", "合同": "contract", "估算": "estimate"}
"""How an amount was reckoned."""

STAGES = {"征求意见": "consultation", "通过": "adopted", "撤回": "withdrawn", "决算": "closed"}
"""The stages of a version, in the order in which they can come on one day."""

MOVES = {
    "调剂": "transfer", "追加": "supplement", "核减": "reduction",
    "结转结余": "carry_surplus", "结转赤字": "carry_deficit",
}  # fmt: skip
"""What an amendment does."""

Method = Annotated[str, words("method", METHODS)]
StageName = Annotated[str, words("stage", STAGES)]
Move = Annotated[str, words("move", MOVES)]

CARRIES = ("carry_surplus", "carry_deficit")
"""Amendments that carry what an earlier budget left: of a fund, not of a line."""


class Budget(Dated):
    """预算: the time for which owners settle what the common fund is used for, mostly a year."""

    kind = "budget"
    budget: Label
    name: Name
    to: Day

    @property
    def record_key(self) -> str:
        return self.budget

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            budget: str,
            name: str,
            start: DayLike,
            to: DayLike,
            authority: str = "",
        ) -> None: ...


class OfVersion(Record):
    """A row of one version of a budget."""

    budget: Label
    version: Label

    @property
    def version_key(self) -> str:
        """The key of the version that it is of: ``2025|v2``."""
        return f"{self.budget}|{self.version}"


class PlanLine(OfVersion):
    """预算项目: what one version plans to spend on one thing, and how that was reckoned.

    Either ``amount``, or ``quantity`` × ``price`` × ``times``, which are multiplied exactly and
    rounded once; if both are given they say the same. ``months``: the calendar months in which it
    is planned. ``responsible``: the post that answers for it, not a person's name: it is published.
    ``priority``: 0 is kept longest, 9 is deferred first.
    """

    kind = "plan_line"
    refers = (
        ("version_key", "version"),
        ("line", "line"),
        ("proposal", "proposal"),
    )
    line: Code
    name: Code
    category: BudgetCategory
    fund: Ascii = COMMON
    amount_fen: SignedAmount = Field(-1, alias="amount", ge=0)  # -1: what the factors make
    quantity: Quantity | None = None
    price: Price | None = None
    times: Times | None = None
    method: Method = "estimate"
    months: Months = ""
    responsible: Name = ""
    standard: Text = ""
    basis: Text = ""
    priority: Whole = Field(5, ge=0, le=9)
    proposal: Name = ""

    @model_validator(mode="after")
    def _reckoned(self) -> Self:
        factors = [
            factor for factor in (self.quantity, self.price, self.times) if factor is not None
        ]
        told = "amount_fen" in self.model_fields_set
        if not factors and not told:
            raise InvalidRecord(
                f"line {self.line!r} has no amount; write one, or quantity and price",
                field="amount",
            )
        if not factors:
            return self
        if self.quantity is None or self.price is None:
            raise InvalidRecord(
                f"line {self.line!r} gives {_given(self)}; quantity and price go together, "
                "times may be left out",
                field="price" if self.price is None else "quantity",
            )
        made = round_half_up(*_product(factors).as_integer_ratio())
        if made > LIMIT_FEN:
            raise InvalidRecord(
                f"found {' × '.join(map(str, factors))}; "
                "one amount is at most 100,000,000,000.00 yuan",
                field="amount",
            )
        if told and made != self.amount_fen:
            raise InvalidRecord(
                f"line {self.line!r} says {yuan(self.amount_fen)}, and "
                f"{' × '.join(map(str, factors))} is {yuan(made)}; "
                "correct one of them, or leave the amount empty",
                field="amount",
            )
        self.__dict__["amount_fen"] = made  # however it was told, one content
        return self

    @property
    def record_key(self) -> str:
        return f"{self.version_key}|{self.line}"

    @property
    def code(self) -> str:
        """What names it within its version."""
        return self.line

    @property
    def planned_fen(self) -> int:
        """What it plans to spend."""
        return self.amount_fen

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            budget: str,
            version: str,
            line: str,
            name: str,
            category: str,
            fund: str = COMMON,
            amount: YuanLike = ...,
            quantity: NumberLike | None = None,
            price: NumberLike | None = None,
            times: NumberLike | None = None,
            method: str = "estimate",
            months: str = "",
            responsible: str = "",
            standard: str = "",
            basis: str = "",
            priority: Whole = 5,
            proposal: str = "",
        ) -> None: ...


def _given(line: PlanLine) -> str:
    """Which factors of a line are there, as text."""
    names = (name for name in ("quantity", "price", "times") if getattr(line, name) is not None)
    return " and ".join(names)


def _product(factors: Iterable[Decimal]) -> Fraction:
    """Factors in yuan multiplied, in fen, exactly."""
    fen = Fraction(100)
    for factor in factors:
        fen *= Fraction(factor)
    return fen


class PlanIncome(OfVersion):
    """收入计划: what one version expects to come in of a category, for one fund.

    ``rate``: which part of what is receivable is reasonably collectible 预计收缴率. Deposits and
    money collected for others are nobody's income.
    """

    kind = "plan_income"
    refers = (("version_key", "version"),)
    category: PlannedCategory
    receivable_fen: SignedAmount = Field(alias="receivable", ge=0)
    rate: Rate = Fraction(1)
    months: Months = ""
    basis: Text = ""
    fund: Ascii = COMMON

    @model_validator(mode="after")
    def _where(self) -> Self:
        if self.category in RESTRICTED_CATEGORIES and self.fund == COMMON:
            raise InvalidRecord(
                f"{self.category} is restricted money: name the fund it is given to, "
                f"which is never {COMMON!r}",
                field="fund",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.version_key}|{self.code}"

    @property
    def code(self) -> str:
        """What names it within its version."""
        return f"{self.category}|{self.fund}"

    @property
    def planned_fen(self) -> int:
        """What is expected to come in, rounded once."""
        return share(self.rate, self.receivable_fen)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            budget: str,
            version: str,
            category: str,
            receivable: YuanLike,
            rate: RateLike = "1",
            months: str = "",
            basis: str = "",
            fund: str = COMMON,
        ) -> None: ...


class Stage(OfVersion):
    """预算阶段: a step that a version of a budget has come to, on a day.

    A version without one is a draft 草案. Adopted, it names the ``resolution`` that adopted it and
    the ``digest`` of what was adopted; ``from``: since when it is in force, which is the day it was
    adopted or the first of the budget, whichever is later, unless it says otherwise.
    """

    kind = "stage"
    refers = (
        ("budget", "budget"),
        ("version_key", "version"),
        ("resolution", "resolution"),
    )
    stage: StageName
    on: Day
    digest: Digest = ""
    resolution: Name = ""
    start: Day | None = Field(None, alias="from")
    memo: Text = ""

    @model_validator(mode="after")
    def _adopted(self) -> Self:
        adopted = self.stage == "adopted"
        for field, right in (
            ("digest", "the digest of what was adopted, as the version's own"),
            ("resolution", "the resolution that adopted it"),
        ):
            if adopted and not getattr(self, field):
                raise InvalidRecord(
                    f"version {self.version_key!r} is adopted without {right}; name it",
                    field=field,
                )
        if self.start is not None and not adopted:
            raise InvalidRecord(
                f"found {self.start}, and a version that is {self.stage} is not in force; "
                "leave 'from' empty",
                field="from",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.version_key}|{self.stage}"

    def in_force_from(self, budget: Budget) -> date:
        """The first day that the version counts, once it is adopted."""
        return max(self.start or self.on, budget.start)

    @property
    def turn(self) -> int:
        """Where it stands among the stages of one day."""
        return list(STAGES.values()).index(self.stage)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            budget: str,
            version: str,
            stage: str,
            on: DayLike,
            digest: str = "",
            resolution: str = "",
            start: DayLike | None = None,
            memo: str = "",
        ) -> None: ...


class Amendment(Record):
    """预算调整: a change of an adopted budget: transfer 调剂 from one line to another of the same
    fund, supplement 追加, reduction 核减, or what an earlier budget left, carried over 结转.

    ``name`` and ``category``: a supplement opens a new line. ``fund``: that line's, or the one
    whose surplus or deficit is carried.
    """

    kind = "amendment"
    refers = (
        ("budget", "budget"), ("from_budget", "budget"), ("line", "line"), ("to_line", "line"),
        ("resolution", "resolution"),
    )  # fmt: skip
    key: Code
    on: Day
    budget: Label
    move: Move
    line: Name = ""
    to_line: Name = ""
    amount_fen: Amount = Field(alias="amount")
    from_budget: Name = ""
    name: Name = ""
    category: BudgetCategory | None = None
    fund: Ascii | None = None
    resolution: Name = ""
    reason: Annotated[Text, Field(min_length=1)]

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        needed, allowed = _OF_MOVE[self.move]
        given = {field for field in _PLACES if getattr(self, field)}
        for field in _PLACES:
            if field in needed and field not in given:
                raise InvalidRecord(
                    f"amendment {self.key!r} is a {self.move}, which names its {field}; write it",
                    field=field,
                )
            if field in given and field not in (*needed, *allowed):
                raise InvalidRecord(
                    f"found {getattr(self, field)!r}, and a {self.move} has no {field}; "
                    "leave it empty",
                    field=field,
                )
        if self.move == "transfer" and self.line == self.to_line:
            raise InvalidRecord(
                f"amendment {self.key!r} moves money from line {self.line!r} to itself; "
                "name another line to move it to",
                field="to_line",
            )
        if self.from_budget == self.budget:
            raise InvalidRecord(
                f"amendment {self.key!r} carries what budget {self.budget!r} left into itself; "
                "name the budget before it",
                field="from_budget",
            )
        if self.move == "supplement" and given & {"name", "category", "fund"}:
            self._opens(given)
        return self

    def _opens(self, given: set[str]) -> None:
        """A line that a supplement opens has a name and a category."""
        for field in ("name", "category"):
            if field not in given:
                raise InvalidRecord(
                    f"amendment {self.key!r} opens line {self.line!r}, whose {field} is missing; "
                    "a new line has a name and a category, an old one keeps its own",
                    field=field,
                )

    @property
    def record_key(self) -> str:
        return self.key

    @property
    def of_fund(self) -> str:
        """The fund of a line that it opens, or whose surplus or deficit it carries."""
        return self.fund or COMMON

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            budget: str,
            move: str,
            amount: YuanLike,
            reason: str,
            line: str = "",
            to_line: str = "",
            from_budget: str = "",
            name: str = "",
            category: str | None = None,
            fund: str | None = None,
            resolution: str = "",
        ) -> None: ...


_PLACES = ("line", "to_line", "from_budget", "name", "category", "fund")
_OF_MOVE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "transfer": (("line", "to_line"), ()),
    "supplement": (("line",), ("name", "category", "fund")),
    "reduction": (("line",), ()),
    "carry_surplus": (("from_budget",), ("fund",)),
    "carry_deficit": (("from_budget",), ("fund",)),
}
"""Of each move: what it must name, and what it may."""


class VarianceNote(Record):
    """差异说明: why a line ended beside its plan, as the final accounts 决算 publish it."""

    kind = "variance"
    refers = (("budget", "budget"), ("line", "line"))
    budget: Label
    line: Code
    on: Day
    text: Annotated[Text, Field(min_length=1)]

    @property
    def record_key(self) -> str:
        return f"{self.budget}|{self.line}"

    if TYPE_CHECKING:

        def __init__(self, *, budget: str, line: str, on: DayLike, text: str) -> None: ...


BUDGETS: tuple[type[Record], ...] = (
    Budget, PlanLine, PlanIncome, Stage, Amendment, VarianceNote,
)  # fmt: skip
"""Every noun of the open budget."""
