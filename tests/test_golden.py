"""Every statement in every format, compared with what was looked at and found right.

``pytest --write-golden`` writes them anew; look at the difference before committing it. PDF and
XLSX are compared by what a reader sees, since their compression may differ between machines.
"""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import openpyxl
import pytest

import trustledger as tl
from trustledger.render import FORMATS
from trustledger.statements import OF_A_BUDGET

GOLDEN = Path(__file__).parent / "golden"
PERIOD = "2025-01..2025-06"


def readable(body: bytes, format_: str) -> str:
    if format_ == "pdf":
        told = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=body, capture_output=True, check=True
        )
        return "\n".join(" ".join(line.split()) for line in told.stdout.decode().splitlines())
    if format_ == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(body))
        return "\n".join(
            f"{sheet.title}!{cell.coordinate} {cell.data_type} {cell.number_format} {cell.value!r}"
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        )
    return body.decode()


@pytest.mark.parametrize("format_", FORMATS)
@pytest.mark.parametrize("name", tl.STATEMENTS)
def test_statement(
    name: str, format_: str, example_book: tl.Book, request: pytest.FixtureRequest
) -> None:
    other = {"reminders": "reminded_book"} | dict.fromkeys(
        (*OF_A_BUDGET, "resolution"), "budget_book"
    )
    book = request.getfixturevalue(other[name]) if name in other else example_book
    unit, of = ("1-101" if name == "owner" else None), ("R1" if name == "resolution" else None)
    compare(book.statement(name, PERIOD, unit=unit, of=of), format_, request)


@pytest.mark.parametrize("format_", FORMATS)
def test_execution_of_a_budget(
    format_: str, budget_book: tl.Book, request: pytest.FixtureRequest
) -> None:
    report = budget_book.statement("budget_execution", PERIOD)
    compare(report, format_, request, "budget_execution_of_a_year")


@pytest.mark.parametrize("format_", FORMATS)
def test_notice(format_: str, reminded_book: tl.Book, request: pytest.FixtureRequest) -> None:
    notices = {report.facts["unit"]: report for report in reminded_book.notices("2025-05-01")}
    compare(notices["1-301"], format_, request)  # whose plan was broken the day before


def compare(
    report: tl.Report, format_: str, request: pytest.FixtureRequest, name: str = ""
) -> None:
    body = report.render(format_)
    assert body == report.render(format_)
    seen = readable(body, format_)
    path = GOLDEN / f"{name or report.statement.name}.{format_}.txt"
    if request.config.getoption("--write-golden"):
        path.write_text(seen, encoding="utf-8", newline="")
    assert seen == path.read_bytes().decode()
