"""The nouns 业务记录: frozen, validated values. What a caller hands in, and what the journal holds.

What lives here: one class per kind of fact, the entry and its postings. What must not: rules,
sums, sessions. Facts validate themselves (yuan as text or ``Decimal``, exact to the fen; ISO
dates) and raise :class:`~trustledger.errors.InvalidRecord` and its kin, never a library's own
error. Entries and postings are plain tuples, because a year of a large community has a million
of them; the journal rule (rules/journal.py) validates them before anything is stored.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    NamedTuple,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
)

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    ValidationError,
    model_validator,
)

from trustledger.errors import InvalidAmount, InvalidDate, InvalidInput, InvalidRecord, Unknown
from trustledger.money import parse_quantity, parse_rate, parse_share, parse_yuan
from trustledger.period import last_day, month_of, parse_day, parse_month

COMMON = "common"
"""The fund that always exists: the owners' common fund 业主共有基金."""

COMMON_NAME = "业主共有基金"

LATE_FEE = "late_fee"
"""The item under which late fees stand beside a unit's charges, and their income category."""

OPENING = "opening"
"""The source of money that was there when the books opened."""


# --------------------------------------------------------------------------- journal


class Posting(NamedTuple):
    """分录行: one amount on one side of one account, with its dimensions. ``""`` means none.

    Exactly one of the two amounts is not zero; a red-letter posting 红字 is negative.
    """

    account: str
    fund: str
    debit_fen: int
    credit_fen: int
    unit: str = ""  # 房号
    item: str = ""  # tariff item, or income category on cash
    line: str = ""  # budget line 预算项目
    month: str = ""  # the month a charge is for, 2017-03
    source: str = ""  # key of the receipt whose money this is
    term: str = ""  # remuneration term: of remuneration, and of what is in its base


def sides(fen: int) -> tuple[int, int]:
    """Debit and credit of what an account moves by: a negative amount stands on the credit side."""
    return (fen, 0) if fen > 0 else (0, -fen)


class Draft(NamedTuple):
    """An entry that is about to be posted. ``content`` is the fact as given, as JSON text; its
    personal fields are sealed when it is posted."""

    kind: str
    key: str
    on: str  # 会计日期, ISO
    content: str
    postings: tuple[Posting, ...] = ()
    reverses: int = 0  # seq of the entry that this one reverses, or 0


class Entry(NamedTuple):
    """记账凭证: what stands in the journal. Never edited; corrected by another entry.

    ``content`` is the fact as given; ``public`` as it is sealed in the leaf, where personal fields
    stand as commitments; ``private`` the (field, salt, value) behind those that are not erased.
    A tenure's ``key`` has a commitment in place of the person.
    """

    seq: int
    kind: str
    key: str
    on: str
    recorded_at: str
    reverses: int
    content: str
    leaf: bytes
    postings: tuple[Posting, ...] = ()
    public: str = ""
    private: tuple[tuple[str, bytes, str], ...] = ()


class Posted(NamedTuple):
    """What a write answers: where the fact stands, and whether this call put it there."""

    seq: int
    kind: str
    key: str
    new: bool


class Finding(NamedTuple):
    """核查结果: a broken invariant, by name, with where and what."""

    check: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.message}"


# --------------------------------------------------------------------------- field types


def _day(value: object) -> object:
    if isinstance(value, str):
        return parse_day(value)
    if type(value) is date:
        return value
    raise InvalidDate(f"found {value!r}; a date is written 2024-01-31")


def quantity(decimals: int, name: str) -> BeforeValidator:
    """A number with at most so many decimals, as the type of a field."""
    return BeforeValidator(lambda value: parse_quantity(value, decimals, name=name))


def _positive(value: object) -> int:
    fen = parse_yuan(value)
    if fen <= 0:
        raise InvalidAmount(f"found {value!r}; this amount must be above zero")
    return fen


def _month_or_none(value: object) -> str:
    return parse_month(str(value)) if value else ""


def _waivable(value: object) -> str:
    name = value.strip() if isinstance(value, str) else value
    if name in ("", LATE_FEE, "违约金"):
        return LATE_FEE if name else ""
    raise Unknown("item", str(value)[:40], f"it is {LATE_FEE}, or empty for the charge itself")


def _not_ours(value: object) -> object:
    if isinstance(value, str) and value.strip() in (LATE_FEE, OPENING):
        raise InvalidRecord(f"found {value!r}, which the books use themselves; name it otherwise")
    return value


