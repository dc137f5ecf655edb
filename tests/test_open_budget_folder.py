"""A year with an open budget, by its folder and the command line: shown and refused."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from test_cli import tree

import trustledger as tl
from trustledger import folderbook
from trustledger.facts import DECIDED
from trustledger.rulebook import PRESETS
from trustledger.sheets import read
from trustledger.sheets.columns import SheetLayout
from trustledger.sheets.layout import FEES
from trustledger.sheets.layout_budget import OPEN_BUDGET
from trustledger.sheets.tables import read_csv

YEAR = Path(__file__).parents[1] / "examples" / "open_budget_year"
EXPENDITURES = next(layout for layout in FEES if layout.name == "expenditures")
DIGEST = "4bb05981616bb340e63d317a4cb80d303f067e7179c7cccb220c9a1625cc5d2f"
Run = Callable[..., tuple[int, bytes, str]]


def fixed_clock() -> str:
    return "2026-02-01T00:00:00+00:00"


@pytest.fixture
def year(tmp_path: Path) -> Path:
    """A writable copy of the year's folder."""
    return Path(shutil.copytree(YEAR, tmp_path / "year"))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The year's folder, loaded and charged. Not to be written to."""
    where = Path(shutil.copytree(YEAR, tmp_path_factory.mktemp("kept") / "year"))
    folderbook.load(where, period="2025", clock=fixed_clock).book.close()
    return where


# --------------------------------------------------------------------------- whole


