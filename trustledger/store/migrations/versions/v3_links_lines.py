"""Schema 3: what names what, and what every budget line spent and committed day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, Text

if TYPE_CHECKING:
    from alembic.operations import Operations

revision = "3"
down_revision = "2"

_INT = BigInteger().with_variant(Integer, "sqlite")
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_KEYED = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade(op: Operations) -> None:
    """Two tables, both derived from the journal."""
    op.create_table(
        "tl_link",
        *(
            Column(name, _TEXT, primary_key=True)
            for name in ("book", "of_kind", "of_key", "kind", "key")
        ),
        **_KEYED,
    )
    op.create_table(
        "tl_line",
        *(Column(name, _TEXT, primary_key=True) for name in ("book", "line", "day")),
        Column("spent_fen", _INT, nullable=False),
        Column("committed_fen", _INT, nullable=False),
        **_KEYED,
    )
