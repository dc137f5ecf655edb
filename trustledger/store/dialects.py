"""The only file that says sqlite or postgresql: how a database is opened safely.

SQLite, the embedded default: every transaction that writes begins IMMEDIATE (a deferred one lets
two writers spend the same money), WAL with synchronous=FULL (NORMAL loses acknowledged commits on
power failure), foreign keys and recursive triggers on, STRICT tables, triggers that refuse UPDATE,
DELETE and the REPLACE that would slip past a DELETE trigger. All of it is read back at open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.pool import QueuePool

from trustledger.errors import BookCorrupt, StoreError
from trustledger.store.tables import APPEND_ONLY, HEAD, METADATA

READ = "trustledger_read"
"""Execution option of a connection that only reads: its transactions do not queue for the lock."""

LOCK_SECONDS = 120


def open_engine(url: str | URL) -> Engine:
    """An engine that is safe for money.

    :raises StoreError: an address that cannot be understood, or a database that is not supported.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            raise StoreError(
                f"{parsed.get_backend_name()!r} databases are not supported by this version; "
                "use sqlite:///path/to/book.db"
            )
        if in_memory(parsed):
            parsed = parsed.set(
                database=f"file:trustledger-{uuid4().hex}",
                query={"mode": "memory", "cache": "shared", "uri": "true"},
            )
        engine = create_engine(
            parsed,
            connect_args={
                "timeout": LOCK_SECONDS,
                "check_same_thread": False,
            },  # the pool sees to it
            poolclass=QueuePool,  # keeps a database in memory alive, too
        )
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError(
            f"{url!r} is not a database address ({error}); sqlite:///book.db is"
        ) from None
    return prepare(engine)


def in_memory(url: str | URL) -> bool:
    """Whether an address is of an SQLite database that lives as long as its process."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return False
    return parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:")


def file_of(url: str | URL) -> Path | None:
    """The file behind an address, if it is an SQLite file."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    if parsed.get_backend_name() != "sqlite" or in_memory(parsed):
        return None
    return Path(str(parsed.database))


def prepare(engine: Engine) -> Engine:
    """Make an engine safe for money, once: a host calls this on its own SQLite engine.

    It sets the pragmas on every connection and lets SQLAlchemy, not the driver, begin transactions.
    """
    if engine.dialect.name == "sqlite" and not event.contains(engine, "begin", _begin):
        event.listen(engine, "connect", _connect)
        event.listen(engine, "begin", _begin)
        engine.dispose()
    return engine


def is_prepared(engine: Engine) -> bool:
    """Whether :func:`prepare` was called on it (nothing is needed elsewhere than on SQLite)."""
    return engine.dialect.name != "sqlite" or event.contains(engine, "begin", _begin)


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        f"busy_timeout={LOCK_SECONDS * 1000}",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    reading = connection.get_execution_options().get(READ)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def translating(url: str | URL) -> Iterator[None]:
    """Database errors that a caller can do something about, in one clear sentence."""
    try:
        yield
    except OperationalError as error:
        text = str(error.orig)
        if "table is locked" in text or "schema is locked" in text:
            raise StoreError(
                "this book in memory is being read or written elsewhere; "
                "finish with that first, or keep the book in a file"
            ) from None
        if "locked" in text or "busy" in text:
            raise StoreError(
                f"{url} has been locked by another process for {LOCK_SECONDS} seconds; "
                "let that finish and try again"
            ) from None
        if "unable to open" in text:
            raise StoreError(f"{url} cannot be opened; is the folder there and writable?") from None
        if "readonly" in text:
            raise StoreError(f"{url} is read-only; make the file and its folder writable") from None
        if "disk is full" in text or "disk I/O" in text:
            raise StoreError(f"{url}: {text}; nothing was written") from None
        if "no such table" in text or "no such column" in text:
            raise BookCorrupt(f"{url}: {text}; somebody altered the database") from None
        raise
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise StoreError(f"{url} is not a book of trustledger ({error.orig})") from None
        raise


# --------------------------------------------------------------------------- schema


