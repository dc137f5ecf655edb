"""What questions about entries and postings have in common: columns and conditions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar

from sqlalchemy import ColumnElement, FromClause, and_, literal_column

from trustledger.records import Posting
from trustledger.store.tables import POSTING

T = TypeVar("T")

POSTING_COLUMNS = [POSTING.c[name] for name in Posting._fields]
"""Those of a posting's own fields, in their order."""

CHUNK = 500
"""So many values are asked for at once."""


def in_chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Values, so many at a time as are asked for at once."""
    ready = list(values)
    for at in range(0, len(ready), CHUNK):
        yield ready[at : at + CHUNK]


_OF_A_UNIT = POSTING.c.unit != literal_column("''")
"""Said beside the unit asked for, or SQLite does not see that the index of units has it."""


def reversing(entry: FromClause) -> ColumnElement[bool]:
    """Said of an entry that reverses another, for the same reason."""
    return entry.c.reverses > literal_column("0")


def of_unit(unit: str) -> ColumnElement[bool]:
    """Postings of a unit."""
    return and_(_OF_A_UNIT, POSTING.c.unit == unit)


def of_units(units: Collection[str]) -> ColumnElement[bool]:
    """Postings of some units."""
    return and_(_OF_A_UNIT, POSTING.c.unit.in_(units))