_ATTACHMENT = re.compile(r"sha256:([0-9a-f]{64}) [^\x00-\x1f\x7f]{1,500}")


def _attachment(value: object) -> str:
    if isinstance(value, str) and _ATTACHMENT.fullmatch(value):
        return value
    raise InvalidRecord(f"found {str(value)[:60]!r}; an attachment is what Book.attach answered")


def digest_of(attachment: str | None) -> str:
    """The SHA-256 in hex of what ``Book.attach`` answered, or nothing."""
    return (attachment or "").partition(" ")[0].removeprefix("sha256:")


def _rate(value: object) -> Fraction:
    return value if isinstance(value, Fraction) else parse_rate(value)


def _share(value: object) -> Fraction:
    return value if isinstance(value, Fraction) and 0 <= value <= 1 else parse_share(value)


def _rate_json(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


Attachment = Annotated[str, BeforeValidator(_attachment)]

DayLike = date | str
"""A day, or its ISO text."""

YuanLike = Decimal | str
"""Yuan, exact to the fen: text or ``Decimal``."""

NumberLike = Decimal | str
RateLike = Fraction | Decimal | str

_NO_CONTROL = r"^[^\x00-\x1f\x7f\u2028\u2029]*$"
Code = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=64, pattern=_NO_CONTROL),
]
Item = Annotated[Code, BeforeValidator(_not_ours)]
"""收费项目: what is charged for, by a name of the community's own."""

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_CONTROL)]
Text = Annotated[
    str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")
]
Ascii = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=32, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
    ),
]
Day = Annotated[date, BeforeValidator(_day)]
Month = Annotated[str, BeforeValidator(lambda value: parse_month(str(value)))]
Amount = Annotated[int, BeforeValidator(_positive)]
SignedAmount = Annotated[int, BeforeValidator(parse_yuan)]
Rate = Annotated[Fraction, BeforeValidator(_rate), PlainSerializer(_rate_json, return_type=str)]
Share = Annotated[Fraction, BeforeValidator(_share), PlainSerializer(_rate_json, return_type=str)]

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

ROLES = {"owner": "业主", "tenant": "承租人", "developer": "建设单位"}
"""How somebody holds a unit; written in English or Chinese, kept in English."""


def _role(value: object) -> object:
    name = value.strip() if isinstance(value, str) else value
    for role, title in ROLES.items():
        if name in (role, title):
            return role
    raise Unknown("role", str(value)[:40], f"it is one of {', '.join(ROLES)}")


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
BASES = ("per_m2_month", "per_unit_month", "per_count_month", "per_reading")
PERIODS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""收费周期: how many months a tariff is charged for at once."""

ROUNDINGS = {"fen": 1, "jiao": 10, "yuan": 100}
"""取整: to what an item's amount is rounded, in fen."""

Basis = Annotated[str, one_of("basis", BASES)]
ChargedFor = Annotated[str, one_of("period", tuple(PERIODS))]
RoundedTo = Annotated[str, one_of("rounding", tuple(ROUNDINGS))]
Recognition = Annotated[str, one_of("recognition", ("received", "charged"))]
Role = Annotated[str, BeforeValidator(_role)]


# --------------------------------------------------------------------------- facts


_CONTENT = "content as JSON"


