"""XLSX, read back with another library: numbers that are exact, texts that are only texts."""

from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger.document import Column, Due, Statement, Table
from trustledger.errors import InvalidInput
from trustledger.render.to_xlsx import EXACT_FEN, render, sheet_name

from .samples import EMPTY, HOSTILE, OWNER, ROOT, income_expenditure, with_texts

openpyxl: Any = pytest.importorskip("openpyxl")


def opened(statement: Statement) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(statement)))


def cells(statement: Statement) -> Iterator[Any]:
    for sheet in opened(statement):
        for row in sheet.iter_rows():
            yield from (cell for cell in row if cell.value is not None)


def amounts(*fens: int) -> Statement:
    table = Table("t", "", (Column("a", "A", "amount"),), tuple((fen,) for fen in fens))
    return EMPTY._replace(blocks=(table,))


def column_a(statement: Statement, count: int) -> list[Any]:
    sheet = opened(statement).worksheets[0]
    at = next(cell.row for cell in sheet["A"] if cell.value == "A") + 1
    return [sheet.cell(row, 1) for row in range(at, at + count)]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_formula_a_link_or_a_number(text: str) -> None:
    statement = with_texts(text)
    said = 0
    for cell in cells(statement):
        assert cell.data_type != "f"
        assert cell.hyperlink is None
        if cell.data_type == "s":
            said += 1
            assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", cell.value)
    assert said >= 20
    with zipfile.ZipFile(io.BytesIO(render(statement))) as parts:
        for name in parts.namelist():
            assert "external" not in name.lower()
            xml = parts.read(name)
            ElementTree.fromstring(xml)  # well-formed, whatever the text
            assert b"<f>" not in xml
            assert not re.search(rb"<hyperlinks?[ >]", xml)
            assert b'TargetMode="External"' not in xml


def test_a_text_reads_as_it_was_written() -> None:
    texts = [cell.value for cell in cells(with_texts("=1+1 <b>&amp; _x0041_"))]
    assert texts.count("=1+1 <b>&amp; _x0041_") >= 10
    assert "a[U+001B][31m[U+202E]b" in [
        cell.value for cell in cells(with_texts("a\x1b[31m\u202eb"))
    ]


@settings(max_examples=25)
@given(st.lists(st.integers(-EXACT_FEN + 1, EXACT_FEN - 1), min_size=20, max_size=60))
def test_every_amount_is_the_fen_that_was_given(fens: list[int]) -> None:
    for cell, fen in zip(column_a(amounts(*fens), len(fens)), fens, strict=True):
        assert cell.data_type == "n"
        assert cell.number_format == "#,##0.00"
        assert (
            f"{cell.value:.2f}" == f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
        )


def test_an_amount_that_a_float_does_not_hold_is_text() -> None:
    largest, beyond, below = EXACT_FEN - 1, EXACT_FEN, -EXACT_FEN - 1
    shown = column_a(amounts(largest, beyond, below), 3)
    assert [cell.data_type for cell in shown] == ["n", "s", "s"]
    assert [cell.value for cell in shown[1:]] == ["10,000,000,000,000.00", "-10,000,000,000,000.01"]


def test_counts_and_rates_are_numbers_and_remarks_are_texts() -> None:
    columns = (
        Column("a", "A", "count"),
        Column("b", "B", "rate"),
        Column("c", "C", "amount"),
        Column("d", "D", "date"),
    )
    table = Table("t", "", columns, ((1204, "0.8812", "—", "2024-01-31"),))
    found = [cell for cell in cells(EMPTY._replace(blocks=(table,))) if cell.row == 6]
    assert [cell.value for cell in found] == [1204, 0.8812, "—", "2024-01-31"]
    assert [cell.number_format for cell in found[:2]] == ["#,##0", "0.00%"]


def test_the_sheet_is_set_for_paper() -> None:
    book = opened(OWNER)
    sheet = book.worksheets[0]
    assert book.sheetnames == ["业主对账单", "facts"]
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.page_setup.fitToWidth in (None, 1)  # 1 is what a missing one means
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.oddFooter.center.text) == "第 &P 页，共 &N 页"
    assert sheet.freeze_panes == "A4"
    assert sheet.print_title_rows == "$1:$4"
    assert book.properties.created == datetime(2024, 3, 31)


def test_a_table_that_comes_first_has_its_header_frozen() -> None:
    sheet = opened(EMPTY).worksheets[0]
    frozen = int(re.sub(r"[A-Z]", "", sheet.freeze_panes)) - 1
    assert [sheet.cell(frozen, place).value for place in (1, 2)] == ["房号", "应收"]


def test_facts_stand_on_their_own_sheet() -> None:
    rows = [tuple(row) for row in opened(income_expenditure())["facts"].values]
    assert rows == [
        ("fact", "value"),
        ("opening", "88120.50"),
        ("income.service_fee", "12000.00"),
        ("income.parking", "0.00"),
        ("remuneration", "-440.32"),
        ("entries", 12),
    ]


def test_the_journal_stands_below() -> None:
    texts = [cell.value for cell in cells(OWNER)]
    assert "账簿共 1,204 笔凭证" in texts
    assert f"根摘要 {ROOT}" in texts


def test_an_amount_due_is_a_number_with_its_capitals() -> None:
    due = Due("d", "应缴", 1_200_000, "壹万贰仟元整")
    found = list(cells(EMPTY._replace(blocks=(due,))))
    (figure,) = (cell for cell in found if cell.value == 12000)
    assert figure.number_format == '"¥"#,##0.00;"¥"-#,##0.00'
    assert "人民币（大写）壹万贰仟元整" in [cell.value for cell in found]


@given(st.text(alphabet=st.sampled_from("'[]:*?/\\ facts业主\t👨\x00historyH"), max_size=50))
def test_any_title_gives_a_name_that_a_workbook_takes(title: str) -> None:
    name = sheet_name(title, "owner")
    assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
    assert not re.search(r"[\[\]:*?/\\\x00-\x1f]", name)
    assert not name.startswith("'")
    assert not name.endswith("'")
    assert name.lower() not in ("facts", "history")


def test_a_text_longer_than_a_cell_is_refused_and_not_cut() -> None:
    def said(length: int) -> Statement:
        row = ("字" * length,)
        return EMPTY._replace(blocks=(Table("t", "", (Column("a", "A"),), (row,)),))

    assert [len(c.value) for c in column_a(said(32_767), 1)] == [32_767]
    with pytest.raises(InvalidInput, match=r"32,768 characters does .* 32,767; use another"):
        render(said(32_768))


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(InvalidInput, match=r"pip install 'trustledger\[xlsx\]'"):
        render(OWNER)
