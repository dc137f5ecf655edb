"""The year's example: whole, the same however it is charged, and as its README reckons it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from databases import fresh

import trustledger as tl
from trustledger import folderbook
from trustledger.document import Table
from trustledger.records import Record
from trustledger.sheets import read
from trustledger.sheets.columns import SheetLayout
from trustledger.sheets.layout import FEES
from trustledger.sheets.tables import read_csv
from trustledger.statements import COMMUNITY

YEAR = Path(__file__).parents[1] / "examples" / "year"


def fixed_clock() -> str:
    return "2026-01-01T00:00:00+00:00"


MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]


def a_copy(where: Path) -> Path:
    return Path(shutil.copytree(YEAR, where / "year"))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tl.Book:
    """The year, loaded and charged at once. Not to be written to."""
    folder = a_copy(tmp_path_factory.mktemp("year"))
    return folderbook.load(folder, period="2025", clock=fixed_clock).book


# --------------------------------------------------------------------------- whole


def test_a_year_in_one_go(tmp_path: Path) -> None:
    pack = tl.month(a_copy(tmp_path), "2025", tmp_path / "pack")
    assert pack.loaded.warnings == ()
    assert pack.loaded.book.verify() == []
    assert len(list((tmp_path / "pack" / "owners").glob("*.pdf"))) == 9


@pytest.mark.parametrize("layout", FEES, ids=lambda layout: layout.name)
def test_every_sheet_and_every_column_is_used(layout: SheetLayout) -> None:
    file = f"{layout.name}.csv"
    table = read_csv((YEAR / file).read_bytes(), file)
    filled: set[str] = set()
    for _, cells in table.rows:
        filled.update(h for h, cell in zip(table.header, cells, strict=True) if cell.strip())
    for column in (one for one in layout.columns if not one.budget):
        assert filled & {column.name, column.title}, f"{file}: nothing under {column.name}"


def test_both_languages_head_its_sheets() -> None:
    heads = {path.name: path.read_text("utf-8").splitlines()[0] for path in YEAR.glob("*.csv")}
    assert 5 < sum(head.isascii() for head in heads.values()) < len(heads) - 5


# --------------------------------------------------------------------------- the same


def figures_of(book: tl.Book) -> dict[str, object]:
    """Every statement's facts: of the year, of its months, of every unit, of both funds."""
    found: dict[str, object] = {}
    for name in (*COMMUNITY, "owner", "owing", "receipts", "reminders"):
        if name == "owner":
            for unit in book.units():
                owner = book.statement(name, "2025", unit=unit.unit)
                found[f"{name} {unit.unit}"] = (owner.facts, owner.statement.tables)
            continue
        for period in ("2025", *MONTHS):
            found[f"{name} {period}"] = book.statement(name, period).facts
    found["lift"] = book.statement("income_expenditure", "2025", fund="lift").facts
    return found


def test_loaded_whole_and_charged_month_by_month_it_is_the_same_year(
    tmp_path: Path, book: tl.Book
) -> None:
    other = folderbook.load(a_copy(tmp_path)).book
    for month in MONTHS:
        assert other.charge(month)
    assert other.verify() == []
    assert figures_of(other) == figures_of(book)


def test_kept_month_by_month_as_it_went_it_is_the_same_year(book: tl.Book) -> None:
    """Each month's facts are entered before it is charged, as the documents ask."""
    contents = read(YEAR)
    files = {digest.removeprefix("sha256:"): at for digest, at in contents.attachments.items()}
    facts = [fact for _, fact in contents.facts]
    standing = [fact for fact in facts if not month_of_fact(fact)]
    other, _ = tl.Book.take(fresh(), contents.info, standing, files=files)
    for month in MONTHS:
        other.post(fact for fact in facts if month_of_fact(fact) == month)
        other.charge(month)
    assert other.verify() == []
    assert figures_of(other) == figures_of(book)


def month_of_fact(fact: Record) -> str:
    """The month of a fact's day; of what has none, such as a unit, nothing."""
    return str(getattr(fact, "on", ""))[:7]


# --------------------------------------------------------------------------- by hand

README = (YEAR / "README.md").read_text("utf-8")
NUMBER = r"\d[\d,]*(?:\.\d+)?"
AMOUNT = re.compile(r"(?<![\d.,])\d[\d,]*\.\d\d(?!\d)")


def worked() -> list[str]:
    """The lines of the README's blocks of arithmetic."""
    blocks = re.findall(r"```text\n(.*?)```", README, re.S)
    return [line for block in blocks for line in block.splitlines()]


