"""JSON: a statement for programs. Amounts are text with two decimals, counts are numbers.

Stable order of keys, so that two statements can be compared line by line.
"""

from __future__ import annotations

import json
import re
from typing import Any

from trustledger.document import Cell, Grid, Statement, Table, Words
from trustledger.money import yuan

# Legal in JSON as they are, but a terminal obeys some of them and others reorder what is read.
_ACTIVE = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")


def _cell(value: Cell, kind: str) -> Cell:
    return yuan(value) if kind == "amount" and isinstance(value, int) else value


def _row(table: Table, row: tuple[Cell, ...]) -> dict[str, Cell]:
    return {
        column.key: _cell(value, column.kind)
        for column, value in zip(table.columns, row, strict=True)
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "key": table.key,
        "title": table.title,
        "columns": [
            {"key": column.key, "title": column.title, "kind": column.kind}
            for column in table.columns
        ],
        "rows": [_row(table, row) for row in table.rows],
        "totals": [_row(table, row) for row in table.totals],
    }


def _grid(grid: Grid) -> dict[str, Any]:
    return {
        "key": grid.key,
        "title": grid.title,
        "pairs": [
            {"label": pair.label, "value": _cell(pair.value, pair.kind), "kind": pair.kind}
            for pair in grid.pairs
        ],
    }


def render(statement: Statement) -> bytes:
    """The statement as JSON in UTF-8, indented, with a line break at its end.

    ``facts`` are the contract's figures; ``rows`` are the rows of the first table; ``grids`` are
    pairs of label and value. Texts are what was recorded, character by character: unseen
    characters are written as ``\\uXXXX``.
    """
    tables = [_table(table) for table in statement.tables]
    said: dict[str, Any] = {
        "statement": statement.name,
        "title": statement.title,
        "community": statement.community,
        "book": statement.book,
        "period": {"first": statement.period.first, "last": statement.period.last},
    }
    if statement.day:
        said["day"] = statement.day
    if statement.subject:
        said["subject"] = statement.subject
    said |= {
        "facts": statement.facts,
        "rows": tables[0]["rows"] if tables else [],
        "tables": tables,
        "grids": [_grid(block) for block in statement.blocks if isinstance(block, Grid)],
        "checks": [
            {
                "name": check.name,
                "left": yuan(check.left_fen),
                "right": yuan(check.right_fen),
                "holds": check.holds,
            }
            for check in statement.checks
        ],
        "journal": {"size": statement.size, "root": statement.root},
    }
    for block in statement.blocks:
        if isinstance(block, Words) and block.key == "checkpoint":
            said["journal"]["checkpoint"] = block.code
    if statement.closed:
        said["journal"]["closed"] = statement.closed
    text = json.dumps(said, ensure_ascii=False, indent=2, default=dict) + "\n"
    text = _ACTIVE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    # A lone surrogate has no UTF-8; its backslash form is its JSON form.
    return text.encode("utf-8", "backslashreplace")
