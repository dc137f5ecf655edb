"""决议与计票报告: what was put to the vote, to whom, what was counted, and what it is worth.

No names: voters are numbers on a roll, and whoever has the list of ballots can count again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from trustledger.document import (
    Block,
    Cell,
    Check,
    Column,
    Fact,
    Grid,
    Pair,
    Share,
    Shares,
    Signatures,
    Statement,
    Table,
    Words,
)
from trustledger.money import rate_text
from trustledger.rolls import Figure, Result, Roll, m2
from trustledger.rolls import Figures as Counted
from trustledger.rules.resolving import STANDINGS
from trustledger.statements.figures import Figures
from trustledger.votes import BODIES, HOW, DecisionType, Resolution, Revocation, Tally

NAME, TITLE = "resolution", "决议与计票报告"

WHERE = {
    "roll": "应参加表决",
    "taking_part": "参加表决",
    "agree": "赞成",
    "against": "反对",
    "abstain": "弃权",
    "differing": "意见不一",
    "invalid": "无效票",
    "silent": "未表决",
}
"""Where every voter is; those who take part agree, are against, abstain or differ."""

_CONDITIONS = {"takes_part": "参加表决", "agrees": "赞成"}
_BY = {"area": "面积", "heads": "人数"}
_BODIES = {body: name for name, body in BODIES.items()}
_HOW = {way: name for name, way in HOW.items()}


@dataclass(frozen=True)
class Voted:
    """A resolution at the end of a day. ``tally`` and ``result``: once it is counted."""

    resolution: Resolution
    rule: DecisionType
    roll: Roll
    tally: Tally | None
    result: Result | None
    revoked: Revocation | None
    standing: str
    on: date


def build(figures: Figures, told: Voted) -> Statement:
    """The report on one resolution, at the period's end."""
    return figures.statement(
        NAME,
        TITLE,
        _facts(told),
        (
            _head(told),
            _rule(told.rule),
            _electorate(told),
            *_counted(told),
            Signatures("signatures", ("计票人：", "监票人：")),
        ),
        tuple(_checks(told)),
    )


# --------------------------------------------------------------------------- facts


def _facts(told: Voted) -> dict[str, Fact]:
    of, roll, result = told.resolution, told.roll, told.result
    facts: dict[str, Fact] = {
        "resolution": of.key,
        "title": of.title,
        "on": of.on.isoformat(),
        "until": of.until.isoformat(),
        "standing": told.standing,
        "decision": told.rule.decision,
        "authority": told.rule.authority,
        "version": of.version_key,
        "version_digest": of.digest,
        "roll": {
            "on": roll.on,
            "units": roll.units,
            "voters": roll.voters,
            "area": m2(roll.area_cm2),
            "digest": roll.digest,
        },
    }
    if result is None:
        return facts
    return facts | {
        "how": result.how,
        "ballots": result.ballots,
        "carried": "yes" if result.carried else "no",
        "count": {name: _figure(one) for name, one in result.figures._asdict().items()},
        "conditions": {
            f"{one.name}_{one.by}": {
                "have": _size(one.have, one.by),
                "of": _size(one.of, one.by),
                "rate": rate_text(one.have, one.of),
                "threshold": one.threshold,
                "passed": "yes" if one.passed else "no",
            }
            for one in result.conditions
        },
    }


def _figure(one: Figure) -> dict[str, Fact]:
    """What of it is known: minutes do not say everything."""
    area = None if one.area_cm2 is None else m2(one.area_cm2)
    said = {"units": one.units, "area": area, "heads": one.heads}
    return {name: value for name, value in said.items() if value is not None}


def _size(value: int, by: str) -> str | int:
    return m2(value) if by == "area" else value


def _places(counted: Counted) -> int:
    """As many decimals as the areas of this vote need, so that they stand under each other."""
    return 2 if all((one.area_cm2 or 0) % 100 == 0 for one in counted) else 4


def _shown_size(value: int, by: str, places: int) -> str | int:
    """Square metres with so many decimals, or heads."""
    if by != "area":
        return value
    whole, part = divmod(value, 10_000)
    return f"{whole:,}.{part:04d}"[: places - 4 or None]


# --------------------------------------------------------------------------- blocks


def _head(told: Voted) -> Grid:
    of = told.resolution
    pairs = [
        Pair("决议", of.key),
        Pair("事项", of.title),
        Pair("表决期间", f"{of.on.isoformat()} 至 {of.until.isoformat()}"),
        Pair("效力", f"{STANDINGS[told.standing]}（{told.on.isoformat()}）"),
    ]
    if of.version_key:
        pairs += [
            Pair("通过的预算", of.version_key.replace("|", " · ")),
            Pair("版本摘要", of.digest),
        ]
    if of.line:
        pairs.append(Pair("预算项目", of.line))
    if of.amount_fen is not None:
        pairs.append(Pair("金额上限", of.amount_fen, "amount"))
    if of.proposal:
        pairs.append(Pair("议题", of.proposal))
    if of.start is not None or of.to is not None:
        until = f"至 {of.to}" if of.to else "起"
        pairs.append(Pair("有效期", f"{of.start or ''} {until}".strip()))
    if told.revoked is not None:
        pairs.append(Pair("撤销", f"{told.revoked.on.isoformat()}，依据 {told.revoked.by}"))
    return Grid("resolution", "", tuple(pairs))


