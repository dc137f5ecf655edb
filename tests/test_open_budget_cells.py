"""Whatever stands in a cell of the open budget: taken, or told in one line, and nothing crashes."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger import errors, folderbook
from trustledger.sheets.layout_budget import OPEN_BUDGET

YEAR = Path(__file__).parents[1] / "examples" / "open_budget_year"
SHEETS = {
    layout.name: list(csv.reader(io.StringIO((YEAR / f"{layout.name}.csv").read_text("utf-8"))))
    for layout in OPEN_BUDGET
}
WRONG = ("", "x", "-1", "0", "1e5", "2025-02-30", "2020-01-01", "2031-01-01", "99999999", "2025|v9",
         "../x", "是", " ", "1" * 65, "a\nb")  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    yield Path(shutil.copytree(YEAR, tmp_path_factory.mktemp("cells") / "year"))


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_every_cell_is_taken_or_told(folder: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(SHEETS)))
    rows = [list(row) for row in SHEETS[name]]
    row = data.draw(st.integers(1, len(rows) - 1))
    column = data.draw(st.integers(0, len(rows[0]) - 1))
    others = sorted({one[column] for one in rows[1:]})
    rows[row][column] = data.draw(st.sampled_from(WRONG) | st.sampled_from(others))
    path = folder / f"{name}.csv"
    was = path.read_bytes()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    path.write_text(out.getvalue(), "utf-8")
    try:
        book = folderbook.load(folder, "sqlite://").book
        assert book.verify() == []
        book.close()
    except errors.TrustLedgerError as error:
        assert isinstance(error, errors.InvalidInput | errors.Refused)
        assert error.place is not None and error.place.row is not None, str(error)
        assert error.place.column is not None, str(error)
        assert "\n" not in str(error)
    finally:
        path.write_bytes(was)
