"""Statements of the open budget: worked examples, every figure reckoned by hand, and refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import open_budget
import pytest
from databases import fresh
from hypothesis import given, settings
from hypothesis import strategies as st
from open_budget import LINES, open_book, voted

import trustledger as tl
from trustledger.budgets import Amendment, Budget, PlanIncome, PlanLine, Stage
from trustledger.grants import Leftover
from trustledger.money import parse_yuan, yuan
from trustledger.records import Record
from trustledger.rules import versioning
from trustledger.spendings import Commitment
from trustledger.statements import COMMUNITY, NAMES, OF_A_BUDGET
from trustledger.votes import Resolution, Tally

HALF = "2025-01..2025-06"


@pytest.fixture(scope="module")
def book(database: str) -> tl.Book:
    """The whole story. Not to be written to."""
    return open_book("sqlite://" if database == "sqlite" else fresh())


def facts(book: tl.Book, name: str, period: str = HALF, **asked: str) -> Mapping[str, Any]:
    report = book.statement(name, period, **asked)  # type: ignore[arg-type]
    assert all(check.holds for check in report.statement.checks)
    return report.facts


def rows(book: tl.Book, name: str, table: str, period: str = HALF, **asked: str) -> list[Any]:
    return list(book.statement(name, period, **asked).table(table).rows)  # type: ignore[arg-type]


def test_every_statement_of_every_month_adds_up(book: tl.Book) -> None:
    for month in range(1, 13):
        for name in (*COMMUNITY, *OF_A_BUDGET, "receipts"):
            assert facts(book, name, f"2025-{month:02d}") is not None
    assert book.verify() == []


# --------------------------------------------------------------------------- execution


def test_execution_says_what_is_approved_bound_spent_and_left(book: tl.Book) -> None:
    told = facts(book, "budget_execution")
    assert (told["budget"], told["version"]) == ("2025", "v1")
    assert told["lines"]["A1"] == {  # 9 x 38.50 x 12, and 200.00 from A2
        "approved": "4358.00", "committed": "0.00", "spent": "2079.00", "available": "2279.00",
    }  # fmt: skip
    assert told["lines"]["L1"] == {  # 6000.00 bound, 200.00 let go, 3000.00 paid
        "approved": "6000.00", "committed": "2800.00", "spent": "3000.00", "available": "200.00",
    }  # fmt: skip
    assert told["approved_total"] == "22922.00"
    assert told["committed_total"] == "3700.00"
    assert told["spent_total"] == "13611.00"
    assert told["available_total"] == "5611.00"
    assert told["months"]["2025-05"] == {"planned": "6996.50", "spent": "3946.50"}


def test_execution_is_as_it_stood_at_the_periods_end(book: tl.Book) -> None:
    told = facts(book, "budget_execution", "2025-02")
    assert told["lines"]["A1"]["approved"] == "4158.00"  # amended in March
    assert told["lines"]["A1"]["spent"] == "693.00"
    assert "N1" not in told["lines"]
    assert told["trustee_owes"] == {}


def test_the_year_is_forecast_from_what_is_spent_bound_and_planned(book: tl.Book) -> None:
    forecast = {row[0]: row[8] for row in rows(book, "budget_execution", "lines")}
    assert forecast["A1"] == 207900 + 6 * 34650  # its plan goes on
    assert forecast["W1"] == 270000  # 900.00 is bound and 900.00 planned: the same money
    assert forecast["L1"] == 580000  # bound, and no month is planned any more
    assert forecast["N1"] == 80000


def test_what_income_allows_now(book: tl.Book) -> None:
    told = facts(book, "budget_execution")
    # 6300.00 of 9504.00 came in, so of the other 9504.00 as much; parking came in whole
    assert told["ceiling"] == {
        "income": "13850.00", "remuneration": "1662.00", "carried": "600.00",
        "ceiling": "12788.00", "planned": "16922.00", "over": "4134.00",
    }  # fmt: skip
    assert list(told["deferred"]) == ["A1", "A2", "B1", "N1"]
    assert told["deferred"]["A2"] == "632.00"  # of priority 6 it waits first, all that is free
    assert told["deferred"]["B1"] == "1123.00"  # of priority 0 last, no more than is missing
    assert told["uncovered"] == "0.00"
    waits = rows(book, "budget_execution", "deferred")
    assert [row[0] for row in waits] == ["A2", "N1", "A1", "B1"]
    assert waits[0][2] == "2025-09 至 2025-11"


def test_exceptions_and_debts_say_who_allowed_them(book: tl.Book) -> None:
    assert rows(book, "budget_execution", "exceptions") == [
        ("2025-05-12", "C2", "设施维修", "例外", "水泵抢修", "王经理", "", 65000),
        ("2025-05-30", "E1", "设施维修", "应急", "主管道爆裂", "王经理", "", 120000),
    ]
    assert rows(book, "budget_execution", "trustee_owes") == [
        ("C2", 0, 45000, 0, 0, 45000),  # 200.00 was left
        ("E1", 0, 120000, 80000, 30000, 10000),
    ]
    assert rows(book, "budget_execution", "trustee_owes", "2025-06")[1][1] == 120000
    told = facts(book, "budget_execution")
    assert told["trustee_owes"] == {"C2": "450.00", "E1": "100.00"}
    assert told["trustee_owes_total"] == "550.00"


def test_standing_lines_show_what_is_bound() -> None:
    line = tl.BudgetLine(line="A1", name="保洁", category="cleaning", amount="1000")
    bound = Commitment(key="C", on="2025-01-05", line="A1", amount="300", payee="甲")
    book = tl.Book.create(fresh(), open_budget.INFO, line)
    book.post([bound, tl.Expenditure(voucher="1", on="2025-01-06", line="A1", amount="50")])
    assert facts(book, "budget_execution", "2025-01")["lines"]["A1"] == {
        "approved": "1000.00", "committed": "300.00", "spent": "50.00", "available": "650.00",
    }  # fmt: skip


def test_a_line_of_both_budgets_is_told_apart() -> None:
    """What it spent while the year's budget was in force is not of budget.csv."""
    line = tl.BudgetLine(line="A1", name="长年保洁", category="cleaning", amount="1000")
    book = open_book(fresh(), [line, *open_budget.TOLD])
    book.post([tl.Expenditure(voucher="26", on="2026-01-06", line="A1", amount="100")])
    told = facts(book, "budget_execution", "2026-01")
    assert told["lines"] == {"A1": {
        "approved": "1000.00", "committed": "0.00", "spent": "100.00", "available": "900.00",
    }}  # fmt: skip
    assert "budget" not in told
    assert facts(book, "budget_execution", "2025-12")["lines"]["A1"]["spent"] == "2079.00"
    paid = rows(book, "income_expenditure", "expenditure", "2026-01")
    assert [row[:3] for row in paid] == [("A1", "长年保洁", 10000)]


