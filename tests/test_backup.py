"""R13: a backup made while others write holds all that was acknowledged before it began."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import databases
import pytest
from sqlalchemy.orm import Session
from typer.testing import CliRunner

import trustledger as tl
from trustledger import keeping
from trustledger.cli import app
from trustledger.store import copying

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "schemas"


def made(path: Path, code: str = "b") -> tl.Book:
    book = tl.Book.create(f"sqlite:///{path}", tl.BookInfo(code=code, name="b", start="2024-01-01"))
    earn(book, "first")
    return book


def earn(book: tl.Book, key: str) -> None:
    book.earn(tl.Income(key=key, on="2024-01-05", category="parking", amount="1.00"))


WRITE = """
import sys, trustledger as tl
book = tl.Book.open(sys.argv[1])
for n in range(10_000):
    book.earn(tl.Income(key=f"{sys.argv[2]}-{n}", on="2024-01-05", category="parking", amount="1"))
    print(n, flush=True)
"""


def test_a_backup_while_others_write_loses_nothing_acknowledged(tmp_path: Path) -> None:
    book = made(tmp_path / "b.db")
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, f"sqlite:///{tmp_path / 'b.db'}", str(who)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        for who in range(2)
    ]
    try:
        for round_ in range(5):
            acknowledged = set()
            for who, writer in enumerate(writers):
                assert writer.stdout is not None
                for _ in range(5):
                    acknowledged.add(f"{who}-{int(writer.stdout.readline())}")
            before = book.head
            heads = book.backup(tmp_path / f"{round_}.db", verify=True)
            copy = tl.Book.open(f"sqlite:///{tmp_path / f'{round_}.db'}")
            assert heads == {"b": copy.head}
            assert copy.head.size >= before.size
            assert copy.verify() == []
            assert acknowledged <= {entry.key for entry in copy.entries()}
            copy.close()
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
            assert writer.stdout is not None
            writer.stdout.close()
    assert book.verify() == []


def test_a_backup_is_one_file_and_comes_back_whole(tmp_path: Path) -> None:
    book = made(tmp_path / "b.db")
    made(tmp_path / "b.db", "second")
    heads = book.backup(tmp_path / "copy.db")
    assert sorted(heads) == ["b", "second"]
    assert heads["b"] == book.head
    assert not list(tmp_path.glob("copy.db-*")) and not list(tmp_path.glob(".*"))
    usb = tmp_path / "usb"
    usb.mkdir()
    shutil.copyfile(tmp_path / "copy.db", usb / "copy.db")
    (usb / "copy.db").chmod(0o444)
    body = (usb / "copy.db").read_bytes()
    again = f"sqlite:///{tmp_path / 'again.db'}"
    assert keeping.restore(usb / "copy.db", again, verify=True) == heads
    assert (usb / "copy.db").read_bytes() == body
    restored = tl.Book.open(again, "b")
    assert restored.head == book.head
    earn(restored, "more")
    assert restored.verify() == []


def test_a_book_in_memory_and_a_host_s_session_are_backed_up(tmp_path: Path) -> None:
    book = tl.Book.create("sqlite://", tl.BookInfo(code="m", name="m", start="2024-01-01"))
    assert book.backup(tmp_path / "m.db") == {"m": book.head}
    assert tl.Book.open(f"sqlite:///{tmp_path / 'm.db'}").head == book.head
    made(tmp_path / "b.db")
    engine = tl.engine(f"sqlite:///{tmp_path / 'b.db'}")
    with Session(engine) as session:
        mine = tl.Book(session, "b")
        stood = mine.head
        session.rollback()
        earn(mine, "not committed")
        assert mine.backup(tmp_path / "c.db") == {"b": stood}
        session.rollback()
    engine.dispose()


def test_a_backup_never_takes_another_file_s_place(tmp_path: Path) -> None:
    book = made(tmp_path / "b.db")
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(tl.InvalidInput) as told:
        book.backup(tmp_path / "mine")
    assert str(told.value) == f"{tmp_path / 'mine'} is there already; name one that is not"
    assert (tmp_path / "mine").read_text() == "mine"
    with pytest.raises(tl.InvalidInput, match="is there already"):
        keeping.restore(tmp_path / "mine", f"sqlite:///{tmp_path / 'b.db'}")
    with pytest.raises(tl.InvalidInput, match="cannot write"):
        book.backup(tmp_path / "none" / "copy.db")


def test_a_copy_that_is_not_the_book_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = made(tmp_path / "b.db")
    right = copying._heads
    with monkeypatch.context() as patch:
        told = iter((0, 7))  # what the book says, and what the copy says
        patch.setattr(
            copying,
            "_heads",
            lambda c: {"b": right(c)["b"]._replace(size=right(c)["b"].size + next(told))},
        )
        with pytest.raises(tl.BookCorrupt, match="in the copy it has others"):
            book.backup(tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy.db*"))
    with sqlite3.connect(tmp_path / "b.db") as raw:
        raw.execute("DROP TRIGGER tl_entry_no_delete")
        raw.execute("DROP TRIGGER tl_entry_no_update")
        raw.execute("UPDATE tl_entry SET leaf = zeroblob(32) WHERE seq = 2")
    raw.close()
    with pytest.raises(tl.BookCorrupt, match="book 'b' has 2 entries and root"):
        book.backup(tmp_path / "copy.db")
    assert not list(tmp_path.glob("*copy.db*"))


def test_verify_says_what_a_copy_alone_does_not(tmp_path: Path) -> None:
    book = made(tmp_path / "b.db")
    with sqlite3.connect(tmp_path / "b.db") as raw:
        raw.execute("UPDATE tl_turnover SET debit_fen = debit_fen + 1 WHERE debit_fen > 0")
    raw.close()
    book.backup(tmp_path / "copy.db")
    with pytest.raises(tl.BookCorrupt, match="book 'b' does not verify: turnover"):
        book.backup(tmp_path / "checked.db", verify=True)
    with pytest.raises(tl.BookCorrupt, match="book 'b' does not verify: turnover"):
        keeping.restore(tmp_path / "copy.db", f"sqlite:///{tmp_path / 'new.db'}", verify=True)
    assert not list(tmp_path.glob("*checked*")) and not list(tmp_path.glob("*new*"))


def test_what_is_no_backup_is_not_brought_back(tmp_path: Path) -> None:
    book = made(tmp_path / "b.db")
    book.backup(tmp_path / "copy.db")
    new = f"sqlite:///{tmp_path / 'new.db'}"
    body = (tmp_path / "copy.db").read_bytes()

    def said(content: bytes) -> str:
        (tmp_path / "bad.db").write_bytes(content)
        with pytest.raises(tl.InvalidFile) as told:
            keeping.restore(tmp_path / "bad.db", new)
        assert not list(tmp_path.glob("*new.db*"))
        return str(told.value)

    assert said(b"no database at all, whatever its name").startswith(
        f"{tmp_path / 'bad.db'}: it is not a book of trustledger"
    )
    assert said(b"") == f"{tmp_path / 'bad.db'}: it holds no books"
    assert "bad.db: " in said(body[: len(body) // 2])
    assert "bad.db: " in said(body[:5_000] + bytes(4_000) + body[9_000:])
    with pytest.raises(tl.InvalidFile, match="there is no file"):
        keeping.restore(tmp_path / "none.db", new)
    (tmp_path / "live.db").write_bytes(body)
    (tmp_path / "live.db-wal").write_bytes(b"what is not in it yet")
    with pytest.raises(tl.InvalidFile, match=r"live.db is in use, or was copied while it was"):
        keeping.restore(tmp_path / "live.db", new)
    with pytest.raises(tl.InvalidInput, match="is not of a file; name one"):
        keeping.restore(tmp_path / "copy.db", "postgresql://host/db")


def test_a_backup_of_an_older_version_comes_back_and_is_migrated(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as raw:
        raw.executescript((SCHEMAS / "v1.sql").read_text("utf-8"))
    raw.close()
    url = f"sqlite:///{tmp_path / 'new.db'}"
    heads = keeping.restore(tmp_path / "old.db", url)
    assert tl.Book.open(url, "xinghe", migrate=True).head == heads["xinghe"]


def test_a_database_server_is_backed_up_by_its_own_tool() -> None:
    engine = databases.fresh("postgresql")
    book = tl.Book.create(engine, tl.BookInfo(code="b", name="b", start="2024-01-01"))
    with pytest.raises(tl.StoreError) as told:
        book.backup("never")
    assert str(told.value) == (
        "this database is not one file; back it up with pg_dump, or export its books: "
        "trustledger archive export"
    )


def test_pg_dump_and_pg_restore_keep_every_book() -> None:
    server = databases.server()
    names = [f"{databases.own_database()}_{n}" for n in ("from", "to")]
    with server.connect() as admin:
        for name in names:
            admin.execute(f"CREATE DATABASE {name}")
    urls = [server.url(name) for name in names]
    book = tl.Book.create(urls[0], tl.BookInfo(code="b", name="b", start="2024-01-01"))
    earn(book, "first")
    file = server.home / f"{names[0]}.dump"  # where the server's user may write
    where = ["-h", str(server.home), "-U", "postgres"]
    server.run("pg_dump", *where, "-Fc", "-f", str(file), names[0])
    server.run("pg_restore", *where, "-d", names[1], str(file))
    copy = tl.Book.open(urls[1])
    assert copy.head == book.head
    assert copy.verify() == []
    earn(copy, "second")
    assert copy.verify() == []
    for one in (book, copy):
        one.close()
    with server.connect() as admin:
        for name in names:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_the_commands(tmp_path: Path) -> None:
    book = made(tmp_path / "book.db")
    said = f"b: journal 2 entries, root {book.head.root}\n"
    copy, new = tmp_path / "copy.db", f"sqlite:///{tmp_path / 'new.db'}"
    run = CliRunner().invoke(app, ["backup", str(tmp_path), str(copy), "--verify"])
    assert run.output == f"{said}in {copy}, as they stood\n"
    run = CliRunner().invoke(app, ["restore", str(copy), "--db", new, "--verify"])
    assert run.output == f"{said}in {new}, as they stood\n"
    run = CliRunner().invoke(app, ["restore", str(copy), "--db", new])
    assert isinstance(run.exception, tl.InvalidInput)
