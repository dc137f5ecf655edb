"""PDF: what is on the pages, where it stands, and that user text is nothing but text."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger.document import (
    Bar,
    Bars,
    Block,
    Column,
    Grid,
    Kind,
    Part,
    Share,
    Shares,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.money import yuan
from trustledger.render import FORMATS, pdf_look, render
from trustledger.render.pdf_bars import scale
from trustledger.render.pdf_columns import spread
from trustledger.render.pdf_ink import HANGING, Area, Op, Rule, Text
from trustledger.render.to_pdf import Printer, printer

from .pdf_samples import BUDGET, HOSTILE, ROOT, disclosure, long_table, owner, with_text

HOME = Path(__file__).parents[2]
LEFT, RIGHT = pdf_look.LEFT, pdf_look.PAGE_WIDTH - pdf_look.RIGHT
LOW, HIGH = pdf_look.BOTTOM, pdf_look.PAGE_HEIGHT - pdf_look.TOP


def of(*blocks: Block) -> Statement:
    return long_table()._replace(blocks=blocks)


def read(pdf: bytes, *options: str) -> str:
    """The text of a PDF, by another program."""
    command = ["pdftotext", "-enc", "UTF-8", *options, "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def info(pdf: bytes) -> str:
    """What a PDF says about itself."""
    return subprocess.run(
        ["pdfinfo", "-"], input=pdf, capture_output=True, check=True
    ).stdout.decode()


def drawn(statement: Statement) -> list[list[Op]]:
    return list(printer().drawn(statement))


def texts(ops: Iterable[Op]) -> list[str]:
    return [op.text for op in ops if isinstance(op, Text)]


def ending(op: Text) -> float:
    """Where a text's ink ends: a closing bracket's blank may hang over the edge."""
    width = printer().faces.width(op.text, op.size, op.bold)
    return op.x + width - op.size * HANGING.get(op.text[-1], 0.0)


def areas(statement: Statement, *colours: pdf_look.Colour) -> list[Area]:
    return [
        op
        for page in drawn(statement)
        for op in page
        if isinstance(op, Area) and op.colour in colours
    ]


# ---- what is on the pages ------------------------------------------------------------------------


def test_an_owners_statement_is_one_page_and_says_everything() -> None:
    pdf = render(owner(7), "pdf")
    said = read(pdf, "-layout")
    flat = re.sub(r"\s+", "", said)
    assert said.count("\f") == 1
    for word in ("业主对账单", "平安社区", "2024年1月至3月", "8-2-509", "第1页共1页", "账套pingan"):
        assert word in flat
    assert ROOT in flat and "28,417笔凭证" in flat
    for label, approved, spent in BUDGET:
        assert label in flat
        assert yuan(approved, grouping=True) in said and yuan(spent, grouping=True) in said
    for table in owner(7).tables:
        for row in (*table.rows, *table.totals):
            for cell, column in zip(row, table.columns, strict=True):
                if isinstance(cell, int) and column.kind == "amount":
                    assert yuan(cell, grouping=True) in said


def test_every_amount_of_the_disclosure_can_be_copied_out() -> None:
    said = read(render(disclosure(), "pdf"), "-layout")
    for table in disclosure().tables:
        for row in (*table.rows, *table.totals):
            for cell, column in zip(row, table.columns, strict=True):
                if isinstance(cell, int) and column.kind == "amount":
                    assert yuan(cell, grouping=True) in said


def test_metadata_says_what_and_whose_it_is_and_no_time() -> None:
    pdf = render(owner(), "pdf")
    said = info(pdf)
    assert re.search(r"Title: +业主对账单 1-1-502 2024年1月至3月\n", said)
    assert re.search(r"Author: +平安社区\n", said)
    assert "Date" not in said and "Producer" not in said
    assert re.search(r"JavaScript: +no\n", said)
    for key in (b"/URI", b"/Annots", b"/JavaScript", b"/OpenAction", b"/Helvetica"):
        assert key not in pdf


def test_all_fonts_are_embedded_with_their_text() -> None:
    pdf = render(owner(), "pdf")
    done = subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True)
    rows = done.stdout.decode().splitlines()[2:]
    assert len(rows) == 2
    assert all(row.split()[-5:-2] == ["yes", "yes", "yes"] for row in rows)


@pytest.mark.parametrize(("rows", "count"), [(3, 1), (600, 12)])
def test_pages_are_numbered_and_the_head_of_a_table_comes_again(rows: int, count: int) -> None:
    pages = drawn(long_table(rows))
    assert len(pages) == count
    for number, page in enumerate(pages, start=1):
        said = texts(page)
        assert f"第 {number} 页　共 {count} 页" in said
        assert said.count("金额（元）") == 1
    read_ = re.sub(r"\s+", "", read(render(long_table(rows), "pdf")))
    assert [f"第{n}页共{count}页" in read_ for n in range(1, count + 1)] == [True] * count
    vouchers = [text for page in pages for text in texts(page) if re.fullmatch(r"\d{4}", text)]
    assert vouchers == [f"{n:04d}" for n in range(1, rows + 1)]


@pytest.mark.parametrize("rows", range(45, 60))
def test_a_head_is_never_alone_and_totals_never_part_from_the_last_row(rows: int) -> None:
    for blocks in ((long_table(rows).blocks[0], long_table(4).blocks[0]), long_table(rows).blocks):
        for page in drawn(of(*blocks)):
            said = texts(page)
            if "合计" in said:
                place = said.index("合计")
                assert any(re.fullmatch(r"\d{4}", text) for text in said[:place])
            last = max(n for n, text in enumerate(said) if text.startswith("第 ")) - 1
            assert "金额（元）" not in said[last - 2 : last]


# ---- nothing is obeyed, nothing is lost ----------------------------------------------------------


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_drawn_as_it_is_everywhere(text: str) -> None:
    statement = with_text(text)
    pdf = render(statement, "pdf")
    clean = printer().faces.clean(text)
    said = "".join(texts(op for page in drawn(statement) for op in page)).replace(" ", "")
    assert clean.replace(" ", "") in said or len(clean) > 60
    (title,) = re.findall(r"^Title:(.*)$", info(pdf), re.M)  # a string, as text of pages is
    assert "".join(title.split()).startswith("".join(clean[:150].split()))
    quiet = render(statement._replace(title="x", community="x", subject="x"), "pdf")
    for key in (b"/URI", b"/Annots", b"/JavaScript", b"/Launch", b"/XObject", b"/EmbeddedFile"):
        assert key not in quiet
    if clean.strip(" \u3000") and len(clean) < 60:
        assert re.sub(r"\s", "", clean) in re.sub(r"\s", "", read(render(of(
            Words("w", "", (text,))), "pdf")))  # fmt: skip


def test_a_hundred_thousand_characters() -> None:
    for text in ("长" * 100_000, "W" * 100_000, "<b>" * 33_333, "\u202e" * 20_000):
        assert render(with_text(text), "pdf").startswith(b"%PDF-1.4")


WATCHED = """
import sys, sysconfig
from tests.render import pdf_samples
from trustledger.render.to_pdf import printer, render
import encodings.utf_16_be, encodings.idna
printer()
seen = []
def hook(event, arguments):
    if event in ("open", "os.open") or event.startswith(("socket.", "subprocess.", "os.exec",
            "os.posix_spawn", "os.system", "urllib.", "ftplib.", "webbrowser.", "import")):
        seen.append((event, str(arguments[0])))
