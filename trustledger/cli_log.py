"""The command line's part for the log: checkpoints and proofs. A few lines per command."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from trustledger.errors import InvalidInput
from trustledger.files import write_whole

if TYPE_CHECKING:
    from trustledger.checkpoint import Signer

try:
    import typer
except ImportError:  # the console script is there without its extra
    sys.exit("the command line needs: pip install 'trustledger[cli]'")

checkpoint = typer.Typer(
    help="Signed size and root of the journal 日志检查点.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
proof = typer.Typer(
    help="Proofs that somebody else can check 举证.", no_args_is_help=True, rich_markup_mode=None
)

BookAt = Annotated[
    str, typer.Argument(metavar="BOOK_OR_FOLDER", help="A book folder, or a book's code with --db.")
]
Size = Annotated[
    int | None, typer.Option("--size", metavar="N", help="Of which size; else the latest.")
]
KeyFile = Annotated[
    Path, typer.Option("--key", metavar="FILE", help="The signing key, as keygen wrote it.")
]
Db = Annotated[
    str | None, typer.Option("--db", metavar="URL", help="SQLAlchemy URL; FOLDER/book.db if none.")
]
Out = Annotated[Path | None, typer.Option("--out", metavar="PATH", help="Where to write.")]
MOST = 1_000_000


def read_text(path: Path) -> str:
    """A small text file: a note or a key.

    :raises InvalidInput: it is large, or no text.
    """
    body = path.read_bytes()
    if len(body) > MOST:
        raise InvalidInput(f"{path} is too large for a note or a key")
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise InvalidInput(f"{path} is not a text file; a note or a key is") from None


def _signer(path: Path) -> Signer:
    from trustledger.checkpoint import Signer

    return Signer.parse(read_text(path))


def _out(text: str, out: Path | None) -> None:
    if out is None:
        sys.stdout.buffer.write(text.encode())
        sys.stdout.buffer.flush()
    else:
        write_whole(out, [text.encode()])


def _json(value: dict[str, Any], out: Path | None) -> None:
    _out(json.dumps(value, ensure_ascii=False, indent=1) + "\n", out)


@checkpoint.command()
def keygen(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="Who signs; trustledger/CODE for a book's own log."),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", metavar="FILE", help="Where the signing key goes."),
    ],
) -> None:
    """Make a key: the signing key goes to a file, the public key is printed."""
    from trustledger.checkpoint import Signer

    signer = Signer.generate(name)
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InvalidInput(f"{out} is there already; a key is never written over") from None
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{signer.skey}\n")
    print(signer.verifier.vkey)


@checkpoint.command()
def sign(book: BookAt, key: KeyFile, out: Out = None, db: Db = None) -> None:
    """Sign the journal as it stands with the log's own key; print the note."""
    from trustledger import folderbook

    _out(folderbook.open_book(book, db).checkpoint(_signer(key)).note, out)


@checkpoint.command()
def cosign(
    book: BookAt,
    key: KeyFile,
    size: Size = None,
    out: Out = None,
    db: Db = None,
) -> None:
    """Put a second signature under a checkpoint; print the note."""
    from trustledger import folderbook

    _out(folderbook.open_book(book, db).cosign(_signer(key), size).note, out)


@checkpoint.command()
def show(
    book: BookAt,
    size: Size = None,
    out: Out = None,
    db: Db = None,
) -> None:
    """Print a checkpoint that is kept, as a note with all its signatures."""
    from trustledger import folderbook

    kept = folderbook.open_book(book, db).checkpoints()
    wanted = [one for one in kept if size in (None, one.size)]
    if not wanted:
        raise InvalidInput("there is no such checkpoint; trustledger checkpoint sign makes one")
    _out(wanted[-1].note, out)


@proof.command()
def inclusion(
    book: BookAt,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="receipt, charge, expenditure ...")],
    key: Annotated[str, typer.Argument(metavar="KEY", help="The entry's key.")],
    size: Annotated[
        int | None, typer.Option("--size", metavar="N", help="In the log of a checkpoint's size.")
    ] = None,
    out: Out = None,
    db: Db = None,
) -> None:
    """Prove that an entry is in the log."""
    from trustledger import folderbook

    _json(folderbook.open_book(book, db).inclusion(kind, key, size=size).to_dict(), out)


@proof.command()
def statement(
    book: BookAt,
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="As of trustledger statement.")],
    unit: Annotated[str, typer.Option("--unit", help="Whose statement.")],
    opened: Annotated[
        list[str] | None,
        typer.Option("--open", metavar="FIELD", help="A personal field that may be shown: payer."),
    ] = None,
    out: Out = None,
    db: Db = None,
) -> None:
    """Prove an owner's statement: its figures, the unit's entries, and that they are in the log."""
    from trustledger import folderbook

    opened_book = folderbook.open_book(book, db)
    _json(opened_book.proof_bundle(period, unit=unit, opened=opened or ()).to_dict(), out)


@proof.command()
def consistency(
    book: BookAt,
    size: Annotated[int, typer.Argument(metavar="SIZE", help="Entries, as printed earlier.")],
    out: Out = None,
    db: Db = None,
) -> None:
    """Prove that the log only grew since it had a size."""
    from trustledger import folderbook

    _json(folderbook.open_book(book, db).consistency(size).to_dict(), out)
