"""Where signed checkpoints are kept: one row per size and signer, never changed."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from trustledger.checkpoint import Checkpoint
from trustledger.errors import BookCorrupt, InvalidInput
from trustledger.store.dialects import insert
from trustledger.store.tables import CHECKPOINT


def kept(connection: Connection, book: str, *, size: int | None = None) -> list[Checkpoint]:
    """Every checkpoint, or those of one size, by size; what was signed apart is put together.

    :raises BookCorrupt: a note cannot be read, or two of one size say different roots.
    """
    query = select(CHECKPOINT.c.size, CHECKPOINT.c.signer, CHECKPOINT.c.note)
    query = query.where(CHECKPOINT.c.book == book)
    if size is not None:
        query = query.where(CHECKPOINT.c.size == size)
    found: dict[tuple[str, int, str], Checkpoint] = {}
    for at, signer, note in connection.execute(
        query.order_by(CHECKPOINT.c.size, CHECKPOINT.c.signer)
    ):
        try:
            one = Checkpoint.parse(note)
        except InvalidInput as error:
            raise BookCorrupt(
                f"the checkpoint of {at} entries by {signer!r} cannot be read: {error.message}"
            ) from None
        if (one.size, one.signers) != (at, (signer,)):
            raise BookCorrupt(f"the checkpoint of {at} entries by {signer!r} is of something else")
        same = found.get(one[:3])
        found[one[:3]] = (
            one if same is None else same._replace(signatures=same.signatures + one.signatures)
        )
    return [_own_first(one) for one in found.values()]


def _own_first(one: Checkpoint) -> Checkpoint:
    """The log's own signature before those of witnesses."""
    ranked = sorted(one.signatures, key=lambda s: (s.name != one.origin, s.name))
    return one._replace(signatures=tuple(ranked))


def keep(connection: Connection, book: str, checkpoint: Checkpoint, signer: str) -> None:
    """Keep one signer's signature of a checkpoint."""
    mine = tuple(one for one in checkpoint.signatures if one.name == signer)
    note = checkpoint._replace(signatures=mine).note
    insert(connection, CHECKPOINT, [(book, checkpoint.size, signer, note)])


def latest(connection: Connection, book: str) -> Checkpoint | None:
    """The longest checkpoint, with all its signatures."""
    most = select(func.max(CHECKPOINT.c.size)).where(CHECKPOINT.c.book == book)
    size = connection.scalar(most)
    return None if size is None else kept(connection, book, size=size)[-1]


def latest_of(connection: Connection, book: str, signer: str) -> Checkpoint | None:
    """The longest checkpoint that a name signed."""
    query = (
        select(CHECKPOINT.c.note)
        .where(CHECKPOINT.c.book == book, CHECKPOINT.c.signer == signer)
        .order_by(CHECKPOINT.c.size.desc())
        .limit(1)
    )
    note = connection.scalar(query)
    return None if note is None else Checkpoint.parse(note)
