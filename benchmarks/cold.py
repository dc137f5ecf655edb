"""Import and report from a cold start, beside programs that read the same books as text.

    python benchmarks/cold.py [UNITS [FOLDER]]

A year of a community of UNITS homes (1,000: 24,000 transactions; 10,000: 240,000; 42,000: a
million). Ours: the trial balance and the arrears of every unit, from the SQLite file that stands;
from its archive taken into a new file (hashed and summed anew; and verified, too); and from the
folder, loaded and charged into a new file. Theirs: the balances of
every account, from our own plain-text export of that file. Everything is a process of its own, with
nothing cached. beancount is installed into an environment inside FOLDER (a temporary one if none is
named). A program that is not there is said so.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import NamedTuple

import community

LONG = 5_000
"""Units from which on everything is measured once, and not three times."""
BEANCOUNT = ("beancount==3.2.3", "beanquery==0.2.0")
REPORT = """
for name in ("trial_balance", "ageing"):
    book.statement(name, "2024-12").save(folder / name, "json")
"""
OURS = {
    "load": "book = folderbook.load(folder, url, period='2024').book" + REPORT,
    "import": "book, _ = Book.import_archive(folder / 'archive.zip', url, verify=False)" + REPORT,
    "import, verify": "book, _ = Book.import_archive(folder / 'archive.zip', url)" + REPORT,
    "open": "book = Book.open(url)" + REPORT,
    "export": """
from trustledger import plaintext
book = Book.open(url)
for tool in plaintext.TOOLS:
    with (folder / tool).open("w", encoding="utf-8") as file:
        file.writelines(book.export(tool))
book.export_archive(folder / "archive.zip")
""",
}


class Took(NamedTuple):
    """What a process cost."""

    clock: float
    seconds: float  # of processor time
    mib: float


def cost(command: list[str]) -> Took:
    """Run a process; its times, and its peak memory. If it fails, all ends here."""
    begin = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{command[0]} failed: {said.read().decode(errors='replace')[-2000:]}")
    clock = time.perf_counter() - begin
    return Took(clock, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def ours(step: str, folder: Path, database: Path) -> list[str]:
    """A Python process that does one of our steps."""
    code = f"""
from pathlib import Path
from trustledger import folderbook
from trustledger.book import Book
folder, url = Path({str(folder)!r}), {f"sqlite:///{database}"!r}
{OURS[step]}"""
    return [sys.executable, "-c", code]


def beancount(folder: Path) -> Path | None:
    """The programs of beancount, installed if they are not there."""
    home = folder / "beancount"
    if not (home / "done").exists():
        venv.create(home, clear=True, with_pip=True)
        pip = [home / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        if subprocess.run([*pip, *BEANCOUNT], check=False, capture_output=True).returncode:
            return None
        (home / "done").touch()
    return home / "bin"


def theirs(folder: Path, tools: Path) -> dict[str, list[str] | None]:
    """What each program is told; nothing of one that is not there."""
    sums = "SELECT account, sum(position) GROUP BY account"
    bean, found = beancount(tools), {tool: shutil.which(tool) for tool in ("hledger", "ledger")}
    told: dict[str, list[str] | None] = {}
    for tool, path in found.items():
        told[f"{tool} bal"] = path and [path, "-f", str(folder / tool), "bal"]  # type: ignore[assignment]
    journal = str(folder / "beancount")
    told["bean-check"] = bean and [str(bean / "bean-check"), "--no-cache", journal]
    told["bean-query"] = bean and [str(bean / "bean-query"), journal, sums]
    return told


def row(name: str, took: list[Took], whole: float, standing: float) -> None:
    """A line of the table."""
    clock = statistics.median(one.clock for one in took)
    seconds = statistics.median(one.seconds for one in took)
    peak = max(one.mib for one in took)
    print(
        f"| {name} | {clock:.2f} | {seconds:.2f} "
        f"| {seconds / whole:.2f} | {seconds / standing:.1f} | {peak:,.0f} |",
        flush=True,
    )


def main(units: int, tools: Path) -> None:
    """Print the table."""
    os.environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "books"
        community.write(folder, units)
        standing = folder / "standing.db"
        cost(ours("load", folder, standing))
        export = cost(ours("export", folder, standing))
        sides = {
            "open the standing book, report": lambda _: ours("open", folder, standing),
            "take an archive in, report": lambda n: ours("import", folder, folder / f"a{n}.db"),
            "the same, and verify": lambda n: ours("import, verify", folder, folder / f"v{n}.db"),
            "load and charge the folder, report": lambda n: ours(
                "load", folder, folder / f"l{n}.db"
            ),
        }
        for name, command in theirs(folder, tools).items():
            if command is None:
                print(f"{name} is not installed, and not measured")
            else:
                sides[name] = lambda _, command=command: command
        took: dict[str, list[Took]] = {name: [] for name in sides}
        for number in range(3 if units < LONG else 1):
            for name, command_of in sides.items():
                took[name].append(cost(command_of(number)))
        print(
            f"| {units:,} units, a year | s | s of processor | to our archive | to our open | MiB |"
        )
        print("|---|---|---|---|---|---|")
        opening, taken = (
            statistics.median(one.seconds for one in took[name]) for name in list(sides)[:2]
        )
        for name, all_ in took.items():
            row(name, all_, taken, opening)
        row("our export of the three texts and the archive", [export], taken, opening)


if __name__ == "__main__":
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    with tempfile.TemporaryDirectory(prefix="trustledger-peers-") as spare:
        main(size, Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else Path(spare))
