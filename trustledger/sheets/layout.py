"""The fixed layout of the book folder's sheets, as data: file names, columns, records.

What lives here: which columns a sheet has, in English and Chinese, which field of the record each
fills, and what a right cell looks like, in words. What must not: reading, checking. The names are
a contract with other systems; a new sheet is one more entry in ``SHEETS``.
"""

from __future__ import annotations

from typing import NamedTuple

from trustledger.measures import (
    SHARED_BY,
    Count,
    Factor,
    Meter,
    Reading,
    SharedCost,
    Weight,
)
from trustledger.records import (
    BASES,
    BUDGET_CATEGORIES,
    INCOME_CATEGORIES,
    PERIODS,
    REVERSIBLE,
    ROLES,
    ROUNDINGS,
    Agency,
    BudgetLine,
    Deposit,
    Expenditure,
    Income,
    Instalment,
    Opening,
    Receipt,
    Record,
    Refund,
    Reversal,
    Suspense,
    Tariff,
    Tenure,
    Unit,
    Waiver,
    Withdrawal,
)


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


class SheetLayout(NamedTuple):
    """One sheet: ``units.csv``, ``units.xlsx``, or the sheet of that name in ``book.xlsx``.

    ``own_key`` says whether the key is a text of the sheet's own. A tariff's is made of its
    dates, so that two of one key overlap, and the overlap is what its reader must be told.
    """

    name: str  # English file and sheet name
    title: str  # Chinese sheet name
    record: type[Record]
    columns: tuple[Column, ...]
    own_key: bool = True


_CODE = "write 1 to 64 characters on one line"
_NAME = "write at most 200 characters on one line"
_TEXT = "write at most 2000 characters"
_DAY = "a date is written 2024-01-31"
_AMOUNT = "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"
_APPROVED = "an approved amount is yuan with at most two decimals, zero or more"
_FUND = "a fund's code is up to 32 letters, digits, '.', '_' or '-'"
_PATH = "write a path inside the folder"
_BUDGET = f"it is one of {', '.join(BUDGET_CATEGORIES)}"
_BASIS = f"it is one of {', '.join(BASES)}"
_PERIOD = f"it is one of {', '.join(PERIODS)}"
_ROUNDING = f"it is one of {', '.join(ROUNDINGS)}"
_COUNTS = "name what is counted, as counts.csv does, for per_count_month alone"
_SHARED_BY = f"it is one of {', '.join(SHARED_BY)}"
_INCOME = f"it is one of {', '.join(INCOME_CATEGORIES[1:])}"  # service fees are receipts

_ROLE = "it is one of " + ", ".join(f"{role} [{title}]" for role, title in ROLES.items())
_SHARE = "a share is written 1/2, 50% or 0.5, and is at most 1"

_KEY = Column("key", "流水号", "key", _CODE)
_DATE = Column("date", "日期", "on", _DAY)
_UNIT = Column("unit", "房号", "unit", _CODE)
_FROM = Column("from", "起始", "from", _DAY)
_TO = Column("to", "截止", "to", _DAY, needed=False)
_PAID = Column("amount", "金额", "amount", _AMOUNT)
_ANY_FUND = Column("fund", "资金", "fund", _FUND, needed=False)
_ORIGINAL = Column("original", "原日期", "original", _DAY, needed=False)
_MEMO = Column("memo", "摘要", "memo", _TEXT)
_AUTHORITY = Column("authority", "依据", "authority", _NAME)

