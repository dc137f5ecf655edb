"""PostgreSQL (15 and later): the same tables, guarded by the database itself.

What lives here: the guards (triggers and the functions behind them), roles, partitions, and rows
on their way in by COPY. Who calls it: ``dialects``, which has the same words for SQLite.

* ``tl_refuse`` stands before UPDATE, DELETE and TRUNCATE of what is append-only.
* ``tl_behind_head`` refuses entries and postings that are slipped in behind the book's head.
* ``tl_open_months`` refuses entries that are dated in closed months.
* ``tl_balanced`` refuses at commit an entry that does not add up to zero inside every fund.

A book's writers queue on its head row (``FOR UPDATE``) in READ COMMITTED, so what they read after
it is what stands; books never wait for each other. There are no sequences.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    Text,
    create_engine,
    event,
)
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.sql.compiler import IdentifierPreparer

from trustledger.errors import BookCorrupt, InvalidInput, StoreError
from trustledger.store import asking, limits
from trustledger.store.asking import Asked, Part, Row, failed, is_quick, tell
from trustledger.store.limits import beside_the_library
from trustledger.store.tables import (
    APPEND_ONLY,
    ENTRY,
    HEAD,
    METADATA,
    POSTING,
    PRIVATE,
    VERSIONS,
)
from trustledger.store.versions import stamp

COPY_FROM = 50
"""Rows from which on COPY is quicker than INSERT."""

STREAMED = 100
"""Entries that are sent at once while more are reckoned: what a socket takes without waiting."""

ROWS_AT_ONCE = 5_000
"""Rows of one INSERT."""

_APPEND = "the journal is append-only"
_GROWS = "the journal only grows"
_CLOSED = "closed months take nothing more"


# --------------------------------------------------------------------------- opening


def open_engine(url: URL) -> Engine:
    """An engine on a server; what the address says of options stays."""
    told = url.query.get("options", "")
    options = f"{told} -c lock_timeout={limits.LOCK_SECONDS}s -c synchronous_commit=on"
    engine = create_engine(
        url.set(drivername="postgresql+psycopg").update_query_dict({"options": options.strip()})
    )
    event.listen(engine, "connect", _used)
    event.listen(engine, "checkin", _used)
    event.listen(engine, "checkout", partial(_check_idle, engine.dialect))
    return engine


def _used(_raw: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _check_idle(dialect: Any, raw: Any, record: Any, _proxy: Any) -> None:
    """See that a connection is still there, unless it was in use just now."""
    if time.monotonic() - record.info["used"] > limits.IDLE_SECONDS:
        try:
            dialect.do_ping(raw)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error


def state_of(error: DBAPIError) -> str:
    """The SQLSTATE of a PostgreSQL error, or nothing."""
    return getattr(error.orig, "sqlstate", None) or ""


def is_away(error: DBAPIError) -> bool:
    """Whether the connection was lost, or the server is about to come back or to go."""
    coming = "the database system is" in str(error.orig)  # starting up, recovering, shutting down
    return error.connection_invalidated or state_of(error)[:2] in ("08", "57") or coming


def told(error: DBAPIError, url: str) -> Exception | None:
    """An error that a caller can do something about, in one clear sentence."""
    state, text = state_of(error), str(error.orig).strip().partition("\n")[0]
    if state == "55P03":
        return StoreError(
            f"{url}: another writer has held the book for {limits.LOCK_SECONDS} seconds; "
            "let that finish and try again"
        )
    if state == "42501":
        return StoreError(
            f"{url}: {text}; use a role that may write, or ask for it: trustledger setup --writer"
        )
    if state == "25006":
        return StoreError(f"{url} is read-only; write to the primary server")
    if state in ("XX001", "XX002"):
        return StoreError(f"{url} is damaged ({text}); restore it from a backup")
    if state[:2] in ("53", "58", "XX"):
        return StoreError(
            f"{url}: {text}; nothing was posted, and once that is mended it can be sent again"
        )
    if state in ("42P01", "42703"):
        return BookCorrupt(f"{url}: {text}; somebody altered the database")
    if state[:2] == "23":
        return beside_the_library(text, url)
    if state in ("40001", "40P01"):
        return StoreError(
            f"{url}: {text}; other writers were first {limits.TRIES} times, try again"
        )
    if is_away(error):
        return StoreError(
            f"{url}: the connection was lost ({text}); send the same once more when the server is "
            "back, what was posted already is not posted again"
        )
    if not state and type(error.orig).__module__.startswith("psycopg"):
        return StoreError(f"{url} cannot be reached ({text}); is the server there, and the role?")
    return None


# --------------------------------------------------------------------------- guards


def functions(schema: str) -> dict[str, str]:
    """Bodies of the guards' functions, by name; ``schema`` is quoted."""
    return {
        "tl_refuse": f"BEGIN RAISE EXCEPTION '{_APPEND}' USING ERRCODE = '23001'; END",
        "tl_head_grows": (
            "BEGIN IF NEW.size < OLD.size OR NEW.book <> OLD.book OR NEW.closed < OLD.closed THEN "
            f"RAISE EXCEPTION '{_GROWS}' USING ERRCODE = '23001'; END IF; RETURN NEW; END"
        ),
        "tl_behind_head": (
            f"BEGIN IF EXISTS (SELECT 1 FROM fresh JOIN {schema}.tl_head AS head "
            "ON head.book = fresh.book WHERE fresh.seq <= head.size) THEN "
            f"RAISE EXCEPTION '{_GROWS}' USING ERRCODE = '23001'; END IF; RETURN NULL; END"
        ),
        "tl_open_months": (
            f"BEGIN IF EXISTS (SELECT 1 FROM fresh JOIN {schema}.tl_head AS head "
            "ON head.book = fresh.book WHERE left(fresh.day, 7) <= head.closed) THEN "
            f"RAISE EXCEPTION '{_CLOSED}' USING ERRCODE = '23001'; END IF; RETURN NULL; END"
        ),
        "tl_balanced": (
            f"BEGIN IF EXISTS (SELECT 1 FROM {schema}.tl_posting AS p WHERE p.book = NEW.book "
            "AND p.seq = NEW.seq GROUP BY p.fund HAVING sum(p.debit_fen) <> sum(p.credit_fen)) "
            "THEN RAISE EXCEPTION 'entry % of book % does not balance', NEW.seq, NEW.book "
            "USING ERRCODE = '23514'; END IF; RETURN NULL; END"
        ),
    }


