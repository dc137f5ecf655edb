"""What a sheet of the book folder is made of: columns, and what a right cell of each is, in words.

What lives here: the two value types, and phrases and columns that several sheets share. What must
not: which sheets there are (layout, layout_budget), reading, checking.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from trustledger.records import BUDGET_CATEGORIES, Record


class Column(NamedTuple):
    """One column: its two headers, the record field it fills, and what a right cell is.

    A column that is not ``needed`` may be left out, and an empty cell in it means the record's
    default. A needed column must be there; whether its cells may be empty is the record's word.
    """

    name: str  # English header
    title: str  # Chinese header
    field: str  # keyword of the record
    right: str
    needed: bool = True
    budget: bool = False  # of the open budget, in a sheet that everybody has


class SheetLayout(NamedTuple):
    """One sheet: ``units.csv``, ``units.xlsx``, or the sheet of that name in ``book.xlsx``.

    ``own_key`` says whether the key is a text of the sheet's own. A tariff's is made of its
    dates, so that two of one key overlap, and the overlap is what its reader must be told.
    ``once``: a row that says again what an earlier one said is not dropped but refused, and how.
    """

    name: str  # English file and sheet name
    title: str  # Chinese sheet name
    record: type[Record]
    columns: tuple[Column, ...]
    own_key: bool = True
    once: str = ""  # such as "ballot of unit"


def choices(words: Mapping[str, str]) -> str:
    """What a cell of a closed vocabulary is, told from its Chinese and English words."""
    return "it is one of " + ", ".join(f"{name} [{title}]" for title, name in words.items())


def optional(name: str, title: str, field: str, right: str) -> Column:
    """A column that may be left out, and whose cells may be empty."""
    return Column(name, title, field, right, needed=False)


CODE = "write 1 to 64 characters on one line"
NAME = "write at most 200 characters on one line"
TEXT = "write at most 2000 characters"
DAY = "a date is written 2024-01-31"
AMOUNT = "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"
FUND = "a fund's code is up to 32 letters, digits, '.', '_' or '-'"
PATH = "write a path inside the folder"
BUDGET = f"it is one of {', '.join(BUDGET_CATEGORIES)}"
KEY = Column("key", "流水号", "key", CODE)
DATE = Column("date", "日期", "on", DAY)
UNIT = Column("unit", "房号", "unit", CODE)
FROM = Column("from", "起始", "from", DAY)
TO = Column("to", "截止", "to", DAY, needed=False)
PAID = Column("amount", "金额", "amount", AMOUNT)
ANY_FUND = Column("fund", "资金", "fund", FUND, needed=False)
MEMO = Column("memo", "摘要", "memo", TEXT)
AUTHORITY = Column("authority", "依据", "authority", NAME)
