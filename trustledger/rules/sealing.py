"""Sealing 个人信息承诺: personal values stand in the journal as salted commitments. Pure.

An entry's public content holds ``{"sealed": hex}`` where a name, telephone or memo was; the value
and its salt are kept apart and can be deleted, and neither leaf nor root changes. Without the salt
of 128 bits a commitment says nothing, also to who tries every name there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from functools import lru_cache
from hmac import digest
from typing import NamedTuple

SALT_BYTES = 16
SECRET_BYTES = 16
"""At least so many bytes has the secret that salts may be derived from."""

SEALED = '{"sealed":"'
"""What stands in a content that has sealed fields, and never in another: quotes inside of values
are escaped."""

ERASURE = "erasure"
"""Kind of the entry that says what was erased."""

ERASED = "已删除"
"""What a field reads that must not be empty and that was erased."""

_quoted = json.JSONEncoder(ensure_ascii=False).encode
_ALL = re.compile(r'"(\w+)":\{"sealed":"([0-9a-f]{64})"\}')


class Private(NamedTuple):
    """A personal value of an entry, and the salt under which the entry commits to it."""

    field: str
    salt: bytes
    value: str


def commitment(salt: bytes, kind: str, field: str, value: str) -> str:
    """HMAC-SHA256 under the salt over kind, field and value, with line ends between; in hex."""
    return digest(salt, f"{kind}\n{field}\n{value}".encode(), "sha256").hex()


def derived_salt(secret: bytes, kind: str, key: str, field: str) -> bytes:
    """The salt that a book's secret gives a field, so that a folder loads to one root."""
    return digest(secret, f"{kind}\n{key}\n{field}".encode(), "sha256")[:SALT_BYTES]


@lru_cache
def _said(field: str) -> re.Pattern[str]:
    return re.compile(rf'"{field}":("(?:[^"\\]|\\.)+")')


def seal(
    kind: str, content: str, fields: Collection[str], salt_of: Callable[[str], bytes]
) -> tuple[str, list[Private]]:
    """The public content, and what was taken out of it: every field of some that is not empty."""
    kept = []
    for field in fields:
        said = _said(field).search(content)
        if said is None:
            continue
        value = said[1][1:-1] if "\\" not in said[1] else json.loads(said[1])
        one = Private(field, salt_of(field), value)
        kept.append(one)
        sealed = f'"{field}":{SEALED}{commitment(one.salt, kind, field, value)}"}}'
        content = content[: said.start()] + sealed + content[said.end() :]
    return content, kept


def unseal(content: str, values: Mapping[str, str]) -> str:
    """The content as it was given; a field that has no value any more reads as erased."""
    return _ALL.sub(lambda found: _opened(found, values), content)


def _opened(found: re.Match[str], values: Mapping[str, str]) -> str:
    field, sealed = found.groups()
    value = values.get(field)
    if value is None:
        value = erased(field, sealed)
    return f'"{field}":{_quoted(value)}'


def erased(field: str, sealed: str) -> str:
    """What an erased field reads: nothing; where something must stand, that it was deleted.

    Persons who were erased stay apart from each other, by the beginning of the commitment.
    """
    if field == "person":
        return f"{ERASED}-{sealed[:8]}"
    return ERASED if field == "reason" else ""


def sealed_fields(content: str) -> dict[str, str]:
    """The sealed fields of a public content, and their commitments."""
    return dict(_ALL.findall(content))


def sealed_key(key: str, person: str, sealed: str) -> str:
    """The public key of a tenure: ``unit|person|role|start`` without the person."""
    head, role, start = key.rsplit("|", 2)
    return f"{head.removesuffix(f'|{person}')}|{sealed[:16]}|{role}|{start}"
