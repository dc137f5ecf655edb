"""Facts by Hypothesis: one strategy per record, and whole small books; told to library and model.

A fact is drawn as a plain dictionary, as tests/model.py reads it; :func:`record` makes of it what
the library takes. Amounts lean towards the edges: one fen, x.99, the largest amount there may be,
a charge, and a charge more or less a fen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

import model
from databases import fresh
from hypothesis import strategies as st
from model import DAY, Model, open_of, yuan

import trustledger as tl

STATEMENTS = ("income_expenditure", "remuneration", "budget_execution", "collection",
              "trial_balance")  # fmt: skip


# -- between the library and the model --------------------------------------------------------


def month_text(month: tuple[int, int]) -> str:
    return f"{month[0]:04d}-{month[1]:02d}"


def bounds(period: str) -> tuple[date, date]:
    """The first and the last day of "2017", "2017-03" or "2017-01..2017-06"."""
    if len(period) == 4:
        return date(int(period), 1, 1), date(int(period), 12, 31)
    first, _, last = period.partition("..")
    return model.month_first(model.month_of(first)), model.month_last(model.month_of(last or first))


def plain(facts: object) -> object:
    """Facts without the entries that say nothing: a category, a line, an account all zero."""
    if not isinstance(facts, dict):
        return facts
    kept = {name: plain(value) for name, value in facts.items()}
    for name in ("income", "expenditure"):
        if name in kept:
            kept[name] = {key: value for key, value in kept[name].items() if value != "0.00"}
    if "accounts" in kept:
        kept["accounts"] = {
            code: row
            for code, row in kept["accounts"].items()
            if any(amount != "0.00" for amount in row.values())
        }
    return kept


def differences(book: tl.Book, books: Model, period: str, owners: bool = True) -> list[str]:
    """Every fact of every statement in which library and model disagree, and failed checks."""
    first, last = bounds(period)
    found = []

    def compare(name: str, report: tl.Report, right: dict) -> None:
        told, right = plain(dict(report.facts)), plain(right)
        if set(told) != set(right):
            found.append(f"{name} {period}: facts {sorted(told)}")
        for fact in right:
            if told.get(fact) != right[fact]:
                found.append(f"{name} {period}: {fact} is {told.get(fact)}, model {right[fact]}")
        for check in report.statement.checks:
            if not check.holds:
                found.append(f"{name} {period}: fails its own check {check}")

    for name in STATEMENTS:
        compare(name, book.statement(name, period), getattr(books, name)(first, last))
    for fund in books.funds[1:]:
        compare(
            f"income_expenditure of {fund}",
            book.statement("income_expenditure", period, fund=fund),
            books.income_expenditure(first, last, fund),
        )
    if owners:
        told = {str(report.facts["unit"]): report for report in book.owners(period)}
        if set(told) != set(books.units):
            found.append(f"owner {period}: units {sorted(told)}")
        for unit, report in told.items():
            compare(f"owner {unit}", report, books.owner(unit, first, last))
    return found


def decimal_text(number: Fraction) -> str:
    """An exact decimal as text."""
    return format(Decimal(number.numerator) / Decimal(number.denominator), "f")


def record(fact: dict) -> tl.records.Record:
    """What the library takes, made of what the model takes."""
    kind, on = fact["kind"], fact.get("date")
    amount = {"amount": yuan(fact["amount"])} if "amount" in fact else {}
    same = {
        name: fact[name]
        for name in ("unit", "usage", "item", "basis", "line", "category", "fund", "account",
                     "key", "voucher", "receipt", "resolution", "of_kind", "of_key")
        if name in fact
    }  # fmt: skip
    dates = {name: fact[name] for name in ("from", "to") if fact.get(name)}
    if kind == "unit":
        area, factor = decimal_text(fact["area_m2"]), decimal_text(fact["factor"])
        return tl.Unit(
            **same,
            building=fact["unit"].rpartition("-")[0],
            area_m2=area,
            factor=factor,
            liable_from=fact["liable_from"],
        )
    if kind == "tariff":
        return tl.Tariff(**same, **dates, price=decimal_text(fact["price"]), authority="council")
    if kind == "term":
        base = sorted(fact["base"])
        return tl.Term(**dates, rate=fact["rate"], base=base, recognised=fact["recognised"])
    if kind == "late_fee_term":
        rate, grace, cap = fact["rate"], fact["grace"], fact["cap"]
        return tl.LateFeeTerm(**dates, rate_per_day=rate, grace_days=grace, cap=cap)
    if kind == "waiver":
        month = month_text(fact["month"])
        return tl.Waiver(**same, **amount, on=on, month=month, authority="council")
    if kind == "reversal":
        return tl.Reversal(**same, on=on, reason="a mistake")
    if kind == "budget":
        return tl.BudgetLine(**same, **amount, name=fact["line"])
    plain_kinds = {
        "opening": tl.Opening,
        "receipt": tl.Receipt,
        "income": tl.Income,
        "expenditure": tl.Expenditure,
        "refund": tl.Refund,
        "withdrawal": tl.Withdrawal,
    }
    if on:
        same["on"] = on
    return plain_kinds[kind](**same, **amount)


@dataclass
class Story:
    """A whole book: its head, what is written before anything happens, and what happens."""

    head: dict
    documents: list[dict]
    events: list[dict] = field(default_factory=list)  # in date order
    months: list[tuple[int, int]] = field(default_factory=list)

    @property
    def facts(self) -> list[dict]:
        return [*self.documents, *self.events]

    @property
    def period(self) -> str:
        """All its months."""
        return f"{month_text(self.months[0])}..{month_text(self.months[-1])}"

    @property
    def info(self) -> tl.BookInfo:
        return tl.BookInfo(code="garden", name="花园", start=self.head["start"])

    def base_records(self) -> list[tl.records.Record]:
        """Funds, terms and documents."""
        funds = [tl.Fund(code=code, name=code) for code in self.head["funds"]]
        terms = [record({"kind": "term", **term}) for term in self.head["terms"]]
        late = [record({"kind": "late_fee_term", **one}) for one in self.head.get("late", [])]
        return [*funds, *terms, *late, *map(record, self.documents)]

    def records(self) -> list[tl.records.Record]:
        """Everything, in the order of the story."""
        return [*self.base_records(), *map(record, self.events)]

    def model(self) -> Model:
        """The story as the model tells it: everything and all months together."""
        books = Model(self.head)
        books.apply(self.facts, self.months)
        return books

    def open(self, where: object = None, clock: object = None) -> tl.Book:
        """An empty book of the library for this story."""
        where = fresh() if where is None else where
        now = clock or (lambda: "2026-01-01T00:00:00")
        return tl.Book.create(where, self.info, clock=now, secret=b"a story's secret")

    def book(self, where: object = None) -> tl.Book:
        """The story as the library tells it: everything and all months together."""
        book = self.open(where)
        book._post(self.records(), tl.Period.parse(self.period))
        return book


# -- amounts ----------------------------------------------------------------------------------

LARGEST = 10**13
EDGES = (1, 2, 99, 100, 101, 999, 12345, 99999999, LARGEST - 1, LARGEST)


@st.composite
def amounts(draw: st.DrawFn, near: tuple[int, ...] = (), most: int = LARGEST) -> int:
    """Fen above zero and at most so many: an edge, something near an amount, or anything."""
    close = [one + more for one in near for more in (-1, 0, 1)] + [one // 2 for one in near]
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return draw(st.integers(1, min(most, 300_00)))
    edges = [*EDGES, most, most // 2] if kind == 1 or not near else close
    return draw(st.sampled_from(sorted({one for one in edges if 1 <= one <= most}) or [1]))


# -- documents --------------------------------------------------------------------------------

USAGES = ("residential", "shop")
AREAS = ("100", "57.33", "88.8888", "0.01", "129.99", "1")
PRICES = ("1", "1.9", "0.5", "2.3456", "0.0001", "12.30", "33.33")
FACTORS = ("1", "1", "0.6", "0.333333", "1.5", "0")
RATES = ("0.12", "0.1", "0.05", "0.125", "1/3", "1", "0", "0.001", "0.9999")
ITEMS = ("fee", "物业费", "zeta", "公共能耗")
CATEGORIES = ("parking", "advertising", "interest", "late_fee", "deposit", "agency", "other")
GIFTS = ("subsidy", "contribution", "donation")


def fractions(texts: tuple[str, ...]) -> st.SearchStrategy[Fraction]:
    return st.sampled_from(texts).map(Fraction)


def days(first: date, last: date) -> st.SearchStrategy[date]:
    return st.dates(first, last)


def units(name: st.SearchStrategy[str], first: date, last: date) -> st.SearchStrategy[dict]:
    """房屋: liable from the first, from inside a month, or not yet."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("unit"),
            "unit": name,
            "area_m2": fractions(AREAS),
            "usage": st.sampled_from(USAGES),
            "liable_from": st.none() | days(first, last),
            "factor": fractions(FACTORS),
        }
    )


