"""Reopened 恢复应收: since when each part of a claim stands open.

The book keeps one day for a claim, the last that added to it. Money that came before that day, and
was told to wait, finds what stood open on its own: so the claim is taken apart again, from its
entries. What must not live here: what the money is put upon (applying).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import accumulate

from trustledger.applying import OldClaim, OldPiece
from trustledger.store import charges
from trustledger.store.reading import Reader

Claimed = tuple[str, ...]
"""The unit, the month and the item of a claim."""

Turn = tuple[str, bool]
"""A day, and whether it is of what is opened again, which comes after what comes in."""

Part = tuple[Turn, int]
"""When a claim is changed, by how many fen."""


def by_part(
    reader: Reader,
    claims: list[OldClaim],
    pieces: Iterable[OldPiece],
    meeting: Collection[str],
) -> list[OldClaim]:
    """The claims, and part by part those that money from before their day may meet.

    ``meeting``: the money that old claims may meet, since it was made to wait.
    """
    since: dict[str, str] = {}  # by unit, the day of its first such money
    for piece in pieces:
        if piece.source in meeting:
            since[piece.unit] = min(piece.since, since.get(piece.unit, piece.since))
    late = {claim for claim in claims if claim.since >= since.get(claim.unit, "~")}
    if not late:
        return claims
    parts = _parts(reader, {claim.unit for claim in late})
    found: list[OldClaim] = []
    for claim in claims:
        mine = parts.get(claim[:3]) if claim in late else None
        if mine is None:
            found.append(claim)
            continue
        for (day, reopened), fen in mine:
            found.append(claim._replace(amount_fen=fen, since=day, reopened=reopened))
    return found


def _parts(reader: Reader, units: Collection[str]) -> dict[Claimed, list[Part]]:
    """What some units owe, claim by claim and part by part."""
    moves: dict[Claimed, dict[Turn, int]] = {}
    for *claimed, day, debit, credit in charges.claim_moves(reader, units):
        mine, turn = moves.setdefault(tuple(claimed), {}), (day, credit < 0)
        mine[turn] = mine.get(turn, 0) + debit - credit
    return {claimed: _rises(sorted(mine.items())) for claimed, mine in moves.items()}


def _rises(moves: list[Part]) -> list[Part]:
    """Every rise of the least that is open then and ever after: what may be settled then and
    leaves each later settlement its claim."""
    levels = list(accumulate(fen for _, fen in moves))
    least, rises = levels[-1], []
    for (turn, _), before in zip(reversed(moves), [*levels[-2::-1], 0], strict=True):
        left = max(0, min(least, before))
        if left < least:
            rises.append((turn, least - left))
            least = left
    return rises
