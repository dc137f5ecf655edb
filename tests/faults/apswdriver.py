"""A DB-API driver over APSW, so that the library's own statements run on a file system of ours.

It gives what SQLAlchemy asks of ``sqlite3``: autocommit, ``?`` marks, and SQLite's errors under
the names and texts that the standard driver gives them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import apsw

apithreadsafe = threadsafety = 1
apilevel, paramstyle = "2.0", "qmark"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(map(int, sqlite_version.split(".")))
PARSE_DECLTYPES, PARSE_COLNAMES = sqlite3.PARSE_DECLTYPES, sqlite3.PARSE_COLNAMES
Binary = sqlite3.Binary
Error, Warning = sqlite3.Error, sqlite3.Warning
DatabaseError, InterfaceError = sqlite3.DatabaseError, sqlite3.InterfaceError
DataError, OperationalError = sqlite3.DataError, sqlite3.OperationalError
IntegrityError, InternalError = sqlite3.IntegrityError, sqlite3.InternalError
ProgrammingError, NotSupportedError = sqlite3.ProgrammingError, sqlite3.NotSupportedError

WORDS: dict[type[apsw.Error], tuple[type[sqlite3.Error], str]] = {
    apsw.FullError: (OperationalError, "database or disk is full"),
    apsw.IOError: (OperationalError, "disk I/O error"),
    apsw.BusyError: (OperationalError, "database is locked"),
    apsw.CantOpenError: (OperationalError, "unable to open database file"),
    apsw.ReadOnlyError: (OperationalError, "attempt to write a readonly database"),
    apsw.CorruptError: (DatabaseError, "database disk image is malformed"),
    apsw.NotADBError: (DatabaseError, "file is not a database"),
}


def translated(error: apsw.Error) -> sqlite3.Error:
    """The error that the standard driver raises for it."""
    if type(error) in WORDS:
        kind, text = WORDS[type(error)]
        return kind(text)
    kind = IntegrityError if isinstance(error, apsw.ConstraintError) else OperationalError
    return kind(str(error))


class Cursor:
    arraysize = 1
    lastrowid = None

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.description: Any = None
        self.rowcount = -1
        self._rows: list[Any] = []

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        raw = self._connection.raw.cursor()
        self.description = None

        def note(cursor: apsw.Cursor, _sql: str, _bindings: Any) -> bool:
            told = cursor.get_description()
            self.description = tuple((name, *[None] * 6) for name, _ in told) or None
            return True

        raw.exec_trace = note
        before = self._connection.raw.total_changes()
        try:
            self._rows = list(raw.execute(self._connection.said(sql), tuple(parameters)))
        except apsw.Error as error:
            raise translated(error) from error
        self.rowcount = self._connection.raw.total_changes() - before
        return self

    def executemany(self, sql: str, many: Sequence[Sequence[Any]]) -> Cursor:
        for parameters in many:
            self.execute(sql, parameters)
        return self

    def fetchone(self) -> Any:
        return self._rows.pop(0) if self._rows else None

    def fetchmany(self, size: int = 1) -> list[Any]:
        taken, self._rows = self._rows[:size], self._rows[size:]
        return taken

    def fetchall(self) -> list[Any]:
        taken, self._rows = self._rows, []
        return taken

    def __iter__(self) -> Any:
        return iter(self.fetchall())

    def close(self) -> None:
        self._rows = []


class Connection:
    """``pretend``: statements to be replaced, for a control run on settings the library refuses.

    ``checkpoint``: pages in the log after which it is brought into the database. SQLite does that
    after a commit and lets no failure of it be seen; APSW would raise what our disk raised.
    """

    isolation_level = None
    OperationalError = sqlite3.OperationalError

    def __init__(
        self, path: str, vfs: str, pretend: dict[str, str] | None = None, checkpoint: int = 1000
    ) -> None:
        self.pretend, self.checkpoint = pretend or {}, checkpoint
        try:
            self.raw = apsw.Connection(path, vfs=vfs)
        except apsw.Error as error:
            raise translated(error) from error
        self.raw.set_wal_hook(self._after_commit)

    def _after_commit(self, raw: apsw.Connection, name: str, pages: int) -> int:
        if pages >= self.checkpoint:
            with suppress(apsw.Error):
                raw.wal_checkpoint(name)
        return apsw.SQLITE_OK

    def said(self, sql: str) -> str:
        return self.pretend.get(sql, sql)

    def cursor(self) -> Cursor:
        return Cursor(self)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Cursor:
        return self.cursor().execute(sql, parameters)

    def create_function(self, name: str, count: int, function: Any, **_: Any) -> None:
        self.raw.create_scalar_function(name, function, count)

    def _end(self, how: str) -> None:
        if self.raw.in_transaction:
            self.execute(how)

    def commit(self) -> None:
        self._end("COMMIT")

    def rollback(self) -> None:
        self._end("ROLLBACK")

    def close(self) -> None:
        self.raw.close(True)