def tariffs(item: st.SearchStrategy[str], first: date, last: date) -> st.SearchStrategy[dict]:
    """收费标准: in force from before the books open, or from inside, perhaps to a day."""
    ends = st.none() | days(first, last)
    return st.fixed_dictionaries(
        {
            "kind": st.just("tariff"),
            "item": item,
            "usage": st.sampled_from(("", *USAGES)),
            "basis": st.sampled_from(("per_m2_month", "per_unit_month")),
            "price": fractions(PRICES),
            "from": st.just(first - 40 * DAY) | days(first, last),
            "to": ends,
        }
    ).map(lambda fact: {**fact, "to": fact["to"] and max(fact["to"], fact["from"])})


@st.composite
def terms(draw: st.DrawFn, first: date, last: date, ways: tuple[str, ...]) -> list[dict]:
    """酬金条款: one to three, one after the other, with gaps or without."""
    found = []
    begin = draw(st.sampled_from((first - 400 * DAY, first, first + 20 * DAY)))
    for _ in range(draw(st.integers(1, 3))):
        end = draw(st.none() | days(max(begin, first), max(begin, last)))
        found.append(
            {
                "rate": draw(fractions(RATES)),
                "base": set(draw(st.lists(st.sampled_from(
                    ("service_fee", "service_fee", "late_fee", "parking", "interest")),
                    min_size=1, max_size=4))),
                "recognised": draw(st.sampled_from(ways)),
                "from": begin,
                "to": end,
            }
        )  # fmt: skip
        if end is None:
            break
        begin = end + draw(st.sampled_from((1, 1, 15))) * DAY
    return found


