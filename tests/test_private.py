"""What is personal: sealed in the journal, opened for who reads the book, and erasable."""

from __future__ import annotations

import json
import random
import re
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import given
from hypothesis import strategies as st

import trustledger as tl
from trustledger.facts import EVERY
from trustledger.rules.sealing import (
    Private,
    commitment,
    derived_salt,
    seal,
    sealed_fields,
    sealed_key,
    unseal,
)
from trustledger.sheets import write_templates
from trustledger.sheets.booktoml import read_book
from trustledger.store import sqlite
from trustledger.store.writing import PERSONAL

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
TERM = tl.Tariff(item="物业费", basis="per_m2_month", price="2", start="2024-01-01")
FACTS = (
    tl.Unit(unit="1-101", area_m2="80", usage="住宅", owner="欧阳海棠", phone="13800000001"),
    tl.Unit(unit="1-102", area_m2="90", usage="住宅", owner="诸葛长风", phone=""),
    tl.Tenure(unit="1-101", person="欧阳海棠", start="2024-01-01", share="1/2",
              authority="证第77号"),
    tl.Tenure(unit="1-101", person="司马青衫", start="2024-01-01", share="1/2",
              phone="13800000002"),
    TERM,
    tl.Receipt(key="R1", on="2024-02-01", unit="1-101", amount="60", payer="欧阳海棠",
               memo="代母亲缴"),
    tl.Waiver(key="W1", on="2024-02-02", unit="1-102", month="2024-01", amount="5",
              authority="业委会决议1", memo="诸葛长风家中漏水"),
    tl.Deposit(key="D1", on="2024-02-03", unit="1-102", move="taken", amount="100",
               payer="装修队老吴"),
    tl.Suspense(key="S1", on="2024-02-03", amount="9", payer="无名氏甲", memo="查无此人"),
    tl.Agency(key="A1", on="2024-02-03", what="水费", move="collected", amount="7",
              payee="自来水站老李"),
)  # fmt: skip
NAMES = ("欧阳海棠", "诸葛长风", "司马青衫", "13800000001", "13800000002", "证第77号", "代母亲缴",
         "家中漏水", "装修队老吴", "无名氏甲", "查无此人", "自来水站老李")  # fmt: skip
SECRET = b"sixteen bytes or more"


def told(where: object, secret: bytes | None = None) -> tl.Book:
    book = tl.Book.create(where, INFO, *FACTS[:5], secret=secret)
    book.charge("2024-01")
    book.post(FACTS[5:])
    return book


@pytest.fixture
def book() -> tl.Book:
    return told(fresh())


def public(book: tl.Book) -> str:
    """All that the log seals: what may be published."""
    return "\n".join(
        "\n".join((entry.kind, entry.key, entry.on, entry.public, *map(str, entry.postings)))
        for entry in book.entries()
    )


def checks(book: tl.Book) -> list[str]:
    return [f"{one.where} {one.message}" for one in book.verify() if one.check == "private"]


# --------------------------------------------------------------------------- sealing


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(text, text, st.binary(min_size=16, max_size=16))
def test_sealing_and_opening_is_nothing(name: str, memo: str, salt: bytes) -> None:
    body = {"key": "R1", "payer": name, "amount_fen": 1, "memo": memo, "of": {"x": [1]}}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    shown, kept = seal("receipt", content, ("payer", "memo", "phone"), lambda field: salt)
    assert unseal(shown, {one.field: one.value for one in kept}) == content
    assert {one.field for one in kept} == {f for f in ("payer", "memo") if body[f]}
    assert sealed_fields(shown) == {
        one.field: commitment(salt, "receipt", one.field, one.value) for one in kept
    }
    assert json.loads(unseal(shown, {})) == body | {"payer": "", "memo": ""}


def test_a_value_that_looks_sealed_is_a_value() -> None:
    trick = '"payer":{"sealed":"' + "0" * 64 + '"}'
    fact = tl.Receipt(key="R1", on="2024-02-01", unit="1", amount="1", channel=trick, memo=trick)
    shown, kept = seal("receipt", fact.content(), ("payer", "memo"), lambda field: b"0" * 16)
    assert [one.field for one in kept] == ["memo"] and list(sealed_fields(shown)) == ["memo"]
    assert unseal(shown, {"memo": trick}) == fact.content()


