"""Stages, amendments and what is approved on a day: laws against a model that walks day by day,
then a year that an accountant can follow, then everything that is refused."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.rules.availability import available
from trustledger.rules.budgeting import (
    Approved,
    check_amendment,
    check_row,
    check_stage,
    no_budget_twice,
    stage_of,
)

laws = settings(max_examples=120, deadline=None, derandomize=True)
DAY = timedelta(days=1)
HALF = tl.Budget(budget="2025", name="2025上半年", start="2025-01-01", to="2025-06-30")
CALENDAR = [HALF.start + n * DAY for n in range(-5, 186)]
CODES = ("A01", "A02", "B01", "R01")
FUND = {"R01": "repair"}
DIGEST = "ab" * 32

days = st.sampled_from(CALENDAR[::7]) | st.sampled_from(CALENDAR)
within = days.filter(HALF.covers)


def a_line(line: str, amount: str, version: str = "v1", **more: object) -> tl.PlanLine:
    told = {"budget": "2025", "version": version, "line": line, "name": line, "category": "other",
            "fund": FUND.get(line, "common")}  # fmt: skip
    return tl.PlanLine(amount=amount, **told | more)


def a_stage(stage: str, on: object, version: str = "v1", **more: object) -> tl.Stage:
    told = {"digest": DIGEST, "resolution": "R1"} if stage == "adopted" else {}
    return tl.Stage(budget="2025", version=version, stage=stage, on=on, **told | more)


def amendment(key: str, on: object, move: str, amount: str, **more: object) -> tl.Amendment:
    told = {"key": key, "on": on, "budget": "2025", "move": move, "reason": "实际需要"}
    return tl.Amendment(amount=amount, **told | more)


def transfer(key: str, on: object, line: str, to: str, amount: str, **more: object) -> tl.Amendment:
    return amendment(key, on, "transfer", amount, line=line, to_line=to, **more)


yuan = st.integers(1, 50_000).map(tl.yuan)


@st.composite
def adopted(draw: st.DrawFn) -> tuple[list[tl.Stage], list[tl.PlanLine]]:
    """One to three versions, adopted in any order, in force at once or later."""
    stages, lines = [], []
    for version in ("v1", "v2", "v3")[: draw(st.integers(1, 3))]:
        start = draw(st.none() | within)
        stages.append(a_stage("adopted", draw(days), version, start=start))
        for code in sorted(draw(st.sets(st.sampled_from(CODES), min_size=1))):
            lines.append(a_line(code, draw(yuan), version))
    return draw(st.permutations(stages)), draw(st.permutations(lines))


@st.composite
def amendments(draw: st.DrawFn) -> list[tl.Amendment]:
    """Of all moves, whether or not they would be allowed."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        key, on, amount = f"T{number}", draw(within), draw(yuan)
        line, to = draw(st.permutations(CODES))[:2]
        move = draw(st.sampled_from(("transfer", "supplement", "reduction", "carry_surplus")))
        if move == "transfer":
            found.append(transfer(key, on, line, to, amount, resolution="R1"))
        elif move == "carry_surplus":
            found.append(amendment(key, on, move, amount, from_budget="2024"))
        else:
            found.append(amendment(key, on, move, amount, line=line, resolution="R1"))
    return found


def model(stages: list, lines: list, changes: list, day: date) -> dict[str, int]:
    """What is approved on a day, told in the plainest way."""
    chosen = None
    for stage in sorted(stages, key=lambda one: one.on):
        start = stage.start or max(stage.on, HALF.start)
        if max(start, HALF.start) <= day <= HALF.to:
            chosen = stage.version, max(start, HALF.start)
    if chosen is None:
        return {}
    version, since = chosen
    told = Counter({row.line: row.amount_fen for row in lines if row.version == version})
    for one in changes:
        if since < one.on <= day:
            if one.move in ("transfer", "reduction"):
                told[one.line] -= one.amount_fen
            if one.move == "transfer":
                told[one.to_line] += one.amount_fen
            if one.move == "supplement":
                told[one.line] += one.amount_fen
    return dict(told)


