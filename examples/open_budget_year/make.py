"""Writes the example year beside it: 青禾里, a made-up community that keeps an open budget.

    python examples/open_budget_year/make.py [FOLDER]

Everything here is invented: community, people, firms, documents. The same run gives the same files.
What owners vote on is named by its digest, which the library computes from the sheets themselves.
"""

from __future__ import annotations

import csv
import struct
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path

from trustledger.budgets import Budget, PlanIncome, PlanLine
from trustledger.money import yuan
from trustledger.rules.versioning import version_digest
from trustledger.sheets import read
from trustledger.sheets.layout import SHEETS

Row = dict[str, str]

BOOK = """\
# 示例：虚构的小区，人物、企业与往来均为虚构。
[book]
code = "qinghe"
# 示例的密钥是公开的；真实账套的密钥由 trustledger init 随机写入，不要给人看。
secret = "71696e676865206973206d61646520757020616e642070726976617465206e6f74"
name = "青禾里"
start = 2025-01-01

[trust]
settlor = "青禾里业主大会"
trustee = "安行物业服务有限公司"
supervisor = "青禾社区居民委员会"

[[remuneration]]
rate = "12%"
base = ["service_fee", "parking", "advertising"]
recognised = "received"
from = 2025-01-01
authority = "信托合同 2024-12-28"

[[funds]]
code = "common"
name = "业主共有基金"

[[funds]]
code = "micro"
name = "微更新专项资金"
purpose = "2号楼前口袋花园"
allows = ["works"]
"""

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
FLOORS, DOORS = 5, 3
AREAS = ("90", "100", "110")
MONTHS = range(1, 13)


def rows(names: str, *lines: str) -> list[Row]:
    """Rows told as text: cells between bars, under some columns."""
    columns = names.split()
    return [
        dict(zip(columns, (cell.strip() for cell in line.split("|")), strict=True))
        for line in lines
    ]  # fmt: skip


# --------------------------------------------------------------------------- who lives here


def units() -> list[Row]:
    """Thirty homes in two buildings, and two shops; the first two are one owner's."""
    doors = [
        (f"{building}-{floor}0{door}", f"{building}号楼", AREAS[door - 1], "residential")
        for building in (1, 2)
        for floor in range(1, FLOORS + 1)
        for door in range(1, DOORS + 1)
    ]
    doors += [("S-01", "底商", "60", "commercial"), ("S-02", "底商", "60", "commercial")]
    found = []
    for number, (unit, building, area, usage) in enumerate(doors):
        who = 0 if number == 1 else number
        owner, phone = f"{SURNAMES[who]}业主", f"1380000{who:04d}"
        found.append({"unit": unit, "building": building, "area_m2": area, "usage": usage,
                      "owner": owner, "phone": phone})  # fmt: skip
    return found


HOMES = [unit["unit"] for unit in units()]


def monthly_fen(unit: Row) -> int:
    """What a unit is charged a month: 2.00 a m², of shops 3.00."""
    return int(unit["area_m2"]) * (300 if unit["usage"] == "commercial" else 200)


def receipts() -> list[Row]:
    """Most pay each month, every fourth a quarter at once, and three do not pay all of it."""
    found = []
    for number, unit in enumerate(units()):
        quarterly = number % 4 == 3
        for month in MONTHS:
            if quarterly and month % 3 != 1:
                continue
            if (
                (number == 10 and month > 6)
                or (number == 21 and month in (4, 5))
                or (number == 28 and month % 2)
            ):
                continue
            fen = monthly_fen(unit) * (3 if quarterly else 1)
            found.append({
                "key": f"W25{month:02d}-{number + 1:02d}",
                "date": f"2025-{month:02d}-{3 + (number * 7 + month) % 23:02d}",
                "unit": unit["unit"], "amount": yuan(fen),
                "channel": ("银行转账", "微信", "现金")[number % 3], "payer": unit["owner"],
                "memo": "",
            })  # fmt: skip
    return sorted(found, key=lambda row: (row["date"], row["key"]))


def income() -> list[Row]:
    """Six parking spaces, a lift's advertising, interest, and a subsidy for the garden alone."""
    found = rows(
        "key date category amount source fund memo",
        "A25-03 | 2025-03-12 | advertising | 3,000.00 | 电梯广告 | |全年一次付清",
        "Z25-09 | 2025-09-01 | subsidy | 8,000.00 | 街道微更新补助 | micro | 口袋花园专用",
        "L25-06 | 2025-06-20 | interest | 21.36 | 活期利息 | |",
        "L25-12 | 2025-12-20 | interest | 24.18 | 活期利息 | |",
    )
    for month in MONTHS:
        found.append({"key": f"T25-{month:02d}", "date": f"2025-{month:02d}-05",
                      "category": "parking", "amount": "600.00", "source": "6个公共车位",
                      "fund": "", "memo": ""})  # fmt: skip
    return sorted(found, key=lambda row: (row["date"], row["key"]))


