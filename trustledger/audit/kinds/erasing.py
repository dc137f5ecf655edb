"""Erasures 删除个人信息: which personal values an entry says were erased."""

from __future__ import annotations

import json

from trustledger.audit.state import Recount
from trustledger.records import Entry


def erasure(recount: Recount, entry: Entry) -> None:
    """What was erased of an earlier entry, by its number and fields."""
    body = json.loads(entry.content)
    if not 0 < body["of"] < entry.seq:
        recount.found("private", entry, f"erases something of entry {body['of']}, not before it")
    recount.erased |= {(body["of"], field): entry for field in body["fields"]}