SHEETS = (
    SheetLayout(
        "units", "房屋", Unit,
        (
            _UNIT,
            Column("building", "楼栋", "building", _NAME),
            Column("area_m2", "建筑面积", "area_m2", "a floor area is a number such as 90.20"),
            Column("usage", "用途", "usage", _CODE),
            Column("owner", "业主", "owner", _NAME),
            Column("phone", "电话", "phone", _NAME),
            Column("liable_from", "起计日期", "liable_from", _DAY, needed=False),
            Column("factor", "系数", "factor", "a factor is a number such as 0.6", needed=False),
        ),
    ),
    SheetLayout(
        "owners", "权属", Tenure,
        (
            _UNIT,
            Column("person", "姓名", "person", _CODE),
            Column("role", "身份", "role", _ROLE, needed=False),
            Column("share", "份额", "share", _SHARE, needed=False),
            Column("from", "起始", "from", _DAY),
            Column("to", "截止", "to", _DAY, needed=False),
            Column("phone", "电话", "phone", _NAME, needed=False),
            Column("delivery", "交付日期", "delivery", _DAY, needed=False),
            Column("authority", "依据", "authority", _NAME, needed=False),
        ),
    ),
    SheetLayout(
        "tariffs", "收费标准", Tariff,
        (
            Column("item", "收费项目", "item", _CODE),
            Column("usage", "用途", "usage", _NAME),
            Column("basis", "计费方式", "basis", _BASIS),
            Column("price", "单价", "price", "a price is a number with at most 4 decimals"),
            _FROM, _TO,
            Column("period", "收费周期", "period", _PERIOD, needed=False),
            Column("rounding", "取整", "rounding", _ROUNDING, needed=False),
            Column("counts", "计数项", "counts", _COUNTS, needed=False),
            _AUTHORITY,
        ),
        own_key=False,
    ),
    SheetLayout(
        "counts", "计数", Count,
        (
            _UNIT,
            Column("counts", "计数项", "counts", _CODE),
            Column("number", "数量", "number", "a number has at most 2 decimals"),
            _FROM, _TO, _AUTHORITY,
        ),
    ),
    SheetLayout(
        "factors", "系数", Factor,
        (
            _UNIT,
            Column("factor", "系数", "factor", "a factor is a number such as 0.6"),
            _FROM, _TO,
            Column("authority", "依据", "authority", _CODE),
        ),
    ),
    SheetLayout(
        "weights", "权重", Weight,
        (
            _UNIT,
            Column("weight", "权重", "weight", "a weight is a number with at most 6 decimals"),
            Column("item", "收费项目", "item", _CODE),
            _FROM, _TO,
        ),
    ),
    SheetLayout(
        "meters", "计量表", Meter,
        (
            Column("meter", "表号", "meter", _CODE),
            _UNIT,
            Column("item", "收费项目", "item", _CODE),
            _FROM,
            Column("multiplier", "倍率", "multiplier",
                   "a multiplier is a number such as 1.02", needed=False),
            Column("digits", "位数", "digits",
                   "write how many digits the meter shows before the point, 1 to 12", needed=False),
        ),
    ),
    SheetLayout(
        "readings", "抄表", Reading,
        (
            _KEY,
            Column("meter", "表号", "meter", _CODE),
            _DATE,
            Column("reading", "读数", "reading", "a reading is a number with at most 4 decimals"),
            Column("rollover", "翻转", "rollover", "write yes (是), or leave it empty",
                   needed=False),
            _MEMO,
        ),
    ),
    SheetLayout(
        "shared_costs", "公摊费用", SharedCost,
        (
            _KEY,
            Column("month", "账期", "month", "a month is written 2017-03"),
            Column("item", "收费项目", "item", _CODE),
            _PAID,
            Column("by", "分摊方式", "by", _SHARED_BY),
            Column("scope", "范围", "scope", _NAME, needed=False),
            _AUTHORITY,
        ),
    ),
    SheetLayout(
        "budget", "预算", BudgetLine,
        (
            Column("line", "预算编号", "line", _CODE),
            Column("name", "项目", "name", _NAME),
            Column("category", "类别", "category", _BUDGET),
            Column("amount", "金额", "amount", _APPROVED),
            _ANY_FUND,
            Column("basis", "测算依据", "basis", _TEXT),
        ),
    ),
    SheetLayout(
        "opening", "期初", Opening,
        (
            Column("account", "科目", "account", "use a code of the chart, such as 1002"),
            Column("unit", "房号", "unit", _CODE, needed=False),
            _ANY_FUND,
            _PAID,
        ),
    ),
    SheetLayout(
        "receipts", "收款", Receipt,
        (
            _KEY, _DATE, _UNIT, _PAID,
            Column("channel", "渠道", "channel", _NAME),
            Column("payer", "付款人", "payer", _NAME),
            _MEMO,
            Column("pays", "指定账期", "pays", "a month is written 2017-03", needed=False),
            Column("suspense", "待认领流水号", "suspense", _CODE, needed=False),
            _ORIGINAL,
        ),
    ),
    SheetLayout(
        "income", "其他收入", Income,
        (
            _KEY, _DATE,
            Column("category", "类别", "category", _INCOME),
            _PAID,
            Column("source", "来源", "source", _NAME),
            _ANY_FUND, _MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "expenditures", "支出", Expenditure,
        (
            Column("voucher", "凭证号", "voucher", _CODE),
            _DATE,
            Column("line", "预算编号", "line", _CODE),
            _PAID,
            Column("payee", "收款人", "payee", _NAME),
            _MEMO,
            Column("attachment", "附件", "attachment", _PATH, needed=False),
            _ORIGINAL,
        ),
    ),
    SheetLayout(
        "refunds", "退款", Refund,
        (
            _KEY, _DATE, _UNIT, _PAID,
            Column("receipt", "原流水号", "receipt", _NAME, needed=False),
            _MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "waivers", "减免", Waiver,
        (
            _KEY, _DATE, _UNIT,
            Column("month", "账期", "month", "a month is written 2017-03"),
            _PAID,
            Column("authority", "依据", "authority", _CODE),
            _MEMO,
            Column("item", "减免项目", "item", "it is late_fee, or empty", needed=False),
            Column("approver", "批准人", "approver", _NAME, needed=False),
            _ORIGINAL,
        ),
    ),
    SheetLayout(
        "plans", "分期协议", Instalment,
        (
            Column("key", "协议号", "key", _CODE),
            _UNIT, _DATE,
            Column("due", "到期日", "due", _DAY),
            _PAID, _AUTHORITY, _MEMO,
        ),
    ),
    SheetLayout("withdrawals", "酬金提取", Withdrawal, (_KEY, _DATE, _PAID, _MEMO, _ORIGINAL)),
    SheetLayout(
        "suspense", "待认领款", Suspense,
        (
            _KEY, _DATE, _PAID,
            Column("channel", "渠道", "channel", _NAME),
            Column("payer", "付款人", "payer", _NAME),
            _MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "deposits", "押金", Deposit,
        (
            _KEY, _DATE, _UNIT,
            Column("move", "收退", "move", "it is one of taken 收取, returned 退还, deducted 扣除"),
            _PAID,
            Column("payer", "付款人", "payer", _NAME),
            _MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "agency", "代收代付", Agency,
        (
            _KEY, _DATE,
            Column("what", "代收项目", "what", _CODE),
            Column("move", "收付", "move", "it is one of collected 代收, passed_on 转付"),
            _PAID,
            Column("unit", "房号", "unit", _CODE, needed=False),
            Column("payee", "收款人", "payee", _NAME),
            _MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "reversals", "冲销", Reversal,
        (
            _KEY, _DATE,
            Column("of_kind", "原单类型", "of_kind", f"it is one of {', '.join(REVERSIBLE)}"),
            Column("of_key", "原流水号", "of_key", _CODE),
            Column("reason", "原因", "reason", _NAME),
        ),
    ),
)  # fmt: skip
"""Every sheet, in the order in which a book takes them: what is referred to comes first."""
