"""The sheets of the open budget 开放式预算, as data: one for each kind of fact.

What lives here: their columns. What must not: reading, checking. They stand in the order in which a
book takes them (``facts.DECIDED``).
"""

from __future__ import annotations

from trustledger.budgets import (
    METHODS,
    Amendment,
    Budget,
    PlanIncome,
    PlanLine,
    Stage,
    VarianceNote,
)
from trustledger.facts import WORDS
from trustledger.grants import FundTransfer, Leftover
from trustledger.meetings import (
    LISTS,
    AgendaItem,
    Answer,
    Meeting,
    Outcome,
    Proposal,
    Question,
)
from trustledger.projects import (
    Progress,
    Project,
    Rating,
    SurveyAnswer,
)
from trustledger.rulebook import RULES, Rule
from trustledger.sheets.columns import (
    AMOUNT,
    BUDGET,
    CODE,
    DATE,
    DAY,
    FUND,
    NAME,
    PAID,
    PATH,
    TEXT,
    UNIT,
    Column,
    SheetLayout,
    choices,
    optional,
)
from trustledger.spendings import (
    APPROVERS,
    Approval,
    Commitment,
    Evidence,
    Invoice,
    Milestone,
    Publication,
    Ratification,
    Release,
    Repayment,
    SpendingRequest,
)
from trustledger.votes import (
    BODIES,
    BY,
    CHOICES,
    HOW,
    OF,
    Ballot,
    DecisionType,
    Delegation,
    Elector,
    Member,
    Resolution,
    Revocation,
    Tally,
)

_RULE = "it is one of " + ", ".join(f"{name} [{kind.title}]" for name, kind in RULES.items())
_MONTHS = "months are written 1-12 or 3,6,9,12; empty means every month of the budget"
_PART = "write >=2/3 [三分之二以上] or >1/2 [过半数]"
_DIGEST = "write the 64 hex digits that trustledger budget show prints"
_AREA = "a floor area is a number such as 90.20"
_NUMBER = "write a whole number from 1 to 999"
_FACTOR = "a number has at most 4 decimals"
_RATE = "a rate is written 95% or 0.95"


def _told(kind: str) -> str:
    """What a cell of a kind's closed vocabulary is."""
    words = {chinese: english for (of, english), chinese in WORDS.items() if of == kind}
    return choices(words)


_KEY = Column("key", "编号", "key", CODE)
_FROM = Column("from", "起始", "from", DAY)
_TO = optional("to", "截止", "to", DAY)
_AUTHORITY = optional("authority", "依据", "authority", NAME)
_MEMO = optional("memo", "摘要", "memo", TEXT)
_FILE = optional("attachment", "附件", "attachment", PATH)
_OF_BUDGET = Column("budget", "预算", "budget", CODE)
_VERSION = Column("version", "版本", "version", CODE)
_LINE = Column("line", "预算编号", "line", CODE)
_SOME_LINE = optional("line", "预算编号", "line", NAME)
_CATEGORY = Column("category", "类别", "category", BUDGET)
_SOME_FUND = optional("fund", "资金", "fund", FUND)
_RESOLUTION = Column("resolution", "决议", "resolution", CODE)
_SOME_RESOLUTION = optional("resolution", "决议", "resolution", NAME)
_SOME_UNIT = optional("unit", "房号", "unit", NAME)
_SOME_PROPOSAL = optional("proposal", "议题", "proposal", NAME)
_COMMITMENT = Column("commitment", "合同", "commitment", CODE)
_SOME_COMMITMENT = optional("commitment", "合同", "commitment", NAME)
_VOUCHER = Column("voucher", "凭证号", "voucher", CODE)
_PROJECT = Column("project", "项目", "project", CODE)
_TITLE = Column("title", "标题", "title", CODE)
_NO = Column("no", "序号", "no", _NUMBER)
_REASON = optional("reason", "原因", "reason", NAME)
_PAYEE = Column("payee", "收款人", "payee", CODE)

_COUNTED = tuple(
    optional(f"{name}_{by}", f"{title}{whole}", f"{name}_{by}", right)
    for name, title in (
        ("taking_part", "参与"), ("agree", "赞成"), ("against", "反对"), ("abstain", "弃权"),
    )
    for by, whole, right in (
        ("area", "面积", _AREA), ("heads", "人数", "write a whole number of voters"),
    )
)  # fmt: skip

