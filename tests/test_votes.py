"""Votes: laws, then counts that can be followed by hand, then every refusal and what it says.

What is right is reckoned here apart: in fractions, from lists of (unit, owner, m², choice).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.records import Record
from trustledger.rolls import Figure, RollRow, area_cm2, m2
from trustledger.rules.declaring import check_tally, result_by_minutes
from trustledger.rules.electing import committee_roll, difference, roll_of
from trustledger.rules.resolving import (
    STANDINGS,
    check_delegated,
    check_in_force,
    decision_on,
    in_force_from,
    standing,
)
from trustledger.rules.tallying import ballots_text, check_ballot, count
from trustledger.votes import VOTES, Threshold

ORDINARY, SPECIAL = tl.DECISION_TYPES["civil_code_278"]
CHOICES = ("agree", "against", "abstain", "invalid", "")
PART = CHOICES[:3]

laws = settings(max_examples=60, deadline=None, derandomize=True)


def resolution(**more: object) -> tl.Resolution:
    told = {"key": "R1", "on": "2025-03-01", "until": "2025-03-15", "title": "2025年度预算"}
    return tl.Resolution(**told | {"decision": "ordinary"} | more)


def home(unit: str, area: str = "100", **more: object) -> tl.Unit:
    return tl.Unit(unit=unit, area_m2=area, usage="住宅", **more)


def held(unit: str, person: str, **more: object) -> tl.Tenure:
    return tl.Tenure(**{"unit": unit, "person": person, "start": "2020-01-01"} | more)


def ballot(unit: str, choice: str = "agree", **more: object) -> tl.Ballot:
    told = {"resolution": "R1", "unit": unit, "on": "2025-03-05", "choice": choice}
    return tl.Ballot(**told | more)


def tally(**more: object) -> tl.Tally:
    told = {"resolution": "R1", "on": "2025-03-16", "counted_by": "周", "supervised_by": "吴"}
    return tl.Tally(**told | more)


def made(rows: list[tuple[str, str, str]]) -> tl.Roll:
    """A roll of (unit, voter, m²)."""
    return tl.Roll(
        "R1",
        "2025-03-01",
        tuple(RollRow(unit, voter, area_cm2(Decimal(area))) for unit, voter, area in rows),
    )


def by_tenures(*tenures: tl.Tenure) -> dict[str, list[tl.Tenure]]:
    found: dict[str, list[tl.Tenure]] = {}
    for one in tenures:
        found.setdefault(one.unit, []).append(one)
    return found


def decision(**more: object) -> tl.DecisionType:
    told = {"decision": "x", "name": "某事", "agrees": ">1/2", "start": "2021-01-01"}
    return tl.DecisionType(**told | more)


# -- laws -------------------------------------------------------------------------------------

AREAS = st.integers(0, 3_000_000).map(lambda cm2: str(Decimal(cm2) / 10_000))


@st.composite
def votes(draw: st.DrawFn) -> list[tuple[str, str, str, str]]:
    """(unit, owner, m², choice) of a community, in the order of its units."""
    size = draw(st.integers(1, 14))
    owners = st.sampled_from("甲乙丙丁戊己")
    return [
        (f"{place:02d}", draw(owners), draw(AREAS), draw(st.sampled_from(CHOICES)))
        for place in range(size)
    ]


@st.composite
def decisions(draw: st.DrawFn) -> tl.DecisionType:
    thresholds = st.sampled_from((">1/2", ">=1/2", ">=2/3", ">2/3", ">=3/4", ">=1/1"))
    return decision(
        takes_part=draw(st.just("") | thresholds),
        agrees=draw(thresholds),
        agrees_of=draw(st.sampled_from(("participating", "all"))),
        by=draw(st.sampled_from(("area+heads", "area", "heads"))),
    )


def rolled(rows: list[tuple[str, str, str, str]]) -> tl.Roll:
    units = [home(unit, area) for unit, _, area, _ in rows]
    tenures = by_tenures(*(held(unit, owner) for unit, owner, _, _ in rows))
    return roll_of(resolution(), units, tenures)


def cast(rows: list[tuple[str, str, str, str]]) -> list[tl.Ballot]:
    return [ballot(unit, choice) for unit, _, _, choice in rows if choice]


@laws
@given(votes(), decisions(), st.randoms(use_true_random=False))
def test_the_order_of_ballots_and_of_units_is_nothing(rows, rule, random) -> None:
    roll, ballots = rolled(rows), cast(rows)
    right = count(roll, ballots, rule)
    shuffled = [*rows]
    random.shuffle(shuffled)
    random.shuffle(ballots)
    assert rolled(shuffled) == roll
    assert count(roll, ballots, rule) == right
    assert ballots_text(roll, ballots, rule) == ballots_text(roll, cast(rows), rule)


@laws
@given(votes(), decisions())
def test_every_unit_every_voter_and_every_square_metre_is_somewhere(rows, rule) -> None:
    roll = rolled(rows)
    said = count(roll, cast(rows), rule).figures
    assert said.roll.units == len(rows)
    assert said.roll.heads == len({owner for _, owner, _, _ in rows})
    assert Fraction(said.roll.area_cm2, 10_000) == sum(Fraction(area) for _, _, area, _ in rows)
    taking = (said.agree, said.against, said.abstain, said.differing)
    for parts, whole in (
        (taking, said.taking_part),
        ((said.taking_part, said.invalid, said.silent), said.roll),
    ):
        assert tuple(map(sum, zip(*parts, strict=True))) == whole


@laws
@given(votes(), decisions())
def test_a_count_is_what_a_naive_one_says(rows, rule) -> None:
    """By fractions, from the rows: what an owner's units said, and what was reached."""
    roll = rolled(rows)
    result = count(roll, cast(rows), rule)
    owners: dict[str, set[str]] = {}
    for _, owner, _, choice in rows:
        owners.setdefault(owner, set()).add(choice)

    def area(*choices: str) -> Fraction:
        return sum((Fraction(a) for _, _, a, choice in rows if choice in choices), Fraction(0))

    taking = {who for who, said in owners.items() if said & set(PART)}
    agree = {who for who in taking if owners[who] & set(PART) == {"agree"}}
    numbers = {
        "area": (area(*PART), area("agree"), area(*CHOICES)),
        "heads": (len(taking), len(agree), len(owners)),
    }
    right = True
    for by in rule.by.split("+"):
        took, agreed, whole = map(Fraction, numbers[by])
        asked = [(took, whole, rule.takes_part)] if rule.takes_part else []
        asked.append((agreed, whole if rule.agrees_of == "all" else took, rule.agrees))
        for have, of, text in asked:
            limit = Fraction(text.strip(">="))
            ratio = have / of if of else None
            passed = ratio is not None and (ratio >= limit if "=" in text else ratio > limit)
            right = right and passed
    assert result.carried == right
    assert result.figures.taking_part.heads == len(taking)
    assert result.figures.agree == Figure(
        sum(choice == "agree" for *_, choice in rows), int(area("agree") * 10_000), len(agree)
    )


