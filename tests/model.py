"""The books by brute force: a second, naive bookkeeper that shares no line with the library.

It reads plain dictionaries (or a book folder through the csv module), replays every charge and
every event in date order, one unit and one fen at a time, and keeps everything it ever saw with
its date. Every fact of every statement is then a sum over those lists up to a date. Nothing is
cached, nothing is clever: it is here to be read beside the contract and to be right.

Amounts are integer fen, dates are ``datetime.date``, rates, prices, areas and factors ``Fraction``,
months ``(year, month)``.
"""

from __future__ import annotations

import copy
import csv
import tomllib
from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

DAY = timedelta(days=1)

# On one date: charges, waivers, receipts, refunds; what has no rule of its own stands first, the
# trustee's own money and corrections last.
ORDER = {
    "income": 0,
    "expenditure": 0,
    "charge": 1,
    "waiver": 2,
    "receipt": 3,
    "refund": 4,
    "withdrawal": 5,
    "reversal": 6,
    "late_fees": 7,
}

RESTRICTED_ONLY = {"subsidy", "contribution", "donation"}
LIABILITIES = {"deposit": "2241", "agency": "2242"}

INCOME = {
    "service_fee": "4001",
    "late_fee": "4002",
    "parking": "4101",
    "advertising": "4102",
    "venue_rent": "4103",
    "interest": "4201",
    "compensation": "4202",
    "other": "4299",
    "subsidy": "4301",
    "contribution": "4302",
    "donation": "4303",
    **LIABILITIES,
}

EXPENSE = {
    "staff": "5001",
    "maintenance": "5002",
    "cleaning": "5003",
    "greening": "5004",
    "security": "5005",
    "office": "5006",
    "depreciation": "5007",
    "insurance": "5008",
    "other": "5009",
    "works": "5101",
}

CREDIT_SIDE = {"2202", "2203", "2241", "2242", "2243", "3101", "3102"}


class Refuse(Exception):
    """The books say no."""


# -- numbers ----------------------------------------------------------------------------------


