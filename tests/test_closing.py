"""Closing: a month is sealed, takes nothing more, and says so; what comes late is dated after."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from strategies import Story, month_text, record, stories
from test_laws import in_month, law, unchanged

import trustledger as tl
from trustledger import closing
from trustledger.records import Draft
from trustledger.rules.closing import Seal, Total
from trustledger.store import sqlite
from trustledger.store.reading import Reader
from trustledger.store.writing import Writer

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
UNIT = tl.Unit(unit="1-101", building="1栋", area_m2="100", usage="residential", owner="王某")
FEE = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01")
TERM = tl.Term(rate="10%", base=["service_fee", "parking"], start="2024-01-01")
LINE = tl.BudgetLine(line="A", name="清洁", category="cleaning", amount="500")


@pytest.fixture
def book() -> tl.Book:
    return tl.Book.create(fresh(), INFO, UNIT, FEE, TERM, LINE)


def pay(key: str, on: str, amount: str = "100", **more: str) -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit="1-101", amount=amount, **more)


def ready(book: tl.Book, through: str = "2024-02") -> tl.Book:
    book.charge(f"2024-01..{through}")
    book.receive(pay("R1", "2024-01-05", "150"))
    return book


# --------------------------------------------------------------------------- the close


def test_a_close_seals_totals_and_the_journal_before_it(book: tl.Book) -> None:
    ready(book)
    before = book.head
    first, second = book.close_books("2024-02")
    assert (first.key, first.new, second.key) == ("2024-01", True, "2024-02")
    assert book.closed == "2024-02"
    entry = book.entry("close", "2024-01")
    assert entry is not None and entry.on == "2024-01-31" and entry.postings == ()
    seal = Seal.load(entry.content)
    assert (seal.month, seal.size, seal.root) == ("2024-01", *before)
    assert {total.account: total[2:] for total in seal.totals} == {
        "1002": (150_00, 0, 150_00),
        "1122": (100_00, 100_00, 0),
        "2203": (100_00, 150_00, -50_00),
        "2243": (0, 15_00, -15_00),
        "4001": (0, 100_00, -100_00),
        "5201": (15_00, 0, 15_00),
    }
    later = book.entry("close", "2024-02")
    assert later is not None
    assert Total("1122", "common", 100_00, 50_00, 50_00) in Seal.load(later.content).totals
    assert book.verify() == []


def test_closing_again_changes_nothing_and_answers_with_what_stands(book: tl.Book) -> None:
    ready(book)
    closes = book.close_books("2024-02")
    with unchanged(book):
        assert book.close_books("2024-02") == [closes[1]._replace(new=False)]
        assert book.close_books("2024-01") == [closes[0]._replace(new=False)]


def test_a_close_says_so_on_the_statements_of_its_period_alone(book: tl.Book) -> None:
    ready(book, "2024-03")
    book.close_books("2024-02")
    number = book.entry("close", "2024-02").seq  # type: ignore[union-attr]
    for name in ("trial_balance", "month_grid", "collection"):
        assert f"已结账（第 {number} 号凭证）" in str(book.statement(name, "2024-01..2024-02"))
        assert "已结账" not in str(book.statement(name, "2024-03"))
    told = json.loads(book.statement("trial_balance", "2024-02").render("json"))
    assert told["journal"]["closed"] == number
    for format_ in ("html", "csv", "xlsx", "pdf"):
        assert book.statement("trial_balance", "2024-02").render(format_)


def test_books_that_have_no_tariff_can_be_closed() -> None:
    book = tl.Book.create(fresh(), INFO, LINE)
    book.earn(tl.Income(key="I", on="2024-01-05", category="parking", amount="5"))
    assert [one.key for one in book.close_books("2024")][-1] == "2024-12"
    assert book.verify() == []


# --------------------------------------------------------------------------- what is pending


def test_an_uncharged_month_is_not_closed(book: tl.Book) -> None:
    book.post([tl.Unit(unit=f"2-{n}", area_m2="1", usage="shop") for n in range(4)])
    book.charge("2024-01")
    with unchanged(book), pytest.raises(tl.ClosingRefused) as refused:
        book.close_books("2024-02")
    assert str(refused.value) == (
        "2024-02 cannot be closed: 2024-02 is not charged for 5 units (1-101, 2-0, 2-1 ...): "
        "charge it first"
    )
    assert refused.value.pending == (
        "2024-02 is not charged for 5 units (1-101, 2-0, 2-1 ...): charge it first",
    )
    book.charge("2024-02")
    assert len(book.close_books("2024-02")) == 2


def test_late_fees_are_charged_before_a_close(book: tl.Book) -> None:
    book.charge("2024-01..2024-02")
    book.post([tl.LateFeeTerm(rate_per_day="0.1%", grace_days=0, start="2024-02-01")])
    with unchanged(book), pytest.raises(tl.ClosingRefused) as refused:
        book.close_books("2024-02")
    assert str(refused.value) == (
        "2024-02 cannot be closed: the late fees of 2024-02 are not charged: charge it first"
    )


def test_a_waiver_in_waiting_holds_a_close_off(book: tl.Book) -> None:
    book.charge("2024-01")
    waiver = tl.Waiver(
        key="W", on="2024-01-05", unit="1-101", month="2024-02", amount="1", authority="决议"
    )
    book.post([waiver])
    book.post([FEE.model_copy(update={"to": tl.Period.parse("2024-01").end})])
    book.charge("2024-02")  # of which there is none now
    with unchanged(book), pytest.raises(tl.ClosingRefused) as refused:
        book.close_books("2024-02")
    assert str(refused.value) == (
        "2024-02 cannot be closed: waiver 'W' of unit 1-101 still waits for a charge of 2024-02 "
        "that nothing makes: enter a tariff for it, or close with leave_waiting (--leave-waiting)"
    )
    assert len(book.close_books("2024-02", leave_waiting=True)) == 2
    with unchanged(book):
        assert book.charge("2024-01..2024-03") == []


def test_unclaimed_money_holds_a_close_off_unless_it_is_to_be_left(book: tl.Book) -> None:
    ready(book)
    book.post([tl.Suspense(key=f"S{n}", on=f"2024-0{n}-10", amount="7") for n in (1, 2, 3)])
    with unchanged(book), pytest.raises(tl.ClosingRefused) as refused:
        book.close_books("2024-02")
    assert str(refused.value) == (
        "2024-02 cannot be closed: nobody has claimed 2 suspenses ('S1' (7.00), 'S2' (7.00)): "
        "claim it by a receipt, or close with leave_waiting (--leave-waiting)"
    )
    assert len(book.close_books("2024-02", leave_waiting=True)) == 2
    book.receive(pay("R9", "2024-03-02", "7", suspense="S1"))
    assert book.verify() == []


def test_books_that_do_not_verify_are_not_closed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'b.db'}"
    book = ready(tl.Book.create(url, INFO, UNIT, FEE, TERM))
    with sqlite3.connect(tmp_path / "b.db") as raw:
        raw.execute("UPDATE tl_term SET base_fen = base_fen + 1")
    with pytest.raises(tl.ClosingRefused) as refused:
        book.close_books("2024-02")
    assert str(refused.value) == (
        "2024-02 cannot be closed: the books do not verify: term_sums: term 2024-01-01: "
        "kept as (15001, 1500), is (15000, 1500)"
    )
    assert book.closed == ""


def test_what_was_posted_since_the_books_were_verified_is_verified_too(book: tl.Book) -> None:
    ready(book)
    with book._reading() as reader:
        looked = closing.look_over(reader, "2024-01")
    assert looked is not None and looked.findings == []
    finding = tl.Finding("x", "y", "z")

    def close(connection: Connection) -> list[tl.Posted]:
        writer = Writer(connection, "garden", lambda: "2030-01-01T00:00:00")
        reader = Reader(connection, "garden")
        told = looked._replace(findings=[finding])
        return closing.close_through(reader, writer, "2024-01", told)

    with pytest.raises(tl.ClosingRefused, match="the books do not verify: x: y: z"):
        book._write(close)
    book.receive(pay("R2", "2024-01-06", "1"))
    assert [one.key for one in book._write(close)] == ["2024-01"]


def test_a_month_before_the_books_open_is_not_closed(book: tl.Book) -> None:
    with pytest.raises(tl.BooksNotOpen, match="found 2023-12; the books open on 2024-01-01"):
        book.close_books("2023-12")


# --------------------------------------------------------------------------- the watermark

WHEN = "and the books are closed through 2024-02; "
REFUSED = [
    (pay("X", "2024-02-29"), f"receipt 'X' is dated 2024-02-29, {WHEN}date it 2024-03-01 or later "
     "and name 2024-02-29 as its original date"),
    (tl.Income(key="X", on="2024-01-01", category="parking", amount="1"),
     f"income 'X' is dated 2024-01-01, {WHEN}date it 2024-03-01 or later "
     "and name 2024-01-01 as its original date"),
    (tl.Reversal(key="X", on="2024-02-01", of_kind="receipt", of_key="R1", reason="误"),
     f"reversal 'X' is dated 2024-02-01, {WHEN}date it 2024-03-01 or later"),
    (tl.Instalment(key="P", on="2024-02-10", unit="1-101", due="2024-05-01", amount="1"),
     f"instalment 'P|2024-05-01' is dated 2024-02-10, {WHEN}date it 2024-03-01 or later"),
    (tl.Unit(unit="2", area_m2="1", usage="shop"),
     f"unit '2' would count from the beginning, {WHEN}give it a 'liable_from' of 2024-03-01 "
     "or later"),
    (tl.Tariff(item="电梯费", basis="per_unit_month", price="1", start="2024-02-15"),
     f"tariff '电梯费||2024-02-15' would count from 2024-02 on, {WHEN}give it a 'from' of "
     "2024-03-01 or later"),
    (tl.SharedCost(key="C", month="2024-02", item="公摊", amount="1", by="area"),
     f"shared_cost 'C' would count from 2024-02 on, {WHEN}give it a 'month' of 2024-03 or later"),
    (tl.Opening(account="1002", amount="1"),
     f"opening '1002|common|' belongs to the day before the books opened, {WHEN.rstrip()} "
     "openings come before the first close".replace("and the books are", "and they are")),
]  # fmt: skip


@pytest.mark.parametrize(("fact", "text"), REFUSED, ids=[fact.kind for fact, _ in REFUSED])
def test_nothing_reaches_into_closed_months(book: tl.Book, fact: tl.Receipt, text: str) -> None:
    ready(book).close_books("2024-02")
    with unchanged(book), pytest.raises(tl.PeriodClosed) as refused:
        book.post([fact])
    assert str(refused.value) == text.replace("opened, and the books are", "opened, and they are")


def test_idempotency_comes_first(book: tl.Book) -> None:
    ready(book).close_books("2024-02")
    with unchanged(book):
        assert not book.receive(pay("R1", "2024-01-05", "150")).new
        assert not book.post([UNIT, FEE, TERM, LINE])[0].new
        with pytest.raises(tl.KeyConflict):
            book.receive(pay("R1", "2024-01-05", "151"))
        assert book.charge("2024-01..2024-02") == []


def test_facts_without_money_are_entries_of_the_first_open_day(book: tl.Book) -> None:
    ready(book).close_books("2024-02")
    book.post(
        [
            tl.Unit(unit="2", area_m2="50", usage="residential", liable_from="2024-03-10"),
            tl.Tariff(item="电梯费", basis="per_unit_month", price="9", start="2024-03-01"),
            tl.BudgetLine(line="B", name="绿化", category="greening", amount="1"),
            tl.Tenure(unit="1-101", person="李某", start="2024-01-15", share="1/2"),
            FEE.model_copy(update={"to": tl.Period.parse("2024-03").end}),
        ]
    )
    days = {e.kind: e.on for e in book.entries() if e.seq > book.entry("close", "2024-02").seq}  # type: ignore[union-attr]
    assert days == dict.fromkeys(("unit", "tariff", "line", "tenure"), "2024-03-01") | {
        "ending": "2024-03-31"
    }
    assert {one.key for one in book.charge("2024-01..2024-03")} == {"2024-03|1-101", "2024-03|2"}
    assert book.verify() == []


def test_a_reading_of_a_closed_month_is_billed_by_the_next_charge(book: tl.Book) -> None:
    book.post(
        [
            tl.Tariff(item="水费", basis="per_reading", price="3", start="2024-01-01"),
            tl.Meter(meter="M", unit="1-101", item="水费", start="2024-01-01"),
            tl.Reading(key="A", meter="M", on="2024-01-01", reading="0"),
        ]
    )
    ready(book).close_books("2024-02")
    book.post([tl.Reading(key="B", meter="M", on="2024-02-28", reading="10")])
    with unchanged(book):
        assert book.charge("2024-01..2024-02") == []
    book.charge("2024-01..2024-03")
    assert book.turnover("4001", "2024-03", item="水费").balance_fen == 30_00
    assert book.verify() == []


def test_a_correction_goes_to_the_open_period(book: tl.Book) -> None:
    ready(book).close_books("2024-02")
    shut = [book.statement(name, "2024-02").facts for name in ("trial_balance", "month_grid")]
    book.charge("2024-03")
    reversal = tl.Reversal(
        key="X", on="2024-03-05", of_kind="receipt", of_key="R1", reason="银行退回"
    )
    book.reverse(reversal)
    late = pay("R2", "2024-03-06", "30", original="2024-02-20")
    book.receive(late)
    assert book.unit_account("1-101", "2024-02-29") == ("1-101", 50_00, 0)
    assert book.unit_account("1-101", "2024-03-31") == ("1-101", 270_00, 0)
    assert "原日期 2024-02-20；2024-01 30.00" in str(
        book.statement("owner", "2024-03", unit="1-101")
    )
    again = [book.statement(name, "2024-02").facts for name in ("trial_balance", "month_grid")]
    assert shut == again and book.verify() == []
    with unchanged(book):
        assert not book.receive(late).new
    with pytest.raises(tl.KeyConflict, match="original '2024-02-20', and now says None"):
        book.receive(pay("R2", "2024-03-06", "30"))


def test_an_original_date_is_an_earlier_one() -> None:
    with pytest.raises(tl.InvalidRecord) as refused:
        pay("R", "2024-03-06", original="2024-03-06")
    assert str(refused.value) == (
        "found 2024-03-06, and the entry itself is of 2024-03-06; the original date is an earlier "
        "one, or empty"
    )
    assert "original" not in pay("R", "2024-03-06").content()


def test_an_original_date_stands_beside_the_memo_of_an_expenditure(book: tl.Book) -> None:
    book.spend(
        tl.Expenditure(voucher="V", on="2024-02-01", line="A", amount="1", memo="扫帚",
                       original="2024-01-31")
    )  # fmt: skip
    told = book.statement("income_expenditure", "2024-02").render("json").decode()
    assert "原日期 2024-01-31；扫帚" in told


def test_reminders_of_closed_days_are_not_recorded(book: tl.Book) -> None:
    ready(book)
    book.post([tl.ReminderStep(days=1, name="提醒", text="请缴费", start="2024-01-01")])
    book.close_books("2024-02")
    assert book.to_remind("2024-02-20")
    with unchanged(book), pytest.raises(tl.PeriodClosed, match="dated 2024-02-20"):
        book.remind("2024-02-20")
    assert book.remind("2024-03-01")
    assert book.verify() == []


# --------------------------------------------------------------------------- laws


def tell(book: tl.Book, story: Story, month: tuple[int, int]) -> None:
    """A month's events and its charges, as ``trustledger month`` does it: from the start on."""
    period = tl.Period(month_text(story.months[0]), month_text(month))
    book._post([record(event) for event in in_month(story, month)], period)


