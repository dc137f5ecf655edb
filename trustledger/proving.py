"""Proving 举证: from the log as it stands to what somebody else can check.

What lives here: signing and holding checkpoints against the log, proofs that an entry is in it and
that it only grew. Every proof is checked before it leaves, so that a changed database gives an
error and never a proof that fails in somebody else's hands.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypeVar

from trustledger.checkpoint import Checkpoint, Signer, origin_of
from trustledger.errors import BookCorrupt, NotThisLog, Unknown
from trustledger.records import Entry
from trustledger.rules import merkle
from trustledger.rules.journal import Head
from trustledger.store import checkpoints
from trustledger.store.log import Tree
from trustledger.store.reading import Reader


class Inclusion(NamedTuple):
    """存在证明: that an entry is in the log of a size and root. ``path``: hashes, lowest first."""

    origin: str
    size: int
    root: str
    entry: Entry
    path: tuple[str, ...]

    def holds(self) -> bool:
        """Whether the path leads from the entry's leaf to the root."""
        return merkle.included(
            self.entry.leaf,
            self.entry.seq - 1,
            self.size,
            _raw(self.path),
            bytes.fromhex(self.root),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "format": "trustledger inclusion 1",
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "entry": public_entry(self.entry),
            "path": list(self.path),
        }


class Growth(NamedTuple):
    """增长证明: that the log of the old size and root is the beginning of the log now."""

    origin: str
    old_size: int
    old_root: str
    size: int
    root: str
    path: tuple[str, ...]

    def holds(self) -> bool:
        """Whether the path leads from the old root to the new one."""
        old, new = bytes.fromhex(self.old_root), bytes.fromhex(self.root)
        return merkle.consistent(self.old_size, self.size, old, new, _raw(self.path))

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"format": "trustledger growth 1", **self._asdict(), "path": list(self.path)}


def public_entry(entry: Entry) -> dict[str, Any]:
    """An entry's public fields, in the order in which its leaf seals them, as JSON has them."""
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "key": entry.key,
        "on": entry.on,
        "reverses": entry.reverses,
        "content": entry.public or entry.content,
        "postings": [list(posting) for posting in entry.postings],
    }


class Bundle(NamedTuple):
    """对账单举证包: an owner's figures, the entries they follow from, and the proof of each."""

    book: str
    checkpoint: str
    head: Head
    period: tuple[str, str]
    unit: str
    facts: dict[str, Any]
    entries: tuple[tuple[Inclusion, dict[str, Any]], ...]

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: what ``verifier.py statement`` reads."""
        return {
            "format": "trustledger statement 1",
            "origin": origin_of(self.book),
            "book": self.book,
            "checkpoint": self.checkpoint,
            "size": self.head.size,
            "root": self.head.root,
            "period": list(self.period),
            "unit": self.unit,
            "facts": self.facts,
            "entries": [
                {**public_entry(proof.entry), "path": list(proof.path), "opened": opened}
                for proof, opened in self.entries
            ],
        }


def _raw(path: tuple[str, ...]) -> list[bytes]:
    return [bytes.fromhex(part) for part in path]


class Prover:
    """One book's log, with what was read of its tree."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.tree = Tree(reader.connection, reader.book)
        self.origin = origin_of(reader.book)
        self.head = reader.head()

    def root_at(self, size: int) -> str:
        """The root of the log's first entries."""
        if size == self.head.size:
            return self.head.root
        return merkle.root(self.tree.hash_of, size).hex()

    def _known(self, size: int | None) -> Head:
        if size is None or size == self.head.size:
            return self.head
        if not 0 < size < self.head.size:
            raise Unknown(
                "size", str(size), f"the log has {self.head.size} entries, and a part at least one"
            )
        return Head(size, self.root_at(size))

    def inclusion(self, entry: Entry, size: int | None = None) -> Inclusion:
        """That an entry is in the log of a size, or as it stands.

        :raises Unknown: it came later.
        :raises BookCorrupt: the log's own hashes do not fit together.
        """
        head = self._known(size)
        if entry.seq > head.size:
            raise Unknown("size", str(size), f"the entry is number {entry.seq}")
        path = merkle.inclusion(self.tree.hash_of, entry.seq - 1, head.size)
        proof = Inclusion(self.origin, *head, entry, tuple(part.hex() for part in path))
        return _checked(proof)

    def growth(self, size: int) -> Growth:
        """That the log only grew since it had a size.

        :raises Unknown: it never had that size.
        :raises BookCorrupt: the log's own hashes do not fit together.
        """
        old = self._known(size)
        path = merkle.consistency(self.tree.hash_of, size, self.head.size)
        return _checked(Growth(self.origin, *old, *self.head, tuple(p.hex() for p in path)))

    def holds(self, checkpoint: Checkpoint) -> None:
        """Whether a checkpoint is of this log.

        :raises NotThisLog: it is of another, or this log was changed since.
        """
        origin, size, root = checkpoint[:3]
        if origin != self.origin:
            raise NotThisLog(
                f"found a checkpoint of {origin!r}; this log is {self.origin!r}: use its own"
            )
        if size > self.head.size:
            raise NotThisLog(
                f"the checkpoint is of {size} entries and the log has {self.head.size}; entries "
                "were taken away, or it is of another copy: do not sign, and compare the two"
            )
        if root != self.root_at(size):
            raise NotThisLog(
                f"the checkpoint of {size} entries has another root than this log had then; "
                "something was changed: do not sign, and run trustledger verify"
            )


