"""Files as such: encodings, files saved half, wrong places, near misses, and the two real cases."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from trustledger import errors
from trustledger.errors import TrustLedgerError
from trustledger.records import Receipt
from trustledger.sheets import FolderContents, read
from trustledger.sheets.layout import SHEETS

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]

CASES = Path(__file__).parents[1] / "cases"
RECEIPTS = "key,date,unit,amount,channel,payer,memo\n"
ROW = "S1,2024-01-05,1-101,137.40,cash,张三,\n"
RIGHT = "save it as 'CSV UTF-8' (GB18030 is read too)"


def only_receipt(contents: FolderContents) -> Receipt:
    """The one receipt of a folder that has one."""
    (found,) = [record for _, record in contents.facts if isinstance(record, Receipt)]
    return found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(make_folder: MakeFolder, encoding: str, end: str) -> None:
    text = (RECEIPTS + ROW).replace("张三", "张三丰䶮").replace("\n", end)
    contents = read(make_folder({"receipts.csv": text.encode(encoding)}))
    assert only_receipt(contents).payer == "张三丰䶮"
    assert only_receipt(contents).on == date(2024, 1, 5)
    assert contents.warnings == []


WRONG_BYTES = [
    ((RECEIPTS + ROW).encode("utf-16"), f"wrong encoding: found UTF-16; {RIGHT}"),
    ((RECEIPTS + ROW).encode("utf-16-be"), f"wrong encoding: found a NUL byte; {RIGHT}"),
    (
        (RECEIPTS + ROW.replace("张三", "José")).encode("latin-1"),
        f"wrong encoding: line 2 is not UTF-8 and the file is not GB18030; {RIGHT}",
    ),
    (
        (RECEIPTS + ROW.replace("张三", "丁文中")).encode("big5"),
        f"wrong encoding: line 2 is not UTF-8 and the file is not GB18030; {RIGHT}",
    ),
    (
        (RECEIPTS + ROW + ROW).encode()[:-3],
        "wrong encoding: line 3 is not UTF-8, though the rest is: "
        "the file was cut or damaged; save or copy it again",
    ),
    (
        b"\xef\xbb\xbf" + (RECEIPTS + ROW).encode("gb18030"),
        "wrong encoding: line 2 is not UTF-8, though the rest is: "
        "the file was cut or damaged; save or copy it again",
    ),
    (b"", "is empty; write at least the header row, or leave it out"),
    (b"\xef\xbb\xbf\r\n", "is empty; write at least the header row, or leave it out"),
    (b"PK\x03\x04...", "is a workbook under a CSV file's name; rename it to .xlsx"),
]


@pytest.mark.parametrize(("data", "message"), WRONG_BYTES)
def test_wrong_bytes(failure: Failure, data: bytes, message: str) -> None:
    error = failure({"receipts.csv": data})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.csv: {message}"


COMMAS = (
    "write every comma, also those of empty cells; if it is the last row, "
    "the file may have been saved only half"
)
CUT = "the file ends inside this row: it was saved or copied only half, write it again"
QUOTED = 'put a cell that holds a comma, such as "12,000.00", in quotation marks'
WRONG_ROWS = [
    (RECEIPTS + ROW + ROW[:-12], f"row 3: found 4 cells where the header has 7; {CUT}"),
    (RECEIPTS + ROW + "S2", f"row 3: found 1 cells where the header has 7; {CUT}"),
    (RECEIPTS + ROW + "S2,2024-01-05\n", f"row 3: found 2 cells where the header has 7; {COMMAS}"),
    (RECEIPTS + "S2,,\n" + ROW, f"row 2: found 3 cells where the header has 7; {COMMAS}"),
    (
        RECEIPTS + ROW + 'S2,2024-01-05,1-101,"1,0',
        "row 3: found a quotation mark that is never closed: the file was cut or damaged",
    ),
    (
        RECEIPTS + ROW + f'S2,"{"x" * 200_000}\n',
        "row 3: found a cell longer than any text; is a quotation mark not closed?",
    ),
    (
        RECEIPTS + 'S"1",2024-01-05,1-101,5,"cash" ,张三,\n',
        "row 2: found text after a closing quotation mark; write one inside a cell twice",
    ),
    (
        RECEIPTS + "S1,2024-01-05,1-101,1,000.00,cash,张三,\n",
        f"row 2: found 8 cells where the header has 7; {QUOTED}",
    ),
    (
        RECEIPTS.replace("\n", ",\n") + "S1,2024-01-05,1-101,5,cash,张三,,x\n",
        f"row 2: found 8 cells where the header has 7; {QUOTED}",
    ),
    (
        RECEIPTS.replace(",", ";") + ROW,
        "row 1: found one column 'key;date;unit;amount;channel;payer;memo'; "
        "columns are separated by ','",
    ),
    ("\n" + RECEIPTS, "row 1: found an empty row; row 1 holds the column headers"),
]


@pytest.mark.parametrize(("text", "message"), WRONG_ROWS)
def test_files_saved_half_and_broken_rows(failure: Failure, text: str, message: str) -> None:
    error = failure({"receipts.csv": text})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.csv, {message}"


def test_every_cut_is_refused_or_warned_of_or_a_whole_row_short(make_folder: MakeFolder) -> None:
    data = (RECEIPTS + ROW + ROW.replace("S1", "S2").replace("137.40", '"1,137.40"')).encode()
    first, second = len(RECEIPTS.encode()), len((RECEIPTS + ROW).encode())
    for length in range(len(data)):
        try:
            contents = read(make_folder({"receipts.csv": data[:length]}))
        except TrustLedgerError:
            continue
        whole_rows = length in (first - 1, first, second)
        assert contents.warnings or whole_rows, data[:length]


def test_a_last_line_without_its_end_is_warned_of(make_folder: MakeFolder) -> None:
    contents = read(make_folder({"opening.csv": "account,amount\n1002,1200.50"}))
    assert contents.warnings == [
        "opening.csv: the last line has no line end; if the file was cut while it was saved or "
        "copied, the last cell of row 2 may be incomplete"
    ]


def test_empty_columns_at_the_end_are_no_columns(make_folder: MakeFolder) -> None:
    text = (RECEIPTS + ROW).replace("\n", ",,\n") + ",,,,,,,,\n"
    assert only_receipt(read(make_folder({"receipts.csv": text}))).key == "S1"


def test_near_misses_are_warned_of(make_folder: MakeFolder) -> None:
    names = ["reciepts.csv", "Units.csv", "收款2024.csv", "budget.xls", "books.toml"]
    fine = ["notes.csv", "receipts.csv.bak", "~$units.xlsx", ".income.csv", "SOURCE.md"]
    contents = read(make_folder(dict.fromkeys([*names, *fine], "x")))
    assert contents.warnings == [
        "'Units.csv' is not read; did you mean units.csv?",
        "'books.toml' is not read; did you mean book.toml?",
        "'budget.xls' is not read; did you mean budget.csv?",
        "'reciepts.csv' is not read; did you mean receipts.csv?",
        "'收款2024.csv' is not read; did you mean receipts.csv?",
    ]


def test_a_sheet_in_two_places_is_refused(failure: Failure) -> None:
    error = failure({"units.csv": "x", "units.xlsx": b"x"})
    assert type(error) is errors.InvalidFile
    assert str(error) == "units.xlsx: the sheet units is also in units.csv; keep one of them"


def test_no_folder_no_book(tmp_path: Path) -> None:
    with pytest.raises(errors.InvalidFile) as caught:
        read(tmp_path)
    assert str(caught.value) == "book.toml: no book.toml here; trustledger init writes one"
    with pytest.raises(errors.InvalidFile) as caught:
        read(tmp_path / "none")
    nowhere = str(tmp_path / "none")
    assert str(caught.value) == f"found no folder at {nowhere!r}; trustledger init writes one"


def test_what_is_no_file_is_refused(failure: Failure, tmp_path: Path) -> None:
    (tmp_path / "units.csv").symlink_to(tmp_path / "nothing")
    assert str(failure({})) == "units.csv: is not a file, or a link to nothing"
    (tmp_path / "units.csv").unlink()
    (tmp_path / "income.csv").mkdir()
    assert str(failure({})) == "income.csv: is not a file, or a link to nothing"
    (tmp_path / "income.csv").rmdir()
    os.mkfifo(tmp_path / "receipts.csv")  # opening it would wait for ever
    assert str(failure({})) == "receipts.csv: is not a file, or a link to nothing"


def test_the_garbage_collector_runs_again_afterwards(make_folder: MakeFolder) -> None:
    read(make_folder({"receipts.csv": RECEIPTS + ROW}))
    assert gc.isenabled()
    with pytest.raises(errors.InvalidAmount):
        read(make_folder({"receipts.csv": RECEIPTS + ROW.replace("137.40", "x")}))
    assert gc.isenabled()


@pytest.mark.parametrize(("case", "count"), [("case1", 1026), ("pingan-2017h1", 606)])
def test_the_real_cases_read(case: str, count: int) -> None:
    contents = read(CASES / case)
    assert len(contents.facts) == count
    assert contents.warnings == []


@pytest.mark.parametrize("case", ["case1", "pingan-2017h1"])
def test_chinese_headers_equal_english_ones(case: str, tmp_path: Path) -> None:
    for path in (CASES / case).iterdir():
        layout = next((one for one in SHEETS if path.name == f"{one.name}.csv"), None)
        text = path.read_text("utf-8-sig")
        if layout is not None:
            head, _, rest = text.partition("\n")
            titles = {column.name: column.title for column in layout.columns}
            text = ",".join(titles[name] for name in head.strip().split(",")) + "\n" + rest
        (tmp_path / path.name).write_text(text, "utf-8", newline="")
    assert read(tmp_path).facts == read(CASES / case).facts