class Record(BaseModel):
    """A fact of the books: frozen, exact, named by its kind and key.

    :raises InvalidRecord: a field is missing, unknown, of the wrong kind or out of bounds;
        :class:`InvalidAmount`, :class:`InvalidDate` and :class:`Unknown` where that says it better.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )
    kind: ClassVar[str]
    later: ClassVar[tuple[str, ...]] = ()
    """Fields that came in later: left out of the content while they hold their default, so that
    facts which do not use them keep the content, and the log its root."""
    personal: ClassVar[tuple[str, ...]] = ()
    """Fields that are about a person: the journal holds commitments to them, and they can be
    erased. Other fields are public: keys, codes of units, what the common fund pays to whom."""
    refers: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What it names: (field, kind of what stands there), so that a trace can be walked both ways.
    An empty field names nothing."""

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise translate(error, type(self).__name__) from None

    @property
    def record_key(self) -> str:
        """The key that names this fact among its kind."""
        raise AssertionError(f"{type(self).__name__} has no key")

    def names(self) -> list[tuple[str, str]]:
        """Kind and key of everything that this fact refers to."""
        told = {(kind, getattr(self, field)): None for field, kind in self.refers}
        return [(kind, key) for kind, key in told if key]

    def content(self) -> str:
        """The fact as canonical JSON: the fields in their documented order, none left open."""
        told: str | None = self.__dict__.get(_CONTENT)
        if told is None:
            fields = type(self).model_fields
            unused = {name for name in self.later if getattr(self, name) == fields[name].default}
            told = self.model_dump_json(exclude_none=True, exclude=unused or None)
            self.__dict__[_CONTENT] = told  # it is asked for twice, and is a third of posting
        return told

    def model_copy(self, **changes: Any) -> Self:
        """A copy, with other content if fields change."""
        copied = super().model_copy(**changes)
        copied.__dict__.pop(_CONTENT, None)
        return copied

    @classmethod
    def load(cls, content: str) -> Self:
        """The fact back from its stored JSON; amounts are fen there."""
        return cast(Self, cls.model_construct(**cls._stored(json.loads(content))))

    @classmethod
    def _stored(cls, data: dict[str, Any]) -> dict[str, Any]:
        for name, default, convert in _loading(cls):
            if name not in data:
                data[name] = default
            elif convert is not None:
                data[name] = convert(data[name])
            elif isinstance(data[name], list):
                data[name] = tuple(data[name])
        return data


@cache
def _loading(record: type[Record]) -> list[tuple[str, Any, Callable[[str], Any] | None]]:
    """Every field of a record: its default, and what makes its value of stored text."""
    found: list[tuple[str, Any, Callable[[str], Any] | None]] = []
    for name, field in record.model_fields.items():
        convert = next((_FROM_TEXT[kind] for kind in _kinds(field.annotation)), None)
        found.append((name, field.get_default(), convert))
    return found


_FROM_TEXT: dict[Any, Callable[[str], Any]] = {
    date: date.fromisoformat,
    Decimal: Decimal,
    Fraction: Fraction,
}


def _kinds(annotation: Any) -> list[Any]:
    """What of a field's type is stored as text, also where the field may be left open."""
    found = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    bare = (get_args(one)[0] if get_origin(one) is Annotated else one for one in found)
    return [kind for kind in bare if kind in _FROM_TEXT]


def translate(error: ValidationError, record: str) -> InvalidInput:
    """A pydantic error as one of ours: the first wrong field, in one sentence."""
    first = error.errors()[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    own = first.get("ctx", {}).get("error")
    if isinstance(own, InvalidInput):
        own.field = field or getattr(own, "field", "")  # type: ignore[attr-defined]
        return own
    reason = {
        "missing": "is missing",
        "extra_forbidden": "is not a field of it",
        "string_too_short": "is empty and must not be",
    }.get(first["type"], first["msg"].removeprefix("Value error, "))
    if first["type"] == "string_pattern_mismatch":
        reason = "has a character that cannot stand here (control characters never can)"
    return InvalidRecord(f"{record}.{field}: {reason}" if field else reason, field=field)


class BookInfo(Record):
    """账套: what the book is, when it opens, and who stands in the trust (book.toml)."""

    kind = "book"
    later = ("arrears_follow", "prepay_months")
    code: Ascii
    name: Name
    start: Day
    fiscal_year_start: int = Field(1, ge=1, le=12)
    currency: Literal["CNY"] = "CNY"
    settlor: Name = ""
    trustee: Name = ""
    supervisor: Name = ""
    arrears_follow: Literal["person", "unit"] = "person"
    prepay_months: int = Field(0, ge=0, le=120, strict=True)  # at most so many; 0: no cap

    @property
    def record_key(self) -> str:
        return self.code

    @property
    def eve(self) -> date:
        """The day that openings are dated: the last of the month before the books open."""
        return self.start.replace(day=1) - timedelta(days=1)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            code: str,
            name: str,
            start: DayLike,
            fiscal_year_start: int = 1,
            currency: str = "CNY",
            settlor: str = "",
            trustee: str = "",
            supervisor: str = "",
            arrears_follow: str = "person",
            prepay_months: int = 0,
        ) -> None: ...


