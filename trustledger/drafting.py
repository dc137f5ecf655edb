"""Drafting 编制: the next budget's first draft, from what this one really cost.

What lives here: rows for somebody to work on. What must not: deciding; what an owner reads beside
each amount is what was approved, what was spent, and why they differ.
"""

from __future__ import annotations

from trustledger import standing
from trustledger.acts import budgets
from trustledger.budgets import Budget, PlanLine, VarianceNote
from trustledger.docket import Docket
from trustledger.errors import Refused, Unknown
from trustledger.money import yuan
from trustledger.rules.budgeting import Line
from trustledger.store.reading import Reader

WORKS = "works"
"""The category of works 公区建设: they are done once, and planned anew by proposals."""


def next_draft(reader: Reader, of: str, budget: str, version: str = "v1") -> list[PlanLine]:
    """A draft of another budget, line by line: what each line of this one spent.

    Its months, post, standard and priority stay. Works are left out, and so is a line that spent
    nothing. Nothing is posted.

    :raises Unknown: no such budget.
    :raises Refused: none of its versions was ever in force.
    """
    docket = standing.docket_of(reader)
    was = docket.get(Budget, of)
    if was is None:
        known = ", ".join(one.budget for one in docket.all(Budget)) or "none yet"
        raise Unknown("budget", of, f"the budgets are {known}")
    approved = budgets.approved_of(docket, was)
    lines = approved.lines_on(was.to)
    if not lines:
        raise Refused(f"no version of budget {of!r} was ever in force; there is nothing to go by")
    found = (
        _line(docket, was, line, fen, budget, version)
        for line, fen in lines.values()
        if line.category != WORKS
    )
    return [one for one in found if one.amount_fen]


def _line(
    docket: Docket, was: Budget, line: Line, approved_fen: int, budget: str, version: str
) -> PlanLine:
    spent = sum(move.spent_fen for move in docket.moves(line.line, was.start, was.to))
    note = docket.get(VarianceNote, f"{was.budget}|{line.line}")
    basis = f"{was.budget}：批准 {yuan(approved_fen)}，决算 {yuan(spent)}"
    plan = line.plan
    return PlanLine(
        budget=budget,
        version=version,
        line=line.line,
        name=line.name,
        category=line.category,
        fund=line.fund,
        amount=yuan(max(spent, 0)),
        months=plan.months if plan else "",
        responsible=plan.responsible if plan else "",
        standard=plan.standard if plan else "",
        basis=f"{basis}；{note.text}" if note else basis,
        priority=plan.priority if plan else 0,
    )
