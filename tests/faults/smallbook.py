"""A small community, work that never ends, and what must hold of its book after any fault."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import trustledger as tl
from trustledger.rules.journal import Frontier, Head

UNITS = ("1-101", "1-102", "1-103")
INFO = tl.BookInfo(code="b", name="试验小区", start="2024-01-01")
FACTS: tuple[tl.Record, ...] = (
    *(tl.Unit(unit=unit, building="1栋", area_m2="93.77", usage="residential") for unit in UNITS),
    tl.Tariff(item="物业费", basis="per_m2_month", price="2.00", start="2024-01-01"),
    tl.Term(rate="12%", base=("service_fee", "parking"), authority="信托合同", start="2024-01-01"),
    tl.BudgetLine(line="A", name="清洁", category="cleaning", amount="90,000,000.00"),
    tl.BudgetLine(line="B", name="绿化", category="greening", amount="1,000.00"),
)


def make(url: str) -> tl.Book:
    """The community's book, before anything has happened."""
    return tl.Book.create(url, INFO, *FACTS)


class Told(NamedTuple):
    """What a writer was told after a commit: what stands, and the journal that holds it."""

    kind: str
    key: str
    size: int
    root: str

    def line(self) -> str:
        return "\t".join(map(str, self))

    @classmethod
    def read(cls, line: str) -> Told:
        kind, key, size, root = line.split("\t")
        return cls(kind, key, int(size), root)


def steps(tag: str) -> Iterator[Callable[[tl.Book], list[tl.Posted]]]:
    """Work without end: receipts, income, spending, refunds, charges, each a call of its own."""
    for n in itertools.count():
        unit, key, day = UNITS[n % 3], f"{tag}-{n}", f"2024-{1 + n // 6 % 12:02d}-{1 + n % 28:02d}"
        yield lambda book, key=key, day=day, unit=unit: [  # type: ignore[misc]
            book.receive(tl.Receipt(key=key, on=day, unit=unit, amount="200.07"))
        ]
        yield lambda book, key=key, day=day: [  # type: ignore[misc]
            book.earn(tl.Income(key=key, on=day, category="parking", amount="33.33"))
        ]
        yield lambda book, key=key, day=day: [  # type: ignore[misc]
            book.spend(tl.Expenditure(voucher=key, on=day, line="A", amount="17.19"))
        ]
        if n % 3 == 0:
            yield lambda book, n=n: book.charge(  # type: ignore[misc]
                f"2024-{1 + n // 3 % 12:02d}"
            )


def work(book: tl.Book, tag: str, tell: Callable[[Told], object], most: int | None = None) -> None:
    """Do the steps one after the other, and say of each, once committed, what stands."""
    for step in itertools.islice(steps(tag), most):
        posted = step(book)
        size, root = book.head
        for one in posted:
            tell(Told(one.kind, one.key, size, root))


def roots(book: tl.Book) -> tuple[dict[tuple[str, str], int], list[str]]:
    """Where every key stands, and the root of the first 0, 1, 2 ... entries as they stand."""
    at, frontier = {}, Frontier()
    found = [frontier.root().hex()]
    for entry in book.entries():
        at[entry.kind, entry.key] = entry.seq
        frontier.append(entry.leaf)
        found.append(frontier.root().hex())
    return at, found


def lost(book: tl.Book, told: Sequence[Told]) -> list[Told]:
    """What was acknowledged and does not stand, or not in the journal that was told."""
    at, root = roots(book)
    return [
        one
        for one in told
        if at.get((one.kind, one.key), one.size + 1) > one.size
        or len(root) <= one.size
        or root[one.size] != one.root
    ]


def integrity(path: Path) -> str:
    """What SQLite itself says of the file: ``ok``."""
    raw = sqlite3.connect(path)
    try:
        return str(raw.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        raw.close()


def sound(url: str, told: Sequence[Told] = (), path: Path | None = None) -> Head:
    """Nothing lost, nothing half there: what must hold after any fault; the journal's head."""
    book = tl.Book.open(url)
    try:
        assert lost(book, told) == []
        assert book.verify() == []
        head = book.head
    finally:
        book.close()
    if path is not None:
        assert integrity(path) == "ok"
    return head
