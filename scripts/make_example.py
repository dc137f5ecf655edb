"""Makes the example community that ships with the package: everybody in it is made up.

    python scripts/make_example.py

A community of 48 homes and 4 shops in its first half year under the trust model: 12 % of the
income to the trustee, 88 % for the public areas and for serving residents. It has what a real
half year has: people who pay ahead, in parts, late and not at all; a flat handed over in
mid-month, vacant flats, a waiver, a bounced payment, public revenue, a subsidised project.
The same seed gives the same files.
"""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

OUT = Path(__file__).parents[1] / "trustledger" / "example"
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = ["某甲", "某乙", "某丙", "某丁", "某戊", "某己", "某庚", "某辛"]
PRICE = {"residential": Decimal("2.10"), "shop": Decimal("4.50")}
MONTHS = [f"2025-{month:02d}" for month in range(1, 7)]

BOOK = """\
# 示例:虚构的小区,人物与往来均为虚构。
[book]
code = "xinghe"
name = "星河花园"
start = 2025-01-01
fiscal_year_start = 1
currency = "CNY"

[trust]
settlor = "星河花园业主大会"
trustee = "诚达物业服务有限公司"
supervisor = "星河社区居民委员会"

[[remuneration]]
rate = "12%"
base = ["service_fee", "parking", "advertising", "venue_rent", "interest"]
recognised = "received"
from = 2025-01-01
authority = "信托合同 2024-12-18"

[[funds]]
code = "common"
name = "业主共有基金"

[[funds]]
code = "garden"
name = "口袋公园专项资金"
"""


def units(chance: random.Random) -> list[list[str]]:
    rows = []
    for building in (1, 2):
        for floor in range(1, 7):
            for door in range(1, 5):
                code = f"{building}-{floor}0{door}"
                area = Decimal(chance.randrange(7200, 14800)) / 100
                owner = chance.choice(SURNAMES) + chance.choice(GIVEN)
                phone = f"1390000{len(rows) + 1:04d}"
                start = {"2-604": "2025-02-11"}.get(code, "")
                factor = {"1-602": "0.7", "2-503": "0.7"}.get(code, "")
                rows.append([code, f"{building}号楼", f"{area:.2f}", "residential", owner, phone,
                             start, factor])  # fmt: skip
    for shop in range(1, 5):
        area = Decimal(chance.randrange(3500, 9000)) / 100
        rows.append([f"S-0{shop}", "沿街商铺", f"{area:.2f}", "shop", f"商户{shop}号",
                     f"1390000{len(rows) + 1:04d}", "", ""])  # fmt: skip
    rows[9][4] = "欧阳\U0002ce2a"  # a rare name: it must print
    return rows


def monthly(unit: list[str], month: str) -> Decimal:
    """The charge of a month, as an owner would reckon it."""
    days = Decimal(1)
    if unit[6]:
        begin = date.fromisoformat(unit[6])
        first = date.fromisoformat(f"{month}-01")
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if begin > last:
            return Decimal(0)
        if begin > first:
            days = Decimal((last - begin).days + 1) / Decimal(last.day)
    amount = Decimal(unit[2]) * PRICE[unit[3]] * Decimal(unit[7] or 1) * days
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def receipts(chance: random.Random, homes: list[list[str]]) -> list[list[str]]:
    rows: list[list[str]] = []

    def pay(day: str, unit: str, amount: Decimal, memo: str = "物业费") -> None:
        channel = chance.choice(["wechat", "alipay", "bank", "cash"])
        rows.append([f"R2025{len(rows) + 1:04d}", day, unit, f"{amount:.2f}", channel, "", memo])

    for unit in homes:
        due = {month: monthly(unit, month) for month in MONTHS}
        manner = chance.choices(["monthly", "half", "parts", "late", "never"], [58, 20, 10, 9, 3])[
            0
        ]
        if unit[0] in ("1-301", "2-202"):
            manner = "never"
        if manner == "half":
            day = f"2025-01-{chance.randrange(4, 25):02d}"
            pay(day, unit[0], sum(due.values(), Decimal(0)), "上半年物业费")
        elif manner == "monthly":
            for month, amount in due.items():
                if amount:
                    pay(f"{month}-{chance.randrange(1, 27):02d}", unit[0], amount)
        elif manner == "parts":
            for month in MONTHS[1::2]:
                pay(f"{month}-{chance.randrange(5, 28):02d}", unit[0], Decimal(300), "物业费(部分)")
        elif manner == "late":
            owed = sum((due[month] for month in MONTHS[:4]), Decimal(0))
            pay("2025-05-16", unit[0], owed, "补缴1至4月")
    rows.sort(key=lambda row: (row[1], row[0]))
    for number, row in enumerate(rows, 1):
        row[0] = f"R2025{number:04d}"
    return rows


def income() -> list[list[str]]:
    rows = []
    for number, month in enumerate(MONTHS, 1):
        rows.append(
            [f"I2025{number:02d}1", f"{month}-05", "parking", "3,600.00", "地面车位 24 个", "", ""]
        )
        if number % 3 == 0:
            rows.append(
                [
                    f"I2025{number:02d}2",
                    f"{month}-20",
                    "advertising",
                    "2,850.00",
                    "电梯广告",
                    "",
                    "",
                ]
            )
            rows.append(
                [f"I2025{number:02d}3", f"{month}-21", "interest", "41.37", "开户银行", "", ""]
            )
    rows.append(
        ["I202500A", "2025-03-12", "subsidy", "20,000.00", "街道办事处", "garden", "口袋公园补助"]
    )
    rows.append(
        ["I202500B", "2025-03-18", "contribution", "6,240.00", "52 户自筹", "garden", "每户 120 元"]
    )
    rows.append(["I202500C", "2025-04-02", "donation", "1,880.00", "爱心商户", "garden", ""])
    rows.append(["I202500D", "2025-04-09", "deposit", "2,000.00", "1-403 装修押金", "", ""])
    return rows


