"""Audit 核查: every invariant of docs/invariants.md, recomputed from what is stored.

One pass over the journal adds everything up anew (``taking``, kind by kind in ``kinds/``); the
checks in :data:`CHECKS` then compare. What is wrong becomes a
:class:`~trustledger.records.Finding`, never an exception: an auditor wants the whole list. Nothing
here trusts a stored sum.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.exc import DatabaseError

from trustledger.audit.checks import CHECKS
from trustledger.audit.checks.journal import check_log, check_numbers
from trustledger.audit.state import UNREADABLE, Recount
from trustledger.audit.taking import take
from trustledger.checkpoint import Checkpoint, Verifier
from trustledger.errors import BookCorrupt
from trustledger.records import Finding
from trustledger.store import checkpoints
from trustledger.store.reading import Reader
from trustledger.undisturbed import undisturbed

__all__ = ["CHECKS", "Recount", "check_log", "check_numbers", "recount", "verify"]


def verify(
    reader: Reader,
    progress: Callable[[int, int], None] | None = None,
    notes: Iterable[Checkpoint] = (),
    keys: Iterable[Verifier] = (),
) -> list[Finding]:
    """Recompute every invariant; what does not hold, in the order of the journal.

    ``notes``: checkpoints from elsewhere to hold the log against, signed by every one of ``keys``.
    """
    counted = recount(reader, progress, notes, keys)
    findings = counted.findings
    for check in CHECKS:
        try:
            findings.extend(check(counted, reader))
        except DatabaseError as error:
            findings.append(Finding("guards", "database", f"cannot be read: {error.orig}"))
        except UNREADABLE as error:  # what stands in the entries named above
            name = check.__name__.removeprefix("check_")
            findings.append(Finding("unreadable", "journal", f"{name} cannot be told: {error!r}"))
    return findings


def recount(
    reader: Reader,
    progress: Callable[[int, int], None] | None = None,
    notes: Iterable[Checkpoint] = (),
    keys: Iterable[Verifier] = (),
) -> Recount:
    """The whole journal added up anew; what it is held against, as of :func:`verify`."""
    counted = Recount(reader)
    _hold(counted, reader, notes, keys)
    size = reader.size()
    for chunk in reader.chunks():
        with undisturbed():
            counted.past.look_up(chunk)
            for entry in chunk:
                take(counted, entry)
        if progress is not None:
            progress(chunk[-1].seq, size)
    return counted


def _hold(
    counted: Recount, reader: Reader, notes: Iterable[Checkpoint], keys: Iterable[Verifier]
) -> None:
    """Take in the checkpoints that the log is held against: those given and those kept."""
    counted.notes, counted.keys = list(notes), list(keys)
    for note in counted.notes:
        missing = [key.name for key in counted.keys if key.name not in note.signers]
        if missing:
            where = f"{note.size} entries signed by {', '.join(note.signers)}"
            message = f"is not signed by {', '.join(missing)}"
            counted.findings.append(Finding("checkpoint", where, message))
    try:
        counted.notes += checkpoints.kept(reader.connection, reader.book)
    except BookCorrupt as error:
        counted.findings.append(Finding("checkpoint", "database", error.message))
    counted.signed_sizes = {note.size for note in counted.notes}
