"""Kinds of entries 凭证种类: what the fact of an entry says is held against what the entry posts.

What lives here: a function per kind, ``(recount, entry) -> None``, by :data:`KINDS`; it remembers
what later entries rest on and notes what does not hold. The many kinds of the open budget need none
of their own: ``acts`` performs them again.
"""

from __future__ import annotations

from collections.abc import Callable

from trustledger.audit.kinds import (
    acts,
    charges,
    closing,
    custody,
    dated,
    erasing,
    facts,
    late_fees,
    money,
    reminders,
    reversals,
    waivers,
)
from trustledger.audit.state import Recount
from trustledger.records import Entry

KINDS: dict[str, Callable[[Recount, Entry], None]] = {
    "fund": facts.fund,
    "unit": facts.unit,
    "line": facts.line,
    "tariff": facts.tariff,
    "count": facts.measure,
    "factor": facts.measure,
    "weight": facts.measure,
    "meter": facts.measure,
    "reading": facts.measure,
    "shared_cost": facts.measure,
    "term": dated.told,
    "late_fee_term": dated.told,
    "tenure": dated.told,
    "reminder_step": dated.told,
    "ending": dated.ending,
    "opening": money.opening,
    "receipt": money.receipt,
    "income": money.income,
    "refund": money.refund,
    "withdrawal": money.withdrawal,
    "settlement": money.settlement,
    "deposit": custody.deposit,
    "agency": custody.agency,
    "suspense": custody.suspense,
    "charge": charges.charge,
    "late_fee": late_fees.late_fee,
    "late_fees": late_fees.late_fees,
    "waiver": waivers.waiver,
    "waived": waivers.waived,
    "reversal": reversals.reversal,
    "instalment": reminders.instalment,
    "reminder": reminders.reminder,
    "roll": acts.roll,
    "result": acts.result,
    "erasure": erasing.erasure,
    "close": closing.close,
}
"""How each kind of entry is held against its fact."""