def _rule(rule: DecisionType) -> Grid:
    whole = "全体" if rule.agrees_of == "all" else "参加表决者"
    by = "、".join(_BY[one] for one in rule.counts)
    return Grid(
        "rule",
        "表决规则",
        (
            Pair("事项类别", rule.name),
            Pair("表决机构", _BODIES[rule.body]),
            Pair("参加表决", _shown(rule.takes_part) or "不限"),
            Pair("同意", f"{whole}的 {_shown(rule.agrees)}"),
            Pair("计算口径", by),
            Pair("依据", rule.authority),
        ),
    )


def _shown(threshold: str) -> str:
    """``>=2/3`` -> ``三分之二以上 (≥2/3)``, as the law says it where it does."""
    words = {
        ">1/2": "过半数", ">=1/2": "半数以上", ">=2/3": "三分之二以上", ">=3/4": "四分之三以上",
    }  # fmt: skip
    sign = threshold.replace(">=", "≥")
    return f"{words[threshold]}（{sign}）" if threshold in words else sign


def _electorate(told: Voted) -> Grid:
    roll = told.roll
    members = told.rule.body == "committee"
    return Grid(
        "roll",
        "表决权名册",
        (
            Pair("名册日期", roll.on, "date"),
            Pair("委员" if members else "专有部分（户）", roll.units, "count"),
            *(() if members else (Pair("专有部分面积（㎡）", m2(roll.area_cm2)),)),
            Pair("表决人数", roll.voters, "count"),
            Pair("名册摘要", roll.digest),
        ),
    )


def _counted(told: Voted) -> Iterator[Block]:
    result = told.result
    if result is None:
        yield Words("count", "计票", ("尚未计票",))
        return
    yield from _pictures(result)
    yield _count_table(result.figures, members=told.rule.body == "committee")
    yield _conditions(result)
    if result.ballots:
        lines = [f"表决票清单摘要 {result.ballots}", "清单不含姓名，任何人可据此重新计票"]
        if result.differing:
            lines.insert(
                0, f"所持各户意见不一、不计入任何一方的表决人：{'、'.join(result.differing)}"
            )
        yield Words("recount", "复核", tuple(lines))


def _pictures(result: Result) -> Iterator[Shares]:
    """By what the rule counts: where the whole roll is."""
    named = {by: one for one in result.conditions for by in (one.by,)}
    for by in named:
        sizes = [
            (WHERE[name], one.area_cm2 if by == "area" else one.heads)
            for name, one in result.figures._asdict().items()
            if name not in ("roll", "taking_part")
        ]
        title = "面积（㎡）" if by == "area" else "人数"
        parts = tuple(
            Share(name, n, _shown_size(n, by, _places(result.figures))) for name, n in sizes if n
        )
        if parts:
            yield Shares(f"count_{by}", f"表决情况：{_BY[by]}", Column("n", title, "count"), parts)


def _count_table(counted: Counted, *, members: bool) -> Table:
    rows: list[tuple[Cell, ...]] = []
    places = _places(counted)
    for name, one in counted._asdict().items():
        area = None if one.area_cm2 is None else _shown_size(one.area_cm2, "area", places)
        whole = counted.roll
        areas = () if members else (area, _part(one.area_cm2, whole.area_cm2))
        rows.append(
            (
                WHERE[name], one.units, *areas,
                one.heads, _part(one.heads, whole.heads),
            )
        )  # fmt: skip
    by_area = (
        Column("area", "面积（㎡）", "count", 1.5),
        Column("area_rate", "占全体", "rate", 1.1),
    )
    columns = (
        Column("where", "", "text", 2),
        Column("units", "人" if members else "户", "count", 1),
        *(() if members else by_area),
        Column("heads", "人数", "count", 1),
        Column("heads_rate", "占全体", "rate", 1.1),
    )
    return Table("count", "计票结果", columns, tuple(rows))


def _part(part: int | None, whole: int | None) -> str | None:
    return None if part is None or not whole else rate_text(part, whole)


def _conditions(result: Result) -> Table:
    places = _places(result.figures)
    return Table(
        "conditions",
        "是否通过：" + ("通过" if result.carried else "未通过"),
        (
            Column("name", "条件", "text", 1.6),
            Column("by", "口径", "text", 0.8),
            Column("have", "实得", "count", 1.3),
            Column("of", "基数", "count", 1.3),
            Column("rate", "比例", "rate", 1),
            Column("threshold", "要求", "text", 1.8),
            Column("passed", "结果", "text", 0.8),
        ),
        tuple(
            (
                _CONDITIONS[one.name], _BY[one.by], _shown_size(one.have, one.by, places),
                _shown_size(one.of, one.by, places), rate_text(one.have, one.of),
                _shown(one.threshold),
                "达到" if one.passed else "未达到",
            )
            for one in result.conditions
        ),
        note=f"计票方式：{_HOW[result.how]}；是否达到按整数精确比较，比例仅供阅读",
    )  # fmt: skip


def _checks(told: Voted) -> Iterator[Check]:
    """Every unit, every square metre and every voter is somewhere, and once."""
    if told.result is None or told.result.how == "minutes":
        return
    f = told.result.figures
    for by, name in (("units", "户数"), ("area_cm2", "面积"), ("heads", "人数")):
        whole, part, agree, against, abstain, differing, invalid, silent = (
            getattr(one, by) or 0 for one in f
        )
        yield Check(f"参加 + 无效 + 未表决 = 应参加（{name}），差额",
                    part + invalid + silent - whole, 0)  # fmt: skip
        yield Check(f"赞成 + 反对 + 弃权 + 意见不一 = 参加（{name}），差额",
                    agree + against + abstain + differing - part, 0)  # fmt: skip
