"""What the documents say, done: the README's and examples' code, and lists that must be whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import trustledger as tl
from trustledger import audit, chart, errors
from trustledger.sheets.layout import SHEETS

ROOT = Path(__file__).parents[1]


def run(code: str, where: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        cwd=where,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert told.returncode == 0, told.stderr


def test_the_readme_runs(tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert len(blocks) == 2
    run("\n".join(blocks), tmp_path)


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda p: p.stem)
def test_examples_run(path: Path, tmp_path: Path) -> None:
    run(path.read_text("utf-8"), tmp_path)


def test_the_readmes_links_lead_somewhere() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            if "://" not in link:
                assert (page.parent / link).exists(), (page.name, link)


def test_every_error_is_in_the_catalogue() -> None:
    page = (ROOT / "docs" / "errors.md").read_text("utf-8")
    for name, thing in vars(errors).items():
        if isinstance(thing, type) and issubclass(thing, tl.TrustLedgerError):
            assert f"`{name}`" in page and f"`{thing.code}`" in page, name


def test_every_check_is_in_the_invariants() -> None:
    page = (ROOT / "docs" / "invariants.md").read_text("utf-8")
    files = Path(str(audit.__file__)).parent.rglob("*.py")
    source = "".join(path.read_text("utf-8") for path in files)
    names = set(re.findall(r'(?:found\(|Finding\(|yield )\s*"([a-z_]+)"', source))
    assert len(names) > 15
    for name in names:
        assert f"`{name}`" in page, name


def test_every_account_and_column_is_documented() -> None:
    page = (ROOT / "docs" / "chart-of-accounts.md").read_text("utf-8")
    for account in chart.ACCOUNTS.values():
        assert f"| {account.code} | {account.name} |" in page, account
    folder = (ROOT / "docs" / "book-folder.md").read_text("utf-8")
    for sheet in SHEETS:
        assert f"### {sheet.name}.csv {sheet.title}" in folder
        for column in sheet.columns:
            assert f"| {column.name} | {column.title} |" in folder, (sheet.name, column.name)


def test_every_module_is_on_its_floor_in_the_architecture() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    for path in (ROOT / "trustledger").iterdir():
        if path.suffix == ".py" and not path.stem.startswith("__"):
            assert f"`{path.stem}`" in page, path.stem
        elif path.is_dir() and (path / "__init__.py").exists():
            assert f"`{path.name}/`" in page, path.name
