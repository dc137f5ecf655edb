"""Plain-text accounting 纯文本账: the journal as text that hledger, ledger and beancount check.

Somebody who trusts no line of this library can still recompute its balances with a program that
knows nothing of it. What lives here: the text. What must not: sums that reports are made of, a
database, and any code of those programs; they are run on the text, never imported.

* One entry with postings is one transaction, in the order of the journal; none of the three needs
  the order of dates. ``seq``, ``kind`` and ``key`` stand on every transaction, and on a posting its
  other dimensions, so that each walks back. An amount is debit less credit: a red-letter debit
  reads like a credit, and ``reverses`` names the entry that it undoes.
* An account is ``Root:code-name:F-fund:U-unit``; units are sub-accounts of receivables and
  prepayments alone. In a fund or unit ASCII letters, digits, hyphens and U+4E00 to U+9FA5 stay as
  they are; any other character, and a hyphen before an ``x``, becomes ``-xHEX-`` (its code point).
  ``3/1 甲`` is ``U-3-x2F-1-x20-甲``. No two codes share a name, and all three programs accept it.
* Other text is percent-encoded like an address (UTF-8), except for letters, digits and marks that
  none of the programs reads as its own; ``urllib.parse.unquote`` gives it back.
* Names of owners and payers, phones and memos are left out: text comes from kind, key and unit.
* Tolerance is zero everywhere. What every account stands at is asserted at the end, so that a
  change of one fen is refused even where it balances. (ledger exits with its number of errors
  modulo 256: believe it only if it also prints none.)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from trustledger.chart import ACCOUNTS, PREPAID, RECEIVABLE
from trustledger.errors import BookCorrupt, InvalidDate, Unknown
from trustledger.money import yuan
from trustledger.period import parse_day
from trustledger.records import BookInfo, Entry, Posting

TOOLS = ("hledger", "ledger", "beancount")
"""The programs that :func:`export` writes for."""

FIRST_DAY, LAST_DAY = date(1400, 1, 1), date(9999, 12, 30)
"""ledger knows no earlier day, and beancount asserts balances on the day after the last entry."""

Place = tuple[str, str, str]
"""Account, fund and unit; the unit is empty except in receivables and prepayments."""

_ROOT = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
    "memo": "Equity",  # none of the five; the two of them cancel out
}
_BY_UNIT = (RECEIVABLE, PREPAID)
_TAGS = ("seq", "kind", "key", "reverses", *Posting._fields[4:])
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9一-龥-]|-(?=x)")
_NOT_IN_WORDS = re.compile(r"[^A-Za-z0-9一-龥_./|（）【】《》、，。：-]+")


def export(tool: str, info: BookInfo, entries: Callable[[], Iterable[Entry]]) -> Iterator[str]:
    """The journal as text for one of :data:`TOOLS`: the same entries give the same text.

    Accounts are declared before they are used, so the entries are read twice; memory grows with
    the accounts, not with the entries. What is appended between the readings is left out.

    :param entries: gives the journal from its beginning, in order, each time it is called:
        ``book.entries``.
    :returns: pieces of text to be written one after another, as UTF-8 with bare line feeds.
    :raises Unknown: no such tool.
    :raises BookCorrupt: a posting to an account that is not in the chart.
    :raises InvalidDate: an entry dated outside 1400-01-01 to 9999-12-30. All before any text.
    """
    if tool not in TOOLS:
        raise Unknown("tool", tool, f"it is one of {', '.join(TOOLS)}")
    survey = _survey(info, entries())
    standing = takewhile(lambda entry: entry.seq <= survey.last_seq, entries())
    return _text(tool, info, survey, standing)


# --------------------------------------------------------------------------- names and words


def _component(text: str) -> str:
    """Any text as part of an account's name. ledger takes 255 bytes of all but the last part, and
    the 32 ASCII characters of a fund's code become 160 at most."""
    return _NOT_IN_NAMES.sub(lambda found: f"-x{ord(found[0]):X}-", text)


@lru_cache(128)  # a transaction says most words several times
def _word(text: str) -> str:
    """Any text without spaces, quotes, control characters, or marks that mean something."""
    return _NOT_IN_WORDS.sub(_encoded, text)


def _encoded(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))


_day = lru_cache(parse_day)


def _title(info: BookInfo) -> str:
    return " ".join(map(_word, (*info.name.split(), info.code)))


class _Names(dict[Place, str]):
    """The name of every place, made once."""

    def __missing__(self, place: Place) -> str:
        code, fund, unit = place
        account = ACCOUNTS[code]
        name = f"{_ROOT[account.kind]}:{code}-{_component(account.name)}"
        name += f":F-{_component(fund)}" if fund else ""
        name += f":U-{_component(unit)}" if unit else ""
        self[place] = name
        return name


def _place(posting: Posting) -> Place:
    code = posting.account
    return code, posting.fund, posting.unit if code in _BY_UNIT else ""


# --------------------------------------------------------------------------- first reading


class _Survey(NamedTuple):
    """What must be known before the first line: days, accounts, and what they end at."""

    first: date
    last: date
    last_seq: int
    balances: dict[Place, int]

    def totals(self) -> dict[Place, int]:
        """Of every account, fund and unit, with what stands below it, in a fixed order."""
        totals: dict[Place, int] = {}
        for (code, fund, unit), fen in self.balances.items():
            for place in {(code, "", ""), (code, fund, ""), (code, fund, unit)}:
                totals[place] = totals.get(place, 0) + fen
        return dict(sorted(totals.items()))


