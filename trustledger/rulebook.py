"""The rulebook 规则: how strictly a community's budget is kept, as dated data with an authority.

What lives here: one class, the list of rules there are, and presets of places whose rules are
written law. What must not: what a rule then does (rules/, applying). A number that differs by
place is never a constant of the library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import BeforeValidator, ValidationInfo, field_validator

from trustledger.errors import InvalidAmount, InvalidRecord, Unknown
from trustledger.money import parse_yuan, yuan
from trustledger.records import Dated, DayLike, Name

_FUND = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")
_NUMBER = re.compile(r"[0-9]{1,4}")


class RuleKind(NamedTuple):
    """What there can be a rule on. ``read`` makes a value's own form of what was written.

    ``default`` is what holds while no rule does; ``""``: nothing is asked for.
    """

    title: str
    read: Callable[[str], str]
    default: str
    meaning: str


def _word(**chinese: str) -> Callable[[str], str]:
    """One of some words, by their English or Chinese name."""
    names = {name: word for word, title in chinese.items() for name in (word, title)}

    def read(text: str) -> str:
        if text not in names:
            right = ", ".join(f"{word} {title}" for word, title in chinese.items())
            raise InvalidRecord(f"found {text[:40]!r}; it is one of {right}")
        return names[text]

    return read


def _fen(text: str) -> str:
    fen = parse_yuan(text)
    if fen < 0:
        raise InvalidAmount(f"found {text!r}; this amount is not below zero")
    return yuan(fen)


def _number(least: int, what: str) -> Callable[[str], str]:
    """A small whole number."""

    def read(text: str) -> str:
        if not _NUMBER.fullmatch(text) or int(text) < least:
            raise InvalidRecord(
                f"found {text[:40]!r}; write a whole number of {what}, {least} to 9999"
            )
        return str(int(text))

    return read


def _leftover(text: str) -> str:
    told = {"退还": "return", "留用": "keep"}.get(text, text)
    if not _FUND.fullmatch(told):
        raise InvalidRecord(
            f"found {text[:40]!r}; it is return 退还, keep 留用, or the code of a fund"
        )
    return told


_STRICT = _word(stop="禁止", warn="提醒", allow="允许")

RULES: Mapping[str, RuleKind] = {
    "control": RuleKind("预算控制", _STRICT, "stop",
        "what happens to spending beyond what a line has left"),
    "control_basis": RuleKind("控制口径", _word(year="全年", to_date="累计", month="当月"), "year",
        "against which part of the plan spending is held"),
    "ceiling": RuleKind("以收定支", _STRICT, "warn",
        "what happens to a version that plans to spend more than its ceiling"),
    "request_from": RuleKind("申请起点", _fen, "",
        "spending of so much is requested before it is made"),
    "checkers": RuleKind("审核人数", _number(1, "people"), "1",
        "how many people other than the applicant approve a request"),
    "committee_from": RuleKind("业委会审批起点", _fen, "",
        "a request of so much is approved by the owners' committee too"),
    "resolution_from": RuleKind("业主大会决议起点", _fen, "",
        "a request of so much names a resolution"),
    "publish_from": RuleKind("大额公示起点", _fen, "",
        "a payment of so much is published before it is made"),
    "publish_days": RuleKind("公示天数", _number(0, "days"), "0",
        "for how many days it is published before"),
    "answer_days": RuleKind("答复期限", _number(0, "days"), "",
        "within how many days an owner's question is answered in writing"),
    "accounts_months": RuleKind("收支公示周期", _number(1, "months"), "",
        "every how many months income and spending are published"),
    "emergency_limit": RuleKind("应急限额", _fen, "",
        "up to how much is spent in an emergency without a request"),
    "ratify_days": RuleKind("应急追认期限", _number(0, "days"), "",
        "within how many days emergency spending is ratified"),
    "transfer_resolution_from": RuleKind("调剂决议起点", _fen, "0.00",
        "a transfer between lines of so much names a resolution"),
    "proxies_limit": RuleKind("代理票数上限", _number(0, "owners"), "",
        "for how many owners one person may vote"),
    "leftover": RuleKind("项目结余", _leftover, "keep",
        "where a project's money goes that is left when it ends"),
}  # fmt: skip
"""Every rule there is, by name."""

_TITLES = {kind.title: name for name, kind in RULES.items()}


def _rule(value: object) -> str:
    name = value.strip() if isinstance(value, str) else ""
    name = _TITLES.get(name, name)
    if name not in RULES:
        right = ", ".join(f"{name} {kind.title}" for name, kind in RULES.items())
        raise Unknown("rule", str(value)[:40], f"it is one of {right}")
    return name


class Rule(Dated):
    """规则: one rule in force from a day to a day, and by whose authority.

    ``scope``: the line, category or fund that it is for; empty, for all. ``value`` is kept in its
    own form: amounts as ``100000.00``, words in English.
    """

    kind = "rule"
    rule: Annotated[str, BeforeValidator(_rule)]
    value: Name
    scope: Name = ""

    @field_validator("value")
    @classmethod
    def _of_its_rule(cls, value: str, info: ValidationInfo) -> str:
        rule = info.data.get("rule")  # missing if it is wrong itself, which is then said
        return RULES[rule].read(value) if rule is not None else value

    @property
    def record_key(self) -> str:
        return f"{self.rule}|{self.scope}|{self.start.isoformat()}"

    if TYPE_CHECKING:

        def __init__(
            self,
            *,
            rule: str,
            value: str,
            scope: str = "",
            start: DayLike,
            to: DayLike | None = None,
            authority: str = "",
        ) -> None: ...


def value_on(rules: Iterable[Rule], name: str, on: date, *scopes: str) -> str:
    """The value of a rule on a day: of the first of the scopes that has one, then of all, then
    the default. ``value_on(rules, "control", day, "A03", "cleaning", "common")``."""
    standing = {rule.scope: rule.value for rule in rules if rule.rule == name and rule.covers(on)}
    for scope in (*scopes, ""):
        if scope in standing:
            return standing[scope]
    return RULES[name].default


def amount_on(rules: Iterable[Rule], name: str, on: date, *scopes: str) -> int | None:
    """The same for a rule that is an amount: fen, or nothing where none is asked for."""
    value = value_on(rules, name, on, *scopes)
    return parse_yuan(value) if value else None


def number_on(rules: Iterable[Rule], name: str, on: date, *scopes: str) -> int | None:
    """The same for a rule that counts days, people or owners."""
    value = value_on(rules, name, on, *scopes)
    return int(value) if value else None


def no_rule_twice(rules: Iterable[Rule]) -> tuple[Rule, Rule] | None:
    """Two rules of one name and scope in force on one day, the later one last; if there are."""
    last: dict[tuple[str, str], Rule] = {}
    for rule in sorted(rules, key=lambda one: one.start):
        before = last.get((rule.rule, rule.scope))
        if before is not None and before.overlaps(rule):
            return before, rule
        last[rule.rule, rule.scope] = rule
    return None


_SHENZHEN = "深圳市业主共有资金监督管理办法"

PRESETS: Mapping[str, tuple[Rule, ...]] = {
    "shenzhen": (
        Rule(rule="publish_from", value="100000.00", start="2020-07-01", authority=_SHENZHEN),
        Rule(rule="publish_days", value="10", start="2020-07-01", authority=_SHENZHEN),
    ),
    "rizhao": (
        # Of 2017; from the first day of the year after, since the day it began is not known here.
        Rule(
            rule="answer_days", value="7", start="2018-01-01",
            authority="日照市物业管理条例第五十八条",
        ),
        Rule(
            rule="accounts_months", value="3", start="2018-01-01",
            authority="日照市物业管理条例第五十八条",
        ),
    ),
    "beijing": (
        # For communities that manage themselves; of the text in force since that day.
        Rule(
            rule="accounts_months", value="3", start="2024-03-29",
            authority="北京市物业管理条例第八十四条",
        ),
    ),
    "trust_law": (
        Rule(rule="accounts_months", value="12", start="2001-10-01", authority="信托法第三十三条"),
    ),
}  # fmt: skip
"""Rules of places where they are written law. A community takes them over as rows of its own."""
