"""The list of formats and its gate: unknown names, failing checks, the same bytes everywhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from trustledger.document import Check, Statement
from trustledger.errors import StatementFails, Unknown
from trustledger.render import FORMATS, SUFFIX, render

from .samples import EMPTY, OWNER, income_expenditure

OURS = ("text", "json", "csv", "xlsx", "html")

DIGESTS = """
import hashlib
from tests.render.samples import EMPTY, HOSTILE, OWNER, income_expenditure
from trustledger.render import render
for statement in (OWNER, EMPTY, income_expenditure(*HOSTILE)):
    for name in ("text", "json", "csv", "xlsx", "html"):
        print(statement.name, name, hashlib.sha256(render(statement, name)).hexdigest())
"""


def run(code: str, **environment: str) -> str:
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        env=os.environ | {"PYTHONPATH": root} | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def test_names_and_suffixes_are_those_of_the_contract() -> None:
    assert tuple(FORMATS) == ("text", "json", "csv", "xlsx", "pdf", "html")
    assert dict(SUFFIX) == {
        "text": ".txt",
        "json": ".json",
        "csv": ".csv",
        "xlsx": ".xlsx",
        "pdf": ".pdf",
        "html": ".html",
    }


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("statement", [OWNER, EMPTY, income_expenditure()])
def test_every_statement_renders_in_every_format(name: str, statement: Statement) -> None:
    assert len(render(statement, name)) > 200


@pytest.mark.parametrize("name", ["docx", "", "Text", "to_text", "../text"])
def test_another_name_is_unknown_and_the_right_ones_are_named(name: str) -> None:
    with pytest.raises(Unknown) as caught:
        render(OWNER, name)
    assert str(caught.value) == (
        f"format {name!r} is not defined; the formats are text, json, csv, xlsx, pdf, html"
    )


@pytest.mark.parametrize("name", list(FORMATS))
def test_a_statement_that_does_not_add_up_is_refused_in_every_format(name: str) -> None:
    checks = (Check("holds", 5, 5), Check("cash", 1_200_001, 1_200_000), Check("bank", -1, 1))
    with pytest.raises(StatementFails) as caught:
        render(OWNER._replace(checks=checks), name)
    assert str(caught.value) == (
        "owner of pingan for 2024-01..2024-03 does not add up "
        "(cash: 12,000.01 is not 12,000.00; bank: -0.01 is not 0.01), so it is not shown; "
        "verify the book to find the entry"
    )
    assert caught.value.facts["checks"] == checks[1:]


def test_two_processes_give_the_same_bytes() -> None:
    one = run(DIGESTS, PYTHONHASHSEED="1", TZ="Asia/Shanghai", LANG="zh_CN.UTF-8", LC_ALL="C")
    two = run(DIGESTS, PYTHONHASHSEED="4711", TZ="America/New_York", LANG="C", LC_ALL="C.UTF-8")
    assert one == two
    assert len(one.splitlines()) == 3 * len(OURS)


def test_importing_the_list_imports_no_format() -> None:
    loaded = run("import sys, trustledger.render\nprint(*sys.modules)").split()
    assert "trustledger.render" in loaded
    assert [name for name in loaded if name.startswith("trustledger.render.to_")] == []
    assert {"xlsxwriter", "reportlab"}.isdisjoint(loaded)
