"""HTML: user text is never markup, figures are exact, drawings are honest."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.document import (
    Bar,
    Bars,
    BarWords,
    Check,
    Column,
    Part,
    Share,
    Shares,
    Split,
    Statement,
    Table,
)
from trustledger.render.cells import plain
from trustledger.render.to_html import fragment, render

from .samples import EMPTY, HOSTILE, OWNER, ROOT, income_expenditure, with_texts

TAGS = (
    "html head meta title style body main header footer section h1 h2 p bdi div dl dt dd ul li "
    "table caption colgroup col thead tbody tfoot tr th td svg rect code span"
)
ATTRIBUTES = (
    "lang charset http-equiv content name class style scope role tabindex aria-label aria-hidden "
    "colspan width height viewbox preserveaspectratio x y fill"
)


class Seen(HTMLParser):
    """What a browser would see: elements with their attributes, and texts."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.others: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def seen(statement: Statement) -> Seen:
    return Seen(render(statement).decode("utf-8"))


@pytest.mark.parametrize("text", HOSTILE)
def test_user_text_is_never_markup(text: str) -> None:
    for make in (lambda s: render(s).decode(), fragment):
        hostile, harmless = Seen(make(with_texts(text))), Seen(make(with_texts("x")))
        assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in harmless.elements]
        assert hostile.others == harmless.others == []
        for (tag, attributes), (_, expected) in zip(
            hostile.elements, harmless.elements, strict=True
        ):
            assert tag in TAGS.split()
            assert list(attributes) == list(expected)
            assert set(attributes) <= set(ATTRIBUTES.split())
            assert attributes.get("style", "") == expected.get("style", "")
        assert sum(plain(text) in data for data in hostile.texts) >= 20  # it is all still there


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = render(income_expenditure()).decode()
    for word in ("http:", "https:", "//", "url(", "@import", "<script", "<link", "javascript"):
        assert word not in page
    policy = next(m["content"] for m in seen(OWNER).all("meta") if "http-equiv" in m)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"


def test_the_page_says_what_it_is_to_a_reader_who_does_not_see_it() -> None:
    page = seen(income_expenditure())
    assert page.all("html") == [{"lang": "zh-CN"}]
    assert len(page.all("h1")) == 1
    assert len(page.all("caption")) == 2
    assert {header["scope"] for header in page.all("th")} == {"col", "row"}
    says = [svg["aria-label"] for svg in page.all("svg") if svg.get("role") == "img"]
    assert says[0] == "业主共有 10,560.00 元；受托人酬金 1,440.00 元"
    assert says[3] == "支出 100,800.00 元，预算 96,000.00 元"
    assert len(says) == 5
    assert all("role" in svg or svg["aria-hidden"] == "true" for svg in page.all("svg"))


def test_what_an_owner_reads() -> None:
    texts = seen(OWNER).texts
    for text in (
        "业主对账单",
        "房号 3-1-502",
        "¥0.44",
        "人民币（大写）肆角肆分",
        "账簿共 1,204 笔凭证",
        ROOT,
    ):
        assert text in texts
    assert (
        "日期：\u2003\u2003\u2003年\u2003\u2003月\u2003\u2003日" in seen(income_expenditure()).texts
    )


