"""Settling a budget 预算议定: drafts, consultation, adoption, amendments. 预算先行.

What lives here: what each act looks up before the rule (rules/budgeting, rules/planning) decides.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from trustledger.acts import votes
from trustledger.acts.deed import NOTHING, Deed
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
from trustledger.docket import Docket
from trustledger.errors import OverBudget, Overlap, Refused, Unknown
from trustledger.money import yuan
from trustledger.period import last_day
from trustledger.records import COMMON, Term
from trustledger.rulebook import Rule, amount_on, no_rule_twice, value_on
from trustledger.rules import availability, budgeting, planning, versioning
from trustledger.rules.budgeting import Approved, Line
from trustledger.rules.paying import check_purpose, known_fund
from trustledger.votes import Resolution


def rule(docket: Docket, fact: Rule) -> Deed:
    """A rule of the rulebook; two of one name and scope never hold on one day."""
    same = [one for one in docket.all(Rule) if (one.rule, one.scope) == (fact.rule, fact.scope)]
    pair = no_rule_twice([*same, fact])
    if pair is not None:
        raise Overlap(
            f"rule {fact.rule!r} for {fact.scope or 'all'} is in force from {pair[0].start}, and "
            f"again from {pair[1].start}; end the first before the second begins",
            field="from",
        )
    return NOTHING


def budget(docket: Docket, fact: Budget) -> Deed:
    """A budget's time; two never share a day."""
    budgeting.no_budget_twice([*docket.all(Budget), fact])
    return NOTHING


def row(docket: Docket, fact: PlanLine | PlanIncome) -> Deed:
    """A row of a draft."""
    of = docket.get(Budget, fact.budget)
    paid_from = known_fund(docket.funds, fact.fund)
    stages = docket.naming(Stage, "budget", fact.budget)
    fund = ""
    if isinstance(fact, PlanLine) and of is not None:
        fund = fund_of(docket, of, fact.line)
    budgeting.check_row(fact, of, stages, fund)
    assert of is not None  # refused otherwise
    planning.planned_months(fact, of)
    if isinstance(fact, PlanLine):
        check_purpose(paid_from, fact.category, fact.line)
    return NOTHING


def stage(docket: Docket, fact: Stage) -> Deed:
    """A version comes to consultation, is adopted, withdrawn, or closed with its accounts."""
    of = docket.get(Budget, fact.budget)
    stages = docket.naming(Stage, "budget", fact.budget)
    resolved = None
    if fact.resolution:
        resolution = votes.in_force(docket, fact.resolution, fact.on)
        resolved = (resolution.version_key, resolution.digest)
    budgeting.check_stage(fact, of, stages, digest_of(docket, fact.version_key, of), resolved)
    if fact.stage == "adopted" and of is not None:
        _check_ceiling(docket, fact, of)
        _check_amended(docket, fact, of)
        _check_used(docket, fact, of)
    return NOTHING


def _check_amended(docket: Docket, fact: Stage, of: Budget) -> None:
    """A version that begins before amendments that stand has the lines that they change.

    :raises Refused: it has not.
    """
    start = fact.in_force_from(of)
    known = {one.line for one in docket.naming(PlanLine, "version", fact.version_key)}
    later = [one for one in docket.naming(Amendment, "budget", of.budget) if one.on > start]
    for one in sorted(later, key=lambda one: one.on):
        known |= {one.line} if one.name else set()
        missing = sorted(budgeting.effects(one).keys() - known)
        if missing:
            raise Refused(
                f"version {fact.version_key!r} is in force from {start} and has no line "
                f"{missing[0]!r}, which amendment {one.key!r} of {one.on} changes; keep the line, "
                "or let the version begin later",
                field="version",
            )


def _check_used(docket: Docket, fact: Stage, of: Budget) -> None:
    """A version adopted later leaves every line what it spent and committed already; what was
    spent beyond it by an exception, it need not make good.

    :raises OverBudget: it does not.
    """
    start = fact.in_force_from(of)
    for line in sorted(_lines_from(docket, fact, of, start)):
        approved = approved_line(docket, of, line)
        after = Approved(
            of, [*approved.stages, fact], _rows(docket, of, line, fact), approved.amendments
        )
        moves = docket.moves(line, of.start, of.to)
        was, now = (
            availability.available(start, one.steps().get(line, []), moves)
            for one in (approved, after)
        )
        beyond = min(was, 0) if approved.line_on(line, start) is not None else 0
        if now < beyond:
            raise OverBudget(
                f"version {fact.version_key!r} would leave line {line!r} {yuan(-now)} short of "
                f"what is spent and committed of it from {start} on; plan more, or release what "
                "is bound",
                field="version",
            )