def places(number: str) -> int:
    return len(number.partition(".")[2])


def reckoned(text: str) -> Fraction:
    """Sums of products, exactly: ``3 × 69.44 + 83.33 − 100 ÷ 4``."""
    total = Fraction(0)
    for sign, product in re.findall(r"(^|[+−])([^+−]+)", text):
        value = Fraction(1)
        for operation, number in re.findall(rf"(^|[×÷])\s*({NUMBER})\s*", product.strip()):
            factor = Fraction(number.replace(",", ""))
            value = value / factor if operation == "÷" else value * factor
        total += -value if sign == "−" else value
    return total


def rounded(value: Fraction, decimals: int, *, half_up: bool) -> Fraction:
    scaled = value * 10**decimals + (Fraction(1, 2) if half_up else 0)
    return Fraction(scaled.numerator // scaled.denominator, 10**decimals)


@pytest.mark.parametrize("line", worked())
def test_every_line_of_the_readme_is_right_and_on_its_statement(line: str, book: tl.Book) -> None:
    reckoning, _, where = (part.strip() for part in line.partition("|"))
    first, *steps = re.split(r"\s*([=→↓])\s*", reckoning)
    assert steps, "a line says what comes out"
    assert not re.sub(rf"{NUMBER}|[+−×÷]|\s", "", first), "a line is arithmetic"
    value = reckoned(first)
    for how, told in zip(steps[::2], steps[1::2], strict=True):
        assert re.fullmatch(NUMBER, told)
        right = value if how == "=" else rounded(value, places(told), half_up=how == "→")
        value = reckoned(told)
        assert value == right, f"{first} {how} {right}, not {told}"
    if where:
        assert on_statement(book, where, re.findall(NUMBER, first)) == value


def on_statement(book: tl.Book, where: str, parts: list[str]) -> Fraction:
    """The figure of which ``where`` speaks: a fact by its path, or a row by its table and cells."""
    head, _, tail = where.partition(": ")
    name, period, *whose = head.split()
    wanted = {("unit" if name == "owner" else "fund"): one for one in whose}
    report = book.statement(name, period, **wanted)
    title, *cells = tail.split()
    if not cells:
        fact: object = report.facts
        for step in title.split("."):
            assert isinstance(fact, dict)
            fact = fact[step]
        assert isinstance(fact, str)
        return Fraction(fact)
    (table,) = (one for one in report.statement.tables if one.title == title)
    (row,) = rows_with(table, cells)
    if title == "收付明细":
        told = [found for cell in row if isinstance(cell, str) for found in AMOUNT.findall(cell)]
        assert sorted(map(Decimal, told)) == sorted(map(Decimal, parts)), "what the money settled"
    assert isinstance(row[-1], int)
    return Fraction(row[-1], 100)


def rows_with(table: Table, cells: list[str]) -> Iterator[tuple[object, ...]]:
    return (row for row in table.rows if set(cells) <= {str(cell) for cell in row})


def test_the_readme_states_no_amount_that_it_does_not_reckon() -> None:
    """In its words stand only amounts of the sheets, or those of a line that is checked."""
    sheets = "\n".join(path.read_text("utf-8") for path in YEAR.glob("*.csv"))
    known = {Decimal(found.replace(",", "")) for found in AMOUNT.findall("\n".join(worked()))}
    known |= {Decimal(found.replace(",", "")) for found in AMOUNT.findall(sheets)}
    words = re.sub(r"```.*?```", "", README, flags=re.S)
    told = {Decimal(found.replace(",", "")) for found in AMOUNT.findall(words)}
    assert len(told) > 20
    assert told <= known


def test_who_owes_is_reminded_and_a_plan_holds_it_off_while_it_is_kept(tmp_path: Path) -> None:
    """2-101 owes for May; it agrees to two instalments in July, and what it pays covers them."""
    book = folderbook.load(a_copy(tmp_path), period="2025", clock=fixed_clock).book
    days = ("2025-05-30", "2025-06-15", "2025-08-31", "2025-10-31", "2025-11-01")
    told = {on: [(one.unit, one.days) for one in book.to_remind(on)] for on in days}
    assert told == {
        "2025-05-30": [],
        "2025-06-15": [("2-101", 30)],
        "2025-08-31": [],
        "2025-10-31": [],
        "2025-11-01": [("2-101", 90)],
    }