sys.addaudithook(hook)
for text in pdf_samples.HOSTILE:
    render(pdf_samples.with_text(text))
ours = (sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"))
bad = [it for it in seen if it[0] != "import" and not it[1].startswith(ours)]
print(bad, len(pdf_samples.HOSTILE))
"""


def run(code: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=HOME,
        env=os.environ | {"PYTHONPATH": str(HOME)} | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def test_no_file_is_opened_and_nothing_is_dialled() -> None:
    bad, _, count = run(WATCHED).strip().rpartition(" ")
    assert bad == "[]"
    assert int(count) >= 40


# ---- the same everywhere -------------------------------------------------------------------------

DIGESTS = """
import hashlib
from tests.render.pdf_samples import *
from trustledger.render.to_pdf import render
for statement in (owner(3), disclosure(), with_text(HOSTILE[0]), long_table(90), owner(4)):
    print(hashlib.sha256(render(statement)).hexdigest())
"""


def test_the_same_bytes_in_every_process() -> None:
    here = [
        hashlib.sha256(Printer().render(statement)).hexdigest()
        for statement in (
            owner(3), disclosure(), with_text(HOSTILE[0]), long_table(90), owner(4),
        )
    ]  # fmt: skip
    for seed, zone, lang in (("1", "Asia/Shanghai", "C.UTF-8"), ("77", "America/New_York", "C")):
        there = run(DIGESTS, PYTHONHASHSEED=seed, TZ=zone, LANG=lang, LC_ALL=lang)
        assert there.split() == here
    assert run(DIGESTS, SOURCE_DATE_EPOCH="1700000000").split() == here


def test_what_was_rendered_before_leaves_no_trace() -> None:
    fresh = Printer().render(owner(5))
    used = Printer()
    for statement in (disclosure(), with_text(HOSTILE[3]), owner(6), owner(5)):
        last = used.render(statement)
    assert last == fresh == used.render(owner(5))


GLOBALS = """
import copy
from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics, pdfdoc, ttfonts
def look():
    return copy.deepcopy((
        {k: v for k, v in vars(rl_config).items() if isinstance(v, (int, str, float, list, tuple))},
        sorted(pdfmetrics._fonts), sorted(pdfmetrics._typefaces), sorted(pdfmetrics._encodings),
        sorted(pdfmetrics._dynFaceNames), sorted(vars(pdfdoc)), sorted(vars(pdfdoc.PDFInfo)),
    ))
before = look()
from tests.render.pdf_samples import owner
from trustledger.render.to_pdf import render
one = render(owner())
assert look() == before
rl_config.useA85 = 1 - rl_config.useA85
rl_config.pageCompression = 0
rl_config.invariant = 1 - rl_config.invariant
rl_config.documentLang = "xx"
rl_config.canvas_basefontname = "Courier"
after = look()
assert render(owner()) == one
assert look() == after
"""


def test_reportlabs_settings_are_neither_changed_nor_obeyed() -> None:
    run(GLOBALS)


# ---- where it stands -----------------------------------------------------------------------------


def within(statement: Statement) -> None:
    """Everything stands inside the frame, and no slice of the body reaches into the foot."""
    for page in drawn(statement):
        for op in page:
            match op:
                case Text():
                    end, top, low = ending(op), op.size, 0.3
                    assert op.y - low * op.size >= LOW - 3 and op.y + top * 0.9 <= HIGH + 3
                case Rule():
                    end = op.x + op.right
                    assert min(op.y, op.y + op.up) >= LOW
                case _:
                    end = op.x + op.width
                    assert op.y >= LOW and op.y + op.height <= HIGH + 1e-6
            assert op.x >= LEFT - 1e-6 and end <= RIGHT + 1e-3, op
    for placed in printer().pages(statement):
        for (y, part), (following, _) in pairwise(placed[:-1]):
            assert following <= y - part.height + 1e-6
        (y, part), (foot, _) = placed[-2:]
        assert y - part.height >= foot - 1e-6


@pytest.mark.parametrize("text", [text for text in HOSTILE if text])
def test_hostile_text_stays_inside_the_margins(text: str) -> None:
    within(with_text(text))


def test_samples_stay_inside_the_margins() -> None:
    for statement in (owner(), owner(8), disclosure(), long_table(700)):
        within(statement)


CELLS = st.one_of(
    st.none(),
    st.integers(-(10**13), 10**13),
    st.text(st.sampled_from("一二三，。（）abcWxyz 0123.,-/\U0001f600𬱖"), max_size=90),
)
KINDS: st.SearchStrategy[Kind] = st.sampled_from(("text", "amount", "count", "rate", "date"))


@st.composite
def tables(draw: st.DrawFn) -> Table:
    count = draw(st.integers(1, 12))
    columns = tuple(
        Column(str(n), draw(st.text("项目金额abc （元）", max_size=12)), draw(KINDS), draw(
            st.floats(0.1, 9))) for n in range(count)
    )  # fmt: skip
    rows = st.lists(st.tuples(*[CELLS] * count), max_size=8)
    return Table("t", draw(st.text(max_size=40)), columns, tuple(draw(rows)), tuple(
        draw(rows)[:2]), draw(st.text(max_size=90)))  # fmt: skip


@given(tables())
@settings(max_examples=120, deadline=None)
def test_any_table_stays_inside_the_margins(table: Table) -> None:
    within(of(table))


@given(tables(), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_columns_do_not_overlap(table: Table, lines: int) -> None:
    for page in printer().pages(of(Words("w", "", ("x",) * lines), table)):
        for _, part in page[1:-1]:
            cells: dict[float, list[tuple[float, float]]] = {}
            for op in part.ops:
                if isinstance(op, Text):
                    cells.setdefault(round(op.y, 3), []).append((op.x, ending(op)))
            for line in cells.values():
                for (_, end), (start, _) in pairwise(sorted(line)):
                    assert end <= start + 1e-3


@given(st.lists(st.tuples(*[st.floats(0.1, 100)] * 3), min_size=1, max_size=9), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_widths_add_up_within_their_bounds(
    columns: list[tuple[float, float, float]], part: float
) -> None:
    weights, low, more = zip(*columns, strict=True)
    high = [least + extra for least, extra in zip(low, more, strict=True)]
    room = sum(low) + part * sum(more)
    widths = spread(room, weights, low, high)
    assert sum(widths) == pytest.approx(room)
    for width, least, most in zip(widths, low, high, strict=True):
        assert least - 1e-6 <= width <= most + 1e-6


def test_amounts_of_a_column_end_on_one_axis() -> None:
    ops = [op for page in drawn(long_table(30)) for op in page if isinstance(op, Text)]
    ends = {round(ending(op), 6) for op in ops if re.fullmatch(r"-?[\d,]+\.\d\d", op.text)}
    assert ends == {round(RIGHT, 6)}


# ---- bars ----------------------------------------------------------------------------------------

FEN = st.one_of(st.just(0), st.integers(0, 10**4), st.integers(0, 10**13))


@given(st.lists(st.tuples(FEN, FEN), min_size=1, max_size=12))
@settings(max_examples=150, deadline=None)
def test_bars_begin_at_zero_and_are_as_long_as_amounts(lines: list[tuple[int, int]]) -> None:
    statement = of(Bars("b", "", tuple(Bar(f"项目{n}", *line) for n, line in enumerate(lines))))
    (page,) = drawn(statement)
    zero = next(op for op in page if isinstance(op, Text) and op.text == "0").x
    longest = max(max(line) for line in lines)
    bars: dict[float, dict[pdf_look.Colour, Area]] = {}
    for op in page:
        if isinstance(op, Area) and op.height in (8.0, 4.0):
            bars.setdefault(round(op.y + op.height / 2, 3), {})[op.colour] = op
    if not longest:
        assert not bars
        return
    unit = max(op.x + op.width - zero for row in bars.values() for op in row.values()) / longest
    assert unit * longest > 60  # the longest bar is long enough to be read
    rows = [row for _, row in sorted(bars.items(), reverse=True)]
    for approved, spent in (line for line in lines if any(line)):
        row = rows.pop(0)
        pale = row.get(pdf_look.APPROVED)
        dark = [row[colour] for colour in (pdf_look.SPENT, pdf_look.OVER) if colour in row]
        assert (pale.width if pale else 0) == pytest.approx(approved * unit, abs=0.5)
        assert sum(op.width for op in dark) == pytest.approx(spent * unit, abs=0.5)
        for first in (*([pale] if pale else []), *dark[:1]):
            assert first.x == pytest.approx(zero, abs=0.5)
        assert (pdf_look.OVER in row) == (spent > approved)
        if len(dark) == 2:
            assert dark[1].x == pytest.approx(dark[0].x + dark[0].width, abs=1e-6)


@given(st.lists(st.tuples(st.integers(-(10**12), 10**13), st.integers(-(10**12), 10**13))))
def test_an_axis_has_zero_and_all_amounts_on_it(lines: list[tuple[int, int]]) -> None:
    axis = scale([Bar("", *line) for line in lines], 100, 200)
    assert 0 in axis.ticks()
    assert len(axis.ticks()) <= 8
    for fen in (0, *(fen for line in lines for fen in line)):
        assert 100 - 1e-6 <= axis.at(fen) <= 300 + 1e-6


@given(st.lists(FEN, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_the_parts_of_a_split_are_the_whole_and_in_proportion(amounts: list[int]) -> None:
    split = Split("s", "", tuple(Part(f"部分{n}", fen) for n, fen in enumerate(amounts)))
    parts = [op for op in areas(of(split), *pdf_look.PARTS) if op.height == 13.0]
    whole = sum(amounts)
    assert len(parts) == sum(fen > 0 for fen in amounts)
    if whole:
        assert parts[0].x == LEFT
        assert sum(op.width for op in parts) == pytest.approx(pdf_look.FRAME, abs=1e-6)
        for op, fen in zip(parts, (fen for fen in amounts if fen), strict=True):
            assert op.width == pytest.approx(pdf_look.FRAME * fen / whole, abs=0.01)
        for before, after in pairwise(parts):
            assert after.x == pytest.approx(before.x + before.width, abs=1e-6)


@given(st.lists(FEN, min_size=1, max_size=12))
@settings(max_examples=60, deadline=None)
def test_shares_begin_at_zero_and_are_as_long_as_their_sizes(sizes: list[int]) -> None:
    parts = tuple(Share(f"项目{n}", size, size) for n, size in enumerate(sizes))
    (page,) = drawn(of(Shares("s", "", Column("n", "金额", "amount"), parts)))
    bars = [op for op in page if isinstance(op, Area) and op.height == 7.0]
    known = [size for size in sizes if size]
    longest = max((op.width for op in bars), default=0.0)
    assert len(bars) == len(known) or max(sizes) > 10**3  # a sliver may have no width
    zero = next(op.x for op in page if isinstance(op, Rule) and op.up)
    for op, size in zip(bars, known, strict=False) if len(bars) == len(known) else ():
        assert op.x == pytest.approx(zero, abs=0.5)
        assert op.width == pytest.approx(longest * size / max(sizes), abs=0.5)
    if known:
        assert longest > 60


def test_twelve_and_eighty_eight() -> None:
    split = next(block for block in owner().blocks if isinstance(block, Split))
    exact = Split("s", "", (Part("受托人酬金", 12_000), Part("公共区域与居民服务", 88_000)))
    widths = [op.width for op in areas(of(exact), *pdf_look.PARTS) if op.height == 13.0]
    assert widths == pytest.approx([pdf_look.FRAME * 0.12, pdf_look.FRAME * 0.88], abs=0.001)
    said = texts(drawn(of(split))[0])
    assert said.count("12.00%") == 2 and said.count("88.00%") == 2


def test_nothing_is_said_to_be_nothing() -> None:
    empty: tuple[Block, ...] = (
        Split("s", "收入", (), "附注"),
        Bars("b", "预算", (), "附注"),
        Shares("h", "去向", Column("n", "金额", "amount"), (), "附注"),
        Grid("g", "情况", ()),
        Words("w", "", ()),
        Table("t", "表", (Column("a", "项目"),), ()),
    )
    for block in empty:
        assert "本期无记录" in texts(drawn(of(block))[0])
    assert FORMATS["pdf"](of()).startswith(b"%PDF")