def test_every_record_says_which_of_its_fields_are_personal() -> None:
    """A field that is new or renamed has to be thought about: public, or personal."""
    assert PERSONAL == {
        "unit": ("owner", "phone"), "tenure": ("person", "phone", "authority"),
        "receipt": ("payer", "memo"), "refund": ("memo",), "waiver": ("memo",),
        "deposit": ("payer", "memo"), "agency": ("payee", "memo"),
        "suspense": ("payer", "memo"), "instalment": ("memo",), "reversal": ("reason",),
        "reading": ("memo",), "reminder": ("owner",),
        "elector": ("reason",), "member": ("name",), "ballot": ("proxy", "memo"),
        "tally": ("counted_by", "supervised_by", "memo"), "proposal": ("text",),
        "question": ("text",), "rating": ("memo",), "survey": ("memo",),
    }  # fmt: skip
    for record in EVERY:
        assert set(record.personal) <= set(record.model_fields)


def test_a_commitment_is_of_its_kind_field_value_and_salt() -> None:
    base = commitment(b"s" * 16, "unit", "owner", "甲")
    assert base == commitment(b"s" * 16, "unit", "owner", "甲")
    for salt, kind, field, value in (
        (b"t", "unit", "owner", "甲"),
        (b"s", "tenure", "owner", "甲"),
        (b"s", "unit", "phone", "甲"),
        (b"s", "unit", "owner", "乙"),
    ):
        assert commitment(salt * 16, kind, field, value) != base
    salts = {derived_salt(SECRET, k, key, f) for k in "ab" for key in "cd" for f in "ef"}
    assert len(salts) == 8 and {len(one) for one in salts} == {16}
    assert (
        sealed_key("1|甲|乙|owner|2024-01-01", "乙", "f" * 64)
        == f"1|甲|{'f' * 16}|owner|2024-01-01"
    )


# --------------------------------------------------------------------------- a book


def test_no_name_is_in_the_journal_and_every_name_is_read(book: tl.Book) -> None:
    assert not [name for name in NAMES if name in public(book)]
    assert [unit.owner for unit in book.units()] == ["欧阳海棠", "诸葛长风"]
    holders = book.owners_of("1-101", "2024-03-01")
    assert [one.person for one in holders] == ["司马青衫", "欧阳海棠"]
    assert book.entry("receipt", "R1").content == FACTS[5].content()
    assert book.entry("tenure", FACTS[2].record_key).content == FACTS[2].content()
    page = str(book.statement("owner", "2024-02", unit="1-101"))
    assert "欧阳海棠" in page and "司马青衫" in page
    assert book.verify() == []


def test_telling_it_again_changes_nothing_and_otherwise_is_refused(book: tl.Book) -> None:
    size = book.head.size
    assert not any(one.new for one in book.post(FACTS))
    assert book.head.size == size
    with pytest.raises(tl.KeyConflict, match="payer '欧阳海棠', and now says '别人'"):
        book.post([FACTS[5].model_copy(update={"payer": "别人"})])


def test_who_leaves_is_not_named_by_the_end_of_a_tenure(book: tl.Book) -> None:
    gone = tl.Tenure(unit="1-101", person="司马青衫", start="2024-01-01", share="1/2",
                     phone="13800000002", to="2024-06-30")  # fmt: skip
    assert not book.post([gone])[0].new
    (ending,) = (entry for entry in book.entries() if entry.kind == "ending")
    assert "司马青衫" not in ending.key + ending.content + public(book)
    assert [one.person for one in book.owners_of("1-101", "2024-07-01")] == ["欧阳海棠"]
    size = book.head.size
    book.post([gone])
    assert book.head.size == size and book.verify() == []
    with pytest.raises(tl.KeyConflict, match="to '2024-06-30'"):
        book.post([tl.Tenure(unit="1-101", person="司马青衫", start="2024-01-01", share="1/2",
                             phone="13800000002", to="2024-07-31")])  # fmt: skip


