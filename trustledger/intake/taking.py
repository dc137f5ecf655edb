"""Taking in 入账: facts and months as one batch, from what is handed in to what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext

from trustledger.applying import Application
from trustledger.errors import Unknown
from trustledger.intake.batch import Batch
from trustledger.intake.checks import not_closed
from trustledger.intake.idempotency import sort_out
from trustledger.intake.rehearsal import refuse_idle, rehearse
from trustledger.intake.state import state_of
from trustledger.period import Period
from trustledger.records import BookInfo, Draft, Posted, Record
from trustledger.rules.closing import first_open
from trustledger.standing import info_of
from trustledger.store.reading import Reader
from trustledger.store.writing import Writer


def take_in(
    reader: Reader,
    writer: Writer,
    facts: Sequence[Record],
    period: Period | None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Posted]:
    """Apply facts, and charge the months of a period, as one batch.

    Answers one :class:`Posted` per fact in the order given, then the new charges.
    """
    fresh, standing, ends = sort_out(reader, facts)
    not_closed(fresh, writer.closed)
    new_info = [fact for fact in fresh if isinstance(fact, BookInfo)]
    info = _info(reader, new_info)
    opened = first_open(writer.closed, info.start).isoformat()
    ends = [end._replace(on=max(end.on, opened)) for end in ends]
    fresh = [fact for fact in fresh if not isinstance(fact, BookInfo)]
    batch = Batch(reader, info, fresh, ends, period, writer.closed)
    batch.check()
    rehearsed = rehearse(batch)
    whole = batch.charges_from_the_start
    application = Application(state_of(batch), writer.append, rehearsed, complete=whole)
    batch.feed(application)
    before, reader.memo = writer.size, None  # from here on more may be read than will stand
    with nullcontext() if batch.looks_up else writer.streaming():
        for draft in (*(_document(one) for one in new_info), *ends):
            writer.append(draft)
        application.run(progress)
        if whole:
            refuse_idle(batch, application, batch.months[-1])
        if writer.size > before:
            writer.finish(application.desk.state.meter.stand)
    return _answers(facts, standing, writer.posted)


def unposted(reader: Reader, period: Period) -> list[Draft]:
    """What charging the months of a period would post now; nothing is posted."""
    batch = Batch(reader, info_of(reader), [], [], period, reader.closed())
    drafts: list[Draft] = []

    def keep(draft: Draft) -> int:
        drafts.append(draft)
        return -len(drafts)  # no entry of the journal has such a number

    application = Application(state_of(batch), keep)
    batch.feed(application)
    application.run()
    return drafts


def _info(reader: Reader, new_info: Sequence[BookInfo]) -> BookInfo:
    """The book's own record, as it stands or as it is given now.

    :raises Unknown: neither.
    """
    known_info = reader.facts(BookInfo)
    if not known_info and not new_info:
        raise Unknown("book", reader.book, "load its folder first")
    return (known_info or new_info)[0]


def _document(fact: BookInfo) -> Draft:
    return Draft(fact.kind, fact.record_key, fact.start.isoformat(), fact.content())


def _answers(
    facts: Sequence[Record], standing: dict[tuple[str, str], Posted], posted: Iterable[Posted]
) -> list[Posted]:
    """What each fact stands as, new or before; then the new charges."""
    new = {(one.kind, one.key): one for one in posted}
    known = new | standing
    answers = [known[fact.kind, fact.record_key] for fact in facts]
    return answers + [one for one in new.values() if one.kind == "charge"]
