"""The nouns of deliberation 议事: what owners bring up, what they ask, where it was talked over.

What lives here: proposals and what came of them, questions and their answers, meetings and their
minutes. What must not: how long an answer may take (rulebook) and who must still answer (review).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from trustledger.records import (
    Attached,
    Attachment,
    Code,
    Day,
    DayLike,
    Keyed,
    Name,
    Record,
    Text,
    Whole,
    words,
)

LISTS = {"问题": "problem", "需求": "need", "服务": "service", "项目": "project"}
"""四张清单: the four lists that proposals stand in."""

OUTCOMES = {
    "采纳": "accepted", "不采纳": "refused", "暂缓": "deferred", "并入": "merged", "完成": "done",
}  # fmt: skip
"""What came of a proposal."""

STANCES = {"质询": "question", "异议": "objection"}


class Proposal(Keyed):
    """议题: what somebody wants done about the community, in one of the four lists.

    ``source``: where it came from (议事日, 楼栋会, 网格); ``unit``: whose, if anybody's.
    """

    kind = "proposal"
    personal = ("text",)
    refers = (("unit", "unit"), ("meeting", "meeting"))
    list: Annotated[str, words("list", LISTS)]
    title: Code
    source: Name = ""
    unit: Name = ""
    meeting: Name = ""
    text: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            list: str,
            title: str,
            source: str = "",
            unit: str = "",
            meeting: str = "",
            text: str = "",
        ) -> None: ...


class Outcome(Record):
    """处理结果: what came of a proposal on a day: a budget line, or the reason why not."""

    kind = "outcome"
    refers = (
        ("proposal", "proposal"),
        ("line", "line"),
        ("resolution", "resolution"),
        ("into", "proposal"),
    )
    proposal: Code
    on: Day
    outcome: Annotated[str, words("outcome", OUTCOMES)]
    line: Name = ""
    resolution: Name = ""
    into: Name = ""
    reason: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.proposal}|{self.on.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            proposal: str,
            on: DayLike,
            outcome: str,
            line: str = "",
            resolution: str = "",
            into: str = "",
            reason: str = "",
        ) -> None: ...


class Question(Keyed):
    """质询: an owner asks about, or objects to, a line of a draft, a voucher or a resolution."""

    kind = "question"
    personal = ("text",)
    refers = (
        ("unit", "unit"),
        ("budget", "budget"),
        ("line", "line"),
        ("voucher", "expenditure"),
        ("resolution", "resolution"),
    )
    stance: Annotated[str, words("stance", STANCES)] = "question"
    unit: Name = ""
    budget: Name = ""
    line: Name = ""
    voucher: Name = ""
    resolution: Name = ""
    text: Text = Field(min_length=1)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            stance: str = "question",
            unit: str = "",
            budget: str = "",
            line: str = "",
            voucher: str = "",
            resolution: str = "",
            text: str,
        ) -> None: ...


class Answer(Attached):
    """答复: what was answered to a question, by whom and when."""

    kind = "answer"
    refers = (("question", "question"), ("digest", "attachment"))
    question: Code
    on: Day
    by: Code
    text: Text = Field(min_length=1)
    attachment: Attachment | None = None

    @property
    def record_key(self) -> str:
        return f"{self.question}|{self.on.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            question: str,
            on: DayLike,
            by: str,
            text: str,
            attachment: str | None = None,
        ) -> None: ...


class Meeting(Attached, Keyed):
    """会议: a deliberation day 议事日, or any other meeting, with who held it and how many came."""

    kind = "meeting"
    refers = (("digest", "attachment"),)
    title: Code
    place: Name = ""
    chair: Name = ""
    present: Annotated[Whole, Field(ge=0, le=1_000_000)] = 0
    memo: Text = ""
    attachment: Attachment | None = None

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            title: str,
            place: str = "",
            chair: str = "",
            present: int | str = 0,
            memo: str = "",
            attachment: str | None = None,
        ) -> None: ...


class AgendaItem(Record):
    """议程: what a meeting took up, in its order, and what it concluded 纪要."""

    kind = "agenda"
    refers = (
        ("meeting", "meeting"),
        ("proposal", "proposal"),
        ("question", "question"),
        ("resolution", "resolution"),
    )
    meeting: Code
    no: Annotated[Whole, Field(ge=1, le=999)]
    title: Code
    proposal: Name = ""
    question: Name = ""
    resolution: Name = ""
    conclusion: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.meeting}|{self.no:03d}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            meeting: str,
            no: int | str,
            title: str,
            proposal: str = "",
            question: str = "",
            resolution: str = "",
            conclusion: str = "",
        ) -> None: ...
