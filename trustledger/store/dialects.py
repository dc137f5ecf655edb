"""How a database is opened safely, and what differs between SQLite and PostgreSQL.

Only this file and ``postgresql`` beside it say the name of a database. A writer on PostgreSQL
runs in READ COMMITTED and locks its book's head row first; a reader has one snapshot.

SQLite, the embedded default: every transaction that writes begins IMMEDIATE (a deferred one lets
two writers spend the same money), WAL with synchronous=FULL (NORMAL loses acknowledged commits on
power failure), foreign keys and recursive triggers on, STRICT tables, triggers that refuse UPDATE,
DELETE and the REPLACE that would slip past a DELETE trigger. All of it is read back at open.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, unquote
from uuid import uuid4
from weakref import WeakKeyDictionary

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Table,
    UniqueConstraint,
    bindparam,
    create_engine,
    event,
    select,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.pool import QueuePool

from trustledger.errors import BookCorrupt, StoreError
from trustledger.store import postgresql, sizes
from trustledger.store.tables import APPEND_ONLY, HEAD, METADATA, PRIVATE
from trustledger.store.versions import check_version, stamp

T = TypeVar("T")
READ = "trustledger_read"
"""Execution option of a connection that only reads: its transactions do not queue for the lock."""

LOCK_SECONDS = 120

TRIES = 6
"""How often a write is tried that the database asks to try again: 1 s of waiting in all."""


def open_engine(url: str | URL) -> Engine:
    """An engine that is safe for money.

    :raises StoreError: an address that cannot be understood, or a database that is not supported.
    """
    try:
        parsed = make_url(url)
        opener = {"sqlite": _open_sqlite, "postgresql": _open_postgresql}.get(
            parsed.get_backend_name()
        )
        if opener is None:
            raise StoreError(
                f"{parsed.get_backend_name()!r} databases are not supported; use "
                "sqlite:///path/to/book.db or postgresql://user@host/database"
            )
        return prepare(opener(parsed))
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


def _open_sqlite(url: URL) -> Engine:
    if in_memory(url):
        url = url.set(
            database=f"file:trustledger-{uuid4().hex}",
            query={"mode": "memory", "cache": "shared", "uri": "true"},
        )
    path = file_of(url)
    if path is not None and path.is_file() and not _may_write(path.parent):
        url = _unchanging(url, path)
    return create_engine(
        url,
        # the pool sees to it that two threads never share a connection
        connect_args={"timeout": LOCK_SECONDS, "check_same_thread": False},
        poolclass=QueuePool,  # keeps a database in memory alive, too
    )


def _may_write(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _unchanging(url: URL, path: Path) -> URL:
    """The address of a file in a folder that nobody may write to, such as an old book on a disc:
    to be read as it lies there.

    :raises StoreError: its last changes are beside it and cannot be taken in.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"{path} has changes in {log.name} that cannot be taken in, its folder is read-only; "
            "copy both into a folder that you may write to"
        )
    return url.set(
        database=f"file:{quote(str(path.absolute()))}",
        query={"mode": "ro", "immutable": "1", "uri": "true"},
    )


def _open_postgresql(url: URL) -> Engine:
    told = url.query.get("options", "")
    options = f"{told} -c lock_timeout={LOCK_SECONDS}s -c synchronous_commit=on"
    return create_engine(
        url.set(drivername="postgresql+psycopg").update_query_dict({"options": options.strip()}),
        pool_pre_ping=True,
    )


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
    if "uri" in parsed.query:
        return Path(unquote(str(parsed.database).removeprefix("file:")))
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
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        f"busy_timeout={LOCK_SECONDS * 1000}",
        "cache_size=-65536",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(READ):
        connection.exec_driver_sql("BEGIN")
        return
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if not _has_begun(raw):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={LOCK_SECONDS * 1000}")


def _has_begun(raw: Any) -> bool:
    """Wait for other writers in short random steps, so that all have the same chance.

    SQLite's own waiting sleeps longer the longer it lasts, and who comes late is first. WAL is set
    here and not by a connection that may only have come to read another program's file.
    """
    until = time.monotonic() + LOCK_SECONDS
    while time.monotonic() < until:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
            raw.execute("BEGIN IMMEDIATE")
        except raw.OperationalError as error:
            if str(error) != "database is locked":
                return False
            time.sleep(random.uniform(0.001, 0.01))
        else:
            return True
    return False


