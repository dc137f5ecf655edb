"""A table and its layout -> records with their places; a wrong cell gets file, row and column.

What lives here: matching headers to columns, building records, and what one sheet can say against
itself (a key with two contents, two tariffs for a day). What must not: whether a unit, fund or
line exists, because the book may know it already.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from trustledger.errors import InvalidFile, InvalidInput, InvalidRecord, KeyConflict, Place, Refused
from trustledger.records import Record, Tariff
from trustledger.sheets.columns import Column, SheetLayout
from trustledger.sheets.overlaps import first_overlap
from trustledger.sheets.tables import Table
from trustledger.sheets.wording import clipped, field_of, say

Located = tuple[Place, Record]
Converter = Callable[[str], str]


class Sheet(NamedTuple):
    """A sheet's records in row order, and the header the user wrote for each record field."""

    facts: list[Located]
    headers: dict[str, str]


def build(table: Table, layout: SheetLayout, converters: Mapping[str, Converter]) -> Sheet:
    """The records of a table. ``converters`` prepare a field's cell that is not empty.

    A row that says again what an earlier one said is dropped, unless the layout has each once.

    :raises InvalidFile: unknown, missing or doubled column; tariffs that overlap.
    :raises InvalidInput: a wrong cell, located by file, row and column.
    :raises KeyConflict: a key that an earlier row has with other content.
    :raises Refused: a key that an earlier row has, where there is one row of each.
    """
    columns = match_columns(table, layout)
    fields = [column.field for column in columns]
    optional = [column.field for column in columns if not column.needed]
    converted = [(field, converters[field]) for field in fields if field in converters]
    record_of, file = layout.record, table.file
    facts: list[Located] = []
    seen: dict[str, int] = {}
    for row, cells in table.rows:
        data = dict(zip(fields, cells, strict=False))
        try:
            for field in optional:
                if not data[field].strip():
                    del data[field]
            for field, convert in converted:
                if data.get(field, "").strip():
                    data[field] = convert(data[field])
            record = record_of(**data)
        except InvalidInput as error:
            raise _located(error, table, row, cells, columns, layout) from None
        key = record.record_key
        if key in seen:
            was_place, was = facts[seen[key]]
            if layout.once:
                raise _twice(table, row, cells, columns, layout, was_place)
            if was == record:
                continue
            if layout.own_key:
                raise _conflict(table, columns, (was_place, was), (Place(file, row), record))
        seen[key] = len(facts)
        facts.append((Place(file, row), record))
    headers = dict(zip(fields, table.header, strict=True))
    headers |= {column.name: header for column, header in zip(columns, table.header, strict=True)}
    _check_tariffs(facts, headers)
    return Sheet(facts, headers)


def match_columns(table: Table, layout: SheetLayout) -> list[Column]:
    """The layout's column for each header, in the table's order.

    :raises InvalidFile: a header that no column has, two of one column, a needed column missing.
    """
    by_header = {header: c for c in layout.columns for header in (c.name, c.title)}
    place = Place(table.file, 1)
    columns: list[Column] = []
    for header in table.header:
        column = by_header.get(header)
        if column is None:
            raise InvalidFile(
                f"found an unknown column {clipped(header)}; {_hint(header, layout)}", place=place
            )
        if column in columns:
            other = table.header[columns.index(column)]
            raise InvalidFile(
                f"found the column {column.name} [{column.title}] twice, as {other!r} and "
                f"{header!r}; keep one",
                place=place,
            )
        columns.append(column)
    for column in layout.columns:
        if column.needed and column not in columns:
            raise InvalidFile(
                f"the column {column.name} [{column.title}] is missing; {_all_columns(layout)}",
                place=place,
            )
    return columns


def _hint(header: str, layout: SheetLayout) -> str:
    names = [name for column in layout.columns for name in (column.name, column.title)]
    near = difflib.get_close_matches(header[:40].lower(), names, 1)
    return f"did you mean {near[0]!r}?" if near else _all_columns(layout)


def _all_columns(layout: SheetLayout) -> str:
    return f"the columns are {', '.join(column.name for column in layout.columns)}"


def _located(
    error: InvalidInput,
    table: Table,
    row: int,
    cells: Sequence[str],
    columns: Sequence[Column],
    layout: SheetLayout,
) -> InvalidInput:
    """The same error, with its place, and in the words of the cell that it found."""
    own, field = getattr(error, "field", ""), field_of(error)
    found = [n for n, column in enumerate(columns) if column.field == field]
    if not found:
        name = next((c.name for c in layout.columns if c.field == field), None)
        return _at(error, Place(table.file, row, name))
    position = found[0]
    cell, column = cells[position], columns[position]
    if own and not cell.strip():
        say(error, f"found an empty cell; {column.right}", unless="found an empty cell")
    elif isinstance(error, InvalidRecord):
        say(error, f"found {clipped(cell)}; {column.right}", unless="found ")
    if ";" not in error.message:
        say(error, f"{error.message}; {column.right}")
    say(error, error.message.replace(repr(cell), clipped(cell)))
    return _at(error, Place(table.file, row, table.header[position]))


def _at(error: InvalidInput, place: Place) -> InvalidInput:
    error.at(place)
    return error


def _twice(
    table: Table,
    row: int,
    cells: Sequence[str],
    columns: Sequence[Column],
    layout: SheetLayout,
    earlier: Place,
) -> Refused:
    """What there is once of each, and is here twice: also where both rows say the same."""
    field = layout.once.rpartition(" ")[2]
    position = next(n for n, column in enumerate(columns) if column.field == field)
    error = Refused(
        f"found a second {layout.once} {clipped(cells[position].strip())}, the first is in row "
        f"{earlier.row}; one counts, so leave out the other",
        field=field,
    )
    error.at(Place(table.file, row, table.header[position]))
    return error


def _conflict(
    table: Table, columns: Sequence[Column], earlier: Located, later: Located
) -> KeyConflict:
    (was_place, was), (now_place, now) = earlier, later
    cells = dict(table.rows)
    old, new = cells[was_place.row or 0], cells[now_place.row or 0]
    names = {name: info.alias or name for name, info in type(now).model_fields.items()}
    differ = {names[n] for n in names if getattr(was, n) != getattr(now, n)}
    position = next(n for n, column in enumerate(columns) if column.field in differ)
    place = now_place._replace(column=table.header[position])
    error = KeyConflict(
        now.kind, now.record_key, columns[position].name, old[position], new[position]
    )
    error.at(place)
    return error


def _check_tariffs(facts: Sequence[Located], headers: Mapping[str, str]) -> None:
    by_item: dict[str, list[tuple[Place, Tariff]]] = {}
    for place, record in facts:
        if isinstance(record, Tariff):
            by_item.setdefault(record.item, []).append((place, record))
    for item, tariffs in by_item.items():
        pair = first_overlap([t for _, t in tariffs], [t.usage for _, t in tariffs])
        if pair is not None:
            (other, was), (place, now) = tariffs[pair[0]], tariffs[pair[1]]
            raise InvalidFile(
                f"found {item} for {_span(now)}, which overlaps row {other.row}, {_span(was)}; "
                "end one of them before the other begins",
                place=place._replace(column=headers["from"]),
            )


def _span(tariff: Tariff) -> str:
    return f"{tariff.usage or 'all usages'} from {tariff.start} to {tariff.to or 'further notice'}"