def _rows(docket: Docket, of: Budget, line: str, fact: Stage) -> list[PlanLine]:
    """A line in the versions that are adopted, and in the one that a stage adopts."""
    stages = (*docket.naming(Stage, "budget", of.budget), fact)
    adopted = (one.version_key for one in stages if one.stage == "adopted")
    found = (docket.get(PlanLine, f"{version}|{line}") for version in adopted)
    return [one for one in found if one is not None]


def _lines_from(docket: Docket, fact: Stage, of: Budget, start: date) -> set[str]:
    """The lines that a version has, or that were approved when it comes into force."""
    lines = {one.line for one in docket.naming(PlanLine, "version", fact.version_key)}
    return lines | approved_of(docket, of).lines_on(start).keys()


def digest_of(docket: Docket, version_key: str, of: Budget | None) -> str:
    """The digest of a version as it stands; nothing while it has no lines."""
    lines = docket.naming(PlanLine, "version", version_key)
    if of is None or not lines:
        return ""
    incomes = docket.naming(PlanIncome, "version", version_key)
    return versioning.version_digest(of, version_key.partition("|")[2], lines, incomes)


def _check_ceiling(docket: Docket, fact: Stage, of: Budget) -> None:
    """以收定支, where the rulebook makes it a bar."""
    if value_on(docket.all(Rule), "ceiling", fact.on) == "stop":
        allowed, planned = ceiling_of(docket, of, fact.version_key)
        planning.check_ceiling(allowed, planned, fact.version_key)


def ceiling_of(docket: Docket, of: Budget, version_key: str) -> tuple[planning.Ceiling, int]:
    """What the common fund can spend by a version's own plan, and what that plans to spend."""
    income = planning.planned_income(docket.naming(PlanIncome, "version", version_key))
    carried = planning.carried(docket.naming(Amendment, "budget", of.budget))
    rate, base = term_of(docket, of.start)
    lines = docket.naming(PlanLine, "version", version_key)
    planned = sum(line.planned_fen for line in lines if line.fund == COMMON)
    return planning.ceiling(income, rate, base, carried), planned


def term_of(docket: Docket, day: date) -> tuple[Fraction, tuple[str, ...]]:
    """Rate and base of the remuneration term in force on a day; no term, no remuneration."""
    for term in docket.all(Term):
        if term.covers(day):
            return term.rate, term.base
    return Fraction(0), ()


def amendment(docket: Docket, fact: Amendment) -> Deed:
    """A change of what is approved: a document of its own, never an edit."""
    of = docket.get(Budget, fact.budget)
    approved = approved_of(docket, of) if of is not None else None
    if fact.resolution:
        lines = (fact.line, fact.to_line)
        votes.allow(docket, fact.resolution, fact.on, lines, fact.amount_fen)
    left = 0
    if approved is not None and fact.move in ("transfer", "reduction"):
        until = approved.counts_until(fact.on)
        left = left_of(docket, approved, fact.line, fact.on, "year", until)
    if fact.from_budget and docket.get(Budget, fact.from_budget) is None:
        raise Unknown(
            "budget", fact.from_budget, "name the budget that it is carried from",
            field="from_budget",
        )  # fmt: skip
    needs = amount_on(docket.all(Rule), "transfer_resolution_from", fact.on, fact.line)
    budgeting.check_amendment(fact, approved, left, needs)
    if fact.category and fact.of_fund in docket.funds:
        check_purpose(docket.funds[fact.of_fund], fact.category, fact.line)
    return NOTHING


def variance(docket: Docket, fact: VarianceNote) -> Deed:
    """Why a line ended beside its plan."""
    of = docket.get(Budget, fact.budget)
    if of is None or not fund_of(docket, of, fact.line):
        raise Unknown("line", fact.line, f"name a line of budget {fact.budget!r}", field="line")
    return NOTHING


# --------------------------------------------------------------------------- what is approved


def budget_on(docket: Docket, day: date) -> Budget | None:
    """The budget whose time a day lies in."""
    return next((one for one in docket.all(Budget) if one.covers(day)), None)


def approved_of(docket: Docket, of: Budget) -> Approved:
    """All that is approved of a budget."""
    stages = docket.naming(Stage, "budget", of.budget)
    versions = {one.version_key: None for one in stages if one.stage == "adopted"}
    lines = [line for key in versions for line in docket.naming(PlanLine, "version", key)]
    return Approved(of, stages, lines, docket.naming(Amendment, "budget", of.budget))


def approved_line(docket: Docket, of: Budget, line: str) -> Approved:
    """What is approved of one line of a budget, from day to day."""
    return docket.settled(("line", of.budget, line), lambda: _approved_line(docket, of, line))


