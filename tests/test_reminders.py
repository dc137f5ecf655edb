"""Reminders and payment plans: laws against the independent model, then cases to follow by hand."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from datetime import date
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import strategies as st
from model import DAY, Model, month_last, open_of
from strategies import Story, days, month_text, stories, yuan
from test_faults import start
from test_laws import dump, proof, unchanged

import trustledger as tl
from trustledger import folderbook

# --------------------------------------------------------------------------- the laws


@st.composite
def dunned(draw: st.DrawFn) -> tuple[Story, list[int], list[dict], list[date]]:
    """A book, the days of a ladder, payment plans, and the days on which somebody reminds.

    Plans begin and fall due where the unit pays, of about what it pays, so that some are kept;
    somebody reminds where steps are reached and instalments missed, and the day before and after.
    """
    story = draw(stories(ways=("received",)))
    first, last = story.head["start"], month_last(story.months[-1])
    ladder = draw(st.lists(st.sampled_from((1, 5, 20, 30, 45, 60)), min_size=1, unique=True))
    units = [fact["unit"] for fact in story.documents if fact["kind"] == "unit"]
    edges = [day + n * DAY for day in charge_days(story) for n in ladder]
    plans = []
    for number in range(draw(st.integers(0, 3))):
        unit = draw(st.sampled_from(units))
        came = [one for one in story.events if one["kind"] == "receipt" and one["unit"] == unit]
        near = [one["date"] for one in came] or [first]
        on = draw(st.sampled_from(near) | days(first, last))
        later = [day for day in near if day >= on] or [on]
        dues = draw(
            st.lists(
                st.sampled_from(later) | days(on, last + 30 * DAY),
                min_size=1, max_size=3, unique=True,
            )
        )  # fmt: skip
        close = [1, 99, *(one["amount"] + more for one in came for more in (-1, 0))]
        fens = [max(1, draw(st.sampled_from(close))) for _ in dues]
        plans.append(
            {
                "key": f"P{number}",
                "unit": unit,
                "on": on,
                "rows": list(zip(dues, fens, strict=True)),
            }
        )
        edges += [on, *dues, *(due + DAY for due in dues)]
    edges = [day for day in edges if day >= first]
    some = st.sampled_from(edges) | days(first, last + 20 * DAY) if edges else days(first, last)
    return story, ladder, plans, draw(st.lists(some, min_size=2, max_size=6))


def charge_days(story: Story) -> list[date]:
    return [max(date(*month, 1), story.head["start"]) for month in story.months]


def told_book(story: Story, ladder: list[int], plans: list[dict]) -> tl.Book:
    book = story.book()
    book.post(
        [
            *(step(n, f"第{n}天") for n in ladder),
            *(
                tl.Instalment(
                    key=plan["key"], on=plan["on"], unit=plan["unit"], due=due, amount=yuan(fen)
                )
                for plan in plans
                for due, fen in plan["rows"]
            ),
        ]
    )
    return book


def step(days: int, name: str = "提醒", text: str = "请缴费。", start: str = "2020-01-01", **more):  # type: ignore[no-untyped-def]
    return tl.ReminderStep(days=days, name=name, text=text, start=start, **more)


def paid(books: Model, unit: str, first: date, last: date) -> int:
    """Receipts less what went back, in plain fen."""
    came = sum(one["amount"] for one in books.money[unit] if first <= one["day"] <= last)
    went = sum(
        one["amount"]
        for one in books.outs
        if one["money"]["unit"] == unit and first <= one["day"] <= last
    )
    return came - went


def held_off(books: Model, plans: list[dict], unit: str, day: date) -> bool:
    """Whether the newest plan of the unit runs and is kept on a day."""
    mine = [one for one in plans if one["unit"] == unit and one["on"] <= day]
    if not mine:
        return False
    plan = max(mine, key=lambda one: (one["on"], one["key"]))
    rows = sorted(plan["rows"])
    kept = all(
        paid(books, unit, plan["on"], due) >= sum(fen for other, fen in rows if other <= due)
        for due, _ in rows
        if due < day
    )
    return kept and day <= rows[-1][0]


def right(
    books: Model, ladder: list[int], plans: list[dict], sent: set[tuple], day: date
) -> dict[str, tuple]:
    """Who is to be told what, by brute force: unit -> step, month of the oldest, what is open."""
    found = {}
    for unit, claims in books.claims.items():
        still = [one for one in claims if open_of(one, day)]
        if not still or books.arrears(unit, day) <= books.prepaid(unit, day):
            continue
        oldest = min(still, key=lambda one: one["month"])
        since = max(date(*oldest["month"], 1), books.start)
        if oldest["month"] < (books.start.year, books.start.month):
            since = books.start - DAY  # opening arrears
        reached = [n for n in ladder if n <= (day - since).days]
        before = [n for who, month, n in sent if (who, month) == (unit, oldest["month"])]
        if not reached or max(reached) <= max(before, default=0):
            continue
        if held_off(books, plans, unit, day):
            continue
        rows = sorted((month_text(one["month"]), one["item"], open_of(one, day)) for one in still)
        found[unit] = max(reached), oldest["month"], rows
    return found


def holds(drawn: tuple[Story, list[int], list[dict], list[date]]) -> None:
    """Exactly those are reminded who have to be, once, of exactly what was open that day."""
    story, ladder, plans, when = drawn
    book, books = told_book(story, ladder, plans), story.model()
    sent: set[tuple] = set()
    keys: list[str] = []
    for day in when:
        wanted = right(books, ladder, plans, sent, day)
        with unchanged(book):
            foreseen = book.to_remind(day)
        told = book.remind(day)
        assert told == foreseen
        assert {
            one.unit: (one.days, wanted[one.unit][1], [tuple(item) for item in one.items])
            for one in told
        } == wanted
        assert all(one.month == month_text(wanted[one.unit][1]) for one in told)
        total = sum(one.total_fen for one in told)
        assert total == sum(books.arrears(unit, day) for unit in wanted)
        with unchanged(book):
            assert book.remind(day) == []  # run twice is run once
        papers = {report.facts["unit"]: report.facts["total"] for report in book.notices(day)}
        assert {unit: yuan(books.arrears(unit, day)) for unit in wanted}.items() <= papers.items()
        sent |= {(unit, month, n) for unit, (n, month, _) in wanted.items()}
        keys += [one.key for one in told]
    assert len(keys) == len(set(keys))
    assert book.verify() == []


test_who_is_reminded_is_what_the_model_says = proof(holds, (dunned(),), 40)


@pytest.mark.long
def test_who_is_reminded_at_length() -> None:
    proof(holds, (dunned(),), 1000)()
    proof(one_home, (homes(),), 1000)()


# ----------------------------------------------------------------- one home, by arithmetic


@st.composite
def homes(draw: st.DrawFn) -> tuple[list[int], list[tuple], list[tuple], list[date]]:
    """A ladder, receipts, plans and days to remind on, of a home that owes 100.00 each month."""
    day = st.integers(0, 150).map(lambda n: date(2024, 1, 1) + n * DAY)
    ladder = draw(st.lists(st.sampled_from((1, 30, 31, 60, 90)), min_size=1, unique=True))
    fens = st.sampled_from((1, 5000, 9999, 10000, 10001, 25000))
    receipts = draw(st.lists(st.tuples(day, fens), max_size=5))
    plans = []
    for _ in range(draw(st.integers(0, 2))):
        on = draw(day)
        gaps = draw(st.lists(st.sampled_from((0, 1, 20, 45)), min_size=1, max_size=3, unique=True))
        rows = [(on + n * DAY, draw(fens)) for n in sorted(gaps)]
        if draw(st.booleans()):  # paid to the fen on the due dates
            receipts += rows
        plans.append((on, rows))
    edges = [due + n * DAY for _, rows in plans for due, _ in rows for n in (0, 1)]
    edges += [date(2024, month, 1) + n * DAY for month in (1, 2, 3) for n in ladder]
    return ladder, receipts, plans, draw(st.lists(st.sampled_from(edges), min_size=2, max_size=8))


def one_home(drawn: tuple[list[int], list[tuple], list[tuple], list[date]]) -> None:
    """The first charge of 100.00 that all money so far does not cover is the oldest open one."""
    ladder, receipts, plans, when = drawn
    book = tl.Book.create(fresh(), INFO, unit("1-101"), FEE, *(step(n) for n in ladder))
    book.charge("2024-01..2024-08")
    book.post(
        [
            *(pay(f"R{n}", str(day), yuan(fen)) for n, (day, fen) in enumerate(receipts)),
            *(
                tl.Instalment(key=f"P{n}", on=on, unit="1-101", due=due, amount=yuan(fen))
                for n, (on, rows) in enumerate(plans)
                for due, fen in rows
            ),
        ]
    )
    sent: dict[date, int] = {}
    for day in when:
        charged = [date(2024, month, 1) for month in range(1, 9) if date(2024, month, 1) <= day]
        left, still = sum(fen for on, fen in receipts if on <= day), []
        for due in charged:
            still.append((due, 10000 - min(left, 10000)))
            left -= min(left, 10000)
        still = [(due, fen) for due, fen in still if fen]
        reached = [n for n in ladder if still and n <= (day - still[0][0]).days]
        held, agreed = False, [(on, n) for n, (on, _) in enumerate(plans) if on <= day]
        if agreed:
            on, number = max(agreed)
            rows = plans[number][1]
            held = day <= rows[-1][0] and all(
                sum(fen for came, fen in receipts if on <= came <= due)
                >= sum(fen for _, fen in rows[: n + 1])
                for n, (due, _) in enumerate(rows)
                if due < day
            )
        wanted = []
        if reached and max(reached) > sent.get(still[0][0], 0) and not held:
            sent[still[0][0]] = max(reached)
            wanted = [(max(reached), [fen for _, fen in still])]
        told = book.remind(day)
        assert [(one.days, [item.amount_fen for item in one.items]) for one in told] == wanted
    assert book.verify() == []


test_one_home_by_arithmetic = proof(one_home, (homes(),), 80)


# --------------------------------------------------------------------------- by hand

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01", trustee="诚达物业")
FEE = tl.Tariff(item="物业费", basis="per_m2_month", price="1", start="2024-01-01")
LADDER = (
    step(30, "缴费提醒", "请于七日内缴纳。"),
    step(60, "催缴通知", "请于十五日内缴清。\n如有困难，可以分期。"),
    step(90, "律师函告知", "逾期将依法追缴。"),
)


def unit(code: str, building: str = "1栋", area: str = "100", owner: str = "王某") -> tl.Unit:
    return tl.Unit(unit=code, building=building, area_m2=area, usage="住宅", owner=owner)


def pay(key: str, on: str, amount: str, of: str = "1-101") -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit=of, amount=amount)


def row(due: str, amount: str, key: str = "P1", on: str = "2024-02-10", of: str = "1-101"):  # type: ignore[no-untyped-def]
    return tl.Instalment(key=key, on=on, unit=of, due=due, amount=amount, authority="协议")


@pytest.fixture
def book() -> tl.Book:
    """One home, 100.00 a month, charged through June; nothing was ever paid."""
    book = tl.Book.create(fresh(), INFO, unit("1-101"), FEE, *LADDER)
    book.charge("2024-01..2024-06")
    return book


def bare(text: str) -> str:
    """A text without its spaces and line ends."""
    return "".join(text.split())


def told(book: tl.Book, on: str) -> list[tuple]:
    return [(one.unit, one.days, one.month, one.total_fen) for one in book.remind(on)]


def test_the_ladder_is_climbed_step_by_step(book: tl.Book) -> None:
    # January is charged on 1 January: 30 days on the 31st, 60 on 1 March, 90 on 31 March
    assert told(book, "2024-01-30") == []
    assert told(book, "2024-01-31") == [("1-101", 30, "2024-01", 100_00)]
    assert told(book, "2024-02-29") == []
    assert told(book, "2024-03-01") == [("1-101", 60, "2024-01", 300_00)]
    assert told(book, "2024-03-31") == [("1-101", 90, "2024-01", 300_00)]
    assert told(book, "2024-06-30") == []  # the ladder has no further step


def test_steps_that_were_passed_over_are_not_sent_afterwards(book: tl.Book) -> None:
    assert told(book, "2024-03-05") == [("1-101", 60, "2024-01", 300_00)]
    assert told(book, "2024-03-06") == []
    assert told(book, "2024-02-05") == []  # nor as of a day that lies back


def test_a_paid_claim_gives_way_to_the_next_oldest(book: tl.Book) -> None:
    told(book, "2024-03-05")
    book.receive(pay("R1", "2024-03-06", "150"))  # January, and half of February
    assert told(book, "2024-03-07") == [("1-101", 30, "2024-02", 150_00)]
    book.receive(pay("R2", "2024-03-08", "150"))
    assert told(book, "2024-03-20") == []


def test_a_past_day_gives_what_was_open_then(book: tl.Book) -> None:
    book.receive(pay("R1", "2024-05-02", "600"))
    assert told(book, "2024-05-03") == []
    assert told(book, "2024-05-01") == [("1-101", 90, "2024-01", 500_00)]


def test_opening_arrears_are_owed_since_the_eve() -> None:
    book = tl.Book.create(
        fresh(), INFO, unit("1-101"), unit("1-102"), *LADDER,
        tl.Opening(account="1122", unit="1-101", amount="12.34"),
        tl.Opening(account="1122", unit="1-102", amount="50"),
        tl.Opening(account="2203", unit="1-102", amount="50"),
    )  # fmt: skip
    assert told(book, "2024-01-29") == []
    # 31 December to 30 January are 30 days; 1-102 has money with us that covers what it owes
    assert told(book, "2024-01-30") == [("1-101", 30, "2023-12", 1234)]
    assert book.notices("2024-01-30")[0].table().rows == (("2023-12", "期初欠费", 30, 1234),)


def test_a_notice_goes_to_who_holds_the_home_that_day(book: tl.Book) -> None:
    book.post(
        [
            tl.Tenure(unit="1-101", person="李某", share="1/2", start="2024-02-01"),
            tl.Tenure(unit="1-101", person="张某", share="1/2", start="2024-02-01"),
        ]
    )
    assert [one.owner for one in book.to_remind("2024-01-31")] == ["王某"]
    book.remind("2024-02-01")
    assert book.notices("2024-02-01")[0].facts["owner"] == "张某、李某"


def test_what_a_notice_says(book: tl.Book) -> None:
    book.remind("2024-03-05")
    (report,) = book.notices("2024-03-05")
    assert report.facts == {
        "unit": "1-101", "building": "1栋", "owner": "王某", "step": "催缴通知", "step_days": 60,
        "days_overdue": 64, "total": "300.00", "prepaid": "0.00",
    }  # fmt: skip
    assert report.table().rows == (
        ("2024-01", "物业费", 64, 100_00),
        ("2024-02", "物业费", 33, 100_00),
        ("2024-03", "物业费", 4, 100_00),
    )
    text = str(report)
    for words in ("催缴通知", "截至2024年3月5日", "尊敬的王某：", "如有困难，可以分期。",
                  "人民币（大写）叁佰元整", "受托人：诚达物业"):  # fmt: skip
        assert words in text, words
    assert report.statement.size == book.head.size - 1  # the journal it was drawn from
    assert json.loads(report.render("json"))["day"] == "2024-03-05"


def test_a_notice_is_the_same_paper_at_any_time(book: tl.Book) -> None:
    book.remind("2024-03-05")
    before = book.notices("2024-03-05")[0].render("pdf")
    book.receive(pay("R1", "2024-02-01", "600"))
    book.charge("2024-07")
    assert book.notices("2024-03-05")[0].render("pdf") == before
    assert book.verify() == []  # it says what stood when it was drawn


def test_prepayment_that_does_not_cover_is_said(book: tl.Book) -> None:
    book.post([pay("R1", "2024-01-05", "150"), pay("R2", "2024-02-05", "200")])
    book.refund(tl.Refund(key="F1", on="2024-02-08", unit="1-101", amount="100", receipt="R1"))
    (one,) = book.to_remind("2024-03-31")
    assert (one.total_fen, one.prepaid_fen) == (100_00, 50_00)
    book.remind("2024-03-31")
    assert "另有预收结余 50.00 元，可抵缴" in str(book.notices("2024-03-31")[0])


def test_a_late_fee_has_a_row_of_its_own() -> None:
    term = tl.LateFeeTerm(rate_per_day="0.1%", grace_days=30, start="2024-01-01")
    book = tl.Book.create(fresh(), INFO, unit("1-101"), FEE, *LADDER, term)
    book.charge("2024-01..2024-02")
    # January's 100.00 bears 0.10 a day from 1 February, 29 days in all
    book.remind("2024-03-01")
    (report,) = book.notices("2024-03-01")
    assert report.table().rows == (
        ("2024-01", "违约金", None, 2_90),
        ("2024-01", "物业费", 60, 100_00),
        ("2024-02", "物业费", 29, 100_00),
    )
    assert "违约金按日累计，不另计天数" in str(report)
    assert book.verify() == []


# --------------------------------------------------------------------------- plans by hand


def test_a_plan_that_is_kept_holds_reminders_off(book: tl.Book) -> None:
    book.post([row("2024-03-10", "100"), row("2024-04-10", "150")])
    book.receive(pay("R1", "2024-02-10", "40"))  # on the plan's own day: it counts
    book.receive(pay("R2", "2024-03-10", "60"))  # on the due date: in time
    assert told(book, "2024-02-20") == []
    assert told(book, "2024-04-10") == []  # the second instalment may still be paid today
    assert told(book, "2024-04-11") == [("1-101", 60, "2024-02", 300_00)]
    broken = book.notices("2024-04-11")[0]
    assert "分期缴纳协议P1约定至2024年4月10日累计缴纳250.00元，实际缴纳100.00元" in bare(
        str(broken)
    )


def test_paying_late_does_not_mend_a_broken_plan(book: tl.Book) -> None:
    book.post([row("2024-03-10", "100"), row("2024-06-10", "100")])
    book.receive(pay("R1", "2024-03-11", "100"))
    assert told(book, "2024-03-11") == [("1-101", 30, "2024-02", 200_00)]


def test_money_that_went_back_was_not_paid(book: tl.Book) -> None:
    book.post([row("2024-03-10", "100"), row("2024-06-10", "100")])
    book.receive(pay("R1", "2024-03-01", "100"))
    book.refund(tl.Refund(key="F1", on="2024-03-05", unit="1-101", amount="1", receipt="R1"))
    assert [one.broken for one in book.to_remind("2024-03-11")] == [
        ("P1", "2024-03-10", 100_00, 99_00)
    ]


def test_a_new_plan_replaces_the_old_and_ends_with_its_last_instalment(book: tl.Book) -> None:
    book.post([row("2024-03-10", "100")])
    assert len(book.to_remind("2024-03-11")) == 1
    book.post([row("2024-05-10", "1", key="P2", on="2024-03-11")])
    assert book.to_remind("2024-03-11") == [] == book.to_remind("2024-05-10")
    book.receive(pay("R1", "2024-05-09", "1"))
    assert told(book, "2024-05-11") == [("1-101", 90, "2024-01", 499_00)]  # kept, and over


def test_the_record_of_a_period(book: tl.Book) -> None:
    book.remind("2024-01-31")
    book.post([row("2024-03-31", "100"), row("2024-05-31", "100")])
    book.receive(pay("R1", "2024-03-31", "100"))
    report = book.statement("reminders", "2024-01")
    assert report.table().rows == (
        ("2024-01-31", "1-101", "王某", "缴费提醒", 30, "2024-01", 100_00),
    )
    assert report.facts == {
        "reminders": 1, "units": 1, "by_step": {"缴费提醒": 1}, "plans": 0, "plans_running": 0,
        "plans_fulfilled": 0, "plans_broken": 0, "plans_replaced": 0,
    }  # fmt: skip
    april, may = book.statement("reminders", "2024-04"), book.statement("reminders", "2024-05")
    assert april.table("plans").rows == (
        ("P1", "1-101", "2024-02-10", "协议", 2, 200_00, 100_00, "履行中", ""),
    )
    assert may.table("plans").rows[0][7:] == ("已违约", "2024-05-31")
    assert may.table("instalments").rows == (
        ("P1", "1-101", "2024-03-31", 100_00, 100_00, 100_00, "按期"),
        ("P1", "1-101", "2024-05-31", 100_00, 200_00, 100_00, "逾期"),
    )
    assert april.table("instalments").rows[1][5:] == (None, "未到期")
    book.receive(pay("R2", "2024-05-31", "100"))
    assert book.statement("reminders", "2024-05").facts["plans_fulfilled"] == 1
    book.post([row("2024-06-30", "1", key="P2", on="2024-05-31")])
    assert book.statement("reminders", "2024-05").facts["plans_replaced"] == 1


# --------------------------------------------------------------------------- what is refused


def refusal(book: tl.Book, *facts: tl.records.Record) -> tl.TrustLedgerError:
    with unchanged(book), pytest.raises(tl.TrustLedgerError) as caught:
        book.post(facts)
    return caught.value


def test_plans_that_contradict_themselves(book: tl.Book) -> None:
    book.post([unit("1-102"), row("2024-03-10", "100")])
    assert book.post([row("2024-03-10", "100")])[0].new is False
    for facts, kind, field, words in (
        ([row("2024-03-10", "99")], tl.KeyConflict, "amount",
         "instalment 'P1|2024-03-10' stands with amount '100.00', and now says '99.00'"),
        ([row("2024-04-10", "1")], tl.Refused, "due",
         "plan 'P1' stands without an instalment due 2024-04-10; what is agreed anew is a plan "
         "with a key of its own"),
        ([row("2024-04-10", "1", "P2"), row("2024-05-10", "1", "P2", of="1-102")],
         tl.InvalidRecord, "unit", "found '1-102', and an earlier row of plan 'P2' says '1-101'"),
        ([row("2024-04-10", "1", "P2"), row("2024-05-10", "1", "P2", "2024-02-11")],
         tl.InvalidRecord, "on", "found '2024-02-11', and an earlier row of plan 'P2' says"),
        ([row("2024-04-10", "1", "P2", of="9-999")], tl.Unknown, "unit",
         "unit '9-999' is not defined; enter it in units.csv first"),
        ([row("2024-04-10", "1", "P2", "2023-12-01")], tl.BooksNotOpen, "on",
         "found 2023-12-01; the books open on 2024-01-01: give what was still to be paid then as a "
         "plan of that day"),
    ):  # fmt: skip
        error = refusal(book, *facts)
        assert isinstance(error, kind) and words in str(error), error
        assert error.field == field  # type: ignore[attr-defined]
    with pytest.raises(tl.InvalidRecord, match="found 2024-02-09, before the plan's own day"):
        row("2024-02-09", "1")


def test_a_ladder_has_one_step_for_a_number_of_days(book: tl.Book) -> None:
    error = refusal(book, step(30, "又一个", start="2024-05-01"))
    assert isinstance(error, tl.Overlap)
    assert str(error) == (
        "two reminder steps of 30 days, from 2020-01-01 and from 2024-05-01, overlap; "
        "end the first before the second begins"
    )


def test_a_step_is_ended_unless_it_was_sent_later(book: tl.Book) -> None:
    book.remind("2024-01-31")
    old = {"name": "缴费提醒", "text": "请于七日内缴纳。"}
    error = refusal(book, step(30, **old, to="2024-01-30"))
    assert str(error) == (
        "reminder_step '30|2020-01-01' cannot end on 2024-01-30: "
        "something after that day already rests on it"
    )
    book.post([step(30, **old, to="2024-02-29"), step(30, "温馨提示", start="2024-03-01")])
    book.receive(pay("R1", "2024-03-02", "200"))
    book.remind("2024-04-05")
    assert book.notices("2024-04-05")[0].facts["step"] == "温馨提示"
    assert book.verify() == []


def test_days_on_which_nobody_can_be_reminded() -> None:
    book = tl.Book.create(fresh(), INFO, unit("1-101"), FEE)
    for on, kind, words in (
        ("2023-12-31", tl.BooksNotOpen, "found 2023-12-31; the books open on 2024-01-01"),
        ("2024-02-30", tl.InvalidDate, "found '2024-02-30', which is not a day of the calendar"),
        ("2024-02-01", tl.Refused,
         "no reminder step is in force on 2024-02-01; write [[reminder]] tables in book.toml and "
         "load the folder"),
    ):  # fmt: skip
        with pytest.raises(kind) as caught:
            book.remind(on)
        assert str(caught.value) == words


# --------------------------------------------------------------------------- recorded once


REMIND = """
import sys, trustledger as tl
print(len(tl.Book.open(sys.argv[1]).remind("2024-03-05")))
"""


def test_reminded_by_several_at_once_is_recorded_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'b.db'}"
    book = tl.Book.create(url, INFO, FEE, *LADDER, *(unit(f"{n:03d}") for n in range(40)))
    book.charge("2024-01..2024-03")
    size = book.head.size
    runs = [start(REMIND, url) for _ in range(4)]
    answers = [run.communicate() for run in runs]
    assert [err for _, err in answers] == [""] * 4
    assert sorted(int(out) for out, _ in answers) == [0, 0, 0, 40]
    assert book.head.size == size + 40
    assert len(book.notices("2024-03-05")) == 40 and book.verify() == []


def test_a_host_that_rolls_back_has_recorded_nothing(tmp_path: Path) -> None:
    from sqlmodel import Session

    engine = tl.engine(f"sqlite:///{tmp_path / 'b.db'}")
    book = tl.Book.create(engine, INFO, unit("1-101"), FEE, *LADDER)
    book.charge("2024-01")
    before = dump(book)
    with Session(engine) as session:
        assert len(tl.Book(session, "garden").remind("2024-02-05")) == 1
        session.rollback()
    assert dump(book) == before


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ('"amount_fen":10000', '"amount_fen":10001'),
        ('"month":"2024-01","items"', '"month":"2024-02","items"'),
        ('"step":"60|2020-01-01"', '"step":"60|2021-01-01"'),
        ('"size":', '"size":1'),
    ],
    ids=["amount", "month", "step", "size"],
)
def test_a_reminder_that_was_changed_is_found(tmp_path: Path, was: str, now: str) -> None:
    path = tmp_path / "b.db"
    book = tl.Book.create(f"sqlite:///{path}", INFO, unit("1-101"), FEE, *LADDER)
    book.charge("2024-01..2024-03")
    book.remind("2024-03-05")
    assert book.verify() == []
    book.close()
    raw = sqlite3.connect(path)
    raw.execute("DROP TRIGGER tl_entry_no_update")
    done = raw.execute(
        "UPDATE tl_entry SET content = replace(content, ?, ?) WHERE kind = 'reminder'", (was, now)
    )
    assert done.rowcount == 1
    raw.commit()
    raw.close()
    names = {one.check for one in tl.Book.open(f"sqlite:///{path}", unguarded=True).verify()}
    assert {"log_leaf", "reminder"} <= names


# --------------------------------------------------------------------------- folder and files


def test_one_pdf_per_building_one_page_per_home(case: Path, tmp_path: Path) -> None:
    book, out = tl.open_book(str(case)), tmp_path / "a" / "b"
    done = folderbook.remind(book, "2025-04-05", out)
    assert (len(done.new), done.notices, done.files) == (13, 13, 2)  # 1-301 keeps its plan
    assert sorted(path.name for path in out.iterdir()) == [
        "2025-04-05-1号楼.pdf", "2025-04-05-2号楼.pdf",
    ]  # fmt: skip
    text = subprocess.run(
        ["pdftotext", "-layout", str(out / "2025-04-05-1号楼.pdf"), "-"],
        capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    pages = text.removesuffix("\f").split("\f")
    units = [one.unit for one in done.new if one.unit.startswith("1-")]
    assert len(pages) == len(units) == 8
    for page, code in zip(pages, units, strict=True):
        assert code in page
        assert "截至2025年4月5日" in bare(page) and "第1页共1页" in bare(page)


def test_what_was_not_written_is_written_again_from_the_record(case: Path, tmp_path: Path) -> None:
    book, lost, again = tl.open_book(str(case)), tmp_path / "lost", tmp_path / "again"
    folderbook.remind(book, "2025-04-05", lost)
    book.receive(pay("NEW", "2025-04-04", "5000", "1-102"))
    head = book.head
    done = folderbook.remind(book, "2025-04-05", again)
    assert (done.new, done.notices, done.files) == ([], 13, 2)
    assert book.head == head
    for path in lost.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes()


def test_a_folder_that_cannot_be_written_leaves_nothing_recorded(case: Path) -> None:
    book = tl.open_book(str(case))
    head, taken = book.head, case / "book.toml"
    with pytest.raises(tl.InvalidInput, match="is not a folder that can be written"):
        folderbook.remind(book, "2025-04-05", taken / "out")
    assert book.head == head


def test_a_disk_that_fails_afterwards_says_what_to_do(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise tl.InvalidInput("cannot write x.pdf: No space left on device")

    book = tl.open_book(str(case))
    monkeypatch.setattr(folderbook, "write_whole", full)
    with pytest.raises(tl.InvalidInput) as caught:
        folderbook.remind(book, "2025-04-05", tmp_path)
    assert str(caught.value) == (
        "cannot write x.pdf: No space left on device; the reminders of 2025-04-05 are recorded: "
        "run this again to write them"
    )
    monkeypatch.undo()
    assert folderbook.remind(book, "2025-04-05", tmp_path).notices == 13
