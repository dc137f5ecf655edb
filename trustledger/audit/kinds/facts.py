"""Facts without money 基础资料: funds, units, lines, prices and measures, as they are told."""

from __future__ import annotations

from trustledger.audit.kinds.closing import check_early
from trustledger.audit.state import Recount
from trustledger.measures import MEASURES
from trustledger.records import BudgetLine, Entry, Fund, Tariff, Unit

_MEASURES = {record.kind: record for record in MEASURES}


def fund(recount: Recount, entry: Entry) -> None:
    """A fund; entries after it may name it."""
    told = Fund.load(entry.content)
    recount.funds[told.code] = told


def unit(recount: Recount, entry: Entry) -> None:
    """A unit, or what changed of it."""
    told = Unit.load(entry.content)
    recount.units[told.unit] = told
    check_early(recount, entry, told)


def line(recount: Recount, entry: Entry) -> None:
    """A standing line of a budget, which acts look up."""
    assert recount.docket is not None  # there is a book
    recount.docket.add(BudgetLine.load(entry.content))


def tariff(recount: Recount, entry: Entry) -> None:
    """A price; which one a month has is looked for anew."""
    told = Tariff.load(entry.content)
    recount.measures.add(told)
    recount.tariffs.clear()
    check_early(recount, entry, told)


def measure(recount: Recount, entry: Entry) -> None:
    """A count, factor, weight, meter, reading or shared cost."""
    told = _MEASURES[entry.kind].load(entry.content)
    recount.measures.add(told)
    check_early(recount, entry, told)
