"""The command line. Every command is a few lines over :mod:`trustledger.folderbook`.

Exit status: 0 done; 1 the books say no; 2 the input or the arguments are wrong. What is imported
here is what ``--help`` needs; the rest is imported by the command that uses it.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from trustledger import cli_budget, cli_log, cli_trace
from trustledger.errors import BookCorrupt, InvalidInput, Refused, StoreError, TrustLedgerError
from trustledger.files import write_whole

if TYPE_CHECKING:
    from trustledger.folderbook import Loaded, Pack
    from trustledger.rules.journal import Head
    from trustledger.rules.reminding import Reminder

try:
    import typer
except ImportError:  # the console script is there without its extra
    sys.exit("the command line needs: pip install 'trustledger[cli]'")

app = typer.Typer(
    name="trustledger",
    help="Books of a housing community that nobody has to take on faith 信托制物业账.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(cli_log.checkpoint, name="checkpoint")
app.add_typer(cli_log.proof, name="proof")
app.add_typer(cli_budget.budget, name="budget")
app.add_typer(cli_budget.vote, name="vote")
app.command()(cli_trace.trace)
app.command()(cli_trace.review)

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="The book folder 账套目录.")]
BookAt = Annotated[
    str, typer.Argument(metavar="BOOK_OR_FOLDER", help="A book folder, or a book's code with --db.")
]
PeriodText = Annotated[
    str, typer.Argument(metavar="PERIOD", help="2017-03, 2017 or 2017-01..2017-06.")
]
Db = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="SQLAlchemy URL; FOLDER/book.db if none.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="Where to write.")]


def main() -> None:
    """The console script."""
    gc.set_threshold(50_000)  # the process is ours: a sixth of posting went into looking for cycles
    try:
        status = app(standalone_mode=False)  # what typer.Exit carried, or None
        sys.exit(status if isinstance(status, int) else 0)
    except TrustLedgerError as error:
        sys.exit(_fail(error))
    except (typer.Abort, KeyboardInterrupt):
        sys.exit(130)
    except BrokenPipeError:  # the reader of a pipe has gone: nobody to tell
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        print(
            f"trustledger: {error.strerror}: {error.filename or ''}".rstrip(": "), file=sys.stderr
        )
        sys.exit(2)
    except Exception as error:
        usage = getattr(error, "format_message", None)  # click's usage errors
        if usage is None:
            raise
        print(f"trustledger: {' '.join(usage().split())}; see trustledger --help", file=sys.stderr)
        sys.exit(2)


def _fail(error: TrustLedgerError) -> int:
    print(f"trustledger: {error}", file=sys.stderr)
    if isinstance(error, Refused | BookCorrupt):
        return 1
    return 2 if isinstance(error, InvalidInput | StoreError) else 1


@contextmanager
def _steps() -> Iterator[Callable[[str, int, int], None] | None]:
    """A progress bar on a terminal; silence elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def step(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield step


def _write(body: bytes, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(body)
        sys.stdout.buffer.flush()
        return
    write_whole(out, [body])


def _say(loaded: Loaded) -> None:
    for warning in loaded.warnings:
        print(f"trustledger: note: {warning}", file=sys.stderr)
    head = loaded.book.head
    print(
        f"{loaded.book.code}: {loaded.posted} new, {loaded.standing} stood already, "
        f"{loaded.charged} charges; journal {head.size} entries, root {head.root}"
    )


@app.command()
def init(
    folder: Folder,
    lang: Annotated[str, typer.Option("--lang", help="Language of the headers: zh or en.")] = "zh",
    budget: Annotated[
        bool,
        typer.Option("--budget", help="The open budget's sheets too, or added to a book's folder."),
    ] = False,
) -> None:
    """Write an empty book folder with templates."""
    from trustledger.sheets import write_templates

    write_templates(folder, lang, budget=budget)
    print(f"{folder}: fill in the sheets, then: trustledger load {folder}")


@app.command()
def load(folder: Folder, db: Db = None) -> None:
    """Load everything in a folder, all or nothing; charges nothing."""
    from trustledger import folderbook

    folderbook.check_kept(db)
    with _steps() as step:
        loaded = folderbook.load(folder, db, step=step)
    _say(loaded)


@app.command()
def charge(book: BookAt, period: PeriodText, db: Db = None) -> None:
    """Charge each month of a period once."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    with _steps() as step:
        bar = None if step is None else lambda done, total: step("计费", done, total)
        posted = opened.charge(period, progress=bar)
    print(f"{opened.code}: {len(posted)} charges")


@app.command()
def close(
    book: BookAt,
    period: PeriodText,
    leave_waiting: Annotated[
        bool, typer.Option("--leave-waiting", help="Close even if money is unclaimed.")
    ] = False,
    db: Db = None,
) -> None:
    """Close 结账 every month not yet closed through the period's end, in order."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    with _steps() as step:
        bar = None if step is None else lambda done, total: step("核验", done, total)
        posted = opened.close_books(period, leave_waiting=leave_waiting, progress=bar)
    new = sum(one.new for one in posted)
    head = opened.head
    print(
        f"{opened.code}: {new} months closed, through {opened.closed}; "
        f"journal {head.size} entries, root {head.root}"
    )


@app.command()
def statement(
    name: Annotated[str, typer.Argument(metavar="NAME", help="income_expenditure, remuneration, "
                    "budget_execution, collection, owner, owing, trial_balance, month_grid, "
                    "ageing, entrusted, receipts, reminders, open_budget, amendments, "
                    "resolution, restricted_funds, projects or final_accounts.")],
    book: BookAt,
    period: PeriodText,
    unit: Annotated[str | None, typer.Option("--unit", help="Whose, for owner.")] = None,
    fund: Annotated[str, typer.Option("--fund", help="Which, for income_expenditure.")] = "common",
    buckets: Annotated[
        str, typer.Option("--buckets", help="Last days of the buckets, for ageing.")
    ] = "30,90,180,365",
    of: Annotated[
        str | None, typer.Option("--of", metavar="KEY", help="Which one, for resolution.")
    ] = None,
    version: Annotated[
        str | None,
        typer.Option("--version", help="Which, for open_budget; the one in force without it."),
    ] = None,
    format_: Annotated[
        str, typer.Option("--format", help="text, json, csv, xlsx, pdf or html.")
    ] = "text",
    out: Out = None,
    db: Db = None,
) -> None:  # fmt: skip
    """One statement, in one format."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    report = opened.statement(
        name, period, unit=unit, fund=fund, buckets=buckets, of=of, version=version
    )
    _write(report.render(format_), out)


@app.command()
def month(
    folder: Folder,
    period: PeriodText,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the pack goes.")],
    db: Db = None,
) -> None:
    """The main job: load, charge, verify, and write the period's pack."""
    from trustledger import folderbook

    with _steps() as step:
        pack = folderbook.month(folder, period, out, db, step=step)
    _packed(pack)


def _packed(pack: Pack) -> None:
    _say(pack.loaded)
    print(f"verified; {pack.files} files in {pack.folder}")


@app.command()
def remind(
    book: BookAt,
    day: Annotated[str, typer.Argument(metavar="DATE", help="As of which day: 2024-01-31.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where the notices go.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list who would get what; record nothing.")
    ] = False,
    db: Db = None,
) -> None:
    """Reminders 催缴: record who is told what on a day, and write the notices by building."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    if dry_run:
        told = opened.to_remind(day)
        _list(told)
        print(f"{opened.code}: {len(told)} to remind on {day}; nothing recorded")
        return
    if out is None:
        raise InvalidInput("remind needs --out, the folder the notices go to, or --dry-run")
    done = folderbook.remind(opened, day, out)
    _list(done.new)
    head = opened.head
    print(
        f"{opened.code}: {len(done.new)} reminders recorded, {done.notices} notices of {day} in "
        f"{done.files} files; journal {head.size} entries, root {head.root}"
    )


def _list(told: list[Reminder]) -> None:
    from trustledger.money import yuan

    for one in told:
        months = sorted({item.month for item in one.items})
        span = months[0] if len(months) == 1 else f"{months[0]}..{months[-1]}"
        print(f"{one.unit}\t{one.owner}\t{one.days} days\t{span}\t{yuan(one.total_fen)}")


@app.command()
def verify(
    book: BookAt,
    checkpoint: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A signed note that was kept elsewhere."),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", metavar="VKEY", help="Whose signature must be under it."),
    ] = None,
    db: Db = None,
) -> None:
    """Recompute every invariant from the stored journal; list what does not hold."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db, unguarded=True)
    with _steps() as step:
        bar = None if step is None else lambda done, total: step("核验", done, total)
        findings = opened.verify(
            checkpoints=[cli_log.read_text(path) for path in checkpoint or ()],
            keys=key or (),
            progress=bar,
        )
    for finding in findings:
        print(finding)
    head = opened.head
    print(f"{opened.code}: {len(findings)} findings; journal {head.size} entries, root {head.root}")
    if findings:
        raise typer.Exit(1)


@app.command()
def erase(
    book: BookAt,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="receipt, unit, tenure, waiver ...")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="As it was posted: W2024-0113.")],
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="On which day: 2024-01-31.")],
    authority: Annotated[str, typer.Option("--authority", help="Who asked for it or decided it.")],
    fields: Annotated[
        list[str] | None, typer.Option("--field", help="Only this one; may be given again.")
    ] = None,
    db: Db = None,
) -> None:
    """Erase what is personal of an entry 删除个人信息, for ever; the entry and the root stay."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    done = opened.erase(kind, key, fields, on=on, authority=authority)
    said = "erased" if done.new else "was erased already"
    print(f"{opened.code}: {kind} {key} {said}, entry {done.seq}")


@app.command()
def rebuild(book: BookAt, db: Db = None) -> None:
    """Throw the kept sums away and recompute them from the journal."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    rows = opened.rebuild()
    print(f"{opened.code}: {rows} sums recomputed from the journal")


