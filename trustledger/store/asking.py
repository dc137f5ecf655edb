"""Asking by the driver's own cursor what every post asks: SQLAlchemy's way takes ten times as long.

A question is written once, in SQLAlchemy's words, and compiled once for a database. Where somebody
listens to an engine's statements, or nothing has begun the transaction yet, it goes SQLAlchemy's
way all the same. Errors are SQLAlchemy's either way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Delete, Select, Update

Row = tuple[Any, ...]
Values = Mapping[str, Any]
Form = tuple[str, list[str], list[tuple[str, int, Any]]]
"""Text; the places in it by name; what belongs there: the name of a value, which of its list, or a
constant."""


class Question:
    """A statement with named values, in the form that a driver takes.

    A value that is a list stands for as many as it has (``IN``).
    """

    def __init__(self, statement: Select[Any] | Update | Delete) -> None:
        self._statement = statement
        self._forms: dict[tuple[Any, ...], Form] = {}

    def told(self, dialect: Dialect, values: Values) -> tuple[str, Any]:
        """The text for a driver, and the values as it takes them."""
        lengths = [len(value) for value in values.values() if type(value) is list]
        which = (dialect.driver, *lengths)
        form = self._forms.get(which)
        if form is None:
            form = self._forms[which] = self._form(dialect, values)
        text, names, wanted = form
        given = [
            (values[name] if at < 0 else values[name][at]) if name else constant
            for name, at, constant in wanted
        ]
        return text, tuple(given) if dialect.positional else dict(zip(names, given, strict=True))

    def _form(self, dialect: Dialect, values: Values) -> Form:
        marks = {
            name: [_Mark(name, at) for at in range(len(value))]
            if type(value) is list
            else _Mark(name, -1)
            for name, value in values.items()
        }
        compiled = self._statement.compile(dialect=dialect)
        state = compiled.construct_expanded_state(marks, escape_names=False)
        names = list(state.positiontup or state.parameters)
        found = [state.parameters[name] for name in names]
        return (
            state.statement,
            names,
            [(*one, None) if isinstance(one, _Mark) else ("", -1, one) for one in found],
        )


class _Mark(NamedTuple):
    """Where a value goes: its name, and which of a list."""

    name: str
    at: int


Asked = tuple[Question, Values]
"""A question, and the values that it is asked with."""

_early: WeakKeyDictionary[Connection, dict[tuple[str, Any], list[Row]]] = WeakKeyDictionary()
"""Answers that came before they were asked for, in a transaction that is going on."""


def is_quick(connection: Connection) -> bool:
    """Whether the driver's own cursor may be used."""
    return (
        connection.in_transaction()
        and not connection.dialect.is_async
        and not connection.dispatch.before_cursor_execute
    )


def ask(connection: Connection, question: Question, values: Values) -> list[Row]:
    """All rows of the answer."""
    text, told = question.told(connection.dialect, values)
    if not is_quick(connection):
        return [tuple(row) for row in connection.exec_driver_sql(text, told)]
    early = _early.get(connection)
    if early and (found := early.pop(_key(text, told), None)) is not None:
        return found
    with failing(connection, text, told):
        cursor: Any = connection.connection.cursor()
        cursor.execute(text, told)
        rows: list[Row] = cursor.fetchall()
        cursor.close()
    return rows


def tell(connection: Connection, text: str, values: Any) -> None:
    """Something that has no answer."""
    if not is_quick(connection):
        connection.exec_driver_sql(text, values)
        return
    with failing(connection, text, values):
        cursor: Any = connection.connection.cursor()
        cursor.execute(text, values)


def ask_ahead(connection: Connection, questions: Sequence[tuple[str, Any]]) -> None:
    """Ask in one go what will be asked, one after the other; each answer is taken once.

    They are answered in this order, so what follows a lock is as it stands after the waiting.
    """
    with failing(connection, questions[0][0], None):
        cursors: list[Any] = []
        for text, told in questions:
            cursors.append(connection.connection.cursor())
            cursors[-1].execute(text, told)
        _early[connection] = {
            _key(*question): cursor.fetchall()
            for question, cursor in zip(questions, cursors, strict=True)
        }


def _key(text: str, told: Any) -> tuple[str, Any]:
    return text, told if isinstance(told, tuple) else tuple(told.values())


@contextmanager
def failing(connection: Connection, text: str, values: Any) -> Iterator[None]:
    """A driver's errors as SQLAlchemy's; a connection that was lost is not used again."""
    dbapi: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except dbapi.Error as error:
        lost = connection.dialect.is_disconnect(error, connection.connection, None)
        if lost:
            connection.invalidate(error)
        raise DBAPIError.instance(
            text, values, error, dbapi.Error,
            connection_invalidated=lost, dialect=connection.dialect,
        ) from error  # fmt: skip
