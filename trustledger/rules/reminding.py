"""Reminding 催缴: which step of the ladder a unit has reached, and whether a plan holds it off.

民法典 art. 944: an owner who does not pay is reminded and given a reasonable time before anybody
sues, and is never cut off from water or power. So what was sent when, and about which charges,
must be provable: a reminder is an entry, and a step is sent once for a claim.

What lives here: the ladder, payment plans, what a reminder says. What must not: where open charges
come from, and paper.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from trustledger.errors import InvalidRecord, Refused
from trustledger.period import first_day, month_of
from trustledger.records import BookInfo, Instalment, ReminderStep

PERSONAL = ("owner",)
"""Of a reminder: who was told."""


class OpenItem(NamedTuple):
    """What is open of one item of one month's charge, at the end of a day."""

    month: str
    item: str
    amount_fen: int


class Broken(NamedTuple):
    """A plan that was not kept: what was due in all by a day, and what had come in by then."""

    plan: str
    due: str
    due_fen: int
    paid_fen: int


class Reminder(NamedTuple):
    """催缴记录: what a unit was told on a day, and the journal that it was drawn from.

    ``month`` is that of the oldest open charge: the claim that the step counts for. With the unit,
    whose building is its own, this is all that the paper says, so it can be written again.
    """

    unit: str
    owner: str
    on: str
    step: str  # key of the ladder's step: its days and the day it is in force from
    month: str
    items: tuple[OpenItem, ...]
    prepaid_fen: int
    size: int
    root: str
    broken: Broken | None = None

    @property
    def days(self) -> int:
        """The step's days: which rung of the ladder it is."""
        return int(self.step.partition("|")[0])

    @property
    def key(self) -> str:
        """One claim of one unit, one step: no two reminders share it."""
        return reminder_key(self.unit, self.month, self.days)

    @property
    def total_fen(self) -> int:
        """All that was open."""
        return sum(item.amount_fen for item in self.items)

    def content(self) -> str:
        """The stored fact, as canonical JSON; a plan is named only if one was broken."""
        body = {name: value for name, value in self._asdict().items() if value is not None}
        body["items"] = [item._asdict() for item in self.items]
        if self.broken is not None:
            body["broken"] = self.broken._asdict()
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, content: str) -> Reminder:
        """The reminder back from :meth:`content`."""
        body = json.loads(content)
        body["items"] = tuple(OpenItem(**item) for item in body["items"])
        if "broken" in body:
            body["broken"] = Broken(**body["broken"])
        return cls(**body)


def reminder_key(unit: str, month: str, days: int) -> str:
    """The key of a step for a claim."""
    return f"{month}|{days}|{unit}"


# --------------------------------------------------------------------------- the ladder


def claim_day(month: str, info: BookInfo) -> date:
    """Since when a month's charge is owed: its first day, or the day the books open; opening
    arrears since the day before that. Ageing and late fees count from the same days."""
    if month < month_of(info.start):
        return info.start - timedelta(days=1)
    return max(first_day(month), info.start)


def overdue_days(month: str, on: date, info: BookInfo) -> int:
    """Days from a charge's day to a day."""
    return (on - claim_day(month, info)).days


def ladder_on(steps: Iterable[ReminderStep], on: date) -> list[ReminderStep]:
    """The steps in force on a day, lowest first."""
    return sorted((step for step in steps if step.covers(on)), key=lambda step: step.days)


def step_due(ladder: Sequence[ReminderStep], sent: Iterable[int], days: int) -> ReminderStep | None:
    """The highest step that a claim of so many days has reached, if it is above all that were sent.

    The ladder is only climbed: who was warned is not asked kindly afterwards.
    """
    reached = [step for step in ladder if step.days <= days]
    if not reached or reached[-1].days <= max(sent, default=0):
        return None
    return reached[-1]


def no_step_twice(steps: Iterable[ReminderStep]) -> tuple[ReminderStep, ReminderStep] | None:
    """Two steps of the same days that are in force on one day, the later one last; if there are."""
    last: dict[int, ReminderStep] = {}
    for step in sorted(steps, key=lambda one: one.start):
        before = last.get(step.days)
        if before is not None and before.overlaps(step):
            return before, step
        last[step.days] = step
    return None


# --------------------------------------------------------------------------- payment plans


