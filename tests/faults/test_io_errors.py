"""The disk says no at the k-th write, sync or truncate of a posting, for every k there is.

The caller gets one clear sentence, the book is as it was, and the next posting works.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest
from disk import Disk
from smallbook import make, sound

import trustledger as tl


def clock() -> str:
    return "2024-02-01T00:00:00+00:00"


Act = Callable[[tl.Book], object]
RECEIPT = tl.Receipt(key="W1", on="2024-01-05", unit="1-101", amount="200.07")
ACTS: dict[str, Act] = {
    "one receipt": lambda book: book.receive(RECEIPT),
    "a voucher": lambda book: book.attach(b"paper" * 5_000, "0231.pdf"),
    "a year's charges": lambda book: book.charge("2024"),
    "a large batch": lambda book: book.post(
        tl.Income(key=f"I{n}", on="2024-01-05", category="parking", amount="1.00", memo="长" * 200)
        for n in range(300)
    ),
}
ERRORS = {"disk I/O error": apsw.IOError, "database or disk is full": apsw.FullError}


@contextmanager
def on_disk(path: Path, checkpoint: int) -> Iterator[tuple[Disk, tl.Book]]:
    """A book on a disk of ours, opened and read once."""
    disk = Disk(path)
    engine = disk.engine(checkpoint=checkpoint)
    book = tl.Book(engine, "b", clock=clock)
    assert book.head.size
    try:
        yield disk, book
    finally:
        works(disk)
        engine.dispose()
        disk.close()


def works(disk: Disk) -> None:
    disk.before = lambda what: None


def fails(disk: Disk, k: int, error: type[Exception], forever: bool) -> int:
    """From now on, fail the k-th operation: that one alone, or all that follow too; which it is."""
    kth = disk.operations + k

    def fail(what: str) -> None:
        if disk.operations == kth or (forever and disk.operations > kth):
            raise error(what)

    disk.before = fail
    return kth


def written(path: Path) -> list[str]:
    """Everything that a database holds, as SQL."""
    raw = sqlite3.connect(path)
    try:
        return list(raw.iterdump())
    finally:
        raw.close()


def crashed(path: Path, folder: Path) -> Path:
    """The files as a process that dies now leaves them, without what it shared in memory."""
    folder.mkdir()
    for ending in ("", "-wal"):
        shutil.copy(f"{path}{ending}", folder / f"b.db{ending}")
    return folder / "b.db"


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "b.db"
    make(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="module")
def done(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the database holds once each act is done."""
    folder, found = tmp_path_factory.mktemp("done"), {}
    for number, (name, act) in enumerate(ACTS.items()):
        path = Path(shutil.copy(template, folder / f"{number}.db"))
        book = tl.Book.open(f"sqlite:///{path}", clock=clock)
        act(book)
        book.close()
        found[name] = written(path)
    return found


@pytest.mark.parametrize("checkpoint", [1, 1000], ids=["checkpoint", "no checkpoint"])
@pytest.mark.parametrize(
    ("words", "forever"),
    [
        pytest.param("disk I/O error", False, id="error once"),
        pytest.param("database or disk is full", True, id="full from then on"),
        pytest.param("disk I/O error", True, id="error from then on", marks=pytest.mark.long),
        pytest.param("database or disk is full", False, id="full once", marks=pytest.mark.long),
    ],
)
@pytest.mark.parametrize(
    "act", ["one receipt", *(pytest.param(one, marks=pytest.mark.long) for one in list(ACTS)[1:])]
)
def test_at_every_write_of_a_posting(
    act: str,
    words: str,
    forever: bool,
    checkpoint: int,
    template: Path,
    done: dict[str, list[str]],
    tmp_path: Path,
) -> None:
    before, refused = written(template), 0
    for k in itertools.count(1):
        path = Path(shutil.copy(template, tmp_path / f"{k}.db"))
        with on_disk(path, checkpoint) as (disk, book):
            kth = fails(disk, k, ERRORS[words], forever)
            told = None
            try:
                ACTS[act](book)
            except tl.StoreError as error:
                told = str(error)
            reached = disk.operations >= kth
            works(disk)
            image = crashed(path, tmp_path / str(k))
        stands = written(path)
        if told is None:  # it never came to the k-th, or that was after the commit
            assert stands == done[act]
        else:
            refused += 1
            assert words in told and "nothing was posted" in told
            assert stands == before
        again(path, act, done)
        sound(f"sqlite:///{image}", path=image)  # whole or absent, and the same once sent again
        assert written(image) in (before, done[act])
        again(image, act, done)
        if not reached:
            break
    print(f"{act}: refused at {refused} of {k - 1} operations, {words}")
    assert refused


def again(path: Path, act: str, done: dict[str, list[str]]) -> None:
    """Send it again, as one does after an error: it is there once."""
    book = tl.Book.open(f"sqlite:///{path}", clock=clock)
    ACTS[act](book)
    book.close()
    assert written(path) == done[act]