class Fund(Record):
    """资金: a pool of money with a purpose of its own; every entry balances inside each.

    ``allows``: the budget categories that it may pay for, if it is given for some alone 专款专用.
    """

    kind = "fund"
    later = ("purpose", "allows")
    code: Ascii
    name: Name
    purpose: Text = ""
    allows: tuple[BudgetCategory, ...] = ()

    @property
    def record_key(self) -> str:
        return self.code

    if TYPE_CHECKING:

        def __init__(
            self, *, code: str, name: str, purpose: str = "", allows: Iterable[str] = ()
        ) -> None: ...


class Dated(Record):
    """Something in force from a day to a day, both inclusive; open while ``to`` is missing."""

    start: Day = Field(alias="from")
    to: Day | None = None
    authority: Name = ""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.to is not None and self.to < self.start:
            raise InvalidDate(f"found {self.to}, before {self.start}; 'to' is not before 'from'")
        return self

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.start <= day and (self.to is None or day <= self.to)

    def as_told(self, later: Mapping[str, str]) -> Self:
        """The same once something was told of it later: its last day, for example."""
        return type(self).load(
            json.dumps(json.loads(self.content()) | dict(later), ensure_ascii=False)
        )

    def overlaps(self, other: Dated) -> bool:
        """Whether some day lies within both."""
        return (self.to is None or other.start <= self.to) and (
            other.to is None or self.start <= other.to
        )


class Term(Dated):
    """酬金条款: the share the trustee earns, on what, how recognised, and by whose authority."""

    kind = "term"
    rate: Rate
    base: tuple[BaseCategory, ...] = Field(min_length=1)
    recognised: Recognition = "received"

    @property
    def record_key(self) -> str:
        return self.start.isoformat()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            rate: RateLike,
            base: Iterable[str],
            recognised: str = "received",
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class LateFeeTerm(Dated):
    """违约金条款: what an overdue charge bears a day, after which grace, up to which cap.

    ``grace_days``: days after the charge's date before the first day counts. ``cap``: share of the
    principal that late fees never exceed; none, no cap. 民法典 art. 585.
    """

    kind = "late_fee_term"
    rate_per_day: Rate
    grace_days: int = Field(ge=0, le=3660, strict=True)
    cap: Rate | None = None

    @property
    def record_key(self) -> str:
        return self.start.isoformat()

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            rate_per_day: RateLike,
            grace_days: int,
            cap: RateLike | None = None,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Unit(Record):
    """房屋: what is charged. Never a unit of measure."""

    kind = "unit"
    personal = ("owner", "phone")
    unit: Code
    building: Name = ""
    area_m2: Annotated[Decimal, quantity(4, "floor area")]
    usage: Code
    owner: Name = ""
    phone: Name = ""
    liable_from: Day | None = None
    factor: Annotated[Decimal, quantity(6, "factor")] = Decimal(1)

    @property
    def record_key(self) -> str:
        return self.unit

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            area_m2: NumberLike,
            usage: str,
            building: str = "",
            owner: str = "",
            phone: str = "",
            liable_from: DayLike | None = None,
            factor: NumberLike = "1",
        ) -> None: ...