BUDGET = [
    ["A01", "管理服务人员", "staff", "38,400.00", "", "客服 1 人、保洁 1 人,6 个月"],
    ["A02", "设施设备维护", "maintenance", "9,600.00", "", "电梯维保合同与日常维修"],
    ["A03", "清洁卫生", "cleaning", "4,200.00", "", "垃圾清运与消杀"],
    ["A04", "绿化养护", "greening", "3,600.00", "", "修剪 3 次、补植 1 次"],
    ["A05", "秩序维护", "security", "6,000.00", "", "夜间巡查"],
    ["A06", "办公费用", "office", "1,200.00", "", "公示栏、耗材"],
    ["A07", "公众责任保险", "insurance", "1,500.00", "", "年保费一半"],
    ["W01", "口袋公园", "works", "28,000.00", "garden", "三方报价,2025-02-20 议事日议定"],
]


def expenditures() -> list[list[str]]:
    rows: list[list[str]] = []

    def spend(day: str, line: str, amount: str, payee: str, memo: str, file: str = "") -> None:
        rows.append(["", day, line, amount, payee, memo, file])

    for number, month in enumerate(MONTHS, 1):
        spend(f"{month}-28", "A01", "6,400.00", "服务站员工", f"{number}月工资及社保")
        spend(f"{month}-15", "A02", "980.00", "电梯维保公司", f"{number}月维保")
        spend(f"{month}-25", "A03", "650.00", "洁美保洁", "垃圾清运")
        spend(f"{month}-26", "A05", "1,000.00", "平安保安队", "夜间巡查")
    spend(
        "2025-02-18",
        "A02",
        "1,260.00",
        "水电维修部",
        "更换单元门闭门器 6 个",
        "vouchers/V-0218.txt",
    )
    spend("2025-04-07", "A04", "1,150.00", "青禾园艺", "春季修剪")
    spend("2025-06-04", "A04", "1,380.00", "青禾园艺", "补植")
    spend("2025-01-10", "A06", "486.50", "文具店", "公示栏与耗材")
    spend("2025-01-15", "A07", "1,500.00", "财产保险公司", "公众责任险")
    spend("2025-04-20", "W01", "14,000.00", "青禾园艺", "口袋公园首期", "vouchers/W01-contract.txt")
    spend("2025-06-18", "W01", "12,600.00", "青禾园艺", "口袋公园验收款")
    rows.sort(key=lambda row: (row[1], row[2]))
    for number, row in enumerate(rows, 1):
        row[0] = f"V2025-{number:03d}"
    return rows


def write(name: str, header: str, rows: list[list[str]]) -> None:
    with (OUT / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)


def main() -> None:
    chance = random.Random(20250101)
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "vouchers").mkdir(exist_ok=True)
    (OUT / "book.toml").write_text(BOOK, encoding="utf-8")
    (OUT / "vouchers" / "V-0218.txt").write_text(
        "示例凭证:闭门器 6 个,单价 210.00,合计 1,260.00\n", "utf-8"
    )
    (OUT / "vouchers" / "W01-contract.txt").write_text(
        "示例合同:口袋公园,总价 28,000.00,首付五成,验收后付清\n", "utf-8"
    )
    homes = units(chance)
    paid = receipts(chance, homes)
    write("units", "房号,楼栋,建筑面积,用途,业主,电话,起计日期,系数", homes)
    by = "业主大会决议 2024-3"
    write("tariffs", "收费项目,用途,计费方式,单价,起始,截止,依据", [
        ["物业服务费", "residential", "per_m2_month", "2.10", "2025-01-01", "", by],
        ["物业服务费", "shop", "per_m2_month", "4.50", "2025-01-01", "", by],
    ])  # fmt: skip
    write("receipts", "流水号,日期,房号,金额,渠道,付款人,摘要", paid)
    write("income", "流水号,日期,类别,金额,来源,资金,摘要", income())
    write("budget", "预算编号,项目,类别,金额,资金,测算依据", BUDGET)
    write("expenditures", "凭证号,日期,预算编号,金额,收款人,摘要,附件", expenditures())
    bounced = next(row for row in paid if row[1] > "2025-04" and row[4] == "bank")
    day = (date.fromisoformat(bounced[1]) + timedelta(days=2)).isoformat()
    write("refunds", "流水号,日期,房号,金额,原流水号,摘要", [
        ["F2025001", day, bounced[2], bounced[3], bounced[0], "银行退票"],
    ])  # fmt: skip
    write("waivers", "流水号,日期,房号,账期,金额,依据,摘要", [
        ["J2025001", "2025-03-20", "1-301", "2025-03", "60.00", "业委会决定 2025-4", "水管爆裂"],
    ])  # fmt: skip
    write("opening", "科目,房号,资金,金额", [
        ["1002", "", "", "18,326.40"],
        ["1122", "1-301", "", "512.30"],
        ["1122", "2-202", "", "1,024.60"],
        ["2203", "1-101", "", "200.00"],
    ])  # fmt: skip
    write("withdrawals", "流水号,日期,金额,摘要", [
        ["T2025001", "2025-04-08", "4,000.00", "一季度酬金部分提取"],
    ])  # fmt: skip


if __name__ == "__main__":
    main()
