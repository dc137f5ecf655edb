"""Links 关联: what names what."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import and_, bindparam, select

from trustledger.records import Record
from trustledger.store.asking import Question, ask
from trustledger.store.reading import Reader
from trustledger.store.stored import put_together
from trustledger.store.tables import ENTRY, LINK, PRIVATE

R = TypeVar("R", bound=Record)

_LINKED = (
    LINK.c.book == bindparam("of"),
    LINK.c.of_kind == bindparam("of_kind"),
    LINK.c.of_key == bindparam("of_key"),
    LINK.c.kind == bindparam("sort"),
)
_NAMING = Question(select(LINK.c.key).where(*_LINKED))
_FACTS_NAMING = Question(
    select(ENTRY.c.seq, ENTRY.c.content, ENTRY.c.key, PRIVATE.c.field, PRIVATE.c.value)
    .select_from(LINK)
    .join(
        ENTRY,
        and_(ENTRY.c.book == LINK.c.book, ENTRY.c.kind == LINK.c.kind, ENTRY.c.key == LINK.c.key),
    )
    .outerjoin(PRIVATE, and_(PRIVATE.c.book == ENTRY.c.book, PRIVATE.c.seq == ENTRY.c.seq))
    .where(*_LINKED)
)


def naming(reader: Reader, kind: str, of_kind: str, of_key: str) -> list[str]:
    """The keys of the entries of a kind whose facts name something."""
    values = {"of": reader.book, "of_kind": of_kind, "of_key": of_key, "sort": kind}
    return [key for (key,) in ask(reader.connection, _NAMING, values)]


def facts_naming(reader: Reader, record: type[R], of_kind: str, of_key: str) -> list[R]:
    """The facts of a kind that name something, as records."""
    values = {"of": reader.book, "of_kind": of_kind, "of_key": of_key, "sort": record.kind}
    rows = ask(reader.connection, _FACTS_NAMING, values)
    return [record.load(one.content) for one in put_together(rows)]


def named_by(reader: Reader, of_kind: str, of_key: str) -> list[tuple[str, str]]:
    """Kind and key of every entry whose fact names something."""
    query = select(LINK.c.kind, LINK.c.key).where(
        LINK.c.book == reader.book, LINK.c.of_kind == of_kind, LINK.c.of_key == of_key
    )
    return [(kind, key) for kind, key in reader.connection.execute(query)]
