"""a-ledger on SQLite."""

from __future__ import annotations

import clock
from a_ledger import Ledger
from a_ledger.domain.journal import (
    CommandKey,
    JournalBatch,
    Post,
    PostingInput,
    SourceIdentity,
    TransactionInput,
)
from a_ledger.schema import install
from sqlalchemy import create_engine, event

engine = create_engine(clock.DATABASE)


@event.listens_for(engine, "connect")
def _connect(connection, _):
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys=ON")


@event.listens_for(engine, "begin")
def _begin(connection):
    connection.exec_driver_sql("BEGIN")


with engine.begin() as first:
    install(first)
    accounts = Ledger(first).accounts
    accounts.create_portfolio("main", code="main", currency="CNY")
    for name, category in (("bank", "ASSET"), ("fund", "INCOME"), ("payable", "LIABILITY")):
        accounts.create_account(name, portfolio_id="main", code=name, category=category)

SIDES = (
    PostingInput("1", "bank", 10_000),
    PostingInput("2", "fund", -8_800),
    PostingInput("3", "payable", -1_200),
)


def many(numbers: range) -> None:
    receipts = tuple(
        Post(
            f"R{number}",
            SourceIdentity("receipts", f"R{number}"),
            TransactionInput("receipt", "2024-12-20", "2024-12-20T10:00:00", SIDES),
        )
        for number in numbers
    )
    with engine.begin() as connection:
        batch = JournalBatch("main", CommandKey("bench", f"{numbers}"), receipts)
        Ledger(connection).journal.execute(batch)


clock.measure(lambda number: many(range(number, number + 1)), many)
