"""Reversing 冲销: how an entry is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from trustledger.records.choices import one_of
from trustledger.records.days import DayLike
from trustledger.records.shapes import Keyed
from trustledger.records.texts import Code, Name

REVERSIBLE = (
    "receipt", "income", "expenditure", "waiver", "withdrawal", "deposit", "agency", "suspense",
)  # fmt: skip


class Reversal(Keyed):
    """冲销: undoes one earlier entry, red-letter, with a reason."""

    kind = "reversal"
    personal = ("reason",)
    refers = (("of_key", "entry"),)  # of which kind, it says itself
    of_kind: Annotated[str, one_of("kind of entry", REVERSIBLE)]
    of_key: Code
    reason: Name

    def names(self) -> list[tuple[str, str]]:
        """What it reverses."""
        return [(self.of_kind, self.of_key)]

    if TYPE_CHECKING:

        def __init__(
            self, *, key: str, on: DayLike, of_kind: str, of_key: str, reason: str
        ) -> None: ...