def live(story: Story, close: bool) -> tl.Book:
    """A story told month by month; each month closed, if it can be."""
    book = story.open()
    book.post(story.base_records())
    for month in story.months:
        tell(book, story, month)
        if close:
            book.close_books(month_text(month), leave_waiting=True)
    return book


def postings_of(book: tl.Book) -> list[tuple[object, ...]]:
    return [(e.kind, e.on, e.content, e.postings) for e in book.entries() if e.kind != "close"]


@law(stories())
def test_closing_moves_no_balance(story: Story) -> None:
    closed, open_ = live(story, True), live(story, False)
    assert postings_of(closed) == postings_of(open_)
    assert closed.verify() == []


@law(stories(), st.data())
def test_what_is_closed_stays_as_it_was(story: Story, data: st.DataObject) -> None:
    """Whatever comes after, the statements of closed months say what they said."""
    book = story.open()
    book.post(story.base_records())
    half = data.draw(st.integers(1, len(story.months)))
    for month in story.months[:half]:
        tell(book, story, month)
    last = month_text(story.months[half - 1])
    book.close_books(last, leave_waiting=True)
    names = ("trial_balance", "month_grid", "ageing", "collection", "remuneration")
    said = [book.statement(name, last).facts for name in names]
    for month in story.months[half:]:
        tell(book, story, month)
    assert [book.statement(name, last).facts for name in names] == said
    assert book.verify() == []


