"""A small community with an open budget for 2025, told from its first meeting to its last voucher.

Nine homes, a common fund and one for the lift. The budget is put to the vote, adopted, amended,
spent, overspent once, and looked back on. Everything is told in one list, :data:`TOLD`, after
:data:`STANDING`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import trustledger as tl
from trustledger.book import utc_now
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage, VarianceNote
from trustledger.grants import FundTransfer
from trustledger.meetings import Meeting, Outcome, Proposal
from trustledger.projects import Progress, Project, Rating, SurveyAnswer
from trustledger.records import Record
from trustledger.rulebook import Rule
from trustledger.rules import versioning
from trustledger.spendings import (
    Commitment,
    Milestone,
    Publication,
    Ratification,
    Release,
    Repayment,
)
from trustledger.votes import Ballot, DecisionType, Elector, Resolution, Revocation, Tally

INFO = tl.BookInfo(
    code="heyuan", name="和园小区", start="2025-01-01",
    settlor="和园小区业主大会", trustee="安和物业服务部", supervisor="桥东社区居委会",
)  # fmt: skip
AREAS = ("88.5", "88.5", "102.35", "76", "120", "95.25", "88.5", "76", "64.9")
UNITS = tuple(
    tl.Unit(
        unit=f"{1 + n // 3}-{101 + n % 3}", building=f"{1 + n // 3}", area_m2=area,
        usage="residential", owner=f"业主{n + 1}", phone=f"1380000000{n + 1}",
    )
    for n, area in enumerate(AREAS)
)  # fmt: skip
HOMES = tuple(unit.unit for unit in UNITS)
STANDING = (
    tl.Fund(code="lift", name="电梯更新专项资金", purpose="更新三部电梯", allows=["works"]),
    *UNITS,
    tl.Tariff(item="物业费", basis="per_m2_month", price="2.2", start="2025-01-01"),
    tl.Term(rate="12%", base=["service_fee", "parking"], start="2025-01-01", authority="信托合同"),
)

BUDGET = Budget(budget="2025", name="2025年度开放式预算", start="2025-01-01", to="2025-12-31")


def _line(line: str, name: str, category: str, **rest: str) -> PlanLine:
    return PlanLine(budget="2025", version="v1", line=line, name=name, category=category, **rest)


LINES = (
    _line("A1", "日常保洁", "cleaning", quantity="9", price="38.5", times="12", method="工程量",
          standard="楼道每日清扫一次，公共区域每周冲洗一次", responsible="环境主管", priority="1",
          basis="上年合同单价"),
    _line("A2", "绿化修剪", "greening", quantity="260", price="1.6", times="4", method="工程量",
          months="3,6,9,11", standard="草坪修剪四次，病虫害随发随治", responsible="环境主管",
          priority="6", basis="苗木 260 平方米"),
    _line("B1", "秩序维护", "security", amount="4800", method="合同", responsible="安全主管",
          standard="门岗 24 小时在岗", basis="服务合同 2024-11", priority="0"),
    _line("C1", "设施维修", "maintenance", amount="3000", responsible="工程主管", priority="2",
          basis="近三年平均"),
    _line("W1", "楼道灯改造", "works", amount="2700", method="合同", months="4,6,8", priority="8",
          responsible="工程主管", standard="三栋楼道灯更换为感应灯", basis="三家比价",
          proposal="P1"),
    _line("L1", "电梯钢丝绳更换", "works", fund="lift", amount="6000", method="合同",
          months="5", responsible="工程主管", basis="检测报告"),
)  # fmt: skip
INCOMES = (
    PlanIncome(budget="2025", version="v1", category="service_fee", receivable="21120",
               rate="90%", basis="800 平方米 × 2.2 元 × 12 月，收缴率按上年"),
    PlanIncome(budget="2025", version="v1", category="parking", receivable="1200"),
    PlanIncome(budget="2025", version="v1", category="donation", receivable="8000", fund="lift",
               months="1-3", basis="捐赠意向书"),
)  # fmt: skip
V1 = versioning.version_digest(BUDGET, "v1", LINES, INCOMES)


def ballots(resolution: str, on: str, *choices: str) -> list[Ballot]:
    """Choices of the homes in their order; an empty one does not vote."""
    return [
        Ballot(resolution=resolution, unit=unit, on=on, choice=choice, channel="书面")
        for unit, choice in zip(HOMES, choices, strict=False)
        if choice
    ]


def voted(key: str, on: str, title: str, *choices: str, **rest: str) -> list[Record]:
    """A resolution with its ballots and the count, all on one day."""
    return [
        Resolution(key=key, on=on, until=on, title=title, decision="ordinary", **rest),
        *ballots(key, on, *choices),
        Tally(resolution=key, on=on, counted_by="计票人甲", supervised_by="监票人乙"),
    ]


DECIDED: tuple[Record, ...] = (
    DecisionType(decision="ordinary", name="一般事项", takes_part=">=2/3", agrees=">1/2",
                 start="2021-01-01", authority="《中华人民共和国民法典》第二百七十八条"),
    Rule(rule="control", scope="C1", value="warn", start="2025-01-01", authority="议事规则"),
    Rule(rule="transfer_resolution_from", value="1000", start="2025-01-01", authority="议事规则"),
    Rule(rule="emergency_limit", value="2000", start="2025-01-01", authority="议事规则"),
    Budget(budget="2024", name="2024年度预算", start="2024-01-01", to="2024-12-31"),
    BUDGET,
    Meeting(key="M1", on="2024-11-20", title="爱邻议事日", place="架空层", present="21"),
    Proposal(key="P1", on="2024-11-20", list="问题", title="楼道灯常坏", meeting="M1",
             source="议事日"),
    Proposal(key="P2", on="2025-03-20", list="需求", title="增设儿童滑梯", source="楼栋会"),
    Proposal(key="P3", on="2025-04-20", list="服务", title="保洁改为每日两次", source="网格"),
    Proposal(key="P4", on="2025-05-20", list="问题", title="垃圾桶破损", source="议事日"),
    *LINES,
    *INCOMES,
    Stage(budget="2025", version="v1", stage="征求意见", on="2024-11-25"),
    Publication(key="G1", on="2024-11-25", what="预算", of="2025|v1", place="公告栏"),
    Elector(resolution="R1", unit="3-103", area="66.4", reason="以不动产登记为准"),
    Resolution(key="R1", on="2024-12-01", until="2024-12-15", title="通过2025年度开放式预算",
               decision="ordinary", budget="2025", version="v1", digest=V1),
    *ballots("R1", "2024-12-10", "赞成", "赞成", "赞成", "反对", "赞成", "弃权", "赞成", "无效"),
    Tally(resolution="R1", on="2024-12-16", counted_by="计票人甲", supervised_by="监票人乙"),
    Stage(budget="2025", version="v1", stage="通过", on="2024-12-18", resolution="R1", digest=V1),
    Outcome(proposal="P1", on="2024-12-18", outcome="采纳", line="W1", resolution="R1"),
    Outcome(proposal="P3", on="2025-05-06", outcome="不采纳", reason="预算内无此项，转入下年商议"),
    Amendment(key="T0", on="2025-01-02", budget="2025", move="结转结余", from_budget="2024",
              amount="600", reason="上年结余"),
)  # fmt: skip
"""Before a fen is spent."""

MONEY: tuple[Record, ...] = (
    *(
        tl.Receipt(key=f"W{month}{unit}", on=f"2025-0{month}-1{n}", unit=unit, amount="150")
        for month in range(1, 7)
        for n, unit in enumerate(HOMES)
        if n < 7
    ),
    tl.Income(key="J1", on="2025-01-20", category="parking", amount="300", source="临停"),
    tl.Income(key="J2", on="2025-04-20", category="parking", amount="350", source="临停"),
    tl.Income(key="D1", on="2025-02-01", category="donation", amount="5000", source="爱心企业甲",
              fund="lift"),
    tl.Income(key="D2", on="2025-03-01", category="donation", amount="2000", source="爱心企业甲",
              fund="lift"),
    tl.Income(key="D3", on="2025-03-05", category="subsidy", amount="1500", source="街道办",
              fund="lift"),
    *(
        tl.Expenditure(voucher=f"B{month}", on=f"2025-0{month}-28", line=line, amount=amount,
                       payee=payee, memo=f"{month} 月")
        for month in range(1, 7)
        for line, amount, payee in (("A1", "346.50", "洁美保洁"),)
    ),
    *(
        tl.Expenditure(voucher=f"S{month}", on=f"2025-0{month}-28", line="B1", amount="400",
                       payee="平安保安")
        for month in range(1, 7)
    ),
    tl.Expenditure(voucher="G3", on="2025-03-22", line="A2", amount="416", payee="青禾园艺"),
    tl.Expenditure(voucher="G6", on="2025-06-20", line="A2", amount="416", payee="青禾园艺"),
    *voted("R2", "2025-03-10", "调整绿化与保洁预算", *["赞成"] * 7, "反对", "反对"),
    Amendment(key="T1", on="2025-03-12", budget="2025", move="调剂", line="A2", to_line="A1",
              amount="200", reason="增加楼道消毒"),
    Amendment(key="T2", on="2025-03-12", budget="2025", move="追加", line="N1", name="垃圾分类亭",
              category="works", amount="900", resolution="R2", reason="新增项目"),
    Amendment(key="T3", on="2025-03-12", budget="2025", move="核减", line="C1", amount="300",
              resolution="R2", reason="改由质保承担"),
    Commitment(key="C1", on="2025-04-01", line="W1", amount="2700", payee="光明电气",
               until="2025-12-31", project="X1", resolution="R1"),
    *(
        Milestone(commitment="C1", no=str(no), due=due, amount="900", condition=condition)
        for no, due, condition in ((1, "2025-04-15", "进场"), (2, "2025-06-15", "完工"),
                                   (3, "2025-08-15", "质保"))
    ),
    Project(key="X1", on="2025-04-01", name="楼道灯改造", line="W1", proposal="P1",
            contractor="光明电气", due="2025-05-31"),
    tl.Expenditure(voucher="W1", on="2025-04-15", line="W1", amount="900", payee="光明电气",
                   commitment="C1", milestone="1"),
    tl.Expenditure(voucher="W2", on="2025-06-16", line="W1", amount="900", payee="光明电气",
                   commitment="C1", milestone="2"),
    Progress(project="X1", on="2025-04-16", step="开工"),
    Progress(project="X1", on="2025-05-20", step="进度", percent="80"),
    Progress(project="X1", on="2025-06-08", step="完工", percent="100"),
    Progress(project="X1", on="2025-06-12", step="验收合格", percent="100"),
    *(
        Rating(project="X1", unit=unit, on="2025-06-20", score=score)
        for unit, score in zip(HOMES, (5, 5, 4, 5, 3, 4), strict=False)
    ),
    *(
        SurveyAnswer(survey="2025上半年", unit=unit, on="2025-06-25", answer=answer)
        for unit, answer in zip(HOMES, ("满意", "满意", "基本满意", "满意", "不满意", "满意"),
                                strict=False)
    ),
    Commitment(key="C2", on="2025-05-06", line="L1", amount="6000", payee="迅安电梯",
               project="X2"),
    Release(key="F1", on="2025-05-20", commitment="C2", amount="200", reason="规格减少"),
    Project(key="X2", on="2025-05-06", name="电梯钢丝绳更换", line="L1", contractor="迅安电梯",
            due="2025-06-10"),
    Progress(project="X2", on="2025-05-10", step="开工"),
    tl.Expenditure(voucher="L1", on="2025-05-25", line="L1", amount="3000", payee="迅安电梯",
                   commitment="C2"),
    tl.Expenditure(voucher="C1", on="2025-04-09", line="C1", amount="2500", payee="四海机电"),
    tl.Expenditure(voucher="C2", on="2025-05-12", line="C1", amount="650", payee="四海机电",
                   exception="水泵抢修", allowed_by="王经理"),
    tl.Expenditure(voucher="E1", on="2025-05-30", line="C1", amount="1200", payee="疏通队",
                   emergency="主管道爆裂", allowed_by="王经理"),
    *voted("R3", "2025-06-05", "追认主管道抢修", *["赞成"] * 6, amount="800"),
    Ratification(key="Z1", on="2025-06-06", voucher="E1", resolution="R3", amount="800",
                 line="N1"),
    Repayment(key="H1", on="2025-06-10", voucher="E1", amount="300"),
    *voted("R4", "2025-06-18", "电梯资金借用一千元", "赞成", "反对", "反对", "反对", "赞成",
           "弃权", "反对"),
    FundTransfer(key="N1", on="2025-06-20", move="拆借", from_fund="common", to_fund="lift",
                 amount="500", memo="垫付检测费"),
    Outcome(proposal="P4", on="2025-06-22", outcome="完成", line="N1"),
    Revocation(key="V1", on="2025-06-30", resolution="R2", by="R4", reason="示例"),
    VarianceNote(budget="2025", line="C1", on="2025-06-30", text="水泵抢修超出部分由受托人垫付"),
)  # fmt: skip

TOLD = (*DECIDED, *MONEY)
"""All that is told once the community stands."""


def open_book(
    where: str, told: Iterable[Record] = TOLD, clock: Callable[[], str] = utc_now
) -> tl.Book:
    """The community, told and charged through June 2025."""
    book = tl.Book.create(where, INFO, *STANDING, clock=clock, secret=b"for golden files")
    book.post(told)
    book.charge("2025-01..2025-06")
    return book
