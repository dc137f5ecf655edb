"""What years behind cost, counted in steps of SQLite's machine: the same on every computer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, event

import trustledger as tl
from trustledger.budgets import Budget, PlanLine, Stage
from trustledger.records import Record
from trustledger.rules.versioning import version_digest
from trustledger.votes import Ballot, DecisionType, Resolution, Tally


def years(count: int) -> tl.Book:
    """A few homes for so many years, each paying every month."""
    start = f"{2035 - count}-01-01"
    months = [m for year in range(2035 - count, 2035) for m in tl.Period.parse(str(year)).months()]
    homes = [tl.Unit(unit=f"{n}", area_m2="50", usage="residential") for n in range(6)]
    return tl.Book.take(
        "sqlite://",
        tl.BookInfo(code="b", name="b", start=start),
        [
            *homes,
            tl.Tariff(item="物业费", basis="per_m2_month", price="1", start=start),
            tl.Term(rate="10%", base=["service_fee"], start=start),
            *(
                tl.Receipt(key=f"{month}-{n}", on=f"{month}-0{n + 1}", unit=f"{n}", amount="50")
                for month in months
                for n in range(6)
            ),
        ],
        tl.Period(months[0], months[-1]),
    )[0]


def steps(book: tl.Book, read: Callable[[], object]) -> int:
    """Steps of SQLite's machine that a reading takes, in hundreds."""
    assert isinstance(book._where, Engine)
    count = [0]

    def step() -> int:
        count[0] += 1
        return 0

    with book._where.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_progress_handler(step, 100)
    read()
    raw.set_progress_handler(None, 0)
    return count[0]


READINGS: dict[str, Callable[[tl.Book], object]] = {
    "a balance at a month's end": lambda book: book.balance("1002", "2034-08-31"),
    "a balance inside a month": lambda book: book.balance("1002", "2034-08-17"),
    "as it was known": lambda b: b.balance("1002", "2034-08-17", known=b.head.size - 10),
    "turnover of a year": lambda book: book.turnover("1002", "2034"),
    "trial_balance": lambda book: book.statement("trial_balance", "2034-08"),
    "income_expenditure": lambda book: book.statement("income_expenditure", "2034-08"),
    "a receipt by its key": lambda book: book.entry("receipt", "2034-08-3"),
}


@pytest.fixture(scope="module")
def behind() -> tuple[tl.Book, tl.Book]:
    return years(1), years(8)


@pytest.mark.parametrize("reading", READINGS)
def test_years_behind_cost_next_to_nothing(behind: tuple[tl.Book, tl.Book], reading: str) -> None:
    read = READINGS[reading]
    one, eight = (steps(book, lambda book=book: read(book)) for book in behind)  # type: ignore[misc]
    assert eight <= 2 * one + 5, (one, eight)


def budgets(count: int) -> tl.Book:
    """So many years with a budget each, a few lines of which spend every week."""
    start = f"{2035 - count}-01-01"
    home = tl.Unit(unit="1", area_m2="50", usage="residential", owner="甲", phone="1")
    decision = DecisionType(decision="d", name="d", agrees=">1/2", start="2000-01-01")
    book = tl.Book.create("sqlite://", tl.BookInfo(code="b", name="b", start=start), home, decision)
    for year in range(2035 - count, 2035):
        book.post(adopted(year))
        book.post(
            tl.Expenditure(voucher=f"{year}-{line}-{week}", on=date(year, 1, 1) + week * WEEK,
                           line=line, amount="1")
            for line in LINES
            for week in range(52)
        )  # fmt: skip
    return book


LINES, WEEK = ("A1", "A2", "A3"), timedelta(days=7)


def adopted(year: int) -> list[Record]:
    """A year's budget, voted on and adopted at the end of the year before."""
    code, eve = str(year), f"{year - 1}-12-30"
    budget = Budget(budget=code, name=code, start=f"{year}-01-01", to=f"{year}-12-31")
    lines = [
        PlanLine(budget=code, version="v", line=line, name=line, category="other", amount="100")
        for line in LINES
    ]
    digest = version_digest(budget, "v", lines, ())
    return [
        budget, *lines,
        Stage(budget=code, version="v", stage="consultation", on=f"{year - 1}-12-29"),
        Resolution(key=code, on=eve, until=eve, title=code, decision="d", budget=code, version="v",
                   digest=digest),
        Ballot(resolution=code, unit="1", on=eve, choice="agree"),
        Tally(resolution=code, on=eve, counted_by="a", supervised_by="b"),
        Stage(budget=code, version="v", stage="adopted", on=eve, resolution=code, digest=digest),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["budget_execution", "open_budget", "amendments", "final_accounts"]
)
def test_budgets_behind_cost_little(planned: tuple[tl.Book, tl.Book], name: str) -> None:
    one, eight = (steps(book, lambda book=book: book.statement(name, "2034")) for book in planned)  # type: ignore[misc]
    assert eight <= 2 * one + 5, (one, eight)


@pytest.fixture(scope="module")
def planned() -> tuple[tl.Book, tl.Book]:
    return budgets(1), budgets(8)


def plans(book: tl.Book, read: Callable[[], object]) -> list[str]:
    """How SQLite finds the rows of every query of a reading."""
    assert isinstance(book._where, Engine)
    asked: list[tuple[str, object]] = []

    def hear(connection: object, cursor: object, sql: str, values: object, *more: object) -> None:
        asked.append((sql, values))

    event.listen(book._where, "before_cursor_execute", hear)
    read()
    event.remove(book._where, "before_cursor_execute", hear)
    with book._where.connect() as connection:
        return [
            row[3]
            for sql, values in asked
            if sql.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
        ]


def old_receipts(book: tl.Book) -> object:
    """Receipts that stand are told again, and one is refunded."""
    again = [
        tl.Receipt(key=f"2034-08-{n}", on=f"2034-08-0{n + 1}", unit=f"{n}", amount="50")
        for n in range(3)
    ]
    return book.post([*again, tl.Refund(key="F", on="2034-12-30", unit="2", amount="1",
                                        receipt="2034-08-2")])  # fmt: skip


EVERYTHING: dict[str, Callable[[tl.Book], object]] = READINGS | {
    "a unit's account": lambda book: book.unit_account("3", "2034-08-17"),
    "owner": lambda book: book.statement("owner", "2034-08", unit="3"),
    "receipts told again": old_receipts,
    "receipts": lambda book: book.statement("receipts", "2034-08"),
}


@pytest.mark.parametrize("reading", EVERYTHING)
def test_nothing_looks_through_the_whole_journal(
    behind: tuple[tl.Book, tl.Book], reading: str
) -> None:
    found = plans(behind[1], lambda: EVERYTHING[reading](behind[1]))
    journal = ("tl_entry", "tl_posting", "red")
    whole = [
        plan
        for plan in found
        if plan.split()[1] in journal and (plan.startswith("SCAN") or plan.endswith("(book=?)"))
    ]
    assert found and whole == []
