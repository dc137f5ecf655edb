"""The base of remuneration 计提基数: which term money counts in, found from the money itself."""

from __future__ import annotations

from trustledger import chart
from trustledger.audit.state import Recount
from trustledger.records import LATE_FEE, Entry, Posting
from trustledger.rules.charging import charge_key
from trustledger.store.named import Known, first_of_money, last_late_fee


def add_base(recount: Recount, entry: Entry, p: Posting, net: int) -> None:
    """Add to a term's base what is of it by what the money is, not by how it is marked."""
    if p.account in chart.CASH_ACCOUNTS and p.item in chart.INCOME_ACCOUNT:
        right, amount = _term_of_money(recount, entry, p), net
    elif p.account in (chart.SERVICE_FEE, chart.WAIVED) or (
        p.account == chart.LATE_FEES and entry.kind == "late_fee"
    ):
        right, amount = _term_of_charge(recount, entry, p), -net
    else:
        return
    if p.account != chart.SERVICE_FEE and p.term != right:
        recount.found("term", entry, f"marked with term {p.term!r}, and {right!r} is right")
    if right:
        recount.base[right] = recount.base.get(right, 0) + amount


def _term_of_money(recount: Recount, entry: Entry, p: Posting) -> str:
    """The term that money counts in; of what goes back, the one that it came by."""
    if not p.source:
        came = recount.past.reversed_by(entry) if entry.reverses else entry
        return _in_force(recount, came, p, p.item, owed=False, charged=False) if came else ""
    if entry.kind == "receipt" and p.source == entry.key:
        return _in_force(recount, entry, p, p.item, owed=True, charged=False)
    return _term_of_receipt(recount, entry, p)


def _term_of_receipt(recount: Recount, entry: Entry, p: Posting) -> str:
    """The term that money of an earlier receipt counts in; if that was told in more than one way
    meanwhile, as it did when it first was such money."""
    receipt = recount.past.receipt(p.source, entry)
    if receipt is None or receipt.on < recount.start:
        return ""
    of, told = (receipt.on, p.item, p.fund), recount.told_terms
    right = told.terms_of(receipt.seq, entry.seq, *of, owed=True, charged=False)
    if len(right) > 1:
        first = first_of_money(recount.past.reader, p.unit, p.source, late=p.item == LATE_FEE)
        right = {told.term_of(first, *of, owed=True, charged=False)}
    return right.pop()


def _term_of_charge(recount: Recount, entry: Entry, p: Posting) -> str:
    """The term that a charge or late fee counts in; of a waiver, that of what it waives."""
    if not recount.told_terms.charges:
        return ""
    late = p.item == LATE_FEE
    category = LATE_FEE if late else "service_fee"
    of = _waived(recount, entry, p, late=late) if p.account == chart.WAIVED else entry
    return _in_force(recount, of, p, category, owed=True, charged=True) if of else ""


def _waived(recount: Recount, entry: Entry, p: Posting, *, late: bool) -> Known | None:
    """The charge or late fee that a waiver, or its reversal, is of."""
    waiver = recount.past.reversed_by(entry) if entry.reverses else entry
    if waiver is None:
        return None
    if late:
        return last_late_fee(recount.past.reader, p.unit, p.month, waiver.seq)
    return recount.past.charge(charge_key(p.unit, p.month), entry)


def _in_force(
    recount: Recount, came: Entry | Known, p: Posting, category: str, *, owed: bool, charged: bool
) -> str:
    """The term that money of an entry counts in, as terms were known then."""
    if came.on < recount.start:
        return ""
    of = (came.on, category, p.fund)
    return recount.told_terms.term_of(came.seq, *of, owed=owed, charged=charged)
