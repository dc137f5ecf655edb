"""The book folder 账套目录 -> validated records with their places. The one door of this package."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from trustledger.chart import find_account
from trustledger.errors import InvalidFile, Place
from trustledger.records import BookInfo, Record
from trustledger.sheets import tomltext
from trustledger.sheets.attachments import Attachments
from trustledger.sheets.booktoml import FILE as BOOK_TOML
from trustledger.sheets.booktoml import read_book
from trustledger.sheets.rows import Converter, build, match_columns
from trustledger.sheets.sources import near_misses, read_bytes, read_tables
from trustledger.undisturbed import undisturbed


@dataclass(frozen=True, slots=True)
class FolderContents:
    """What a book folder says, before any book has been asked.

    ``facts`` are the records, each with its place: funds, terms, then sheet by sheet in the order
    of ``layout.SHEETS``, rows in their own order. ``attachments`` maps ``sha256:<hex>`` to the
    file with that content. ``warnings`` are lines for a person; nothing is refused for them.
    """

    info: BookInfo
    facts: list[tuple[Place, Record]]
    attachments: dict[str, Path]
    warnings: list[str]
    headers: dict[str, dict[str, str]]  # file of a place -> record field -> header as written
    secret: bytes | None = field(default=None, repr=False)  # of book.toml, never of the books

    def place(self, place: Place, field: str) -> Place:
        """The place of one field of a fact: its row, and the column as the user named it."""
        return place._replace(column=self.headers.get(place.file, {}).get(field, place.column))


def read(folder: Path) -> FolderContents:
    """Everything in a book folder, checked as far as it can be without the book.

    Whether the units, funds and lines that rows name exist is the book's to say, since it may
    know them from before.

    :raises InvalidFile: no folder, no book.toml, or a file that cannot be read as what it is.
    :raises InvalidInput: a wrong value, located by file, row and column.
    :raises KeyConflict: one key with two contents in one sheet.
    """
    folder = Path(folder)
    if not os.path.isdir(folder):  # noqa: PTH112 (Path.is_dir raises where it may not look)
        raise InvalidFile(f"found no folder at {str(folder)!r}; trustledger init writes one")
    if not os.path.lexists(folder / BOOK_TOML):
        raise InvalidFile("no book.toml here; trustledger init writes one", place=Place(BOOK_TOML))
    book = read_book(read_bytes(folder, BOOK_TOML, tomltext.MOST_BYTES))
    facts = list(book.facts)
    attachments = Attachments(folder)
    converters: dict[str, Converter] = {
        "account": lambda text: find_account(text).code,
        "attachment": attachments.take,
    }
    warnings = near_misses(folder)
    headers: dict[str, dict[str, str]] = {}
    with undisturbed():
        for layout, table in read_tables(folder, warnings.append, match_columns):
            # a spreadsheet program makes a date of 2017-03, and its first day is what stays
            months = {"month": _first_of_month} if ".xlsx" in table.file else {}
            sheet = build(table, layout, converters | months)
            facts.extend(sheet.facts)
            headers[table.file] = sheet.headers
            warnings.extend(table.warnings)
    return FolderContents(book.info, facts, attachments.found, warnings, headers, book.secret)


def _first_of_month(text: str) -> str:
    return text[:7] if len(text) == 10 and text.endswith("-01") else text
