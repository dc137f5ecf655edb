"""What runs in a child that gives a command."""

from __future__ import annotations

import os
import sys

from nursery import tell


def give(words: list[str]) -> None:
    """Give a command as on a terminal; say what it says, and its exit code."""
    from trustledger.cli import main

    os.dup2(1, 2)  # what it complains of is told as well
    sys.argv = ["trustledger", *words]
    try:
        main()
    except SystemExit as left:
        sys.stdout.flush()
        tell(f"exit {left.code or 0}")