class Tenure(Dated):
    """权属: who holds a unit from a day to a day, as what, and which share of it.

    A developer answers for what is not sold or not handed over (物业管理条例 art. 41), through the
    month of delivery (上海市住宅物业管理规定 art. 49): its ``delivery`` ends its row.
    A share of 0 strikes a row that was a mistake: it never counted.
    """

    kind = "tenure"
    personal = ("person", "phone", "authority")
    unit: Code
    person: Code
    role: Role = "owner"
    share: Share = Fraction(1)
    phone: Name = ""
    delivery: Day | None = None

    @model_validator(mode="after")
    def _delivered(self) -> Self:
        if self.delivery is None:
            return self
        if self.role != "developer":
            raise InvalidRecord(
                f"found {self.delivery} for the role {self.role}; a delivery is the developer's, "
                "leave it empty here",
                field="delivery",
            )
        if self.delivery < self.start:
            raise InvalidRecord(
                f"found {self.delivery}, before {self.start}; 'delivery' is not before 'from'",
                field="delivery",
            )
        if self.to is not None and self.last is not None and self.to > self.last:
            raise InvalidRecord(
                f"found {self.to}, after the month of delivery, {self.delivery}, through which the "
                "developer answers; leave 'to' empty",
                field="to",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.unit}|{self.person}|{self.role}|{self.start.isoformat()}"

    @property
    def last(self) -> date | None:
        """The last day it counts: of the month of delivery, or ``to``; nothing while open."""
        return self.to if self.delivery is None else last_day(month_of(self.delivery))

    def covers(self, day: date) -> bool:
        """Whether it counts on a day."""
        return bool(self.share) and self.start <= day and (self.last is None or day <= self.last)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            unit: str,
            person: str,
            start: DayLike,
            role: str = "owner",
            share: RateLike = "1",
            to: DayLike | None = None,
            phone: str = "",
            delivery: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Tariff(Dated):
    """收费标准: what an item costs, and how often it is charged; no usage means all.

    The price is a month's, also where a quarter or a year is charged at once, or that of what a
    meter measures. ``counts`` names what a price per count is for.
    """

    kind = "tariff"
    later = ("period", "rounding", "counts")
    item: Item
    usage: Name = ""
    basis: Basis
    price: Annotated[Decimal, quantity(4, "price")]
    period: ChargedFor = "month"
    rounding: RoundedTo = "fen"
    counts: Name = ""

    @model_validator(mode="after")
    def _what_it_needs(self) -> Self:
        counted = self.basis == "per_count_month"
        if counted and not self.counts:
            raise InvalidRecord(
                "found nothing that is counted; per_count_month names it, as counts.csv does",
                field="counts",
            )
        if self.counts and not counted:
            raise InvalidRecord(
                f"found {self.counts!r}, and {self.basis} counts nothing; "
                "leave it empty, or write per_count_month",
                field="counts",
            )
        if self.basis == "per_reading" and self.period != "month":
            raise InvalidRecord(
                f"found {self.period!r}, and a reading is billed once, whatever its time; "
                "leave it empty",
                field="period",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.item}|{self.usage}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            item: str,
            basis: str,
            price: NumberLike,
            start: DayLike,
            to: DayLike | None = None,
            usage: str = "",
            authority: str = "",
            period: str = "month",
            rounding: str = "fen",
            counts: str = "",
        ) -> None: ...


class ReminderStep(Dated):
    """催缴阶段: what an owner is told once a charge has been open for so many days.

    The steps in force together are the reminder ladder (民法典 art. 944: reminded first, and given
    a reasonable time).
    """

    kind = "reminder_step"
    days: int = Field(ge=1, le=36_500)
    name: Code
    text: Text = Field(min_length=1)

    @property
    def record_key(self) -> str:
        return f"{self.days}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            days: int,
            name: str,
            text: str,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class BudgetLine(Record):
    """预算项目: what was approved for a purpose, from which fund, and how it was reckoned."""

    kind = "line"
    line: Code
    name: Name
    category: BudgetCategory
    amount_fen: SignedAmount = Field(alias="amount", ge=0)
    fund: Ascii = COMMON
    basis: Text = ""

    @property
    def record_key(self) -> str:
        return self.line

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            line: str,
            name: str,
            category: str,
            amount: YuanLike,
            fund: str = COMMON,
            basis: str = "",
        ) -> None: ...


class Opening(Record):
    """期初余额: what an account stood at when the books opened, on its natural side."""

    kind = "opening"
    account: Code
    unit: Name = ""
    fund: Ascii = COMMON
    amount_fen: SignedAmount = Field(alias="amount")

    @property
    def record_key(self) -> str:
        return f"{self.account}|{self.fund}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self, *, account: str, amount: YuanLike, unit: str = "", fund: str = COMMON
        ) -> None: ...


class Keyed(Record):
    """A fact that happened on a day, under a key of its own."""

    key: Code
    on: Day

    @property
    def record_key(self) -> str:
        return self.key


class Attached(Record):
    """A fact with a file of its own, kept by its content: ``attachment`` is what ``Book.attach``
    answered."""

    if TYPE_CHECKING:
        attachment: str | None  # a field of each of these records

    @property
    def digest(self) -> str:
        """The SHA-256 of the attachment in hex, or nothing."""
        return digest_of(self.attachment)


class Late(Record):
    """迟录: money of a day whose month is closed by now. It is dated in an open month, and names
    the day that it is of as its ``original`` one 原日期."""

    if TYPE_CHECKING:
        original: date | None  # a field of each of these records, its last one

    @model_validator(mode="after")
    def _earlier(self) -> Self:
        on: date = self.on  # type: ignore[attr-defined]
        if self.original is not None and self.original >= on:
            raise InvalidRecord(
                f"found {self.original}, and the entry itself is of {on}; the original date is "
                "an earlier one, or empty",
                field="original",
            )
        return self

    def noted(self, note: str) -> str:
        """A statement's note on it, with the original date before it, where there is one."""
        if self.original is None:
            return note
        return "；".join(filter(None, (f"原日期 {self.original.isoformat()}", note)))


