"""Packs: over processes as one by one, whole files only, errors come up."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from trustledger.document import Check, Statement
from trustledger.errors import InvalidInput, StatementFails
from trustledger.render import pack, render

from .pdf_samples import owner


def jobs(count: int) -> Iterator[tuple[str, Statement]]:
    return ((f"{n:04d}.pdf", owner(n)) for n in range(count))


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_parallel_is_serial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str) -> None:
    if start == "spawn":  # as in a program that has threads
        monkeypatch.setattr("threading.active_count", lambda: 2)
    steps: list[tuple[int, int]] = []
    one, two = tmp_path / "one", tmp_path / "two"
    assert pack.write_all(jobs(130), one, workers=1, total=130) == 130
    assert pack.write_all(
        jobs(130), two, workers=2, progress=lambda *step: steps.append(step), total=130
    ) == 130  # fmt: skip
    assert digests(one) == digests(two)
    assert sorted(digests(one)) == [f"{n:04d}.pdf" for n in range(130)]
    assert steps[-1] == (130, 130) and steps == sorted(steps)
    assert (one / "0007.pdf").read_bytes() == render(owner(7), "pdf")


def test_few_statements_start_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "_over_processes", None)
    steps: list[tuple[int, int]] = []
    count = pack.write_all(
        jobs(3), tmp_path, workers=8, progress=lambda *step: steps.append(step), total=3
    )
    assert count == 3
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_generator_is_read_only_a_few_batches_ahead(tmp_path: Path) -> None:
    given, ahead = 0, []

    def counted() -> Iterator[tuple[str, Statement]]:
        nonlocal given
        for job in jobs(600):
            given += 1
            yield job

    def progress(done: int, total: int) -> None:
        ahead.append(given - done)

    assert pack.write_all(counted(), tmp_path, workers=2, progress=progress, total=600) == 600
    assert max(ahead) <= 2 * 2 * pack.BATCH


def failing(count: int, at: int) -> Iterator[tuple[str, Statement]]:
    for name, statement in jobs(count):
        if name == f"{at:04d}.pdf":
            statement = statement._replace(checks=(Check("对不上", 1, 2),))  # noqa: PLW2901
        yield name, statement


@pytest.mark.parametrize(("count", "at", "workers"), [(10, 4, 1), (200, 130, 2)])
def test_an_error_of_a_worker_comes_up(tmp_path: Path, count: int, at: int, workers: int) -> None:
    with pytest.raises(StatementFails, match="对不上"):
        pack.write_all(failing(count, at), tmp_path, workers=workers, total=count)
    assert f"{at:04d}.pdf" not in digests(tmp_path)
    assert all(name.endswith(".pdf") for name in digests(tmp_path))


def test_an_error_of_the_caller_ends_the_workers(tmp_path: Path) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    def broken() -> Iterator[tuple[str, Statement]]:
        yield from jobs(120)
        raise OSError("the database went away")

    with pytest.raises(KeyboardInterrupt):
        pack.write_all(jobs(200), tmp_path, workers=2, progress=stop, total=200)
    with pytest.raises(OSError, match="went away"):
        pack.write_all(broken(), tmp_path, workers=2, total=200)


@pytest.mark.parametrize("name", ["", "..", "a/b.pdf", "/etc/x.pdf", "a\0.pdf"])
def test_a_name_stays_in_its_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="no folders"):
        pack.write_all([(name, owner())], tmp_path, total=1)
    assert digests(tmp_path) == {}


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "0000.pdf").write_bytes(b"old")
    seen: list[bytes] = []
    real = Path.replace

    def spy(self: Path, target: Path) -> Path:
        seen.append(self.read_bytes()[-6:])
        return real(self, target)

    monkeypatch.setattr(Path, "replace", spy)
    pack.write_all(jobs(1), tmp_path, total=1)
    assert seen == [b"%%EOF\n"]

    def full(self: Path, data: bytes) -> int:
        real_open = os.open(self, os.O_CREAT | os.O_WRONLY)
        os.write(real_open, data[:100])
        os.close(real_open)
        raise OSError(28, "No space left on device")

    before = digests(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        pack.write_all(jobs(1), tmp_path, total=1)
    assert digests(tmp_path) == before