@st.composite
def late_fee_terms(draw: st.DrawFn, first: date, last: date) -> list[dict]:
    """违约金条款: none, one, or two one after the other."""
    found = []
    begin = draw(st.sampled_from((first - 400 * DAY, first, first + 20 * DAY)))
    for _ in range(draw(st.integers(0, 2))):
        end = draw(st.none() | days(max(begin, first), max(begin, last)))
        found.append(
            {
                "rate": draw(fractions(("0.0005", "0.003", "1/365", "0.01", "0"))),
                "grace": draw(st.sampled_from((0, 1, 15, 30))),
                "cap": draw(st.sampled_from((None, None, Fraction(1), Fraction(1, 50)))),
                "from": begin,
                "to": end,
            }
        )
        if end is None:
            break
        begin = end + draw(st.sampled_from((1, 1, 15))) * DAY
    return found


def budget_lines(line: str, funds: list[str]) -> st.SearchStrategy[dict]:
    """预算项目, perhaps of nothing."""
    return st.fixed_dictionaries(
        {
            "kind": st.just("budget"),
            "line": st.just(line),
            "category": st.sampled_from(sorted(model.EXPENSE)),
            "amount": st.just(0) | amounts(),
            "fund": st.sampled_from(funds),
        }
    )


@st.composite
def openings(draw: st.DrawFn, units: list[str], funds: list[str]) -> list[dict]:
    """期初余额 of money, units and what is owed."""

    def opening(account: str, amount: int, unit: str = "", fund: str = "common") -> dict:
        return {"kind": "opening", "account": account, "unit": unit, "fund": fund, "amount": amount}

    found = [
        opening("1002", draw(st.sampled_from((1, -1))) * draw(amounts()), fund=fund)
        for fund in draw(st.lists(st.sampled_from(funds), unique=True))
    ]
    for account in ("1122", "2203"):
        for unit in draw(st.lists(st.sampled_from(units), unique=True)):
            found.append(opening(account, draw(amounts()), unit))
    for account in draw(st.lists(st.sampled_from(("2241", "2242", "2243", "1001")), unique=True)):
        found.append(opening(account, draw(amounts())))
    return found


