"""What an act does: the postings of its entry, and entries that the library adds to it."""

from __future__ import annotations

from typing import NamedTuple

from trustledger.records import Draft, Posting


class Deed(NamedTuple):
    """The outcome of an act that is allowed."""

    postings: tuple[Posting, ...] = ()
    drafts: tuple[Draft, ...] = ()


NOTHING = Deed()
"""A fact without postings, and nothing beside it."""
