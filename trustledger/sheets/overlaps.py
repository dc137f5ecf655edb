"""Whether two terms, tariffs or reminder steps claim one day. Pure, and linear after a sort."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from trustledger.records import LateFeeTerm, ReminderStep, Tariff, Term

Dated = Term | Tariff | LateFeeTerm | ReminderStep


def first_overlap(
    dated: Sequence[Dated], usages: Sequence[str] | None = None
) -> tuple[int, int] | None:
    """The positions of two that overlap, the earlier position first; ``None`` if none do.

    ``usages`` says, one for each, for whom it is in force (or which step it is); ``""`` is
    everybody and meets all. Without it, all meet all.
    """
    of = usages if usages is not None else [""] * len(dated)
    last: dict[str, int] = {}  # usage -> the one that ends last among those seen
    last_of_all: int | None = None
    for now in sorted(range(len(dated)), key=lambda n: dated[n].start):
        rivals = (last_of_all,) if of[now] == "" else (last.get(of[now]), last.get(""))
        for before in rivals:
            if before is not None and dated[before].overlaps(dated[now]):
                return min(before, now), max(before, now)
        last[of[now]] = now  # begins later and does not overlap: so it also ends later
        if last_of_all is None or _end(dated[now]) > _end(dated[last_of_all]):
            last_of_all = now
    return None


def _end(one: Dated) -> date:
    return one.to or date.max