# -- what happens -----------------------------------------------------------------------------


class Teller:
    """Draws events that the books will take, knowing from a model what stands."""

    def __init__(self, draw: st.DrawFn, story: Story, books: Model, resolutions: bool = True):
        self.draw, self.story, self.books = draw, story, books
        self.number = 0
        self.resolutions = resolutions

    def key(self) -> str:
        self.number += 1
        return f"K{self.number:03d}"

    @property
    def units(self) -> list[str]:
        return sorted(self.books.units)

    def unit(self) -> str:
        return self.draw(st.sampled_from(self.units))

    def receipt(self, day: date) -> dict:
        unit = self.unit()
        owed = [open_of(one) for one in self.books.claims[unit]]
        amount = self.draw(amounts((*owed, sum(owed), 2 * sum(owed))))
        return {"kind": "receipt", "key": self.key(), "date": day, "unit": unit, "amount": amount}

    def income(self, day: date) -> dict:
        fund = self.draw(st.sampled_from(self.books.funds))
        gifts = GIFTS if fund != "common" else ()
        category = self.draw(st.sampled_from((*CATEGORIES, *gifts)))
        return {
            "kind": "income",
            "key": self.key(),
            "date": day,
            "category": category,
            "fund": fund,
            "amount": self.draw(amounts()),
        }

    def expenditure(self, day: date) -> dict | None:
        line = self.draw(st.sampled_from(sorted(self.books.lines)))
        left = self.books.lines[line]["amount"] - model.until(self.books.spent, date.max, line=line)
        fact = {"kind": "expenditure", "voucher": self.key(), "date": day, "line": line}
        if self.resolutions and self.draw(st.integers(0, 4)) == 0:
            return {**fact, "amount": self.draw(amounts((left,))), "resolution": "2026-1"}
        if left < 1:
            return None
        return {**fact, "amount": self.draw(amounts((left,), min(left, LARGEST)))}

    def refund(self, day: date) -> dict | None:
        """Out of a unit's prepayment."""
        return self._back(day, [(unit, None, self.books.prepaid(unit)) for unit in self.units])

    def bounce(self, day: date) -> dict | None:
        """A refund that names the receipt it undoes, whole or in part."""
        return self._back(
            day,
            [
                (unit, one["key"], self.books.left_of(one))
                for unit in self.units
                for one in self.books.money[unit]
                if one["key"] and ("receipt", one["key"]) not in self.books.reversed
            ],
        )

    def _back(self, day: date, choices: list[tuple[str, str | None, int]]) -> dict | None:
        choices = [one for one in choices if one[2] > 0]
        if not choices:
            return None
        unit, receipt, most = self.draw(st.sampled_from(choices))
        amount = self.draw(amounts((most,), min(most, LARGEST)))
        fact = {"kind": "refund", "key": self.key(), "date": day, "unit": unit, "amount": amount}
        return {**fact, "receipt": receipt} if receipt else fact

    def waiver(self, day: date) -> dict | None:
        """Of a charge that stands open, or of one that is to come."""
        choices = []
        for unit in self.units:
            for month in {one["month"] for one in self.books.claims[unit]}:
                some = [one for one in self.books.claims[unit] if one["month"] == month]
                for item in ("", "late_fee"):
                    of = [one for one in some if model.is_late(one) == bool(item)]
                    choices.append((unit, month, item, sum(map(open_of, of))))
            for month in self.story.months:
                if (unit, month) not in self.books.charged:
                    fact = self.books.units[unit]
                    coming = sum(self.books.charge_amounts(fact, month).values())
                    waiting = [
                        one["amount"]
                        for one in self.books.pending
                        if (one["unit"], one["month"]) == (unit, month)
                    ]
                    choices.append((unit, month, "", coming - sum(waiting)))
        choices = sorted(one for one in choices if one[3] > 0)
        if not choices:
            return None
        unit, month, item, most = self.draw(st.sampled_from(choices))
        return {
            "kind": "waiver",
            "key": self.key(),
            "date": day,
            "unit": unit,
            "month": month,
            "item": item,
            "amount": self.draw(amounts((most,), min(most, LARGEST))),
        }

    def withdrawal(self, day: date) -> dict | None:
        most = min(self.books.payable(day), self.books.payable(date.max), LARGEST)
        if most < 1:
            return None
        amount = self.draw(amounts((most,), most))
        return {"kind": "withdrawal", "key": self.key(), "date": day, "amount": amount}


