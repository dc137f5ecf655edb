"""Who owes 谁来缴: laws over drawn books whose homes change hands, then cases to follow by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from databases import fresh
from hypothesis import given
from hypothesis import strategies as st
from model import DAY, month_first, month_last
from strategies import STATEMENTS, Story, month_text, stories
from test_laws import dump, proof, unchanged

import trustledger as tl
from trustledger import folderbook
from trustledger.intake import checks
from trustledger.money import parse_share
from trustledger.period import first_day, last_day
from trustledger.records import BookInfo
from trustledger.rules import owing

PEOPLE = ("甲", "乙", "丙", "丁")
SHARES = (("1",), ("1/2", "1/2"), ("1/3", "2/3"), ("30%", "30%", "0.4"), ("1/7",))


# -- what is drawn ----------------------------------------------------------------------------


@st.composite
def rows(draw: st.DrawFn, unit: str, first: date, last: date) -> list[tl.Tenure]:
    """A home's owners one after the other, with gaps, alone or together; perhaps a developer."""
    found, begin = [], first - 60 * DAY
    if draw(st.booleans()):
        delivery = draw(st.none() | st.dates(begin, last))
        one = {"unit": unit, "person": "建设公司", "role": "developer", "start": begin}
        found.append(tl.Tenure(**one, delivery=delivery))
    for _ in range(draw(st.integers(0, 3))):
        begin = draw(st.dates(begin, max(begin, last)))
        end = draw(st.none() | st.dates(begin, max(begin, last)))
        shares = draw(st.sampled_from(SHARES))
        people = draw(st.permutations(PEOPLE))[: len(shares)]
        for person, share in zip(people, shares, strict=True):
            held = {"unit": unit, "person": person, "start": begin, "to": end}
            phone = draw(st.sampled_from(("", "139", "138")))
            found.append(tl.Tenure(**held, share=share, phone=phone))
        if draw(st.booleans()):
            found.append(tl.Tenure(unit=unit, person="租客", role="tenant", start=begin))
        if end is None:
            break
        begin = end + draw(st.sampled_from((1, 1, 9))) * DAY
    return found


@st.composite
def held_stories(draw: st.DrawFn) -> tuple[Story, list[tl.Tenure], str]:
    """A small book, who holds its homes, and the rule by which arrears follow."""
    story = draw(stories(most=8, kinds=("receipt", "refund", "bounce", "waiver")))
    first, last = month_first(story.months[0]), month_last(story.months[-1])
    homes = [one["unit"] for one in story.documents if one["kind"] == "unit"]
    tenures = [row for home in homes for row in draw(rows(home, first, last))]
    return story, tenures, draw(st.sampled_from(("person", "unit")))


def book_of(story: Story, tenures: list[tl.Tenure], follow: str) -> tl.Book:
    info = tl.BookInfo(code="garden", name="花园", start=story.head["start"], arrears_follow=follow)
    book = tl.Book.create(fresh(), info)
    book._post([*story.records(), *tenures], tl.Period.parse(story.period))
    return book


def fen(text: object) -> int:
    return int(Decimal(str(text)) * 100)


def shown(book: tl.Book, period: str) -> list[object]:
    """All that the statements of a period say, but for the journal's size and root."""
    reports = [*(book.statement(n, period) for n in (*STATEMENTS, "owing")), *book.owners(period)]
    return [(report.facts, report.statement.blocks) for report in reports]


# -- laws -------------------------------------------------------------------------------------


def law(*drawn: st.SearchStrategy, examples: int = 25) -> Callable[..., Callable[[], None]]:
    return lambda holds: proof(holds, drawn, examples)


