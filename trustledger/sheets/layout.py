"""The fixed layout of the book folder's sheets, as data: file names, columns, records.

What lives here: which columns a sheet has, in English and Chinese, which field of the record each
fills, and what a right cell looks like, in words. What must not: reading, checking. The names are
a contract with other systems; a new sheet is one more entry in ``FEES``, or in ``OPEN_BUDGET``.
"""

from __future__ import annotations

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
    Refund,
    Reversal,
    Suspense,
    Tariff,
    Tenure,
    Unit,
    Waiver,
    Withdrawal,
)
from trustledger.sheets.columns import (
    ANY_FUND,
    AUTHORITY,
    BUDGET,
    CODE,
    DATE,
    DAY,
    FROM,
    FUND,
    KEY,
    MEMO,
    NAME,
    PAID,
    PATH,
    TEXT,
    TO,
    UNIT,
    Column,
    SheetLayout,
)
from trustledger.sheets.layout_budget import OPEN_BUDGET

_APPROVED = "an approved amount is yuan with at most two decimals, zero or more"
_BASIS = f"it is one of {', '.join(BASES)}"
_PERIOD = f"it is one of {', '.join(PERIODS)}"
_ROUNDING = f"it is one of {', '.join(ROUNDINGS)}"
_COUNTS = "name what is counted, as counts.csv does, for per_count_month alone"
_SHARED_BY = f"it is one of {', '.join(SHARED_BY)}"
_INCOME = f"it is one of {', '.join(INCOME_CATEGORIES[1:])}"  # service fees are receipts

_ROLE = "it is one of " + ", ".join(f"{role} [{title}]" for role, title in ROLES.items())
_SHARE = "a share is written 1/2, 50% or 0.5, and is at most 1"

_ORIGINAL = Column("original", "原日期", "original", DAY, needed=False)

_CONTROLLED = tuple(
    Column(name, title, name, right, needed=False, budget=True)
    for name, title, right in (
        ("fund", "资金", FUND),
        ("resolution", "决议", NAME),
        ("commitment", "合同", NAME),
        ("milestone", "付款节点", "write the number of the instalment"),
        ("request", "申请", NAME),
        ("invoice", "发票号", NAME),
        ("maker", "经办人", NAME),
        ("exception", "例外原因", NAME),
        ("allowed_by", "批准人", NAME),
        ("emergency", "应急", NAME),
    )
)
"""Of expenditures, where the open budget is kept."""

