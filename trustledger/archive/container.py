"""Where the files of an archive are: in a zip, or in a folder. Nothing is ever unpacked.

A zip has fixed times and modes and its members in one order, so that the same book gives the same
bytes. What is read comes from strangers: names are compared with what may be there, members are
read in pieces and never beyond what the manifest says they hold.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, Protocol

from trustledger.archive import manifest
from trustledger.archive.manifest import Manifest, Member
from trustledger.errors import InvalidFile, Place

LONGEST_LINE = 2**24
_WHEN = (1980, 1, 1, 0, 0, 0)


class Target(Protocol):
    """Where an archive is written."""

    @contextmanager
    def open(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        """A member to write; ``packed``: compressed, where that can be."""


class ZipTarget:
    """An archive as one file."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @contextmanager
    def open(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(name, _WHEN)
        info.create_system, info.external_attr = 3, 0o644 << 16
        info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        with self._archive.open(info, "w", force_zip64=True) as member:
            yield member


class FolderTarget:
    """An archive as files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self, name: str, *, packed: bool = True) -> Iterator[IO[bytes]]:
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as member:
            yield member


@contextmanager
def writing(path: Path, *, zipped: bool) -> Iterator[Target]:
    """An archive to write at a path."""
    if not zipped:
        path.mkdir()
        yield FolderTarget(path)
        return
    with zipfile.ZipFile(path, "w") as archive:
        yield ZipTarget(archive)


class Source:
    """An archive that is read; ``where`` is what errors call it."""

    def __init__(
        self, where: str, sizes: dict[str, int], opener: Callable[[str], IO[bytes]]
    ) -> None:
        self.where, self._sizes, self._open = where, sizes, opener
        self.manifest = self._manifest()
        self._check_names()

    def place(self, name: str, row: int | None = None) -> Place:
        """A member, and a line of it."""
        return Place(f"{self.where}/{name}", row)

    def digests(self) -> list[str]:
        """The digests of the vouchers' files, in order."""
        start = f"{manifest.FOLDER}/"
        return sorted(name[len(start) :] for name in self._sizes if name.startswith(start))

    def _manifest(self) -> Manifest:
        place = self.place(manifest.FILE)
        if manifest.FILE not in self._sizes:
            raise InvalidFile("is missing: this is not an archive of a book", place=place)
        with self._reading(manifest.FILE) as member:
            body = member.read(manifest.MOST_BYTES)
        try:
            return manifest.load(body)
        except InvalidFile as error:
            raise error.at(place) from None

    def _check_names(self) -> None:
        told = self.manifest
        for name, member in told.members.items():
            if self._sizes.get(name) != member.bytes:
                found = f"{self._sizes[name]} bytes" if name in self._sizes else "no such file"
                raise InvalidFile(
                    f"found {found}, and the manifest says {member.bytes} bytes; "
                    "export the book again",
                    place=self.place(name),
                )
        digests = self.digests()
        known = {manifest.FILE, *told.members, *(f"{manifest.FOLDER}/{one}" for one in digests)}
        for name in sorted(set(self._sizes) - known):
            raise InvalidFile(
                f"found a file {name[:80]!r} that no archive has", place=Place(self.where)
            )
        if attachments_of((one, self._sizes[f"{manifest.FOLDER}/{one}"]) for one in digests) != (
            told.attachments
        ):
            raise InvalidFile(
                f"found {len(digests)} files, and the manifest says {told.attachments.lines} or "
                "others; export the book again",
                place=self.place(manifest.FOLDER),
            )

    @contextmanager
    def _reading(self, name: str) -> Iterator[IO[bytes]]:
        try:
            with self._open(name) as member:
                yield member
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as bad:
            raise InvalidFile(f"cannot be read ({bad})", place=self.place(name)) from None
        except OSError as error:
            raise InvalidFile(
                f"cannot be read ({error.strerror})", place=self.place(name)
            ) from None

    def lines(self, name: str) -> Iterator[tuple[int, bytes]]:
        """The lines of a member, numbered from 1; they are its last only if it is what was written.

        :raises InvalidFile: a line is too long, or the member is not what the manifest says.
        """
        digest, row, member = sha256(), 0, self.manifest.members[name]
        with self._reading(name) as file:
            while line := file.readline(LONGEST_LINE):
                row += 1
                if len(line) == LONGEST_LINE:
                    raise InvalidFile("is too long a line", place=self.place(name, row))
                digest.update(line)
                yield row, line
        if (row, digest.hexdigest()) != (member.lines, member.sha256):
            raise InvalidFile(
                f"found {row} lines with another hash than the manifest's {member.lines}: it was "
                "changed or cut short; export the book again",
                place=self.place(name),
            )

    def attachment(self, digest: str) -> bytes:
        """A voucher's file.

        :raises InvalidFile: it is not what its name says.
        """
        name = f"{manifest.FOLDER}/{digest}"
        with self._reading(name) as file:
            body = file.read(self._sizes[name] + 1)
        if sha256(body).hexdigest() != digest:
            raise InvalidFile("is not what its name says", place=self.place(name))
        return body


def attachments_of(sizes: Iterator[tuple[str, int]]) -> Member:
    """Number, bytes and hash of vouchers' files, by digest in order."""
    told, total, count = sha256(), 0, 0
    for digest, size in sizes:
        told.update(f"{digest}\n".encode())
        total, count = total + size, count + 1
    return Member(count, total, told.hexdigest())


@contextmanager
def reading(path: Path) -> Iterator[Source]:
    """An archive to read, a zip or a folder.

    :raises InvalidFile: it is neither, or holds what no archive does.
    """
    if path.is_dir():
        yield _folder(path)
        return
    try:
        archive = zipfile.ZipFile(path)
    except OSError as error:
        raise InvalidFile(f"cannot be read ({error.strerror})", place=Place(str(path))) from None
    # zipfile has half a dozen ways to fail on a damaged file, from struct.error to ValueError
    except Exception:
        raise InvalidFile(
            "is not a zip, or is damaged; use another copy", place=Place(str(path))
        ) from None
    with archive:
        yield _zip(path, archive)


def _zip(path: Path, archive: zipfile.ZipFile) -> Source:
    sizes: dict[str, int] = {}
    for info in archive.infolist():
        name = info.filename
        wrong = None
        if name in sizes:
            wrong = "is there twice"
        elif info.flag_bits & 1:
            wrong = "is encrypted; unpack it and zip it without a password"
        elif info.compress_type == zipfile.ZIP_STORED:
            # what is stored as it is cannot grow: vouchers are read whole
            wrong = "says it is longer than it is" if info.compress_size < info.file_size else None
        elif info.compress_type != zipfile.ZIP_DEFLATED or name.startswith(manifest.FOLDER):
            wrong = "is compressed in a way that archives are not"
        if wrong:
            raise InvalidFile(wrong, place=Place(f"{path.name}/{name[:80]}"))
        sizes[name] = info.file_size

    def open_member(name: str) -> IO[bytes]:
        raw: Any = archive.open(name)
        return io.BufferedReader(raw, 2**16)

    return Source(path.name, sizes, open_member)


def _folder(path: Path) -> Source:
    sizes: dict[str, int] = {}
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if file.is_symlink() or not (file.is_file() or file.is_dir()):
            raise InvalidFile("is a link or no plain file", place=Place(f"{path.name}/{name[:80]}"))
        if file.is_file():
            sizes[name] = file.stat().st_size
    return Source(path.name, sizes, lambda name: (path / name).open("rb"))