@laws
@given(st.sampled_from((">1/2", ">=2/3", ">=3/4", ">2/3", ">=1/1")), st.integers(1, 10**13))
def test_at_exactly_the_threshold_its_sign_decides(text: str, step: int) -> None:
    limit = Threshold.parse(text)
    have, of = limit.part.numerator * step, limit.part.denominator * step
    assert limit.passed(have, of) == (">=" in text)
    assert limit.passed(have + 1, of)
    assert not limit.passed(have - 1, of)
    assert not limit.passed(0, 0)


@pytest.mark.parametrize(
    ("rule", "rows", "carried"),
    [  # m² that agree, are against, and do not vote; one voter each, who agrees by two heads
        (ORDINARY, ("50", "50", "0"), False),  # half of it is not more than half
        (ORDINARY, ("50.0001", "50", "0"), True),
        (SPECIAL, ("75", "25", "0"), True),  # three quarters are three quarters
        (SPECIAL, ("74.9999", "25", "0"), False),
        (ORDINARY, ("40", "20", "30"), True),  # two thirds take part
        (ORDINARY, ("40", "20", "30.0001"), False),
    ],
)
def test_one_square_centimetre_decides(
    rule: tl.DecisionType, rows: tuple[str, str, str], carried: bool
) -> None:
    agree, against, silent = rows
    nothing = [(f"{n}", f"V{n}", "0") for n in range(4, 10)]  # six heads without area agree
    roll = made([("1", "V1", agree), ("2", "V2", against), ("3", "V3", silent), *nothing])
    ballots = [ballot("1"), ballot("2", "against"), *(ballot(unit) for unit, _, _ in nothing)]
    result = count(roll, ballots, rule)
    assert result.carried is carried
    assert all(one.passed for one in result.conditions if one.by == "heads")


@laws
@given(votes(), decisions())
def test_anybody_counts_again_from_the_text_and_gets_the_same(rows, rule) -> None:
    roll, ballots = rolled(rows), cast(rows)
    text = ballots_text(roll, ballots, rule)
    result = count(roll, ballots, rule)
    assert tl.recount(text) == result
    assert result.ballots == sha256(text.encode()).hexdigest()
    assert result.roll == sha256(roll.content().encode()).hexdigest()
    assert not any(owner in text for owner in "甲乙丙丁戊己")


PAGE = (Path(__file__).parents[1] / "docs" / "votes.md").read_text("utf-8")


