"""Keeping books for decades 账套保全: a database's schema brought up, its copies and their return.

The use-cases of whoever looks after a database; every one is whole or leaves no trace.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from trustledger.errors import StoreError
from trustledger.rules.journal import Head
from trustledger.store import dialects, migrations
from trustledger.store.reading import Reader, books
from trustledger.store.tables import VERSION


class Migrated(NamedTuple):
    """What a migration did: the schema before and after, and where every book's journal stands."""

    had: int
    now: int
    heads: dict[str, Head]


def migrate(url: str | URL, *, unguarded: bool = False) -> Migrated:
    """Bring a database, with all books in it, to this library's schema: whole or not at all.

    :param unguarded: do so even if the guards of its journal are missing.
    :raises StoreError: there is none, it is newer, or Alembic is not installed.
    :raises BookCorrupt: a guard is missing or was changed.
    """
    engine = dialects.open_engine(there(url))
    with dialects.translating(url), engine.begin() as connection:
        if not dialects.has_schema(connection):
            raise StoreError(f"{url} holds no books; load a folder into it first")
        had = migrations.migrate(connection, unguarded=unguarded)
        heads = {code: Reader(connection, code).head() for code in books(connection)}
    engine.dispose()
    return Migrated(had, VERSION, heads)


def there(url: str | URL) -> str | URL:
    """An address, refused if it is of a file that is not there.

    :raises StoreError: it is.
    """
    path: Path | None = dialects.file_of(url)
    if path is not None and not path.exists():
        raise StoreError(f"there is no {path}; load a folder into it first")
    return url
