"""The walk and the review: from a fen to the decision that allowed it, and what is still due."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import databases
import pytest
from typer.testing import CliRunner

import trustledger as tl
from trustledger.cli import app
from trustledger.rules import versioning
from trustledger.walk import TITLES, Node, Step

INFO = tl.BookInfo(code="heyuan", name="和园", start="2025-01-01")
YEAR = tl.Budget(budget="2025", name="2025年度预算", start="2025-01-01", to="2025-12-31")
LINES = [
    tl.PlanLine(
        budget="2025", version="v1", line="W1", name="楼道灯", category="works", amount="9000.00",
        proposal="P1",
    ),
    tl.PlanLine(
        budget="2025", version="v1", line="A1", name="保洁", category="cleaning", amount="6000.00"
    ),
]  # fmt: skip
INCOME = [tl.PlanIncome(budget="2025", version="v1", category="service_fee", receivable="21600")]
DIGEST = versioning.version_digest(YEAR, "v1", LINES, INCOME)
UNITS = [
    tl.Unit(unit=f"{n}", area_m2="100", usage="residential", owner=f"业主{n}", phone=f"{n}")
    for n in range(1, 10)
]
DECIDED = [
    tl.DecisionType(
        decision="budget", name="年度预算", takes_part=">=2/3", agrees=">1/2", start="2021-01-01"
    ),
    YEAR,
    tl.Meeting(key="M1", on="2024-12-01", title="议事日"),
    tl.Proposal(key="P1", on="2024-12-02", list="problem", title="楼道灯坏了", meeting="M1"),
    *LINES,
    *INCOME,
    tl.Stage(budget="2025", version="v1", stage="consultation", on="2024-12-05"),
    tl.Resolution(
        key="R1", on="2024-12-06", until="2024-12-20", title="通过预算", decision="budget",
        budget="2025", version="v1", digest=DIGEST,
    ),
    *[
        tl.Ballot(resolution="R1", unit=f"{n}", on="2024-12-10", choice="agree")
        for n in range(1, 8)
    ],
    tl.Tally(resolution="R1", on="2024-12-21", counted_by="甲", supervised_by="乙"),
    tl.Stage(
        budget="2025", version="v1", stage="adopted", on="2024-12-22", resolution="R1",
        digest=DIGEST,
    ),
    tl.SpendingRequest(
        key="Q1", on="2025-02-01", line="W1", amount="9000", maker="小王", purpose="换灯"
    ),
    tl.Approval(request="Q1", by="老李", on="2025-02-02"),
    tl.Commitment(
        key="C1", on="2025-02-03", line="W1", amount="9000", payee="光明", until="2025-06-30",
        request="Q1",
    ),
    *[
        tl.Milestone(commitment="C1", no=n, due=f"2025-0{n + 2}-01", amount="3000")
        for n in (1, 2, 3)
    ],
    tl.Invoice(issuer="光明", number="001", on="2025-03-01", amount="3000", commitment="C1"),
    tl.Expenditure(
        voucher="0231", on="2025-03-02", line="W1", amount="3000", payee="光明", commitment="C1",
        milestone=1, invoice="001",
    ),
]  # fmt: skip


@pytest.fixture
def book() -> tl.Book:
    made = tl.Book.create(
        databases.fresh(), INFO, *UNITS,
        tl.Tariff(item="物业费", basis="per_m2_month", price="2", start="2025-01-01"),
        tl.Term(rate="12%", base=["service_fee"], start="2025-01-01", authority="信托合同"),
    )  # fmt: skip
    made.charge("2025-01")
    made.post(DECIDED)
    return made


def test_every_fen_walks_back_to_the_decision_that_allowed_it(book: tl.Book) -> None:
    assert (
        str(book.trace("支出:0231"))
        == """\
支出 0231 · 2025-03-02 · 3,000.00 · 光明

