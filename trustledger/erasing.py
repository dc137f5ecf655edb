"""Erasing 删除个人信息: a personal value and its salt go, the entry and the log stay as they are.

个人信息保护法 art. 47: who no longer needs a person's data, or is asked to, deletes it. What is
left is the commitment, which says nothing without its salt, and an entry that says what was erased,
when and by whose authority.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from trustledger.errors import InvalidInput, Unknown
from trustledger.records import Draft, Entry, Posted
from trustledger.rules.sealing import ERASURE, sealed_fields
from trustledger.store.reading import Reader
from trustledger.store.tables import PRIVATE
from trustledger.store.writing import Writer


def erase(
    reader: Reader,
    writer: Writer,
    kind: str,
    key: str,
    fields: Collection[str] | None,
    on: str,
    authority: str,
) -> Posted:
    """Erase personal fields of an entry, all of them or some; what is erased already stays so.

    :raises Unknown: no such entry, or it has no such sealed field.
    """
    entry = reader.entry(kind, key)
    if entry is None:
        raise Unknown("entry", f"{kind} {key}", "name its kind and key as they were posted")
    wanted = _wanted(entry, fields)
    standing = {one[0] for one in entry.private}
    going = [field for field in wanted if field in standing]
    if not going:
        return _before(reader, entry, wanted)
    body = {
        "of": entry.seq,
        "of_kind": kind,
        "of_key": entry.key,
        "fields": going,
        "authority": authority,
    }
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    writer.append(Draft(ERASURE, f"{entry.seq}|{','.join(going)}", on, content))
    posted = writer.finish({})[-1]
    reader.connection.execute(
        PRIVATE.delete().where(
            PRIVATE.c.book == reader.book, PRIVATE.c.seq == entry.seq, PRIVATE.c.field.in_(going)
        )
    )
    return posted


def _wanted(entry: Entry, fields: Collection[str] | None) -> list[str]:
    sealed = sealed_fields(entry.public)
    if not sealed:
        raise InvalidInput(f"{entry.kind} {entry.key!r} has nothing personal that is sealed")
    for field in fields or ():
        if field not in sealed:
            right = f"what can be erased of it: {', '.join(sealed)}"
            raise Unknown("sealed field", field, right)
    return [field for field in sealed if fields is None or field in fields]


def _before(reader: Reader, entry: Entry, wanted: Collection[str]) -> Posted:
    """The entry that erased it before."""
    for key, seq in reader.keys(ERASURE).items():
        of, _, fields = key.partition("|")
        if of == str(entry.seq) and set(wanted) & set(fields.split(",")):
            return Posted(seq, ERASURE, key, False)
    raise InvalidInput(
        f"what is personal of {entry.kind} {entry.key!r} is gone, and no entry says that it was "
        "erased; run trustledger verify"
    )
