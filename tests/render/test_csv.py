"""CSV: no text is a formula, no amount is anything but an amount."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.document import Column, Statement, Table
from trustledger.render.to_csv import guarded, render

from .samples import EMPTY, HOSTILE, OWNER, ROOT, income_expenditure, with_texts

DANGER = tuple("=+-@\t\r\n\0＝＋－＠")
FIGURE = re.compile(r"-?[0-9]+(\.[0-9]{2}%?)?")


def read(statement: Statement) -> list[list[str]]:
    out = render(statement)
    assert out.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(out[3:].decode("utf-8"), newline="")))


def test_the_corpus_is_large_enough() -> None:
    assert len(set(HOSTILE)) >= 40
    assert sum(text.lstrip(" \u3000\u00a0").startswith(DANGER) for text in HOSTILE) >= 20


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_cell_can_start_a_formula(text: str) -> None:
    found = [cell for row in read(with_texts(text)) for cell in row]
    for cell in found:
        begins = cell.lstrip(" \u3000\u00a0\ufeff\u200b").startswith(DANGER)
        assert not begins or FIGURE.fullmatch(cell), cell
    assert found.count("-440.32") == 2


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_recorded_is_still_in_the_cell(text: str) -> None:
    recorded = re.sub(r"\[U\+([0-9A-F]+)\]", lambda match: chr(int(match[1], 16)), guarded(text))
    assert recorded in (text, f"'{text}")
    assert [guarded(text)] in read(with_texts(text))


@given(st.text(alphabet="=+-@＝ '\u3000a1.%", max_size=8))
def test_taking_one_apostrophe_away_gives_the_text_back(text: str) -> None:
    cell = guarded(text)
    assert cell in (text, f"'{text}")
    if cell == text:  # then nobody may take anything away
        assert not re.match(r"'[\s']*[=+\-@＝]", cell)
        assert not cell.lstrip(" \u3000").startswith(DANGER)


def test_a_date_or_a_rate_that_is_no_such_thing_is_guarded_like_any_text() -> None:
    columns = (Column("a", "", "date"), Column("b", "", "rate"), Column("c", "", "amount"))
    table = Table("t", "", columns, (("=1%", "=1\t%", "=1%"), ("2024-01-31", "-0.1234", -5)))
    rows = read(EMPTY._replace(blocks=(table,)))
    assert ["'=1%", "'=1\t%", "'=1%"] in rows
    assert ["2024-01-31", "-12.34%", "-0.05"] in rows


def test_lines_end_as_in_windows() -> None:
    out = render(OWNER)
    assert out.count(b"\n") == out.count(b"\r\n") > 20


def test_tables_stand_one_after_the_other() -> None:
    rows = read(income_expenditure("洁美"))
    assert rows[0] == ["平安社区", "收支公示表"]
    assert rows[1] == ["2024年1月至6月", "账套 pingan"]
    at = rows.index(["收入"])
    assert rows[at - 1 : at + 5] == [
        [],
        ["收入"],
        ["项目", "本期金额", "占比", "笔数"],
        ["洁美", "12000.00", "12.34%", "3"],
        ["合计", "12000.00", "100.00%", "3"],
        [],
    ]
    assert ["期初结余", "88120.50"] in rows
    assert ["受托人酬金", "1440.00", "12.00%"] in rows
    assert ["A05 秩序维护费", "100800.00", "96000.00", "105.00%"] in rows
    assert rows[-1] == ["账簿共 28,417 笔凭证", f"根摘要 {ROOT}"]


@given(st.lists(st.integers(-(10**16), 10**16), min_size=1))
def test_every_amount_is_the_fen_that_was_given(fens: list[int]) -> None:
    table = Table("t", "T", (Column("a", "A", "amount"),), tuple((fen,) for fen in fens))
    rows = read(EMPTY._replace(blocks=(table,)))
    at = rows.index(["A"]) + 1
    assert [int(row[0].replace(".", "")) for row in rows[at : at + len(fens)]] == fens
