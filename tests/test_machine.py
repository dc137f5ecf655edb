"""A whole book lived through, step by step, beside the model; after every step both must agree.

The library's book is checked against tests/model.py in every fact of every statement, and must
verify; what has to be refused must be refused, and must leave every table byte for byte as it was.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import databases
import model
import pytest
from databases import fresh
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from model import DAY, Model, Refuse, month_first, month_last, months_between
from strategies import (
    GIFTS,
    LARGEST,
    RATES,
    Story,
    Teller,
    amounts,
    differences,
    fractions,
    late_fee_terms,
    month_text,
    record,
    units,
)
from test_laws import unchanged

import trustledger as tl

START = date(2024, 1, 1)
LATE = ("receipt", "income", "expenditure", "withdrawal", "waiver")
REVERSIBLE = ("receipt", "income", "expenditure", "waiver", "withdrawal")


class Community(RuleBasedStateMachine):
    """Months go by; owners pay, are refunded and waived; the trustee earns, spends, withdraws."""

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.month, self.day, self.number = (2024, 1), START, 0
        rates = [data.draw(fractions(RATES)) for _ in range(3)]
        base = {"service_fee", "late_fee", "parking", "interest"}
        terms = [
            ("received", START, date(2024, 2, 20)),
            ("charged", date(2024, 2, 21), date(2024, 4, 10)),
            ("received", date(2024, 4, 20), None),
        ]
        head = {
            "start": START,
            "funds": ["common", "gifts"],
            "terms": [
                {"rate": rate, "base": base, "recognised": way, "from": begin, "to": end}
                for rate, (way, begin, end) in zip(rates, terms, strict=True)
            ],
        }
        head["late"] = data.draw(late_fee_terms(START, date(2024, 6, 30)))
        documents = [data.draw(units(st.just("1-101"), START, START)), *TARIFFS, *LINES, *OPENINGS]
        self.story = Story(head, documents)
        self.books = Model(head)
        self.books.apply(documents, [self.month])
        self.book = self.story.open(fresh())
        self.book._post(self.story.base_records(), tl.Period.parse(month_text(self.month)))
        self.posted: list[dict] = []
        self.closed = ""
        self.read: list[tuple[int, date, str, tl.Sums]] = []
        self.holders: dict[str, tl.Tenure] = {}

    # -- words

    @property
    def so_far(self) -> str:
        return f"2024-01..{month_text(self.month)}"

    def teller(self, data: st.DataObject) -> Teller:
        self.story.months = [self.month, following(self.month)]
        teller = Teller(data.draw, self.story, self.books)
        teller.number = self.number
        self.number += 1
        return teller

    def both(self, *facts: dict | None) -> None:
        """Tell the library and the model."""
        told = [fact for fact in facts if fact is not None]
        if not told:
            return
        answers = self.book.post([record(fact) for fact in told])
        assert all(answer.new for answer in answers)
        self.books.apply(told)
        self.posted += told

    def neither(self, error: type[tl.TrustLedgerError], *facts: dict) -> None:
        """Both must refuse, and nothing may change."""
        with pytest.raises(Refuse):
            self.books.apply(list(facts))
        with unchanged(self.book), pytest.raises(error):
            self.book.post([record(fact) for fact in facts])

    def fact(self, kind: str, amount: int, **more: object) -> dict:
        self.number += 1
        key = "voucher" if kind == "expenditure" else "key"
        name = f"K{self.number:03d}"
        return {"kind": kind, key: name, "date": self.day, "amount": amount, **more}

    # -- time and documents

    @rule(days=st.integers(1, 20))
    def days_go_by(self, days: int) -> None:
        self.day = min(self.day + days * DAY, month_last(self.month))

    @rule()
    def a_month_begins(self) -> None:
        self.month = following(self.month)
        self.day = month_first(self.month)
        self.book.charge(month_text(self.month))
        self.books.apply([], [self.month])

    @rule(data=st.data(), name=st.sampled_from(["1-102", "2-201", "商铺1"]))
    def a_unit_is_added(self, data: st.DataObject, name: str) -> None:
        if name not in self.books.units:
            unit = data.draw(units(st.just(name), self.day, self.day + 60 * DAY))
            if self.closed and unit["liable_from"] is None:
                self.neither_fact(tl.PeriodClosed, unit)
                unit["liable_from"] = self.day
            self.book._post([record(unit)], tl.Period.parse(self.so_far))
            self.books.apply([unit], months_between((2024, 1), self.month))

    @rule(data=st.data(), person=st.sampled_from(["甲", "乙", "丙"]))
    def a_unit_is_sold(self, data: st.DataObject, person: str) -> None:
        """From today on somebody else answers for it; not a fen moves."""
        unit = data.draw(st.sampled_from(sorted(self.books.units)))
        was = self.holders.get(unit)
        if was is None or was.start < self.day:
            sold = [] if was is None else [was.model_copy(update={"to": self.day - DAY})]
            now = tl.Tenure(unit=unit, person=f"{person}{self.number}", start=self.day)
            self.number += 1
            self.book.post([*sold, now])
            self.holders[unit] = now

    @rule(name=st.sampled_from(["C", "D"]), amount=amounts(), fund=st.sampled_from(["gifts"]))
    def a_line_is_adopted(self, name: str, amount: int, fund: str) -> None:
        if name not in self.books.lines:
            self.book.post([record(line(name, amount, fund))])
            self.books.apply([line(name, amount, fund)])

    # -- money

    @rule(data=st.data())
    def an_owner_pays(self, data: st.DataObject) -> None:
        self.both(self.teller(data).receipt(self.day))

    @rule(data=st.data())
    def two_owners_pay_at_once(self, data: st.DataObject) -> None:
        teller = self.teller(data)
        two = [teller.receipt(self.day), teller.receipt(self.day)]
        self.number = teller.number
        self.both(*reversed(two))

    @rule(data=st.data())
    def an_owner_pays_a_charge_exactly(self, data: st.DataObject) -> None:
        owing = [unit for unit in sorted(self.books.units) if self.books.arrears(unit)]
        if owing:
            unit = data.draw(st.sampled_from(owing))
            amount = min(self.books.arrears(unit), LARGEST)
            self.both(self.fact("receipt", amount, unit=unit))

    @rule(data=st.data())
    def prepayment_goes_back(self, data: st.DataObject) -> None:
        self.both(self.teller(data).refund(self.day))

    @rule(data=st.data())
    def a_receipt_bounces(self, data: st.DataObject) -> None:
        self.both(self.teller(data).bounce(self.day))

    @rule(data=st.data())
    def a_charge_is_waived(self, data: st.DataObject) -> None:
        self.both(self.teller(data).waiver(self.day))

    @rule(data=st.data())
    def money_is_spent(self, data: st.DataObject) -> None:
        self.both(self.teller(data).expenditure(self.day))

    @rule(data=st.data())
    def other_money_comes_in(self, data: st.DataObject) -> None:
        self.both(self.teller(data).income(self.day))

    @rule(data=st.data())
    def the_trustee_withdraws(self, data: st.DataObject) -> None:
        self.both(self.teller(data).withdrawal(self.day))

    @rule(data=st.data(), days=st.integers(1, 100), kind=st.sampled_from(LATE))
    def something_becomes_known_late(self, data: st.DataObject, days: int, kind: str) -> None:
        """It is dated when it happened, and applies to what stands open now."""
        day = max(self.opened, self.day - days * DAY)
        self.both(getattr(self.teller(data), kind)(day))

    # -- closing

    @property
    def opened(self) -> date:
        """The first day that is open."""
        return month_first(following(as_month(self.closed))) if self.closed else START

    @rule(months=st.integers(1, 3))
    def months_are_closed(self, months: int) -> None:
        """Months that are over, which are charged: not a fen moves."""
        last = self.month
        for _ in range(months):
            last = month_of_day(month_first(last) - DAY)
        if month_text(last) > self.closed and month_first(last) >= START:
            new = self.book.close_books(month_text(last), leave_waiting=True)
            assert len(new) == len(months_between(month_of_day(self.opened), last))
            self.closed = month_text(last)
            assert self.book.closed == self.closed

    @rule()
    def the_running_month_is_not_closed_before_it_is_charged(self) -> None:
        month, units = following(self.month), self.books.units.values()
        if not any(any(self.books.charge_amounts(one, month).values()) for one in units):
            return  # nobody is charged anything: there is nothing to wait for
        with unchanged(self.book), pytest.raises(tl.ClosingRefused):
            self.book.close_books(month_text(month), leave_waiting=True)

    @precondition(lambda self: self.closed)
    @rule(data=st.data(), amount=amounts(), days=st.integers(1, 60))
    def nothing_is_dated_in_closed_months(
        self, data: st.DataObject, amount: int, days: int
    ) -> None:
        closed = {"date": self.opened - days * DAY}
        unit = data.draw(st.sampled_from(sorted(self.books.units)))
        for fact in (
            self.fact("receipt", amount, unit=unit),
            self.fact("income", amount, category="parking", fund="common"),
            self.fact("expenditure", amount, line="A"),
            self.fact("withdrawal", amount),
        ):
            self.neither_fact(tl.PeriodClosed, fact | closed)

    def neither_fact(self, error: type[tl.TrustLedgerError], fact: dict) -> None:
        """The library must refuse what the model knows nothing of, and nothing may change."""
        with unchanged(self.book), pytest.raises(error):
            self.book.post([record(fact)])

    # -- corrections and repetition

    @precondition(lambda self: self.posted)
    @rule(data=st.data(), kind=st.sampled_from(REVERSIBLE))
    def an_entry_is_reversed(self, data: st.DataObject, kind: str) -> None:
        names = sorted(
            name for name in self.books.facts if name[0] == kind and name not in self.books.reversed
        )
        if not names:
            return
        of_kind, of_key = data.draw(st.sampled_from(names))
        fact = self.fact("reversal", 0, of_kind=of_kind, of_key=of_key)
        del fact["amount"]
        original = self.books.facts[of_kind, of_key]
        gone = of_kind == "receipt" and not any(
            self.books.left_of(one)
            for one in self.books.money[original["unit"]]
            if one["key"] == of_key
        )
        early = any(
            of_kind == "waiver" and one["key"] == of_key and one["day"] > self.day
            for one in self.books.waives
        )
        if early:  # what it waived arises later in the month
            self.neither(tl.Refused, fact)
        elif gone or original in self.books.pending:
            self.neither(tl.CannotReverse, fact)
        else:
            self.both(fact)
            again = {**fact, "key": fact["key"] + "-again"}
            self.neither(tl.CannotReverse, again)

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def an_old_key_is_said_again(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.posted), min_size=1, max_size=5))
        with unchanged(self.book):
            assert not any(one.new for one in self.book.post([record(fact) for fact in some]))

    @precondition(lambda self: self.posted)
    @rule(data=st.data())
    def an_old_key_says_otherwise(self, data: st.DataObject) -> None:
        fact = data.draw(st.sampled_from(self.posted))
        other = {**fact, "date": fact["date"] + DAY}
        with unchanged(self.book), pytest.raises(tl.KeyConflict):
            self.book.post([record(other)])

    @rule()
    def months_are_charged_again(self) -> None:
        with unchanged(self.book):
            assert self.book.charge(self.so_far) == []

    # -- what must be refused

    @rule(data=st.data())
    def nobody_spends_beyond_a_line(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.books.lines)))
        gone = sum(one["amount"] for one in self.books.spent if one["line"] == name)
        left = max(self.books.lines[name]["amount"] - gone, 0)
        if left < LARGEST:
            self.neither(tl.OverBudget, self.fact("expenditure", left + 1, line=name))

    @rule(amount=amounts())
    def nobody_spends_without_a_line(self, amount: int) -> None:
        self.neither(tl.NoBudgetLine, self.fact("expenditure", amount, line="nowhere"))

    @rule()
    def no_fund_pays_for_another(self) -> None:
        name = sorted(self.books.lines)[0]
        other = "gifts" if self.books.lines[name]["fund"] == "common" else "common"
        self.neither(tl.WrongFund, self.fact("expenditure", 1, line=name, fund=other))

    @rule(data=st.data())
    def nobody_is_refunded_beyond_the_prepayment(self, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(sorted(self.books.units)))
        prepaid = self.books.prepaid(unit)
        if prepaid < LARGEST:
            self.neither(tl.OverRefund, self.fact("refund", prepaid + 1, unit=unit))

    @rule(data=st.data())
    def nobody_is_refunded_beyond_the_receipt(self, data: st.DataObject) -> None:
        named = [
            (unit, one)
            for unit, some in sorted(self.books.money.items())
            for one in some
            if one["key"] and ("receipt", one["key"]) not in self.books.reversed
        ]
        if named:
            unit, one = data.draw(st.sampled_from(named))
            amount = self.books.left_of(one) + 1
            if amount <= LARGEST:
                fact = self.fact("refund", amount, unit=unit, receipt=one["key"])
                self.neither(tl.OverRefund, fact)

    @rule(data=st.data())
    def nothing_is_waived_beyond_what_is_open(self, data: st.DataObject) -> None:
        unit = data.draw(st.sampled_from(sorted(self.books.units)))
        some = [one for one in self.books.claims[unit] if one["month"] == self.month]
        left = sum(one["amount"] - sum(gone for _, gone in one["gone"]) for one in some)
        fact = self.fact("waiver", left + 1, unit=unit, month=self.month)
        self.neither(tl.OverWaiver, fact)

    @rule()
    def no_more_is_withdrawn_than_was_earned(self) -> None:
        left = max(min(self.books.payable(self.day), self.books.payable(date.max)), 0)
        if left < LARGEST:
            self.neither(tl.OverWithdrawal, self.fact("withdrawal", left + 1))

    @rule(amount=amounts())
    def nothing_comes_from_nowhere(self, amount: int) -> None:
        self.neither(tl.Unknown, self.fact("receipt", amount, unit="nowhere"))
        self.neither(tl.Unknown, self.fact("refund", amount, unit="nowhere"))
        fact = self.fact("waiver", amount, unit="nowhere", month=self.month)
        self.neither(tl.Unknown, fact)
        self.neither(tl.Unknown, self.fact("income", amount, category="other", fund="nowhere"))

    @rule(amount=amounts(), category=st.sampled_from(GIFTS))
    def no_gift_goes_into_the_common_fund(self, amount: int, category: str) -> None:
        with pytest.raises(tl.InvalidInput):
            record(self.fact("income", amount, category=category, fund="common"))

    @rule(amount=amounts(), days=st.integers(1, 400))
    def nothing_happens_before_the_books_open(self, amount: int, days: int) -> None:
        early = {"date": START - days * DAY}
        error = tl.PeriodClosed if self.closed else tl.BooksNotOpen
        self.neither(error, self.fact("receipt", amount, unit="1-101") | early)
        self.neither(error, self.fact("income", amount, category="parking") | early)

    @rule(data=st.data())
    def a_good_fact_does_not_save_a_bad_one(self, data: st.DataObject) -> None:
        good = self.teller(data).receipt(self.day)
        self.neither(tl.Unknown, good, self.fact("receipt", 1, unit="nowhere"))

    # -- what holds after every step

    @invariant()
    def the_book_verifies_and_agrees_with_the_model(self) -> None:
        if not hasattr(self, "book"):
            return
        assert self.book.verify() == []
        month, size = month_text(self.month), self.book.head.size
        for account in ("1002", "1122", "2203", "2243"):
            self.read.append((size, self.day, account, self.book.balance(account, self.day)))
        assert differences(self.book, self.books, month) == []
        owed = sum(self.books.arrears(unit, month_last(self.month)) for unit in self.books.units)
        assert self.book.statement("owing", month).facts["total"] == model.yuan(owed)
        for name in ("month_grid", "ageing", "entrusted", "receipts", "reminders"):
            assert all(check.holds for check in self.book.statement(name, month).statement.checks)

    def teardown(self) -> None:
        if hasattr(self, "book"):
            assert differences(self.book, self.books, self.so_far) == []
            for size, day, account, was in self.read:
                assert self.book.balance(account, day, known=size) == was


def following(month: tuple[int, int]) -> tuple[int, int]:
    return month_of_day(month_last(month) + DAY)


def month_of_day(day: date) -> tuple[int, int]:
    return day.year, day.month


def as_month(text: str) -> tuple[int, int]:
    return int(text[:4]), int(text[5:])


def line(name: str, amount: int, fund: str = "common") -> dict:
    return {"kind": "budget", "line": name, "category": "works", "amount": amount, "fund": fund}


def tariff(item: str, usage: str, basis: str, price: str) -> dict:
    fact = {"kind": "tariff", "item": item, "usage": usage, "basis": basis}
    return {**fact, "price": Fraction(price), "from": START, "to": None}


TARIFFS = [
    tariff("物业费", "residential", "per_m2_month", "1.33"),
    tariff("物业费", "shop", "per_m2_month", "4.5"),
    tariff("lift", "", "per_unit_month", "12.30"),
]
LINES = [line("A", 500_00), line("B", 1, "gifts")]
OPENINGS = [
    {"kind": "opening", "account": "1122", "unit": "1-101", "fund": "common", "amount": 55_55},
    {"kind": "opening", "account": "2203", "unit": "1-101", "fund": "common", "amount": 30_00},
    {"kind": "opening", "account": "1002", "unit": "", "fund": "gifts", "amount": 1_00},
]


def live(examples: int, steps: int) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Community,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=examples < 100,
            suppress_health_check=quiet,
        ),
    )


def test_a_book_lived_through() -> None:
    live(10 if databases.kind == "sqlite" else 3, 20)


@pytest.mark.long
def test_many_books_lived_through() -> None:
    live(500, 50)
