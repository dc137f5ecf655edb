"""The nouns of what came of it 成效: projects, how far they are, and what owners say of them.

What lives here: one class per kind of fact, none with postings. What must not: averages and rates
(statements/).
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

STEPS = {
    "开工": "started", "进度": "progress", "完工": "finished", "验收不合格": "rejected",
    "验收合格": "accepted",
}  # fmt: skip
"""How far a project is, or what came of its acceptance, in the order in which they can come on one
day."""

ANSWERS = {"满意": "satisfied", "基本满意": "neutral", "不满意": "dissatisfied"}


class Project(Keyed):
    """项目: works that a budget line pays for, from a proposal to an acceptance."""

    kind = "project"
    refers = (("line", "line"), ("proposal", "proposal"))
    name: Code
    line: Code
    proposal: Name = ""
    manager: Name = ""
    contractor: Name = ""
    due: Day | None = None
    memo: Text = ""

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            key: str,
            on: DayLike,
            name: str,
            line: str,
            proposal: str = "",
            manager: str = "",
            contractor: str = "",
            due: DayLike | None = None,
            memo: str = "",
        ) -> None: ...


class Progress(Attached):
    """进展: how far a project is on a day; accepted 验收合格 or rejected once it is finished."""

    kind = "progress"
    refers = (("project", "project"), ("digest", "attachment"))
    project: Code
    on: Day
    step: Annotated[str, words("step", STEPS)]
    percent: Annotated[Whole, Field(ge=0, le=100)] = 0
    by: Name = ""
    memo: Text = ""
    attachment: Attachment | None = None

    @property
    def record_key(self) -> str:
        return f"{self.project}|{self.on.isoformat()}|{self.step}"

    @property
    def turn(self) -> int:
        """Where it stands among the steps of one day."""
        return list(STEPS.values()).index(self.step)

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            project: str,
            on: DayLike,
            step: str,
            percent: int | str = 0,
            by: str = "",
            memo: str = "",
            attachment: str | None = None,
        ) -> None: ...


class Rating(Record):
    """评价: what an owner gives a project, one to five."""

    kind = "rating"
    refers = (("project", "project"),)
    personal = ("memo",)
    project: Code
    unit: Code
    on: Day
    score: Annotated[Whole, Field(ge=1, le=5)]
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.project}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            project: str,
            unit: str,
            on: DayLike,
            score: int | str,
            memo: str = "",
        ) -> None: ...


class SurveyAnswer(Record):
    """满意度: what a unit answered in a survey of a period."""

    kind = "survey"
    personal = ("memo",)
    survey: Code
    unit: Code
    on: Day
    answer: Annotated[str, words("answer", ANSWERS)]
    memo: Text = ""

    @property
    def record_key(self) -> str:
        return f"{self.survey}|{self.unit}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            survey: str,
            unit: str,
            on: DayLike,
            answer: str,
            memo: str = "",
        ) -> None: ...
