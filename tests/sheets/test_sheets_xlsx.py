"""Workbooks: what each kind of cell becomes, what is refused, and bombs that must not go off."""

from __future__ import annotations

import io
import sys
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from trustledger import errors
from trustledger.errors import Place, TrustLedgerError
from trustledger.records import Receipt, Unit, Waiver
from trustledger.sheets import read

openpyxl: Any = import_module("openpyxl")

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]
Edit = Callable[[str, bytes], bytes]

HEADER = ["key", "date", "unit", "amount", "channel", "payer", "memo"]
SHEET = "xl/worksheets/sheet1.xml"
AMOUNT = "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"


def workbook(sheets: Mapping[str, Any]) -> bytes:
    """An .xlsx file of sheets by name, each a list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def receipts(**changed: object) -> bytes:
    """receipts.xlsx with one row, right but for what is changed."""
    right: dict[str, object] = {"key": "S1", "date": date(2024, 1, 5), "unit": "1-101"}
    right |= {"amount": 137.4, "channel": "cash", "payer": "张三", "memo": None}
    return workbook({"Sheet1": [HEADER, list((right | changed).values())]})


def edited(data: bytes, edit: Edit, more: Files | None = None, method: int = 8) -> bytes:
    """The workbook with its parts changed, and more parts, which are not compressed if large."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", method) as new:
        for member in old.infolist():
            new.writestr(member.filename, edit(member.filename, old.read(member)))
        for name, content in (more or {}).items():
            new.writestr(name, content, method if len(content) < 2**22 else zipfile.ZIP_STORED)
    return stream.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    """receipts.xlsx with a piece of its sheet's XML replaced."""

    def edit(name: str, part: bytes) -> bytes:
        assert name != SHEET or old in part
        return part.replace(old, new) if name == SHEET else part

    return edited(receipts(), edit)


def read_receipt(make_folder: MakeFolder, data: bytes) -> Receipt:
    """The receipt of the second row."""
    place, record = read(make_folder({"receipts.xlsx": data})).facts[-1]
    assert place == Place("receipts.xlsx", 2)
    assert isinstance(record, Receipt)
    return record


@pytest.mark.parametrize(
    ("amount", "fen"), [(137.4, 13740), (12000, 1200000), (12000.0, 1200000), ("1,200.5", 120050)]
)
def test_amount_cells(make_folder: MakeFolder, amount: object, fen: int) -> None:
    assert read_receipt(make_folder, receipts(amount=amount)).amount_fen == fen


def test_other_cells(make_folder: MakeFolder) -> None:
    data = receipts(key=20240105, date=datetime(2024, 1, 5), payer=13800000000, memo="=文本"[1:])
    receipt = read_receipt(make_folder, data)
    assert (receipt.key, receipt.payer, receipt.memo) == ("20240105", "13800000000", "文本")
    assert receipt.on == date(2024, 1, 5)


def test_excels_seventeen_digits_are_the_number_they_show(make_folder: MakeFolder) -> None:
    data = in_sheet(b"<v>137.4</v>", b"<v>137.40000000000001</v>")  # the float nearest to 137.4
    assert read_receipt(make_folder, data).amount_fen == 13740


TEXT_CELL = "write text, a number or a date"
WRONG_CELLS = [
    ({"amount": True}, f"amount: found the truth value TRUE; {TEXT_CELL}"),
    ({"amount": "#REF!"}, "amount: found the error value #REF!; correct the cell's formula"),
    (
        {"date": datetime(2024, 1, 5, 8)},
        f"date: found 2024-01-05 08:00:00, a time of day; {TEXT_CELL}",
    ),
    ({"date": time_of_day(8)}, f"date: found 08:00:00, a time of day; {TEXT_CELL}"),
    ({"memo": timedelta(hours=30)}, f"memo: found 1 day, 6:00:00, a time of day; {TEXT_CELL}"),
    (
        {"amount": 1e22},
        "amount: found the number 1e+22; a number cell keeps 15 digits, "
        "so write the digits again in a cell formatted as text",
    ),
    (
        {"key": 1234567890123456},
        "key: found the number 1234567890123456; a number cell keeps 15 digits, "
        "so write the digits again in a cell formatted as text",
    ),
    ({"unit": 1e-7}, "unit: found the number 1e-07; write it without an exponent"),
    (
        {"amount": "=137.4+0"},
        "amount: found a formula without a stored value; "
        "open the workbook in a spreadsheet program, save it, and load it again",
    ),
]


@pytest.mark.parametrize(("changed", "message"), WRONG_CELLS)
def test_wrong_cells(failure: Failure, changed: dict[str, object], message: str) -> None:
    error = failure({"receipts.xlsx": receipts(**changed)})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.xlsx, row 2, column {message}"


