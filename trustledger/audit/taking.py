"""Taking in 逐笔重算: one entry is held against the log, against its own fact, and added up."""

from __future__ import annotations

from trustledger.audit.kinds import KINDS
from trustledger.audit.kinds.acts import RECORDS, act
from trustledger.audit.log import take_leaf, take_private, take_time
from trustledger.audit.state import UNREADABLE, Recount
from trustledger.audit.sums import add_up
from trustledger.records import BookInfo, Entry
from trustledger.rules.journal import check_postings
from trustledger.rules.sealing import SEALED
from trustledger.store.writing import NAMING


def take(recount: Recount, entry: Entry) -> None:
    """Take one entry in."""
    take_leaf(recount, entry)
    take_time(recount, entry)
    wrong = check_postings(entry.postings)
    if wrong is not None:
        recount.found("balance", entry, wrong)
    try:
        if SEALED in entry.public:
            take_private(recount, entry)
        _take_fact(recount, entry)
    except UNREADABLE as error:
        recount.found("unreadable", entry, f"its stored fact cannot be read: {error!r}")
    add_up(recount, entry)


def _take_fact(recount: Recount, entry: Entry) -> None:
    """Read the stored fact, remember what it defines, and hold its postings against it."""
    kind = entry.kind
    if kind == "book":
        recount.begin(BookInfo.load(entry.content))
        return
    if recount.info is None:
        recount.found("order", entry, "stands before the book's own record")
        return
    if entry.on < (recount.eve if kind == "opening" else recount.start):
        recount.found("open_day", entry, f"dated {entry.on}, before the books open")
    record = RECORDS.get(kind) or NAMING.get(kind)
    if record is not None:
        fact = record.load(entry.content)
        recount.links |= {(*named, kind, entry.key) for named in fact.names()}
        if kind in RECORDS:
            act(recount, entry, fact)
            return
    check = KINDS.get(kind)
    if check is None:
        recount.found("unreadable", entry, f"no such kind of entry: {kind!r}")
        return
    check(recount, entry)
