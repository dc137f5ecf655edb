"""book.toml -> what the book is, its funds and its remuneration terms. Every key is checked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, NoReturn, TypeVar

from trustledger.errors import InvalidFile, InvalidInput, InvalidRecord, Place
from trustledger.records import (
    COMMON,
    BookInfo,
    Fund,
    LateFeeTerm,
    Record,
    ReminderStep,
    Term,
)
from trustledger.rules.sealing import SECRET_BYTES
from trustledger.sheets.overlaps import first_overlap
from trustledger.sheets.tomltext import TomlText, read_toml
from trustledger.sheets.wording import clipped, field_of, say

FILE = "book.toml"

_CODE = 'code = "mybook" (up to 32 letters, digits, ".", "_" or "-")'

KEYS: dict[str, dict[str, tuple[tuple[type, ...], str]]] = {
    "book": {
        "code": ((str,), _CODE),
        "name": ((str,), 'name = "平安社区"'),
        "start": ((str, date), "start = 2025-01-01"),
        "fiscal_year_start": ((int,), "fiscal_year_start = 1 (a month, 1 to 12)"),
        "currency": ((str,), 'currency = "CNY"'),
        "secret": ((str,), f'secret = "{"0123456789abcdef" * 2}" (at least 32 hex digits)'),
        "prepay_months": ((int,), "prepay_months = 12 (months, 0 to 120; 0 for no cap)"),
    },
    "trust": {
        "settlor": ((str,), 'settlor = "业主大会"'),
        "trustee": ((str,), 'trustee = "物业公司"'),
        "supervisor": ((str,), 'supervisor = ""'),
        "arrears_follow": ((str,), 'arrears_follow = "person" (or "unit")'),
    },
    "remuneration": {
        "rate": ((str, int, Decimal), 'rate = "12%"'),
        "base": ((list,), 'base = ["service_fee", "parking"]'),
        "recognised": ((str,), 'recognised = "received" (or "charged")'),
        "from": ((str, date), "from = 2025-01-01"),
        "to": ((str, date), "to = 2025-12-31"),
        "authority": ((str,), 'authority = "信托合同"'),
    },
    "late_fee": {
        "rate_per_day": ((str, Decimal), 'rate_per_day = "0.05%"'),
        "grace_days": ((int,), "grace_days = 30 (days, 0 to 3660)"),
        "cap": ((str, int, Decimal), 'cap = "100%"'),
        "from": ((str, date), "from = 2025-01-01"),
        "to": ((str, date), "to = 2025-12-31"),
        "authority": ((str,), 'authority = "信托合同"'),
    },
    "reminder": {
        "days": ((int,), "days = 30 (since the charge, above zero)"),
        "name": ((str,), 'name = "缴费提醒"'),
        "text": ((str,), 'text = "请于七日内缴纳。"'),
        "from": ((str, date), "from = 2025-01-01"),
        "to": ((str, date), "to = 2025-12-31"),
        "authority": ((str,), 'authority = "业主大会决议"'),
    },
    "funds": {
        "code": ((str,), _CODE),
        "name": ((str,), 'name = "维修资金"'),
        "purpose": ((str,), 'purpose = "加装电梯"'),
        "allows": ((list,), 'allows = ["works"]'),
    },
}
"""Table -> key -> the kinds of value that TOML may give for it, and how it is written."""

_ARRAYS = ("remuneration", "late_fee", "reminder", "funds")
_R = TypeVar("_R", bound=Record)


class BookToml(NamedTuple):
    """What book.toml says: the book, and its funds, terms and reminder steps with their places."""

    info: BookInfo
    facts: list[tuple[Place, Record]]
    secret: bytes | None = None
    """What salts are derived from; never part of the books."""


def read_book(data: bytes) -> BookToml:
    """The book, its funds (the common fund first, also when it is not named), terms and steps.

    :raises InvalidFile: not UTF-8, not TOML, an unknown table or key, a missing [book], a
        fund's code used twice, terms or steps that overlap.
    :raises InvalidInput: a value that is missing or not what its key needs.
    """
    toml = read_toml(data, FILE)
    source = _Source(toml)
    secret = source.secret()
    info = source.record(BookInfo, ("book", "trust"), 0)
    facts = [*_funds(source), *_terms(source), *_late_fees(source), *_steps(source)]
    return BookToml(info, facts, secret)


def _funds(source: _Source) -> list[tuple[Place, Record]]:
    funds: dict[str, tuple[Place, Fund]] = {}
    for index in range(source.count("funds")):
        fund = source.record(Fund, ("funds",), index)
        place = source.place("funds", index, "code")
        if fund.code in funds:
            raise InvalidFile(
                f"found the fund {fund.code!r} twice, as {funds[fund.code][1].name!r} and "
                f"{fund.name!r}; give each a code of its own",
                place=place,
            )
        funds[fund.code] = place, fund
    common = funds.pop(COMMON, (Place(FILE), Fund(code=COMMON, name="业主共有基金")))
    return [common, *funds.values()]


def _terms(source: _Source) -> Iterator[tuple[Place, Record]]:
    terms = [source.record(Term, ("remuneration",), n) for n in range(source.count("remuneration"))]
    for index, term in enumerate(terms):
        twice = [name for name in term.base if term.base.count(name) > 1]
        if twice:
            raise InvalidFile(
                f"found {twice[0]} twice; write each category of the base once",
                place=source.place("remuneration", index, "base"),
            )
    yield from _apart(source, "remuneration", terms)


def _late_fees(source: _Source) -> Iterator[tuple[Place, Record]]:
    count = source.count("late_fee")
    terms = [source.record(LateFeeTerm, ("late_fee",), index) for index in range(count)]
    yield from _apart(source, "late_fee", terms)


def _apart(
    source: _Source, table: str, terms: Sequence[Term | LateFeeTerm]
) -> Iterator[tuple[Place, Record]]:
    pair = first_overlap(terms)
    if pair is not None:
        was, now = terms[pair[0]], terms[pair[1]]
        raise InvalidFile(
            f"the term from {now.start} overlaps the term from {was.start}; "
            "end one of them, by 'to', before the other begins",
            place=source.place(table, pair[1], "from"),
        )
    for index, term in enumerate(terms):
        yield source.place(table, index, "from"), term


def _steps(source: _Source) -> Iterator[tuple[Place, Record]]:
    """The reminder ladder: one step for a number of days at a time."""
    steps = [source.record(ReminderStep, ("reminder",), n) for n in range(source.count("reminder"))]
    pair = first_overlap(steps, [str(step.days) for step in steps])
    if pair is not None:
        was, now = steps[pair[0]], steps[pair[1]]
        raise InvalidFile(
            f"found two steps of {now.days} days, {was.name!r} from {was.start} and {now.name!r} "
            f"from {now.start}; end one of them, by 'to', before the other begins",
            place=source.place("reminder", pair[1], "days"),
        )
    for index, step in enumerate(steps):
        yield source.place("reminder", index, "days"), step


class _Source:
    """The tables of the file, checked for their shape and for unknown keys."""

    def __init__(self, toml: TomlText) -> None:
        self._lines = toml.lines
        self._tables: dict[str, list[dict[str, Any]]] = {}
        for name, value in toml.document.items():
            if name not in KEYS:
                line = self._lines.get((name, 0, "")) or self._lines.get(("", 0, name))
                raise InvalidFile(
                    f"found an unknown table or key {clipped(name)}; the tables are "
                    f"{', '.join(KEYS)}",
                    place=Place(FILE, line),
                )
            tables = value if name in _ARRAYS else [value]
            if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
                right = f"[[{name}]]" if name in _ARRAYS else f"[{name}]"
                self._refuse(name, 0, "", f"found {_shown(value)}; write it as {right}")
            self._tables[name] = tables
            for index, table in enumerate(tables):
                for key in table:
                    self._check(name, index, key, table[key])
        if "book" not in self._tables:
            raise InvalidFile("the table [book] is missing", place=Place(FILE, column="book"))

    def count(self, table: str) -> int:
        """How many tables of that name there are."""
        return len(self._tables.get(table, []))

    def secret(self) -> bytes | None:
        """What salts are derived from, taken out of what the book is.

        :raises InvalidFile: not hex digits, or too few of them.
        """
        written = self._tables["book"][0].pop("secret", None)
        if written is None:
            return None
        try:
            secret = bytes.fromhex(written)
        except ValueError:
            secret = b""
        if len(secret) < SECRET_BYTES:
            self._refuse("book", 0, "secret", f"write it as {KEYS['book']['secret'][1]}")
        return secret

    def place(self, table: str, index: int, key: str = "") -> Place:
        """The line of a key, or of its table when the key is not written, if it can be told."""
        line = self._lines.get((table, index, key)) or self._lines.get((table, index, ""))
        return Place(FILE, line, f"{table}.{key}" if key else table)

    def record(self, kind: type[_R], tables: tuple[str, ...], index: int) -> _R:
        """The record made of one table, or of two together; its errors with their places."""
        data: dict[str, Any] = {}
        for table in tables:
            data |= self._tables[table][index] if table in self._tables else {}
        if data.get("to") == "":
            del data["to"]
        for key, value in data.items():
            if isinstance(value, datetime):
                data[key] = value.isoformat()
        try:
            return kind(**data)
        except InvalidInput as error:
            field = field_of(error)
            table = next((t for t in tables if field in KEYS[t]), tables[0])
            right = KEYS[table][field][1] if field in KEYS[table] else ""
            if field not in data:
                say(error, f"is missing; write for example {right}")
            elif isinstance(error, InvalidRecord):
                say(error, f"found {_shown(data[field])}; write it as {right}", unless="found ")
            elif ";" not in error.message:
                say(error, f"{error.message}; write it as {right}")
            error.at(self.place(table, index, field))
            raise

    def _check(self, table: str, index: int, key: str, value: object) -> None:
        if key not in KEYS[table]:
            raise InvalidFile(
                f"found an unknown key {clipped(key)}; [{table}] has {', '.join(KEYS[table])}",
                place=Place(FILE, self.place(table, index, key).row, table),
            )
        kinds, right = KEYS[table][key]
        if isinstance(value, bool) or not isinstance(value, kinds):
            self._refuse(table, index, key, f"found {_shown(value)}; write it as {right}")

    def _refuse(self, table: str, index: int, key: str, message: str) -> NoReturn:
        raise InvalidFile(message, place=self.place(table, index, key))


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return clipped(value)
    if isinstance(value, dict):
        return "a table"
    return "a list" if isinstance(value, list) else clipped(str(value)).strip("'")
