"""Counted things, dated factors, meters and shared costs: laws, then examples by hand.

What is right is reckoned here in whole numbers (thousandths, ten-thousandths, fen) and days of the
calendar, nothing of the library's.
"""

from __future__ import annotations

import itertools
import json
import random
from datetime import date, timedelta

import pytest
from databases import fresh, tampering
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func

import trustledger as tl
from trustledger.store.tables import ENTRY

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
YEAR = "2024"
DAY = timedelta(days=1)
DAYS = st.dates(date(2023, 12, 1), date(2024, 12, 31))
INFO = tl.BookInfo(code="garden", name="花园", start="2024-01-01")


def four(number: int) -> str:
    """Ten-thousandths as text."""
    return f"{number // 10_000}.{number % 10_000:04d}"


def half_up(top: int, bottom: int) -> int:
    return (2 * top + bottom) // (2 * bottom)


def community(*facts: tl.records.Record) -> tl.Book:
    return tl.Book.create(fresh(), INFO, *facts)


def charged(book: tl.Book) -> dict[tuple[str, str], dict[str, int]]:
    """Fen by month and unit, then item, from the postings of the charges."""
    found: dict[tuple[str, str], dict[str, int]] = {}
    for entry in book.entries():
        if entry.kind == "charge":
            month, unit = entry.key.split("|")
            found[month, unit] = {
                p.item: p.debit_fen for p in entry.postings if p.unit and p.debit_fen
            }
    return found


def home(unit: str, area: str = "100", **more: object) -> tl.Unit:
    return tl.Unit(unit=unit, area_m2=area, usage="home", **more)


def price(item: str, basis: str, yuan: str, **more: object) -> tl.Tariff:
    return tl.Tariff(**{"item": item, "basis": basis, "price": yuan, "start": "2023-01-01"} | more)


def reading(key: str, on: object, shows: str, meter: str = "W1", **more: object) -> tl.Reading:
    return tl.Reading(key=key, meter=meter, on=on, reading=shows, **more)


def table(book: tl.Book, period: str, unit: str) -> list[tuple]:
    """Rows of the owner's charges: month, item, how, fen."""
    report = book.statement("owner", period, unit=unit)
    return next(list(t.rows) for t in report.statement.blocks if t.key == "charges")


# -- laws -------------------------------------------------------------------------------------

laws = settings(max_examples=40, deadline=None, derandomize=True)


@st.composite
def spans(draw: st.DrawFn) -> list[tuple[date, date | None, int]]:
    """Runs of days that do not overlap, each with a number of hundredths."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=6)))
    found: list[tuple[date, date | None, int]] = []
    for at, day in enumerate(days):
        after = days[at + 1] - DAY if at + 1 < len(days) else None
        end = draw(st.sampled_from((after, after and max(day, after - 20 * DAY))))
        found.append((day, end, draw(st.sampled_from((0, 50, 100, 200, 60, 33)))))
    return found


def on(runs: list[tuple[date, date | None, int]], day: date, otherwise: int) -> int:
    for first, last, number in runs:
        if first <= day and (last is None or day <= last):
            return number
    return otherwise


@laws
@given(spans(), spans(), st.sampled_from((1, 19_000, 1_500_000)), st.randoms(use_true_random=False))
def test_the_number_and_the_factor_of_the_charge_day_count(
    numbers: list, factors: list, cost: int, chance: random.Random
) -> None:
    facts: list[tl.records.Record] = [
        home("1", factor="0.9"),
        price("车位费", "per_count_month", four(cost), counts="车位"),
        *(tl.Count(unit="1", counts="车位", number=f"{n // 100}.{n % 100:02d}", start=a, to=b)
          for a, b, n in numbers),
        *(tl.Factor(unit="1", factor=f"{n // 100}.{n % 100:02d}", start=a, to=b, authority="空置")
          for a, b, n in factors),
    ]  # fmt: skip
    right = {}
    for month in MONTHS:
        day = date(2024, int(month[5:]), 1)
        top = cost * on(numbers, day, 0) * on(factors, day, 90)
        if fen := half_up(top, 10**6):
            right[month, "1"] = {"车位费": fen}
    chance.shuffle(facts)
    whole = community()
    whole._post(facts, tl.Period.parse(YEAR))
    assert charged(whole) == right
    assert whole.verify() == []
    single = community(*facts)
    for month in chance.sample(MONTHS, 12):
        single.charge(month)
        single.charge(month)
    assert charged(single) == right


@st.composite
def meters(draw: st.DrawFn) -> tuple[list[tuple[date, int, bool]], int]:
    """Readings of a meter of four digits, in tenths of a unit, and what it measured in all."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=10)))
    shows, total = draw(st.sampled_from((0, 50_000, 99_990))), 0
    found = [(days[0], shows, False)]
    for day in days[1:]:
        used = draw(st.sampled_from((0, 1, 125, 9_999, 60_000)))
        rolled = shows + used >= 100_000
        shows, total = (shows + used) % 100_000, total + used
        found.append((day, shows, rolled))
    return found, total