# --------------------------------------------------------------------------- what is settled

RULES = rows(
    "rule value scope from to authority",
    "预算控制 | 禁止 | | 2025-01-01 | | 业主大会议事规则",
    "预算控制 | 提醒 | A06 | 2025-01-01 | | 业主大会议事规则",
    "以收定支 | 禁止 | | 2024-10-01 | | 业主大会议事规则",
    "申请起点 | 2,500.00 | | 2025-01-01 | | 业主大会议事规则",
    "业委会审批起点 | 5,000.00 | | 2025-01-01 | | 业主大会议事规则",
    "大额公示起点 | 5,000.00 | | 2025-01-01 | | 业主大会议事规则",
    "公示天数 | 10 | | 2025-01-01 | | 业主大会议事规则",
    "答复期限 | 7 | | 2024-10-01 | | 业主大会议事规则",
    "收支公示周期 | 3 | | 2025-01-01 | | 业主大会议事规则",
    "应急限额 | 5,000.00 | | 2025-01-01 | 2026-12-31 | 业主大会议事规则",
    "应急追认期限 | 30 | | 2025-01-01 | | 业主大会议事规则",
    "调剂决议起点 | 1,000.00 | | 2025-01-01 | | 业主大会议事规则",
    "项目结余 | 退还 | micro | 2025-01-01 | | 街道补助批复",
    "代理票数上限 | 3 | | 2024-10-01 | | 业主大会议事规则",
)
DECISIONS = rows(
    "decision name body takes_part agrees agrees_of by from to authority",
    "ordinary | 一般事项 | 业主大会 | >=2/3 | >1/2 | 参与表决 | 面积和人数 | 2021-01-01 | |"
    " 《中华人民共和国民法典》第二百七十八条",
    "special | 特别事项 | 业主大会 | >=2/3 | >=3/4 | 参与表决 | 面积和人数 | 2021-01-01 | |"
    " 《中华人民共和国民法典》第二百七十八条",
    "committee | 业委会决定 | 业主委员会 | | 过半数 | 全体 | 人数 | 2024-10-01 | 2027-09-30 |"
    " 业主大会议事规则",
)
BUDGETS = rows(
    "budget name from to authority",
    "2024 | 2024年度（建账前） | 2024-01-01 | 2024-12-31 | ",
    "2025 | 2025年度预算 | 2025-01-01 | 2025-12-31 | 业主大会议事规则",
)
MEMBERS = rows(
    "member name role from to authority",
    *(f"{code} | {name} | {role} | 2024-10-01 | 2027-09-30 | 业主大会 2024-09-28"
      for code, name, role in (
          ("W1", "陈主任", "主任"), ("W2", "沈委员", "副主任"), ("W3", "何委员", "委员"),
          ("W4", "张委员", "委员"), ("W5", "金委员", "委员"))),
)  # fmt: skip
MEETINGS = rows(
    "key date title place chair present memo attachment",
    "M1 | 2024-11-16 | 第四季度议事日 | 社区会客厅 | 陈主任 | 23 | 收集议题五件 |"
    " papers/M1-minutes.txt",
    "M2 | 2025-07-26 | 第三季度议事日 | 社区会客厅 | 沈委员 | 17 | |",
    "M3 | 2026-01-12 | 决算说明会 | 社区会客厅 | 陈主任 | 26 | |",
)
PROPOSALS = rows(
    "key date list title source unit meeting text",
    "P1 | 2024-11-16 | 问题 | 楼道灯多处不亮 | 议事日 | 1-302 | M1 |"
    " 老人夜间上下楼不便，宜换感应灯",
    "P2 | 2024-11-16 | 项目 | 2号楼前空地改成口袋花园 | 议事日 | 2-201 | M1 | 可申请街道补助",
    "P3 | 2024-11-16 | 需求 | 二楼以上楼道也要亮一些 | 楼栋会 | 2-503 | M1 |",
    "P4 | 2024-11-16 | 服务 | 每天清洗一次地面 | 网格 | 1-101 | M1 |",
    "P5 | 2024-11-16 | 项目 | 加装电动车充电棚 | 议事日 | S-01 | M1 |",
)
OUTCOMES = rows(
    "proposal date outcome line resolution into reason",
    "P1 | 2024-12-22 | 采纳 | W01 | R1 | |",
    "P2 | 2024-12-22 | 采纳 | W02 | R1 | |",
    "P3 | 2024-11-20 | 并入 | | | P1 |",
    "P4 | 2024-11-20 | 不采纳 | | | | 每天清洗需增加一名保洁员，超出收入预算；改为每周两次",
    "P5 | 2024-11-20 | 暂缓 | | | | 等消防验收意见，列入下年度预算讨论",
    "P1 | 2025-08-31 | 完成 | W01 | | |",
)


