"""A book inside another system: the caller's transaction, engine and rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session as PlainSession
from sqlmodel import Field, Session, SQLModel

import trustledger as tl

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")
FACTS = (
    tl.Unit(unit="3-1-502", building="3栋", area_m2="93.77", usage="residential"),
    tl.Tariff(
        item="物业费", basis="per_m2_month", price="2.00", authority="决议", start="2024-01-01"
    ),
    tl.Term(
        rate="12%", base=("service_fee",), authority="合同", start="2024-01-01"
    ),
    tl.BudgetLine(line="A03", name="清洁", category="cleaning", amount="20,000.00"),
)  # fmt: skip


class Order(SQLModel, table=True):
    """A row of the host's own."""

    id: int | None = Field(default=None, primary_key=True)
    ledger_key: str = ""


@pytest.fixture
def engine(tmp_path: Path):  # type: ignore[no-untyped-def]
    engine = tl.prepare(create_engine(f"sqlite:///{tmp_path / 'host.db'}"))
    SQLModel.metadata.create_all(engine, tables=[Order.__table__])  # type: ignore[attr-defined]
    yield engine
    engine.dispose()


def test_commits_with_the_callers_rows_or_not_at_all(engine) -> None:  # type: ignore[no-untyped-def]
    with Session(engine) as session, session.begin():
        book = tl.Book.create(session, INFO, *FACTS)
        book.charge("2024-01")
    receipt = tl.Receipt(key="W1", on="2024-01-05", unit="3-1-502", amount="187.54")
    with pytest.raises(RuntimeError), Session(engine) as session, session.begin():
        session.add(Order(ledger_key=tl.Book(session, "garden").receive(receipt).key))
        raise RuntimeError("the host changes its mind")
    with Session(engine) as session:
        assert session.connection().execute(text("select count(*) from 'order'")).scalar() == 0
        assert tl.Book(session, "garden").entry("receipt", "W1") is None
    with Session(engine) as session, session.begin():
        session.add(Order(ledger_key=tl.Book(session, "garden").receive(receipt).key))
    with Session(engine) as session:
        found = session.connection().execute(text("select ledger_key from 'order'")).scalar()
        assert found == "W1"
        book = tl.Book(session, "garden")
        assert book.entry("receipt", "W1") is not None
        assert book.verify() == []


def test_a_refusal_leaves_the_callers_transaction_usable(engine) -> None:  # type: ignore[no-untyped-def]
    with PlainSession(engine) as session, session.begin():
        book = tl.Book.create(session, INFO, *FACTS)
        size = book.head
        with pytest.raises(tl.OverBudget):
            book.spend(tl.Expenditure(voucher="1", on="2024-01-20", line="A03", amount="20,000.01"))
        assert book.head == size
        book.spend(tl.Expenditure(voucher="1", on="2024-01-20", line="A03", amount="12,000.00"))
    assert tl.Book(engine, "garden").entry("expenditure", "1") is not None


def test_an_engine_that_is_not_safe_is_refused(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'raw.db'}")
    with Session(engine) as session, pytest.raises(tl.StoreError, match=r"trustledger\.prepare"):
        tl.Book.create(session, INFO)
    engine.dispose()


def test_the_hosts_metadata_stays_the_hosts() -> None:
    assert not [name for name in SQLModel.metadata.tables if name.startswith("tl_")]


def test_many_books_in_one_database(engine) -> None:  # type: ignore[no-untyped-def]
    for code in ("garden", "lake"):
        info = tl.BookInfo(code=code, name=code, start="2024-01-01")
        tl.Book.create(engine, info, *FACTS).charge("2024-01")
    garden, lake = tl.Book(engine, "garden"), tl.Book(engine, "lake")
    garden.receive(tl.Receipt(key="W1", on="2024-01-05", unit="3-1-502", amount="1.00"))
    assert lake.entry("receipt", "W1") is None
    assert garden.verify() == lake.verify() == []
    with pytest.raises(tl.Unknown, match="garden, lake"):
        tl.Book.open(str(engine.url))


def test_frames_are_exact(engine) -> None:  # type: ignore[no-untyped-def]
    from decimal import Decimal

    book = tl.Book.create(engine, INFO, *FACTS)
    book.charge("2024-01")
    report = book.statement("trial_balance", "2024-01")
    pandas = report.to_pandas()
    assert pandas.loc[pandas["account"] == "1122", "closing_debit"].item() == Decimal("187.54")
    polars = report.to_polars()
    assert polars.filter(polars["account"] == "1122")["closing_debit"].item() == Decimal("187.54")
    assert str(polars.schema["closing_debit"]) == "Decimal(precision=20, scale=2)"
    with pytest.raises(tl.Unknown, match="accounts"):
        report.to_pandas("nothing")


def test_books_and_statements_show_themselves(engine) -> None:  # type: ignore[no-untyped-def]
    info = tl.BookInfo(code="b", name="<b>花园</b>", start="2024-01-01")
    book = tl.Book.create(engine, info, *FACTS)
    assert "&lt;b&gt;花园" in book._repr_html_() and "<b>花园" not in book._repr_html_()
    report = book.statement("trial_balance", "2024-01")
    assert "&lt;b&gt;花园" in report._repr_html_()
    assert "科目余额表" in repr(report) and "科目余额表" in str(report)


def test_a_report_saves_whole_and_by_its_ending(engine, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    report = tl.Book.create(engine, INFO, *FACTS).statement("trial_balance", "2024-01")
    assert report.save(tmp_path / "t.pdf").read_bytes().startswith(b"%PDF")
    assert report.save(str(tmp_path / "t.txt")).read_bytes() == report.render("text")
    with pytest.raises(tl.Unknown, match=r"\.docx"):
        report.save(tmp_path / "t.docx")
    assert sorted(p.name for p in tmp_path.iterdir() if p.name[0] in "t.") == ["t.pdf", "t.txt"]
