"""How often every fault is tried, in one place: the ordinary suite, and ``make test-long``.

Another number comes from the environment: ``FAULTS_KILLS=5000 make test-long``.
"""

from __future__ import annotations

import os

import pytest

SIZES = {
    # name: (ordinary suite, make test-long)
    "kills": (24, 1_000),
    "power_cuts": (60, 1_000),
    "tries": (12, 1_000),  # of each of the processes that spend at once
    "budget_tries": (6, 1_000),  # of the same under a year's budget
    "tamperings": (200, 10_000),
    "server_kills": (2, 200),
}


def times(name: str) -> pytest.MarkDecorator:
    """A test that runs twice: in the ordinary suite with the short count, at length with the long.

    The count is the test's argument ``count``.
    """
    short, long = SIZES[name]
    told = os.environ.get(f"FAULTS_{name.upper()}")
    return pytest.mark.parametrize(
        "count",
        [
            pytest.param(short, id="short"),
            pytest.param(int(told) if told else long, id="long", marks=pytest.mark.long),
        ],
    )
