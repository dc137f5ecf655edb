"""预算调整表: how what owners adopted became what is approved, each step with its resolution.

Adopted + amended = approved, line by line; and what the version in force says otherwise than the
one before it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from trustledger import chart
from trustledger.budgets import MOVES, Amendment
from trustledger.document import Block, Cell, Check, Column, Fact, Grid, Pair, Statement, Table
from trustledger.money import percent, yuan
from trustledger.rules.budgeting import effects
from trustledger.rules.versioning import Change, FieldChange
from trustledger.statements.annual import Annual
from trustledger.statements.figures import Figures, parties

NAME, TITLE = "amendments", "预算调整表"

_MOVES = {move: name for name, move in MOVES.items()}
FIELDS = {
    "name": "名称",
    "category": "类别",
    "fund": "资金",
    "amount_fen": "金额",
    "receivable_fen": "应收",
    "rate": "预计收缴率",
    "quantity": "数量",
    "price": "单价",
    "times": "次数",
    "method": "测算方式",
    "months": "月份",
    "responsible": "责任岗位",
    "standard": "服务标准",
    "basis": "测算依据",
    "priority": "缓支次序",
    "proposal": "议题",
}
_WHAT = {"added": "新增", "removed": "取消", "changed": "修改"}


def build(
    figures: Figures, annual: Annual, before: str, changes: list[Change], titles: Mapping[str, str]
) -> Statement:
    """What was changed of a budget through the period's end.

    :param before: the version before the one in force, if there is one; ``changes``: what the one
        in force says otherwise, its lines and then its incomes.
    :param titles: the resolutions that are named, by key.
    """
    rows = _rows(annual)
    sums = [sum(int(row[place] or 0) for row in rows) for place in (2, 3, 4)]
    return figures.statement(
        NAME,
        TITLE,
        _facts(annual, rows, sums, before, changes),
        (
            Grid(
                "summary",
                annual.title,
                (
                    Pair("通过数", sums[0], "amount"),
                    Pair("调整数", sums[1], "amount"),
                    Pair("批准数", sums[2], "amount"),
                    Pair("以前预算结转", annual.carried_fen, "amount"),
                ),
            ),
            _every(annual, titles),
            _by_line(rows, sums),
            *_difference(before, changes),
            parties(figures.info),
        ),
        _checks(annual, rows),
    )


def _rows(annual: Annual) -> list[tuple[Cell, ...]]:
    """Line, name, adopted, amended and approved: adopted as the version says, approved as rules
    reckon it."""
    found: list[tuple[Cell, ...]] = []
    for line in annual.lines:
        plan = annual.standing[line.line][0].plan if line.line in annual.standing else None
        adopted = plan.planned_fen if plan is not None else 0
        found.append((line.line, line.name, adopted, annual.changed(line.line), line.approved_fen))
    return found


def _checks(annual: Annual, rows: list[tuple[Cell, ...]]) -> tuple[Check, ...]:
    gaps = [int(row[2] or 0) + int(row[3] or 0) - int(row[4] or 0) for row in rows]
    moved = (effects(one).values() for one in annual.amended if one.move == "transfer")
    return (
        Check("逐项 通过数 + 调整数 = 批准数，差额", sum(map(abs, gaps)), 0),
        Check("调剂合计为零", sum(map(sum, moved)), 0),
    )


def _facts(
    annual: Annual, rows: list[tuple[Cell, ...]], sums: list[int], before: str,
    changes: list[Change],
) -> dict[str, Fact]:  # fmt: skip
    stage = annual.stage
    return {
        "budget": annual.budget.budget,
        "version": stage.version if stage is not None else "",
        "before": before,
        "amendments": {
            one.key: {
                "on": one.on.isoformat(),
                "move": one.move,
                "line": one.line,
                "to_line": one.to_line,
                "amount": yuan(one.amount_fen),
                "resolution": one.resolution,
            }
            for one in annual.amended
        },
        "lines": {
            str(line): {
                "adopted": yuan(int(adopted or 0)),
                "amended": yuan(int(amended or 0)),
                "approved": yuan(int(approved or 0)),
            }
            for line, _, adopted, amended, approved in rows
        },
        "adopted_total": yuan(sums[0]),
        "amended_total": yuan(sums[1]),
        "approved_total": yuan(sums[2]),
        "carried": yuan(annual.carried_fen),
        "difference": {change.code: yuan(change.delta_fen) for change in changes},
    }


def _every(annual: Annual, titles: Mapping[str, str]) -> Table:
    return Table(
        "amendments",
        "调整事项",
        (
            Column("date", "日期", "date", 1.2),
            Column("key", "编号", "text", 0.8),
            Column("move", "方式", "text", 1),
            Column("line", "项目", "text", 1.8),
            Column("resolution", "决议", "text", 2),
            Column("reason", "事由", "text", 2),
            Column("amount", "金额（元）", "amount", 1.4),
        ),
        tuple(
            (
                one.on.isoformat(), one.key, _MOVES[one.move], _where(one, annual),
                " ".join(filter(None, (one.resolution, titles.get(one.resolution, "")))),
                one.reason, one.amount_fen,
            )
            for one in annual.amended
        ),
    )  # fmt: skip


def _where(one: Amendment, annual: Annual) -> str:
    names = {line.line: line.name for line in annual.lines}
    told = [f"{code} {names.get(code, '')}".strip() for code in (one.line, one.to_line) if code]
    return " → ".join(told) or f"自 {one.from_budget} 预算"


def _by_line(rows: list[tuple[Cell, ...]], sums: list[int]) -> Table:
    return Table(
        "lines",
        "逐项：通过数、调整数与批准数",
        (
            Column("line", "编号", "text", 1),
            Column("name", "项目", "text", 2.6),
            Column("adopted", "通过数", "amount", 1.8),
            Column("amended", "调整数", "amount", 1.8),
            Column("approved", "批准数", "amount", 1.8),
        ),
        tuple(rows),
        (("", "合计", *sums),),
        "调整数为现行版本生效以后的调剂、追加与核减",
    )


def _difference(before: str, changes: list[Change]) -> Iterator[Block]:
    if before:
        yield Table(
            "difference",
            f"与 {before} 版的差异",
            (
                Column("code", "编号", "text", 1.4),
                Column("what", "变化", "text", 0.8),
                Column("fields", "内容", "text", 4),
                Column("delta", "差额（元）", "amount", 1.5),
            ),
            tuple(
                (_code(change.code), _WHAT[change.what], _told(change), change.delta_fen)
                for change in changes
            ),
            (("合计", "", "", sum(change.delta_fen for change in changes)),),
        )


def _code(code: str) -> str:
    """A line's code, or an income's category."""
    category, _, _ = code.partition("|")
    return chart.CATEGORY_NAMES.get(category, code) if "|" in code else code


def _told(change: Change) -> str:
    if change.what == "changed":
        return "；".join(map(_field, change.fields))
    names = (one.now or one.was for one in change.fields if one.field == "name")
    return next(map(str, names), "")


def _field(change: FieldChange) -> str:
    was, now = (_shown(change.field, value) for value in (change.was, change.now))
    return f"{FIELDS.get(change.field, change.field)} {was} → {now}"


def _shown(field: str, value: Any) -> str:
    if value is None or value == "":
        return "无"
    if field.endswith("_fen"):
        return yuan(value, grouping=True)
    if isinstance(value, Fraction):
        return percent(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return chart.BUDGET_NAMES.get(str(value), str(value)) if field == "category" else str(value)
