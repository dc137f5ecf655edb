"""What many tests share: folders to load, a book of the example, and the golden files' switch."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import databases
import open_budget
import pytest
from hypothesis import settings

import trustledger as tl
from trustledger import folderbook

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "trustledger" / "example"
CASES = Path(__file__).parent / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files anew")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.announce()


def pytest_unconfigure(config: pytest.Config) -> None:
    databases.hang_up()
    if not hasattr(config, "workerinput"):
        databases.dismiss()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test whose module opens databases by ``fresh`` runs on each kind of them."""
    if hasattr(metafunc.module, "fresh") or "example_book" in metafunc.fixturenames:
        metafunc.parametrize("database", ["sqlite", "postgresql"], indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The kind of database that a test runs on."""
    databases.kind = getattr(request, "param", "sqlite")
    yield databases.kind
    databases.kind = "sqlite"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[object]:
    """On PostgreSQL a law is drawn a few times: what differs there is not its arithmetic."""
    law = pyfuncitem.obj
    whole = getattr(law, "_hypothesis_internal_use_settings", None)
    if whole is None or databases.kind == "sqlite":
        return (yield)
    few = max(2, whole.max_examples // databases.FEWER)
    law._hypothesis_internal_use_settings = settings(whole, max_examples=few)
    try:
        return (yield)
    finally:
        law._hypothesis_internal_use_settings = whole


@pytest.fixture(autouse=True)
def _nothing_left_open() -> Iterator[None]:
    yield
    databases.let_go()


def fixed_clock() -> str:
    return "2025-07-01T00:00:00+00:00"


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    """A writable copy of the example or of a case folder."""

    def copy(name: str = "example") -> Path:
        source = EXAMPLE if name == "example" else CASES / name
        target = tmp_path / name
        shutil.copytree(source, target)
        return target

    return copy


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    """Run a command in this process: (exit status, standard output, standard error)."""
    from trustledger.cli import main

    def call(*words: object) -> tuple[int, bytes, str]:
        monkeypatch.setattr(sys, "argv", ["trustledger", *map(str, words)])
        status = 0
        try:
            main()
        except SystemExit as done:
            status = int(done.code or 0)
        out, err = capfdbinary.readouterr()
        return status, out, err.decode()

    return call


LADDER = """
[[reminder]]
days = 30
name = "缴费提醒"
text = "您的物业费尚未缴清，请于七日内缴纳。如已缴纳，请与我们核对。"
from = 2025-01-01
authority = "业主大会决议"

[[reminder]]
days = 90
name = "催缴通知"
text = "您的物业费逾期已久，请于十五日内缴清。\\n如有困难，可与我们订立分期缴纳协议。"
from = 2025-01-01
"""
PLANS = """\
协议号,房号,日期,到期日,金额,依据,摘要
P1,1-301,2025-02-10,2025-04-30,200,书面协议,
P1,1-301,2025-02-10,2025-05-31,200,书面协议,
P2,1-102,2025-04-20,2025-05-20,100,书面协议,
"""


def reminding_folder(target: Path) -> Path:
    """The example with a reminder ladder and payment plans."""
    shutil.copytree(EXAMPLE, target)
    with (target / "book.toml").open("a", encoding="utf-8") as toml:
        toml.write(LADDER)
    (target / "plans.csv").write_text(PLANS, "utf-8")
    return target


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """That folder, loaded and charged through June 2025."""
    where = reminding_folder(tmp_path / "example")
    folderbook.load(where, period="2025-01..2025-06", clock=fixed_clock).book.close()
    return where


@pytest.fixture(scope="session")
def reminded_book(tmp_path_factory: pytest.TempPathFactory) -> tl.Book:
    """Its book, reminded in April and May. Not to be written to."""
    target = reminding_folder(tmp_path_factory.mktemp("reminded") / "book")
    book = folderbook.load(target, period="2025-01..2025-06", clock=fixed_clock).book
    for day in ("2025-04-05", "2025-05-01"):
        book.remind(day)
    return book


@pytest.fixture(scope="session")
def example_book(database: str, tmp_path_factory: pytest.TempPathFactory) -> tl.Book:
    """The example community, loaded and charged through June 2025. Not to be written to."""
    target = tmp_path_factory.mktemp("example") / "book"
    shutil.copytree(EXAMPLE, target)
    return folderbook.load(target, period="2025-01..2025-06", clock=fixed_clock).book


@pytest.fixture(scope="session")
def budget_book() -> tl.Book:
    """A community with an open budget, through June 2025. Not to be written to."""
    return open_budget.open_book("sqlite://", clock=fixed_clock)
