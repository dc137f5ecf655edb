"""What every fact of the open budget does, through the one door, in small whole stories.

Each refusal is read whole, and has changed nothing; every story verifies at its end.
"""

from __future__ import annotations

import pytest
from databases import fresh
from openbudget import (
    DECISIONS,
    FACTS,
    INFO,
    NEXT,
    SECRET,
    UNITS,
    YEAR,
    adopted,
    adoption,
    community,
    digest,
    left,
    line,
    refused,
    spend,
    votes,
)

import trustledger as tl


def posts(book: tl.Book, *facts: tl.Record) -> None:
    """All of it is new, and the book verifies."""
    assert all(one.new for one in book.post(facts))
    assert book.verify() == []


def booked(book: tl.Book, kind: str, key: str) -> list[tuple[str, str, int, str]]:
    """Account, fund, debit less credit, and line of an entry's postings."""
    entry = book.entry(kind, key)
    assert entry is not None
    return [(p.account, p.fund, p.debit_fen - p.credit_fen, p.line) for p in entry.postings]


# --------------------------------------------------------------------------- settling a budget


def test_from_a_draft_to_what_may_be_spent() -> None:
    book = community()
    lines = [line("A", "1000"), line("B", "500", months="3,6")]
    income = tl.PlanIncome(
        budget="2025", version="v1", category="service_fee", receivable="2000", rate="90%"
    )
    told = digest([*lines, income])
    refused(
        book, tl.NoBudgetLine,
        "voucher 'V1' names budget line 'A', which no version of budget '2025' allows on "
        "2025-01-05; no budget line, no spending: have the line adopted first",
        spend("V1", "2025-01-05", "A", "1"),
    )  # fmt: skip
    posts(book, *lines, income)
    posts(book, tl.Stage(budget="2025", version="v1", stage="consultation", on="2024-12-01"))
    refused(
        book, tl.Refused,
        "version '2025|v1' is consultation since 2024-12-01 and fixed; "
        "put the change into a new version",
        line("C", "1"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        f"version '2025|v1' has the digest {told}, and resolution 'R' is on {'0' * 64}; "
        "put to the vote what stands",
        *votes("R", "2024-12-02", budget="2025", version="v1", digest="0" * 64),
    )  # fmt: skip
    adopts = tl.Stage(
        budget="2025", version="v1", stage="adopted", on="2024-12-10", resolution="R", digest=told
    )
    refused(
        book, tl.Unknown,
        "resolution 'R' is not defined; put it to the vote in resolutions.csv first", adopts,
    )  # fmt: skip
    vote = votes("R", "2024-12-02", budget="2025", version="v1", digest=told)
    posts(book, *vote[:-1])
    refused(
        book, tl.NotCarried,
        "resolution 'R' is not in force on 2024-12-10: its votes are not counted; "
        "post its tally first",
        adopts,
    )  # fmt: skip
    posts(book, vote[-1])
    posts(book, adopts)
    assert left(book, "A", "2025-01-05") == "1000.00"
    posts(book, spend("V1", "2025-01-05", "A", "600"))
    assert left(book, "A", "2025-01-05") == "400.00"
    refused(
        book, tl.OverBudget,
        "voucher 'V2' spends 400.01 on line 'A', which has 400.00 left on 2025-02-01; spend at "
        "most that, amend the budget, or name the resolution that allows more",
        spend("V2", "2025-02-01", "A", "400.01"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "voucher 'V2' names budget line 'C', which budget '2025' does not have on 2025-02-01; no "
        "budget line, no spending: have it adopted, or amend the budget",
        spend("V2", "2025-02-01", "C", "1"),
    )  # fmt: skip
    posts(book, spend("V2", "2025-02-01", "A", "400"))
    assert left(book, "A", "2025-02-01") == "0.00"


def test_a_resolution_that_did_not_carry_adopts_nothing() -> None:
    lines = [line("A", "1000")]
    story = adoption(lines)
    said = ["agree"] * 4 + ["against"] * 5
    lost = votes("R-2025-v1", "2024-12-01", said, budget="2025", version="v1",
                 digest=digest(lines))  # fmt: skip
    book = community(*story[:2], *lost)
    refused(
        book, tl.NotCarried,
        "resolution 'R-2025-v1' is not in force on 2024-12-08: it did not carry, agrees area: "
        "400 m² of 900 m² does not reach >1/2; agrees heads: 4 of 9 does not reach >1/2",
        story[-1],
    )  # fmt: skip
    posts(book, tl.Stage(budget="2025", version="v1", stage="withdrawn", on="2024-12-09"))
    refused(
        book, tl.Refused,
        "version '2025|v1' is withdrawn, and only one that is adopted becomes closed",
        tl.Stage(budget="2025", version="v1", stage="closed", on="2024-12-10"),
    )  # fmt: skip


def test_rows_that_no_draft_takes() -> None:
    book = adopted(line("A", "100"))
    refused(
        book, tl.Unknown, "fund 'lake' is not defined; the funds are common, garden",
        line("C", "1", version="v2", fund="lake"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "budget '2031' is not there; enter it, with its first and last day, before its rows",
        line("C", "1", version="v2", budget="2031"),
    )  # fmt: skip
    refused(
        book, tl.WrongFund,
        "line 'A' is paid from fund 'common' in this budget, and now from 'garden'; give what "
        "another fund pays for a line of its own",
        line("A", "1", version="v2", fund="garden"),
    )  # fmt: skip
    refused(
        book, tl.Overlap,
        "budget '2025' is until 2025-12-31, and '2025b' from 2025-07-01; end the one before the "
        "other begins",
        tl.Budget(budget="2025b", name="下半年", start="2025-07-01", to="2026-06-30"),
    )  # fmt: skip
    half = tl.Budget(budget="H", name="半年", start="2026-01-01", to="2026-06-30")
    posts(book, half)
    refused(
        book, tl.Refused,
        "'C' is planned in month 7, and budget 'H' is from 2026-01-01 to 2026-06-30; name months "
        "inside it, or leave them empty",
        line("C", "1", budget="H", months="7"),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "line 'Z' is not defined; name a line of budget '2025'",
        tl.VarianceNote(budget="2025", line="Z", on="2025-12-31", text="没有"),
    )  # fmt: skip
    posts(book, tl.VarianceNote(budget="2025", line="A", on="2025-12-31", text="省下了"))


def test_stages_that_do_not_follow() -> None:
    lines = [line("A", "100")]
    story = adoption(lines)
    book = community(*lines)
    refused(
        book, tl.Refused, "version '2025|v9' has no lines; enter them before it is consultation",
        tl.Stage(budget="2025", version="v9", stage="consultation", on="2024-12-01"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "budget '2031' is not there; enter it, with its first and last day, before its rows",
        tl.Stage(budget="2031", version="v9", stage="consultation", on="2024-12-01"),
    )  # fmt: skip
    posts(book, *story[2:-1])
    adopts = story[-1]
    assert isinstance(adopts, tl.Stage)
    refused(
        book, tl.Refused,
        "version '2025|v1' is draft, and only one that is consultation becomes adopted", adopts,
    )  # fmt: skip
    posts(book, story[1])
    refused(
        book, tl.Refused,
        f"version '2025|v1' has the digest {adopts.digest}, and {'f' * 64} was adopted; what "
        "owners saw is not what stands: compare the two",
        adopts.model_copy(update={"digest": "f" * 64}),
    )  # fmt: skip
    other = votes("R9", "2024-12-01")
    posts(book, *other)
    refused(
        book, tl.Refused,
        f"resolution 'R9' is on '' with the digest , and not on version '2025|v1' with the digest "
        f"{adopts.digest}; name the one that adopted it",
        adopts.model_copy(update={"resolution": "R9"}),
    )  # fmt: skip
    posts(book, adopts)
    refused(
        book, tl.Refused,
        "version '2025|v1' is adopted, and only one that is draft or consultation becomes "
        "withdrawn",
        tl.Stage(budget="2025", version="v1", stage="withdrawn", on="2024-12-30"),
    )  # fmt: skip


def test_a_ceiling_that_bars() -> None:
    rule = tl.Rule(rule="ceiling", value="stop", start="2024-01-01")
    income = tl.PlanIncome(budget="2025", version="v1", category="parking", receivable="1000")
    term = tl.Term(rate="12%", base=["parking"], start="2025-01-01")
    story = adoption([line("A", "880.01"), income])
    book = community(rule, term, *story[:-1])
    refused(
        book, tl.OverCeiling,
        "version '2025|v1' plans 880.01 of fund 'common', and its income of 1000.00, less "
        "remuneration of 120.00, with 0.00 carried over, allows 880.00; plan 0.01 less",
        story[-1],
    )  # fmt: skip
    enough = [line("A", "880", version="v2"), income.model_copy(update={"version": "v2"})]
    posts(book, *adoption(enough))


def test_a_later_version_covers_what_is_spent_and_bound() -> None:
    book = adopted(line("A", "1000"), line("B", "300"))
    posts(
        book, spend("V1", "2025-02-01", "A", "300"), spend("V2", "2025-03-01", "B", "300"),
        tl.Commitment(key="C1", on="2025-02-01", line="A", amount="400", payee="光明"),
    )  # fmt: skip
    short = adoption([line("A", "699.99", version="v2"), line("B", "300", version="v2")],
                     on="2025-04-01")  # fmt: skip
    posts(book, *short[:-1])
    refused(
        book, tl.OverBudget,
        "version '2025|v2' would leave line 'A' 0.01 short of what is spent and committed of it "
        "from 2025-04-08 on; plan more, or release what is bound",
        short[-1],
    )  # fmt: skip
    dropped = adoption([line("A", "800", version="v3")], on="2025-04-01")
    posts(book, *dropped[:-1])
    refused(
        book, tl.OverBudget,
        "version '2025|v3' would leave line 'B' 300.00 short of what is spent and committed of it "
        "from 2025-04-08 on; plan more, or release what is bound",
        dropped[-1],
    )  # fmt: skip
    posts(book, tl.Release(key="L1", on="2025-04-02", commitment="C1", amount="0.01"))
    posts(book, short[-1])
    assert left(book, "A", "2025-04-08") == "0.00"


def test_a_version_that_reaches_back_keeps_the_lines_that_were_amended() -> None:
    book = adopted(line("A", "1000"), line("B", "300"), more=votes("R1", "2025-01-02"))
    posts(
        book,
        tl.Amendment(
            key="M1", on="2025-03-01", budget="2025", move="supplement", line="B", amount="5",
            resolution="R1", reason="涨价",
        ),
    )  # fmt: skip
    story = adoption([line("A", "1000", version="v2")], on="2025-04-01", start="2025-02-01")
    posts(book, *story[:-1])
    refused(
        book,
        tl.Refused,
        "version '2025|v2' is in force from 2025-02-01 and has no line 'B', which amendment 'M1' "
        "of 2025-03-01 changes; keep the line, or let the version begin later",
        story[-1],
    )


def test_a_first_version_covers_what_budget_csv_let_be_spent() -> None:
    standing = tl.BudgetLine(line="A", name="保洁", category="cleaning", amount="1000")
    book = community(standing, spend("V1", "2025-01-05", "A", "80"))
    story = adoption([line("A", "50")], on="2025-02-01")
    posts(book, *story[:-1])
    refused(
        book, tl.OverBudget,
        "version '2025|v1' would leave line 'A' 30.00 short of what is spent and committed of it "
        "from 2025-02-08 on; plan more, or release what is bound",
        story[-1],
    )  # fmt: skip
    posts(book, *adoption([line("A", "100", version="v2")], on="2025-02-01"))
    assert left(book, "A", "2025-02-08") == "20.00"
    assert left(book, "A", "2025-01-06") == "20.00"  # budget.csv has 920.00, the year has not
    posts(book, spend("V2", "2025-01-06", "A", "20"))
    assert left(book, "A", "2025-12-31") == "0.00"


def test_a_budget_that_is_closed_takes_nothing_and_what_is_open_of_it_ends() -> None:
    book = adopted(line("A", "1000"), more=[
        NEXT, tl.Rule(rule="control", value="warn", start="2025-01-01")
    ])  # fmt: skip
    posts(book, *adoption([line("A", "100", budget="2026")], NEXT, on="2025-12-01"))
    posts(
        book,
        tl.Commitment(key="C1", on="2025-11-01", line="A", amount="400", payee="光明"),
        tl.Commitment(key="C2", on="2025-11-01", line="A", amount="100", payee="洁美"),
        spend("V1", "2025-12-01", "A", "501", exception="急", allowed_by="老李"),
        tl.Stage(budget="2025", version="v1", stage="closed", on="2026-01-15"),
    )
    closed = (
        "budget '2025' was closed with its final accounts on 2026-01-15, and 2025-12-31 lies in "
        "it; date it in a budget that is open"
    )
    refused(book, tl.Refused, closed, spend("V2", "2025-12-31", "A", "1"))
    refused(book, tl.Refused, closed, spend("V2", "2025-12-31", "A", "1", commitment="C1"))
    refused(
        book, tl.Refused, closed,
        spend("V2", "2025-12-31", "-", "1", emergency="爆管", allowed_by="老李"),
    )  # fmt: skip
    refused(
        book, tl.Refused, closed,
        tl.Release(key="L1", on="2025-12-31", commitment="C1", amount="1"),
    )  # fmt: skip
    refused(
        book, tl.Refused, closed,
        tl.SpendingRequest(key="Q1", on="2025-12-31", line="A", amount="1", maker="小王"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "budget '2025' was closed with its final accounts on 2026-01-15; put the change into the "
        "next budget",
        line("B", "1", version="v2"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "budget '2025' was closed with its final accounts on 2026-01-15; put the change into the "
        "next budget",
        tl.Amendment(key="M1", on="2025-12-31", budget="2025", move="supplement", line="A",
                     amount="1", reason="漏报"),
    )  # fmt: skip
    # what it left open is paid, let go and paid back in the year after
    posts(book, spend("V2", "2026-02-01", "A", "300", commitment="C1"))
    posts(book, tl.Release(key="L1", on="2026-02-02", commitment="C1", amount="100"))
    posts(book, spend("V3", "2026-02-03", "A", "100", payee="洁美", commitment="C2"))
    posts(book, tl.Repayment(key="P1", on="2026-02-01", voucher="V1", amount="1"))
    assert left(book, "A", "2026-12-31") == "100.00"  # of 2026 nothing was used, or came back


# --------------------------------------------------------------------------- amendments


def test_what_changes_an_adopted_budget() -> None:
    lines = [line("A", "1000"), line("B", "500"), line("G", "90", fund="garden")]
    more = [*votes("R1", "2025-01-02", amount="300"), *votes("R2", "2025-01-02", line="B")]
    book = adopted(*lines, more=more)

    def amendment(key: str, move: str, amount: str, **told: object) -> tl.Amendment:
        place = {"on": "2025-03-01", "budget": "2025", "reason": "需要"} | told
        return tl.Amendment(key=key, move=move, amount=amount, **place)  # type: ignore[arg-type]

    refused(
        book, tl.Refused,
        "amendment 'M1' is a transfer of 100.00 and names no resolution; "
        "name the one that allows it",
        amendment("M1", "transfer", "100", line="A", to_line="B"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "resolution 'R1' allows 300.00, of which 0.00 is used; 300.00 is left",
        amendment("M1", "supplement", "300.01", line="A", resolution="R1"),
    )  # fmt: skip
    posts(book, amendment("M1", "transfer", "100", line="A", to_line="B", resolution="R1"))
    assert (left(book, "A", "2025-03-01"), left(book, "B", "2025-03-01")) == ("900.00", "600.00")
    assert left(book, "A", "2025-02-28") == "900.00"  # what is taken later cannot be spent before
    assert left(book, "B", "2025-02-28") == "500.00"
    refused(
        book, tl.Refused, "resolution 'R1' allows 300.00, of which 100.00 is used; 200.00 is left",
        amendment("M2", "supplement", "200.01", line="A", resolution="R1"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "resolution 'R2' is for line 'B', and not for 'A'; name one that is",
        amendment("M2", "reduction", "1", line="A", resolution="R2"),
    )  # fmt: skip
    posts(book, amendment("M2", "transfer", "100", line="A", to_line="B", resolution="R2"))
    posts(book, amendment("M3", "reduction", "50", line="B", resolution="R2"))
    posts(book, amendment("M4", "supplement", "70", line="N", name="新项", category="works",
                          resolution="R1"))  # fmt: skip
    assert left(book, "B", "2025-03-01") == "650.00"
    assert left(book, "N", "2025-03-01") == "70.00"
    refused(
        book, tl.Refused,
        "amendment 'M5' opens line 'N', which is there already; leave name, category and fund "
        "empty, or give the line a code of its own",
        amendment("M5", "supplement", "1", line="N", name="又一", category="works"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "amendment 'M5' names line 'X', which budget '2025' does not have on 2025-03-01; a "
        "supplement with a name and a category opens one",
        amendment("M5", "transfer", "1", line="A", to_line="X"),
    )  # fmt: skip
    refused(
        book, tl.WrongFund,
        "amendment 'M5' moves money of fund 'common' to line 'G', which is of 'garden'; each fund "
        "is for its own",
        amendment("M5", "transfer", "1", line="A", to_line="G"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "amendment 'M5' is of 2025-01-01, the day version '2025|v1' comes into force with what it "
        "says; date it later, or put it into a version",
        amendment("M5", "reduction", "1", line="A", on="2025-01-01"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "amendment 'M5' is of 2024-12-31, when no version of budget '2025' is in force; put it "
        "into a version",
        amendment("M5", "reduction", "1", line="A", on="2024-12-31"),
    )  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "budget '2031' is not there; enter it, with its first and last day, before its rows",
        amendment("M5", "reduction", "1", line="A", budget="2031"),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "budget '2024' is not defined; name the budget that it is carried from",
        amendment("M5", "carry_surplus", "1", from_budget="2024"),
    )  # fmt: skip
    posts(book, spend("V1", "2025-06-01", "A", "800"))
    refused(
        book, tl.OverBudget,
        "amendment 'M5' takes 1.00 from line 'A', which has 0.00 neither spent nor committed from "
        "2025-03-01 on; take at most that",
        amendment("M5", "reduction", "1", line="A", resolution="R1"),
    )  # fmt: skip


def test_a_surplus_is_carried_and_a_deficit_by_a_resolution() -> None:
    book = community(NEXT, *adoption([line("A", "100")]))
    carry = {"on": "2026-01-10", "budget": "2026", "from_budget": "2025", "reason": "决算"}
    refused(
        book, tl.Refused,
        "amendment 'M2' is a carry_deficit of 30.00 and names no resolution; "
        "name the one that allows it",
        tl.Amendment(key="M2", move="carry_deficit", amount="30", **carry),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, tl.Amendment(key="M1", move="carry_surplus", amount="30", **carry))  # type: ignore[arg-type]


# --------------------------------------------------------------------------- deciding


def test_what_can_be_voted_on_and_by_whom() -> None:
    book = community(
        tl.Tenure(unit="1-101", person="王某", phone="1", start="2024-01-01"),
        tl.Tenure(unit="1-102", person="王某", phone="1", start="2024-01-01"),
        tl.Elector(resolution="R", unit="1-109", eligible="no", reason="开发商未交付"),
    )
    refused(
        book, tl.Unknown,
        "decision 'nothing' is not defined; say what it takes on 2025-01-02 in decisions.csv first",
        *votes("R", "2025-01-02", decision="nothing"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "the roll of 'R' has 7 voters, and the resolution expects 8; correct owners.csv, or a row "
        "of the roll by an elector",
        *votes("R", "2025-01-02", voters=8),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "the roll of 'R' adds up to 800 m², and the resolution expects 900; correct units.csv, "
        "or a row of the roll by an elector",
        *votes("R", "2025-01-02", area="900"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "'1-109' is on the roll of 'R' as not eligible; its ballot does not count, so leave it out",
        *votes("R", "2025-01-02", voters=7),
    )  # fmt: skip
    vote = votes("R", "2025-01-02", ["agree"] * 8, voters=7, area="800")
    posts(book, vote[0])
    refused(
        book, tl.Refused,
        "the roll of 'R' is frozen since it was put to the vote; correct it before, together with "
        "the resolution",
        tl.Elector(resolution="R", unit="1-108", eligible="no", reason="未交付"),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "unit '9-9' is not defined; enter it in units.csv first",
        tl.Elector(resolution="R5", unit="9-9", eligible="no", reason="未交付"),
        *votes("R5", "2025-01-02"),
    )  # fmt: skip
    refused(
        book, tl.Unknown,
        "resolution 'R7' is not defined; put it to the vote in resolutions.csv first",
        tl.Ballot(resolution="R7", unit="1-101", on="2025-01-02", choice="agree"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-01-09; votes on 'R' are cast from 2025-01-02 to 2025-01-08",
        tl.Ballot(resolution="R", unit="1-101", on="2025-01-09", choice="agree"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "'9-9' is not on the roll of 'R' of 2025-01-02; only what is on it votes",
        tl.Ballot(resolution="R", unit="9-9", on="2025-01-02", choice="agree"),
    )  # fmt: skip
    posts(book, *vote[1:-2])
    refused(
        book, tl.Refused,
        "found 2025-01-07; votes on 'R' are cast until 2025-01-08, so count on that day or later",
        tl.Tally(resolution="R", on="2025-01-07", counted_by="甲", supervised_by="乙"),
    )  # fmt: skip
    count = {"resolution": "R", "on": "2025-01-09", "counted_by": "甲", "supervised_by": "乙"}
    refused(
        book, tl.Refused,
        "found 7 voters, and the ballots on 'R' give 6 voters; correct it, or leave it empty",
        tl.Tally(agree_heads=7, **count),  # type: ignore[arg-type]
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "7 ballots on 'R' are in the books; count them, and write ballots (表决票)",
        tl.Tally(
            how="minutes", taking_part_area="700", taking_part_heads=6, agree_area="700",
            agree_heads=6, against_area="0", against_heads=0, abstain_area="0", abstain_heads=0,
            **count,  # type: ignore[arg-type]
        ),
    )  # fmt: skip
    posts(book, tl.Tally(agree_heads=6, agree_area="700", **count))  # type: ignore[arg-type]
    refused(
        book, tl.Refused,
        "the ballots on 'R' were counted on 2025-01-09; no ballot comes in after the count",
        vote[-2],
    )  # fmt: skip
    told = [entry.kind for entry in book.entries() if entry.kind in ("roll", "result")]
    assert told == ["roll", "result"]


def test_rules_of_deciding_do_not_overlap() -> None:
    book = community(tl.Member(member="M1", name="老李", start="2024-01-01"))
    refused(
        book, tl.Overlap,
        "decision 'budget' has a rule from 2021-01-01 already, and another from 2025-01-01; end "
        "the first before the second begins",
        tl.DecisionType(decision="budget", name="另一", agrees=">1/2", start="2025-01-01"),
    )  # fmt: skip
    refused(
        book, tl.Overlap, "member 'M1' is in office from 2024-01-01 already",
        tl.Member(member="M1", name="老李", start="2025-01-01"),
    )  # fmt: skip
    posts(book, tl.Rule(rule="control", value="warn", start="2025-01-01"))
    refused(
        book, tl.Overlap,
        "rule 'control' for all is in force from 2025-01-01, and again from 2025-06-01; end the "
        "first before the second begins",
        tl.Rule(rule="control", value="stop", start="2025-06-01"),
    )  # fmt: skip
    posts(book, tl.Rule(rule="control", value="stop", scope="A", start="2025-06-01"))


def test_a_proxy_votes_for_as_many_as_the_rule_lets() -> None:
    book = community(tl.Rule(rule="proxies_limit", value="2", start="2024-01-01"))
    posts(book, tl.Resolution(key="R", on="2025-01-02", until="2025-01-08", title="表决",
                              decision="budget"))  # fmt: skip
    of = {"resolution": "R", "on": "2025-01-03", "choice": "agree"}
    for unit in UNITS[:2]:
        posts(book, tl.Ballot(unit=unit, proxy="老张", **of))  # type: ignore[arg-type]
    says = (
        "with '1-103' one proxy votes for 3 voters on 'R', and the limit is 2; let somebody else "
        "vote for it"
    )
    third = tl.Ballot(unit=UNITS[2], proxy="老张", **of)  # type: ignore[arg-type]
    refused(book, tl.Refused, says, third)
    three = [tl.Ballot(unit=unit, proxy="老陈", **of) for unit in UNITS[2:5]]  # type: ignore[arg-type]
    refused(book, tl.Refused, says.replace("1-103", "1-105"), *three)
    posts(book, *three[:2])
    for unit in UNITS[:4]:
        book.erase("ballot", f"R|{unit}", on="2025-02-01", authority="本人要求")
    assert book.verify() == []


def test_a_committee_decides_what_it_was_let() -> None:
    book = community(
        *(tl.Member(member=f"M{n}", name=f"委员{n}", start="2024-01-01") for n in (1, 2, 3)),
        *adoption([line("A", "100")]),
    )

    def inner(key: str, **told: object) -> tl.Resolution:
        place = {"on": "2025-02-01", "until": "2025-02-02", "decision": "inner"} | told
        return tl.Resolution(key=key, title="内部表决", **place)  # type: ignore[arg-type]

    grant = tl.Delegation(
        key="D1", on="2025-01-12", resolution="R1", decision="inner", amount="500",
        start="2025-01-15", to="2025-06-30",
    )  # fmt: skip
    refused(
        book,
        tl.Unknown,
        "resolution 'R1' is not defined; put it to the vote in resolutions.csv first",
        grant,
    )
    posts(book, *votes("R1", "2025-01-02"))
    posts(book, grant)
    refused(
        book, tl.Unknown,
        "delegation '' is not defined; a committee decides what a decision of the owners lets it; "
        "name that delegation",
        inner("I1"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 500.01; delegation 'D1' allows 500.00, and more is the owners' "
        "to decide",
        inner("I1", delegation="D1", amount="500.01"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "found 2025-07-01; delegation 'D1' is in force from 2025-01-15 to 2025-06-30, so let the "
        "owners decide it",
        inner("I1", on="2025-07-01", until="2025-07-02", delegation="D1", amount="5"),
    )  # fmt: skip
    posts(
        book, inner("I1", delegation="D1", amount="500"),
        *(
            tl.Ballot(resolution="I1", unit=f"M{n}", on="2025-02-01", choice="agree")
            for n in (1, 2)
        ),
        tl.Tally(resolution="I1", on="2025-02-02", counted_by="甲", supervised_by="乙"),
    )  # fmt: skip
    posts(book, spend("V1", "2025-03-01", "A", "150", resolution="I1", exception="涨价",
                      allowed_by="老李"))  # fmt: skip
    posts(book, tl.Revocation(key="X1", on="2025-04-01", resolution="R1", by="法院"))
    refused(
        book, tl.NotCarried,
        "resolution 'R1' is not in force on 2025-05-01: it was revoked on 2025-04-01 by 法院",
        inner("I2", on="2025-05-01", until="2025-05-02", delegation="D1", amount="5"),
    )  # fmt: skip
    refused(
        book, tl.Unknown,
        "resolution 'R9' is not defined; put it to the vote in resolutions.csv first",
        tl.Revocation(key="X2", on="2025-04-01", resolution="R9", by="法院"),
    )  # fmt: skip


def test_minutes_stand_for_ballots_that_nobody_kept() -> None:
    book = community(tl.Resolution(
        key="R", on="2025-01-02", until="2025-01-08", title="表决", decision="budget"
    ))  # fmt: skip
    count = {"resolution": "R", "on": "2025-01-09", "counted_by": "甲", "supervised_by": "乙"}
    refused(
        book, tl.Refused,
        "the minutes of 'R' do not say it, and it is counted by area; give all four figures",
        tl.Tally(how="minutes", **count),  # type: ignore[arg-type]
    )  # fmt: skip
    figures = {
        "taking_part_area": "700", "taking_part_heads": 7, "agree_area": "500", "agree_heads": 5,
        "against_area": "200", "against_heads": 2, "abstain_area": "0", "abstain_heads": 0,
    }  # fmt: skip
    posts(book, tl.Tally(how="minutes", **count, **figures))  # type: ignore[arg-type]
    result = book.entry("result", "R")
    assert result is not None and result.content.endswith('"carried":true}')


# --------------------------------------------------------------------------- asked, bound, paid


def test_from_a_request_to_the_last_instalment() -> None:
    book = adopted(line("W", "9000", category="works"), line("A", "100"), more=[
        tl.Rule(rule="request_from", value="3000", start="2025-01-01"),
        tl.Rule(rule="checkers", value="2", start="2025-01-01"),
        tl.Rule(rule="committee_from", value="5000", start="2025-01-01"),
        tl.Rule(rule="resolution_from", value="8000", start="2025-01-01"),
        *votes("R1", "2025-01-02", line="W", amount="9000"),
    ])  # fmt: skip
    bind = {"on": "2025-02-10", "line": "W", "payee": "光明"}
    refused(
        book, tl.Refused,
        "commitment 'C1' is 9000.00, and from 8000.00 on it names a resolution; name the one that "
        "allows it",
        tl.Commitment(key="C1", amount="9000", **bind),  # type: ignore[arg-type]
    )  # fmt: skip
    contract = tl.Commitment(key="C1", amount="9000", resolution="R1", **bind)  # type: ignore[arg-type]
    refused(
        book, tl.Refused,
        "commitment 'C1' is 9000.00, and from 3000.00 on it is requested and approved first; name "
        "the request",
        contract,
    )  # fmt: skip
    contract = contract.model_copy(update={"request": "Q1"})
    refused(
        book, tl.Unknown, "request 'Q1' is not defined; enter it in requests.csv first", contract
    )
    refused(
        book, tl.NoBudgetLine,
        "request 'Q0' names budget line 'X', which budget '2025' does not have on 2025-02-01; no "
        "budget line, no spending: have it adopted, or amend the budget",
        tl.SpendingRequest(key="Q0", on="2025-02-01", line="X", amount="1", maker="小王"),
    )  # fmt: skip
    posts(book, tl.SpendingRequest(key="Q1", on="2025-02-01", line="W", amount="9000",
                                   maker="小王", purpose="换灯"))  # fmt: skip

    def waits(says: str) -> None:
        refused(book, tl.Refused, says, contract)

    waits("request 'Q1' is approved by 0 checkers on 2025-02-10, and it takes 2, none of whom made "
          "it")  # fmt: skip
    refused(
        book, tl.Unknown, "request 'Q9' is not defined; enter it in requests.csv first",
        tl.Approval(request="Q9", by="老李", on="2025-02-02"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "'小王' made request 'Q1' and cannot approve it; somebody else does",
        tl.Approval(request="Q1", by="小王", on="2025-02-02"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-01-31, before request 'Q1' of 2025-02-01",
        tl.Approval(request="Q1", by="老李", on="2025-01-31"),
    )  # fmt: skip
    posts(
        book, tl.Approval(request="Q1", by="老李", on="2025-02-02"),
        tl.Approval(request="Q1", by="老周", on="2025-02-11"),
    )  # fmt: skip
    waits("request 'Q1' is approved by 1 checkers on 2025-02-10, and it takes 2, none of whom made "
          "it")  # fmt: skip
    posts(book, tl.Approval(request="Q1", by="老吴", on="2025-02-03"))
    waits("request 'Q1' is 9000.00, and from 5000.00 on the owners' committee approves it too; "
          "have it approve")  # fmt: skip
    posts(book, tl.Approval(request="Q1", by="业委会", on="2025-02-03", role="committee"))
    refused(
        book, tl.Refused, "found 2025-02-09, before 2025-02-10, the commitment's own day; correct "
        "one of them",
        contract.model_copy(update={"until": contract.on.replace(day=9)}),
    )  # fmt: skip
    refused(
        book, tl.Refused, "request 'Q1' is for line 'W', and commitment 'C1' for 'A'",
        tl.Commitment(key="C1", on="2025-02-10", line="A", amount="1", payee="光明", request="Q1"),
    )  # fmt: skip
    contract = contract.model_copy(update={"until": contract.on.replace(month=10)})
    posts(book, contract)
    assert booked(book, "commitment", "C1") == [
        ("8101", "common", 900000, "W"), ("8102", "common", -900000, "W"),
    ]  # fmt: skip
    refused(
        book, tl.Refused, "commitment 'C2' is 1.00, and request 'Q1' has 0.00 left of 9000.00",
        tl.Commitment(key="C2", amount="1", request="Q1", **bind),  # type: ignore[arg-type]
    )  # fmt: skip
    refused(
        book, tl.OverBudget,
        "commitment 'C2' binds 1.00 of line 'W', which has 0.00 left; bind at most that, or amend "
        "the budget",
        tl.Commitment(key="C2", amount="1", **bind),  # type: ignore[arg-type]
    )  # fmt: skip

    def instalment(no: int, due: str, amount: str) -> tl.Milestone:
        return tl.Milestone(commitment="C1", no=no, due=due, amount=amount)

    posts(book, *(instalment(n, f"2025-0{2 + n}-01", "3000") for n in (1, 2)))
    refused(
        book, tl.Unknown, "commitment 'C9' is not defined; enter it in commitments.csv first",
        tl.Milestone(commitment="C9", no=1, due="2025-03-01", amount="1"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "with instalment 3 those of commitment 'C1' are 9000.01, and it is 9000.00; correct one "
        "of them",
        instalment(3, "2025-05-01", "3000.01"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "instalment 3 of 'C1' is due 2025-03-15, and instalment 2 2025-04-01; they fall due in "
        "the order of their numbers",
        instalment(3, "2025-03-15", "3000"),
    )  # fmt: skip
    posts(book, instalment(3, "2025-05-01", "3000"))
    bill = {"issuer": "光明", "on": "2025-03-01", "amount": "3000", "commitment": "C1"}
    refused(
        book, tl.Refused, "commitment 'C1' is with '光明', and the invoice is of '暗淡'",
        tl.Invoice(number="001", **(bill | {"issuer": "暗淡"})),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, tl.Invoice(number="001", **bill))  # type: ignore[arg-type]
    paid = spend("V1", "2025-03-02", "W", "3000", commitment="C1", milestone=1, invoice="001")

    def says(
        sentence: str, error: type[tl.TrustLedgerError] = tl.Refused, **changes: object
    ) -> None:
        refused(book, error, sentence, paid.model_copy(update=changes))

    says(
        "commitment 'C1' is for payee '光明', and voucher 'V1' says '暗淡'",
        payee="暗淡",
        invoice="",
    )
    says("commitment 'C1' is for line 'W', and voucher 'V1' says 'A'", line="A")
    says("commitment 'C9' is not defined; enter it in commitments.csv first", tl.Unknown,
         commitment="C9")  # fmt: skip
    says("voucher 'V1' names instalment 1 of no commitment; name the commitment", commitment="")
    says("invoice '001' of '光明' is on commitment 'C1', and voucher 'V1' names none; name that "
         "one", commitment="", milestone=0)  # fmt: skip
    says("invoice '002' is not defined; enter it, of '光明', in invoices.csv first", tl.Unknown,
         invoice="002")  # fmt: skip
    says("voucher 'V1' pays 3000.01 on invoice '001' of '光明', of which 3000.00 is open",
         amount_fen=300001)  # fmt: skip
    says("instalment 1 of commitment 'C1' has 3000.00 open, and voucher 'V1' pays 3000.01",
         amount_fen=300001, invoice="")  # fmt: skip
    says("instalment 1 of commitment 'C1' has 3000.00 open, and comes before instalment 2; pay "
         "that first", milestone=2)  # fmt: skip
    says("commitment 'C1' is paid in instalments 1, 2, 3, and voucher 'V1' names none", milestone=0)
    says("commitment 'C1' binds from 2025-02-10 to 2025-10-10, and voucher 'V1' is of 2025-10-11; "
         "release what is left and commit anew", on=paid.on.replace(month=10, day=11))  # fmt: skip
    says("voucher 'V1' would pay line 'W' from fund 'garden'; that line is paid from 'common' "
         "alone", tl.WrongFund, fund="garden")  # fmt: skip
    posts(book, paid)
    assert booked(book, "expenditure", "V1") == [
        ("5101", "common", 300000, "W"), ("1002", "common", -300000, "W"),
        ("8101", "common", -300000, "W"), ("8102", "common", 300000, "W"),
    ]  # fmt: skip
    second = paid.model_copy(update={"voucher": "V2", "milestone": 2})
    refused(
        book, tl.Refused,
        "voucher 'V2' pays 3000.00 on invoice '001' of '光明', of which 0.00 is open, paid by "
        "voucher V1",
        second,
    )  # fmt: skip
    second = second.model_copy(update={"invoice": ""})
    posts(book, second)
    let_go = {"on": "2025-06-01", "commitment": "C1"}
    refused(
        book, tl.Refused,
        "release 'L1' lets go of 3000.01, and 3000.00 of commitment 'C1' is neither paid nor let "
        "go",
        tl.Release(key="L1", amount="3000.01", **let_go),  # type: ignore[arg-type]
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-02-09, before commitment 'C1' of 2025-02-10",
        tl.Release(key="L1", on="2025-02-09", commitment="C1", amount="1"),
    )  # fmt: skip
    posts(book, tl.Release(key="L1", amount="1000", **let_go))  # type: ignore[arg-type]
    refused(
        book, tl.OverBudget,
        "voucher 'V3' pays 2000.01 of commitment 'C1', which has 2000.00 left",
        spend("V3", "2025-06-01", "W", "2000.01", commitment="C1", milestone=3),
    )  # fmt: skip
    posts(book, spend("V3", "2025-06-01", "W", "2000", commitment="C1", milestone=3))
    posts(book, tl.Reversal(key="X1", on="2025-07-01", of_kind="expenditure", of_key="V3",
                            reason="退货"))  # fmt: skip
    posts(book, spend("V4", "2025-07-02", "W", "2000", commitment="C1", milestone=3))
    # what was let go is the line's, the request's and the resolution's again
    posts(book, tl.Commitment(key="C2", on="2025-07-03", line="W", amount="1000", payee="洁美",
                              request="Q1", resolution="R1"))  # fmt: skip
    refused(
        book,
        tl.OverBudget,
        "voucher 'V5' spends 0.01 on line 'W', which has 0.00 left on 2025-12-31; spend at most "
        "that, amend the budget, or name the resolution that allows more",
        spend("V5", "2025-12-31", "W", "0.01"),
    )


def test_a_refused_request_is_not_spent_on() -> None:
    book = adopted(line("A", "1000"))
    posts(
        book, tl.SpendingRequest(key="Q1", on="2025-02-01", line="A", amount="100", maker="小王"),
        tl.Approval(request="Q1", by="老李", on="2025-02-02"),
        tl.Approval(request="Q1", by="老周", on="2025-02-03", decision="refused"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "request 'Q1' was refused by '老周' on 2025-02-03; make another, and have that approved",
        spend("V1", "2025-02-04", "A", "100", request="Q1"),
    )  # fmt: skip
    posts(book, spend("V1", "2025-02-02", "A", "60", request="Q1"))  # the day before, it was not
    refused(
        book, tl.Refused, "voucher 'V2' is 40.01, and request 'Q1' has 40.00 left of 100.00",
        spend("V2", "2025-02-02", "A", "40.01", request="Q1"),
    )  # fmt: skip


def test_what_an_expired_commitment_bound_stays_bound_until_it_is_let_go() -> None:
    book = adopted(line("A", "1000"))
    posts(book, tl.Commitment(key="C1", on="2025-02-01", line="A", amount="700", payee="光明",
                              until="2025-03-31"))  # fmt: skip
    assert left(book, "A", "2025-04-01") == "300.00"
    refused(
        book, tl.Refused,
        "commitment 'C1' binds from 2025-02-01 to 2025-03-31, and voucher 'V1' is of 2025-04-01; "
        "release what is left and commit anew",
        spend("V1", "2025-04-01", "A", "1", commitment="C1"),
    )  # fmt: skip
    posts(book, tl.Release(key="L1", on="2025-04-01", commitment="C1", amount="700"))
    assert left(book, "A", "2025-04-01") == "1000.00"
    assert left(book, "A", "2025-03-31") == "300.00"


def test_a_contract_over_two_years_is_paid_as_it_was_bound() -> None:
    """By the line of the year it was bound in, though the next year's budget has no such line; and
    what is let go, or comes back, gives the next year's line nothing."""
    book = adopted(line("A", "1000"), line("B", "50"), more=[NEXT])
    posts(book, *adoption([line("B", "10", budget="2026")], NEXT, on="2025-12-01"))
    posts(
        book, tl.Commitment(key="C1", on="2025-11-01", line="A", amount="800", payee="光明"),
        tl.Commitment(key="C2", on="2025-11-01", line="B", amount="30", payee="光明"),
        spend("V0", "2025-11-02", "B", "20"),
    )  # fmt: skip
    posts(book, spend("V1", "2026-01-05", "A", "500", commitment="C1"))
    posts(book, tl.Release(key="L1", on="2026-01-06", commitment="C1", amount="300"))
    posts(book, tl.Release(key="L2", on="2026-01-06", commitment="C2", amount="30"))
    assert left(book, "B", "2026-01-06") == "10.00"
    posts(book, tl.Reversal(key="X1", on="2026-01-07", of_kind="expenditure", of_key="V0",
                            reason="退货"))  # fmt: skip
    assert left(book, "B", "2026-01-07") == "10.00"
    assert left(book, "B", "2025-12-31") == "50.00"
    assert left(book, "B", "2025-12-30") == "0.00"
    assert left(book, "A", "2025-12-31") == "500.00"
    posts(book, tl.Reversal(key="X2", on="2026-01-07", of_kind="expenditure", of_key="V1",
                            reason="退货"))  # fmt: skip
    posts(book, spend("V2", "2026-01-08", "A", "500", commitment="C1"))


def test_large_payments_are_put_up_first() -> None:
    book = adopted(line("A", "1000"), more=[
        tl.Rule(rule="publish_from", value="500", start="2025-01-01"),
        tl.Rule(rule="publish_days", value="10", start="2025-01-01"),
    ])  # fmt: skip
    paid = spend("V1", "2025-02-11", "A", "500")
    says = (
        "voucher 'V1' is 500.00, and from 500.00 on a payment is published 10 days before, by "
        "2025-02-01; "
    )
    refused(book, tl.Refused, says + "nobody put it up", paid)
    posts(book, tl.Publication(key="P1", on="2025-02-02", what="spending", of="V1", place="公告栏"))
    refused(book, tl.Refused, says + "it was put up on 2025-02-02", paid)
    posts(book, tl.Publication(key="P2", on="2025-02-01", what="spending", of="V1", place="公告栏"))
    posts(book, paid, spend("V2", "2025-02-11", "A", "499.99"))


# --------------------------------------------------------------------------- beyond what is left


def test_beyond_what_is_left_as_the_rulebook_has_it() -> None:
    """Stop, warn, allow: and what nobody approved is the trustee's debt, to the fen."""
    book = adopted(line("S", "100"), line("W", "100"), line("L", "100"), more=[
        tl.Rule(rule="control", value="warn", scope="W", start="2025-01-01"),
        tl.Rule(rule="control", value="allow", scope="L", start="2025-01-01"),
        *votes("R1", "2025-01-02", amount="30"),
    ])  # fmt: skip
    why = {"exception": "爆管", "allowed_by": "老李"}
    for code in "SWL":
        posts(book, spend(f"{code}0", "2025-02-01", code, "90"))
    refused(
        book, tl.OverBudget,
        "voucher 'S1' spends 10.01 on line 'S', which has 10.00 left on 2025-02-02; spend at most "
        "that, amend the budget, or name the resolution that allows more",
        spend("S1", "2025-02-02", "S", "10.01", **why),
    )  # fmt: skip
    for code, missing in (("W", {"allowed_by": "老李"}), ("L", {"exception": "爆管"})):
        refused(
            book, tl.OverBudget,
            f"voucher '{code}1' spends 10.01 on line '{code}', which has 10.00 left on 2025-02-02; "
            "an exception names its reason and who allowed it",
            spend(f"{code}1", "2025-02-02", code, "10.01", **missing),
        )  # fmt: skip
    refused(
        book, tl.Refused, "resolution 'R1' allows 30.00, of which 0.00 is used; 30.00 is left",
        spend("S1", "2025-02-02", "S", "30.01", resolution="R1", **why),
    )  # fmt: skip
    posts(book, spend("S1", "2025-02-02", "S", "30", resolution="R1", **why))
    assert booked(book, "expenditure", "S1")[0] == ("5003", "common", 3000, "S")
    posts(book, spend("W1", "2025-02-02", "W", "25", **why))
    assert booked(book, "expenditure", "W1") == [
        ("5003", "common", 1000, "W"), ("1221", "common", 1500, ""),
        ("1002", "common", -2500, "W"),
    ]  # fmt: skip
    posts(book, spend("W2", "2025-02-03", "W", "7", **why))
    assert booked(book, "expenditure", "W2") == [
        ("1221", "common", 700, ""), ("1002", "common", -700, ""),
    ]  # fmt: skip
    posts(book, spend("L1", "2025-02-02", "L", "25", **why))
    assert booked(book, "expenditure", "L1")[0] == ("5003", "common", 2500, "L")
    assert left(book, "L", "2025-02-03") == "-15.00"


def test_what_is_owed_is_taken_over_or_paid_back_once() -> None:
    book = adopted(line("A", "100"), line("G", "100", fund="garden"), more=[
        tl.Rule(rule="control", value="warn", start="2025-01-01"),
        *votes("R1", "2025-01-02", amount="30"), *votes("R2", "2025-01-02", line="G"),
    ])  # fmt: skip
    posts(book, spend("V1", "2025-02-01", "A", "150", exception="爆管", allowed_by="老李"))
    refused(
        book, tl.Unknown, "voucher 'V9' is not defined; name an expenditure that stands",
        tl.Repayment(key="P1", on="2025-03-01", voucher="V9", amount="1"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-01-31, before voucher 'V1' of 2025-02-01",
        tl.Repayment(key="P1", on="2025-01-31", voucher="V1", amount="1"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "repayment 'P1' is 50.01, and the trustee owes 50.00 for voucher 'V1'",
        tl.Repayment(key="P1", on="2025-03-01", voucher="V1", amount="50.01"),
    )  # fmt: skip
    take = {"on": "2025-03-01", "voucher": "V1"}
    refused(
        book, tl.WrongFund,
        "voucher 'V1' was paid from fund 'common', and line 'G' is paid from 'garden'; name a line "
        "of that fund",
        tl.Ratification(key="T1", resolution="R2", amount="1", line="G", **take),  # type: ignore[arg-type]
    )  # fmt: skip
    refused(
        book, tl.Refused, "resolution 'R1' allows 30.00, of which 0.00 is used; 30.00 is left",
        tl.Ratification(key="T1", resolution="R1", amount="30.01", **take),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, tl.Ratification(key="T1", resolution="R1", amount="20", **take))  # type: ignore[arg-type]
    assert booked(book, "ratification", "T1") == [
        ("5003", "common", 2000, "A"), ("1221", "common", -2000, ""),
    ]  # fmt: skip
    refused(
        book, tl.Refused, "resolution 'R1' allows 30.00, of which 20.00 is used; 10.00 is left",
        tl.Ratification(key="T2", resolution="R1", amount="20", **take),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, tl.Ratification(key="T2", resolution="R1", amount="10", **take))  # type: ignore[arg-type]
    posts(book, tl.Repayment(key="P1", on="2025-03-01", voucher="V1", amount="20"))
    refused(
        book, tl.Refused, "repayment 'P2' is 0.01, and the trustee owes 0.00 for voucher 'V1'",
        tl.Repayment(key="P2", on="2025-03-01", voucher="V1", amount="0.01"),
    )  # fmt: skip
    undo = {"on": "2025-04-01", "of_kind": "expenditure", "reason": "误"}
    refused(
        book, tl.CannotReverse,
        "20.00 of expenditure 'V1' was ratified by 'T1', and so it stands; enter what comes back "
        "of it as income of its fund",
        tl.Reversal(key="X1", of_key="V1", **undo),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, spend("V2", "2025-02-02", "A", "9", exception="爆管", allowed_by="老李"),
          tl.Repayment(key="P2", on="2025-03-01", voucher="V2", amount="4"))  # fmt: skip
    refused(
        book, tl.CannotReverse,
        "4.00 of expenditure 'V2' was paid back by 'P2', and so it stands; enter what comes back "
        "of it as income of its fund",
        tl.Reversal(key="X1", of_key="V2", **undo),  # type: ignore[arg-type]
    )  # fmt: skip
    posts(book, spend("V3", "2025-02-02", "A", "9", exception="爆管", allowed_by="老李"))
    posts(book, tl.Reversal(key="X1", of_key="V3", **undo))  # type: ignore[arg-type]
    refused(
        book, tl.Unknown, "voucher 'V3' is not defined; name an expenditure that stands",
        tl.Repayment(key="P3", on="2025-05-01", voucher="V3", amount="1"),
    )  # fmt: skip


def test_an_emergency_until_owners_take_it_over() -> None:
    book = adopted(line("M", "1000"), more=[
        tl.Rule(rule="emergency_limit", value="500", start="2025-01-01"),
        *votes("R1", "2025-01-02"),
    ])  # fmt: skip
    quick = {"emergency": "水管爆裂", "allowed_by": "老李"}
    refused(
        book, tl.Refused,
        "voucher 'V1' is an emergency, and nobody answers for it; name who decided it",
        spend("V1", "2025-02-01", "-", "100", emergency="水管爆裂"),
    )  # fmt: skip
    refused(
        book, tl.OverBudget,
        "voucher 'V1' is 500.01, and an emergency is at most 500.00; have a resolution for more",
        spend("V1", "2025-02-01", "-", "500.01", **quick),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "fund 'lake' is not defined; the funds are common, garden",
        spend("V1", "2025-02-01", "-", "1", fund="lake", **quick),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "voucher 'V1' is an emergency, and names 'C1'; what was bound or requested is paid as that",
        spend("V1", "2025-02-01", "-", "1", commitment="C1", **quick),
    )  # fmt: skip
    posts(book, spend("V1", "2025-02-01", "-", "500", **quick))
    assert booked(book, "expenditure", "V1") == [
        ("1221", "common", 50000, ""), ("1002", "common", -50000, ""),
    ]  # fmt: skip
    refused(
        book, tl.NoBudgetLine,
        "ratification 'T1' names budget line '-', which budget '2025' does not have on 2025-03-01; "
        "no budget line, no spending: have it adopted, or amend the budget",
        tl.Ratification(key="T1", on="2025-03-01", voucher="V1", resolution="R1", amount="300"),
    )  # fmt: skip
    posts(book, tl.Ratification(key="T1", on="2025-03-01", voucher="V1", resolution="R1",
                                amount="300", line="M"))  # fmt: skip
    posts(book, tl.Repayment(key="P1", on="2025-03-02", voucher="V1", amount="200"))
    assert left(book, "M", "2025-03-02") == "700.00"
    accounts = book.statement("trial_balance", "2025").facts["accounts"]
    assert accounts["1221"]["closing_debit"] == "0.00"


def test_what_is_spent_late_but_dated_early_is_held_against_every_later_month() -> None:
    book = adopted(line("A", "120"), more=[
        tl.Rule(rule="control_basis", value="to_date", start="2025-01-01")
    ])  # fmt: skip
    assert left(book, "A", "2025-01-31") == "10.00"
    posts(book, spend("V1", "2025-03-10", "A", "25"))
    assert left(book, "A", "2025-01-31") == "5.00"  # March has no more
    assert left(book, "A", "2025-04-01") == "15.00"
    posts(book, spend("V2", "2025-01-05", "A", "5"))
    assert left(book, "A", "2025-03-31") == "0.00"
    month = adopted(line("A", "120"), more=[
        tl.Rule(rule="control_basis", value="month", start="2025-01-01")
    ])  # fmt: skip
    posts(month, spend("V1", "2025-03-10", "A", "4"))
    assert left(month, "A", "2025-03-01") == "6.00"
    assert left(month, "A", "2025-02-01") == "10.00"


def test_a_version_to_come_binds_its_own_months_under_to_date() -> None:
    book = adopted(line("A", "1200"), more=[
        tl.Rule(rule="control_basis", value="to_date", start="2025-01-01")
    ])  # fmt: skip
    less = adoption([line("A", "600", version="v2")], on="2025-02-01", start="2025-06-01")
    posts(book, *less)
    assert left(book, "A", "2025-05-31") == "300.00"  # 50.00 a month through June, and not 500.00
    assert left(book, "A", "2025-12-31") == "600.00"


# --------------------------------------------------------------------------- funds, papers, talk


def test_a_fund_lends_and_both_show_it() -> None:
    book = community(*votes("R1", "2025-01-02", amount="100"))

    def move(key: str, how: str, giver: str, taker: str, amount: str, **told: object) -> tl.Record:
        place = {"on": "2025-02-01"} | told
        return tl.FundTransfer(
            key=key,
            move=how,
            from_fund=giver,
            to_fund=taker,
            amount=amount,
            **place,  # type: ignore[arg-type]
        )

    refused(book, tl.Unknown, "fund 'lake' is not defined; the funds are common, garden",
            move("T1", "lent", "common", "lake", "1"))  # fmt: skip
    refused(book, tl.Refused, "fund 'common' cannot lend to itself",
            move("T1", "lent", "common", "common", "1"))  # fmt: skip
    refused(
        book, tl.Refused,
        "fund 'garden' is for its own purpose; name the resolution by which it lends",
        move("T1", "lent", "garden", "common", "1"),
    )  # fmt: skip
    posts(book, move("T1", "lent", "garden", "common", "60", resolution="R1"))
    refused(
        book, tl.Refused, "resolution 'R1' allows 100.00, of which 60.00 is used; 40.00 is left",
        move("T2", "lent", "garden", "common", "41", resolution="R1"),
    )  # fmt: skip
    assert booked(book, "fund_transfer", "T1") == [
        ("1002", "garden", -6000, ""), ("1231", "garden", 6000, ""),
        ("1002", "common", 6000, ""), ("2231", "common", -6000, ""),
    ]  # fmt: skip
    refused(
        book, tl.Refused,
        "transfer 'T2' pays back 60.01, and fund 'common' owes 'garden' 60.00 from 2025-02-01 on",
        move("T2", "repaid", "common", "garden", "60.01"),
    )  # fmt: skip
    refused(
        book, tl.Refused,
        "transfer 'T2' pays back 1.00, and fund 'common' owes 'garden' 0.00 from 2025-01-31 on",
        move("T2", "repaid", "common", "garden", "1", on="2025-01-31"),
    )  # fmt: skip
    posts(book, move("T2", "repaid", "common", "garden", "50", on="2025-06-01", resolution="R1"))
    refused(
        book, tl.Refused,
        "transfer 'T3' pays back 11.00, and fund 'common' owes 'garden' 10.00 from 2025-03-01 on",
        move("T3", "repaid", "common", "garden", "11", on="2025-03-01"),
    )  # fmt: skip
    posts(book, move("T3", "repaid", "common", "garden", "10", on="2025-03-01"))


def test_what_a_fund_has_left_goes_where_a_resolution_lets_it_once() -> None:
    book = community(
        tl.Income(key="G1", on="2025-01-02", category="donation", amount="90", fund="garden"),
        *votes("R1", "2025-01-02", amount="50"),
    )
    over = {"on": "2025-03-01", "fund": "garden", "resolution": "R1"}
    posts(book, tl.Leftover(key="L1", move="returned", amount="40", **over))  # type: ignore[arg-type]
    refused(
        book,
        tl.Refused,
        "resolution 'R1' allows 50.00, of which 40.00 is used; 10.00 is left",
        tl.Leftover(key="L2", move="carried", amount="10.01", to_fund="common", **over),  # type: ignore[arg-type]
    )
    refused(
        book,
        tl.Refused,
        "fund 'garden' cannot carry what it has left to itself",
        tl.Leftover(key="L2", move="carried", amount="10", to_fund="garden", **over),  # type: ignore[arg-type]
    )
    posts(book, tl.Leftover(key="L2", move="carried", amount="10", to_fund="common", **over))  # type: ignore[arg-type]


def test_papers_of_an_expenditure() -> None:
    book = adopted(line("A", "100"), more=[spend("V1", "2025-02-01", "A", "10")])
    posts(book, spend("V2", "2025-02-01", "A", "10"))
    paper = book.attach(b"an invoice", "invoice.pdf")
    shown = tl.Evidence(voucher="V0", what="payment", attachment=book.attach(b"paid", "paid.pdf"))
    posts(book, shown, spend("V0", "2025-02-01", "A", "10"))  # of one batch
    refused(
        book, tl.Unknown, "voucher 'V9' is not defined; name an expenditure",
        tl.Evidence(voucher="V9", what="invoice", attachment=paper),
    )  # fmt: skip
    posts(book, tl.Evidence(voucher="V1", what="invoice", attachment=paper))
    digits = paper.partition(":")[2][:16]
    refused(
        book, tl.KeyConflict,
        f"invoice {digits!r} stands with voucher 'V1', and now says 'V2'; restore what it said, or "
        "record the change under a key of its own",
        tl.Evidence(voucher="V2", what="invoice", attachment=paper),
    )  # fmt: skip
    posts(book, tl.Evidence(voucher="V2", what="contract", attachment=paper))


def test_from_a_proposal_to_what_owners_say_of_the_works() -> None:
    book = adopted(line("W", "9000", category="works"))
    refused(
        book, tl.Unknown, "meeting 'M1' is not defined; enter that meeting first",
        tl.Proposal(key="P1", on="2025-01-02", list="问题", title="路灯坏", meeting="M1"),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "unit '9-9' is not defined; enter it in units.csv first",
        tl.Proposal(key="P1", on="2025-01-02", list="问题", title="路灯坏", unit="9-9"),
    )  # fmt: skip
    posts(
        book, tl.Meeting(key="M1", on="2025-01-02", title="议事日", present=30),
        tl.Proposal(key="P1", on="2025-01-02", list="问题", title="路灯坏", meeting="M1",
                    unit="1-101"),
        tl.Proposal(key="P2", on="2025-01-03", list="需求", title="路灯暗"),
        tl.Question(key="Q1", on="2025-01-02", unit="1-102", text="多少钱？"),
        tl.AgendaItem(meeting="M1", no=1, title="路灯", proposal="P1", question="Q1"),
    )  # fmt: skip

    def came(outcome: str, **told: object) -> tl.Outcome:
        place = {"proposal": "P1", "on": "2025-01-10"} | told
        return tl.Outcome(outcome=outcome, **place)  # type: ignore[arg-type]

    for fact, says in (
        (came("accepted"), "nothing says line or resolution"),
        (came("refused"), "nothing says reason"), (came("deferred"), "nothing says reason"),
        (came("merged"), "nothing says into"),
    ):  # fmt: skip
        told = f"proposal 'P1' is {fact.outcome}, and {says}; say what came of it"
        refused(book, tl.Refused, told, fact)
    refused(book, tl.Unknown, "proposal 'P9' is not defined; enter it in proposals.csv first",
            came("done", proposal="P9"))  # fmt: skip
    refused(book, tl.Unknown, "proposal 'P9' is not defined; enter that proposal first",
            came("merged", into="P9"))  # fmt: skip
    refused(book, tl.Refused, "found 2025-01-01, before proposal 'P1' of 2025-01-02",
            came("done", on="2025-01-01"))  # fmt: skip
    posts(book, came("accepted", line="W"), came("merged", proposal="P2", into="P1"))
    refused(
        book, tl.Unknown, "question 'Q9' is not defined; enter it in questions.csv first",
        tl.Answer(question="Q9", on="2025-01-05", by="物业", text="九千"),
    )  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-01-01, before question 'Q1' of 2025-01-02",
        tl.Answer(question="Q1", on="2025-01-01", by="物业", text="九千"),
    )  # fmt: skip
    posts(book, tl.Answer(question="Q1", on="2025-01-05", by="物业", text="九千"))
    for field, key in (("meeting", "M9"), ("proposal", "P9"), ("question", "Q9")):
        told = {"meeting": "M1", "no": 2, "title": "又一"} | {field: key}
        refused(book, tl.Unknown, f"{field} {key!r} is not defined; enter that {field} first",
                tl.AgendaItem(**told))  # type: ignore[arg-type]  # fmt: skip
    refused(
        book, tl.Refused, "found 2025-01-31, before the project's own day 2025-02-01",
        tl.Project(key="J1", on="2025-02-01", name="路灯", line="W", due="2025-01-31"),
    )  # fmt: skip
    refused(
        book, tl.Unknown, "proposal 'P9' is not defined; enter that proposal first",
        tl.Project(key="J1", on="2025-02-01", name="路灯", line="W", proposal="P9"),
    )  # fmt: skip
    posts(book, tl.Project(key="J1", on="2025-02-01", name="路灯", line="W", proposal="P1"))
    score = tl.Rating(project="J1", unit="1-101", on="2025-05-01", score=5, memo="很亮")
    refused(
        book, tl.Refused, "project 'J1' is not accepted on 2025-05-01; owners rate what is", score
    )
    accepted = tl.Progress(project="J1", on="2025-04-30", step="accepted")
    refused(
        book, tl.Refused,
        "project 'J1' is not finished on 2025-04-30, and so not accepted; enter that it is "
        "finished first",
        accepted,
    )  # fmt: skip
    refused(
        book, tl.Unknown, "project 'J9' is not defined; enter that project first",
        tl.Progress(project="J9", on="2025-04-30", step="started"),
    )  # fmt: skip
    posts(book, tl.Progress(project="J1", on="2025-04-29", step="finished"), accepted, score)
    refused(
        book, tl.Unknown, "unit '9-9' is not defined; enter it in units.csv first",
        tl.SurveyAnswer(survey="2025", unit="9-9", on="2025-06-01", answer="满意"),
    )  # fmt: skip
    posts(book, tl.SurveyAnswer(survey="2025", unit="1-101", on="2025-06-01", answer="满意"))


# --------------------------------------------------------------------------- personal data


def test_names_are_erased_and_every_vote_still_verifies() -> None:
    """The roll cannot be made again without names; it is held as far as it can be."""
    book = community(
        tl.Rule(rule="proxies_limit", value="2", start="2024-01-01"),
        *(tl.Tenure(unit=unit, person="王某", phone="1", start="2024-01-01") for unit in UNITS[:3]),
        tl.Member(member="M1", name="老李", start="2024-01-01"),
        tl.Elector(resolution="R", unit=UNITS[8], eligible="no", reason="未交付"),
    )
    posts(book, *votes("R", "2025-01-02", ["agree"] * 5, voters=6)[:1])
    of = {"resolution": "R", "on": "2025-01-02", "choice": "agree", "memo": "本人口述"}
    posts(book, *(tl.Ballot(unit=unit, proxy="老张", **of) for unit in UNITS[:4]))  # type: ignore[arg-type]
    posts(book, tl.Ballot(unit=UNITS[4], **of))  # type: ignore[arg-type]
    posts(book, tl.Tally(resolution="R", on="2025-01-09", counted_by="甲", supervised_by="乙",
                         memo="公开唱票"))  # fmt: skip
    result = book.entry("result", "R")
    gone = {"on": "2025-02-01", "authority": "本人要求"}
    for unit in (*UNITS[:1], UNITS[5]):
        book.erase("unit", unit, **gone)  # type: ignore[arg-type]
        assert book.verify() == []
    keys = [entry.key for entry in book.entries() if entry.kind == "tenure"]
    for key in keys[:2]:
        book.erase("tenure", key, **gone)  # type: ignore[arg-type]
        assert book.verify() == []
    for unit in UNITS[:4]:
        book.erase("ballot", f"R|{unit}", **gone)  # type: ignore[arg-type]
    for kind, key in (("tally", "R"), ("member", "M1|2024-01-01"), ("elector", f"R|{UNITS[8]}")):
        book.erase(kind, key, **gone)  # type: ignore[arg-type]
    assert book.verify() == []
    assert book.entry("result", "R") == result
    posts(book, *votes("R2", "2025-03-01"))  # by who is still known
    for key in keys[2:]:
        book.erase("tenure", key, **gone)  # type: ignore[arg-type]
    assert book.verify() == []


def test_one_large_batch_freezes_the_roll_that_verify_makes() -> None:
    """What a batch has written already is not taken in twice."""
    homes = [
        tl.Unit(unit=f"2-{n}", area_m2="50", usage="residential", owner=f"甲{n}", phone=f"{n}")
        for n in range(1100)
    ]
    held = [
        tl.Tenure(unit=f"2-{n}", person=f"乙{n // 2}", phone="1", start="2024-01-01")
        for n in range(1100)
    ]
    vote = tl.Resolution(key="R", on="2025-01-02", until="2025-01-08", title="表决",
                         decision="budget", voters=559)  # fmt: skip
    book = tl.Book.create(fresh(), INFO, *FACTS, *homes, *held, vote, secret=SECRET)
    assert book.verify() == []


def test_a_batch_brings_funds_and_units_before_what_names_them() -> None:
    book = tl.Book.create(
        fresh(), INFO, tl.SurveyAnswer(survey="1", unit="1-101", on="2025-01-01", answer="满意"),
        line("G", "1", fund="garden"), *reversed(FACTS), secret=SECRET,
    )  # fmt: skip
    assert book.verify() == []
    assert {YEAR, *DECISIONS} <= set(FACTS)


@pytest.mark.parametrize("control", ["stop", "warn", "allow"])
def test_an_exception_is_recorded_on_the_spot(control: str) -> None:
    """Whatever the rule: beyond what is left there is a reason and a name, or nothing is posted."""
    book = adopted(line("A", "100"), more=[
        tl.Rule(rule="control", value=control, start="2025-01-01")
    ])  # fmt: skip
    with pytest.raises(tl.OverBudget):
        book.post([spend("V1", "2025-02-01", "A", "100.01")])
    assert book.entry("expenditure", "V1") is None
