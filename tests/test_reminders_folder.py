"""Reminders on the command line and in the folder: what is right, and every wrong line's words."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import trustledger as tl
from trustledger.cli import main

BOOK = """\
[book]
code = "garden"
name = "花园"
start = 2024-01-01
"""
STEP = """\
[[reminder]]
days = 30
name = "提醒"
text = "请缴费。"
from = 2024-01-01
"""
UNITS = "unit,building,area_m2,usage,owner,phone\n1-101,1栋,100,住宅,王某,\n1-102,,100,住宅,李某,\n"
TARIFFS = "item,usage,basis,price,from,to,authority\n物业费,,per_m2_month,1,2024-01-01,,\n"
PLANS = "key,unit,date,due,amount,authority,memo\n"
ROW = "P1,1-101,2024-02-10,2024-03-10,100,协议,\n"

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def folder(toml: str = BOOK + STEP, plans: str = "") -> Path:
        where = tmp_path / "garden"
        where.mkdir()
        for name, text in (("book.toml", toml), ("units.csv", UNITS), ("tariffs.csv", TARIFFS)):
            (where / name).write_text(text, "utf-8")
        if plans:
            (where / "plans.csv").write_text(plans, "utf-8")
        return where

    return folder


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    def call(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["trustledger", *map(str, words)])
        with pytest.raises(SystemExit) as done:
            main()
        out, err = capfd.readouterr()
        return int(done.value.code or 0), out, err

    return call


def test_a_dry_run_lists_and_records_nothing(run, make: Make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    where, out = make(plans=PLANS + ROW), tmp_path / "out"
    assert run("load", where)[0] == 0
    assert run("charge", where, "2024-01..2024-02")[0] == 0
    listed = "1-101\t王某\t30 days\t2024-01..2024-02\t200.00\n"
    other = "1-102\t李某\t30 days\t2024-01..2024-02\t200.00\n"
    told = run("remind", where, "2024-02-09", "--dry-run")
    assert told == (
        0, listed + other + "garden: 2 to remind on 2024-02-09; nothing recorded\n", "",
    )  # fmt: skip
    assert run("remind", where, "2024-02-09", "--dry-run") == told
    status, said, err = run("remind", where, "2024-02-10", "--out", out)
    assert (status, err) == (0, "")
    assert said.startswith(other + "garden: 1 reminders recorded, 1 notices of 2024-02-10 in 1 ")
    assert [path.name for path in out.iterdir()] == ["2024-02-10-未分楼栋.pdf"]
    status, said, _ = run("remind", where, "2024-02-10", "--out", out)
    assert (status, said.split(",")[0]) == (0, "garden: 0 reminders recorded")
    assert "1-102" in run("statement", "reminders", where, "2024-02")[1]
    assert run("verify", where)[0] == 0


@pytest.mark.parametrize(
    ("words", "status", "line"),
    [
        (["2024-02-10"], 2, "remind needs --out, the folder the notices go to, or --dry-run"),
        (["2024-2-10", "--dry-run"], 2, "found '2024-2-10'; a date is written 2024-01-31"),
        (["2023-12-31", "--dry-run"], 1, "found 2023-12-31; the books open on 2024-01-01"),
        (["2024-02-10", "--out", "garden/book.toml/x"], 2,
         "cannot write to garden/book.toml/x: garden/book.toml is not a folder that can be "
         "written"),
    ],
)  # fmt: skip
def test_a_wrong_command_has_one_line(  # type: ignore[no-untyped-def]
    run, make: Make, monkeypatch: pytest.MonkeyPatch, words: list[str], status: int, line: str
) -> None:
    where = make()
    monkeypatch.chdir(where.parent)
    run("load", where)
    assert run("remind", where, *words) == (status, "", f"trustledger: {line}\n")


def test_a_book_without_a_ladder(run, make: Make) -> None:  # type: ignore[no-untyped-def]
    where = make(BOOK)
    run("load", where)
    assert run("remind", where, "2024-02-10", "--dry-run") == (
        1, "",
        "trustledger: no reminder step is in force on 2024-02-10; write [[reminder]] tables in "
        "book.toml and load the folder\n",
    )  # fmt: skip


AT = "trustledger: book.toml, row {}, column reminder.{}: "
PLAN = "trustledger: plans.csv, row {}, column {}: "


@pytest.mark.parametrize(
    ("toml", "plans", "line"),
    [
        (STEP.replace("30", "0"), "", AT.format(6, "days") + "found 0; write it as days = 30 "
         "(since the charge, above zero)"),
        (STEP.replace("30", '"30"'), "", AT.format(6, "days") + "found '30'; write it as days = 30 "
         "(since the charge, above zero)"),
        (STEP.replace('"请缴费。"', '""'), "", AT.format(8, "text") + "found ''; write it as "
         'text = "请于七日内缴纳。"'),
        (STEP.replace('name = "提醒"\n', ""), "", AT.format(5, "name") + "is missing; write for "
         'example name = "缴费提醒"'),
        (STEP.replace("from = 2024-01-01\n", ""), "", AT.format(5, "from") + "is missing; write "
         "for example from = 2025-01-01"),
        (STEP + "to = 2023-12-31\n", "", AT.format(10, "to") + "found 2023-12-31, before "
         "2024-01-01; 'to' is not before 'from'"),
        (STEP + STEP.replace("2024", "2025"), "", AT.format(11, "days") + "found two steps of 30 "
         "days, '提醒' from 2024-01-01 and '提醒' from 2025-01-01; end one of them, by 'to', "
         "before the other begins"),
        (STEP + "colour = 1\n", "", "trustledger: book.toml, row 10, column reminder: found an "
         "unknown key 'colour'; [reminder] has days, name, text, from, to, authority"),
        (STEP, ROW.replace("100", "0"), PLAN.format(2, "amount") + "found '0'; this amount must be "
         "above zero"),
        (STEP, ROW.replace("2024-03-10", "2024-02-09"), PLAN.format(2, "due") + "found 2024-02-09, "
         "before the plan's own day 2024-02-10; an instalment falls due on that day or later"),
        (STEP, ROW.replace("1-101", "9-999"), PLAN.format(2, "unit") + "unit '9-999' is not "
         "defined; enter it in units.csv first"),
        (STEP, ROW + ROW.replace("100", "99"), PLAN.format(3, "amount") + "instalment "
         "'P1|2024-03-10' stands with amount '100', and now says '99'; restore what it said, or "
         "record the change under a key of its own"),
        (STEP, ROW + ROW.replace("03-10", "04-10").replace("1-101", "1-102"),
         PLAN.format(3, "unit") + "found '1-102', and an earlier row of plan 'P1' says '1-101'; "
         "one plan is of one unit, one day and one authority"),
        (STEP, ROW.replace("2024-02-10", "2023-02-10"), PLAN.format(2, "date") + "found "
         "2023-02-10; the books open on 2024-01-01: give what was still to be paid then as a plan "
         "of that day"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_folder_has_one_line(  # type: ignore[no-untyped-def]
    run, make: Make, toml: str, plans: str, line: str
) -> None:
    where = make(BOOK + toml, PLANS + plans if plans else "")
    status, out, err = run("load", where)
    assert (status, out, err) == (1 if "stands with" in line or "open on" in line else 2, "",
                                  f"{line}\n")  # fmt: skip
    assert not (where / "book.db").exists()


def test_loading_again_changes_nothing_and_a_step_can_be_ended(run, make: Make) -> None:  # type: ignore[no-untyped-def]
    where = make(plans=PLANS + ROW)
    first = run("load", where)[1].split()[-1]
    assert run("load", where)[1].split()[-1] == first
    (where / "book.toml").write_text(BOOK + STEP + "to = 2024-12-31\n", "utf-8")
    assert run("load", where)[0] == 0
    assert run("load", where)[0] == 0
    book = tl.open_book(str(where))
    with pytest.raises(tl.Refused, match="no reminder step is in force on 2025-01-01"):
        book.remind("2025-01-01")
    assert book.verify() == []
