"""Viewing 查阅: a version of a budget as it is voted on, what differs, what came of a vote.

What lives here: reading. What must not: deciding; the digest and the count are the rules' own.
"""

from __future__ import annotations

from typing import NamedTuple

from trustledger import standing
from trustledger.acts import budgets, votes
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage
from trustledger.docket import Docket
from trustledger.errors import InvalidInput, Refused, Unknown
from trustledger.records import BudgetLine
from trustledger.rolls import Result
from trustledger.rules import resolving, tallying
from trustledger.rules.budgeting import stage_of
from trustledger.rules.planning import Ceiling
from trustledger.rules.versioning import Change, difference
from trustledger.store import links
from trustledger.store.reading import Reader
from trustledger.votes import Ballot, DecisionType, Resolution

DRAFT = "draft"


class PlanVersion(NamedTuple):
    """预算版本: one version of a budget, whole; ``digest`` is what it is voted on by.

    ``ceiling``: what the common fund can spend by the version's own income.
    """

    budget: Budget
    version: str
    stage: str
    digest: str
    lines: tuple[PlanLine, ...]
    incomes: tuple[PlanIncome, ...]
    ceiling: Ceiling

    @property
    def planned(self) -> dict[str, int]:
        """What it plans to spend, in fen by fund."""
        found: dict[str, int] = {}
        for line in self.lines:
            found[line.fund] = found.get(line.fund, 0) + line.planned_fen
        return found


class Differences(NamedTuple):
    """版本差异: what another version says differently, line by line and income by income."""

    lines: tuple[Change, ...]
    incomes: tuple[Change, ...]


def version(reader: Reader, budget: str, name: str = "") -> PlanVersion:
    """A version of a budget: the one named, or else the one adopted last, or the only one.

    :raises Unknown: no such budget or version.
    :raises InvalidInput: none is named, and it is not clear which.
    """
    return _version(reader, standing.docket_of(reader), budget, name)


def differences(reader: Reader, budget: str, before: str, after: str) -> Differences:
    """What one version of a budget says differently from another.

    :raises Unknown: no such budget or version.
    """
    docket = standing.docket_of(reader)
    was, now = (_version(reader, docket, budget, name) for name in (before, after))
    return Differences(
        tuple(difference(was.lines, now.lines)), tuple(difference(was.incomes, now.incomes))
    )


def _version(reader: Reader, docket: Docket, code: str, name: str) -> PlanVersion:
    of = docket.get(Budget, code)
    if of is None:
        known = ", ".join(one.budget for one in docket.all(Budget)) or "none yet"
        raise Unknown("budget", code, f"the budgets are {known}")
    stages = docket.naming(Stage, "budget", code)
    found = name or _meant(reader, of, stages)
    key = f"{code}|{found}"
    lines = docket.naming(PlanLine, "version", key)
    if not lines:
        known = ", ".join(standing.versions_of(reader, of.budget)) or "none yet"
        raise Unknown("version", found, f"those of budget {code!r} are {known}")
    last = stage_of(stages, key)
    return PlanVersion(
        of,
        found,
        last.stage if last else DRAFT,
        budgets.digest_of(docket, key, of),
        tuple(lines),
        tuple(docket.naming(PlanIncome, "version", key)),
        budgets.ceiling_of(docket, of, key)[0],
    )


def _meant(reader: Reader, of: Budget, stages: list[Stage]) -> str:
    """The version that is meant where none is named."""
    adopted = [one for one in stages if one.stage == "adopted"]
    if adopted:
        return max(adopted, key=lambda one: one.on).version
    mine = standing.versions_of(reader, of.budget)
    if len(mine) != 1:
        found = f"the versions {', '.join(mine)}; name one" if mine else "no version yet"
        raise InvalidInput(f"budget {of.budget!r} has {found}")
    return mine[0]


# --------------------------------------------------------------------------- names


def stands(reader: Reader, kind: str, key: str) -> bool:
    """Whether a name leads somewhere: to an entry, to a line, or to a version of a budget."""
    if kind == "line":
        planned = any(links.naming(reader, one.kind, kind, key) for one in (PlanLine, Amendment))
        return planned or bool(reader.stored(BudgetLine.kind, [key]))
    if kind == "version":
        return bool(links.naming(reader, PlanLine.kind, kind, key))
    return bool(reader.stored(kind, [key]))


# --------------------------------------------------------------------------- votes


def result(reader: Reader, key: str) -> Result:
    """What came of a vote, with every figure and every condition.

    :raises Unknown: no such resolution.
    :raises Refused: it is not counted yet.
    """
    docket = standing.docket_of(reader)
    return _result(docket, _resolution(docket, key))


def ballots(reader: Reader, key: str) -> str:
    """表决清单: the list that anybody can count again; its SHA-256 is ``Result.ballots``.

    :raises Unknown: no such resolution.
    :raises Refused: it is not counted yet, or was counted from minutes.
    """
    docket = standing.docket_of(reader)
    of = _resolution(docket, key)
    if _result(docket, of).how == "minutes":
        raise Refused(f"{key!r} rests on minutes 会议纪要; there is no list of its ballots")
    rule = resolving.decision_on(docket.all(DecisionType), of.decision, of.on)
    cast = docket.naming(Ballot, "resolution", key)
    return tallying.ballots_text(votes.roll_of(docket, key), cast, rule)


def _resolution(docket: Docket, key: str) -> Resolution:
    found = docket.get(Resolution, key)
    if found is None:
        known = ", ".join(one.key for one in docket.all(Resolution)) or "none yet"
        raise Unknown("resolution", key, f"the resolutions are {known}")
    return found


def _result(docket: Docket, of: Resolution) -> Result:
    told = docket.told(votes.RESULT, of.key)
    if not told:
        raise Refused(
            f"the votes on {of.key!r} are not counted; they are cast until {of.until}, "
            "and its tally comes after that"
        )
    return Result.load(told)
