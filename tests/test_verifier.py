"""The stand-alone verifier: one file, run alone, on papers that are sound and on others."""

from __future__ import annotations

import ast
import copy
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import trustledger as tl
from trustledger import cli, verifier
from trustledger.proving import public_entry

ORIGIN = "trustledger/xinghe"
PERIOD = "2025-01..2025-06"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book that is signed, its keys, and the verifier as an auditor has it: by itself."""
    home = tmp_path_factory.mktemp("home")
    shutil.copytree(Path(tl.__file__ or "").parent / "example", home / "book")
    shutil.copy(str(verifier.__file__), home / "verifier.py")
    for name, file in ((ORIGIN, "log.key"), ("业主委员会", "owners.key"), ("别人", "other.key")):
        signer = tl.Signer.generate(name)
        (home / file).write_text(signer.skey, "utf-8")
        (home / file).with_suffix(".pub").write_text(signer.verifier.vkey, "utf-8")
    book = tl.load(home / "book", period=PERIOD).book
    early = book.checkpoint(key(home, "log"))
    (home / "early.note").write_text(early.note, "utf-8")
    book.erase("unit", "1-102", on="2025-07-01", authority="本人申请")
    book.checkpoint(key(home, "log"))
    (home / "note").write_text(book.cosign(key(home, "owners")).note, "utf-8")
    book.close()
    return home


def key(home: Path, name: str) -> tl.Signer:
    return tl.Signer.parse((home / f"{name}.key").read_text("utf-8"))


@pytest.fixture
def book(home: Path) -> tl.Book:
    return tl.open_book(str(home / "book"))


@pytest.fixture
def run(home: Path, tmp_path: Path) -> Run:
    """Run the verifier alone: no package of ours, no environment, not our folder."""

    def run(what: str, paper: object, *more: str, keys: tuple[str, ...] = ()) -> tuple[int, str]:
        path = tmp_path / "paper.json"
        if isinstance(paper, dict):
            path.write_text(json.dumps(paper, ensure_ascii=False), "utf-8")
        else:
            path = Path(str(paper))
        given = [x for name in keys for x in ("--key", (home / f"{name}.pub").read_text("utf-8"))]
        told = subprocess.run(
            [sys.executable, "-I", str(home / "verifier.py"), what, str(path), *given, *more],
            capture_output=True,
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        text = (told.stdout + told.stderr).decode()
        assert "Traceback" not in text
        return told.returncode, text

    return run


def within(paper: dict[str, Any], what: str, **more: Any) -> tuple[int, str]:
    """The same in this process, for many papers."""
    import contextlib
    import io
    import tempfile

    out = io.StringIO()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.json"
        path.write_text(json.dumps(paper, ensure_ascii=False), "utf-8")
        given = [x for name, value in more.items() for x in (f"--{name}", value)]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = verifier.main([what, str(path), *given])
    return status, out.getvalue()


def test_it_is_one_file_that_needs_nothing_of_ours() -> None:
    source = Path(str(verifier.__file__)).read_text("utf-8")
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {one.name.partition(".")[0] for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(str(node.module).partition(".")[0])
    assert names - set(sys.stdlib_module_names) == {"cryptography"}
    assert not names & {"socket", "urllib", "http", "subprocess", "ctypes", "os"}


# --------------------------------------------------------------------------- an owner's statement


def test_an_owners_statement_is_checked(book: tl.Book, run: Run) -> None:
    for unit in ("1-101", "1-102", "2-101"):
        paper = book.proof_bundle(PERIOD, unit=unit).to_dict()
        status, said = run("statement", paper, keys=("log", "owners"))
        facts = book.statement("owner", PERIOD, unit=unit).facts
        assert status == 0, said
        assert "signed by trustledger/xinghe" in said and "signed by 业主委员会" in said
        assert f"closing_arrears  {facts['closing_arrears']:>14}" in said
        assert "NOT PROVED: that no other entry of this unit was left out" in said
    status, said = run("statement", paper)
    assert status == 0 and "NOT CHECKED: signatures of trustledger/xinghe, 业主委员会" in said


def test_every_unit_and_period_of_the_example_holds(book: tl.Book) -> None:
    for period in ("2025-01", "2025-03", PERIOD):
        for unit in book.units():
            paper = book.proof_bundle(period, unit=unit.unit).to_dict()
            status, said = within(paper, "statement")
            assert status == 0, (unit.unit, said)


def test_nobodys_name_is_in_a_bundle_but_what_was_opened(book: tl.Book) -> None:
    names = {unit.owner for unit in book.units() if unit.owner}
    phones = {unit.phone for unit in book.units() if unit.phone}
    assert len(names) > 10
    for unit in book.units():
        paper = json.dumps(book.proof_bundle(PERIOD, unit=unit.unit).to_dict(), ensure_ascii=False)
        assert not [one for one in names | phones if one in paper]
    mine = next(unit for unit in book.units() if unit.owner)
    shown = book.proof_bundle(PERIOD, unit=mine.unit, opened=("owner",)).to_dict()
    assert mine.owner in json.dumps(shown, ensure_ascii=False)
    assert mine.phone not in json.dumps(shown, ensure_ascii=False)
    assert within(shown, "statement")[0] == 0
    opened = next(one["opened"] for one in shown["entries"] if one["kind"] == "unit")
    opened["owner"]["value"] = "别人"
    status, said = within(shown, "statement")
    assert status == 1 and "its owner is not what it commits to" in said


def test_a_touched_statement_is_refused(book: tl.Book, home: Path) -> None:
    sound = book.proof_bundle(PERIOD, unit="1-101").to_dict()
    log = (home / "log.pub").read_text("utf-8")
    assert within(sound, "statement", key=log)[0] == 0
    last = len(sound["entries"]) - 1

    def put(paper: dict[str, Any], value: object, *path: Any) -> None:
        for step in path[:-1]:
            paper = paper[step]
        paper[path[-1]] = value

    changes: list[tuple[str, tuple[Any, ...], Any]] = [
        ("closing_arrears is 0.01 on the statement", ("facts", "closing_arrears"), "0.01"),
        ("received is 9.99 on the statement", ("facts", "received"), "9.99"),
        ("does not balance", ("entries", last, "postings", 0, 2), 1),
        ("a posting has one side", ("entries", last, "postings", 0, 3), 1),
        ("amounts are whole fen", ("entries", last, "postings", 0, 2), "1"),
        ("is not in the log", ("entries", last, "on"), "2025-01-01"),
        ("is not in the log", ("entries", last, "key"), "x"),
        ("is not in the log", ("entries", last, "content"), "{}"),
        ("is not in the log", ("entries", last, "reverses"), 1),
        ("is not in the log", ("entries", last, "seq"), sound["entries"][last]["seq"] + 1),
        ("is not in the log", ("entries", last, "path", 0), "00" * 32),
        ("too short", ("entries", last, "path"), []),
        ("too long", ("entries", last, "path"), [*sound["entries"][last]["path"], "00" * 32]),
        ("of 643 entries and another root", ("root",), "00" * 32),
        ("of 643 entries and another root", ("size",), 642),
        ("no good signature", ("checkpoint",), sound["checkpoint"].replace("643", "644")),
        ("book and origin differ", ("origin",), "trustledger/b"),
        ("book and origin differ", ("book",), "b"),
        ("could have signed", ("checkpoint",), ""),
        ("twice, or out of order", ("entries",), [sound["entries"][0], *sound["entries"]]),
        ("a field holds a line end", ("entries", last, "key"), "a\nb"),
        ("received", ("entries",), sound["entries"][:-1]),
        ("is not a trustledger statement 1", ("format",), "x"),
    ]
    for says, path, value in changes:
        paper = copy.deepcopy(sound)
        put(paper, value, *path)
        status, said = within(paper, "statement", key=log)
        assert (status, says in said) == (1, True), (says, path, said)
    other = within(sound, "statement", key=(home / "other.pub").read_text("utf-8"))
    assert other[0] == 1 and "no good signature of 别人" in other[1]
    assert within({"format": "trustledger statement 1"}, "statement")[0] == 2


def test_a_random_bit_of_a_statement_is_refused_or_says_the_same(book: tl.Book, home: Path) -> None:
    sound = json.dumps(book.proof_bundle(PERIOD, unit="1-101").to_dict(), ensure_ascii=False)
    log = (home / "log.pub").read_text("utf-8")

    def figures(said: str) -> list[str]:
        return [line for line in said.splitlines() if re.fullmatch(r"[a-z_]+ +-?[0-9.]+", line)]

    good = figures(within(json.loads(sound), "statement", key=log)[1])
    assert len(good) == 9
    chance = random.Random(11)
    refused = 0
    for _ in range(300):
        body = bytearray(sound.encode())
        at = chance.randrange(len(body))
        body[at] ^= 1 << chance.randrange(8)
        try:
            paper = json.loads(body.decode())
        except ValueError:
            continue
        status, said = within(paper, "statement", key=log)
        refused += status != 0
        assert status or figures(said) == good, said
    assert refused > 100


# --------------------------------------------------------------------------- the other papers


def test_proofs_and_notes_are_checked(book: tl.Book, run: Run, home: Path) -> None:
    note = str(home / "note")
    growth, entry = book.consistency(642).to_dict(), book.inclusion("unit", "1-101").to_dict()
    assert run("growth", growth, "--checkpoint", note, keys=("log",))[0] == 0
    assert run("inclusion", entry, "--checkpoint", note, keys=("owners",))[0] == 0
    assert run("checkpoint", note, keys=("log", "owners"))[0] == 0
    status, said = run("growth", growth)
    assert status == 0 and "NOT SIGNED" in said
    for status, said in (
        run("growth", growth | {"old_root": "00" * 32}),
        run("growth", growth | {"path": growth["path"][1:]}),
        run("growth", growth, "--checkpoint", str(home / "early.note"), keys=("log",)),
        run("inclusion", entry | {"entry": entry["entry"] | {"on": "2025-01-02"}}),
        run("inclusion", growth),
        run("checkpoint", note, keys=("other",)),
        run("checkpoint", note),
    ):
        assert status == 1 and "DOES NOT HOLD" in said
    for status, said in (
        run("checkpoint", home / "gone", keys=("log",)),
        run("growth", home / "verifier.py"),
    ):
        assert status == 2 and "CANNOT BE READ" in said


@pytest.fixture
def archive(book: tl.Book, tmp_path: Path) -> Path:
    """A journal as an archive holds it."""
    folder = tmp_path / "archive"
    folder.mkdir()
    entries = list(book.entries())
    head = book.head
    manifest = {"book": "xinghe", "size": head.size, "root": head.root}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    lines(folder / "entries.jsonl", [{**public_entry(one), "recorded_at": ""} for one in entries])
    lines(folder / "private.jsonl", [
        {"seq": one.seq, "field": field, "salt": salt.hex(), "value": value}
        for one in entries for field, salt, value in one.private
    ])  # fmt: skip
    lines(folder / "checkpoints.jsonl", [
        {"size": one.size, "signer": s.name, "note": one._replace(signatures=(s,)).note}
        for one in book.checkpoints() for s in one.signatures
    ])  # fmt: skip
    return folder


def lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")


def test_an_archive_is_recomputed(archive: Path, book: tl.Book, run: Run, home: Path) -> None:
    early = ("--checkpoint", str(home / "early.note"))
    status, said = run("archive", archive, *early, keys=("log", "owners"))
    assert status == 0, said
    assert f"xinghe: 643 entries balance, root {book.head.root}" in said
    assert "entries 1 to 643 are as signed by 业主委员会" in said
    bank = book.statement("trial_balance", PERIOD).facts["accounts"]["1002"]["closing_debit"]
    assert f"common       1002   {bank:>16}" in said or "garden" in said
    (archive / "private.jsonl").unlink()
    (archive / "checkpoints.jsonl").unlink()
    assert run("archive", archive, *early, keys=("log",))[0] == 0
    status, said = run("archive", archive, keys=("log",))
    assert status == 1 and "there is no checkpoint signed by trustledger/xinghe" in said
    status, said = run("archive", archive)
    assert status == 0 and "NOT SIGNED" in said


def test_the_books_own_archives_are_recomputed(book: tl.Book, tmp_path: Path, run: Run) -> None:
    for public in (False, True):
        folder = tmp_path / f"own{public}"
        book.export_archive(folder, public=public)
        status, said = run("archive", folder, keys=("log", "owners"))
        assert status == 0 and f"root {book.head.root}" in said, said


def test_a_touched_archive_is_refused(archive: Path, run: Run) -> None:
    for file, change, says in (
        ("entries", lambda rows: rows.pop(), "1 were taken away"),
        ("entries", lambda rows: rows.pop(5), "entry 6 is missing"),
        ("entries", lambda rows: rows[600]["postings"][0].__setitem__(2, 1), "does not balance"),
        ("entries", lambda rows: rows[99].update(on="2025-01-09"), "one of entries 1 to 642"),
        ("entries", lambda rows: rows[642].update(on="2025-01-09"), "one of entries 643 to 643"),
        ("private", lambda rows: rows[0].update(value="别人"), "is not what it commits to"),
        ("private", lambda rows: rows[0].update(seq=9999), "of entries that are not there"),
        ("checkpoints", lambda rows: rows[0].update(note="x"), "not a signed checkpoint"),
    ):
        path = archive / f"{file}.jsonl"
        body = path.read_text("utf-8")
        rows = [json.loads(line) for line in body.splitlines()]
        change(rows)
        lines(path, rows)
        status, said = run("archive", archive, keys=("log",))
        assert status == 1 and says in said, (says, said)
        path.write_text(body, "utf-8")
    manifest = json.loads((archive / "manifest.json").read_text("utf-8"))
    for change, says in (({"size": 642}, "the manifest says 642"), ({"root": "00"}, "the root is")):
        (archive / "manifest.json").write_text(json.dumps(manifest | change), "utf-8")
        status, said = run("archive", archive)
        assert status == 1 and says in said


# --------------------------------------------------------------------------- the command line


def test_the_command_line_signs_and_proves(home: Path, tmp_path: Path, run: Run) -> None:
    shutil.copytree(home / "book", tmp_path / "book")
    told = CliRunner()

    def do(*words: str) -> str:
        done = told.invoke(cli.app, list(words))
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    where = str(tmp_path / "book")
    vkey = do("checkpoint", "keygen", "监事会", "--out", str(tmp_path / "k")).strip()
    assert tl.Verifier.parse(vkey).name == "监事会"
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    with pytest.raises(tl.InvalidInput, match="a key is never written over"):
        told.invoke(cli.app, ["checkpoint", "keygen", "x", "--out", str(tmp_path / "k")],
                    catch_exceptions=False, standalone_mode=False)  # fmt: skip
    do("checkpoint", "sign", where, "--key", str(home / "log.key"), "--out", str(tmp_path / "n"))
    do("checkpoint", "cosign", where, "--key", str(tmp_path / "k"), "--out", str(tmp_path / "n"))
    note = (tmp_path / "n").read_text("utf-8")
    assert do("checkpoint", "show", where) == note
    assert tl.Checkpoint.parse(note).signers == (ORIGIN, "业主委员会", "监事会")
    assert tl.Checkpoint.parse(do("checkpoint", "show", where, "--size", "642")).size == 642
    do("verify", where, "--checkpoint", str(tmp_path / "n"), "--key", vkey)
    bad = told.invoke(cli.app, ["verify", where, "--checkpoint", str(home / "early.note"),
                                "--key", vkey])  # fmt: skip
    assert bad.exit_code == 1 and "checkpoint: 642 entries" in bad.output
    for words, what in (
        (("statement", where, "2025-01", "--unit", "1-101", "--open", "payer"), "statement"),
        (("inclusion", where, "unit", "1-101"), "inclusion"),
        (("consistency", where, "642"), "growth"),
    ):
        do("proof", *words, "--out", str(tmp_path / "p.json"))
        assert run(what, tmp_path / "p.json")[0] == 0
    for words, says in (
        (["checkpoint", "show", where, "--size", "7"], "there is no such checkpoint"),
        (["verify", where, "--checkpoint", str(home / "book" / "book.db")], "not a text file"),
    ):
        with pytest.raises(tl.InvalidInput, match=says):
            told.invoke(cli.app, words, catch_exceptions=False, standalone_mode=False)