def test_a_period_that_ends_in_another_budget_still_names_its_lines() -> None:
    book = open_book(fresh())
    assert facts(book, "income_expenditure", "2025-12..2026-01")["expenditure"] == {}
    paid = rows(book, "income_expenditure", "expenditure", "2025-06..2026-01")
    assert (*paid[-1][:3], *paid[-1][4:6]) == ("W1", "楼道灯改造", 90000, None, None)


# --------------------------------------------------------------------------- the budget itself


def test_the_budget_as_owners_read_it(book: tl.Book) -> None:
    told = facts(book, "open_budget")
    assert told["digest"] == open_budget.V1
    assert (told["stage"], told["resolution"], told["in_force_from"]) == (
        "adopted", "R1", "2025-01-01",
    )  # fmt: skip
    assert told["lines"]["A2"] == "1664.00"
    assert told["income"]["common"] == {"parking": "1200.00", "service_fee": "19008.00"}
    assert told["funds"]["lift"] == {"works": "6000.00"}
    assert (told["planned_total"], told["amended_total"], told["approved_total"]) == (
        "22322.00", "600.00", "22922.00",
    )  # fmt: skip
    assert told["ceiling"]["remuneration"] == "2424.96"
    assert rows(book, "open_budget", "lines_common")[2][3:] == (
        "260 × 1.6 × 4", "3、6、9、11月", 166400,
    )  # fmt: skip


