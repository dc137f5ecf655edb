"""The journal as it is stored 日志与库: its length and root, what was signed, and its database."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from trustledger.audit.state import Recount
from trustledger.checkpoint import origin_of
from trustledger.errors import TrustLedgerError
from trustledger.records import Finding
from trustledger.store import dialects
from trustledger.store.log import stored_nodes
from trustledger.store.named import misnumbered
from trustledger.store.reading import Reader
from trustledger.store.tables import HEAD, PRIVATE


def check_log(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The head says how long the journal is and what its root is."""
    row = reader.connection.execute(
        select(HEAD.c.size, HEAD.c.peaks).where(HEAD.c.book == reader.book)
    ).one_or_none()
    size, peaks = row or (0, "")
    if size != recount.frontier.size:
        yield Finding(
            "log_size", "head", f"{recount.frontier.size} entries stand, and {size} were posted"
        )
    if peaks != recount.frontier.dump():
        yield Finding(
            "log_root", "head", "the root of what stands is not the root of what was posted"
        )


def check_closed(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The head's last closed month is that of the last close."""
    kept = reader.closed()
    if kept != recount.closed:
        yield Finding("closed", "head", f"kept as {kept!r}, and {recount.closed!r} was closed last")


def check_nodes(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored nodes of the log are those that the leaves make."""
    stored = {node[:2]: node[2] for node in stored_nodes(reader.connection, reader.book)}
    right = {node[:2]: node[2] for node in recount.nodes}
    for level, at in sorted(set(stored) | set(right)):
        if stored.get((level, at)) != right.get((level, at)):
            first, last = (at << level) + 1, (at + 1) << level
            yield Finding(
                "log_node",
                f"entries {first} to {last}",
                "the node kept over them is not what their leaves make",
            )


def check_checkpoints(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The log is what was signed: every checkpoint's root is that of the leaves it covers.

    What was changed lies after the last checkpoint that holds and within the first that does not.
    """
    origin, good = origin_of(reader.book), 0
    for size, note in sorted((one.size, one) for one in recount.notes):
        where = f"{size} entries signed by {', '.join(note.signers)}"
        if note.origin != origin:
            yield Finding("checkpoint", where, f"is of {note.origin!r}, and this log is {origin!r}")
            continue
        for key in recount.keys:
            if key.name in note.signers and not note.signed_by(key):
                yield Finding("checkpoint", where, f"the signature of {key.name!r} is not its own")
        if size > recount.frontier.size:
            gone = f"entries {recount.frontier.size + 1} to {size} were taken away"
            yield Finding("checkpoint", where, gone)
        elif recount.roots.get(size) != note.root:
            yield Finding("checkpoint", where, f"one of entries {good + 1} to {size} was changed")
        else:
            good = max(good, size)


def check_private(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Personal values are gone if an entry says that they were erased, and only then."""
    for seq, field in sorted(set(recount.missing) - set(recount.erased)):
        entry = recount.missing[seq, field]
        where = f"entry {seq} {entry.kind} {entry.key}"
        yield Finding("private", where, f"its {field} is gone, and no entry says it was erased")
    for seq, field in sorted(set(recount.erased) - set(recount.missing)):
        yield Finding("private", f"entry {seq}", f"its {field} was erased, and something stands")
    count = select(func.count()).select_from(PRIVATE).where(PRIVATE.c.book == reader.book)
    more = int(reader.connection.execute(count).scalar_one()) - recount.opened
    if more:
        yield Finding("private", "database", f"{more} values are kept that no entry commits to")


def check_numbers(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Entries and the postings of each are numbered from 1, and every posting has its entry."""
    for seq in misnumbered(reader):
        yield Finding("sequence", f"entry {seq}", "it or its postings are not numbered from 1 on")


def check_guards(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The database still refuses changes to the journal."""
    try:
        dialects.check_schema(reader.connection)
    except TrustLedgerError as error:
        yield Finding("guards", "database", str(error))


def check_file(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The database finds nothing wrong with its own file."""
    for told in dialects.damage(reader.connection):
        yield Finding("damaged", "database", told)