# --------------------------------------------------------------------------- by the database

ENTRY = "INSERT INTO tl_entry VALUES ('garden', {}, 'income', 'X', '{}', '', 0, '{{}}', {})"
ATTACKS = [
    ENTRY.format(0, "2024-03-01", "LEAF"),
    ENTRY.format("SIZE + 1", "2024-02-29", "LEAF"),
    ENTRY.format("SIZE + 1", "2024-01-01", "LEAF"),
    "INSERT INTO tl_posting "
    "VALUES ('garden', SIZE, 9, '1002', 'common', 5, 0, '', '', '', '', '', '')",
    "UPDATE tl_head SET closed = '2024-01'",
    "UPDATE tl_head SET closed = ''",
]  # fmt: skip


def run(book: tl.Book, sql: str) -> None:
    """Raw SQL in the book's database, undone again."""
    assert isinstance(book._where, Engine)
    leaf = "x'00'" if book._where.dialect.name == "sqlite" else "decode('00', 'hex')"
    with book._where.connect() as connection:
        connection.exec_driver_sql(sql.replace("SIZE", str(book.head.size)).replace("LEAF", leaf))
        connection.rollback()


@pytest.mark.parametrize("sql", ATTACKS)
def test_the_database_refuses_what_is_closed_or_behind_the_head(book: tl.Book, sql: str) -> None:
    ready(book).close_books("2024-02")
    run(book, ENTRY.format("SIZE + 1", "2024-03-01", "LEAF"))  # this alone it lets through
    with unchanged(book), pytest.raises(DBAPIError, match=r"closed|open months|only grows"):
        run(book, sql)


