"""Paying 支出: no budget line, no spending; never beyond what is approved; each fund for its own.

Contract rule 8 and §2.6 of the trust's principles: 无预算不支出, 专款专用.
"""

from __future__ import annotations

from collections.abc import Mapping

from trustledger.errors import NoBudgetLine, OverBudget, OverWithdrawal, Unknown, WrongFund
from trustledger.money import yuan
from trustledger.records import BudgetLine, Expenditure, Fund, Withdrawal


def known_fund(funds: Mapping[str, Fund], code: str, field: str = "fund") -> Fund:
    """A fund by its code.

    :raises Unknown: there is none.
    """
    if code not in funds:
        known = ", ".join(sorted(funds))
        raise Unknown("fund", code, f"the funds are {known}", field=field)
    return funds[code]


def check_expenditure(spend: Expenditure, line: BudgetLine | None, spent_fen: int) -> None:
    """Whether the line may pay. Checks in this order: the line exists; the fund is the line's;
    enough is left, or a resolution allows more.

    :raises NoBudgetLine, WrongFund, OverBudget: as said.
    """
    if line is None:
        raise NoBudgetLine(
            f"voucher {spend.voucher!r} names budget line {spend.line!r}, which is not in the "
            "budget; no budget line, no spending: have the line adopted first",
            field="line",
        )
    if spend.fund is not None and spend.fund != line.fund:
        raise WrongFund(
            f"voucher {spend.voucher!r} would pay line {line.line!r} from fund {spend.fund!r}; "
            f"that line is paid from {line.fund!r} alone",
            field="fund",
        )
    left = line.amount_fen - spent_fen
    if spend.amount_fen > left and not spend.resolution:
        raise OverBudget(
            f"voucher {spend.voucher!r} spends {yuan(spend.amount_fen)} on line {line.line!r} "
            f"({line.name}), which has {yuan(left)} left of {yuan(line.amount_fen)}; "
            "spend at most that, or name the resolution that allows more",
            field="amount",
        )


def check_purpose(fund: Fund, category: str, line: str) -> None:
    """Whether a fund may pay for a category: money given for some is for those alone 专款专用.

    :raises WrongFund: it may not.
    """
    if fund.allows and category not in fund.allows:
        raise WrongFund(
            f"line {line!r} is {category}, and fund {fund.code!r} is given for "
            f"{', '.join(fund.allows)} alone; pay it from another fund",
            field="fund",
        )


def check_withdrawal(withdrawal: Withdrawal, payable_fen: int) -> None:
    """Whether so much remuneration has accrued and is not yet withdrawn.

    :raises OverWithdrawal: it has not.
    """
    if withdrawal.amount_fen > payable_fen:
        raise OverWithdrawal(
            f"withdrawal {withdrawal.key!r} is {yuan(withdrawal.amount_fen)}, and "
            f"{yuan(payable_fen)} has accrued and is not withdrawn; withdraw at most that",
            field="amount",
        )