def triggers(connection: Connection) -> dict[str, str]:
    """The append-only triggers that must stand, by name."""
    wanted = {}
    for table in APPEND_ONLY:
        name = table.name
        same = " AND ".join(f"{key.name} = NEW.{key.name}" for key in table.primary_key)
        refuse = "SELECT RAISE(ABORT, 'the journal is append-only')"
        for verb in ("UPDATE", "DELETE"):
            wanted[f"{name}_no_{verb.lower()}"] = (
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN {refuse}; END"
            )
        wanted[f"{name}_no_replace"] = (
            f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "
            f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) BEGIN {refuse}; END"
        )
    wanted["tl_head_only_grows"] = (
        "CREATE TRIGGER tl_head_only_grows BEFORE UPDATE ON tl_head "
        "WHEN NEW.size < OLD.size OR NEW.book <> OLD.book "
        "BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
    )
    wanted["tl_head_no_delete"] = (
        "CREATE TRIGGER tl_head_no_delete BEFORE DELETE ON tl_head "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
    return wanted


def _names(connection: Connection, kind: str) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = ? AND tbl_name LIKE 'tl\\_%' ESCAPE '\\'",
        (kind,),
    )
    return {row.name: row.sql for row in rows}


def has_schema(connection: Connection) -> bool:
    """Whether our tables are there."""
    return HEAD.name in _names(connection, "table")


def create_schema(connection: Connection) -> None:
    """Create whatever of the tables and triggers is not there, inside the caller's transaction."""
    if has_schema(connection):
        return
    METADATA.create_all(connection, checkfirst=False)
    for sql in triggers(connection).values():
        connection.exec_driver_sql(sql)


def check_schema(connection: Connection) -> None:
    """Compare settings and triggers with what must stand.

    :raises StoreError: a connection that is not safe for money.
    :raises BookCorrupt: a guard of the journal is missing or was changed.
    """
    for pragma, right in (("foreign_keys", 1), ("recursive_triggers", 1), ("synchronous", 2)):
        if connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() != right:
            raise StoreError(
                f"this connection has {pragma} off or weakened; "
                "open it with trustledger.engine(url), or call trustledger.prepare(engine) "
                "on your own engine first"
            )
    standing = _names(connection, "trigger")
    for name, sql in triggers(connection).items():
        if standing.get(name) != sql:
            raise BookCorrupt(
                f"the guard {name} of the journal is missing or was changed; somebody altered the "
                "database: run trustledger verify and compare with a backup"
            )
    for name in sorted(set(standing) - set(triggers(connection))):
        raise BookCorrupt(f"there is a trigger {name} on the journal that is not ours; remove it")


# --------------------------------------------------------------------------- statements


ROWS_AT_ONCE = 100
"""Rows of one INSERT: half again as fast as one statement a row; more gains nothing."""


def _insert_sql(connection: Connection, table: Table, rows: int) -> str:
    mark = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    columns = ", ".join(column.name for column in table.columns)
    row = "(" + ", ".join([mark] * len(table.columns)) + ")"
    return f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([row] * rows)}"


def _run(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], ending: str = ""
) -> None:
    full = len(rows) - len(rows) % ROWS_AT_ONCE
    sql = _insert_sql(connection, table, ROWS_AT_ONCE) + ending
    for at in range(0, full, ROWS_AT_ONCE):
        connection.exec_driver_sql(sql, tuple(chain.from_iterable(rows[at : at + ROWS_AT_ONCE])))
    if full < len(rows):
        sql = _insert_sql(connection, table, len(rows) - full) + ending
        connection.exec_driver_sql(sql, tuple(chain.from_iterable(rows[full:])))


def insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, columns in the table's order, near the driver's speed."""
    _run(connection, table, rows)


def upsert(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], update: str
) -> None:
    """Insert rows, or on an existing key do ``update`` (SQL after SET)."""
    keys = ", ".join(column.name for column in table.primary_key)
    _run(connection, table, rows, f" ON CONFLICT ({keys}) DO UPDATE SET {update}")


def lock_head(connection: Connection, book: str) -> tuple[int, int, str] | None:
    """The book's head row (version, size, peaks), locked against other writers.

    On SQLite the transaction holds the database's write lock already.
    """
    query = HEAD.select().where(HEAD.c.book == book).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.version, row.size, row.peaks)
