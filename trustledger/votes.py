"""Votes 表决: how the owners decide, and what they have decided.

What lives here: one class per kind of fact: what takes how many, what was put to the vote, who
votes, the ballots, the count that people declared, and the end of a decision. What must not: who is
on a roll (rules/electing.py) and what carries (rules/tallying.py). They are facts without postings.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, NamedTuple, Self

from pydantic import BeforeValidator, Field, model_validator

from trustledger.errors import InvalidRecord
from trustledger.money import parse_quantity
from trustledger.records import (
    Amount,
    Code,
    Dated,
    Day,
    DayLike,
    Name,
    NumberLike,
    Record,
    Text,
    YuanLike,
    quantity,
    words,
)

# --------------------------------------------------------------------------- how many it takes

_THRESHOLD = re.compile(r"(>=?)([1-9][0-9]{0,3})/([1-9][0-9]{0,3})")
_PERCENT = re.compile(r"(>=?)([1-9][0-9]{0,2})%")
_CHINESE = {
    "过半数": ">1/2",
    "半数以上": ">=1/2",
    "三分之二以上": ">=2/3",
    "四分之三以上": ">=3/4",
}


class Threshold(NamedTuple):
    """表决比例: at least a part of a whole (以上, 民法典 art. 1259), or more than it (过半数)."""

    strict: bool
    part: Fraction

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """``>=2/3``, ``>1/2``, ``≥75%``, ``过半数`` -> threshold, exactly.

        :raises InvalidRecord: anything else, or more than the whole.
        """
        plain = "".join(text.split()).replace("≥", ">=").replace("＞", ">")
        plain = _CHINESE.get(plain, plain)
        match = _THRESHOLD.fullmatch(plain)
        percent = _PERCENT.fullmatch(plain)
        if match:
            found = cls(match[1] == ">", Fraction(int(match[2]), int(match[3])))
        elif percent:
            found = cls(percent[1] == ">", Fraction(int(percent[2]), 100))
        else:
            raise InvalidRecord(f"found {text[:40]!r}; write >=2/3 (三分之二以上) or >1/2 (过半数)")
        if found.part > 1 or (found.strict and found.part == 1):
            raise InvalidRecord(f"found {text[:40]!r}, which nobody can reach; it is at most >=1/1")
        return found

    def passed(self, have: int, of: int) -> bool:
        """Whether a count passes. Of nothing, nothing passes."""
        left, right = have * self.part.denominator, of * self.part.numerator
        return of > 0 and (left > right if self.strict else left >= right)

    def __str__(self) -> str:
        return f"{'>' if self.strict else '>='}{self.part.numerator}/{self.part.denominator}"


def _threshold(value: object) -> str:
    return str(Threshold.parse(str(value))) if str(value).strip() else ""


def _needed(value: object) -> str:
    if not str(value).strip():
        raise InvalidRecord("found an empty cell; write >=2/3 (三分之二以上) or >1/2 (过半数)")
    return _threshold(value)


def _heads(value: object) -> int:
    return int(parse_quantity(value, 0, name="number of voters"))


def _digest(value: object) -> str:
    text = str(value).strip()
    if text and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise InvalidRecord(f"found {text[:40]!r}; a digest is 64 digits of 0-9 and a-f")
    return text


Area = Annotated[Decimal, quantity(4, "floor area")]
"""专有部分面积, in m², with at most four decimals."""

Heads = Annotated[int, BeforeValidator(_heads)]
Digest = Annotated[str, BeforeValidator(_digest)]

BODIES = {"业主大会": "assembly", "业主委员会": "committee"}
OF = {"参与表决": "participating", "全体": "all"}
BY = {"面积和人数": "area+heads", "面积": "area", "人数": "heads"}
CHOICES = {"赞成": "agree", "反对": "against", "弃权": "abstain", "无效": "invalid"}
HOW = {"表决票": "ballots", "会议纪要": "minutes"}


# --------------------------------------------------------------------------- facts


class DecisionType(Dated):
    """决定事项类别: who decides it, how many must take part, and how many of whom must agree.

    ``takes_part``: of the whole roll; empty, any number. ``agrees``: of those who take part, or of
    ``all``. ``by``: what is counted, and every count must pass. The one in force on the day that
    something is put to the vote decides it.
    """

    kind = "decision"
    decision: Code
    name: Name
    body: Annotated[str, words("body", BODIES)] = "assembly"
    takes_part: Annotated[str, BeforeValidator(_threshold)] = ""
    agrees: Annotated[str, BeforeValidator(_needed)]
    agrees_of: Annotated[str, words("whole", OF)] = "participating"
    by: Annotated[str, words("way of counting", BY)] = "area+heads"

    @model_validator(mode="after")
    def _committee(self) -> Self:
        if self.body == "committee" and self.by != "heads":
            raise InvalidRecord(
                f"found {self.by!r}, and members of a committee have no area; write heads (人数)",
                field="by",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.decision}|{self.start.isoformat()}"

    @property
    def counts(self) -> tuple[str, ...]:
        """What is counted: ``area``, ``heads``, or both."""
        return tuple(self.by.split("+"))

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            decision: str,
            name: str,
            agrees: str,
            start: DayLike,
            body: str = "assembly",
            takes_part: str = "",
            agrees_of: str = "participating",
            by: str = "area+heads",
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


class Resolution(Record):
    """决议: what is put to the vote on a day, to whom, until when, and what it allows once carried.

    ``roll_on``: who holds a unit on that day votes; the day it is put to the vote unless another is
    said. ``from``: in force from then, and never before the tally's day. ``budget``, ``version``
    and ``digest`` together: it adopts exactly that version. ``amount``: the most it allows.
    ``area`` and ``voters``: what the roll must add up to.
    """

    kind = "resolution"
    refers = (
        ("version_key", "version"),
        ("proposal", "proposal"),
        ("line", "line"),
        ("delegation", "delegation"),
    )
    key: Code
    on: Day
    title: Name
    decision: Code
    until: Day
    roll_on: Day | None = None
    start: Day | None = Field(None, alias="from")
    to: Day | None = None
    budget: Name = ""
    version: Name = ""
    digest: Digest = ""
    proposal: Name = ""
    line: Name = ""
    amount_fen: Amount | None = Field(None, alias="amount")
    delegation: Name = ""
    area: Area | None = None
    voters: Heads | None = None
    memo: Text = ""

    @model_validator(mode="after")
    def _days(self) -> Self:
        if self.until < self.on:
            raise InvalidRecord(
                f"found {self.until}, before {self.on}, the day it is put to the vote",
                field="until",
            )
        if self.roll_on is not None and self.roll_on > self.on:
            raise InvalidRecord(
                f"found {self.roll_on}, after {self.on}; who votes is known when it is put to the "
                "vote, so the roll is of that day or an earlier one",
                field="roll_on",
            )
        if self.start is not None and self.to is not None and self.to < self.start:
            raise InvalidRecord(
                f"found {self.to}, before {self.start}; 'to' is not before 'from'", field="to"
            )
        return self

    @model_validator(mode="after")
    def _adopts(self) -> Self:
        told = {"budget": self.budget, "version": self.version, "digest": self.digest}
        missing = [name for name, value in told.items() if not value]
        if missing and len(missing) < len(told):
            raise InvalidRecord(
                f"found no {missing[0]}; what adopts a budget names the budget, its version and "
                "the version's digest",
                field=missing[0],
            )
        return self

    @property
    def record_key(self) -> str:
        return self.key

    @property
    def electorate_on(self) -> date:
        """The day whose owners vote."""
        return self.on if self.roll_on is None else self.roll_on

    @property
    def version_key(self) -> str:
        """The budget version that it adopts, or nothing."""
        return f"{self.budget}|{self.version}" if self.budget else ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            title: str,
            decision: str,
            until: DayLike,
            roll_on: DayLike | None = None,
            start: DayLike | None = None,
            to: DayLike | None = None,
            budget: str = "",
            version: str = "",
            digest: str = "",
            proposal: str = "",
            line: str = "",
            amount: YuanLike | None = None,
            delegation: str = "",
            area: NumberLike | None = None,
            voters: int | str | None = None,
            memo: str = "",
        ) -> None: ...


class Elector(Record):
    """表决权更正: corrects one row of a resolution's roll before the voting begins.

    ``voter``: units that say the same here are one voter, and no other unit belongs to them; a
    label such as A1, not a name. ``area``: as registered, where units.csv says another.
    ``eligible`` no: the unit does not count at all.
    """

    kind = "elector"
    personal = ("reason",)
    refers = (("resolution", "resolution"), ("unit", "unit"))
    resolution: Code
    unit: Code
    voter: Name = ""
    area: Area | None = None
    eligible: Annotated[str, words("answer", {"是": "yes", "否": "no"})] = "yes"
    reason: Name = Field(min_length=1)

    @model_validator(mode="after")
    def _corrects(self) -> Self:
        if not self.voter and self.area is None and self.eligible == "yes":
            raise InvalidRecord(
                "found nothing that it corrects; say a voter, an area, or that it is not eligible",
                field="voter",
            )
        return self

    @property
    def record_key(self) -> str:
        return f"{self.resolution}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            resolution: str,
            unit: str,
            reason: str,
            voter: str = "",
            area: NumberLike | None = None,
            eligible: str = "yes",
        ) -> None: ...


class Member(Dated):
    """业委会委员: who sits on the committee from a day to a day; one member, one vote."""

    kind = "member"
    personal = ("name",)
    member: Code
    name: Name = Field(min_length=1)
    role: Name = ""

    @property
    def record_key(self) -> str:
        return f"{self.member}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            member: str,
            name: str,
            start: DayLike,
            to: DayLike | None = None,
            role: str = "",
            authority: str = "",
        ) -> None: ...


class Ballot(Record):
    """表决票: how one unit (of a committee: one member) votes. There is one for each.

    ``choice``: agree 赞成, against 反对, abstain 弃权, invalid 无效. ``proxy``: who voted for it.
    """

    kind = "ballot"
    personal = ("proxy", "memo")
    refers = (("resolution", "resolution"),)
    resolution: Code
    unit: Code
    on: Day
    choice: Annotated[str, words("choice", CHOICES)]
    channel: Name = ""
    proxy: Name = ""
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.resolution}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            resolution: str,
            unit: str,
            on: DayLike,
            choice: str,
            channel: str = "",
            proxy: str = "",
            memo: str = "",
        ) -> None: ...


class Tally(Record):
    """计票: that the ballots were counted, by whom and before whom; or what the minutes say.

    ``how`` ballots: the library counts, and figures given here must equal its count. ``minutes``:
    the ballots are not in the books, and these figures stand for them.
    """

    kind = "tally"
    personal = ("counted_by", "supervised_by", "memo")
    refers = (("resolution", "resolution"),)
    resolution: Code
    on: Day
    counted_by: Code
    supervised_by: Code
    how: Annotated[str, words("way", HOW)] = "ballots"
    taking_part_area: Area | None = None
    taking_part_heads: Heads | None = None
    agree_area: Area | None = None
    agree_heads: Heads | None = None
    against_area: Area | None = None
    against_heads: Heads | None = None
    abstain_area: Area | None = None
    abstain_heads: Heads | None = None
    memo: Text = ""

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.counted_by == self.supervised_by:
            raise InvalidRecord(
                "found one person for both; somebody else supervises the count",
                field="supervised_by",
            )
        return self

    @property
    def record_key(self) -> str:
        return self.resolution

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            resolution: str,
            on: DayLike,
            counted_by: str,
            supervised_by: str,
            how: str = "ballots",
            taking_part_area: NumberLike | None = None,
            taking_part_heads: int | str | None = None,
            agree_area: NumberLike | None = None,
            agree_heads: int | str | None = None,
            against_area: NumberLike | None = None,
            against_heads: int | str | None = None,
            abstain_area: NumberLike | None = None,
            abstain_heads: int | str | None = None,
            memo: str = "",
        ) -> None: ...


class Revocation(Record):
    """决议撤销: from a day on a decision is no longer in force.

    By a later decision, or by a court: an owner whom it injures may ask for that (民法典 art.
    280). What was done under it before that day stands in the books.
    """

    kind = "revocation"
    refers = (("resolution", "resolution"),)
    key: Code
    on: Day
    resolution: Code
    by: Name = Field(min_length=1)
    reason: Name = ""

    @property
    def record_key(self) -> str:
        return self.key

    if TYPE_CHECKING:

        def __init__(
            self, *, key: str, on: DayLike, resolution: str, by: str, reason: str = ""
        ) -> None: ...


class Delegation(Dated):
    """授权: what a decision lets the committee decide by itself, up to an amount each time."""

    kind = "delegation"
    refers = (("resolution", "resolution"),)
    key: Code
    on: Day
    resolution: Code
    decision: Code
    amount_fen: Amount = Field(alias="amount")

    @property
    def record_key(self) -> str:
        return self.key

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            resolution: str,
            decision: str,
            amount: YuanLike,
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


VOTES: tuple[type[Record], ...] = (
    DecisionType, Resolution, Elector, Member, Ballot, Tally, Revocation, Delegation,
)  # fmt: skip
"""Every kind of fact about votes."""
