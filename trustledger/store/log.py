"""The log's tree as it is stored: hashes of complete subtrees, for proofs that cost the same in a
long journal.

Leaves are in ``tl_entry``; of the nodes above them ``tl_node`` keeps those of levels 6, 12, 18 ...,
one row per 64 entries. A proof reads at most two runs of 64 hashes of each level.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from trustledger.errors import BookCorrupt
from trustledger.rules.journal import NODE_STEP, Frontier, Node
from trustledger.rules.merkle import join
from trustledger.store.dialects import insert
from trustledger.store.tables import ENTRY, NODE

RUN = 1 << NODE_STEP
_LEAVES_AT_ONCE = 20_000


class Tree:
    """The complete subtrees of one book's log; what was read is remembered."""

    def __init__(self, connection: Connection, book: str) -> None:
        self.connection, self.book = connection, book
        self._runs: dict[tuple[int, int], dict[int, bytes]] = {}
        self._made: dict[tuple[int, int], bytes] = {}

    def hash_of(self, level: int, at: int) -> bytes:
        """The hash of the ``at``-th complete subtree of 2^level leaves.

        :raises BookCorrupt: a leaf or a node is not there.
        """
        known = self._made.get((level, at))
        if known is None:
            if level % NODE_STEP == 0:
                known = self._stored(level, at)
            else:
                known = join(self.hash_of(level - 1, 2 * at), self.hash_of(level - 1, 2 * at + 1))
            self._made[level, at] = known
        return known

    def _stored(self, level: int, at: int) -> bytes:
        where = level, at // RUN
        if where not in self._runs:
            self._runs[where] = dict(self._run(*where))
        found = self._runs[where].get(at)
        if found is None:
            raise BookCorrupt(
                f"the log of book {self.book!r} has no node {at} of level {level}; "
                "run trustledger verify"
            )
        return found

    def _run(self, level: int, run: int) -> Iterator[tuple[int, bytes]]:
        first = run * RUN
        if level == 0:
            query = select(ENTRY.c.seq - 1, ENTRY.c.leaf).where(
                ENTRY.c.book == self.book, ENTRY.c.seq > first, ENTRY.c.seq <= first + RUN
            )
        else:
            query = select(NODE.c.at, NODE.c.hash).where(
                NODE.c.book == self.book,
                NODE.c.level == level,
                NODE.c.at >= first,
                NODE.c.at < first + RUN,
            )
        for at, value in self.connection.execute(query):
            yield at, bytes(value)


def rebuild_nodes(connection: Connection, book: str) -> int:
    """Make the nodes anew from the leaves; how many they are. Leaves and root stay as they are."""
    connection.execute(NODE.delete().where(NODE.c.book == book))
    made = 0
    frontier = Frontier()
    while leaves := _leaves(connection, book, frontier.size):
        nodes = [node for leaf in leaves for node in frontier.append_noting(leaf)]
        insert(connection, NODE, [(book, *node) for node in nodes])
        made += len(nodes)
    return made


def _leaves(connection: Connection, book: str, after: int) -> list[bytes]:
    query = (
        select(ENTRY.c.leaf)
        .where(ENTRY.c.book == book, ENTRY.c.seq > after)
        .order_by(ENTRY.c.seq)
        .limit(_LEAVES_AT_ONCE)
    )
    return [bytes(leaf) for leaf in connection.scalars(query)]


def stored_nodes(connection: Connection, book: str) -> Iterator[Node]:
    """Every node as it is kept."""
    query = select(NODE.c.level, NODE.c.at, NODE.c.hash).where(NODE.c.book == book)
    for level, at, value in connection.execute(query):
        yield level, at, bytes(value)
