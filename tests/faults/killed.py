"""What runs in a child that is about to be killed."""

from __future__ import annotations

from contextlib import suppress

from nursery import tell
from smallbook import work
from sqlalchemy import event

import trustledger as tl


def post_until_killed(url: str, tag: str, checkpoint: int) -> None:
    """Post for ever; ``checkpoint``: pages in the log after which it goes into the database."""
    book = tl.Book.open(url)
    if url.startswith("sqlite"):
        engine = book._where  # a small log, so that kills fall upon checkpoints, too
        event.listen(
            engine,
            "connect",
            lambda raw, _: raw.execute(f"PRAGMA wal_autocheckpoint={checkpoint}"),
        )
        engine.dispose()  # type: ignore[union-attr]
    tell("open")
    work(book, tag, lambda told: tell(told.line()))


def post_to_server(url: str, tag: str) -> None:
    """Post beside other writers, until the server is killed."""
    with suppress(tl.StoreError):
        book = tl.Book.open(url)
        tell("open")
        work(book, tag, lambda told: tell(told.line()))
