"""Balances: at any day, of any dimension, as known now or then; the same however they are found."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import strategies as st
from strategies import Story, stories
from test_closing import tell
from test_laws import dump, in_month, law

import trustledger as tl
from trustledger import chart

INFO = tl.BookInfo(code="b", name="b", start="2024-01-01")
PARKING = "4101"


def moved(
    book: tl.Book, first: str, last: str, account: str, size: int = 10**9, **of: str
) -> tuple[int, int]:
    """Debit and credit, added up by hand."""
    found = [
        p
        for entry in book.entries()
        if first <= entry.on <= last and entry.seq <= size
        for p in entry.postings
        if p.account == account and all(getattr(p, name) == value for name, value in of.items())
    ]
    return sum(p.debit_fen for p in found), sum(p.credit_fen for p in found)


def days_of(story: Story) -> st.SearchStrategy[date]:
    first, last = story.months[0], story.months[-1]
    return st.dates(date(first[0] - 1, 11, 1), date(last[0] + 1, last[1], 28))


@law(stories(), st.data())
def test_a_balance_is_the_sum_of_the_postings(story: Story, data: st.DataObject) -> None:
    book = story.book()
    units, lines = [unit.unit for unit in book.units()], story.model().lines
    for _ in range(8):
        account = data.draw(st.sampled_from(sorted(chart.ACCOUNTS)))
        of: dict[str, str] = data.draw(
            st.fixed_dictionaries(
                {},
                optional={
                    "fund": st.sampled_from(story.head["funds"]),
                    "unit": st.sampled_from(units),
                    "item": st.sampled_from(["", "service_fee", "late_fee", "parking", "fee"]),
                    **({"line": st.sampled_from(sorted(lines))} if lines else {}),
                },
            )
        )
        on = data.draw(days_of(story)).isoformat()
        assert book.balance(account, on, **of)[1:] == moved(book, "", on, account, **of)
        period = tl.Period(*sorted(data.draw(days_of(story)).isoformat()[:7] for _ in range(2)))
        ends = period.start.isoformat(), period.end.isoformat()
        assert book.turnover(account, period, **of)[1:] == moved(book, *ends, account, **of)


@law(stories())
def test_a_balance_is_known_as_it_was_read(story: Story) -> None:
    """What was read at some time is what is said to have been known then."""
    book = story.open()
    book.post(story.base_records())
    read: list[tuple[int, str, str, tl.Sums]] = []
    accounts = ("1002", "1122", "2203", "4001", "5201")
    units = [unit.unit for unit in book.units()][:1]
    owed: list[tuple[int, str, str, tl.UnitBalance]] = []
    for month in story.months:
        tell(book, story, month)
        size = book.head.size
        for event in in_month(story, month):
            on = event["date"].isoformat()
            read += [(size, on, one, book.balance(one, on)) for one in accounts]
            owed += [(size, on, unit, book.unit_account(unit, on)) for unit in units]
    for size, on, account, was in read:
        assert book.balance(account, on, known=size) == was
    for size, on, unit, then in owed:
        assert book.unit_account(unit, on, known=size) == then


def ticking(*times: str) -> Callable[[], str]:
    """A clock that shows these times, one after the other."""
    left: Iterator[str] = iter(times)
    return lambda: next(left)


def test_a_day_or_an_instant_says_what_was_known() -> None:
    clock = ticking(
        "2024-01-01T00:00:00+00:00",
        "2024-01-05T23:30:00+00:00",
        "2024-01-06T09:00:00+08:00",  # 01:00 UTC
        "2024-01-09T00:00:00+00:00",
    )
    book = tl.Book.create(fresh(), INFO, clock=clock)
    for n in (1, 2, 3):
        book.earn(tl.Income(key=f"I{n}", on="2024-01-04", category="parking", amount=str(n)))

    def known(when: str | date | int) -> int:
        return book.balance(PARKING, "2024-01-31", known=when).balance_fen

    assert [known(size) for size in range(5)] == [0, 0, 100, 300, 600]
    assert [known(f"2024-01-0{day}") for day in (1, 5, 6, 8, 9)] == [0, 100, 300, 300, 600]
    assert known(date(2024, 1, 6)) == 300
    assert known("2024-01-06T00:59:59+00:00") == 100
    assert known("2024-01-06T01:00:00") == 300  # without an offset it is UTC
    with pytest.raises(tl.InvalidInput) as refused:
        known(5)
    assert str(refused.value) == "found size 5; the journal has had 0 to 4 entries"
    with pytest.raises(tl.InvalidDate, match="found the time '2024-01-06 at noon'"):
        known("2024-01-06 at noon")


def test_a_clock_that_runs_backwards_stands_still() -> None:
    times = ("2024-01-05T12:00:00+00:00", "2024-01-05T19:59:00+08:00", "2024-01-05T12:00:01+00:00")
    book = tl.Book.create(fresh(), INFO, clock=ticking(*times))
    for n in (1, 2):
        book.earn(tl.Income(key=f"I{n}", on="2024-01-04", category="parking", amount=str(n)))
    told = [entry.recorded_at for entry in book.entries()]
    assert told == [times[0], times[0], times[2]]
    assert book.verify() == []


def test_a_clock_says_a_time() -> None:
    with pytest.raises(tl.InvalidDate) as refused:
        tl.Book.create(fresh(), INFO, clock=lambda: "noon")
    assert str(refused.value) == (
        "found the time 'noon'; a time is written 2024-01-31T16:30:00+00:00"
    )


def test_what_is_asked_for_is_there(example_book: tl.Book) -> None:
    for more, text in (
        ({"account": "9999"}, "account '9999' is not defined"),
        ({"fund": "x"}, "fund 'x' is not defined; the funds are common"),
        ({"unit": "x"}, "unit 'x' is not defined; name a unit of this book"),
        ({"line": "x"}, "budget line 'x' is not defined; name a line of this book"),
    ):
        with pytest.raises(tl.Unknown, match=text):
            example_book.balance(**{"account": "1002", "on": "2025-03-31", **more})


# --------------------------------------------------------------------------- rebuilding


@pytest.fixture
def whole(tmp_path: Path) -> tuple[tl.Book, Path]:
    folder = tmp_path / "case"
    shutil.copytree(Path(tl.__file__ or "").parent / "example", folder)
    book = tl.load(folder, period="2025-01..2025-06").book
    assert book.verify() == []
    return book, folder / "book.db"


GARBLED = [
    "DELETE FROM tl_turnover",
    "DELETE FROM tl_open",
    "DELETE FROM tl_term",
    "UPDATE tl_turnover SET debit_fen = debit_fen + 1 WHERE period = 'y2025'",
    "UPDATE tl_turnover SET period = '2025-09' WHERE period = '2025-03'",
    "UPDATE tl_open SET open_fen = open_fen + 1",
    "INSERT INTO tl_term VALUES ('xinghe', '1999-01-01', 5, 5)",
]


@pytest.mark.parametrize("change", GARBLED)
def test_sums_are_thrown_away_and_recomputed(whole: tuple[tl.Book, Path], change: str) -> None:
    book, path = whole
    before, head = dump(book), book.head
    with sqlite3.connect(path) as raw:
        raw.execute(change)
    raw.close()
    assert {f.check for f in book.verify()} <= {"turnover", "open_items", "term_sums"}
    assert book.verify() != []
    assert book.rebuild() > 0
    assert book.verify() == []
    assert (dump(book), book.head) == (before, head)


def test_a_journal_that_was_altered_is_not_mended(whole: tuple[tl.Book, Path]) -> None:
    book, path = whole
    with sqlite3.connect(path) as raw:
        guard = raw.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'tl_posting_no_update'"
        ).fetchone()[0]
        raw.execute("DROP TRIGGER tl_posting_no_update")
        raw.execute("UPDATE tl_posting SET debit_fen = debit_fen + 1 WHERE debit_fen > 0")
        raw.execute(guard)
    raw.close()
    with pytest.raises(tl.BookCorrupt, match="sums cannot be made of a journal that does not hold"):
        book.rebuild()
