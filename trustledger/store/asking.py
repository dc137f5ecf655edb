"""Asking by the driver's own cursor what every post asks: SQLAlchemy's way takes ten times as long.

A question is written once, in SQLAlchemy's words, and compiled once for a database. Where somebody
listens to an engine's statements, or nothing has begun the transaction yet, it goes SQLAlchemy's
way all the same. Errors are SQLAlchemy's either way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Dialect, Table
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
    cursor: Any = connection.connection.cursor()
    try:
        rows: list[Row] = cursor.execute(text, told).fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise failed(connection, text, told, error) from error
    return rows


class Part(NamedTuple):
    """Rows to insert into a table, and what follows in the statement."""

    table: Table
    rows: Sequence[Row]
    ending: str


def tell(connection: Connection, text: str, values: Any) -> None:
    """Something that has no answer."""
    if not is_quick(connection):
        connection.exec_driver_sql(text, values)
        return
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(text, values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise failed(connection, text, values, error) from error


def ask_ahead(
    connection: Connection, questions: Iterable[Asked], together: AbstractContextManager[None]
) -> None:
    """Ask what will be asked, one after the other and together; each answer is taken once.

    They are answered in this order, so what follows a lock is as it stands after the waiting.
    """
    cursors: dict[tuple[str, Any], Any] = {}
    with together:
        for question, values in questions:
            text, told = question.told(connection.dialect, values)
            cursors[_key(text, told)] = connection.connection.cursor().execute(text, told)
    _early[connection] = {key: cursor.fetchall() for key, cursor in cursors.items()}


def _key(text: str, told: Any) -> tuple[str, Any]:
    return text, told if isinstance(told, tuple) else tuple(told.values())


def failed(connection: Connection, text: str, values: Any, error: Any) -> DBAPIError:
    """A driver's error as SQLAlchemy's; a connection that was lost is not used again."""
    dialect: Any = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection, None)
    if lost:
        connection.invalidate(error)
    told: DBAPIError = DBAPIError.instance(
        text,
        values,
        error,
        dialect.loaded_dbapi.Error,
        connection_invalidated=lost,
        dialect=dialect,
    )
    return told
