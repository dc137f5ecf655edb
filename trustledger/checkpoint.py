"""Checkpoints 日志检查点: the log's size and root, signed, in a text that fits on paper.

The format is C2SP's: a signed note (c2sp.org/signed-note) whose text is a checkpoint
(c2sp.org/tlog-checkpoint), with Ed25519 signatures. So the tools of other transparency logs read
it. What lives here: keys, signing, reading, checking. What must not: where notes are kept, and
whether a log is the one that a note is of.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

from trustledger.errors import InvalidInput

if TYPE_CHECKING:  # pragma: no cover
    from cryptography.hazmat.primitives.asymmetric import ed25519

ED25519 = b"\1"
_PRIVATE = "PRIVATE+KEY+"
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIGNED = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
MOST_NOTE = 65_536
"""Characters of a note: more is refused unread."""


def origin_of(book: str) -> str:
    """The first line of every checkpoint of a book, and the name of the key that signs them."""
    return f"trustledger/{book}"


# --------------------------------------------------------------------------- keys


def _ed25519() -> type[ed25519.Ed25519PrivateKey]:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise InvalidInput("signatures need: pip install 'trustledger[sign]'") from None
    return ed25519.Ed25519PrivateKey


def _key_id(name: str, public: bytes) -> bytes:
    return sha256(f"{name}\n".encode() + ED25519 + public).digest()[:4]


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"found {name[:40]!r}; a key's name has no spaces and no plus sign")
    return name


def _decoded(text: str, what: str) -> bytes:
    try:
        raw = b64decode(text, validate=True)
    except (NotBase64, ValueError):
        raise InvalidInput(f"found {text[:40]!r}, which is not the base64 of {what}") from None
    if b64encode(raw).decode() != text:  # one text for one value
        raise InvalidInput(f"found {text[:40]!r}, which is not the base64 of {what}")
    return raw


def _key_parts(text: str, what: str) -> tuple[str, str, bytes]:
    """Name, key id in hex and the 32 bytes of a key in its text form."""
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise InvalidInput(f"found {text[:24]!r}; {what} is name+hash+base64, as keygen writes it")
    name, hash_, body = parts
    raw = _decoded(body, what)
    if len(raw) != 33 or raw[:1] != ED25519:
        raise InvalidInput(f"{what} of {name!r} is not an Ed25519 key")
    return _named(name), hash_, raw[1:]


class Verifier(NamedTuple):
    """验签公钥: what a signature is checked with; public."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes that name the key in a signature line."""
        return _key_id(self.name, self.public)

    @property
    def vkey(self) -> str:
        """Its text form: what is handed out."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        """The key back from its text form.

        :raises InvalidInput: it is not one.
        """
        name, hash_, public = _key_parts(vkey, "a verifier key")
        key = cls(name, public)
        if key.key_id.hex() != hash_:
            raise InvalidInput(f"the verifier key of {name!r} does not have the hash {hash_[:16]}")
        return key

    def verifies(self, signature: Signature, body: str) -> bool:
        """Whether a signature over a text is of this key."""
        _ed25519()
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if (signature.name, signature.key_id) != (self.name, self.key_id):
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature.value, body.encode())
        except InvalidSignature:
            return False
        return True


class Signer:
    """签名私钥: what signs checkpoints under a name. Who has it can sign; it is never stored."""

    def __init__(self, name: str, seed: bytes) -> None:
        self.name = _named(name)
        self._seed = seed
        self._key = _ed25519().from_private_bytes(seed)
        self.verifier = Verifier(name, self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, name: str) -> Signer:
        """A new key; for a book's own log the name is :func:`origin_of` its code."""
        return cls(name, _ed25519().generate().private_bytes_raw())

    @classmethod
    def parse(cls, skey: str) -> Signer:
        """The key back from its text form.

        :raises InvalidInput: it is not one.
        """
        text = skey.strip()
        if not text.startswith(_PRIVATE):
            raise InvalidInput(f"a signing key begins with {_PRIVATE}; keygen writes one")
        name, hash_, seed = _key_parts(text.removeprefix(_PRIVATE), "a signing key")
        key = cls(name, seed)
        if key.verifier.key_id.hex() != hash_:
            raise InvalidInput(f"the signing key of {name!r} does not have the hash {hash_[:16]}")
        return key

    @property
    def skey(self) -> str:
        """Its text form: to be kept where nobody else reads it."""
        body = b64encode(ED25519 + self._seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{body}"

    def __repr__(self) -> str:
        return f"<Signer {self.name!r}>"

    def sign(self, checkpoint: Checkpoint) -> Checkpoint:
        """The checkpoint with this key's signature, in place of an earlier one of its name."""
        others = tuple(one for one in checkpoint.signatures if one.name != self.name)
        value = self._key.sign(checkpoint.body.encode())
        mine = Signature(self.name, self.verifier.key_id, value)
        return checkpoint._replace(signatures=(*others, mine))


# --------------------------------------------------------------------------- notes


class Signature(NamedTuple):
    """签名: who says so."""

    name: str
    key_id: bytes
    value: bytes

    @property
    def line(self) -> str:
        """Its line in a note."""
        return f"— {self.name} {b64encode(self.key_id + self.value).decode()}\n"


class Checkpoint(NamedTuple):
    """日志检查点: that a log of a size had a root (hex), and who signed it."""

    origin: str
    size: int
    root: str
    signatures: tuple[Signature, ...] = ()

    @property
    def body(self) -> str:
        """What is signed: origin, size and root, each on a line."""
        return f"{self.origin}\n{self.size}\n{b64encode(bytes.fromhex(self.root)).decode()}\n"

    @property
    def note(self) -> str:
        """The signed note: what is handed out, printed and kept elsewhere."""
        return f"{self.body}\n{''.join(one.line for one in self.signatures)}"

    @property
    def signers(self) -> tuple[str, ...]:
        """The names under it."""
        return tuple(one.name for one in self.signatures)

    def signed_by(self, key: Verifier) -> bool:
        """Whether it carries a good signature of a key."""
        return any(key.verifies(one, self.body) for one in self.signatures)

    @classmethod
    def parse(cls, note: str) -> Checkpoint:
        """The checkpoint back from its note; its signatures are read, not checked.

        :raises InvalidInput: it is not a signed checkpoint.
        """
        text, blank, signed = note.partition("\n\n")
        lines = text.split("\n")
        if len(note) > MOST_NOTE or not blank or len(lines) != 3 or not lines[0].strip():
            raise InvalidInput(
                "this is not a checkpoint: it has three lines (origin, size, root), an empty line, "
                "and signatures"
            )
        origin, size, root = lines
        raw = _decoded(root, "a root of 32 bytes")
        if not _SIZE.fullmatch(size) or len(raw) != 32:
            raise InvalidInput(f"the checkpoint of {origin[:60]!r} has no proper size and root")
        if not signed.endswith("\n"):
            raise InvalidInput(f"the checkpoint of {origin[:60]!r} has no whole signature line")
        signatures = tuple(map(_signature, signed[:-1].split("\n")))
        return cls(origin, int(size), raw.hex(), signatures)


def _signature(line: str) -> Signature:
    found = _SIGNED.fullmatch(line)
    raw = _decoded(found[2], "a signature") if found else b""
    if found is None or len(raw) < 5:
        raise InvalidInput(f"found {line[:40]!r}; a signature line is: — name base64")
    return Signature(found[1], raw[:4], raw[4:])
