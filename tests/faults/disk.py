"""A disk that remembers what was really synced: the power can be cut, or a write can fail.

Everything goes through to real files. Beside that, :class:`Disk` keeps of each file what is durable
(as of its last sync) and, in order, what was written to it since. A power cut makes the image that
a machine could find when it comes back: the durable bytes, and of each later write nothing, all of
it, or some of its 512-byte sectors.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import apswdriver
from sqlalchemy import Engine, create_engine

import trustledger as tl

SECTOR = 512
_names = itertools.count()


class Kept:
    """One file: its durable bytes, or none; and what was done to it since: (offset, bytes)."""

    def __init__(self, durable: bytes | None) -> None:
        self.durable = durable
        self.later: list[tuple[int, bytes | None]] = []  # None: cut off at the offset

    def sync(self) -> None:
        self.durable = applied(self.durable, self.later)
        self.later = []


def applied(durable: bytes | None, changes: list[tuple[int, bytes | None]]) -> bytes | None:
    body = bytearray(durable or b"")
    for offset, data in changes:
        if data is None:
            del body[offset:]
        else:
            body.extend(bytes(max(0, offset - len(body))))
            body[offset : offset + len(data)] = data
    return bytes(body)


def survived(
    later: list[tuple[int, bytes | None]], chance: random.Random
) -> list[tuple[int, bytes | None]]:
    """Which of the unsynced writes reached the disk all the same, whole or torn."""
    share = chance.choice((0.0, 0.2, 0.5, 0.8, 1.0))
    found: list[tuple[int, bytes | None]] = []
    for offset, data in later:
        if chance.random() >= share:
            continue
        if data is None or chance.random() < 0.7:
            found.append((offset, data))
            continue
        found += [  # torn
            (offset + at, data[at : at + SECTOR])
            for at in range(0, len(data), SECTOR)
            if chance.random() < 0.5
        ]
    return found


class Disk:
    """A file system for SQLite over real files in one folder."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, f"disk-{next(_names)}"
        self.files: dict[str, Kept] = {}
        self.before: Callable[[str], None] = lambda what: None
        """Called before each write, truncate, sync and delete; what it raises is the error."""
        self.operations = 0
        self._vfs = _Vfs(self)

    def engine(self, *, pretend: dict[str, str] | None = None, checkpoint: int = 1000) -> Engine:
        """The library's engine on this disk."""
        engine = create_engine(
            "sqlite://",
            module=apswdriver,
            creator=lambda: apswdriver.Connection(str(self.path), self.name, pretend, checkpoint),
        )
        return tl.prepare(engine)

    def kept(self, name: str) -> Kept:
        if name not in self.files:
            path = Path(name)
            self.files[name] = Kept(path.read_bytes() if path.exists() else None)
        return self.files[name]

    def operation(self, what: str) -> None:
        self.operations += 1
        self.before(what)

    def after_power_cut(self, chance: random.Random, folder: Path) -> Path:
        """What the disk could hold if the power went now, as files in a folder; the database."""
        folder.mkdir()
        for name, file in self.files.items():
            later = survived(file.later, chance)
            if file.durable is None and not later:
                continue
            (folder / Path(name).name).write_bytes(applied(file.durable, later) or b"")
        return folder / self.path.name

    def close(self) -> None:
        self._vfs.unregister()


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        self.disk = disk
        super().__init__(disk.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        return _File(self.disk, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self.disk.operation("delete")
        super().xDelete(name, sync_folder)
        self.disk.files[name] = Kept(None)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        self.disk = disk
        self.path = name if isinstance(name, str) else name.filename() if name else ""
        super().__init__("", name, flags)
        self.kept = disk.kept(self.path) if self.path else Kept(None)

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.operation("write")
        super().xWrite(data, offset)
        self.kept.later.append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self.disk.operation("truncate")
        super().xTruncate(size)
        self.kept.later.append((size, None))

    def xSync(self, flags: int) -> None:
        self.disk.operation("sync")
        super().xSync(flags)
        self.kept.sync()