def test_a_floats_tail_is_refused(failure: Failure) -> None:
    error = failure({"receipts.xlsx": in_sheet(b"<v>137.4</v>", b"<v>0.30000000000000004</v>")})
    assert type(error) is errors.InvalidAmount
    assert str(error) == (
        f"receipts.xlsx, row 2, column amount: found '0.30000000000000004'; {AMOUNT}"
    )


def test_a_date_that_is_only_a_number_is_refused(failure: Failure) -> None:
    error = failure({"receipts.xlsx": receipts(date=45296)})
    assert type(error) is errors.InvalidDate
    assert str(error) == (
        "receipts.xlsx, row 2, column date: found '45296'; a date is written 2024-01-31"
    )


def test_formulas_with_stored_values(make_folder: MakeFolder) -> None:
    formula = b"<f>100+37.4</f><v>137.4</v>"
    assert read_receipt(make_folder, in_sheet(b"<v>137.4</v>", formula)).amount_fen == 13740
    empty = b'<c r="G2" t="str"><f>IF(1,"","")</f><v></v></c></row></sheetData>'
    data = in_sheet(b"</row></sheetData>", empty)
    assert read_receipt(make_folder, data).memo == ""


def test_rows_count_as_a_spreadsheet_counts_them(failure: Failure) -> None:
    rows = [HEADER, [], ["S1", date(2024, 1, 5), "1", "x", None, None]]
    error = failure({"receipts.xlsx": workbook({"Sheet1": rows})})
    assert str(error) == f"receipts.xlsx, row 3, column amount: found 'x'; {AMOUNT}"


def test_a_value_beyond_the_header(failure: Failure) -> None:
    error = failure({"receipts.xlsx": workbook({"Sheet1": [HEADER, [None] * 7 + ["x"]]})})
    assert type(error) is errors.InvalidFile
    assert str(error) == (
        "receipts.xlsx, row 2: found a value in column 8, and the header has 7; "
        "clear the cell or give its column a header"
    )


def test_an_empty_sheet(failure: Failure) -> None:
    error = failure({"receipts.xlsx": workbook({"Sheet1": []})})
    assert type(error) is errors.InvalidFile
    assert str(error) == "receipts.xlsx: the sheet is empty; write at least the header row"


def test_the_sheet_of_the_same_name_or_the_first(make_folder: MakeFolder) -> None:
    rows = [HEADER, ["S1", "2024-01-05", "1", "5", None, None, None]]
    for name in ("收款", "Receipts"):
        folder = make_folder({"receipts.xlsx": workbook({"说明": [["note"]], name: rows})})
        assert len(read(folder).facts) == 3
    folder = make_folder({"receipts.xlsx": workbook({"甲": rows, "乙": [["note"]]})})
    assert len(read(folder).facts) == 3


BOOK: dict[str, Any] = {
    "收款": [HEADER, ["S1", "2024-01-05", "1", 5]],
    "units": [["unit", "building", "area_m2", "usage", "owner", "phone"], [1, None, 67.01, "住宅"]],
    "说明": [["anything"]],
    "reciepts": [["anything"]],
}


def test_one_workbook_for_all_sheets(make_folder: MakeFolder) -> None:
    contents = read(make_folder({"book.xlsx": workbook(BOOK)}))
    assert contents.facts[-2:] == [
        (Place("book.xlsx sheet units", 2), Unit(unit="1", area_m2="67.01", usage="住宅")),
        (
            Place("book.xlsx sheet 收款", 2),
            Receipt.model_validate({"key": "S1", "on": "2024-01-05", "unit": "1", "amount": "5"}),
        ),
    ]
    assert contents.warnings == [
        "book.xlsx: the sheet 'reciepts' is not read; did you mean receipts?"
    ]


def test_a_sheet_in_the_workbook_and_in_a_file(failure: Failure) -> None:
    error = failure({"book.xlsx": workbook(BOOK), "units.csv": "unit\n"})
    assert type(error) is errors.InvalidFile
    assert (
        str(error)
        == "book.xlsx sheet units: the sheet units is also in units.csv; keep one of them"
    )


def test_a_month_that_became_a_date(make_folder: MakeFolder) -> None:
    header = ["key", "date", "unit", "month", "amount", "authority", "memo"]
    row = ["W1", date(2024, 5, 1), "1", date(2024, 3, 1), 5, "决议", None]
    _, waiver = read(make_folder({"waivers.xlsx": workbook({"x": [header, row]})})).facts[-1]
    assert isinstance(waiver, Waiver)
    assert waiver.month == "2024-03"