依据
├─ 预算项目 W1 · 楼道灯
│  └─ 预算草案项目 2025|v1|W1 · 9,000.00 · 楼道灯
│     ├─ 预算版本 2025|v1
│     │  ├─ 预算进程 2025|v1|adopted · 2024-12-22 · 通过
│     │  │  ├─ 预算 2025 · 2025-01-01 · 2025年度预算
│     │  │  └─ 决议 R1 · 2024-12-06 · 通过预算
│     │  │     ├─ 表决结果 R1 · 通过 7/9 人，700/900 m²
│     │  │     ├─ 表决权名册 R1 · 2024-12-06 · 9 户 9 人 900 m²
│     │  │     └─ 计票 R1 · 2024-12-21
│     │  └─ 预算进程 2025|v1|consultation · 2024-12-05 · 征求意见
│     └─ 议题 P1 · 2024-12-02 · 楼道灯坏了
│        └─ 会议 M1 · 2024-12-01 · 议事日
├─ 合同承诺 C1 · 2025-02-03 · 9,000.00 · 光明
│  ├─ 用款申请 Q1 · 2025-02-01 · 9,000.00 · 换灯
│  │  └─ 审批 Q1|老李 · 2025-02-02 · 同意
│  ├─ 付款节点 C1|002 · 2025-04-01 · 3,000.00
│  └─ 付款节点 C1|003 · 2025-05-01 · 3,000.00
├─ 付款节点 C1|001 · 2025-03-01 · 3,000.00
└─ 发票 光明|001 · 2025-03-01 · 3,000.00 · 光明"""
    )


def test_a_proposal_walks_forward_to_what_was_paid_for_it(book: tl.Book) -> None:
    kinds = [(node.kind, node.key) for node in book.trace("proposal:P1").led_to.nodes()]
    assert ("line", "W1") in kinds
    assert ("commitment", "C1") in kinds
    assert ("expenditure", "0231") in kinds


def test_the_walk_goes_both_ways(book: tl.Book) -> None:
    """What rests on something is among what came of it, for every two places of the story."""
    places = {(node.kind, node.key) for node in book.trace("expenditure:0231").nodes()}
    for kind, key in sorted(places):
        here = book.trace(f"{kind}:{key}")
        for step in here.because.steps:
            back = book.trace(f"{step.node.kind}:{step.node.key}")
            if step.node.kind not in ("result", "roll", "term", "tariff", "unit"):
                assert (kind, key) in {(one.kind, one.key) for one in back.led_to.nodes()}


def test_owners_money_walks_to_its_charge_and_its_price(book: tl.Book) -> None:
    book.receive(tl.Receipt(key="RC", on="2025-01-09", unit="1", amount="200"))
    walk = book.trace("receipt:RC")
    found = {(node.kind, node.key) for node in walk.because.nodes()}
    assert ("charge", "2025-01|1") in found
    assert ("tariff", "物业费||2025-01-01") in found
    assert ("term", "2025-01-01") in found
    assert ("receipt", "RC") in {
        (node.kind, node.key) for node in book.trace("应收:2025-01|1").led_to.nodes()
    }


@pytest.mark.parametrize(
    ("figure", "statement", "period"),
    [
        ("expenditure/W1", "income_expenditure", "2025-03"),
        ("remuneration", "income_expenditure", "2025-01"),
        ("income/service_fee", "income_expenditure", "2025-01"),
        ("lines/W1/spent", "budget_execution", "2025"),
        ("lines/W1/committed", "budget_execution", "2025"),
        ("accounts/1002/credit", "trial_balance", "2025-03"),
        ("accounts/1122/debit", "trial_balance", "2025-01"),
        ("charged", "month_grid", "2025-01"),
        ("received", "month_grid", "2025-01"),
        ("refunded", "month_grid", "2025-01"),
        ("charged", "collection", "2025-01"),
        ("received", "collection", "2025-01"),
    ],
)
def test_a_figure_is_the_sum_of_the_entries_it_walks_to(
    book: tl.Book, figure: str, statement: str, period: str
) -> None:
    book.receive(tl.Receipt(key="RC", on="2025-01-09", unit="1", amount="900"))
    book.refund(tl.Refund(key="RF", on="2025-01-10", unit="1", amount="100"))
    walk = book.trace(f"{statement}/{period}/{figure}", width=1000)
    told: Any = book.statement(statement, period).facts
    for name in figure.split("/"):
        told = told[name]
    assert tl.yuan(sum(step.node.amount_fen or 0 for step in walk.because.steps)) == told
    assert tl.yuan(walk.node.amount_fen or 0) == told


def test_what_is_too_much_to_tell_is_counted(book: tl.Book) -> None:
    walk = book.trace("month_grid/2025-01/charged", width=4)
    assert len(walk.because.steps) == 4
    assert walk.because.more == 5
    assert str(walk).endswith("└─ 另有 5 项")
    assert walk.to_dict()["because_more"] == 5


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        ("0231", tl.InvalidInput, "write kind:key, such as expenditure:0231"),
        ("thing:0231", tl.InvalidInput, "write kind:key"),
        ("expenditure:", tl.InvalidInput, "write kind:key"),
        ("expenditure:9999", tl.Unknown, "name a expenditure of this book"),
        ("income_expenditure/2025/what", tl.InvalidInput, "figures are walked from as"),
        ("collection/2025/reopened", tl.InvalidInput, "figures are walked from as"),
    ],
)
def test_what_cannot_be_walked_from(
    book: tl.Book, what: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        book.trace(what)


def test_the_picture_is_whole_and_nothing_overlaps(book: tl.Book) -> None:
    walk = book.trace("expenditure:0231")
    root = ET.fromstring(walk.svg())
    mark = "{http://www.w3.org/2000/svg}"
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    boxes = [
        tuple(float(one.attrib[name]) for name in ("x", "y", "width", "height"))
        for one in root.iter(f"{mark}rect")
        if "x" in one.attrib
    ]
    assert len(boxes) == len(list(walk.because.nodes())) + len(list(walk.led_to.nodes())) - 1
    for at, (x, y, w, h) in enumerate(boxes):
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
        for a, b, c, d in boxes[at + 1 :]:
            assert x + w <= a or a + c <= x or y + h <= b or b + d <= y
    assert walk._repr_html_() == walk.svg()


def test_the_picture_holds_any_text() -> None:
    from trustledger.render.to_svg import to_svg
    from trustledger.walk import Walk

    node = Node("expenditure", "<&>" * 40, title="很长的标题" * 40, amount_fen=10**13)
    walk = Walk(Step(node, (Step(node, more=3),), more=2), Step(node, (Step(node),)))
    ET.fromstring(to_svg(walk))


def test_every_kind_that_stands_has_a_title(book: tl.Book) -> None:
    from trustledger.facts import EVERY

    missing = {record.kind for record in EVERY} - set(TITLES)
    assert missing <= {
        "late_fee_term", "tenure", "reminder_step", "opening", "instalment",
        "count", "factor", "weight", "meter", "reading", "shared_cost",
    }  # fmt: skip


# --------------------------------------------------------------------------- what is still due


def found(book: tl.Book, on: str) -> list[str]:
    return [str(finding) for finding in book.review(on)]


def test_what_is_still_due(book: tl.Book) -> None:
    assert (
        found(book, "2025-02-10")
        == [
            "ceiling: version 2025|v1: plans 15000.00 of fund 'common', 0.00 more than its income "
            "allows (19008.00)"
        ][:0]
    )
    book.post(
        [
            tl.Rule(rule="answer_days", value="7", start="2025-01-01", authority="日照 58"),
            tl.Rule(rule="ratify_days", value="30", start="2025-01-01"),
            tl.Question(key="Z1", on="2025-02-01", unit="1", line="W1", text="为什么换灯"),
            tl.Question(key="Z2", on="2025-02-01", unit="2", text="几时"),
            tl.Answer(question="Z2", on="2025-02-20", by="物业", text="三月"),
            tl.Proposal(key="P2", on="2025-01-02", list="need", title="充电桩"),
            tl.Expenditure(
                voucher="E1", on="2025-02-05", line="-", amount="500", payee="水工",
                emergency="爆管", allowed_by="老李",
            ),
            tl.Project(key="X1", on="2025-02-01", name="换灯", line="W1", due="2025-03-31"),
        ]
    )  # fmt: skip
    assert found(book, "2025-02-08") == [
        "answer: question Z2: was due on 2025-02-08, answered on 2025-02-20",
        "emergency: expenditure E1: the trustee owes the fund 500.00 since 2025-02-05, neither "
        "ratified nor paid back; it was to be ratified by 2025-03-07",
    ]
    late = found(book, "2025-07-01")
    assert late == [
        "answer: question Z1: was due on 2025-02-08 and is not answered",
        "answer: question Z2: was due on 2025-02-08, answered on 2025-02-20",
        "emergency: expenditure E1: the trustee owes the fund 500.00 since 2025-02-05, neither "
        "ratified nor paid back; it was to be ratified by 2025-03-07",
        "expired: commitment C1: ended on 2025-06-30 and still binds 6000.00 of line 'W1'; "
        "release it",
        "proposal: proposal P1: is of 2024-12-02; say what came of it",
        "proposal: proposal P2: is of 2025-01-02; say what came of it",
        "project: project X1: was due on 2025-03-31, and is not finished",
    ]
    book.post(
        [
            tl.Answer(question="Z1", on="2025-02-03", by="物业", text="暗"),
            tl.Repayment(key="RP", on="2025-02-06", voucher="E1", amount="500"),
            tl.Release(key="RL", on="2025-06-30", commitment="C1", amount="6000", reason="期满"),
            tl.Outcome(proposal="P1", on="2025-01-05", outcome="accepted", line="W1"),
            tl.Outcome(proposal="P2", on="2025-01-05", outcome="refused", reason="电力不足"),
            tl.Progress(project="X1", on="2025-03-30", step="finished", percent=100),
        ]
    )
    assert found(book, "2025-07-01") == [
        "answer: question Z2: was due on 2025-02-08, answered on 2025-02-20",
    ]
    assert book.verify() == []


def test_accounts_are_put_up_as_often_as_the_rule_says(book: tl.Book) -> None:
    def told(on: str) -> list[str]:
        return [str(one) for one in book.review(on) if one.check == "accounts"]

    book.post([tl.Rule(rule="收支公示周期", value="3", start="2024-01-01", authority="日照 58")])
    assert told("2025-04-01") == []  # the books opened three months ago
    assert told("2025-04-02") == [
        "accounts: publication: were never put up; every 3 months, so by 2025-04-01"
    ]
    book.post([tl.Publication(key="G1", on="2025-03-31", what="收支", of="2025-03")])
    assert told("2025-06-30") == []
    assert told("2025-07-01") == [
        "accounts: publication: were last put up on 2025-03-31; every 3 months, so by 2025-06-30"
    ]


def test_on_the_command_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'b.db'}"
    made = tl.Book.create(url, INFO, *UNITS)
    made.post(DECIDED)
    made.close()
    run = CliRunner().invoke(app, ["trace", "heyuan", "expenditure:0231", "--db", url])
    assert run.exit_code == 0
    assert run.output.startswith("支出 0231 · 2025-03-02 · 3,000.00 · 光明\n\n依据\n├─ 预算项目 W1")
    told = CliRunner().invoke(
        app, ["trace", "heyuan", "支出:0231", "--db", url, "--format", "json"]
    )
    assert json.loads(told.output)["because"][0]["key"] == "W1"
    out = tmp_path / "walk.svg"
    CliRunner().invoke(
        app, ["trace", "heyuan", "支出:0231", "--db", url, "--format", "svg", "--out", str(out)]
    )
    ET.fromstring(out.read_text("utf-8"))
    due = CliRunner().invoke(app, ["review", "heyuan", "2025-07-01", "--db", url])
    assert due.exit_code == 1
    assert "expired: commitment C1" in due.output
    calm = CliRunner().invoke(app, ["review", "heyuan", "2025-02-10", "--db", url])
    assert (calm.exit_code, calm.output) == (0, "nothing is due or overdue on 2025-02-10\n")


def test_what_follows_one_another_may_be_of_one_day() -> None:
    """A version put to everybody and adopted, works finished and accepted."""
    book = tl.Book.create(databases.fresh(), INFO, *UNITS)
    put_up = tl.Stage(budget="2025", version="v1", stage="consultation", on="2024-12-22")
    book.post([put_up if fact.record_key == put_up.record_key else fact for fact in DECIDED])
    steps = ("accepted", "finished", "progress", "started")
    book.post(
        [
            tl.Project(key="X1", on="2025-02-01", name="换灯", line="W1"),
            *[tl.Progress(project="X1", on="2025-03-30", step=step) for step in steps],
        ]
    )
    assert book.verify() == []
