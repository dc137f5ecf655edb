"""Tampering with an open budget: what was voted, approved, bound or kept beside it, changed, taken
away or slipped in behind the guards. Every time it is found, and what is wrong is named."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from databases import fresh, tampering
from openbudget import adopted, line, spend, votes
from sqlalchemy import Connection, text

import trustledger as tl
from trustledger.rules.journal import Frontier, leaf_hash

VICTIMS = [
    ("ballot", "R|1-101"), ("result", "R"), ("roll", "R"), ("approval", "Q1|老李"),
    ("stage", "2025|v1|adopted"), ("commitment", "C1"), ("plan_line", "2025|v1|A"),
    ("ratification", "T1"), ("amendment", "M1"), ("rule", "control||2024-01-01"),
]  # fmt: skip


def story() -> tl.Book:
    """A year with everything in it that somebody might want to have been otherwise."""
    assert fresh  # runs on both databases
    book = adopted(line("A", "1000"), line("B", "500"), more=[
        tl.Rule(rule="control", value="warn", start="2024-01-01"),
        tl.Rule(rule="request_from", value="300", start="2025-01-01"),
        *votes("R", "2025-01-02", ["agree"] * 5 + ["against"] * 2, amount="400"),
    ])  # fmt: skip
    book.post([
        tl.SpendingRequest(key="Q1", on="2025-02-01", line="A", amount="300", maker="小王"),
        tl.Approval(request="Q1", by="老李", on="2025-02-02"),
        tl.Commitment(key="C1", on="2025-02-03", line="A", amount="300", payee="光明",
                      request="Q1"),
        spend("V1", "2025-02-04", "A", "100", commitment="C1"),
        tl.Amendment(key="M1", on="2025-03-01", budget="2025", move="supplement", line="A",
                     amount="100", resolution="R", reason="涨价"),
        spend("V2", "2025-03-05", "B", "299"),
        spend("V3", "2025-03-06", "B", "250", exception="急", allowed_by="老李"),
        tl.Ratification(key="T1", on="2025-04-01", voucher="V3", resolution="R", amount="49"),
        spend("V4", "2025-05-01", "A", "1"),
    ])  # fmt: skip
    assert book.verify() == []
    return book


def findings(book: tl.Book, change: Callable[[Connection], object]) -> list[tl.Finding]:
    with tampering(book) as connection:
        change(connection)
    return book.verify()


def seq_of(book: tl.Book, kind: str, key: str) -> int:
    entry = book.entry(kind, key)
    assert entry is not None
    return entry.seq


@pytest.mark.parametrize(("kind", "key"), VICTIMS)
def test_a_fact_that_was_changed_or_taken_away_is_named(kind: str, key: str) -> None:
    book = story()
    seq = seq_of(book, kind, key)
    at = {"seq": seq}
    sql = text("UPDATE tl_entry SET content = replace(content, '2', '3') WHERE seq = :seq")
    found = findings(book, lambda c: c.execute(sql, at))
    assert any(f"entry {seq} {kind} {key}" == one.where for one in found), found
    assert "log_leaf" in {one.check for one in found}
    found = findings(book, lambda c: [
        c.execute(text(f"DELETE FROM {table} WHERE seq = :seq"), at)
        for table in ("tl_posting", "tl_private", "tl_entry")
    ])  # fmt: skip
    assert any(f"number {seq} was expected" in one.message for one in found), found
    assert {"log_size", "log_root"} <= {one.check for one in found}


@pytest.mark.parametrize("side", ["debit_fen", "credit_fen", "line", "source", "month"])
def test_a_commitments_posting_that_was_changed_is_named(side: str) -> None:
    book = story()
    seq = seq_of(book, "commitment", "C1")
    new = "'2025-01-01'" if side == "month" else f"{side} + 1" if "fen" in side else "'B'"
    found = findings(book, lambda c: c.execute(text(
        f"UPDATE tl_posting SET {side} = {new} WHERE seq = :seq AND account = "
        + ("'8102'" if side == "credit_fen" else "'8101'")), {"seq": seq}))  # fmt: skip
    named = {one.check for one in found if one.where == f"entry {seq} commitment C1"}
    assert {"log_leaf", "act"} <= named


def slip_in(book: tl.Book, kind: str, like: str, changes: dict[str, object]) -> list[tl.Finding]:
    """An entry like another one, at the journal's end, with every hash and the head made right."""
    entry = book.entry(kind, like)
    assert entry is not None
    content = json.dumps(json.loads(entry.content) | changes, ensure_ascii=False,
                         separators=(",", ":"))  # fmt: skip

    def change(connection: Connection) -> None:
        connection.execute(
            text(
                "INSERT INTO tl_entry SELECT book, (SELECT size + 1 FROM tl_head), kind, :key, day,"
                " recorded_at, 0, :content, leaf FROM tl_entry WHERE seq = :seq"
            ),
            {"seq": entry.seq, "content": content, "key": "~" + like},
        )
        rechain(connection)

    return findings(book, change)


def rechain(connection: Connection) -> None:
    """Every leaf, the head and the kept nodes made right again, as by somebody who knows how."""
    frontier, nodes = Frontier(), []
    names = ", ".join(tl.Posting._fields)
    query = "SELECT seq, kind, key, day, reverses, content FROM tl_entry ORDER BY seq"
    for row in connection.execute(text(query)).all():
        postings = connection.execute(
            text(f"SELECT {names} FROM tl_posting WHERE seq = :seq ORDER BY no"), {"seq": row[0]}
        )
        leaf = leaf_hash("b", *row, tuple(tl.Posting(*one) for one in postings))
        at = {"leaf": leaf, "seq": row[0]}
        connection.execute(text("UPDATE tl_entry SET leaf = :leaf WHERE seq = :seq"), at)
        nodes += frontier.append_noting(leaf)
    head = {"size": frontier.size, "peaks": frontier.dump()}
    connection.execute(text("UPDATE tl_head SET size = :size, peaks = :peaks"), head)
    connection.execute(text("DELETE FROM tl_node"))
    for node in nodes:
        if node[0] % 6 == 0:
            told = dict(zip(("level", "at", "hash"), node, strict=True))
            connection.execute(text("INSERT INTO tl_node VALUES ('b', :level, :at, :hash)"), told)