def second_version(on: str = "2025-07-02") -> list[Record]:
    """A version that cleans more and plants half as much, voted on and adopted in July."""
    changed = {
        "A1": {"amount_fen": 500000, "basis": "重新比价"},
        "A2": {"amount_fen": 83200, "quantity": "130"},
    }
    lines = []
    for line in LINES:
        told = json.loads(line.content()) | {"version": "v2"} | changed.get(line.line, {})
        if line.line == "A1":
            told = {name: told[name] for name in told if name not in ("quantity", "price", "times")}
        lines.append(PlanLine.load(json.dumps(told)))
    lines.append(
        PlanLine(budget="2025", version="v2", line="N1", name="垃圾分类亭", category="works",
                 amount="900")
    )  # fmt: skip
    incomes = [
        PlanIncome.load(row.model_copy(update={"version": "v2"}).content())
        for row in open_budget.INCOMES
    ]
    digest = versioning.version_digest(open_budget.BUDGET, "v2", lines, incomes)
    adopts = {"budget": "2025", "version": "v2", "digest": digest}
    return [
        *lines, *incomes,
        Stage(budget="2025", version="v2", stage="consultation", on="2025-07-01"),
        *voted("R5", on, "调整年度预算", *["赞成"] * 8, **adopts),
        Stage(budget="2025", version="v2", stage="adopted", on="2025-07-05", resolution="R5",
              digest=digest),
    ]  # fmt: skip


def test_a_later_version_is_compared_field_by_field() -> None:
    book = open_book(fresh())
    book.post(second_version())
    told = facts(book, "amendments", "2025-07")
    assert (told["version"], told["before"]) == ("v2", "v1")
    assert told["difference"] == {"A1": "842.00", "A2": "-832.00", "N1": "900.00"}
    assert told["amended_total"] == "0.00"  # the new version states whole-year amounts
    assert rows(book, "amendments", "difference", "2025-07")[0][:3] == (
        "A1", "修改",
        "金额 4,158.00 → 5,000.00；数量 9 → 无；单价 38.5 → 无；次数 12 → 无；"
        "测算依据 上年合同单价 → 重新比价",
    )  # fmt: skip
    assert facts(book, "open_budget", "2025-07")["version"] == "v2"
    assert facts(book, "open_budget", "2025-06")["version"] == "v1"
    old = facts(book, "open_budget", "2025-07", version="v1")
    assert (old["version"], old["stage"], old["approved_total"]) == ("v1", "adopted", "0.00")
    halved = facts(book, "budget_execution", "2025-07")["lines"]["A2"]
    assert (halved["approved"], halved["available"]) == ("832.00", "0.00")
    assert "amendments" in book.pack("2025-07")


def test_amendments_add_up_line_by_line(book: tl.Book) -> None:
    told = facts(book, "amendments")
    assert told["lines"]["A2"] == {
        "adopted": "1664.00", "amended": "-200.00", "approved": "1464.00",
    }  # fmt: skip
    assert told["lines"]["N1"] == {"adopted": "0.00", "amended": "900.00", "approved": "900.00"}
    assert (told["adopted_total"], told["amended_total"], told["carried"]) == (
        "22322.00", "600.00", "600.00",
    )  # fmt: skip
    assert list(told["amendments"]) == ["T0", "T1", "T2", "T3"]
    assert told["amendments"]["T2"]["resolution"] == "R2"
    assert rows(book, "amendments", "amendments")[2][3:5] == (
        "N1 垃圾分类亭", "R2 调整绿化与保洁预算",
    )  # fmt: skip


def test_a_draft_is_shown_before_anybody_votes() -> None:
    budget = Budget(budget="2026", name="明年", start="2026-01-01", to="2026-12-31")
    line = PlanLine(budget="2026", version="d1", line="A1", name="保洁", category="cleaning",
                    amount="900")  # fmt: skip
    book = tl.Book.create(fresh(), open_budget.INFO, budget, line)
    told = facts(book, "open_budget", "2026")
    assert (told["version"], told["stage"], told["approved_total"]) == ("d1", "draft", "0.00")
    assert told["ceiling"]["over"] == "900.00"
    assert book.pack("2026") == COMMUNITY
    book.post([line.model_copy(update={"version": "d2"})])
    with pytest.raises(tl.Unknown) as refused:
        book.statement("open_budget", "2026")
    assert str(refused.value) == (
        "version '2026|' is not defined; the versions of budget '2026' are d1, d2"
    )
    assert facts(book, "open_budget", "2026", version="d2")["version"] == "d2"


