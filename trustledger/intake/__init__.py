"""Intake 入账准备: from facts handed in to one batch applied.

What is settled here, in this order: idempotency (same key and content: what stands; other content:
``KeyConflict``), before anything else is looked at; what the batch needs to know of the book; a
rehearsal for refunds and waivers that are dated ahead of the charges; then the batch itself. Each
has its file; :mod:`.taking` goes through them.
"""

from __future__ import annotations

from trustledger.intake.ahead import will_ask
from trustledger.intake.taking import take_in, unposted

__all__ = ["take_in", "unposted", "will_ask"]