def triggers() -> dict[str, tuple[str, str]]:
    """Table and definition (what follows its name) of every guard that must stand."""
    wanted = {}
    for table in (*APPEND_ONLY, HEAD, PRIVATE):
        name = table.name
        may_go = {HEAD: "DELETE", PRIVATE: "UPDATE"}.get(table, "DELETE OR UPDATE")
        wanted[f"{name}_no_change"] = (
            name, f"BEFORE {may_go} ON {{}} FOR EACH ROW EXECUTE FUNCTION {{}}.tl_refuse()",
        )  # fmt: skip
        wanted[f"{name}_no_truncate"] = (
            name, "BEFORE TRUNCATE ON {} FOR EACH STATEMENT EXECUTE FUNCTION {}.tl_refuse()",
        )  # fmt: skip
    wanted["tl_head_only_grows"] = (
        HEAD.name, "BEFORE UPDATE ON {} FOR EACH ROW EXECUTE FUNCTION {}.tl_head_grows()",
    )  # fmt: skip
    for table in (ENTRY, POSTING):
        wanted[f"{table.name}_behind_head"] = (
            table.name,
            "AFTER INSERT ON {} REFERENCING NEW TABLE AS fresh "
            "FOR EACH STATEMENT EXECUTE FUNCTION {}.tl_behind_head()",
        )
    wanted["tl_entry_open_months"] = (
        ENTRY.name,
        "AFTER INSERT ON {} REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION {}.tl_open_months()",
    )
    wanted["tl_entry_balanced"] = (
        ENTRY.name,
        "AFTER INSERT ON {} DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION {}.tl_balanced()",
    )
    return wanted


def _schema(connection: Connection) -> str:
    return str(connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar())


_STANDS = """
SELECT 1 FROM pg_class
WHERE relname = 'tl_head' AND relkind IN ('r', 'p') AND pg_table_is_visible(oid)
"""  # to_regclass goes on saying no, within a transaction, when others made the table meanwhile


def has_schema(connection: Connection) -> bool:
    """Whether our tables are there."""
    return connection.exec_driver_sql(_STANDS).first() is not None


