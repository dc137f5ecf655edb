"""Chart of accounts 会计科目表, as data.

Codes and names lean on 企业会计准则应用指南 (assets 1, liabilities 2, income and cost as the trust
reports them) and, for the owners' equity, on 民间非营利组织会计制度 (3101 unrestricted, 3102
restricted net assets). ``cash_basis`` marks the balance-sheet accounts that count in the fund's
balance on the statement of income and expenditure: receivables and prepayments do not, since that
statement counts owners' money when it arrives.
"""

from __future__ import annotations

from typing import NamedTuple

from trustledger.errors import Unknown


class Account(NamedTuple):
    """会计科目: ``side`` is the natural one, +1 debit 借 or -1 credit 贷."""

    code: str
    name: str
    english: str
    kind: str  # asset, liability, equity, income, expense; memo 备查 is beside the balance sheet
    side: int
    cash_basis: bool = False


CASH = "1001"
BANK = "1002"
RECEIVABLE = "1122"
PREPAID = "2203"
DEPOSIT = "2241"
AGENCY = "2242"
REMUNERATION_PAYABLE = "2243"
SUSPENSE = "2244"
EQUITY_COMMON = "3101"
EQUITY_RESTRICTED = "3102"
SERVICE_FEE = "4001"
LATE_FEES = "4002"
WAIVED = "4009"
REMUNERATION = "5201"
TRUSTEE_OWES = "1221"
LENT = "1231"
BORROWED = "2231"
COMMITTED = "8101"
COMMITMENTS = "8102"

ACCOUNTS = {
    account.code: account
    for account in (
        Account(CASH, "库存现金", "Cash", "asset", 1, True),
        Account(BANK, "银行存款", "Bank", "asset", 1, True),
        Account(RECEIVABLE, "应收物业费", "Receivable", "asset", 1),
        Account(TRUSTEE_OWES, "其他应收款", "Other receivables", "asset", 1, True),
        Account(LENT, "应收其他资金", "Due from other funds", "asset", 1, True),
        Account("2202", "应付账款", "Payables", "liability", -1, True),
        Account(BORROWED, "应付其他资金", "Due to other funds", "liability", -1, True),
        Account(PREPAID, "预收物业费", "Prepayments", "liability", -1),
        Account(DEPOSIT, "应付押金", "Deposits held", "liability", -1, True),
        Account(AGENCY, "代收代付款", "Agency collections", "liability", -1, True),
        Account(REMUNERATION_PAYABLE, "应付酬金", "Remuneration payable", "liability", -1, True),
        Account(SUSPENSE, "待认领款", "Unclaimed receipts", "liability", -1, True),
        Account(EQUITY_COMMON, "业主共有基金", "Owners common fund", "equity", -1),
        Account(EQUITY_RESTRICTED, "限定用途基金", "Restricted funds", "equity", -1),
        Account(SERVICE_FEE, "物业费收入", "Service fees", "income", -1),
        Account(LATE_FEES, "违约金收入", "Late fees", "income", -1),
        Account(WAIVED, "物业费减免", "Waivers", "income", 1),
        Account("4101", "停车收入", "Parking", "income", -1),
        Account("4102", "广告收入", "Advertising", "income", -1),
        Account("4103", "场地租金收入", "Venue rent", "income", -1),
        Account("4201", "利息收入", "Interest", "income", -1),
        Account("4202", "赔偿补偿收入", "Compensation", "income", -1),
        Account("4299", "其他收入", "Other income", "income", -1),
        Account("4301", "财政补助收入", "Subsidies", "income", -1),
        Account("4302", "居民自筹收入", "Contributions", "income", -1),
        Account("4303", "社会捐赠收入", "Donations", "income", -1),
        Account("5001", "管理服务人员费用", "Staff", "expense", 1),
        Account("5002", "共用部位设施设备日常运行维护费", "Maintenance", "expense", 1),
        Account("5003", "清洁卫生费", "Cleaning", "expense", 1),
        Account("5004", "绿化养护费", "Greening", "expense", 1),
        Account("5005", "秩序维护费", "Security", "expense", 1),
        Account("5006", "办公费", "Office", "expense", 1),
        Account("5007", "固定资产折旧", "Depreciation", "expense", 1),
        Account("5008", "公众责任保险费", "Insurance", "expense", 1),
        Account("5009", "其他费用", "Other expenses", "expense", 1),
        Account("5101", "公区建设", "Works", "expense", 1),
        Account(REMUNERATION, "受托人酬金", "Trustee remuneration", "expense", 1),
        Account(COMMITTED, "已承诺支出", "Committed", "memo", 1),
        Account(COMMITMENTS, "承诺对应", "Commitments", "memo", -1),
    )
}

CASH_ACCOUNTS = (CASH, BANK)

INCOME_ACCOUNT = {
    "service_fee": SERVICE_FEE,
    "late_fee": LATE_FEES,
    "parking": "4101",
    "advertising": "4102",
    "venue_rent": "4103",
    "interest": "4201",
    "compensation": "4202",
    "other": "4299",
    "subsidy": "4301",
    "contribution": "4302",
    "donation": "4303",
    "deposit": DEPOSIT,
    "agency": AGENCY,
}

EXPENSE_ACCOUNT = {
    "staff": "5001",
    "maintenance": "5002",
    "cleaning": "5003",
    "greening": "5004",
    "security": "5005",
    "office": "5006",
    "depreciation": "5007",
    "insurance": "5008",
    "other": "5009",
    "works": "5101",
}

LEFTOVER = "leftover"
"""The item under which a fund's equity moves when what it has left goes back or over."""

CASH_BASIS = frozenset(code for code, account in ACCOUNTS.items() if account.cash_basis)
"""Accounts that count in what a fund has."""

OF_LINES = {*EXPENSE_ACCOUNT.values(), COMMITTED}
"""Accounts whose postings of a budget line are what it spent and committed."""

CATEGORY_NAMES = {
    "service_fee": "物业费",
    "late_fee": "违约金",
    "parking": "停车费",
    "advertising": "广告费",
    "venue_rent": "场地租金",
    "interest": "利息",
    "compensation": "赔偿补偿",
    "other": "其他",
    "subsidy": "财政补助",
    "contribution": "居民自筹",
    "donation": "社会捐赠",
    "deposit": "押金",
    "agency": "代收代付",
}

BUDGET_NAMES = {
    "staff": "管理人员",
    "maintenance": "设施维护",
    "cleaning": "清洁卫生",
    "greening": "绿化养护",
    "security": "秩序维护",
    "office": "办公",
    "depreciation": "折旧",
    "insurance": "公众责任保险",
    "other": "其他",
    "works": "公区建设",
}
"""Budget categories as tables name them."""


def equity_of(fund: str) -> str:
    """The account that carries what a fund owns beyond its other opening balances."""
    return EQUITY_COMMON if fund == "common" else EQUITY_RESTRICTED


def find_account(text: str) -> Account:
    """An account by code or by Chinese name.

    :raises Unknown: the chart has no such account.
    """
    name = text.strip()
    if name in ACCOUNTS:
        return ACCOUNTS[name]
    for account in ACCOUNTS.values():
        if account.name == name:
            return account
    raise Unknown("account", name[:40], "use a code of docs/chart-of-accounts, such as 1002")