def tenths(number: int) -> str:
    return f"{number // 10}.{number % 10}"


def water(shown: list[tuple[date, int, bool]]) -> list[tl.records.Record]:
    return [
        reading(f"R{at}", day, tenths(shows), rollover=rolled)
        for at, (day, shows, rolled) in enumerate(shown)
    ]


@laws
@given(
    meters(),
    st.sampled_from((10_000, 34_500, 1, 99)),
    st.sampled_from((10_000, 10_250, 400_000)),
    st.randoms(use_true_random=False),
)
def test_every_reading_is_billed_once_whenever_months_are_charged(
    drawn: tuple[list, int], cost: int, multiplier: int, chance: random.Random
) -> None:
    """Each reading's own amount, by the next charge after it; and in all, first to last."""
    shown, total = drawn
    documents = [
        home("1"),
        price("水费", "per_reading", four(cost)),
        tl.Meter(meter="W1", unit="1", item="水费", start="2023-01-01",
                 multiplier=four(multiplier), digits=4),
    ]  # fmt: skip
    right: dict[tuple[str, str], int] = {}
    whole_fen = 0
    for (_, before, _), (day, after, rolled) in itertools.pairwise(shown):
        used = after - before + (100_000 if rolled else 0)
        fen = half_up(100 * used * cost * multiplier, 10**9)
        month = next((m for m in MONTHS if date(2024, int(m[5:]), 1) > day), None)
        if fen and month:
            right[month, "1"] = right.get((month, "1"), 0) + fen
        if month:
            whole_fen += used

    def fen_of(book: tl.Book) -> dict[tuple[str, str], int]:
        return {at: amounts["水费"] for at, amounts in charged(book).items()}

    whole = community(*documents, *water(shown))
    whole.charge(YEAR)
    assert fen_of(whole) == right
    assert whole.verify() == []
    if 100 * cost * multiplier % 10**9 == 0:  # whole fen for each tenth: nothing is rounded
        assert sum(right.values()) == 100 * cost * multiplier * whole_fen // 10**9
    single = community(*documents)
    for month in MONTHS:  # readings come in month by month
        first = date(2024, int(month[5:]), 1)
        single.post([one for one in water(shown) if one.on < first])
        single.charge(month)
        single.charge(month)
    assert fen_of(single) == right
    assert single.verify() == []
    late = community(*documents, *water(shown))
    for month in chance.sample(MONTHS, 12):  # in any order: each once, in the first charge there is
        late.charge(month)
    assert sum(fen_of(late).values()) == sum(right.values())
    assert late.verify() == []
    assert total >= 0


