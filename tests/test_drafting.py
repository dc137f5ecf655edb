"""The next budget's first draft, from what this one really cost."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

import trustledger as tl
from trustledger.cli import app

YEAR = Path(__file__).parents[1] / "examples" / "open_budget_year"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    here = tmp_path_factory.mktemp("year") / "year"
    shutil.copytree(YEAR, here)
    tl.load(here).book.close()
    return here


def test_a_draft_says_what_was_approved_and_what_was_spent(folder: Path) -> None:
    book = tl.open_book(str(folder))
    head = book.head
    draft = {line.line: line for line in book.next_draft("2025", "2026")}
    lines = book.statement("final_accounts", "2025").facts["lines"]
    assert isinstance(lines, dict)
    assert set(draft) == {"A01", "A02", "A03", "A04", "A05", "A06", "A07", "A08", "A09"}
    greening = draft["A04"]
    assert (greening.version_key, tl.yuan(greening.amount_fen)) == ("2026|v1", "3750.00")
    assert greening.months == "3,6,9,12"
    assert greening.basis.startswith("2025：批准 3800.00，决算 3750.00")
    assert book.head == head
    with pytest.raises(tl.Unknown, match="the budgets are 2024, 2025"):
        book.next_draft("1999", "2026")


def test_a_draft_can_be_put_into_the_folder(folder: Path) -> None:
    run = CliRunner().invoke(app, ["budget", "draft", str(folder), "2025", "2026"])
    assert run.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(run.output)))
    assert rows[0]["budget"] == "2026"
    book = tl.open_book(str(folder))
    book.post(
        [
            tl.Budget(budget="2026", name="2026", start="2026-01-01", to="2026-12-31"),
            *[tl.PlanLine(**{k: v for k, v in row.items() if v}) for row in rows],  # type: ignore[arg-type]
        ]
    )
    assert len(book.version("2026").lines) == len(rows)
    assert book.verify() == []


def test_a_budget_that_never_was_in_force_gives_no_draft(folder: Path) -> None:
    book = tl.Book.create(
        "sqlite://",
        tl.BookInfo(code="b", name="和园", start="2025-01-01"),
        tl.Budget(budget="2025", name="2025", start="2025-01-01", to="2025-12-31"),
    )
    with pytest.raises(tl.Refused, match="no version of budget '2025' was ever in force"):
        book.next_draft("2025", "2026")
