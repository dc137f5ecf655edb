"""Rebuilding 重算: the kept sums are thrown away and recomputed from the journal.

Sums (``tl_turnover``, ``tl_open``, ``tl_term``, ``tl_line``), links (``tl_link``) and the log's
nodes (``tl_node``) are caches: what ``verify`` finds wrong in them is mended here, and nothing is
lost by deleting them. The journal itself is never mended.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table

from trustledger import audit
from trustledger.errors import BookCorrupt
from trustledger.store.dialects import insert
from trustledger.store.reading import Reader
from trustledger.store.tables import LINE, LINK, NODE, OPEN, TERM, TURNOVER

JOURNAL = ("log_leaf", "sequence", "balance", "unreadable")
"""Findings that leave nothing to add up; whatever else ``verify`` finds can be added up."""


def rebuild(connection: Connection, book: str) -> int:
    """Write a book's sums anew, in the caller's transaction under the book's lock; how many rows.

    :raises BookCorrupt: the journal itself does not hold together; nothing is changed then.
    """
    reader = Reader(connection, book)
    recount = audit.recount(reader)
    broken = [finding for finding in recount.findings if finding.check in JOURNAL]
    for check in (audit.check_log, audit.check_numbers):
        broken.extend(check(recount, reader))
    if broken:
        raise BookCorrupt(
            f"sums cannot be made of a journal that does not hold together: {broken[0]}; "
            "run trustledger verify and compare with a backup",
            tuple(broken),
        )
    rows: dict[Table, list[tuple[Any, ...]]] = {
        TURNOVER: [(book, *key, *sums) for key, sums in recount.with_years().items()],
        OPEN: [(book, *key, fen, since) for key, (fen, since) in recount.left_open().items()],
        TERM: [(book, term, *sums) for term, sums in recount.terms_to_date().items()],
        NODE: [(book, *node) for node in recount.nodes],
        LINE: [(book, *where, *moved) for where, moved in recount.days.items()],
        LINK: [(book, *link) for link in recount.links],
    }
    for table, some in rows.items():
        connection.execute(table.delete().where(table.c.book == book))
        insert(connection, table, some)
    return sum(map(len, rows.values()))