def plan(version: str, lights: str, reserve: str) -> list[Row]:
    """The lines of a version; two of them differ between the draft and what was adopted."""
    names = (
        "line name category fund amount quantity price times method months responsible standard "
        "basis priority proposal"
    )
    return [
        {"budget": "2025", "version": version} | row
        for row in rows(
            names,
            "A01 | 管理与值守人员 | staff | | | 1 | 2000 | 12 | 合同 | | 项目经理 |"
            " 每日8时至20时有人 | 用工合同 | 0 |",
            "A02 | 电梯维保 | maintenance | | | 2 | 450 | 12 | 合同 | 1-12 | 工程主管 |"
            " 半月保一次，困人30分钟到场 | 维保合同 | 0 |",
            "A03 | 清洁 | cleaning | | 4,800.00 | | | | 合同 | | 客服主管 | 楼道每周两次 |"
            " 保洁合同 | 2 |",
            "A04 | 绿化养护 | greening | | 3,000.00 | | | | 估算 | 3,6,9,12 | 客服主管 |"
            " 每季修剪一次 | 上年实支 | 4 |",
            "A05 | 门岗与监控 | security | | 6,000.00 | | | | 合同 | | 秩序主管 | 全天 | 合同 |"
            " 1 |",
            "A06 | 办公 | office | | 1,200.00 | | | | 估算 | | 项目经理 | | 上年实支 | 6 |",
            "A07 | 公众责任险 | insurance | | 1,500.00 | | | | 合同 | 3 | 项目经理 | | 保单 | 1 |",
            f"A08 | 机动 | other | | {reserve} | | | | 估算 | | 项目经理 | | 以收定支后的余量 |"
            " 9 |",
            f"W01 | 楼道感应灯改造 | works | | | 60 | {lights} | | 工程量 | 6-8,11 | 工程主管 |"
            " 人来灯亮，照度不低于50勒克斯 | 三家询价取中 | 5 | P1",
            "W02 | 口袋花园 | works | micro | 8,000.00 | | | | 估算 | 6,10 | 工程主管 |"
            " 可坐可遮阴 | 街道补助批复 | 5 | P2",
        )
    ]


def plan_income(version: str) -> list[Row]:
    """What a version expects to come in."""
    return [
        {"budget": "2025", "version": version} | row
        for row in rows(
            "category receivable rate months basis fund",
            "service_fee | 76,320.00 | 92% | | 上年收缴率 91.6% |",
            "parking | 7,200.00 | 100% | | 6个公共车位，每月100元 |",
            "advertising | 3,000.00 | 100% | 3 | 电梯广告合同 |",
            "subsidy | 8,000.00 | 100% | 9 | 街道补助批复 | micro",
        )
    ]


PLAN_LINES = [*plan("v1", "165", "1,600.00"), *plan("v2", "150", "2,500.00")]
PLAN_INCOME = [*plan_income("v1"), *plan_income("v2")]

QUESTIONS = rows(
    "key date stance unit budget line voucher resolution text",
    "Q1 | 2024-11-28 | 质询 | 1-302 | 2025 | W01 | | | 每盏灯165元，询过几家？",
    "Q2 | 2025-06-30 | 质询 | 2-403 | | W01 | 2025-0602 | | 首付款为什么是三成？",
    "Q3 | 2025-07-29 | 异议 | 1-503 | | | | R5 | 抢修为何不先公示？",
)
ANSWERS = rows(
    "question date by text attachment",
    "Q1 | 2024-12-02 | 工程主管 | 原只询一家；已补询三家，取中价每盏150元，草案改为第二版 |"
    " papers/quotes.txt",
    "Q2 | 2025-07-03 | 工程主管 | 合同约定签约三成、验收六成、质保一成 | ",
    "Q3 | 2025-08-01 | 业委会 | 水管爆裂属应急，限额内先抢修，三十日内追认，票据均已公示 |",
)
AGENDA = rows(
    "meeting no title proposal question resolution conclusion",
    "M1 | 1 | 楼道灯 | P1 | | | 列入2025年度预算草案",
    "M1 | 2 | 口袋花园 | P2 | | | 申请街道补助，专款专用",
    "M2 | 1 | 水管抢修的追认 | | | R5 | 委员说明，业主无异议",
    "M2 | 2 | 楼道灯付款节点 | | Q2 | | 已书面答复",
)