@law(held_stories())
def test_what_people_owe_adds_up_to_the_control_account(drawn: tuple) -> None:
    story, tenures, follow = drawn
    book = book_of(story, tenures, follow)
    assert book.verify() == []
    for period in [*map(month_text, story.months), story.period]:
        report = book.statement("owing", period)
        accounts = book.statement("trial_balance", period).facts["accounts"]
        control = accounts.get("1122", {"closing_debit": "0.00"})["closing_debit"]
        assert report.facts["total"] == control
        assert sum(map(fen, report.facts["persons"].values())) == fen(control)
        for owner in book.owners(period):
            told = report.facts["units"].get(owner.facts["unit"], {})
            assert sum(map(fen, told.values())) == fen(owner.facts["closing_arrears"])
            assert all(fen(amount) > 0 for amount in told.values())
            assert all(check.holds for check in owner.statement.checks)
            one = book.statement("owner", period, unit=owner.facts["unit"])
            assert one.statement == owner.statement


@law(held_stories(), st.data())
def test_a_later_change_never_alters_what_an_earlier_period_shows(
    drawn: tuple, data: st.DataObject
) -> None:
    """Whatever is told of days after a period, new rows and ends of rows: it stays as it was."""
    story, tenures, follow = drawn
    month = data.draw(st.sampled_from(story.months))
    end = month_last(month)
    known = []
    for row in tenures:
        if row.start > end:
            continue
        told = row.to and row.to > end, row.delivery and row.delivery > end
        known.append(row.model_copy(update={"to": None, "delivery": None}) if any(told) else row)
    book = book_of(story, known, follow)
    periods = [month_text(one) for one in story.months if one <= month]
    before = [shown(book, period) for period in periods]
    book.post(tenures)
    assert [shown(book, period) for period in periods] == before
    assert book.verify() == []


@law(held_stories())
def test_tenures_move_no_money(drawn: tuple) -> None:
    """Every other statement, and every fact of an owner's, is as it would be without them."""
    story, tenures, follow = drawn
    told, untold = book_of(story, tenures, follow), book_of(story, [], follow)
    for period in [*map(month_text, story.months), story.period]:
        for name in STATEMENTS:
            assert told.statement(name, period).facts == untold.statement(name, period).facts
        for one, other in zip(told.owners(period), untold.owners(period), strict=True):
            assert one.facts == other.facts


@law(held_stories(), st.randoms(use_true_random=False))
def test_order_and_repetition_are_nothing(drawn: tuple, chance: object) -> None:
    story, tenures, follow = drawn
    book = book_of(story, tenures, follow)
    late = book_of(story, [], follow)
    chance.shuffle(tenures)  # type: ignore[attr-defined]
    for row in tenures:
        late.post([row])
    assert shown(late, story.period) == shown(book, story.period)
    with unchanged(book):
        assert not any(one.new for one in book.post(tenures))


def held_by_hand(unit: tl.Unit, tenures: list[tl.Tenure], day: date) -> dict[str, Fraction]:
    """Who answers on a day, told again: the developer through the month of delivery, or the
    owners; what is left is the owner's of units.csv."""
    liable: dict[str, Fraction] = {}
    for role in ("developer", "owner"):
        for row in tenures:
            end = row.to or date.max
            if row.delivery:
                end = last_day(row.delivery.isoformat()[:7])
            if row.role == role and row.start <= day <= end:
                liable[row.person] = liable.get(row.person, Fraction(0)) + row.share
        if liable:
            break
    left = 1 - sum(liable.values())
    if left:
        liable[unit.owner] = liable.get(unit.owner, Fraction(0)) + left
    return liable