def test_openpyxl_is_an_extra(failure: Failure, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    error = failure({"receipts.xlsx": receipts()})
    assert type(error) is errors.InvalidFile
    assert str(error) == (
        "receipts.xlsx: reading .xlsx needs openpyxl: pip install trustledger[xlsx], "
        "or save it as CSV"
    )


def keep(_: str, part: bytes) -> bytes:
    """The part as it is."""
    return part


def encrypted() -> bytes:
    """A zip whose members say that they are encrypted."""
    data = bytearray(edited(receipts(), keep))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(mark, at + 1)
    return bytes(data)


def declared(name: str, part: bytes) -> bytes:
    """A billion laughs in the sheet."""
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return part.replace(b"<worksheet", laughs + b"<worksheet") if name == SHEET else part


def hidden(name: str, part: bytes) -> bytes:
    """The same in an encoding in which its name cannot be searched for."""
    head = b'<?xml version="1.0" encoding="cp037"?>'
    return head + declared(name, part).decode().encode("cp037", "ignore") if name == SHEET else part


def utf_16(name: str, part: bytes) -> bytes:
    """The same in UTF-16."""
    return declared(name, part).decode().encode("utf-16") if name == SHEET else part


def broken(name: str, part: bytes) -> bytes:
    """A sheet that stops in its middle."""
    return part[: len(part) // 2] if name == SHEET else part


DECLARES = "has a part that declares a document type, as no workbook does"
NOT_UTF8 = "has a part that is not UTF-8; save it again as .xlsx"
BAD_WORKBOOKS: list[tuple[Callable[[], bytes], str]] = [
    (lambda: b"key,date\n", "is not a workbook or is damaged; save it again as .xlsx"),
    (lambda: receipts()[:-30], "is not a workbook or is damaged; save it again as .xlsx"),
    (
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "found an old .xls or a workbook with a password; save it as .xlsx without one",
    ),
    (encrypted, "is encrypted; save it without a password"),
    (
        lambda: edited(receipts(), keep, {f"x{n}": b"" for n in range(1000)}),
        "has 1009 parts; a workbook has at most 1000",
    ),
    (
        lambda: edited(receipts(), keep, {"../../x": b""}),
        "has a part named '../../x', which climbs out of the workbook",
    ),
    (
        lambda: edited(receipts(), keep, {"/etc/x": b""}),
        "has a part named '/etc/x', which climbs out of the workbook",
    ),
    (
        lambda: edited(receipts(), keep, {"x": bytes(2**21)}),
        "has a part compressed more than 200 times, as no sheet is",
    ),
    (
        lambda: edited(receipts(), keep, {"xl/more.xml": bytes(range(256)) * 2**16}),
        "has a part of 16 MB beside its sheets, as no workbook has",
    ),
    (
        lambda: edited(receipts(), keep, method=zipfile.ZIP_BZIP2),
        "uses a compression that no workbook uses; save it again as .xlsx",
    ),
    (
        lambda: edited(receipts(), keep, {"x": b"<row/>" * (2**20 + 1)}),
        "has a part of more than 1048576 rows",
    ),
    (lambda: edited(receipts(), declared), DECLARES),
    (lambda: edited(receipts(), hidden), NOT_UTF8),
    (lambda: edited(receipts(), utf_16), NOT_UTF8),
    (
        lambda: edited(receipts(), broken),
        "cannot be read as a workbook (ParseError); save it again as .xlsx",
    ),
    (
        lambda: in_sheet(
            b"</sheetData>", b'<row r="99999999999"><c><v>1</v></c></row></sheetData>'
        ),
        "has more rows and columns than can be read",
    ),
]


@pytest.mark.parametrize(("make", "message"), BAD_WORKBOOKS)
def test_bad_workbooks(failure: Failure, make: Callable[[], bytes], message: str) -> None:
    error = failure({"receipts.xlsx": make()})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.xlsx: {message}"


def test_a_zip_bomb_does_not_go_off(make_folder: MakeFolder) -> None:
    stream = io.BytesIO(receipts())
    with (
        zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/media/image1.png", "w", force_zip64=True) as part,
    ):
        for _ in range(300):
            part.write(bytes(2**20))
    data = stream.getvalue()
    assert len(data) < 2**20
    folder = make_folder({"receipts.xlsx": data})
    tracemalloc.start()
    began = time.perf_counter()
    with pytest.raises(errors.InvalidFile) as caught:
        read(folder)
    took, (_, peak) = time.perf_counter() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert str(caught.value) == "receipts.xlsx: expands to 300 MB; at most 50 MB are read"
    assert took < 1
    assert peak < 5 * 2**20


def test_a_sheet_that_lies_about_its_size_is_read(make_folder: MakeFolder) -> None:
    data = in_sheet(b'ref="A1:G2"', b'ref="A1:XFD1048576"')
    began = time.perf_counter()
    assert read_receipt(make_folder, data).key == "S1"
    assert time.perf_counter() - began < 1
