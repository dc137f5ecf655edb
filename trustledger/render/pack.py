"""A pack: many statements as PDF files in a folder, over all processors.

The files are the same as if they had been written one by one. A file is there as a whole or not
at all. Statements are sent to workers in batches, so that what they share (the blocks about the
community) is sent once per batch, and only a few batches are under way at once, so that memory
stays flat however many statements follow.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import closing, suppress
from itertools import islice
from multiprocessing import get_context
from multiprocessing.context import BaseContext
from pathlib import Path

from trustledger.document import Statement
from trustledger.errors import InvalidInput
from trustledger.render import refuse_failing
from trustledger.render.to_pdf import printer

Job = tuple[str, Statement]

BATCH = 50
FEW = 60
"""Fewer statements than this are not worth starting processes for."""

_AHEAD = 2  # batches under way per worker: one being drawn, one waiting


def write_all(
    jobs: Iterable[Job],
    folder: Path,
    *,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    total: int,
) -> int:
    """Write each statement under its name in the folder, which is made if need be.

    ``jobs`` may be a generator: it is read as the writing goes on. ``total`` is how many it will
    give, for ``progress(done, total)``. ``workers`` is how many processes; by default one per
    processor. Returns how many files were written.

    :raises InvalidInput: a name that is not a plain file name; the extra ``pdf`` is missing.
    :raises StatementFails: a check of a statement does not hold; also any other error of a worker.
        Files that were written before it stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    workers = workers or _processors()
    written: Generator[int]
    if workers == 1 or total < FEW:
        written = (_write([job], folder) for job in jobs)
    else:
        written = _over_processes(jobs, folder, min(workers, -(-total // BATCH)))
    done = 0
    with closing(written):  # so that the workers end before an error of ``progress`` goes on
        for count in written:
            done += count
            if progress:
                progress(done, total)
    return done


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _over_processes(jobs: Iterable[Job], folder: Path, workers: int) -> Generator[int]:
    batches = _batches(jobs)
    with ProcessPoolExecutor(workers, mp_context=_context()) as pool:
        under_way: set[Future[int]] = set()
        try:
            for batch in batches:
                under_way.add(pool.submit(_write, batch, folder))
                if len(under_way) >= workers * _AHEAD:
                    done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                    yield from (future.result() for future in done)
            while under_way:
                done, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    rest = iter(jobs)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _context() -> BaseContext:
    """How workers start: by fork where that is safe, which spares them reading the fonts again.

    A fork copies locks that other threads hold, so a program with threads gets new processes.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        printer()
        return get_context("fork")
    return get_context("spawn")


def _write(batch: Sequence[Job], folder: Path) -> int:
    for name, statement in batch:
        if name in ("", ".", "..") or Path(name).name != name or "\0" in name:
            raise InvalidInput(f"found {name!r}; the name of a file in a pack has no folders in it")
        refuse_failing(statement)
        _write_whole(folder / name, printer().render(statement))
    return len(batch)


def _write_whole(path: Path, data: bytes) -> None:
    """All of the file or none of it: nobody ever reads half a statement."""
    draft = path.with_name(f".{os.getpid()}-{threading.get_ident()}.part")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
