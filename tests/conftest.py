"""What many tests share: folders to load, a book of the example, and the golden files' switch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import trustledger as tl
from trustledger import folderbook

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "trustledger" / "example"
CASES = Path(__file__).parent / "cases"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-golden", action="store_true", help="write the golden files anew")


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


@pytest.fixture(scope="session")
def example_book(tmp_path_factory: pytest.TempPathFactory) -> tl.Book:
    """The example community, loaded and charged through June 2025. Not to be written to."""
    target = tmp_path_factory.mktemp("example") / "book"
    shutil.copytree(EXAMPLE, target)
    return folderbook.load(target, period="2025-01..2025-06", clock=fixed_clock).book
