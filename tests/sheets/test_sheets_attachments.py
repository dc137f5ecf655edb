"""Attachments: hashed inside the folder, refused when they lead out of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from trustledger import errors
from trustledger.errors import TrustLedgerError
from trustledger.records import Expenditure
from trustledger.sheets import read

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]

RIGHT = "write a path inside the folder, such as vouchers/0231.pdf"


def sheet(*paths: str) -> str:
    """expenditures.csv with one row for each attachment."""
    rows = [f'V{n},2024-01-05,A,5,,,"{path}"\n' for n, path in enumerate(paths)]
    return "凭证号,日期,预算编号,金额,收款人,摘要,附件\n" + "".join(rows)


def test_the_content_is_hashed(make_folder: MakeFolder) -> None:
    folder = make_folder(
        {
            "expenditures.csv": sheet("./凭证/a b.pdf", "copy.pdf", "", "other.pdf"),
            "凭证/a b.pdf": b"one",
            "copy.pdf": b"one",
            "other.pdf": b"",
        }
    )
    contents = read(folder)
    one, none = (f"sha256:{hashlib.sha256(data).hexdigest()}" for data in (b"one", b""))
    given = [fact.attachment for _, fact in contents.facts if isinstance(fact, Expenditure)]
    assert given == [f"{one} 凭证/a b.pdf", f"{one} copy.pdf", None, f"{none} other.pdf"]
    found = {
        name: path.relative_to(folder.resolve()) for name, path in contents.attachments.items()
    }
    assert found == {one: Path("凭证/a b.pdf"), none: Path("other.pdf")}


def test_a_link_that_stays_inside_is_followed(make_folder: MakeFolder, tmp_path: Path) -> None:
    (tmp_path / "scan.pdf").symlink_to("real.pdf")
    contents = read(make_folder({"expenditures.csv": sheet("scan.pdf"), "real.pdf": b"one"}))
    assert [path.name for path in contents.attachments.values()] == ["real.pdf"]


WRONG = [
    ("/etc/passwd", "'/etc/passwd', an absolute path"),
    ("C:/x.pdf", "'C:/x.pdf', an absolute path"),
    ("../x.pdf", "'../x.pdf', a path that climbs out with '..'"),
    ("in/../../x.pdf", "'in/../../x.pdf', a path that climbs out with '..'"),
    ("in/../in/x.pdf", "'in/../in/x.pdf', a path that climbs out with '..'"),
    ("..\\x.pdf", "'..\\\\x.pdf', a path with a backslash or a control character"),
    ("a\nb.pdf", "'a\\nb.pdf', a path with a backslash or a control character"),
    ("none.pdf", "'none.pdf', but no such file is in the folder"),
    ("book.toml/x", "'book.toml/x', but no such file is in the folder"),
    ("x" * 300, f"'{'x' * 60}…', but no such file is in the folder"),
    ("circle", "'circle', but no such file is in the folder"),
    ("out.pdf", "'out.pdf', a link that leads out of the folder"),
    ("away/x.pdf", "'away/x.pdf', a link that leads out of the folder"),
    ("in", "'in', which is not a file"),
    (".", "'.', which is not a file"),
]


@pytest.mark.parametrize(("path", "found"), WRONG)
def test_paths_that_are_refused(
    failure: Failure,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    path: str,
    found: str,
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.pdf").write_bytes(b"secret")
    (tmp_path / "out.pdf").symlink_to(outside / "x.pdf")
    (tmp_path / "away").symlink_to(outside)
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "in").mkdir()
    error = failure({"expenditures.csv": sheet(path)})
    assert type(error) is errors.InvalidRecord
    assert str(error) == f"expenditures.csv, row 2, column 附件: found {found}; {RIGHT}"
