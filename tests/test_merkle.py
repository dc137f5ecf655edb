"""Proofs over the log: RFC 6962 to the letter, and every proof that was touched is refused."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.rules.journal import Frontier
from trustledger.rules.merkle import EMPTY, consistency, consistent, included, inclusion, root

LEAVES = [sha256(b"\0" + number.to_bytes(4, "big")).digest() for number in range(2_100)]
CT = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657",
      "606162636465666768696a6b6c6d6e6f"]  # fmt: skip
"""The leaves of the Certificate Transparency test tree."""


def hash_of(level: int, at: int) -> bytes:
    return naive(LEAVES[at << level : (at + 1) << level])


def naive(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1: MTH."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\1" + naive(leaves[:k]) + naive(leaves[k:])).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1: PATH."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*naive_path(m, leaves[:k]), naive(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 6962 §2.1.2: SUBPROOF."""
    n = len(leaves)
    if m == n:
        return [] if whole else [naive(leaves)]
    k = split(n)
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole), naive(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], False), naive(leaves[:k])]


def test_roots_equal_the_definition_up_to_two_thousand() -> None:
    frontier = Frontier()
    assert frontier.root() == EMPTY == naive([])
    memo: dict[tuple[int, int], bytes] = {}

    def mth(first: int, last: int) -> bytes:  # the definition, remembering what it made
        if (first, last) not in memo:
            k = split(last - first) if last - first > 1 else 0
            memo[first, last] = (
                sha256(b"\1" + mth(first, first + k) + mth(first + k, last)).digest()
                if k
                else LEAVES[first]
            )
        return memo[first, last]

    for size in range(1, 2_001):
        frontier.append(LEAVES[size - 1])
        assert frontier.root() == mth(0, size)
        again = Frontier.load(size, frontier.dump())
        assert again.root() == frontier.root()


def test_proofs_equal_the_definition() -> None:
    for size in range(1, 70):
        leaves = LEAVES[:size]
        assert root(hash_of, size) == naive(leaves)
        for m in range(size):
            assert inclusion(hash_of, m, size) == naive_path(m, leaves)
            assert consistency(hash_of, m + 1, size) == naive_subproof(m + 1, leaves)


@pytest.fixture(scope="module")
def known() -> tuple[dict[tuple[int, int], bytes], list[bytes]]:
    """Every complete subtree of the first 257 leaves, and every root."""
    nodes = {(0, at): LEAVES[at] for at in range(257)}
    for level in range(1, 9):
        for at in range(257 >> level):
            parts = nodes[level - 1, 2 * at] + nodes[level - 1, 2 * at + 1]
            nodes[level, at] = sha256(b"\1" + parts).digest()
    frontier, roots = Frontier(), [EMPTY]
    for leaf in LEAVES[:257]:
        frontier.append(leaf)
        roots.append(frontier.root())
    return nodes, roots


Known = tuple[dict[tuple[int, int], bytes], list[bytes]]


def test_every_proof_up_to_256_verifies(known: Known) -> None:
    nodes, roots = known

    def of(level: int, at: int) -> bytes:
        return nodes[level, at]

    for size in range(1, 257):
        for m in range(size):
            path = inclusion(of, m, size)
            assert included(LEAVES[m], m, size, path, roots[size])
            assert not included(LEAVES[m], m + 1, size, path, roots[size])
            assert not included(LEAVES[m], m, size + 1, path, roots[size + 1])
            growth = consistency(of, m + 1, size)
            assert consistent(m + 1, size, roots[m + 1], roots[size], growth)
            if m:
                assert not included(LEAVES[m], m - 1, size, path, roots[size])
                assert not consistent(m, size, roots[m], roots[size], growth)
            assert not consistent(m + 1, size + 1, roots[m + 1], roots[size + 1], growth)


def mutations(path: list[bytes], chance: random.Random) -> list[list[bytes]]:
    """A proof with one thing wrong, in every way."""
    found = []
    for at, part in enumerate(path):
        bit = chance.randrange(256)
        flipped = bytearray(part)
        flipped[bit // 8] ^= 1 << bit % 8
        found += [
            [*path[:at], bytes(flipped), *path[at + 1 :]],
            [*path[:at], *path[at + 1 :]],
            [*path[:at], part, *path[at:]],
            [*path[:at], part[:31], *path[at + 1 :]],
        ]
        for other in range(at + 1, len(path)):
            swapped = path.copy()
            swapped[at], swapped[other] = swapped[other], swapped[at]
            found.append(swapped)
    return [*found, [*path, EMPTY], [EMPTY, *path]]


def test_every_mutated_proof_is_refused(known: Known) -> None:
    nodes, roots = known
    chance = random.Random(6962)
    tried = 0

    def of(level: int, at: int) -> bytes:
        return nodes[level, at]

    for size in range(1, 257):
        for m in {0, size - 1, *(chance.randrange(size) for _ in range(3))}:
            for path in mutations(inclusion(of, m, size), chance):
                assert not included(LEAVES[m], m, size, path, roots[size]), (m, size)
                tried += 1
            for path in mutations(consistency(of, m + 1, size), chance):
                assert not consistent(m + 1, size, roots[m + 1], roots[size], path), (m, size)
                tried += 1
    assert tried > 20_000


@given(st.integers(1, 2_000), st.data())
def test_a_proof_is_of_its_own_leaf_and_root(size: int, data: st.DataObject) -> None:
    m = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != m) if size > 1 else st.just(9))
    top = root(hash_of, size)
    path = inclusion(hash_of, m, size)
    assert included(LEAVES[m], m, size, path, top)
    assert not included(LEAVES[other], m, size, path, top)
    assert not included(LEAVES[m], m, size, path, EMPTY)
    growth = consistency(hash_of, m + 1, size)
    assert consistent(m + 1, size, root(hash_of, m + 1), top, growth)
    assert not consistent(m + 1, size, EMPTY, top, growth)
    assert not consistent(m + 1, size, root(hash_of, m + 1), EMPTY, growth)


def test_what_cannot_be_proved_is_refused() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match=f"leaf {index} is not among {size}"):
            inclusion(hash_of, index, size)
        assert not included(LEAVES[0], index, size, [], LEAVES[0])
    for old, size in ((0, 3), (4, 3)):
        with pytest.raises(ValueError, match=f"{old} leaves are not a beginning of {size}"):
            consistency(hash_of, old, size)
        assert not consistent(old, size, EMPTY, EMPTY, [])
    assert not consistent(3, 4, EMPTY, EMPTY, [])


def test_certificate_transparency_vectors() -> None:
    """The reference tree of eight leaves: its roots, and proofs as the reference prints them."""
    leaves = [sha256(b"\0" + bytes.fromhex(data)).digest() for data in CT]

    def of(level: int, at: int) -> bytes:
        return naive(leaves[at << level : (at + 1) << level])

    assert [root(of, size).hex() for size in (1, 2, 3, 8)] == [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]
    assert [part.hex() for part in inclusion(of, 0, 8)] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [part.hex() for part in consistency(of, 6, 8)] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