# --------------------------------------------------------------------------- how it is decided

ASSEMBLY = ("R0", "R1", "R2", "R3", "R4")
ELECTORS = [
    {"resolution": key, "unit": unit, "voter": "A1", "area": area, "eligible": "是",
     "reason": "登记簿上为同一买受人"}
    for key in ASSEMBLY
    for unit, area in (("2-101", "90"), ("2-102", "100"))
]  # fmt: skip


def resolutions(digest: str) -> list[Row]:
    """What was put to the vote; the second adopts the version that has this digest."""
    return rows(
        "key date title decision until roll_on from to budget version digest proposal line amount "
        "delegation area voters memo",
        "R0 | 2024-09-14 | 通过业主大会议事规则与预算规则 | ordinary | 2024-09-27 | | | | | | | |"
        " | | | | | 书面征求意见",
        "R1 | 2024-12-08 | 通过2025年度预算第二版 | ordinary | 2024-12-20 | 2024-12-01 |"
        " 2024-12-22 |"
        f" | 2025 | v2 | {digest} | | | | | 3120 | 30 |",
        "R2 | 2024-12-08 | 授权业委会决定应急追认 | ordinary | 2024-12-20 | 2024-12-01 |"
        " 2025-01-01 | 2025-12-31 | | | | | | 5,000.00 | | 3120 | 30 |",
        "R3 | 2025-03-01 | 屋面出租作广告 | special | 2025-03-15 | | | | | | | | | | | | |"
        " 改变共有部分用途",
        "R4 | 2025-10-08 | 追加监控存储 | ordinary | 2025-10-20 | | | | | | | P5 | A09 |"
        " 1,200.00 | | | |",
        "R5 | 2025-07-24 | 追认水管抢修 | committee | 2025-07-26 | | | | | | | | A08 | 1,500.00 |"
        " G1 | | 5 |",
    )


CHANNELS = ("小程序", "书面")


def ballots() -> list[Row]:
    """How every unit voted, and on R5 every member; some did not."""
    found = []
    for key, day, silent, against, other in (
        ("R1", "2024-12-16", 7, (3, 17, 26), {11: "弃权", 22: "无效"}),
        ("R2", "2024-12-16", 7, (3, 5, 16, 17, 26), {11: "弃权"}),
        ("R3", "2025-03-09", 6, (2, 3, 7, 9, 14, 17, 25, 26), {}),
        ("R4", "2025-10-17", 9, (3, 26), {12: "弃权"}),
    ):
        for number, unit in enumerate(HOMES):
            if number % silent == silent - 1:
                continue
            choice = other.get(number, "反对" if number in against else "赞成")
            found.append({"resolution": key, "unit": unit, "date": day, "choice": choice,
                          "channel": CHANNELS[number % 2], "proxy": "", "memo": ""})  # fmt: skip
    for row in found:
        if row["unit"] in ("1-201", "1-202"):
            row |= {"proxy": "孙业主之子", "memo": "持委托书"}
    members = (("W1", "赞成"), ("W2", "赞成"), ("W3", "赞成"), ("W5", "弃权"))
    return found + [
        {"resolution": "R5", "unit": member, "date": "2025-07-25", "choice": choice,
         "channel": "会议", "proxy": "", "memo": ""}
        for member, choice in members
    ]  # fmt: skip


