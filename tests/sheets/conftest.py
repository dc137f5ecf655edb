"""A small book folder to break in one place at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from trustledger.errors import TrustLedgerError
from trustledger.sheets import read

BOOK = """\
[book]
code = "garden"
name = "花园"
start = 2024-01-01

[[remuneration]]
rate = "12%"
base = ["service_fee", "parking"]
from = 2024-01-01
"""

Files = Mapping[str, str | bytes]
MakeFolder = Callable[[Files], Path]
Failure = Callable[[Files], TrustLedgerError]


@pytest.fixture
def make_folder(tmp_path: Path) -> MakeFolder:
    """A folder of a valid book.toml and the files given; text becomes UTF-8."""

    def make(files: Files) -> Path:
        for name, content in ({"book.toml": BOOK} | dict(files)).items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return make


@pytest.fixture
def failure(make_folder: MakeFolder) -> Failure:
    """The error that reading such a folder raises."""

    def fail(files: Files) -> TrustLedgerError:
        with pytest.raises(TrustLedgerError) as caught:
            read(make_folder(files))
        return caught.value

    return fail
