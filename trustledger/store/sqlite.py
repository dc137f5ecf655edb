"""SQLite, the embedded default, made safe for money.

Every transaction that writes begins IMMEDIATE (a deferred one lets two writers spend the same
money), in WAL with synchronous=FULL (NORMAL loses acknowledged commits on power failure), with
foreign keys and recursive triggers on, on STRICT tables, behind triggers that refuse UPDATE,
DELETE and the REPLACE that would slip past a DELETE trigger. All of it is read back at open.
"""

from __future__ import annotations

import os
import random
import sqlite3
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager, closing, nullcontext
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from uuid import uuid4

from sqlalchemy import URL, Connection, Engine, Table, UniqueConstraint, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool

from trustledger.errors import BookCorrupt, StoreError
from trustledger.store import limits, sizes
from trustledger.store.asking import Part, tell
from trustledger.store.limits import beside_the_library
from trustledger.store.tables import APPEND_ONLY, HEAD, METADATA, PRIVATE
from trustledger.store.versions import stamp

READ = "trustledger_read"
"""Execution option of a connection that only reads: its transactions do not queue for the lock."""

# --------------------------------------------------------------------------- opening


def open_engine(url: URL) -> Engine:
    """An engine on a file, or on a database in memory."""
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
        connect_args={"timeout": limits.LOCK_SECONDS, "check_same_thread": False},
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


def prepare(engine: Engine) -> None:
    """Set the pragmas on every connection, and let SQLAlchemy, not the driver, begin."""
    if not is_prepared(engine):
        event.listen(engine, "connect", _connect)
        event.listen(engine, "begin", _begin)
        engine.dispose()


def is_prepared(engine: Engine) -> bool:
    """Whether :func:`prepare` was called on it."""
    return event.contains(engine, "begin", _begin)


def _connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        f"busy_timeout={limits.LOCK_SECONDS * 1000}",
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
        raw.execute(f"PRAGMA busy_timeout={limits.LOCK_SECONDS * 1000}")


def _has_begun(raw: Any) -> bool:
    """Wait for other writers in short random steps, so that all have the same chance.

    SQLite's own waiting sleeps longer the longer it lasts, and who comes late is first. WAL is set
    here and not by a connection that may only have come to read another program's file.
    """
    until = time.monotonic() + limits.LOCK_SECONDS
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


def told(error: DBAPIError, url: str) -> Exception | None:
    """An error that a caller can do something about, in one clear sentence."""
    text = str(error.orig)
    if "table is locked" in text or "schema is locked" in text:
        return StoreError(
            "this book in memory is being read or written elsewhere; "
            "finish with that first, or keep the book in a file"
        )
    if "locked" in text or "busy" in text:
        return StoreError(
            f"{url} has been locked by another process for {limits.LOCK_SECONDS} seconds; "
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
        return beside_the_library(text, url)
    if "not a database" in text:
        return StoreError(f"{url} is not a book of trustledger ({text})")
    if "malformed" in text:
        return StoreError(f"{url} is damaged or cut short ({text}); restore it from a backup")
    return None


# --------------------------------------------------------------------------- guards


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


# --------------------------------------------------------------------------- schema


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
    """Create the tables and their guards inside the caller's transaction."""
    METADATA.create_all(connection, checkfirst=False)
    stamp(connection)
    renew_guards(connection)


def standing_guards(connection: Connection) -> dict[str, str]:
    """The triggers that stand on our tables, by name."""
    return _names(connection, "trigger")


def renew_guards(connection: Connection) -> None:
    """Make all guards of the journal anew, and tell SQLite once more how large a book grows."""
    for name in standing_guards(connection):
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for sql in triggers(connection).values():
        connection.exec_driver_sql(sql)
    sizes.tell(connection)


def schema_number(connection: Connection) -> int:
    """What SQLite counts up with every change of the schema."""
    raw: Any = connection.connection.driver_connection
    return int(raw.execute("PRAGMA schema_version").fetchone()[0])


def check_schema(connection: Connection) -> None:
    """Compare settings and guards with what must stand.

    :raises StoreError: a connection that is not safe for money, or another version's schema.
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
    """What SQLite finds wrong with its file, indexes included; it takes the time of reading it."""
    told = connection.exec_driver_sql("PRAGMA integrity_check(10)").scalars()
    return [line for line in told if line != "ok"]


# --------------------------------------------------------------------------- copies


def forget_for_good(connection: Connection) -> None:
    """What is deleted from now on is overwritten in the file, too."""
    connection.exec_driver_sql("PRAGMA secure_delete=ON")


def copy_to(connection: Connection, target: Path) -> None:
    """Copy the database, as this connection's transaction sees it, to a new file of its own.

    :raises StoreError: it failed.
    """
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


# --------------------------------------------------------------------------- rows


def together(connection: Connection) -> AbstractContextManager[None]:
    """Nothing: it is no way to a file."""
    return nullcontext()


def ask_ahead(connection: Connection, questions: object) -> None:
    """Nothing, for the same reason."""


ROWS_AT_ONCE = 100
"""Rows of one INSERT: half again as fast as one statement a row; more gains nothing."""


def write(connection: Connection, parts: Iterable[Part]) -> None:
    """Insert rows into several tables, some to a statement."""
    for table, rows, ending in parts:
        for at in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[at : at + ROWS_AT_ONCE]
            sql = _insert_sql(table, len(some)) + ending
            tell(connection, sql, tuple(chain.from_iterable(some)))


@cache
def _insert_sql(table: Table, rows: int) -> str:
    columns = ", ".join(column.name for column in table.columns)
    row = "(" + ", ".join("?" * len(table.columns)) + ")"
    return f"INSERT INTO {table.name} ({columns}) VALUES {', '.join([row] * rows)}"