@given(st.data(), st.integers(1, 10**7))
def test_a_charge_divides_by_days_and_shares(data: st.DataObject, amount: int) -> None:
    """Nobody is a fen away from their exact part, and the parts add up; counted day by day."""
    unit = tl.Unit(unit="1", area_m2="100", usage="home", owner="戊")
    first, last = date(2024, 1, 1), date(2024, 4, 30)
    tenures = data.draw(rows("1", first, last))
    month = data.draw(st.sampled_from(("2024-01", "2024-02", "2024-03", "2024-04")))
    days = [first_day(month) + n * DAY for n in range(last_day(month).day)]
    exact: dict[str, Fraction] = {}
    for day in days:
        for person, share in held_by_hand(unit, tenures, day).items():
            exact[person] = exact.get(person, Fraction(0)) + amount * share / len(days)
        assert {h.person: h.share for h in owing.holders_on(unit, tenures, day)} == held_by_hand(
            unit, tenures, day
        )
    parts = owing.divide(amount, owing.liable(unit, tenures, days[0], days[-1]))
    assert sum(parts.values()) == amount
    assert {person for person, part in exact.items() if part} == set(parts)
    assert all(abs(parts[person] - exact[person]) < 1 for person in parts)


@given(st.data())
def test_what_is_open_divides_within_everybodys_part(data: st.DataObject) -> None:
    """Money paid under a name lowers that name's part, never below nothing."""
    amount = data.draw(st.integers(1, 10_000))
    weight = st.integers(1, 30).map(Fraction)
    parts = data.draw(st.dictionaries(st.sampled_from(PEOPLE), weight, min_size=2))
    names = st.sampled_from((*PEOPLE, "租客"))
    paid = data.draw(st.dictionaries(names, st.integers(0, amount), max_size=3))
    left = amount - sum(paid.values())
    if left < 0:
        return
    day = date(2024, 1, 1)
    month = owing.OpenMonth("2024-01", day, day, left, amount, paid)
    told = owing.divide_open(month, parts)
    own = owing.divide(amount, parts)
    assert sum(told.values()) == left
    for person, part in told.items():
        assert 0 <= part <= own[person] - min(own[person], paid.get(person, 0))


@given(st.data())
def test_shares_never_pass_the_whole(data: st.DataObject) -> None:
    """The check finds exactly those rows of which some day holds more than one unit."""
    day = st.dates(date(2024, 1, 1), date(2024, 1, 20))
    count = data.draw(st.integers(1, 5))
    drawn = []
    for number in range(count):
        start = data.draw(day)
        to = data.draw(st.none() | st.dates(start, date(2024, 1, 25)))
        share = data.draw(st.sampled_from(("1", "1/2", "1/3", "2/3")))
        drawn.append(tl.Tenure(unit="1", person=f"P{number}", start=start, to=to, share=share))
    days = [date(2024, 1, 1) + n * DAY for n in range(40)]
    most = max(sum(row.share for row in drawn if row.covers(one)) for one in days)
    if most > 1:
        with pytest.raises(tl.Overlap):
            owing.check_shares(drawn)
    else:
        owing.check_shares(drawn)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_a_share_is_read_exactly(part: int, whole: int) -> None:
    if part <= whole:
        assert parse_share(f"{part}/{whole}") == Fraction(part, whole)
        row = tl.Tenure(unit="1", person="甲", start="2024-01-01", share=f"{part}/{whole}")
        assert tl.Tenure.load(row.content()) == row
    else:
        with pytest.raises(tl.InvalidAmount, match="is at most 1"):
            parse_share(f"{part}/{whole}")


# -- cases to follow by hand ------------------------------------------------------------------


def garden(*facts: object, follow: str = "person", owner: str = "甲", **of_unit: str) -> tl.Book:
    """One home at 100.00 a month."""
    return tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园", start="2024-01-01", arrears_follow=follow),
        tl.Unit(unit="1", area_m2="100", usage="home", owner=owner, **of_unit),
        tl.Tariff(item="fee", basis="per_m2_month", price="1", start="2024-01-01"),
        *facts,
    )


def tenure(person: str, start: str, **more: str) -> tl.Tenure:
    return tl.Tenure(unit="1", person=person, start=start, **more)


def pay(key: str, on: str, amount: str, payer: str = "") -> tl.Receipt:
    return tl.Receipt(key=key, on=on, unit="1", amount=amount, payer=payer)


def owed(book: tl.Book, period: str) -> object:
    return book.statement("owing", period).facts["units"].get("1", {})