# --------------------------------------------------------------------------- transactions


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection with one snapshot of the database, which waits for nobody."""
    options: dict[str, Any] = {READ: True}
    if _is_postgresql(engine):
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def transact(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Do something in a transaction of its own; again, a few times, if the database asks for that.

    It asks after a serialization failure, a deadlock and a lost connection. A commit whose answer
    was lost is done again as well: the keys of what stands make that harmless.
    """
    for tried in range(1, TRIES + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            if tried == TRIES or not _may_try_again(error):
                raise
            time.sleep(random.uniform(0.5, 1.0) * 0.02 * 2**tried)
    raise AssertionError("the last try answers or raises")


def _may_try_again(error: DBAPIError) -> bool:
    state = _state(error)
    return error.connection_invalidated or state[:2] in ("08", "57") or state in (
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "23505",  # unique_violation: two made the book at once, and the other is through
    )  # fmt: skip


def _state(error: DBAPIError) -> str:
    """The SQLSTATE of a PostgreSQL error, or nothing."""
    return getattr(error.orig, "sqlstate", None) or ""


def _shown(url: str | URL) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return str(url)


@contextmanager
def translating(url: str | URL) -> Iterator[None]:
    """Database errors that a caller can do something about, in one clear sentence."""
    try:
        yield
    except DBAPIError as error:
        told = _told_by_postgresql(error, _shown(url)) or _told_by_sqlite(error, _shown(url))
        if told is None:
            raise
        raise told from None


def _told_by_sqlite(error: DBAPIError, url: str) -> Exception | None:
    text = str(error.orig)
    if "table is locked" in text or "schema is locked" in text:
        return StoreError(
            "this book in memory is being read or written elsewhere; "
            "finish with that first, or keep the book in a file"
        )
    if "locked" in text or "busy" in text:
        return StoreError(
            f"{url} has been locked by another process for {LOCK_SECONDS} seconds; "
            "let that finish and try again"
        )
    if "unable to open" in text:
        return StoreError(f"{url} cannot be opened; is the folder there and writable?")
    if "readonly" in text:
        return StoreError(f"{url} is read-only; make the file and its folder writable")
    if "disk is full" in text or "disk I/O" in text:
        return StoreError(
            f"{url}: {text}; nothing was posted, and once there is room it can be sent again"
        )
    if "no such table" in text or "no such column" in text:
        return BookCorrupt(f"{url}: {text}; somebody altered the database")
    if isinstance(error, IntegrityError):
        return _beside_the_library(text, url)
    if "not a database" in text:
        return StoreError(f"{url} is not a book of trustledger ({text})")
    if "malformed" in text:
        return StoreError(f"{url} is damaged or cut short ({text}); restore it from a backup")
    return None


def _told_by_postgresql(error: DBAPIError, url: str) -> Exception | None:
    state, text = _state(error), str(error.orig).strip().partition("\n")[0]
    if state == "55P03":
        return StoreError(
            f"{url}: another writer has held the book for {LOCK_SECONDS} seconds; "
            "let that finish and try again"
        )
    if state == "42501":
        return StoreError(
            f"{url}: {text}; use a role that may write, or ask for it: trustledger setup --writer"
        )
    if state == "25006":
        return StoreError(f"{url} is read-only; write to the primary server")
    if state[:2] == "53":
        return StoreError(f"{url}: {text}; nothing was written")
    if state in ("42P01", "42703"):
        return BookCorrupt(f"{url}: {text}; somebody altered the database")
    if state[:2] == "23":
        return _beside_the_library(text, url)
    if state in ("40001", "40P01"):
        return StoreError(f"{url}: {text}; other writers were first {TRIES} times, try again")
    if error.connection_invalidated or state[:2] in ("08", "57"):
        return StoreError(
            f"{url}: the connection was lost ({text}); send the same once more when the server is "
            "back, what was posted already is not posted again"
        )
    if not state and type(error.orig).__module__.startswith("psycopg"):
        return StoreError(f"{url} cannot be reached ({text}); is the server there, and the role?")
    return None


def _beside_the_library(text: str, url: str) -> BookCorrupt:
    return BookCorrupt(
        f"{url}: {text}; somebody wrote into the book beside this library: run trustledger verify "
        "and compare with a backup"
    )


def _is_postgresql(where: Engine | Connection) -> bool:
    return where.dialect.name == "postgresql"


# --------------------------------------------------------------------------- schema


def triggers(connection: Connection) -> dict[str, str]:
    """The append-only triggers that must stand, by name."""
    wanted = {}
    for table in APPEND_ONLY:
        name = table.name
        refuse = "SELECT RAISE(ABORT, 'the journal is append-only')"
        for verb in ("UPDATE", "DELETE"):
            wanted[f"{name}_no_{verb.lower()}"] = (
                f"CREATE TRIGGER {name}_no_{verb.lower()} BEFORE {verb} ON {name} "
                f"BEGIN {refuse}; END"
            )
        wanted[f"{name}_no_replace"] = _no_replace(table, refuse)
    for name, shut in (("tl_entry", " OR substr(NEW.day, 1, 7) <= closed"), ("tl_posting", "")):
        wanted[f"{name}_only_at_the_end"] = (
            f"CREATE TRIGGER {name}_only_at_the_end BEFORE INSERT ON {name} "
            "WHEN EXISTS (SELECT 1 FROM tl_head WHERE book = NEW.book "
            f"AND (NEW.seq <= size{shut})) "
            "BEGIN SELECT RAISE(ABORT, 'the journal grows at its end and in open months'); END"
        )

    wanted |= _erasable(PRIVATE, "personal data is deleted or stays as it is")
    wanted["tl_head_only_grows"] = (
        "CREATE TRIGGER tl_head_only_grows BEFORE UPDATE ON tl_head "
        "WHEN NEW.size < OLD.size OR NEW.book <> OLD.book OR NEW.closed < OLD.closed "
        "BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END"
    )
    wanted["tl_head_no_delete"] = (
        "CREATE TRIGGER tl_head_no_delete BEFORE DELETE ON tl_head "
        "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    )
    wanted["tl_head_no_replace"] = _no_replace(
        HEAD, "SELECT RAISE(ABORT, 'the journal only grows')"
    )
    return wanted


def _erasable(table: Table, says: str) -> dict[str, str]:
    """Guards of a table whose rows may go, and never become others."""
    name = table.name
    refuse = f"SELECT RAISE(ABORT, '{says}')"
    return {
        f"{name}_no_update": (
            f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} BEGIN {refuse}; END"
        ),
        f"{name}_no_replace": _no_replace(table, refuse),
    }


def forget_for_good(connection: Connection) -> None:
    """What is deleted from now on is overwritten in the file, too."""
    if not _is_postgresql(connection):  # which needs VACUUM for it, as its owner decides
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def _no_replace(table: Table, refuse: str) -> str:
    """The trigger that refuses to insert what stands: REPLACE fires no trigger for the row it
    removes, by the primary key, by any other unique key or by the rowid."""
    keys: list[tuple[Any, Any]] = [(table.primary_key.columns, None)]
    keys += [(c.columns, None) for c in table.constraints if isinstance(c, UniqueConstraint)]
    keys += [(i.columns, i.dialect_options["sqlite"]["where"]) for i in table.indexes if i.unique]
    found = []
    for columns, only in keys:
        same = " AND ".join(f"{one.name} = NEW.{one.name}" for one in columns)
        same += "" if only is None else f" AND {only}"
        found.append(f"EXISTS (SELECT 1 FROM {table.name} WHERE {same})")
    if table.dialect_options["sqlite"]["with_rowid"]:
        found.append(f"EXISTS (SELECT 1 FROM {table.name} WHERE rowid = NEW.rowid)")
    return (
        f"CREATE TRIGGER {table.name}_no_replace BEFORE INSERT ON {table.name} "
        f"WHEN {' OR '.join(found)} BEGIN {refuse}; END"
    )


def _names(connection: Connection, kind: str) -> dict[str, str]:
    rows = connection.exec_driver_sql(
        "SELECT name, sql FROM sqlite_master WHERE type = ? AND tbl_name LIKE 'tl\\_%' ESCAPE '\\'",
        (kind,),
    )
    return {row.name: row.sql for row in rows}


def has_schema(connection: Connection) -> bool:
    """Whether our tables are there."""
    if _is_postgresql(connection):
        return postgresql.has_schema(connection)
    return HEAD.name in _names(connection, "table")


def create_schema(connection: Connection) -> None:
    """Create the tables and their guards if they are not there, in the caller's transaction."""
    if has_schema(connection):
        return
    if _is_postgresql(connection):
        postgresql.create_schema(connection)
        return
    METADATA.create_all(connection, checkfirst=False)
    stamp(connection)
    renew_guards(connection)


def standing_guards(connection: Connection) -> dict[str, str]:
    """The triggers that stand on our tables, by name."""
    if _is_postgresql(connection):
        return postgresql.standing_guards(connection)
    return _names(connection, "trigger")


def renew_guards(connection: Connection) -> None:
    """Make all guards of the journal anew, and tell SQLite once more how large a book grows."""
    if _is_postgresql(connection):
        postgresql.create_guards(connection)
        return
    for name in standing_guards(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for sql in triggers(connection).values():
        connection.exec_driver_sql(sql)
    sizes.tell(connection)


def set_up(connection: Connection, partitions: int, writer: str, auditor: str) -> None:
    """Make tables, partitions and roles on PostgreSQL, as far as they are not there.

    :raises StoreError: another kind of database, or tables with other partitions.
    """
    if not _is_postgresql(connection):
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
    number = 0
    if not _is_postgresql(connection):
        number = int(connection.exec_driver_sql("PRAGMA schema_version").scalar_one())
    if _found_whole.get(connection.engine) == number:
        return
    stood = has_schema(connection)
    create_schema(connection)
    check_schema(connection)
    if stood:
        _found_whole[connection.engine] = number


def check_schema(connection: Connection) -> None:
    """Compare settings and guards with what must stand.

    :raises StoreError: a connection that is not safe for money, or another version's schema.
    :raises BookCorrupt: a guard of the journal is missing or was changed.
    """
    check_version(connection)
    if _is_postgresql(connection):
        postgresql.check_schema(connection)
        return
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
    _check_keys(connection)


def _check_keys(connection: Connection) -> None:
    """A table that was made again without its key would hold a sum twice."""
    standing = _names(connection, "table")
    for table in METADATA.sorted_tables:
        key = f"PRIMARY KEY ({', '.join(column.name for column in table.primary_key)})"
        if key not in standing.get(table.name, "").replace('"', ""):
            raise BookCorrupt(
                f"the table {table.name} has lost its key; somebody altered the database: compare "
                "with a backup"
            )


def damage(connection: Connection) -> list[str]:
    """What the database itself finds wrong with its file, indexes included; it takes the time of
    reading all of it. PostgreSQL has its own means (pg_amcheck, checksums)."""
    if _is_postgresql(connection):
        return []
    told = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    return [line for line in told if line != "ok"]


# --------------------------------------------------------------------------- statements


ROWS_AT_ONCE = 100
"""Rows of one INSERT: half again as fast as one statement a row; more gains nothing."""


@cache
def _insert_sql(paramstyle: str, table: Table, rows: int) -> str:
    mark = "?" if paramstyle == "qmark" else "%s"
    columns = ", ".join(column.name for column in table.columns)
    row = "(" + ", ".join([mark] * len(table.columns)) + ")"
    return f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([row] * rows)}"


def _run(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], ending: str = ""
) -> None:
    style = connection.dialect.paramstyle
    for at in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[at : at + ROWS_AT_ONCE]
        sql = _insert_sql(style, table, len(some)) + ending
        connection.exec_driver_sql(sql, tuple(chain.from_iterable(some)))