# --------------------------------------------------------------------------- by verify


def found(book: tl.Book) -> list[tuple[str, str]]:
    return [(finding.check, finding.message) for finding in book.verify()]


def reopened(book: tl.Book, closed: str) -> None:
    """As somebody works who owns the database: the watermark is set without its guard."""
    assert isinstance(book._where, Engine)
    with book._where.begin() as connection:
        guard = sqlite.triggers(connection)["tl_head_only_grows"]
        connection.exec_driver_sql("DROP TRIGGER tl_head_only_grows")
        connection.exec_driver_sql(f"UPDATE tl_head SET closed = '{closed}'")
        connection.exec_driver_sql(guard)


@pytest.fixture
def shut() -> tl.Book:
    book = ready(tl.Book.create("sqlite://", INFO, UNIT, FEE, TERM, LINE))
    book.close_books("2024-02")
    return book


def test_verify_finds_what_was_slipped_into_closed_time(shut: tl.Book) -> None:
    reopened(shut, "2024-01")
    assert found(shut) == [("closed", "kept as '2024-01', and '2024-02' was closed last")]
    shut.receive(pay("X", "2024-02-10", "1"))
    shut.post([tl.Unit(unit="9", area_m2="1", usage="shop", liable_from="2024-02-02")])
    reopened(shut, "2024-02")
    assert found(shut) == [
        ("closed", "dated 2024-02-10, after 2024-02 was closed"),
        ("closed", "dated 2024-02-01, after 2024-02 was closed"),
        ("closed", "its liable_from reaches back into 2024-02, closed then"),
    ]


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"root": "00" * 32}, "is not the root of"),
        ({"size": 3}, "is not the root of"),
        ({"totals": ()}, "its totals are not those of the journal"),
        ({"month": "2024-04"}, "says 2024-04 on 2024-03-31; 2024-03 was to be closed"),
    ],
)
def test_verify_recomputes_what_a_close_seals(
    shut: tl.Book, change: dict[str, object], text: str
) -> None:
    shut.charge("2024-03")

    def forge(connection: Connection) -> None:
        writer = Writer(connection, "garden", lambda: "2030-01-01T00:00:00")
        right = closing.seal(Reader(connection, "garden"), writer, "2024-03")
        wrong = right._replace(**change)
        writer.append(Draft("close", "2024-03", "2024-03-31", wrong.content()))
        writer.finish({})

    shut._write(forge)
    assert any(check == "close" and text in message for check, message in found(shut))


def test_verify_finds_a_time_of_recording_that_falls(shut: tl.Book) -> None:
    shut.receive(pay("X", "2024-03-01", "1"))
    assert isinstance(shut._where, Engine)
    with shut._where.begin() as connection:
        guard = sqlite.triggers(connection)["tl_entry_no_update"]
        connection.exec_driver_sql("DROP TRIGGER tl_entry_no_update")
        connection.exec_driver_sql(
            "UPDATE tl_entry SET recorded_at = '2000-01-01T00:00:00' WHERE seq IN (4, 12)"
        )
        connection.exec_driver_sql(guard)
    # what is older than the first close may be of a version that took a clock at its word
    assert [(f.check, f.where) for f in shut.verify()] == [("recorded", "entry 12 receipt X")]
