"""JSON: the contract's keys, exact amounts, texts as they were recorded."""

from __future__ import annotations

import json
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.document import Column, Table
from trustledger.render.to_json import render

from .samples import EMPTY, HOSTILE, OWNER, ROOT, income_expenditure, with_texts


def test_keys_and_their_order() -> None:
    said = json.loads(render(OWNER))
    assert list(said) == [
        "statement",
        "title",
        "community",
        "book",
        "period",
        "subject",
        "facts",
        "rows",
        "tables",
        "grids",
        "checks",
        "journal",
    ]
    assert said["statement"] == "owner"
    assert said["period"] == {"first": "2024-01", "last": "2024-03"}
    assert said["subject"] == "3-1-502"
    assert said["facts"] == OWNER.facts
    assert list(said["facts"]) == list(OWNER.facts)
    assert said["journal"] == {"size": 1204, "root": ROOT}
    assert said["checks"] == [
        {"name": "期初欠费＋应收－实收＝期末欠费", "left": "0.44", "right": "0.44", "holds": True}
    ]
    assert "subject" not in json.loads(render(income_expenditure()))


def test_grids_are_data_too() -> None:
    grids = {grid["key"]: grid for grid in json.loads(render(income_expenditure("洁美")))["grids"]}
    assert grids["balance"]["title"] == "资金结余"
    assert grids["balance"]["pairs"][0] == {
        "label": "期初结余",
        "value": "88120.50",
        "kind": "amount",
    }
    assert grids["balance"]["pairs"][2] == {"label": "备注", "value": "洁美", "kind": "text"}


def test_rows_are_those_of_the_first_table() -> None:
    said = json.loads(render(income_expenditure("洁美")))
    assert said["rows"] == [{"name": "洁美", "amount": "12000.00", "rate": "0.1234", "count": 3}]
    assert said["rows"] == said["tables"][0]["rows"]
    assert said["tables"][1]["totals"] == [
        {"date": None, "payee": "合计", "memo": None, "amount": "-440.32"}
    ]
    assert said["tables"][0]["columns"][1] == {
        "key": "amount",
        "title": "本期金额",
        "kind": "amount",
    }
    assert json.loads(render(EMPTY))["rows"] == []
    assert json.loads(render(EMPTY._replace(blocks=())))["rows"] == []


def test_it_is_utf8_for_people_and_diffs() -> None:
    out = render(OWNER)
    assert out.endswith(b"\n}\n")
    assert '\n  "community": "平安社区",\n'.encode() in out


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_come_back_and_act_on_nothing(text: str) -> None:
    out = render(with_texts(text))
    assert json.loads(out)["rows"][0]["x"] == text
    for char in "\x00\x07\x1b\x7f\x9b\u202e\u2066\ufeff":
        assert char.encode() not in out


def test_a_lone_surrogate_is_still_json() -> None:
    assert json.loads(render(with_texts("a\ud800b")))["community"] == "a\ud800b"


def test_facts_may_be_any_mapping() -> None:
    facts = MappingProxyType({"income": MappingProxyType({"parking": "1.00"})})
    assert json.loads(render(OWNER._replace(facts=facts)))["facts"] == {
        "income": {"parking": "1.00"}
    }


@given(st.lists(st.integers(-(10**16), 10**16), min_size=1))
def test_every_amount_is_the_fen_that_was_given(fens: list[int]) -> None:
    table = Table("t", "", (Column("a", "", "amount"),), tuple((fen,) for fen in fens))
    rows = json.loads(render(EMPTY._replace(blocks=(table,))))["rows"]
    assert [int(row["a"].replace(".", "")) for row in rows] == fens
    assert all(row["a"][-3] == "." for row in rows)
