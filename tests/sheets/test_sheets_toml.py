"""book.toml: what it gives, and every way in which it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from trustledger import errors
from trustledger.errors import Place, TrustLedgerError
from trustledger.records import Fund, Term
from trustledger.sheets import read

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]

BOOK = """\
[book]
code = "garden"
name = "花园"
start = 2024-01-01
"""
TERM = """\
[[remuneration]]
rate = "12%"
base = ["service_fee", "parking"]
from = 2024-01-01
"""
LATE = """\
[[late_fee]]
rate_per_day = "0.05%"
grace_days = 30
from = 2025-01-01
"""
FUND = """\
[[funds]]
code = "micro"
name = "微更新"
"""
BASES = "service_fee, late_fee, parking, advertising, venue_rent, interest, compensation, other"
IS_NOT = "a line is [table] or key = value, with text in quotation marks and dates as 2025-01-01"
CODE = 'code = "mybook" (up to 32 letters, digits, ".", "_" or "-")'


def test_everything_it_can_say(make_folder: MakeFolder) -> None:
    text = (
        BOOK + 'fiscal_year_start = 4\ncurrency = "CNY"\n[trust]\nsettlor = "业主大会"\n'
        'trustee = "物业"\nsupervisor = ""\n' + FUND + TERM + 'to = "2024-06-30"\n'
        + TERM.replace("2024-01", "2024-07").replace('"12%"', "0.125") + 'to = ""\n'
    )  # fmt: skip
    contents = read(make_folder({"book.toml": ("\ufeff" + text).replace("\n", "\r\n")}))
    assert contents.info.fiscal_year_start == 4
    assert contents.info.settlor == "业主大会"
    assert contents.facts == [
        (Place("book.toml"), Fund(code="common", name="业主共有基金")),
        (Place("book.toml", 12, "funds.code"), Fund(code="micro", name="微更新")),
        (
            Place("book.toml", 17, "remuneration.from"),
            Term(
                **{"from": "2024-01-01"},
                to="2024-06-30",
                rate="12%",
                base=("service_fee", "parking"),
            ),
        ),
        (
            Place("book.toml", 22, "remuneration.from"),
            Term(
                **{"from": date(2024, 7, 1)}, rate=Fraction(1, 8), base=("service_fee", "parking")
            ),
        ),
    ]


def test_the_common_fund_may_be_named(make_folder: MakeFolder) -> None:
    text = BOOK + FUND + FUND.replace("micro", "common").replace("微更新", "公共收益")
    facts = [fact for _, fact in read(make_folder({"book.toml": text})).facts]
    assert facts == [Fund(code="common", name="公共收益"), Fund(code="micro", name="微更新")]


WRONG: list[tuple[str, type[TrustLedgerError], str]] = [
    (
        BOOK + 'colour = "red"\n', errors.InvalidFile,
        ", row 5, column book: found an unknown key 'colour'; "
        "[book] has code, name, start, fiscal_year_start, currency, secret, prepay_months",
    ),
    (
        BOOK + "[budget]\n", errors.InvalidFile,
        ", row 5: found an unknown table or key 'budget'; "
        "the tables are book, trust, remuneration, late_fee, reminder, funds",
    ),
    (
        "colour = 1\n" + BOOK, errors.InvalidFile,
        ", row 1: found an unknown table or key 'colour'; "
        "the tables are book, trust, remuneration, late_fee, reminder, funds",
    ),
    (
        BOOK + TERM + "cap = 5\n", errors.InvalidFile,
        ", row 9, column remuneration: found an unknown key 'cap'; "
        "[remuneration] has rate, base, recognised, from, to, authority",
    ),
    (
        BOOK + LATE.replace('"0.05%"', '"5%%"'), errors.InvalidAmount,
        ", row 6, column late_fee.rate_per_day: found '5%%'; a rate is written 12% or 0.12",
    ),
    (
        BOOK + LATE.replace("grace_days = 30\n", ""), errors.InvalidRecord,
        ", row 5, column late_fee.grace_days: is missing; "
        "write for example grace_days = 30 (days, 0 to 3660)",
    ),
    (
        BOOK + LATE.replace("30", "-1"), errors.InvalidRecord,
        ", row 7, column late_fee.grace_days: found -1; "
        "write it as grace_days = 30 (days, 0 to 3660)",
    ),
    (
        BOOK + LATE + "interest = 1\n", errors.InvalidFile,
        ", row 9, column late_fee: found an unknown key 'interest'; "
        "[late_fee] has rate_per_day, grace_days, cap, from, to, authority",
    ),
    (
        BOOK + LATE + LATE.replace("2025-01-01", "2025-03-01"), errors.InvalidFile,
        ", row 12, column late_fee.from: the term from 2025-03-01 overlaps the term from "
        "2025-01-01; end one of them, by 'to', before the other begins",
    ),
    (TERM, errors.InvalidFile, ", column book: the table [book] is missing"),
    ("book = 1\n", errors.InvalidFile, ", column book: found 1; write it as [book]"),
    (
        BOOK + FUND.replace("[[funds]]", "[funds]"), errors.InvalidFile,
        ", row 5, column funds: found a table; write it as [[funds]]",
    ),
    (
        BOOK.replace("start = 2024-01-01", ""), errors.InvalidRecord,
        ", row 1, column book.start: is missing; write for example start = 2025-01-01",
    ),
    (
        BOOK.replace('"花园"', "5"), errors.InvalidFile,
        ', row 3, column book.name: found 5; write it as name = "平安社区"',
    ),
    (
        BOOK.replace('"garden"', '"花园"'), errors.InvalidRecord,
        f", row 2, column book.code: found '花园'; write it as {CODE}",
    ),
    (
        BOOK + "fiscal_year_start = 13\n", errors.InvalidRecord,
        ", row 5, column book.fiscal_year_start: found 13; "
        "write it as fiscal_year_start = 1 (a month, 1 to 12)",
    ),
    (
        BOOK + "fiscal_year_start = true\n", errors.InvalidFile,
        ", row 5, column book.fiscal_year_start: found true; "
        "write it as fiscal_year_start = 1 (a month, 1 to 12)",
    ),
    (
        BOOK + 'currency = "USD"\n', errors.InvalidRecord,
        ", row 5, column book.currency: found 'USD'; write it as currency = \"CNY\"",
    ),
    (
        BOOK.replace("2024-01-01", '"2024-02-30"'), errors.InvalidDate,
        ", row 4, column book.start: found '2024-02-30', which is not a day of the calendar; "
        "write it as start = 2025-01-01",
    ),
    (
        BOOK.replace("2024-01-01", "2024-01-01T08:00:00"), errors.InvalidDate,
        ", row 4, column book.start: found '2024-01-01T08:00:00'; a date is written 2024-01-31",
    ),
    (
        BOOK + TERM.replace('"12%"', "12"), errors.InvalidAmount,
        ", row 6, column remuneration.rate: found '12'; "
        "a rate is written 12% or 0.12 and lies between 0 and 100 %",
    ),
    (
        BOOK + TERM.replace('"12%"', "nan"), errors.InvalidAmount,
        ", row 6, column remuneration.rate: found 'NaN'; a rate is written 12% or 0.12",
    ),
    (
        BOOK + TERM.replace("parking", "subsidy"), errors.Unknown,
        ", row 7, column remuneration.base: base category 'subsidy' is not defined; "
        f"it is one of {BASES}",
    ),
    (
        BOOK + TERM.replace("parking", "service_fee"), errors.InvalidFile,
        ", row 7, column remuneration.base: found service_fee twice; "
        "write each category of the base once",
    ),
    (
        BOOK + TERM.replace('["service_fee", "parking"]', "[]"), errors.InvalidRecord,
        ", row 7, column remuneration.base: found a list; "
        'write it as base = ["service_fee", "parking"]',
    ),
    (
        BOOK + TERM + "to = 2023-12-31\n", errors.InvalidDate,
        ", row 9, column remuneration.to: found 2023-12-31, before 2024-01-01; "
        "'to' is not before 'from'",
    ),
    (
        BOOK + TERM + TERM.replace("2024-01-01", "2024-06-01"), errors.InvalidFile,
        ", row 12, column remuneration.from: the term from 2024-06-01 overlaps the term from "
        "2024-01-01; end one of them, by 'to', before the other begins",
    ),
    (
        BOOK + FUND + FUND.replace("微更新", "专项"), errors.InvalidFile,
        ", row 9, column funds.code: found the fund 'micro' twice, as '微更新' and '专项'; "
        "give each a code of its own",
    ),
    (
        BOOK + "name = 'again'\n", errors.InvalidFile,
        f", row 5: is not TOML: Cannot overwrite a value; {IS_NOT}",
    ),
    (
        BOOK + "x =\n", errors.InvalidFile,
        f", row 5: is not TOML: Invalid value; {IS_NOT}",
    ),
    (
        BOOK.replace("2024-01-01", "2024-02-30"), errors.InvalidFile,
        f", row 4: is not TOML: Invalid date or datetime; {IS_NOT}",
    ),
    (
        f"a = {'[' * 3000}", errors.InvalidFile,
        ": is not TOML that can be read: a number is too large or a value nested too deeply",
    ),
    (
        f"a = {'9' * 5000}", errors.InvalidFile,
        ": is not TOML that can be read: a number is too large or a value nested too deeply",
    ),
    (
        "a = 1e99999999999999999999", errors.InvalidFile,
        ": is not TOML that can be read: a number is too large or a value nested too deeply",
    ),
    (
        BOOK + "secret = 'not hex'\n", errors.InvalidFile,
        ", row 5, column book.secret: write it as secret = "
        '"0123456789abcdef0123456789abcdef" (at least 32 hex digits)',
    ),
    (
        BOOK + "secret = '0123456789'\n", errors.InvalidFile,
        ", row 5, column book.secret: write it as secret = "
        '"0123456789abcdef0123456789abcdef" (at least 32 hex digits)',
    ),
    ("#" * (2**20 + 1), errors.InvalidFile, ": is larger than 1 MB, the most that is read"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "message"), WRONG)
def test_wrong_book(
    failure: Failure, text: str, kind: type[TrustLedgerError], message: str
) -> None:
    error = failure({"book.toml": text})
    assert type(error) is kind
    assert str(error) == f"book.toml{message}"


def test_wrong_encoding(failure: Failure) -> None:
    error = failure({"book.toml": BOOK.encode("gb18030")})
    assert type(error) is errors.InvalidFile
    assert str(error) == (
        "book.toml, row 3: wrong encoding: this line is not UTF-8; save the file as UTF-8"
    )


def test_lines_are_left_out_where_they_cannot_be_told(failure: Failure) -> None:
    error = failure({"book.toml": BOOK.replace('"花园"', '"""\n[book]\n"""') + "colour = 1\n"})
    assert error.place == Place("book.toml", None, "book")
