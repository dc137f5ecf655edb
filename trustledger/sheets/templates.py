"""An empty book folder 空账套: book.toml with its comments, and every sheet with its headers."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

from trustledger.errors import InvalidInput, Unknown
from trustledger.sheets.booktoml import FILE as BOOK_TOML
from trustledger.sheets.columns import SheetLayout
from trustledger.sheets.layout import FEES, SHEETS
from trustledger.sheets.layout_budget import OPEN_BUDGET
from trustledger.sheets.sources import BOOK_WORKBOOK

_ZH = """\
# 账套说明。等号左边的名称不要改；以 # 开头的是注释。

[book]
code = "mybook"                # 账套编号：字母、数字，定下后不再改
# 姓名、电话等在日记账里只存加盐摘要，盐由此密钥得出；请保密，定下后不再改
secret = "SECRET"
name = "我的小区"
start = 2025-01-01             # 建账日期
fiscal_year_start = 1          # 会计年度从几月开始
currency = "CNY"
# prepay_months = 12           # 预收不超过几个月的应收，可以不写

[trust]
settlor = "我的小区业主大会"     # 委托人
trustee = "我的物业服务人"       # 受托人
supervisor = ""                # 监察人，可以空着
# arrears_follow = "person"    # 欠费随人：谁在计费期间持有谁负责；"unit" 随房：由现业主负责

# 酬金条款：每段时间一张表，时间不能重叠
[[remuneration]]
rate = "12%"
base = ["service_fee", "parking", "advertising", "venue_rent"]   # 计提基数
recognised = "received"        # received 按实收，charged 按应收
from = 2025-01-01
# to = 2025-12-31              # 截止日（含当日），可以不写
authority = "信托合同"

# 违约金条款：每段一张表，各段日期不得重叠；没有约定的不写
# [[late_fee]]
# rate_per_day = "0.05%"       # 日费率
# grace_days = 30              # 应收日之后的宽限天数
# cap = "100%"                 # 以本金的多少为上限，可以不写
# from = 2025-01-01
# authority = "信托合同 第九条"

# 催缴阶段：欠费满多少天发哪一种通知，一段一张表；from 起生效
# [[reminder]]
# days = 30
# name = "缴费提醒"
# text = "您的物业费尚未缴纳，请于七日内缴清。如已缴纳，请与我们核对。"
# from = 2025-01-01
# authority = "业主大会决议"

# 专项资金：业主共有基金 common 总是有的，不必写
# [[funds]]
# code = "micro"
# name = "微更新专项资金"
# purpose = "口袋花园"          # 给定用途，可以不写
# allows = ["works"]           # 只能用于哪些预算类别，可以不写
"""

_EN = """\
# What the book is. Keep the names left of the equals signs; a line with # is a comment.

[book]
code = "mybook"                # the book's id: letters and digits, never changed later
# Names and telephones stand in the journal as salted digests; the salts come from this secret.
# Keep it to yourself, and never change it.
secret = "SECRET"
name = "My community"
start = 2025-01-01             # the day the books open
fiscal_year_start = 1          # the month in which the financial year begins
currency = "CNY"
# prepay_months = 12           # at most so many months may be prepaid; optional

[trust]
settlor = "The owners' assembly"
trustee = "The property manager"
supervisor = ""                # may be empty
# arrears_follow = "person"    # who held the unit then answers; "unit": who holds it now

# Remuneration: one table per term; terms may not overlap
[[remuneration]]
rate = "12%"
base = ["service_fee", "parking", "advertising", "venue_rent"]
recognised = "received"        # "received" (cash) or "charged"
from = 2025-01-01
# to = 2025-12-31              # the last day, inclusive; optional
authority = "Trust contract"

# Late fees: one table per term; terms may not overlap; leave out what was not agreed
# [[late_fee]]
# rate_per_day = "0.05%"       # of what is open, a day
# grace_days = 30              # days after the charge's date before the first day counts
# cap = "100%"                 # of the principal; optional
# from = 2025-01-01
# authority = "Trust contract, article 9"

# Reminders: one table per step of the ladder; days since the charge
# [[reminder]]
# days = 30
# name = "Reminder"
# text = "Please pay within seven days. If you have paid, let us compare our records."
# from = 2025-01-01
# authority = "Owners' resolution"

# Restricted funds: the common fund always exists and needs no table
# [[funds]]
# code = "micro"
# name = "Renewal fund"
# purpose = "A pocket garden"  # what it is given for; optional
# allows = ["works"]           # the only budget categories it pays for; optional
"""

_BOOK_TOML = {"zh": _ZH, "en": _EN}


def write(folder: Path, lang: str = "zh", *, budget: bool = False) -> list[Path]:
    """Write an empty book folder that reads back as it is; returns the files written.

    With ``budget``, the sheets of the open budget too; a folder that has a book is given those
    alone. All or nothing: a file that could not be written takes the others with it.

    :raises Unknown: a language other than ``zh`` and ``en``.
    :raises InvalidInput: the folder holds a file of a book already, or cannot be written.
    """
    if lang not in _BOOK_TOML:
        raise Unknown("language", lang[:40], "it is zh or en")
    folder = Path(folder)
    adding = budget and os.path.lexists(folder / BOOK_TOML)
    taken = [name for name in _names(adding) if os.path.lexists(folder / name)]
    if taken:
        right = (
            "add the open budget's sheets by hand"
            if adding
            else "choose a folder without a book in it"
        )
        raise InvalidInput(f"found {taken[0]} in {str(folder)!r}; {right}, nothing was written")
    files = _sheets(OPEN_BUDGET, lang) if adding else _files(lang, budget=budget)
    made: list[Path] = []
    try:
        for path in [*reversed(folder.parents), folder]:
            if not path.is_dir():
                path.mkdir()
                made.append(path)
        for name, data in files.items():
            with (folder / name).open("xb") as stream:
                made.append(folder / name)
                stream.write(data)
    except BaseException as error:
        _unmake(made)
        if isinstance(error, OSError):
            raise InvalidInput(
                f"{str(folder)!r} cannot be written: {error.strerror}; nothing was written"
            ) from None
        raise
    return [path for path in made if path.is_file()]


def _unmake(made: list[Path]) -> None:
    for path in reversed(made):
        with suppress(OSError):
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()


def _names(adding: bool) -> list[str]:
    """The names that must not be there yet."""
    layouts = OPEN_BUDGET if adding else SHEETS
    sheets = [f"{layout.name}{end}" for layout in layouts for end in (".csv", ".xlsx")]
    return [BOOK_WORKBOOK, *sheets] if adding else [BOOK_TOML, BOOK_WORKBOOK, *sheets]


def _files(lang: str, *, budget: bool) -> dict[str, bytes]:
    text = _BOOK_TOML[lang].replace('"SECRET"', f'"{token_hex(32)}"')
    sheets = _sheets(SHEETS if budget else FEES, lang, budget=budget)
    return {BOOK_TOML: text.encode(), **sheets}


def _sheets(layouts: Iterable[SheetLayout], lang: str, *, budget: bool = True) -> dict[str, bytes]:
    files = {}
    for layout in layouts:
        columns = [column for column in layout.columns if budget or not column.budget]
        headers = [column.title if lang == "zh" else column.name for column in columns]
        # With a byte order mark, or Excel would take what is typed in for another encoding.
        files[f"{layout.name}.csv"] = (",".join(headers) + "\r\n").encode("utf-8-sig")
    return files