@app.command()
def migrate(
    book: Annotated[
        str | None, typer.Argument(metavar="[BOOK_OR_FOLDER]", help="A folder, or a book's file.")
    ] = None,
    db: Db = None,
    unguarded: Annotated[
        bool, typer.Option("--unguarded", help="Even if guards of the journal are missing.")
    ] = False,
) -> None:
    """Bring a database, with all books in it, to this version's schema; there is no way back."""
    from trustledger import folderbook, keeping

    done = keeping.migrate(folderbook.database_of(book, db), unguarded=unguarded)
    _say_heads(done.heads)
    stood = "stood already at" if done.had == done.now else f"from version {done.had} to"
    print(f"{len(done.heads)} books {stood} version {done.now}")


@app.command()
def export(
    tool: Annotated[str, typer.Argument(metavar="TOOL", help="hledger, ledger or beancount.")],
    book: BookAt,
    out: Out = None,
    db: Db = None,
) -> None:
    """The journal as text that another program checks."""
    from trustledger import folderbook

    opened = folderbook.open_book(book, db)
    chunks = opened.export(tool)
    if out is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk.encode())
        sys.stdout.buffer.flush()
        return
    write_whole(out, (chunk.encode() for chunk in chunks))


@app.command()
def setup(
    db: Annotated[str, typer.Option("--db", metavar="URL", help="A PostgreSQL database.")],
    writer: Annotated[
        str, typer.Option("--writer", metavar="ROLE", help="A role that may only post.")
    ] = "",
    auditor: Annotated[
        str, typer.Option("--auditor", metavar="ROLE", help="A role that may only read.")
    ] = "",
    partitions: Annotated[
        int, typer.Option("--partitions", metavar="N", help="Parts of every table, by book.")
    ] = 0,
) -> None:
    """Make the tables, roles and partitions of a PostgreSQL database; again changes nothing."""
    from trustledger.book import set_up

    set_up(db, partitions=partitions, writer=writer, auditor=auditor)
    roles = "".join(
        f"; {name} {what}" for name, what in ((writer, "posts"), (auditor, "reads")) if name
    )
    print(f"the tables stand{f' in {partitions} partitions' if partitions else ''}{roles}")