def table(book: tl.Book, period: str, key: str) -> list[tuple]:
    statement = book.statement("owner", period, unit="1").statement
    return [row for one in statement.tables if one.key == key for row in one.rows]


def grid(book: tl.Book, period: str) -> str:
    statement = book.statement("owner", period, unit="1").statement
    pairs = next(block for block in statement.blocks if getattr(block, "key", "") == "unit")
    return next(str(pair.value) for pair in pairs.pairs if pair.label == "业主")


def test_a_home_sold_within_a_month() -> None:
    """甲 holds it 10 of February's 29 days: 10/29 × 100.00 = 34.48, and 乙 65.52."""
    book = garden(tenure("乙", "2024-02-11"))
    book.charge("2024-01..2024-03")
    assert owed(book, "2024-01") == {"甲": "100.00"}
    assert owed(book, "2024-02") == {"甲": "134.48", "乙": "65.52"}
    assert owed(book, "2024-03") == {"甲": "134.48", "乙": "165.52"}
    assert grid(book, "2024-01") == "甲"
    assert grid(book, "2024-02") == "乙"
    assert table(book, "2024-01", "holders") == []
    assert table(book, "2024-02", "holders") == [
        ("甲", "业主", "1", "2024-02-01", "2024-02-10"),
        ("乙", "业主", "1", "2024-02-11", "2024-02-29"),
    ]
    assert table(book, "2024-02", "answers") == [
        ("甲", "原业主", "2024-01 至 2024-02", 13448),
        ("乙", "业主", "2024-02", 6552),
    ]
    assert table(book, "2024-03", "holders") == []
    assert table(book, "2024-03", "answers")[0] == ("甲", "原业主", "2024-01 至 2024-02", 13448)


def test_arrears_that_follow_the_unit() -> None:
    book = garden(tenure("乙", "2024-02-11"), follow="unit")
    book.charge("2024-01..2024-03")
    assert owed(book, "2024-01") == {"甲": "100.00"}
    assert owed(book, "2024-02") == {"乙": "200.00"}
    assert table(book, "2024-02", "answers") == []


def test_co_owners_and_a_fen_that_does_not_divide() -> None:
    """Thirds of 100.00: the fen that is left goes to who came first; on one day, by name."""
    book = garden(*(tenure(who, "2024-01-01", share="1/3") for who in ("C", "B", "A")))
    book.charge("2024-01")
    assert owed(book, "2024-01") == {"A": "33.34", "B": "33.33", "C": "33.33"}
    assert grid(book, "2024-01") == "A 1/3、B 1/3、C 1/3"


def test_a_share_that_no_row_names_stays_with_the_owner_of_units_csv() -> None:
    book = garden(tenure("乙", "2024-01-01", share="25%"))
    assert book.owners_of("1", "2024-01-31") == (
        tl.Holder("乙", "owner", Fraction(1, 4)),
        tl.Holder("甲", "owner", Fraction(3, 4)),
    )
    assert book.owners_of("1", date(2023, 12, 31)) == (tl.Holder("甲", "owner", Fraction(1)),)
    with pytest.raises(tl.Unknown, match="unit '9' is not defined"):
        book.owners_of("9", "2024-01-01")
    with pytest.raises(tl.InvalidDate, match="a date is written 2024-01-31"):
        book.owners_of("1", datetime(2024, 1, 1))


def test_a_home_is_the_developers_through_the_month_of_delivery() -> None:
    """Handed over on 10 February: all of February is the developer's, March the buyer's."""
    book = garden(
        tenure("建设公司", "2023-01-01", role="developer", delivery="2024-02-10"),
        tenure("乙", "2024-02-10"),
        owner="",
    )
    book.charge("2024-01..2024-03")
    assert owed(book, "2024-03") == {"建设公司": "200.00", "乙": "100.00"}
    assert table(book, "2024-03", "answers") == [
        ("建设公司", "建设单位", "2024-01 至 2024-02", 20000),
        ("乙", "业主", "2024-03", 10000),
    ]
    assert [one.person for one in book.owners_of("1", "2024-02-29")] == ["建设公司"]
    assert [one.person for one in book.owners_of("1", "2024-03-01")] == ["乙"]