COUNTED = (
    "taking_part_area taking_part_heads agree_area agree_heads against_area against_heads "
    "abstain_area abstain_heads"
)
TALLIES = rows(
    f"resolution date counted_by supervised_by how {COUNTED} memo",
    "R0 | 2024-09-28 | 沈委员 | 社区居委会 | 会议纪要 | 2420 | 24 | 2120 | 21 | 200 | 2 | 100 | 1 |"
    " 建账前的表决，票根存社区",
    *(f"{key} | {day} | 沈委员 | 社区居委会 | 表决票 | | | | | | | | |"
      for key, day in (("R1", "2024-12-21"), ("R2", "2024-12-21"), ("R3", "2025-03-16"),
                       ("R4", "2025-10-21"), ("R5", "2025-07-26"))),
)  # fmt: skip
DELEGATIONS = rows(
    "key date resolution decision amount from to authority",
    "G1 | 2025-01-02 | R2 | committee | 5,000.00 | 2025-01-02 | 2025-12-31 | R2",
)
REVOCATIONS = rows(
    "key date resolution by reason",
    "V1 | 2025-12-20 | R2 | 业主大会 2025-12-20 | 下年度改由业主小组决定",
)


def stages(digest: str) -> list[Row]:
    """The first version was withdrawn after a question; the second was adopted and closed."""
    return rows(
        "budget version stage date digest resolution from memo",
        "2025 | v1 | 征求意见 | 2024-11-25 | | | | 公示栏与小程序",
        "2025 | v1 | 撤回 | 2024-12-05 | | | | 按质询调整灯价",
        "2025 | v2 | 征求意见 | 2024-12-06 | | | |",
        f"2025 | v2 | 通过 | 2024-12-22 | {digest} | R1 | 2025-01-01 |",
        "2025 | v2 | 决算 | 2026-01-15 | | | | 决算说明会之后",
    )


AMENDMENTS = rows(
    "key date budget move line to_line amount from_budget name category fund resolution reason",
    "B1 | 2025-01-05 | 2025 | 结转结余 | | | 5,000.00 | 2024 | | | common | | 上年结余",
    "B2 | 2025-09-10 | 2025 | 调剂 | A08 | A04 | 800.00 | | | | | | 台风后补种",
    "B3 | 2025-10-22 | 2025 | 追加 | A09 | | 1,200.00 | | 监控存储 | security | common | R4 |"
    " 存储满三十日",
)

# --------------------------------------------------------------------------- how it is spent

PROJECTS = rows(
    "key date name line proposal manager contractor due memo",
    "J1 | 2025-05-08 | 楼道感应灯改造 | W01 | P1 | 工程主管 | 明亮电气（虚构） | 2025-08-15 | 60盏",
)
REQUESTS = rows(
    "key date line amount maker purpose payee proposal",
    "U1 | 2025-05-10 | W01 | 8,600.00 | 周工 | 楼道感应灯60盏，含拆旧 | 明亮电气（虚构） | P1",
    "U2 | 2025-05-16 | W02 | 2,900.00 | 周工 | 花园土方与坐凳 | 绿意园林（虚构） | P2",
    "U3 | 2025-06-10 | A03 | 2,400.00 | 周工 | 外墙清洗 | 洁美保洁（虚构） |",
    "U4 | 2025-09-26 | W02 | 5,000.00 | 周工 | 花园种植 | 绿意园林（虚构） | P2",
)
APPROVALS = rows(
    "request by date role decision memo",
    "U1 | 李会计 | 2025-05-12 | 复核 | 同意 | 三家询价齐全",
    "U1 | 陈主任 | 2025-05-13 | 业委会 | 同意 |",
    "U2 | 李会计 | 2025-05-17 | 复核 | 同意 |",
    "U3 | 李会计 | 2025-06-11 | 复核 | 不同意 | 外墙清洗不在预算项目内",
    "U4 | 李会计 | 2025-09-27 | 复核 | 同意 |",
    "U4 | 沈委员 | 2025-09-28 | 业委会 | 同意 |",
)
PUBLICATIONS = rows(
    "key date what of until place memo",
    "G-01 | 2024-11-25 | 预算 | 2025¦v1 | 2024-12-05 | 公示栏与小程序 |",
    "G-02 | 2024-12-22 | 预算 | 2025¦v2 | 2025-01-10 | 公示栏与小程序 |",
    "G-03 | 2024-12-22 | 决议 | R1 | 2025-01-10 | 公示栏 |",
    "G-04 | 2025-05-27 | 用款 | C1 | 2025-06-10 | 公示栏与小程序 | 合同稿与三家报价",
    "G-05 | 2025-09-29 | 用款 | U4 | 2025-10-10 | 公示栏与小程序 |",
    *(f"G-1{quarter} | {day} | 收支 | {period} | | 公示栏与小程序 |"
      for quarter, (day, period) in enumerate((
          ("2025-04-10", "2025-01..2025-03"), ("2025-07-10", "2025-04..2025-06"),
          ("2025-10-10", "2025-07..2025-09"), ("2026-01-10", "2025-10..2025-12")))),
)  # fmt: skip
COMMITMENTS = rows(
    "key date line amount payee until request resolution project memo attachment",
    "C1 | 2025-05-26 | W01 | 8,600.00 | 明亮电气（虚构） | 2025-12-31 | U1 | R1 | J1 | 三次付款 |"
    " papers/C1-contract.txt",
)
MILESTONES = rows(
    "commitment no due amount condition",
    "C1 | 1 | 2025-06-01 | 2,580.00 | 签约后",
    "C1 | 2 | 2025-08-15 | 5,160.00 | 验收合格后",
    "C1 | 3 | 2025-11-30 | 860.00 | 质保三个月后",
)
INVOICES = rows(
    "issuer number date amount commitment memo attachment",
    "明亮电气（虚构） | 00250601 | 2025-05-30 | 2,580.00 | C1 | | papers/invoice-00250601.txt",
    "明亮电气（虚构） | 00250812 | 2025-08-12 | 5,160.00 | C1 | | papers/invoice-00250812.txt",
    "明亮电气（虚构） | 00251201 | 2025-12-01 | 760.00 | C1 | 扣坏灯一百元 |"
    " papers/invoice-00251201.txt",
)
RELEASES = rows(
    "key date commitment amount reason",
    "F1 | 2025-12-05 | C1 | 100.00 | 坏灯两盏，扣质保金",
)
TRANSFERS = rows(
    "key date move from_fund to_fund amount resolution memo",
    "X1 | 2025-05-20 | 拆借 | common | micro | 3,000.00 | R1 | 补助到账前先行开工",
    "X2 | 2025-09-05 | 归还 | micro | common | 3,000.00 | | 补助到账",
)