def test_no_budget_no_statement_of_one() -> None:
    book = tl.Book.create(fresh(), open_budget.INFO)
    for name in ("open_budget", "amendments", "final_accounts"):
        with pytest.raises(tl.Unknown) as refused:
            book.statement(name, "2025-03")
        assert str(refused.value) == (
            "budget '2025-03' is not defined; enter one that shares a day with it in budgets.csv"
        )
    for name in ("restricted_funds", "projects"):
        assert book.statement(name, "2025-03").render("json")


# --------------------------------------------------------------------------- votes


def test_a_vote_counted_by_units_area_and_heads(book: tl.Book) -> None:
    told = facts(book, "resolution", of="R1")
    assert told["standing"] == "in_force" and told["carried"] == "yes"
    assert told["version_digest"] == open_budget.V1
    assert told["roll"]["area"] == "801.5"  # one unit's area was corrected by an elector
    assert told["count"]["agree"] == {"units": 5, "area": "487.85", "heads": 5}
    assert told["count"]["silent"] == {"units": 1, "area": "66.4", "heads": 1}
    assert told["conditions"]["agrees_area"] == {
        "have": "487.85", "of": "659.1", "rate": "0.7402", "threshold": ">1/2", "passed": "yes",
    }  # fmt: skip
    pdf = book.statement("resolution", HALF, of="R1").render("text").decode()
    assert "业主1" not in pdf and "计票人甲" not in pdf


def test_a_vote_is_worth_what_it_is_on_the_day(book: tl.Book) -> None:
    assert facts(book, "resolution", of="R4")["standing"] == "rejected"
    assert facts(book, "resolution", of="R4")["conditions"]["agrees_heads"]["passed"] == "no"
    assert facts(book, "resolution", "2025-05", of="R2")["standing"] == "in_force"
    assert facts(book, "resolution", "2025-06", of="R2")["standing"] == "revoked"


def test_a_vote_before_it_is_counted_and_by_minutes() -> None:
    book = open_book(fresh(), open_budget.DECIDED)
    book.post([Resolution(key="M", on="2025-03-01", until="2025-04-10", title="事项",
                          decision="ordinary")])  # fmt: skip
    assert "count" not in facts(book, "resolution", "2025-03", of="M")
    assert facts(book, "resolution", "2025-03", of="M")["standing"] == "proposed"
    book.post([Tally(resolution="M", on="2025-04-11", counted_by="a", supervised_by="b",
                     how="minutes", taking_part_area="700", taking_part_heads="8",
                     agree_area="500", agree_heads="6", against_area="200", against_heads="2",
                     abstain_area="0", abstain_heads="0")])  # fmt: skip
    told = facts(book, "resolution", "2025-04", of="M")
    assert (told["standing"], told["how"], told["ballots"]) == ("in_force", "minutes", "")
    assert told["count"]["agree"] == {"area": "500", "heads": 6}
    assert told["count"]["invalid"] == {}
    assert "count" not in facts(book, "resolution", "2025-03", of="M")  # as it stood then


@pytest.mark.parametrize(
    ("of", "period", "said"),
    [
        (None, HALF, "a report on a resolution needs --of, the resolution's key"),
        ("R9", HALF, "resolution 'R9' is not defined; put it to the vote in resolutions.csv first"),
        ("R2", "2025-02", "resolution 'R2' is put to the vote on 2025-03-10, after 2025-02-28; "
                          "ask for a later period"),
    ],
)  # fmt: skip
def test_what_no_report_is_made_of(book: tl.Book, of: str | None, period: str, said: str) -> None:
    with pytest.raises(tl.TrustLedgerError) as refused:
        book.statement("resolution", period, of=of)
    assert said in str(refused.value)


# --------------------------------------------------------------------------- funds and projects


