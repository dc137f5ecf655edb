"""Money between funds 资金往来: a loan that both funds show until it is paid back. 专款专用."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

from trustledger import chart
from trustledger.acts import votes
from trustledger.acts.deed import Deed
from trustledger.docket import Docket
from trustledger.errors import Refused, Unknown
from trustledger.grants import FundTransfer
from trustledger.money import yuan
from trustledger.records import COMMON, Posting


def transfer(docket: Docket, fact: FundTransfer) -> Deed:
    """A fund lends to another, or pays back: due from, due to, and the bank of each."""
    for field in ("from_fund", "to_fund"):
        code = getattr(fact, field)
        if code not in docket.funds:
            known = ", ".join(sorted(docket.funds))
            raise Unknown("fund", code, f"the funds are {known}", field=field)
    giver, taker, fen = fact.from_fund, fact.to_fund, fact.amount_fen
    if giver == taker:
        raise Refused(f"fund {giver!r} cannot lend to itself", field="to_fund")
    if fact.move == "lent":
        if fact.resolution:
            votes.allow(docket, fact.resolution, fact.on, (), fen)
        if giver != COMMON and not fact.resolution:
            raise Refused(
                f"fund {giver!r} is for its own purpose; name the resolution by which it lends",
                field="resolution",
            )
        return Deed(
            (*_side(giver, chart.LENT, taker, -fen), *_side(taker, chart.BORROWED, giver, fen))
        )
    owed = _owed(docket, giver, taker, fact.on)
    if fen > owed:
        raise Refused(
            f"transfer {fact.key!r} pays back {yuan(fen)}, and fund {giver!r} owes {taker!r} "
            f"{yuan(owed)} from {fact.on} on",
            field="amount",
        )
    return Deed((*_side(giver, chart.BORROWED, taker, -fen), *_side(taker, chart.LENT, giver, fen)))


def _side(fund: str, account: str, other: str, fen: int) -> tuple[Posting, ...]:
    """What moves in one of the funds: its bank, and what it owes or is owed."""
    debit, credit = (fen, 0) if fen > 0 else (0, -fen)
    return (
        Posting(chart.BANK, fund, debit, credit),
        Posting(account, fund, credit, debit, item=other),
    )


def _owed(docket: Docket, debtor: str, creditor: str, day: date) -> int:
    """What a fund owes another on a day and on every later one: the least of it."""
    moves: dict[date, int] = {day: 0}
    for one in docket.naming(FundTransfer, "fund", debtor):
        if one.move == "lent" and (one.from_fund, one.to_fund) == (creditor, debtor):
            moves[one.on] = moves.get(one.on, 0) + one.amount_fen
        elif one.move == "repaid" and (one.from_fund, one.to_fund) == (debtor, creditor):
            moves[one.on] = moves.get(one.on, 0) - one.amount_fen
    days = sorted(moves)
    owed = zip(days, accumulate(moves[one] for one in days), strict=True)
    return min(fen for one, fen in owed if one >= day)
