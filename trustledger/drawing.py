"""Drawing up 出表: from an open book to a statement. Which figures each statement is made of.

A statement is a function here over a :class:`Desk`, and a line of :data:`DRAWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property

from trustledger import collating, standing
from trustledger.document import Statement
from trustledger.errors import BooksNotOpen, InvalidInput, Unknown
from trustledger.period import Period, month_of
from trustledger.projects import SurveyAnswer
from trustledger.records import COMMON, BookInfo, Expenditure, Instalment, Unit
from trustledger.report import Report
from trustledger.rules.paying import known_fund
from trustledger.rules.reminding import plans_of
from trustledger.statements import (
    COMMUNITY,
    ageing,
    amendments,
    budget_execution,
    collection,
    entrusted,
    final_accounts,
    income_expenditure,
    month_columns,
    month_grid,
    open_budget,
    owing,
    owner,
    projects,
    receipts,
    reminders,
    remuneration,
    resolution,
    restricted_funds,
    trial_balance,
)
from trustledger.statements.annual import Annual
from trustledger.statements.figures import Figures, Holders, Turnover
from trustledger.statements.month_columns import CellEntry
from trustledger.statements.satisfaction import counts_of
from trustledger.store import balances, gathering, holders, reminding, works
from trustledger.store.reading import Reader


class Desk:
    """An open book, a period of it, and what somebody asks for besides.

    :raises BooksNotOpen: the whole period lies before the books open.
    """

    def __init__(
        self,
        reader: Reader,
        period: str | Period,
        *,
        unit: str | None = None,
        fund: str = COMMON,
        buckets: Sequence[int] = (),
        of: str | None = None,
        version: str | None = None,
    ) -> None:
        self.reader, self.unit, self.fund, self.buckets = reader, unit, fund, buckets
        self.of, self.version = of, version
        self.info = standing.info_of(reader)
        self.period = _clipped(self.info, period)
        self.docket = standing.docket_of(reader, self.info)

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """Every unit by its code."""
        return {one.unit: one for one in self.reader.facts(Unit)}

    @cached_property
    def annual(self) -> Annual | None:
        """The last budget of a time that shares a day with the period, if there is one."""
        budget = collating.budget_in(self.docket, self.period)
        if budget is None:
            return None
        return collating.annual_of(self.reader, self.docket, budget, self.period.end)

    @property
    def budget(self) -> Annual:
        """The same, where a statement is of nothing else.

        :raises Unknown: there is none.
        """
        if self.annual is None:
            raise Unknown(
                "budget", str(self.period), "enter one that shares a day with it in budgets.csv"
            )
        return self.annual

    @cached_property
    def figures(self) -> Figures:
        """The community's books through the period's end."""
        reader, period = self.reader, self.period
        rows = balances.turnovers(reader, period.first, period.last)
        turnovers = tuple(Turnover(*row) for row in rows)
        lines = collating.lines_at(reader, self.docket, self.annual, turnovers, period.end)
        known = {line.line: line.name for line in lines}
        moved = {t.line for t in turnovers if t.line and t.month >= period.first}
        names = collating.names_of(self.docket, moved - known.keys()) | known
        funds, terms = standing.funds_of(reader), standing.terms_of(reader)
        return gathering.figures(reader, self.info, funds, terms, period, turnovers, lines, names)

    def held(
        self, units: Mapping[str, Unit], only: Sequence[str] | None = None
    ) -> Mapping[str, Holders]:
        """Who held some units in the period."""
        tenures = standing.tenures_of(self.reader, only)
        return holders.held(self.reader, self.figures.info, self.period, units, tenures)


def _clipped(info: BookInfo, period: str | Period) -> Period:
    if not isinstance(period, Period):
        period = Period.parse(period, info.fiscal_year_start)
    start = month_of(info.start)
    if period.last < start:
        raise BooksNotOpen(f"found {period}; the books open on {info.start}")
    return Period(max(period.first, start), period.last)  # openings come before it


# --------------------------------------------------------------------------- statements


def _owner(desk: Desk) -> Statement:
    if desk.unit is None:
        raise InvalidInput("an owner's statement needs --unit, the unit it is for")
    units = {desk.unit: unit_of(desk.reader, desk.unit)}
    held = desk.held(units, [desk.unit])
    found = gathering.unit_figures(desk.reader, desk.period, units, desk.unit, held)
    return owner.build(desk.figures, next(found))


def _owing(desk: Desk) -> Statement:
    tenures = standing.tenures_of(desk.reader)
    debts = holders.debts(desk.reader, desk.figures.info, desk.period, desk.units, tenures)
    return owing.build(desk.figures, list(debts))


def _collection(desk: Desk) -> Statement:
    moved = list(gathering.movements(desk.reader, desk.period))
    came_in = {m.key for m in moved if m.kind == "receipt"}
    return collection.build(desk.figures, desk.units, moved, came_in)


def _income_expenditure(desk: Desk) -> Statement:
    spendings = gathering.spendings(desk.reader, desk.period)
    return income_expenditure.build(desk.figures, desk.fund, spendings)


def _budget_execution(desk: Desk) -> Statement:
    annual = desk.annual
    if annual is None or not annual.in_force(desk.period.end):
        return budget_execution.build(desk.figures)
    first, last = desk.period.start.isoformat(), desk.period.end.isoformat()
    exceptional = desk.reader.told(Expenditure, first, last, ("exception", "emergency"))
    owed = gathering.owed(desk.reader, desk.period)
    return budget_execution.build(desk.figures, annual, exceptional, owed)


def _open_budget(desk: Desk) -> Statement:
    told = collating.version_of(
        desk.reader, desk.docket, desk.budget, desk.version, desk.period.end
    )
    return open_budget.build(desk.figures, told)


def _amendments(desk: Desk) -> Statement:
    annual = desk.budget
    before, changes = collating.version_before(desk.docket, annual)
    titles = collating.titles_of(desk.docket, (one.resolution for one in annual.amended))
    return amendments.build(desk.figures, annual, before, changes, titles)


def _resolution(desk: Desk) -> Statement:
    if desk.of is None:
        raise InvalidInput("a report on a resolution needs --of, the resolution's key")
    told = collating.voted(desk.docket, desk.of, desk.period.end)
    return resolution.build(desk.figures, told)


def _restricted_funds(desk: Desk) -> Statement:
    return restricted_funds.build(desk.figures, gathering.given(desk.reader, desk.period))


def _projects(desk: Desk) -> Statement:
    return projects.build(
        desk.figures,
        works.works(desk.reader, desk.period),
        _surveys(desk),
        str(_collection(desk).facts["rate"]),
        works.proposals(desk.reader, desk.period),
    )


def _surveys(desk: Desk) -> dict[str, dict[str, int]]:
    first, last = desk.period.start.isoformat(), desk.period.end.isoformat()
    return counts_of(desk.reader.told(SurveyAnswer, first, last))


def _final_accounts(desk: Desk) -> Statement:
    annual = desk.budget
    months = Period(month_of(annual.budget.start), annual.through)
    whole = Desk(desk.reader, months)
    rate = str(_collection(whole).facts["rate"])
    return final_accounts.build(desk.figures, annual, rate, _surveys(whole))


def _month_grid(desk: Desk) -> Statement:
    accounts = gathering.unit_accounts(desk.reader, desk.period, desk.units)
    return month_grid.build(desk.figures, accounts)


def _ageing(desk: Desk) -> Statement:
    standing = gathering.open_charges(desk.reader, desk.period.end)
    return ageing.build(desk.figures, desk.units, standing, desk.buckets)


def _reminders(desk: Desk) -> Statement:
    reader, last = desk.reader, desk.period.end
    steps = {step.record_key: step for step in standing.steps_of(reader)}
    plans = plans_of(reader.facts(Instalment))
    money = reminding.money_of(reader, plans, last.isoformat())
    sent = reminding.reminders(reader, desk.period.start, last)
    return reminders.build(desk.figures, steps, sent, plans, money)


DRAWN: dict[str, Callable[[Desk], Statement]] = {
    "income_expenditure": _income_expenditure,
    "remuneration": lambda desk: remuneration.build(desk.figures),
    "budget_execution": _budget_execution,
    "collection": _collection,
    "owner": _owner,
    "owing": _owing,
    "trial_balance": lambda desk: trial_balance.build(desk.figures),
    "month_grid": _month_grid,
    "ageing": _ageing,
    "entrusted": lambda desk: entrusted.build(
        desk.figures, gathering.entrusted(desk.reader, desk.period)
    ),
    "receipts": lambda desk: receipts.build(
        desk.figures, gathering.numbered(desk.reader, desk.period)
    ),
    "reminders": _reminders,
    "open_budget": _open_budget,
    "amendments": _amendments,
    "resolution": _resolution,
    "restricted_funds": _restricted_funds,
    "projects": _projects,
    "final_accounts": _final_accounts,
}
"""How each statement is drawn up, by its name."""


def draw(name: str, desk: Desk) -> Report:
    """A statement by its name.

    :raises Unknown: no such fund or unit.
    :raises InvalidInput: an owner's statement, and no unit.
    """
    known_fund(desk.figures.funds, desk.fund)
    return Report(DRAWN[name](desk))


def pack(desk: Desk) -> tuple[str, ...]:
    """The statements of a period's pack: with a budget in force at its end, also that and its
    amendments; restricted funds and projects where there are any; and the final accounts in a
    period that ends with the budget."""
    annual = desk.annual
    if annual is None or not annual.in_force(desk.period.end):
        return COMMUNITY
    more = {
        "open_budget": True,
        "amendments": bool(annual.amended) or len(annual.approved.adopted) > 1,
        "restricted_funds": len(desk.figures.funds) > 1,
        "projects": bool(works.works(desk.reader, desk.period)),
        "final_accounts": annual.on == annual.budget.to,
    }
    return (*COMMUNITY, *(name for name, belongs in more.items() if belongs))


def owners(desk: Desk) -> Iterator[Report]:
    """Every unit's statement; what they share is made once."""
    community = owner.community_of(desk.figures)
    held = desk.held(desk.units)
    for found in gathering.unit_figures(desk.reader, desk.period, desk.units, held=held):
        yield Report(owner.build(desk.figures, found, community))


def unit_of(reader: Reader, code: str) -> Unit:
    """A unit by its code.

    :raises Unknown: no such unit.
    """
    found = reader.facts(Unit, [code])
    if not found:
        raise Unknown("unit", code, "name a unit of this book")
    return found[0]


def cell_entries(desk: Desk, column: str, **named: str | None) -> list[CellEntry]:
    """The entries behind a cell of ``month_grid``; ``named``: unit, building and usage, if asked.

    :raises Unknown: no such unit, building or usage.
    """
    wanted = set(desk.units)
    for what, name in named.items():
        if name is None:
            continue
        mine = {code for code, one in desk.units.items() if getattr(one, what) == name}
        if not mine:
            raise Unknown(what, name, f"name a {what} of this book")
        wanted &= mine
    to_date = column in month_columns.BALANCES
    moved = gathering.movements(desk.reader, desk.period, named["unit"], to_date=to_date)
    of_cell = (m for m in moved if m.posting.unit in wanted)
    return month_columns.cell_entries(of_cell, column, desk.period)