def test_a_report_to_the_givers(book: tl.Book) -> None:
    assert facts(book, "restricted_funds")["funds"]["lift"] == {
        "opening": "0.00", "received": "8500.00", "spent": "3000.00", "leftover": "0.00",
        "due_from": "0.00", "due_to": "500.00", "closing": "5500.00",
        "sources": {"subsidy": {"街道办": "1500.00"}, "donation": {"爱心企业甲": "7000.00"}},
        "lines": {"L1": "3000.00"},
    }  # fmt: skip


def test_what_is_left_goes_over_and_everything_still_adds_up() -> None:
    book = open_book(fresh())
    book.post([
        *voted("R6", "2025-07-01", "电梯资金结余转入共有基金", *["赞成"] * 8),
        Leftover(key="Y1", on="2025-07-02", fund="lift", move="carried", to_fund="common",
                 amount="1000", resolution="R6"),
        Leftover(key="Y2", on="2025-07-02", fund="lift", move="returned", amount="200",
                 payee="爱心企业甲", resolution="R6"),
    ])  # fmt: skip
    lift = facts(book, "restricted_funds", "2025-07")["funds"]["lift"]
    assert (lift["leftover"], lift["closing"]) == ("-1200.00", "4300.00")
    for name in ("income_expenditure", "final_accounts", "budget_execution"):
        assert facts(book, name, "2025-07")
    assert rows(book, "restricted_funds", "purposes") == [
        ("电梯更新专项资金", "更新三部电梯", "公区建设")
    ]


def test_a_gift_that_is_reversed_was_not_given() -> None:
    book = open_book(fresh())
    book.reverse(
        tl.Reversal(key="X", on="2025-07-01", of_kind="income", of_key="D2", reason="退回")
    )
    assert facts(book, "restricted_funds", "2025-07")["funds"]["lift"]["received"] == "-2000.00"
    whole = facts(book, "restricted_funds", "2025-01..2025-07")["funds"]["lift"]
    assert whole["sources"]["donation"] == {"爱心企业甲": "5000.00"}


def test_projects_and_what_owners_say_of_them(book: tl.Book) -> None:
    told = facts(book, "projects")
    assert told["projects"]["X1"] == {
        "line": "W1", "contract": "2700.00", "paid": "1800.00", "percent": 100,
        "step": "accepted", "finished": "2025-06-08", "accepted": "2025-06-12", "days_late": 8,
        "rating": "4.3", "ratings": 6,  # 26 / 6 = 4.33
    }  # fmt: skip
    assert told["projects"]["X2"]["contract"] == "5800.00"  # 200.00 was let go
    assert told["projects"]["X2"]["days_late"] == 20  # not finished, due on 10 June
    assert told["surveys"]["2025上半年"]["rate"] == "0.8333"  # 5 of 6
    assert told["collection_rate"] == facts(book, "collection")["rate"]
    assert told["proposals"]["problem"]["done"] == 1  # the other was accepted the year before
    assert told["proposals"]["need"]["open"] == 1


def test_projects_are_as_they_stood(book: tl.Book) -> None:
    may = facts(book, "projects", "2025-05")["projects"]["X1"]
    assert (may["percent"], may["step"], may["paid"], may["days_late"]) == (
        80, "progress", "900.00", 0,
    )  # fmt: skip
    assert "X1" not in facts(book, "projects", "2025-07")["projects"]  # accepted before


def test_a_payment_undone_later_stands_until_then() -> None:
    book = open_book(fresh())
    book.reverse(
        tl.Reversal(key="X", on="2025-07-03", of_kind="expenditure", of_key="L1", reason="错付")
    )
    assert facts(book, "projects", "2025-06")["projects"]["X2"]["paid"] == "3000.00"
    assert facts(book, "projects", "2025-07")["projects"]["X2"]["paid"] == "0.00"


# --------------------------------------------------------------------------- looking back


