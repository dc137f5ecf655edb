"""Acts 办理: what a fact of the open budget does, or why it is refused.

What lives here: a function per kind of fact, ``(docket, fact) -> Deed``, by :data:`ACTS`. It looks
up what stands and lets the rules decide. ``verify`` runs the same functions over the journal again,
so that what was posted without their leave is found.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trustledger.acts import approving, binding, budgets, debts, funds, paying, talking, votes
from trustledger.acts.deed import NOTHING, Deed
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
from trustledger.docket import Docket
from trustledger.grants import FundTransfer, Leftover
from trustledger.meetings import AgendaItem, Answer, Meeting, Outcome, Proposal, Question
from trustledger.projects import Progress, Project, Rating, SurveyAnswer
from trustledger.records import Expenditure, Record
from trustledger.rulebook import Rule
from trustledger.spendings import (
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

__all__ = ["ACTS", "Deed", "perform"]

ACTS: dict[type[Record], Callable[[Docket, Any], Deed]] = {
    Rule: budgets.rule,
    DecisionType: votes.decision,
    Budget: budgets.budget,
    Member: votes.member,
    Meeting: lambda docket, fact: NOTHING,
    Proposal: talking.proposal,
    PlanLine: budgets.row,
    PlanIncome: budgets.row,
    Question: talking.question,
    Answer: talking.answer,
    AgendaItem: talking.agenda,
    Elector: votes.elector,
    Resolution: lambda docket, fact: votes.resolution(docket, fact, budgets.adopts),
    Ballot: votes.ballot,
    Tally: votes.tally,
    Delegation: votes.delegation,
    Revocation: votes.revocation,
    Stage: budgets.stage,
    Outcome: talking.outcome,
    Amendment: budgets.amendment,
    Project: talking.project,
    SpendingRequest: approving.request,
    Approval: approving.approval,
    Publication: approving.publication,
    Commitment: binding.commitment,
    Milestone: binding.milestone,
    Invoice: paying.invoice,
    Release: binding.release,
    FundTransfer: funds.transfer,
    Leftover: funds.leftover,
    Expenditure: paying.expenditure,
    Evidence: paying.evidence,
    Ratification: debts.ratification,
    Repayment: debts.repayment,
    Progress: talking.progress,
    Rating: talking.rating,
    SurveyAnswer: talking.survey,
    VarianceNote: budgets.variance,
}
"""What each kind of fact does."""


def perform(docket: Docket, fact: Record) -> Deed:
    """Do what a fact does, and let it stand in the docket.

    :raises TrustLedgerError: it is refused; nothing is changed then.
    """
    deed = ACTS[type(fact)](docket, fact)
    docket.add(fact)
    for draft in deed.drafts:
        docket.tell(draft.kind, draft.key, draft.content)
    return deed
