"""What a book remembers between two posts: facts without money, as they stood at an entry.

Reading prices, terms, funds and budget lines anew for every receipt costs more than posting it. A
memo is looked at and changed only by who holds the book's lock, and catches up with the journal
before it is believed; so it never differs from what stands, whoever else posts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, select

from trustledger.rules.sealing import ERASURE
from trustledger.store.asking import Asked, Question, ask
from trustledger.store.tables import ENTRY

T = TypeVar("T")

FAR = 500
"""Entries behind which it is quicker to forget than to look what came in."""

_SINCE = Question(
    select(ENTRY.c.seq, ENTRY.c.kind, ENTRY.c.leaf)
    .where(ENTRY.c.book == bindparam("of"), ENTRY.c.seq >= bindparam("since"))
    .order_by(ENTRY.c.seq)
    .limit(FAR + 1)
)


class Memo:
    """The facts of some kinds, valid at the last entry that it has seen."""

    def __init__(self) -> None:
        self._seq, self._leaf = 0, b""
        self._known: dict[str, dict[str, Any]] = {}

    def catch_up(self, connection: Connection, book: str, size: int) -> None:
        """Forget what entries posted since may have changed; all of it, if the journal is another
        one than was seen."""
        if size - self._seq > FAR or size < self._seq:
            self._seq, self._known = size, {}
            self._leaf = b""
        rows = ask(connection, *self.question(book))
        if not rows or rows[0][0] != self._seq or (self._leaf and rows[0][2] != self._leaf):
            self._known = {}
        for _, kind, _ in rows[1:]:
            self._known.pop(kind, None)
            if kind == ERASURE:  # of a fact of any kind, or of something personal in it
                self._known = {}
        if rows:
            self._seq, _, self._leaf = rows[-1]

    def question(self, book: str) -> Asked:
        """What to ask about what was posted since."""
        return _SINCE, {"of": book, "since": self._seq}

    def of(self, kind: str, what: str, read: Callable[[], T]) -> T:
        """What is remembered of a kind, or what reading it gives."""
        known: dict[str, Any] = self._known.setdefault(kind, {})
        if what not in known:
            known[what] = read()
        found: T = known[what]
        return found