def test_final_accounts(book: tl.Book) -> None:
    told = facts(book, "final_accounts", "2025")
    assert told["through"] == "2025-12-31"
    assert told["lines"]["C1"] == {
        "planned": "3000.00", "amended": "-300.00", "approved": "2700.00", "actual": "2700.00",
        "variance": "0.00", "note": "水泵抢修超出部分由受托人垫付",
    }  # fmt: skip
    assert told["funds"]["common"] == {
        "income_planned": "20208.00", "income": "6950.00", "remuneration": "834.00",
        "spending": "10611.00", "result_planned": "861.04", "result": "-4495.00",
    }  # fmt: skip
    assert told["carried"] == "600.00"
    assert told["collection_rate"] == facts(book, "collection", "2025")["rate"]
    assert told["satisfaction"] == "0.8333"


def test_a_budget_that_is_closed_says_so() -> None:
    book = open_book(fresh())
    book.post([Stage(budget="2025", version="v1", stage="closed", on="2026-01-20")])
    assert (
        "已决算（2026-01-20）" in book.statement("final_accounts", "2025").render("text").decode()
    )


# --------------------------------------------------------------------------- the pack


def test_the_pack_has_what_a_budget_brings(book: tl.Book) -> None:
    assert book.pack("2025-06") == (
        *COMMUNITY, "open_budget", "amendments", "restricted_funds", "projects",
    )  # fmt: skip
    assert book.pack("2025-12")[-1] == "final_accounts"
    assert book.pack("2026-01") == COMMUNITY
    assert set(NAMES) == {
        *COMMUNITY, *OF_A_BUDGET, "owner", "owing", "receipts", "reminders", "resolution",
    }  # fmt: skip


# --------------------------------------------------------------------------- laws

MOVES = st.lists(
    st.tuples(
        st.sampled_from(("spend", "bind", "transfer")),
        st.sampled_from(("A1", "A2", "B1")),
        st.integers(1, 12),
        st.integers(1, 99_999),
    ),
    max_size=12,
)


@given(MOVES, st.integers(1, 12))
@settings(max_examples=25, deadline=None)
def test_what_the_statement_leaves_is_what_the_books_let_be_spent(
    moves: list[tuple[str, str, int, int]], month: int
) -> None:
    """Held against a sum by hand, for any month; at the year's end a fen more is refused."""
    book = open_book(fresh(), open_budget.DECIDED)
    taken = []
    for number, (what, line, when, fen) in enumerate(moves):
        try:
            book.post([moved(what, line, f"2025-{when:02d}-15", fen, f"K{number}")])
        except tl.OverBudget:
            continue
        taken.append((what, line, when, fen))
    told = facts(book, "budget_execution", f"2025-{month:02d}")["lines"]
    until = [one for one in taken if one[2] <= month]
    for line, planned in (("A1", 415800), ("A2", 166400), ("B1", 480000)):
        mine = [(what, fen) for what, of, _, fen in until if of == line]
        gone = sum(fen for what, fen in mine if what == "transfer")
        came = sum(f for what, of, _, f in until if what == "transfer" and OTHER[of] == line)
        assert told[line] == {
            "approved": yuan(planned - gone + came),
            "committed": yuan(sum(fen for what, fen in mine if what == "bind")),
            "spent": yuan(sum(fen for what, fen in mine if what == "spend")),
            "available": yuan(planned + came - sum(fen for _, fen in mine)),
        }
    left = facts(book, "budget_execution", "2025-12")["lines"]["B1"]["available"]
    more = yuan(parse_yuan(left) + 1)
    with pytest.raises(tl.OverBudget):
        book.spend(tl.Expenditure(voucher="X", on="2025-12-31", line="B1", amount=more))
    if left != "0.00":
        book.spend(tl.Expenditure(voucher="X", on="2025-12-31", line="B1", amount=left))
    assert facts(book, "final_accounts", "2025") and facts(book, "amendments", "2025")


OTHER = {"A1": "A2", "A2": "B1", "B1": "A1"}


def moved(what: str, line: str, on: str, fen: int, key: str) -> Record:
    if what == "spend":
        return tl.Expenditure(voucher=key, on=on, line=line, amount=yuan(fen))
    if what == "bind":
        return Commitment(key=key, on=on, line=line, amount=yuan(fen), payee="甲")
    return Amendment(key=key, on=on, budget="2025", move="transfer", line=line,
                     to_line=OTHER[line], amount=yuan(fen), reason="调剂")  # fmt: skip
