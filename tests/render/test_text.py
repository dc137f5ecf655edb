"""Text: everything stands on the grid, nothing acts on a terminal, no figure is lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.document import Bar, Bars, Cell, Column, Kind, Part, Share, Shares, Split, Table
from trustledger.money import yuan
from trustledger.render.columns import wrap
from trustledger.render.to_text import WIDTH, bar, render, table_lines

from .samples import EMPTY, HOSTILE, OWNER, ROOT, income_expenditure, with_texts

CHARS = "业主平安社区，。（）《》abc XYZ 019-./=é\u0301\u3000ｱ㎡ \t\x1b\u202e𠮷👨"
texts = st.one_of(st.text(CHARS, max_size=60), st.text(max_size=20))
amounts = st.one_of(
    st.integers(-(10**13), 10**13), st.sampled_from([0, 1, -1, 99, -99, 100, 10**15, -44_032])
)


def columns_of(text: str) -> int:
    """Display width, counted without the code under test."""
    wide = sum(unicodedata.east_asian_width(char) in ("W", "F") for char in text)
    none = sum(
        unicodedata.category(char) in ("Mn", "Me") or char in "\u200c\u200d" for char in text
    )
    wide_none = sum(
        unicodedata.category(char) in ("Mn", "Me") and unicodedata.east_asian_width(char) in "WF"
        for char in text
    )
    return len(text) + wide - none - wide_none


KINDS: tuple[Kind, ...] = ("text", "amount", "count", "date")


@st.composite
def tables(draw: st.DrawFn) -> Table:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=7))
    columns = tuple(Column(f"c{n}", draw(texts), kind) for n, kind in enumerate(kinds))

    def cell(kind: Kind) -> Cell:
        if draw(st.integers(0, 5)) == 0:
            return None
        return draw(texts) if kind in ("text", "date") else draw(amounts)

    def rows(most: int) -> tuple[tuple[Cell, ...], ...]:
        return tuple(tuple(map(cell, kinds)) for _ in range(draw(st.integers(0, most))))

    return Table("t", "", columns, rows(4), rows(2))


@given(tables())
def test_all_lines_of_a_table_have_one_display_width(table: Table) -> None:
    assert len({columns_of(line) for line in table_lines(table)}) == 1


@given(tables())
def test_figures_are_never_broken_over_lines(table: Table) -> None:
    lines = table_lines(table)
    for row in table.rows + table.totals:
        for value, column in zip(row, table.columns, strict=True):
            if column.kind == "amount" and isinstance(value, int):
                assert any(yuan(value, grouping=True) in line for line in lines)


@given(st.lists(amounts, min_size=1, max_size=8))
def test_every_amount_shown_is_the_fen_that_was_given(fens: list[int]) -> None:
    table = Table(
        "t",
        "",
        (Column("a", "业主"), Column("b", "金额", "amount")),
        tuple(("业", f) for f in fens),
    )
    shown = [line.split()[-1] for line in table_lines(table)[3:-1]]
    assert [int(text.replace(",", "").replace(".", "")) for text in shown] == fens
    assert all(text[-3] == "." for text in shown)


def test_amounts_end_in_the_same_column() -> None:
    body = [line for line in render(OWNER).decode().splitlines() if line.startswith("2024-")]
    assert len(body) == 5
    assert {columns_of(line) for line in body} == {WIDTH}


@given(texts, st.integers(2, 40))
def test_wrapping_drops_nothing_and_keeps_the_width(text: str, columns: int) -> None:
    lines = wrap(text, columns)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns_of(line) <= columns for line in lines)


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("业主共有，受托人", 8, ["业主共", "有，受托", "人"]),  # no comma begins a line
        ("业主共（有）", 8, ["业主共", "（有）"]),  # no bracket ends one
        ("a long word", 6, ["a long", "word"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("", 5, [""]),
    ],
)
def test_lines_break_by_the_chinese_rules(text: str, columns: int, lines: list[str]) -> None:
    assert wrap(text, columns) == lines


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_unseen_reaches_the_terminal(text: str) -> None:
    out = render(with_texts(text)).decode()
    unseen = {
        char
        for char in out.replace("\n", "")
        if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        and char not in "\u200c\u200d"
    }
    assert unseen == set()


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    out = render(with_texts("a\x1b[31mb\u202ec")).decode()
    assert "a[U+001B][31mb[U+202E]c" in out


@given(st.integers(0, 10**13), st.integers(1, 10**13))
def test_a_bar_is_as_long_as_its_amount(amount: int, scale: int) -> None:
    full = bar(scale, scale)
    assert abs(bar(amount, scale) * scale - full * amount) * 2 <= scale
    assert bar(0, scale) == 0


def drawn(out: bytes) -> list[str]:
    return [line[1:] for line in out.decode().splitlines() if line.startswith("│")]


def test_bars_start_at_zero_on_one_scale() -> None:
    split = Split("s", "", (Part("a", 75), Part("b", 25), Part("c", 0)))
    bars = Bars("b", "", (Bar("a", 200, 100), Bar("b", 50, 100), Bar("c", 0, -5)))
    full = bar(1, 1)
    assert [len(line) for line in drawn(render(EMPTY._replace(blocks=(split,))))] == [26, 9, 0]
    left, over, none = drawn(render(EMPTY._replace(blocks=(bars,))))
    assert (left.count("■"), left.count("□"), len(left)) == (18, 17, full)
    assert (over.count("■"), over.count("◆"), len(over)) == (9, 9, 18)
    assert none == ""
    shares = Shares("s", "", Column("n", "人", "count"), (Share("a", 4, 4), Share("b", 2, 2)))
    assert [len(line) for line in drawn(render(EMPTY._replace(blocks=(shares,))))] == [35, 18]


def test_shares_say_their_figures_and_their_part() -> None:
    area = Column("n", "面积（㎡）", "count")
    shares = Shares("s", "面积", area, (Share("赞成", 3, "97.50"), Share("反对", 1, "32.50")))
    text = render(EMPTY._replace(blocks=(shares,))).decode()
    assert "97.50  75.00%" in text and "32.50  25.00%" in text


def test_it_ends_with_the_journal() -> None:
    lines = render(income_expenditure()).decode().splitlines()
    assert lines[-2:] == ["账簿共 28,417 笔凭证", f"根摘要 {ROOT}"]


def test_what_an_owner_reads() -> None:
    lines = render(OWNER).decode().splitlines()
    assert lines[:4] == [
        "平安社区",
        "业主对账单",
        "房号 3-1-502  2024年1月至3月  账套 pingan",
        "═" * WIDTH,
    ]
    assert "期末应缴  ¥0.44" in lines
    assert "人民币（大写）肆角肆分" in lines
    assert "期初欠费＋应收－实收＝期末欠费：0.44 相符" in lines
    assert max(map(columns_of, lines)) == WIDTH


@pytest.mark.parametrize("text", ["字" * 300, "word " * 60, "x" * 300, "", "。" * 100])
def test_no_text_is_too_long_for_a_page(text: str) -> None:
    out = render(with_texts(text)).decode()
    assert max(map(columns_of, out.splitlines())) <= WIDTH
    blocks = 7 if text else 0
    assert sum(out.count(char) for char in set(text) - {" "}) >= blocks * len(text.replace(" ", ""))


def test_an_empty_table_says_so() -> None:
    assert "本期无记录" in render(EMPTY).decode()
