"""Which schema a database has: one row of ``tl_version``, which is Alembic's own table as well.

The schema belongs to the database, so that all books in it move together. ``tl_head.version`` is
not a second truth but a fence: a writer reads it with the lock that it takes anyhow, and a program
that was started before a migration, or is older than it, is stopped there.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, select

from trustledger.errors import BookCorrupt, StoreError
from trustledger.store.tables import VERSION, VERSIONS

UNSTAMPED = 1
"""The schema of a database that has our tables and no ``tl_version``."""


def stamp(connection: Connection) -> None:
    """Note that a database which was just created has this library's schema."""
    VERSIONS.create(connection)
    connection.execute(VERSIONS.insert().values(version_num=str(VERSION)))


def version_of(connection: Connection) -> int:
    """The number of the schema of a database that has our tables.

    :raises BookCorrupt: what is noted is not one number.
    """
    if not inspect(connection).has_table(VERSIONS.name):
        return UNSTAMPED
    noted = list(connection.scalars(select(VERSIONS.c.version_num)))
    if len(noted) != 1 or not noted[0].isascii() or not noted[0].isdigit():
        raise BookCorrupt(
            f"{VERSIONS.name} says {noted}, and one number is right; somebody altered the "
            "database: compare with a backup"
        )
    return int(noted[0])


def check_version(connection: Connection) -> None:
    """Refuse a database of another schema.

    :raises StoreError: it is older, or newer.
    """
    refuse_newer(connection)
    found = version_of(connection)
    if found < VERSION:
        url = connection.engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"{url} has the schema of version {found}, and this library works with version "
            f"{VERSION}; make a backup, then run: trustledger migrate --db {url}"
        )


def refuse_newer(connection: Connection) -> None:
    """:raises StoreError: the schema is newer than this library."""
    found = version_of(connection)
    if found > VERSION:
        url = connection.engine.url.render_as_string(hide_password=True)
        raise StoreError(
            f"{url} has the schema of version {found}, and this library works with version "
            f"{VERSION}; there is no way back: use a newer trustledger"
        )
