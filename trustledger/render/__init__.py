"""Formats 输出格式: a statement in, bytes out. One format per file; none of them knows a ledger.

What lives here: the list of formats, and the one gate that every statement passes. A format's
file is imported when it is first used, so that nobody waits for a format that they do not use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module

from trustledger.document import Statement
from trustledger.errors import StatementFails, Unknown
from trustledger.money import yuan

Render = Callable[[Statement], bytes]


def _later(module: str) -> Render:
    def render(statement: Statement) -> bytes:
        return import_module(f"{__name__}.{module}").render(statement)  # type: ignore[no-any-return]

    return render


FORMATS: Mapping[str, Render] = {
    "text": _later("to_text"),
    "json": _later("to_json"),
    "csv": _later("to_csv"),
    "xlsx": _later("to_xlsx"),
    "pdf": _later("to_pdf"),
    "html": _later("to_html"),
}
"""Every format by its name."""

SUFFIX: Mapping[str, str] = {name: f".{name}" for name in FORMATS} | {"text": ".txt"}
"""What a file of each format is named with."""


def refuse_failing(statement: Statement) -> None:
    """Pass a statement on only if its own checks hold; every format comes after this.

    :raises StatementFails: names each check that does not hold, with both figures in yuan.
    """
    failing = tuple(check for check in statement.checks if not check.holds)
    if failing:
        said = "; ".join(
            f"{check.name}: {yuan(check.left_fen, grouping=True)} is not "
            f"{yuan(check.right_fen, grouping=True)}"
            for check in failing
        )
        raise StatementFails(
            f"{statement.name} of {statement.book} for {statement.period} does not add up "
            f"({said}), so it is not shown; verify the book to find the entry",
            checks=failing,
        )


def render(statement: Statement, format: str) -> bytes:
    """A statement in one of :data:`FORMATS`, as the bytes of a file.

    The same statement gives the same bytes everywhere.

    :raises Unknown: no such format.
    :raises StatementFails: a check of the statement does not hold.
    :raises InvalidInput: what the format needs is not installed.
    """
    if format not in FORMATS:
        right = f"the formats are {', '.join(FORMATS)}"
        raise Unknown("format", format, right, field="format")
    refuse_failing(statement)
    return FORMATS[format](statement)


def bind(statements: Sequence[Statement], title: str) -> bytes:
    """Statements bound as one PDF file, such as all notices of a building; each has pages of its
    own, numbered from one.

    :raises StatementFails: a check of one of them does not hold.
    :raises InvalidInput: the extra ``pdf`` is not installed.
    """
    for statement in statements:
        refuse_failing(statement)
    bound: bytes = import_module(f"{__name__}.to_pdf").bind(statements, title)
    return bound