def insert(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, columns in the table's order, near the driver's speed."""
    if _is_postgresql(connection) and len(rows) >= postgresql.COPY_FROM:
        postgresql.insert(connection, table, rows)
        return
    _run(connection, table, rows)


def upsert(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]], update: str
) -> None:
    """Insert rows, or on an existing key do ``update`` (SQL after SET)."""
    keys = ", ".join(column.name for column in table.primary_key)
    _run(connection, table, rows, f" ON CONFLICT ({keys}) DO UPDATE SET {update}")


_HEAD_OF = (
    select(HEAD.c.version, HEAD.c.size, HEAD.c.peaks, HEAD.c.closed)
    .where(HEAD.c.book == bindparam("of"))
    .with_for_update()
)


def lock_head(connection: Connection, book: str) -> tuple[int, int, str, str] | None:
    """The book's head row (version, size, peaks, closed), locked against other writers.

    On SQLite the transaction holds the database's write lock already, on PostgreSQL other writers
    of this book wait here.
    """
    row = connection.execute(_HEAD_OF, {"of": book}).one_or_none()
    return None if row is None else tuple(row)


# --------------------------------------------------------------------------- copies


def copy_to(connection: Connection, target: Path) -> None:
    """Copy the database, as this connection's transaction sees it, to a new file of its own.

    :raises StoreError: its data is not in one file.
    """
    if connection.dialect.name != "sqlite":
        raise StoreError(
            "this database is not one file; back it up with pg_dump, or export its books: "
            "trustledger archive export"
        )
    source: Any = connection.connection.driver_connection
    with closing(sqlite3.connect(target)) as copy:
        try:
            source.backup(copy)
        except sqlite3.Error as error:
            raise StoreError(f"the copy failed ({error}); nothing was written") from None


def settle(path: Path) -> None:
    """Let an SQLite file stand alone, without the companions that WAL keeps beside it."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=DELETE")


def check_pages(connection: Connection) -> None:
    """Look at every page of a copy that was made.

    :raises StoreError: it is damaged.
    """
    told = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if told != "ok":
        raise StoreError(f"the file is damaged ({told}); use another copy")
