"""Works 项目: projects at the end of a day, with what was bound and paid for them, and what owners
and their proposals have come to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from trustledger.meetings import Outcome, Proposal
from trustledger.period import Period
from trustledger.projects import Progress, Project, Rating
from trustledger.records import Expenditure, Record
from trustledger.spendings import Commitment, Release
from trustledger.statements.projects import Work
from trustledger.store.links import facts_naming
from trustledger.store.named import first_reversals, numbered
from trustledger.store.reading import Reader

R = TypeVar("R", bound=Record)


def works(reader: Reader, period: Period) -> list[Work]:
    """The projects that were under way in a period, by their day and key."""
    known = (_work(reader, one, period.end) for one in reader.facts(Project))
    begun = (one for one in known if one.project.on <= period.end)
    still = (one for one in begun if one.accepted is None or one.accepted >= period.start)
    return sorted(still, key=lambda one: (one.project.on, one.project.key))


def _work(reader: Reader, project: Project, end: date) -> Work:
    bound = _until(facts_naming(reader, Commitment, "project", project.key), end)
    gone = [f for one in bound for f in _until(_of_commitment(reader, Release, one), end)]
    paid = [f for one in bound for f in _until(_of_commitment(reader, Expenditure, one), end)]
    steps = _until(facts_naming(reader, Progress, "project", project.key), end)
    ratings = _until(facts_naming(reader, Rating, "project", project.key), end)
    return Work(
        project,
        end,
        sum(one.amount_fen for one in bound) - sum(one.amount_fen for one in gone),
        sum(one.amount_fen for one in paid if not _undone(reader, one, end)),
        tuple(sorted(steps, key=lambda one: (one.on, one.turn))),
        tuple(one.score for one in ratings),
    )


def _of_commitment(reader: Reader, record: type[R], of: Commitment) -> list[R]:
    return facts_naming(reader, record, "commitment", of.key)


def _until(facts: Iterable[R], end: date) -> list[R]:
    return [one for one in facts if one.on <= end]  # type: ignore[attr-defined]


def _undone(reader: Reader, paid: Expenditure, end: date) -> bool:
    """Whether an expenditure is reversed by the end of a day."""
    entry = reader.entry(paid.kind, paid.voucher)
    assert entry is not None  # the fact is of it
    red = first_reversals(reader, [entry.seq])
    return any(one.on <= end.isoformat() for one in numbered(reader, red.values()))


def proposals(reader: Reader, period: Period) -> dict[Proposal, Outcome | None]:
    """The proposals that were open in a period, by day and key, each with what came of it last."""
    last: dict[str, Outcome] = {}
    for one in sorted(_until(reader.facts(Outcome), period.end), key=lambda one: one.on):
        last[one.proposal] = one
    told = sorted(_until(reader.facts(Proposal), period.end), key=lambda one: (one.on, one.key))
    return {
        one: last.get(one.key)
        for one in told
        if one.on >= period.start or one.key not in last or last[one.key].on >= period.start
    }