_SPENT = (
    "voucher date line amount payee memo attachment commitment milestone request invoice maker "
    "exception allowed_by emergency resolution"
)


def expenditures() -> list[Row]:
    """What recurs each month, what recurs each quarter, and what happened once."""
    found = []
    for month in MONTHS:
        for line, amount, payee, memo in (
            ("A01", "2,000.00", "值守人员", "工资"),
            ("A02", "900.00", "安梯维保（虚构）", "两台电梯"),
            ("A03", "400.00", "洁美保洁（虚构）", ""),
            ("A05", "500.00", "平安秩序（虚构）", ""),
            ("A06", "97.50", "文具店（虚构）", "纸张、公示栏"),
        ):
            found.append({"voucher": f"2025-{month:02d}-{line}", "date": f"2025-{month:02d}-25",
                          "line": line, "amount": amount, "payee": payee, "memo": memo,
                          "maker": "周工"})  # fmt: skip
    for month, amount in ((3, "750.00"), (6, "750.00"), (9, "1,500.00"), (12, "750.00")):
        found.append({"voucher": f"2025-{month:02d}-A04", "date": f"2025-{month:02d}-22",
                      "line": "A04", "amount": amount, "payee": "绿意园林（虚构）",
                      "memo": "季度养护", "maker": "周工"})  # fmt: skip
    once = rows(
        _SPENT,
        "2025-0307 | 2025-03-18 | A07 | 1,460.00 | 安心保险（虚构） | 公众责任险 | | | | | |"
        " 周工 | | | |",
        "2025-0602 | 2025-06-02 | W01 | 2,580.00 | 明亮电气（虚构） | 首付三成 |"
        " papers/invoice-00250601.txt | C1 | 1 | | 00250601 | 周工 | | | |",
        "2025-0603 | 2025-06-12 | W02 | 2,900.00 | 绿意园林（虚构） | 土方与坐凳 | | | | U2 | |"
        " 周工 | | | | R1",
        "2025-0719 | 2025-07-19 | A02 | 1,800.00 | 通达管道（虚构） | 2号楼主水管爆裂 |"
        " papers/E0719-site.png | | | | | 周工 | | 陈主任 | 水管爆裂，全楼停水 |",
        "2025-0815 | 2025-08-15 | W01 | 5,160.00 | 明亮电气（虚构） | 验收后六成 |"
        " papers/invoice-00250812.txt | C1 | 2 | | 00250812 | 周工 | | | |",
        "2025-1008 | 2025-10-15 | W02 | 5,000.00 | 绿意园林（虚构） | 种植 | | | | U4 | | 周工 |"
        " | | |",
        "2025-1109 | 2025-11-06 | A09 | 1,180.00 | 平安秩序（虚构） | 存储扩容 | | | | | | 周工 |"
        " | | |",
        "2025-1202 | 2025-12-02 | W01 | 760.00 | 明亮电气（虚构） | 质保金 |"
        " papers/invoice-00251201.txt | C1 | 3 | | 00251201 | 周工 | | | |",
        "2025-1206 | 2025-12-28 | A06 | 80.00 | 文具店（虚构） | 决算表印制 | | | | | | 周工 |"
        " 年末加印决算表 | 陈主任 | |",
    )
    once = [row | {"fund": "common" if row["emergency"] else ""} for row in once]
    return sorted(found + once, key=lambda row: (row["date"], row["voucher"]))


