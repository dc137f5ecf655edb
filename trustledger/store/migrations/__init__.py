"""Schema life: from the schema of any released version to this library's, and never back.

What lives here: :func:`migrate`, one file per step under ``versions``, and what the guards of
every released schema were. A step is written from frozen definitions, never from the live tables,
and in words that both databases know. It may lose SQLite's triggers (Alembic's batch mode drops
them without a word), so all guards are made again at the end, and compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select

from trustledger.errors import BookCorrupt, StoreError
from trustledger.store import dialects
from trustledger.store.migrations.guards import RELEASED
from trustledger.store.tables import HEAD, VERSION, VERSIONS
from trustledger.store.versions import refuse_newer, version_of

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

STEPS = Path(__file__).parent


Rebuild = Callable[[Connection, str], object]
"""Makes anew, for a book, what is derived from its journal."""


def migrate(connection: Connection, rebuild: Rebuild, *, unguarded: bool = False) -> int:
    """Bring a database to this library's schema, in the caller's transaction; which it had.

    All books in it move together, and no entry is touched: length and root of every journal are
    what they were.

    :param unguarded: migrate it even if the guards of its journal are missing, or it does not hold
        together.
    :raises StoreError: the schema is newer than this library, or Alembic is not installed.
    :raises BookCorrupt: a guard is missing or was changed.
    """
    refuse_newer(connection)
    had = version_of(connection)
    if had == VERSION:
        return had
    if not unguarded:
        _check_guards(connection, had)
    heads = _heads(connection)
    _step_up(connection)
    dialects.renew_guards(connection)
    for book, _, _ in heads:
        with suppress(BookCorrupt) if unguarded else nullcontext():  # verify tells it all
            rebuild(connection, book)
    connection.execute(HEAD.update().values(version=VERSION))
    if _heads(connection) != heads:
        raise BookCorrupt("the migration changed a journal, and was undone; report this")
    dialects.check_schema(connection)
    return had


def _heads(connection: Connection) -> list[Any]:
    """Book, length and peaks of every journal, locked against writers."""
    query = select(HEAD.c.book, HEAD.c.size, HEAD.c.peaks).order_by(HEAD.c.book)
    return list(connection.execute(query.with_for_update()))


def _check_guards(connection: Connection, version: int) -> None:
    standing = dialects.standing_guards(connection)
    right = max(RELEASED.get(version, ({},)), key=lambda one: len(one.keys() & standing.keys()))
    for name in sorted(set(right) | set(standing)):
        if sha256(standing.get(name, "").encode()).hexdigest()[:16] != right.get(name):
            raise BookCorrupt(
                f"the guard {name} of the journal is missing, was changed or is not ours; somebody "
                "altered the database: compare with a backup, or migrate it with --unguarded and "
                "run trustledger verify"
            )


def _step_up(connection: Connection) -> None:
    """Run the steps that are missing. Nothing global: a host may be in a migration of its own."""
    try:
        from alembic.operations import Operations
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory
    except ModuleNotFoundError:
        raise StoreError("a migration needs: pip install 'trustledger[migrate]'") from None
    steps = ScriptDirectory(str(STEPS))

    def missing(heads: Any, context: MigrationContext) -> Iterable[Any]:
        return steps._upgrade_revs("heads", heads)

    context = MigrationContext.configure(
        connection,
        opts={"fn": missing, "script": steps, "version_table": VERSIONS.name},
    )
    VERSIONS.create(connection, checkfirst=True)  # ours rather than Alembic's, for its types
    context.run_migrations(op=Operations(context))
