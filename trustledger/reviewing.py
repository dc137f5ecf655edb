"""Reviewing 督办: what the open budget still waits for on a day, and what somebody must answer for.

Nothing here breaks an invariant: the books are whole, and people have not done yet what law,
contract or they themselves said. A finding stays until they have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from trustledger import standing
from trustledger.acts import budgets
from trustledger.acts.binding import left_of_commitment
from trustledger.budgets import Budget, PlanIncome, Stage
from trustledger.docket import Docket
from trustledger.meetings import Answer, Outcome, Proposal, Question
from trustledger.money import yuan
from trustledger.period import day_after
from trustledger.projects import Progress, Project
from trustledger.records import COMMON, Expenditure, Finding
from trustledger.rulebook import Rule, number_on, value_on
from trustledger.rules import planning
from trustledger.spendings import Commitment, Evidence, Milestone, Publication
from trustledger.store import unsettled
from trustledger.store.reading import Reader
from trustledger.votes import Resolution, Tally

QUARTER = 92
"""Days after which something ought to have come of a proposal."""


def review(reader: Reader, day: date) -> list[Finding]:
    """What is due or overdue at the end of a day, by its name."""
    docket = standing.docket_of(reader)
    return [finding for look in LOOKS for finding in look(docket, reader, day)]


def _unanswered(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Questions without an answer within the days that the rulebook gives."""
    rules = docket.all(Rule)
    for one in docket.all(Question):
        days = number_on(rules, "answer_days", one.on)
        if days is None or one.on > day:
            continue
        due = one.on + timedelta(days=days)
        answers = [answer.on for answer in docket.naming(Answer, "question", one.key)]
        first = min(answers, default=None)
        if first is None and day > due:
            yield Finding("answer", f"question {one.key}", f"was due on {due} and is not answered")
        elif first is not None and first > due:
            yield Finding("answer", f"question {one.key}", f"was due on {due}, answered on {first}")


def _unpublished(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Accounts that were not put up for everybody to see as often as the rulebook says."""
    kinds = [rule for rule in docket.all(Rule) if rule.rule == "accounts_months"]
    months = number_on(kinds, "accounts_months", day)
    if months is None:
        return
    began = max(docket.info.start, min(rule.start for rule in kinds if rule.covers(day)))
    put_up = [one.on for one in docket.all(Publication) if one.what == "accounts" and one.on <= day]
    last = max(put_up, default=began)
    due = day_after(last, months)
    if due < day:
        said = f"were last put up on {last}" if put_up else "were never put up"
        yield Finding("accounts", "publication", f"{said}; every {months} months, so by {due}")


def _owed(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Emergencies and overruns that are neither ratified nor paid back: the trustee owes them."""
    rules = docket.all(Rule)
    for voucher, fen, since in unsettled.debts(reader):
        paid = docket.get(Expenditure, voucher)
        if paid is None or since > day.isoformat():
            continue
        what = "emergency" if paid.emergency else "overrun"
        days = number_on(rules, "ratify_days", paid.on, paid.line)
        until = f"; it was to be ratified by {paid.on + timedelta(days=days)}" if days else ""
        yield Finding(
            what,
            f"expenditure {voucher}",
            f"the trustee owes the fund {yuan(fen)} since {paid.on}, neither ratified nor paid "
            f"back{until}",
        )


def _expired(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Commitments that bind nobody any more and still hold money of their line."""
    for one in docket.all(Commitment):
        if one.until is None or one.until >= day:
            continue
        left = left_of_commitment(docket, one)
        if left:
            yield Finding(
                "expired",
                f"commitment {one.key}",
                f"ended on {one.until} and still binds {yuan(left)} of line {one.line!r}; "
                "release it",
            )


def _instalments(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Instalments that do not add up to their commitment."""
    for one in docket.all(Commitment):
        parts = docket.naming(Milestone, "commitment", one.key)
        total = sum(part.amount_fen for part in parts)
        if parts and total != one.amount_fen:
            yield Finding(
                "instalments",
                f"commitment {one.key}",
                f"its instalments are {yuan(total)}, and it is {yuan(one.amount_fen)}",
            )


def _uncounted(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Votes that are over and not counted."""
    for one in docket.all(Resolution):
        if one.until < day and docket.get(Tally, one.key) is None:
            yield Finding(
                "tally", f"resolution {one.key}", f"the vote ended on {one.until}; count it"
            )


def _unheard(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Proposals of more than a quarter ago of which nothing came, not even a reason."""
    for one in docket.all(Proposal):
        if one.on + timedelta(days=QUARTER) < day:
            if not docket.naming(Outcome, "proposal", one.key):
                yield Finding(
                    "proposal", f"proposal {one.key}", f"is of {one.on}; say what came of it"
                )


def _late(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """Projects that should be finished."""
    for one in docket.all(Project):
        steps = {
            step.step for step in docket.naming(Progress, "project", one.key) if step.on <= day
        }
        if one.due is not None and one.due < day and "finished" not in steps:
            yield Finding(
                "project", f"project {one.key}", f"was due on {one.due}, and is not finished"
            )


def _twice(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """One document that shows two expenditures."""
    seen: dict[str, str] = {}
    for one in docket.all(Evidence):
        other = seen.setdefault(one.digest, one.voucher)
        if other != one.voucher:
            yield Finding(
                "document",
                f"expenditure {one.voucher}",
                f"shows the same document as expenditure {other}: {one.digest[:12]}",
            )


def _ceiling(docket: Docket, reader: Reader, day: date) -> Iterator[Finding]:
    """以收定支: versions in force that plan to spend more than their income allows."""
    for of in docket.all(Budget):
        stages = docket.naming(Stage, "budget", of.budget)
        adopted = [one for one in stages if one.stage == "adopted" and one.on <= day]
        if (
            not adopted
            or not of.covers(day)
            or value_on(docket.all(Rule), "ceiling", day) == "allow"
        ):
            continue
        version = max(adopted, key=lambda one: one.on).version_key
        if not docket.naming(PlanIncome, "version", version):
            continue
        allowed, planned = budgets.ceiling_of(docket, of, version)
        over = planning.over_ceiling(allowed, planned)
        if over:
            yield Finding(
                "ceiling",
                f"version {version}",
                f"plans {yuan(planned)} of fund {COMMON!r}, {yuan(over)} more than its income "
                f"allows ({yuan(allowed.ceiling_fen)})",
            )


LOOKS: tuple[Callable[[Docket, Reader, date], Iterator[Finding]], ...] = (
    _unanswered, _unpublished, _owed, _expired, _instalments, _uncounted, _unheard, _late, _twice,
    _ceiling,
)  # fmt: skip
"""What is looked for, one question each."""
