"""Checkpoints: the text format to the letter, who may sign what, and what they find."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine

import trustledger as tl
from trustledger.checkpoint import Signature
from trustledger.rules.journal import Frontier, leaf_hash
from trustledger.store import sqlite
from trustledger.store.log import rebuild_nodes

ORIGIN = "trustledger/garden"
SEED = bytes(range(32))
INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")


def signer(name: str = ORIGIN, number: int = 0) -> tl.Signer:
    return tl.Signer(name, sha256(SEED + bytes([number])).digest())


def receipts(first: int, last: int) -> list[tl.Receipt]:
    return [
        tl.Receipt(key=f"R{n:05}", on="2024-02-01", unit="1-101", amount="1")
        for n in range(first, last)
    ]


@pytest.fixture
def book(tmp_path: Path) -> tl.Book:
    unit = tl.Unit(unit="1-101", area_m2="80", usage="住宅")
    return tl.Book.create(f"sqlite:///{tmp_path}/b.db", INFO, unit, *receipts(0, 300))


# --------------------------------------------------------------------------- the format


def test_the_text_forms_are_those_of_signed_notes() -> None:
    """The example key and note of the signed-note format, whose vectors are public."""
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    line = (
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngo"
        "tpRZb6KE6RyyBwJnAM="
    )
    from trustledger.checkpoint import _signature

    key = tl.Verifier.parse(vkey)
    assert (key.name, key.key_id.hex(), key.vkey) == ("PeterNeumann", "c74f20a3", vkey)
    assert key.verifies(_signature(line), text)
    assert not key.verifies(_signature(line), text + " ")
    assert _signature(line).line == line + "\n"


@given(
    st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="+"), min_size=1,
            max_size=20),
    st.binary(min_size=32, max_size=32), st.integers(0, 2**62), st.binary(min_size=32, max_size=32),
)  # fmt: skip
def test_what_is_written_is_read(name: str, seed: bytes, size: int, root: bytes) -> None:
    key = tl.Signer(name, seed)
    assert tl.Signer.parse(key.skey).skey == key.skey
    assert tl.Verifier.parse(key.verifier.vkey) == key.verifier
    signed = signer().sign(key.sign(tl.Checkpoint(ORIGIN, size, root.hex())))
    again = tl.Checkpoint.parse(signed.note)
    assert again == signed
    assert again.signed_by(key.verifier) and again.signed_by(signer().verifier)
    assert not again._replace(size=size + 1).signed_by(key.verifier)
    assert repr(key) == f"<Signer {name!r}>"  # and never the key itself


def test_a_signature_under_one_name_is_there_once() -> None:
    note = tl.Checkpoint(ORIGIN, 1, "00" * 32)
    twice = signer(number=1).sign(signer().sign(note))
    assert twice.signers == (ORIGIN,)
    assert twice.signed_by(signer(number=1).verifier) and not twice.signed_by(signer().verifier)


def test_every_flipped_bit_of_a_note_is_noticed() -> None:
    note = signer().sign(tl.Checkpoint(ORIGIN, 77, sha256(b"x").hexdigest())).note.encode()
    for bit in range(len(note) * 8):
        changed = bytearray(note)
        changed[bit // 8] ^= 1 << bit % 8
        try:
            told = tl.Checkpoint.parse(changed.decode())
        except (UnicodeDecodeError, tl.InvalidInput):
            continue
        assert not told.signed_by(signer().verifier), bit


ROOT = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("", "three lines"),
        ("a\n1\n" + ROOT + "\n", "three lines"),
        ("a\n1\n" + ROOT + "\nmore\n\n— a AAAAAAAA\n", "three lines"),
        ("a\n1\n" + ROOT + "\n\n", "no whole signature line"),
        ("a\n1\n" + ROOT + "\n\n— a AAAAAAAA", "no whole signature line"),
        ("a\n1\n" + ROOT + "\n\n- a AAAAAAAA\n", "a signature line is"),
        ("a\n1\n" + ROOT + "\n\n— a AAAA\n", "a signature line is"),
        ("a\n1\n" + ROOT + "\n\n— a AAAAAAA\n", "not the base64 of a signature"),
        ("a\n01\n" + ROOT + "\n\n— a AAAAAAAA\n", "no proper size and root"),
        ("a\n-1\n" + ROOT + "\n\n— a AAAAAAAA\n", "no proper size and root"),
        ("a\n1\nAAAA\n\n— a AAAAAAAA\n", "no proper size and root"),
        ("a\n1\n" + ROOT[:-2] + "V=\n\n— a AAAAAAAA\n", "not the base64 of a root"),
        ("a\n1\n" + ROOT + "\n\n— a AAAAAAAA\n" * 9000, "three lines"),
    ],
)
def test_what_is_no_note_is_refused(note: str, says: str) -> None:
    with pytest.raises(tl.InvalidInput, match=says):
        tl.Checkpoint.parse(note)


def test_what_is_no_key_is_refused() -> None:
    good = signer().verifier.vkey
    for text, says in (
        ("nothing", "name\\+hash\\+base64"),
        ("a+00000000+AAAA", "is not an Ed25519 key"),
        ("a+00000000+A", "not the base64 of a verifier key"),
        (good.replace(ORIGIN, "other"), "does not have the hash"),
        ("a b" + good.removeprefix(ORIGIN), "no spaces"),
    ):
        with pytest.raises(tl.InvalidInput, match=says):
            tl.Verifier.parse(text)
    with pytest.raises(tl.InvalidInput, match="begins with PRIVATE"):
        tl.Signer.parse(good)
    with pytest.raises(tl.InvalidInput, match="does not have the hash"):
        tl.Signer.parse(signer().skey.replace(ORIGIN, "other"))
    assert not signer().verifier.verifies(Signature("other", b"0000", b""), "")
    assert not signer().verifier.verifies(Signature(ORIGIN, signer().verifier.key_id, b"short"), "")


# --------------------------------------------------------------------------- signing a book


def test_a_checkpoint_is_of_the_log_and_kept_once(book: tl.Book) -> None:
    first = book.checkpoint(signer())
    assert first[:3] == (ORIGIN, *book.head) and first.signed_by(signer().verifier)
    assert book.checkpoint(signer()) == first and book.checkpoints() == [first]
    both = book.cosign(signer("业主委员会", 1))
    assert both.signers == (ORIGIN, "业主委员会")
    assert both.signed_by(signer("业主委员会", 1).verifier)
    book.post(receipts(300, 301))
    later = book.checkpoint(signer())
    assert [one.size for one in book.checkpoints()] == [302, 303]
    assert book.cosign(signer("业主委员会", 1), first.size) == both
    assert book.cosign(signer("业主委员会", 1)).size == later.size
    assert book.verify() == []
    keys = [signer().verifier, signer("业主委员会", 1).verifier.vkey]
    assert book.verify(checkpoints=[both.note], keys=keys) == []


def test_a_key_that_does_not_match_is_refused(book: tl.Book) -> None:
    with pytest.raises(tl.Unknown, match="the log's own key signs first"):
        book.cosign(signer("业主委员会"))
    with pytest.raises(tl.NotThisLog, match="'业主委员会' cannot sign for 'trustledger/garden'"):
        book.checkpoint(signer("业主委员会"))
    book.checkpoint(signer())
    with pytest.raises(tl.NotThisLog, match="is the log's own"):
        book.cosign(signer(number=3))
    with pytest.raises(tl.NotThisLog, match="of 302 entries with another key"):
        book.checkpoint(signer(number=3))
    book.cosign(signer("业主委员会", 1))
    with pytest.raises(tl.NotThisLog, match="with another key; sign with that one"):
        book.cosign(signer("业主委员会", 2))
    with pytest.raises(tl.Unknown, match="checkpoint '7' is not defined"):
        book.cosign(signer("业主委员会", 1), 7)
    assert [one.signers for one in book.checkpoints()] == [(ORIGIN, "业主委员会")]


# --------------------------------------------------------------------------- proofs from a book


def test_every_entry_of_a_book_is_proved(book: tl.Book) -> None:
    head = book.head
    for entry in book.entries():
        proof = book.inclusion(entry.kind, entry.key)
        assert proof.holds() and proof[:3] == (ORIGIN, *head) and proof.entry == entry
        assert not proof._replace(root="00" * 32).holds()
    proof = book.inclusion("receipt", "R00010", size=64)
    assert proof.holds() and proof.size == 64 and len(proof.path) == 6
    for size in (*range(1, 303, 7), 64, 128, 301, 302):
        growth = book.consistency(size)
        assert growth.holds() and growth.old_size == size and growth.root == head.root
        if size != head.size:
            assert not growth._replace(old_size=size + 1).holds()
    assert "trustledger growth 1" in growth.to_dict()["format"]
    with pytest.raises(tl.Unknown, match="the entry is number 13"):
        book.inclusion("receipt", "R00010", size=5)
    with pytest.raises(tl.Unknown, match="the log has 302 entries"):
        book.consistency(303)
    with pytest.raises(tl.Unknown, match="entry 'receipt nobody' is not defined"):
        book.inclusion("receipt", "nobody")


def raw(book: tl.Book) -> sqlite3.Connection:
    """As somebody works who owns the file."""
    opened = sqlite3.connect(str(book._where.engine.url.database))
    for (name,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
        opened.execute(f"DROP TRIGGER {name}")
    return opened


def found(book: tl.Book, **more: object) -> list[tuple[str, str]]:
    told = book.verify(**more)  # type: ignore[arg-type]
    return [(one.check, one.where) for one in told if one.check != "guards"]


def test_nodes_are_made_again_and_watched(book: tl.Book) -> None:
    path = str(book._where.engine.url.database)
    kept = raw(book)
    rows = kept.execute("SELECT level, at, hash FROM tl_node ORDER BY level, at").fetchall()
    assert [row[:2] for row in rows] == [(6, 0), (6, 1), (6, 2), (6, 3)]
    kept.execute("UPDATE tl_node SET hash = zeroblob(32) WHERE at = 2")
    kept.commit()
    assert found(book) == [("log_node", "entries 129 to 192")]
    with pytest.raises(tl.BookCorrupt, match="do not fit together"):
        book.inclusion("unit", "1-101")
    kept.execute("DELETE FROM tl_node WHERE at = 2")
    kept.commit()
    assert found(book) == [("log_node", "entries 129 to 192")]
    with pytest.raises(tl.BookCorrupt, match="has no node 2 of level 6"):
        book.inclusion("unit", "1-101")
    kept.close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        assert rebuild_nodes(connection, "garden") == 4
    engine.dispose()
    assert raw(book).execute("SELECT level, at, hash FROM tl_node ORDER BY 1, 2").fetchall() == rows
    assert found(book) == []


def rewrite(kept: sqlite3.Connection, change: Callable[[list[tuple[object, ...]]], None]) -> None:
    """Change the journal and make every hash anew, as somebody would who knows how."""
    head = ("seq", "kind", "key", "day", "reverses", "content")
    entries = kept.execute(f"SELECT {', '.join(head)} FROM tl_entry ORDER BY seq").fetchall()
    change(entries)
    frontier = Frontier()
    kept.execute("DELETE FROM tl_node")
    for seq, kind, key, day, reverses, content in entries:
        postings = kept.execute(
            "SELECT account, fund, debit_fen, credit_fen, unit, item, line, month, source, term "
            "FROM tl_posting WHERE seq = ? ORDER BY no", (seq,)
        ).fetchall()  # fmt: skip
        leaf = leaf_hash("garden", seq, kind, key, day, reverses, content, postings)
        for node in frontier.append_noting(leaf):
            kept.execute("INSERT INTO tl_node VALUES ('garden', ?, ?, ?)", node)
        kept.execute(
            "UPDATE tl_entry SET content = ?, leaf = ? WHERE seq = ?", (content, leaf, seq)
        )
    kept.execute("UPDATE tl_head SET peaks = ?", (frontier.dump(),))
    kept.commit()
    kept.close()


def test_who_makes_every_hash_anew_and_cannot_sign_is_found(book: tl.Book) -> None:
    early = book.checkpoint(signer())
    book.post(receipts(300, 320))
    late = book.checkpoint(signer())
    book.post(receipts(320, 330))

    def change(entries: list[tuple[object, ...]]) -> None:
        entries[309] = (*entries[309][:5], str(entries[309][5]).replace('"memo":""', '"memo":"x"'))

    rewrite(raw(book), change)
    engine = create_engine(book._where.engine.url)
    with engine.begin() as connection:  # the guards are put back as well
        for sql in sqlite.triggers(connection).values():
            connection.exec_driver_sql(sql)
    engine.dispose()
    assert found(book) == [("checkpoint", f"322 entries signed by {ORIGIN}")]
    told = [str(one) for one in book.verify() if one.check == "checkpoint"]
    assert told[0].endswith("one of entries 303 to 322 was changed")
    with pytest.raises(tl.NotThisLog, match="another root than this log had then"):
        book.checkpoint(signer())

    # who takes the checkpoints away, too, is found by a note that was kept elsewhere
    kept = raw(book)
    kept.execute("DELETE FROM tl_checkpoint")
    kept.commit()
    assert found(book) == []
    keys = [signer().verifier.vkey]
    assert found(book, checkpoints=[early.note], keys=keys) == []
    assert found(book, checkpoints=[early, late], keys=keys) == [
        ("checkpoint", f"322 entries signed by {ORIGIN}")
    ]
    # and who puts one of his own there, by the key that was handed out
    forged = signer(number=9).sign(tl.Checkpoint(ORIGIN, *book.head))
    kept.execute(
        "INSERT INTO tl_checkpoint VALUES ('garden', ?, ?, ?)", (forged.size, ORIGIN, forged.note)
    )
    kept.commit()
    assert found(book) == []
    told = [one.message for one in book.verify(keys=keys) if one.check == "checkpoint"]
    assert told == [f"the signature of {ORIGIN!r} is not its own"]


def test_a_note_that_does_not_fit_is_a_finding(book: tl.Book) -> None:
    other = signer("trustledger/other").sign(tl.Checkpoint("trustledger/other", *book.head))
    longer = signer().sign(tl.Checkpoint(ORIGIN, 400, "00" * 32))
    told = book.verify(checkpoints=[other, longer], keys=[signer().verifier])
    assert [one.message for one in told] == [
        "is not signed by trustledger/garden",
        "is of 'trustledger/other', and this log is 'trustledger/garden'",
        "entries 303 to 400 were taken away",
    ]
    with pytest.raises(tl.InvalidInput, match="this is not a checkpoint"):
        book.verify(checkpoints=["nothing"])


def test_a_kept_note_that_was_changed_is_a_finding(book: tl.Book) -> None:
    note = book.checkpoint(signer()).note
    kept = raw(book)
    for change, says in (
        ("nothing", "cannot be read"),
        (note.replace("302", "301"), "is of something else"),
    ):
        kept.execute("UPDATE tl_checkpoint SET note = ?", (change,))
        kept.commit()
        told = [one.message for one in book.verify() if one.check == "checkpoint"]
        assert len(told) == 1 and says in told[0]
    kept.close()


# --------------------------------------------------------------------------- on paper


def test_a_checkpoint_is_printed_once_there_is_one(book: tl.Book) -> None:
    plain = {name: book.statement("trial_balance", "2024-02").render(name)
             for name in ("text", "csv", "json", "html", "pdf", "xlsx")}  # fmt: skip
    assert "日志检查点" not in plain["text"].decode() and b"<svg class=" not in plain["html"]
    book.checkpoint(signer())
    note = book.cosign(signer("业主委员会", 1))
    book.post(receipts(300, 302))
    report = book.statement("trial_balance", "2024-02")
    said = report.render("text").decode().replace("\n", "")
    assert "前 302 笔凭证" in said and note.root in said
    assert "此后 2 笔尚未签名" in said and "签名：trustledger/garden、业主委员会" in said
    assert "签名：trustledger/garden、业主委员会" in report.render("csv").decode()
    assert json.loads(report.render("json"))["journal"]["checkpoint"] == note.note
    html = report.render("html").decode()
    assert html.count('<svg class="code"') == 1
    assert len(report.render("pdf")) > len(plain["pdf"]) and report.render("xlsx")
    assert report.render("pdf") == book.statement("trial_balance", "2024-02").render("pdf")


def test_a_code_holds_the_note(book: tl.Book) -> None:
    """What was drawn is the matrix of the note, module by module."""
    from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

    from trustledger.render.qr import runs

    note = book.checkpoint(signer()).note
    side, dark = runs(note)
    right = QRCode(None, QRErrorCorrectLevel.M)
    right.addData(note)
    right.make()
    drawn = [[False] * side for _ in range(side)]
    for row, column, length in dark:
        drawn[row][column : column + length] = [True] * length
    assert drawn == [[bool(one) for one in line] for line in right.modules]


def test_without_reportlab_there_are_words_and_no_code(
    book: tl.Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    from trustledger.render import qr

    book.checkpoint(signer())
    monkeypatch.setitem(sys.modules, "reportlab.graphics.barcode.qrencoder", None)
    qr.runs.cache_clear()
    html = book.statement("trial_balance", "2024-02").render("html").decode()
    assert "日志检查点" in html and "<svg class=" not in html
    qr.runs.cache_clear()