def test_a_tenant_pays_and_the_owner_stays_liable() -> None:
    book = garden(tenure("王租客", "2024-01-15", role="承租人"))
    book.charge("2024-01")
    book.receive(pay("R1", "2024-01-20", "30", "王租客"))
    assert owed(book, "2024-01") == {"甲": "70.00"}
    assert grid(book, "2024-01") == "甲"
    assert ("王租客", "承租人", "", "2024-01-15", "2024-01-31") in table(book, "2024-01", "holders")
    assert table(book, "2024-01", "payments")[0][3] == "承租人王租客代缴；2024-01 30.00"


def test_who_paid_under_their_own_name_has_paid_their_own_part() -> None:
    """February is 34.48 of 甲 and 65.52 of 乙; 甲 pays 34.48, so 乙 alone owes what is open."""
    book = garden(tenure("乙", "2024-02-11"), liable_from="2024-02-01")
    book.charge("2024-02")
    book.receive(pay("R1", "2024-02-20", "34.48", "甲"))
    assert owed(book, "2024-02") == {"乙": "65.52"}
    book.receive(pay("R2", "2024-02-21", "10", "乙的朋友"))
    assert owed(book, "2024-02") == {"乙": "55.52"}
    book.refund(tl.Refund(key="F1", on="2024-02-22", unit="1", amount="34.48", receipt="R1"))
    # as nobody has paid under their own name: 90.00 by 10 and 19 of 29 days
    assert owed(book, "2024-02") == {"甲": "31.03", "乙": "58.97"}


def test_a_month_that_is_charged_by_days_divides_by_those_days() -> None:
    """Liable from 15 February: 15 days at 100.00 ÷ 29; 甲 holds it 5 of them."""
    book = garden(tenure("乙", "2024-02-20"), liable_from="2024-02-15")
    book.charge("2024-02")
    assert owed(book, "2024-02") == {"甲": "17.24", "乙": "34.48"}


def test_what_the_old_books_left_open_is_of_who_held_it_on_the_eve() -> None:
    opening = tl.Opening(account="1122", unit="1", amount="50")
    book = garden(opening, tenure("乙", "2024-01-01"))
    assert owed(book, "2024-01") == {"甲": "50.00"}
    assert table(book, "2024-01", "answers") == [("甲", "原业主", "期初欠费", 5000)]
    assert owed(garden(opening, tenure("乙", "2023-12-31")), "2024-01") == {"乙": "50.00"}


def test_a_late_fee_is_owed_as_the_charge_it_is_on() -> None:
    """1 % a day on 100.00 from 2 January: 30.00 in January, 甲's, who owes January; 乙 has his own
    month's: 28 days of February on January's and on February's 100.00."""
    fee = {"rate_per_day": "1%", "grace_days": 0, "start": "2024-01-01"}
    book = garden(tl.LateFeeTerm(**fee), tenure("乙", "2024-02-01"))
    book.charge("2024-01..2024-02")
    assert owed(book, "2024-01") == {"甲": "130.00"}
    assert owed(book, "2024-02") == {"甲": "159.00", "乙": "128.00"}


def test_nobody_named_is_said_to_be_nobody() -> None:
    book = garden(owner="")
    book.charge("2024-01")
    assert owed(book, "2024-01") == {"未登记": "100.00"}


def test_people_of_one_name_are_told_apart_by_telephone() -> None:
    book = tl.Book.create(
        fresh(),
        tl.BookInfo(code="garden", name="花园", start="2024-01-01"),
        *(
            tl.Unit(unit=code, area_m2="100", usage="home", owner="张某", phone=phone)
            for code, phone in (("1", "139"), ("2", "138"), ("3", "139"))
        ),
        tl.Tariff(item="fee", basis="per_m2_month", price="1", start="2024-01-01"),
    )
    book.charge("2024-01")
    report = book.statement("owing", "2024-01")
    assert report.facts["persons"] == {"张某 139": "200.00", "张某 138": "100.00"}
    assert report.statement.tables[0].rows[0] == ("张某 139", 2, "1、3", "2024-01", 20000)


