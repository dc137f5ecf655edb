"""How long is waited, how often is tried, and what both databases say in the same words."""

from __future__ import annotations

from trustledger.errors import BookCorrupt

LOCK_SECONDS = 120
"""A writer waits so long for another one."""

IDLE_SECONDS = 0.1
"""After so long out of use a connection to a server is looked at before it is used again."""

TRIES = 6
"""How often a write is tried that the database asks to try again: two seconds of waiting in all."""


def beside_the_library(text: str, url: str) -> BookCorrupt:
    """What is told when stored rows contradict those that are about to be written."""
    return BookCorrupt(
        f"{url}: {text}; somebody wrote into the book beside this library: run trustledger verify "
        "and compare with a backup"
    )