DOCUMENTS = rows(
    "voucher what attachment memo",
    "2025-0602 | 合同 | papers/C1-contract.txt |",
    "2025-0602 | 发票 | papers/invoice-00250601.txt |",
    "2025-0602 | 施工前 | papers/W01-before.png | 二单元三楼",
    "2025-0815 | 发票 | papers/invoice-00250812.txt |",
    "2025-0815 | 施工后 | papers/W01-after.png | 二单元三楼",
    "2025-0815 | 验收单 | papers/W01-acceptance.txt | 业主代表三人签字",
    "2025-0815 | 付款凭证 | papers/bank-2025-0815.txt |",
    "2025-0719 | 其他 | papers/E0719-site.png | 抢修现场",
)
RATIFICATIONS = rows(
    "key date voucher resolution amount line memo",
    "N1 | 2025-07-30 | 2025-0719 | R5 | 1,500.00 | A08 | 限额内，十一日内追认",
)
REPAYMENTS = rows(
    "key date voucher amount memo",
    "H1 | 2025-07-31 | 2025-0719 | 300.00 | 夜间加班餐费不属抢修支出，物业归还",
    "H2 | 2025-12-30 | 2025-1206 | 50.00 | 超出预算部分，物业归还",
)
LEFTOVERS = rows(
    "key date fund move amount to_fund payee resolution memo",
    "Y1 | 2025-12-20 | micro | 退还 | 60.00 | | 街道办事处 | | 补助结余按批复退还",
    "Y2 | 2025-12-20 | micro | 转入 | 40.00 | common | | R1 | 坐凳保修由共有资金承担",
)
PROGRESS = rows(
    "project date step percent by memo attachment",
    "J1 | 2025-06-05 | 开工 | 0 | 工程主管 | 1号楼先行 | papers/W01-before.png",
    "J1 | 2025-07-05 | 进度 | 50 | 工程主管 | 1号楼完成 |",
    "J1 | 2025-07-31 | 完工 | 100 | 工程主管 | |",
    "J1 | 2025-08-10 | 验收合格 | 100 | 业主代表 | 抽查十二盏 | papers/W01-acceptance.txt",
)
RATINGS = [
    {"project": "J1", "unit": unit, "date": f"2025-08-{16 + number % 9}",
     "score": str(5 - number % 3), "memo": "亮堂多了" if number == 4 else ""}
    for number, unit in enumerate(HOMES[:30:2])
]  # fmt: skip
SURVEYS = [
    {"survey": "2025年度满意度", "unit": unit, "date": f"2025-12-{8 + number % 12:02d}",
     "answer": ("满意", "满意", "满意", "基本满意", "满意", "基本满意", "不满意")[number % 7],
     "memo": "电梯等得久" if number == 13 else ""}
    for number, unit in enumerate(HOMES)
    if number % 4 != 2
]  # fmt: skip
VARIANCES = rows(
    "budget line date text",
    "2025 | W01 | 2026-01-08 | 三家询价后每盏降到143.33元，另扣坏灯一百元",
    "2025 | A06 | 2026-01-08 | 年末加印决算表，超出部分由物业归还",
)

# --------------------------------------------------------------------------- writing it

PAPERS = {
    "M1-minutes.txt": "第四季度议事日纪要（虚构）\n到会23户，议题五件，见议题表。\n",
    "quotes.txt": "感应灯询价（虚构）\n甲165元 乙150元 丙142元，取中。\n",
    "C1-contract.txt": "楼道感应灯改造合同（虚构）\n合同价8,600.00元，分三次付款。\n",
    "invoice-00250601.txt": "发票 00250601（虚构）2,580.00\n",
    "invoice-00250812.txt": "发票 00250812（虚构）5,160.00\n",
    "invoice-00251201.txt": "发票 00251201（虚构）760.00\n",
    "bank-2025-0815.txt": "银行回单 2025-08-15（虚构）5,160.00\n",
    "W01-acceptance.txt": "验收单（虚构）\n抽查十二盏，人来灯亮，合格。业主代表三人签字。\n",
}
PHOTOS = {"W01-before.png": 40, "W01-after.png": 220, "E0719-site.png": 120}
"""Stand-ins for photographs: a grey of so much."""