# -- laws -------------------------------------------------------------------------------------


@laws
@given(adopted(), amendments())
def test_what_is_approved_on_every_day_is_what_the_model_says(told: tuple, changes: list) -> None:
    stages, lines = told
    approved = Approved(HALF, stages, lines, changes)
    steps = approved.steps()
    for day in CALENDAR:
        right = model(stages, lines, changes, day)
        assert {code: fen for code, (_, fen) in approved.lines_on(day).items()} == right
        for code in CODES:
            assert approved.amount_on(code, day) == right.get(code, 0)
            by_step = [fen for since, fen in steps.get(code, []) if since <= day][-1:] or [0]
            assert day > HALF.to or by_step[0] == right.get(code, 0)


@laws
@given(adopted(), amendments())
def test_transfers_add_up_to_nothing(told: tuple, changes: list) -> None:
    stages, lines = told
    moved = Approved(HALF, stages, lines, changes)
    still = Approved(HALF, stages, lines, [one for one in changes if one.move != "transfer"])
    for day in CALENDAR[::5]:
        whole = [
            sum(fen for _, fen in approved.lines_on(day).values()) for approved in (moved, still)
        ]
        assert whole[0] == whole[1]


@laws
@given(adopted(), amendments(), st.data())
def test_an_amendment_counts_from_its_day_until_a_version_takes_its_place(
    told: tuple, changes: list, data: st.DataObject
) -> None:
    stages, lines = told
    on = data.draw(within)
    before = Approved(HALF, stages, lines, changes)
    stage = before.stage_on(on)
    if stage is None or stage.in_force_from(HALF) == on:
        return
    after = Approved(
        HALF, stages, lines, [*changes, amendment("X", on, "supplement", "1.00", line="A01")]
    )
    for day in CALENDAR:
        more = 100 if on <= day <= before.counts_until(on) else 0
        assert after.amount_on("A01", day) - before.amount_on("A01", day) == more


@laws
@given(adopted(), amendments(), st.lists(st.tuples(days, st.integers(-9_000, 20_000)), max_size=8))
def test_what_was_allowed_leaves_every_day_covered(
    told: tuple, changes: list, spending: list
) -> None:
    """Whatever is spent, moved and cut, in whatever order it is told: if each was allowed when it
    came, no day of any line is below zero."""
    stages, lines = told
    known: list[tl.Amendment] = []
    moves: dict[str, list] = {code: [] for code in CODES}

    def left(approved: Approved, code: str, on: date, until: date | None = None) -> int:
        return available(on, approved.steps().get(code, []), moves[code], until=until)

    for number, (on, fen) in enumerate(spending):
        approved = Approved(HALF, stages, lines, known)
        code = CODES[number % len(CODES)]
        if HALF.covers(on) and 0 < fen <= left(approved, code, on):
            moves[code] = sorted([*moves[code], (on, fen, 0)])
        if number < len(changes):
            one = changes[number]
            until = approved.counts_until(one.on)
            try:
                free = left(approved, one.line, one.on, until) if one.line else 0
                check_amendment(one, approved, free, None)
            except tl.Refused:
                continue
            known.append(one)
    approved = Approved(HALF, stages, lines, known)
    for code in CODES:
        for day in filter(HALF.covers, CALENDAR):
            spent = sum(fen for on, fen, _ in moves[code] if on <= day)
            assert spent <= approved.amount_on(code, day)


