"""A mini-program's payment call-back that books a receipt in its own transaction."""

import tempfile
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, create_engine, select

import trustledger as tl


class Payment(SQLModel, table=True):
    """The host's own row."""

    id: int | None = Field(default=None, primary_key=True)
    provider_number: str
    ledger_seq: int


engine = tl.prepare(create_engine(f"sqlite:///{Path(tempfile.mkdtemp()) / 'host.db'}"))
SQLModel.metadata.create_all(engine)

with Session(engine) as session, session.begin():
    book = tl.Book.create(
        session,
        tl.BookInfo(code="garden", name="花园小区", start="2024-01-01"),
        tl.Unit(unit="3-1-502", building="3栋", area_m2="93.77", usage="residential"),
        tl.Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2024-01-01"),
        tl.Term(rate="12%", base=("service_fee",), authority="合同", start="2024-01-01"),
    )
    book.charge("2024-01")


def call_back(number: str, unit: str, amount: str) -> int:
    """Called once or ten times: one receipt, one row."""
    with Session(engine) as session, session.begin():
        receipt = tl.Receipt(key=number, on="2024-01-05", unit=unit, amount=amount)
        posted = tl.Book(session, "garden").receive(receipt)
        if posted.new:
            session.add(Payment(provider_number=number, ledger_seq=posted.seq))
        return posted.seq


first = call_back("4200001", "3-1-502", "187.54")
assert call_back("4200001", "3-1-502", "187.54") == first
try:
    call_back("4200001", "3-1-502", "187.55")
except tl.KeyConflict as conflict:
    print(conflict)
with Session(engine) as session:
    assert len(session.exec(select(Payment)).all()) == 1
    print(tl.Book(session, "garden").statement("owner", "2024-01", unit="3-1-502"))