def test_a_telephone_told_later_is_not_said_of_an_earlier_period() -> None:
    other = tl.Unit(unit="2", area_m2="100", usage="home", owner="张某", phone="138")
    book = garden(other, tenure("张某", "2024-01-01"))
    book.charge("2024-01")
    told = {"张某": "100.00", "张某 138": "100.00"}
    assert book.statement("owing", "2024-01").facts["persons"] == told
    book.post([tl.Tenure(unit="2", person="李某", start="2024-02-01")])
    book.post([tenure("张某", "2024-01-01", to="2024-01-31")])
    book.post([tenure("张某", "2024-02-01", phone="139")])
    assert book.statement("owing", "2024-01").facts["persons"] == told


def test_days_are_shown_within_the_period() -> None:
    book = garden(
        tenure("租客", "2023-05-01", role="tenant", to="2024-06-30"), tenure("乙", "2024-01-11")
    )
    assert table(book, "2024-01", "holders") == [
        ("甲", "业主", "1", "2024-01-01", "2024-01-10"),
        ("乙", "业主", "1", "2024-01-11", "2024-01-31"),
        ("租客", "承租人", "", "2024-01-01", "2024-01-31"),
    ]


def test_units_whose_codes_begin_alike_are_two() -> None:
    other = tl.Unit(unit="1|a", area_m2="100", usage="home", owner="丁")
    book = garden(other, tl.Tenure(unit="1|a", person="乙", start="2024-01-01"))
    assert [one.person for one in book.owners_of("1", "2024-01-01")] == ["甲"]
    assert [one.person for one in book.owners_of("1|a", "2024-01-01")] == ["乙"]


def test_a_row_is_ended_later_and_a_delivery_told_later() -> None:
    book = garden(tenure("建设公司", "2023-01-01", role="developer"), tenure("乙", "2024-01-20"))
    book.charge("2024-01..2024-03")
    assert owed(book, "2024-03") == {"建设公司": "300.00"}
    handed = tenure("建设公司", "2023-01-01", role="developer", delivery="2024-01-20")
    assert [one.new for one in book.post([handed])] == [False]
    assert owed(book, "2024-03") == {"建设公司": "100.00", "乙": "200.00"}
    book.post([handed, tenure("乙", "2024-01-20", to="2024-02-29"), tenure("丙", "2024-03-01")])
    assert owed(book, "2024-03") == {"建设公司": "100.00", "乙": "100.00", "丙": "100.00"}
    with unchanged(book):
        book.post([handed, tenure("乙", "2024-01-20", to="2024-02-29")])
    with pytest.raises(tl.KeyConflict, match="stands with to '2024-02-29', and now says None"):
        book.post([tenure("乙", "2024-01-20")])
    assert book.verify() == []


def test_what_somebody_becomes_later_is_not_said_of_an_earlier_period() -> None:
    book = garden(tenure("乙", "2024-01-01", to="2024-01-31"), tenure("丙", "2024-02-01"))
    book.charge("2024-01..2024-02")
    before = shown(book, "2024-02")
    book.post([tenure("乙", "2024-05-01", role="developer")])
    assert shown(book, "2024-02") == before
    assert table(book, "2024-02", "answers")[0] == ("乙", "原业主", "2024-01", 10000)


