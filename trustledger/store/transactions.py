"""Transactions: one snapshot to read, one try after another to write, errors in clear sentences."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from trustledger.store import limits, postgresql, sqlite

T = TypeVar("T")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection with one snapshot of the database, which waits for nobody."""
    options: dict[str, Any] = {sqlite.READ: True}
    if engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect().execution_options(**options) as connection:
        yield connection


def transact(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Do something in a transaction of its own; again, a few times, if the database asks for that.

    It asks after a serialization failure, a deadlock and a lost connection. A commit whose answer
    was lost is done again as well: the keys of what stands make that harmless.
    """
    for tried in range(1, limits.TRIES + 1):
        try:
            with engine.begin() as connection:
                return work(connection)
        except DBAPIError as error:
            if tried == limits.TRIES or not _may_try_again(error):
                raise
            time.sleep(random.uniform(0.5, 1.0) * 0.02 * 2**tried)
    raise AssertionError("the last try answers or raises")


def _may_try_again(error: DBAPIError) -> bool:
    return postgresql.is_away(error) or postgresql.state_of(error) in (
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "23505",  # unique_violation: two made the book at once, and the other is through
    )


@contextmanager
def translating(url: str | URL) -> Iterator[None]:
    """Database errors that a caller can do something about, in one clear sentence."""
    try:
        yield
    except DBAPIError as error:
        told = postgresql.told(error, _shown(url)) or sqlite.told(error, _shown(url))
        if told is None:
            raise
        raise told from None


def _shown(url: str | URL) -> str:
    """The address as somebody would write it: no password, driver or options."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return str(url)
    plain = parsed.set(drivername=parsed.get_backend_name())
    return plain.difference_update_query(["options"]).render_as_string(hide_password=True)
