"""Wrong cells, columns and rows: the whole line a user reads, and its class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from trustledger import errors
from trustledger.errors import Place, TrustLedgerError
from trustledger.records import Opening, Receipt
from trustledger.sheets import read

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]

UNITS = "unit,building,area_m2,usage,owner,phone,liable_from,factor\n"
TARIFFS = "item,usage,basis,price,from,to,authority\n"
RECEIPTS = "key,date,unit,amount,channel,payer,memo\n"
INCOME = "key,date,category,amount,source,fund,memo\n"
BUDGET = "line,name,category,amount,fund,basis\n"
EXPENDITURES = "voucher,date,line,amount,payee,memo,attachment\n"
WAIVERS = "key,date,unit,month,amount,authority,memo\n"

AMOUNT = "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"
INCOMES = (
    "service_fee, late_fee, parking, advertising, venue_rent, interest, compensation, other, "
    "subsidy, contribution, donation, deposit, agency"
)
CONFLICT = "restore what it said, or record the change under a key of its own"


def receipt(**changed: str) -> str:
    """A row of receipts.csv, right but for what is changed."""
    right = {"key": "S1", "date": "2024-01-05", "unit": "1-101", "amount": "137.40"}
    return (
        ",".join((right | {"channel": "cash", "payer": "张三", "memo": ""} | changed).values())
        + "\n"
    )


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("137.405", f"found '137.405'; {AMOUNT}"),
        ("0.30000000000000004", f"found '0.30000000000000004'; {AMOUNT}"),
        ("NaN", f"found 'NaN'; {AMOUNT}"),
        ("inf", f"found 'inf'; {AMOUNT}"),
        ("1e5", f"found '1e5'; {AMOUNT}"),
        ("1_000", f"found '1_000'; {AMOUNT}"),
        ("１２", f"found '１２'; {AMOUNT}"),
        ("¥12", f"found '¥12'; {AMOUNT}"),
        ('"12,00.00"', f"found '12,00.00'; {AMOUNT}"),
        ("", f"found an empty cell; {AMOUNT}"),
        ("0.00", "found '0.00'; this amount must be above zero"),
        ("-5", "found '-5'; this amount must be above zero"),
        (
            "100000000000.01",
            "found '100000000000.01'; one amount is at most 100,000,000,000.00 yuan",
        ),
    ],
)
def test_wrong_amount(failure: Failure, amount: str, message: str) -> None:
    error = failure({"receipts.csv": RECEIPTS + receipt(amount=amount)})
    assert type(error) is errors.InvalidAmount
    assert str(error) == f"receipts.csv, row 2, column amount: {message}"


@pytest.mark.parametrize(
    ("day", "message"),
    [
        (
            "2024-02-30",
            "found '2024-02-30', which is not a day of the calendar; a date is written 2024-01-31",
        ),
        ("2024/1/5", "found '2024/1/5'; a date is written 2024-01-31"),
        ("45296", "found '45296'; a date is written 2024-01-31"),
        ("２０２４-01-05", "found '２０２４-01-05'; a date is written 2024-01-31"),
        ("", "found an empty cell; a date is written 2024-01-31"),
    ],
)
def test_wrong_date(failure: Failure, day: str, message: str) -> None:
    error = failure({"receipts.csv": RECEIPTS + receipt() + receipt(key="S2", date=day)})
    assert type(error) is errors.InvalidDate
    assert str(error) == f"receipts.csv, row 3, column date: {message}"


WRONG_CELLS: list[tuple[str, str, type[TrustLedgerError], str]] = [
    (
        "receipts.csv", RECEIPTS + receipt(key=""), errors.InvalidRecord,
        "row 2, column key: found an empty cell; write 1 to 64 characters on one line",
    ),
    (
        "receipts.csv", RECEIPTS + receipt(unit=" "), errors.InvalidRecord,
        "row 2, column unit: found an empty cell; write 1 to 64 characters on one line",
    ),
    (
        "receipts.csv", RECEIPTS + receipt(key="x" * 65), errors.InvalidRecord,
        f"row 2, column key: found '{'x' * 60}…'; write 1 to 64 characters on one line",
    ),
    (
        "receipts.csv", RECEIPTS + receipt(payer="a\x07b"), errors.InvalidRecord,
        "row 2, column payer: found 'a\\x07b'; write at most 200 characters on one line",
    ),
    (
        "receipts.csv", RECEIPTS + receipt(memo="m" * 2001), errors.InvalidRecord,
        f"row 2, column memo: found '{'m' * 60}…'; write at most 2000 characters",
    ),
    (
        "income.csv", INCOME + "I1,2024-01-05,rent,5,,,\n", errors.Unknown,
        f"row 2, column category: income category 'rent' is not defined; it is one of {INCOMES}",
    ),
    (
        "income.csv", INCOME + "I1,2024-01-05,,5,,,\n", errors.Unknown,
        "row 2, column category: found an empty cell; it is one of "
        + INCOMES.removeprefix("service_fee, "),
    ),
    (
        "income.csv", INCOME + "I1,2024-01-05,service_fee,5,,,\n", errors.Unknown,
        "row 2, column category: income category 'service_fee' is not defined; "
        "service fees come in through receipts, unit by unit",
    ),
    (
        "income.csv", INCOME.replace(",fund", "") + "I1,2024-01-05,subsidy,5,,\n",
        errors.InvalidRecord,
        "row 2, column fund: subsidy is restricted money: "
        "name the fund it is given to, which is never 'common'",
    ),
    (
        "income.csv", INCOME + "I1,2024-01-05,parking,5,,基金,\n", errors.InvalidRecord,
        "row 2, column fund: found '基金'; "
        "a fund's code is up to 32 letters, digits, '.', '_' or '-'",
    ),
    (
        "budget.csv", BUDGET + "A01,保洁,people,5,,\n", errors.Unknown,
        "row 2, column category: budget category 'people' is not defined; it is one of staff, "
        "maintenance, cleaning, greening, security, office, depreciation, insurance, other, works",
    ),
    (
        "budget.csv", BUDGET + "A01,保洁,staff,-5,,\n", errors.InvalidRecord,
        "row 2, column amount: found '-5'; "
        "an approved amount is yuan with at most two decimals, zero or more",
    ),
    (
        "units.csv", UNITS + "1,,-90.2,住宅,张,,,\n", errors.InvalidAmount,
        "row 2, column area_m2: found '-90.2'; "
        "a floor area is a plain number with at most 4 decimals",
    ),
    (
        "units.csv", UNITS + "1,,,住宅,张,,,\n", errors.InvalidAmount,
        "row 2, column area_m2: found an empty cell; a floor area is a number such as 90.20",
    ),
    (
        "units.csv", UNITS + "1,,90.2,住宅,张,,,60%\n", errors.InvalidAmount,
        "row 2, column factor: found '60%'; a factor is a plain number with at most 6 decimals",
    ),
    (
        "tariffs.csv", TARIFFS + "物业费,,per_m2,1.5,2024-01-01,,合同\n", errors.Unknown,
        "row 2, column basis: basis 'per_m2' is not defined; "
        "it is one of per_m2_month, per_unit_month, per_count_month, per_reading",
    ),
    (
        "tariffs.csv", TARIFFS + "物业费,,per_m2_month,1.55555,2024-01-01,,\n",
        errors.InvalidAmount,
        "row 2, column price: found '1.55555'; a price is a plain number with at most 4 decimals",
    ),
    (
        "tariffs.csv", TARIFFS + "物业费,,per_m2_month,1,2024-02-01,2024-01-01,\n",
        errors.InvalidDate,
        "row 2, column to: found 2024-01-01, before 2024-02-01; 'to' is not before 'from'",
    ),
    (
        "waivers.csv", WAIVERS + "W1,2024-01-05,1-101,2024-13,5,决议,\n", errors.InvalidDate,
        "row 2, column month: found '2024-13'; a month is written 2017-03",
    ),
    (
        "waivers.csv", WAIVERS + "W1,2024-01-05,1-101,2024-01,5,,\n", errors.InvalidRecord,
        "row 2, column authority: found an empty cell; write 1 to 64 characters on one line",
    ),
    (
        "opening.csv", "account,amount\n9999,5\n", errors.Unknown,
        "row 2, column account: account '9999' is not defined; "
        "use a code of docs/chart-of-accounts, such as 1002",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "kind", "message"), WRONG_CELLS)
def test_wrong_cell(
    failure: Failure, file: str, text: str, kind: type[TrustLedgerError], message: str
) -> None:
    error = failure({file: text})
    assert type(error) is kind
    assert str(error) == f"{file}, {message}"


ALL_COLUMNS = (
    "the columns are key, date, unit, amount, channel, payer, memo, pays, suspense, original"
)
WRONG_COLUMNS = [
    ("payor", "found an unknown column 'payor'; did you mean 'payer'?"),
    ("foo bar", f"found an unknown column 'foo bar'; {ALL_COLUMNS}"),
    ("金额", "found the column amount [金额] twice, as 'amount' and '金额'; keep one"),
    ("memo", "found the column memo [摘要] twice, as 'memo' and 'memo'; keep one"),
    ("", "column 6 has no header; name it or delete the column"),
]


@pytest.mark.parametrize(("header", "message"), WRONG_COLUMNS)
def test_wrong_column(failure: Failure, header: str, message: str) -> None:
    error = failure({"receipts.csv": RECEIPTS.replace("payer", header) + receipt()})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.csv, row 1: {message}"


def test_missing_column(failure: Failure) -> None:
    error = failure({"receipts.csv": "流水号,日期,房号,渠道,付款人,摘要\n"})
    assert type(error) is errors.InvalidFile
    assert str(error) == f"receipts.csv, row 1: the column amount [金额] is missing; {ALL_COLUMNS}"


def test_the_column_is_named_as_the_user_wrote_it(failure: Failure) -> None:
    error = failure(
        {"receipts.csv": "流水号,日期,房号,金额,渠道,付款人,摘要\n" + receipt(amount="x")}
    )
    assert str(error) == f"receipts.csv, row 2, column 金额: found 'x'; {AMOUNT}"


CONFLICTS = [
    (
        "receipts.csv", RECEIPTS + receipt() + "\n" + receipt(amount='"1,137.40"'),
        "row 4, column amount: receipt 'S1' stands with amount '137.40', and now says '1,137.40'",
    ),
    (
        "units.csv", UNITS + "1-101,,90.2,住宅,张三,,,\n1-101,,90.2,住宅,李四,,,\n",
        "row 3, column owner: unit '1-101' stands with owner '张三', and now says '李四'",
    ),
    (
        "expenditures.csv", EXPENDITURES + "V1,2024-01-05,A,5,,,\nV1,2024-01-06,A,5,,,\n",
        "row 3, column date: expenditure 'V1' stands with date '2024-01-05', "
        "and now says '2024-01-06'",
    ),
    (
        "budget.csv", BUDGET + "A01,保洁,cleaning,5,,\nA01,保洁,cleaning,6,,\n",
        "row 3, column amount: line 'A01' stands with amount '5', and now says '6'",
    ),
    (
        "opening.csv", "account,amount\n1002,5\n银行存款,6\n",
        "row 3, column amount: opening '1002|common|' stands with amount '5', and now says '6'",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("file", "text", "message"), CONFLICTS)
def test_one_key_with_two_contents_is_refused(
    failure: Failure, file: str, text: str, message: str
) -> None:
    error = failure({file: text})
    assert type(error) is errors.KeyConflict
    assert str(error) == f"{file}, {message}; {CONFLICT}"


def test_the_same_row_again_is_harmless(make_folder: MakeFolder) -> None:
    text = RECEIPTS + receipt(amount="1137.4") + receipt(amount='"1,137.40"') + receipt(key="S2")
    contents = read(make_folder({"receipts.csv": text}))
    receipts = [record for _, record in contents.facts if isinstance(record, Receipt)]
    assert [one.key for one in receipts] == ["S1", "S2"]
    assert contents.facts[-1][0] == Place("receipts.csv", 4)


OVERLAPPING = [
    ("", "住宅", "found 物业费 for 住宅 from 2024-06-01 to further notice"),
    ("住宅", "", "found 物业费 for all usages from 2024-06-01 to further notice"),
    ("住宅", "住宅", "found 物业费 for 住宅 from 2024-06-01 to further notice"),
]


@pytest.mark.parametrize(("first", "second", "found"), OVERLAPPING)
def test_overlapping_tariffs(failure: Failure, first: str, second: str, found: str) -> None:
    text = (
        f"物业费,{first},per_m2_month,1,2024-01-01,2024-06-01,\n"
        "物业费,商铺甲,per_m2_month,1,2023-01-01,2023-12-31,\n"
        f"物业费,{second},per_m2_month,2,2024-06-01,,\n"
    )
    error = failure({"tariffs.csv": TARIFFS + text})
    assert type(error) is errors.InvalidFile
    assert str(error) == (
        f"tariffs.csv, row 4, column from: {found}, which overlaps row 2, "
        f"{first or 'all usages'} from 2024-01-01 to 2024-06-01; "
        "end one of them before the other begins"
    )


def test_tariffs_that_meet_without_overlapping(make_folder: MakeFolder) -> None:
    text = (
        "物业费,住宅,per_m2_month,1,2024-01-01,2024-05-31,\n"
        "物业费,住宅,per_m2_month,2,2024-06-01,,\n"
        "物业费,商铺,per_m2_month,3,2024-01-01,,\n"
        "停车费,,per_unit_month,3,2024-01-01,,\n"
    )
    assert len(read(make_folder({"tariffs.csv": TARIFFS + text})).facts) == 6


def test_rows_count_as_a_spreadsheet_counts_them(failure: Failure) -> None:
    text = RECEIPTS + receipt(memo='"two\nlines"') + "\n,,,,,,\n" + receipt(key="S2", amount="x")
    error = failure({"receipts.csv": text})
    assert str(error) == f"receipts.csv, row 5, column amount: found 'x'; {AMOUNT}"


def test_optional_columns_may_be_missing_or_empty(make_folder: MakeFolder) -> None:
    contents = read(make_folder({"opening.csv": "amount,account,fund\n-1332.00,银行存款,\n"}))
    assert contents.facts[-1][1] == Opening.model_validate(
        {"account": "1002", "amount": "-1332.00"}
    )


def test_the_place_of_a_field_is_the_column_as_written(make_folder: MakeFolder) -> None:
    contents = read(make_folder({"receipts.csv": RECEIPTS.replace("unit", "房号") + receipt()}))
    place, _ = contents.facts[-1]
    assert str(contents.place(place, "unit")) == "receipts.csv, row 2, column 房号"
    assert contents.place(place, "nothing") == place