def create_schema(connection: Connection, partitions: int = 0) -> None:
    """Create tables and guards inside the caller's transaction; one caller at a time."""
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7827843)")
    if has_schema(connection):
        return
    metadata = MetaData() if partitions else METADATA
    for table in METADATA.sorted_tables if partitions else ():
        copy = table.to_metadata(metadata)
        if table is not HEAD:
            copy.dialect_options["postgresql"]["partition_by"] = "HASH (book)"
    metadata.create_all(connection, checkfirst=False)
    for table in METADATA.sorted_tables if partitions else ():
        for number in range(partitions if table is not HEAD else 0):
            connection.exec_driver_sql(
                f"CREATE TABLE {table.name}_{number} PARTITION OF {table.name} "
                f"FOR VALUES WITH (MODULUS {partitions}, REMAINDER {number})"
            )
    stamp(connection)
    renew_guards(connection)


def standing_guards(connection: Connection) -> dict[str, str]:
    """The triggers that stand on our tables, by name, each with the function behind it; but for
    the schema's name, which is the owner's choice."""
    schema = _schema(connection)
    rows = connection.exec_driver_sql(_STANDING)
    return {row[0]: " ".join(row[1:]).replace(f"{schema}.", "") for row in rows}


def renew_guards(connection: Connection) -> None:
    """Create or replace every guard."""
    schema = _schema(connection)
    for name, body in functions(schema).items():
        connection.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION {schema}.{name}() RETURNS trigger LANGUAGE plpgsql "
            f"AS $body${body}$body$".replace("%", "%%")
        )
    for name, (table, definition) in triggers().items():
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name} ON {schema}.{table}")
        connection.exec_driver_sql(_definition(name, table, definition, schema))


_STANDING = """
SELECT t.tgname, t.tgenabled::text, pg_get_triggerdef(t.oid), p.prosrc
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE NOT t.tgisinternal AND t.tgparentid = 0
AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE 'tl\\_%%'
"""


def schema_number(connection: Connection) -> int:
    """A server counts no changes of a schema: only the tables' owner makes any."""
    return 0


def check_schema(connection: Connection) -> None:
    """Compare settings and guards with what must stand.

    :raises StoreError: a server that acknowledges what it has not written down.
    :raises BookCorrupt: a guard of the journal is missing, off or was changed.
    """
    if connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off":
        raise StoreError(
            "synchronous_commit is off on this connection, so that a commit may be lost; "
            "set it to on for this database"
        )
    schema = _schema(connection)
    bodies = functions(schema)
    standing = {row[0]: tuple(row[1:]) for row in connection.exec_driver_sql(_STANDING)}
    for name, (table, definition) in triggers().items():
        function = definition.rpartition(".")[2].removesuffix("()")
        have = standing.get(name)
        told = _definition(name, table, definition, schema)
        right = ("O", told.replace(f"{schema}.", ""), bodies[function])
        if have is None or (have[0], have[1].replace(f"{schema}.", ""), have[2]) != right:
            raise BookCorrupt(
                f"the guard {name} of the journal is missing, off or was changed; somebody altered "
                "the database: run trustledger verify and compare with a backup"
            )
    for name in sorted(set(standing) - set(triggers())):
        raise BookCorrupt(f"there is a trigger {name} on the journal that is not ours; remove it")


def _definition(name: str, table: str, rest: str, schema: str) -> str:
    """A trigger as the server writes it down, but for the schema's name, which it leaves out of
    what the search path finds."""
    kind = "CONSTRAINT TRIGGER" if "DEFERRABLE" in rest else "TRIGGER"
    return f"CREATE {kind} {name} " + rest.format(f"{schema}.{table}", schema)


# --------------------------------------------------------------------------- roles

JOURNAL = tuple(table.name for table in (*APPEND_ONLY, PRIVATE))
SUMS = tuple(t.name for t in METADATA.sorted_tables if t.name not in (*JOURNAL, HEAD.name))


