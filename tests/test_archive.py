"""Archives: from a book to plain files and back, the same to the last byte, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import databases
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine
from strategies import Story, month_text, record, stories
from typer.testing import CliRunner

import trustledger as tl
from trustledger import archive, folderbook, keeping
from trustledger.archive import lines, manifest
from trustledger.checkpoint import origin_of
from trustledger.cli import app
from trustledger.store import tables, writing

ROOT = Path(__file__).parents[1]
MEMBERS = ("manifest.json", "entries.jsonl", "private.jsonl", "checkpoints.jsonl")


def fixed() -> str:
    return "2026-01-01T00:00:00"


def rows(book: tl.Book) -> dict[str, list[tuple]]:
    """Every row of the book in every table, its head's included."""
    where = book._where
    assert isinstance(where, Engine)
    with where.connect() as connection:
        return {
            table.name: sorted(
                tuple(row)
                for row in connection.execute(table.select().where(table.c.book == book.code))
            )
            for table in tables.METADATA.sorted_tables
        }


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> tl.Book:
    target = tmp_path_factory.mktemp("archive") / "book"
    shutil.copytree(ROOT / "trustledger" / "example", target)
    folderbook.load(target, period="2025-01..2025-06", clock=fixed).book.close()
    return tl.Book.open(f"sqlite:///{target / 'book.db'}", clock=fixed)


