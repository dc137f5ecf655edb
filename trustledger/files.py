"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from trustledger.errors import InvalidInput


def write_whole(target: Path, chunks: Iterable[bytes]) -> None:
    """Write a file beside its place and move it there when it is complete.

    :raises InvalidInput: it cannot be written there.
    """
    spare = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.is_dir():
            raise InvalidInput(f"{target} is a folder; name a file")
        with spare.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        spare.replace(target)
    except OSError as error:
        raise InvalidInput(f"cannot write {target}: {error.strerror}") from None
    finally:
        spare.unlink(missing_ok=True)


COMPANIONS = ("", "-wal", "-shm", "-journal")
"""Endings of what a database keeps beside its file."""


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """Where to make a new file or folder, which then appears in its place whole or not at all.

    It is on the disk when this ends, and never in the place of another.

    :raises InvalidInput: something is there already, or it cannot be written.
    """
    spare = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        if target.exists():
            raise FileExistsError
        if not target.parent.is_dir():
            raise InvalidInput(f"cannot write {target}: there is no folder {target.parent}")
        yield spare
        for path in (*(spare.rglob("*") if spare.is_dir() else ()), spare):
            _to_disk(path)
        _place(spare, target)
        _to_disk(target.parent)
    except FileExistsError:
        raise InvalidInput(f"{target} is there already; name one that is not") from None
    except OSError as error:
        raise InvalidInput(f"cannot write {target}: {error.strerror}") from None
    finally:
        shutil.rmtree(spare, ignore_errors=True)
        for ending in COMPANIONS:
            with suppress(OSError):
                spare.with_name(spare.name + ending).unlink(missing_ok=True)


def _place(spare: Path, target: Path) -> None:
    if spare.is_dir():
        spare.rename(target)
        return
    try:
        os.link(spare, target)  # refuses where a rename would replace
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of most memory sticks
        spare.rename(target)


def _to_disk(path: Path) -> None:
    if path.is_dir() and os.name != "posix":
        return  # only POSIX can say so of a folder
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def check_writable(folder: Path) -> None:
    """Look whether a folder can be made or written, changing nothing.

    :raises InvalidInput: it cannot.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InvalidInput(f"cannot write to {folder}: {there} is not a folder that can be written")
