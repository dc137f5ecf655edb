"""Laws: what holds of every book, whatever happened in it.

Each law is a function of a drawn book; it is proved on a few books at every run and on many in the
long run. Minimal examples of what a law once forbade stand at the end.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from databases import fresh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model import DAY, Model, Refuse, is_late, month_first, month_last, open_of
from strategies import (
    KINDS,
    LARGEST,
    Story,
    Teller,
    amounts,
    bounds,
    differences,
    month_text,
    record,
    stories,
)

import trustledger as tl
from trustledger.document import Table
from trustledger.statements import COMMUNITY
from trustledger.store.tables import METADATA

TOLD_AHEAD = tuple(kind for kind in KINDS if kind != "withdrawal")  # what a folder can hold
KEPT = ("receipt", "receipt", "income", "expenditure")  # no money goes back
OWNERS_MONEY = ("receipt", "receipt", "receipt", "refund", "bounce", "waiver")
LAWS: list[tuple[Callable[..., None], tuple[st.SearchStrategy, ...]]] = []


def law(*drawn: st.SearchStrategy, examples: int = 12) -> Callable[..., Callable[[], None]]:
    """A law of these drawn values: a few examples now, many in the long run."""

    def prove(holds: Callable[..., None]) -> Callable[[], None]:
        LAWS.append((holds, drawn))
        return proof(holds, drawn, examples)

    return prove


def proof(holds: Callable[..., None], drawn: tuple, examples: int) -> Callable[[], None]:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=quiet,
        derandomize=examples < 100,
    )(given(*drawn)(holds))


# -- words the laws are said in ---------------------------------------------------------------


def months_of(story: Story) -> list[str]:
    return [month_text(month) for month in story.months]


def periods_of(story: Story) -> list[str]:
    return [*months_of(story), story.period, str(story.months[-1][0])]


def in_month(story: Story, month: tuple[int, int]) -> list[dict]:
    return [one for one in story.events if (one["date"].year, one["date"].month) == month]


def agrees(book: tl.Book, story: Story) -> None:
    """The book verifies, and says in every fact what the model says."""
    assert book.verify() == []
    books = story.model()
    assert [one for period in periods_of(story) for one in differences(book, books, period)] == []


def facts(book: tl.Book, period: str) -> list[dict]:
    """Every fact of every statement of a period; the register of receipts counts slips of paper."""
    names = [*COMMUNITY, "owing", "reminders"]
    found = [dict(book.statement(name, period).facts) for name in names]
    return [*found, *(dict(report.facts) for report in book.owners(period))]


def posted_at_random(story: Story, chance: random.Random) -> tl.Book:
    """Everything charged, then told one at a time in any order."""
    book = story.open()
    book.post(story.base_records())
    book.charge(story.period)
    events = list(story.events)
    chance.shuffle(events)
    for event in events:
        book.post([record(event)])
    return book


def dump(book: tl.Book) -> dict[str, list[tuple]]:
    """Every row of every table, by its key: a server gives them back in any order."""
    with book._where.connect() as connection:
        return {
            table.name: sorted(tuple(row) for row in connection.execute(table.select()))
            for table in METADATA.sorted_tables
        }


@contextmanager
def unchanged(book: tl.Book) -> Iterator[None]:
    before = dump(book), book.head
    yield
    assert (dump(book), book.head) == before


# -- the order of things ----------------------------------------------------------------------


@law(stories(), examples=30)
def test_every_book_says_what_the_model_says(story: Story) -> None:
    agrees(story.book(), story)


@law(stories(late=False))  # late fees of a month reckon with what is known when it is charged
def test_a_batch_is_one_by_one_in_date_order(story: Story) -> None:
    book = story.open()
    book.post(story.base_records())
    for month in story.months:
        book.charge(month_text(month))
        for event in in_month(story, month):
            book.post([record(event)])
    agrees(book, story)


@law(stories(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(story: Story, chance: random.Random) -> None:
    records = story.records()
    chance.shuffle(records)
    book = story.open()
    book._post(records, tl.Period.parse(story.period))
    assert book.head == story.book().head
    agrees(book, story)


@law(stories(kinds=TOLD_AHEAD, ways=("received",), tied=True))
def test_load_then_charge_is_month(story: Story) -> None:
    book = story.open()
    book.post(story.records())
    book.charge(story.period)
    agrees(book, story)


@law(stories(kinds=TOLD_AHEAD, ways=("received",), tied=True))  # or a fen may move, see below
def test_load_then_charge_month_by_month_is_month(story: Story) -> None:
    book = story.open()
    book.post(story.records())
    for month in months_of(story):
        book.charge(month)
        assert book.verify() == []
    agrees(book, story)


@law(stories(kinds=OWNERS_MONEY, most=30, tied=True))
def test_load_then_charge_is_month_however_money_goes_back(story: Story) -> None:
    book = story.open()
    book.post(story.records())
    book.charge(story.period)
    agrees(book, story)


@law(stories())
def test_month_after_month_is_all_at_once(story: Story) -> None:
    book = story.open()
    book.post(story.base_records())
    for month in story.months:
        events = [record(event) for event in in_month(story, month)]
        book._post(events, tl.Period.parse(month_text(month)))
    agrees(book, story)


@law(stories(kinds=KEPT, ways=("received",), late=False))  # or a fen may move
def test_charge_then_load_is_month_while_no_money_goes_back(story: Story) -> None:
    book = story.open()
    book.post(story.base_records())
    book.charge(story.period)
    book.post([record(event) for event in story.events])
    agrees(book, story)


# -- receipts and remuneration ----------------------------------------------------------------


@law(stories(kinds=("receipt", "receipt", "income"), late=False), st.randoms(use_true_random=False))
def test_any_order_of_posting_gives_the_same_remuneration(
    story: Story, chance: random.Random
) -> None:
    """One at a time, in any order: balances and remuneration are those of the date order."""
    book = posted_at_random(story, chance)
    assert book.verify() == []
    last, books = months_of(story)[-1], story.model()
    told = book.statement("remuneration", last)
    right = books.remuneration(*bounds(story.period))
    for name in ("base_to_date", "remuneration_to_date", "payable"):
        assert told.facts[name] == right[name]
    for report in book.owners(last):
        owner = books.owner(report.facts["unit"], *bounds(story.period))
        assert report.facts["closing_arrears"] == owner["closing_arrears"]
        assert report.facts["closing_prepaid"] == owner["closing_prepaid"]


@law(stories(kinds=("receipt", "income")), st.randoms(use_true_random=False))
def test_what_is_posted_late_leaves_every_statement_whole(
    story: Story, chance: random.Random
) -> None:
    """Each statement's own checks hold, whatever the order in which things became known."""
    book = posted_at_random(story, chance)
    for period in periods_of(story):
        for name in (*COMMUNITY, "owing", "receipts", "reminders"):
            assert all(check.holds for check in book.statement(name, period).statement.checks)