def grant(connection: Connection, writer: str = "", auditor: str = "") -> None:
    """Create the roles that are named, if they are not there, and give them what they need.

    ``writer`` may insert and never change or remove what is in the journal; it keeps the sums.
    ``auditor`` may read. Neither owns a table, so neither can drop a guard.
    """
    quote = IdentifierPreparer(connection.dialect).quote
    schema = _schema(connection)
    for role in filter(None, (writer, auditor)):
        known = connection.exec_driver_sql("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,))
        if known.first() is None:
            connection.exec_driver_sql(f"CREATE ROLE {quote(role)} NOLOGIN")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA {schema} TO {quote(role)}")
        everything = ", ".join(f"{schema}.{t.name}" for t in (*METADATA.sorted_tables, VERSIONS))
        connection.exec_driver_sql(f"GRANT SELECT ON {everything} TO {quote(role)}")
    if writer:
        for rights, tables in (
            ("INSERT", JOURNAL),
            ("DELETE", (PRIVATE.name,)),
            ("INSERT, UPDATE", (HEAD.name,)),
            ("INSERT, UPDATE, DELETE", SUMS),
        ):
            names = ", ".join(f"{schema}.{name}" for name in tables)
            connection.exec_driver_sql(f"GRANT {rights} ON {names} TO {quote(writer)}")


def partitions_of(connection: Connection) -> int:
    """Into how many partitions the tables are divided; 0 for none."""
    query = f"SELECT count(*) FROM pg_inherits WHERE inhparent = '{ENTRY.name}'::regclass"
    return int(connection.exec_driver_sql(query).scalar_one())


def check_partitions(partitions: int) -> None:
    """:raises InvalidInput: not a number of partitions."""
    if not 0 <= partitions <= 1024:
        raise InvalidInput(f"found {partitions} partitions; write 0 for none, up to 1024")


# --------------------------------------------------------------------------- copies


def damage(connection: Connection) -> list[str]:
    """Nothing: a server has means of its own (pg_amcheck, checksums)."""
    return []


def forget_for_good(connection: Connection) -> None:
    """Nothing: what is deleted goes with the next VACUUM, as the server's owner decides."""


def copy_to(connection: Connection, target: Path) -> None:
    """:raises StoreError: always, since its data is not in one file."""
    raise StoreError(
        "this database is not one file; back it up with pg_dump, or export its books: "
        "trustledger archive export"
    )


# --------------------------------------------------------------------------- rows


@contextmanager
def together(connection: Connection) -> Iterator[None]:
    """What is told inside goes to the server in one go, and its errors come at the end."""
    if not is_quick(connection) or _is_together(connection):
        yield
        return
    driver: Any = connection.connection.driver_connection
    try:
        with driver.pipeline():
            yield
    except connection.dialect.loaded_dbapi.Error as error:
        raise failed(connection, "", None, error) from error


def ask_ahead(connection: Connection, questions: Callable[[], Iterable[Asked]]) -> None:
    """Ask in one go what will be asked, with the beginning of the transaction."""
    if is_quick(connection):
        asking.ask_ahead(connection, questions(), together(connection))


def write(connection: Connection, parts: Sequence[Part]) -> None:
    """Insert rows into several tables; few in one statement, many by COPY."""
    parts = [part for part in parts if part.rows]
    copying = COPY_FROM if not _is_together(connection) else ROWS_AT_ONCE
    if any(len(part.rows) >= copying for part in parts):
        for table, rows, ending in parts:
            if copying == COPY_FROM and not ending and len(rows) >= COPY_FROM:
                _copy(connection, table, rows)
            else:
                for at in range(0, len(rows), ROWS_AT_ONCE):
                    _insert(connection, [Part(table, rows[at : at + ROWS_AT_ONCE], ending)])
    elif parts:
        _insert(connection, parts)


def _is_together(connection: Connection) -> bool:
    driver: Any = connection.connection.driver_connection
    return bool(driver.pgconn.pipeline_status)


def _copy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    columns = ", ".join(column.name for column in table.columns)
    copying = f"COPY {table.name} ({columns}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(copying) as copy:
        write_row = copy.write_row
        for row in rows:
            write_row(row)


def _insert(connection: Connection, parts: Sequence[Part]) -> None:
    """Insert rows as one JSON text a table: a statement that the server prepares once, however
    many rows, in a third of the time of one array a column."""
    texts = tuple(
        json.dumps(part.rows, ensure_ascii=False, separators=(",", ":"), default=bytes.hex)
        for part in parts
    )
    tell(connection, _inserting(*((part.table, part.ending) for part in parts)), texts)


@cache
def _inserting(*parts: tuple[Table, str]) -> str:
    *first, last = (_from_json(table) + ending for table, ending in parts)
    beside = ", ".join(f"part_{at} AS ({one})" for at, one in enumerate(first))
    return f"WITH {beside} {last}" if beside else last


def _from_json(table: Table) -> str:
    names = ", ".join(column.name for column in table.columns)
    values = ", ".join(
        _OF_JSON[type(column.type)].format(at) for at, column in enumerate(table.columns)
    )
    return (
        f"INSERT INTO {table.name} ({names}) "
        f"SELECT {values} FROM jsonb_array_elements(%s::jsonb) AS row"
    )


_OF_JSON: dict[type, str] = {
    Text: "row ->> {}",
    BigInteger: "(row ->> {})::bigint",
    LargeBinary: "decode(row ->> {}, 'hex')",
}