OPEN_BUDGET = (
    SheetLayout(
        "rules", "规则", Rule,
        (
            Column("rule", "规则", "rule", _RULE),
            Column("value", "值", "value", NAME),
            optional("scope", "适用范围", "scope", "write a line, a category or a fund"),
            _FROM, _TO, _AUTHORITY,
        ),
    ),
    SheetLayout(
        "decisions", "决定事项", DecisionType,
        (
            Column("decision", "事项", "decision", CODE),
            Column("name", "名称", "name", NAME),
            optional("body", "决定主体", "body", choices(BODIES)),
            optional("takes_part", "参与比例", "takes_part", _PART),
            Column("agrees", "同意比例", "agrees", _PART),
            optional("agrees_of", "同意基数", "agrees_of", choices(OF)),
            optional("by", "计票方式", "by", choices(BY)),
            _FROM, _TO, _AUTHORITY,
        ),
    ),
    SheetLayout(
        "budgets", "预算年度", Budget,
        (
            _OF_BUDGET,
            Column("name", "名称", "name", NAME),
            _FROM,
            Column("to", "截止", "to", DAY),
            _AUTHORITY,
        ),
    ),
    SheetLayout(
        "members", "委员", Member,
        (
            Column("member", "委员", "member", CODE),
            Column("name", "姓名", "name", NAME),
            optional("role", "职务", "role", NAME),
            _FROM, _TO, _AUTHORITY,
        ),
    ),
    SheetLayout(
        "meetings", "会议", Meeting,
        (
            _KEY, DATE, _TITLE,
            optional("place", "地点", "place", NAME),
            optional("chair", "主持人", "chair", NAME),
            optional("present", "到会人数", "present", "write a whole number of people"),
            _MEMO, _FILE,
        ),
    ),
    SheetLayout(
        "proposals", "议题", Proposal,
        (
            _KEY, DATE,
            Column("list", "清单", "list", choices(LISTS)),
            _TITLE,
            optional("source", "来源", "source", NAME),
            _SOME_UNIT,
            optional("meeting", "会议", "meeting", NAME),
            optional("text", "内容", "text", TEXT),
        ),
    ),
    SheetLayout(
        "plan_lines", "预算草案", PlanLine,
        (
            _OF_BUDGET, _VERSION, _LINE,
            Column("name", "项目", "name", CODE),
            _CATEGORY, _SOME_FUND,
            optional("amount", "金额", "amount", AMOUNT),
            optional("quantity", "数量", "quantity", _FACTOR),
            optional("price", "单价", "price", _FACTOR),
            optional("times", "次数", "times", "a number has at most 2 decimals"),
            optional("method", "测算方法", "method", choices(METHODS)),
            optional("months", "计划月份", "months", _MONTHS),
            optional("responsible", "责任岗位", "responsible", NAME),
            optional("standard", "服务标准", "standard", TEXT),
            optional("basis", "测算依据", "basis", TEXT),
            optional("priority", "优先级", "priority", "write 0 (kept longest) to 9"),
            _SOME_PROPOSAL,
        ),
    ),
    SheetLayout(
        "plan_income", "收入预算", PlanIncome,
        (
            _OF_BUDGET, _VERSION,
            Column("category", "类别", "category", "write an income category, as income.csv does"),
            Column("receivable", "应收", "receivable", AMOUNT),
            optional("rate", "预计收缴率", "rate", _RATE),
            optional("months", "计划月份", "months", _MONTHS),
            optional("basis", "测算依据", "basis", TEXT),
            _SOME_FUND,
        ),
    ),
    SheetLayout(
        "questions", "质询", Question,
        (
            _KEY, DATE,
            optional("stance", "类型", "stance", _told("question")),
            _SOME_UNIT,
            optional("budget", "预算", "budget", NAME),
            _SOME_LINE,
            optional("voucher", "凭证号", "voucher", NAME),
            _SOME_RESOLUTION,
            Column("text", "内容", "text", TEXT),
        ),
    ),
    SheetLayout(
        "answers", "答复", Answer,
        (
            Column("question", "质询", "question", CODE),
            DATE,
            Column("by", "答复人", "by", CODE),
            Column("text", "内容", "text", TEXT),
            _FILE,
        ),
    ),
    SheetLayout(
        "agenda", "议程", AgendaItem,
        (
            Column("meeting", "会议", "meeting", CODE),
            _NO, _TITLE, _SOME_PROPOSAL,
            optional("question", "质询", "question", NAME),
            _SOME_RESOLUTION,
            optional("conclusion", "结论", "conclusion", TEXT),
        ),
    ),
    SheetLayout(
        "electors", "表决权更正", Elector,
        (
            _RESOLUTION, UNIT,
            optional("voter", "表决权人", "voter", "write a label such as A1, not a name"),
            optional("area", "面积", "area", _AREA),
            optional("eligible", "有表决权", "eligible", "write yes [是] or no [否]"),
            Column("reason", "原因", "reason", NAME),
        ),
    ),
    SheetLayout(
        "resolutions", "决议", Resolution,
        (
            _KEY, DATE,
            Column("title", "标题", "title", NAME),
            Column("decision", "事项", "decision", CODE),
            Column("until", "表决截止", "until", DAY),
            optional("roll_on", "名册日", "roll_on", DAY),
            optional("from", "起始", "from", DAY),
            _TO,
            optional("budget", "预算", "budget", NAME),
            optional("version", "版本", "version", NAME),
            optional("digest", "版本摘要", "digest", _DIGEST),
            _SOME_PROPOSAL, _SOME_LINE,
            optional("amount", "金额", "amount", AMOUNT),
            optional("delegation", "授权", "delegation", NAME),
            optional("area", "总面积", "area", _AREA),
            optional("voters", "总人数", "voters", "write a whole number of voters"),
            _MEMO,
        ),
    ),
    SheetLayout(
        "ballots", "表决票", Ballot,
        (
            _RESOLUTION, UNIT, DATE,
            Column("choice", "表决", "choice", choices(CHOICES)),
            optional("channel", "渠道", "channel", NAME),
            optional("proxy", "代理人", "proxy", NAME),
            _MEMO,
        ),
        once="ballot of unit",
    ),
    SheetLayout(
        "tallies", "计票", Tally,
        (
            _RESOLUTION, DATE,
            Column("counted_by", "计票人", "counted_by", CODE),
            Column("supervised_by", "监票人", "supervised_by", CODE),
            optional("how", "方式", "how", choices(HOW)),
            *_COUNTED, _MEMO,
        ),
    ),
    SheetLayout(
        "delegations", "授权", Delegation,
        (
            _KEY, DATE, _RESOLUTION,
            Column("decision", "事项", "decision", CODE),
            PAID, _FROM, _TO, _AUTHORITY,
        ),
    ),
    SheetLayout(
        "revocations", "撤销", Revocation,
        (_KEY, DATE, _RESOLUTION, Column("by", "撤销依据", "by", NAME), _REASON),
    ),
    SheetLayout(
        "stages", "预算进程", Stage,
        (
            _OF_BUDGET, _VERSION,
            Column("stage", "阶段", "stage", _told("stage")),
            DATE,
            optional("digest", "版本摘要", "digest", _DIGEST),
            _SOME_RESOLUTION,
            optional("from", "起始", "from", DAY),
            _MEMO,
        ),
    ),
    SheetLayout(
        "outcomes", "处理结果", Outcome,
        (
            Column("proposal", "议题", "proposal", CODE),
            DATE,
            Column("outcome", "结果", "outcome", _told("outcome")),
            _SOME_LINE, _SOME_RESOLUTION,
            optional("into", "并入议题", "into", NAME),
            optional("reason", "原因", "reason", TEXT),
        ),
    ),
    SheetLayout(
        "amendments", "预算调整", Amendment,
        (
            _KEY, DATE, _OF_BUDGET,
            Column("move", "方式", "move", _told("amendment")),
            _SOME_LINE,
            optional("to_line", "调入预算编号", "to_line", NAME),
            PAID,
            optional("from_budget", "结转自", "from_budget", NAME),
            optional("name", "项目", "name", NAME),
            optional("category", "类别", "category", BUDGET),
            _SOME_FUND, _SOME_RESOLUTION,
            Column("reason", "原因", "reason", TEXT),
        ),
    ),
    SheetLayout(
        "projects", "项目", Project,
        (
            _KEY, DATE,
            Column("name", "名称", "name", CODE),
            _LINE, _SOME_PROPOSAL,
            optional("manager", "负责人", "manager", NAME),
            optional("contractor", "承包人", "contractor", NAME),
            optional("due", "计划完成", "due", DAY),
            _MEMO,
        ),
    ),
    SheetLayout(
        "requests", "用款申请", SpendingRequest,
        (
            _KEY, DATE, _LINE, PAID,
            Column("maker", "经办人", "maker", CODE),
            optional("purpose", "用途", "purpose", TEXT),
            optional("payee", "收款人", "payee", NAME),
            _SOME_PROPOSAL,
        ),
    ),
    SheetLayout(
        "approvals", "审批", Approval,
        (
            Column("request", "申请", "request", CODE),
            Column("by", "审批人", "by", CODE),
            DATE,
            optional("role", "身份", "role", choices(APPROVERS)),
            optional("decision", "意见", "decision", _told("approval")),
            _MEMO,
        ),
    ),
    SheetLayout(
        "publications", "公示", Publication,
        (
            _KEY, DATE,
            Column("what", "公示内容", "what", _told("publication")),
            optional("of", "公示对象", "of", NAME),
            optional("until", "公示截止", "until", DAY),
            optional("place", "公示地点", "place", NAME),
            _MEMO,
        ),
    ),
    SheetLayout(
        "commitments", "合同承诺", Commitment,
        (
            _KEY, DATE, _LINE, PAID, _PAYEE,
            optional("until", "有效期至", "until", DAY),
            optional("request", "申请", "request", NAME),
            _SOME_RESOLUTION,
            optional("project", "项目", "project", NAME),
            _MEMO, _FILE,
        ),
    ),
    SheetLayout(
        "milestones", "付款节点", Milestone,
        (
            _COMMITMENT, _NO,
            Column("due", "到期日", "due", DAY),
            PAID,
            optional("condition", "付款条件", "condition", TEXT),
        ),
    ),
    SheetLayout(
        "invoices", "发票", Invoice,
        (
            Column("issuer", "开票方", "issuer", CODE),
            Column("number", "发票号", "number", CODE),
            DATE, PAID, _SOME_COMMITMENT, _MEMO, _FILE,
        ),
    ),
    SheetLayout("releases", "释放", Release, (_KEY, DATE, _COMMITMENT, PAID, _REASON)),
    SheetLayout(
        "transfers", "资金调拨", FundTransfer,
        (
            _KEY, DATE,
            Column("move", "方式", "move", _told("fund_transfer")),
            Column("from_fund", "调出资金", "from_fund", FUND),
            Column("to_fund", "调入资金", "to_fund", FUND),
            PAID, _SOME_RESOLUTION, _MEMO,
        ),
    ),
    SheetLayout(
        "documents", "附件", Evidence,
        (
            _VOUCHER,
            Column("what", "类型", "what", _told("evidence")),
            Column("attachment", "附件", "attachment", PATH),
            _MEMO,
        ),
    ),
    SheetLayout(
        "ratifications", "追认", Ratification,
        (_KEY, DATE, _VOUCHER, _RESOLUTION, PAID, _SOME_LINE, _MEMO),
    ),
    SheetLayout("repayments", "归还", Repayment, (_KEY, DATE, _VOUCHER, PAID, _MEMO)),
    SheetLayout(
        "leftovers", "结余处理", Leftover,
        (
            _KEY, DATE,
            Column("fund", "资金", "fund", FUND),
            Column("move", "方式", "move", _told("leftover")),
            PAID,
            Column("to_fund", "转入资金", "to_fund", FUND, needed=False),
            Column("payee", "收款人", "payee", NAME, needed=False),
            _SOME_RESOLUTION, _MEMO,
        ),
    ),
    SheetLayout(
        "progress", "进展", Progress,
        (
            _PROJECT, DATE,
            Column("step", "进度", "step", _told("progress")),
            optional("percent", "完成百分比", "percent", "write a whole number from 0 to 100"),
            optional("by", "填报人", "by", NAME),
            _MEMO, _FILE,
        ),
    ),
    SheetLayout(
        "ratings", "评价", Rating,
        (
            _PROJECT, UNIT, DATE,
            Column("score", "评分", "score", "write a whole number from 1 to 5"),
            _MEMO,
        ),
    ),
    SheetLayout(
        "surveys", "满意度", SurveyAnswer,
        (
            Column("survey", "调查", "survey", CODE),
            UNIT, DATE,
            Column("answer", "回答", "answer", _told("survey")),
            _MEMO,
        ),
    ),
    SheetLayout(
        "variances", "差异说明", VarianceNote,
        (_OF_BUDGET, _LINE, DATE, Column("text", "说明", "text", TEXT)),
    ),
)  # fmt: skip
"""Every sheet of the open budget."""