FEES = (
    SheetLayout(
        "units", "房屋", Unit,
        (
            UNIT,
            Column("building", "楼栋", "building", NAME),
            Column("area_m2", "建筑面积", "area_m2", "a floor area is a number such as 90.20"),
            Column("usage", "用途", "usage", CODE),
            Column("owner", "业主", "owner", NAME),
            Column("phone", "电话", "phone", NAME),
            Column("liable_from", "起计日期", "liable_from", DAY, needed=False),
            Column("factor", "系数", "factor", "a factor is a number such as 0.6", needed=False),
        ),
    ),
    SheetLayout(
        "owners", "权属", Tenure,
        (
            UNIT,
            Column("person", "姓名", "person", CODE),
            Column("role", "身份", "role", _ROLE, needed=False),
            Column("share", "份额", "share", _SHARE, needed=False),
            Column("from", "起始", "from", DAY),
            Column("to", "截止", "to", DAY, needed=False),
            Column("phone", "电话", "phone", NAME, needed=False),
            Column("delivery", "交付日期", "delivery", DAY, needed=False),
            Column("authority", "依据", "authority", NAME, needed=False),
        ),
    ),
    SheetLayout(
        "tariffs", "收费标准", Tariff,
        (
            Column("item", "收费项目", "item", CODE),
            Column("usage", "用途", "usage", NAME),
            Column("basis", "计费方式", "basis", _BASIS),
            Column("price", "单价", "price", "a price is a number with at most 4 decimals"),
            FROM, TO,
            Column("period", "收费周期", "period", _PERIOD, needed=False),
            Column("rounding", "取整", "rounding", _ROUNDING, needed=False),
            Column("counts", "计数项", "counts", _COUNTS, needed=False),
            AUTHORITY,
        ),
        own_key=False,
    ),
    SheetLayout(
        "counts", "计数", Count,
        (
            UNIT,
            Column("counts", "计数项", "counts", CODE),
            Column("number", "数量", "number", "a number has at most 2 decimals"),
            FROM, TO, AUTHORITY,
        ),
    ),
    SheetLayout(
        "factors", "系数", Factor,
        (
            UNIT,
            Column("factor", "系数", "factor", "a factor is a number such as 0.6"),
            FROM, TO,
            Column("authority", "依据", "authority", CODE),
        ),
    ),
    SheetLayout(
        "weights", "权重", Weight,
        (
            UNIT,
            Column("weight", "权重", "weight", "a weight is a number with at most 6 decimals"),
            Column("item", "收费项目", "item", CODE),
            FROM, TO,
        ),
    ),
    SheetLayout(
        "meters", "计量表", Meter,
        (
            Column("meter", "表号", "meter", CODE),
            UNIT,
            Column("item", "收费项目", "item", CODE),
            FROM,
            Column("multiplier", "倍率", "multiplier",
                   "a multiplier is a number such as 1.02", needed=False),
            Column("digits", "位数", "digits",
                   "write how many digits the meter shows before the point, 1 to 12", needed=False),
        ),
    ),
    SheetLayout(
        "readings", "抄表", Reading,
        (
            KEY,
            Column("meter", "表号", "meter", CODE),
            DATE,
            Column("reading", "读数", "reading", "a reading is a number with at most 4 decimals"),
            Column("rollover", "翻转", "rollover", "write yes (是), or leave it empty",
                   needed=False),
            MEMO,
        ),
    ),
    SheetLayout(
        "shared_costs", "公摊费用", SharedCost,
        (
            KEY,
            Column("month", "账期", "month", "a month is written 2017-03"),
            Column("item", "收费项目", "item", CODE),
            PAID,
            Column("by", "分摊方式", "by", _SHARED_BY),
            Column("scope", "范围", "scope", NAME, needed=False),
            AUTHORITY,
        ),
    ),
    SheetLayout(
        "budget", "预算", BudgetLine,
        (
            Column("line", "预算编号", "line", CODE),
            Column("name", "项目", "name", NAME),
            Column("category", "类别", "category", BUDGET),
            Column("amount", "金额", "amount", _APPROVED),
            ANY_FUND,
            Column("basis", "测算依据", "basis", TEXT),
        ),
    ),
    SheetLayout(
        "opening", "期初", Opening,
        (
            Column("account", "科目", "account", "use a code of the chart, such as 1002"),
            Column("unit", "房号", "unit", CODE, needed=False),
            ANY_FUND,
            PAID,
        ),
    ),
    SheetLayout(
        "receipts", "收款", Receipt,
        (
            KEY, DATE, UNIT, PAID,
            Column("channel", "渠道", "channel", NAME),
            Column("payer", "付款人", "payer", NAME),
            MEMO,
            Column("pays", "指定账期", "pays", "a month is written 2017-03", needed=False),
            Column("suspense", "待认领流水号", "suspense", CODE, needed=False),
            _ORIGINAL,
        ),
    ),
    SheetLayout(
        "income", "其他收入", Income,
        (
            KEY, DATE,
            Column("category", "类别", "category", _INCOME),
            PAID,
            Column("source", "来源", "source", NAME),
            ANY_FUND, MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "expenditures", "支出", Expenditure,
        (
            Column("voucher", "凭证号", "voucher", CODE),
            DATE,
            Column("line", "预算编号", "line", CODE),
            PAID,
            Column("payee", "收款人", "payee", NAME),
            MEMO,
            Column("attachment", "附件", "attachment", PATH, needed=False),
            _ORIGINAL, *_CONTROLLED,
        ),
    ),
    SheetLayout(
        "refunds", "退款", Refund,
        (
            KEY, DATE, UNIT, PAID,
            Column("receipt", "原流水号", "receipt", NAME, needed=False),
            MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "waivers", "减免", Waiver,
        (
            KEY, DATE, UNIT,
            Column("month", "账期", "month", "a month is written 2017-03"),
            PAID,
            Column("authority", "依据", "authority", CODE),
            MEMO,
            Column("item", "减免项目", "item", "it is late_fee, or empty", needed=False),
            Column("approver", "批准人", "approver", NAME, needed=False),
            _ORIGINAL,
        ),
    ),
    SheetLayout(
        "plans", "分期协议", Instalment,
        (
            Column("key", "协议号", "key", CODE),
            UNIT, DATE,
            Column("due", "到期日", "due", DAY),
            PAID, AUTHORITY, MEMO,
        ),
    ),
    SheetLayout("withdrawals", "酬金提取", Withdrawal, (KEY, DATE, PAID, MEMO, _ORIGINAL)),
    SheetLayout(
        "suspense", "待认领款", Suspense,
        (
            KEY, DATE, PAID,
            Column("channel", "渠道", "channel", NAME),
            Column("payer", "付款人", "payer", NAME),
            MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "deposits", "押金", Deposit,
        (
            KEY, DATE, UNIT,
            Column("move", "收退", "move", "it is one of taken 收取, returned 退还, deducted 扣除"),
            PAID,
            Column("payer", "付款人", "payer", NAME),
            MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "agency", "代收代付", Agency,
        (
            KEY, DATE,
            Column("what", "代收项目", "what", CODE),
            Column("move", "收付", "move", "it is one of collected 代收, passed_on 转付"),
            PAID,
            Column("unit", "房号", "unit", CODE, needed=False),
            Column("payee", "收款人", "payee", NAME),
            MEMO, _ORIGINAL,
        ),
    ),
    SheetLayout(
        "reversals", "冲销", Reversal,
        (
            KEY, DATE,
            Column("of_kind", "原单类型", "of_kind", f"it is one of {', '.join(REVERSIBLE)}"),
            Column("of_key", "原流水号", "of_key", CODE),
            Column("reason", "原因", "reason", NAME),
        ),
    ),
)  # fmt: skip
"""The sheets that everybody has, in the order in which a book takes them."""

SHEETS = (*FEES, *OPEN_BUDGET)
"""Every sheet; what is referred to comes first."""
