"""``kill -9`` at any moment: what was acknowledged stands, and nothing is half there."""

from __future__ import annotations

import random
import time
from pathlib import Path

from nursery import Child, Nursery
from sizes import times
from smallbook import Told, make, sound

KILLS_OF_ONE_BOOK = 40
"""Then a new one, so that looking at all of it after each kill stays quick."""


def kill_at_random(child: Child, chance: random.Random) -> list[Told]:
    """Kill it while it opens, begins, writes, commits or copies its log; what it had said."""
    heard = [child.out.readline() for _ in range(chance.randrange(12))]
    time.sleep(chance.random() / 50)
    child.kill()
    said = [line.rstrip("\n") for line in heard] + child.lines()
    return [Told.read(line) for line in said if line != "open"]


@times("kills")
def test_killed_at_any_moment(count: int, nursery: Nursery, tmp_path: Path) -> None:
    chance = random.Random(count)
    path, told, acknowledged = tmp_path, [], 0
    for kill in range(count):
        if kill % KILLS_OF_ONE_BOOK == 0:
            path, told = tmp_path / f"{kill}.db", []
            make(f"sqlite:///{path}").close()
        url = f"sqlite:///{path}"
        child = nursery.start("killed:post_until_killed", url, kill, chance.choice((1, 9, 1000)))
        said = kill_at_random(child, chance)
        told += said
        acknowledged += len(said)
        sound(url, told, path)
    print(f"{count} kills: {acknowledged} entries acknowledged, none lost, none half there")
    assert acknowledged > count
