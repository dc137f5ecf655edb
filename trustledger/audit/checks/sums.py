"""The sums as they are stored 汇总与重算: every one is what the journal adds up to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from trustledger.audit.state import Recount
from trustledger.money import share
from trustledger.records import Finding
from trustledger.store.reading import Reader
from trustledger.store.tables import LINE, LINK, OPEN, TERM, TURNOVER


def check_settlements(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """No charge is settled beyond what it was, no money used twice."""
    for key, (fen, _) in recount.open.items():
        if fen < 0:
            yield Finding("settled_twice", " ".join(filter(None, key)), f"stands at {fen} fen")


def check_remuneration(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """Remuneration to date = round(rate × base to date), term by term."""
    for key in sorted(set(recount.base) | set(recount.remuneration)):
        term = recount.terms.get(key)
        base, posted = recount.base.get(key, 0), recount.remuneration.get(key, 0)
        if term is None:
            yield Finding("remuneration", f"term {key}", f"no such term, and {posted} fen posted")
        elif share(term.rate, base) != posted:
            right = share(term.rate, base)
            yield Finding("remuneration", f"term {key}", f"{posted} fen posted, {right} is right")


def check_turnover(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored period sums are the sums of the journal."""
    rows = reader.connection.execute(
        select(*TURNOVER.columns).where(TURNOVER.c.book == reader.book)
    )
    stored = {tuple(row[1:7]): [row[7], row[8]] for row in rows}
    counted = recount.with_years()
    for key in sorted(set(stored) | set(counted)):
        have, right = stored.get(key, [0, 0]), counted.get(key, [0, 0])
        if have != right:
            yield Finding("turnover", " ".join(filter(None, key)), f"kept as {have}, is {right}")


def check_open(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored open items are what the journal leaves open."""
    rows = reader.connection.execute(select(*OPEN.columns).where(OPEN.c.book == reader.book))
    stored = {tuple(row[1:6]): (row[6], row[7]) for row in rows}
    right = recount.left_open()
    for key in sorted(set(stored) | set(right)):
        if stored.get(key) != right.get(key):
            yield Finding(
                "open_items",
                " ".join(filter(None, key)),
                f"kept as {stored.get(key)}, is {right.get(key)}",
            )


def check_lines(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """What is kept of every budget line's days is what was spent and committed on them."""
    rows = reader.connection.execute(select(*LINE.columns).where(LINE.c.book == reader.book))
    stored = {tuple(row[1:3]): [row[3], row[4]] for row in rows}
    for key in sorted(set(stored) | set(recount.days)):
        have, right = stored.get(key), recount.days.get(key)
        if have != right:
            yield Finding("lines", " ".join(key), f"kept as {have}, is {right}")


def check_links(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """What names what is kept as the facts say it."""
    rows = reader.connection.execute(select(*LINK.columns).where(LINK.c.book == reader.book))
    stored = {tuple(row[1:]) for row in rows}
    for link in sorted(stored ^ recount.links):
        wrong = "is kept, and no fact says it" if link in stored else "is not kept"
        yield Finding("links", " ".join(link), wrong)


def check_terms(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The stored base and remuneration to date are those of the journal."""
    rows = reader.connection.execute(select(*TERM.columns).where(TERM.c.book == reader.book))
    stored = {row[1]: (row[2], row[3]) for row in rows if (row[2], row[3]) != (0, 0)}
    right = recount.terms_to_date()
    for key in sorted(set(stored) | set(right)):
        have, want = stored.get(key, (0, 0)), right.get(key, (0, 0))
        if have != want:
            yield Finding("term_sums", f"term {key}", f"kept as {have}, is {want}")


def check_costs(recount: Recount, reader: Reader) -> Iterator[Finding]:
    """The shares of a cost that is charged add up to it."""
    for month, costs in recount.measures.costs.items():
        for cost in costs if month in recount.shares else ():
            have = recount.shared.get(cost.key, 0)
            if have != cost.amount_fen:
                message = f"{have} fen of it are charged, and it is {cost.amount_fen}"
                yield Finding("shared_cost", f"cost {cost.key}", message)