def _approved_line(docket: Docket, of: Budget, line: str) -> Approved:
    stages = docket.naming(Stage, "budget", of.budget)
    adopted = (one.version_key for one in stages if one.stage == "adopted")
    lines = [docket.get(PlanLine, f"{version}|{line}") for version in adopted]
    amended = [one for one in docket.naming(Amendment, "line", line) if one.budget == of.budget]
    return Approved(of, stages, [one for one in lines if one is not None], amended)


def fund_of(docket: Docket, of: Budget, line: str) -> str:
    """The fund of a line in any version of a budget that was not withdrawn, or by a supplement;
    nothing: no line of this budget."""
    stages = docket.naming(Stage, "budget", of.budget)
    lines = [one for one in docket.naming(PlanLine, "line", line) if one.budget == of.budget]
    amended = [one for one in docket.naming(Amendment, "line", line) if one.budget == of.budget]
    return Approved(of, stages, lines, amended).fund_of(line)


def line_on(docket: Docket, of: Budget, line: str, day: date) -> Line | None:
    """A line as a budget has it on a day, if a version is in force then."""
    return approved_line(docket, of, line).line_on(line, day)


def check_open(docket: Docket, day: date) -> None:
    """Whether a day lies in no budget that is closed.

    :raises Refused: it does.
    """
    of = budget_on(docket, day)
    for one in docket.naming(Stage, "budget", of.budget) if of is not None else ():
        if one.stage == "closed":
            raise Refused(
                f"budget {one.budget!r} was closed with its final accounts on {one.on}, and "
                f"{day} lies in it; date it in a budget that is open",
                field="date",
            )


def is_in_force(docket: Docket, of: Budget, day: date) -> bool:
    """Whether a version of a budget is in force on a day."""
    return _stages(docket, of).stage_on(day) is not None


def first_day(docket: Docket, of: Budget) -> date | None:
    """The day from which on any version of a budget is in force."""
    return min((one.in_force_from(of) for one in _stages(docket, of).adopted), default=None)


def _stages(docket: Docket, of: Budget) -> Approved:
    """A budget's versions without what is in them."""
    stages = docket.naming
    return docket.settled(
        ("stages", of.budget), lambda: Approved(of, stages(Stage, "budget", of.budget), ())
    )


def left_of(
    docket: Docket,
    approved: Approved,
    line: str,
    day: date,
    basis: str,
    until: date | None = None,
) -> int:
    """What a line can still spend or commit on a day, in fen: see rules/availability."""
    of = approved.budget
    moves = docket.moves(line, of.start, of.to)
    steps = docket.settled(
        ("steps", of.budget, line), lambda: approved_line(docket, of, line).steps().get(line, [])
    )
    plan = None
    if basis != "year":
        plan = docket.settled((basis, of.budget, line), lambda: _plan(approved, line, basis))
    return availability.available(day, steps, moves, basis, plan, until)


def _plan(approved: Approved, line: str, basis: str) -> dict[str, int]:
    """A line's plan by month: what binds a month is the plan that stands at its end."""

    def plan_on(day: date) -> dict[str, int]:
        return _plan_on(approved, line, day)

    of = approved.budget
    if basis == "to_date":
        return planning.plan_to_date(of, plan_on)
    ends = {month: min(last_day(month), of.to) for month in planning.months_of(of)}
    return {month: plan_on(end).get(month, 0) for month, end in ends.items()}


def _plan_on(approved: Approved, line: str, day: date) -> dict[str, int]:
    """A line's plan by month, as it is in force on a day."""
    stage, found = approved.stage_on(day), approved.line_on(line, day)
    if stage is None or found is None:
        return {}
    plan = (
        planning.plan_by_month(found.plan, approved.budget)
        if found.plan is not None
        else dict.fromkeys(planning.months_of(approved.budget), 0)
    )
    since = approved.since(stage, approved.counts_until(day))
    amended = [(one.on, budgeting.effects(one).get(line, 0)) for one in since]
    return planning.amended_plan(plan, amended)


def adopts(docket: Docket, fact: Resolution) -> None:
    """Whether a resolution is on a version as it stands.

    :raises Refused: it is not.
    """
    of = docket.get(Budget, fact.budget)
    digest = digest_of(docket, fact.version_key, of)
    if fact.digest != digest:
        found = f"has the digest {digest}" if digest else "is not there"
        raise Refused(
            f"version {fact.version_key!r} {found}, and resolution {fact.key!r} is on "
            f"{fact.digest}; put to the vote what stands",
            field="digest",
        )
