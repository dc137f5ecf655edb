"""The bytes that a leaf seals, entry by entry, as docs/log.md has them: they never change."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from trustledger import verifier
from trustledger.records import Draft, Posting
from trustledger.rules.journal import Frontier, leaf_of
from trustledger.rules.sealing import commitment, derived_salt, seal, unseal

GOLDEN = Path(__file__).parent / "golden" / "leaves.json"
TOLD: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))


@pytest.mark.parametrize("one", TOLD["entries"], ids=lambda one: str(one["kind"]))
def test_the_bytes_of_a_leaf(one: dict[str, Any]) -> None:
    postings = tuple(Posting(*posting) for posting in one["postings"])
    draft = Draft(one["kind"], one["key"], one["on"], one["content"], postings, one["reverses"])
    assert sha256(b"\0" + one["bytes"].encode()).hexdigest() == one["leaf"]
    assert leaf_of(TOLD["book"], one["seq"], draft).hex() == one["leaf"]
    assert verifier.leaf_of(TOLD["book"], one).hex() == one["leaf"]


def test_the_root_over_them() -> None:
    frontier = Frontier()
    for one in TOLD["entries"]:
        frontier.append(bytes.fromhex(one["leaf"]))
    assert frontier.root().hex() == TOLD["root"]


def test_the_bytes_of_a_commitment() -> None:
    for one in TOLD["commitments"]:
        salt = derived_salt(bytes.fromhex(TOLD["secret"]), one["kind"], one["key"], one["field"])
        assert salt.hex() == one["salt"]
        assert commitment(salt, one["kind"], one["field"], one["value"]) == one["sealed"]
    unit = TOLD["entries"][1]
    values = {one["field"]: one["value"] for one in TOLD["commitments"]}
    salts = {one["field"]: bytes.fromhex(one["salt"]) for one in TOLD["commitments"]}
    given = unseal(unit["content"], values)
    assert json.loads(given)["owner"] == "张三"
    assert seal("unit", given, ("owner", "phone"), salts.__getitem__)[0] == unit["content"]
