"""What is derived from the journal, made again for a book that came from an older schema.

A function here empties what it is for and fills it from the entries; :data:`REBUILDERS` names
them all. They run at the end of a migration, in its transaction, book by book.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

Rebuilder = Callable[[Connection, str], None]

REBUILDERS: tuple[Rebuilder, ...] = ()
