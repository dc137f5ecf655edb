"""Deliberating 议事: what may be said of a proposal, a question, a meeting, a project.

What lives here: that what is named is there, and that one step follows another. Who must still
answer is found by reviewing, not refused here.
"""

from __future__ import annotations

from trustledger.acts.deed import NOTHING, Deed
from trustledger.docket import Docket
from trustledger.errors import Refused, Unknown
from trustledger.meetings import AgendaItem, Answer, Meeting, Outcome, Proposal, Question
from trustledger.projects import Progress, Project, Rating, SurveyAnswer
from trustledger.records import Record


def proposal(docket: Docket, fact: Proposal) -> Deed:
    """Somebody wants something done."""
    _check_unit(docket, fact.unit)
    if fact.meeting:
        _check_there(docket, Meeting, fact.meeting, "meeting")
    return NOTHING


def outcome(docket: Docket, fact: Outcome) -> Deed:
    """What came of a proposal: something to look at, or a reason."""
    of = docket.get(Proposal, fact.proposal)
    if of is None:
        raise Unknown(
            "proposal", fact.proposal, "enter it in proposals.csv first", field="proposal"
        )
    if fact.on < of.on:
        raise Refused(f"found {fact.on}, before proposal {of.key!r} of {of.on}", field="on")
    needed = {"accepted": ("line", "resolution"), "merged": ("into",)}.get(
        fact.outcome, () if fact.outcome == "done" else ("reason",)
    )
    if needed and not any(getattr(fact, field) for field in needed):
        raise Refused(
            f"proposal {of.key!r} is {fact.outcome}, and nothing says {' or '.join(needed)}; "
            "say what came of it",
            field=needed[0],
        )
    if fact.into:
        _check_there(docket, Proposal, fact.into, "into")
    return NOTHING


def question(docket: Docket, fact: Question) -> Deed:
    """An owner asks."""
    _check_unit(docket, fact.unit)
    return NOTHING


def answer(docket: Docket, fact: Answer) -> Deed:
    """Somebody answers."""
    of = docket.get(Question, fact.question)
    if of is None:
        raise Unknown(
            "question", fact.question, "enter it in questions.csv first", field="question"
        )
    if fact.on < of.on:
        raise Refused(f"found {fact.on}, before question {of.key!r} of {of.on}", field="on")
    return NOTHING


def agenda(docket: Docket, fact: AgendaItem) -> Deed:
    """What a meeting took up."""
    _check_there(docket, Meeting, fact.meeting, "meeting")
    if fact.proposal:
        _check_there(docket, Proposal, fact.proposal, "proposal")
    if fact.question:
        _check_there(docket, Question, fact.question, "question")
    return NOTHING


def project(docket: Docket, fact: Project) -> Deed:
    """Works that a line pays for."""
    if fact.proposal:
        _check_there(docket, Proposal, fact.proposal, "proposal")
    if fact.due is not None and fact.due < fact.on:
        raise Refused(f"found {fact.due}, before the project's own day {fact.on}", field="due")
    return NOTHING


def progress(docket: Docket, fact: Progress) -> Deed:
    """How far a project is; only what is finished is accepted or rejected."""
    _check_there(docket, Project, fact.project, "project")
    before = docket.naming(Progress, "project", fact.project)
    done = {one.step for one in before if one.on <= fact.on}
    if fact.step in ("accepted", "rejected") and "finished" not in done:
        raise Refused(
            f"project {fact.project!r} is not finished on {fact.on}, and so not {fact.step}; "
            "enter that it is finished first",
            field="step",
        )
    return NOTHING


def rating(docket: Docket, fact: Rating) -> Deed:
    """What an owner gives a project that was accepted."""
    _check_unit(docket, fact.unit)
    _check_there(docket, Project, fact.project, "project")
    accepted = [
        one.on for one in docket.naming(Progress, "project", fact.project) if one.step == "accepted"
    ]
    if not accepted or min(accepted) > fact.on:
        raise Refused(
            f"project {fact.project!r} is not accepted on {fact.on}; owners rate what is",
            field="project",
        )
    return NOTHING


def survey(docket: Docket, fact: SurveyAnswer) -> Deed:
    """What a unit answered in a survey."""
    _check_unit(docket, fact.unit)
    return NOTHING


def _check_unit(docket: Docket, unit: str) -> None:
    if unit and not docket.has_unit(unit):
        raise Unknown("unit", unit, "enter it in units.csv first", field="unit")


def _check_there(docket: Docket, record: type[Record], key: str, field: str) -> None:
    if docket.get(record, key) is None:
        raise Unknown(record.kind, key, f"enter that {record.kind} first", field=field)
