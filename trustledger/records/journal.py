"""What the journal holds 凭证与分录: entries, their postings, and what is answered about them.

Plain tuples, because a year of a large community has a million of them; the journal rule
(rules/journal.py) validates them before anything is stored.
"""

from __future__ import annotations

from typing import NamedTuple


class Posting(NamedTuple):
    """分录行: one amount on one side of one account, with its dimensions. ``""`` means none.

    Exactly one of the two amounts is not zero; a red-letter posting 红字 is negative.
    """

    account: str
    fund: str
    debit_fen: int
    credit_fen: int
    unit: str = ""  # 房号
    item: str = ""  # tariff item, or income category on cash
    line: str = ""  # budget line 预算项目
    month: str = ""  # the month a charge is for, 2017-03
    source: str = ""  # key of the receipt whose money this is
    term: str = ""  # remuneration term: of remuneration, and of what is in its base


def sides(fen: int) -> tuple[int, int]:
    """Debit and credit of what an account moves by: a negative amount stands on the credit side."""
    return (fen, 0) if fen > 0 else (0, -fen)


class Draft(NamedTuple):
    """An entry that is about to be posted. ``content`` is the fact as given, as JSON text; its
    personal fields are sealed when it is posted."""

    kind: str
    key: str
    on: str  # 会计日期, ISO
    content: str
    postings: tuple[Posting, ...] = ()
    reverses: int = 0  # seq of the entry that this one reverses, or 0


class Entry(NamedTuple):
    """记账凭证: what stands in the journal. Never edited; corrected by another entry.

    ``content`` is the fact as given; ``public`` as it is sealed in the leaf, where personal fields
    stand as commitments; ``private`` the (field, salt, value) behind those that are not erased.
    A tenure's ``key`` has a commitment in place of the person.
    """

    seq: int
    kind: str
    key: str
    on: str
    recorded_at: str
    reverses: int
    content: str
    leaf: bytes
    postings: tuple[Posting, ...] = ()
    public: str = ""
    private: tuple[tuple[str, bytes, str], ...] = ()


class Posted(NamedTuple):
    """What a write answers: where the fact stands, and whether this call put it there."""

    seq: int
    kind: str
    key: str
    new: bool


class Finding(NamedTuple):
    """核查结果: a broken invariant, by name, with where and what."""

    check: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.check}: {self.where}: {self.message}"
