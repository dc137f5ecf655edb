"""The tables, as SQLModel classes that nobody outside store/ sees.

``tl_entry`` and ``tl_posting`` are the journal and are append-only; ``tl_attachment`` holds
vouchers by content hash. ``tl_head`` is one row per book that writers lock. ``tl_turnover``,
``tl_open`` and ``tl_term`` are sums of the journal, kept in the posting's own transaction and
recomputed by ``verify``, as are ``tl_link`` and ``tl_line``; ``tl_node`` is of the log.
``tl_private`` holds personal data apart from the entries that commit to it, ``tl_checkpoint``
signed roots. Every key begins with the book, so that many books share a database.

Rows are never built in Python: they are inserted in bulk and read by columns.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy import LargeBinary as Blob
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from trustledger.money import LIMIT_FEN

TextType = Text().with_variant(Text(collation="C"), "postgresql")  # the order of SQLite's BINARY
_INT = BigInteger().with_variant(Integer, "sqlite")  # STRICT tables know INTEGER alone
_STRICT = {"sqlite_strict": True}
_KEYED = {"sqlite_strict": True, "sqlite_with_rowid": False}


class _Base(SQLModel, registry=registry()):
    """A registry of our own: a host's ``SQLModel.metadata`` stays the host's."""


class HeadRow(_Base, table=True):
    __tablename__ = "tl_head"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    version: int = Field(sa_type=_INT)
    size: int = Field(sa_type=_INT)
    peaks: str = Field(sa_type=TextType)
    closed: str = Field(default="", sa_type=TextType, sa_column_kwargs={"server_default": ""})
    """The last closed month 已结账期, or nothing: no entry is dated in it or before it."""


class EntryRow(_Base, table=True):
    __tablename__ = "tl_entry"
    __table_args__ = (
        UniqueConstraint("book", "kind", "key"),
        ForeignKeyConstraint(["book"], ["tl_head.book"]),
        Index("tl_entry_day", "book", "day"),
        Index("tl_entry_reverses", "book", "reverses", unique=True,
              sqlite_where=text("reverses > 0"), postgresql_where=text("reverses > 0")),
        _KEYED,
    )  # fmt: skip
    book: str = Field(primary_key=True, sa_type=TextType)
    seq: int = Field(primary_key=True, sa_type=_INT)
    kind: str = Field(sa_type=TextType)
    key: str = Field(sa_type=TextType)
    day: str = Field(sa_type=TextType)
    recorded_at: str = Field(sa_type=TextType)
    reverses: int = Field(sa_type=_INT)
    content: str = Field(sa_type=TextType)
    leaf: bytes = Field(sa_type=Blob)


class PostingRow(_Base, table=True):
    __tablename__ = "tl_posting"
    __table_args__ = (
        ForeignKeyConstraint(["book", "seq"], ["tl_entry.book", "tl_entry.seq"]),
        CheckConstraint("(debit_fen = 0) <> (credit_fen = 0)", name="one_side"),
        CheckConstraint(
            f"debit_fen + credit_fen BETWEEN -{LIMIT_FEN} AND {LIMIT_FEN}", name="bounds"
        ),
        Index("tl_posting_unit", "book", "unit", "seq",
              sqlite_where=text("unit <> ''"), postgresql_where=text("unit <> ''")),
        _KEYED,
    )  # fmt: skip
    book: str = Field(primary_key=True, sa_type=TextType)
    seq: int = Field(primary_key=True, sa_type=_INT)
    no: int = Field(primary_key=True, sa_type=_INT)
    account: str = Field(sa_type=TextType)
    fund: str = Field(sa_type=TextType)
    debit_fen: int = Field(sa_type=_INT)
    credit_fen: int = Field(sa_type=_INT)
    unit: str = Field(sa_type=TextType)
    item: str = Field(sa_type=TextType)
    line: str = Field(sa_type=TextType)
    month: str = Field(sa_type=TextType)
    source: str = Field(sa_type=TextType)
    term: str = Field(sa_type=TextType)


class TurnoverRow(_Base, table=True):
    """发生额 of a calendar month, by account, fund, item, line and term."""

    __tablename__ = "tl_turnover"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    period: str = Field(primary_key=True, sa_type=TextType)
    account: str = Field(primary_key=True, sa_type=TextType)
    fund: str = Field(primary_key=True, sa_type=TextType)
    item: str = Field(primary_key=True, sa_type=TextType)
    line: str = Field(primary_key=True, sa_type=TextType)
    term: str = Field(primary_key=True, sa_type=TextType)
    debit_fen: int = Field(sa_type=_INT)
    credit_fen: int = Field(sa_type=_INT)


class OpenRow(_Base, table=True):
    """What is unsettled, unit by unit: open charges (1122), prepayments (2203), and waivers that
    wait for their charge (account "waiver"). Settled rows are removed, so it stays small."""

    __tablename__ = "tl_open"
    __table_args__ = (
        Index("tl_open_settled", "book", sqlite_where=text("open_fen = 0"),
              postgresql_where=text("open_fen = 0")),
        _KEYED,
    )  # fmt: skip
    book: str = Field(primary_key=True, sa_type=TextType)
    unit: str = Field(primary_key=True, sa_type=TextType)
    account: str = Field(primary_key=True, sa_type=TextType)
    month: str = Field(primary_key=True, sa_type=TextType)
    item: str = Field(primary_key=True, sa_type=TextType)
    source: str = Field(primary_key=True, sa_type=TextType)
    open_fen: int = Field(sa_type=_INT)
    since: str = Field(sa_type=TextType)


class TermRow(_Base, table=True):
    """Base and remuneration to date of a term."""

    __tablename__ = "tl_term"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    term: str = Field(primary_key=True, sa_type=TextType)
    base_fen: int = Field(sa_type=_INT)
    remuneration_fen: int = Field(sa_type=_INT)


class AttachmentRow(_Base, table=True):
    """A voucher's file, found by the SHA-256 of what is in it."""

    __tablename__ = "tl_attachment"
    __table_args__ = (_STRICT,)
    book: str = Field(primary_key=True, sa_type=TextType)
    digest: str = Field(primary_key=True, sa_type=TextType)
    body: bytes = Field(sa_type=Blob)


