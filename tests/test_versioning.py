"""Versions of a budget: their digest, which owners vote on, and what differs between two."""

from __future__ import annotations

import hashlib
import json
import random

from hypothesis import given, settings
from hypothesis import strategies as st

import trustledger as tl
from trustledger.rules.versioning import Change, difference, version_digest, version_text

laws = settings(max_examples=150, deadline=None, derandomize=True)
YEAR = tl.Budget(budget="2025", name="2025年度", start="2025-01-01", to="2025-12-31")
CATEGORIES = ("service_fee", "parking", "advertising", "interest")


def a_line(line: str, amount: str, version: str = "v1", **more: object) -> tl.PlanLine:
    told = {"budget": "2025", "version": version, "line": line, "name": line, "category": "other"}
    return tl.PlanLine(amount=amount, **told | more)


def an_income(category: str, receivable: str, version: str = "v1", **more: object) -> tl.PlanIncome:
    return tl.PlanIncome(
        budget="2025", version=version, category=category, receivable=receivable, **more
    )


amounts = st.integers(0, 10**7).map(tl.yuan)


@st.composite
def versions(draw: st.DrawFn) -> tuple[list[tl.PlanLine], list[tl.PlanIncome]]:
    """Lines and incomes; codes and amounts are few, so that two versions share some."""
    version = draw(st.sampled_from(("v1", "v2")))
    lines = [
        a_line(
            code,
            draw(st.sampled_from(("1", "2.50")) | amounts),
            version,
            name=draw(st.sampled_from(("保洁", "cleaning"))),
            months=draw(st.sampled_from(("", "3,6"))),
            quantity=None,
        )
        for code in sorted(draw(st.sets(st.sampled_from(("A01", "A02", "B01", "z", "绿化")))))
    ]
    incomes = [
        an_income(code, draw(amounts), version, rate=draw(st.sampled_from(("1", "0.95"))))
        for code in sorted(draw(st.sets(st.sampled_from(CATEGORIES))))
    ]
    return lines, incomes


@laws
@given(versions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(version: tuple, chance: random.Random) -> None:
    lines, incomes = version
    right = version_digest(YEAR, "v1", lines, incomes)
    shuffled = chance.sample(lines, len(lines)), chance.sample(incomes, len(incomes))
    assert version_digest(YEAR, "v1", *shuffled) == right


@laws
@given(versions(), versions())
def test_two_versions_have_one_digest_only_if_they_say_the_same(one: tuple, other: tuple) -> None:
    same = one == other
    assert (version_digest(YEAR, "v1", *one) == version_digest(YEAR, "v1", *other)) == same


@laws
@given(versions())
def test_the_text_is_json_that_anyone_can_digest(version: tuple) -> None:
    lines, incomes = version
    text = version_text(YEAR, "v1", lines, incomes)
    told = json.loads(text)
    assert list(told) == ["budget", "version", "lines", "incomes"]
    assert [row["line"] for row in told["lines"]] == sorted(row.line for row in lines)
    again = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    assert again == text
    right = hashlib.sha256(again.encode()).hexdigest()
    assert version_digest(YEAR, "v1", lines, incomes) == right


def said(row: tl.PlanLine | tl.PlanIncome) -> dict:
    return {field: value for field, value in row if field not in ("budget", "version")}


def patched(before: list, changes: list[Change]) -> dict[str, dict]:
    """Rows with the changes made: what the other version says."""
    found = {row.code: said(row) for row in before}
    for change in changes:
        if change.what == "removed":
            assert all(field.now is None for field in change.fields)
            del found[change.code]
            continue
        assert (change.what == "added") == (change.code not in found)
        row = found.setdefault(change.code, {})
        for field in change.fields:
            assert row.get(field.field) == field.was
            row[field.field] = field.now
    return found


@laws
@given(versions(), versions())
def test_a_version_with_the_difference_is_the_other(one: tuple, other: tuple) -> None:
    for before, after in zip(one, other, strict=True):
        changes = difference(before, after)
        right = {row.code: said(row) for row in after}
        made = patched(before, changes)
        assert {code: {k: v for k, v in row.items() if v is not None}
                for code, row in made.items()} == {
            code: {k: v for k, v in row.items() if v is not None} for code, row in right.items()
        }  # fmt: skip
        whole = sum(row.planned_fen for row in after) - sum(row.planned_fen for row in before)
        assert sum(change.delta_fen for change in changes) == whole
        assert [change.code for change in changes] == sorted(change.code for change in changes)
        assert difference(before, before) == []
        back = difference(after, before)
        assert [(c.code, -c.delta_fen) for c in back] == [(c.code, c.delta_fen) for c in changes]


def test_a_golden_digest() -> None:
    """Held for ever: owners voted on it."""
    lines = [
        a_line("A02", "36,000.00", name="绿化", category="greening", months="4-10"),
        a_line("A01", "120,000.00", name="保洁", category="cleaning", responsible="物业经理"),
    ]
    incomes = [an_income("service_fee", "200,000", rate="95%"), an_income("parking", "30,000")]
    text = version_text(YEAR, "v1", lines, incomes)
    assert text == (
        '{"budget":{"start":"2025-01-01","to":"2025-12-31","authority":"","budget":"2025",'
        '"name":"2025年度"},"version":"v1","lines":['
        '{"budget":"2025","version":"v1","line":"A01","name":"保洁","category":"cleaning",'
        '"fund":"common","amount_fen":12000000,"method":"estimate","months":"",'
        '"responsible":"物业经理","standard":"","basis":"","priority":5,"proposal":""},'
        '{"budget":"2025","version":"v1","line":"A02","name":"绿化","category":"greening",'
        '"fund":"common","amount_fen":3600000,"method":"estimate","months":"4-10",'
        '"responsible":"","standard":"","basis":"","priority":5,"proposal":""}],"incomes":['
        '{"budget":"2025","version":"v1","category":"parking","receivable_fen":3000000,'
        '"rate":"1/1","months":"","basis":"","fund":"common"},'
        '{"budget":"2025","version":"v1","category":"service_fee","receivable_fen":20000000,'
        '"rate":"19/20","months":"","basis":"","fund":"common"}]}'
    )
    assert version_digest(YEAR, "v1", lines, incomes) == (
        "1ed05b7e426218fb896d133c96de0f0f749d6fee2197a05233bcdc60a2689450"
    )


def test_what_changed_before_the_second_vote() -> None:
    before = [a_line("A01", "120,000"), a_line("A02", "36,000"), a_line("A03", "5,000")]
    after = [
        a_line("A01", "110,000", "v2", standard="每日两次"),
        a_line("A02", "36,000", "v2"),
        a_line("A04", "8,000", "v2"),
    ]
    told = {change.code: change for change in difference(before, after)}
    assert {code: (one.what, one.delta_fen) for code, one in told.items()} == {
        "A01": ("changed", -10_000_00),
        "A03": ("removed", -5_000_00),
        "A04": ("added", 8_000_00),
    }
    assert told["A01"].fields == (
        ("amount_fen", 120_000_00, 110_000_00),
        ("standard", "", "每日两次"),
    )
