"""A statement in a reader's hands: shows itself, saves itself, gives its rows as frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trustledger.document import Fact, Statement, Table
from trustledger.errors import Unknown
from trustledger.files import write_whole
from trustledger.money import to_decimal
from trustledger.render import SUFFIX, render

if TYPE_CHECKING:  # pragma: no cover
    import pandas
    import polars


class Report:
    """报表: a :class:`~trustledger.document.Statement` and what can be done with it."""

    def __init__(self, statement: Statement) -> None:
        self.statement = statement

    @property
    def facts(self) -> Mapping[str, Fact]:
        """The figures of the statement, by their stable names."""
        return self.statement.facts

    def render(self, format: str = "text") -> bytes:
        """The statement in a format: text, json, csv, xlsx, pdf or html.

        :raises StatementFails: its own checks do not hold.
        """
        return render(self.statement, format)

    def save(self, path: str | Path, format: str | None = None) -> Path:
        """Write it to a file, whole or not at all; the format is the file's ending."""
        target = Path(path)
        if format is None:
            endings = {suffix: name for name, suffix in SUFFIX.items()}
            if target.suffix not in endings:
                raise Unknown("file ending", target.suffix, f"use one of {', '.join(endings)}")
            format = endings[target.suffix]
        write_whole(target, [self.render(format)])
        return target

    # ------------------------------------------------------------------ frames

    def table(self, key: str | None = None) -> Table:
        """One of its tables, the first unless named."""
        tables = self.statement.tables
        for table in tables:
            if key in (None, table.key):
                return table
        raise Unknown("table", key or "", f"it has {', '.join(t.key for t in tables) or 'none'}")

    def _columns(self, key: str | None) -> dict[str, list[Any]]:
        table = self.table(key)
        columns: dict[str, list[Any]] = {}
        for place, column in enumerate(table.columns):
            cells = [row[place] for row in table.rows]
            if column.kind == "amount":
                columns[column.key] = [None if c is None else to_decimal(int(c)) for c in cells]
            else:
                columns[column.key] = list(cells)
        return columns

    def to_pandas(self, key: str | None = None) -> pandas.DataFrame:
        """A table as a pandas frame; amounts are exact ``Decimal`` yuan."""
        import pandas

        return pandas.DataFrame(self._columns(key))

    def to_polars(self, key: str | None = None) -> polars.DataFrame:
        """A table as a polars frame; amounts are ``Decimal(20, 2)`` yuan."""
        import polars

        amounts = {
            c.key: polars.Decimal(20, 2) for c in self.table(key).columns if c.kind == "amount"
        }
        return polars.DataFrame(self._columns(key), schema_overrides=amounts)

    # ------------------------------------------------------------------ showing itself

    def __repr__(self) -> str:
        s = self.statement
        return f"<{s.title} {s.community} {s.subject} {s.period}>".replace("  ", " ")

    def __str__(self) -> str:
        return self.render("text").decode()

    def _repr_html_(self) -> str:
        from trustledger.render.to_html import fragment

        return fragment(self.statement)
