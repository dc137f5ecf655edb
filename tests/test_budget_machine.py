"""A budget lived through, step by step, beside a model that goes day by day and fen by fen.

Two quarters, three lines: A is kept strictly (stop), B warns, G of another fund allows. After
every step both say the same of every line on every day; what must be refused changes nothing.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

import databases
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
from openbudget import FACTS, INFO, SECRET, YEAR, adoption, votes
from test_laws import unchanged

import trustledger as tl
from trustledger.acts import budgets
from trustledger.docket import Docket
from trustledger.standing import Shelf
from trustledger.store import unsettled

Q1 = tl.Budget(budget="Q1", name="一季度", start="2025-01-01", to="2025-03-31")
Q2 = tl.Budget(budget="Q2", name="二季度", start="2025-04-01", to="2025-06-30")
QUARTERS = {one.budget: one for one in (Q1, Q2)}
DAYS = [date.fromisoformat(f"2025-{day}") for day in (
    "01-01", "01-02", "01-31", "02-01", "02-15", "03-31", "04-01", "04-02", "05-10", "06-30",
)]  # fmt: skip
LAST = date(2025, 6, 30)
ALL_DAYS = [DAYS[0] + timedelta(n) for n in range((LAST - DAYS[0]).days + 1)]
FUND = {"A": "common", "B": "common", "N": "common", "G": "garden"}
STRICT = {"A": "stop", "B": "warn", "N": "stop", "G": "allow"}
LIMIT = 500
"""What resolution LIM allows in all, in fen."""


class Refuse(Exception):
    """The model says no."""


class Version(NamedTuple):
    on: date
    name: str
    budget: str
    start: date
    amounts: dict[str, int]


class Amended(NamedTuple):
    on: date
    budget: str
    by_line: dict[str, int]
    opens: bool


def need(condition: object) -> None:
    if not condition:
        raise Refuse


class Naive:
    """Lists, and sums over them up to a day."""

    def __init__(self) -> None:
        self.versions: list[Version] = []
        self.amended: list[Amended] = []
        self.moves: list[tuple[str, date, int]] = []  # line, day, used
        self.beyond = dict.fromkeys(FUND, 0)  # allowed beyond what was approved
        self.bound: dict[str, dict[str, Any]] = {}
        self.paid: dict[str, dict[str, Any]] = {}
        self.owed: dict[str, int] = {}
        self.settled: set[str] = set()
        self.lent: list[tuple[date, int]] = []  # from common to garden
        self.used_of_limit = 0
        self.closed: set[str] = set()

    # -- what is approved

    @staticmethod
    def budget(day: date) -> str:
        return "Q1" if day <= Q1.to else "Q2"

    def version(self, day: date, extra: Version | None = None) -> Version | None:
        known = [*self.versions, extra] if extra else self.versions
        found = [one for one in known if one.budget == self.budget(day) and one.start <= day]
        return max(found, key=lambda one: (one.on, one.name), default=None)

    def approved(self, line: str, day: date, extra: Version | None = None) -> int | None:
        version = self.version(day, extra)
        if version is None:
            return None
        fen = version.amounts.get(line)
        for one in self.amended:
            if one.budget == version.budget and version.start < one.on <= day:
                if line in one.by_line:
                    fen = (fen or 0) + one.by_line[line]
        return fen

    def used(self, line: str, day: date) -> int:
        start = QUARTERS[self.budget(day)].start
        return sum(fen for of, on, fen in self.moves if of == line and start <= on <= day)

    def left(
        self, line: str, day: date, until: date | None = None, extra: Version | None = None
    ) -> int:
        last = until or QUARTERS[self.budget(day)].to
        days = [one for one in ALL_DAYS if day <= one <= last]
        return min((self.approved(line, one, extra) or 0) - self.used(line, one) for one in days)

    def open(self, day: date) -> None:
        need(self.budget(day) not in self.closed)

    def line(self, line: str, day: date) -> None:
        need(self.approved(line, day) is not None)

    # -- what happens

    def adopt(self, new: Version) -> None:
        need(new.budget not in self.closed)
        named = {
            line
            for one in self.amended
            if one.budget == new.budget and one.on > new.start
            for line in one.by_line
            if not one.opens
        }
        opened = {
            line
            for one in self.amended
            if one.opens and one.on > new.start and one.budget == new.budget
            for line in one.by_line
        }
        for line in FUND:
            had = self.approved(line, new.start) is not None
            if had or line in new.amounts:
                was = min(0, self.left(line, new.start)) if had else 0
                need(self.left(line, new.start, extra=new) >= was)
        need(named <= new.amounts.keys() | opened)
        self.versions.append(new)

    def close(self, budget: str, on: date, last: Version) -> None:
        need(on >= last.on)
        self.closed.add(budget)

    def amend(
        self, on: date, move: str, line: str, to_line: str, fen: int, resolution: str
    ) -> None:
        budget = self.budget(on)
        self._rests_on(resolution, fen)
        need(budget not in self.closed)
        version = self.version(on)
        need(version and version.start < on)
        opens = line == "N" and move == "supplement"
        if opens:
            need(self.approved(line, on) is None)
        for one in filter(None, (line, to_line)):
            need(opens or self.approved(one, on) is not None)
        if to_line:
            need(FUND[line] == FUND[to_line])
        if move != "supplement":
            later = [one for one in self.versions if one.budget == budget and one.start >= on
                     and (one.on, one.name) > (version.on, version.name)]  # type: ignore[union-attr]  # fmt: skip
            until = min([QUARTERS[budget].to, *(one.start - timedelta(1) for one in later)])
            need(fen <= self.left(line, on, until))
        by_line = {line: fen if move == "supplement" else -fen}
        if to_line:
            by_line[to_line] = fen
        need(resolution)
        self.amended.append(Amended(on, budget, by_line, opens))
        self._uses(resolution, fen)

    def _rests_on(self, resolution: str, fen: int) -> None:
        if resolution == "LIM":
            need(self.used_of_limit + fen <= LIMIT)

    def _uses(self, resolution: str, fen: int) -> None:
        if resolution == "LIM":
            self.used_of_limit += fen

    def spend(self, key: str, on: date, line: str, fen: int, why: bool, resolution: str) -> None:
        self.open(on)
        self.line(line, on)
        self._rests_on(resolution, fen)
        left, owed = self.left(line, on), 0
        if fen > left:
            need(STRICT[line] != "stop" or resolution)
            need(why)
            if STRICT[line] == "warn" and not resolution:
                owed = fen - max(left, 0)
            else:
                self.beyond[line] += fen - max(left, 0)
        self.moves.append((line, on, fen - owed))
        self.paid[key] = {"on": on, "line": line, "own": fen - owed, "bound": "", "fen": fen,
                          "resolution": resolution}  # fmt: skip
        if owed:
            self.owed[key] = owed
        self._uses(resolution, fen)

    def emergency(self, key: str, on: date, fund: str, fen: int) -> None:
        self.open(on)
        self.owed[key] = fen
        self.paid[key] = {"on": on, "line": "", "own": 0, "bound": "", "fen": fen, "fund": fund,
                          "resolution": ""}  # fmt: skip

    def commit(self, key: str, on: date, line: str, fen: int, parts: list[int]) -> None:
        self.open(on)
        self.line(line, on)
        need(fen <= self.left(line, on))
        self.moves.append((line, on, fen))
        self.bound[key] = {"on": on, "line": line, "left": fen, "parts": list(parts)}

    def pay(self, key: str, on: date, of: str, fen: int, no: int) -> None:
        bound = self.bound[of]
        self.open(on)
        need(on >= bound["on"])
        need(fen <= bound["left"])
        parts = bound["parts"]
        need(bool(parts) == bool(no))
        if parts:
            need(no <= len(parts))
            need(not any(parts[: no - 1]))
            need(fen <= parts[no - 1])
            parts[no - 1] -= fen
        bound["left"] -= fen
        self.paid[key] = {"on": on, "line": bound["line"], "own": fen, "bound": of, "no": no,
                          "fen": fen, "resolution": ""}  # fmt: skip

    def release(self, on: date, of: str, fen: int) -> None:
        bound = self.bound[of]
        self.open(on)
        need(on >= bound["on"])
        need(fen <= bound["left"])
        bound["left"] -= fen
        self._back(bound["line"], bound["on"], on, fen)

    def _back(self, line: str, was: date, on: date, fen: int) -> None:
        same = self.budget(was) == self.budget(on)
        self.moves.append((line, on if same else QUARTERS[self.budget(was)].to, -fen))

    def reverse(self, key: str, on: date) -> None:
        one = self.paid[key]
        need(on >= one["on"])
        need(key not in self.settled)
        del self.paid[key]
        self.owed.pop(key, None)
        if one["bound"]:
            bound = self.bound[one["bound"]]
            bound["left"] += one["fen"]
            if one["no"]:
                bound["parts"][one["no"] - 1] += one["fen"]
        elif one["own"]:
            self._back(one["line"], one["on"], on, one["own"])
        if one["resolution"] == "LIM":
            self.used_of_limit -= one["fen"]

    def settle(self, key: str, on: date, fen: int, line: str, resolution: str) -> None:
        """Ratified on a line, or paid back."""
        one = self.paid[key]
        need(on >= one["on"])
        need(fen <= self.owed.get(key, 0))
        if line:
            self._rests_on(resolution, fen)
            self.open(on)
            self.line(line, on)
            need(FUND[line] == (one.get("fund") or FUND[one["line"]]))
            self.moves.append((line, on, fen))
            self.beyond[line] += fen
            self._uses(resolution, fen)
        self.owed[key] -= fen
        self.settled.add(key)

    def lend(self, on: date, fen: int) -> None:
        self.lent.append((on, fen))

    def give_back(self, on: date, fen: int) -> None:
        later = [day for day in ALL_DAYS if day >= on]
        need(fen <= min(sum(f for d, f in self.lent if d <= day) for day in later))
        self.lent.append((on, -fen))


def cents(fen: int) -> str:
    return tl.yuan(fen)


class OpenBudget(RuleBasedStateMachine):
    """Owners settle, change and close budgets; the trustee spends, binds, owes and pays back."""

    @initialize(first=st.fixed_dictionaries(
        {"A": st.integers(0, 2000), "B": st.integers(0, 2000), "G": st.integers(0, 300)}
    ))  # fmt: skip
    def begin(self, first: dict[str, int]) -> None:
        self.model, self.number = Naive(), 0
        documents = [one for one in FACTS if one != YEAR]
        rules = (
            tl.Rule(rule="control", value=how, scope=code, start="2024-01-01")
            for code, how in STRICT.items()
        )
        self.book = tl.Book.create(fresh(), INFO, *documents, Q1, Q2, *rules, secret=SECRET)
        self.book.post([*votes("OK", "2024-11-01"),
                        *votes("LIM", "2024-11-01", amount=cents(LIMIT))])  # fmt: skip
        self._adopt("Q1", date(2024, 12, 1), None, first)
        if first["A"] % 2:
            self._adopt("Q2", date(2024, 12, 1), None, first)

    def key(self) -> str:
        self.number += 1
        return f"K{self.number:03d}"

    def both(self, did: Any, *facts: tl.Record) -> None:
        """The model does it and the book takes it, or neither."""
        try:
            did()
        except Refuse:
            with unchanged(self.book), pytest.raises(tl.TrustLedgerError) as told:
                self.book.post(facts)
            assert told.value.code in ("refused", "over_budget", "no_budget_line", "wrong_fund",
                                       "cannot_reverse"), told.value  # fmt: skip
            return
        assert all(one.new for one in self.book.post(facts))

    def edges(self, data: st.DataObject, *of: int) -> int:
        near = [one + by for one in of for by in (-1, 0, 1) if one + by > 0]
        return data.draw(st.sampled_from([1, 7, *near]) | st.integers(1, 900), label="fen")

    # -- settling

    def _adopt(self, budget: str, on: date, start: date | None, amounts: dict[str, int]) -> None:
        of, name = QUARTERS[budget], f"v{self.key()}"
        rows: list[tl.Record] = [
            tl.PlanLine(budget=budget, version=name, line=code, name=code, fund=FUND[code],
                        category="cleaning", amount=cents(fen))
            for code, fen in amounts.items()
        ]  # fmt: skip
        more = {} if start is None else {"start": start}
        story = adoption(rows, of, on.isoformat(), **more)
        adopted = on + timedelta(7)
        new = Version(adopted, name, budget, max(start or adopted, of.start), amounts)
        self.both(lambda: self.model.adopt(new), *story)

    @rule(data=st.data(), budget=st.sampled_from(["Q1", "Q2"]), on=st.sampled_from(DAYS),
          start=st.none() | st.sampled_from(DAYS))  # fmt: skip
    def a_version_is_adopted(
        self, data: st.DataObject, budget: str, on: date, start: date | None
    ) -> None:
        of = QUARTERS[budget]
        in_force = max(start or on + timedelta(7), of.start)
        if in_force > of.to:
            return
        amounts = {}
        for code in data.draw(st.sampled_from(["AB", "ABG", "AG", "ABN"])):
            used = self.model.used(code, of.to)
            amounts[code] = data.draw(st.integers(0, 2000)) if used <= 0 else self.edges(data, used)
        self._adopt(budget, on, start, amounts)

    @rule(data=st.data(), on=st.sampled_from(DAYS), line=st.sampled_from("ABGN"),
          to=st.sampled_from("ABGN"), by=st.sampled_from(["OK", "OK", "LIM", ""]),
          move=st.sampled_from(["transfer", "supplement", "reduction"]))  # fmt: skip
    def the_budget_is_amended(
        self, data: st.DataObject, on: date, line: str, to: str, by: str, move: str
    ) -> None:
        to_line = to if move == "transfer" else ""
        if line == to_line:
            return
        new: dict[str, Any] = {}
        if line == "N" and move == "supplement":
            new = {"name": "新项", "category": "works"}
        fen = self.edges(data, self.model.left(line, on), LIMIT - self.model.used_of_limit)
        fact = tl.Amendment(
            key=self.key(), on=on, budget=self.model.budget(on), move=move, line=line,
            to_line=to_line, amount=cents(fen), resolution=by, reason="需要", **new,
        )  # fmt: skip
        self.both(lambda: self.model.amend(on, move, line, to_line, fen, by), fact)

    @rule(fen=st.integers(1, 900))
    def a_surplus_is_carried(self, fen: int) -> None:
        fact = tl.Amendment(
            key=self.key(), on="2025-04-05", budget="Q2", move="carry_surplus", from_budget="Q1",
            amount=cents(fen), reason="决算",
        )  # fmt: skip
        self.both(lambda: need("Q2" not in self.model.closed), fact)

    @precondition(lambda self: "Q1" not in self.model.closed and self.number > 12)
    @rule()
    def the_first_quarter_is_closed(self) -> None:
        last = max(v for v in self.model.versions if v.budget == "Q1")
        stage = tl.Stage(budget="Q1", version=last.name, stage="closed", on="2025-06-30")
        self.both(lambda: self.model.close("Q1", stage.on, last), stage)

    # -- spending

    @rule(data=st.data(), on=st.sampled_from(DAYS), line=st.sampled_from("AABBGN"),
          why=st.booleans(), by=st.sampled_from(["", "", "", "OK", "LIM"]))  # fmt: skip
    def money_is_spent(self, data: st.DataObject, on: date, line: str, why: bool, by: str) -> None:
        fen, key = self.edges(data, self.model.left(line, on)), self.key()
        reason = {"exception": "急", "allowed_by": "老李"} if why else {}
        fact = tl.Expenditure(
            voucher=key, on=on, line=line, amount=cents(fen), payee="光明", resolution=by or None,
            **reason,
        )  # fmt: skip
        self.both(lambda: self.model.spend(key, on, line, fen, why, by), fact)

    @rule(on=st.sampled_from(DAYS), fund=st.sampled_from(["common", "garden"]),
          fen=st.integers(1, 300))  # fmt: skip
    def an_emergency(self, on: date, fund: str, fen: int) -> None:
        key = self.key()
        fact = tl.Expenditure(
            voucher=key, on=on, line="-", amount=cents(fen), fund=fund, emergency="爆管",
            allowed_by="老李",
        )  # fmt: skip
        self.both(lambda: self.model.emergency(key, on, fund, fen), fact)

    @rule(data=st.data(), on=st.sampled_from(DAYS), line=st.sampled_from("AABG"),
          parts=st.sampled_from([0, 0, 2, 3]))  # fmt: skip
    def money_is_bound(self, data: st.DataObject, on: date, line: str, parts: int) -> None:
        fen, key = self.edges(data, self.model.left(line, on)), self.key()
        split = [fen // parts] * parts if parts and fen >= parts else []
        facts = [
            tl.Commitment(key=key, on=on, line=line, amount=cents(fen), payee="光明"),
            *(tl.Milestone(commitment=key, no=n, due=on, amount=cents(part))
              for n, part in enumerate(split, 1)),
        ]  # fmt: skip
        self.both(lambda: self.model.commit(key, on, line, fen, split), *facts)

    @precondition(lambda self: self.model.bound)
    @rule(data=st.data(), on=st.sampled_from(DAYS), how=st.sampled_from(["next", "next", "other"]))
    def what_is_bound_is_paid(self, data: st.DataObject, on: date, how: str) -> None:
        of = data.draw(st.sampled_from(sorted(self.model.bound)))
        bound, key = self.model.bound[of], self.key()
        due = [n for n, part in enumerate(bound["parts"], 1) if part]
        no = (due[0] if due else len(bound["parts"])) if how == "next" else data.draw(
            st.integers(0, 4))  # fmt: skip
        part = bound["parts"][no - 1] if 0 < no <= len(bound["parts"]) else bound["left"]
        fen = self.edges(data, part, bound["left"])
        fact = tl.Expenditure(
            voucher=key, on=on, line=bound["line"], amount=cents(fen), payee="光明", commitment=of,
            milestone=no,
        )  # fmt: skip
        self.both(lambda: self.model.pay(key, on, of, fen, no), fact)

    @precondition(lambda self: self.model.bound)
    @rule(data=st.data(), on=st.sampled_from(DAYS))
    def what_is_bound_is_let_go(self, data: st.DataObject, on: date) -> None:
        of = data.draw(st.sampled_from(sorted(self.model.bound)))
        fen = self.edges(data, self.model.bound[of]["left"])
        fact = tl.Release(key=self.key(), on=on, commitment=of, amount=cents(fen))
        self.both(lambda: self.model.release(on, of, fen), fact)

    @precondition(lambda self: self.model.paid)
    @rule(data=st.data(), on=st.sampled_from(DAYS))
    def a_payment_is_reversed(self, data: st.DataObject, on: date) -> None:
        of = data.draw(st.sampled_from(sorted(self.model.paid)))
        fact = tl.Reversal(key=self.key(), on=on, of_kind="expenditure", of_key=of, reason="误")
        self.both(lambda: self.model.reverse(of, on), fact)

    @precondition(lambda self: self.model.owed)
    @rule(data=st.data(), on=st.sampled_from(DAYS), line=st.sampled_from(["", "A", "B", "G"]),
          by=st.sampled_from(["OK", "LIM"]))  # fmt: skip
    def what_is_owed_is_settled(self, data: st.DataObject, on: date, line: str, by: str) -> None:
        of = data.draw(st.sampled_from(sorted(self.model.owed)))
        fen, place = self.edges(data, self.model.owed[of]), {"key": self.key(), "on": on}
        fact: tl.Record = tl.Repayment(voucher=of, amount=cents(fen), **place)  # type: ignore[arg-type]
        if line:
            fact = tl.Ratification(voucher=of, resolution=by, amount=cents(fen), line=line,
                                   **place)  # type: ignore[arg-type]  # fmt: skip
        self.both(lambda: self.model.settle(of, on, fen, line, by), fact)

    @rule(data=st.data(), on=st.sampled_from(DAYS), back=st.booleans())
    def a_fund_lends(self, data: st.DataObject, on: date, back: bool) -> None:
        owed = sum(fen for _, fen in self.model.lent)
        fen, ways = self.edges(data, owed), ("garden", "common") if back else ("common", "garden")
        fact = tl.FundTransfer(
            key=self.key(), on=on, move="repaid" if back else "lent", from_fund=ways[0],
            to_fund=ways[1], amount=cents(fen),
        )  # fmt: skip
        did = self.model.give_back if back else self.model.lend
        self.both(lambda: did(on, fen), fact)

    # -- what holds

    @invariant()
    def every_line_says_the_same_on_every_day(self) -> None:
        model = self.model
        with self.book._reading() as reader:
            docket = Docket(INFO, Shelf(reader), funds={}, units=dict, tenures=dict)
            told = {of: budgets.approved_of(docket, QUARTERS[of]) for of in QUARTERS}
            for code in FUND:
                for day in DAYS:
                    of = told[model.budget(day)]
                    has = {line: fen for line, (_, fen) in of.lines_on(day).items()}
                    assert has.get(code) == model.approved(code, day), (code, day)
                    of_line = budgets.approved_line(docket, of.budget, code)
                    left = budgets.left_of(docket, of_line, code, day, "year")
                    assert left == model.left(code, day), (code, day)
                    assert left >= -model.beyond[code], (code, day)
            for voucher, fen in model.owed.items():
                assert unsettled.owed(reader, voucher) == fen
            for key, bound in model.bound.items():
                of_key = docket.get(tl.Commitment, key)
                assert of_key is not None
                sides = [self.balance(account, key) for account in ("8101", "8102")]
                assert sides == [bound["left"], -bound["left"]]

    def balance(self, account: str, source: str) -> int:
        return sum(
            p.debit_fen - p.credit_fen
            for entry in self.book.entries()
            for p in entry.postings
            if (p.account, p.source) == (account, source)
        )

    @invariant()
    def the_accounts_say_who_owes_whom(self) -> None:
        accounts = self.book.statement("trial_balance", "2025").facts["accounts"]

        def net(code: str) -> int:
            row = accounts.get(code)
            if row is None:
                return 0
            return tl.parse_yuan(row["closing_debit"]) - tl.parse_yuan(row["closing_credit"])

        lent = sum(fen for _, fen in self.model.lent)
        assert (net("1231"), net("2231")) == (lent, -lent)
        assert net("1221") == sum(self.model.owed.values())
        assert net("8101") == -net("8102") == sum(b["left"] for b in self.model.bound.values())

    @rule()
    def the_book_verifies(self) -> None:
        assert self.book.verify() == []

    def teardown(self) -> None:
        if hasattr(self, "book"):
            assert self.book.verify() == []


def live(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        OpenBudget,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None,
            derandomize=examples < 100, suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def test_a_budget_lives_as_its_model() -> None:
    live(15 if databases.kind == "sqlite" else 3, 25)


@pytest.mark.long
def test_many_budgets_live_as_their_models() -> None:
    live(300, 40)
