"""What facts of many kinds have in common: days that they are in force, a key, a file, lateness."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from trustledger.errors import InvalidDate, InvalidRecord
from trustledger.records.base import Record
from trustledger.records.days import Day
from trustledger.records.texts import Code, Name, digest_of


class Dated(Record):
    """Something in force from a day to a day, both inclusive; open while ``to`` is missing."""

    start: Day = Field(alias="from")
    to: Day | None = None
    authority: Name = ""

    @model_validator(mode="after")
    def _order(self) -> Self:
        if self.to is not None and self.to < self.start:
            raise InvalidDate(f"found {self.to}, before {self.start}; 'to' is not before 'from'")
        return self

    def covers(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.start <= day and (self.to is None or day <= self.to)

    def as_told(self, later: Mapping[str, str]) -> Self:
        """The same once something was told of it later: its last day, for example."""
        return type(self).load(
            json.dumps(json.loads(self.content()) | dict(later), ensure_ascii=False)
        )

    def overlaps(self, other: Dated) -> bool:
        """Whether some day lies within both."""
        return (self.to is None or other.start <= self.to) and (
            other.to is None or self.start <= other.to
        )


class Keyed(Record):
    """A fact that happened on a day, under a key of its own."""

    key: Code
    on: Day

    @property
    def record_key(self) -> str:
        return self.key


class Attached(Record):
    """A fact with a file of its own, kept by its content: ``attachment`` is what ``Book.attach``
    answered."""

    if TYPE_CHECKING:
        attachment: str | None  # a field of each of these records

    @property
    def digest(self) -> str:
        """The SHA-256 of the attachment in hex, or nothing."""
        return digest_of(self.attachment)


class Late(Record):
    """迟录: money of a day whose month is closed by now. It is dated in an open month, and names
    the day that it is of as its ``original`` one 原日期."""

    if TYPE_CHECKING:
        original: date | None  # a field of each of these records, its last one

    @model_validator(mode="after")
    def _earlier(self) -> Self:
        on: date = self.on  # type: ignore[attr-defined]
        if self.original is not None and self.original >= on:
            raise InvalidRecord(
                f"found {self.original}, and the entry itself is of {on}; the original date is "
                "an earlier one, or empty",
                field="original",
            )
        return self

    def noted(self, note: str) -> str:
        """A statement's note on it, with the original date before it, where there is one."""
        if self.original is None:
            return note
        return "；".join(filter(None, (f"原日期 {self.original.isoformat()}", note)))
