"""What people do to databases: one clear sentence each, and nothing half written."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import richbook
from smallbook import sound

import trustledger as tl
from trustledger.cli import main
from trustledger.store import limits

NOBODY = 65534
INCOME = tl.Income(key="Z1", on="2024-03-05", category="parking", amount="1.00")
INFO = tl.BookInfo(code="q", name="q", start="2024-01-01")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "b.db"
    richbook.make(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def path(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "b.db"))


@pytest.fixture
def say(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str]]:
    """Run a command; its exit status and what it said on the error output."""

    def call(*words: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["trustledger", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        return int(done.value.code or 0), capfd.readouterr().err

    return call


# --------------------------------------------------------------------------- addresses

ADDRESSES = [
    ("nonsense", "'nonsense' is not a database address"),
    ("sqlite:/one-slash.db", "is not a database address"),
    ("mysql://host/books", "'mysql' databases are not supported; use sqlite:///path"),
    ("sqlite:////nowhere/at/all.db", r"there is no /nowhere/at/all.db|is the folder there"),
    ("sqlite+aiosqlite:////tmp/no.db", r"the driver 'aiosqlite' is not installed|there is no"),
    ("postgresql://127.0.0.1:1/none", "cannot be reached .*is the server there, and the role"),
    ("postgresql://no.such.host.invalid/none", "cannot be reached .*is the server there"),
]


@pytest.mark.parametrize(("address", "words"), ADDRESSES)
def test_an_address(address: str, words: str, say: Callable[..., tuple[int, str]]) -> None:
    with pytest.raises(tl.StoreError, match=words):
        tl.Book.open(address, "q")
    with pytest.raises(tl.StoreError, match=words):
        tl.Book.create(address, INFO)
    status, told = say("verify", "q", "--db", address)
    assert status == 2 and told.startswith("trustledger: ") and told.count("\n") == 1


# --------------------------------------------------------------------------- files

DAMAGED = "is damaged or cut short"


def text(path: Path) -> None:
    path.write_text("这是物业的账，不是数据库\n" * 400, "utf-8")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def other_program(path: Path) -> None:
    path.unlink()
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE notes (body TEXT)")
    raw.execute("INSERT INTO notes VALUES ('theirs')")
    raw.commit()
    raw.close()


def cut(size: int) -> Callable[[Path], None]:
    def do(path: Path) -> None:
        os.truncate(path, size)

    return do


FILES = {
    "a text file": (text, "is not a book of trustledger .file is not a database"),
    "an empty file": (empty, "holds no book yet; load a folder into it first"),
    "another program's": (other_program, "holds no book yet; load a folder into it first"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be opened"),
    **{f"cut to {size}": (cut(size), DAMAGED) for size in (50, 100, 4_096, 5_000, 40_960)},
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_book(name: str, path: Path, say: Callable[..., tuple[int, str]]) -> None:
    change, words = FILES[name]
    change(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(tl.StoreError, match=words):
        tl.Book.open(f"sqlite:///{path}", richbook.CODE).verify()
    if "yet" not in words:
        with pytest.raises(tl.StoreError, match=words):
            tl.Book.create(f"sqlite:///{path}", INFO)
    status, told = say("verify", path)
    assert status == 2 and told.startswith("trustledger: ") and told.count("\n") == 1
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_every_page_that_goes_bad_is_told(template: Path, tmp_path: Path) -> None:
    """By the sentence of an error, or as a finding: also pages that only an index uses."""
    chance, page = random.Random(8), 4_096
    body = template.read_bytes()
    for at in range(0, len(body), page):
        path = tmp_path / f"{at}.db"
        path.write_bytes(body[:at] + chance.randbytes(page) + body[at + page :])
        try:
            book = tl.Book.open(f"sqlite:///{path}", richbook.CODE, unguarded=True)
            found = book.verify()
        except (tl.StoreError, tl.BookCorrupt) as error:
            assert DAMAGED in str(error) or "not a book" in str(error)
        else:
            assert found, f"page {at // page}"
            book.close()


# --------------------------------------------------------------------------- no right to write


@contextmanager
def as_nobody() -> Iterator[None]:
    """As a user whom permissions bind; root is bound by none."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def public(template: Path) -> Iterator[Path]:
    """A copy that everybody can reach, and its owner alone may write to."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(shutil.copy(template, Path(folder) / "b.db"))
        path.chmod(0o444)
        Path(folder).chmod(0o555)
        yield path
        Path(folder).chmod(0o755)


def test_a_folder_that_is_read_only(public: Path) -> None:
    """Everything can be read and verified; writing is refused in one sentence."""
    url = f"sqlite:///{public}"
    warm = richbook.make("sqlite://")  # what is imported late is imported now, by root
    warm.statement("owner", "2024-01", unit="1-101")
    assert warm.verify() == []
    with as_nobody():
        book = tl.Book.open(url)
        assert book.verify() == [] and book.head.size == warm.head.size
        assert book.statement("owner", "2024-01", unit="1-101").facts
        with pytest.raises(tl.StoreError, match="is read-only; make the file and its folder"):
            book.earn(INCOME)
        book.close()
    assert sorted(one.name for one in public.parent.iterdir()) == ["b.db"]


def test_a_file_that_is_read_only(public: Path) -> None:
    public.parent.chmod(0o777)
    with as_nobody():
        book = tl.Book.open(f"sqlite:///{public}")
        assert book.verify() == []
        with pytest.raises(tl.StoreError, match="is read-only; make the file and its folder"):
            book.earn(INCOME)
        book.close()


def test_a_read_only_folder_with_changes_that_wait(public: Path) -> None:
    public.parent.chmod(0o755)
    public.with_name("b.db-wal").write_bytes(b"x" * 32)
    public.parent.chmod(0o555)
    with as_nobody(), pytest.raises(tl.StoreError, match="copy both into a folder that you may"):
        tl.Book.open(f"sqlite:///{public}")


def test_an_address_that_says_read_only(path: Path) -> None:
    book = tl.Book.open(f"sqlite:///file:{path}?mode=ro&uri=true")
    assert book.verify() == []
    with pytest.raises(tl.StoreError, match="is read-only"):
        book.earn(INCOME)
    book.close()


# --------------------------------------------------------------------------- at work


def test_a_disk_without_room(path: Path) -> None:
    """SQLite's own limit on a file's pages is refused in the words of a full disk."""
    book = tl.Book.open(f"sqlite:///{path}", richbook.CODE)
    head = book.head
    with book._where.connect() as connection:  # type: ignore[union-attr]
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA max_page_count=1")  # no page more than it has
    with pytest.raises(tl.StoreError, match=r"is full; nothing was posted.*can be sent again"):
        book.attach(b"paper" * 20_000, "long.pdf")
    assert book.head == head and book.verify() == []
    book.close()
    sound(f"sqlite:///{path}", path=path)


def test_a_lock_held_too_long(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LOCK_SECONDS", 1)
    book = tl.Book.open(f"sqlite:///{path}", richbook.CODE)
    head = book.head
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("BEGIN IMMEDIATE")
    with pytest.raises(tl.StoreError, match="has been locked by another process for 1 seconds"):
        book.earn(INCOME)
    assert book.head == head and book.verify() == []  # readers never wait
    raw.execute("ROLLBACK")
    raw.close()
    assert book.earn(INCOME).new
    book.close()


def test_a_clock_that_runs_backwards() -> None:
    """Order is the journal's number; the time of recording is only told."""
    times = iter(f"2024-02-01T00:00:{60 - n:02d}+00:00" for n in range(1, 60))
    book = tl.Book.create("sqlite://", INFO, clock=lambda: next(times))
    for n in range(5):
        book.earn(tl.Income(key=str(n), on="2024-03-05", category="parking", amount="1.00"))
    assert [entry.key for entry in book.entries()][1:] == ["0", "1", "2", "3", "4"]
    assert book.verify() == []
    book.close()
