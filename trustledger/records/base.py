"""A fact 业务记录: frozen, exact, named by its kind and key; its content, there and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from trustledger.errors import InvalidInput, InvalidRecord

_CONTENT = "content as JSON"


class Record(BaseModel):
    """A fact of the books: frozen, exact, named by its kind and key.

    :raises InvalidRecord: a field is missing, unknown, of the wrong kind or out of bounds;
        :class:`InvalidAmount`, :class:`InvalidDate` and :class:`Unknown` where that says it better.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )
    kind: ClassVar[str]
    later: ClassVar[tuple[str, ...]] = ()
    """Fields that came in later: left out of the content while they hold their default, so that
    facts which do not use them keep the content, and the log its root."""
    personal: ClassVar[tuple[str, ...]] = ()
    """Fields that are about a person: the journal holds commitments to them, and they can be
    erased. Other fields are public: keys, codes of units, what the common fund pays to whom."""
    refers: ClassVar[tuple[tuple[str, str], ...]] = ()
    """What it names: (field, kind of what stands there), so that a trace can be walked both ways.
    An empty field names nothing."""

    def __init__(self, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise translate(error, type(self).__name__) from None

    @property
    def record_key(self) -> str:
        """The key that names this fact among its kind."""
        raise AssertionError(f"{type(self).__name__} has no key")

    def names(self) -> list[tuple[str, str]]:
        """Kind and key of everything that this fact refers to."""
        told = {(kind, getattr(self, field)): None for field, kind in self.refers}
        return [(kind, key) for kind, key in told if key]

    def content(self) -> str:
        """The fact as canonical JSON: the fields in their documented order, none left open."""
        told: str | None = self.__dict__.get(_CONTENT)
        if told is None:
            fields = type(self).model_fields
            unused = {name for name in self.later if getattr(self, name) == fields[name].default}
            told = self.model_dump_json(exclude_none=True, exclude=unused or None)
            self.__dict__[_CONTENT] = told  # it is asked for twice, and is a third of posting
        return told

    def model_copy(self, **changes: Any) -> Self:
        """A copy, with other content if fields change."""
        copied = super().model_copy(**changes)
        copied.__dict__.pop(_CONTENT, None)
        return copied

    @classmethod
    def load(cls, content: str) -> Self:
        """The fact back from its stored JSON; amounts are fen there."""
        return cast(Self, cls.model_construct(**cls._stored(json.loads(content))))

    @classmethod
    def _stored(cls, data: dict[str, Any]) -> dict[str, Any]:
        for name, default, convert in _loading(cls):
            if name not in data:
                data[name] = default
            elif convert is not None:
                data[name] = convert(data[name])
            elif isinstance(data[name], list):
                data[name] = tuple(data[name])
        return data


@cache
def _loading(record: type[Record]) -> list[tuple[str, Any, Callable[[str], Any] | None]]:
    """Every field of a record: its default, and what makes its value of stored text."""
    found: list[tuple[str, Any, Callable[[str], Any] | None]] = []
    for name, field in record.model_fields.items():
        convert = next((_FROM_TEXT[kind] for kind in _kinds(field.annotation)), None)
        found.append((name, field.get_default(), convert))
    return found


_FROM_TEXT: dict[Any, Callable[[str], Any]] = {
    date: date.fromisoformat,
    Decimal: Decimal,
    Fraction: Fraction,
}


def _kinds(annotation: Any) -> list[Any]:
    """What of a field's type is stored as text, also where the field may be left open."""
    found = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    bare = (get_args(one)[0] if get_origin(one) is Annotated else one for one in found)
    return [kind for kind in bare if kind in _FROM_TEXT]


def translate(error: ValidationError, record: str) -> InvalidInput:
    """A pydantic error as one of ours: the first wrong field, in one sentence."""
    first = error.errors()[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    own = first.get("ctx", {}).get("error")
    if isinstance(own, InvalidInput):
        own.field = field or getattr(own, "field", "")  # type: ignore[attr-defined]
        return own
    reason = {
        "missing": "is missing",
        "extra_forbidden": "is not a field of it",
        "string_too_short": "is empty and must not be",
    }.get(first["type"], first["msg"].removeprefix("Value error, "))
    if first["type"] == "string_pattern_mismatch":
        reason = "has a character that cannot stand here (control characters never can)"
    return InvalidRecord(f"{record}.{field}: {reason}" if field else reason, field=field)
