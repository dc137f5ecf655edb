"""What every peer is asked for: receipts of 100.00, of which 12.00 are the manager's, one durable
commit each, and then many in one durable commit. Prints seconds a receipt of both, as JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

DATABASE, ONES, MANY = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
WARM = 10


def measure(one: Callable[[int], object], many: Callable[[range], object]) -> None:
    """Time both; numbers of receipts are never used twice."""
    took = []
    for number in range(WARM + ONES):
        begin = time.perf_counter()
        one(number)
        took.append(time.perf_counter() - begin)
    begin = time.perf_counter()
    many(range(WARM + ONES, WARM + ONES + MANY))
    spent = time.perf_counter() - begin
    print(json.dumps({"one": statistics.median(took[WARM:]), "many": spent / MANY}))
