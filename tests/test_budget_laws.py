"""Laws of the open budget through the one door, whatever happened in it.

A tale is any facts at all; what the book takes of it, told one by one in date order, it takes in
one batch too, in any order of rows, and has the same root.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from databases import fresh
from hypothesis import strategies as st
from openbudget import FACTS, INFO, SECRET, UNITS, adopted, adoption, line, votes
from test_laws import dump, proof

import trustledger as tl
from trustledger.facts import AFTER_MONEY, BEFORE_MONEY, DECIDED

DERIVED = ("tl_line", "tl_link", "tl_open", "tl_turnover", "tl_term", "tl_node")
LAWS: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
DAYS = [date(2025, 1, 2) + timedelta(n) for n in (0, 1, 29, 30, 58, 89, 180, 363)]
BASE: list[tl.Record] = [
    *FACTS,
    tl.Rule(rule="control", value="warn", scope="B", start="2024-01-01"),
    tl.Rule(rule="control", value="allow", scope="G", start="2024-01-01"),
    *votes("OK", "2024-11-01"),
    *adoption([line("A", "10"), line("B", "5"), line("G", "2", fund="garden")]),
]


def law(*drawn: Any, examples: int) -> Callable[[Callable[..., None]], Callable[[], None]]:
    def prove(holds: Callable[..., None]) -> Callable[[], None]:
        LAWS.append((holds, drawn))
        return proof(holds, drawn, examples)

    return prove


@st.composite
def tales(draw: st.DrawFn) -> list[tl.Record]:
    """Up to a dozen facts about the year's three lines, possible or not."""
    day, code = st.sampled_from(DAYS), st.sampled_from("AABBG")
    fen = st.sampled_from((1, 100, 200, 499, 500, 501, 1000)) | st.integers(1, 1001)
    found: list[tl.Record] = []
    for n in range(draw(st.integers(1, 12))):
        key, amount = f"K{n:02d}", tl.yuan(draw(fen))
        on, of = draw(day), draw(code)
        bound = [one.key for one in found if isinstance(one, tl.Commitment)]
        spent = [one.voucher for one in found if isinstance(one, tl.Expenditure)]
        kinds = ["spend", "spend", "bind", "amend", "emergency", "draft", "lend", "ask"]
        kinds += ["pay", "pay", "release", "instalment"] * bool(bound)
        kinds += ["ratify", "repay", "reverse", "show"] * bool(spent)
        kind = draw(st.sampled_from(kinds))
        reason = draw(st.sampled_from(({}, {"exception": "急", "allowed_by": "老李"})))
        paid: dict[str, Any] = {"voucher": key, "on": on, "amount": amount, "payee": "光明"}
        if kind == "spend":
            found.append(tl.Expenditure(line=of, **paid, **reason))
        elif kind == "bind":
            found.append(tl.Commitment(key=key, on=on, line=of, amount=amount, payee="光明"))
        elif kind == "amend":
            move, to = draw(st.sampled_from((("transfer", "B"), ("supplement", ""),
                                             ("reduction", ""))))  # fmt: skip
            found.append(tl.Amendment(
                key=key, on=on, budget="2025", move=move, line="A" if to else of, to_line=to,
                amount=amount, resolution="OK", reason="需要",
            ))  # fmt: skip
        elif kind == "emergency":
            found.append(tl.Expenditure(line="-", emergency="爆管", allowed_by="老李", **paid))
        elif kind == "draft":
            found.append(line(of, amount, version=key, fund="garden" if of == "G" else "common"))
        elif kind == "lend":
            found.append(tl.FundTransfer(key=key, on=on, move=draw(st.sampled_from(
                ("lent", "repaid"))), from_fund=draw(st.sampled_from(("common", "garden"))),
                to_fund=draw(st.sampled_from(("common", "garden"))), amount=amount))  # fmt: skip
        elif kind == "ask":
            found.append(tl.Question(key=key, on=on, unit=draw(st.sampled_from(UNITS)), text="？"))
        elif kind == "pay":
            pays = draw(st.sampled_from(bound))
            found.append(tl.Expenditure(
                line=of, commitment=pays, milestone=draw(st.integers(0, 2)), **paid
            ))  # fmt: skip
        elif kind == "release":
            found.append(tl.Release(key=key, on=on, commitment=draw(st.sampled_from(bound)),
                                    amount=amount))  # fmt: skip
        elif kind == "instalment":
            found.append(tl.Milestone(commitment=draw(st.sampled_from(bound)), due=on,
                                      no=draw(st.integers(1, 2)), amount=amount))  # fmt: skip
        else:
            voucher = draw(st.sampled_from(spent))
            if kind == "ratify":
                found.append(tl.Ratification(key=key, on=on, voucher=voucher, resolution="OK",
                                             amount=amount, line=of))  # fmt: skip
            elif kind == "repay":
                found.append(tl.Repayment(key=key, on=on, voucher=voucher, amount=amount))
            elif kind == "reverse":
                found.append(tl.Reversal(key=key, on=on, of_kind="expenditure", of_key=voucher,
                                         reason="误"))  # fmt: skip
            else:
                found.append(tl.Publication(key=key, on=on, what="spending", of=voucher))
    return list({(one.kind, one.record_key): one for one in found}.values())


