"""Faces: every character that is drawn has a glyph, and a document embeds just what it draws."""

from __future__ import annotations

import io
import zlib
from functools import cache
from typing import Any

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger.render.pdf_fonts import CachedFont, MissingCharacterError
from trustledger.render.pdf_look import BOLD_CORE, CORE
from trustledger.render.pdf_type import ELLIPSIS, Faces
from trustledger.render.to_pdf import printer

from .pdf_samples import HOSTILE

BLANK = set(" \xa0\u2002\u2003\u3000")
TEXTS = st.text(st.characters(exclude_categories=()), max_size=200)


@pytest.fixture(scope="module")
def faces() -> Faces:
    return printer().faces


def inked(font: CachedFont, char: str) -> bool:
    """Whether the font leaves ink for the character: whether it has an outline of its own."""
    number = font.face.charToGlyph.get(ord(char), 0)
    return bool(number and font.face.glyphPos[number + 1] > font.face.glyphPos[number])


@cache
def original(path: str) -> Any:
    """The font file, read by another program."""
    return TTFont(path)


def test_no_visible_character_of_the_fonts_is_blank(faces: Faces) -> None:
    for font in (faces.regular, faces.bold):
        assert {char for char in font.chars if not inked(font, char)} <= BLANK


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("bold", [False, True])
def test_hostile_text_is_drawn_with_ink_or_as_code(faces: Faces, text: str, bold: bool) -> None:
    clean = faces.clean(text)
    for has, run in faces.runs(clean, bold):
        font = faces.bold if has else faces.regular
        assert all(char in BLANK or inked(font, char) for char in run)
    assert "".join(run for _, run in faces.runs(clean, bold)) == clean


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_no_text_has_a_silent_hole(text: str) -> None:
    faces = printer().faces
    clean = faces.clean(text)
    assert faces.regular.chars.issuperset(clean)
    assert faces.clean(clean) == clean
    assert not set(clean) & set(
        "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u200b\ufeff\0\n\t"
    )


def test_what_is_lacking_or_reorders_is_shown_by_code(faces: Faces) -> None:
    assert faces.clean("甲\U0001f600乙") == "甲[U+1F600]乙"
    assert faces.clean("\u202e00.1\u202c") == "[U+202E]00.1[U+202C]"
    assert faces.clean("a\u200bb\ufeff") == "a[U+200B]b[U+FEFF]"
    assert faces.clean("tab\tand\r\nline") == "tab and line"
    assert faces.clean("邉\U000e0100") == "邉"
    assert faces.clean("e\u0301") == "é"


def test_rare_names_are_drawn_and_bold_falls_back_to_regular(faces: Faces) -> None:
    rare = "𬱖㛃𬭎䶮𫖯犇龘喆堃淼"
    assert faces.clean(rare) == rare
    missing = next(char for char in sorted(faces.regular.chars) if char not in faces.bold.chars)
    assert list(faces.runs(f"甲{missing}乙", True)) == [
        (True, "甲"),
        (False, missing),
        (True, "乙"),
    ]


def test_all_level_one_and_two_characters_of_gb2312_are_there(faces: Faces) -> None:
    codes = (bytes((row, n)) for row in range(0xB0, 0xF8) for n in range(0xA1, 0xFF))
    chars = {code.decode("gb2312", "ignore") for code in codes} - {""}
    assert len(chars) == 6763
    assert chars <= faces.regular.chars
    assert chars <= faces.bold.chars


def test_a_character_without_a_glyph_is_never_embedded(faces: Faces) -> None:
    with pytest.raises(MissingCharacterError, match=r"U\+1F600"):
        faces.regular.operators("\U0001f600", 9)
    with pytest.raises(MissingCharacterError):
        faces.regular.glyph("\U0001f600")


def test_digits_have_one_width(faces: Faces) -> None:
    for bold in (False, True):
        assert len({faces.width(digit, 8, bold) for digit in "0123456789"}) == 1


def test_the_core_is_drawn_in_its_own_face(faces: Faces) -> None:
    assert faces.regular.chars.issuperset(CORE)
    assert faces.bold.chars.issuperset(BOLD_CORE)


@given(st.sets(st.sampled_from(sorted(printer().faces.regular.chars)), max_size=120))
@settings(max_examples=30, deadline=None)
def test_a_subset_is_a_sound_font_with_the_same_outlines(chars: set[str]) -> None:
    font = printer().faces.regular
    whole = original(font.face.filename)
    parts = font._embed(frozenset(chars))
    head, _, rest = parts.file.partition(b"stream\n")
    file = zlib.decompress(rest.removesuffix(b"\nendstream\n"))
    assert f"/Length1 {len(file)} ".encode() in head
    assert sum(int.from_bytes(file[n : n + 4]) for n in range(0, len(file), 4)) & 0xFFFFFFFF == (
        0xB1B0AFBA
    )
    cut = TTFont(io.BytesIO(file), checkChecksums=2)
    table = zlib.decompress(parts.glyphs.partition(b"stream\n")[2].removesuffix(b"\nendstream\n"))
    names, order = whole.getBestCmap(), cut.getGlyphOrder()
    for char in chars | set(CORE):
        code = 2 * int(font.codes[char], 16)
        name = order[int.from_bytes(table[code : code + 2])]
        was = names[ord(char)]
        assert cut["glyf"][name] == whole["glyf"][was]
        assert cut["hmtx"][name] == whole["hmtx"][was]
        assert whole["hmtx"][was][0] == round(1000 * printer().faces.width(char, 1))


@given(
    st.text(st.sampled_from("一二三，。（）《》“”abcxyz 0123.,-/"), max_size=120),
    st.floats(20, 300),
)
@settings(max_examples=200, deadline=None)
def test_lines_fit_and_lose_nothing(text: str, room: float) -> None:
    faces = printer().faces
    lines = list(faces.lines(text, 8, room))
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(faces.width(line, 8) <= room + 1e-6 for line in lines)


@given(
    st.lists(
        st.sampled_from(("一二三四", "五，", "六。", "《七》", "（八）", "九、")), max_size=40
    ),
    st.floats(33, 300),
)
@settings(max_examples=200, deadline=None)
def test_no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one(
    words: list[str], room: float
) -> None:
    for line in printer().faces.lines("".join(words), 8, room):
        assert line[:1] not in "，。》）、" or not line
        assert line[-1:] not in "《（" or not line


def test_lines_keep_words_and_obey_line_rules(faces: Faces) -> None:
    room = faces.width("一二三四", 8)
    assert list(faces.lines("一二三四，五六", 8, room)) == ["一二三", "四，五六"]
    assert list(faces.lines("一二三（四五）", 8, room)) == ["一二三", "（四五）"]
    assert list(faces.lines("一二 word 三", 8, room)) == ["一二", "word 三"]
    assert list(faces.lines("abcdefghijklmnop", 8, room)) == ["abcdefg", "hijklmn", "op"]
    assert list(faces.lines("", 8, room)) == [""]


def test_long_text_is_made_smaller_and_only_then_cut(faces: Faces) -> None:
    assert faces.fit("一" * 10, 8, 80.1, 1) == (["一" * 10], 8)
    smaller = faces.fit("一" * 11, 8, 80.1, 1)
    assert smaller.lines == ["一" * 11] and smaller.size == pytest.approx(7.2)
    cut = faces.fit("一" * 100_000, 8, 80.1, 6)
    assert len(cut.lines) == 6 and cut.lines[-1].endswith(ELLIPSIS)
    assert all(faces.width(line, cut.size) <= 80.1 for line in cut.lines)
