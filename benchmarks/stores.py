"""The two databases that posting is timed on, and what they do by themselves with the same rows.

``raw_again`` puts what a book posted after an entry into the very same tables, indexes,
constraints and triggers of a second database, in one durable transaction, by the quickest way the
driver has: ``executemany`` on SQLite, COPY on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from databases import Server

from trustledger.book import Book, set_up
from trustledger.store.tables import METADATA

JOURNAL = ("tl_head", "tl_entry", "tl_posting", "tl_private", "tl_node")
PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON",
    "cache_size=-65536",
)  # fmt: skip
Rows = dict[str, list[Any]]


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = work()
    return time.perf_counter() - begin, result


def _early_and_late(fetch: Callable[[str], list[Any]], after: int) -> tuple[Rows, Rows]:
    """Every row of the journal: those up to an entry, and those after it."""
    heads = fetch("SELECT * FROM tl_head")
    early: Rows = {"tl_head": [(*row[:2], 0, *row[3:]) for row in heads]}  # entries come behind it
    late: Rows = {}
    for table in JOURNAL[1:]:
        where = "(at + 1) << CAST(level AS INTEGER)" if table == "tl_node" else "seq"
        rows = f"SELECT * FROM {table} WHERE {where}"
        early[table], late[table] = fetch(f"{rows} <= {after}"), fetch(f"{rows} > {after}")
    return early, late


class SQLite:
    """A file a book, as it comes."""

    name = "SQLite, executemany"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self) -> str:
        """A new database."""
        return f"sqlite:///{self.folder / uuid4().hex}.db"

    def raw_again(self, book: Book, after: int) -> float:
        """Seconds that the raw machine takes for what the book posted after an entry."""
        found = sqlite3.connect(book._where.url.database)  # type: ignore[union-attr, arg-type]
        schema = [
            row[0]
            for row in found.execute(
                "SELECT sql FROM sqlite_master WHERE tbl_name LIKE 'tl\\_%' ESCAPE '\\' "
                "AND sql IS NOT NULL ORDER BY type = 'trigger', type = 'index'"
            )
        ]
        early, late = _early_and_late(lambda sql: found.execute(sql).fetchall(), after)
        found.close()
        database = self.connect(self.folder / f"{uuid4().hex}.raw")
        for statement in schema:
            database.execute(statement)

        def put(rows: Rows) -> None:
            database.execute("BEGIN IMMEDIATE")
            for table, values in rows.items():
                if values:
                    marks = ", ".join("?" * len(values[0]))
                    database.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
            database.execute("COMMIT")

        put(early)
        seconds, _ = timed(lambda: put(late))
        database.close()
        return seconds

    @staticmethod
    def connect(path: Path) -> sqlite3.Connection:
        """A raw connection with the settings that the library makes."""
        database = sqlite3.connect(path, isolation_level=None)
        for pragma in PRAGMAS:
            database.execute(f"PRAGMA {pragma}")
        return database

    def commits(self, times: int) -> list[float]:
        """Seconds of so many raw commits of one small row."""
        database = self.connect(self.folder / f"{uuid4().hex}.raw")
        database.execute("CREATE TABLE one (what TEXT)")
        took = []
        for _ in range(times):
            begin = time.perf_counter()
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO one VALUES ('x')")
            database.execute("COMMIT")
            took.append(time.perf_counter() - begin)
        database.close()
        return took

    def close(self) -> None:
        """Nothing to stop."""


class PostgreSQL:
    """A server of its own, with the settings it ships with; a schema a book."""

    name = "PostgreSQL, COPY"

    def __init__(self, folder: Path) -> None:
        self.server = Server(Path(tempfile.mkdtemp(prefix="trustledger-bench-")))
        self.server.make()
        self.admin = self.server.connect()

    def url(self) -> str:
        """A new schema."""
        schema = f"s{uuid4().hex}"
        self.admin.execute(f"CREATE SCHEMA {schema}")
        url = self.server.url().update_query_dict({"options": f"-csearch_path={schema}"})
        return url.render_as_string(hide_password=False)

    def raw_again(self, book: Book, after: int) -> float:
        """Seconds that the raw machine takes for what the book posted after an entry."""
        mine = str(book._where.url.query["options"]).split("=")[1].split()[0]  # type: ignore[union-attr]
        self.admin.execute(f"SET search_path = {mine}")
        early, late = _early_and_late(lambda sql: self.admin.execute(sql).fetchall(), after)
        where = self.url()
        set_up(where)
        self.admin.execute(f"SET search_path = {where.rpartition('%3D')[2]}")

        def put(rows: Rows) -> None:
            with self.admin.transaction(), self.admin.cursor() as cursor:
                for table in METADATA.sorted_tables:
                    if values := rows.get(table.name):
                        with cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
                            for row in values:
                                copy.write_row(row)

        put(early)
        return timed(lambda: put(late))[0]

    def commits(self, times: int) -> list[float]:
        """Seconds of so many raw commits of one small row."""
        self.admin.execute("CREATE TABLE IF NOT EXISTS public.one (what TEXT)")
        took = []
        for _ in range(times):
            begin = time.perf_counter()
            self.admin.execute("INSERT INTO public.one VALUES ('x')")
            took.append(time.perf_counter() - begin)
        return took

    def close(self) -> None:
        """Stop the server."""
        self.admin.close()
        self.server.stop()
