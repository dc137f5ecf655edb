"""Without Python's search for cycles, for a while."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def undisturbed() -> Iterator[None]:
    """While a folder is read or a batch of the book's own is taken in, thousands of small values
    are made that stay and have no cycle; searching the whole process for some, again and again,
    would take up to half of the time. It is put back as it was."""
    searches = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searches:
            gc.enable()
