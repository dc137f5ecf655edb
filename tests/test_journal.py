"""The journal rule and the log: RFC 6962 to the letter, and entries that balance."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trustledger.money import LIMIT_FEN
from trustledger.records import Draft, Posting
from trustledger.rules.journal import Frontier, check_postings, leaf_hash, leaf_of


def tree_hash(leaves: list[bytes]) -> bytes:
    """RFC 6962 §2.1, as it is written there."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\1" + tree_hash(leaves[:split]) + tree_hash(leaves[split:])).digest()


def test_the_root_of_every_size_is_rfc_6962() -> None:
    frontier, leaves = Frontier(), []
    assert frontier.root() == tree_hash([])
    for number in range(200):
        leaves.append(sha256(b"\0" + bytes([number])).digest())
        frontier.append(leaves[-1])
        assert frontier.root() == tree_hash(leaves)
        again = Frontier.load(frontier.size, frontier.dump())
        assert (again.size, again.root()) == (number + 1, frontier.root())


def test_known_vectors() -> None:
    """The first leaves of the Certificate Transparency test tree."""
    frontier = Frontier()
    for data in (b"", b"\x00", b"\x10"):
        frontier.append(sha256(b"\0" + data).digest())
    assert frontier.root().hex() == (
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )


@given(st.integers(0, 6), st.text("abc\u4e2d", max_size=3))
def test_every_field_changes_the_leaf(place: int, other: str) -> None:
    postings = (Posting("1002", "common", 5, 0), Posting("4101", "common", 0, 5))
    fields: list[object] = ["book", 1, "income", "I1", "2024-01-05", 0, "{}"]
    leaf = leaf_hash(*fields, postings)  # type: ignore[arg-type]
    changed = list(fields)
    changed[place] = f"{fields[place]}{other}x"
    assert leaf_hash(*changed, postings) != leaf  # type: ignore[arg-type]


@given(st.integers(0, 9), st.integers(0, 1))
def test_every_dimension_changes_the_leaf(field: int, which: int) -> None:
    postings = [Posting("1002", "common", 5, 0), Posting("4101", "common", 0, 5)]
    draft = Draft("income", "I1", "2024-01-05", "{}", tuple(postings))
    name = Posting._fields[field]
    value = getattr(postings[which], name)
    postings[which] = postings[which]._replace(
        **{name: value + 1 if isinstance(value, int) else value + "x"}
    )
    assert leaf_of("b", 1, draft) != leaf_of("b", 1, draft._replace(postings=tuple(postings)))


def test_a_field_cannot_pass_for_two() -> None:
    one = Posting("1002", "common", 5, 0, "a", "b")
    other = Posting("1002", "common", 5, 0, "ab", "")
    assert leaf_of("b", 1, Draft("k", "k", "d", "{}", (one,))) != leaf_of(
        "b", 1, Draft("k", "k", "d", "{}", (other,))
    )


def balanced(*postings: Posting) -> str | None:
    return check_postings(postings)


def test_entries_that_balance() -> None:
    assert balanced() is None
    assert balanced(Posting("1002", "a", 5, 0), Posting("4101", "a", 0, 5)) is None
    assert balanced(Posting("1002", "a", -5, 0), Posting("4101", "a", 0, -5)) is None
    assert balanced(Posting("1002", "a", 0, 5), Posting("1001", "a", 5, 0)) is None


@pytest.mark.parametrize(
    ("postings", "said"),
    [
        ([Posting("1002", "a", 5, 0)], "fund 'a' is out of balance by 5 fen"),
        (
            [Posting("1002", "a", 5, 0), Posting("4101", "b", 0, 5)],
            "fund 'a' is out of balance by 5 fen",
        ),
        ([Posting("9999", "a", 5, 0)], "account '9999' is not in the chart"),
        ([Posting("1002", "a", 5, 5)], "exactly one of debit and credit"),
        ([Posting("1002", "a", 0, 0)], "exactly one of debit and credit"),
        ([Posting("1002", "a", 5.0, 0)], "exactly one of debit and credit"),  # type: ignore[arg-type]
        ([Posting("1002", "a", True, 0)], "exactly one of debit and credit"),
        ([Posting("1002", "a", LIMIT_FEN + 1, 0)], "in one posting"),
        ([Posting("1002", "a", 0, -LIMIT_FEN - 1)], "in one posting"),
    ],
)
def test_entries_that_do_not(postings: list[Posting], said: str) -> None:
    assert said in str(check_postings(postings))
