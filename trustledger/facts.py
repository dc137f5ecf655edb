"""Every kind of fact that a book can be told, and the order in which those of one day are taken.

What lives here: lists. A new kind of fact is a line in one of them.
"""

from __future__ import annotations

from typing import get_args

from trustledger.budgets import (
    MOVES,
    STAGES,
    Amendment,
    Budget,
    PlanIncome,
    PlanLine,
    Stage,
    VarianceNote,
)
from trustledger.grants import LEFT, LOANS, FundTransfer, Leftover
from trustledger.measures import MEASURES
from trustledger.meetings import (
    OUTCOMES,
    STANCES,
    AgendaItem,
    Answer,
    Meeting,
    Outcome,
    Proposal,
    Question,
)
from trustledger.projects import ANSWERS, STEPS, Progress, Project, Rating, SurveyAnswer
from trustledger.records import Fact, Record
from trustledger.rulebook import Rule
from trustledger.spendings import (
    ATTACHED,
    DECISIONS,
    PUBLISHED,
    Approval,
    Commitment,
    Evidence,
    Invoice,
    Milestone,
    Publication,
    Ratification,
    Release,
    Repayment,
    SpendingRequest,
)
from trustledger.votes import (
    Ballot,
    DecisionType,
    Delegation,
    Elector,
    Member,
    Resolution,
    Revocation,
    Tally,
)

BEFORE_MONEY: tuple[type[Record], ...] = (
    Rule, DecisionType, Budget, Member, Meeting, Proposal, PlanLine, PlanIncome, Question, Answer,
    AgendaItem, Elector, Resolution, Ballot, Tally, Delegation, Revocation, Stage, Outcome,
    Amendment, Project, SpendingRequest, Approval, Publication, Commitment, Milestone, Invoice,
    Release, FundTransfer,
)  # fmt: skip
"""What is decided on a day, before money moves on it: what is referred to comes first."""

AFTER_MONEY: tuple[type[Record], ...] = (
    Evidence, Ratification, Repayment, Leftover, Progress, Rating, SurveyAnswer, VarianceNote,
)  # fmt: skip
"""What is told of money that moved on that day."""

DECIDED = (*BEFORE_MONEY, *AFTER_MONEY)
"""Every noun of the open budget, from a rule to what owners say of the result."""

FOLLOWING: tuple[type[Record], ...] = (Milestone, AgendaItem, Evidence)
"""What has no day of its own, and is taken on the day of what it names in the same batch."""

MOVING: tuple[type[Record], ...] = (
    Commitment, Release, FundTransfer, Leftover, Ratification, Repayment,
)  # fmt: skip
"""Those of them that have postings."""

CHANGING: tuple[type[Record], ...] = (*MOVING, Stage, Amendment)
"""Those that change figures of their day; the others may be told of a closed month as well."""

EVERY: tuple[type[Record], ...] = (*get_args(Fact), *MEASURES, *DECIDED)
"""Every kind of fact."""

_CHINESE: dict[str, dict[str, str]] = {
    "stage": STAGES,
    "approval": DECISIONS,
    "amendment": MOVES,
    "fund_transfer": LOANS,
    "leftover": LEFT,
    "publication": PUBLISHED,
    "evidence": ATTACHED,
    "progress": STEPS,
    "survey": ANSWERS,
    "outcome": OUTCOMES,
    "question": STANCES,
}  # fmt: skip
WORDS = {
    (kind, english): chinese
    for kind, words in _CHINESE.items()
    for chinese, english in words.items()
}
"""What the words of closed vocabularies are called, by kind of fact and word."""
