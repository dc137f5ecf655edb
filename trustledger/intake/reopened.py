"""Reopened 恢复应收: since when each part of a claim stands open.

The book keeps one day for a claim, the last that added to it. Money that came before that day, and
was told to wait, finds what stood open on its own: so the claim is taken apart again, from its
entries. What must not live here: what the money is put upon (applying).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import accumulate
from operator import itemgetter

from trustledger import chart
from trustledger.applying import OldClaim, OldPiece
from trustledger.store.reading import Reader

Claimed = tuple[str, str]
"""The month and the item of a claim."""

Part = tuple[str, bool, int]
"""A day, whether a claim is opened again on it, and by how many fen it changes or is open."""


def by_part(
    reader: Reader,
    claims: Iterable[OldClaim],
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
    found: list[OldClaim] = []
    parts: dict[str, dict[Claimed, list[Part]]] = {}
    for claim in claims:
        if claim.unit not in since or claim.since < since[claim.unit]:
            found.append(claim)
            continue
        if claim.unit not in parts:
            parts[claim.unit] = _parts(reader, claim.unit)
        for day, reopened, fen in parts[claim.unit][claim.month, claim.item]:
            found.append(claim._replace(amount_fen=fen, since=day, reopened=reopened))
    return found


def _parts(reader: Reader, unit: str) -> dict[Claimed, list[Part]]:
    """A unit's claims, part by part."""
    moves: dict[Claimed, list[Part]] = {}
    for _, _, _, day, p in reader.postings("", None, (chart.RECEIVABLE,), unit):
        move = day, p.credit_fen < 0, p.debit_fen - p.credit_fen
        moves.setdefault((p.month, p.item), []).append(move)
    return {claimed: _rises(sorted(mine, key=itemgetter(0, 1))) for claimed, mine in moves.items()}


def _rises(moves: list[Part]) -> list[Part]:
    """Every rise of the least that is open on a day and ever after: what may be settled that day
    and leaves each later settlement its claim."""
    levels = list(accumulate(fen for _, _, fen in moves))
    least, rises = levels[-1], []
    for (day, reopened, _), before in zip(reversed(moves), [*levels[-2::-1], 0], strict=True):
        left = max(0, min(least, before))
        if left < least:
            rises.append((day, reopened, least - left))
            least = left
    return rises