def half_up(value: Fraction) -> int:
    """The nearest integer, a half away from zero."""
    sign = -1 if value < 0 else 1
    doubled = abs(value) * 2
    whole = doubled.numerator // doubled.denominator
    return sign * ((whole + 1) // 2)


def yuan(fen: int) -> str:
    """-44032 as "-440.32"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def four(rate: Fraction) -> str:
    """2/3 as "0.6667"."""
    tens = half_up(rate * 10000)
    sign = "-" if tens < 0 else ""
    return f"{sign}{abs(tens) // 10000}.{abs(tens) % 10000:04d}"


def fen(text: str) -> int:
    value = Fraction(text.replace(",", "").strip()) * 100
    if value.denominator != 1:
        raise ValueError(text)
    return int(value)


def fraction(text: object) -> Fraction:
    words = str(text).strip()
    if words.endswith("%"):
        return Fraction(words[:-1]) / 100
    return Fraction(words)


def month_first(month: tuple[int, int]) -> date:
    return date(month[0], month[1], 1)


def month_last(month: tuple[int, int]) -> date:
    return date(month[0], month[1], monthrange(*month)[1])


def months_between(first: tuple[int, int], last: tuple[int, int]) -> list[tuple[int, int]]:
    found = []
    year, month = first
    while (year, month) <= last:
        found.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return found


# -- a book folder ----------------------------------------------------------------------------


def day_of(value: object) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value).strip()) if value else None


def month_of(text: str) -> tuple[int, int]:
    year, month = text.split("-")
    return int(year), int(month)


CONVERT = {
    "date": day_of,
    "amount": fen,
    "liable_from": day_of,
    "from": day_of,
    "to": day_of,
    "area_m2": fraction,
    "price": fraction,
    "factor": lambda text: fraction(text or "1"),
    "month": month_of,
    "fund": lambda text: text or "common",
}

FILES = {
    "units.csv": "unit",
    "tariffs.csv": "tariff",
    "opening.csv": "opening",
    "receipts.csv": "receipt",
    "income.csv": "income",
    "budget.csv": "budget",
    "expenditures.csv": "expenditure",
    "refunds.csv": "refund",
    "waivers.csv": "waiver",
}


def read_folder(folder: Path) -> tuple[dict, list[dict]]:
    """The head of the book and its facts, from book.toml and the CSV files."""
    with (folder / "book.toml").open("rb") as stream:
        toml = tomllib.load(stream)
    head = {
        "start": day_of(toml["book"]["start"]),
        "funds": ["common", *(one["code"] for one in toml.get("funds", []))],
        "terms": [
            {
                "rate": fraction(term["rate"]),
                "base": set(term["base"]),
                "recognised": term["recognised"],
                "from": day_of(term["from"]),
                "to": day_of(term.get("to")),
            }
            for term in toml.get("remuneration", [])
        ],
        "late": [
            {
                "rate": fraction(term["rate_per_day"]),
                "grace": term["grace_days"],
                "cap": fraction(term["cap"]) if "cap" in term else None,
                "from": day_of(term["from"]),
                "to": day_of(term.get("to")),
            }
            for term in toml.get("late_fee", [])
        ],
    }
    facts = []
    for name, kind in FILES.items():
        if not (folder / name).exists():
            continue
        with (folder / name).open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                fact = {
                    column: CONVERT[column](text) if column in CONVERT else text
                    for column, text in row.items()
                }
                facts.append({"kind": kind, **fact})
    return head, facts


# -- the bookkeeper ---------------------------------------------------------------------------


class Model:
    """One community's books: ``apply`` what happened, then ask for any statement's facts.

    A claim is a charge of one item, or the arrears a unit came with; money is a receipt, or the
    prepayment it came with. Both keep in ``gone`` what went off them, dated: a claim its waivers
    and what settled it, money what it settled and what was given back.
    """

    def __init__(self, head: dict):
        self.start: date = head["start"]
        self.funds = list(dict.fromkeys(["common", *head["funds"]]))
        self.terms = sorted(head["terms"], key=lambda term: term["from"])
        self.late_terms = head.get("late", [])
        self.late_done: set[tuple[int, int]] = set()  # months whose late fees are charged
        self.lates: list[dict] = []  # late fees as they were charged
        self.units: dict[str, dict] = {}
        self.tariffs: list[dict] = []
        self.lines: dict[str, dict] = {}
        self.charged: set[tuple[str, tuple[int, int]]] = set()  # unit, month
        self.claims: dict[str, list[dict]] = {}  # by unit
        self.money: dict[str, list[dict]] = {}  # by unit
        self.legs: list[dict] = []  # money upon a claim, or undone
        self.waives: list[dict] = []
        self.outs: list[dict] = []  # money that went back or, red, never was
        self.pending: list[dict] = []  # waivers of charges that have not arisen
        self.income: list[dict] = []
        self.spent: list[dict] = []
        self.base: list[dict] = []
        self.accrued: list[dict] = []  # remuneration as it was posted
        self.withdrawn: list[dict] = []
        self.postings: list[dict] = []
        self.facts: dict[tuple[str, str], dict] = {}  # kind, key
        self.reversed: set[tuple[str, str]] = set()

    # what happens

    def apply(self, facts: list[dict], months: list[tuple[int, int]] = ()) -> None:
        """A batch with the months charged in it: all in date order, or nothing at all."""
        before = copy.deepcopy(self.__dict__)
        try:
            self._apply(facts, months, months)
        except Refuse:
            self.__dict__ = before
            raise

    def _apply(
        self,
        facts: list[dict],
        months: list[tuple[int, int]],
        late: list[tuple[int, int]] = (),
    ) -> None:
        """``months``: whose charges arise; ``late``: whose late fees are charged at their end."""
        events = []
        self.fresh: set[tuple[str, tuple[int, int]]] = set()  # charges of this batch
        for month in late:
            fact = {"kind": "late_fees", "month": month}
            events.append((month_last(month), ORDER["late_fees"], "", fact))
        for fact in facts:
            if fact["kind"] in ("unit", "tariff", "budget", "opening"):
                getattr(self, "add_" + fact["kind"])(fact)
                continue
            if fact["date"] < self.start:
                raise Refuse("before the start")
            name = fact.get("key") or fact.get("voucher")
            self.facts[fact["kind"], name] = fact
            events.append((fact["date"], ORDER[fact["kind"]], name, fact))
        for month in months:
            if month_last(month) < self.start:
                raise Refuse("before the start")
            day = max(month_first(month), self.start)
            events.append((day, ORDER["charge"], "", {"kind": "charge", "month": month}))
        for _, _, _, fact in sorted(events, key=lambda event: event[:3]):
            getattr(self, "do_" + fact["kind"])(fact)

    def add_unit(self, fact: dict) -> None:
        unit = fact["unit"]
        self.units[unit] = fact
        self.claims.setdefault(unit, [])
        self.money.setdefault(unit, [])

    def add_tariff(self, fact: dict) -> None:
        self.tariffs.append(fact)

    def add_budget(self, fact: dict) -> None:
        self.lines[fact["line"]] = fact

    def add_opening(self, fact: dict) -> None:
        day, amount, account = self.start - DAY, fact["amount"], fact["account"]
        unit, fund = fact.get("unit"), fact.get("fund") or "common"
        equity = "3101" if fund == "common" else "3102"
        if account == "1122":
            year, number = self.start.year, self.start.month
            month = (year, number - 1) if number > 1 else (year - 1, 12)
            self.claims.setdefault(unit, []).append(claim(unit, month, "opening", day, amount))
        if account == "2203":
            self.money.setdefault(unit, []).append(money(unit, None, day, amount, None))
        if account in CREDIT_SIDE:
            self.post(day, fund, equity, account, amount)
        else:
            self.post(day, fund, account, equity, amount)

    # charges, and what lowers them

    def do_charge(self, fact: dict) -> None:
        for unit in sorted(self.units):
            if (unit, fact["month"]) not in self.charged:
                self.charge_unit(unit, fact["month"])

    def charge_amounts(self, unit: dict, month: tuple[int, int]) -> dict[str, int]:
        """What a unit owes for a month, by item."""
        first, last = month_first(month), month_last(month)
        day = max(first, self.start)
        share = Fraction(1)
        if unit["liable_from"] and unit["liable_from"] > first:
            share = Fraction(max((last - unit["liable_from"]).days + 1, 0), last.day)
        amounts = {}
        for tariff in self.tariffs:
            if tariff["usage"] not in ("", unit["usage"]):
                continue
            if tariff["from"] > day or (tariff["to"] and tariff["to"] < day):
                continue
            times = unit["area_m2"] if tariff["basis"] == "per_m2_month" else 1
            amount = half_up(times * tariff["price"] * unit["factor"] * share * 100)
            if amount:
                amounts[tariff["item"]] = amount
        return amounts

    def charge_unit(self, unit: str, month: tuple[int, int]) -> None:
        day = max(month_first(month), self.start)
        amounts = self.charge_amounts(self.units[unit], month)
        if not amounts:
            return
        self.charged.add((unit, month))
        self.fresh.add((unit, month))
        new = [claim(unit, month, item, day, amounts[item]) for item in sorted(amounts)]
        self.claims[unit] += new
        for one in new:
            self.post(day, "common", "1122", "4001", one["amount"])
            self.bear(day, self.term_on(day), "service_fee", "charged", one["amount"])
        # Waivers that waited, and money that was there before the charge was posted, take their
        # place in the order in which they came; on one day waivers first.
        waiting: list[tuple] = []
        here = [one for one in self.pending if (one["unit"], one["month"]) == (unit, month)]
        for waiver in [one for one in here if not one.get("item")]:
            self.pending.remove(waiver)
            waiting.append((max(waiver["date"], day), 0, waiver["key"], waiver))
        for one in self.money[unit]:
            if prepaid_of(one):
                waiting.append((max(one["day"], day), 1, (one["day"], one["key"] or ""), one))
        for _, kind, _, what in sorted(waiting, key=lambda one: one[:3]):
            if kind == 0:
                self.do_waiver(what)
            else:
                self.settle(what, new)

    def do_waiver(self, fact: dict) -> None:
        unit, month = fact["unit"], fact["month"]
        if unit not in self.units:
            raise Refuse("unknown unit")
        claims = [
            one
            for one in self.claims_in_order(unit)
            if one["month"] == month and is_late(one) == bool(fact.get("item"))
        ]
        if not claims and not fact.get("item"):
            waiting = [one for one in self.pending if (one["unit"], one["month"]) == (unit, month)]
            coming = sum(self.charge_amounts(self.units[unit], month).values())
            if fact["amount"] + sum(one["amount"] for one in waiting) > coming:
                raise Refuse("beyond what will be charged")
            self.pending.append(fact)
            return
        left = fact["amount"]
        day = max([fact["date"], *(there(one) for one in claims if open_of(one))])
        for one in claims:
            part = min(left, open_of(one))
            if part:
                self.waive(day, fact["key"], one, part)
                left -= part
        if left:
            raise Refuse("beyond what is open")

    def waive(self, day: date, key: str, one: dict, amount: int) -> None:
        term = self.term_on(max(when for when, _ in one["came"]))
        self.lower(day, key, one, amount, term)

    def lower(self, day: date, key: str, one: dict, amount: int, term: int | None) -> None:
        one["gone"].append((day, amount))
        waived = {"day": day, "key": key, "claim": one, "amount": amount, "term": term}
        self.waives.append(waived)
        self.post(day, "common", "4009", "1122", amount)
        category = "late_fee" if is_late(one) else "service_fee"
        self.bear(day, term, category, "charged", -amount)

    # late fees, day by day

    def do_late_fees(self, fact: dict) -> None:
        """What was open of every charge at the end of every day of the month, times the rate."""
        month = fact["month"]
        first, last = month_first(month), month_last(month)
        days = [first + n * DAY for n in range((last - first).days + 1)]
        if not any(self.late_term(day) for day in days):
            return
        again, borne = (
            month in self.late_done,
            {one["unit"] for one in within(self.lates, last, last)},
        )
        self.late_done.add(month)
        for unit in sorted(self.claims):
            mine = [one for one in self.claims[unit] if not is_late(one)]
            fees = {}
            for of in sorted({one["month"] for one in mine}):
                if again and (unit in borne or (unit, of) not in self.fresh):
                    continue  # charged before; only a charge that came since bears what it has not
                fee = self.late_fee([one for one in mine if one["month"] == of], days)
                if fee:
                    fees[of] = fee
            for of, fee in fees.items():
                self.bear_late(unit, of, last, fee)

    def late_term(self, day: date) -> dict | None:
        for term in self.late_terms:
            if term["from"] <= day and (term["to"] is None or day <= term["to"]):
                return term
        return None

    def late_fee(self, items: list[dict], days: list[date]) -> int:
        """What one charge, of one or more items, bears in a month."""
        exact, counted = Fraction(0), None
        begin = items[0]["day"]
        for day in days:
            term = self.late_term(day)
            left = sum(open_of(one, day) for one in items)
            if term and left > 0 and (day - begin).days > term["grace"]:
                exact += left * term["rate"]
                counted = term
        fee = half_up(exact)
        if counted and counted["cap"] is not None:
            principal = sum(one["amount"] for one in items)
            principal -= sum(one["amount"] for one in self.waives if one["claim"] in items)
            unit, of = items[0]["unit"], items[0]["month"]
            borne = total(one for one in self.lates if (one["unit"], one["month"]) == (unit, of))
            fee = max(0, min(fee, half_up(counted["cap"] * principal) - borne))
        return fee

    def bear_late(self, unit: str, of: tuple[int, int], day: date, fee: int) -> None:
        """It stands beside the charge, and uses what is prepaid."""
        known = [one for one in self.claims[unit] if one["month"] == of and is_late(one)]
        if known:
            known[0]["came"].append((day, fee))
            known[0]["amount"] += fee
        else:
            known = [claim(unit, of, "late_fee", day, fee)]
            self.claims[unit] += known
        self.lates.append({"unit": unit, "month": of, "day": day, "amount": fee})
        self.post(day, "common", "1122", "4002", fee)
        self.bear(day, self.term_on(day), "late_fee", "charged", fee)
        for came in sorted(self.money[unit], key=lambda one: (one["day"], one["key"] or "")):
            self.settle(came, known)

    # owners' money

    def do_receipt(self, fact: dict) -> None:
        unit, day, amount = fact["unit"], fact["date"], fact["amount"]
        if unit not in self.units:
            raise Refuse("unknown unit")
        came = money(unit, fact["key"], day, amount, self.term_on(day))
        self.money[unit].append(came)
        self.post(day, "common", "1002", "2203", amount)
        self.settle(came, self.claims[unit])
        self.bear(day, came["term"], "service_fee", "received", amount)

    def settle(self, came: dict, claims: list[dict]) -> None:
        """Money upon claims, on the day from which both are there; on one day the oldest first."""

        def met(one: dict) -> date:
            return max(came["day"], there(one))

        for one in sorted(claims, key=lambda one: (met(one), *in_order(one))):
            part = min(prepaid_of(came), open_of(one))
            if part:
                self.leg(met(one), came, one, part)

    def leg(self, day: date, came: dict, one: dict, amount: int) -> None:
        came["gone"].append((day, amount))
        one["gone"].append((day, amount))
        self.legs.append({"day": day, "money": came, "claim": one, "amount": amount})
        self.post(day, "common", "2203", "1122", amount)
        if is_late(one):  # money counts as a service fee until it is put upon a late fee
            self.bear(day, came["term"], "service_fee", "received", -amount)
            self.bear(day, came["term"], "late_fee", "received", amount)

    def do_refund(self, fact: dict) -> None:
        unit, left, day = fact["unit"], fact["amount"], fact["date"]
        if unit not in self.units:
            raise Refuse("unknown unit")
        if fact.get("receipt"):
            self.undo(day, self.money_named(fact["receipt"], unit), left)
            return
        there = [one for one in self.money[unit] if one["day"] <= day]
        there.sort(key=lambda one: (one["day"], one["key"] or ""))
        for one in reversed(there):
            part = min(left, prepaid_of(one))
            self.give_back(day, one, part)
            left -= part
        if left:
            raise Refuse("beyond what is prepaid")

    def money_named(self, key: str, unit: str) -> dict:
        for one in self.money[unit]:
            if one["key"] == key and ("receipt", key) not in self.reversed:
                return one
        raise Refuse("unknown receipt")

    def give_back(self, day: date, came: dict, part: int, red: bool = False) -> None:
        """Money of one receipt back to its payer; red: the receipt was none."""
        if not part:
            return
        came["gone"].append((day, part))
        self.outs.append({"day": day, "money": came, "amount": part, "red": red})
        if red:
            self.post(day, "common", "1002", "2203", -part)
        else:
            self.post(day, "common", "2203", "1002", part)
        self.bear(day, came["term"], "service_fee", "received", -part)

    def left_of(self, came: dict) -> int:
        """What of a receipt was not given back."""
        return came["amount"] - sum(out["amount"] for out in self.outs if out["money"] is came)

    def undo(self, day: date, came: dict, amount: int, red: bool = False) -> None:
        """First what is still prepaid of the receipt, then its settlements, newest first."""
        if day < came["day"]:
            raise Refuse("before the receipt")
        if amount > self.left_of(came):
            raise Refuse("beyond the receipt")
        left = amount - min(amount, prepaid_of(came))
        for one, standing, since in reversed(self.standing_legs(came)):
            part = min(left, standing)
            if part:
                self.leg(max(day, since), came, one, -part)
                left -= part
        self.give_back(day, came, amount, red)

    def standing_legs(self, came: dict) -> list[tuple[dict, int, date]]:
        """What a receipt settles, the oldest settlement first; what was undone is gone."""
        mine = [leg for leg in self.legs if leg["money"] is came]
        standing: list[list] = []
        for leg in sorted(mine, key=lambda leg: leg["day"]):
            if leg["amount"] > 0:
                standing.append([leg["claim"], leg["amount"], leg["day"]])
                continue
            back = -leg["amount"]
            for one in reversed(standing):
                if one[0] is leg["claim"]:
                    part = min(back, one[1])
                    one[1] -= part
                    back -= part
        return [(one, amount, day) for one, amount, day in standing if amount]

    # other money

    def do_income(self, fact: dict) -> None:
        category, fund = fact["category"], fact.get("fund") or "common"
        if fund not in self.funds:
            raise Refuse("unknown fund")
        if category in RESTRICTED_ONLY and fund == "common":
            raise Refuse("a restricted fund it must be")
        self.earn(fact, fact["date"])

    def earn(self, fact: dict, came: date) -> None:
        day, category, amount = fact["date"], fact["category"], fact["amount"]
        fund = fact.get("fund") or "common"
        self.income.append({"day": day, "category": category, "fund": fund, "amount": amount})
        self.post(day, fund, "1002", INCOME[category], amount)
        if fund == "common":
            self.bear(day, self.term_on(came), category, None, amount)

    def do_expenditure(self, fact: dict) -> None:
        line = self.lines.get(fact["line"])
        if line is None:
            raise Refuse("no budget line")
        if fact.get("fund") not in (None, line["fund"]):
            raise Refuse("another fund's line")
        spent = sum(one["amount"] for one in self.spent if one["line"] == fact["line"])
        if spent + fact["amount"] > line["amount"] and not fact.get("resolution"):
            raise Refuse("beyond what is approved")
        self.spend(fact, fact["date"])

    def spend(self, fact: dict, _: date) -> None:
        line, day, amount = self.lines[fact["line"]], fact["date"], fact["amount"]
        self.spent.append({"day": day, "line": fact["line"], "amount": amount})
        self.post(day, line["fund"], EXPENSE[line["category"]], "1002", amount)

    def do_withdrawal(self, fact: dict) -> None:
        now, then = self.payable(date.max), self.payable(fact["date"])
        if fact["amount"] > min(now, then):
            raise Refuse("beyond what is payable")
        self.withdraw(fact, fact["date"])

    def withdraw(self, fact: dict, _: date) -> None:
        self.withdrawn.append({"day": fact["date"], "amount": fact["amount"]})
        self.post(fact["date"], "common", "2243", "1002", fact["amount"])

    def do_reversal(self, fact: dict) -> None:
        name, day = (fact["of_kind"], fact["of_key"]), fact["date"]
        original = self.facts.get(name)
        if original is None or original["date"] > day:
            raise Refuse("no such entry on that day")
        if name in self.reversed:
            raise Refuse("reversed already")
        if fact["of_kind"] == "receipt":
            came = self.money_named(fact["of_key"], original["unit"])
            if not self.left_of(came):
                raise Refuse("refunded in full")
            self.undo(day, came, self.left_of(came), red=True)
        elif fact["of_kind"] == "waiver":
            if original in self.pending:
                raise Refuse("it waits for its charge")
            mine = [one for one in self.waives if one["key"] == fact["of_key"]]
            if any(one["day"] > day for one in mine):
                raise Refuse("before it lowered its charge")
            for one in mine:
                self.lower(day, fact["of_key"], one["claim"], -one["amount"], one["term"])
        else:
            again = {**original, "date": day, "amount": -original["amount"]}
            red = {"income": self.earn, "expenditure": self.spend, "withdrawal": self.withdraw}
            red[fact["of_kind"]](again, original["date"])
        self.reversed.add(name)

    # remuneration

    def term_on(self, day: date) -> int | None:
        """The term in force; what was there before the books opened bears nothing."""
        if day < self.start:
            return None
        for index, term in enumerate(self.terms):
            if term["from"] <= day and (term["to"] is None or day <= term["to"]):
                return index
        return None

    def bear(
        self, day: date, term: int | None, category: str, way: str | None, amount: int
    ) -> None:
        """A change of the base of one term, and what it does to the remuneration posted."""
        if term is None or category not in self.terms[term]["base"]:
            return
        if way is not None and self.terms[term]["recognised"] != way:
            return
        self.base.append({"day": day, "term": term, "amount": amount})
        due = half_up(self.terms[term]["rate"] * until(self.base, date.max, term=term))
        change = due - until(self.accrued, date.max, term=term)
        if change:
            self.accrued.append({"day": day, "term": term, "amount": change})
            self.post(day, "common", "5201", "2243", change)

    def payable(self, day: date) -> int:
        """Remuneration that has accrued, or was owed before, and is not withdrawn."""
        return -self.balance("2243", "common", day)

    # balances at the end of a day

    def post(self, day: date, fund: str, debit: str, credit: str, amount: int) -> None:
        one = {"day": day, "fund": fund}
        self.postings.append({**one, "account": debit, "debit": amount, "credit": 0})
        self.postings.append({**one, "account": credit, "debit": 0, "credit": amount})

    def balance(self, account: str, fund: str, day: date) -> int:
        return sum(
            one["debit"] - one["credit"]
            for one in self.postings
            if one["account"] == account and one["fund"] == fund and one["day"] <= day
        )

    def claims_in_order(self, unit: str) -> list[dict]:
        return sorted(self.claims[unit], key=in_order)

    def arrears(self, unit: str, day: date = date.max) -> int:
        return sum(open_of(one, day) for one in self.claims[unit])

    def prepaid(self, unit: str, day: date = date.max) -> int:
        return sum(prepaid_of(one, day) for one in self.money[unit])

    def fund_balance(self, fund: str, day: date = date.max) -> int:
        """Money less deposits, agency collections and remuneration not yet withdrawn."""
        return sum(
            self.balance(account, fund, day) for account in ("1001", "1002", "2241", "2242", "2243")
        )

    # the statements' facts, of a period from one date to another. The books know no day before
    # they open: a period that begins earlier opens with what they opened with.

    def income_expenditure(self, first: date, last: date, fund: str = "common") -> dict:
        first = max(first, self.start)
        income: dict[str, int] = {}
        for one in within(self.income, first, last):
            if one["fund"] == fund and one["category"] not in LIABILITIES:
                income[one["category"]] = income.get(one["category"], 0) + one["amount"]
        earned = 0
        if fund == "common":
            came = [one for unit in self.money.values() for one in unit if one["key"]]
            late = total(one for one in within(self.legs, first, last) if is_late(one["claim"]))
            income["service_fee"] = total(within(came, first, last)) - late
            income["service_fee"] -= total(within(self.outs, first, last))
            income["late_fee"] = income.get("late_fee", 0) + late
            earned = total(within(self.accrued, first, last))
        spent: dict[str, int] = {}
        for one in within(self.spent, first, last):
            if self.lines[one["line"]]["fund"] == fund:
                spent[one["line"]] = spent.get(one["line"], 0) + one["amount"]
        opening = self.fund_balance(fund, first - DAY)
        closing = opening + sum(income.values()) - earned - sum(spent.values())
        return {
            "opening": yuan(opening),
            "income": {category: yuan(amount) for category, amount in income.items()},
            "income_total": yuan(sum(income.values())),
            "remuneration": yuan(earned),
            "expenditure": {line: yuan(amount) for line, amount in spent.items()},
            "expenditure_total": yuan(sum(spent.values())),
            "closing": yuan(closing),
        }

    def remuneration(self, first: date, last: date) -> dict:
        first = max(first, self.start)
        term = self.term_on(last)
        rate, base, earned, to_date, earned_to_date, withdrawn = Fraction(0), 0, 0, 0, 0, 0
        if term is not None:
            rate = self.terms[term]["rate"]
            to_date = until(self.base, last, term=term)
            base = to_date - until(self.base, first - DAY, term=term)
            earned_to_date = until(self.accrued, last, term=term)
            earned = earned_to_date - until(self.accrued, first - DAY, term=term)
            withdrawn = self.withdrawn_of(term, last)
        return {
            "rate": four(rate),
            "base": yuan(base),
            "remuneration": yuan(earned),
            "trust_share": yuan(base - earned),
            "base_to_date": yuan(to_date),
            "remuneration_to_date": yuan(earned_to_date),
            "withdrawn_to_date": yuan(withdrawn),
            "payable": yuan(earned_to_date - withdrawn),
        }

    def withdrawn_of(self, term: int, day: date) -> int:
        """The part of all withdrawals that reached this term: the oldest debt is cleared first."""
        left = until(self.withdrawn, day)
        left -= min(left, max(self.payable(self.start - DAY), 0))
        for earlier in range(term):
            left -= min(left, until(self.accrued, day, term=earlier))
        return left

    def budget_execution(self, first: date, last: date) -> dict:
        lines = {}
        for name, line in self.lines.items():
            used = until(self.spent, last, line=name)
            lines[name] = {
                "approved": yuan(line["amount"]),
                "committed": yuan(0),
                "spent": yuan(used),
                "available": yuan(line["amount"] - used),
            }
        approved = total(self.lines.values())
        return {
            "lines": lines,
            "approved_total": yuan(approved),
            "spent_total": yuan(until(self.spent, last)),
            "available_total": yuan(approved - until(self.spent, last)),
        }

    def collection(self, first: date, last: date) -> dict:
        first = max(first, self.start)
        charges = {
            unit: [one for one in within(every, first, last) if not is_late(one)]
            for unit, every in self.claims.items()
        }
        claims = {unit: some for unit, some in charges.items() if some}
        charged = sum(total(some) for some in claims.values())
        came = [one for every in self.money.values() for one in within(every, first, last)]
        received = total(came) - total(within(self.outs, first, last))
        current = arrears = used = 0
        for leg in self.legs:
            if leg["day"] > last:
                continue
            late = is_late(leg["claim"])  # money upon it is money upon what was overdue
            ours = first <= leg["claim"]["day"] <= last and not late
            undone = leg["amount"] < 0 and leg["day"] >= first
            if leg["money"]["day"] >= first or undone:
                current += leg["amount"] if ours else 0
                arrears += leg["amount"] if not ours else 0
            elif ours:
                used += leg["amount"]
        settled = [
            unit for unit, some in claims.items() if not sum(open_of(one, last) for one in some)
        ]
        return {
            "charged": yuan(charged),
            "received": yuan(received),
            "received_current": yuan(current),
            "received_arrears": yuan(arrears),
            "received_prepaid": yuan(received - current - arrears),
            "prepaid_used": yuan(used),
            "units_charged": len(claims),
            "units_settled": len(settled),
            "rate": four(Fraction(current + used, charged) if charged else Fraction(0)),
        }

    def owner(self, unit: str, first: date, last: date) -> dict:
        first = max(first, self.start)
        mine, came = self.claims[unit], self.money[unit]
        went = [one for one in within(self.outs, first, last) if one["money"]["unit"] == unit]
        waived = [one for one in within(self.waives, first, last) if one["claim"]["unit"] == unit]
        red = total(one for one in went if one["red"])
        late = within(self.lates, first, last)
        return {
            "unit": unit,
            "opening_arrears": yuan(self.arrears(unit, first - DAY)),
            "opening_prepaid": yuan(self.prepaid(unit, first - DAY)),
            "charged": yuan(total(one for one in within(mine, first, last) if not is_late(one))),
            "received": yuan(total(within(came, first, last)) - red),
            "refunded": yuan(total(went) - red),
            "waived": yuan(total(waived)),
            "late_fee": yuan(total(one for one in late if one["unit"] == unit)),
            "closing_arrears": yuan(self.arrears(unit, last)),
            "closing_prepaid": yuan(self.prepaid(unit, last)),
        }

    def trial_balance(self, first: date, last: date) -> dict:
        first = max(first, self.start)
        accounts = {}
        for code in sorted({one["account"] for one in self.postings}):
            rows = [one for one in self.postings if one["account"] == code]
            now = within(rows, first, last)
            opening = sum(one["debit"] - one["credit"] for one in rows if one["day"] < first)
            debit = sum(one["debit"] for one in now)
            credit = sum(one["credit"] for one in now)
            closing = opening + debit - credit
            accounts[code] = {
                "opening_debit": yuan(max(opening, 0)),
                "opening_credit": yuan(max(-opening, 0)),
                "debit": yuan(debit),
                "credit": yuan(credit),
                "closing_debit": yuan(max(closing, 0)),
                "closing_credit": yuan(max(-closing, 0)),
            }
        return {"accounts": accounts}


# -- small words ------------------------------------------------------------------------------


def claim(unit: str, month: tuple[int, int], item: str, day: date, amount: int) -> dict:
    return {
        "unit": unit,
        "month": month,
        "item": item,
        "day": day,
        "amount": amount,
        "came": [(day, amount)],
        "gone": [],
    }


def money(unit: str, key: str | None, day: date, amount: int, term: int | None) -> dict:
    one = {"unit": unit, "key": key, "day": day, "amount": amount, "term": term}
    return {**one, "came": [(day, amount)], "gone": []}


def is_late(one: dict) -> bool:
    return one["item"] == "late_fee"


def in_order(one: dict) -> tuple:
    """The oldest charge first, and of each its late fee first."""
    return one["month"], not is_late(one), one["item"]


def open_of(one: dict, day: date = date.max) -> int:
    """What is still to be paid of one claim, or of one receipt what is upon nothing yet."""
    came = sum(amount for when, amount in one["came"] if when <= day)
    return came - sum(amount for when, amount in one["gone"] if when <= day) if came else 0


prepaid_of = open_of


def there(one: dict) -> date:
    """Since when a claim stands open: one that grew or was opened again, from that day on."""
    grown = [day for day, _ in one["came"]]
    return max([*grown, *(day for day, amount in one["gone"] if amount < 0)])


def within(rows: Iterable[dict], first: date, last: date) -> list[dict]:
    return [one for one in rows if first <= one["day"] <= last]


def until(rows: Iterable[dict], day: date, **where: object) -> int:
    """The sum of what happened through a day, where its other fields are these."""
    return sum(
        one["amount"]
        for one in rows
        if one["day"] <= day and all(one[name] == value for name, value in where.items())
    )


def total(rows: Iterable[dict]) -> int:
    return sum(one["amount"] for one in rows)
