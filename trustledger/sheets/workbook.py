"""XLSX bytes -> the same tables that CSV gives. The only file that knows openpyxl.

openpyxl is imported when a workbook is met, so that a folder of CSV files needs no extra.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from contextlib import closing
from importlib import import_module
from typing import Any, Self, TypeVar

from trustledger.errors import InvalidFile, Place, TrustLedgerError
from trustledger.sheets.cells import cell_text
from trustledger.sheets.tables import Table, trim_header
from trustledger.sheets.zipguard import MOST_ROWS, check_workbook

MOST_BYTES = 50 * 2**20
"""No workbook file is larger than this."""

_MOST_CELLS = 20_000_000
_T = TypeVar("_T")


class Workbook:
    """An .xlsx file, checked and open for reading; a context manager.

    :raises InvalidFile: on opening or reading, whatever is wrong with the file.
    """

    def __init__(self, data: bytes, file: str) -> None:
        self.file = file
        self._has_formulas = check_workbook(data, file)
        self._data = data
        self._values = self._guard(lambda: self._load(data_only=True))
        self.names: list[str] = [sheet.title for sheet in self._values.worksheets]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._values.close()

    def table(self, name: str, label: str) -> Table:
        """The sheet of that name; ``label`` is the file name that errors show.

        :raises InvalidFile: a cell that no text stands for, a formula without a stored value, a
            row longer than the header.
        """
        return self._guard(lambda: self._read(name, label))

    def _load(self, *, data_only: bool) -> Any:
        try:
            openpyxl = import_module("openpyxl")
        except ImportError:
            raise InvalidFile(
                "reading .xlsx needs openpyxl: pip install trustledger[xlsx], or save it as CSV",
                place=Place(self.file),
            ) from None
        return openpyxl.load_workbook(
            io.BytesIO(self._data), read_only=True, data_only=data_only, keep_links=False
        )

    def _guard(self, action: Callable[[], _T]) -> _T:
        try:
            with warnings.catch_warnings():  # openpyxl warns of charts and the like
                warnings.simplefilter("ignore")
                return action()
        except TrustLedgerError:
            raise
        # openpyxl trusts its input: a damaged part ends in any error there is
        except Exception as error:
            raise InvalidFile(
                f"cannot be read as a workbook ({type(error).__name__}); save it again as .xlsx",
                place=Place(self.file),
            ) from None

    def _read(self, name: str, label: str) -> Table:
        header: tuple[str, ...] = ()
        rows: list[tuple[int, Sequence[str]]] = []
        count = 0
        for number, cells in enumerate(_sheet_rows(self._values, name), 1):
            count += len(cells)
            if number > MOST_ROWS or count > _MOST_CELLS:
                raise InvalidFile("has more rows and columns than can be read", place=Place(label))
            texts = _texts(cells, header, label, number)
            if number == 1:
                header = trim_header(texts, label)
                continue
            width = len(header)
            beyond = next((n for n, text in enumerate(texts[width:], width + 1) if text), 0)
            if beyond:
                raise InvalidFile(
                    f"found a value in column {beyond}, and the header has {width}; "
                    "clear the cell or give its column a header",
                    place=Place(label, number),
                )
            if "".join(texts).strip():
                rows.append((number, texts + [""] * (width - len(texts))))
        if not header:
            raise InvalidFile(
                "the sheet is empty; write at least the header row", place=Place(label)
            )
        if self._has_formulas:
            self._check_formulas(name, label, header)
        return Table(label, header, rows)

    def _check_formulas(self, name: str, label: str, header: tuple[str, ...]) -> None:
        # Read again with the formulas in place of their values: only so can a cell that was never
        # calculated be told from an empty one. A calculated empty text keeps its type, "str".
        with closing(self._load(data_only=False)) as formulas:
            pairs = zip(_sheet_rows(self._values, name), _sheet_rows(formulas, name), strict=True)
            for number, (values, cells) in enumerate(pairs, 1):
                for column, (value, cell) in enumerate(zip(values, cells, strict=True)):
                    if cell.data_type == "f" and value.value is None and value.data_type != "str":
                        raise InvalidFile(
                            "found a formula without a stored value; open the workbook in a "
                            "spreadsheet program, save it, and load it again",
                            place=Place(label, number, _header_at(header, column)),
                        )


def _sheet_rows(book: Any, name: str) -> Any:
    sheet = next(sheet for sheet in book.worksheets if sheet.title == name)
    sheet.reset_dimensions()  # what a sheet says of its own size need not be true
    return sheet.iter_rows()


def _texts(cells: Any, header: tuple[str, ...], label: str, number: int) -> list[str]:
    try:
        return [cell_text(cell.value, cell.data_type) for cell in cells]
    except InvalidFile:
        for column, cell in enumerate(cells):
            try:
                cell_text(cell.value, cell.data_type)
            except InvalidFile as error:
                raise error.at(Place(label, number, _header_at(header, column))) from None
        raise


def _header_at(header: tuple[str, ...], column: int) -> str:
    return header[column] if column < len(header) else str(column + 1)