@app.command()
def backup(
    book: BookAt,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Recompute every invariant of the copy, too.")
    ] = False,
    db: Db = None,
) -> None:
    """Copy the database, all its books, to a file, while others go on writing 备份."""
    from trustledger import folderbook

    _say_heads(folderbook.open_book(book, db).backup(file, verify=verify))
    print(f"in {file}, as they stood")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What backup wrote.")],
    db: Annotated[str, typer.Option("--db", metavar="URL", help="Where nothing is yet.")],
    verify: Annotated[
        bool, typer.Option("--verify", help="Recompute every invariant, too.")
    ] = False,
) -> None:
    """Bring a backup back, where nothing is yet 恢复."""
    from trustledger import keeping

    _say_heads(keeping.restore(file, db, verify=verify))
    print(f"in {db}, as they stood")


def _say_heads(heads: dict[str, Head]) -> None:
    for code, head in heads.items():
        print(f"{code}: journal {head.size} entries, root {head.root}")


archive = typer.Typer(help="A book as plain files, and back 归档.", no_args_is_help=True)
app.add_typer(archive, name="archive")


@archive.command("export")
def archive_export(
    book: BookAt,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .zip, or a folder, that is not there yet.")
    ],
    public: Annotated[
        bool, typer.Option("--public", help="Without personal fields and vouchers' files.")
    ] = False,
    db: Db = None,
) -> None:
    """Write a book as an archive; what it holds is what its root says, in any database."""
    from trustledger import folderbook

    told = folderbook.open_book(book, db).export_archive(out, public=public)
    _say_heads({told.book: told.head})
    print(f"in {out}")


@archive.command("import")
def archive_import(
    file: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="A .zip, or its folder.")],
    db: Annotated[str, typer.Option("--db", metavar="URL", help="Where the book goes.")],
) -> None:
    """Take a book in from its archive, whole or not at all."""
    from trustledger import folderbook, keeping

    folderbook.check_kept(db)
    with _steps() as step:
        bar = None if step is None else lambda done, total: step("入账", done, total)
        _, done = keeping.import_archive(file, db, progress=bar)
    _say_heads({done.code: done.head})
    print(f"{done.new} entries are new" if done.new else "it stood there already")


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where it goes.")] = Path(
        "demo-out"
    ),
) -> None:
    """The main job on the example that ships with the package."""
    from trustledger import folderbook

    with _steps() as step:
        pack = folderbook.demo(out, step=step)
    report = pack.loaded.book.statement("income_expenditure", folderbook.DEMO_PERIOD)
    print(report)
    _packed(pack)


if __name__ == "__main__":  # pragma: no cover
    main()
