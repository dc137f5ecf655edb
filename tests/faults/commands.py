"""Every command that writes, as a child sends it: again and again, or killed before the answer.

A command is a name here and a key of its own, so that it can be sent again, at once or later.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import richbook
from nursery import tell

import trustledger as tl

DAY = "2024-03-10"


def post(fact: tl.Record) -> Callable[[tl.Book], object]:
    return lambda book: book.post([fact])


SINGULAR: dict[str, tuple[str, tl.Record]] = {
    "receive": ("receive", tl.Receipt(key="N1", on=DAY, unit="1-101", amount="10.00")),
    "earn": ("earn", tl.Income(key="N2", on=DAY, category="parking", amount="10.00")),
    "spend": ("spend", tl.Expenditure(voucher="N3", on=DAY, line="A", amount="10.00")),
    "refund": ("refund", tl.Refund(key="N4", on=DAY, unit="2-201", amount="10.00")),
    "waive": ("waive", tl.Waiver(key="N5", on=DAY, unit="1-102", month="2024-02", amount="1.00",
                                 authority="决议")),
    "withdraw": ("withdraw", tl.Withdrawal(key="N6", on=DAY, amount="1.00")),
    "reverse": ("reverse", tl.Reversal(key="N7", on=DAY, of_kind="expenditure", of_key="V1",
                                       reason="误付")),
}  # fmt: skip
FACTS: dict[str, tl.Record] = {
    "fund": tl.Fund(code="lake", name="湖"),
    "step": tl.ReminderStep(days=90, name="催缴", text="请缴纳。", start="2024-01-01"),
    "tariff": tl.Tariff(item="停车费", basis="per_unit_month", price="2.00", start="2024-03-01"),
    "line": tl.BudgetLine(line="Z", name="杂", category="other", amount="1.00"),
    "unit": tl.Unit(unit="9-909", building="9", area_m2="10", usage="residential"),
    "tenure": tl.Tenure(unit="1-102", person="李某", start="2024-03-01"),
    "deposit": tl.Deposit(key="N8", on=DAY, unit="1-102", move="taken", amount="5.00"),
    "agency": tl.Agency(key="N9", on=DAY, what="电费", move="collected", amount="5.00"),
    "suspense": tl.Suspense(key="N10", on=DAY, amount="5.00"),
    "instalment": tl.Instalment(key="N11", on=DAY, unit="1-102", due="2024-04-30", amount="5.00"),
}
COMMANDS: dict[str, Callable[[tl.Book], Any]] = {
    **{
        name: lambda book, method=method, fact=fact: getattr(book, method)(fact)
        for name, (method, fact) in SINGULAR.items()
    },
    **{name: post(fact) for name, fact in FACTS.items()},
    "a batch": lambda book: book.post([fact for _, fact in SINGULAR.values()]),
    "attach": lambda book: book.attach(b"a paper", "paper.pdf"),
    "charge": lambda book: book.charge("2024-03"),
    "remind": lambda book: book.remind("2024-06-20"),
    "create": lambda book: tl.Book.create(
        book._where,  # type: ignore[arg-type]
        tl.BookInfo(code="second", name="二", start="2024-01-01"),
        FACTS["unit"],
        FACTS["line"],
        secret=richbook.SECRET,
    ),
}


def send(url: str, name: str, times: int, lose_answer: bool) -> None:
    """Send a command so many times; ``lose_answer``: die before anybody is told."""
    book = tl.Book.open(url, "rich", secret=richbook.SECRET)
    for _ in range(times):
        COMMANDS[name](book)
        if lose_answer:
            os.kill(os.getpid(), signal.SIGKILL)
        tell("done")
