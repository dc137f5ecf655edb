"""What the tests of faults share: one nursery of child processes."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import databases
import pytest
from nursery import Nursery
from sqlalchemy import Engine


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as one:
        yield one


@pytest.fixture(scope="module")
def server() -> Iterator[databases.Server]:
    """A PostgreSQL server of the module's own with its ordinary settings, to be ill treated."""
    one = databases.Server(Path(tempfile.mkdtemp(prefix="trustledger-")), "max_connections=50")
    one.make()
    yield one
    one.stop()
    shutil.rmtree(one.home, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database that several processes can open."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'b.db'}"
    engine = databases.fresh("postgresql")
    assert isinstance(engine, Engine)
    return engine.url.render_as_string(hide_password=False)
