"""The command line as its users meet it: every command, every exit status, every error's line."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Folder = Callable[[str], Path]
PERIOD = "2017-01..2017-06"


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# --------------------------------------------------------------------------- the main job


def test_month_gives_the_published_figures(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("pingan-2017h1")
    status, out, err = run("month", case, PERIOD, "--out", tmp_path / "pack")
    assert (status, err) == (0, "")
    assert b"verified; 315 files" in out
    facts = json.loads((tmp_path / "pack" / "income_expenditure.json").read_bytes())["facts"]
    assert facts == {
        "opening": "-1332.00",
        "income": {"service_fee": "52886.00", "parking": "28550.00", "venue_rent": "1200.00"},
        "income_total": "82636.00",
        "remuneration": "9916.32",
        "expenditure": {
            "5101": "53600.00", "5102": "4318.00", "5103": "8747.00", "5104": "4316.00",
            "5105": "847.00",
        },
        "expenditure_total": "71828.00",
        "closing": "-440.32",
    }  # fmt: skip
    collection = json.loads((tmp_path / "pack" / "collection.json").read_bytes())["facts"]
    assert (collection["units_charged"], collection["units_settled"]) == (267, 178)
    assert collection["rate"] == "0.6738"
    owners = list((tmp_path / "pack" / "owners").iterdir())
    assert len(owners) == 267 and all(p.read_bytes().startswith(b"%PDF") for p in owners)


def test_load_then_charge_gives_what_month_gives(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    one, other = folder("example"), tmp_path / "other"
    other.mkdir()
    for name, body in tree(one).items():
        (other / name).parent.mkdir(exist_ok=True)
        (other / name).write_bytes(body)
    assert run("month", one, "2025-01..2025-06", "--out", tmp_path / "pack")[0] == 0
    assert run("load", other)[0] == 0
    assert run("charge", other, "2025-01..2025-02")[0] == 0
    assert run("charge", other, "2025-03..2025-06")[0] == 0
    for name in ("income_expenditure", "remuneration", "collection", "trial_balance",
                 "month_grid", "ageing"):  # fmt: skip
        for period in ("2025-03", "2025-01..2025-06"):
            words = ("statement", name, "{}", period, "--format", "json")
            facts = [
                json.loads(run(*(str(w).format(where) for w in words))[1])["facts"]
                for where in (one, other)
            ]
            assert facts[0] == facts[1], (name, period)


def test_the_same_folder_gives_the_same_bytes(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    assert run("month", case, "2025-03", "--out", tmp_path / "one")[0] == 0
    (case / "book.db").unlink()
    assert run("month", case, "2025-03", "--out", tmp_path / "two")[0] == 0
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


def test_loading_and_charging_again_changes_nothing(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    first = run("load", case)[1]
    again = run("load", case)[1]
    assert first.split()[-1] == again.split()[-1]
    assert b": 0 new, 330 stood already" in again
    assert run("charge", case, "2025")[1] == b"xinghe: 623 charges\n"
    assert run("charge", case, "2025")[1] == b"xinghe: 0 charges\n"


def test_every_format_and_out(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    run("charge", case, "2025-01")
    begins = {
        "text": b"\xe6\x98\x9f", "json": b"{", "csv": b"\xef\xbb\xbf", "xlsx": b"PK",
        "pdf": b"%PDF", "html": b"<!",
    }  # fmt: skip
    for format_, start in begins.items():
        words = ("statement", "owner", case, "2025-01", "--unit", "1-101", "--format", format_)
        status, out, err = run(*words)
        assert (status, err) == (0, "") and out.lower().startswith(start.lower())
        assert run(*words, "--out", tmp_path / "x")[0] == 0
        assert (tmp_path / "x").read_bytes() == out


def test_ageing_in_the_callers_buckets(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    run("charge", case, "2025-01..2025-03")
    words = ("statement", "ageing", case, "2025-03", "--format", "json", "--buckets")
    facts = json.loads(run(*words, "30,90")[1])["facts"]
    assert list(facts["buckets"]) == ["0-30", "31-90", "over-90"]
    assert sum(int(yuan.replace(".", "")) for yuan in facts["buckets"].values()) == int(
        facts["arrears"].replace(".", "")
    )
    status, out, err = run(*words, "90,30")
    assert (status, out) == (2, b"")
    assert err == (
        "trustledger: found buckets '90,30'; they are the last day of each, at most 8 and rising, "
        "such as 30,90,180,365\n"
    )


def test_restricted_fund_has_a_statement_of_its_own(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    words = ("statement", "income_expenditure", case, "2025", "--format", "json")
    facts = json.loads(run(*words, "--fund", "garden")[1])["facts"]
    assert facts["closing"] == "1520.00"
    assert facts["income"] == {
        "subsidy": "20000.00", "contribution": "6240.00", "donation": "1880.00",
    }  # fmt: skip
    assert facts["remuneration"] == "0.00" and facts["expenditure"] == {"W01": "26600.00"}


def test_another_database_holds_the_book_by_its_code(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case, url = folder("example"), f"sqlite:///{tmp_path / 'city.db'}"
    assert run("load", case, "--db", url)[0] == 0
    assert not (case / "book.db").exists()
    assert run("charge", "xinghe", "2025-01", "--db", url)[0] == 0
    assert run("charge", case, "2025-01", "--db", url)[1] == b"xinghe: 0 charges\n"
    assert run("verify", "xinghe", "--db", url)[0] == 0
    assert run("verify", tmp_path / "city.db")[0] == 0
    status, _, err = run("verify", "nobody", "--db", url)
    assert status == 2 and "the books in" in err and "xinghe" in err


def test_verify_lists_findings_and_exits_1(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    import sqlite3

    case = folder("example")
    run("month", case, "2025-01", "--out", case / "pack")
    with sqlite3.connect(case / "book.db") as raw:
        raw.execute("DROP TRIGGER tl_posting_no_update")
        raw.execute("UPDATE tl_posting SET debit_fen = debit_fen + 1 WHERE seq = 200 AND no = 1")
    raw.close()
    status, out, err = run("verify", case)
    assert status == 1
    assert err == "" or "guard" in err
    text = out.decode() + err
    assert "entry 200" in text and "guard" in text
    status, _, err = run("month", case, "2025-02", "--out", case / "pack2")
    assert status == 1 and not (case / "pack2").exists()


def test_months_are_closed(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    assert run("load", case)[0] == 0
    status, out, err = run("close", case, "2025-02")
    assert (status, out) == (1, b"")
    assert err.startswith(
        "trustledger: 2025-02 cannot be closed: 2025-01 is not charged for 51 units (1-101, 1-102, "
        "1-103 ...): charge it first; 2025-02 is not charged for 52 units "
    )
    assert run("charge", case, "2025-01..2025-02")[0] == 0
    status, out, _ = run("close", case, "2025-02")
    assert (status, out[:43]) == (0, b"xinghe: 2 months closed, through 2025-02; j")
    assert run("close", case, "2025-01", "--leave-waiting")[1][:25] == b"xinghe: 0 months closed, "
    assert run("load", case)[0] == 0  # what stands is answered, closed or not
    with (case / "receipts.csv").open("ab") as sheet:
        sheet.write("X1,2025-02-28,1-101,10,现金,,\r\n".encode())
    status, out, err = run("load", case)
    assert (status, out) == (1, b"")
    assert err.startswith("trustledger: receipts.csv, row ") and err.endswith(
        "receipt 'X1' is dated 2025-02-28, and the books are closed through 2025-02; "
        "date it 2025-03-01 or later and name 2025-02-28 as its original date\n"
    )


def test_sums_are_rebuilt(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    assert run("load", case)[0] == 0
    with sqlite3.connect(case / "book.db") as raw:
        raw.execute("DELETE FROM tl_turnover")
    raw.close()
    assert run("verify", case)[0] == 1
    status, out, err = run("rebuild", case)
    assert (status, err) == (0, "")
    assert out.startswith(b"xinghe: ") and out.endswith(b" sums recomputed from the journal\n")
    assert run("verify", case)[0] == 0


def test_init_writes_templates_that_load(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for lang, header in (("zh", "房号"), ("en", "unit")):
        target = tmp_path / lang
        assert run("init", target, "--lang", lang)[0] == 0
        assert header in (target / "units.csv").read_text("utf-8-sig")
        assert run("load", target)[0] == 0
        status, _, err = run("init", target)
        assert status == 2 and err.count("\n") == 1
    assert run("init", tmp_path / "x", "--lang", "fr")[0] == 2
    assert not (tmp_path / "zh" / "ballots.csv").exists()
    assert run("init", tmp_path / "zh", "--budget")[0] == 0  # added to a book that stands
    assert run("init", tmp_path / "new", "--budget")[0] == 0
    for folder in ("zh", "new"):
        assert "房号" in (tmp_path / folder / "ballots.csv").read_text("utf-8-sig")
        assert run("load", tmp_path / folder)[0] == 0


@pytest.mark.parametrize("tool", ["hledger", "ledger", "beancount"])
def test_export(run, folder: Folder, tmp_path: Path, tool: str) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    status, out, _ = run("export", tool, case)
    assert status == 0 and len(out) > 10_000
    assert run("export", tool, case, "--out", tmp_path / "x")[0] == 0
    assert (tmp_path / "x").read_bytes() == out


def test_demo(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("demo", "--out", tmp_path / "demo")
    assert status == 0 and "收支公示表" in out.decode()
    assert len(list((tmp_path / "demo" / "pack" / "owners").iterdir())) == 52
    assert run("demo", "--out", tmp_path / "demo")[0] == 0


def test_help_names_every_command(run) -> None:  # type: ignore[no-untyped-def]
    status, out, _ = run("--help")
    assert status == 0
    for name in ("init", "load", "charge", "statement", "month", "verify", "export", "demo",
                 "budget", "vote"):  # fmt: skip
        assert name.encode() in out
        assert run(name, "--help")[0] == 0


# --------------------------------------------------------------------------- what is wrong


def edit(path: Path, old: str, new: str, *, count: int = 1) -> None:
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, count), "utf-8")


RECEIPT = "S2017-0005,2017-06-08,8-1-501,253.20"
AMOUNT = "an amount is yuan with at most two decimals, such as 12,000.00 or 12000"

REFUSALS = {
    "unknown column": (
        "receipts.csv", ",memo", ",memoo", 2,
        "receipts.csv, row 1: found an unknown column 'memoo'; did you mean 'memo'?",
    ),
    "missing column": (
        "tariffs.csv", "item,", "", 2,
        "tariffs.csv, row 1: the column item [收费项目] is missing; "
        "the columns are item, usage, basis, price, from, to, period, rounding, counts, authority",
    ),
    "three decimals": (
        "receipts.csv", RECEIPT, RECEIPT + "5", 2,
        f"receipts.csv, row 6, column amount: found '253.205'; {AMOUNT}",
    ),
    "exponent": (
        "receipts.csv", RECEIPT, RECEIPT.replace("253.20", "1e5"), 2,
        f"receipts.csv, row 6, column amount: found '1e5'; {AMOUNT}",
    ),
    "empty amount": (
        "receipts.csv", RECEIPT, RECEIPT.replace("253.20", ""), 2,
        f"receipts.csv, row 6, column amount: found an empty cell; {AMOUNT}",
    ),
    "no such day": (
        "receipts.csv", RECEIPT, RECEIPT.replace("06-08", "06-31"), 2,
        "receipts.csv, row 6, column date: found '2017-06-31', which is not a day of the "
        "calendar; a date is written 2024-01-31",
    ),
    "no such unit": (
        "receipts.csv", RECEIPT, RECEIPT.replace("8-1-501", "8-1-999"), 2,
        "receipts.csv, row 6, column unit: unit '8-1-999' is not defined; "
        "enter it in units.csv first",
    ),
    "no such line": (
        "expenditures.csv", "2017-02-28,5101", "2017-02-28,5999", 1,
        "expenditures.csv, row 3, column line: voucher 'J2017-002' names budget line '5999', "
        "which is not in the budget; no budget line, no spending: have the line adopted first",
    ),
    "no such fund": (
        "income.csv", "车位02,,", "车位02,repair,", 2,
        "income.csv, row 3, column fund: fund 'repair' is not defined; the funds are common",
    ),
    "a line of a fund that is not there": (
        "budget.csv", "847.00,,", "847.00,repair,", 2,
        "budget.csv, row 6, column fund: fund 'repair' is not defined; the funds are common",
    ),
    "other content under a key": (
        "receipts.csv", "S2017-0006,2017-02-12,8-1-202,172.80,cash", RECEIPT + ",cash", 1,
        "receipts.csv, row 7, column channel: receipt 'S2017-0005' stands with channel 'alipay', "
        "and now says 'cash'; restore what it said, or record the change under a key of its own",
    ),
    "before the books open": (
        "receipts.csv", RECEIPT, RECEIPT.replace("2017", "2016").replace("S2016", "S2017"), 1,
        "receipts.csv, row 6, column date: found 2016-06-08; the books open on 2017-01-01, "
        "and what came before belongs in opening.csv",
    ),
    "beyond the line": (
        "expenditures.csv", "2017-02-28,5101,8933.00", "2017-02-28,5101,18933.00", 1,
        "expenditures.csv, row 6, column amount: voucher 'J2017-005' spends 8933.00 on line "
        "'5101' (人员工资), which has 7868.00 left of 53600.00; "
        "spend at most that, or name the resolution that allows more",
    ),
    "an unknown key in book.toml": (
        "book.toml", "currency", "curency", 2,
        "book.toml, row 6, column book: found an unknown key 'curency'; "
        "[book] has code, name, start, fiscal_year_start, currency, secret, prepay_months",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSALS)
@pytest.mark.parametrize("loaded", [False, True], ids=["fresh", "loaded"])
def test_bad_input_gets_one_line_and_changes_nothing(  # type: ignore[no-untyped-def]
    name: str, loaded: bool, run, folder: Folder
) -> None:
    file, old, new, status, line = REFUSALS[name]
    case = folder("pingan-2017h1")
    if loaded:  # with what is wrong left out, so that it arrives in a second load
        kept = (case / file).read_bytes()
        if file not in ("book.toml", "tariffs.csv"):
            (case / file).unlink()
            if file == "budget.csv":
                (case / "expenditures.csv").rename(case / "later")
        assert run("load", case)[0] == 0
        (case / file).write_bytes(kept)
        if (case / "later").exists():
            (case / "later").rename(case / "expenditures.csv")
    edit(case / file, old, new)
    before = tree(case)
    head = run("verify", case)[1] if loaded else b""
    found, out, err = run("load", case)
    assert (found, out, err) == (status, b"", f"trustledger: {line}\n")
    assert {k: v for k, v in tree(case).items() if ".db" not in k} == {
        k: v for k, v in before.items() if ".db" not in k
    }
    if loaded:
        assert run("verify", case)[1] == head
    else:
        assert tree(case) == before


def test_units_without_a_tariff_are_said(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("pingan-2017h1")
    edit(case / "units.csv", "90.20,residential", "90.20,clinic")
    status, _, err = run("load", case)
    assert status == 0
    assert err == (
        "trustledger: note: no tariff for usage 'clinic': 1 units are not charged (1-1-101)\n"
    )


def test_wrong_arguments(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    for words, said in (
        (("statement", "owner", case, "2025-01"), "no book.db in it yet"),
        (("load", tmp_path / "nowhere"), "found no folder"),
        (("load", case, "--db", "mysql://x/y"), "not supported"),
        (("load", case, "--db", "nonsense"), "not a database address"),
        (("load", case, "--db", "sqlite://"), "is a database in memory, which keeps nothing"),
        (("load", case, "--db", f"sqlite:///{tmp_path}/no/such/x.db"), "cannot be opened"),
        (("load", case, "--db", f"sqlite:///{case / 'units.csv'}"), "not a book of trustledger"),
        (("verify", "xinghe"), "name a book folder"),
        (("frobnicate",), "frobnicate"),
        (("load", case, "--loud"), "--loud"),
    ):
        status, out, err = run(*words)
        assert (status, out) == (2, b""), (words, err)
        assert said in err and err.count("\n") == 1, err
    run("load", case)
    for words, said in (
        (("statement", "profit", case, "2025-01"), "it is one of income_expenditure"),
        (("statement", "owner", case, "2025-01"), "needs --unit"),
        (("statement", "owner", case, "2025-01", "--unit", "9-999"), "unit '9-999' is not defined"),
        (("statement", "resolution", case, "2025-01"), "needs --of"),
        (("statement", "resolution", case, "2025-01", "--of", "R1"), "'R1' is not defined"),
        (("statement", "open_budget", case, "2025-01"), "enter one that shares a day with it"),
        (("statement", "collection", case, "2025-13"), "a period is 2017-03"),
        (("statement", "collection", case, "2025-06..2025-01"), "ends before it begins"),
        (("statement", "collection", case, "2025", "--format", "docx"), "the formats are"),
        (("statement", "income_expenditure", case, "2025", "--fund", "x"), "the funds are"),
        (("export", "gnucash", case), "hledger"),
    ):
        status, out, err = run(*words)
        assert (status, out) == (2, b""), (words, err)
        assert said in err and err.count("\n") == 1, err
    status, _, err = run("charge", case, "2024-12")
    assert status == 1 and "the books open on 2025-01-01" in err


def test_months_before_the_start_are_left_out(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    assert run("charge", case, "2024-11..2025-01")[1] == b"xinghe: 51 charges\n"


def test_help_is_quick_and_the_console_script_works(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "trustledger", "--help"],
        capture_output=True, text=True, check=True, env=environment, cwd=tmp_path,
    )  # fmt: skip
    assert "demo" in told.stdout
    assert "sqlalchemy" not in told.stderr and "pydantic" not in told.stderr


# --------------------------------------------------------------------------- once wrong


def test_folders_of_any_name(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for name in ("a?b", "a%20b", "a b", "小区#1"):
        case = folder("example").rename(tmp_path / name)
        assert run("load", case)[0] == 0
        assert (case / "book.db").exists()
        assert run("verify", case)[0] == 0
    assert {p.name for p in tmp_path.iterdir()} == {"a?b", "a%20b", "a b", "小区#1"}


def test_nothing_is_left_beside_what_was_asked_for(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)

    def there() -> set[str]:  # SQLite's own companions come and go with its connections
        return {name for name in tree(tmp_path) if not name.endswith(("-wal", "-shm"))}

    before = there()
    (tmp_path / "out").mkdir()
    for words in (
        ("export", "foo", case, "--out", tmp_path / "x.txt"),
        ("export", "hledger", case, "--out", tmp_path / "out"),
        ("statement", "collection", case, "2025-01", "--out", tmp_path / "out"),
        ("statement", "collection", case, "2025-01", "--out", tmp_path / "no" / "x"),
        ("verify", case, "--db", f"sqlite:///{tmp_path / 'other.db'}"),
        ("month", case, "2025-01", "--out", case / "units.csv"),
    ):
        status, _, err = run(*words)
        assert status == 2 and err.count("\n") == 1 and ".part" not in err, err
    assert there() == before


def test_a_bad_out_is_seen_before_anything_is_posted(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    assert run("month", case, "2025-01", "--out", case / "units.csv")[0] == 2
    assert not (case / "book.db").exists()


def test_a_folder_keeps_its_code(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    edit(case / "book.toml", 'code = "xinghe"', 'code = "other"')
    status, _, err = run("load", case)
    assert status == 1 and "book 'xinghe' stands with code 'xinghe', and now says 'other'" in err


def test_months_without_a_tariff_are_said(run, folder: Folder, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    case = folder("pingan-2017h1")
    edit(case / "tariffs.csv", "2017-01-01,", "2017-01-01,2017-02-28")
    _, _, err = run("month", case, "2017-04", "--out", tmp_path / "pack")
    assert "no tariff for usage 'residential' in 2017-03 to 2017-04, 2 months: 267 units" in err


def test_a_broken_database_is_told_in_one_line(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    import sqlite3

    for damage, said in (
        ("DROP TABLE tl_turnover", "tl_turnover"),
        ("DELETE FROM tl_head", "log_size"),
        ("UPDATE tl_entry SET content = '{}' WHERE kind = 'expenditure'", "log_leaf"),
        ("CREATE TRIGGER tl_more AFTER INSERT ON tl_posting BEGIN SELECT 1; END", "tl_more"),
    ):
        case = folder("example")
        run("load", case)
        raw = sqlite3.connect(case / "book.db")
        guards = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (name,) in () if "CREATE" in damage else raw.execute(guards).fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(damage)
        raw.commit()
        raw.close()
        status, out, err = run("verify", case)
        assert status == 1 and said in out.decode() + err and err.count("\n") <= 1, (damage, err)
        shutil.rmtree(case)


def test_a_month_far_away_is_a_slip_of_the_pen(run, folder: Folder) -> None:  # type: ignore[no-untyped-def]
    case = folder("example")
    run("load", case)
    status, _, err = run("charge", case, "2025-01..9999-12")
    assert status == 2 and "a period is 2017-03" in err