class Receipt(Late, Keyed):
    """收款: money from an owner for a unit. Settles the oldest charge first.

    ``pays``: the month whose charge the payer designates (民法典 art. 560); it comes first, what is
    left goes to the oldest. ``suspense``: the money came in before, as unclaimed, under that key.
    """

    kind = "receipt"
    personal = ("payer", "memo")
    later = ("pays", "suspense")
    unit: Code
    amount_fen: Amount = Field(alias="amount")
    channel: Name = ""
    payer: Name = ""
    memo: Text = ""
    pays: Annotated[str, BeforeValidator(_month_or_none)] = ""
    suspense: Name = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            amount: YuanLike,
            channel: str = "",
            payer: str = "",
            memo: str = "",
            pays: str = "",
            suspense: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Income(Late, Keyed):
    """其他收入: public revenue, restricted gifts, deposits and agency money; never owners' fees."""

    kind = "income"
    category: IncomeCategory
    amount_fen: Amount = Field(alias="amount")
    source: Name = ""
    fund: Ascii = COMMON
    memo: Text = ""
    original: Day | None = None

    @model_validator(mode="after")
    def _where(self) -> Self:
        if self.category == "service_fee":
            raise Unknown(
                "income category",
                "service_fee",
                "service fees come in through receipts, unit by unit",
                field="category",
            )
        if self.category in RESTRICTED_CATEGORIES and self.fund == COMMON:
            raise InvalidRecord(
                f"{self.category} is restricted money: name the fund it is given to, "
                f"which is never {COMMON!r}",
                field="fund",
            )
        return self

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            category: str,
            amount: YuanLike,
            source: str = "",
            fund: str = COMMON,
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Expenditure(Late, Attached):
    """支出: money spent on a budget line, with its voucher. ``attachment`` is a content hash.

    ``commitment`` and ``milestone``: what it pays of a contract; ``invoice``: the payee's number.
    Beyond what is left of the line it needs a reason (``exception``), a person (``allowed_by``)
    and, where the rule says so, a ``resolution``. ``emergency``: what had to be done at once.
    """

    kind = "expenditure"
    later = (
        "commitment", "milestone", "request", "invoice", "maker", "exception", "allowed_by",
        "emergency",
    )  # fmt: skip
    refers = (
        ("line", "line"), ("resolution", "resolution"), ("digest", "attachment"),
        ("commitment", "commitment"), ("stage", "milestone"), ("request", "request"),
        ("billed", "invoice"),
    )  # fmt: skip
    voucher: Code
    on: Day
    line: Code
    amount_fen: Amount = Field(alias="amount")
    payee: Name = ""
    memo: Text = ""
    fund: Ascii | None = None
    resolution: Name | None = None
    attachment: Attachment | None = None
    original: Day | None = None
    commitment: Name = ""
    milestone: int = Field(0, ge=0, le=999)
    request: Name = ""
    invoice: Name = ""
    maker: Name = ""
    exception: Name = ""
    allowed_by: Name = ""
    emergency: Name = ""

    @property
    def record_key(self) -> str:
        return self.voucher

    @property
    def stage(self) -> str:
        """The key of the instalment of its commitment that it pays, or nothing."""
        return f"{self.commitment}|{self.milestone:03d}" if self.milestone else ""

    @property
    def billed(self) -> str:
        """The key of the payee's invoice that it pays, or nothing."""
        return f"{self.payee}|{self.invoice}" if self.invoice else ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            voucher: str,
            on: DayLike,
            line: str,
            amount: YuanLike,
            payee: str = "",
            memo: str = "",
            fund: str | None = None,
            resolution: str | None = None,
            attachment: str | None = None,
            original: DayLike | None = None,
            commitment: str = "",
            milestone: int | str = 0,
            request: str = "",
            invoice: str = "",
            maker: str = "",
            exception: str = "",
            allowed_by: str = "",
            emergency: str = "",
        ) -> None: ...


