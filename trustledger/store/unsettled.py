"""What is unsettled 未清, as it is now: open charges, prepayments, waivers that wait, others'
money, and what the trustee owes."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import bindparam, select

from trustledger import chart
from trustledger.applying import OldClaim, OldPiece
from trustledger.rules.entrusted import HELD, Holding
from trustledger.rules.receiving import WaitingWaiver
from trustledger.store.asking import Asked, Question, ask
from trustledger.store.conditions import in_chunks
from trustledger.store.reading import DESIGNATED, WAITING, Reader
from trustledger.store.tables import OPEN

_OPEN_OF = Question(
    OPEN.select().where(
        OPEN.c.book == bindparam("of"), OPEN.c.unit.in_(bindparam("units", expanding=True))
    )
)


def open_of(book: str, units: list[str]) -> Asked:
    """Asks what is unsettled of some units."""
    return _OPEN_OF, {"of": book, "units": units}


def open_items(
    reader: Reader, units: Collection[str] | None = None
) -> tuple[list[OldClaim], list[OldPiece], list[tuple[str, WaitingWaiver]]]:
    """Open charges, prepayments and waiting waivers of some units, or of all."""
    claims, pieces, waiting = [], [], []
    for _, unit, account, month, item, source, fen, since in _open_rows(reader, units):
        amount = int(fen)
        if account == chart.RECEIVABLE:
            claims.append(OldClaim(unit, month, item, amount, since))
        elif account == chart.PREPAID:
            pieces.append(OldPiece(unit, source, amount, since))
        elif account == WAITING:
            waiting.append((unit, WaitingWaiver(source, month, amount, since, False, item)))
    return claims, pieces, waiting


def _open_rows(reader: Reader, units: Collection[str] | None) -> Iterator[tuple[str, ...]]:
    if units is None:
        yield from reader.connection.execute(OPEN.select().where(OPEN.c.book == reader.book))
        return
    for chunk in in_chunks(sorted(units)):
        yield from ask(reader.connection, *open_of(reader.book, chunk))


def designates(reader: Reader) -> bool:
    """Whether any payer ever designated a charge."""
    names = ("unit", "account", "month", "item", "source")
    here = (OPEN.c[name] == value for name, value in zip(names, DESIGNATED, strict=True))
    query = select(OPEN.c.open_fen).where(OPEN.c.book == reader.book, *here)
    return reader.connection.execute(query).first() is not None


def held(reader: Reader) -> dict[Holding, int]:
    """Others' money that is held."""
    query = select(OPEN.c.account, OPEN.c.unit, OPEN.c.item, OPEN.c.source, OPEN.c.open_fen)
    rows = reader.connection.execute(
        query.where(OPEN.c.book == reader.book, OPEN.c.account.in_(HELD))
    )
    return {Holding(*where): int(fen) for *where, fen in rows}


def owed(reader: Reader, voucher: str) -> int:
    """What the trustee owes the fund for an expenditure, in fen."""
    query = select(OPEN.c.open_fen).where(
        OPEN.c.book == reader.book,
        OPEN.c.unit == "",
        OPEN.c.account == chart.TRUSTEE_OWES,
        OPEN.c.month == "",
        OPEN.c.item == "",
        OPEN.c.source == voucher,
    )
    return int(reader.connection.execute(query).scalar() or 0)


def all_owed(reader: Reader) -> dict[str, int]:
    """What the trustee owes now, by voucher, in fen."""
    return {voucher: fen for voucher, fen, _ in debts(reader)}


def debts(reader: Reader) -> list[tuple[str, int, str]]:
    """What the trustee owes the fund: by expenditure, in fen, since when."""
    query = select(OPEN.c.source, OPEN.c.open_fen, OPEN.c.since).where(
        OPEN.c.book == reader.book,
        OPEN.c.unit == "",
        OPEN.c.account == chart.TRUSTEE_OWES,
    )
    return [(source, int(fen), since) for source, fen, since in reader.connection.execute(query)]
