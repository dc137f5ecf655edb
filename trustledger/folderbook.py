"""A folder and its book 账套目录与账: load it, run a month, write the period's pack.

The use-cases of people who keep their community in spreadsheets. All of them are all or nothing:
a refused folder changes nothing.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import URL

from trustledger.book import Book, codes_in, utc_now
from trustledger.errors import (
    BookCorrupt,
    InvalidFile,
    InvalidInput,
    KeyConflict,
    Place,
    TrustLedgerError,
    Unknown,
)
from trustledger.files import check_writable, write_whole
from trustledger.measures import Count, Meter, Reading
from trustledger.period import Period, month_of, parse_day
from trustledger.records import DayLike, Posted, Record, Tariff, Unit
from trustledger.render import SUFFIX, bind
from trustledger.report import Report
from trustledger.rules.charging import charge_day, tariffs_for
from trustledger.rules.reminding import Reminder
from trustledger.sheets import FolderContents, booktoml, read, tomltext
from trustledger.sheets.naming import loose
from trustledger.sheets.sources import read_bytes
from trustledger.store import dialects

DATABASE = "book.db"
DEMO_PERIOD = "2025-01..2025-06"
PACK_FORMATS = ("pdf", "xlsx", "html", "csv", "json", "text")

Step = Callable[[str, int, int], None]
"""Progress of long work: what is being done, how much is done, of how much."""


class Loaded(NamedTuple):
    """What a load or a month did."""

    book: Book
    posted: int
    standing: int
    charged: int
    warnings: tuple[str, ...]


class Pack(NamedTuple):
    """What a month wrote."""

    loaded: Loaded
    folder: Path
    files: int


class Reminded(NamedTuple):
    """What a run of reminders did: what it recorded, and the notices of the day that it wrote."""

    new: list[Reminder]
    notices: int
    files: int


def url_of(folder: Path, db: str | None) -> str | URL:
    """The database of a folder: the one named, or ``book.db`` inside it."""
    return db or file_url(folder / DATABASE)


def file_url(path: Path) -> URL:
    """The address of an SQLite file, whatever characters its name has."""
    return URL.create("sqlite", database=str(path))


def database_of(target: str | None, db: str | None) -> str | URL:
    """The database that is meant by a folder, by a database file, or by ``db``.

    :raises InvalidInput: neither is named.
    """
    if db is not None:
        return db
    if target is None or not Path(target).exists():
        raise InvalidInput("name a book folder, a book's file, or a database with --db")
    path = Path(target)
    return url_of(path, None) if path.is_dir() else file_url(path)


def check_kept(db: str | None) -> None:
    """Refuse to load into a database in memory, which is gone when the command ends.

    :raises InvalidInput: it is one.
    """
    if db is not None and dialects.in_memory(db):
        raise InvalidInput(
            f"{db} is a database in memory, which keeps nothing; name a file: sqlite:///book.db"
        )


def open_book(target: str, db: str | None = None, *, unguarded: bool = False) -> Book:
    """The book of a folder, of a database file, or (with ``db``) by its code.

    ``unguarded``: as of :meth:`Book.open`.

    :raises Unknown: there is none yet.
    """
    path = Path(target)
    if path.is_dir():
        if db is None and not (path / DATABASE).exists():
            raise Unknown(
                "book", target, f"there is no {DATABASE} in it yet: trustledger load {target}"
            )
        told = _read_book(path) if db or (path / booktoml.FILE).exists() else None
        code, secret = (told.info.code, told.secret) if told else (None, None)
        return Book.open(url_of(path, db), code, secret=secret, unguarded=unguarded)
    if db is not None:
        return Book.open(db, target, unguarded=unguarded)
    if path.is_file():
        return Book.open(file_url(path), unguarded=unguarded)
    raise Unknown("book", target, "name a book folder, or a book's code together with --db")


def read_code(folder: Path) -> str:
    """The code of the book that a folder describes."""
    return _read_book(folder).info.code


def _read_book(folder: Path) -> booktoml.BookToml:
    if not (folder / booktoml.FILE).exists():
        raise InvalidFile(f"no book.toml in {folder}; trustledger init writes one")
    return booktoml.read_book(read_bytes(folder, booktoml.FILE, tomltext.MOST_BYTES))


def load(
    folder: str | Path,
    db: str | None = None,
    *,
    period: Period | str | None = None,
    clock: Callable[[], str] = utc_now,
    step: Step | None = None,
) -> Loaded:
    """Load everything in a folder; with a period, charge from the book's start through its end.

    All of it or, on any error, none of it. Loading again changes nothing.

    :raises TrustLedgerError: with the file, row and column it is about.
    """
    folder = Path(folder)
    contents = read(folder)
    info = contents.info
    span = None
    if period is not None:
        if isinstance(period, str):
            period = Period.parse(period, info.fiscal_year_start)
        span = Period(min(month_of(info.start), period.last), period.last)
    if db is None and (folder / DATABASE).exists():
        _same_book(folder, info.code)
    facts = [fact for _, fact in contents.facts]
    vouchers = {d.removeprefix("sha256:"): path for d, path in contents.attachments.items()}
    try:
        book, answers = _take(
            url_of(folder, db),
            lambda url: Book.take(
                url,
                info,
                facts,
                span,
                files=vouchers,
                clock=clock,
                secret=contents.secret,
                progress=None if step is None else lambda done, all_: step("入账", done, all_),
            ),
        )
    except TrustLedgerError as error:
        raise _located(error, contents) from None
    mine, charges = answers[1 : len(facts) + 1], answers[len(facts) + 1 :]
    return Loaded(
        book,
        sum(1 for one in mine if one.new),
        sum(1 for one in mine if not one.new),
        len(charges),
        (
            *contents.warnings,
            *_untariffed(contents, span),
            *_unmeasured(contents),
            *_loose(contents, book),
        ),
    )


def _same_book(folder: Path, code: str) -> None:
    """A folder's own database holds one book, for ever under one code.

    :raises KeyConflict: it holds another.
    """
    codes = codes_in(file_url(folder / DATABASE))
    if codes and code not in codes:
        raise KeyConflict("book", codes[0], "code", codes[0], code).at(Place(booktoml.FILE))


def _take(
    url: str | URL, take: Callable[[str | URL], tuple[Book, list[Posted]]]
) -> tuple[Book, list[Posted]]:
    """Take a folder into its database; one that is not there yet appears whole or not at all.

    It is made beside its place and linked there when it is complete. If another load was
    quicker, ours is thrown away and the folder is taken into the other's.
    """
    path = dialects.file_of(url)
    if path is None or path.exists() or not path.parent.is_dir():
        return take(url)
    spare = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        book, answers = take(file_url(spare))
        book.close()
        os.link(spare, path)
    except FileExistsError:
        return take(url)
    finally:
        for ending in ("", "-wal", "-shm"):
            spare.with_name(spare.name + ending).unlink(missing_ok=True)
    return book.at(url), answers


def _located(error: TrustLedgerError, contents: FolderContents) -> TrustLedgerError:
    """The error with the row and column of the fact it is about."""
    fact = error.facts.get("fact")
    own = [place for place, one in contents.facts if one is fact]
    same = [place for place, one in contents.facts if isinstance(fact, Record) and _same(one, fact)]
    for place in own or same:
        return error.at(contents.place(place, getattr(error, "field", "")))
    return error


def _same(one: Record, other: Record) -> bool:
    """Whether a row says a fact that the book has from an earlier load."""
    return type(one) is type(other) and one.record_key == other.record_key


def _unmeasured(contents: FolderContents) -> Iterator[str]:
    """Meters that nobody has read twice, and prices of a count that nobody has counted."""
    facts = [fact for _, fact in contents.facts]
    read = Counter(fact.meter for fact in facts if isinstance(fact, Reading))
    for fact in facts:
        if isinstance(fact, Meter) and read[fact.meter] < 2:
            found = "one reading" if read[fact.meter] else "no reading"
            yield (
                f"{found} of meter {fact.meter!r} of unit {fact.unit!r}: "
                f"its {fact.item!r} is billed from its second reading on"
            )
    counted = {fact.counts for fact in facts if isinstance(fact, Count)}
    for tariff in facts:
        if isinstance(tariff, Tariff) and tariff.counts and tariff.counts not in counted:
            yield (
                f"no unit has {tariff.counts!r} in counts.csv: "
                f"the tariff {tariff.item!r} charges nothing"
            )


def _loose(contents: FolderContents, book: Book) -> Iterator[str]:
    """Rows of the open budget that name what is nowhere: nothing walks back through them."""
    for row in loose(contents.facts):
        if not any(book.stands(kind, key) for kind, key in row.may_be):
            what = " or ".join(kind for kind, _ in row.may_be)
            yield (
                f"{contents.place(row.place, row.field)}: names {what} {row.key!r}, which is "
                "nowhere; correct it, or enter that too"
            )


def _untariffed(contents: FolderContents, span: Period | None) -> Iterator[str]:
    """Units that no tariff charges, said once per usage: ever, or in months of a span."""
    tariffs = [fact for _, fact in contents.facts if isinstance(fact, Tariff)]
    units: dict[str, list[str]] = {}
    for _, fact in contents.facts:
        if isinstance(fact, Unit):
            units.setdefault(fact.usage, []).append(fact.unit)
    for usage, codes in sorted(units.items()):
        shown = ", ".join(codes[:5]) + (" ..." if len(codes) > 5 else "")
        mine = [tariff for tariff in tariffs if tariff.usage in ("", usage)]
        bare = [
            month
            for month in (span.months() if span else ())
            if not tariffs_for(usage, charge_day(month, contents.info.start), mine)
        ]
        if not mine:
            yield f"no tariff for usage {usage!r}: {len(codes)} units are not charged ({shown})"
        elif bare:
            when = bare[0] if len(bare) == 1 else f"{bare[0]} to {bare[-1]}, {len(bare)} months"
            yield (
                f"no tariff for usage {usage!r} in {when}: "
                f"{len(codes)} units are not charged then ({shown})"
            )


def month(
    folder: str | Path,
    period: str,
    out: str | Path,
    db: str | None = None,
    *,
    clock: Callable[[], str] = utc_now,
    step: Step | None = None,
    workers: int | None = None,
) -> Pack:
    """The main job: load, charge through the period's end, verify, write the period's pack.

    :raises BookCorrupt: verification found something; nothing is written then.
    """
    check_writable(Path(out) / "owners")
    loaded = load(folder, db, period=period, clock=clock, step=step)
    book = loaded.book
    findings = book.verify(
        progress=None if step is None else lambda done, all_: step("核验", done, all_)
    )
    if findings:
        raise BookCorrupt(
            f"the books do not verify: {findings[0]}"
            + (f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""),
            tuple(findings),
        )
    written = write_pack(book, period, Path(out), step=step, workers=workers)
    return Pack(loaded, Path(out), written)


def write_pack(
    book: Book,
    period: str | Period,
    out: Path,
    *,
    step: Step | None = None,
    workers: int | None = None,
) -> int:
    """One PDF per unit and the community's statements in every format; how many files.

    :raises InvalidInput: the folder cannot be made or written.
    """
    from trustledger.render.pack import write_all

    try:
        (out / "owners").mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"cannot write to {out}: {error.strerror}; name another --out") from None
    written = 0
    for name in book.pack(period):
        report = book.statement(name, period)
        for format_ in PACK_FORMATS:
            report.save(out / f"{name}{SUFFIX[format_]}", format_)
            written += 1
    units = [unit.unit for unit in book.units()]
    names = file_names(units)
    jobs = ((names[report.statement.subject], report.statement) for report in book.owners(period))
    written += write_all(
        jobs,
        out / "owners",
        workers=workers,
        progress=None if step is None else lambda done, all_: step("对账单", done, all_),
        total=len(units),
    )
    return written


def file_names(units: list[str]) -> dict[str, str]:
    """A safe, distinct file name per unit: ``3-1-502.pdf``; odd characters become %XX."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for unit in units:
        safe = "".join(c if c.isalnum() or c in "-_" else f"%{ord(c):02X}" for c in unit)
        stem = safe.encode()[:120].decode(errors="ignore")
        name, number = stem, 1
        while name.casefold() in taken:  # file systems that ignore case
            number += 1
            name = f"{stem}~{number}"
        taken.add(name.casefold())
        names[unit] = f"{name}.pdf"
    return names


