"""Closing the books 结账: what is still to be done before a month can be closed, and the close.

What lives here: looking for what is pending, in the writer's own transaction, and appending one
close per month. What a close seals and what the watermark refuses is the rule's (rules/closing.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from trustledger import audit, chart, intake, standing
from trustledger.errors import BooksNotOpen, ClosingRefused
from trustledger.money import yuan
from trustledger.period import Period, month_of, next_month
from trustledger.records import LATE_FEE, BookInfo, Draft, Finding, Posted
from trustledger.rules.closing import CLOSE, Seal, closed_on, totals_of
from trustledger.rules.journal import Head
from trustledger.store import balances, unsettled
from trustledger.store.reading import Reader
from trustledger.store.writing import Writer

Progress = Callable[[int, int], None]

SHOWN = 3
"""How many of a kind are named in a refusal; the rest is counted."""


class Looked(NamedTuple):
    """What ``verify`` found in a journal of some length and root."""

    head: Head
    findings: list[Finding]


def look_over(reader: Reader, last: str, progress: Progress | None = None) -> Looked | None:
    """Verify the books before the lock is taken, since that takes long; nothing is to be verified
    where the month is closed already."""
    if reader.closed() >= last:
        return None
    return Looked(reader.head(), audit.verify(reader, progress))


def close_through(
    reader: Reader,
    writer: Writer,
    last: str,
    looked: Looked | None = None,
    *,
    leave_waiting: bool = False,
) -> list[Posted]:
    """Close every month not yet closed through the last one, in order; the closes, in order.

    A month that is closed already is answered with the close that stands. ``looked``: what was
    found beforehand; if others have posted since, it is verified again.

    :raises BooksNotOpen: the month lies before the books open.
    :raises ClosingRefused: something is still to be done; nothing is closed then.
    """
    info = standing.info_of(reader)
    start = month_of(info.start)
    if last < start:
        raise BooksNotOpen(f"found {last}; the books open on {info.start}")
    months = list(Period(next_month(writer.closed) if writer.closed else start, last).months())
    if not months:
        seq = reader.stored(CLOSE, [last])[last].seq
        return [Posted(seq, CLOSE, last, False)]
    waiting = [*pending(reader, info, last, leave_waiting=leave_waiting)]
    if looked is None or looked.head != reader.head():
        looked = Looked(reader.head(), audit.verify(reader))
    waiting += _unverified(looked.findings)
    if waiting:
        raise ClosingRefused(last, tuple(waiting))
    for month in months:
        writer.append(Draft(CLOSE, month, closed_on(month), seal(reader, writer, month).content()))
    return writer.finish({})


def seal(reader: Reader, writer: Writer, month: str) -> Seal:
    """What the close of a month says, as the books stand."""
    moved = ((t[0], t[1], t[2], t[6], t[7]) for t in balances.turnovers(reader, month, month))
    root = writer.frontier.root().hex()
    return Seal(month, writer.size, root, totals_of(month, moved))


# --------------------------------------------------------------------------- what is pending


def pending(
    reader: Reader, info: BookInfo, last: str, *, leave_waiting: bool = False
) -> tuple[str, ...]:
    """What is still to be done before the months through the last one can be closed, in books that
    verify."""
    drafts = intake.unposted(reader, Period(month_of(info.start), last))
    found = [*_uncharged(drafts)]
    if not leave_waiting:
        found += [*_waiting(reader, last), *_unclaimed(reader, last)]
    return tuple(found)


def _uncharged(drafts: Iterable[Draft]) -> Iterator[str]:
    """Charges, late fees and settlements that charging would still post."""
    charges: dict[str, list[str]] = {}
    late: list[str] = []
    others: list[str] = []
    for draft in drafts:
        if draft.kind == "charge":
            month, _, unit = draft.key.partition("|")
            charges.setdefault(month, []).append(unit)
        elif draft.kind == "late_fees":
            late.append(draft.key)
        elif draft.kind != LATE_FEE:
            others.append(f"{draft.kind} of {draft.on}")
    for month, units in charges.items():
        yield f"{month} is not charged for {_named(units, 'unit')}: charge it first"
    for month in late:
        yield f"the late fees of {month} are not charged: charge it first"
    if others and not charges and not late:
        yield f"charging would still post {_named(others, 'entry', 'entries')}: charge it first"


def _waiting(reader: Reader, last: str) -> Iterator[str]:
    """Waivers of these months whose charge never came."""
    for unit, waiver in sorted(unsettled.open_items(reader)[2]):
        if waiver.month <= last:
            yield (
                f"waiver {waiver.key!r} of unit {unit} still waits for a charge of "
                f"{waiver.month} that nothing makes: enter a tariff for it, or close with "
                "leave_waiting (--leave-waiting)"
            )


def _unclaimed(reader: Reader, last: str) -> Iterator[str]:
    """Money that came in by the end of these months and that nobody has claimed."""
    kept = unsettled.held(reader).items()
    held = {h.source: fen for h, fen in kept if h.account == chart.SUSPENSE}
    came = [e for e in (reader.entry("suspense", key) for key in sorted(held)) if e is not None]
    old = [f"{e.key!r} ({yuan(held[e.key])})" for e in came if e.on[:7] <= last]
    if old:
        yield (
            f"nobody has claimed {_named(old, 'suspense')}: claim it by a receipt, or close with "
            "leave_waiting (--leave-waiting)"
        )


def _unverified(findings: list[Finding]) -> Iterator[str]:
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        yield f"the books do not verify: {findings[0]}{more}"


def _named(names: list[str], one: str, many: str = "") -> str:
    """``unit 1-101``; ``12 units (1-101, 1-102, 1-103 ...)``."""
    if len(names) == 1:
        return f"{one} {names[0]}"
    more = " ..." if len(names) > SHOWN else ""
    return f"{len(names)} {many or one + 's'} ({', '.join(names[:SHOWN])}{more})"
