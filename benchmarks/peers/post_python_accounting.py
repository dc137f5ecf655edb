"""python-accounting on SQLite: a journal entry of three sides."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import clock
from python_accounting.database.session import get_session
from python_accounting.models import Account, Base, Currency, Entity, LineItem
from python_accounting.transactions import JournalEntry
from sqlalchemy import create_engine

engine = create_engine(clock.DATABASE)
Base.metadata.create_all(engine)
session = get_session(engine)
entity = Entity(name="bench")
session.add(entity)
session.commit()
currency = Currency(name="Yuan", code="CNY", entity_id=entity.id)
session.add(currency)
session.commit()
bank, fund, payable = (
    Account(name=kind.name, account_type=kind, currency_id=currency.id, entity_id=entity.id)
    for kind in (
        Account.AccountType.BANK,
        Account.AccountType.OPERATING_REVENUE,
        Account.AccountType.CONTROL,
    )
)
session.add_all([bank, fund, payable])
session.commit()
WHEN = datetime(datetime.now().year, 1, 5)  # the reporting period is the year that runs


def receipt(number: int) -> None:
    told = JournalEntry(
        narration=f"R{number}", transaction_date=WHEN, account_id=bank.id, entity_id=entity.id,
        credited=False,
    )  # fmt: skip
    session.add(told)
    session.flush()
    for account, amount in ((fund, Decimal(88)), (payable, Decimal(12))):
        side = LineItem(narration="side", account_id=account.id, amount=amount, entity_id=entity.id)
        session.add(side)
        session.flush()
        told.line_items.add(side)
    session.add(told)
    told.post(session)


def many(numbers: range) -> None:
    for number in numbers:
        receipt(number)
    session.commit()


clock.measure(lambda number: many(range(number, number + 1)), many)
