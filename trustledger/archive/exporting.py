"""From a book to an archive: as it stands in one snapshot, a few thousand entries at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from trustledger import __version__
from trustledger.archive import lines, manifest
from trustledger.archive.container import Target, attachments_of, writing
from trustledger.archive.manifest import Manifest, Member
from trustledger.errors import BookCorrupt
from trustledger.files import appearing
from trustledger.rules.journal import Frontier, Head, leaf_hash
from trustledger.store.reading import Reader
from trustledger.store.tables import ATTACHMENT, CHECKPOINT, PRIVATE

CHUNK = 1_000


def write(reader: Reader, path: Path, made_at: str, *, public: bool = False) -> Manifest:
    """Write a book as an archive: a zip if the name ends so, a folder otherwise.

    ``public``: without personal fields and vouchers' files; the root is the same.

    :raises InvalidInput: something is there already, or it cannot be written.
    :raises BookCorrupt: what stands is not what was posted; no archive is written of that.
    """
    head = reader.head()
    with (
        appearing(path) as spare,
        writing(spare, zipped=path.suffix.lower() == ".zip") as target,
    ):
        told = {manifest.ENTRIES: _member(target, manifest.ENTRIES, _entries(reader, head))}
        if not public:
            told[manifest.PRIVATE] = _member(target, manifest.PRIVATE, _private(reader))
        told[manifest.CHECKPOINTS] = _member(target, manifest.CHECKPOINTS, _checkpoints(reader))
        files = attachments_of(_attachments(reader, target) if not public else iter(()))
        summary = Manifest(reader.book, *head, public, made_at, __version__, told, files)
        with target.open(manifest.FILE) as member:
            member.write(summary.dump())
    return summary


def _member(target: Target, name: str, told: Iterable[bytes]) -> Member:
    digest, size, rows = sha256(), 0, 0
    with target.open(name) as member:
        for line in told:
            member.write(line)
            digest.update(line)
            size, rows = size + len(line), rows + 1
    return Member(rows, size, digest.hexdigest())


def _entries(reader: Reader, head: Head) -> Iterator[bytes]:
    frontier = Frontier()
    for entry in reader.standing(CHUNK):
        frontier.append(
            leaf_hash(reader.book, *entry[:4], entry.reverses, entry.public, entry.postings)
        )
        yield lines.entry_line(entry)
    if (frontier.size, frontier.root().hex()) != head:
        raise BookCorrupt(
            f"book {reader.book!r}: what stands is not what was posted; run trustledger verify"
        )


def _private(reader: Reader) -> Iterator[bytes]:
    at = (0, "")
    columns = (PRIVATE.c.seq, PRIVATE.c.field, PRIVATE.c.salt, PRIVATE.c.value)
    query = select(*columns).where(PRIVATE.c.book == reader.book).order_by(*columns[:2])
    while True:
        seq, field = at
        later = (PRIVATE.c.seq > seq) | ((PRIVATE.c.seq == seq) & (PRIVATE.c.field > field))
        rows = reader.connection.execute(query.where(later).limit(CHUNK)).all()
        if not rows:
            return
        for seq, field, salt, value in rows:
            yield lines.line_of(lines.Private(seq, field, bytes(salt).hex(), value))
            at = seq, field


def _checkpoints(reader: Reader) -> Iterator[bytes]:
    columns = (CHECKPOINT.c.size, CHECKPOINT.c.signer, CHECKPOINT.c.note)
    query = select(*columns).where(CHECKPOINT.c.book == reader.book).order_by(*columns[:2])
    for row in reader.connection.execute(query):
        yield lines.line_of(lines.Checkpoint(*row))


def _attachments(reader: Reader, target: Target) -> Iterator[tuple[str, int]]:
    mine = ATTACHMENT.c.book == reader.book
    digests = select(ATTACHMENT.c.digest).where(mine).order_by(ATTACHMENT.c.digest)
    for digest in reader.connection.scalars(digests).all():
        body = bytes(
            reader.connection.execute(
                select(ATTACHMENT.c.body).where(mine, ATTACHMENT.c.digest == digest)
            ).scalar_one()
        )
        with target.open(f"{manifest.FOLDER}/{digest}", packed=False) as member:
            member.write(body)
        yield digest, len(body)