@laws
@given(
    st.lists(
        st.tuples(
            st.sampled_from((10_000, 937_700, 1, 60_000, 0)),  # area
            st.sampled_from(("home", "shop")),
            st.sampled_from(("1栋", "2栋")),
            st.sampled_from((0, 1, 3, 10)),  # weight
            st.sampled_from((None, "2024-03-31", "2024-04-01")),
        ),
        min_size=1, max_size=9,
    ),
    st.lists(
        st.tuples(
            st.integers(1, 5000),
            st.sampled_from(("area", "count", "weight")),
            st.sampled_from(("", "home", "shop", "1栋", "2栋")),
        ),
        min_size=1, max_size=4,
    ),
)  # fmt: skip
def test_shares_of_a_cost_add_up_to_it(units: list, costs: list) -> None:
    facts: list[tl.records.Record] = []
    for at, (area, usage, building, weight, since) in enumerate(units):
        facts.append(tl.Unit(unit=f"U{at}", area_m2=four(area), usage=usage, building=building,
                             liable_from=since))  # fmt: skip
        facts.append(tl.Weight(unit=f"U{at}", weight=str(weight), item="电费", start="2024-01-01"))
    book = community(*facts)
    right: dict[tuple[str, str], int] = {}
    for at, (fen, by, scope) in enumerate(costs):
        cost = tl.SharedCost(key=f"C{at}", month="2024-03", item="电费", by=by, scope=scope,
                             amount=f"{fen // 100}.{fen % 100:02d}")  # fmt: skip
        weights = {
            f"U{n}": {"area": area, "count": 1, "weight": weight}[by]
            for n, (area, usage, building, weight, since) in enumerate(units)
            if scope in ("", usage, building) and since != "2024-04-01"
        }
        total = sum(weights.values())
        if not total:
            with pytest.raises(tl.Refused, match=r"no unit|weighs zero"):
                book.post([cost])
            continue
        book.post([cost])
        parts = {unit: fen * weight // total for unit, weight in weights.items()}
        order = sorted(weights, key=lambda unit: (-(fen * weights[unit] % total), unit))
        for unit in order[: fen - sum(parts.values())]:
            parts[unit] += 1
        assert sum(parts.values()) == fen
        for unit, part in parts.items():
            if part:
                right["2024-03", unit] = right.get(("2024-03", unit), 0) + part
    book.charge("2024-01..2024-04")
    assert {at: amounts["电费"] for at, amounts in charged(book).items()} == right
    assert book.verify() == []
    before = book.head
    book.charge(YEAR[:4] + "-03")
    assert book.head == before


def everything() -> list[tl.records.Record]:
    return [
        home("1-101", "93.77"), home("1-102", "60.5", factor="0.8"),
        price("物业费", "per_m2_month", "2.15", period="quarter"),
        price("车位费", "per_count_month", "150", counts="车位", rounding="yuan"),
        price("水费", "per_reading", "3.45"),
        tl.Count(unit="1-102", counts="车位", number="2", start="2024-02-01"),
        tl.Factor(unit="1-101", factor="0.6", start="2024-04-01", authority="空置证明"),
        tl.Meter(meter="W1", unit="1-101", item="水费", start="2024-01-01"),
        reading("R1", "2024-01-01", "10"), reading("R2", "2024-02-29", "25.5"),
        reading("R3", "2024-04-30", "40"),
        tl.SharedCost(key="G1", month="2024-03", item="公摊电费", amount="100.01", by="area"),
        tl.Receipt(key="P1", on="2024-01-10", unit="1-101", amount="2000"),
        tl.Receipt(key="P2", on="2024-03-10", unit="1-102", amount="700"),
        tl.Waiver(key="J1", on="2024-03-05", unit="1-102", month="2024-03", amount="20",
                  authority="决定"),
        tl.Refund(key="F1", on="2024-06-01", unit="1-101", amount="50"),
    ]  # fmt: skip


def test_load_then_charge_is_month_whatever_is_charged() -> None:
    month = community()
    month._post(everything(), tl.Period.parse("2024-01..2024-06"))
    load = community(*everything())
    load.charge("2024-01..2024-06")
    assert charged(month) == charged(load)
    for unit in ("1-101", "1-102"):
        one, other = (b.statement("owner", "2024-06", unit=unit).facts for b in (month, load))
        assert one == other
    for book in (month, load):
        assert book.verify() == []
        head = book.head
        book._post(everything(), tl.Period.parse("2024-01..2024-06"))
        assert book.head == head


# -- by hand: counted things and factors ------------------------------------------------------


def test_parking_spaces_by_hand() -> None:
    """One space from January, two from 15 March: 150 in January to March, 300 from April."""
    book = community(
        home("1-101"),
        price("车位费", "per_count_month", "150", counts="车位"),
        tl.Count(unit="1-101", counts="车位", number="1", start="2024-01-01", to="2024-03-14"),
        tl.Count(unit="1-101", counts="车位", number="2", start="2024-03-15"),
    )
    book.charge("2024-01..2024-05")
    fen = {at[0]: amounts["车位费"] for at, amounts in charged(book).items()}
    assert fen == {"2024-01": 15000, "2024-02": 15000, "2024-03": 15000,
                   "2024-04": 30000, "2024-05": 30000}  # fmt: skip
    assert table(book, "2024-04", "1-101") == [("2024-04", "车位费", "2 车位 × 150.00", 30000)]


def test_a_space_that_comes_inside_a_quarter_pays_for_its_rest() -> None:
    book = community(
        home("1-101"),
        price("车位费", "per_count_month", "150", counts="车位", period="quarter"),
        tl.Count(unit="1-101", counts="车位", number="1", start="2024-02-01"),
    )
    book.charge("2024-01..2024-04")
    assert charged(book) == {
        ("2024-02", "1-101"): {"车位费": 30000}, ("2024-04", "1-101"): {"车位费": 45000},
    }  # fmt: skip
    with pytest.raises(tl.Refused) as caught:  # or January to March would be charged twice
        book.post([tl.Count(unit="1-101", counts="车位", number="1", start="2024-01-01",
                            to="2024-01-31")])  # fmt: skip
    assert str(caught.value) == (
        "count '1-101|车位|2024-01-01' begins on 2024-01-01, and 2024-02 is charged already; "
        "begin it after the months that are"
    )


def test_a_vacant_flat_by_hand() -> None:
    """100 m² at 2.00: 200.00, and 120.00 while it is vacant on the day of the charge."""
    vacant = tl.Factor(unit="1-101", factor="0.6", start="2024-02-01", to="2024-03-31",
                       authority="空置证明 12 号")  # fmt: skip
    book = community(home("1-101"), price("物业费", "per_m2_month", "2"), vacant)
    book.charge("2024-01..2024-04")
    assert [amounts["物业费"] for amounts in charged(book).values()] == [20000, 12000, 12000, 20000]


def test_what_is_charged_is_not_reckoned_again() -> None:
    book = community(home("1-101"), home("1-102"), price("物业费", "per_m2_month", "2"))
    book.charge("2024-01..2024-02")
    late = tl.Factor(unit="1-101", factor="0.6", start="2024-02-01", authority="空置")
    with pytest.raises(tl.Refused) as caught:
        book.post([late])
    assert str(caught.value) == (
        "factor '1-101|2024-02-01' begins on 2024-02-01, and 2024-02 is charged already; "
        "begin it after the months that are"
    )
    assert (caught.value.field, caught.value.facts["fact"]) == ("from", late)
    book.post([tl.Factor(unit="1-101", factor="0.6", start="2024-02-02", authority="空置")])
    book.charge("2024-03")
    with pytest.raises(tl.Refused, match="cannot end on 2024-02-20"):
        book.post([tl.Factor(unit="1-101", factor="0.6", start="2024-02-02", to="2024-02-20",
                             authority="空置")])  # fmt: skip
    book.post([tl.Factor(unit="1-101", factor="0.6", start="2024-02-02", to="2024-03-20",
                         authority="空置")])  # fmt: skip
    book.charge("2024-04")
    fen = {at: amounts["物业费"] for at, amounts in charged(book).items() if at[1] == "1-101"}
    assert list(fen.values()) == [20000, 20000, 12000, 20000]
    assert book.verify() == []


def test_two_factors_for_a_day() -> None:
    book = community(home("1-101"), tl.Factor(unit="1-101", factor="0.6", start="2024-02-01",
                                              authority="空置"))  # fmt: skip
    with pytest.raises(tl.Overlap) as caught:
        book.post([tl.Factor(unit="1-101", factor="0.7", start="2024-05-01", authority="空置")])
    assert str(caught.value) == (
        "factor '1-101|2024-02-01' is in force until further notice, and '1-101|2024-05-01' begins "
        "before that is over; end one of them before the other begins"
    )


def test_a_longer_period_does_not_begin_among_charged_months() -> None:
    book = community(home("1-101"), price("物业费", "per_m2_month", "2"))
    book.charge("2024-01..2024-02")
    late = price("车位费", "per_unit_month", "50", period="quarter", start="2024-01-01")
    with pytest.raises(tl.Refused, match="begins on 2024-01-01, and 2024-02 is charged already"):
        book.post([late])
    book.post([price("车位费", "per_unit_month", "50", period="quarter", start="2024-03-01")])
    book.charge("2024-03")
    assert charged(book)["2024-03", "1-101"] == {"物业费": 20000, "车位费": 5000}


# -- by hand: meters --------------------------------------------------------------------------

METER = tl.Meter(
    meter="W1", unit="1-101", item="水费", start="2024-01-01", multiplier="1.02", digits=4
)
WATER = (home("1-101"), price("水费", "per_reading", "3.45"), METER)


def test_a_meter_by_hand() -> None:
    """120 to 133.5 is 13.5; with 2 % loss at 3.45: 13.5 × 3.45 × 1.02 = 47.5065, so 47.51. From
    9990.5 through 10000 to 4 is 13.5 again."""
    book = community(
        *WATER, reading("R1", "2024-01-01", "120"), reading("R2", "2024-01-31", "133.5"),
        reading("R3", "2024-02-29", "9990.5"), reading("R4", "2024-03-31", "4", rollover="是"),
    )  # fmt: skip
    book.charge("2024-01..2024-04")
    assert charged(book) == {
        ("2024-02", "1-101"): {"水费": 4751},
        ("2024-03", "1-101"): {"水费": 3468678},
        ("2024-04", "1-101"): {"水费": 4751},
    }
    assert [row[2] for row in table(book, YEAR, "1-101")] == [
        "表 W1：2024-01-01 120 至 2024-01-31 133.5；用量 13.5 × 3.45 × 倍率 1.02",
        "表 W1：2024-01-31 133.5 至 2024-02-29 9990.5；用量 9857 × 3.45 × 倍率 1.02",
        "表 W1：2024-02-29 9990.5 至 2024-03-31 4，过 10000；用量 13.5 × 3.45 × 倍率 1.02",
    ]
    entry = book.entry("charge", "2024-02|1-101")
    assert entry is not None
    assert json.loads(entry.content)["lines"] == [
        {"item": "水费", "quantity": "13.5", "price": "3.45", "factor": "1.02", "days": 1,
         "of_days": 1, "amount_fen": 4751,
         "metered": {"meter": "W1", "reading": "R2", "since": "2024-01-01", "before": "120",
                     "on": "2024-01-31", "after": "133.5", "digits": 0}},
    ]  # fmt: skip
    assert book.verify() == []


def test_a_meter_that_goes_on_after_it_rolled_over() -> None:
    """From 9990 through 10000 to 4, and on to 10: 14 and 6 at 3.45 with 2 % loss."""
    book = community(
        *WATER, reading("R1", "2024-01-01", "9990"), reading("R3", "2024-02-29", "10"),
        reading("R2", "2024-01-31", "4", rollover=True),
    )  # fmt: skip
    book.charge("2024-01..2024-03")
    assert [amounts["水费"] for amounts in charged(book).values()] == [4927, 2111]
    assert book.verify() == []


def test_a_reading_has_the_price_of_its_own_day() -> None:
    """Read on 31 January, billed on 1 February, when water costs more: the old price counts, and
    a reading of the day of the charge waits for the next."""
    old = price("水费", "per_reading", "3", to="2024-01-31")
    new = price("水费", "per_reading", "4", start="2024-02-01")
    book = community(
        home("1-101"), old, new,
        tl.Meter(meter="W1", unit="1-101", item="水费", start="2024-01-01"),
        reading("R1", "2024-01-01", "0"), reading("R2", "2024-01-31", "10"),
        reading("R3", "2024-02-01", "11"),
    )  # fmt: skip
    book.charge("2024-01..2024-03")
    fen = {at[0]: amounts["水费"] for at, amounts in charged(book).items()}
    assert fen == {"2024-02": 3000, "2024-03": 400}


def test_two_meters_of_one_item_are_one_claim() -> None:
    """Kitchen 10 and garden 5 at 3.45: 34.50 + 17.25, two lines and one amount to settle."""
    book = community(
        *WATER[:2], tl.Meter(meter="W1", unit="1-101", item="水费", start="2024-01-01"),
        tl.Meter(meter="W2", unit="1-101", item="水费", start="2024-01-01"),
        reading("A1", "2024-01-01", "0"), reading("A2", "2024-01-31", "10"),
        reading("B1", "2024-01-01", "0", "W2"), reading("B2", "2024-01-31", "5", "W2"),
    )  # fmt: skip
    book.post([tl.Waiver(key="J1", on="2024-01-20", unit="1-101", month="2024-02", amount="40",
                         authority="漏水")])  # fmt: skip
    book.charge("2024-02")
    assert charged(book) == {("2024-02", "1-101"): {"水费": 5175}}
    assert [row[3] for row in table(book, "2024-02", "1-101")] == [3450, 1725]
    assert book.statement("owner", "2024-02", unit="1-101").facts["closing_arrears"] == "11.75"
    assert book.verify() == []


@pytest.mark.parametrize(
    ("facts", "field", "message"),
    [
        (
            [reading("R2", "2024-01-31", "119")],
            "reading",
            "found 119, and meter 'W1' showed 120 on 2024-01-01: it cannot run backwards; "
            "mark it as rollover if the meter began again",
        ),
        (
            [reading("R2", "2024-01-31", "121", rollover=True)],
            "rollover",
            "found 121 marked as rollover, and meter 'W1' showed 120 on 2024-01-01, which is not "
            "more; leave the mark out",
        ),
        (
            [reading("R2", "2024-01-31", "10000")],
            "reading",
            "found 10000; meter 'W1' shows 4 digits, which is less; correct the reading, or the "
            "digits in meters.csv",
        ),
        (
            [reading("R2", "2024-01-01", "121")],
            "on",
            "found a second reading of meter 'W1' on 2024-01-01, 121 after 120 (R1); keep one",
        ),
        (
            [reading("R2", "2023-12-31", "100")],
            "on",
            "found 2023-12-31; meter 'W1' is there from 2024-01-01, and a reading of it is not "
            "earlier",
        ),
        (
            [reading("R2", "2024-01-31", "5", "W9")],
            "meter",
            "meter 'W9' is not defined; enter it in meters.csv first",
        ),
        (
            [
                tl.Meter(meter="W2", unit="1-101", item="水费", start="2024-01-01"),
                reading("A1", "2024-01-02", "5", "W2"), reading("A2", "2024-01-03", "4", "W2"),
            ],
            "reading",
            "found 4, and meter 'W2' showed 5 on 2024-01-02: it cannot run backwards; "
            "a meter that rolls over needs its digits in meters.csv",
        ),
        (
            [
                tl.Meter(meter="W2", unit="1-101", item="水费", start="2024-01-01"),
                reading("A1", "2024-01-02", "5", "W2"),
                reading("A2", "2024-01-03", "4", "W2", rollover=True),
            ],
            "rollover",
            "found a rollover of meter 'W2', whose digits are not known; enter them in meters.csv",
        ),
        (
            [
                tl.Meter(meter="W2", unit="1-101", item="水费", start="2024-01-01", digits=3),
                reading("A1", "2024-01-02", "5", "W2", rollover=True),
            ],
            "rollover",
            "found the first reading of meter 'W2' marked as rollover; nothing is before it, "
            "so leave the mark out",
        ),
        (
            [
                tl.Meter(meter="E1", unit="1-101", item="电费", start="2024-01-01"),
                reading("A1", "2024-01-02", "5", "E1"), reading("A2", "2024-01-31", "6", "E1"),
            ],
            "meter",
            "found meter 'E1', whose item '电费' has no price per_reading for usage 'home' on "
            "2024-01-31; enter it in tariffs.csv first",
        ),
        (
            [tl.Meter(meter="W2", unit="9-9", item="水费", start="2024-01-01")],
            "unit",
            "unit '9-9' is not defined; enter it in units.csv first",
        ),
    ],
)  # fmt: skip
def test_readings_that_cannot_be(facts: list, field: str, message: str) -> None:
    book = community(*WATER, reading("R1", "2024-01-01", "120"))
    before = book.head
    with pytest.raises(tl.TrustLedgerError) as caught:
        book.post(facts)
    assert str(caught.value) == message
    assert caught.value.field == field  # type: ignore[attr-defined]
    assert caught.value.facts["fact"] in facts
    assert book.head == before


def test_a_reading_before_what_is_billed() -> None:
    book = community(*WATER, reading("R1", "2024-01-01", "120"), reading("R3", "2024-01-31", "140"))
    book.charge("2024-02")
    with pytest.raises(tl.Refused) as caught:
        book.post([reading("R2", "2024-01-15", "130")])
    assert str(caught.value) == (
        "found 2024-01-15, and meter 'W1' is billed to its reading of 2024-01-31 (R3); "
        "a reading comes after what is billed"
    )
    with pytest.raises(tl.Refused, match=r"second reading of meter 'W1' on 2024-01-01, 150 after"):
        book.post([reading("R0", "2024-01-01", "150")])
    older = tl.Meter(meter="W2", unit="1-101", item="水费", start="2023-11-01")
    book.post(
        [older, reading("A1", "2024-01-31", "5", "W2"), reading("A2", "2024-02-29", "6", "W2")]
    )
    book.charge("2024-03")
    with pytest.raises(tl.Refused, match="is billed to its reading of 2024-02-29"):
        book.post([reading("A0", "2023-12-31", "4", "W2")])  # or A1 would be billed after all


def test_a_price_does_not_end_before_readings() -> None:
    book = community(*WATER, reading("R1", "2024-01-01", "120"), reading("R2", "2024-01-31", "130"))
    with pytest.raises(tl.Refused, match="cannot end on 2024-01-30"):
        book.post([price("水费", "per_reading", "3.45", to="2024-01-30")])
    book.charge("2024-02")  # dated after the end, for what was read before it
    book.post([price("水费", "per_reading", "3.45", to="2024-01-31")])
    assert book.verify() == []


# -- by hand: shared costs --------------------------------------------------------------------


def test_lighting_by_hand() -> None:
    """100.00 over three equal units: 33.34, 33.33, 33.33; the first code has the odd fen."""
    book = community(
        home("1-102"), home("1-101"), home("1-103"),
        tl.SharedCost(key="G1", month="2024-02", item="公摊电费", amount="100", by="count"),
    )  # fmt: skip
    book.charge("2024-01..2024-03")
    assert charged(book) == {
        ("2024-02", "1-101"): {"公摊电费": 3334},
        ("2024-02", "1-102"): {"公摊电费": 3333},
        ("2024-02", "1-103"): {"公摊电费": 3333},
    }
    assert table(book, "2024-02", "1-101") == [
        ("2024-02", "公摊电费", "公摊 100.00 元 × 1 户 ÷ 3 户", 3334)
    ]


def test_a_cost_of_one_building_by_area() -> None:
    """120.00 over 60.5 and 90 m² of building 1: 48.2392… and 71.7607…; building 2 bears nothing."""
    book = community(
        tl.Unit(unit="1-101", area_m2="60.5", usage="home", building="1栋"),
        tl.Unit(unit="1-102", area_m2="90", usage="shop", building="1栋"),
        tl.Unit(unit="2-101", area_m2="90", usage="home", building="2栋"),
        tl.SharedCost(
            key="G1", month="2024-01", item="电梯费", amount="120", by="area", scope="1栋"
        ),
    )
    book.charge("2024-01")
    assert charged(book) == {
        ("2024-01", "1-101"): {"电梯费": 4824}, ("2024-01", "1-102"): {"电梯费": 7176},
    }  # fmt: skip
    assert table(book, "2024-01", "1-102")[0][2] == "公摊 120.00 元 × 90.00 ㎡ ÷ 150.50 ㎡"


def test_a_unit_that_is_entered_late_takes_no_part() -> None:
    book = community(
        home("1-101"), price("物业费", "per_m2_month", "1"),
        tl.SharedCost(key="G1", month="2024-01", item="公摊电费", amount="100", by="area"),
    )  # fmt: skip
    book.charge("2024-01")
    book.post([home("1-102")])
    book.charge("2024-01")
    assert charged(book) == {
        ("2024-01", "1-101"): {"公摊电费": 10000, "物业费": 10000},
        ("2024-01", "1-102"): {"物业费": 10000},
    }
    assert book.verify() == []


COST = {"key": "G1", "month": "2024-03", "item": "公摊电费", "amount": "100", "by": "area"}


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        (
            {"by": "weight"},
            "by",
            "cost 'G1' of '公摊电费' is shared by weight, and every one of its 2 units weighs zero "
            "in 2024-03; enter weights.csv",
        ),
        (
            {"scope": "9栋"},
            "scope",
            "cost 'G1': no unit within '9栋' is liable in 2024-03 to share it; "
            "look at its month and scope",
        ),
        (
            {"scope": "shop"},
            "scope",
            "found 'shop', which is a usage of some units and the building of others; "
            "give one of them another name",
        ),
        (
            {"month": "2024-01"},
            "month",
            "found 2024-01, which is charged already; a cost is shared with the charge of its "
            "month, so name one that is to come",
        ),
        (
            {"month": "2023-12"},
            "month",
            "found 2023-12; the books open on 2024-01-01, and months before that are not charged "
            "here",
        ),
    ],
)
def test_costs_that_cannot_be_shared(changed: dict, field: str, message: str) -> None:
    book = community(
        tl.Unit(unit="1", area_m2="50", usage="home", building="shop"),
        tl.Unit(unit="2", area_m2="50", usage="shop", building="2栋"),
        price("物业费", "per_m2_month", "1"),
    )
    book.charge("2024-01")
    cost = tl.SharedCost(**COST | changed)
    with pytest.raises(tl.Refused) as caught:
        book.post([cost])
    assert str(caught.value) == message
    assert (caught.value.field, caught.value.facts["fact"]) == (field, cost)


