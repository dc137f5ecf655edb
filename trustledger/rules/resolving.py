"""Resolving 决议效力: which rule decides, and what a resolution is worth on a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from trustledger.errors import NotCarried, Refused, Unknown
from trustledger.money import yuan
from trustledger.rolls import Result
from trustledger.votes import DecisionType, Delegation, Resolution, Revocation, Tally

STANDINGS = {
    "proposed": "表决中",
    "rejected": "未通过",
    "carried": "已通过未生效",
    "in_force": "生效",
    "expired": "期满",
    "revoked": "已撤销",
}
"""What a resolution can be on a day."""


def decision_on(types: Iterable[DecisionType], code: str, day: date) -> DecisionType:
    """The type of decision in force on a day, under its code.

    :raises Unknown: there is none.
    """
    for one in types:
        if one.decision == code and one.covers(day):
            return one
    raise Unknown(
        "decision", code, f"say what it takes on {day} in decisions.csv first", field="decision"
    )


def in_force_from(resolution: Resolution, tally: Tally) -> date:
    """Its first day once carried: the one it names, and never before it was counted."""
    return tally.on if resolution.start is None else max(resolution.start, tally.on)


def standing(
    resolution: Resolution,
    tally: Tally | None,
    result: Result | None,
    revocations: Iterable[Revocation],
    day: date,
) -> str:
    """What a resolution is at the end of a day: one of :data:`STANDINGS`.

    Until the day of the tally it is proposed. Revoked from the revocation's day on, also while it
    is proposed; what was rejected stays so.
    """
    counted = tally is not None and result is not None and tally.on <= day
    if counted and result is not None and not result.carried:
        return "rejected"
    if _revoked(resolution, revocations, day) is not None:
        return "revoked"
    if tally is None or not counted:
        return "proposed"
    if day < in_force_from(resolution, tally):
        return "carried"
    return "in_force" if resolution.to is None or day <= resolution.to else "expired"


def check_in_force(
    resolution: Resolution,
    tally: Tally | None,
    result: Result | None,
    revocations: Iterable[Revocation],
    day: date,
) -> None:
    """Whether something may rest on a resolution on a day.

    :raises NotCarried: it is not in force, and why.
    """
    known = tuple(revocations)
    now = standing(resolution, tally, result, known, day)
    if now != "in_force":
        why = _why(now, resolution, tally, result, known, day)
        raise NotCarried(
            f"resolution {resolution.key!r} is not in force on {day}: {why}", field="resolution"
        )


def _why(
    now: str,
    resolution: Resolution,
    tally: Tally | None,
    result: Result | None,
    revocations: tuple[Revocation, ...],
    day: date,
) -> str:
    if now == "rejected" and result is not None:
        failed = "; ".join(str(one) for one in result.conditions if not one.passed)
        return f"it did not carry, {failed}"
    if now == "carried" and tally is not None:
        return f"it carried and is in force from {in_force_from(resolution, tally)}"
    if now == "expired":
        return f"it was in force until {resolution.to}"
    revoked = _revoked(resolution, revocations, day)
    if revoked is not None:
        return f"it was revoked on {revoked.on} by {revoked.by}"
    return "its votes are not counted; post its tally first"


def _revoked(
    resolution: Resolution, revocations: Iterable[Revocation], day: date
) -> Revocation | None:
    on_it = (one for one in revocations if one.resolution == resolution.key and one.on <= day)
    return min(on_it, key=lambda one: (one.on, one.key), default=None)


def check_delegated(resolution: Resolution, delegation: Delegation) -> None:
    """Whether a committee's resolution stays within what the owners let it decide.

    That the decision which grants it is in force is :func:`check_in_force`'s.

    :raises Refused: for another kind of decision, on another day, or for more than it allows.
    """
    key = delegation.key
    if resolution.decision != delegation.decision:
        raise Refused(
            f"delegation {key!r} is for {delegation.decision!r}, not for {resolution.decision!r}; "
            "let the owners decide it",
            field="decision",
        )
    if not delegation.covers(resolution.on):
        until = "on" if delegation.to is None else f"to {delegation.to}"
        raise Refused(
            f"found {resolution.on}; delegation {key!r} is in force from {delegation.start} "
            f"{until}, so let the owners decide it",
            field="on",
        )
    if resolution.amount_fen is None or resolution.amount_fen > delegation.amount_fen:
        asked = resolution.amount_fen
        shown = "no amount" if asked is None else yuan(asked, grouping=True)
        raise Refused(
            f"found {shown}; delegation {key!r} allows {yuan(delegation.amount_fen, grouping=True)}"
            ", and more is the owners' to decide",
            field="amount",
        )