class Refund(Late, Keyed):
    """退款: money back to an owner, out of the prepayment or, naming a receipt, undoing it."""

    kind = "refund"
    personal = ("memo",)
    unit: Code
    amount_fen: Amount = Field(alias="amount")
    receipt: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            amount: YuanLike,
            receipt: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Waiver(Late, Keyed):
    """减免: lowers one unit's charge of one month, by somebody's authority, for a reason (memo).

    ``item`` ``"late_fee"``: the late fee that the charge bears is lowered, and not the charge.
    """

    kind = "waiver"
    personal = ("memo",)
    later = ("item", "approver")
    unit: Code
    month: Month
    amount_fen: Amount = Field(alias="amount")
    authority: Code
    memo: Text = ""
    item: Annotated[str, BeforeValidator(_waivable)] = ""
    approver: Name = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            month: str,
            amount: YuanLike,
            authority: str,
            memo: str = "",
            item: str = "",
            approver: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Deposit(Late, Keyed):
    """押金: a unit's deposit taken, returned, or kept for damage (deducted). Never income before.

    ``move``: taken 收取, returned 退还, deducted 扣除.
    """

    kind = "deposit"
    personal = ("payer", "memo")
    unit: Code
    move: Annotated[str, words("move", {"收取": "taken", "退还": "returned", "扣除": "deducted"})]
    amount_fen: Amount = Field(alias="amount")
    payer: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            move: str,
            amount: YuanLike,
            payer: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Agency(Late, Keyed):
    """代收代付: money collected for somebody else, and passed on to them; what for is ``what``.

    ``move``: collected 代收, passed_on 转付.
    """

    kind = "agency"
    personal = ("payee", "memo")
    what: Code
    move: Annotated[str, words("move", {"代收": "collected", "转付": "passed_on"})]
    amount_fen: Amount = Field(alias="amount")
    unit: Name = ""
    payee: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            what: str,
            move: str,
            amount: YuanLike,
            unit: str = "",
            payee: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Suspense(Late, Keyed):
    """待认领款: money that came in and that nobody has claimed; a receipt claims it later."""

    kind = "suspense"
    personal = ("payer", "memo")
    amount_fen: Amount = Field(alias="amount")
    channel: Name = ""
    payer: Name = ""
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            amount: YuanLike,
            channel: str = "",
            payer: str = "",
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


class Instalment(Keyed):
    """分期: one instalment of a payment plan 分期缴纳协议; rows with one key are one plan."""

    kind = "instalment"
    personal = ("memo",)
    unit: Code
    due: Day
    amount_fen: Amount = Field(alias="amount")
    authority: Name = ""
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.key}|{self.due.isoformat()}"

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.due < self.on:
            raise InvalidRecord(
                f"found {self.due}, before the plan's own day {self.on}; "
                "an instalment falls due on that day or later",
                field="due",
            )
        return self

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            unit: str,
            due: DayLike,
            amount: YuanLike,
            authority: str = "",
            memo: str = "",
        ) -> None: ...


class Withdrawal(Late, Keyed):
    """酬金提取: the trustee takes remuneration that has accrued."""

    kind = "withdrawal"
    amount_fen: Amount = Field(alias="amount")
    memo: Text = ""
    original: Day | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            amount: YuanLike,
            memo: str = "",
            original: DayLike | None = None,
        ) -> None: ...


REVERSIBLE = (
    "receipt", "income", "expenditure", "waiver", "withdrawal", "deposit", "agency", "suspense",
)  # fmt: skip


class Reversal(Keyed):
    """冲销: undoes one earlier entry, red-letter, with a reason."""

    kind = "reversal"
    personal = ("reason",)
    refers = (("of_key", "entry"),)  # of which kind, it says itself
    of_kind: Annotated[str, one_of("kind of entry", REVERSIBLE)]
    of_key: Code
    reason: Name

    def names(self) -> list[tuple[str, str]]:
        """What it reverses."""
        return [(self.of_kind, self.of_key)]

    if TYPE_CHECKING:

        def __init__(
            self, *, key: str, on: DayLike, of_kind: str, of_key: str, reason: str
        ) -> None: ...


Fact = (
    Fund | Term | LateFeeTerm | Unit | Tenure | Tariff | ReminderStep | BudgetLine | Opening
    | Receipt | Income | Expenditure | Refund | Waiver | Instalment | Withdrawal | Reversal
    | Deposit | Agency | Suspense
)  # fmt: skip
"""Everything a book can be told."""