class NodeRow(_Base, table=True):
    """Inner nodes of the log's tree, kept so that a proof costs the same in a long journal: hash
    of the ``at``-th complete subtree of 2^level leaves. Derived from the leaves."""

    __tablename__ = "tl_node"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    level: int = Field(primary_key=True, sa_type=_INT)
    at: int = Field(primary_key=True, sa_type=_INT)
    hash: bytes = Field(sa_type=Blob)


class PrivateRow(_Base, table=True):
    """What a personal field of an entry says, and the salt under which the entry commits to it.

    The only rows of a book that may be deleted (erasure): the entry and the log stay as they are.
    """

    __tablename__ = "tl_private"
    __table_args__ = (
        ForeignKeyConstraint(["book", "seq"], ["tl_entry.book", "tl_entry.seq"]),
        _KEYED,
    )
    book: str = Field(primary_key=True, sa_type=TextType)
    seq: int = Field(primary_key=True, sa_type=_INT)
    field: str = Field(primary_key=True, sa_type=TextType)
    salt: bytes = Field(sa_type=Blob)
    value: str = Field(sa_type=TextType)


class CheckpointRow(_Base, table=True):
    """A signed note over the log's size and root: one row per size and signer."""

    __tablename__ = "tl_checkpoint"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    size: int = Field(primary_key=True, sa_type=_INT)
    signer: str = Field(primary_key=True, sa_type=TextType)
    note: str = Field(sa_type=TextType)


class LinkRow(_Base, table=True):
    """What names what: the entries (kind, key) whose facts refer to another (of_kind, of_key), so
    that everything can be walked in both directions. Derived from the contents."""

    __tablename__ = "tl_link"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    of_kind: str = Field(primary_key=True, sa_type=TextType)
    of_key: str = Field(primary_key=True, sa_type=TextType)
    kind: str = Field(primary_key=True, sa_type=TextType)
    key: str = Field(primary_key=True, sa_type=TextType)


class LineRow(_Base, table=True):
    """What a budget line spent and committed on a day, so that what is left of it on any day is
    told without its history. Derived from the postings."""

    __tablename__ = "tl_line"
    __table_args__ = (_KEYED,)
    book: str = Field(primary_key=True, sa_type=TextType)
    line: str = Field(primary_key=True, sa_type=TextType)
    day: str = Field(primary_key=True, sa_type=TextType)
    spent_fen: int = Field(sa_type=_INT)
    committed_fen: int = Field(sa_type=_INT)


METADATA = _Base.metadata
HEAD, ENTRY, POSTING, TURNOVER, OPEN, TERM, ATTACHMENT, NODE, PRIVATE, CHECKPOINT, LINK, LINE = (
    METADATA.tables[f"tl_{name}"]
    for name in (
        *("head", "entry", "posting", "turnover", "open", "term", "attachment"),
        *("node", "private", "checkpoint", "link", "line"),
    )
)
APPEND_ONLY = (ENTRY, POSTING, ATTACHMENT, CHECKPOINT)
VERSION = 3

VERSIONS = Table(
    "tl_version",
    MetaData(),
    Column("version_num", TextType, primary_key=True),
    sqlite_strict=True,
)
"""The schema's number, in the table that Alembic keeps it in. It is of the database, not of a book,
so it stands apart from the others."""
