"""trustledger init: what it writes reads back, and it writes all or nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from trustledger import errors
from trustledger.records import Fund, Term
from trustledger.sheets import read, write_templates
from trustledger.sheets.layout import FEES, SHEETS
from trustledger.sheets.layout_budget import OPEN_BUDGET


@pytest.mark.parametrize(("lang", "name"), [("zh", "我的小区"), ("en", "My community")])
def test_what_is_written_reads_back(tmp_path: Path, lang: str, name: str) -> None:
    folder = tmp_path / "new" / "book"
    written = write_templates(folder, lang)
    assert [path.name for path in written] == ["book.toml", *(f"{one.name}.csv" for one in FEES)]
    contents = read(folder)
    assert (contents.info.code, contents.info.name) == ("mybook", name)
    assert contents.info.start == date(2025, 1, 1)
    fund, term = (fact for _, fact in contents.facts)
    assert fund == Fund(code="common", name="业主共有基金")
    assert isinstance(term, Term)
    assert term.rate * 100 == 12
    assert contents.warnings == []


def test_sheets_open_rightly_in_a_spreadsheet_program(tmp_path: Path) -> None:
    write_templates(tmp_path, "zh")
    data = (tmp_path / "receipts.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert (
        data.decode("utf-8-sig")
        == "流水号,日期,房号,金额,渠道,付款人,摘要,指定账期,待认领流水号,原日期\r\n"
    )
    write_templates(tmp_path / "en", "en")
    data = (tmp_path / "en" / "receipts.csv").read_bytes()
    assert (
        data.decode("utf-8-sig")
        == "key,date,unit,amount,channel,payer,memo,pays,suspense,original\r\n"
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_open_budget_is_written_when_it_is_asked_for(tmp_path: Path, lang: str) -> None:
    write_templates(tmp_path / "without", lang)
    written = write_templates(tmp_path / "with", lang, budget=True)
    assert [path.stem for path in written] == ["book", *(one.name for one in SHEETS)]
    assert read(tmp_path / "with").warnings == []
    head = {
        where: (tmp_path / where / "expenditures.csv").read_text("utf-8-sig").strip()
        for where in ("without", "with")
    }
    word = {"zh": "付款节点", "en": "milestone"}[lang]
    assert word in head["with"] and word not in head["without"]
    assert head["with"].startswith(head["without"])


def test_the_open_budget_is_added_to_a_folder_that_has_a_book(tmp_path: Path) -> None:
    before = write_templates(tmp_path, "en")
    bytes_before = {path: path.read_bytes() for path in before}
    added = write_templates(tmp_path, "en", budget=True)
    assert [path.stem for path in added] == [one.name for one in OPEN_BUDGET]
    assert {path: path.read_bytes() for path in before} == bytes_before
    assert read(tmp_path).warnings == []
    with pytest.raises(errors.InvalidInput) as caught:
        write_templates(tmp_path, "en", budget=True)
    assert str(caught.value) == (
        f"found rules.csv in {str(tmp_path)!r}; add the open budget's sheets by hand, "
        "nothing was written"
    )


@pytest.mark.parametrize("name", ["book.toml", "waivers.csv", "units.xlsx", "book.xlsx"])
def test_a_folder_with_a_book_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(errors.InvalidInput) as caught:
        write_templates(tmp_path)
    assert str(caught.value) == (
        f"found {name} in {str(tmp_path)!r}; choose a folder without a book in it, "
        "nothing was written"
    )
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here.txt").write_text("mine")
    opened = Path.open
    calls: list[Path] = []

    def full_disk(path: Path, mode: str) -> object:
        calls.append(path)
        if len(calls) == 4:
            raise OSError(28, "No space left on device")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", full_disk)
    with pytest.raises(errors.InvalidInput) as caught:
        write_templates(tmp_path / "new" / "book")
    folder = str(tmp_path / "new" / "book")
    assert str(caught.value) == (
        f"{folder!r} cannot be written: No space left on device; nothing was written"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["here.txt"]


def test_an_unknown_language(tmp_path: Path) -> None:
    with pytest.raises(errors.Unknown) as caught:
        write_templates(tmp_path / "new", "fr")
    assert str(caught.value) == "language 'fr' is not defined; it is zh or en"
    assert not (tmp_path / "new").exists()
