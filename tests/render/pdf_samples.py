"""Statements as a housing community would print them, and texts that nobody should print."""

from __future__ import annotations

from trustledger.document import (
    Bar,
    Bars,
    Block,
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
from trustledger.money import capitals, rate_text
from trustledger.period import Period

ROOT = "9f2c4e1ab07d53c86ef1920a7b4d8c35e6f0a1b2c3d4e5f60718293a4b5c6d7e"
MONTHS = Period("2024-01", "2024-03")
SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高"
GIVEN = "淼喆堃犇龑甯昇浩宇梓涵轩雨桐嘉怡思远俊杰晓燕桂兰秀英建国志强海涛"

BUDGET = (
    ("管理服务人员费用", 36_000_000, 8_912_000),
    ("共用部位设施设备日常运行维护费", 21_000_000, 6_034_455),
    ("清洁卫生费", 14_400_000, 3_600_000),
    ("绿化养护费", 6_000_000, 1_250_080),
    ("秩序维护费", 19_200_000, 4_800_000),
    ("办公费", 1_500_000, 212_350),
    ("公众责任保险费", 800_000, 866_000),
    ("其他费用", 1_000_000, 0),
)
INCOME = (
    ("物业费", 21_534_020), ("停车费", 4_210_000), ("广告费", 1_800_000), ("场地租金", 960_000),
    ("利息", 18_233), ("赔偿补偿", 0), ("其他", 12_000),
)  # fmt: skip


_HEADS = Column("n", "人数", "count")


def bars(lines: int = 8) -> Bars:
    """The budget; one line is overspent and one is untouched."""
    return Bars("budget_bars", "累计支出与预算", tuple(Bar(*line) for line in BUDGET[:lines]))


def split(remuneration: int = 12, trust: int = 88) -> Split:
    """12/88, as many trusts have it."""
    return Split(
        "split",
        "本期收入的去向",
        (Part("受托人酬金", remuneration), Part("公共区域与居民服务", trust)),
        "酬金按信托合同约定的比例提取，其余全部用于公共区域与居民服务",
    )


SIGNATURES = Signatures("signatures", ("受托人：平安社区物业服务部", "委托人：平安社区业主大会"))


def community() -> tuple[Block, ...]:
    """The blocks that all owners' statements of a period share."""
    total = sum(fen for _, fen in INCOME)
    fee = total * 12 // 100
    spent = sum(spent for _, _, spent in BUDGET)
    return (
        Grid(
            "fund",
            "大家的钱：业主共有基金",
            (
                Pair("期初余额", 88_120_50, "amount"),
                Pair("本期收入", total, "amount"),
                Pair("受托人酬金", fee, "amount"),
                Pair("本期支出", spent, "amount"),
                Pair("期末余额", 88_120_50 + total - fee - spent, "amount"),
                *(Pair(f"收入：{name}", fen, "amount") for name, fen in INCOME),
            ),
        ),
        split(fee, total - fee),
        bars(),
    )


COMMUNITY = community()


def owner(number: int = 0, shared: tuple[Block, ...] = COMMUNITY) -> Statement:
    """One unit's statement: three months charged, six payments, everybody's money."""
    unit = f"{number % 9 + 1}-{number % 3 + 1}-{502 + number % 97}"
    name = SURNAMES[number % 20] + GIVEN[number % 31] + GIVEN[number * 7 % 31]
    area = 89.12 + number % 60
    fen = round(area * 210)
    late = 28 + number % 50
    paid = [fen // 2, fen - fen // 2, fen, 5_000 + number % 100, fen // 3, 100 + number % 7]
    charged = 3 * fen + late
    due = charged - sum(paid)
    charges = [(f"2024-0{n}", "物业费", f"{area:.2f} ㎡ × 2.10", fen) for n in (1, 2, 3)]
    charges.append(("2024-03", "违约金", "187.54 × 0.05% × 3 天", late))
    payments = [
        (f"2024-0{n // 2 + 1}-{5 + n:02d}", f"W2024{number:05d}{n}", channel,
         f"2024-0{n // 2 + 1} {fen / 100:.2f}", amount)
        for n, (channel, amount) in enumerate(
            zip(("微信", "银行转账", "支付宝", "现金", "微信", "代扣"), paid, strict=True)
        )
    ]  # fmt: skip
    return Statement(
        name="owner",
        title="业主对账单",
        community="平安社区",
        book="pingan",
        period=MONTHS,
        subject=unit,
        facts={"unit": unit},
        blocks=(
            Grid(
                "unit",
                "",
                (
                    Pair("业主", name),
                    Pair("楼栋", f"{unit[0]} 栋"),
                    Pair("建筑面积", f"{area:.2f} ㎡"),
                ),
            ),
            Due(
                "due",
                "截至期末应缴",
                due,
                capitals(due),
                "请于2024年4月30日前缴至业主共有资金账户。",
            ),
            Table(
                "account",
                "本户账目",
                tuple(
                    Column(str(place), title, "amount")
                    for place, title in enumerate(
                        ("期初欠费", "期初预收", "本期应收", "本期实收",
                         "退款", "减免", "期末欠费", "期末预收")
                    )
                ),
                ((0, 0, charged, sum(paid), 0, 0, max(due, 0), max(-due, 0)),),
            ),
            Table(
                "charges",
                "应收明细",
                (
                    Column("month", "账期", "date", 1),
                    Column("item", "收费项目", "text", 1.8),
                    Column("how", "计算：面积或户 × 单价 × 系数", "text", 4),
                    Column("amount", "金额（元）", "amount", 1.4),
                ),
                tuple(charges),
                (("合计", "", "", charged),),
            ),
            Table(
                "payments",
                "收付明细",
                (
                    Column("date", "日期", "date", 1.3),
                    Column("key", "流水号", "text", 1.7),
                    Column("channel", "渠道", "text", 0.9),
                    Column("settled", "核销", "text", 4),
                    Column("amount", "金额（元）", "amount", 1.4),
                ),
                tuple(payments),
                (("合计", "", "", "", sum(paid)),),
            ),
            *shared,
            SIGNATURES,
        ),
        checks=(Check("期初 + 应收 - 实收 + 退款 - 减免 = 期末", due, due),),
        size=28_417,
        root=ROOT,
    )  # fmt: skip


def disclosure() -> Statement:
    """The community's statement of income and expenditure."""
    total = sum(fen for _, fen in INCOME)
    fee = total * 12 // 100
    spent = sum(line[2] for line in BUDGET)
    closing = 8_812_050 + total - fee - spent
    spending = tuple(
        (f"A{n:02d}", name, used, rate_text(used, spent), approved, used, approved - used)
        for n, (name, approved, used) in enumerate(BUDGET, start=1)
    )
    return Statement(
        name="income_expenditure",
        title="收支公示表",
        community="平安社区",
        book="pingan",
        period=MONTHS,
        facts={},
        blocks=(
            Due("closing", "业主共有基金期末余额", closing, capitals(closing)),
            split(fee, total - fee),
            Table(
                "income",
                "一、收入（按收到口径）",
                (
                    Column("item", "项目", "text", 4),
                    Column("amount", "金额（元）", "amount", 2),
                    Column("share", "占收入", "rate", 1),
                    Column("count", "笔数", "count", 1),
                ),
                tuple((name, fen, rate_text(fen, total), fen % 917) for name, fen in INCOME),
                (("收入合计", total, "1.0000", 1_204),),
            ),
            Table(
                "expenditure",
                "二、支出（按预算项目）",
                (
                    Column("line", "编号", "text", 1),
                    Column("name", "项目", "text", 2.6),
                    Column("amount", "本期支出", "amount", 1.7),
                    Column("share", "占支出", "rate", 1.1),
                    Column("approved", "预算", "amount", 1.7),
                    Column("to_date", "累计支出", "amount", 1.7),
                    Column("available", "预算余额", "amount", 1.7),
                ),
                spending,
                (
                    (
                        "",
                        "支出合计",
                        spent,
                        "1.0000",
                        sum(row[4] for row in spending),
                        sum(row[5] for row in spending),
                        sum(row[6] for row in spending),
                    ),
                ),
                "超出预算的项目另有业主大会决议。",
            ),
            bars(),
            Words(
                "notes",
                "说明",
                (
                    "本表按收付实现制编制，所示每一笔收入与支出均能追溯到账簿中的记账凭证和原始凭证；"
                    "酬金按信托合同约定的比例对收到的款项计提，四舍五入到分，逐笔累计，没有累计误差。",
                    "若有疑问，可向业主委员会申请查阅原始凭证。",
                ),
            ),
            Signatures(
                "sign", ("受托人：平安社区物业服务部", "委托人：平安社区业主大会", "监察人：张三")
            ),
        ),
        checks=(Check("期初 + 收入 - 酬金 - 支出 = 期末", closing, closing),),
        size=28_417,
        root=ROOT,
    )


def long_table(rows: int = 40, *texts: str) -> Statement:
    """A statement of one table with so many rows; the texts stand in it by turns."""
    texts = texts or (
        "洁美保洁服务有限公司",
        "一月电梯维保",
        "更换3栋2单元门禁主机及读卡器，含安装调试",
    )
    lines = tuple(
        (f"2024-03-{n % 28 + 1:02d}", f"{n + 1:04d}", texts[n % len(texts)], 100_037 * n - 50)
        for n in range(rows)
    )
    return Statement(
        name="vouchers",
        title="支出明细表",
        community="平安社区",
        book="pingan",
        period=MONTHS,
        facts={},
        blocks=(
            Table(
                "lines",
                "支出凭证",
                (
                    Column("date", "日期", "date"),
                    Column("voucher", "凭证号"),
                    Column("what", "摘要", "text", 3),
                    Column("amount", "金额（元）", "amount", 1.3),
                ),
                lines,
                (("合计", None, None, sum(line[3] for line in lines)),),
                "负数为红字冲销。",
            ),
        ),
        checks=(),
        size=28_417,
        root=ROOT,
    )


HOSTILE = (
    "<b>bold</b>",
    "<b>never closed",
    "</para></b></i>",
    "<para>x</para>",
    "<font color=red>x",
    "<font color=\"[[[getattr(pow,Word('__globals__'))['os'].system('id')]]]\">x</font>",
    '<img src="/etc/passwd"/>',
    "<img src='file:///etc/passwd'/>",
    '<img src="http://127.0.0.1:9/x"/>',
    '<img src="ftp://127.0.0.1:9/x"/>',
    '<img src="data:image/png;base64,AAAA"/>',
    '<a href="http://127.0.0.1:9/">x</a>',
    '<a href="javascript:alert(1)">x</a>',
    '<link href="file:///etc/passwd">x</link>',
    '<a name="x"/>',
    '<onDraw name="x" label="y"/>',
    '<seq id="x"/>',
    "<bullet>x</bullet>",
    "<super>x</super><sub>",
    "<br/><br/>",
    "&lt;b&gt;",
    "&amp;&#60;&#x3c;&nbsp;&bogus;",
    "<!-- x -->",
    "<![CDATA[x]]>",
    '<?xml version="1.0"?>',
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>&e;',
    "javascript:alert(1)",
    "file:///etc/passwd",
    "http://127.0.0.1:9/",
    "\\\\127.0.0.1\\share",
    ") Tj ET q /X Do (",
    "(((",
    ")))",
    "\\) Tj (\\",
    "endstream endobj",
    "%PDF-1.7 %%EOF",
    "/JavaScript (app.alert(1))",
    "<feff0041>",
    "{0} %s %(x)s",
    "${jndi:ldap://127.0.0.1:9/x}",
    "a\x00b\x00",
    "\x1b[31mred\x1b[0m",
    "tab\tline\nreturn\r\nend",
    "\u202e00.000,1\u202c",
    "\u2066isolated\u2069 \u200frtl\u200e",
    "zero\u200bwidth\ufeffjoin\u200d\u200c",
    "\U0001f600 \U0001f468\u200d\U0001f469",
    "עברית العربية ไทย",
    "\ud800\udfff",
    "\ufffe\uffff",
    "e\u0301\u0301 \u3099",
    "𬱖㛃𬭎䶮𠮷\U00030edd",
    "邉\U000e0100",
    "\u3164\u115f\u00ad\u2028\u2029\u0085",
    "",
    " ",
    "   lead and trail   ",
    "，。；：！？）" * 20,
    "（《「" * 40,
    "W" * 300,
    "9" * 300,
    "很长的中文没有标点" * 60,
    "word " * 200,
    "-" * 400,
    "\u3000" * 200,
)
"""Texts that some program would obey, hide, or break its lines over."""


def with_text(text: str, short: bool = True) -> Statement:
    """A statement that says this text wherever a user's text could stand."""
    table = Table(
        text,
        text,
        (
            Column("a", text),
            Column("b", text, "date"),
            Column("c", text, "amount"),
            Column("d", text, "rate"),
        ),
        ((text, text, text, text), (text, None, 12_345, "0.1234")),
        ((text, text, -1, text),),
        text,
    )
    return Statement(
        name="hostile",
        title=text,
        community=text,
        book=text,
        period=MONTHS,
        subject=text,
        facts={},
        blocks=(
            table,
            Grid("g", text, (Pair(text, text), Pair(text, text, "date"), Pair(text, -5, "amount"))),
            Due("d", text, -44_032, text, text),
            Split("s", text, (Part(text, 1), Part(text, 2), Part(text, 0)), text),
            Bars("b", text, (Bar(text, 2, 1), Bar(text, 1, 3), Bar(text, 0, 0)), text),
            Shares("h", text, _HEADS, (Share(text, 2, 2), Share(text, 0, 0)), text),
            Words("w", text, (text, text)),
            Signatures("z", (text, text, text, text)),
        ),
        checks=(Check(text, 1, 1),),
        size=1,
        root=text if short else ROOT,
    )
