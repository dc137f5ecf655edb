"""What the store needs of a database, whichever it is.

``sqlite`` and ``postgresql`` beside this file have the same words for it; which of the two is meant
is decided here and in ``transactions``, and no other file says the name of a database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Connection, Engine, Table, bindparam, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from trustledger.errors import StoreError
from trustledger.store import postgresql, sqlite
from trustledger.store.asking import Asked, Part, Question, Row, ask
from trustledger.store.sqlite import check_pages, file_of, in_memory, settle
from trustledger.store.tables import HEAD
from trustledger.store.versions import check_version

__all__ = ["check_pages", "file_of", "in_memory", "settle"]  # of files, which only SQLite has

_DIALECTS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}


def _of(where: Connection) -> Any:
    """The words of a connection's database."""
    return _DIALECTS[where.dialect.name]


def open_engine(url: str | URL) -> Engine:
    """An engine that is safe for money.

    :raises StoreError: an address that cannot be understood, or a database that is not supported.
    """
    try:
        parsed = make_url(url)
        dialect = _DIALECTS.get(parsed.get_backend_name())
        if dialect is None:
            raise StoreError(
                f"{parsed.get_backend_name()!r} databases are not supported; use "
                "sqlite:///path/to/book.db or postgresql://user@host/database"
            )
        return prepare(dialect.open_engine(parsed))
    except ModuleNotFoundError as error:
        where = "sqlite:///path" if parsed.get_backend_name() == "sqlite" else "postgresql://host"
        raise StoreError(
            f"the driver {error.name!r} is not installed; write {where}, with "
            "pip install 'trustledger[postgres]' for PostgreSQL"
        ) from None
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            f"{url!r} is not a database address ({error}); sqlite:///book.db is"
        ) from None


def prepare(engine: Engine) -> Engine:
    """Make an engine safe for money, once: a host calls this on its own SQLite engine.

    It sets the pragmas on every connection and lets SQLAlchemy, not the driver, begin transactions.
    """
    if engine.dialect.name == "sqlite":
        sqlite.prepare(engine)
    return engine


def is_prepared(engine: Engine) -> bool:
    """Whether :func:`prepare` was called on it (nothing is needed elsewhere than on SQLite)."""
    return engine.dialect.name != "sqlite" or sqlite.is_prepared(engine)


# --------------------------------------------------------------------------- schema


def has_schema(connection: Connection) -> bool:
    """Whether our tables are there."""
    return bool(_of(connection).has_schema(connection))


def create_schema(connection: Connection) -> None:
    """Create the tables and their guards if they are not there, in the caller's transaction."""
    if not has_schema(connection):
        _of(connection).create_schema(connection)


def standing_guards(connection: Connection) -> dict[str, str]:
    """The triggers that stand on our tables, by name."""
    found: dict[str, str] = _of(connection).standing_guards(connection)
    return found


def renew_guards(connection: Connection) -> None:
    """Make all guards of the journal anew."""
    _of(connection).renew_guards(connection)


def check_schema(connection: Connection) -> None:
    """Compare settings and guards with what must stand.

    :raises StoreError: a connection that is not safe for money, or another version's schema.
    :raises BookCorrupt: a guard of the journal is missing or was changed.
    """
    check_version(connection)
    _of(connection).check_schema(connection)


_found_whole: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
"""Engines whose database was found whole, and the number that its schema had then."""


def make_ready(connection: Connection, *, ours: bool) -> None:
    """Create the schema if need be, and check it.

    ``ours``: the transaction has just begun and is our own. Then it is enough to look once, until
    SQLite's number of the schema changes; on PostgreSQL only the tables' owner can change it, and
    ``verify`` always looks.
    """
    if not ours:
        create_schema(connection)
        check_schema(connection)
        return
    number = _of(connection).schema_number(connection)
    if _found_whole.get(connection.engine) == number:
        return
    stood = has_schema(connection)
    create_schema(connection)
    check_schema(connection)
    if stood:
        _found_whole[connection.engine] = number


def set_up(connection: Connection, partitions: int, writer: str, auditor: str) -> None:
    """Make tables, partitions and roles on PostgreSQL, as far as they are not there.

    :raises StoreError: another kind of database, or tables with other partitions.
    """
    if _of(connection) is not postgresql:
        raise StoreError(
            "SQLite has neither roles nor partitions; leave them out, or use PostgreSQL"
        )
    postgresql.check_partitions(partitions)
    postgresql.create_schema(connection, partitions)
    have = postgresql.partitions_of(connection)
    if have != partitions:
        there = f"with {have} partitions" if have else "without partitions"
        raise StoreError(
            f"the tables stand already, {there}; set up another database and move the books there "
            "by an archive"
        )
    postgresql.grant(connection, writer, auditor)


def damage(connection: Connection) -> list[str]:
    """What the database itself finds wrong with its file; it takes the time of reading it."""
    found: list[str] = _of(connection).damage(connection)
    return found


def forget_for_good(connection: Connection) -> None:
    """What is deleted from now on is overwritten in the file, too."""
    _of(connection).forget_for_good(connection)


def copy_to(connection: Connection, target: Path) -> None:
    """Copy the database, as this connection's transaction sees it, to a new file of its own.

    :raises StoreError: its data is not in one file, or the copy failed.
    """
    _of(connection).copy_to(connection, target)


# --------------------------------------------------------------------------- statements


def insert(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert whole rows, columns in the table's order, near the driver's speed."""
    write(connection, (table, rows, ""))


def write(connection: Connection, *parts: tuple[Table, Sequence[Row], str]) -> None:
    """Insert rows into several tables, or on an existing key do what is told (SQL after SET)."""
    _of(connection).write(
        connection,
        [Part(table, rows, _on_conflict(table, told)) for table, rows, told in parts],
    )


@cache
def _on_conflict(table: Table, update: str) -> str:
    if not update:
        return ""
    keys = ", ".join(column.name for column in table.primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {update}"


BATCH = 2_000
"""Entries that are held back before they are inserted together."""


def batch_of(connection: Connection) -> int:
    """How many entries are held back while nothing is asked."""
    return BATCH if _of(connection) is sqlite else postgresql.STREAMED


def together(connection: Connection) -> AbstractContextManager[None]:
    """What is told inside may go to the database in one go; nothing is asked in there."""
    going: AbstractContextManager[None] = _of(connection).together(connection)
    return going


def ask_ahead(connection: Connection, book: str, questions: Callable[[], Iterable[Asked]]) -> None:
    """Lock a book's head and, behind that, ask what will be asked, where this spares the way."""
    _of(connection).ask_ahead(connection, lambda: ((HEAD_OF, {"of": book}), *questions()))


HEAD_OF = Question(
    select(HEAD.c.version, HEAD.c.size, HEAD.c.peaks, HEAD.c.closed)
    .where(HEAD.c.book == bindparam("of"))
    .with_for_update()
)


def lock_head(connection: Connection, book: str) -> tuple[int, int, str, str] | None:
    """The book's head row (version, size, peaks, closed), locked against other writers.

    On SQLite the transaction holds the database's write lock already, on PostgreSQL other writers
    of this book wait here. What else is to be known is asked afterwards: a question asked together
    with the lock would be answered as of before the waiting.
    """
    rows = ask(connection, HEAD_OF, {"of": book})
    return rows[0] if rows else None
