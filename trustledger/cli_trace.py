"""The command line's part for walking and reviewing. A few lines per command."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from trustledger.cli_log import BookAt, Db, Out
from trustledger.errors import InvalidInput
from trustledger.files import write_whole

try:
    import typer
except ImportError:  # the console script is there without its extra
    sys.exit("the command line needs: pip install 'trustledger[cli]'")

FORMATS = ("text", "json", "svg")

What = Annotated[
    str,
    typer.Argument(
        metavar="WHAT",
        help="expenditure:0231 (支出:0231), resolution:R1, or a figure of a statement: "
        "income_expenditure/2025-03/expenditure/A1.",
    ),
]
Format = Annotated[str, typer.Option("--format", metavar="F", help=", ".join(FORMATS))]
Depth = Annotated[int, typer.Option("--depth", min=1, max=50, help="How many steps it goes.")]
Most = Annotated[
    int, typer.Option("--width", min=1, max=10_000, help="How many are told from one place.")
]
Day = Annotated[str, typer.Argument(metavar="DAY", help="The day, 2025-06-30.")]


def trace(
    book: BookAt, what: What, format_: Format = "text", depth: Depth = 12, width: Most = 20,
    db: Db = None, out: Out = None,
) -> None:  # fmt: skip
    """Walk from anything to what it rests on, and to what came of it 追溯."""
    from trustledger.folderbook import open_book

    if format_ not in FORMATS:
        raise InvalidInput(f"found --format {format_!r}; it is one of {', '.join(FORMATS)}")
    found = open_book(book, db).trace(what, depth=depth, width=width)
    if format_ == "svg":
        text = found.svg()
    elif format_ == "json":
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=1) + "\n"
    else:
        text = f"{found}\n"
    _put(text, out)


def _put(text: str, out: Path | None) -> None:
    if out is not None:
        write_whole(out, [text.encode()])
        return
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


def review(book: BookAt, day: Day, db: Db = None) -> None:
    """What the open budget still waits for on a day 督办; exit status 1 if there is anything."""
    from trustledger.folderbook import open_book

    findings = open_book(book, db).review(day)
    for finding in findings:
        print(finding)
    if findings:
        raise typer.Exit(1)
    print(f"nothing is due or overdue on {day}")