NO_BUILDING = "未分楼栋"


def remind(book: Book, on: DayLike, out: Path) -> Reminded:
    """Record a day's reminders, then write all notices of that day, one PDF per building.

    The record comes first and stands; the paper is written from it. So a run that was cut off
    between the two, or whose files were lost, is simply run again: it records nothing twice and
    writes the same files.

    :raises InvalidInput: the folder cannot be written, or ReportLab is missing: before anything is
        recorded, as far as that can be told.
    """
    import trustledger.render.to_pdf  # noqa: F401 (refuses here, while nothing is recorded)

    check_writable(out)
    new = book.remind(on)
    try:
        notices, files = write_notices(book, on, out)
    except InvalidInput as error:
        raise InvalidInput(
            f"{error.message}; the reminders of {on} are recorded: run this again to write them"
        ) from None
    return Reminded(new, notices, files)


def write_notices(book: Book, on: DayLike, out: Path) -> tuple[int, int]:
    """The notices recorded on a day, from the record; how many they are, in how many files."""
    day = parse_day(str(on))
    names = file_names(sorted({unit.building or NO_BUILDING for unit in book.units()}))
    bundles: dict[str, list[Report]] = {}
    for report in book.notices(day):
        building = str(report.facts["building"]) or NO_BUILDING
        bundles.setdefault(building, []).append(report)
    if bundles:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(f"cannot write to {out}: {error.strerror}") from None
    for building, reports in bundles.items():
        body = bind([report.statement for report in reports], f"{building} 催缴通知 {day}")
        write_whole(out / f"{day}-{names[building]}", [body])
    return sum(map(len, bundles.values())), len(bundles)


def demo(out: Path, *, step: Step | None = None) -> Pack:
    """The main job on the example that ships with the package; its book is kept in ``out``."""
    example = files("trustledger") / "example"
    book = out / "book"
    if not book.exists():
        with as_file(example) as folder:
            shutil.copytree(folder, book)
    return month(book, DEMO_PERIOD, out / "pack", step=step)
