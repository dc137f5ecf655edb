"""The same journal through three programs that know nothing of ours: accepted at zero tolerance,
the same balances, and every change of one fen refused. The programs are run, never imported."""

from __future__ import annotations

import csv
import io
import os
import pickle
import random
import re
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trustledger import sheets
from trustledger.book import Book
from trustledger.chart import ACCOUNTS
from trustledger.errors import BookCorrupt, InvalidDate, Unknown
from trustledger.money import LIMIT_FEN, yuan
from trustledger.plaintext import TOOLS, export
from trustledger.records import (
    BookInfo,
    BudgetLine,
    Entry,
    Expenditure,
    Fund,
    Income,
    Opening,
    Posting,
    Receipt,
    Record,
    Refund,
    Reversal,
    Tariff,
    Term,
    Unit,
    Waiver,
)

CASES = Path(__file__).parent / "cases"
INFO = BookInfo(code="garden", name='花园 "1"; \\ | =1+1 \u202e甲\U00020000', start="2024-01-01")
HOSTILE = (
    "3-1-502", "3/1/502", "3-x2F-1", "-x2F-", "x", "X", "--", "-", "A 1", "A  1", "A:1", "A;1",
    "A ; date:2020-01-01", '"', '\\"', "\\", "{} %s", "|", "@", "@ 5.00 CNY", "=1+1", "= 9 CNY",
    "*", "! 1", "(1)", "[2020-01-01]", "1,a:b", "%", "%20", "#tag ^link", "甲 1", "é", "e\u0301",
    "\u202e101", "\u200b101", "\u3000", "\ufeff1", "１２", "𠀀", "😀", "<b>", "'", "~", "龥", "一",
    "\U0010ffff" * 64,
)  # fmt: skip
CONTROL = (
    "a\nb",
    "a\r\n2024-01-01 x\n    Assets:X  1.00 CNY",
    "\0",
    "\t",
    "\u2028",
    "\ud800",
    "\x85",
)

Balances = dict[tuple[str, str, str], int]
Entries = Callable[[], Iterable[Entry]]


# --------------------------------------------------------------------------- the programs


def _program(name: str) -> str:
    """Where a program is: beside this Python first, then on the path. None is ever skipped."""
    beside = Path(sys.executable).parent / name
    found = str(beside) if beside.exists() else shutil.which(name)
    if found is None:
        pytest.fail(f"{name} is not installed and these tests mean nothing without it: make tools")
    return found


