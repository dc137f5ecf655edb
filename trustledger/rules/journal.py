"""The journal 日记账: what an entry must satisfy, and the log that seals the order of entries.

Holds I2 (one side per posting), I3 (every entry balances inside every fund) and I9 (the log's
root, RFC 6962). A leaf is SHA-256 over canonical bytes in a fixed field order; the time of
recording is not among them, so that two people who load the same folder get the same root.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from trustledger.chart import ACCOUNTS
from trustledger.money import LIMIT_FEN
from trustledger.records import Draft, Posting


def check_postings(postings: Iterable[Posting]) -> str | None:
    """What is wrong with an entry's postings, in one sentence, or ``None``.

    Checks in this order: account exists; exactly one side, whole and within bounds; each fund
    adds up to zero.
    """
    sums: dict[str, int] = {}
    for posting in postings:
        account, fund, debit, credit = posting[:4]
        if account not in ACCOUNTS:
            return f"account {account!r} is not in the chart"
        if type(debit) is not int or type(credit) is not int or (debit == 0) == (credit == 0):
            return f"account {account}: exactly one of debit and credit holds whole fen"
        if not -LIMIT_FEN <= debit + credit <= LIMIT_FEN:
            return f"account {account}: more than {LIMIT_FEN} fen in one posting"
        sums[fund] = sums.get(fund, 0) + debit - credit
    for fund, total in sums.items():
        if total:
            return f"fund {fund!r} is out of balance by {total} fen"
    return None


def leaf_hash(
    book: str,
    seq: int,
    kind: str,
    key: str,
    on: str,
    reverses: int,
    content: str,
    postings: Iterable[Posting],
) -> bytes:
    """The RFC 6962 leaf of an entry: ``SHA-256(0x00 || canonical bytes)``.

    Canonical bytes: UTF-8 lines ``book, seq, kind, key, on, reverses, content``, then one line
    per posting, its fields in their documented order with tabs between. No field holds a tab or
    a line end (records/texts.py refuses control characters; ``content`` is JSON), so the bytes
    can be read in one way only.
    """
    lines = [f"\0{book}\n{seq}\n{kind}\n{key}\n{on}\n{reverses}\n{content}"]
    for a, f, d, c, unit, item, line, month, source, term in postings:
        lines.append(f"{a}\t{f}\t{d}\t{c}\t{unit}\t{item}\t{line}\t{month}\t{source}\t{term}")
    return sha256("\n".join(lines).encode()).digest()


def leaf_of(book: str, seq: int, draft: Draft) -> bytes:
    """The leaf of a draft that is about to become entry ``seq``."""
    kind, key, on, content, postings, reverses = draft
    return leaf_hash(book, seq, kind, key, on, reverses, content, postings)


NODE_STEP = 6
"""Nodes of levels 6, 12, 18 ... are kept: one row per 64 entries."""

Node = tuple[int, int, bytes]
"""Level, place among those of its level, and hash of a complete subtree."""


class Frontier:
    """The right edge of an RFC 6962 tree: at most one perfect subtree of each size.

    Appending costs one hash on average and the whole state is about 32 bytes × log2(n).
    """

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> None:
        """Take one more leaf."""
        size, peaks = self.size, self.peaks
        while size & 1:
            leaf = sha256(b"\1" + peaks.pop() + leaf).digest()
            size >>= 1
        peaks.append(leaf)
        self.size += 1

    def append_noting(self, leaf: bytes) -> list[Node]:
        """Take one more leaf; the nodes that are to be kept and that it completes."""
        size, peaks, level = self.size, self.peaks, 0
        done: list[Node] = []
        while size & 1:
            leaf = sha256(b"\1" + peaks.pop() + leaf).digest()
            size >>= 1
            level += 1
            if level % NODE_STEP == 0:
                done.append((level, size, leaf))
        peaks.append(leaf)
        self.size += 1
        return done

    def root(self) -> bytes:
        """The Merkle tree hash of all leaves so far; SHA-256 of nothing when there are none."""
        if not self.peaks:
            return sha256(b"").digest()
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = sha256(b"\1" + peak + root).digest()
        return root

    def dump(self) -> str:
        """The peaks as hex text, for storing."""
        return "".join(peak.hex() for peak in self.peaks)

    @classmethod
    def load(cls, size: int, dumped: str) -> Frontier:
        """The frontier back from its size and :meth:`dump`."""
        raw = bytes.fromhex(dumped)
        return cls(size, (raw[at : at + 32] for at in range(0, len(raw), 32)))


class Head(NamedTuple):
    """How long the journal is, and its digest: what a statement prints."""

    size: int
    root: str
