"""Checks 入账检查: whether new facts may stand beside each other and beside what stands.

What lives here: what can be told before anything is applied. What must not: measures, which have
a room of their own (measuring), and whatever depends on the order of events (applying).
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence

from trustledger import chart
from trustledger.errors import InvalidRecord, Overlap, PeriodClosed, Unknown
from trustledger.money import yuan
from trustledger.records import (
    Dated,
    LateFeeTerm,
    Opening,
    Record,
    ReminderStep,
    Tariff,
    Tenure,
    Term,
)
from trustledger.rules.closing import check_open
from trustledger.rules.owing import check_shares
from trustledger.rules.reminding import no_step_twice
from trustledger.standing import Endings, ended
from trustledger.store.reading import Reader


def not_closed(fresh: Iterable[Record], closed: str) -> None:
    """Nothing new reaches into closed months.

    :raises PeriodClosed: a fact does.
    """
    for fact in fresh if closed else ():
        try:
            check_open(fact, closed)
        except PeriodClosed as error:
            error.facts["fact"] = fact
            raise


def attachments(reader: Reader, fresh: Iterable[Record]) -> None:
    """Files that facts name are kept.

    :raises Unknown: one is not.
    """
    attaching = (fact for fact in fresh if ("digest", "attachment") in fact.refers)
    named = {fact.digest: fact for fact in attaching if fact.digest}  # type: ignore[attr-defined]
    for digest in sorted(set(named) - reader.attached(named)) if named else ():
        raise Unknown(
            "attachment",
            digest,
            "keep the file first, by Book.attach",
            field="attachment",
            fact=named[digest],
        )


def tenures(
    reader: Reader, fresh: Sequence[Tenure], new_units: Collection[str], endings: Endings
) -> None:
    """Tenures are of units that are known, and no unit has more than its whole held.

    :raises Unknown: a tenure of a unit that is not defined.
    :raises Overlap: more than the whole of a unit.
    """
    if not fresh:
        return
    units = {fact.unit for fact in fresh}
    known = set(new_units) | set(reader.stored("unit", units))
    for fact in fresh:
        if fact.unit not in known:
            raise Unknown("unit", fact.unit, "enter it in units.csv first", field="unit", fact=fact)
    stored = reader.stored_tenures(units).values()
    told = [ended(Tenure.load(one.content), endings, one.key) for one in stored]
    check_shares((*told, *fresh))


# --------------------------------------------------------------------------- openings


def openings(reader: Reader, fresh: Sequence[Opening]) -> None:
    """Openings name each account once, and an equity that is given is what the others leave.

    :raises InvalidRecord: they do not.
    """
    seen: set[tuple[str, str, str]] = set()
    left: dict[str, int] = {}
    given: dict[str, Opening] = {}
    for fact in (*reader.facts(Opening), *fresh) if fresh else ():
        account = _account_of(fact)
        where = (account.code, fact.fund, fact.unit)
        if where in seen:
            raise InvalidRecord(
                f"account {account.code} {account.name} has an opening already; give it once",
                field="account",
                fact=fact,
            )
        seen.add(where)
        if account.kind == "equity":
            given[fact.fund] = fact
        else:
            left[fact.fund] = left.get(fact.fund, 0) + account.side * fact.amount_fen
    for fund, fact in given.items():
        if fact.amount_fen != left.get(fund, 0):
            raise InvalidRecord(
                f"found {yuan(fact.amount_fen)}, and the other openings of fund {fund} leave "
                f"{yuan(left.get(fund, 0))}; correct one of them, or leave this row out",
                field="amount",
                fact=fact,
            )


def _account_of(fact: Opening) -> chart.Account:
    try:
        return chart.find_account(fact.account)
    except Unknown as error:
        error.facts["fact"] = fact
        raise


# --------------------------------------------------------------------------- two for one day


def terms(remuneration: Iterable[Term], late: Iterable[LateFeeTerm]) -> None:
    """At most one term of each kind a day.

    :raises Overlap: two of them.
    """
    kinds: tuple[tuple[str, Iterable[Dated]], ...] = (
        ("remuneration", remuneration),
        ("late fee", late),
    )
    for name, dated in kinds:
        for first, second in itertools.pairwise(sorted(dated, key=lambda term: term.start)):
            if first.overlaps(second):
                raise Overlap(
                    f"{name} terms from {first.start} and from {second.start} overlap; "
                    "end the first before the second begins",
                    field="from",
                    fact=second,
                )


def tariffs(standing: Iterable[Tariff]) -> None:
    """One price of an item for a usage.

    :raises Overlap: two of them on a day.
    """
    by_item: dict[str, list[Tariff]] = {}
    for tariff in sorted(standing, key=lambda t: t.start):
        for other in by_item.setdefault(tariff.item, []):
            same = tariff.usage == other.usage or "" in (tariff.usage, other.usage)
            if same and tariff.overlaps(other):
                raise Overlap(
                    f"tariffs of {tariff.item!r} from {other.start} and from {tariff.start} "
                    "overlap; end the first before the second begins",
                    field="from",
                    fact=tariff,
                )
        by_item[tariff.item].append(tariff)


def steps(ladder: Iterable[ReminderStep]) -> None:
    """One step of the ladder for a number of days.

    :raises Overlap: two of them on one day.
    """
    pair = no_step_twice(ladder)
    if pair is not None:
        first, second = pair
        raise Overlap(
            f"two reminder steps of {second.days} days, from {first.start} and from "
            f"{second.start}, overlap; end the first before the second begins",
            field="from",
            fact=second,
        )
