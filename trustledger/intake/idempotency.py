"""Idempotency 幂等: what of the facts handed in is new, and what stands already.

Same key and content: what stands is the answer. Other content: ``KeyConflict``, unless it only
says how something open-ended ends (:mod:`.ending`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from trustledger.errors import KeyConflict
from trustledger.intake.ending import ending, told_later
from trustledger.money import yuan
from trustledger.records import Dated, Draft, Posted, Record, Tenure
from trustledger.standing import Endings, ended, endings_of
from trustledger.store.reading import Reader
from trustledger.store.stored import Stored


class Sorted(NamedTuple):
    """Facts handed in, sorted out: new ones, those that stand, by kind and key, and endings."""

    fresh: list[Record]
    standing: dict[tuple[str, str], Posted]
    ends: list[Draft]


def sort_out(reader: Reader, facts: Sequence[Record]) -> Sorted:
    """New facts; those that stand already, by key; endings of what is dated.

    :raises KeyConflict: a key that stands, or is given twice, with other content.
    :raises Refused: an ending before something that rests on what it ends.
    """
    stored = _stored(reader, facts)
    dated = any(isinstance(fact, Dated) for fact in facts)
    endings = endings_of(reader) if dated else {}
    seen: dict[tuple[str, str], str] = {}
    found = Sorted([], {}, [])
    for fact in facts:
        kind, key, content = fact.kind, fact.record_key, fact.content()
        if (kind, key) in seen:
            if seen[kind, key] != content:
                raise _conflict(fact, seen[kind, key], content)
            continue
        seen[kind, key] = content
        old = stored[kind].get(key)
        if old is None and isinstance(fact, Tenure):
            old = _erased_twin(fact, stored[kind], found.standing.values())
        if old is None:
            found.fresh.append(fact)
            continue
        found.standing[kind, key] = Posted(old.seq, kind, key, False)
        if (end := _end_told(reader, fact, content, old, endings)) is not None:
            found.ends.append(end)
    return found


def _stored(reader: Reader, facts: Sequence[Record]) -> dict[str, Mapping[str, Stored]]:
    """What stands under the keys that the facts were given, by kind and key."""
    by_kind: dict[str, set[str]] = {}
    for fact in facts:
        by_kind.setdefault(fact.kind, set()).add(fact.record_key)
    return {kind: _standing_by_key(reader, kind, keys, facts) for kind, keys in by_kind.items()}


def _standing_by_key(
    reader: Reader, kind: str, keys: Collection[str], facts: Iterable[Record]
) -> dict[str, Stored]:
    """What stands of a kind, by the keys that the facts were given."""
    if kind != Tenure.kind:
        return reader.stored(kind, keys)
    return reader.stored_tenures({fact.unit for fact in facts if isinstance(fact, Tenure)})


def _end_told(
    reader: Reader, fact: Record, content: str, old: Stored, endings: Endings
) -> Draft | None:
    """How what stands ends, if the fact says that; None if it says the same as what stands.

    :raises KeyConflict: it says anything else.
    """
    was, content = old.content, _as_erased(content, old)
    if isinstance(fact, Dated):
        was = ended(type(fact).load(was), endings, old.key).content()
        if was != content and (told := told_later(was, content)):
            return ending(reader, fact, told, old.key)
    if was != content:
        raise _conflict(fact, was, content)
    return None


def _conflict(fact: Record, was_content: str, content: str) -> KeyConflict:
    """The first field in which the contents differ, as people write it."""
    unsaid = {name: type(fact).model_fields[name].default for name in fact.later}
    was, now = unsaid | json.loads(was_content), unsaid | json.loads(content)
    for name in [*type(fact).model_fields, *was]:
        if was.get(name) != now.get(name):
            old, new = was.get(name), now.get(name)
            if name.endswith("_fen"):
                old, new = yuan(int(old or 0)), yuan(int(new or 0))
            alias = type(fact).model_fields[name].alias or name
            error = KeyConflict(fact.kind, fact.record_key, alias, old, new)
            error.facts["fact"] = fact
            return error
    raise AssertionError("contents differ in no field")


# --------------------------------------------------------------------------- what was erased


def _as_erased(content: str, old: Stored) -> str:
    """A fact that is told again, but for what was erased of it since."""
    if not old.erased:
        return content
    was, now = json.loads(old.content), json.loads(content)
    now |= {name: was[name] for name in old.erased}
    return json.dumps(now, ensure_ascii=False, separators=(",", ":"))


def _erased_twin(
    fact: Tenure, stored: Mapping[str, Stored], taken: Iterable[Posted]
) -> Stored | None:
    """The tenure that this one may be, told again after its person was erased."""
    used, content = {one.seq for one in taken}, fact.content()
    found = []
    for old in stored.values():
        if "person" in old.erased and old.seq not in used:
            was = Tenure.load(old.content)
            if (was.unit, was.role, was.start) == (fact.unit, fact.role, fact.start):
                found.append(old)
    same = [old for old in found if _as_erased(content, old) == old.content]
    return next(iter(same or found), None)