@law(stories(kinds=OWNERS_MONEY), st.data())
def test_a_receipt_split_in_two_leaves_the_same_balances(story: Story, data: st.DataObject) -> None:
    named = {event.get("receipt") for event in story.events}
    whole = [
        event
        for event in story.events
        if event["kind"] == "receipt" and event["amount"] > 1 and event["key"] not in named
    ]
    if not whole:
        return
    event = data.draw(st.sampled_from(whole))
    part = data.draw(amounts((event["amount"],), event["amount"] - 1))
    two = [{**event, "amount": part}, {**event, "key": event["key"] + "+"}]
    two[1]["amount"] = event["amount"] - part
    split = Story(story.head, story.documents, list(story.events), story.months)
    split.events[split.events.index(event) : split.events.index(event) + 1] = two
    one, other = story.book(), split.book()
    assert other.verify() == []
    for period in periods_of(story):
        assert facts(one, period) == facts(other, period)


# -- corrections ------------------------------------------------------------------------------


@law(stories(), st.data(), examples=40)
def test_a_reversal_returns_every_fact_to_what_it_was(story: Story, data: st.DataObject) -> None:
    """Balances and turnover: as if the entry had never been."""
    book, books = story.book(), story.model()
    day = month_last(story.months[-1])
    fact = data.draw(correctable(story, books, day))
    if fact is None:
        return
    before = [facts(book, period) for period in periods_of(story)]
    assert book.post([record(fact)])[0].new
    name = fact.get("key") or fact.get("voucher")
    book.reverse(tl.Reversal(key="R", on=day, of_kind=fact["kind"], of_key=name, reason="mistake"))
    assert book.verify() == []
    after = [facts(book, period) for period in periods_of(story)]
    assert without_noughts(after) == without_noughts(before)
    with unchanged(book), pytest.raises(tl.CannotReverse):
        book.reverse(tl.Reversal(key="R2", on=day, of_kind=fact["kind"], of_key=name, reason="2"))