def test_the_sheets_are_what_the_script_writes(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("make", YEAR / "make.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.make(tmp_path)
    own = {name: body for name, body in tree(YEAR).items() if name.endswith((".csv", ".toml"))}
    own |= {name: body for name, body in tree(YEAR).items() if name.startswith("papers/")}
    assert tree(tmp_path) == own


def test_the_year_verifies_and_loads_again(kept: Path) -> None:
    book = tl.open_book(str(kept))
    assert book.verify() == []
    assert book.review("2025-12-31") == []
    before = book.head
    again = folderbook.load(kept, period="2025")
    assert (again.posted, again.charged, again.warnings) == (0, 0, ())
    assert again.book.head == before


def test_a_month_and_its_pack(run: Run, year: Path, tmp_path: Path) -> None:
    status, out, err = run("month", year, "2025", "--out", tmp_path / "pack")
    assert (status, err) == (0, "")
    assert b"\nverified; " in out
    written = {path.name for path in (tmp_path / "pack").iterdir()}
    assert {"open_budget.pdf", "budget_execution.json", "amendments.pdf"} <= written
    assert len(list((tmp_path / "pack" / "owners").glob("*.pdf"))) == 32
    facts = json.loads((tmp_path / "pack" / "income_expenditure.json").read_bytes())["facts"]
    # 25,000.00 and 83,805.54 came in; 12 % of 83,760.00 and what was spent of common lines
    assert (facts["income_total"], facts["remuneration"]) == ("83805.54", "10051.20")
    assert (facts["expenditure_total"], facts["closing"]) == ("63190.00", "35604.34")


def test_a_folder_without_the_open_budget_is_kept_as_before(year: Path) -> None:
    for layout in OPEN_BUDGET:
        (year / f"{layout.name}.csv").unlink(missing_ok=True)
    (year / "expenditures.csv").unlink()
    facts = [fact for _, fact in read(year).facts]
    assert not any(isinstance(fact, DECIDED) for fact in facts)
    assert folderbook.load(year, period="2025").book.verify() == []


def test_a_sheet_is_a_kind_and_all_kinds_have_one() -> None:
    assert tuple(layout.record for layout in OPEN_BUDGET) == DECIDED


@pytest.mark.parametrize("layout", OPEN_BUDGET, ids=lambda layout: layout.name)
def test_every_field_has_a_column(layout: SheetLayout) -> None:
    fields = {info.alias or name for name, info in layout.record.model_fields.items()}
    assert {column.field for column in layout.columns} == fields


@pytest.mark.parametrize("layout", [*OPEN_BUDGET, EXPENDITURES], ids=lambda layout: layout.name)
def test_every_column_is_used(layout: SheetLayout) -> None:
    file = f"{layout.name}.csv"
    table = read_csv((YEAR / file).read_bytes(), file)
    filled: set[str] = set()
    for _, cells in table.rows:
        filled.update(h for h, cell in zip(table.header, cells, strict=True) if cell.strip())
    for column in layout.columns:
        if layout is not EXPENDITURES or column.budget:
            assert filled & {column.name, column.title}, f"{file}: nothing under {column.name}"


def test_what_a_fund_has_left_goes_where_its_rule_says(run: Run, year: Path) -> None:
    head = "key,date,fund,move,amount,to_fund,payee,resolution,memo\n"
    path = year / "leftovers.csv"
    path.write_text(head + "Y1,2025-12-20,micro,转入,40.00,common,,,\n", "utf-8")
    said = run("load", year)
    assert said[0] == 1
    assert said[2].startswith(
        "trustledger: leftovers.csv, row 2, column move: the rule for what fund 'micro' has left "
    )
    rows = (
        "Y1,2025-12-20,micro,退还,60.00,,街道办事处,,\nY2,2025-12-20,micro,转入,40.00,common,,R1,\n"
    )
    path.write_text(head + rows, "utf-8")
    assert run("load", year)[0] == 0
    assert run("verify", year)[0] == 0
    book = tl.open_book(str(year))
    assert book.balance("1002", "2025-12-31", fund="micro").balance_fen == 0


def test_a_name_that_leads_nowhere_is_told(run: Run, year: Path) -> None:
    """Nothing walks back through it; what the book knows from before is no such name."""
    edit(year / "outcomes.csv", "P1,2024-12-22,采纳,W01,R1", "P1,2024-12-22,采纳,W11,R1")
    edit(year / "publications.csv", "G-05,2025-09-29,用款,U4", "G-05,2025-09-29,用款,U4 ")
    edit(year / "publications.csv", "G-03,2024-12-22,决议,R1", "G-03,2024-12-22,决议,R11")
    edit(year / "publications.csv", "G-01,2024-11-25,预算,2025|v1", "G-01,2024-11-25,预算,2025|v7")
    status, _, err = run("load", year)
    assert (status, err.splitlines()) == (0, [
        "trustledger: note: outcomes.csv, row 2, column 预算编号: names line 'W11', which is "
        "nowhere; correct it, or enter that too",
        "trustledger: note: publications.csv, row 2, column 公示对象: names version '2025|v7', "
        "which is nowhere; correct it, or enter that too",
        "trustledger: note: publications.csv, row 4, column 公示对象: names resolution 'R11', "
        "which is nowhere; correct it, or enter that too",
    ])  # fmt: skip
    for name in ("proposals", "plan_lines", "resolutions", "requests", "commitments"):
        (year / f"{name}.csv").unlink()  # a folder may hold what is new alone
    assert run("load", year)[2] == err


def test_english_headers_and_words_are_the_same_facts(year: Path) -> None:
    chinese = [fact for _, fact in read(year).facts]
    for layout in OPEN_BUDGET:
        path = year / f"{layout.name}.csv"
        titles, _, rest = path.read_text("utf-8").partition("\n")
        names = {column.title: column.name for column in layout.columns}
        path.write_text(",".join(names[title] for title in titles.split(",")) + "\n" + rest)
    for name, words in (
        ("stages", {"征求意见": "consultation", "通过": "adopted", "撤回": "withdrawn",
                    "决算,": "closed,"}),
        ("ballots", {"赞成": "agree", "反对": "against", "弃权": "abstain", "无效": "invalid"}),
    ):  # fmt: skip
        path = year / f"{name}.csv"
        text = path.read_text("utf-8")
        for one, other in words.items():
            text = text.replace(one, other)
        path.write_text(text)
    assert [fact for _, fact in read(year).facts] == chinese


# --------------------------------------------------------------------------- what is shown


def test_a_version_with_the_digest_to_vote_on(run: Run, kept: Path) -> None:
    status, out, err = run("budget", "show", kept, "2025")
    assert (status, err) == (0, "")
    lines = out.decode().splitlines()
    assert lines[:2] == ["2025 2025年度预算\t2025-01-01..2025-12-31", "version v2\tclosed"]
    assert "W01\t楼道感应灯改造\tworks\tcommon\t9,000.00\t6-8,11\t工程主管\tP1" in lines
    assert "planned\tcommon\t\t\t62,800.00" in lines
    assert "income\tservice_fee\t\tcommon\t70,214.40" in lines
    # 12 % of 70,214.40 + 7,200.00 + 3,000.00, and 5,000.00 carried over
    assert "remuneration\tcommon\t\t\t-9,649.73" in lines
    assert "ceiling\tcommon\t\t\t75,764.67" in lines
    assert lines[-1] == f"digest {DIGEST}"
    assert run("budget", "show", kept, "2025", "v1")[1].decode().splitlines()[1] == (
        "version v1\twithdrawn"
    )


def test_what_differs_between_two_versions(run: Run, kept: Path) -> None:
    status, out, _ = run("budget", "diff", kept, "2025", "v1", "v2")
    assert status == 0
    assert out.decode().splitlines() == [
        "lines\t2 differ\t0.00",
        "\tA08\tchanged\t900.00",
        "\t\tamount\t1,600.00\t2,500.00",
        "\tW01\tchanged\t-900.00",
        "\t\tamount\t9,900.00\t9,000.00",
        "\t\tprice\t165\t150",
        "income\t0 differ\t0.00",
    ]
    assert run("budget", "diff", kept, "2025", "v1", "v1")[1] == (
        b"lines\t0 differ\t0.00\nincome\t0 differ\t0.00\n"
    )


def test_rules_of_law_come_as_rows_that_are_taken(run: Run, year: Path) -> None:
    listed = run("budget", "presets")[1].decode().splitlines()
    for line in listed:
        name, sheet, *_ = line.split("\t")
        status, out, _ = run("budget", "presets", name)
        assert status == 0
        (year / sheet).write_bytes(out)
        (fact,) = {type(fact) for place, fact in read(year).facts if place.file == sheet}
        assert fact.__name__ == {"rules.csv": "Rule", "decisions.csv": "DecisionType"}[sheet]
    assert {line.split("\t")[0] for line in listed} == {*PRESETS, *tl.DECISION_TYPES}


def test_a_count_and_every_condition(run: Run, kept: Path) -> None:
    """18 of 25 voters are not three quarters: nothing is put on the roof."""
    status, out, err = run("vote", "tally", kept, "R3")
    assert (status, err) == (0, "")
    lines = out.decode().splitlines()
    assert lines[0] == "resolution R3\tnot carried\tballots"
    assert "agree\t20\t1860\t18" in lines
    assert "takes_part heads: 25 of 30 reaches >=2/3" in lines
    assert "agrees area: 1860 m² of 2570 m² does not reach >=3/4" in lines
    assert "agrees heads: 18 of 25 does not reach >=3/4" in lines
    both = run("vote", "tally", kept, "R2")[1].decode().splitlines()
    assert "differing\t0\t0\t1" in both and "ballots not alike\tV15" in both
    minutes = run("vote", "tally", kept, "R0")[1].decode().splitlines()
    assert minutes[0] == "resolution R0\tcarried\tminutes"
    assert "taking_part\t-\t2420\t24" in minutes


@pytest.mark.parametrize("key", ["R1", "R2", "R3", "R4", "R5"])
def test_anybody_counts_again(run: Run, kept: Path, tmp_path: Path, key: str) -> None:
    path = tmp_path / "ballots.json"
    assert run("vote", "ballots", kept, key, "--out", path)[0] == 0
    assert run("vote", "ballots", kept, key)[1] == path.read_bytes()
    told = run("vote", "tally", kept, key)[1]
    assert run("vote", "recount", path)[1] == told
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert told.decode().splitlines()[-1] == f"ballots {digest}"
    assert tl.open_book(str(kept)).result(key).ballots == digest


def test_nobodys_name_is_on_the_list(run: Run, kept: Path) -> None:
    text = run("vote", "ballots", kept, "R1")[1].decode()
    assert json.loads(text)["rows"][0] == ["1-101", "V1", "90", "yes", "agree"]
    for unit in tl.open_book(str(kept)).units():
        assert unit.owner not in text and unit.phone not in text


def test_every_command_on_the_committees_page_is_one(run: Run) -> None:
    page = (YEAR.parents[1] / "docs" / "open-budget.md").read_text("utf-8")
    lines = [line.split() for line in page.splitlines() if line.startswith("$ trustledger ")]
    assert len(lines) > 12
    for _, _, *words in lines:
        group = words[:2] if words[0] in ("budget", "vote") else words[:1]
        assert run(*group, "--help")[0] == 0, group


SHOWN_WRONG = {
    "no such budget": (("budget", "show", "2031"), 2,
        "budget '2031' is not defined; the budgets are 2024, 2025"),
    "no version yet": (("budget", "show", "2024"), 2, "budget '2024' has no version yet"),
    "no such version": (("budget", "diff", "2025", "v1", "v9"), 2,
        "version 'v9' is not defined; those of budget '2025' are v1, v2"),
    "no such vote": (("vote", "tally", "R9"), 2,
        "resolution 'R9' is not defined; the resolutions are R0, R1, R2, R3, R4, R5"),
    "minutes": (("vote", "ballots", "R0"), 1,
        "'R0' rests on minutes 会议纪要; there is no list of its ballots"),
}  # fmt: skip


@pytest.mark.parametrize("case", SHOWN_WRONG, ids=str)
def test_what_cannot_be_shown(run: Run, kept: Path, case: str) -> None:
    (group, command, *words), status, message = SHOWN_WRONG[case]
    assert run(group, command, kept, *words) == (status, b"", f"trustledger: {message}\n")


def test_two_drafts_and_none_is_named(run: Run, year: Path) -> None:
    drafts = ("rules", "decisions", "budgets", "meetings", "proposals", "plan_lines", "plan_income")
    for layout in (*OPEN_BUDGET, EXPENDITURES):
        if layout.name not in drafts:
            (year / f"{layout.name}.csv").unlink()
    assert run("load", year)[0] == 0
    assert run("budget", "show", year, "2025") == (
        2, b"", "trustledger: budget '2025' has the versions v1, v2; name one\n"
    )  # fmt: skip
    assert f"digest {DIGEST}\n".encode() in run("budget", "show", year, "2025", "v2")[1]


def test_the_only_draft_is_meant(run: Run, year: Path) -> None:
    drafts = ("rules", "decisions", "budgets", "meetings", "proposals", "plan_lines")
    for layout in (*OPEN_BUDGET, EXPENDITURES):
        if layout.name not in drafts:
            (year / f"{layout.name}.csv").unlink()
    lines = (year / "plan_lines.csv").read_text("utf-8").splitlines(keepends=True)
    (year / "plan_lines.csv").write_text("".join(x for x in lines if ",v1," not in x), "utf-8")
    assert run("load", year)[0] == 0
    assert b"\nversion v2\tdraft\n" in run("budget", "show", year, "2025")[1]


def test_votes_are_not_shown_before_they_are_counted(run: Run, year: Path) -> None:
    edit(year / "tallies.csv", "R4,2025-10-21,沈委员,社区居委会,表决票,,,,,,,,,\n", "")
    for name in ("amendments", "expenditures"):  # what rests on it
        path = year / f"{name}.csv"
        kept = [line for line in path.read_text("utf-8").splitlines() if ",A09," not in line]
        path.write_text("\n".join(kept) + "\n")
    assert run("load", year)[0] == 0
    told = (
        "trustledger: the votes on 'R4' are not counted; they are cast until 2025-10-20, "
        "and its tally comes after that\n"
    )
    assert run("vote", "tally", year, "R4") == (1, b"", told)
    assert run("vote", "ballots", year, "R4") == (1, b"", told)


def test_what_is_no_list_of_ballots(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xff\xfe")
    assert run("vote", "recount", path) == (
        2, b"", f"trustledger: {path} is not a text file; vote ballots writes one\n"
    )  # fmt: skip
    path.write_text("{}")
    status, out, err = run("vote", "recount", path)
    assert (status, out) == (2, b"") and err.startswith("trustledger: found no list of ballots")
    assert run("budget", "presets", "mars")[2].startswith("trustledger: preset 'mars' is not")


# --------------------------------------------------------------------------- what is refused


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1, (path.name, old, text.count(old))
    path.write_text(text.replace(old, new), "utf-8")


def rows_of(name: str) -> int:
    return len((YEAR / name).read_text("utf-8").splitlines())


def row_of(name: str, start: str) -> int:
    """The number of the row that begins so, as a spreadsheet counts."""
    lines = (YEAR / name).read_text("utf-8").splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if line.startswith(start)]
    return found


BALLOT = "R4,1-101,2025-10-17,赞成,小程序,,\n"
PAID = "2025-0602,2025-06-02,W01,"

REFUSALS = {
    "a ballot of a unit that is not on the roll": (
        "ballots.csv", BALLOT, BALLOT + "R4,9-901,2025-10-17,赞成,小程序,,\n", 1,
        f"ballots.csv, row {row_of('ballots.csv', 'R4,1-101') + 1}, column 房号: '9-901' is not on "
        "the roll of 'R4' of 2025-10-08; only what is on it votes",
    ),
    "two ballots of one unit": (
        "ballots.csv", BALLOT, BALLOT + BALLOT.replace("赞成", "反对"), 1,
        f"ballots.csv, row {row_of('ballots.csv', 'R4,1-101') + 1}, column 房号: found a second "
        f"ballot of unit '1-101', the first is in row {row_of('ballots.csv', 'R4,1-101')}; one "
        "counts, so leave out the other",
    ),
    "two ballots of one unit that say the same": (
        "ballots.csv", BALLOT, BALLOT + BALLOT, 1,
        f"ballots.csv, row {row_of('ballots.csv', 'R4,1-101') + 1}, column 房号: found a second "
        f"ballot of unit '1-101', the first is in row {row_of('ballots.csv', 'R4,1-101')}; one "
        "counts, so leave out the other",
    ),
    "a ballot after the last day": (
        "ballots.csv", BALLOT, BALLOT.replace("10-17", "10-21"), 1,
        f"ballots.csv, row {row_of('ballots.csv', 'R4,1-101')}, column 日期: found 2025-10-21; "
        "votes on 'R4' are cast from 2025-10-08 to 2025-10-20",
    ),
    "areas that do not add up": (
        "resolutions.csv", f"{DIGEST},,,,,3120,30,", f"{DIGEST},,,,,3121,30,", 1,
        "resolutions.csv, row 3, column 总面积: the roll of 'R1' adds up to 3120 m², and the "
        "resolution expects 3121; correct units.csv, or a row of the roll by an elector",
    ),
    "voters that do not add up": (
        "resolutions.csv", f"{DIGEST},,,,,3120,30,", f"{DIGEST},,,,,3120,32,", 1,
        "resolutions.csv, row 3, column 总人数: the roll of 'R1' has 30 voters, and the resolution "
        "expects 32; correct owners.csv, or a row of the roll by an elector",
    ),
    "a version that was changed after the vote": (
        "plan_lines.csv", "2025,v2,A06,办公,office,,\"1,200.00\"",
        "2025,v2,A06,办公,office,,\"1,300.00\"", 1,
        "resolutions.csv, row 3, column 版本摘要: version '2025|v2' has the digest ",
    ),
    "a digest that is not the version's": (
        "stages.csv", f"2025,v2,通过,2024-12-22,{DIGEST}", f"2025,v2,通过,2024-12-22,{'0' * 64}", 1,
        f"stages.csv, row 5, column 版本摘要: version '2025|v2' has the digest {DIGEST}, and "
        f"{'0' * 64} was adopted; what owners saw is not what stands: compare the two",
    ),
    "a count by one person": (
        "tallies.csv", "R1,2024-12-21,沈委员,社区居委会", "R1,2024-12-21,沈委员,沈委员", 2,
        "tallies.csv, row 3, column 监票人: found one person for both; somebody else supervises "
        "the count",
    ),
    "approval by the maker": (
        "approvals.csv", "U1,李会计,2025-05-12", "U1,周工,2025-05-12", 1,
        "approvals.csv, row 2, column 审批人: '周工' made request 'U1' and cannot approve it; "
        "somebody else does",
    ),
    "an instalment out of order": (
        "expenditures.csv", "C1,1,,00250601", "C1,2,,00250601", 1,
        f"expenditures.csv, row {row_of('expenditures.csv', PAID)}, column 付款节点: instalment 1 "
        "of commitment 'C1' has 2580.00 open, and comes before instalment 2; pay that first",
    ),
    "an invoice paid twice": (
        "expenditures.csv", "C1,2,,00250812", "C1,2,,00250601", 1,
        f"expenditures.csv, row {row_of('expenditures.csv', '2025-0815')}, column 发票号: voucher "
        "'2025-0815' pays 5160.00 on invoice '00250601' of '明亮电气（虚构）', of which 0.00 is "
        "open, paid by voucher 2025-0602",
    ),
    "a large payment that nobody put up": (
        "publications.csv", "G-04,2025-05-27,用款,C1", "G-04,2025-08-06,用款,C1", 1,
        f"expenditures.csv, row {row_of('expenditures.csv', '2025-0815')}, column 日期: voucher "
        "'2025-0815' is 5160.00, and from 5000.00 on a payment is published 10 days before, by "
        "2025-08-05; it was put up on 2025-08-06",
    ),
    "a line that is not in the budget": (
        "expenditures.csv", "2025-0307,2025-03-18,A07", "2025-0307,2025-03-18,A77", 1,
        f"expenditures.csv, row {row_of('expenditures.csv', '2025-0307')}, column 预算编号: "
        "voucher '2025-0307' names budget line 'A77', which budget '2025' does not have on "
        "2025-03-18; no budget line, no spending: have it adopted, or amend the budget",
    ),
    "a resolution that did not carry": (
        "expenditures.csv", "土方与坐凳,,,R1", "土方与坐凳,,,R3", 1,
        f"expenditures.csv, row {row_of('expenditures.csv', '2025-0603')}, column 决议: "
        "resolution 'R3' is not in force on 2025-06-12: it did not carry, agrees area: 1860 m² of "
        "2570 m² does not reach >=3/4; agrees heads: 18 of 25 does not reach >=3/4",
    ),
    "a rule that nobody knows": (
        "rules.csv", "公示天数,10", "公示期,10", 2,
        "rules.csv, row 8, column 规则: rule '公示期' is not defined; it is one of control ",
    ),
    "a rule's value": (
        "rules.csv", "公示天数,10", "公示天数,十", 2,
        "rules.csv, row 8, column 值: found '十'; write a whole number of days, 0 to 9999",
    ),
    "a threshold": (
        "decisions.csv", "special,特别事项,业主大会,>=2/3,>=3/4",
        "special,特别事项,业主大会,>=2/3,75", 2,
        "decisions.csv, row 3, column 同意比例: found '75'; write >=2/3 (三分之二以上) or >1/2 "
        "(过半数)",
    ),
    "a choice": (
        "ballots.csv", BALLOT, BALLOT.replace("赞成", "同意"), 2,
        f"ballots.csv, row {row_of('ballots.csv', 'R4,1-101')}, column 表决: choice '同意' is not "
        "defined; it is one of agree 赞成, against 反对, abstain 弃权, invalid 无效",
    ),
    "months": (
        "plan_lines.csv", "2025,v2,A07,公众责任险,insurance,,\"1,500.00\",,,,合同,3",
        "2025,v2,A07,公众责任险,insurance,,\"1,500.00\",,,,合同,13", 2,
        f"plan_lines.csv, row {row_of('plan_lines.csv', '2025,v2,A07')}, column 计划月份: found "
        "'13'; months are written 1-12 or 3,6,9,12; empty means every month of the budget",
    ),
    "a score": (
        "ratings.csv", "J1,1-101,2025-08-16,5", "J1,1-101,2025-08-16,6", 2,
        "ratings.csv, row 2, column 评分: found '6'; write a whole number from 1 to 5",
    ),
    "a document that is not there": (
        "documents.csv", "papers/bank-2025-0815.txt", "papers/bank.txt", 2,
        "documents.csv, row 8, column 附件: found 'papers/bank.txt', but no such file is in the "
        "folder; write a path inside the folder, such as vouchers/0231.pdf",
    ),
    "a document of nothing": (
        "documents.csv", "2025-0719,其他", "2025-9999,其他", 2,
        "documents.csv, row 9, column 凭证号: voucher '2025-9999' is not defined; name an "
        "expenditure",
    ),
    "a column that nobody knows": (
        "milestones.csv", "到期日", "到期", 2,
        "milestones.csv, row 1: found an unknown column '到期'; did you mean '到期日'?",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS, ids=str)
def test_one_clear_line_and_nothing_is_changed(run: Run, year: Path, case: str) -> None:
    file, old, new, status, message = REFUSALS[case]
    edit(year / file, old, new)
    before = tree(year)
    said = run("load", year)
    assert said[:2] == (status, b"")
    assert said[2].startswith(f"trustledger: {message}") and said[2].count("\n") == 1
    assert tree(year) == before


def test_a_book_that_stands_is_left_as_it_is(run: Run, year: Path) -> None:
    """What is added later is refused by the same rules, and the head stays."""
    assert run("load", year)[0] == 0
    head = tl.open_book(str(year)).head
    for name, row, status in (
        ("ballots.csv", "R4,S-02,2025-10-17,赞成,小程序,,", 1),  # after its count
        ("approvals.csv", "U4,周工,2025-09-29,复核,同意,", 1),
        ("milestones.csv", 'C1,4,2025-12-30,"1.00",', 1),
        ("plan_lines.csv", "2025,v2,A99,新项目,other,,1.00,,,,估算,,,,,,", 1),
        ("releases.csv", "F2,2025-12-06,C1,0.01,", 1),
        ("answers.csv", "Q9,2025-12-06,业委会,无,", 2),
    ):
        path = year / name
        text = path.read_text("utf-8")
        path.write_text(text + row + "\n", "utf-8")
        said = run("load", year)
        rows = len(text.splitlines()) + 1
        assert said[:2] == (status, b""), (name, said)
        assert said[2].startswith(f"trustledger: {name}, row {rows}, column "), said[2]
        assert tl.open_book(str(year)).head == head
        path.write_text(text, "utf-8")
    assert run("verify", year)[0] == 0


def test_another_version_than_the_one_voted_on(run: Run, year: Path) -> None:
    edit(year / "stages.csv", "2025,v1,撤回,2024-12-05,,,,按质询调整灯价\n", "")
    assert run("load", year)[0] == 0
    other = tl.open_book(str(year)).version("2025", "v1").digest
    (year / "book.db").unlink()
    edit(
        year / "stages.csv", f"2025,v2,通过,2024-12-22,{DIGEST}", f"2025,v1,通过,2024-12-22,{other}"
    )
    said = run("load", year)
    assert said == (1, b"", (
        f"trustledger: stages.csv, row 4, column 决议: resolution 'R1' is on '2025|v2' with the "
        f"digest {DIGEST}, and not on version '2025|v1' with the digest {other}; name the one that "
        "adopted it\n"
    ))  # fmt: skip
    assert not (year / "book.db").exists()