def test_a_mistaken_row_is_struck() -> None:
    """By the share 0, also when it was ended already; it holds nothing from then on."""
    book = garden(
        tenure("乙", "2024-01-11", to="2024-02-29"), tenure("租客", "2024-01-01", role="tenant")
    )
    book.charge("2024-01")
    assert owed(book, "2024-01") == {"甲": "32.26", "乙": "67.74"}
    struck = tenure("乙", "2024-01-11", to="2024-02-29", share="0")
    book.post([struck, tenure("丙", "2024-01-11")])
    assert owed(book, "2024-01") == {"甲": "32.26", "丙": "67.74"}
    book.post([tenure("租客", "2024-01-01", role="tenant", share="0%")])
    assert [row[0] for row in table(book, "2024-01", "holders")] == ["甲", "丙"]
    with unchanged(book):
        book.post([struck])
    with pytest.raises(tl.KeyConflict, match="stands with share '0/1', and now says '1/1'"):
        book.post([tenure("乙", "2024-01-11", to="2024-02-29")])
    assert book.verify() == []


def test_a_row_that_is_opened_and_struck_later() -> None:
    book = garden(tenure("乙", "2024-01-11"))
    book.post([tenure("乙", "2024-01-11", to="2024-02-29")])
    book.post([tenure("乙", "2024-01-11", to="2024-02-29", share="0")])
    assert [one.person for one in book.owners_of("1", "2024-02-01")] == ["甲"]
    assert book.verify() == []


def test_a_row_may_end_before_the_books_open() -> None:
    book = garden(tenure("乙", "2020-01-01"))
    book.post([tenure("乙", "2020-01-01", to="2022-12-31")])
    assert [one.person for one in book.owners_of("1", "2023-01-01")] == ["甲"]
    assert book.verify() == []


# -- refused ----------------------------------------------------------------------------------


def test_more_than_the_whole_is_refused() -> None:
    book = garden(tenure("乙", "2024-01-01"))
    with unchanged(book), pytest.raises(tl.Overlap) as told:
        book.post([tenure("丙", "2024-03-01", share="1/2")])
    assert str(told.value) == (
        "unit '1' has owners of more than the whole on 2024-03-01: 乙 1, 丙 1/2; "
        "end one of them by 'to', or give shares that add up to 1"
    )
    book.post([tenure("乙", "2024-01-01", to="2024-02-29"), tenure("丙", "2024-03-01")])


def test_the_audit_finds_more_than_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "check_shares", list)
    book = garden(tenure("乙", "2024-01-01"), tenure("丙", "2024-01-01"))
    assert [(one.check, one.where) for one in book.verify()] == [
        ("shares", "tenure 1|乙|owner|2024-01-01")
    ]


def test_a_books_rule_is_content_only_when_it_is_said() -> None:
    plain = {"code": "garden", "name": "花园", "start": "2024-01-01"}
    assert "arrears_follow" not in tl.BookInfo(**plain).content()
    assert tl.BookInfo(**plain, arrears_follow="person") == tl.BookInfo(**plain)
    said = tl.BookInfo(**plain, arrears_follow="unit").content()
    assert BookInfo.load(said).arrears_follow == "unit"
    with pytest.raises(tl.InvalidRecord):
        tl.BookInfo(**plain, arrears_follow="nobody")
    book = garden()
    with pytest.raises(tl.KeyConflict, match="stands with arrears_follow 'person', and now says"):
        book.post([tl.BookInfo(**plain, arrears_follow="unit")])


# -- from a folder ----------------------------------------------------------------------------

HEAD = "房号,姓名,身份,份额,起始,截止,电话,交付日期,依据\n"


def written(folder: Callable[[str], Path], text: str) -> Path:
    where = folder("example")
    (where / "owners.csv").write_text(text, encoding="utf-8")
    return where


