"""The rulebook: which value of a rule holds on a day, by a naive model, and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.rulebook import (
    PRESETS,
    RULES,
    amount_on,
    no_rule_twice,
    number_on,
    value_on,
)

laws = settings(max_examples=150, deadline=None, derandomize=True)
FIRST = date(2025, 1, 1)
SCOPES = ("", "A03", "cleaning", "common")
days = st.integers(0, 60).map(lambda n: FIRST + timedelta(n))


def a_rule(**more: object) -> tl.Rule:
    return tl.Rule(**{"rule": "control", "value": "stop", "start": "2025-01-01"} | more)


@st.composite
def rulebooks(draw: st.DrawFn) -> list[tl.Rule]:
    """Rules of three names and four scopes, one after the other, in any order."""
    found = []
    for name, values in (("control", ("stop", "warn", "allow")), ("request_from", ("0", "5.5")),
                         ("answer_days", ("7", "15"))):  # fmt: skip
        for scope in draw(st.sets(st.sampled_from(SCOPES))):
            edges = sorted(draw(st.sets(days, min_size=1, max_size=4)))
            for at, start in enumerate(edges):
                after = edges[at + 1] - timedelta(1) if at + 1 < len(edges) else None
                end = draw(st.sampled_from((after, after and max(start, after - timedelta(5)))))
                found.append(
                    tl.Rule(
                        rule=name,
                        value=draw(st.sampled_from(values)),
                        scope=scope,
                        start=start,
                        to=end,
                    )
                )
    return draw(st.permutations(found))


@laws
@given(rulebooks(), st.sampled_from(sorted(RULES)), days, st.lists(st.sampled_from(SCOPES)))
def test_the_nearest_scope_that_has_a_rule_says(
    rules: list[tl.Rule], name: str, on: date, scopes: list[str]
) -> None:
    right = RULES[name].default
    for scope in ["", *reversed(scopes)]:
        for rule in rules:
            if (rule.rule, rule.scope) == (name, scope):
                if rule.start <= on and (rule.to is None or on <= rule.to):
                    right = rule.value
    assert value_on(rules, name, on, *scopes) == right
    assert no_rule_twice(rules) is None


@laws
@given(rulebooks(), days, st.data())
def test_two_that_hold_on_one_day_are_found(
    rules: list[tl.Rule], on: date, data: st.DataObject
) -> None:
    standing = [rule for rule in rules if rule.covers(on)]
    if not standing:
        return
    one = data.draw(st.sampled_from(standing))
    rival = one.model_copy(update={"start": on, "value": "0"})
    pair = no_rule_twice([*rules, rival])
    assert pair is not None
    assert pair[0].overlaps(pair[1]) and pair[0].scope == pair[1].scope == one.scope


@pytest.mark.parametrize(
    ("rule", "value", "own"),
    (
        ("control", "提醒", "warn"),
        ("预算控制", "stop", "stop"),
        ("control_basis", "累计", "to_date"),
        ("ceiling", "允许", "allow"),
        ("publish_from", "100,000", "100000.00"),
        ("publish_days", "010", "10"),
        ("checkers", "2", "2"),
        ("leftover", "退还", "return"),
        ("leftover", "repair", "repair"),
    ),
)
def test_a_value_is_kept_in_its_own_form(rule: str, value: str, own: str) -> None:
    told = a_rule(rule=rule, value=value)
    assert told.value == own
    assert tl.Rule.load(told.content()) == told
    assert a_rule(rule=told.rule, value=own).content() == told.content()


@pytest.mark.parametrize(
    ("rule", "value", "sentence"),
    (
        ("control", "maybe", "found 'maybe'; it is one of stop 禁止, warn 提醒, allow 允许"),
        ("control_basis", "quarter", "found 'quarter'; it is one of year 全年, to_date 累计, "
                                     "month 当月"),
        ("ceiling", "", "found ''; it is one of stop 禁止, warn 提醒, allow 允许"),
        ("request_from", "much", "found 'much'; an amount is yuan with at most two decimals, such "
                                 "as 12,000.00 or 12000"),
        ("publish_from", "-1", "found '-1'; this amount is not below zero"),
        ("checkers", "0", "found '0'; write a whole number of people, 1 to 9999"),
        ("answer_days", "7.5", "found '7.5'; write a whole number of days, 0 to 9999"),
        ("proxies_limit", "x", "found 'x'; write a whole number of owners, 0 to 9999"),
        ("leftover", "还 给", "found '还 给'; it is return 退还, keep 留用, or the code of a fund"),
    ),
)  # fmt: skip
def test_a_wrong_value_is_refused_in_one_sentence(rule: str, value: str, sentence: str) -> None:
    with pytest.raises(tl.InvalidInput) as told:
        a_rule(rule=rule, value=value)
    assert str(told.value) == sentence
    assert told.value.field == "value"


def test_a_rule_that_nobody_wrote_is_unknown() -> None:
    with pytest.raises(tl.Unknown) as told:
        a_rule(rule="colour", value="red")
    assert str(told.value).startswith(
        "rule 'colour' is not defined; it is one of control 预算控制, control_basis 控制口径"
    )
    assert told.value.field == "rule"


def test_every_default_is_a_value_of_its_rule() -> None:
    for kind in RULES.values():
        assert kind.default == "" or kind.read(kind.default) == kind.default


def test_shenzhen_publishes_a_hundred_thousand_for_ten_days() -> None:
    rules = PRESETS["shenzhen"]
    before, after = date(2020, 6, 30), date(2020, 7, 1)
    assert amount_on(rules, "publish_from", before) is None
    assert number_on(rules, "publish_days", before) == 0
    assert amount_on(rules, "publish_from", after, "A03", "works", "common") == 100_000_00
    assert number_on(rules, "publish_days", after) == 10


def test_rizhao_answers_in_seven_days() -> None:
    assert number_on(PRESETS["rizhao"], "answer_days", date(2025, 1, 1)) == 7
    assert number_on((), "answer_days", date(2025, 1, 1)) is None


def test_every_preset_names_its_authority_and_none_says_a_thing_twice() -> None:
    for rows in PRESETS.values():
        assert no_rule_twice(rows) is None
        assert all(row.authority for row in rows)
