"""Remuneration 酬金 by term: to date, and what counts in whose base."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Select, and_, bindparam, select

from trustledger import chart
from trustledger.records import LATE_FEE, Posting
from trustledger.store.asking import Asked, Question, ask
from trustledger.store.conditions import POSTING_COLUMNS, in_chunks, of_units
from trustledger.store.reading import Reader
from trustledger.store.tables import ENTRY, POSTING, TERM

_TERMS_OF = Question(
    select(TERM.c.term, TERM.c.base_fen, TERM.c.remuneration_fen).where(
        TERM.c.book == bindparam("of")
    )
)


def terms_stand(book: str) -> Asked:
    """Asks for base and remuneration to date of every term."""
    return _TERMS_OF, {"of": book}


def terms_to_date(reader: Reader) -> dict[str, tuple[int, int]]:
    """Base and remuneration to date of every term, now."""
    rows = ask(reader.connection, *terms_stand(reader.book))
    return {term: (base, posted) for term, base, posted in rows}


def rests_on_term(reader: Reader, term: str, after: str) -> bool:
    """Whether something dated after a day is in a term's base."""
    query = (
        select(POSTING.c.seq)
        .join(ENTRY, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(ENTRY.c.book == reader.book, ENTRY.c.day > after, POSTING.c.term == term)
    )
    return reader.connection.execute(query).first() is not None


def came_by(
    reader: Reader, units: Collection[str], sources: Collection[str]
) -> tuple[dict[tuple[str, str], str], dict[str, tuple[str, int]]]:
    """The term in whose base what came from some units counts; day and number of receipts.

    Every charge, late fee and receipt of the units, and receipts by key; named as
    :attr:`~trustledger.applying.State.came_by` has it.
    """
    query = _lines(reader)
    found: dict[tuple[str, str], str] = {}
    receipts: dict[str, tuple[str, int]] = {}
    accruals: dict[str, list[str]] = {"charge": [], "late_fee": []}
    mine = POSTING.c.account.in_((chart.BANK, chart.RECEIVABLE))
    by_unit = [query.where(mine, of_units(chunk)) for chunk in in_chunks(units)]
    by_key = [
        query.where(mine, ENTRY.c.kind == "receipt", ENTRY.c.key.in_(chunk))
        for chunk in in_chunks(sources)
    ]
    for one in (*by_unit, *by_key):
        for kind, key, day, seq, *posting in reader.connection.execute(one):
            p = Posting(*posting)
            if kind == "receipt":
                receipts[key] = day, seq
            if p.account == chart.BANK and p.debit_fen > 0:
                found["late" if p.item == LATE_FEE else "receipt", p.source] = p.term
            elif kind in accruals:
                accruals[kind].append(key)
    for kind, keys in accruals.items():
        found |= _accrued(reader, kind, keys)
    return found, receipts


def _lines(reader: Reader) -> Select[Any]:
    """Kind, key, day and number of entries, each with one of its postings."""
    return (
        select(ENTRY.c.kind, ENTRY.c.key, ENTRY.c.day, ENTRY.c.seq, *POSTING_COLUMNS)
        .join(POSTING, and_(ENTRY.c.book == POSTING.c.book, ENTRY.c.seq == POSTING.c.seq))
        .where(ENTRY.c.book == reader.book)
    )


def _accrued(reader: Reader, kind: str, keys: Iterable[str]) -> dict[tuple[str, str], str]:
    """The terms of what charges, or late fees, accrued."""
    found: dict[tuple[str, str], str] = {}
    account = chart.SERVICE_FEE if kind == "charge" else chart.LATE_FEES
    for chunk in in_chunks(sorted(set(keys))):
        rows = _lines(reader).where(
            ENTRY.c.kind == kind, ENTRY.c.key.in_(chunk), POSTING.c.account == account
        )
        for _, key, _, _, *posting in reader.connection.execute(rows):
            p = Posting(*posting)
            found[kind, f"{p.month}|{key.partition('|')[2]}"] = p.term
    return found
