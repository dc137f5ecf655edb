"""项目与成效: what the money was to bring about: how far it is, what owners say, what became of
what they proposed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from trustledger.document import (
    Bar,
    Bars,
    BarWords,
    Block,
    Cell,
    Check,
    Column,
    Fact,
    Statement,
    Table,
)
from trustledger.meetings import LISTS, OUTCOMES, Outcome, Proposal
from trustledger.money import round_half_up, yuan
from trustledger.projects import STEPS, Progress, Project
from trustledger.statements.figures import PREPARED, Figures
from trustledger.statements.satisfaction import rate_of, survey_blocks, survey_facts

NAME, TITLE = "projects", "项目与成效"

_STEPS = {step: name for name, step in STEPS.items()}
_LISTS = {one: name for name, one in LISTS.items()}
_OUTCOMES = {one: name for name, one in OUTCOMES.items()} | {"open": "待处理"}


@dataclass(frozen=True)
class Work:
    """A project at the end of a day. ``steps``: its progress through the day, by day."""

    project: Project
    on: date
    contract_fen: int
    paid_fen: int
    steps: tuple[Progress, ...]
    scores: tuple[int, ...]

    @property
    def percent(self) -> int:
        """How far it is: what was said last, and all of it once it is finished."""
        if self._first("finished") is not None:
            return 100
        return max((one.percent for one in self.steps), default=0)

    @property
    def step(self) -> str:
        """The last step, or nothing."""
        return self.steps[-1].step if self.steps else ""

    @property
    def finished(self) -> date | None:
        """The day on which it was finished first."""
        return self._first("finished")

    @property
    def accepted(self) -> date | None:
        """The day on which it was accepted."""
        return self._first("accepted")

    def _first(self, step: str) -> date | None:
        return next((one.on for one in self.steps if one.step == step), None)

    @property
    def days_late(self) -> int:
        """Days after it was due until it was finished, or until now."""
        due = self.project.due
        return max(0, ((self.finished or self.on) - due).days) if due is not None else 0

    @property
    def rating(self) -> str:
        """The average of what owners gave it, 1 to 5, to one decimal, exact; nothing of none."""
        if not self.scores:
            return ""
        tenths = round_half_up(10 * sum(self.scores), len(self.scores))
        return f"{tenths // 10}.{tenths % 10}"


def build(
    figures: Figures,
    works: Iterable[Work],
    surveys: dict[str, dict[str, int]],
    collection_rate: str,
    proposals: Mapping[Proposal, Outcome | None],
) -> Statement:
    """Projects that were under way in the period, its surveys, and proposals that were open in it.

    :param surveys: survey -> answer -> how many.
    :param proposals: with what came of each last.
    """
    told = list(works)
    counts = _counts(proposals)
    return figures.statement(
        NAME,
        TITLE,
        {
            "projects": {one.project.key: _facts(one) for one in told},
            "surveys": survey_facts(surveys),
            "satisfaction": rate_of(surveys.values()),
            "collection_rate": collection_rate,
            "proposals": {name: dict(mine) for name, mine in counts.items()},
        },
        (
            *_pictures(told),
            _works(told, figures.names),
            *survey_blocks(surveys, collection_rate),
            _lists(counts),
            *_proposals(proposals),
            PREPARED,
        ),
        (Check("各清单议题之和 = 议题数，差额",
               sum(sum(mine.values()) for mine in counts.values()) - len(proposals), 0),),
    )  # fmt: skip


def _facts(one: Work) -> dict[str, Fact]:
    return {
        "line": one.project.line,
        "contract": yuan(one.contract_fen),
        "paid": yuan(one.paid_fen),
        "percent": one.percent,
        "step": one.step,
        "finished": one.finished.isoformat() if one.finished else "",
        "accepted": one.accepted.isoformat() if one.accepted else "",
        "days_late": one.days_late,
        "rating": one.rating,
        "ratings": len(one.scores),
    }


def _counts(proposals: Mapping[Proposal, Outcome | None]) -> dict[str, dict[str, int]]:
    """List -> what came of it -> how many."""
    found = {name: dict.fromkeys(_OUTCOMES, 0) for name in _LISTS}
    for proposal, outcome in proposals.items():
        found[proposal.list][outcome.outcome if outcome is not None else "open"] += 1
    return found


# --------------------------------------------------------------------------- blocks


def _pictures(works: Iterable[Work]) -> Iterator[Bars]:
    bars = tuple(Bar(one.project.name, one.contract_fen, one.paid_fen) for one in works)
    words = BarWords("已付", "合同额", "付款比例", "已付款", "合同余额", "超出合同")
    if bars:
        yield Bars("paid", "合同额与已付款", bars, words=words)


def _works(works: Iterable[Work], names: Mapping[str, str]) -> Table:
    return Table(
        "projects",
        "项目",
        (
            Column("name", "项目", "text", 1.8),
            Column("line", "预算项目", "text", 1.6),
            Column("contractor", "承接单位", "text", 1.4),
            Column("contract", "合同额", "amount", 1.4),
            Column("paid", "已付", "amount", 1.4),
            Column("percent", "进度%", "count", 0.8),
            Column("step", "状态", "text", 1.3),
            Column("days_late", "逾期天数", "count", 0.9),
            Column("rating", "评分", "count", 0.8),
            Column("ratings", "评价数", "count", 0.8),
        ),
        tuple(_row(one, names) for one in works),
        note="评分为业主评价的平均分，一至五分；逾期天数计至完工，未完工的计至期末",
    )


def _row(one: Work, names: Mapping[str, str]) -> tuple[Cell, ...]:
    of = one.project
    return (
        of.name, f"{of.line} {names.get(of.line, '')}".strip(), of.contractor, one.contract_fen,
        one.paid_fen, one.percent, _STEPS.get(one.step, "未开工"), one.days_late, one.rating,
        len(one.scores),
    )  # fmt: skip


def _lists(counts: Mapping[str, Mapping[str, int]]) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (f"{_LISTS[name]}清单", sum(mine.values()), *mine.values()) for name, mine in counts.items()
    ]
    sums = [sum(int(row[place] or 0) for row in rows) for place in range(1, len(_OUTCOMES) + 2)]
    return Table(
        "lists",
        "四张清单：议题与去向",
        (
            Column("list", "清单", "text", 1.6),
            Column("all", "议题", "count", 1),
            *(Column(name, title, "count", 1) for name, title in _OUTCOMES.items()),
        ),
        tuple(rows),
        (("合计", *sums),),
    )


def _proposals(proposals: Mapping[Proposal, Outcome | None]) -> Iterator[Block]:
    if proposals:
        yield Table(
            "proposals",
            "议题",
            (
                Column("date", "日期", "date", 1.2),
                Column("key", "编号", "text", 0.8),
                Column("list", "清单", "text", 0.8),
                Column("title", "议题", "text", 2.4),
                Column("source", "来源", "text", 1.2),
                Column("outcome", "去向", "text", 1),
                Column("because", "说明", "text", 2.6),
            ),
            tuple(
                (
                    p.on.isoformat(), p.key, _LISTS[p.list], p.title, p.source,
                    _OUTCOMES[o.outcome if o is not None else "open"], _because(o),
                )
                for p, o in proposals.items()
            ),
        )  # fmt: skip


def _because(outcome: Outcome | None) -> str:
    """A line, a resolution, another proposal, or the reason why not."""
    if outcome is None:
        return ""
    told = (
        f"预算项目 {outcome.line}" if outcome.line else "",
        f"决议 {outcome.resolution}" if outcome.resolution else "",
        f"并入 {outcome.into}" if outcome.into else "",
        outcome.reason,
    )
    return "；".join(filter(None, told))
