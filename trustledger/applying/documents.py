"""Put on record 登记: facts that this package decides nothing about.

Documents (units, tariffs, measures, terms, budget lines) and payment plans have no postings; what
a fact of the open budget posts is for its act to say (acts/).
"""

from __future__ import annotations

from datetime import date

from trustledger.acts import perform
from trustledger.applying.desk import Desk
from trustledger.facts import MOVING
from trustledger.records import BudgetLine, Draft, Expenditure, Instalment, Record
from trustledger.rules.paying import check_purpose, known_fund


def document(desk: Desk, fact: Record) -> None:
    """A fact without money and, mostly, without a day: recorded on the first open one."""
    if isinstance(fact, BudgetLine):
        check_purpose(known_fund(desk.state.funds, fact.fund), fact.category, fact.line)
    desk.state.docket.add(fact)
    on = desk.state.opened.isoformat()
    desk.post(Draft(fact.kind, fact.record_key, on, fact.content()))


def instalment(desk: Desk, fact: Instalment) -> None:
    """A part of a payment plan: no money moves, but the unit must be there."""
    desk.account(fact.unit)
    desk.post(Draft(fact.kind, fact.record_key, fact.on.isoformat(), fact.content()))


def act(desk: Desk, fact: Record) -> None:
    """A fact of the open budget: what it does, and what the library says beside it."""
    deed = perform(desk.state.docket, fact)
    told: date = getattr(fact, "on", None) or desk.state.opened
    on = told if isinstance(fact, (Expenditure, *MOVING)) else max(told, desk.state.opened)
    day = on.isoformat()
    desk.post(Draft(fact.kind, fact.record_key, day, fact.content(), deed.postings))
    for draft in deed.drafts:
        desk.post(draft._replace(on=day))
