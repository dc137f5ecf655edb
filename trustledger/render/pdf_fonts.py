"""TrueType fonts that make many small PDFs cheap.

ReportLab's ``TTFont`` cuts its subsets out of the whole font, and compresses them, anew for each
document. Here the characters of a fixed template are laid out in the first subsets once, in a
fixed order: what a document embeds of them is the same bytes in every document, and is built once
in a process. The characters outside the template, mostly those of names, go to further, small
subsets of the one document. A document embeds only those subsets that its text uses.

Nothing here depends on what was drawn before: the same document has the same bytes whoever
draws it, and when. Nothing is registered with ReportLab, whose list of fonts is the host's.

A character that the font lacks is an error when drawn, never an empty box: see :mod:`pdf_type`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from reportlab.pdfbase.ttfonts import TTEncoding, TTFont  # type: ignore[import-untyped]

from trustledger.render.pdf_subsets import FULL, HEAD, Built, Face, build

_ASCII = "".join(map(chr, range(0x21, 0x7F)))
_READY = 4096  # texts whose codes are remembered: labels, dates and the like come again and again


class MissingCharacterError(ValueError):
    """The font has no glyph for a character that is to be drawn: a bug of whoever drew it."""

    def __init__(self, font_name: str, char: str) -> None:
        super().__init__(f"font {font_name} has no character U+{ord(char):04X} {char!r}")
        self.font_name = font_name
        self.char = char


class Coded(NamedTuple):
    """A text as PDF operators, and the template's subsets that these name."""

    operators: str
    subsets: frozenset[int]


class _State:
    """One document's codes: the template's, and its own after them."""

    def __init__(self, codes: dict[str, int]) -> None:
        self.codes = codes
        self.own: list[list[int]] = []
        self.used: set[int] = set()
        self.known = False


def _place(subsets: list[list[int]], char: str) -> int:
    """Give the character the next free code; the result is subset << 8 | code."""
    if not subsets or len(subsets[-1]) == FULL:
        subsets.append(HEAD.copy())
    subsets[-1].append(ord(char))
    return (len(subsets) - 1) << 8 | len(subsets[-1]) - 1


class CachedFont(TTFont):  # type: ignore[misc]  # ReportLab has no types
    """A font whose template characters cost a document next to nothing.

    Each text of ``template`` begins a subset; ASCII and 129 more characters share the first one.
    Characters that are used together belong together, because a document embeds whole subsets.
    ``resource`` is the font's name inside a PDF; the fonts of one document must not share it.
    """

    def __init__(self, name: str, filename: str, resource: str, template: Iterable[str]) -> None:
        # TTFont's own __init__ is not called: it would make a plain face.
        self.fontName = name
        self.face = Face(filename)
        self.encoding = TTEncoding()
        self.state: WeakKeyDictionary[Any, _State] = WeakKeyDictionary()
        self.shapable = False  # the same output with a shaping library and without
        self.resource = resource
        self.chars = frozenset(map(chr, self.face.charToGlyph))
        self._subsets: list[list[int]] = []
        self._codes = {" ": 0x20, "\xa0": 0x20}
        self._built: dict[int, Built] = {}
        self.coded = lru_cache(_READY)(self._coded)
        for number, group in enumerate((_ASCII, *template)):
            if number > 1:
                self._subsets.append(HEAD.copy())
            for char in dict.fromkeys(group):
                if char not in self._codes:
                    self._codes[char] = self._checked_place(self._subsets, char)

    def warm(self) -> None:
        """Build the template's subsets now, say before processes are forked."""
        for number in range(len(self._subsets)):
            self._template_built(number)

    def _coded(self, text: str, size: float) -> Coded | None:
        """The text as operators that serve every document, or None if it needs own subsets."""
        if any(char not in self._codes for char in text):
            return None
        runs = self._runs(text, _State(self._codes))
        return Coded(self._operators(runs, size), frozenset(subset for subset, _ in runs))

    def operators(self, text: str, size: float, doc: Any) -> str:
        """The text as PDF operators (``Tf`` and ``Tj``) of one document, in points."""
        return self._operators(self.splitString(text, doc), size)

    def use(self, subsets: Iterable[int], doc: Any) -> None:
        """Say that the document draws with these of the template's subsets."""
        self._known(doc).used.update(subsets)

    def splitString(  # noqa: N802
        self, text: str | bytes, doc: Any, encoding: str = "utf-8"
    ) -> list[tuple[int, bytes]]:
        """Split text into runs of one subset each: (subset, codes). Called by a canvas too."""
        if isinstance(text, bytes):
            text = text.decode(encoding)
        state = self._known(doc)
        runs = self._runs(text, state)
        state.used.update(subset for subset, _ in runs)
        return runs

    def getSubsetInternalName(self, subset: int, doc: Any) -> str:  # noqa: N802
        """The PDF resource name of a subset. Called by a canvas."""
        self._known(doc)
        return f"/{self.resource}+{subset}"

    def addObjects(self, doc: Any) -> None:  # noqa: N802
        """Write the subsets that the document used. Called when it is saved."""
        state = self.state.pop(doc)
        count = len(self._subsets)
        for number in sorted(state.used):
            if number < count:
                built = self._template_built(number)
            else:  # small, and never used again: not worth much time to press
                built = build(self.face, state.own[number - count], level=1)
            built.add(doc, f"{self.resource}+{number}")

    def _known(self, doc: Any) -> _State:
        """The document's state; the document learns here that it has this font."""
        state = self.state.get(doc)
        if state is None:
            state = self.state[doc] = _State(self._codes.copy())
            doc.fontMapping[self.fontName] = f"/{self.resource}"
            doc.delayedFonts.append(self)
        return state

    def _runs(self, text: str, state: _State) -> list[tuple[int, bytes]]:
        runs: list[tuple[int, bytearray]] = []
        current = -1
        for char in text:
            code = state.codes.get(char)
            if code is None:
                code = self._checked_place(state.own, char) + (len(self._subsets) << 8)
                state.codes[char] = code
            if code >> 8 != current and (code != 0x20 or current < 0):
                current = code >> 8
                runs.append((current, bytearray()))
            runs[-1][1].append(code & 0xFF)
        return [(subset, bytes(run)) for subset, run in runs]

    def _operators(self, runs: list[tuple[int, bytes]], size: float) -> str:
        return "".join(
            f"/{self.resource}+{subset} {size:g} Tf <{codes.hex()}> Tj\n" for subset, codes in runs
        )

    def _checked_place(self, subsets: list[list[int]], char: str) -> int:
        if char not in self.chars or not self.face.charToGlyph[ord(char)]:
            raise MissingCharacterError(self.fontName, char)
        return _place(subsets, char)

    def _template_built(self, number: int) -> Built:
        built = self._built.get(number)
        if built is None:
            built = self._built[number] = build(self.face, self._subsets[number], level=9)
        return built
