"""Apportioning 公摊: one cost divided over the units that bear it, to the last fen.

By the largest remainder (:func:`trustledger.money.allocate`): every unit has its share rounded
down, and the fen that are left go one by one to the largest remainders; of equal ones, to the
unit whose code comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from trustledger.errors import Refused
from trustledger.measures import SharedCost
from trustledger.money import allocate
from trustledger.records import Unit


def bearers(cost: SharedCost, units: Iterable[Unit]) -> list[Unit]:
    """The units that bear a cost: all of those given, or those of its usage or building.

    :raises Refused: there is none, or the scope could be either.
    """
    everybody = list(units)
    if not cost.scope:
        found = everybody
    else:
        found = [unit for unit in everybody if unit.usage == cost.scope]
        housed = [unit for unit in everybody if unit.building == cost.scope]
        if found and housed and found != housed:
            raise Refused(
                f"found {cost.scope!r}, which is a usage of some units and the building of others; "
                "give one of them another name",
                field="scope",
                fact=cost,
            )
        found = found or housed
    if not found:
        where = f" within {cost.scope!r}" if cost.scope else ""
        raise Refused(
            f"cost {cost.key!r}: no unit{where} is liable in {cost.month} to share it; "
            "look at its month and scope",
            field="scope" if cost.scope else "month",
            fact=cost,
        )
    return found


def divide(cost: SharedCost, weights: Mapping[str, Decimal]) -> dict[str, int]:
    """What each unit bears of a cost, in fen; the parts add up to it.

    :raises Refused: no weight is above zero.
    """
    if not any(weights.values()):
        raise Refused(
            f"cost {cost.key!r} of {cost.item!r} is shared by {cost.by}, and every one of its "
            f"{len(weights)} units weighs zero in {cost.month}; "
            + ("enter weights.csv" if cost.by == "weight" else "look at their floor areas"),
            field="by",
            fact=cost,
        )
    codes = sorted(weights)
    parts = allocate(cost.amount_fen, [int(weights[code].scaleb(6)) for code in codes])
    return dict(zip(codes, parts, strict=True))