@laws
@given(st.lists(st.sampled_from(("consultation", "adopted", "withdrawn", "closed")), max_size=6))
def test_a_version_only_walks_forward(wanted: list[str]) -> None:
    told: list[tl.Stage] = []
    for number, name in enumerate(wanted):
        stage = a_stage(name, date(2025, 1, 1) + number * DAY)
        try:
            check_stage(stage, HALF, told, DIGEST, ("2025|v1", DIGEST))
        except tl.Refused:
            continue
        told.append(stage)
    walked = [stage.stage for stage in told]
    ways = (["consultation", "adopted", "closed"], ["withdrawn"], ["consultation", "withdrawn"])
    assert any(walked == way[: len(walked)] for way in ways)
    last = stage_of(told[::-1], "2025|v1")
    assert (last.stage if last else None) == (walked[-1] if walked else None)


@laws
@given(st.lists(st.tuples(days, days), max_size=5))
def test_budgets_never_share_a_day(spans: list) -> None:
    budgets = [
        tl.Budget(budget=str(n), name="", start=min(span), to=max(span))
        for n, span in enumerate(spans)
    ]
    shared = any(sum(one.covers(day) for one in budgets) > 1 for day in CALENDAR)
    try:
        no_budget_twice(budgets)
    except tl.Overlap:
        assert shared
    else:
        assert not shared


# -- a half-year ------------------------------------------------------------------------------

LINES = [
    a_line("A01", "60,000"), a_line("A02", "12,000"), a_line("R01", "30,000"),
    a_line("A01", "66,000", "v2"), a_line("A02", "9,000", "v2"), a_line("R01", "30,000", "v2"),
]  # fmt: skip
STAGES = [
    a_stage("consultation", "2024-12-01"),
    a_stage("adopted", "2024-12-20"),
    a_stage("consultation", "2025-03-01", "v2"),
    a_stage("adopted", "2025-03-20", "v2", start="2025-04-01"),
]
CHANGES = [
    transfer("T1", "2025-02-10", "A01", "A02", "5,000"),
    amendment("T2", "2025-04-15", "supplement", "4,000", line="B09", name="水泵",
              category="maintenance", resolution="R7"),
    amendment("T3", "2025-05-02", "reduction", "1,000", line="A02", resolution="R8"),
]  # fmt: skip