def place(fact: tl.Record, facts: list[tl.Record]) -> tuple[str, int, str]:
    """Where a fact stands in the order: its day; decided, spent, told of it, reversed; its key."""
    on, kind = getattr(fact, "on", ""), type(fact)
    if isinstance(fact, tl.Milestone):
        bound = (one for one in facts if isinstance(one, tl.Commitment))
        on = next((one.on for one in bound if one.key == fact.commitment), "")
    rank = 0 if kind in BEFORE_MONEY else 7 if kind in AFTER_MONEY else 6
    rank = 9 if isinstance(fact, tl.Reversal) else rank
    key = f"{DECIDED.index(kind):02d}|" if kind in DECIDED else ""
    return str(on), rank, key + fact.record_key


def taken(facts: list[tl.Record]) -> tuple[tl.Book, list[tl.Record]]:
    """A book told one by one in date order, and what it took; the rest changed nothing."""
    book, took = tl.Book.create(fresh(), INFO, *BASE, secret=SECRET), []
    for fact in sorted(facts, key=lambda one: place(one, facts)):
        try:
            book.post([fact])
        except tl.TrustLedgerError:
            continue
        took.append(fact)
    return book, took


def derived(book: tl.Book) -> dict[str, list[tuple[Any, ...]]]:
    """What is kept of the journal, without sums of nothing."""
    rows = {name: sorted(some, key=repr) for name, some in dump(book).items() if name in DERIVED}
    rows["tl_line"] = [row for row in rows["tl_line"] if row[-2:] != (0, 0)]
    return rows


@law(tales(), st.randoms(use_true_random=False), examples=30)
def test_a_batch_is_one_by_one_in_date_order_whatever_the_order_of_rows(
    tale: list[tl.Record], chance: random.Random
) -> None:
    book, took = taken(tale)
    assert book.verify() == []
    together = tl.Book.create(fresh(), INFO, *BASE, secret=SECRET)
    mixed = list(took)
    chance.shuffle(mixed)
    together.post(mixed)
    assert together.verify() == []
    assert together.head == book.head
    assert derived(together) == derived(book)


@law(tales(), st.randoms(use_true_random=False), examples=12)
def test_two_books_told_the_same_have_one_root(
    tale: list[tl.Record], chance: random.Random
) -> None:
    """Everything at once, the budget and its votes too, in any order of rows."""
    _, took = taken(tale)
    facts, heads = [*BASE, *took], []
    for _ in range(2):
        book = tl.Book.create(fresh(), INFO, *facts, secret=SECRET)
        heads.append(book.head)
        chance.shuffle(facts)
    assert heads[0] == heads[1]
    assert book.verify() == []


@law(tales(), examples=10)
def test_an_archive_and_a_rebuild_give_what_was_kept(tale: list[tl.Record]) -> None:
    import tempfile

    book, _ = taken(tale)
    with tempfile.TemporaryDirectory() as folder:
        book.export_archive(Path(folder) / "a.zip")
        again, _ = tl.Book.import_archive(Path(folder) / "a.zip", fresh())
    assert again.head == book.head
    assert derived(again) == derived(book)
    book.rebuild()
    assert derived(again) == derived(book)
    assert book.verify() == again.verify() == []


@law(
    st.lists(st.sampled_from(("agree", "against", "abstain", "invalid", "")), min_size=9,
             max_size=9),
    st.randoms(use_true_random=False), examples=25,
)  # fmt: skip
def test_the_order_of_ballots_is_nothing(said: list[str], chance: random.Random) -> None:
    results = []
    for _ in range(2):
        book = tl.Book.create(fresh(), INFO, *FACTS, secret=SECRET)
        first, *ballots, tally = votes("R", "2025-01-02", said)
        chance.shuffle(ballots)
        book.post([first])
        for at in range(0, len(ballots), 3):
            book.post(ballots[at : at + 3])
        book.post([tally])
        result = book.entry("result", "R")
        assert result is not None
        results.append(result.content)
    assert results[0] == results[1]


@law(
    st.lists(st.tuples(st.integers(0, 364), st.integers(1, 400)), min_size=1, max_size=12),
    st.sampled_from(("year", "to_date", "month")), examples=25,
)  # fmt: skip
def test_whatever_comes_late_every_later_month_is_held(
    spent: list[tuple[int, int]], basis: str
) -> None:
    """In whatever order it is told: no month, and no day, ends beyond what its plan allows."""
    rule = tl.Rule(rule="control_basis", value=basis, start="2024-01-01")
    book = adopted(line("A", "12"), more=[rule])
    months = [0] * 12
    for n, (at, fen) in enumerate(spent):
        day = date(2025, 1, 1) + timedelta(at)
        told = list(months)
        told[day.month - 1] += fen
        through = [sum(told[: m + 1]) for m in range(12)]
        fits = sum(told) <= 1200
        if basis == "to_date":
            fits = all(through[m] <= 100 * (m + 1) for m in range(day.month - 1, 12))
        if basis == "month":
            fits = told[day.month - 1] <= 100
        fact = tl.Expenditure(voucher=f"V{n}", on=day, line="A", amount=tl.yuan(fen))
        if fits:
            book.post([fact])
            months = told
        else:
            with pytest.raises(tl.OverBudget):
                book.post([fact])
    assert book.verify() == []


@pytest.mark.long
@pytest.mark.parametrize("number", range(5))
def test_laws_at_length(number: int) -> None:
    holds, drawn = LAWS[number]
    proof(holds, drawn, 1_000)()
