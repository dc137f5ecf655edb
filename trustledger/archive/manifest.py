"""The manifest 归档清单: what an archive holds, how much of it, and what it must hash to."""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from trustledger.errors import InvalidFile
from trustledger.rules.journal import Head

FILE = "manifest.json"
FORMAT = "trustledger-archive"
VERSION = 1
MOST_BYTES = 2**16
ENTRIES, PRIVATE, CHECKPOINTS = "entries.jsonl", "private.jsonl", "checkpoints.jsonl"
FOLDER = "attachments"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class Member(NamedTuple):
    """A file of the archive: its lines and bytes, and the SHA-256 of them."""

    lines: int
    bytes: int
    sha256: str


class Manifest(NamedTuple):
    """What ``manifest.json`` says."""

    book: str
    size: int
    root: str
    public: bool  # without private fields and vouchers
    made_at: str
    library: str
    members: dict[str, Member]
    attachments: Member  # lines: how many; the hash is over their sorted digests, a line each

    @property
    def head(self) -> Head:
        """Length and root of the journal."""
        return Head(self.size, self.root)

    def dump(self) -> bytes:
        """As the file has it."""
        told: dict[str, Any] = {"format": FORMAT, "version": VERSION, **self._asdict()}
        told["members"] = {name: one._asdict() for name, one in self.members.items()}
        told["attachments"] = self.attachments._asdict()
        return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()


def load(body: bytes) -> Manifest:
    """The manifest back from its file.

    :raises InvalidFile: it is not one, or of a newer format.
    """
    try:
        told = json.loads(body)
        if told.pop("format") != FORMAT:
            raise ValueError
        version = told.pop("version")
        if type(version) is int and version > VERSION:
            raise InvalidFile(
                f"is of format {version}, and this library reads up to {VERSION}; "
                "use a newer trustledger"
            )
        told["members"] = {name: Member(**one) for name, one in told["members"].items()}
        told["attachments"] = Member(**told["attachments"])
        manifest = Manifest(**told)
        if version != VERSION or not _is_sound(manifest) or manifest.dump() != body:
            raise ValueError
    except InvalidFile:
        raise
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InvalidFile(
            "is not the manifest of an archive, or was changed; export the book again"
        ) from None
    return manifest


def _is_sound(manifest: Manifest) -> bool:
    wanted = {ENTRIES, CHECKPOINTS} | (set() if manifest.public else {PRIVATE})
    parts = (*manifest.members.values(), manifest.attachments)
    counts = (manifest.size, *(n for part in parts for n in (part.lines, part.bytes)))
    texts = (manifest.book, manifest.made_at, manifest.library)
    return (
        all(type(n) is int and n >= 0 for n in counts)
        and all(type(text) is str and text.isprintable() for text in texts)
        and all(
            type(one) is str and _DIGEST.fullmatch(one) is not None
            for one in (manifest.root, *(part.sha256 for part in parts))
        )
        and type(manifest.public) is bool
        and set(manifest.members) == wanted
        and manifest.size == manifest.members[ENTRIES].lines > 0
    )
