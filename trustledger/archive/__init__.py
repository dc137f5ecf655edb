"""A book as an archive 归档: plain files that outlive any database, from which it can be had again.

What lives here: the format (docs/archive.md), writing it out of a book and taking it in. What is
taken in goes through the writer that posts, so every sum is made anew, and is verified before it
stands.
"""

from __future__ import annotations

from trustledger.archive.exporting import write
from trustledger.archive.importing import Imported, take_in
from trustledger.archive.manifest import Manifest

__all__ = ["Imported", "Manifest", "take_in", "write"]