@st.composite
def correctable(draw: st.DrawFn, story: Story, books: Model, day: object) -> dict | None:
    """One more fact of a kind that can be reversed."""
    teller = Teller(draw, story, books)
    teller.number = 900
    kind = draw(st.sampled_from(("receipt", "income", "expenditure", "waiver", "withdrawal")))
    return getattr(teller, kind)(day)


def without_noughts(value: object) -> object:
    """Facts without what is nought: an account that moved and moved back may be listed."""
    if isinstance(value, dict):
        kept = {name: without_noughts(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in ("0.00", {})}
    return [without_noughts(one) for one in value] if isinstance(value, list) else value


# -- saying it again, and saying it wrong -----------------------------------------------------


@law(stories())
def test_saying_it_again_changes_nothing(story: Story) -> None:
    book = story.book()
    with unchanged(book):
        for answer in (
            book.post([story.info, *story.records()]),
            book._post(story.records(), tl.Period.parse(story.period)),
            book.charge(story.period),
            *([book.post([one])[0]] for one in reversed(story.records())),
        ):
            assert not any(posted.new for posted in answer)


@law(stories(), st.data())
def test_a_key_names_one_content_for_ever(story: Story, data: st.DataObject) -> None:
    if not story.events:
        return
    book = story.book()
    event = dict(data.draw(st.sampled_from(story.events)))
    change = data.draw(st.sampled_from(("amount", "date", "memo")))
    if change == "amount":
        event["amount"] += 1 if event["amount"] < LARGEST else -1
        again = record(event)
    elif change == "date":
        event["date"] = month_first((2030, 1))
        again = record(event)
    else:
        again = record(event).model_copy(update={"memo": "otherwise"})
    others = data.draw(st.lists(st.sampled_from(story.records()), max_size=3))
    fresh = tl.Unit(unit="9-999", area_m2="1", usage="residential")
    if hasattr(again, "memo") or change != "memo":
        with unchanged(book), pytest.raises(tl.KeyConflict) as caught:
            book.post([*others, fresh, again])
        assert caught.value.key == again.record_key


WRONG = {
    "unknown unit": {"kind": "receipt", "key": "X", "unit": "nowhere", "amount": 1},
    "unknown fund": {
        "kind": "income",
        "key": "X",
        "category": "parking",
        "fund": "nofund",
        "amount": 1,
    },
    "no budget line": {"kind": "expenditure", "voucher": "X", "line": "Z", "amount": 1},
    "over budget": {"kind": "expenditure", "voucher": "X", "line": "A", "amount": LARGEST},
    "over refund": {"kind": "refund", "key": "X", "unit": "1-101", "amount": LARGEST},
    "unknown receipt": {
        "kind": "refund",
        "key": "X",
        "unit": "1-101",
        "amount": 1,
        "receipt": "none",
    },
    "over waiver": {
        "kind": "waiver",
        "key": "X",
        "unit": "1-101",
        "month": (2024, 11),
        "amount": LARGEST,
    },
    "over withdrawal": {"kind": "withdrawal", "key": "X", "amount": LARGEST},
    "no such original": {
        "kind": "reversal",
        "key": "X",
        "of_kind": "receipt",
        "of_key": "none",
    },
}


@law(
    # without late fees: those of the first month are reckoned before all of it is told
    stories(kinds=(*OWNERS_MONEY, "income", "expenditure"), ways=("received",), late=False, most=8),
    st.sampled_from(sorted(WRONG)),
    st.data(),
    examples=30,
)
def test_a_refused_batch_leaves_no_trace(story: Story, wrong: str, data: st.DataObject) -> None:
    """All or nothing: with good facts before and behind it, and with charges in the batch."""
    dates = [month_last(story.months[-1]), *(event["date"] for event in story.events)]
    fact = {**WRONG[wrong], "date": data.draw(st.sampled_from(dates))}
    told = data.draw(st.integers(0, len(story.events)))
    book = story.open()
    book.post(story.base_records())
    months = months_of(story)
    book._post([record(event) for event in story.events[:told]], tl.Period.parse(months[0]))
    rest = [record(event) for event in story.events[told:]]
    books = story.model()
    try:
        books._apply([fact], [])
    except Refuse:
        pass
    else:
        return  # these books have so much
    with unchanged(book), pytest.raises((tl.Refused, tl.Unknown)):
        book._post([*rest, record(fact)], tl.Period.parse(story.period))
    book._post(rest, tl.Period.parse(story.period))
    with unchanged(book), pytest.raises((tl.Refused, tl.Unknown)):
        book.post([record(fact)])
    agrees(book, story)


@law(stories(most=6))
def test_nothing_happens_before_the_books_open(story: Story) -> None:
    book, eve = story.book(), story.head["start"] - DAY
    early = [
        tl.Receipt(key="X", on=eve, unit="1-101", amount="1"),
        tl.Income(key="X", on=eve, category="parking", amount="1"),
        tl.Expenditure(voucher="X", on=eve, line="A", amount="1", resolution="1"),
        tl.Refund(key="X", on=eve, unit="1-101", amount="1"),
        tl.Waiver(key="X", on=eve, unit="1-101", month="2024-01", amount="1", authority="1"),
        tl.Withdrawal(key="X", on=eve, amount="1"),
    ]
    for one in early:
        with unchanged(book), pytest.raises(tl.BooksNotOpen):
            book.post([one])
    with unchanged(book), pytest.raises(tl.BooksNotOpen):
        book.charge("2020-01..2023-12")


# -- from month to month, and from book to book -----------------------------------------------


@law(stories())
def test_the_closing_of_a_month_is_the_opening_of_the_next(story: Story) -> None:
    book = story.book()
    for month, following in itertools.pairwise(months_of(story)):
        for fund in story.head["funds"]:
            one = book.statement("income_expenditure", month, fund=fund).facts
            other = book.statement("income_expenditure", following, fund=fund).facts
            assert one["closing"] == other["opening"]
        for left, right in zip(list(book.owners(month)), list(book.owners(following)), strict=True):
            assert left.facts["unit"] == right.facts["unit"]
            assert left.facts["closing_arrears"] == right.facts["opening_arrears"]
            assert left.facts["closing_prepaid"] == right.facts["opening_prepaid"]
        one = book.statement("trial_balance", month).facts["accounts"]
        other = book.statement("trial_balance", following).facts["accounts"]
        for code, row in one.items():
            assert row["closing_debit"] == other[code]["opening_debit"]
            assert row["closing_credit"] == other[code]["opening_credit"]


@law(stories())
def test_two_books_told_the_same_have_the_same_root(story: Story) -> None:
    """Whoever loads the same folder gets the same digest; the time of recording is not in it."""
    first = story.book()
    clock = itertools.count()
    second = story.open(clock=lambda: f"2031-01-01T00:00:{next(clock):02d}")
    second._post(story.records(), tl.Period.parse(story.period))
    assert first.head == second.head


# -- statements that are derived and never stored ---------------------------------------------


def fen_of(table: Table) -> dict[object, dict[str, int]]:
    """The amounts of a table by the name of the row; its total as "total"."""
    names = [column.key for column in table.columns]
    named = [*table.rows, *(("total", *row[1:]) for row in table.totals)]
    return {row[0]: dict(zip(names[1:], row[1:], strict=True)) for row in named}


def grid_of(book: tl.Book, period: str, group: str = "units") -> dict[object, dict[str, int]]:
    """A month grid's rows with all their columns."""
    report = book.statement("month_grid", period)
    assert all(check.holds for check in report.statement.checks)
    one, other = fen_of(report.table(group)), fen_of(report.table(f"{group}_prepaid"))
    return {name: one[name] | other[name] for name in one}


@law(stories(), examples=20)
def test_a_month_grid_is_the_owners_statements_and_the_accounts(story: Story) -> None:
    """Row by row it adds up and says what the owner reads; in sum, what the accounts say."""
    book = story.book()
    for period in periods_of(story):
        grid = grid_of(book, period)
        for report in book.owners(period):
            row, told = grid[report.facts["unit"]], report.facts
            for name in ("opening_arrears", "opening_prepaid", "charged", "received", "refunded",
                         "waived", "closing_arrears", "closing_prepaid"):  # fmt: skip
                assert tl.yuan(row[name]) == told[name]
            parts = row["current"] + row["arrears"] + row["used"] + row["late_fee_paid"]
            assert parts == row["settled"]
            owed = row["opening_arrears"] + row["charged"] + row["late_fee"] + row["reopened"]
            assert owed - parts - row["waived"] == row["closing_arrears"]
            held = row["opening_prepaid"] + row["received"] + row["reopened"]
            assert held - parts - row["refunded"] == row["closing_prepaid"]
        for group in ("buildings", "usages"):
            some = grid_of(book, period, group)
            assert some.pop("total") == grid["total"]
            for name, fen in grid["total"].items():
                assert sum(row[name] for row in some.values()) == fen
        facts = dict(book.statement("month_grid", period).facts)
        assert facts.pop("units") == len(grid) - 1
        assert facts == {name: tl.yuan(fen) for name, fen in grid["total"].items()}
        collected = book.statement("collection", period).facts
        assert collected["charged"] == facts["charged"]
        accounts = book.statement("trial_balance", period).facts["accounts"]
        for code, name in (("1122", "arrears"), ("2203", "prepaid")):
            side = "debit" if code == "1122" else "credit"
            for when in ("opening", "closing"):
                balance = accounts.get(code, {}).get(f"{when}_{side}", "0.00")
                assert facts[f"{when}_{name}"] == balance


@law(stories())
def test_the_grid_of_a_month_goes_on_where_the_last_one_ended(story: Story) -> None:
    book = story.book()
    for month, following in itertools.pairwise(months_of(story)):
        one, other = grid_of(book, month), grid_of(book, following)
        for unit, row in one.items():
            assert row["closing_arrears"] == other[unit]["opening_arrears"]
            assert row["closing_prepaid"] == other[unit]["opening_prepaid"]


@law(stories(), st.sampled_from(("unit", "building", "usage")), st.data(), examples=12)
def test_every_cell_of_the_grid_gives_its_entries(
    story: Story, group: str, data: st.DataObject
) -> None:
    """Unit by unit, building by building, usage by usage and in all; each names a real entry."""
    book = story.book()
    period = data.draw(st.sampled_from(periods_of(story)))
    by_seq = {entry.seq: entry for entry in book.entries()}
    of_group: dict[str, set[str]] = {}
    for unit in book.units():
        of_group.setdefault(getattr(unit, group), set()).add(unit.unit)
    for shown, row in grid_of(book, period, f"{group}s").items():
        name = "" if shown == "未分楼栋" else shown
        where = {} if name == "total" else {group: name}
        inside = of_group.get(name) or {unit.unit for unit in book.units()}
        for column, fen in row.items():
            found = book.entries_of(period, column, **where)
            assert sum(one.amount_fen for one in found) == fen
            for one in found:
                entry = by_seq[one.seq]
                assert (entry.kind, entry.key, entry.on) == (one.kind, one.key, one.on)
                assert inside & {posting.unit for posting in entry.postings}


@law(stories(), st.sampled_from(((30, 90, 180, 365), (30, 60), (1,), (16, 31, 45))), examples=20)
def test_ageing_is_what_stood_open_then(story: Story, buckets: tuple[int, ...]) -> None:
    """As the model has it: each charge's age on the period's last day, whatever happened since."""
    book, books = story.book(), story.model()
    ends = (*buckets, 10**6)
    for period in periods_of(story):
        last = bounds(period)[1]
        report = book.statement("ageing", period, buckets=buckets)
        assert all(check.holds for check in report.statement.checks)
        right: dict[str, list[int]] = {}
        for unit, claims in books.claims.items():
            mine = [0] * len(ends)
            for one in claims:
                same = [c["day"] for c in claims if c["month"] == one["month"] and not is_late(c)]
                age = (last - min(same)).days  # late fee is as old as its charge
                place = next(n for n, end in enumerate(ends) if age <= end)
                mine[place] += open_of(one, last)
            if any(mine):
                right[unit] = mine
        told = {row[0]: list(row[2:-1]) for row in report.table("units").rows}
        assert told == right
        assert [row[-1] for row in report.table("units").rows] == [
            sum(right[unit]) for unit in sorted(right)
        ]
        whole = [sum(column) for column in zip(*right.values(), strict=True)] or [0] * len(ends)
        assert list(report.facts["buckets"].values()) == [tl.yuan(fen) for fen in whole]
        assert list(report.table("buildings").totals[0][2:-1]) == whole
        assert report.facts["arrears"] == tl.yuan(sum(whole))


# -- minimal examples -------------------------------------------------------------------------


START = {"from": "2024-01-01"}


def garden(recognised: str = "received", area: str = "100") -> tl.Book:
    """One home at 100.00 a month, and ten per cent for the trustee."""
    info = tl.BookInfo(code="garden", name="花园", start="2024-01-01")
    base = {"rate": "10%", "base": ["service_fee", "parking"], "recognised": recognised}
    return tl.Book.create(
        fresh(),
        info,
        tl.Unit(unit="1", area_m2=area, usage="home"),
        tl.Tariff(item="fee", basis="per_m2_month", price="1", authority="A", **START),
        tl.Term(**base, **START),
    )


def receipt(key: str, on: str, amount: str) -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit="1", amount=amount)


