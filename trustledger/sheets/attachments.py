"""Attachments 附件: a path in a cell -> the hash of the file's content. Nothing outside is read."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath

from trustledger.errors import InvalidRecord
from trustledger.sheets.wording import clipped

_DRIVE = re.compile(r"[A-Za-z]:")
_RIGHT = "write a path inside the folder, such as vouchers/0231.pdf"


class Attachments:
    """The files that the sheets of one folder name. ``found`` maps ``sha256:<hex>`` to its file."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        self._taken: dict[str, str] = {}
        self.found: dict[str, Path] = {}

    def take(self, cell: str) -> str:
        """A cell's path -> ``"sha256:<hex> <path>"``, the path relative to the folder, with ``/``.

        :raises InvalidRecord: absolute, with ``..`` or a backslash, through a link that leads
            outside, missing, or not a regular file.
        """
        text = cell.strip()
        if text not in self._taken:
            self._taken[text] = self._hash(text)
        return self._taken[text]

    def _hash(self, text: str) -> str:
        path = PurePosixPath(text)
        if path.is_absolute() or _DRIVE.match(text):
            raise _wrong(text, "an absolute path")
        if "\\" in text or not text.isprintable():
            raise _wrong(text, "a path with a backslash or a control character")
        if ".." in path.parts:
            raise _wrong(text, "a path that climbs out with '..'")
        try:
            file = (self._root / path).resolve(strict=True)
        except (OSError, RuntimeError, ValueError):  # RuntimeError: links in a circle
            raise _wrong(text, "but no such file is in the folder") from None
        if not file.is_relative_to(self._root):
            raise _wrong(text, "a link that leads out of the folder")
        if not file.is_file():
            raise _wrong(text, "which is not a file")
        try:
            with file.open("rb") as stream:
                name = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
        except OSError as error:
            raise _wrong(text, f"which cannot be read ({error.strerror})") from None
        self.found.setdefault(name, file)
        return f"{name} {path.as_posix()}"


def _wrong(text: str, reason: str) -> InvalidRecord:
    return InvalidRecord(f"found {clipped(text)}, {reason}; {_RIGHT}", field="attachment")