KINDS = (
    "receipt", "receipt", "receipt", "refund", "bounce", "waiver", "income", "expenditure",
    "withdrawal",
)  # fmt: skip
RANK = {**model.ORDER, "bounce": model.ORDER["refund"]}


@st.composite
def stories(
    draw: st.DrawFn,
    most: int = 20,
    kinds: tuple[str, ...] = KINDS,
    start_days: tuple[int, ...] = (1, 17),
    ways: tuple[str, ...] = ("received", "received", "charged"),
    late: bool = True,
    tied: bool = False,
) -> Story:
    """A small book over three to five months, whose every event the books will take.

    ``tied``: late fees are in a base whenever service fees are.
    """
    start = date(2024, draw(st.sampled_from((1, 11))), draw(st.sampled_from(start_days)))
    count = draw(st.integers(3, 5))
    months = model.months_between((start.year, start.month), (2026, 1))[:count]
    last = model.month_last(months[-1])
    funds = ["common", *draw(st.sampled_from(([], ["gifts"], ["gifts", "repair"])))]
    names = ["1-101", "1-102", "2-201", "商铺1"][: draw(st.integers(1, 4))]
    documents = [draw(units(st.just(name), start, last)) for name in names]
    items = draw(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=2, unique=True))
    documents += [draw(tariffs(st.just(item), start, last)) for item in items]
    if draw(st.integers(0, 3)):  # most books charge everybody something
        documents[len(names)].update({"usage": "", "from": start - 40 * DAY, "to": None})
    documents += [draw(budget_lines(line, funds)) for line in ("A", "B", "C")]
    documents += draw(openings(names, funds))
    head = {"start": start, "funds": funds, "terms": draw(terms(start, last, ways))}
    head["late"] = draw(late_fee_terms(start, last)) if late else []
    for term in head["terms"] if tied else ():
        term["base"] -= {"late_fee"}
        term["base"] |= {"late_fee"} if "service_fee" in term["base"] else {"parking"}
    story = Story(head, documents, [], months)
    books = Model(head)
    books._apply(documents, [])
    teller = Teller(draw, story, books)
    size = draw(st.integers(0, most))
    place = st.tuples(days(start, last), st.sampled_from(kinds))
    places = draw(st.lists(place, min_size=size, max_size=size))
    places.sort(key=lambda one: (one[0], RANK[one[1]]))
    for month in months:
        books._apply([], [month])
        for day, kind in places:
            if (day.year, day.month) == month:
                fact = getattr(teller, kind)(day)
                if fact is not None:
                    books._apply([fact], [])
                    story.events.append(fact)
        books._apply([], [], [month])
    return story
