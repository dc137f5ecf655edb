"""``kill -9`` of a PostgreSQL server and all its processes at any moment, while four writers post.

The server has its ordinary settings (fsync on), in a folder of its own; after each kill it comes
up again by itself from its log, and nothing that a writer was told is missing.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import psycopg
from databases import Server
from nursery import Nursery
from sizes import times
from smallbook import Told, make, sound

import trustledger as tl

WRITERS = 4
KILLS_OF_ONE_BOOK = 20


def kill(server: Server) -> None:
    """Kill the postmaster and, by the parent they have, all of its processes; wait until gone."""
    postmaster = int((server.data / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)  # it starts no more
    try:
        children = {one for one, parent in living().items() if parent == postmaster}
    finally:
        os.kill(postmaster, signal.SIGKILL)
    for process in sorted(children):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    all_of_them = {postmaster, *children}
    while all_of_them & living().keys():
        time.sleep(0.01)
    for lock in (server.data / "postmaster.pid", server.home / ".s.PGSQL.5432.lock"):
        lock.unlink(missing_ok=True)  # of a process that is gone, though a corpse may lie there


def living() -> dict[int, int]:
    """Every process that is not a corpse, and its parent."""
    if Path("/proc/self/stat").exists():
        return dict(filter(None, map(_alive, Path("/proc").glob("[1-9]*"))))
    told = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,stat="], check=True, capture_output=True, text=True
    )
    rows = (line.split() for line in told.stdout.splitlines())
    return {int(pid): int(parent) for pid, parent, state, *_ in rows if state[0] != "Z"}


def _alive(process: Path) -> tuple[int, int] | None:
    try:
        state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:  # it has just gone
        return None
    return None if state in "ZX" else (int(process.name), int(parent))


@times("server_kills")
def test_killed_at_any_moment(count: int, server: Server, nursery: Nursery) -> None:
    chance, told, acknowledged, url = random.Random(count), [], 0, ""
    for number in range(count):
        if number % KILLS_OF_ONE_BOOK == 0:
            with psycopg.connect(
                f"host={server.home} user=postgres dbname=postgres", autocommit=True
            ) as admin:
                admin.execute(f"CREATE DATABASE b{number}_{count}")
            url = server.url(f"b{number}_{count}").render_as_string(hide_password=False)
            told = []
            make(url).close()
        writers = [
            nursery.start("killed:post_to_server", url, f"{number}-{who}") for who in range(WRITERS)
        ]
        heard = [writers[0].out.readline() for _ in range(chance.randrange(1, 30))]
        time.sleep(chance.random() / 20)
        kill(server)
        for writer in writers:
            writer.kill()
        said = [line.rstrip("\n") for line in heard]
        said += [line for writer in writers for line in writer.lines()]
        new = [Told.read(line) for line in said if "\t" in line]
        told += new
        acknowledged += len(new)
        try:
            server.start()
        except subprocess.CalledProcessError:
            raise AssertionError((server.home / "log").read_text()[-3_000:]) from None
        assert {one.key for one in told} <= keys(url)
        sound(url)
    print(f"{count} kills of the server: {acknowledged} entries acknowledged, none lost")
    assert acknowledged > count


def keys(url: str) -> set[str]:
    book = tl.Book.open(url)
    found = {entry.key for entry in book.entries()}
    book.close()
    return found
