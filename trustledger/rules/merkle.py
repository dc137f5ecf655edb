"""Proofs over the log 日志证明: that an entry is in it, and that it only ever grew. Pure.

RFC 6962 §2.1 and RFC 9162 §2.1: a tree of ``size`` leaves is split at the largest power of two
below its size, so every left part is a complete subtree of 2^level leaves. A proof is made of
hashes of such subtrees, named by level and place; where they are kept is not known here.

The size belongs to what is proved: a root is always held together with its size, as a checkpoint
has them. A root by itself would not say of how many leaves it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

HashOf = Callable[[int, int], bytes]
"""(level, at) -> hash of the ``at``-th complete subtree of 2^level leaves, counted from 0."""

EMPTY = sha256(b"").digest()
"""The root of a log without entries."""


def join(left: bytes, right: bytes) -> bytes:
    """The hash of a node over its two parts."""
    return sha256(b"\1" + left + right).digest()


def _split(width: int) -> int:
    """The largest power of two below a width of at least 2."""
    return 1 << ((width - 1).bit_length() - 1)


def tree_hash(hash_of: HashOf, first: int, last: int) -> bytes:
    """The hash over the leaves from ``first`` to before ``last``, a part that splitting makes."""
    width = last - first
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return hash_of(level, first >> level)
    middle = first + _split(width)
    return join(tree_hash(hash_of, first, middle), tree_hash(hash_of, middle, last))


def root(hash_of: HashOf, size: int) -> bytes:
    """The root over the first ``size`` leaves."""
    return tree_hash(hash_of, 0, size) if size else EMPTY


def inclusion(hash_of: HashOf, index: int, size: int) -> list[bytes]:
    """The proof that leaf ``index`` (from 0) is in the tree of ``size`` leaves, lowest first.

    :raises ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not among {size}")
    path = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            path.append(tree_hash(hash_of, middle, last))
            last = middle
        else:
            path.append(tree_hash(hash_of, first, middle))
            first = middle
    return path[::-1]


def consistency(hash_of: HashOf, old: int, size: int) -> list[bytes]:
    """The proof that the tree of ``old`` leaves is the beginning of the tree of ``size`` leaves.

    :raises ValueError: the old tree is empty or the longer one.
    """
    if not 0 < old <= size:
        raise ValueError(f"{old} leaves are not a beginning of {size}")
    path = []
    first, last = 0, size
    while old != last:
        middle = first + _split(last - first)
        if old <= middle:
            path.append(tree_hash(hash_of, middle, last))
            last = middle
        else:
            path.append(tree_hash(hash_of, first, middle))
            first = middle
    if first:  # what the old tree ends with is not known from its root alone
        path.append(tree_hash(hash_of, first, last))
    return path[::-1]


# --------------------------------------------------------------------------- checking


def included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether a proof shows that a leaf has its place in the tree of that size and root."""
    if not 0 <= index < size or not _hashes([leaf, root, *path]):
        return False
    at, last, value = index, size - 1, leaf
    for part in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            value = join(part, value)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            value = join(value, part)
        at, last = at >> 1, last >> 1
    return last == 0 and value == root


def consistent(old: int, size: int, old_root: bytes, root: bytes, path: Sequence[bytes]) -> bool:
    """Whether a proof shows that the tree of the old size and root only grew into the other."""
    if not 0 < old <= size or not _hashes([old_root, root, *path]):
        return False
    if old == size:
        return not path and old_root == root
    parts = list(path)
    if old & (old - 1) == 0:  # a complete subtree: its root is the first part
        parts.insert(0, old_root)
    if not parts:
        return False
    at, last = old - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    was = now = parts[0]
    for part in parts[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            was, now = join(part, was), join(part, now)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            now = join(now, part)
        at, last = at >> 1, last >> 1
    return last == 0 and was == old_root and now == root


def _hashes(values: Sequence[bytes]) -> bool:
    return all(type(value) is bytes and len(value) == 32 for value in values)