def _survey(info: BookInfo, entries: Iterable[Entry]) -> _Survey:
    first, last, last_seq = info.start, info.start, 0
    balances: dict[Place, int] = {}
    for entry in entries:
        last_seq = entry.seq
        if not entry.postings:
            continue
        day = _day(entry.on)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise InvalidDate(
                f"entry {entry.seq} ({entry.kind} {entry.key!r}) is dated {day}; "
                f"plain-text tools read days from {FIRST_DAY} to {LAST_DAY}"
            )
        first, last = min(first, day), max(last, day)
        for posting in entry.postings:
            if posting.account not in ACCOUNTS:
                raise BookCorrupt(
                    f"entry {entry.seq}: account {posting.account!r} is not in the chart"
                )
            place = _place(posting)
            fen = posting.debit_fen - posting.credit_fen
            balances[place] = balances.get(place, 0) + fen
    return _Survey(first, last, last_seq, balances)


# --------------------------------------------------------------------------- second reading


def _text(tool: str, info: BookInfo, survey: _Survey, entries: Iterable[Entry]) -> Iterator[str]:
    names = _Names()
    beancount = tool == "beancount"
    yield from (_beancount_head if beancount else _journal_head)(info, survey, names)
    style = _Style.of(beancount)
    for entry in entries:
        if entry.postings:
            yield _transaction(entry, names, info.currency, style)
    if survey.balances and beancount:
        yield from _beancount_foot(info, survey, names)
    elif survey.balances:
        yield from _journal_foot(info, survey, names, subtotals=tool == "hledger")


class _Style(NamedTuple):
    """How a program wants a transaction's title, and what stands before and after its tags."""

    title: str
    tags: tuple[str, ...]  # of the transaction
    dimensions: tuple[str, ...]  # of a posting
    end: str

    @classmethod
    def of(cls, beancount: bool) -> _Style:
        title, before, end = (
            ('{} * "{}"', '{}{}: "', '"') if beancount else ("{} {}", "{}; {}: ", "")
        )
        return cls(
            title,
            tuple(before.format(" " * 4, name) for name in _TAGS[:4]),
            tuple(before.format(" " * 8, name) for name in _TAGS[4:]),
            end,
        )


def _transaction(entry: Entry, names: _Names, currency: str, style: _Style) -> str:
    """An entry with its postings, every amount written out, and an empty line after it."""
    title, tags, dimensions, end = style
    kind, key = _word(entry.kind), _word(entry.key)
    units = {posting.unit for posting in entry.postings if posting.unit}
    unit = _word(units.pop()) if len(units) == 1 else ""
    words = (kind, key, "" if key.endswith(f"|{unit}") else unit)
    lines = [title.format(_day(entry.on).isoformat(), " ".join(word for word in words if word))]
    facts = (str(entry.seq), kind, key, str(entry.reverses) if entry.reverses else "")
    lines += [f"{tag}{text}{end}" for tag, text in zip(tags, facts, strict=True) if text]
    for posting in entry.postings:
        amount = yuan(posting.debit_fen - posting.credit_fen)
        lines.append(f"    {names[_place(posting)]}  {amount} {currency}")
        lines += [
            f"{tag}{_word(text)}{end}"
            for tag, text in zip(dimensions, posting[4:], strict=True)
            if text
        ]
    return "\n".join(lines) + "\n\n"


# --------------------------------------------------------------------------- hledger, ledger


def _journal_head(info: BookInfo, survey: _Survey, names: _Names) -> Iterator[str]:
    yield f"; {_title(info)}: entries 1 to {survey.last_seq}\n\n"
    yield f"commodity {info.currency}\n    format 1000.00 {info.currency}\n\n"
    yield "".join(f"tag {name}\n" for name in _TAGS) + "\n"
    for place in survey.totals():
        yield f"account {names[place]}\n"
    yield "\n"


def _journal_foot(
    info: BookInfo, survey: _Survey, names: _Names, *, subtotals: bool
) -> Iterator[str]:
    """What every account stands at, in one transaction of nothing. ``=`` asserts an account by
    itself; ``=*``, with all below it, is known to hledger alone, and slow: it is kept for accounts
    that are nothing but the sum of others."""
    yield f"{survey.last} closing balances\n"
    for place, total in survey.totals().items():
        own = survey.balances.get(place)
        if own is not None or subtotals:
            sign, fen = ("=*", total) if own is None else ("=", own)
            amount = f"{yuan(fen)} {info.currency}"
            yield f"    {names[place]}  0.00 {info.currency} {sign} {amount}\n"


# --------------------------------------------------------------------------- beancount


def _beancount_head(info: BookInfo, survey: _Survey, names: _Names) -> Iterator[str]:
    """Options and accounts. Unless told otherwise, beancount forgives half of the last digit."""
    yield f"; entries 1 to {survey.last_seq}\n\n"
    yield f'option "title" "{_title(info)}"\n'
    yield f'option "operating_currency" "{info.currency}"\n'
    yield f'option "inferred_tolerance_default" "{info.currency}:0"\n'
    yield 'option "tolerance_multiplier" "0"\n\n'
    yield f"{survey.first} commodity {info.currency}\n"
    for place in survey.totals():
        yield f"{survey.first} open {names[place]} {info.currency}\n"
    yield "\n"


def _beancount_foot(info: BookInfo, survey: _Survey, names: _Names) -> Iterator[str]:
    """What every account stands at when the day after begins, with all below it. The tolerance is
    written out, since options count for nothing in a file that another includes."""
    day = survey.last + timedelta(days=1)
    for place, fen in survey.totals().items():
        yield f"{day} balance {names[place]}  {yuan(fen)} ~ 0.00 {info.currency}\n"
