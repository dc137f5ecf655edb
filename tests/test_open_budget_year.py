"""The year with an open budget, told in other ways: as it went, and in a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
from databases import fresh

import trustledger as tl
from trustledger.facts import FOLLOWING
from trustledger.records import Record
from trustledger.sheets import read
from trustledger.sheets.layout import SHEETS
from trustledger.sheets.tables import read_csv

YEAR = Path(__file__).parents[1] / "examples" / "open_budget_year"
MONTHS = [f"2025-{month:02d}" for month in range(1, 13)]
VOTES = ("R0", "R1", "R2", "R3", "R4", "R5")


def months_of(facts: list[Record]) -> list[str]:
    """The month of every fact's day; of what follows another, that of the other; else nothing."""
    months = {(fact.kind, fact.record_key): str(getattr(fact, "on", ""))[:7] for fact in facts}
    return [
        max(months.get(name, "") for name in fact.names())
        if isinstance(fact, FOLLOWING)
        else months[fact.kind, fact.record_key]
        for fact in facts
    ]


def figures_of(book: tl.Book) -> dict[str, Any]:
    """What the year came to: its accounts, its votes, its version."""
    found: dict[str, Any] = {key: book.result(key) for key in VOTES}
    found |= {f"ballots {key}": book.ballots(key) for key in VOTES[1:]}
    found["version"] = book.version("2025")
    for period in ("2025", *MONTHS):
        found[period] = book.statement("trial_balance", period).facts
    return found


def test_kept_month_by_month_as_it_went_it_is_the_same_year() -> None:
    contents = read(YEAR)
    files = {digest.removeprefix("sha256:"): at for digest, at in contents.attachments.items()}
    facts = [fact for _, fact in contents.facts]
    whole, _ = tl.Book.take(fresh(), contents.info, facts, tl.Period.parse("2025"), files=files)
    assert whole.verify() == []
    when = months_of(facts)
    standing = [fact for fact, month in zip(facts, when, strict=True) if not month]
    other, _ = tl.Book.take(fresh(), contents.info, standing, files=files)
    for month in sorted({*when, *MONTHS} - {""}):
        other.post(fact for fact, of in zip(facts, when, strict=True) if of == month)
        if month in MONTHS:
            other.charge(month)
    assert other.verify() == []
    assert figures_of(other) == figures_of(whole)


def test_in_one_workbook_it_is_the_same_facts(tmp_path: Path) -> None:
    folder = tmp_path / "year"
    (folder / "papers").mkdir(parents=True)
    for path in [YEAR / "book.toml", *(YEAR / "papers").iterdir()]:
        (folder / path.relative_to(YEAR)).write_bytes(path.read_bytes())
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for layout in SHEETS:
        path = YEAR / f"{layout.name}.csv"
        if path.exists():
            table = read_csv(path.read_bytes(), path.name)
            sheet = workbook.create_sheet(layout.title)
            for cells in (table.header, *(cells for _, cells in table.rows)):
                sheet.append(list(cells))
    workbook.save(folder / "book.xlsx")
    contents = read(folder)
    assert contents.warnings == []
    assert [fact for _, fact in contents.facts] == [fact for _, fact in read(YEAR).facts]
