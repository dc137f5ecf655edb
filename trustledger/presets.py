"""Presets 预设: rules of law as data, with authority and dates; a book takes what it needs.

What lives here: rows as anybody could write them. What must not: a rule that is nobody's but ours.
"""

from __future__ import annotations

from trustledger.votes import DecisionType

_CODE = "《中华人民共和国民法典》第二百七十八条"
_REGULATION = "《物业管理条例》第十二条"

DECISION_TYPES: dict[str, tuple[DecisionType, ...]] = {
    "civil_code_278": (
        DecisionType(
            decision="ordinary",
            name="一般事项",
            takes_part=">=2/3",
            agrees=">1/2",
            start="2021-01-01",
            authority=_CODE,
        ),
        DecisionType(
            decision="special",
            name="特别事项：筹集维修资金，改建、重建，改变共有部分用途或利用其经营",
            takes_part=">=2/3",
            agrees=">=3/4",
            start="2021-01-01",
            authority=_CODE,
        ),
    ),
    "regulation_12_before_2021": (
        DecisionType(
            decision="ordinary",
            name="一般事项",
            agrees=">1/2",
            agrees_of="all",
            start="2007-10-01",
            to="2020-12-31",
            authority=_REGULATION,
        ),
        DecisionType(
            decision="special",
            name="特别事项：筹集和使用维修资金，改建、重建",
            agrees=">=2/3",
            agrees_of="all",
            start="2007-10-01",
            to="2020-12-31",
            authority=_REGULATION,
        ),
    ),
}
"""决定事项类别: what takes how many, by the law of a time."""