@pytest.fixture(scope="module")
def zipped(example: tl.Book, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zipped") / "a.zip"
    example.export_archive(path)
    return path


@pytest.fixture
def unpacked(zipped: Path, tmp_path: Path) -> Path:
    """The example's archive as a folder, to be spoiled."""
    target = tmp_path / "archive"
    with zipfile.ZipFile(zipped) as one:
        one.extractall(target)
    return target


def url(tmp_path: Path, name: str = "new.db") -> str:
    return f"sqlite:///{tmp_path / name}"


# --------------------------------------------------------------------------- laws


@given(stories(), st.randoms(use_true_random=False), st.sampled_from([1, 3, 1000]))
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_what_is_exported_and_imported_is_the_same_book(
    tmp_path_factory: pytest.TempPathFactory, story: Story, chance: random.Random, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("law")
    book = story.open(clock=fixed)
    book.post(story.base_records())
    for month in story.months:
        book.charge(month_text(month))
        told = [one for one in story.events if (one["date"].year, one["date"].month) == month]
        chance.shuffle(told)
        for one in told:
            with suppress(tl.TrustLedgerError):  # in this order the books may say no
                book.post([record(one)])
    book.export_archive(folder / "a.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "BATCH", chunk)
        again, done = tl.Book.import_archive(folder / "a.zip", "sqlite://", clock=fixed)
    assert done.head == again.head == book.head
    assert rows(again) == rows(book)
    assert again.verify() == []
    again.export_archive(folder / "b.zip")
    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()
    # and what comes after goes on as in the book that it came from
    extra = tl.Income(
        key="extra", on=f"{month_text(story.months[-1])}-28", category="parking", amount="1.23"
    )
    book.earn(extra)
    again.earn(extra)
    assert rows(again) == rows(book)


@given(stories(), st.sampled_from([1, 4, 1000]))
@settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_closed_months_come_again_closed(
    tmp_path_factory: pytest.TempPathFactory, story: Story, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("closed")
    book = story.open(clock=fixed)
    book._post(story.records(), tl.Period.parse(story.period))
    month = month_text(story.months[0])
    book.close_books(month, leave_waiting=True)
    book.export_archive(folder / "a.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "BATCH", chunk)
        again, _ = tl.Book.import_archive(folder / "a.zip", "sqlite://", clock=fixed)
    assert again.closed == book.closed == month
    assert rows(again) == rows(book)
    assert again.verify() == []


def test_an_entry_behind_a_close_is_named(tmp_path: Path) -> None:
    book = small()
    earn(book, "1")
    book.close_books("2024-01")
    book.earn(tl.Income(key="2", on="2024-02-05", category="parking", amount="1.00"))
    book.export_archive(tmp_path / "archive")
    edit(
        tmp_path / "archive",
        lambda told: told.__setitem__(-1, told[-1].replace(b'"2024-02-05"', b'"2024-01-05"', 1)),
    )
    said = refused(tmp_path / "archive", tmp_path)
    assert said.startswith("archive/entries.jsonl, row 5: ")
    assert "2024-01" in said


@pytest.mark.parametrize(
    ("one", "other"),
    [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("postgresql", "postgresql")],
)
@given(stories(), st.sampled_from([3, 1000]))
@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_on_the_other_database_it_is_the_same_book(
    tmp_path_factory: pytest.TempPathFactory, one: str, other: str, story: Story, chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("other")
    book = tl.Book.create(databases.fresh(one), story.info, clock=fixed)
    book._post(story.records(), tl.Period.parse(story.period))
    book.export_archive(folder / "a.zip")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writing, "BATCH", chunk)
        again, done = tl.Book.import_archive(folder / "a.zip", databases.fresh(other), clock=fixed)
    assert done.head == again.head == book.head
    assert rows(again) == rows(book)
    assert again.verify() == []
    for name in ("income_expenditure", "trial_balance", "collection", "remuneration"):
        told = again.statement(name, story.period)
        assert told.facts == book.statement(name, story.period).facts
    again.export_archive(folder / "b.zip")
    assert (folder / "a.zip").read_bytes() == (folder / "b.zip").read_bytes()


def test_what_is_refused_leaves_nothing_on_postgresql(unpacked: Path) -> None:
    engine = databases.fresh("postgresql")
    assert isinstance(engine, Engine)
    before = rows(small(engine))
    row, entry = _entry(unpacked, "withdrawal")
    entry["postings"][0][2] += 1
    _write(unpacked, row, entry)
    with pytest.raises(tl.InvalidFile, match="is out of balance by 1 fen"):
        tl.Book.import_archive(unpacked, engine)
    book = tl.Book(engine, "b")
    assert rows(book) == before
    assert not any(rows(tl.Book(engine, "xinghe")).values())


def test_the_example_s_archive_is_the_same_book(
    example: tl.Book, zipped: Path, unpacked: Path, tmp_path: Path
) -> None:
    book, done = keeping.import_archive(zipped, url(tmp_path), clock=fixed)
    assert (done.code, done.head, done.new) == ("xinghe", example.head, example.head.size)
    assert rows(book) == rows(example)
    book.export_archive(tmp_path / "again.zip")
    book.export_archive(tmp_path / "again")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()
    for path in unpacked.rglob("*"):
        if path.is_file():
            told = (tmp_path / "again" / path.relative_to(unpacked)).read_bytes()
            assert told == path.read_bytes()
    for name in ("income_expenditure", "trial_balance", "collection"):
        period = "2025-01..2025-06"
        assert book.statement(name, period).facts == example.statement(name, period).facts


def test_the_manifest_says_what_is_there(example: tl.Book, unpacked: Path) -> None:
    told = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    assert (told["format"], told["version"], told["book"]) == ("trustledger-archive", 1, "xinghe")
    assert (told["size"], told["root"]) == tuple(example.head)
    assert (told["library"], told["made_at"]) == (tl.__version__, fixed())
    for name, member in told["members"].items():
        body = (unpacked / name).read_bytes()
        assert member["sha256"] == hashlib.sha256(body).hexdigest()
        assert (member["lines"], member["bytes"]) == (body.count(b"\n"), len(body))
    files = sorted((unpacked / "attachments").iterdir())
    assert [hashlib.sha256(file.read_bytes()).hexdigest() for file in files] == [
        file.name for file in files
    ]
    assert told["attachments"]["lines"] == len(files) == 2
    first = json.loads((unpacked / "entries.jsonl").read_text("utf-8").splitlines()[0])
    assert list(first) == [
        "seq", "kind", "key", "on", "recorded_at", "reverses", "content", "postings"
    ]  # fmt: skip


def personal(where: Any = "sqlite://") -> tl.Book:
    book = small(where)
    unit = tl.Unit(unit="1-1", area_m2="80", usage="residential", owner="张三", phone="000")
    book.post([unit])
    book.receive(tl.Receipt(key="R1", on="2024-01-05", unit="1-1", amount="9", payer="张三"))
    return book


NAME = "张三".encode()


def test_personal_fields_and_checkpoints_go_along(tmp_path: Path) -> None:
    book = personal()
    book.attach(b"paper", "paper.txt")
    book.checkpoint(tl.Signer(origin_of(book.code), bytes(32)))
    book.export_archive(tmp_path / "whole.zip")
    whole, _ = tl.Book.import_archive(tmp_path / "whole.zip", "sqlite://", clock=fixed)
    assert rows(whole) == rows(book)
    assert [one[2] for one in rows(book)["tl_private"]] == ["owner", "phone", "payer"]
    book.export_archive(tmp_path / "public.zip", public=True)
    public, done = tl.Book.import_archive(tmp_path / "public.zip", "sqlite://")
    assert done.head == book.head
    with zipfile.ZipFile(tmp_path / "public.zip") as one:
        assert sorted(one.namelist()) == sorted(set(MEMBERS) - {"private.jsonl"})
        assert NAME not in b"".join(map(one.read, one.namelist()))
    with zipfile.ZipFile(tmp_path / "whole.zip") as one:
        assert [name for name in one.namelist() if NAME in one.read(name)] == ["private.jsonl"]
    told = rows(public)
    assert (told["tl_private"], told["tl_attachment"]) == ([], [])
    assert told["tl_checkpoint"] == rows(book)["tl_checkpoint"] != []
    assert {finding.check for finding in public.verify()} == {"private"}


def test_a_personal_field_that_is_not_what_was_sealed_is_refused(tmp_path: Path) -> None:
    personal().export_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "private.jsonl"
    path.write_bytes(path.read_bytes().replace(NAME, "李四".encode(), 1))
    refit(tmp_path / "archive")
    said = refused(tmp_path / "archive", tmp_path, tl.BookCorrupt)
    assert "its owner is not what the entry commits to" in said


def test_what_was_erased_stays_erased_wherever_the_archive_goes(tmp_path: Path) -> None:
    book = personal()
    book.export_archive(tmp_path / "before")
    there, _ = keeping.import_archive(tmp_path / "before", url(tmp_path))
    assert len(rows(there)["tl_private"]) == 3
    book.erase("unit", "1-1", on="2024-02-01", authority="本人要求")
    book.export_archive(tmp_path / "after")
    assert NAME in (tmp_path / "before" / "private.jsonl").read_bytes()
    _, done = keeping.import_archive(tmp_path / "after", url(tmp_path))
    assert done.new == 1
    assert rows(there) == rows(book)
    assert [one[2] for one in rows(there)["tl_private"]] == ["payer"]
    assert there.verify() == []
    earn(book, "more")
    assert there.erase("receipt", "R1", on="2024-02-01", authority="本人要求").new
    book.export_archive(tmp_path / "other")  # this book has another history now
    with pytest.raises(tl.Refused):
        keeping.import_archive(tmp_path / "other", url(tmp_path))


# --------------------------------------------------------------------------- what stands there


def small(where: Any = "sqlite://", code: str = "b") -> tl.Book:
    return tl.Book.create(
        where,
        tl.BookInfo(code=code, name="b", start="2024-01-01"),
        tl.Term(rate="10%", base=("parking",), authority="合同", start="2024-01-01"),
        clock=fixed,
    )


def earn(book: tl.Book, key: str, amount: str = "100.00") -> None:
    book.earn(tl.Income(key=key, on="2024-01-05", category="parking", amount=amount))


def test_the_same_root_is_there_already(tmp_path: Path) -> None:
    book = small()
    book.export_archive(tmp_path / "a")
    there, _ = keeping.import_archive(tmp_path / "a", url(tmp_path))
    _, done = keeping.import_archive(tmp_path / "a", url(tmp_path))
    assert (done.head, done.new) == (book.head, 0)
    assert rows(there) == rows(book)


def test_a_book_that_has_the_first_entries_gets_the_rest(tmp_path: Path) -> None:
    book = small()
    earn(book, "1")
    book.export_archive(tmp_path / "a")
    there, _ = keeping.import_archive(tmp_path / "a", url(tmp_path))
    earn(book, "2", "3.33")
    book.reverse(tl.Reversal(key="r", of_kind="income", of_key="1", on="2024-02-01", reason="x"))
    book.attach(b"paper", "paper.txt")
    book.export_archive(tmp_path / "b")
    _, done = keeping.import_archive(tmp_path / "b", url(tmp_path))
    assert (done.head, done.new) == (book.head, 2)
    assert rows(there) == rows(book)


@pytest.mark.parametrize("batch", [1, 2_000])
def test_what_is_open_since_when_comes_out_the_same_whatever_is_posted_together(
    tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settled on 10 March and open again since 1 February, by a reversal posted later."""
    book = tl.Book.create(
        "sqlite://",
        tl.BookInfo(code="b", name="", start="2024-01-01"),
        tl.Tariff(item="物业费", basis="per_unit_month", price="100.00", start="2024-01-01"),
        tl.Unit(unit="1", area_m2="50", usage="residential"),
    )
    book.charge("2024-01")
    for fact in (
        tl.Receipt(key="r1", on="2024-01-10", unit="1", amount="40"),
        tl.Receipt(key="r2", on="2024-01-20", unit="1", amount="60"),
        tl.Reversal(key="v2", on="2024-03-05", of_kind="receipt", of_key="r2", reason="退票"),
        tl.Receipt(key="r3", on="2024-03-10", unit="1", amount="60"),
    ):
        book.post([fact])
    book.export_archive(tmp_path / "a.zip")
    monkeypatch.setattr(writing, "BATCH", batch)
    again, _ = tl.Book.import_archive(tmp_path / "a.zip", "sqlite://")
    last = tl.Reversal(key="v1", on="2024-02-01", of_kind="receipt", of_key="r1", reason="退票")
    book.post([last])
    book.export_archive(tmp_path / "b.zip")
    anew, _ = tl.Book.import_archive(tmp_path / "b.zip", "sqlite://")
    again.post([last])
    for one in (book, again, anew):
        assert one.verify() == []
        assert [row[5:] for row in rows(one)["tl_open"]] == [("", 40_00, "2024-02-01")]


def test_another_journal_or_a_longer_one_is_left_alone(tmp_path: Path) -> None:
    book = small()
    earn(book, "1")
    book.export_archive(tmp_path / "a")
    other = small(url(tmp_path))
    earn(other, "other")
    before = rows(other)
    with pytest.raises(tl.Refused) as told:
        keeping.import_archive(tmp_path / "a", url(tmp_path))
    assert str(told.value) == (
        f"book 'b' stands there with 3 entries and root {other.head.root}, and the archive has 3 "
        f"and {book.head.root}; import it into another database"
    )
    earn(book, "2")
    book.export_archive(tmp_path / "b")
    with pytest.raises(tl.Refused) as told:
        keeping.import_archive(tmp_path / "b", url(tmp_path))
    assert str(told.value) == (
        "book 'b' stands there with 3 entries that are not the archive's first; "
        "import it into another database"
    )
    earn(other, "another")
    earn(other, "and another")
    with pytest.raises(tl.Refused, match="stands there with 5 entries"):
        keeping.import_archive(tmp_path / "b", url(tmp_path))
    assert rows(other)["tl_entry"][:3] == before["tl_entry"]


def test_it_goes_beside_other_books_and_into_a_host_s_transaction(
    zipped: Path, example: tl.Book, tmp_path: Path
) -> None:
    host = tl.prepare(create_engine(url(tmp_path)))
    earn(small(host), "1")
    with host.connect() as connection:
        tl.Book.import_archive(zipped, connection)
        connection.rollback()
    with pytest.raises(tl.Unknown):
        tl.Book.open(url(tmp_path), "xinghe")
    with host.begin() as connection:
        tl.Book.import_archive(zipped, connection)
    book = tl.Book.open(url(tmp_path), "xinghe")
    assert book.head == example.head
    assert tl.Book.open(url(tmp_path), "b").verify() == book.verify() == []


# --------------------------------------------------------------------------- what is refused


def refused(path: Path, tmp_path: Path, kind: type[tl.TrustLedgerError] = tl.InvalidFile) -> str:
    """What an import says, of which nothing is left."""
    with pytest.raises(kind) as told:
        keeping.import_archive(path, url(tmp_path, "refused.db"))
    assert not list(tmp_path.glob("*refused.db*"))
    standing = small(url(tmp_path, "standing.db"))
    before = rows(standing)
    with pytest.raises(kind):
        keeping.import_archive(path, url(tmp_path, "standing.db"))
    assert rows(standing) == before
    assert tl.Book.open(url(tmp_path, "standing.db")).code == "b"  # the only one
    return str(told.value)


def edit(folder: Path, change: Callable[[list[bytes]], None], name: str = "entries.jsonl") -> None:
    """Change lines of a member, and make the manifest fit them, as a forger would."""
    told = (folder / name).read_bytes().splitlines(keepends=True)
    change(told)
    (folder / name).write_bytes(b"".join(told))
    refit(folder)


def refit(folder: Path, **other: Any) -> None:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    for name in told["members"]:
        body = (folder / name).read_bytes()
        told["members"][name] = {
            "lines": body.count(b"\n"),
            "bytes": len(body),
            "sha256": hashlib.sha256(body).hexdigest(),
        }
    told["size"] = told["members"]["entries.jsonl"]["lines"]
    told |= other
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (folder / "manifest.json").write_text(text, "utf-8")


CHANGED = "is not a line of this archive, or was changed; export the book again"


def test_a_changed_line_that_the_manifest_does_not_know_of(unpacked: Path, tmp_path: Path) -> None:
    body = (unpacked / "entries.jsonl").read_bytes()
    # the time of recording is not in the leaf: only the member's hash holds it
    body = body.replace(b'"recorded_at":"2026', b'"recorded_at":"2027', 1)
    (unpacked / "entries.jsonl").write_bytes(body)
    assert refused(unpacked, tmp_path) == (
        "archive/entries.jsonl: found 642 lines with another hash than the manifest's 642: it was "
        "changed or cut short; export the book again"
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.__setitem__(16, b"{}\n"), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, b"garbage\n"), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, b"\n"), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, b"[" * 100_000 + b"\n"), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, b"9" * 5_000 + b"\n"), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, b" " + told[16]), f"row 17: {CHANGED}"),
        (lambda told: told.__setitem__(16, told[16].replace(b'"key"', b'"kez"')), CHANGED),
        (lambda told: told.__setitem__(16, told[16][:-3] + b',"x":1}\n'), CHANGED),
        (lambda told: told.__setitem__(0, told[0].replace(b"2025-01-01", b"2025-02-30", 1)),
         f"row 1: {CHANGED}"),
        (lambda told: told.__setitem__(0, told[0].replace(b'T00:00:00"', b'T99:00:00"', 1)),
         f"row 1: {CHANGED}"),
        (lambda told: told.__setitem__(0, told[0].replace(b'"reverses":0', b'"reverses":0.0')),
         f"row 1: {CHANGED}"),
        (lambda told: told.__setitem__(0, told[0].replace(b'"reverses":0', b'"reverses":false')),
         f"row 1: {CHANGED}"),
        (lambda told: told.__setitem__(0, told[0].replace(b'xinghe', b'xing\\nhe', 1)),
         f"row 1: {CHANGED}"),
        (lambda told: told.__setitem__(0, told[0].replace(b'"reverses":0', b'"reverses":1')),
         "row 1: book 'xinghe': reverses entry 1, which is not before it"),
        (lambda told: told.__setitem__(slice(3, 5), [told[4], told[3]]),
         "row 4: found entry 5, and 4 is next"),
        (lambda told: told.__delitem__(9), "row 10: found entry 11, and 10 is next"),
        (lambda told: told.insert(9, told[9]), "row 11: found entry 10, and 11 is next"),
        (lambda told: told.__delitem__(0), "row 1: found entry 2, and 1 is next"),
        (lambda told: told.__setitem__(-1, told[-1][:-1]), "is cut short; export the book again"),
        (lambda told: told.__setitem__(-1, told[-1][:-9]), "is cut short; export the book again"),
        (lambda told: told.__delitem__(-1), "its entries have the root"),
        (lambda told: told.__setitem__(
            1, told[1].replace(b'"key":"common"', b'"key":"xinghe"').replace(b"fund", b"book", 1)),
         "row 2: book 'xinghe' is there twice"),
        (lambda told: told.__setitem__(0, told[0].replace(b'"key":"xinghe"', b'"key":"else"')),
         "row 1: found book 'else', and a journal begins with its book, 'xinghe'"),
    ],
)  # fmt: skip
def test_a_line_that_is_wrong_is_named(
    unpacked: Path, tmp_path: Path, change: Callable[[list[bytes]], None], said: str
) -> None:
    edit(unpacked, change)
    if b"\n" not in (unpacked / "entries.jsonl").read_bytes()[-1:]:
        refit_last(unpacked)
    told = refused(unpacked, tmp_path)
    assert told.startswith("archive/entries.jsonl")
    assert said in told
    assert "\n" not in told


def refit_last(folder: Path) -> None:
    told = json.loads((folder / "manifest.json").read_text("utf-8"))
    told["size"] += 1
    told["members"]["entries.jsonl"]["lines"] += 1
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (folder / "manifest.json").write_text(text, "utf-8")


def _entry(folder: Path, kind: str) -> tuple[int, dict]:
    for row, line in enumerate((folder / "entries.jsonl").read_bytes().splitlines()):
        told = json.loads(line)
        if told["kind"] == kind:
            return row, told
    raise AssertionError(kind)


def _write(folder: Path, row: int, entry: dict) -> None:
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    edit(folder, lambda told: told.__setitem__(row, line))


def test_an_entry_that_does_not_balance_is_named(unpacked: Path, tmp_path: Path) -> None:
    row, entry = _entry(unpacked, "receipt")
    entry["postings"][0][2] += 1
    _write(unpacked, row, entry)
    said = refused(unpacked, tmp_path)
    assert said == (
        f"archive/entries.jsonl, row {row + 1}: receipt {entry['key']!r}: "
        "fund 'common' is out of balance by 1 fen"
    )


def test_content_that_says_too_little_is_named(unpacked: Path, tmp_path: Path) -> None:
    row, entry = _entry(unpacked, "receipt")
    entry["content"] = '{"pays":"2025-01"}'
    _write(unpacked, row, entry)
    assert refused(unpacked, tmp_path) == (
        f"archive/entries.jsonl, row {row + 1}: receipt {entry['key']!r}: "
        "its content does not say what it must"
    )


def test_a_forged_root_does_not_help_what_does_not_verify(
    unpacked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, entry = _entry(unpacked, "receipt")
    entry["content"] = entry["content"].replace('"amount_fen":', '"amount_fen":1')
    _write(unpacked, row, entry)
    said = refused(unpacked, tmp_path)
    assert "its entries have the root" in said
    root = said.partition("have the root ")[2].partition(",")[0]
    refit(unpacked, root=root)
    said = refused(unpacked, tmp_path, tl.BookCorrupt)
    assert said.startswith(f"the archive's book does not verify: fact: entry {row + 1} receipt")


def test_a_member_that_is_missing_cut_or_too_many(unpacked: Path, tmp_path: Path) -> None:
    (unpacked / "more.txt").write_text("x")
    assert refused(unpacked, tmp_path) == "archive: found a file 'more.txt' that no archive has"
    (unpacked / "more.txt").unlink()
    file = next((unpacked / "attachments").iterdir())
    body = file.read_bytes()
    file.write_bytes(body.replace(body[:1], b"x", 1)[: len(body)])
    assert "is not what its name says" in refused(unpacked, tmp_path)
    file.write_bytes(body + b"x")
    assert "and the manifest says 2 or others" in refused(unpacked, tmp_path)
    file.unlink()
    assert refused(unpacked, tmp_path) == (
        "archive/attachments: found 1 files, and the manifest says 2 or others; "
        "export the book again"
    )
    file.write_bytes(body)
    entries = (unpacked / "entries.jsonl").read_bytes()
    (unpacked / "entries.jsonl").write_bytes(entries[:-100])
    assert f"and the manifest says {len(entries)} bytes" in refused(unpacked, tmp_path)
    (unpacked / "entries.jsonl").unlink()
    assert "archive/entries.jsonl: found no such file" in refused(unpacked, tmp_path)


def test_a_link_is_not_followed(unpacked: Path, tmp_path: Path) -> None:
    real = unpacked / "entries.jsonl"
    real.rename(tmp_path / "elsewhere")
    real.symlink_to(tmp_path / "elsewhere")
    said = refused(unpacked, tmp_path)
    assert said == "archive/entries.jsonl: is a link or no plain file"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{}", b"[]", b"null", b"{", b'{"format":"trustledger-archive"}', b"[" * 60_000,
        b'{"format":"trustledger-archive","version":"1"}', b"\xff\xfe", b"x" * 2**17,
    ],
)  # fmt: skip
def test_a_manifest_that_is_none(unpacked: Path, tmp_path: Path, body: bytes) -> None:
    (unpacked / "manifest.json").write_bytes(body)
    assert refused(unpacked, tmp_path) == (
        "archive/manifest.json: is not the manifest of an archive, or was changed; "
        "export the book again"
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("size", -1), ("size", True), ("size", 641), ("root", "no"), ("public", 1), ("book", 5),
        ("book", "a\nb"), ("members", {}), ("members", {"../x": {}}), ("attachments", []),
        ("version", 0), ("version", True), ("extra", 1), ("library", None), ("format", "zip"),
    ],
)  # fmt: skip
def test_a_manifest_with_a_wrong_word(
    unpacked: Path, tmp_path: Path, name: str, value: Any
) -> None:
    told = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    told[name] = value
    text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
    (unpacked / "manifest.json").write_text(text, "utf-8")
    assert "is not the manifest of an archive, or was changed" in refused(unpacked, tmp_path)


def test_a_newer_format_is_said(unpacked: Path, tmp_path: Path) -> None:
    told = json.loads((unpacked / "manifest.json").read_text("utf-8"))
    told["version"] = 2
    (unpacked / "manifest.json").write_text(json.dumps(told), "utf-8")
    assert refused(unpacked, tmp_path) == (
        "archive/manifest.json: is of format 2, and this library reads up to 1; "
        "use a newer trustledger"
    )


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty", tmp_path) == (
        "empty/manifest.json: is missing: this is not an archive of a book"
    )
    path = tmp_path / "no.zip"
    path.write_bytes(b"PK\x03\x04 no zip")
    assert refused(path, tmp_path) == f"{path}: is not a zip, or is damaged; use another copy"
    assert "cannot be read (No such file" in refused(tmp_path / "none.zip", tmp_path)


def rezip(source: Path, target: Path, *more: tuple[str, bytes], method: int = 8) -> Path:
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            stored = info.filename.startswith("attachments")
            new.writestr(info.filename, old.read(info), zipfile.ZIP_STORED if stored else method)
        for name, body in more:
            new.writestr(name, body)
    return target


def test_a_zip_that_was_packed_again_by_another_program_is_fine(
    zipped: Path, tmp_path: Path
) -> None:
    path = rezip(zipped, tmp_path / "again.zip", method=zipfile.ZIP_STORED)
    assert keeping.import_archive(path, url(tmp_path))[1].new == 642


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../evil", "found a file '../evil' that no archive has"),
        ("/etc/passwd", "found a file '/etc/passwd' that no archive has"),
        ("attachments/../../evil", "and the manifest says 2 or others"),
        ("attachments/x", "and the manifest says 2 or others"),
        ("entries.jsonl", "a.zip/entries.jsonl: is there twice"),
        ("C:\\evil", "that no archive has"),
    ],
)
def test_names_that_climb_or_come_twice(zipped: Path, tmp_path: Path, name: str, said: str) -> None:
    path = rezip(zipped, tmp_path / "a.zip", (name, b"evil"))
    assert said in refused(path, tmp_path)


def test_a_zip_bomb_is_not_expanded(zipped: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        told = json.loads(old.read("manifest.json"))
        told["members"]["entries.jsonl"]["bytes"] = 2**28
        new.writestr("manifest.json", json.dumps(told, ensure_ascii=False, indent=1) + "\n")
        for name in old.namelist():
            if name.startswith("attachments"):
                new.writestr(name, old.read(name), zipfile.ZIP_STORED)
            elif name == "entries.jsonl":
                with new.open(name, "w") as bomb:
                    for _ in range(2**8):
                        bomb.write(b"0" * 2**20)
            elif name != "manifest.json":
                new.writestr(name, old.read(name))
    assert path.stat().st_size < 2**20
    tracemalloc.start()
    assert "row 1: is too long a line" in refused(path, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**27


def test_a_bomb_as_a_voucher_is_not_expanded(zipped: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert "is compressed in a way that archives are not" in refused(path, tmp_path)


@given(st.data())
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_a_flipped_byte_anywhere_is_refused_or_means_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("flip")
    book = small()
    earn(book, "1")
    book.attach(b"paper", "paper.txt")
    book.export_archive(folder / "a.zip")
    body = bytearray((folder / "a.zip").read_bytes())
    at = data.draw(st.integers(0, len(body) - 1))
    body[at] ^= 1 << data.draw(st.integers(0, 7))
    (folder / "b.zip").write_bytes(body)
    try:
        again, _ = tl.Book.import_archive(folder / "b.zip", "sqlite://")
    except tl.InvalidFile as error:
        assert "\n" not in str(error)
    else:
        assert rows(again) == rows(book)


def test_private_fields_out_of_order(unpacked: Path, tmp_path: Path) -> None:
    told = [lines.Private(3, "memo", "00", "x"), lines.Private(2, "memo", "00", "y")]
    (unpacked / "private.jsonl").write_bytes(b"".join(map(lines.line_of, told)))
    refit(unpacked)
    assert refused(unpacked, tmp_path) == (
        "archive/private.jsonl, row 2: found field 'memo' of entry 2 out of its order"
    )
    (unpacked / "private.jsonl").write_bytes(b'{"seq":1,"field":"x","salt":"0","value":""}\n')
    refit(unpacked)
    assert refused(unpacked, tmp_path) == f"archive/private.jsonl, row 1: {CHANGED}"
    (unpacked / "private.jsonl").write_bytes(b"")
    note = [lines.Checkpoint(900, "s", "n")]
    (unpacked / "checkpoints.jsonl").write_bytes(b"".join(map(lines.line_of, note)))
    refit(unpacked)
    assert refused(unpacked, tmp_path) == (
        "archive/checkpoints.jsonl, row 1: found size 900 out of its order"
    )


# --------------------------------------------------------------------------- writing it


def test_an_archive_never_takes_another_file_s_place(example: tl.Book, tmp_path: Path) -> None:
    for name in ("there.zip", "there"):
        (tmp_path / name).write_text("mine")
        with pytest.raises(tl.InvalidInput, match="is there already; name one that is not"):
            example.export_archive(tmp_path / name)
        assert (tmp_path / name).read_text() == "mine"
    with pytest.raises(tl.InvalidInput, match="cannot write"):
        example.export_archive(tmp_path / "none" / "a.zip")
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_book_that_was_altered_is_not_archived(tmp_path: Path, name: str) -> None:
    book = small(url(tmp_path))
    earn(book, "1")
    where = book._where
    assert isinstance(where, Engine)
    with where.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER tl_entry_no_update")
        connection.exec_driver_sql("UPDATE tl_entry SET content = '{}' WHERE seq = 3")
    with pytest.raises(tl.BookCorrupt, match="what stands is not what was posted"):
        book.export_archive(tmp_path / name)
    book.close()
    assert [path.name for path in tmp_path.iterdir()] == ["new.db"]


IMPORT = """
import sys, time
from trustledger import keeping
from trustledger.store import writing
writing.BATCH = 100
def told(done, total):
    if done >= 300:
        print(done, flush=True)
        time.sleep(60)
keeping.import_archive(sys.argv[1], sys.argv[2], progress=told)
"""


@pytest.mark.parametrize("there", [False, True], ids=["no database yet", "database there"])
def test_an_import_that_is_killed_leaves_nothing_of_the_book(
    zipped: Path, tmp_path: Path, there: bool
) -> None:
    before = rows(small(url(tmp_path))) if there else {}
    child = subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(zipped), url(tmp_path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert child.stdout is not None
    assert child.stdout.readline().strip() == b"300"
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    if there:
        book = tl.Book.open(url(tmp_path))
        assert (book.code, book.verify(), rows(book)) == ("b", [], before)
    else:
        assert not (tmp_path / "new.db").exists()
    assert keeping.import_archive(zipped, url(tmp_path))[1].new == 642


# --------------------------------------------------------------------------- memory


def _long(path: Path, entries: int) -> tl.Book:
    book = small(url(path))
    for start in range(0, entries, 2_000):
        book.post(
            [
                tl.Income(key=str(n), on="2024-01-05", category="parking", amount="1.00")
                for n in range(start, min(start + 2_000, entries))
            ]
        )
    return book


def _peak(work: Callable[[], Any]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.exporting, "CHUNK", 100)
    monkeypatch.setattr(writing, "BATCH", 100)
    peaks: dict[str, list[int]] = {"export": [], "import": []}
    for count in (600, 6_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        book = _long(folder, count)
        peaks["export"].append(
            _peak(lambda book=book, at=folder: book.export_archive(at / "a.zip"))
        )
        peaks["import"].append(
            _peak(
                lambda at=folder: keeping.import_archive(
                    at / "a.zip", url(at, "again.db"), verify=False
                )
            )
        )
    for name, (short, long) in peaks.items():
        assert long < short * 1.5 + 2**19, (name, short, long)


# --------------------------------------------------------------------------- how it is called


def test_the_commands(example: tl.Book, tmp_path: Path) -> None:
    where = example._where
    assert isinstance(where, Engine)
    db = str(where.url)
    run = CliRunner().invoke(
        app, ["archive", "export", "xinghe", str(tmp_path / "a.zip"), "--db", db]
    )
    head = example.head
    said = f"xinghe: journal {head.size} entries, root {head.root}\n"
    assert run.output == f"{said}in {tmp_path / 'a.zip'}\n"
    words = ["archive", "import", str(tmp_path / "a.zip"), "--db", url(tmp_path)]
    assert CliRunner().invoke(app, words).output == f"{said}642 entries are new\n"
    assert CliRunner().invoke(app, words).output == f"{said}it stood there already\n"
    public = ["archive", "export", "xinghe", str(tmp_path / "p"), "--public", "--db", db]
    assert CliRunner().invoke(app, public).exit_code == 0
    assert not (tmp_path / "p" / "private.jsonl").exists()
    memory = CliRunner().invoke(app, [*words[:-1], "sqlite://"])
    assert "is a database in memory, which keeps nothing" in str(memory.exception)


def test_the_format_s_page_names_every_field() -> None:
    page = (ROOT / "docs" / "archive.md").read_text("utf-8")
    for name in (*MEMBERS, *manifest.Manifest._fields, *manifest.Member._fields, *lines._FIELDS,
                 *lines.Private._fields, *lines.Checkpoint._fields):  # fmt: skip
        assert f"`{name}`" in page, name
