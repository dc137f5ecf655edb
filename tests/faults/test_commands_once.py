"""A command on a terminal that is killed, or given twice at once and once more, is done once.

Every command that writes into a book, in the order in which a year gives them; what stands in the
end, and every file that was written, is the same as when each was given once.
"""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

import pytest
from nursery import Nursery

import trustledger as tl

EXAMPLE = Path(tl.__file__).parent / "example"
CODE = "xinghe"
COMMANDS = (
    "load {folder}",
    "charge xinghe 2025-01..2025-03",
    "month {folder} 2025-04 --out {out}/month",
    "month {folder} 2025-05 --out {out}/month --db {url}",
    "remind xinghe 2025-05-20 --out {out}/reminders",
    "erase xinghe receipt R20250001 --on 2025-05-21 --authority 本人申请",
    "close xinghe 2025-03",
    "rebuild xinghe",
    "checkpoint sign xinghe --key {keys}/log",
    "checkpoint cosign xinghe --key {keys}/committee",
)
STEP = '\n[[reminder]]\ndays = 30\nname = "提醒"\ntext = "请于七日内缴纳。"\nfrom = 2025-01-01\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example, with a step of its reminders, and two keys."""
    shutil.copytree(EXAMPLE, tmp_path / "book")
    with (tmp_path / "book" / "book.toml").open("a", encoding="utf-8") as toml:
        toml.write(STEP)
    (tmp_path / "keys").mkdir()
    for file, name in (("log", f"trustledger/{CODE}"), ("committee", "业主委员会")):
        signer = tl.Signer.generate(name)
        (tmp_path / "keys" / file).write_text(f"{signer.skey}\n", encoding="utf-8")
    return tmp_path


def words(command: str, folder: Path, url: str) -> list[str]:
    names = {"folder": folder / "book", "out": folder / "out", "keys": folder / "keys", "url": url}
    told = [word.format(**names) for word in command.split()]
    return told if "--db" in told else [*told, "--db", url]


def files(folder: Path) -> dict[str, bytes]:
    """What the commands wrote for people, but for what says when."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted((folder / "out").rglob("*"))
        if path.is_file()
    }


Standing = list[tuple[object, ...]]


def standing(url: str) -> Standing:
    """Every entry in its order, but for its salts, and who signed how much of them."""
    book = tl.Book.open(url, CODE)
    assert book.verify() == []
    entries = [(one.seq, one.kind, one.key, one.on, one.postings) for one in book.entries()]
    signed = [(one.size, len(one.note.splitlines())) for one in book.checkpoints()]
    book.close()
    return [*entries, *signed]


def once(nursery: Nursery, folder: Path) -> tuple[Standing, dict[str, bytes]]:
    """What stands, and what was written, when each command is given once."""
    url = f"sqlite:///{folder / 'once.db'}"
    for command in COMMANDS:
        told = nursery.start("terminal:give", words(command, folder, url)).lines()
        assert told[-1] == "exit 0", (command, told)
    found = files(folder)
    shutil.rmtree(folder / "out")
    return standing(url), found


def test_one_effect_of_every_command_line(url: str, folder: Path, nursery: Nursery) -> None:
    chance = random.Random(len(url))
    stands, wrote = once(nursery, folder)
    for command in COMMANDS:
        given = words(command, folder, url)
        killed = nursery.start("terminal:give", given)
        time.sleep(chance.uniform(0, 0.8))
        killed.kill()
        killed.lines()
        both = nursery.all("terminal:give", [[given], [given]])
        again = nursery.start("terminal:give", given).lines()
        for told in (*both, again):
            assert told[-1] == "exit 0", (command, told)
    assert standing(url) == stands
    assert files(folder) == wrote