def by_the_page(text: str, folder: Path) -> str:
    """What the program on the page says of a list of ballots."""
    [program] = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    (folder / "count.py").write_text(program, "utf-8")
    (folder / "ballots.json").write_bytes(text.encode())
    told = subprocess.run(
        [sys.executable, "-I", "count.py", "ballots.json"],
        cwd=folder, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    return told.stdout.splitlines()[-1]


@settings(laws, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=votes(), rule=decisions())
def test_the_program_on_the_page_counts_the_same(rows, rule, tmp_path: Path) -> None:
    roll, ballots = rolled(rows), cast(rows)
    result = count(roll, ballots, rule)
    said = "carried" if result.carried else "not carried"
    assert by_the_page(ballots_text(roll, ballots, rule), tmp_path) == f"{result.ballots} {said}"


@laws
@given(votes(), decisions(), st.data())
def test_changing_one_ballot_changes_the_digest(rows, rule, data) -> None:
    roll = rolled(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    other = data.draw(st.sampled_from([one for one in CHOICES if one != rows[place][3]]))
    changed = [*rows]
    changed[place] = (*rows[place][:3], other)
    before, after = count(roll, cast(rows), rule), count(roll, cast(changed), rule)
    assert before.ballots != after.ballots
    assert before.roll == after.roll


@laws
@given(votes(), st.data())
def test_changing_one_row_changes_the_rolls_digest(rows, data) -> None:
    roll = rolled(rows)
    place = data.draw(st.integers(0, len(rows) - 1))
    row = roll.rows[place]
    change = data.draw(st.sampled_from((
        row._replace(area_cm2=row.area_cm2 + 1), row._replace(voter="V99"),
        row._replace(eligible=False), row._replace(unit="99"),
    )))  # fmt: skip
    other = tl.Roll(roll.resolution, roll.on, (*roll.rows[:place], change, *roll.rows[place + 1 :]))
    assert other.digest != roll.digest


@laws
@given(votes(), decisions())
def test_a_roll_and_a_result_come_back_from_their_content(rows, rule) -> None:
    roll = rolled(rows)
    result = count(roll, cast(rows), rule)
    assert tl.Roll.load(roll.content()) == roll
    assert tl.Result.load(result.content()) == result
    body = json.loads(result.content())
    assert (body["carried"], list(body)[-1]) == (result.carried, "carried")


@laws
@given(votes(), decisions())
def test_minutes_that_say_what_the_ballots_say_give_the_same(rows, rule) -> None:
    roll = rolled(rows)
    counted = count(roll, cast(rows), rule)
    told: dict[str, object] = {}
    for name in ("taking_part", "agree", "against", "abstain"):
        figure = getattr(counted.figures, name)
        if "area" in rule.by:
            told[f"{name}_area"] = m2(figure.area_cm2)
        if "heads" in rule.by:
            told[f"{name}_heads"] = figure.heads
    declared = result_by_minutes(tally(how="minutes", **told), roll, rule)
    assert declared.conditions == counted.conditions
    assert (declared.how, declared.ballots) == ("minutes", "")
    assert tl.Result.load(declared.content()) == declared
    check_tally(tally(**told), resolution(), counted, len(rows))


OWNERS = st.sets(st.sampled_from("甲乙丙"), min_size=1, max_size=3)


@laws
@given(st.lists(OWNERS, min_size=1, max_size=10))
def test_units_of_the_same_owners_are_one_voter_and_others_are_not(sets) -> None:
    """However the rows are ordered, and whatever the shares."""
    units = [home(f"{n:02d}") for n in range(len(sets))]
    rows = [
        held(f"{n:02d}", who, share=Fraction(1, len(people)))
        for n, people in enumerate(sets)
        for who in sorted(people, reverse=bool(n % 2))
    ]
    roll = roll_of(resolution(), units, by_tenures(*rows))
    assert roll.voters == len({frozenset(people) for people in sets})
    for one, people in zip(roll.rows, sets, strict=True):
        for other, more in zip(roll.rows, sets, strict=True):
            assert (one.voter == other.voter) == (people == more)


@laws
@given(votes(), st.data())
def test_a_roll_is_found_again_after_names_are_erased(rows, data) -> None:
    """Names of some units are gone: each reads as somebody else, and the rest is compared."""
    gone = set(data.draw(st.lists(st.sampled_from([unit for unit, *_ in rows]))))
    left = [(u, f"已删除-{u}" if u in gone else who, a, c) for u, who, a, c in rows]
    stored, again = rolled(rows), rolled(left)
    assert difference(stored, stored) == ""
    assert difference(stored, again, gone) == ""
    owners = {unit: who for unit, who, *_ in rows}
    shared = any(owners[u] == owners[v] for u in gone for v in owners if u != v)
    assert bool(difference(stored, again)) == shared


@laws
@given(st.integers(0, 10**16))
def test_areas_are_exact_whatever_the_callers_decimals_are(number: int) -> None:
    with localcontext(prec=3):
        text = m2(number)
        assert area_cm2(Decimal(text)) == number
        assert Fraction(text) == Fraction(number, 10_000)


# -- examples by hand -------------------------------------------------------------------------


def test_a_count_by_hand() -> None:
    """Five homes and a shop, 600 m², four voters.

    甲 holds 1 and 2 (200 m²), and 乙 3, 丙 4, 丁 5 and the shop (200 m²). 甲 agrees for both, 乙
    agrees, 丙 spoilt the ballot, 丁 agrees for the home and is against for the shop.
    Taking part: 500 of 600 m² and 3 of 4 voters. Agree: 400 of 500 m², and 2 of 3 voters.
    """
    owners = {"1": "甲", "2": "甲", "3": "乙", "4": "丙", "5": "丁", "商铺": "丁"}
    roll = roll_of(
        resolution(),
        [home(unit) for unit in owners],
        by_tenures(*(held(unit, who) for unit, who in owners.items())),
    )
    assert [row.voter for row in roll.rows] == ["V1", "V1", "V2", "V3", "V4", "V4"]
    said = {"1": "agree", "2": "agree", "3": "赞成", "4": "无效", "5": "agree", "商铺": "反对"}
    ballots = [ballot(unit, choice) for unit, choice in said.items()]
    result = count(roll, ballots, ORDINARY)
    m = 10_000
    assert result.figures._asdict() == {
        "roll": (6, 600 * m, 4),
        "taking_part": (5, 500 * m, 3),
        "agree": (4, 400 * m, 2),
        "against": (1, 100 * m, 0),
        "abstain": (0, 0, 0),
        "differing": (0, 0, 1),
        "invalid": (1, 100 * m, 1),
        "silent": (0, 0, 0),
    }
    assert result.differing == ("V4",)
    assert [str(one) for one in result.conditions] == [
        "takes_part area: 500 m² of 600 m² reaches >=2/3",
        "takes_part heads: 3 of 4 reaches >=2/3",
        "agrees area: 400 m² of 500 m² reaches >1/2",
        "agrees heads: 2 of 3 reaches >1/2",
    ]
    assert [one.strict for one in result.conditions] == [False, False, True, True]
    assert result.carried
    special = count(roll, ballots, SPECIAL)
    assert not special.carried
    assert str(special.conditions[-1]) == "agrees heads: 2 of 3 does not reach >=3/4"


def test_the_same_votes_carried_or_not_by_the_law_of_their_time() -> None:
    """Six of nine homes vote, four agree: more than half of those, and not of all nine."""
    roll = made([(str(n), f"V{n}", "80") for n in range(1, 10)])
    ballots = [ballot(str(n), "agree" if n < 5 else "against") for n in range(1, 7)]
    now = decision_on(
        (*tl.DECISION_TYPES["regulation_12_before_2021"], ORDINARY, SPECIAL),
        "ordinary",
        date(2021, 1, 1),
    )
    then = decision_on(
        (ORDINARY, SPECIAL, *tl.DECISION_TYPES["regulation_12_before_2021"]),
        "ordinary",
        date(2020, 12, 31),
    )
    assert count(roll, ballots, now).carried
    assert not count(roll, ballots, then).carried
    assert [one.of for one in count(roll, ballots, then).conditions] == [7_200_000, 9]


def test_nobody_taking_part_carries_nothing() -> None:
    roll = made([("1", "V1", "80")])
    for rule in (ORDINARY, SPECIAL, decision(agrees=">=1/2")):
        assert not count(roll, [], rule).carried
        assert not count(roll, [ballot("1", "invalid")], rule).carried


def test_who_is_one_voter() -> None:
    """Without rows of owners.csv name and telephone must both agree; the developer is one."""
    units = [
        home("01", owner="张", phone="139"),
        home("02", owner="张", phone="139"),
        home("03", owner="张", phone="138"),
        home("04", owner="张"),
        home("05", owner="张"),
        home("06"),
        home("07"),
        home("08", owner="王"),
        home("09", owner="李", phone="137"),
        home("10", owner="李", phone="137"),
        home("11"),
        home("12"),
        home("13"),
        home("14", owner="赵"),
        home("15", owner="赵"),
    ]
    rows = by_tenures(
        held("08", "张", phone="139"),  # bought from 王: the 张 of 01 and 02
        held("09", "张", phone="139", share="1/2"),  # the other half stays with 李
        held("10", "张", phone="139", share="1/2"),
        held("11", "建设公司", role="developer"),
        held("12", "建设公司二期", role="developer"),
        held("12", "钱", start="2024-01-01"),  # sold, not handed over
        held("13", "孙", role="tenant"),  # a tenant does not vote
        held("14", "周", share="1/2"),  # the other half is of a 赵 whom nobody can tell apart
        held("15", "周", share="1/2"),
    )
    roll = roll_of(resolution(), units, rows)
    assert {row.unit: row.voter for row in roll.rows} == {
        "01": "V1", "02": "V1", "03": "V2", "04": "V3", "05": "V4", "06": "V5", "07": "V6",
        "08": "V1", "09": "V7", "10": "V7", "11": "V8", "12": "V8", "13": "V9", "14": "V10",
        "15": "V11",
    }  # fmt: skip
    assert (roll.units, roll.voters, roll.area_cm2) == (15, 11, 15_000_000)


def test_a_developer_with_a_buyer_is_another_voter_than_the_developer() -> None:
    """Where the developer's row is of a part, the rest stays with whom units.csv names."""
    units = [home(unit, owner="钱", phone="136") for unit in ("1", "2", "3")]
    rows = by_tenures(
        held("1", "建设公司", role="developer"),
        held("2", "建设公司", role="developer", share="1/2"),
        held("3", "建设公司二期", role="developer", share="1/2"),
    )
    assert [row.voter for row in roll_of(resolution(), units, rows).rows] == ["V1", "V2", "V2"]


def test_who_holds_it_on_the_day_votes() -> None:
    """Handed over in February: the buyer's from March, when it is put to the vote."""
    units = [home("1"), home("2")]
    rows = by_tenures(
        held("1", "建设公司", role="developer", delivery="2025-02-10"),
        held("1", "乙", start="2025-02-10"),
        held("2", "乙"),
    )
    assert roll_of(resolution(), units, rows).voters == 1
    before = roll_of(resolution(roll_on="2025-02-28"), units, rows)
    assert (before.on, before.voters) == ("2025-02-28", 2)


def test_people_with_one_name_are_told_apart_by_the_newest_telephone() -> None:
    units = [home("1"), home("2"), home("3")]
    rows = by_tenures(
        held("1", "张", phone="139"),
        held("1", "张", phone="138", start="2024-01-01", share="0"),  # struck: it never counted
        held("2", "张", phone="130", share="1/2"),
        held("2", "张", phone="139", start="2024-01-01", share="1/2"),
        held("3", "张"),
    )
    assert [row.voter for row in roll_of(resolution(), units, rows).rows] == ["V1", "V1", "V2"]


def test_a_tenant_of_the_same_name_lends_the_owner_no_telephone() -> None:
    units = [home("1", owner="张", phone="139"), home("2", owner="张", phone="139")]
    rows = by_tenures(held("2", "张", phone="111", role="tenant"))
    assert roll_of(resolution(), units, rows).voters == 1


def test_a_row_of_the_roll_is_corrected() -> None:
    units = [home(unit, owner="张", phone="139") for unit in ("1", "2", "3", "4")]
    plain = roll_of(resolution(), units, {})
    assert (plain.voters, m2(plain.area_cm2)) == (1, "400")
    fix = {"resolution": "R1", "reason": "两位张某同名同号，登记表第7页"}
    electors = [
        tl.Elector(unit="3", voter="A1", **fix),
        tl.Elector(unit="2", voter="A1", area="90.5", **fix),
        tl.Elector(unit="4", eligible="否", **fix),
        tl.Elector(unit="1", voter="Z", **fix | {"resolution": "R2"}),
    ]
    roll = roll_of(resolution(area="290.5", voters=2), units, {}, electors)
    assert [tuple(row) for row in roll.rows] == [
        ("1", "V1", 1_000_000, True),
        ("2", "V2", 905_000, True),
        ("3", "V2", 1_000_000, True),
        ("4", "V1", 1_000_000, False),
    ]
    assert (roll.units, roll.voters, m2(roll.area_cm2)) == (3, 2, "290.5")
    text = ballots_text(roll, [ballot("1")], ORDINARY)
    assert '["4","V1","100","no",""]' in text
    assert tl.recount(text) == count(roll, [ballot("1")], ORDINARY)


def test_a_committee_votes_by_heads() -> None:
    """Five members, one out of office, one in office by two rows: four voters; three take part."""
    rows = [
        tl.Member(member=code, name=name, start="2024-01-01", **more)
        for code, name, more in (
            ("C1", "周", {"role": "主任"}),
            ("C2", "吴", {}),
            ("C3", "郑", {}),
            ("C4", "王", {"to": "2025-02-28"}),
            ("C5", "冯", {}),
        )
    ]
    rows.append(tl.Member(member="C5", name="冯", start="2024-06-01", role="副主任"))
    roll = committee_roll(resolution(decision="committee"), rows)
    assert [(row.unit, row.voter) for row in roll.rows] == [
        ("C1", "V1"), ("C2", "V2"), ("C3", "V3"), ("C5", "V4"),
    ]  # fmt: skip
    rule = decision(
        body="业主委员会", by="人数", takes_part=">1/2", agrees="半数以上", agrees_of="全体"
    )
    ballots = [ballot("C1"), ballot("C2"), ballot("C3", "反对")]
    result = count(roll, ballots, rule)
    assert [str(one) for one in result.conditions] == [
        "takes_part heads: 3 of 4 reaches >1/2",
        "agrees heads: 2 of 4 reaches >=1/2",
    ]
    assert result.carried
    assert tl.recount(ballots_text(roll, ballots, rule)) == result


def test_minutes_stand_where_there_are_no_ballots() -> None:
    """Heads: 70 took part, 40 + 20 + 5 are told, so 5 voters did not vote alike."""
    roll = made([(f"{n:03d}", f"V{n}", "90") for n in range(1, 101)])
    told = {
        "taking_part_area": "6300", "agree_area": "3600", "against_area": "2250",
        "abstain_area": "450", "taking_part_heads": 70, "agree_heads": 40, "against_heads": "20",
        "abstain_heads": 5,
    }  # fmt: skip
    result = result_by_minutes(tally(how="会议纪要", **told), roll, ORDINARY)
    assert result.carried
    assert result.figures.differing == (None, 0, 5)
    assert result.figures.silent == (None, 27_000_000, 30)
    assert result.figures.roll == (100, 90_000_000, 100)
    by_heads = decision(by="heads", agrees=">1/2")
    heads = {name: value for name, value in told.items() if name.endswith("heads")}
    result = result_by_minutes(tally(how="minutes", **heads), roll, by_heads)
    assert result.figures.agree == (None, None, 40)
    check_tally(tally(how="minutes", **heads), resolution(), result, 0)


def test_the_formats_are_these() -> None:
    """Golden vectors: a digest that somebody wrote down must be found again."""
    roll = made([("1-101", "V1", "97.53"), ("1-102", "V2", "100")])
    assert roll.content() == (
        '{"resolution":"R1","on":"2025-03-01","units":2,"voters":2,"area_m2":"197.53",'
        '"rows":[["1-101","V1","97.53","yes"],["1-102","V2","100","yes"]]}'
    )
    assert roll.digest == "9c65edd56f744862e6f1f2e91830041f92c05db7d8cb46b14133cb6656a903dc"
    text = ballots_text(roll, [ballot("1-101")], ORDINARY)
    assert text == (
        '{"format":"trustledger ballots 1","resolution":"R1","roll_on":"2025-03-01",'
        '"from":"2021-01-01","decision":"ordinary","name":"一般事项","body":"assembly",'
        '"takes_part":">=2/3","agrees":">1/2","agrees_of":"participating","by":"area+heads",'
        '"rows":[\n["1-101","V1","97.53","yes","agree"],\n["1-102","V2","100","yes",""]\n]}\n'
    )
    assert text in PAGE and roll.content() in PAGE.replace(",\n", ",")
    result = count(roll, [ballot("1-101")], ORDINARY)
    assert result.ballots == "5588cd3daa6d7855e2c181b7665a4f9f993f3a0c5a6b644b418ed19107fbd545"
    assert result.content() == (
        f'{{"resolution":"R1","decision":"ordinary|2021-01-01","how":"ballots",'
        f'"roll":"{roll.digest}","ballots":"{result.ballots}",'
        '"figures":{"roll":[2,"197.53",2],"taking_part":[1,"97.53",1],"agree":[1,"97.53",1],'
        '"against":[0,"0",0],"abstain":[0,"0",0],"differing":[0,"0",0],"invalid":[0,"0",0],"silent":[1,"100",1]},"differing":[],'
        '"conditions":['
        '{"name":"takes_part","by":"area","have":975300,"of":1975300,"threshold":">=2/3","passed":false},'
        '{"name":"takes_part","by":"heads","have":1,"of":2,"threshold":">=2/3","passed":false},'
        '{"name":"agrees","by":"area","have":975300,"of":975300,"threshold":">1/2","passed":true},'
        '{"name":"agrees","by":"heads","have":1,"of":1,"threshold":">1/2","passed":true}],"carried":false}'
    )


def test_what_a_resolution_is_worth_on_a_day() -> None:
    roll = made([("1", "V1", "90"), ("2", "V2", "90")])
    carried = count(roll, [ballot("1"), ballot("2")], ORDINARY)
    rejected = count(roll, [ballot("1")], ORDINARY)
    one = resolution(start="2025-04-01", to="2025-12-31")
    gone = tl.Revocation(key="X1", on="2025-06-01", resolution="R1", by="（2025）某法民初1号")
    other = tl.Revocation(key="X2", on="2025-03-02", resolution="R2", by="R3")

    def on(day: str, result: tl.Result = carried, *revoked: tl.Revocation) -> str:
        return standing(one, tally(), result, [other, *revoked], date.fromisoformat(day))

    assert standing(one, None, None, [], date(2025, 5, 1)) == "proposed"
    assert on("2025-03-15") == "proposed"
    assert (on("2025-03-16"), on("2025-03-31")) == ("carried", "carried")
    assert (on("2025-04-01"), on("2025-12-31")) == ("in_force", "in_force")
    assert on("2026-01-01") == "expired"
    assert (on("2025-05-31", carried, gone), on("2025-06-01", carried, gone)) == (
        "in_force", "revoked",
    )  # fmt: skip
    assert on("2026-01-01", carried, gone) == "revoked"
    assert (on("2025-03-15", rejected), on("2025-07-01", rejected, gone)) == (
        "proposed", "rejected",
    )  # fmt: skip
    withdrawn = tl.Revocation(key="X3", on="2025-03-10", resolution="R1", by="R4")
    assert on("2025-03-12", carried, withdrawn) == "revoked"
    assert set(STANDINGS) == {
        "proposed", "rejected", "carried", "in_force", "expired", "revoked",
    }  # fmt: skip


def test_no_resolution_is_in_force_before_its_count() -> None:
    assert in_force_from(resolution(), tally()) == date(2025, 3, 16)
    assert in_force_from(resolution(start="2025-01-01"), tally()) == date(2025, 3, 16)
    assert in_force_from(resolution(start="2025-05-01"), tally()) == date(2025, 5, 1)


FACTS: list[Record] = [
    ORDINARY,
    decision(body="committee", by="heads", takes_part="≥ 66%", agrees="过半数", to="2026-01-01"),
    resolution(),
    resolution(
        roll_on="2025-02-01", start="2025-04-01", to="2025-12-31", budget="2025", version="v2",
        digest="ab" * 32, proposal="P1", line="A01", amount="10,000", delegation="D1",
        area="12345.6789", voters="120", memo="附议案",
    ),
    tl.Elector(resolution="R1", unit="1", voter="A", area="90", eligible="no", reason="已征收"),
    tl.Member(member="C1", name="周", start="2024-01-01", to="2025-01-01", role="主任"),
    ballot("1", "弃权", channel="微信", proxy="郑", memo="迟到"),
    tally(how="minutes", agree_area="12.5", agree_heads=3, memo="复印件"),
    tl.Revocation(key="X", on="2025-06-01", resolution="R1", by="R2", reason="程序有误"),
    tl.Delegation(
        key="D1", on="2025-03-16", resolution="R1", decision="repair", amount="5000",
        start="2025-04-01", to="2025-12-31",
    ),
]  # fmt: skip


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.record_key)
def test_a_fact_comes_back_from_its_content(fact: Record) -> None:
    again = type(fact).load(fact.content())
    assert again == fact
    assert again.content() == fact.content()


def test_what_facts_are_called_and_what_they_name() -> None:
    assert {type(fact) for fact in FACTS} == set(VOTES)
    assert [fact.record_key for fact in FACTS] == [
        "ordinary|2021-01-01", "x|2021-01-01", "R1", "R1", "R1|1", "C1|2024-01-01", "R1|1", "R1",
        "X", "D1",
    ]  # fmt: skip
    assert FACTS[3].names() == [
        ("version", "2025|v2"), ("proposal", "P1"), ("line", "A01"), ("delegation", "D1"),
    ]  # fmt: skip
    assert FACTS[2].names() == []
    for fact in FACTS:
        for field in (*fact.personal, *(name for name, _ in fact.refers)):
            assert hasattr(fact, field), (fact.kind, field)


@pytest.mark.parametrize(("text", "said"), [
    ("≥2/3", ">=2/3"), ("三分之二以上", ">=2/3"), (" >= 4 / 6 ", ">=2/3"), ("过半数", ">1/2"),
    ("＞50%", ">1/2"), (">=75%", ">=3/4"), ("四分之三以上", ">=3/4"), ("半数以上", ">=1/2"),
    (">=100%", ">=1/1"),
])  # fmt: skip
def test_how_a_threshold_may_be_written(text: str, said: str) -> None:
    assert decision(agrees=text).agrees == said
    assert decision(takes_part=text).takes_part == said


def test_presets_are_the_law() -> None:
    told = {
        name: [(t.decision, t.takes_part, t.agrees, t.agrees_of, t.by) for t in types]
        for name, types in tl.DECISION_TYPES.items()
    }
    assert told == {
        "civil_code_278": [
            ("ordinary", ">=2/3", ">1/2", "participating", "area+heads"),
            ("special", ">=2/3", ">=3/4", "participating", "area+heads"),
        ],
        "regulation_12_before_2021": [
            ("ordinary", "", ">1/2", "all", "area+heads"),
            ("special", "", ">=2/3", "all", "area+heads"),
        ],
    }
    everything = [one for types in tl.DECISION_TYPES.values() for one in types]
    assert all(one.authority for one in everything)
    for code in ("ordinary", "special"):
        for day in (date(2020, 12, 31), date(2021, 1, 1)):
            assert sum(one.decision == code and one.covers(day) for one in everything) == 1


# -- refused ----------------------------------------------------------------------------------

ROLL = made([("1", "V1", "90"), ("2", "V1", "90"), ("3", "V2", "90")])
BARRED = tl.Roll("R1", "2025-03-01", (*ROLL.rows[:2], ROLL.rows[2]._replace(eligible=False)))
COUNTED = count(ROLL, [ballot("1"), ballot("2"), ballot("3", "against")], ORDINARY)
FIX = {"resolution": "R1", "reason": "登记"}
MINUTES = {
    "how": "minutes", "taking_part_area": "180", "agree_area": "100", "against_area": "80",
    "abstain_area": "0", "taking_part_heads": 2, "agree_heads": 1, "against_heads": 1,
    "abstain_heads": 0,
}  # fmt: skip


def force(result: tl.Result | None, day: str, *revoked: tl.Revocation, **more: object) -> None:
    one = resolution(**{"start": "2025-04-01", "to": "2025-12-31"} | more)
    check_in_force(one, tally() if result else None, result, revoked, date.fromisoformat(day))


REFUSED: dict[str, tuple[Callable[[], object], type[tl.TrustLedgerError], str, str]] = {
    "not on the roll": (
        lambda: check_ballot(ballot("9"), resolution(), ROLL), tl.Refused, "unit",
        "'9' is not on the roll of 'R1' of 2025-03-01; only what is on it votes",
    ),
    "not eligible": (
        lambda: check_ballot(ballot("3"), resolution(), BARRED), tl.Refused, "unit",
        "'3' is on the roll of 'R1' as not eligible; its ballot does not count, so leave it out",
    ),
    "counted, and not eligible": (
        lambda: count(BARRED, [ballot("3")], ORDINARY), tl.Refused, "unit",
        "'3' is on the roll of 'R1' as not eligible; its ballot does not count, so leave it out",
    ),
    "of another resolution": (
        lambda: count(ROLL, [ballot("1", resolution="R2")], ORDINARY), tl.Refused, "resolution",
        "a ballot on 'R2' is not counted for 'R1'",
    ),
    "before the voting": (
        lambda: check_ballot(ballot("1", on="2025-02-28"), resolution(), ROLL), tl.Refused, "on",
        "found 2025-02-28; votes on 'R1' are cast from 2025-03-01 to 2025-03-15",
    ),
    "after the voting": (
        lambda: check_ballot(ballot("1", on="2025-03-16"), resolution(), ROLL), tl.Refused, "on",
        "found 2025-03-16; votes on 'R1' are cast from 2025-03-01 to 2025-03-15",
    ),
    "after the count": (
        lambda: check_ballot(ballot("1"), resolution(), ROLL, counted_on=date(2025, 3, 16)),
        tl.Refused, "resolution",
        "the ballots on 'R1' were counted on 2025-03-16; no ballot comes in after the count",
    ),
    "two of one unit": (
        lambda: count(ROLL, [ballot("1"), ballot("1", "against")], ORDINARY), tl.Refused, "unit",
        "unit '1' has two ballots on 'R1'; one counts, so leave out the other",
    ),
    "two of one unit in a list": (
        lambda: ballots_text(ROLL, [ballot("1"), ballot("1")], ORDINARY), tl.Refused, "unit",
        "unit '1' has two ballots on 'R1'; one counts, so leave out the other",
    ),
    "a proxy of too many": (
        lambda: check_ballot(
            ballot("3", proxy="郑"), resolution(), ROLL, represented=["1", "2"], limit=1
        ),
        tl.Refused, "proxy",
        "with '3' one proxy votes for 2 voters on 'R1', and the limit is 1; "
        "let somebody else vote for it",
    ),
    "area of the roll": (
        lambda: roll_of(resolution(area="200"), [home("1"), home("2", "99.5")], {}), tl.Refused,
        "area",
        "the roll of 'R1' adds up to 199.5 m², and the resolution expects 200; "
        "correct units.csv, or a row of the roll by an elector",
    ),
    "voters of the roll": (
        lambda: committee_roll(resolution(voters=3), []), tl.Refused, "voters",
        "the roll of 'R1' has 0 voters, and the resolution expects 3; "
        "correct owners.csv, or a row of the roll by an elector",
    ),
    "an elector of no unit": (
        lambda: roll_of(
            resolution(), [home("1")], {}, [tl.Elector(unit="9", voter="A", **FIX)]
        ),
        tl.Unknown, "unit", "unit '9' is not defined; enter it in units.csv first",
    ),
    "an elector that corrects nothing": (
        lambda: tl.Elector(unit="1", **FIX), tl.InvalidRecord, "voter",
        "found nothing that it corrects; say a voter, an area, or that it is not eligible",
    ),
    "counted too early": (
        lambda: check_tally(tally(on="2025-03-14"), resolution(), COUNTED, 3), tl.Refused, "on",
        "found 2025-03-14; votes on 'R1' are cast until 2025-03-15, so count on that day or later",
    ),
    "counted by one": (
        lambda: tally(supervised_by=" 周 "), tl.InvalidRecord, "supervised_by",
        "found one person for both; somebody else supervises the count",
    ),
    "another area": (
        lambda: check_tally(tally(agree_area="181"), resolution(), COUNTED, 3), tl.Refused,
        "agree_area",
        "found 181 m², and the ballots on 'R1' give 180 m²; correct it, or leave it empty",
    ),
    "other heads": (
        lambda: check_tally(tally(taking_part_heads=3), resolution(), COUNTED, 3), tl.Refused,
        "taking_part_heads",
        "found 3 voters, and the ballots on 'R1' give 2 voters; correct it, or leave it empty",
    ),
    "minutes beside ballots": (
        lambda: check_tally(tally(how="minutes"), resolution(), COUNTED, 3), tl.Refused, "how",
        "3 ballots on 'R1' are in the books; count them, and write ballots (表决票)",
    ),
    "minutes that do not say it": (
        lambda: result_by_minutes(tally(**MINUTES | {"against_heads": None}), ROLL, ORDINARY),
        tl.Refused, "against_heads",
        "the minutes of 'R1' do not say it, and it is counted by heads; give all four figures",
    ),
    "minutes whose areas do not add up": (
        lambda: result_by_minutes(tally(**MINUTES | {"abstain_area": "0.5"}), ROLL, ORDINARY),
        tl.Refused, "taking_part_area",
        "found 180 m², and agree, against and abstain in the minutes of 'R1' add up to 180.5 m²; "
        "correct the one that is wrong",
    ),
    "minutes whose heads do not add up": (
        lambda: result_by_minutes(tally(**MINUTES | {"agree_heads": 2}), ROLL, ORDINARY),
        tl.Refused, "taking_part_heads",
        "found 2 voters, and agree, against and abstain in the minutes of 'R1' add up to "
        "3 voters; correct the one that is wrong",
    ),
    "minutes of more than there is": (
        lambda: result_by_minutes(
            tally(**MINUTES | {"taking_part_area": "280", "agree_area": "200"}), ROLL, ORDINARY
        ),
        tl.Refused, "taking_part_area",
        "found 280 m², and the whole roll of 'R1' has 270 m²; correct the roll or the minutes",
    ),
    "no such decision": (
        lambda: decision_on([ORDINARY], "ordinary", date(2020, 12, 31)), tl.Unknown, "decision",
        "decision 'ordinary' is not defined; say what it takes on 2020-12-31 in decisions.csv "
        "first",
    ),
    "not counted": (
        lambda: force(None, "2025-05-01"), tl.NotCarried, "resolution",
        "resolution 'R1' is not in force on 2025-05-01: its votes are not counted; "
        "post its tally first",
    ),
    "rejected": (
        lambda: force(count(ROLL, [ballot("3")], ORDINARY), "2025-05-01"), tl.NotCarried,
        "resolution",
        "resolution 'R1' is not in force on 2025-05-01: it did not carry, takes_part area: 90 m² "
        "of 270 m² does not reach >=2/3; takes_part heads: 1 of 2 does not reach >=2/3",
    ),
    "to come": (
        lambda: force(CARRIED, "2025-03-31"), tl.NotCarried, "resolution",
        "resolution 'R1' is not in force on 2025-03-31: it carried and is in force from "
        "2025-04-01",
    ),
    "over": (
        lambda: force(CARRIED, "2026-01-01"), tl.NotCarried, "resolution",
        "resolution 'R1' is not in force on 2026-01-01: it was in force until 2025-12-31",
    ),
    "revoked": (
        lambda: force(
            CARRIED, "2025-06-01",
            tl.Revocation(key="X2", on="2025-06-01", resolution="R1", by="R9"),
            tl.Revocation(key="X1", on="2025-05-01", resolution="R1", by="某法院判决"),
        ),
        tl.NotCarried, "resolution",
        "resolution 'R1' is not in force on 2025-06-01: it was revoked on 2025-05-01 by "
        "某法院判决",
    ),
    "not what is delegated": (
        lambda: check_delegated(resolution(), DELEGATION), tl.Refused, "decision",
        "delegation 'D1' is for 'repair', not for 'ordinary'; let the owners decide it",
    ),
    "not when it is delegated": (
        lambda: check_delegated(resolution(decision="repair", amount="1"), DELEGATION),
        tl.Refused, "on",
        "found 2025-03-01; delegation 'D1' is in force from 2025-04-01 to 2025-12-31, "
        "so let the owners decide it",
    ),
    "not when it is delegated, for good": (
        lambda: check_delegated(
            resolution(decision="repair", amount="1"), DELEGATION.model_copy(update={"to": None})
        ),
        tl.Refused, "on",
        "found 2025-03-01; delegation 'D1' is in force from 2025-04-01 on, "
        "so let the owners decide it",
    ),
    "more than is delegated": (
        lambda: check_delegated(
            resolution(decision="repair", on="2025-04-01", until="2025-04-01", amount="5000.01"),
            DELEGATION,
        ),
        tl.Refused, "amount",
        "found 5,000.01; delegation 'D1' allows 5,000.00, and more is the owners' to decide",
    ),
    "no amount": (
        lambda: check_delegated(
            resolution(decision="repair", on="2025-04-01", until="2025-04-01"), DELEGATION
        ),
        tl.Refused, "amount",
        "found no amount; delegation 'D1' allows 5,000.00, and more is the owners' to decide",
    ),
    "no threshold": (
        lambda: decision(agrees="most"), tl.InvalidRecord, "agrees",
        "found 'most'; write >=2/3 (三分之二以上) or >1/2 (过半数)",
    ),
    "an empty threshold": (
        lambda: decision(agrees=" "), tl.InvalidRecord, "agrees",
        "found an empty cell; write >=2/3 (三分之二以上) or >1/2 (过半数)",
    ),
    "more than the whole": (
        lambda: decision(takes_part=">1/1"), tl.InvalidRecord, "takes_part",
        "found '>1/1', which nobody can reach; it is at most >=1/1",
    ),
    "much more than the whole": (
        lambda: decision(takes_part=">=3/2"), tl.InvalidRecord, "takes_part",
        "found '>=3/2', which nobody can reach; it is at most >=1/1",
    ),
    "a committee with area": (
        lambda: decision(body="committee"), tl.InvalidRecord, "by",
        "found 'area+heads', and members of a committee have no area; write heads (人数)",
    ),
    "another body": (
        lambda: decision(body="board"), tl.Unknown, "body",
        "body 'board' is not defined; it is one of assembly 业主大会, committee 业主委员会",
    ),
    "another choice": (
        lambda: ballot("1", "maybe"), tl.Unknown, "choice",
        "choice 'maybe' is not defined; it is one of agree 赞成, against 反对, abstain 弃权, "
        "invalid 无效",
    ),
    "half a voter": (
        lambda: tally(agree_heads="1.5"), tl.InvalidAmount, "agree_heads",
        "found '1.5'; a number of voters is a plain number with at most 0 decimals",
    ),
    "voting that ends before it begins": (
        lambda: resolution(until="2025-02-28"), tl.InvalidRecord, "until",
        "found 2025-02-28, before 2025-03-01, the day it is put to the vote",
    ),
    "a roll of a day to come": (
        lambda: resolution(roll_on="2025-03-02"), tl.InvalidRecord, "roll_on",
        "found 2025-03-02, after 2025-03-01; who votes is known when it is put to the vote, "
        "so the roll is of that day or an earlier one",
    ),
    "over before it begins": (
        lambda: resolution(start="2025-05-01", to="2025-04-30"), tl.InvalidRecord, "to",
        "found 2025-04-30, before 2025-05-01; 'to' is not before 'from'",
    ),
    "half a version": (
        lambda: resolution(budget="2025", version="v1"), tl.InvalidRecord, "digest",
        "found no digest; what adopts a budget names the budget, its version and the version's "
        "digest",
    ),
    "no digest": (
        lambda: resolution(digest="AB" * 32), tl.InvalidRecord, "digest",
        f"found '{('AB' * 32)[:40]}'; a digest is 64 digits of 0-9 and a-f",
    ),
}  # fmt: skip

CARRIED = count(ROLL, [ballot("1"), ballot("2"), ballot("3")], ORDINARY)
DELEGATION = tl.Delegation(
    key="D1", on="2025-03-16", resolution="R1", decision="repair", amount="5000",
    start="2025-04-01", to="2025-12-31",
)  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    call, kind, field, said = REFUSED[case]
    with pytest.raises(tl.TrustLedgerError) as told:
        call()
    assert str(told.value) == said
    assert type(told.value) is kind
    assert getattr(told.value, "field", "") == field


def test_what_is_just_allowed() -> None:
    """The last day of voting, a proxy for both units of one voter, all that is delegated."""
    last = ballot("2", on="2025-03-15", proxy="郑")
    check_ballot(last, resolution(), ROLL, represented=["1"], limit=1)
    check_ballot(ballot("3"), resolution(), ROLL, represented=["1", "2"], limit=1)
    check_tally(tally(on="2025-03-15", agree_area="180.0", agree_heads=1), resolution(), COUNTED, 3)
    force(CARRIED, "2025-04-01")
    force(CARRIED, "2025-12-31")
    force(CARRIED, "2030-01-01", to=None)
    assert resolution(roll_on="2025-03-01").electorate_on == date(2025, 3, 1)
    within = resolution(decision="repair", on="2025-12-31", until="2025-12-31", amount="5000")
    check_delegated(within, DELEGATION)


@pytest.mark.parametrize(("rows", "said"), [
    ([("1", "V1", "90"), ("2", "V1", "90"), ("4", "V2", "90")],
     "the roll has other units than stood on its day: 3, 4"),
    ([("1", "V1", "90"), ("2", "V1", "91"), ("3", "V2", "90")],
     "the roll has '2' with another area or another right than stood then"),
    ([("1", "V1", "90"), ("2", "V2", "90"), ("3", "V3", "90")],
     "the roll has '2' under V1, who did not hold it then"),
    ([("1", "V1", "90"), ("2", "V1", "90"), ("3", "V1", "90")],
     "the roll has '3' under V2, who did not hold it then"),
    ([("1", "V1", "90"), ("2", "V1", "90"), ("3", "V2", "90"), ("3", "V2", "90")],
     "the roll has other units than stood on its day: one of them twice"),
])  # fmt: skip
def test_a_roll_that_was_changed(rows: list[tuple[str, str, str]], said: str) -> None:
    assert difference(ROLL, made(rows)) == said
    assert difference(tl.Roll("R2", ROLL.on, ROLL.rows), ROLL) == (
        "the roll is of 'R2' on 2025-03-01, not of its resolution"
    )
    assert difference(ROLL, BARRED).startswith("the roll has '3' with another area")


TEXT = ballots_text(ROLL, [ballot("1")], ORDINARY)


@pytest.mark.parametrize("text", [
    "", "[]", "{}", "[" * 100_000, TEXT[:-4], TEXT.replace("ballots 1", "ballots 2"),
    TEXT.replace('"agree"', '"yes"'), TEXT.replace('"yes","agree"', '"maybe","agree"'),
    TEXT.replace('["2"', '["1"'), TEXT.replace('["2"', "[2"), TEXT.replace('"90"', '"-90"', 1),
    TEXT.replace(">=2/3", ">=3/2"), TEXT.replace('"from":"2021-01-01",', ""),
])  # fmt: skip
def test_a_text_that_cannot_be_counted(text: str) -> None:
    with pytest.raises(tl.InvalidFile) as told:
        tl.recount(text)
    assert str(told.value) == (
        "found no list of ballots that can be counted; it is the text of a count's own list, "
        "unchanged"
    )