def test_a_secret_gives_one_root_and_without_it_roots_differ() -> None:
    assert told(fresh(), SECRET).head == told(fresh(), SECRET).head
    assert told(fresh(), SECRET).head != told(fresh(), SECRET + b"!").head
    assert told(fresh()).head != told(fresh()).head
    plain = [tl.Unit(unit="1", area_m2="1", usage="住宅"), TERM]
    assert tl.Book.create(fresh(), INFO, *plain).head == tl.Book.create(fresh(), INFO, *plain).head
    with pytest.raises(tl.InvalidInput, match="the secret has 3 bytes; 16 are the least"):
        tl.Book.create(fresh(), INFO, secret=b"abc")


def test_a_dictionary_finds_nobody() -> None:
    """R23: who has what is public and every name there is finds nothing without the salts."""
    chance = random.Random(23)
    family, given_ = "赵钱孙李周吴郑王冯陈", "子轩雨桐浩然诗涵宇航梓萱俊杰佳怡"
    names = {
        chance.choice(family) + "".join(chance.choices(given_, k=2)) + str(number)
        for number in range(20_000)
    }
    owners = sorted(names)[:30]
    book = tl.Book.create(fresh(), INFO, *(
        fact
        for number, name in enumerate(owners)
        for fact in (
            tl.Unit(unit=str(number), area_m2="1", usage="住宅", owner=name),
            tl.Tenure(unit=str(number), person=name, start="2024-01-01"),
        )
    ))  # fmt: skip
    commitments = {c for e in book.entries() for c in sealed_fields(e.public).values()}
    keys = {entry.key for entry in book.entries()}
    assert len(commitments) == 60
    hits = 0
    for name in names:
        for kind, field in (("unit", "owner"), ("tenure", "person")):
            for salt in (b"", bytes(16), b"garden"):
                guess = commitment(salt, kind, field, name)
                hits += guess in commitments or any(guess[:16] in key for key in keys)
        hits += sha256(name.encode()).hexdigest() in commitments
    assert hits == 0
    assert not [name for name in owners if name in public(book)]


# --------------------------------------------------------------------------- erasing


def test_what_is_erased_is_gone_and_everything_holds(book: tl.Book) -> None:
    proof, before = book.inclusion("receipt", "R1"), book.head
    page = book.statement("owner", "2024-02", unit="1-101").facts
    done = book.erase("receipt", "R1", on="2024-03-01", authority="本人申请")
    assert done.new and done.kind == "erasure"
    assert book.entry("receipt", "R1").public == proof.entry.public
    assert json.loads(book.entry("receipt", "R1").content)["payer"] == ""
    fact = json.loads(book.entry("erasure", done.key).content)
    assert fact == {"of": proof.entry.seq, "of_kind": "receipt", "of_key": "R1",
                    "fields": ["payer", "memo"], "authority": "本人申请"}  # fmt: skip
    assert book.verify() == []
    again = book.inclusion("receipt", "R1", size=before.size)
    assert (again.root, again.path) == (before.root, proof.path)
    after = book.statement("owner", "2024-02", unit="1-101").facts
    assert after["closing_arrears"] == page["closing_arrears"]
    assert not book.post([FACTS[5]])[0].new  # told again: what stands
    repeated = book.erase("receipt", "R1", on="2024-03-01", authority="本人申请")
    assert repeated == done._replace(new=False)
    with pytest.raises(tl.KeyConflict, match=r"amount '60\.00', and now says '61\.00'"):
        book.post([tl.Receipt(key="R1", on="2024-02-01", unit="1-101", amount="61")])


def test_one_field_can_be_erased(book: tl.Book) -> None:
    book.erase("unit", "1-101", ["phone"], on="2024-03-01", authority="本人申请")
    (unit, _) = book.units()
    assert (unit.owner, unit.phone) == ("欧阳海棠", "")
    book.erase("unit", "1-101", on="2024-03-02", authority="本人申请")
    assert book.units()[0].owner == "" and book.verify() == []


