"""Copies of a whole database, and their return; each ends with a proof that nothing is missing.

A copy is made of one snapshot while others write. It is proved against what that snapshot said:
every book is there, with as many entries, whose leaves add up to the root.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, select

from trustledger.errors import BookCorrupt, InvalidFile, StoreError
from trustledger.files import appearing
from trustledger.records import Finding
from trustledger.rules.journal import Frontier, Head
from trustledger.store import dialects, transactions
from trustledger.store.reading import Reader, books
from trustledger.store.tables import ENTRY, VERSION
from trustledger.store.versions import version_of

Check = Callable[[Reader], list[Finding]]
_CHUNK = 10_000


def back_up(engine: Engine, target: Path, check: Check | None = None) -> dict[str, Head]:
    """Copy a database to a file; length and root of every journal in it.

    ``check``: what recomputes a book; the copy appears only if it finds nothing.

    :raises InvalidInput: something is there already, or it cannot be written.
    :raises StoreError: a database of another kind than one file.
    :raises BookCorrupt: a journal is not what was posted.
    """
    with appearing(target) as spare:
        with transactions.reading(engine) as connection:
            heads = _heads(connection)  # pins the snapshot
            dialects.copy_to(connection, spare)
        _prove(spare, heads, check)
    return heads


def restore(source: Path, target: Path, check: Check | None = None) -> dict[str, Head]:
    """Bring a copy back to a place where nothing is; length and root of every journal in it.

    :raises InvalidFile: it is not there, is no copy that was finished, or is damaged.
    :raises InvalidInput: something is at the target already, or it cannot be written.
    :raises BookCorrupt: a journal is not what was posted.
    """
    if not source.is_file():
        raise InvalidFile(f"there is no file {source}")
    if any(source.with_name(source.name + ending).exists() for ending in ("-wal", "-journal")):
        raise InvalidFile(
            f"{source} is in use, or was copied while it was: beside it is what is not in it yet; "
            "use a file that trustledger backup made"
        )
    with appearing(target) as spare:
        shutil.copyfile(source, spare)
        try:
            return _prove(spare, None, check)
        except StoreError as error:
            raise InvalidFile(f"{source}: {error.message}") from None


def _heads(connection: Connection) -> dict[str, Head]:
    return {code: Reader(connection, code).head() for code in books(connection)}


def _prove(path: Path, heads: dict[str, Head] | None, check: Check | None) -> dict[str, Head]:
    url = URL.create("sqlite", database=str(path))
    engine = dialects.open_engine(url)
    try:
        with transactions.translating("it"), transactions.reading(engine) as connection:
            if not dialects.has_schema(connection):
                raise StoreError("it holds no books")
            dialects.check_pages(connection)
            found = _heads(connection)
            for code, head in (heads or found).items():
                if found.get(code) != head or _folded(connection, code) != head:
                    raise BookCorrupt(
                        f"book {code!r} has {head.size} entries and root {head.root}, and in the "
                        "copy it has others; run trustledger verify on the book"
                    )
            if version_of(connection) == VERSION:
                dialects.check_schema(connection)
            for code in found if check else ():
                for finding in check(Reader(connection, code)) if check else ():
                    raise BookCorrupt(f"book {code!r} does not verify: {finding}", (finding,))
    finally:
        engine.dispose()
    dialects.settle(path)
    return found


def _folded(connection: Connection, book: str) -> Head:
    """Length and root of the leaves that are there."""
    frontier = Frontier()
    query = select(ENTRY.c.leaf).where(ENTRY.c.book == book).order_by(ENTRY.c.seq).limit(_CHUNK)
    while leaves := connection.scalars(query.where(ENTRY.c.seq > frontier.size)).all():
        for leaf in leaves:
            frontier.append(bytes(leaf))
    return Head(frontier.size, frontier.root().hex())
