"""The last checks 终核: what is stored beside the journal against the journal as it was recounted.

What lives here: a function per invariant, ``(recount, reader) -> findings``, by :data:`CHECKS`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from trustledger.audit.checks import facts, journal, sums
from trustledger.audit.state import Recount
from trustledger.records import Finding
from trustledger.store.reading import Reader

CHECKS: tuple[Callable[[Recount, Reader], Iterator[Finding]], ...] = (
    journal.check_log,
    journal.check_closed,
    journal.check_nodes,
    journal.check_checkpoints,
    journal.check_private,
    journal.check_numbers,
    sums.check_settlements,
    facts.check_tenures,
    sums.check_remuneration,
    sums.check_turnover,
    sums.check_open,
    facts.check_acts,
    sums.check_lines,
    sums.check_links,
    sums.check_terms,
    sums.check_costs,
    facts.check_attachments,
    facts.check_reminders,
    journal.check_guards,
    journal.check_file,
)
"""What is compared once the whole journal is recounted, in the order of the findings."""