def rects(statement: Statement, kind: str) -> list[list[tuple[int, int]]]:
    """Start and length of every bar of every drawing of a kind."""
    found: list[list[tuple[int, int]]] = []
    inside = False
    for tag, attributes in seen(statement).elements:
        if tag == "svg":
            inside = attributes["class"] == kind
            found += [[]] if inside else []
        elif tag == "rect" and inside:
            found[-1].append((int(attributes["x"]), int(attributes["width"])))
    return found


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=8).filter(any))
def test_the_parts_of_the_whole_are_as_long_as_they_are_large(fens: list[int]) -> None:
    split = Split("s", "", tuple(Part(str(n), fen) for n, fen in enumerate(fens)))
    (parts,) = rects(EMPTY._replace(blocks=(split,)), "whole")
    assert parts[0][0] == 0
    for (start, length), (following, _) in zip(parts, [*parts[1:], (10_000, 0)], strict=True):
        assert start + length == following  # no gap, and the whole is filled
    for (_, length), fen in zip(parts, fens, strict=True):
        assert abs(length - 10_000 * fen / sum(fens)) <= 1


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(-(10**9), 10**9)), min_size=1))
def test_spending_and_budget_start_at_zero_on_one_scale(pairs: list[tuple[int, int]]) -> None:
    bars = Bars("b", "", tuple(Bar("x", approved, spent) for approved, spent in pairs))
    scale = max(max(pair) for pair in pairs) or 1
    drawings = rects(EMPTY._replace(blocks=(bars,)), "bar")
    assert len(drawings) == len(pairs)
    for drawing, (approved, spent) in zip(drawings, pairs, strict=True):
        assert drawing[0][0] == drawing[1][0] == 0
        assert abs(drawing[0][1] - 10_000 * approved / scale) <= 0.5
        reached = drawing[-1][0] + drawing[-1][1]  # over the budget a third piece follows on
        assert abs(reached - 10_000 * max(spent, 0) / scale) <= 0.5
        assert len(drawing) == 2 or drawing[2][0] == drawing[0][1]


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=8))
def test_shares_start_at_zero_on_one_scale(sizes: list[int]) -> None:
    parts = tuple(Share("x", size, size) for size in sizes)
    shares = Shares("s", "", Column("n", "人数", "count"), parts)
    drawings = rects(EMPTY._replace(blocks=(shares,)), "bar")
    assert len(drawings) == len(sizes)
    for ((start, length),), size in zip(drawings, sizes, strict=True):
        assert start == 0
        assert abs(length - 10_000 * size / (max(sizes) or 1)) <= 0.5


def test_bars_say_their_own_words() -> None:
    words = BarWords("已付", "合同额", "付款比例", "已付款", "合同余额", "超出合同")
    page = render(
        EMPTY._replace(blocks=(Bars("b", "", (Bar("x", 200, 100),), "", words),))
    ).decode()
    for word in words:
        if word != "超出合同":
            assert word in page
    assert "预算余额" not in page and "已付 1.00 元，合同额 2.00 元" in page


@given(st.lists(st.integers(-(10**16), 10**16), min_size=1, max_size=20))
def test_every_amount_is_the_fen_that_was_given(fens: list[int]) -> None:
    table = Table("t", "", (Column("a", "A", "amount"),), tuple((fen,) for fen in fens))
    page = render(EMPTY._replace(blocks=(table,))).decode()
    body = Seen(page.partition("<tbody>")[2].partition("</tbody>")[0])
    assert [attributes for tag, attributes in body.elements if tag == "td"] == [
        {"class": "n"} for _ in fens
    ]
    shown = [text for text in body.texts if text.strip()]
    assert [int(text.replace(",", "").replace(".", "")) for text in shown] == fens
    assert all(text[-3] == "." for text in shown)


def test_a_table_of_many_figures_lies_on_its_side() -> None:
    columns = tuple(Column(str(n), "期初欠费", "amount") for n in range(8))
    small, large = (
        EMPTY._replace(blocks=(Table("t", "", columns, ((fen,) * 8,)),)) for fen in (99999, 10**9)
    )
    assert seen(small).all("main") == [{"class": "trustledger"}]
    assert seen(large).all("main") == [{"class": "trustledger wide"}]
    assert seen(OWNER).all("main") == [{"class": "trustledger"}]


def test_a_fragment_is_one_closed_element_with_the_figures() -> None:
    text = fragment(OWNER)
    assert text.startswith('<div class="trustledger"><style>')
    assert text.endswith("</div>")
    assert text.count("<div") == text.count("</div>")
    assert "<html" not in text
    assert "@page" not in text  # it must not set the paper of the page it stands in
    assert {"¥0.44", "375.36", ROOT} <= set(Seen(text).texts)


def test_a_fragment_shows_a_failing_check_with_both_figures() -> None:
    failing = fragment(OWNER._replace(checks=(Check("现金", 100, -200),)))
    texts = Seen(failing).texts
    assert texts.index("现金：1.00 ≠ -2.00") < texts.index("业主对账单")
    assert "≠" not in fragment(OWNER)
