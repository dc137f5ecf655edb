"""One durable receipt, and a batch of them, against other ledger libraries of Python.

    python benchmarks/peers.py [FOLDER]

Every library is installed from the package index into an environment of its own inside FOLDER (a
temporary one if none is named; what is there already is used again), and does its posting in a
process of its own: ``peers/post_NAME.py``. So its licence and its requirements touch nothing here.
Ours takes a turn beside each, on the same kind of database. One that cannot be installed or run is
said so.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from stores import PostgreSQL

HERE = Path(__file__).parent
ROUNDS, ONES, MANY = 3, 60, 500
Took = dict[str, float]


class Peer(NamedTuple):
    """A library: what pip is told, call by call, and the database it is timed on."""

    name: str
    pip: tuple[tuple[str, ...], ...]
    database: str = "SQLite"


PEERS = (
    Peer("django-hordak 2.0.0", (("django-hordak==2.0.0", "psycopg[binary]"),), "PostgreSQL"),
    Peer("django-ledger 0.8.5", (("django-ledger==0.8.5",),)),
    Peer(
        "python-accounting 2.0.0",
        (  # without its drivers of MySQL and PostgreSQL, which are built from C and not needed
            ("--no-deps", "python-accounting==2.0.0"),
            ("sqlalchemy>=2.1.4,<2.2", "python-dateutil<3"),
        ),
    ),
    Peer("a-ledger 0.3.0", (("a-ledger==0.3.0",),)),
    Peer("piecash 1.2.1", (("piecash==1.2.1",),)),
)


def installed(peer: Peer, folder: Path) -> Path:
    """The Python of the environment with a library, which is made if it is not there.

    :raises subprocess.CalledProcessError: pip says no.
    """
    home = folder / peer.name.replace(" ", "-")
    python = home / "bin" / "python"
    if not (home / "done").exists():
        venv.create(home, clear=True, with_pip=True)
        for words in peer.pip:
            run([python, "-m", "pip", "--disable-pip-version-check", "install", "-q", *words])
        (home / "done").touch()
    return python


def run(command: list[str | Path]) -> str:
    """What a command prints; what it says wrong is kept with the error."""
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return told.stdout


def post(python: str | Path, script: str, database: str) -> Took:
    """Seconds a receipt, one by one and in a batch, in a process of its own."""
    command = [python, HERE / "peers" / f"post_{script}.py", database, str(ONES), str(MANY)]
    took: Took = json.loads(run(command).splitlines()[-1])
    return took


@contextmanager
def databases(work: Path) -> Iterator[dict[str, object]]:
    """How a new database of each kind is made."""
    server = PostgreSQL(work)

    def fresh() -> str:
        name = f"d{uuid4().hex}"
        server.admin.execute(f"CREATE DATABASE {name}")
        return server.server.url(name).render_as_string(hide_password=False)

    try:
        yield {"SQLite": lambda: f"sqlite:///{work / uuid4().hex}.db", "PostgreSQL": fresh}
    finally:
        server.close()


def compare(peer: Peer, python: Path, fresh: object) -> str:
    """A row of the table: medians of rounds in which both sides take turns."""
    rounds = []
    for _ in range(ROUNDS):
        ours = post(sys.executable, "ours", fresh())  # type: ignore[operator]
        theirs = post(python, peer.name.split()[0].replace("-", "_"), fresh())  # type: ignore[operator]
        rounds.append((ours, theirs))

    def middle(side: int, what: str) -> float:
        return statistics.median(took[side][what] for took in rounds)

    cells = [f"| {peer.name}, {peer.database}"]
    for what in ("one", "many"):
        ratio = statistics.median(theirs[what] / ours[what] for ours, theirs in rounds)
        cells += [f"{1 / middle(0, what):,.0f}", f"{1 / middle(1, what):,.0f}", f"{ratio:.1f}"]
    return " | ".join(cells) + " |"


def main(folder: Path) -> None:
    """Print the table."""
    os.environ["PYTHONPATH"] = str(HERE.parent)
    os.environ["PYTHONWARNINGS"] = "ignore"
    print("| receipts a second | one: ours | theirs | ratio | batch: ours | theirs | ratio |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as work, databases(Path(work)) as fresh:
        for peer in PEERS:
            try:
                print(compare(peer, installed(peer, folder), fresh[peer.database]), flush=True)
            except subprocess.CalledProcessError as error:
                why = (error.stderr or "").strip().splitlines()[-1:]
                print(f"| {peer.name} | not measured: {' '.join(why)} |", flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]).resolve())
    else:
        with tempfile.TemporaryDirectory(prefix="trustledger-peers-") as folder:
            main(Path(folder))
