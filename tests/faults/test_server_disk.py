"""A PostgreSQL server whose files grow no further: refused with one sentence, nothing half there.

The kernel refuses every write of the backend beyond a length (``prlimit --fsize``): tables that
would grow, and the server's own log, at which the server gives up and comes back by itself. From a
length of nothing on, file after file is let grow, so that each is once the one that fails.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest
from databases import Server
from smallbook import make, sound
from test_io_errors import ACTS, clock

import trustledger as tl

pytestmark = pytest.mark.skipif(
    shutil.which("prlimit") is None, reason="only Linux limits another process: install util-linux"
)
PAGE = 8192


@pytest.fixture(scope="module", autouse=True)
def template(server: Server) -> None:
    """The database that every trial has a copy of."""
    with server.connect() as admin:
        admin.execute("CREATE DATABASE template")
    make(address(server, "template")).close()


def address(server: Server, database: str) -> str:
    return server.url(database).render_as_string(hide_password=False)


def lengths(server: Server, *, more: bool) -> list[int]:
    """How long a file of the database may be at most: each length at which another one may grow,
    and ``more`` up to a megabyte."""
    with server.connect("template") as admin:
        found = admin.execute("SELECT pg_relation_size(oid) FROM pg_class WHERE relname ~ '^tl_'")
        sizes = {size + PAGE for (size,) in found}
        longer = {PAGE << doubled for doubled in range(3, 8)} if more else set()
        return [0, *sorted(sizes | longer)]


def limit(server: Server, database: str, length: int) -> None:
    """No process that serves the database writes beyond so many bytes of a file."""
    with server.connect() as admin:
        serving = admin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s", (database,)
        ).fetchall()
    assert serving
    for (process,) in serving:
        subprocess.run(
            ["prlimit", f"--pid={process}", f"--fsize={length}:unlimited"],
            user=server.user, check=True,
        )  # fmt: skip


def wait(server: Server) -> None:
    """Until the server is back."""
    for _ in range(600):
        with suppress(psycopg.OperationalError):
            server.connect().close()
            return
        time.sleep(0.1)
    raise AssertionError((server.home / "log").read_text()[-3_000:])


def refused(act: Callable[[tl.Book], object], book: tl.Book) -> str:
    """What the caller is told, if it is not done."""
    try:
        act(book)
    except tl.StoreError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("one receipt", False),
        *(pytest.param(one, True, marks=pytest.mark.long) for one in ACTS),
    ],
)
def test_at_every_file_that_would_grow(name: str, more: bool, server: Server) -> None:
    told: list[str] = []
    deaths = (server.home / "log").read_text().count("reinitializing")
    for number, length in enumerate(lengths(server, more=more)):
        database = f"d{list(ACTS).index(name)}_{number}_{more}".lower()
        with server.connect() as admin:
            admin.execute(f"CREATE DATABASE {database} TEMPLATE template")
        url = address(server, database)
        engine = tl.engine(url)
        book = tl.Book(engine, "b", clock=clock)
        before = book.head
        limit(server, database, length)
        said = refused(ACTS[name], book)
        engine.dispose()
        wait(server)
        told.append(said)
        if said:
            assert "nothing was posted" in said or "send the same once more" in said
            assert sound(url) == before
        after = tl.Book.open(url, clock=clock)
        ACTS[name](after)  # sent again, it is there once
        stands = after.head
        ACTS[name](after)
        assert after.head == stands
        after.close()
        sound(url)
    died = (server.home / "log").read_text().count("reinitializing") - deaths
    grew = sum("could not extend" in one for one in told)
    print(f"{name}: {len(told)} lengths, {grew} times a table, {died} times the server's log")
    assert grew + died >= len(told) - 1  # all but perhaps the last
