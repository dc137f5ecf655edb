"""Money between funds 资金往来: a loan that both funds show until it is paid back. 专款专用."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

from trustledger import chart
from trustledger.acts import votes
from trustledger.acts.deed import Deed
from trustledger.docket import Docket
from trustledger.errors import Refused
from trustledger.grants import FundTransfer, Leftover
from trustledger.money import yuan
from trustledger.records import COMMON, Posting, sides
from trustledger.rulebook import Rule, value_on
from trustledger.rules.paying import known_fund


def transfer(docket: Docket, fact: FundTransfer) -> Deed:
    """A fund lends to another, or pays back: due from, due to, and the bank of each."""
    for field in ("from_fund", "to_fund"):
        known_fund(docket.funds, getattr(fact, field), field)
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
    debit, credit = sides(fen)
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


def leftover(docket: Docket, fact: Leftover) -> Deed:
    """What a restricted fund has left goes back to its givers, or over to another fund."""
    known_fund(docket.funds, fact.fund)
    if fact.fund == COMMON:
        raise Refused("the common fund is the owners' own; what it has left stays", field="fund")
    if (fact.move == "carried") != bool(fact.to_fund):
        needs = "names the fund that it goes over to" if fact.move == "carried" else "names no fund"
        raise Refused(f"leftover {fact.key!r} is {fact.move}, which {needs}", field="to_fund")
    if fact.to_fund:
        known_fund(docket.funds, fact.to_fund, "to_fund")
    if fact.to_fund == fact.fund:
        raise Refused(
            f"fund {fact.fund!r} cannot carry what it has left to itself", field="to_fund"
        )
    if fact.resolution:
        votes.allow(docket, fact.resolution, fact.on, (), fact.amount_fen)
    else:
        _check_rule(docket, fact)
    has = docket.held(fact.fund)
    if fact.amount_fen > has:
        raise Refused(
            f"leftover {fact.key!r} is {yuan(fact.amount_fen)}, and fund {fact.fund!r} has "
            f"{yuan(has)}",
            field="amount",
        )
    out = _moved(fact.fund, -fact.amount_fen)
    return Deed((*out, *_moved(fact.to_fund, fact.amount_fen)) if fact.to_fund else out)


def _check_rule(docket: Docket, fact: Leftover) -> None:
    rule = value_on(docket.all(Rule), "leftover", fact.on, fact.fund)
    right = "return" if fact.move == "returned" else fact.to_fund
    if rule != right:
        raise Refused(
            f"the rule for what fund {fact.fund!r} has left is {rule!r}; do that, or name the "
            "resolution that says otherwise",
            field="move",
        )


def _moved(fund: str, fen: int) -> tuple[Posting, ...]:
    """What a fund owns becomes more or, negative, less, and its bank with it."""
    debit, credit = sides(fen)
    return (
        Posting(chart.BANK, fund, debit, credit),
        Posting(chart.equity_of(fund), fund, credit, debit, item=chart.LEFTOVER),
    )
