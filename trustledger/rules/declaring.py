"""Declaring 计票公布: what people declare of a count, held against it or taken from minutes. Pure.

A vote whose ballots are in the books is counted by the library, and what is declared beside it must
be the same. One that only has minutes 会议纪要 rests on them, and the result says so.
"""

from __future__ import annotations

from trustledger.errors import Refused
from trustledger.rolls import Figure, Figures, Result, Roll, area_cm2, conditions_of, m2
from trustledger.votes import DecisionType, Resolution, Tally

_DECLARED = ("taking_part", "agree", "against", "abstain")
_FIELD = {"area": "area_cm2", "heads": "heads"}


def check_tally(tally: Tally, resolution: Resolution, result: Result, ballots: int) -> None:
    """Whether a tally may stand, beside so many ballots.

    :raises Refused: before the voting is over; minutes although there are ballots; a declared
        figure that is not the count's.
    """
    if tally.on < resolution.until:
        raise Refused(
            f"found {tally.on}; votes on {resolution.key!r} are cast until {resolution.until}, "
            "so count on that day or later",
            field="on",
        )
    if tally.how == "minutes" and ballots:
        raise Refused(
            f"{ballots} ballots on {resolution.key!r} are in the books; count them, and write "
            "ballots (表决票)",
            field="how",
        )
    for name in _DECLARED:
        for by, field in _FIELD.items():
            said = _said(tally, name, by)
            counted = getattr(getattr(result.figures, name), field)
            if said is not None and said != counted:
                raise Refused(
                    f"found {_shown(by, said)}, and the ballots on {resolution.key!r} give "
                    f"{_shown(by, counted)}; correct it, or leave it empty",
                    field=f"{name}_{by}",
                )


def result_by_minutes(tally: Tally, roll: Roll, decision: DecisionType) -> Result:
    """The result that minutes declare: held against the roll, and within itself.

    Every count that decides needs all four figures. How many units stand behind them, and which
    ballots were invalid, minutes do not say.

    :raises Refused: a figure is missing, or they do not add up.
    """
    figures = _figures(tally, roll, decision)
    return Result(
        resolution=roll.resolution,
        decision=decision.record_key,
        how="minutes",
        roll=roll.digest,
        ballots="",
        figures=figures,
        differing=(),
        conditions=conditions_of(figures, decision),
    )


def _figures(tally: Tally, roll: Roll, decision: DecisionType) -> Figures:
    wholes = {"area": roll.area_cm2, "heads": roll.voters}
    found: dict[str, dict[str, int | None]] = {}
    for by, whole in wholes.items():
        said = {name: _said(tally, name, by) for name in _DECLARED}
        if by not in decision.counts and all(one is None for one in said.values()):
            found[by] = dict.fromkeys((*_DECLARED, "differing", "silent"))
            continue
        told = {name: _told(tally, name, by, one) for name, one in said.items()}
        found[by] = {**told, **_rest(tally, by, told, whole)}
    made = {name: Figure(None, found["area"][name], found["heads"][name]) for name in found["area"]}
    whole_roll = Figure(roll.units, roll.area_cm2, roll.voters)
    return Figures(roll=whole_roll, invalid=Figure(None, None, None), **made)


def _told(tally: Tally, name: str, by: str, said: int | None) -> int:
    if said is None:
        raise Refused(
            f"the minutes of {tally.resolution!r} do not say it, and it is counted by {by}; "
            "give all four figures",
            field=f"{name}_{by}",
        )
    return said


def _rest(tally: Tally, by: str, told: dict[str, int], whole: int) -> dict[str, int]:
    """What the declared figures leave: voters who differ, and who did not take part."""
    parts = told["agree"] + told["against"] + told["abstain"]
    taking = told["taking_part"]
    if parts > taking or (by == "area" and parts != taking):
        raise Refused(
            f"found {_shown(by, taking)}, and agree, against and abstain in the minutes of "
            f"{tally.resolution!r} add up to {_shown(by, parts)}; correct the one that is wrong",
            field=f"taking_part_{by}",
        )
    if taking > whole:
        raise Refused(
            f"found {_shown(by, taking)}, and the whole roll of {tally.resolution!r} has "
            f"{_shown(by, whole)}; correct the roll or the minutes",
            field=f"taking_part_{by}",
        )
    return {"differing": taking - parts, "silent": whole - taking}


def _said(tally: Tally, name: str, by: str) -> int | None:
    value = getattr(tally, f"{name}_{by}")
    return area_cm2(value) if value is not None and by == "area" else value


def _shown(by: str, number: int) -> str:
    return f"{m2(number)} m²" if by == "area" else f"{number} voters"