def test_a_person_of_a_tenure_is_erased(book: tl.Book) -> None:
    for fact in FACTS[2:4]:
        book.erase("tenure", fact.record_key, on="2024-03-01", authority="本人申请")
    people = [one.person for one in book.owners_of("1-101", "2024-03-01")]
    assert len(set(people)) == 2 and all(one.startswith("已删除-") for one in people)
    assert book.verify() == []
    size = book.head.size
    assert not any(one.new for one in book.post(FACTS))  # a folder that still names them
    assert book.head.size == size
    assert book.statement("owing", "2024-02").facts is not None
    assert str(book.statement("owner", "2024-02", unit="1-101"))
    ended = tl.Tenure(
        unit="1-101", person="已删除", start="2024-01-01", share="1/2", to="2024-06-30"
    )
    book.post([ended])
    assert len(book.owners_of("1-101", "2024-07-01")) == 2  # the rest goes to the unit's owner
    assert book.verify() == []


def test_what_cannot_be_erased_is_refused(book: tl.Book) -> None:
    for kind, key, fields, says in (
        ("receipt", "R9", None, "entry 'receipt R9' is not defined"),
        ("receipt", "R1", ["unit"], "sealed field 'unit' is not defined; .* payer, memo"),
        ("tariff", TERM.record_key, None, "has nothing personal that is sealed"),
    ):
        with pytest.raises(tl.InvalidInput, match=says):
            book.erase(kind, key, fields, on="2024-03-01", authority="本人申请")
    with pytest.raises(tl.InvalidInput, match="by whose authority"):
        book.erase("receipt", "R1", on="2024-03-01", authority=" ")
    with pytest.raises(tl.BooksNotOpen, match="the books open on 2024-01-01"):
        book.erase("receipt", "R1", on="2023-03-01", authority="本人申请")
    assert not [entry for entry in book.entries() if entry.kind == "erasure"]


# --------------------------------------------------------------------------- tampering


