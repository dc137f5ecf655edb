"""Schema 2: nodes of the log, personal fields apart, checkpoints, and the last closed month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Integer, LargeBinary, Text

if TYPE_CHECKING:
    from alembic.operations import Operations

revision = "2"
down_revision = None  # schema 1 was not stamped

_INT = BigInteger().with_variant(Integer, "sqlite")
_TEXT = Text().with_variant(Text(collation="C"), "postgresql")
_KEYED = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade(op: Operations) -> None:
    """Three tables and a column."""
    op.add_column("tl_head", Column("closed", _TEXT, server_default="", nullable=False))
    op.create_table(
        "tl_node",
        Column("book", _TEXT, primary_key=True),
        Column("level", _INT, primary_key=True, autoincrement=False),
        Column("at", _INT, primary_key=True, autoincrement=False),
        Column("hash", LargeBinary, nullable=False),
        **_KEYED,
    )
    op.create_table(
        "tl_private",
        Column("book", _TEXT, primary_key=True),
        Column("seq", _INT, primary_key=True, autoincrement=False),
        Column("field", _TEXT, primary_key=True),
        Column("salt", LargeBinary, nullable=False),
        Column("value", _TEXT, nullable=False),
        ForeignKeyConstraint(["book", "seq"], ["tl_entry.book", "tl_entry.seq"]),
        **_KEYED,
    )
    op.create_table(
        "tl_checkpoint",
        Column("book", _TEXT, primary_key=True),
        Column("size", _INT, primary_key=True, autoincrement=False),
        Column("signer", _TEXT, primary_key=True),
        Column("note", _TEXT, nullable=False),
        **_KEYED,
    )
