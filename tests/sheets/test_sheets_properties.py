"""Laws: no bytes raise anything but our own errors; what is written is what is read."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trustledger.errors import TrustLedgerError
from trustledger.money import yuan
from trustledger.records import Receipt
from trustledger.sheets import FolderContents, read
from trustledger.sheets.layout import SHEETS

openpyxl: Any = import_module("openpyxl")

SLOW = settings(deadline=2000)  # a folder is written for every example; a hang would be longer

BOOK = '[book]\ncode = "garden"\nname = "花园"\nstart = 2024-01-01\n'
COLUMNS = ("key", "date", "unit", "amount", "channel", "payer", "memo")
TITLES = ("流水号", "日期", "房号", "金额", "渠道", "付款人", "摘要")
FILES = ["book.toml", *(f"{one.name}{end}" for one in SHEETS for end in (".csv", ".xlsx"))]
FILES.append("book.xlsx")


def read_files(files: dict[str, bytes]) -> FolderContents:
    """What a new folder of these files, and a right book.toml, says."""
    with tempfile.TemporaryDirectory() as name:
        for file, data in ({"book.toml": BOOK.encode()} | files).items():
            (Path(name) / file).write_bytes(data)
        return read(Path(name))


def any_outcome(files: dict[str, bytes]) -> None:
    """Read, or refused in one line; any other error fails the test."""
    try:
        read_files(files)
    except TrustLedgerError as error:
        assert "\n" not in str(error)
        str(error).encode()


HEADERS = st.sampled_from([",".join(c.name for c in one.columns) + "\n" for one in SHEETS])
PIECES = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "replace")),
    st.sampled_from(
        [b",", b'"', b"\n", b"\r\n", b"\xef\xbb\xbf", b"\0", b"[book]\n", b"2024-01-05"]
    ),
)
GARBAGE = st.lists(PIECES, max_size=8).map(b"".join)


@SLOW
@given(st.sampled_from(FILES), GARBAGE)
@example("book.toml", b"[book]\ncode = 1e99999999999999999999\n")
@example("units.csv", b"\xff")
def test_any_bytes_in_any_file(file: str, data: bytes) -> None:
    any_outcome({file: data})


@SLOW
@given(st.sampled_from(SHEETS), HEADERS, GARBAGE)
def test_any_bytes_after_a_header(layout: Any, header: str, data: bytes) -> None:
    own = ",".join(column.name for column in layout.columns) + "\n"
    for head in (own, header):
        any_outcome({f"{layout.name}.csv": head.encode() + data})


@SLOW
@given(st.lists(st.text(max_size=20), min_size=7, max_size=7))
def test_any_cells(cells: list[str]) -> None:
    any_outcome({"receipts.csv": to_csv([COLUMNS, cells]).encode("utf-8", "replace")})


def a_workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """receipts.xlsx of these rows."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


WHOLE = a_workbook([COLUMNS, ["S1", date(2024, 1, 5), "1-101", 137.4, "cash", "张三", "=1+1"]])
with zipfile.ZipFile(io.BytesIO(WHOLE)) as _archive:
    PARTS = {name: _archive.read(name) for name in _archive.namelist()}


@SLOW
@given(st.data())
def test_any_damage_to_a_workbook(data: st.DataObject) -> None:
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    any_outcome({"receipts.xlsx": bytes(damaged)[: data.draw(st.integers(0, len(damaged)))]})


@SLOW
@given(st.sampled_from(sorted(PARTS)), st.integers(0, 5000), st.integers(0, 40), GARBAGE)
def test_any_damage_to_a_part_of_a_workbook(name: str, at: int, cut: int, data: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for part, content in PARTS.items():
            at %= len(content)
            archive.writestr(
                part, content[:at] + data + content[at + cut :] if part == name else content
            )
    any_outcome({"receipts.xlsx": stream.getvalue()})


PRINTED = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp", "Z"))
WORDS = st.text(PRINTED, max_size=12)
RECEIPTS = st.lists(
    st.builds(
        Receipt,
        key=st.text(PRINTED, min_size=1, max_size=20),
        on=st.dates(date(1900, 3, 1), date(2999, 12, 31)),
        unit=st.text(PRINTED, min_size=1, max_size=20),
        amount=st.integers(1, 10**13).map(yuan),
        channel=WORDS,
        payer=WORDS,
        memo=st.text(PRINTED | st.sampled_from("\n ,\"'"), max_size=20).map(str.strip),
    ),
    unique_by=lambda receipt: receipt.key,
    min_size=1,
    max_size=8,
)


def cells_of(receipt: Receipt) -> list[str]:
    """A receipt as the text of its row."""
    texts = receipt.model_dump()
    amount = yuan(receipt.amount_fen)
    return [texts["key"], receipt.on.isoformat(), texts["unit"], amount, *list(texts.values())[4:]]


def to_csv(rows: Sequence[Sequence[str]]) -> str:
    """Rows as CSV text."""
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue()


def receipts_of(files: dict[str, bytes]) -> list[Receipt]:
    """The receipts that a folder of these files holds."""
    return [one for _, one in read_files(files).facts if isinstance(one, Receipt)]


@SLOW
@given(RECEIPTS, st.permutations(range(7)), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_csv_gives_back_what_was_written(
    receipts: list[Receipt], order: list[int], encoding: str
) -> None:
    # Chinese headers: without them a short text in GB18030 may happen to be UTF-8 as well
    rows = [TITLES, *map(cells_of, receipts)]
    text = to_csv([[row[n] for n in order] for row in rows])
    assert receipts_of({"receipts.csv": text.encode(encoding)}) == receipts


@SLOW
@given(RECEIPTS, st.permutations(range(7)), st.booleans())
def test_xlsx_gives_back_what_was_written(
    receipts: list[Receipt], order: list[int], dates: bool
) -> None:
    rows: list[list[object]] = [list(COLUMNS)]
    for receipt in receipts:
        cells: list[object] = list(cells_of(receipt))
        cells[1] = receipt.on if dates else cells[1]
        if receipt.amount_fen < 10**12:  # a number cell keeps 15 digits
            cells[3] = receipt.amount_fen / 100
        rows.append(cells)
    book = openpyxl.Workbook()
    for number, row in enumerate(rows, 1):
        for column, position in enumerate(order, 1):
            cell = book.active.cell(number, column, row[position])
            if isinstance(row[position], str):
                cell.data_type = "s"  # also a text that looks like a formula or an error
    stream = io.BytesIO()
    book.save(stream)
    assert receipts_of({"receipts.xlsx": stream.getvalue()}) == receipts


@pytest.mark.parametrize("column", range(7))
def test_headers_may_be_mixed(column: int) -> None:
    header = [TITLES[n] if n == column else COLUMNS[n] for n in range(7)]
    text = to_csv([header, ["S1", "2024-01-05", "1", "5", "", "", ""]])
    (receipt,) = receipts_of({"receipts.csv": text.encode()})
    assert (receipt.key, receipt.amount_fen, receipt.memo) == ("S1", 500, "")