def test_weights_of_months_that_are_charged_stay() -> None:
    first = tl.Weight(unit="1", weight="1", item="电费", start="2024-01-01")
    cost = tl.SharedCost(**COST | {"item": "电费", "by": "weight"})
    book = community(home("1"), home("2"), first, cost)
    book.charge("2024-01..2024-03")
    with pytest.raises(tl.Refused, match="2024-03 is charged already"):
        book.post([tl.Weight(unit="2", weight="1", item="电费", start="2024-03-01")])
    with pytest.raises(tl.Refused, match="cannot end on 2024-02-29"):
        book.post([tl.Weight(unit="1", weight="1", item="电费", start="2024-01-01",
                             to="2024-02-29")])  # fmt: skip
    book.post([tl.Weight(unit="2", weight="1", item="电费", start="2024-03-02")])
    assert charged(book) == {("2024-03", "1"): {"电费": 10000}}
    assert book.verify() == []


# -- what is found when somebody changed it ---------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "was", "becomes", "check", "message"),
    [
        ("reading", '"reading":"25.5"', '"reading":"24.5"', "charge", "'水费': 5348 fen, not 5003"),
        ("meter", '"multiplier":"1"', '"multiplier":"2"', "charge", "'水费': 5348 fen, not 10695"),
        ("count", '"number":"2"', '"number":"1"', "charge", "'车位费': 24000 fen, not 12000"),
        ("factor", '"factor":"0.6"', '"factor":"0.7"', "charge", "'物业费': 36289 fen, not 42337"),
        ("shared_cost", '"amount_fen":10001', '"amount_fen":10002', "shared_cost",
         "10001 fen of it are charged, and it is 10002"),
        ("charge", '"reading":"R3"', '"reading":"R2"', "charge", "reading 'R2' is billed already"),
    ],
)  # fmt: skip
def test_changed_measures_are_found(
    kind: str, was: str, becomes: str, check: str, message: str
) -> None:
    book = community()
    book._post(everything(), tl.Period.parse("2024-01..2024-06"))
    with tampering(book) as connection:
        changed = func.replace(ENTRY.c.content, was, becomes)
        connection.execute(ENTRY.update().where(ENTRY.c.kind == kind).values(content=changed))
    assert (check, message) in [(one.check, one.message) for one in book.verify()]