def _run(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith("LEDGER")}
    return subprocess.run(
        [_program(name), *map(str, arguments)],
        env=own | {"LC_ALL": "C.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def _check(tool: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Let a program judge a file as strictly as it can."""
    if tool == "hledger":
        return _run("hledger", "-f", path, "check", "--strict")
    if tool == "ledger":
        strict = ("--args-only", "--strict", "--pedantic")
        return _run("ledger", *strict, "-f", path, "balance")
    return _run("bean-check", "--no-cache", path)


def _accepts(tool: str, path: Path, text: str) -> bool:
    path.write_text(text, encoding="utf-8", newline="")
    done = _check(tool, path)
    assert (done.returncode == 0) == (done.stderr == ""), done.stderr[:2000]
    return done.returncode == 0


def _accepted(tool: str, path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="")
    done = _check(tool, path)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr[:2000]


def _text(tool: str, info: BookInfo, entries: Entries) -> str:
    return "".join(export(tool, info, entries))


# --------------------------------------------------------------------------- what they say


def _decoded(component: str) -> str:
    return re.sub(r"-x([0-9A-F]+)-", lambda found: chr(int(found[1], 16)), component)


def _place(name: str) -> tuple[str, str, str]:
    """Account, fund and unit back from an account's name."""
    root, account, *below = name.split(":")
    code, _, chinese = account.partition("-")
    kind = {"Assets": "asset", "Liabilities": "liability", "Expenses": "expense"}
    assert ACCOUNTS[code].kind.replace("memo", "equity") == kind.get(root, root.lower())
    assert ACCOUNTS[code].name == chinese
    assert [part[:2] for part in below] == ["F-", "U-"][: len(below)]
    fund, unit = [*(_decoded(part[2:]) for part in below), "", ""][:2]
    return code, fund, unit


def _fen(amount: str) -> int:
    """What a program prints, as fen: ``-5.00 CNY``, or ``0`` of nothing."""
    if amount == "0":
        return 0
    number, commodity = amount.split(" ")
    whole, cents = number.split(".")
    assert commodity == "CNY"
    assert len(cents) == 2
    return int(whole + cents)


def _said(tool: str, path: Path) -> Balances:
    """What hledger or ledger holds every account to stand at, by itself."""
    if tool == "hledger":
        done = _run("hledger", "-f", path, "balance", "--flat", "-N", "-O", "csv")
        rows = list(csv.reader(io.StringIO(done.stdout)))[1:]
    else:
        shape = "%(account)\t%(amount)\n"
        flat = ("--flat", "--no-total", "--format", shape)
        done = _run("ledger", "--args-only", "-f", path, "balance", *flat)
        rows = [line.split("\t") for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stderr
    said = [(_place(name), _fen(amount)) for name, amount in rows]
    assert len(said) == len(dict(said)), "two places share a name"
    return {place: fen for place, fen in said if fen}


def _summed(entries: Iterable[Entry]) -> Balances:
    """The same from the entries, by the plainest addition."""
    sums: Balances = {}
    for entry in entries:
        for p in entry.postings:
            place = (p.account, p.fund, p.unit if p.account in ("1122", "2203") else "")
            sums[place] = sums.get(place, 0) + p.debit_fen - p.credit_fen
    return {place: fen for place, fen in sums.items() if fen}


def _names(text: str) -> dict[tuple[str, str, str], str]:
    declared = re.findall(r"^(?:account|[0-9-]{10} open) (\S+)", text, re.M)
    names = {_place(name): name for name in declared}
    assert len(names) == len(declared), "two names for one place"
    return names


def _beancount_agrees(path: Path, text: str, expected: Balances, day: date) -> bool:
    """Whether a file of our own assertions, that includes the export, holds for beancount.

    beancount prints no balances without a further program; it is asked about each one instead,
    at its account and at its fund. Both files are judged together.
    """
    path.write_text(text, encoding="utf-8", newline="")
    names, sums = _names(text), dict.fromkeys(_names(text), 0)
    for (code, fund, unit), fen in expected.items():
        for place in {(code, "", ""), (code, fund, ""), (code, fund, unit)}:
            sums[place] += fen
    lines = ['option "tolerance_multiplier" "0"', f'include "{path.name}"']
    lines += [
        f"{day} balance {names[place]}  {yuan(fen)} ~ 0.00 CNY" for place, fen in sums.items()
    ]
    return _accepts("beancount", path.with_name("check.beancount"), "\n".join(lines) + "\n")


def _all_agree(tmp_path: Path, info: BookInfo, entries: Entries) -> Balances:
    """Every program accepts the export and stands where the entries stand, fund by fund."""
    expected = _summed(entries())
    funds: dict[str, int] = {}
    for (_, fund, _), fen in expected.items():
        funds[fund] = funds.get(fund, 0) + fen
    assert not any(funds.values())
    for tool in TOOLS:
        text, path = _text(tool, info, entries), tmp_path / f"book.{tool}"
        _accepted(tool, path, text)
        if tool != "beancount":
            assert _said(tool, path) == expected
            continue
        day = max((date.fromisoformat(entry.on) for entry in entries()), default=info.start)
        day += timedelta(days=1)
        assert _beancount_agrees(path, text, expected, day)
        if expected:
            first = next(iter(expected))
            assert not _beancount_agrees(path, text, expected | {first: expected[first] + 1}, day)
    return expected


# --------------------------------------------------------------------------- books


class Made(NamedTuple):
    info: BookInfo
    entries: list[Entry]
    accounts: dict[str, int]  # of the trial balance, debit above zero


def _made(
    folder: Path, info: BookInfo, facts: Iterable[Record], period: str, later: Iterable[Record] = ()
) -> Made:
    book = Book.create(f"sqlite:///{folder / 'book.db'}", info)
    book.post(facts)
    book.charge(period)
    book.post(later)
    assert book.verify() == []
    found: Any = book.statement("trial_balance", period).facts["accounts"]
    accounts = {
        code: _fen(f"{row['closing_debit']} CNY") - _fen(f"{row['closing_credit']} CNY")
        for code, row in found.items()
    }
    return Made(book.info, list(book.entries()), accounts)


@pytest.fixture(scope="module")
def hostile_book(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A real book whose every text is hostile, in so far as records let it in."""
    units = dict.fromkeys(unit.strip() for unit in HOSTILE if unit.strip())
    evil = 'SECRET" ; \\ 2024-01-01 * "x"  9.99 CNY'
    facts: list[Record] = [
        Fund(code="common", name=evil),
        Fund(code="micro.1_x-2", name=evil),
        Fund(code="x", name=evil),
        Fund(code="X", name=evil),
        Term(**{"from": "2024-01-01"}, rate="12%", base=("service_fee", "parking")),
        Opening(account="1002", amount="100000.00"),
        Opening(account="1002", fund="micro.1_x-2", amount="5000.01"),
        Opening(account="1002", fund="x", amount="-0.01"),
        Opening(account="1002", fund="X", amount="0.07"),
        BudgetLine(line='A;1 "', name=evil, category="staff", amount="9000"),
        BudgetLine(line="B|@", name=evil, category="works", amount="900", fund="micro.1_x-2"),
        Expenditure(voucher="= 1.00 CNY", on="2024-02-03", line='A;1 "', amount="1.01", payee=evil),
        Expenditure(
            voucher="; 1", on="2024-01-09", line="B|@", amount="2.02", fund="micro.1_x-2", memo=evil
        ),
        Income(key="[2020-01-01]", on="2024-01-03", category="parking", amount="0.09", source=evil),
        Income(
            key="*",
            on="2024-01-08",
            category="donation",
            amount="7",
            fund="X",
            memo="SECRET\n\n; x",
        ),
    ]
    for item in ('费 "1"', "费:2,a:b ;"):
        facts.append(
            Tariff(**{"from": "2024-01-01"}, item=item, basis="per_unit_month", price="1.9")
        )
    for n, unit in enumerate(units):
        facts.append(
            Unit(unit=unit, area_m2="100", usage="u", owner=f"SECRET {evil}", phone="1380000SECRET")
        )
        paid = str(n // 10 + 1) + f".{n % 10}{n % 7}"
        facts.append(
            Receipt(key=f"{unit}", on="2024-02-01", unit=unit, amount=paid, payer=evil, memo=evil)
        )
    later = [
        Reversal(key="! x", on="2024-03-09", of_kind="income", of_key="*", reason=evil),
        Reversal(key="; x", on="2024-03-09", of_kind="receipt", of_key="A:1", reason=evil),
        Refund(key="@ 1", on="2024-03-09", unit="(1)", amount="1", receipt="(1)", memo=evil),
        Waiver(key="=1", on="2024-03-09", unit="*", month="2024-03", amount="1.01", authority=evil),
    ]
    return _made(tmp_path_factory.mktemp("hostile"), INFO, facts, "2024-01..2024-03", later)


def _entry(seq: int, on: str, *postings: Posting, kind: str = "income", key: str = "") -> Entry:
    return Entry(seq, kind, key or f"K{seq}", on, "", 0, "{}", b"", postings)


def _pair(fen: int, fund: str = "common", unit: str = "", **more: str) -> tuple[Posting, Posting]:
    return (
        Posting("1122", fund, fen, 0, unit, **more),
        Posting("4001", fund, 0, fen, "", **more),
    )


# --------------------------------------------------------------------------- they agree


@pytest.mark.parametrize(
    ("case", "period"), [("case1", "2024"), ("pingan-2017h1", "2017-01..2017-06")]
)
def test_a_whole_community_stands_the_same_in_all_three(
    case: str, period: str, tmp_path: Path
) -> None:
    contents = sheets.read(CASES / case)
    made = _made(tmp_path, contents.info, [fact for _, fact in contents.facts], period)
    assert len(made.entries) > 1000
    found = _all_agree(tmp_path, made.info, lambda: made.entries)
    assert _by_account(found) == {code: fen for code, fen in made.accounts.items() if fen}


def test_hostile_text_moves_no_amount_and_names_nobody(hostile_book: Made, tmp_path: Path) -> None:
    info, entries, accounts = hostile_book
    found = _all_agree(tmp_path, info, lambda: entries)
    assert _by_account(found) == {code: fen for code, fen in accounts.items() if fen}
    assert {fund for _, fund, _ in found} == {"common", "micro.1_x-2", "x", "X"}
    for tool in TOOLS:
        assert "SECRET" not in _text(tool, info, lambda: entries)


def _by_account(balances: Balances) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (code, _, _), fen in balances.items():
        sums[code] = sums.get(code, 0) + fen
    return {code: fen for code, fen in sums.items() if fen}


def test_text_that_no_record_lets_in_breaks_nothing_either(tmp_path: Path) -> None:
    entries = [
        _entry(
            n, "2024-01-02", *_pair(n, text[:20], text, item=text, month=text, source=text),
            kind=text, key=text,
        )
        for n, text in enumerate((*HOSTILE, *CONTROL), 1)
    ]  # fmt: skip
    assert len(_all_agree(tmp_path, INFO, lambda: entries)) == 2 * len(entries)


def test_a_journal_without_postings_is_accepted(tmp_path: Path) -> None:
    assert _all_agree(tmp_path, INFO, list) == {}
    assert _all_agree(tmp_path, INFO, lambda: [_entry(1, "2024-01-01", kind="unit")]) == {}


def test_the_largest_amounts_and_the_farthest_days_are_exact(tmp_path: Path) -> None:
    many = [_entry(n, "2024-01-01", *_pair(LIMIT_FEN - n)) for n in range(1, 90)]
    ends = [_entry(90, "9999-12-30", *_pair(-1)), _entry(91, "1400-01-01", *_pair(-LIMIT_FEN))]
    found = _all_agree(tmp_path, INFO, lambda: [*many, *ends])
    assert found["1122", "common", ""] == 88 * LIMIT_FEN - sum(range(1, 90)) - 1


_TEXTS = st.text(max_size=12) | st.sampled_from(HOSTILE)
_AMOUNTS = st.one_of(
    st.sampled_from((1, -1, 99, 100, LIMIT_FEN, -LIMIT_FEN)), st.integers(-(10**9), 10**9)
).filter(bool)


@st.composite
def _journals(draw: st.DrawFn) -> list[Entry]:
    """Entries that balance inside every fund, in the order of posting, dated as they like."""
    accounts = st.sampled_from([code for code in ACCOUNTS if code != "3101"])
    entries = []
    for seq in range(1, draw(st.integers(1, 12)) + 1):
        postings: list[Posting] = []
        for fund in draw(st.sets(st.sampled_from(("common", "x", "X", "a.b-c_d")), max_size=3)):
            rest = 0
            for _ in range(draw(st.integers(1, 4))):
                fen, texts = draw(_AMOUNTS), draw(st.tuples(_TEXTS, _TEXTS, _TEXTS))
                sides = (fen, 0) if draw(st.booleans()) else (0, fen)
                postings.append(Posting(draw(accounts), fund, *sides, *texts))
                rest += sides[0] - sides[1]
            if rest:
                postings.append(Posting("3101", fund, 0, rest))
        on = draw(st.dates(date(2000, 1, 1), date(2030, 1, 1))).isoformat()
        key, kind = draw(_TEXTS), draw(st.sampled_from(("receipt", "charge")))
        entries.append(_entry(seq, on, *postings, kind=kind, key=key))
    return entries


@settings(max_examples=15, deadline=None, database=None)
@given(_journals())
def test_any_balanced_journal_stands_the_same_in_all_three(
    tmp_path_factory: pytest.TempPathFactory, entries: list[Entry]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    _all_agree(folder, INFO, lambda: entries)
    shutil.rmtree(folder)


# --------------------------------------------------------------------------- they refuse


_POSTING = re.compile(r"^ +\S+  (-?[0-9]+\.[0-9]{2}) CNY$", re.M)
_ASSERTION = re.compile(
    r"^(?:[0-9-]{10} balance \S+  (?=.*~)| +\S+  0\.00 CNY =\*? )(-?[0-9]+\.[0-9]{2})", re.M
)


def _off(text: str, where: re.Match[str], fen: int) -> str:
    """The text with one amount changed."""
    changed = yuan(_fen(f"{where[1]} CNY") + fen)
    return text[: where.start(1)] + changed + text[where.end(1) :]


@pytest.mark.parametrize("what", [_POSTING, _ASSERTION], ids=["posting", "assertion"])
@pytest.mark.parametrize("tool", TOOLS)
def test_one_fen_more_or_less_is_refused(
    tool: str, what: re.Pattern[str], hostile_book: Made, tmp_path: Path
) -> None:
    text = _text(tool, hostile_book.info, lambda: hostile_book.entries)
    assert _accepts(tool, tmp_path / "book", text)
    lines = list(what.finditer(text))
    postings = sum(len(entry.postings) for entry in hostile_book.entries)
    assert len(lines) == postings if what is _POSTING else len(lines) >= 45
    chosen = random.Random(20170101)
    for line in [lines[0], lines[-1], *chosen.sample(lines, 5)]:
        assert not _accepts(tool, tmp_path / "book", _off(text, line, chosen.choice((1, -1))))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_change_that_balances_is_refused_by_the_assertions(
    tool: str, hostile_book: Made, tmp_path: Path
) -> None:
    text = _text(tool, hostile_book.info, lambda: hostile_book.entries)
    blocks = [block for block in text.split("\n\n") if " seq: " in block]
    opening = next(block for block in blocks if re.search('kind: "?opening', block))
    for changed in (opening, blocks[-1]):
        first, second = list(_POSTING.finditer(changed))[:2]
        moved = _off(_off(changed, second, -1), first, 1)
        assert not _accepts(tool, tmp_path / "book", text.replace(changed, moved))
        assert not _accepts(tool, tmp_path / "book", text.replace(changed, ""))


@pytest.mark.parametrize("tool", TOOLS)
def test_half_a_fen_another_account_or_commodity_is_refused(
    tool: str, hostile_book: Made, tmp_path: Path
) -> None:
    text = _text(tool, hostile_book.info, lambda: hostile_book.entries)
    line = list(_POSTING.finditer(text))[7]
    whole, name = line[0], line[0].split()[0]
    for changed in (
        whole.replace(" CNY", "5 CNY"),
        whole.replace(" CNY", " CNX"),
        whole.replace(name, name + "0"),
    ):
        assert not _accepts(tool, tmp_path / "book", text.replace(whole, changed, 1))


# --------------------------------------------------------------------------- what it says


def _exported(tool: str, *entries: Entry) -> str:
    return _text(tool, INFO, lambda: entries)


@pytest.mark.parametrize("tool", ["hledger", "ledger"])
def test_a_transaction_as_text(tool: str) -> None:
    entry = _entry(
        12, "2024-01-05", *_pair(-1205, unit="3/1", month="2024-01"), kind="charge",
        key="2024-01|3/1",
    )._replace(reverses=7)  # fmt: skip
    assert (
        "\n\n2024-01-05 charge 2024-01|3/1\n"
        "    ; seq: 12\n"
        "    ; kind: charge\n"
        "    ; key: 2024-01|3/1\n"
        "    ; reverses: 7\n"
        "    Assets:1122-应收物业费:F-common:U-3-x2F-1  -12.05 CNY\n"
        "        ; unit: 3/1\n"
        "        ; month: 2024-01\n"
        "    Income:4001-物业费收入:F-common  12.05 CNY\n"
        "        ; month: 2024-01\n"
        "\n"
    ) in _exported(tool, entry)


def test_a_transaction_as_text_for_beancount() -> None:
    entry = _entry(12, "2024-01-05", *_pair(1205, unit="甲 1"), kind="receipt", key='W"1')
    assert (
        '\n\n2024-01-05 * "receipt W%221 甲%201"\n'
        '    seq: "12"\n'
        '    kind: "receipt"\n'
        '    key: "W%221"\n'
        "    Assets:1122-应收物业费:F-common:U-甲-x20-1  12.05 CNY\n"
        '        unit: "甲%201"\n'
        "    Income:4001-物业费收入:F-common  -12.05 CNY\n"
        "\n"
        "2024-01-06 balance Assets:1122-应收物业费  12.05 ~ 0.00 CNY\n"
    ) in _exported("beancount", entry)


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=20, unique=True))
def test_every_code_has_a_name_of_its_own_and_every_text_comes_back(texts: list[str]) -> None:
    for tool in TOOLS:
        out = _exported(
            tool,
            *(_entry(n, "2024-01-01", *_pair(1, t, t), key=t) for n, t in enumerate(texts, 1)),
        )
        assert {("1122", text, text) for text in texts} <= set(_names(out))
        keys = re.findall(r'^ +(?:; )?key: "?([^"\n]*)"?$', out, re.M)
        assert list(map(unquote, keys)) == texts
        seqs = re.findall(r'^ +(?:; )?seq: "?([0-9]+)"?$', out, re.M)
        assert list(map(int, seqs)) == list(range(1, len(texts) + 1))


def test_a_lone_surrogate_still_gives_text_that_can_be_written() -> None:
    for tool in TOOLS:
        assert "%ED%A0%80" in _exported(tool, _entry(1, "2024-01-01", *_pair(1), key="\ud800"))
        _exported(tool, _entry(1, "2024-01-01", *_pair(1, unit="\ud800"))).encode("utf-8")


@pytest.mark.parametrize("tool", TOOLS)
def test_the_same_entries_give_the_same_bytes(tool: str, hostile_book: Made) -> None:
    """Also in another process, with another hash seed, and whatever is appended meanwhile."""
    text = _text(tool, hostile_book.info, lambda: hostile_book.entries)
    assert "\r" not in text
    seeded = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Shanghai", "PYTHONUTF8": "1"}
    program = (
        "import pickle, sys; from trustledger.plaintext import export;"
        "tool, info, entries = pickle.load(sys.stdin.buffer);"
        "sys.stdout.buffer.write(''.join(export(tool, info, lambda: entries)).encode())"
    )
    again = subprocess.run(
        [sys.executable, "-c", program],
        input=pickle.dumps((tool, hostile_book.info, hostile_book.entries)),
        env=seeded,
        capture_output=True,
        check=True,
    )
    assert again.stdout == text.encode()
    readings = iter((hostile_book.entries, [*hostile_book.entries, _entry(10**6, "2025-01-01")]))
    assert _text(tool, hostile_book.info, lambda: next(readings)) == text


@pytest.mark.parametrize("tool", TOOLS)
def test_memory_does_not_grow_with_the_entries(tool: str) -> None:
    def peak(count: int) -> int:
        def entries() -> Iterator[Entry]:
            for n in range(1, count + 1):
                yield _entry(n, "2024-01-01", *_pair(n, unit=f"U{n % 50}"))

        tracemalloc.start()
        try:
            for _ in export(tool, INFO, entries):
                pass
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(100)
    assert peak(8_000) < peak(400) + 50_000


def test_what_cannot_be_exported_is_said_before_any_text() -> None:
    with pytest.raises(
        Unknown, match="tool 'gnucash' is not defined; it is one of hledger, ledger"
    ):
        export("gnucash", INFO, list)
    with pytest.raises(BookCorrupt, match="entry 3: account '9999' is not in the chart"):
        export("ledger", INFO, lambda: [_entry(3, "2024-01-01", Posting("9999", "common", 1, 0))])
    for day in ("1399-12-31", "9999-12-31"):
        with pytest.raises(
            InvalidDate, match=rf"entry 4 \(income 'K4'\) is dated {day}; plain-text"
        ):
            export("hledger", INFO, lambda day=day: [_entry(4, day, *_pair(1))])
    with pytest.raises(InvalidDate, match="a date is written"):
        export("beancount", INFO, lambda: [_entry(4, "2024-01-01\n2024", *_pair(1))])