def refund(key: str, on: str, amount: str, named: str = "") -> tl.Refund:
    return tl.Refund(key=key, on=on, unit="1", amount=amount, receipt=named)


def stands(book: tl.Book, period: str = "2024") -> tuple[object, object]:
    owner = book.statement("owner", period, unit="1").facts
    return owner["closing_arrears"], owner["closing_prepaid"]


def test_a_free_refund_after_a_bounce_is_the_same_loaded_before_the_charge() -> None:
    """Rules 2 and 5: the newest money that is prepaid on the refund's day, charges counted."""
    told = [
        receipt("R1", "2024-01-02", "100"),
        receipt("R2", "2024-01-03", "50"),
        refund("F1", "2024-01-04", "30", "R1"),  # opens 30 of January again
        receipt("R3", "2024-01-05", "30"),  # which pays it
        refund("F2", "2024-01-06", "30"),  # so only money of R2 is prepaid
    ]
    together, apart = garden(), garden()
    together._post(told, tl.Period.parse("2024-01"))
    apart.post(told)
    apart.charge("2024-01")
    assert stands(together) == ("0.00", "20.00")
    assert stands(apart) == ("0.00", "20.00")


def test_a_waiver_dated_before_its_charge_may_be_posted_after_it() -> None:
    """Rules 2 and 5: it applies to what stands open when it is posted."""
    book = garden()
    book.charge("2024-01..2024-02")
    book.waive(
        tl.Waiver(
            key="W", on="2024-01-10", unit="1", month="2024-02", amount="5", authority="council"
        )
    )
    assert stands(book) == ("195.00", "0.00")
    assert book.verify() == []