class Plan(NamedTuple):
    """分期缴纳协议: its instalments in the order in which they fall due."""

    key: str
    unit: str
    on: str
    authority: str
    instalments: tuple[Instalment, ...]

    @property
    def end(self) -> str:
        """The last due date: from the next day on the plan holds nothing off."""
        return self.instalments[-1].due.isoformat()

    def due_so_far(self) -> list[tuple[str, int]]:
        """Each due date, and what is due in all by then."""
        sums = accumulate(one.amount_fen for one in self.instalments)
        return [(one.due.isoformat(), fen) for one, fen in zip(self.instalments, sums, strict=True)]


Money = Sequence[tuple[str, int]]
"""A unit's receipts, less refunds and reversals: day and fen."""


def plans_of(instalments: Iterable[Instalment]) -> list[Plan]:
    """Instalments as plans: unit by unit, the older plan first."""
    rows: dict[str, list[Instalment]] = {}
    for one in instalments:
        rows.setdefault(one.key, []).append(one)
    plans = []
    for key, mine in rows.items():
        mine.sort(key=lambda one: one.due)
        first = mine[0]
        plans.append(Plan(key, first.unit, first.on.isoformat(), first.authority, tuple(mine)))
    return sorted(plans, key=lambda plan: (plan.unit, plan.on, plan.key))


def paid_by(plan: Plan, money: Money, day: str) -> int:
    """What the unit paid from the plan's own day through a day, less what went back."""
    return sum(fen for on, fen in money if plan.on <= on <= day)


def broken_on(plan: Plan, money: Money, on: str) -> Broken | None:
    """The first instalment that was missed before a day. On its due date it may still be paid.

    What was missed stays missed: paying later needs a new plan, or settles the charges.
    """
    for due, due_fen in plan.due_so_far():
        if due < on and (paid := paid_by(plan, money, due)) < due_fen:
            return Broken(plan.key, due, due_fen, paid)
    return None


def plan_on(plans: Iterable[Plan], on: str) -> Plan | None:
    """The plan of a unit that counts on a day: the newest, which replaces what was agreed before.

    ``plans`` are the unit's, the older first.
    """
    agreed = [plan for plan in plans if plan.on <= on]
    return agreed[-1] if agreed else None


def check_plans(standing: Iterable[Instalment], fresh: Sequence[Instalment]) -> None:
    """The rows of a plan agree on unit, day and authority, and come together.

    :raises InvalidRecord: rows of one plan that disagree.
    :raises Refused: a new instalment of a plan that stands already.
    """
    first: dict[str, Instalment] = {}
    stand = {one.key for one in standing}
    for one in fresh:
        if one.key in stand:
            raise Refused(
                f"plan {one.key!r} stands without an instalment due {one.due}; what is agreed anew "
                "is a plan with a key of its own",
                field="due",
                fact=one,
            )
        other = first.setdefault(one.key, one)
        for field, mine, theirs in (
            ("unit", one.unit, other.unit),
            ("on", str(one.on), str(other.on)),
            ("authority", one.authority, other.authority),
        ):
            if mine != theirs:
                raise InvalidRecord(
                    f"found {mine!r}, and an earlier row of plan {one.key!r} says {theirs!r}; "
                    "one plan is of one unit, one day and one authority",
                    field=field,
                    fact=one,
                )


# --------------------------------------------------------------------------- deciding


class Debtor(NamedTuple):
    """A unit at the end of a day: what is open, what is prepaid, what it paid, what it agreed."""

    unit: str
    owner: str
    items: tuple[OpenItem, ...]  # by month and item
    prepaid_fen: int
    money: Money = ()
    plans: tuple[Plan, ...] = ()


def remind(
    info: BookInfo,
    ladder: Sequence[ReminderStep],
    on: date,
    debtors: Iterable[Debtor],
    sent: Mapping[tuple[str, str], Iterable[int]],
    head: tuple[int, str],
) -> list[Reminder]:
    """Who is to be told what on a day.

    Nobody is whose prepayment covers what is open, since that debt can be set off (民法典
    art. 568), nor whose payment plan is being kept.

    :param sent: unit and month of a claim -> the days of the steps that were sent for it.
    :param head: size and root of the journal that this is drawn from.
    """
    today, told = on.isoformat(), []
    for unit, owner, items, prepaid, money, plans in debtors:
        if sum(item.amount_fen for item in items) <= prepaid:
            continue
        month = items[0].month
        step = step_due(ladder, sent.get((unit, month), ()), overdue_days(month, on, info))
        if step is None:
            continue
        plan = plan_on(plans, today)
        broken = broken_on(plan, money, today) if plan else None
        if plan and not broken and today <= plan.end:
            continue
        told.append(
            Reminder(unit, owner, today, step.record_key, month, items, prepaid, *head, broken)
        )
    return told