def owned(path: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    return raw


def test_what_is_changed_without_an_erasure_is_found(tmp_path: Path) -> None:
    book = told(f"sqlite:///{tmp_path}/b.db", SECRET)
    seq = book.entry("receipt", "R1").seq
    done = book.erase("receipt", "R1", ["memo"], on="2024-03-01", authority="本人申请")
    assert done.new and checks(book) == []
    raw = owned(tmp_path / "b.db")
    at = f"WHERE seq = {seq} AND field = 'payer'"
    for change, undo, says in (
        (f"UPDATE tl_private SET value = '别人' {at}",
         f"UPDATE tl_private SET value = '欧阳海棠' {at}",
         f"entry {seq} receipt R1 its payer is not what the entry commits to"),
        (f"INSERT INTO tl_private VALUES ('garden', {seq}, 'memo', zeroblob(16), 'x')",
         f"DELETE FROM tl_private WHERE seq = {seq} AND field = 'memo'",
         f"entry {seq} receipt R1 its memo is not what the entry commits to"),
        ("INSERT INTO tl_private VALUES ('garden', 1, 'name', zeroblob(16), 'x')",
         "DELETE FROM tl_private WHERE seq = 1",
         "database 1 values are kept that no entry commits to"),
        (f"DELETE FROM tl_private {at}", "",
         f"entry {seq} receipt R1 its payer is gone, and no entry says it was erased"),
    ):  # fmt: skip
        raw.execute(change)
        raw.commit()
        assert says in checks(book)
        if undo:
            raw.execute(undo)
            raw.commit()
            assert checks(book) == []
    raw.close()
    engine = tl.engine(f"sqlite:///{tmp_path}/b.db")
    with engine.begin() as connection:  # the guards are put back
        for sql in sqlite.triggers(connection).values():
            connection.exec_driver_sql(sql)
    engine.dispose()
    with pytest.raises(tl.InvalidInput, match="is gone, and no entry says"):
        book.erase("receipt", "R1", ["payer"], on="2024-03-01", authority="本人申请")


def test_the_database_refuses_to_change_what_is_personal(tmp_path: Path) -> None:
    book = told(f"sqlite:///{tmp_path}/b.db")
    raw = sqlite3.connect(tmp_path / "b.db")
    raw.execute("PRAGMA recursive_triggers=ON")
    one = raw.execute("SELECT * FROM tl_private LIMIT 1").fetchone()
    for statement in (
        "UPDATE tl_private SET value = 'x'",
        "INSERT INTO tl_private VALUES (?, ?, ?, ?, ?)",
        "INSERT OR REPLACE INTO tl_private VALUES (?, ?, ?, ?, ?)",
        "UPDATE OR REPLACE tl_private SET field = 'x'",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="deleted or stays as it is"):
            raw.execute(statement, one if "?" in statement else ())
    raw.close()
    assert book.verify() == []


def test_what_is_erased_is_not_left_in_the_file(tmp_path: Path) -> None:
    book = told(f"sqlite:///{tmp_path}/b.db")
    for kind, key in (("receipt", "R1"), ("unit", "1-101"), ("tenure", FACTS[2].record_key)):
        book.erase(kind, key, on="2024-03-01", authority="本人申请")
    book.close()
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert "诸葛长风".encode() in left and "欧阳海棠".encode() not in left


def test_entries_of_older_books_with_plain_names_stay_valid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("trustledger.store.writing.PERSONAL", {})
    book = told(fresh())
    monkeypatch.undo()
    assert "欧阳海棠" in public(book) and book.verify() == []
    assert not any(one.new for one in book.post(FACTS))
    book.post([tl.Receipt(key="R2", on="2024-03-01", unit="1-101", amount="1", payer="欧阳海棠")])
    assert book.entry("receipt", "R2").private[0][2] == "欧阳海棠"
    assert book.verify() == []
    assert isinstance(Private(*book.entry("receipt", "R2").private[0]).salt, bytes)


# --------------------------------------------------------------------------- the folder's secret


def test_a_folders_secret_makes_its_root_and_is_not_in_its_book(
    folder: Callable[[str], Path], tmp_path: Path
) -> None:
    first = folder("example")
    one = tl.load(first, period="2025-01..2025-02").book
    other = tl.load(first, f"sqlite:///{tmp_path}/other.db", period="2025-01..2025-02").book
    assert one.head == other.head
    told = (first / "book.toml").read_text("utf-8")
    secret = re.search(r'secret = "([0-9a-f]+)"', told)
    assert secret is not None
    one.close()
    kept = (first / "book.db").read_bytes()
    assert secret[1].encode() not in kept and bytes.fromhex(secret[1]) not in kept
    (first / "book.toml").write_text(told.replace(secret[1], "ab" * 32), "utf-8")
    third = tl.load(first, f"sqlite:///{tmp_path}/third.db", period="2025-01..2025-02").book
    assert third.head != other.head and third.verify() == []
    again = tl.load(first, f"sqlite:///{tmp_path}/other.db")  # another secret changes no fact
    assert again.posted == 0
    reopened = tl.open_book(str(first))
    assert reopened._secret == bytes.fromhex("ab" * 32)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_init_writes_a_secret_of_its_own(tmp_path: Path, lang: str) -> None:
    found = set()
    for name in ("a", "b"):
        write_templates(tmp_path / name, lang)
        text = (tmp_path / name / "book.toml").read_bytes()
        secret = read_book(text).secret
        assert secret is not None and len(secret) == 32 and b"SECRET" not in text
        found.add(secret)
    assert len(found) == 2


def test_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from trustledger.cli import app

    db = f"sqlite:///{tmp_path / 'b.db'}"
    told(db).close()
    root = tl.Book.open(db).head.root

    def say(*words: str) -> str:
        assert app([*words, "--db", db], standalone_mode=False) in (0, None)
        return capsys.readouterr().out

    words = ("erase", "garden", "receipt", "R1", "--on", "2024-03-01", "--authority", "本人申请")
    assert say(*words, "--field", "memo") == "garden: receipt R1 erased, entry 14\n"
    assert say(*words, "--field", "memo").startswith("garden: receipt R1 was erased already")
    fact = json.loads(tl.Book.open(db).entry("receipt", "R1").content)  # type: ignore[union-attr]
    assert (fact["payer"], fact["memo"]) == ("欧阳海棠", "")
    assert "0 findings" in say("verify", "garden")
    assert say(*words) == "garden: receipt R1 erased, entry 15\n"
    with pytest.raises(tl.InvalidInput, match="authority"):
        say(*words[:-1], " ")
    assert root != tl.Book.open(db).head.root  # an erasure is an entry, too
