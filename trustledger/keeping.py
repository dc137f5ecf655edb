"""Keeping books for decades 账套保全: a database's schema brought up, its copies and their return.

The use-cases of whoever looks after a database; every one is whole or leaves no trace.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from trustledger import audit, rebuilding
from trustledger.archive import Imported
from trustledger.book import Book, Progress, utc_now
from trustledger.errors import InvalidInput, StoreError
from trustledger.files import appearing
from trustledger.rules.journal import Head
from trustledger.store import copying, dialects, migrations, transactions
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
    with transactions.translating(url), engine.begin() as connection:
        if not dialects.has_schema(connection):
            raise StoreError(f"{url} holds no books; load a folder into it first")
        had = migrations.migrate(connection, rebuilding.rebuild, unguarded=unguarded)
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


def restore(path: str | Path, url: str | URL, *, verify: bool = False) -> dict[str, Head]:
    """Bring a backup back to an address where nothing is; every book's journal in it.

    :param verify: recompute every invariant of every book before it stands.
    :raises InvalidFile: it is no backup, or is damaged.
    :raises InvalidInput: something is there already, or the address is not of a file.
    :raises BookCorrupt: a journal is not what was posted.
    """
    target = dialects.file_of(url)
    if target is None:
        raise InvalidInput(
            f"{url} is not of a file; name one, such as sqlite:///garden.db, or import an archive: "
            "trustledger archive import"
        )
    return copying.restore(Path(path), target, audit.verify if verify else None)


def import_archive(
    path: str | Path,
    url: str | URL,
    *,
    verify: bool = True,
    clock: Callable[[], str] = utc_now,
    progress: Progress | None = None,
) -> tuple[Book, Imported]:
    """:meth:`Book.import_archive`; a database file that is not there yet appears whole or not at
    all."""

    def take(where: str | URL) -> tuple[Book, Imported]:
        return Book.import_archive(path, where, verify=verify, clock=clock, progress=progress)

    target = dialects.file_of(url)
    if target is None or target.exists():
        return take(url)
    with appearing(target) as spare:
        book, done = take(URL.create("sqlite", database=str(spare)))
        book.close()
    return Book.open(url, done.code, clock=clock), done