def test_a_half_year_of_one_budget() -> None:
    approved = Approved(HALF, STAGES, LINES, CHANGES)
    for day, amounts in (
        ("2024-12-31", {}),
        ("2025-01-01", {"A01": 60_000, "A02": 12_000, "R01": 30_000}),
        ("2025-02-10", {"A01": 55_000, "A02": 17_000, "R01": 30_000}),
        ("2025-03-31", {"A01": 55_000, "A02": 17_000, "R01": 30_000}),
        ("2025-04-01", {"A01": 66_000, "A02": 9_000, "R01": 30_000}),  # v2 absorbs the transfer
        ("2025-04-15", {"A01": 66_000, "A02": 9_000, "R01": 30_000, "B09": 4_000}),
        ("2025-06-30", {"A01": 66_000, "A02": 8_000, "R01": 30_000, "B09": 4_000}),
        ("2025-07-01", {}),
    ):
        told = approved.lines_on(date.fromisoformat(day))
        assert {code: fen // 100 for code, (_, fen) in told.items()} == amounts, day
    assert approved.steps()["A02"] == [
        (date(2025, 1, 1), 12_000_00),
        (date(2025, 2, 10), 17_000_00),
        (date(2025, 4, 1), 9_000_00),
        (date(2025, 5, 2), 8_000_00),
    ]
    opened = approved.line_on("B09", date(2025, 4, 15))
    assert opened is not None
    assert (opened.name, opened.category, opened.fund) == ("水泵", "maintenance", "common")
    assert approved.line_on("B09", date(2025, 4, 14)) is None
    assert approved.counts_until(date(2025, 2, 10)) == date(2025, 3, 31)
    assert approved.fund_of("R01") == "repair"
    assert approved.fund_of("B09") == "common"
    assert approved.fund_of("none") == ""


def test_a_version_adopted_earlier_does_not_come_back() -> None:
    """v2 was to begin in May; v3, adopted after it, is in force from April and stays."""
    stages = [
        a_stage("adopted", "2025-01-01"),
        a_stage("adopted", "2025-02-01", "v2", start="2025-05-01"),
        a_stage("adopted", "2025-03-01", "v3", start="2025-04-01"),
    ]
    lines = [a_line("A01", str(n), f"v{n}") for n in (1, 2, 3)]
    approved = Approved(HALF, stages, lines)
    assert approved.steps()["A01"] == [(date(2025, 1, 1), 100), (date(2025, 4, 1), 300)]


# -- refused ----------------------------------------------------------------------------------

YES = ("2025|v1", DIGEST)


@pytest.mark.parametrize(
    ("stage", "stages", "resolved", "field", "sentence"),
    (
        (a_stage("adopted", "2024-12-20"), [], YES, "stage",
         "version '2025|v1' is draft, and only one that is consultation becomes adopted"),
        (a_stage("withdrawn", "2024-12-21"), STAGES[:2], None, "stage",
         "version '2025|v1' is adopted, and only one that is draft or consultation becomes "
         "withdrawn"),
        (a_stage("adopted", "2024-11-30"), STAGES[:1], YES, "on",
         "version '2025|v1' came to consultation on 2024-12-01, and would be adopted on "
         "2024-11-30, before that; correct the day"),
        (a_stage("adopted", "2024-12-20"), STAGES[:1], ("2025|v2", DIGEST), "resolution",
         f"resolution 'R1' is on '2025|v2' with the digest {DIGEST}, and not on version '2025|v1' "
         f"with the digest {DIGEST}; name the one that adopted it"),
        (a_stage("adopted", "2024-12-20"), STAGES[:1], None, "resolution",
         f"resolution 'R1' is on no version, and not on version '2025|v1' with the digest "
         f"{DIGEST}; name the one that adopted it"),
        (a_stage("adopted", "2024-12-20", digest="cd" * 32), STAGES[:1], YES, "digest",
         f"version '2025|v1' has the digest {DIGEST}, and {'cd' * 32} was adopted; what owners saw "
         "is not what stands: compare the two"),
        (a_stage("adopted", "2024-12-20", start="2025-07-01"), STAGES[:1], YES, "from",
         "version '2025|v1' would be in force from 2025-07-01, after its budget's last day "
         "2025-06-30; correct the day"),
        (a_stage("adopted", "2025-07-02"), STAGES[:1], YES, "on",
         "version '2025|v1' would be in force from 2025-07-02, after its budget's last day "
         "2025-06-30; correct the day"),
        (a_stage("closed", "2025-07-31"), STAGES, None, "version",
         "version '2025|v2' was adopted on 2025-03-20, after '2025|v1'; the final accounts are of "
         "that one"),
        (a_stage("consultation", "2025-08-01", "v3"),
         [*STAGES, a_stage("closed", "2025-07-31", "v2")], None, "stage",
         "budget '2025' was closed with its final accounts on 2025-07-31; put the change into the "
         "next budget"),
    ),
)  # fmt: skip
def test_a_stage_that_is_not_the_next_is_refused(
    stage: tl.Stage, stages: list, resolved: object, field: str, sentence: str
) -> None:
    with pytest.raises(tl.Refused) as told:
        check_stage(stage, HALF, stages, DIGEST, resolved)
    assert str(told.value) == sentence
    assert told.value.field == field


@pytest.mark.parametrize(
    ("stage", "stages"),
    (
        (a_stage("adopted", "2024-12-01"), STAGES[:1]),  # on the day of its consultation
        (a_stage("adopted", "2024-12-20", start="2025-06-30"), STAGES[:1]),  # for its last day
        (a_stage("adopted", "2025-04-01"), [STAGES[0], *STAGES[2:]]),  # after v2 was
        (a_stage("adopted", "2025-02-01"), [STAGES[0], *STAGES[2:]]),  # before v2 was
        (a_stage("closed", "2025-07-31"), STAGES[:2]),  # once its time is over
        (a_stage("withdrawn", "2025-07-31", "v3"), STAGES),
    ),
)
def test_a_stage_that_is_the_next_is_taken(stage: tl.Stage, stages: list) -> None:
    check_stage(stage, HALF, stages, DIGEST, YES)


def test_an_empty_version_goes_nowhere() -> None:
    with pytest.raises(tl.Refused) as told:
        check_stage(a_stage("consultation", "2024-12-01"), HALF, [], "")
    assert str(told.value) == (
        "version '2025|v1' has no lines; enter them before it is consultation"
    )


def test_without_a_budget_there_is_nothing() -> None:
    sentence = "budget '2025' is not there; enter it, with its first and last day, before its rows"
    stage, change = STAGES[0], CHANGES[0]
    for check in (
        lambda: check_stage(stage, None, [], DIGEST),
        lambda: check_row(LINES[0], None, []),
        lambda: check_amendment(change, None, 0, None),
    ):
        with pytest.raises(tl.NoBudgetLine) as told:
            check()
        assert str(told.value) == sentence
        assert told.value.field == "budget"


def test_two_budgets_of_one_day_are_refused() -> None:
    other = tl.Budget(budget="2025b", name="", start="2025-06-30", to="2025-12-31")
    with pytest.raises(tl.Overlap) as told:
        no_budget_twice([other, HALF])
    assert str(told.value) == (
        "budget '2025' is until 2025-06-30, and '2025b' from 2025-06-30; end the one before the "
        "other begins"
    )
    assert told.value.field == "from"


def test_lines_are_added_to_a_draft_alone() -> None:
    row = a_line("A09", "1")
    check_row(row, HALF, [])
    check_row(row, HALF, STAGES[2:])
    with pytest.raises(tl.Refused) as told:
        check_row(row, HALF, STAGES)
    assert str(told.value) == (
        "version '2025|v1' is adopted since 2024-12-20 and fixed; put the change into a new version"
    )
    assert told.value.field == "version"
    with pytest.raises(tl.Refused, match="was closed with its final accounts on 2025-07-31"):
        check_row(a_line("A09", "1", "v3"), HALF, [*STAGES, a_stage("closed", "2025-07-31", "v2")])


def test_a_line_keeps_its_fund() -> None:
    check_row(a_line("R01", "1", "v3"), HALF, [], "repair")
    with pytest.raises(tl.WrongFund) as told:
        check_row(a_line("R01", "1", "v3", fund="common"), HALF, [], "repair")
    assert str(told.value) == (
        "line 'R01' is paid from fund 'repair' in this budget, and now from 'common'; give what "
        "another fund pays for a line of its own"
    )
    assert told.value.field == "fund"


def test_a_withdrawn_version_binds_no_fund() -> None:
    lines = [a_line("A01", "1", "v1", fund="repair"), a_line("A01", "1", "v2")]
    withdrawn = [a_stage("withdrawn", "2024-12-01")]
    assert Approved(HALF, [], lines[:1]).fund_of("A01") == "repair"
    assert Approved(HALF, withdrawn, lines[:1]).fund_of("A01") == ""
    assert Approved(HALF, withdrawn, lines).fund_of("A01") == "common"


OPENS = {"name": "泵", "category": "works", "resolution": "R9"}


@pytest.mark.parametrize(
    ("change", "left", "error", "field", "sentence"),
    (
        (transfer("T9", "2024-12-31", "A01", "A02", "1"), 10**9, tl.NoBudgetLine, "on",
         "amendment 'T9' is of 2024-12-31, when no version of budget '2025' is in force; put it "
         "into a version"),
        (transfer("T9", "2025-04-01", "A01", "A02", "1"), 10**9, tl.Refused, "on",
         "amendment 'T9' is of 2025-04-01, the day version '2025|v2' comes into force with what it "
         "says; date it later, or put it into a version"),
        (transfer("T9", "2025-05-01", "A01", "A05", "1"), 10**9, tl.NoBudgetLine, "to_line",
         "amendment 'T9' names line 'A05', which budget '2025' does not have on 2025-05-01; a "
         "supplement with a name and a category opens one"),
        (transfer("T9", "2025-04-14", "B09", "A01", "1"), 10**9, tl.NoBudgetLine, "line",
         "amendment 'T9' names line 'B09', which budget '2025' does not have on 2025-04-14; a "
         "supplement with a name and a category opens one"),
        (transfer("T9", "2025-05-01", "R01", "A01", "1"), 10**9, tl.WrongFund, "to_line",
         "amendment 'T9' moves money of fund 'repair' to line 'A01', which is of 'common'; each "
         "fund is for its own"),
        (transfer("T9", "2025-05-01", "A01", "A02", "100.01"), 100_00, tl.OverBudget, "amount",
         "amendment 'T9' takes 100.01 from line 'A01', which has 100.00 neither spent nor "
         "committed from 2025-05-01 on; take at most that"),
        (amendment("T9", "2025-05-01", "reduction", "0.01", line="A01", resolution="R9"), 0,
         tl.OverBudget, "amount",
         "amendment 'T9' takes 0.01 from line 'A01', which has 0.00 neither spent nor committed "
         "from 2025-05-01 on; take at most that"),
        (amendment("T9", "2025-05-01", "supplement", "1", line="A01", **OPENS), 0, tl.Refused,
         "line",
         "amendment 'T9' opens line 'A01', which is there already; leave name, category and fund "
         "empty, or give the line a code of its own"),
        (amendment("T9", "2025-02-01", "supplement", "1", line="B09", fund="repair", **OPENS), 0,
         tl.WrongFund, "fund",
         "line 'B09' is paid from fund 'common' in this budget, and now from 'repair'; give what "
         "another fund pays for a line of its own"),
        (transfer("T9", "2025-05-01", "A01", "A02", "5,000"), 10**9, tl.Refused, "resolution",
         "amendment 'T9' is a transfer of 5000.00 and names no resolution; name the one that "
         "allows it"),
        (amendment("T9", "2025-05-01", "supplement", "1", line="A01"), 0, tl.Refused, "resolution",
         "amendment 'T9' is a supplement of 1.00 and names no resolution; name the one that "
         "allows it"),
        (amendment("T9", "2025-05-01", "carry_deficit", "7", from_budget="2024"), 0, tl.Refused,
         "resolution",
         "amendment 'T9' is a carry_deficit of 7.00 and names no resolution; name the one that "
         "allows it"),
    ),
)  # fmt: skip
def test_an_amendment_that_the_budget_does_not_allow_is_refused(
    change: tl.Amendment, left: int, error: type, field: str, sentence: str
) -> None:
    with pytest.raises(error) as told:
        check_amendment(change, Approved(HALF, STAGES, LINES, CHANGES), left, 5_000_00)
    assert str(told.value) == sentence
    assert told.value.field == field


def test_after_the_final_accounts_nothing_is_amended() -> None:
    stages = [*STAGES, a_stage("closed", "2025-07-31", "v2")]
    with pytest.raises(tl.Refused) as told:
        check_amendment(CHANGES[0], Approved(HALF, stages, LINES), 10**9, None)
    assert str(told.value) == (
        "budget '2025' was closed with its final accounts on 2025-07-31; put the change into the "
        "next budget"
    )


def test_small_transfers_and_surplus_need_no_resolution() -> None:
    approved = Approved(HALF, STAGES, LINES, CHANGES)
    check_amendment(
        transfer("T9", "2025-05-01", "A01", "A02", "4,999.99"), approved, 4_999_99, 5_000_00
    )
    check_amendment(transfer("T9", "2025-05-01", "A01", "A02", "9"), approved, 900, None)
    surplus = amendment("T9", "2025-01-01", "carry_surplus", "7", from_budget="2024")
    check_amendment(surplus, approved, 0, 0)
    check_amendment(surplus, Approved(HALF, [], []), 0, 0)