def test_a_fact_that_stands_may_be_said_twice_in_one_batch() -> None:
    book, one = garden(), receipt("R1", "2024-01-02", "1")
    first = book.post([one, one])
    assert [posted.new for posted in first] == [True, True]
    with unchanged(book):
        assert [posted.new for posted in book.post([one, one])] == [False, False]


@pytest.mark.xfail(
    strict=True, reason="decided: rounding follows posting, a fen may move between months"
)
def test_load_then_charge_accrues_the_same_remuneration_in_every_month() -> None:
    """Rule 2, of a term whose fees count when charged and whose other income when received."""
    told = [tl.Income(key="I", on="2024-02-02", category="parking", amount="0.04")]
    together, apart = garden("charged", "100.04"), garden("charged", "100.04")
    together._post(told, tl.Period.parse("2024-01..2024-02"))
    apart.post(told)
    apart.charge("2024-01..2024-02")
    for month in ("2024-01", "2024-02"):
        assert facts(apart, month) == facts(together, month)


def test_a_book_in_memory_is_read_while_it_is_being_read() -> None:
    book = garden()
    book.charge("2024-01")
    for report in book.owners("2024-01"):
        assert book.statement("owner", "2024-01", unit=report.facts["unit"]).facts == report.facts
    assert [book.entry(entry.kind, entry.key) for entry in book.entries()] == list(book.entries())


@pytest.mark.long
@pytest.mark.parametrize("holds", [one for one, _ in LAWS], ids=lambda one: one.__name__)
def test_long(holds: Callable[..., None]) -> None:
    drawn = next(strategies for one, strategies in LAWS if one is holds)
    proof(holds, drawn, 1000)()
