"""Writing a file whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
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


def check_writable(folder: Path) -> None:
    """Look whether a folder can be made or written, changing nothing.

    :raises InvalidInput: it cannot.
    """
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        raise InvalidInput(f"cannot write to {folder}: {there} is not a folder that can be written")
