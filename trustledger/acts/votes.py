"""Deciding 议决: what is put to the vote, the roll it freezes, ballots, the count, its end.

What lives here: what each act looks up before the rule (rules/electing, tallying, declaring,
resolving) decides. The roll and the result are entries of the library's own, beside the fact.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date

from trustledger.acts.deed import NOTHING, Deed
from trustledger.budgets import Amendment
from trustledger.docket import Docket
from trustledger.errors import Overlap, Refused, Unknown
from trustledger.grants import FundTransfer, Leftover
from trustledger.money import yuan
from trustledger.records import Draft, Expenditure
from trustledger.rolls import Result, Roll
from trustledger.rulebook import Rule, number_on
from trustledger.rules import declaring, electing, resolving, tallying
from trustledger.spendings import Commitment, Ratification, Release
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

ROLL, RESULT = "roll", "result"
"""Kinds of the library's own entries; their key is the resolution's."""


def decision(docket: Docket, fact: DecisionType) -> Deed:
    """What a kind of decision takes; one rule of each kind a day."""
    for other in docket.all(DecisionType):
        if other.decision == fact.decision and other.overlaps(fact):
            raise Overlap(
                f"decision {fact.decision!r} has a rule from {other.start} already, and another "
                f"from {fact.start}; end the first before the second begins",
                field="from",
            )
    return NOTHING


def member(docket: Docket, fact: Member) -> Deed:
    """Somebody sits on the committee."""
    for other in docket.all(Member):
        if other.member == fact.member and other.overlaps(fact):
            raise Overlap(
                f"member {fact.member!r} is in office from {other.start} already",
                field="from",
            )
    return NOTHING


def elector(docket: Docket, fact: Elector) -> Deed:
    """A correction of a roll that is not frozen yet."""
    if docket.told(ROLL, fact.resolution):
        raise Refused(
            f"the roll of {fact.resolution!r} is frozen since it was put to the vote; "
            "correct it before, together with the resolution",
            field="resolution",
        )
    return NOTHING


def resolution(
    docket: Docket, fact: Resolution, adopts: Callable[[Docket, Resolution], None]
) -> Deed:
    """Something is put to the vote: who votes on it is settled now."""
    rule = resolving.decision_on(docket.all(DecisionType), fact.decision, fact.on)
    if fact.version_key:
        adopts(docket, fact)
    if rule.body == "committee":
        _check_delegated(docket, fact)
        roll = electing.committee_roll(fact, docket.all(Member))
    else:
        electors = docket.naming(Elector, "resolution", fact.key)
        roll = electing.roll_of(fact, docket.units().values(), docket.tenures(), electors)
    return Deed(drafts=(Draft(ROLL, fact.key, fact.on.isoformat(), roll.content()),))


def _check_delegated(docket: Docket, fact: Resolution) -> None:
    delegation = docket.get(Delegation, fact.delegation) if fact.delegation else None
    if delegation is None:
        raise Unknown(
            "delegation", fact.delegation,
            "a committee decides what a decision of the owners lets it; name that delegation",
            field="delegation",
        )  # fmt: skip
    in_force(docket, delegation.resolution, fact.on)
    resolving.check_delegated(fact, delegation)


def ballot(docket: Docket, fact: Ballot) -> Deed:
    """One unit, or one member, votes."""
    of = named(docket, fact.resolution)
    tally = docket.get(Tally, fact.resolution)
    limit = number_on(docket.all(Rule), "proxies_limit", fact.on) if fact.proxy else None
    represented = docket.represented(of.key, fact.proxy) if limit is not None else ()
    tallying.check_ballot(
        fact,
        of,
        roll_of(docket, of.key),
        counted_on=tally.on if tally else None,
        represented=represented,
        limit=limit,
    )
    return NOTHING


def tally(docket: Docket, fact: Tally) -> Deed:
    """The count: the library counts again, and keeps what came of it."""
    of = named(docket, fact.resolution)
    rule = resolving.decision_on(docket.all(DecisionType), of.decision, of.on)
    roll = roll_of(docket, of.key)
    ballots = docket.naming(Ballot, "resolution", of.key)
    if fact.how == "minutes":
        result = declaring.result_by_minutes(fact, roll, rule)
    else:
        result = tallying.count(roll, ballots, rule)
    declaring.check_tally(fact, of, result, len(ballots))
    return Deed(drafts=(Draft(RESULT, of.key, fact.on.isoformat(), result.content()),))


def revocation(docket: Docket, fact: Revocation) -> Deed:
    """The end of a decision."""
    named(docket, fact.resolution)
    return NOTHING


def delegation(docket: Docket, fact: Delegation) -> Deed:
    """What a decision lets the committee decide."""
    in_force(docket, fact.resolution, fact.on)
    resolving.decision_on(docket.all(DecisionType), fact.decision, fact.on)
    return NOTHING


# --------------------------------------------------------------------------- what was decided


def named(docket: Docket, key: str) -> Resolution:
    """A resolution by its key.

    :raises Unknown: there is none.
    """
    found = docket.get(Resolution, key)
    if found is None:
        raise Unknown(
            "resolution", key, "put it to the vote in resolutions.csv first", field="resolution"
        )
    return found


def roll_of(docket: Docket, key: str) -> Roll:
    """Who votes on a resolution."""
    return docket.loaded(Roll.load, ROLL, key)


def in_force(docket: Docket, key: str, day: date) -> Resolution:
    """A resolution that something rests on, on a day.

    :raises Unknown: there is none.
    :raises NotCarried: it is not in force then.
    """
    of = named(docket, key)
    told = docket.told(RESULT, key)
    resolving.check_in_force(
        of,
        docket.get(Tally, key),
        Result.load(told) if told else None,
        docket.naming(Revocation, "resolution", key),
        day,
    )
    return of


def allow(docket: Docket, key: str, day: date, lines: Collection[str], amount_fen: int) -> None:
    """Whether a resolution lets so much be spent, committed, lent or amended, on some lines.

    :raises Unknown, NotCarried: as :func:`in_force`.
    :raises Refused: it is for another line, or for less.
    """
    of = in_force(docket, key, day)
    named = [line for line in lines if line]
    if of.line and named and of.line not in named:
        raise Refused(
            f"resolution {key!r} is for line {of.line!r}, and not for {named[0]!r}; "
            "name one that is",
            field="resolution",
        )
    if of.amount_fen is None:
        return
    used = _used(docket, key)
    if used + amount_fen > of.amount_fen:
        raise Refused(
            f"resolution {key!r} allows {yuan(of.amount_fen)}, of which {yuan(used)} is used; "
            f"{yuan(of.amount_fen - used)} is left",
            field="amount",
        )


def _used(docket: Docket, key: str) -> int:
    """What rests on a resolution: amended, bound and not let go, paid, taken over, lent."""
    used = sum(one.amount_fen for one in docket.naming(Amendment, "resolution", key))
    used += sum(one.amount_fen for one in docket.naming(Ratification, "resolution", key))
    used += sum(one.amount_fen for one in docket.naming(Leftover, "resolution", key))
    lent = (one for one in docket.naming(FundTransfer, "resolution", key) if one.move == "lent")
    used += sum(one.amount_fen for one in lent)
    used += sum(
        one.amount_fen - released(docket, one)
        for one in docket.naming(Commitment, "resolution", key)
    )
    return used + sum(
        one.amount_fen
        for one in docket.naming(Expenditure, "resolution", key)
        if not one.commitment and not docket.is_reversed("expenditure", one.voucher)
    )


def released(docket: Docket, of: Commitment) -> int:
    """What of a commitment was let go."""
    return sum(one.amount_fen for one in docket.naming(Release, "commitment", of.key))
