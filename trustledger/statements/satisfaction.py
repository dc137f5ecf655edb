"""满意率: what the answers of a survey come to, beside how much of the fees was collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from trustledger.document import Block, Cell, Column, Fact, Grid, Pair, Table
from trustledger.money import rate_text
from trustledger.projects import ANSWERS, SurveyAnswer

_ORDER = tuple(ANSWERS.values())  # satisfied, neutral, dissatisfied


def counts_of(answers: Iterable[SurveyAnswer]) -> dict[str, dict[str, int]]:
    """Survey -> answer -> how many units gave it."""
    found: dict[str, dict[str, int]] = {}
    for one in answers:
        counts = found.setdefault(one.survey, dict.fromkeys(_ORDER, 0))
        counts[one.answer] += 1
    return dict(sorted(found.items()))


def rate_of(counts: Iterable[dict[str, int]]) -> str:
    """满意率: satisfied and neutral ÷ all answers."""
    told = list(counts)
    whole = sum(sum(one.values()) for one in told)
    return rate_text(whole - sum(one["dissatisfied"] for one in told), whole)


def survey_facts(counts: dict[str, dict[str, int]]) -> dict[str, Fact]:
    """Every survey's answers and its rate."""
    return {
        survey: {"answers": sum(one.values()), **one, "rate": rate_of([one])}
        for survey, one in counts.items()
    }


def survey_blocks(counts: dict[str, dict[str, int]], collection_rate: str) -> Iterator[Block]:
    """Satisfaction beside the collection rate, and the surveys it comes from."""
    yield Grid(
        "satisfaction",
        "满意率与收缴率",
        (
            Pair("满意率", rate_of(counts.values()) if counts else "未调查", "rate"),
            Pair("物业费收缴率", collection_rate, "rate"),
        ),
    )
    if counts:
        rows: list[tuple[Cell, ...]] = [
            (survey, sum(one.values()), *(one[name] for name in _ORDER), rate_of([one]))
            for survey, one in counts.items()
        ]
        yield Table(
            "surveys",
            "满意度调查",
            (
                Column("survey", "调查", "text", 2.4),
                Column("answers", "答卷", "count", 1),
                Column("satisfied", "满意", "count", 1),
                Column("neutral", "基本满意", "count", 1),
                Column("dissatisfied", "不满意", "count", 1),
                Column("rate", "满意率", "rate", 1.2),
            ),
            tuple(rows),
            note="满意率 = （满意 + 基本满意）÷ 答卷",
        )