def png(grey: int, side: int = 16) -> bytes:
    """A square of one grey as a PNG file."""

    def chunk(name: bytes, body: bytes) -> bytes:
        sealed = name + body
        return struct.pack(">I", len(body)) + sealed + struct.pack(">I", zlib.crc32(sealed))

    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + bytes([grey]) * side for _ in range(side))
    # stored, not squeezed: the same bytes whatever the library that squeezes
    body = zlib.compress(lines, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def write(folder: Path, name: str, told: Iterable[Row]) -> None:
    """A sheet with Chinese headers, of the columns that its rows fill."""
    layout = next(one for one in SHEETS if one.name == name)
    known = list(told)
    used = {column for row in known for column, cell in row.items() if cell}
    columns = [one for one in layout.columns if one.needed or one.name in used]
    assert used <= {one.name for one in columns}, (name, used)
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(one.title for one in columns)
        for row in known:
            out.writerow(row.get(one.name, "").replace("¦", "|") for one in columns)


def make(folder: Path) -> None:
    """Write the whole folder."""
    papers = folder / "papers"
    papers.mkdir(parents=True, exist_ok=True)
    (folder / "book.toml").write_text(BOOK, "utf-8")
    for name, text in PAPERS.items():
        (papers / name).write_bytes(text.encode())
    for name, grey in PHOTOS.items():
        (papers / name).write_bytes(png(grey))
    sheets = {
        "units": units(),
        "tariffs": rows(
            "item usage basis price from authority",
            "物业费 | residential | per_m2_month | 2.00 | 2025-01-01 | 信托合同",
            "物业费 | commercial | per_m2_month | 3.00 | 2025-01-01 | 信托合同",
        ),
        "opening": rows("account amount", "1002 | 25,000.00"),
        "receipts": receipts(), "income": income(), "expenditures": expenditures(),
        "withdrawals": rows(
            "key date amount memo",
            "RT1 | 2025-07-05 | 4,000.00 | 上半年酬金", "RT2 | 2025-12-31 | 4,000.00 | 下半年酬金",
        ),
        "rules": RULES, "decisions": DECISIONS, "budgets": BUDGETS, "members": MEMBERS,
        "meetings": MEETINGS, "proposals": PROPOSALS, "plan_lines": PLAN_LINES,
        "plan_income": PLAN_INCOME, "questions": QUESTIONS, "answers": ANSWERS,
        "agenda": AGENDA, "electors": ELECTORS, "ballots": ballots(), "tallies": TALLIES,
        "delegations": DELEGATIONS, "revocations": REVOCATIONS, "outcomes": OUTCOMES,
        "amendments": AMENDMENTS, "projects": PROJECTS, "requests": REQUESTS,
        "approvals": APPROVALS, "publications": PUBLICATIONS, "commitments": COMMITMENTS,
        "milestones": MILESTONES, "invoices": INVOICES, "releases": RELEASES,
        "transfers": TRANSFERS, "documents": DOCUMENTS, "ratifications": RATIFICATIONS,
        "repayments": REPAYMENTS, "leftovers": LEFTOVERS, "progress": PROGRESS, "ratings": RATINGS,
        "surveys": SURVEYS, "variances": VARIANCES,
    }  # fmt: skip
    for name, told in sheets.items():
        write(folder, name, told)
    for name in ("resolutions", "stages"):  # of an earlier run: they name the digest
        (folder / f"{name}.csv").unlink(missing_ok=True)
    digest = digest_of(folder, "2025", "v2")
    write(folder, "resolutions", resolutions(digest))
    write(folder, "stages", stages(digest))


def digest_of(folder: Path, budget: str, version: str) -> str:
    """The digest of a version as the folder's sheets have it."""
    facts = [fact for _, fact in read(folder).facts]
    of = next(fact for fact in facts if isinstance(fact, Budget) and fact.budget == budget)
    key = f"{budget}|{version}"
    return version_digest(
        of,
        version,
        [fact for fact in facts if isinstance(fact, PlanLine) and fact.version_key == key],
        [fact for fact in facts if isinstance(fact, PlanIncome) and fact.version_key == key],
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
