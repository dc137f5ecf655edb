"""The guards of every released schema older than this one, by 16 hex digits of the SHA-256 of
their SQL: a database that is altered must not come out of a migration looking whole.

PostgreSQL begins with schema 2.
"""

from __future__ import annotations

RELEASED: dict[int, dict[str, str]] = {
    1: {
        "tl_attachment_no_delete": "cfb764ad364e87a7",
        "tl_attachment_no_replace": "a5674505fb663453",
        "tl_attachment_no_update": "56c1858313da5b4f",
        "tl_entry_no_delete": "1442e3761d48e3fe",
        "tl_entry_no_replace": "94b3f7ba84c079cf",
        "tl_entry_no_update": "cc666662563eff0b",
        "tl_head_no_delete": "069db66bac613939",
        "tl_head_only_grows": "860fe6dcd574011e",
        "tl_posting_no_delete": "ca8ae40fdea9e3d5",
        "tl_posting_no_replace": "925de023476230b8",
        "tl_posting_no_update": "1cc0666e55155138",
    },
}
