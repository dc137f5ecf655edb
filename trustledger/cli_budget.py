"""The command line's part for the open budget: versions, presets, votes."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

from trustledger.cli_log import BookAt, Db, Out
from trustledger.errors import Unknown
from trustledger.files import write_whole

if TYPE_CHECKING:
    from trustledger.records import Record
    from trustledger.rolls import Result
    from trustledger.rules.versioning import Change
    from trustledger.viewing import PlanVersion

try:
    import typer
except ImportError:  # the console script is there without its extra
    sys.exit("the command line needs: pip install 'trustledger[cli]'")

budget = typer.Typer(
    help="Versions of a budget, and rules of law 预算.", no_args_is_help=True, rich_markup_mode=None
)
vote = typer.Typer(
    help="What came of a vote, and counting again 表决.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Code = Annotated[str, typer.Argument(metavar="BUDGET", help="The budget's code: 2025.")]
Key = Annotated[str, typer.Argument(metavar="RESOLUTION", help="The resolution's key.")]


def _say(*cells: object) -> None:
    print("\t".join(str(cell) for cell in cells).rstrip())


@budget.command()
def show(
    book: BookAt,
    code: Code,
    version: Annotated[
        str, typer.Argument(metavar="[VERSION]", help="Which; else the one adopted last.")
    ] = "",
    db: Db = None,
) -> None:
    """The lines of a version, and the digest to vote on."""
    from trustledger.folderbook import open_book

    found = open_book(book, db).version(code, version)
    _say(f"{found.budget.budget} {found.budget.name}", f"{found.budget.start}..{found.budget.to}")
    _say(f"version {found.version}", found.stage)
    _lines(found)
    _say(f"digest {found.digest}")


def _lines(found: PlanVersion) -> None:
    from trustledger.money import yuan

    _say("line", "name", "category", "fund", "amount", "months", "responsible", "proposal")
    for line in found.lines:
        _say(line.line, line.name, line.category, line.fund,
             yuan(line.planned_fen, grouping=True), line.months or "all", line.responsible,
             line.proposal)  # fmt: skip
    for fund, fen in found.planned.items():
        _say("planned", fund, "", "", yuan(fen, grouping=True))
    for income in found.incomes:
        _say("income", income.category, "", income.fund, yuan(income.planned_fen, grouping=True))
    allowed = found.ceiling
    for name, fen in (
        ("remuneration", -allowed.remuneration_fen), ("carried", allowed.carried_fen),
        ("ceiling", allowed.ceiling_fen),
    ):  # fmt: skip
        _say(name, "common", "", "", yuan(fen, grouping=True))


@budget.command()
def diff(
    book: BookAt,
    code: Code,
    before: Annotated[str, typer.Argument(metavar="V1", help="A version.")],
    after: Annotated[str, typer.Argument(metavar="V2", help="Another.")],
    db: Db = None,
) -> None:
    """What one version says differently from another, field by field."""
    from trustledger.folderbook import open_book
    from trustledger.money import yuan

    found = open_book(book, db).differences(code, before, after)
    for title, changes in (("lines", found.lines), ("income", found.incomes)):
        delta = sum(change.delta_fen for change in changes)
        _say(title, f"{len(changes)} differ", yuan(delta, grouping=True))
        for change in changes:
            _change(change)


def _change(change: Change) -> None:
    from trustledger.money import yuan

    _say("", change.code, change.what, yuan(change.delta_fen, grouping=True))
    for field, was, now in change.fields:
        name = field.removesuffix("_fen")
        told = [
            yuan(one, grouping=True) if field != name and one is not None else one
            for one in (was, now)
        ]
        _say("", "", name, *("-" if one in (None, "") else one for one in told))


@budget.command()
def presets(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which; else all are listed.")] = "",
) -> None:
    """Rules and types of decisions that are written law, as rows for rules.csv or decisions.csv."""
    from trustledger.presets import DECISION_TYPES
    from trustledger.rulebook import PRESETS

    known: dict[str, tuple[str, Sequence[Record]]] = {
        **{key: ("rules", told) for key, told in PRESETS.items()},
        **{key: ("decisions", told) for key, told in DECISION_TYPES.items()},
    }
    if not name:
        for key, (sheet, told) in known.items():
            _say(key, f"{sheet}.csv", f"{len(told)} rows", getattr(told[0], "authority", ""))
        return
    if name not in known:
        raise Unknown("preset", name, f"it is one of {', '.join(known)}")
    _rows(*known[name])


def _rows(sheet: str, facts: Iterable[Record], to: IO[str] | None = None) -> None:
    """Facts as the rows of their sheet, headers first."""
    from trustledger.money import yuan
    from trustledger.sheets.layout import SHEETS

    layout = next(one for one in SHEETS if one.name == sheet)
    out = csv.writer(to or sys.stdout, lineterminator="\n")
    out.writerow(column.name for column in layout.columns)
    for fact in facts:
        told = fact.model_dump(mode="json", by_alias=True, exclude_none=True)
        for name, field in type(fact).model_fields.items():
            if name.endswith("_fen"):
                told[field.alias or name] = yuan(getattr(fact, name))
        out.writerow(told.get(column.field, "") for column in layout.columns)


@budget.command()
def draft(
    book: BookAt,
    code: Code,
    next_: Annotated[str, typer.Argument(metavar="NEXT", help="The next budget's code: 2026.")],
    version: Annotated[str, typer.Option("--version", metavar="V", help="Its version.")] = "v1",
    db: Db = None,
    out: Out = None,
) -> None:
    """A first draft of the next budget, from what this one cost: rows for plan_lines.csv."""
    from trustledger.folderbook import open_book

    text = StringIO()
    _rows("plan_lines", open_book(book, db).next_draft(code, next_, version), text)
    if out is None:
        sys.stdout.buffer.write(text.getvalue().encode())
        sys.stdout.buffer.flush()
    else:
        write_whole(out, [text.getvalue().encode()])


@vote.command()
def tally(book: BookAt, key: Key, db: Db = None) -> None:
    """The count of a vote, and every condition it had to reach."""
    from trustledger.folderbook import open_book

    _result(open_book(book, db).result(key))


@vote.command()
def ballots(book: BookAt, key: Key, out: Out = None, db: Db = None) -> None:
    """The list that anybody can count again: units, voters without names, choices."""
    from trustledger.folderbook import open_book

    text = open_book(book, db).ballots(key)
    if out is not None:
        write_whole(out, [text.encode()])
        return
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()


@vote.command()
def recount(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What vote ballots wrote.")],
) -> None:
    """Count a list of ballots again; no book is needed."""
    from trustledger.errors import InvalidFile
    from trustledger.rules import tallying

    try:
        text = file.read_bytes().decode()
    except UnicodeDecodeError:
        raise InvalidFile(f"{file} is not a text file; vote ballots writes one") from None
    _result(tallying.recount(text))


def _result(found: Result) -> None:
    from trustledger.rolls import m2

    _say(f"resolution {found.resolution}", "carried" if found.carried else "not carried", found.how)
    _say("", "units", "m²", "voters")
    for name, figure in found.figures._asdict().items():
        area = "" if figure.area_cm2 is None else m2(figure.area_cm2)
        cells = (figure.units, area, figure.heads)
        _say(name, *("-" if cell in (None, "") else cell for cell in cells))
    for condition in found.conditions:
        _say(condition)
    if found.differing:
        _say("ballots not alike", ", ".join(found.differing))
    _say(f"roll {found.roll}")
    if found.ballots:
        _say(f"ballots {found.ballots}")
