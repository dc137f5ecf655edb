"""Acts of the open budget 办理: performed again with what stood before them, and held against that.

What the library says beside an act, the roll of a vote and its result, follows it as entries of
their own; until they come they are unsaid.
"""

from __future__ import annotations

from trustledger.acts import ACTS, perform
from trustledger.audit.state import Recount
from trustledger.errors import TrustLedgerError
from trustledger.facts import MOVING
from trustledger.records import Entry, Expenditure, Record
from trustledger.rolls import Roll
from trustledger.rules import electing
from trustledger.votes import Resolution

RECORDS = {record.kind: record for record in ACTS}
"""By kind of entry, the facts that are acts."""

_LOOKED_UP = ("commitment", "request", "invoice", "resolution")
"""What expenditures are found by when others of the same are made."""


def act(recount: Recount, entry: Entry, fact: Record) -> None:
    """A fact of the open budget does what its rules say, with what stood before it."""
    assert recount.docket is not None  # there is a book
    _check_named(recount, entry, fact)
    recount.earlier.before = entry.seq
    again = fact
    if isinstance(fact, Resolution) and recount.nameless:  # how many voters, their names said
        again = fact.model_copy(update={"voters": None})
    try:
        deed = perform(recount.docket, again)
    except TrustLedgerError as error:
        recount.found("act", entry, error.message)
        recount.docket.add(fact)
        return
    if again is not fact:
        recount.docket.add(fact)
    if deed.postings != entry.postings:
        recount.found("act", entry, "posts another thing than its fact says")
    recount.unsaid |= {(one.kind, one.key): one.content for one in deed.drafts}
    if isinstance(fact, Expenditure):
        _keep_little(recount, entry, fact)


def _check_named(recount: Recount, entry: Entry, fact: Record) -> None:
    """The entry has the fact's key and, where it moves money, its day."""
    told = getattr(fact, "on", None)
    moves = isinstance(fact, (Expenditure, *MOVING))
    if fact.record_key != entry.key or (moves and str(told) != entry.on):
        recount.found("fact", entry, f"its fact says {fact.record_key!r} on {told}")


def _keep_little(recount: Recount, entry: Entry, fact: Expenditure) -> None:
    """There are too many expenditures to keep them: only what later checks ask for stays."""
    if fact.digest:
        recount.digests[fact.digest] = str(entry.seq)
    if not any(kind in _LOOKED_UP for kind, _ in fact.names()):
        assert recount.docket is not None
        recount.docket.forget(fact)


def roll(recount: Recount, entry: Entry) -> None:
    """The roll of a resolution is the one made again, as far as names still tell."""
    again = recount.unsaid.pop((entry.kind, entry.key), None)
    if again is None:
        recount.found("act", entry, "is not what follows from the facts before it")
    elif again != entry.content:
        _check_roll(recount, entry, Roll.load(entry.content), Roll.load(again))
    if recount.docket is not None:  # votes are counted by what was frozen
        recount.docket.tell(entry.kind, entry.key, entry.content)


def _check_roll(recount: Recount, entry: Entry, stored: Roll, again: Roll) -> None:
    """What differs between two rolls is what erased names no longer tell, and nothing else."""
    assert recount.docket is not None  # there is a book
    wrong = electing.difference(stored, again, recount.nameless)
    if stored.content() != entry.content:
        wrong = wrong or "its totals are not those of its rows"
    if not wrong and not recount.nameless:
        wrong = "its voters are not numbered as their units are"
    of = recount.docket.get(Resolution, entry.key)
    if of is not None and of.voters not in (None, stored.voters):
        wrong = wrong or f"the roll has {stored.voters} voters, and {of.voters} were expected"
    if wrong:
        recount.found("act", entry, wrong)


def result(recount: Recount, entry: Entry) -> None:
    """The result of a vote is what its ballots and its roll give."""
    if recount.unsaid.pop((entry.kind, entry.key), None) != entry.content:
        recount.found("act", entry, "is not what follows from the facts before it")
