"""Which file of a folder holds which sheet, and reading it. A sheet has one source or none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from trustledger.errors import InvalidFile, Place
from trustledger.sheets import tables, workbook
from trustledger.sheets.columns import SheetLayout
from trustledger.sheets.layout import SHEETS
from trustledger.sheets.tables import Table, read_csv
from trustledger.sheets.wording import clipped
from trustledger.sheets.workbook import Workbook

BOOK_WORKBOOK = "book.xlsx"


def read_bytes(folder: Path, name: str, most: int) -> bytes:
    """A file's content.

    :raises InvalidFile: not a regular file, larger than ``most`` bytes, or not to be read.
    """
    path, place = folder / name, Place(name)
    try:
        if not path.is_file():  # a pipe would never end, a device never start
            raise InvalidFile("is not a file, or a link to nothing", place=place)
        if path.stat().st_size > most:
            raise InvalidFile(f"is larger than {most >> 20} MB, the most that is read", place=place)
        return path.read_bytes()
    except OSError as error:
        raise InvalidFile(f"cannot be read: {error.strerror}", place=place) from None


Check = Callable[[Table, SheetLayout], object]
"""Looks at a table's header, and raises if the layout has other columns."""


def read_tables(
    folder: Path, warn: Callable[[str], None], check: Check
) -> Iterator[tuple[SheetLayout, Table]]:
    """Every sheet that the folder has, as a table, in the layout's order.

    ``check`` sees a CSV's header before its rows are read. ``warn`` is told of sheets of
    book.xlsx that are not read and look as if they should be.

    :raises InvalidFile: a sheet in two places, or a file that cannot be read as one.
    """
    with ExitStack() as stack:
        book: Workbook | None = None
        if os.path.lexists(folder / BOOK_WORKBOOK):
            data = read_bytes(folder, BOOK_WORKBOOK, workbook.MOST_BYTES)
            book = stack.enter_context(Workbook(data, BOOK_WORKBOOK))
            for warning in _near_sheets(book.names):
                warn(warning)
        for layout in SHEETS:
            table = _read(folder, layout, book, check)
            if table is not None:
                yield layout, table


def _read(folder: Path, layout: SheetLayout, book: Workbook | None, check: Check) -> Table | None:
    csv_file, xlsx_file = f"{layout.name}.csv", f"{layout.name}.xlsx"
    files = [name for name in (csv_file, xlsx_file) if os.path.lexists(folder / name)]
    sheets = [name for name in (book.names if book else ()) if _is_named(name, layout)]
    sources = files + [f"{BOOK_WORKBOOK} sheet {name}" for name in sheets]
    if len(sources) > 1:
        raise InvalidFile(
            f"the sheet {layout.name} is also in {sources[0]}; keep one of them",
            place=Place(sources[1]),
        )
    if sheets and book:
        return book.table(sheets[0], sources[0])
    if files == [csv_file]:
        data = read_bytes(folder, csv_file, tables.MOST_BYTES)
        return read_csv(data, csv_file, lambda table: check(table, layout))
    if files == [xlsx_file]:
        with Workbook(read_bytes(folder, xlsx_file, workbook.MOST_BYTES), xlsx_file) as single:
            if not single.names:
                raise InvalidFile("has no sheet", place=Place(xlsx_file))
            same = [name for name in single.names if _is_named(name, layout)]
            return single.table((same or single.names)[0], xlsx_file)
    return None


def _is_named(name: str, layout: SheetLayout) -> bool:
    return name.strip().lower() in (layout.name, layout.title)


def near_misses(folder: Path) -> list[str]:
    """A warning for each file that is not read and is named almost like one that would be.

    :raises InvalidFile: the folder cannot be listed.
    """
    read = {"book.toml", BOOK_WORKBOOK}
    read |= {f"{layout.name}.{end}" for layout in SHEETS for end in ("csv", "xlsx")}
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError as error:
        raise InvalidFile(f"{str(folder)!r} cannot be read: {error.strerror}") from None
    warnings = []
    for name in names:
        stem, _, end = name.rpartition(".")
        # names that begin so are hidden files, and the locks of spreadsheet programs
        if name in read or name.startswith((".", "~$")):
            continue
        meant = _meant(
            stem, {"book": "book.toml"} | {one.name: f"{one.name}.csv" for one in SHEETS}
        )
        if meant and end.lower() in ("csv", "xlsx", "xls", "toml"):
            warnings.append(f"{clipped(name)} is not read; did you mean {meant}?")
    return warnings


def _near_sheets(names: Sequence[str]) -> Iterator[str]:
    right = {layout.name: layout.name for layout in SHEETS}
    for name in names:
        if not any(_is_named(name, layout) for layout in SHEETS) and (meant := _meant(name, right)):
            yield f"{BOOK_WORKBOOK}: the sheet {clipped(name)} is not read; did you mean {meant}?"


def _meant(name: str, right: dict[str, str]) -> str | None:
    titled = [layout for layout in SHEETS if layout.title in name]
    if titled:
        return right[max(titled, key=lambda layout: len(layout.title)).name]
    near = difflib.get_close_matches(name.lower()[:64], right, 1, 0.7)
    return right[near[0]] if near else None