def test_a_folder_with_owners(folder: Callable[[str], Path]) -> None:
    where = written(
        folder,
        HEAD
        + "1-101,张某甲,业主,1/2,2025-03-16,,13900009999,,网签合同\n"
        + "1-101,李某乙,owner,50%,2025-03-16,,,,网签合同\n"
        + "1-102,某建设公司,建设单位,,2024-01-01,,,2025-02-08,交付单\n",
    )
    book = folderbook.load(where, period="2025-01..2025-03").book
    assert book.owners_of("1-101", "2025-03-15")[0].person == "罗某己"
    assert {one.person for one in book.owners_of("1-101", "2025-03-16")} == {"张某甲", "李某乙"}
    assert book.owners_of("1-102", "2025-02-28")[0].role == "developer"
    assert book.owners_of("1-102", "2025-03-01")[0].person == "王某丙"
    assert book.verify() == []
    before = dump(book)
    again = folderbook.load(where, period="2025-01..2025-03")
    assert (again.posted, dump(again.book)) == (0, before)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("1-101,张,业主,2/1,2025-01-01,,,,", "row 2, column 份额: found '2/1'; a share is written "
         "1/2, 50% or 0.5, and is at most 1"),
        ("1-101,张,业主,half,2025-01-01,,,,", "row 2, column 份额: found 'half'; a share is "
         "written 1/2, 50% or 0.5, and is at most 1"),
        ("9-999,张,业主,,2025-01-01,,,,", "row 2, column 房号: unit '9-999' is not defined; "
         "enter it in units.csv first"),
        ("1-101,张,房东,,2025-01-01,,,,", "row 2, column 身份: role '房东' is not defined; "
         "it is one of owner, tenant, developer"),
        ("1-101,张,业主,,2025-02-01,2025-01-31,,,", "row 2, column 截止: found 2025-01-31, before "
         "2025-02-01; 'to' is not before 'from'"),
        ("1-101,,业主,,2025-02-01,,,,", "row 2, column 姓名: found an empty cell; "
         "write 1 to 64 characters on one line"),
        ("1-101,张,业主,,,,,,", "row 2, column 起始: found an empty cell; "
         "a date is written 2024-01-31"),
        ("1-101,张,业主,,2025-02-01,,,2025-02-01,", "row 2, column 交付日期: found 2025-02-01 for "
         "the role owner; a delivery is the developer's, leave it empty here"),
        ("1-101,张,建设单位,,2025-02-01,,,2025-01-01,", "row 2, column 交付日期: found 2025-01-01, "
         "before 2025-02-01; 'delivery' is not before 'from'"),
        ("1-101,张,建设单位,,2025-02-01,2025-06-30,,2025-03-01,", "row 2, column 截止: found "
         "2025-06-30, after the month of delivery, 2025-03-01, through which the developer "
         "answers; leave 'to' empty"),
        ("1-101,张,业主,,2025-01-01,,,,\n1-101,李,业主,1/4,2025-02-01,,,,", "row 3, column 起始: "
         "unit '1-101' has owners of more than the whole on 2025-02-01: 张 1, 李 1/4; end one of "
         "them by 'to', or give shares that add up to 1"),
        ("1-101,张,业主,1/2,2025-01-01,,,,\n1-101,张,业主,1/4,2025-01-01,,,,", "row 3, column 份额"
         ": tenure '1-101|张|owner|2025-01-01' stands with share '1/2', and now says '1/4'; "
         "restore what it said, or record the change under a key of its own"),
    ],
)  # fmt: skip
def test_wrong_rows(folder: Callable[[str], Path], row: str, told: str) -> None:
    where = written(folder, HEAD + row + "\n")
    with pytest.raises(tl.TrustLedgerError) as error:
        folderbook.load(where)
    assert str(error.value) == f"owners.csv, {told}"
    assert not (where / "book.db").exists()


def test_a_rule_that_nobody_knows(folder: Callable[[str], Path]) -> None:
    where = folder("example")
    text = (where / "book.toml").read_text("utf-8")
    wrong = text.replace("[trust]", '[trust]\narrears_follow = "house"')
    (where / "book.toml").write_text(wrong, "utf-8")
    with pytest.raises(tl.InvalidRecord) as error:
        folderbook.load(where)
    assert str(error.value).endswith(
        """found 'house'; write it as arrears_follow = "person" (or "unit")"""
    )
