"""How an error that a record raised is put into the words of the cell or key it was found in."""

from __future__ import annotations

from trustledger.errors import InvalidDate, InvalidInput, Unknown


def say(error: InvalidInput, message: str, *, unless: str | None = None) -> None:
    """Reword an error, unless its message begins so already; its class and facts stay."""
    if unless is None or not error.message.startswith(unless):
        error.message, error.args = message, (message,)


def field_of(error: InvalidInput) -> str:
    """The record field that an error is about, or ``""``.

    A rule over two fields names none of them; of these, the records of a book folder have two:
    what is not defined (a fund, an account, a category), and an end before its beginning.
    """
    own: str = getattr(error, "field", "")
    if own:
        return own
    if isinstance(error, Unknown):
        return str(error.facts["what"]).rpartition(" ")[2]
    return "to" if isinstance(error, InvalidDate) else ""


def clipped(text: str, most: int = 60) -> str:
    """A text as an error shows it: in quotation marks, on one line, and not longer than a line."""
    return repr(text if len(text) <= most else text[:most] + "…")