@pytest.mark.parametrize(("kind", "key", "old", "new", "says"), [
    ("ballot", "R|1-101", '"agree"', '"against"',
     ("result R", "is not what follows from the facts before it")),
    ("result", "R", '"carried":true', '"carried":false',
     ("result R", "is not what follows from the facts before it")),
    ("roll", "R", '"1-101","V1"', '"1-101","V99"',
     ("roll R", "its voters are not numbered as their units are")),
    ("roll", "R", '["1-101","V1","100"', '["1-101","V1","900"',
     ("roll R", "the roll has '1-101' with another area or another right than stood then")),
    ("roll", "R", '"voters":9', '"voters":8', ("roll R", "its totals are not those of its rows")),
    ("approval", "Q1|老李", '"approved"', '"refused"',
     ("commitment C1", "request 'Q1' was refused by '老李' on 2025-02-02; make another, and have "
      "that approved")),
    ("stage", "2025|v1|adopted", '"2024-12-08"', '"2025-03-08"',
     ("commitment C1", "no version of budget '2025' allows")),
    ("plan_line", "2025|v1|A", '"amount_fen":100000', '"amount_fen":20000',
     ("commitment C1", "which has 200.00 left")),
    ("rule", "control||2024-01-01", '"warn"', '"stop"',
     ("expenditure V3", "which has 201.00 left")),
    ("resolution", "R", '"amount_fen":40000', '"amount_fen":14000',
     ("ratification T1", "resolution 'R' allows 140.00, of which 100.00 is used; 40.00 is left")),
])  # fmt: skip
def test_who_can_make_every_hash_right_still_breaks_what_follows(
    kind: str, key: str, old: str, new: str, says: tuple[str, str]
) -> None:
    book = story()
    seq = seq_of(book, kind, key)

    def change(connection: Connection) -> None:
        was = connection.execute(text("SELECT content FROM tl_entry WHERE seq = :s"), {"s": seq})
        content = was.scalar_one()
        assert old in content
        connection.execute(
            text("UPDATE tl_entry SET content = :c WHERE seq = :s"),
            {"c": content.replace(old, new), "s": seq},
        )
        rechain(connection)

    found = findings(book, change)
    assert "log_leaf" not in {one.check for one in found}
    assert any(
        one.check == "act" and one.where.endswith(says[0]) and says[1] in one.message
        for one in found
    ), found


@pytest.mark.parametrize(("kind", "like", "changes", "says"), [
    ("ballot", "R|1-101", {"unit": "1-109"}, "no ballot comes in after the count"),
    ("approval", "Q1|老李", {"by": "小王"}, "made request 'Q1' and cannot approve it"),
    ("result", "R", {}, "is not what follows from the facts before it"),
    ("roll", "R", {}, "is not what follows from the facts before it"),
    ("stage", "2025|v1|adopted", {}, "only one that is consultation becomes adopted"),
    ("amendment", "M1", {"key": "~M1", "amount_fen": 30000}, "resolution 'R' allows 400.00"),
])  # fmt: skip
def test_what_was_slipped_in_is_named(
    kind: str, like: str, changes: dict[str, object], says: str
) -> None:
    book = story()
    last = book.head.size + 1
    found = slip_in(book, kind, like, changes)
    assert any(
        one.check == "act" and one.where.startswith(f"entry {last} {kind}") and says in one.message
        for one in found
    ), found


LINES = "tl_line", "WHERE line = 'A' AND day = '2025-02-03'", "A 2025-02-03", "lines"
LINKS = "tl_link", "WHERE kind = 'commitment' AND of_kind = 'request'", "request Q1", "links"


@pytest.mark.parametrize(("table", "where", "named", "check"), [LINES, LINKS])
def test_what_is_kept_beside_the_journal_is_held_against_it(
    table: str, where: str, named: str, check: str
) -> None:
    changes = {
        "tl_line": ["UPDATE tl_line SET committed_fen = committed_fen - 1 ",
                    "UPDATE tl_line SET day = '2025-02-01' ", "DELETE FROM tl_line "],
        "tl_link": ["UPDATE tl_link SET of_key = 'Q2' ", "UPDATE tl_link SET key = 'C2' ",
                    "DELETE FROM tl_link "],
    }[table]  # fmt: skip
    for sql in changes:
        book = story()
        found = findings(book, lambda c, sql=sql: c.execute(text(sql + where)))  # type: ignore[misc]
        assert any(one.check == check and named in one.where for one in found), (sql, found)
        assert {one.check for one in found} == {check}
        book.rebuild()
        assert book.verify() == []
    row = {
        "tl_line": "INSERT INTO tl_line VALUES ('b', 'A', '2025-02-02', 5, 0)",
        "tl_link": "INSERT INTO tl_link VALUES ('b', 'request', 'Q1', 'commitment', 'C9')",
    }[table]
    found = findings(book, lambda c: c.execute(text(row)))
    right = "A 2025-02-02" if table == "tl_line" else "request Q1 commitment C9"
    assert [(one.check, one.where) for one in found] == [(check, right)]
