"""Child processes by the dozen: one process imports the library once, and forks for every child.

An import costs a second and a fork milliseconds, so a thousand processes can be killed in minutes.
Run as a program it is that one process; :class:`Nursery` is how a test speaks to it.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent


class Child:
    """A forked process; what it prints is read from ``out``, line by line, until it is gone."""

    def __init__(self, pid: int, out: IO[str]) -> None:
        self.pid, self.out = pid, out

    def kill(self) -> None:
        """``kill -9``. Its number cannot be another's: nobody reaps it before the nursery ends."""
        os.kill(self.pid, signal.SIGKILL)

    def lines(self) -> list[str]:
        """Everything it still says, without a line that the kill cut in two; waits for its end."""
        said = self.out.read()
        self.out.close()
        return said.split("\n")[:-1]


class Nursery:
    """Forks children that run ``module.function(*args)`` of a module in this folder."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._socket = ours
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        theirs.close()

    def start(self, where: str, *args: object) -> Child:
        """A child that runs ``where``, such as ``"killed:work"``; arguments are what JSON says."""
        reading, writing = os.pipe()
        order = json.dumps([where, args]).encode()
        socket.send_fds(self._socket, [order], [writing])
        os.close(writing)
        pid = int(self._socket.recv(64))
        return Child(pid, os.fdopen(reading, encoding="utf-8"))

    def all(self, where: str, argses: Sequence[Sequence[object]]) -> list[list[str]]:
        """Children at once, one per list of arguments; what each of them said."""
        children = [self.start(where, *args) for args in argses]
        return [child.lines() for child in children]

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._process.wait()


def serve(orders: socket.socket) -> None:
    """Fork a child per order until the test has gone."""
    while True:
        order, fds, _, _ = socket.recv_fds(orders, 1 << 16, 1)
        if not order:
            return
        pid = os.fork()
        if pid == 0:
            orders.close()
            os._exit(_run(order, fds[0]))
        os.close(fds[0])
        orders.send(str(pid).encode())


def _run(order: bytes, out: int) -> int:
    os.dup2(out, 1)
    os.close(out)
    where, args = json.loads(order)
    module, _, function = where.partition(":")
    try:
        getattr(importlib.import_module(module), function)(*args)
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
        os.write(1, b"error " + repr(sys.exc_info()[1]).encode() + b"\n")
        return 1
    return 0


def tell(line: str) -> None:
    """Say a line to the test at once: what is said stays said, whoever kills us next."""
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    sys.path.insert(0, str(HERE))
    sys.modules["nursery"] = sys.modules["__main__"]
    import trustledger.cli  # what every child would import
    import trustledger.folderbook
    import trustledger.render.to_pdf
    import trustledger.render.to_xlsx  # noqa: F401

    serve(socket.socket(fileno=int(sys.argv[1])))