P = TypeVar("P", Inclusion, Growth)


def _checked(proof: P) -> P:
    if not proof.holds():
        raise BookCorrupt("the log's hashes do not fit together; run trustledger verify")
    return proof


FIGURES = (
    "opening_arrears", "opening_prepaid", "charged", "received", "refunded", "waived", "late_fee",
    "closing_arrears", "closing_prepaid",
)  # fmt: skip
"""The figures of an owner's statement that follow from the unit's postings alone."""


def bundle(
    reader: Reader,
    unit: str,
    period: tuple[str, str],
    facts: Mapping[str, Any],
    opened: Collection[str],
) -> Bundle:
    """The entries of a unit through a period's end, each with its proof.

    ``opened``: which personal fields are shown with their salts; the others stay commitments.
    """
    prover = Prover(reader)
    proofs = []
    for entry in reader.entries_of_unit(unit, period[1]):
        shown = {
            field: {"salt": salt.hex(), "value": value}
            for field, salt, value in entry.private
            if field in opened
        }
        proofs.append((prover.inclusion(entry), shown))
    signed = checkpoints.kept(reader.connection, reader.book, size=prover.head.size)
    note = signed[-1].note if signed else ""
    figures = {name: facts[name] for name in FIGURES}
    return Bundle(reader.book, note, prover.head, period, unit, figures, tuple(proofs))


# --------------------------------------------------------------------------- signing


def sign(reader: Reader, signer: Signer) -> Checkpoint:
    """Sign the log as it stands with its own key, and keep that; once per size.

    :raises NotThisLog: the key is not this log's, or an earlier checkpoint does not hold.
    """
    prover = Prover(reader)
    if signer.name != prover.origin:
        raise NotThisLog(
            f"the key of {signer.name!r} cannot sign for {prover.origin!r}; a log is signed by the "
            "key of its own name, others co-sign"
        )
    return _keep(prover, Checkpoint(prover.origin, *prover.head), signer)


def cosign(reader: Reader, signer: Signer, size: int | None = None) -> Checkpoint:
    """Put a second signature under the latest checkpoint, or under that of a size, and keep it.

    :raises NotThisLog: the key's name is the log's own or had another key before, or the
        checkpoint does not hold any more.
    :raises Unknown: there is no such checkpoint.
    """
    prover = Prover(reader)
    if signer.name == prover.origin:
        raise NotThisLog(
            f"the key of {signer.name!r} is the log's own; who co-signs has a key of another name"
        )
    standing = checkpoints.kept(reader.connection, reader.book, size=size)
    if not standing:
        wanted = "any" if size is None else str(size)
        raise Unknown(
            "checkpoint", wanted, "the log's own key signs first: trustledger checkpoint sign"
        )
    return _keep(prover, standing[-1], signer)


def _keep(prover: Prover, checkpoint: Checkpoint, signer: Signer) -> Checkpoint:
    connection, book = prover.reader.connection, prover.reader.book
    before = checkpoints.latest_of(connection, book, signer.name)
    if before is not None and not before.signed_by(signer.verifier):
        raise NotThisLog(
            f"{signer.name!r} signed the checkpoint of {before.size} entries with another key; "
            "sign with that one, or under a new name"
        )
    for one in checkpoints.kept(connection, book):
        prover.holds(one)
    signed = signer.sign(checkpoint)
    same = checkpoints.kept(connection, book, size=checkpoint.size)
    if not any(signer.name in one.signers for one in same):
        checkpoints.keep(connection, book, signed, signer.name)
    return checkpoints.kept(connection, book, size=checkpoint.size)[-1]
