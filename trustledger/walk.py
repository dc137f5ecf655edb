"""The walk 追溯: from anything in the books to what it rests on, and to what came of it.

What lives here: a walk as a value, as data and as text. What must not: how it is found (tracing.py)
and how it is drawn (render/to_svg.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from trustledger.money import yuan

TITLES = {
    "book": "账套", "fund": "资金", "term": "酬金条款", "unit": "房屋", "tariff": "收费标准",
    "line": "预算项目", "charge": "应收", "receipt": "收款", "income": "其他收入",
    "expenditure": "支出", "refund": "退款", "waiver": "减免", "withdrawal": "酬金提取",
    "deposit": "押金", "agency": "代收代付", "suspense": "待认领款", "reversal": "冲销",
    "rule": "规则", "decision": "决定事项", "budget": "预算", "version": "预算版本",
    "plan_line": "预算草案项目", "plan_income": "收入预算", "stage": "预算进程",
    "amendment": "预算调整", "variance": "差异说明", "resolution": "决议", "roll": "表决权名册",
    "tally": "计票", "result": "表决结果", "elector": "表决权更正", "ballot": "表决票",
    "delegation": "授权", "revocation": "撤销", "member": "委员", "meeting": "会议",
    "agenda": "议程", "proposal": "议题", "outcome": "处理结果", "question": "质询",
    "answer": "答复", "request": "用款申请", "approval": "审批", "publication": "公示",
    "commitment": "合同承诺", "milestone": "付款节点", "release": "释放", "invoice": "发票",
    "evidence": "附件", "attachment": "附件文件", "ratification": "追认", "repayment": "归还",
    "fund_transfer": "资金调拨", "leftover": "结余处理", "project": "项目", "progress": "进展",
    "rating": "评价",
    "survey": "满意度", "figure": "报表数字",
}  # fmt: skip
"""What each kind of thing that can be walked to is called."""


_DIGEST = re.compile("[0-9a-f]{64}")


def _short(found: re.Match[str]) -> str:
    return f"{found[0][:12]}…"


class Node(NamedTuple):
    """One thing on the walk. ``seq``: its entry in the journal; 0 for what is not one, such as a
    version of a budget, which is all its rows."""

    kind: str
    key: str
    title: str = ""
    on: str = ""
    amount_fen: int | None = None
    seq: int = 0

    @property
    def name(self) -> str:
        """What it is called: kind and key, a digest in it by its first digits."""
        return f"{TITLES.get(self.kind, self.kind)} {_DIGEST.sub(_short, self.key)}"

    def __str__(self) -> str:
        amount = yuan(self.amount_fen, grouping=True) if self.amount_fen is not None else ""
        words = (self.name, self.on, amount, self.title)
        return " · ".join(word for word in words if word)

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; amounts are yuan as text."""
        told = {name: value for name, value in self._asdict().items() if value not in ("", None)}
        if self.amount_fen is not None:
            del told["amount_fen"]
            told["amount"] = yuan(self.amount_fen)
        return told


class Step(NamedTuple):
    """A step of the walk, with those that follow. ``more``: how many beside them are not told."""

    node: Node
    steps: tuple[Step, ...] = ()
    more: int = 0

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        told = self.node.to_dict()
        if self.steps:
            told["steps"] = [step.to_dict() for step in self.steps]
        if self.more:
            told["more"] = self.more
        return told

    def nodes(self) -> Iterator[Node]:
        """This node and all that follow."""
        yield self.node
        for step in self.steps:
            yield from step.nodes()


class Walk(NamedTuple):
    """追溯: a thing, what it rests on (``because`` 依据), and what came of it (``led_to`` 去向)."""

    because: Step
    led_to: Step

    @property
    def node(self) -> Node:
        """Where it starts."""
        return self.because.node

    def nodes(self) -> list[Node]:
        """Everything on it, each once."""
        return list(dict.fromkeys((*self.because.nodes(), *self.led_to.nodes())))

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        both = {"because": self.because, "led_to": self.led_to}
        told = {name: step.to_dict().get("steps", []) for name, step in both.items()}
        more = {f"{name}_more": step.more for name, step in both.items() if step.more}
        return {**self.node.to_dict(), **told, **more}

    def __str__(self) -> str:
        parts = [str(self.node)]
        for title, step in (("依据", self.because), ("去向", self.led_to)):
            if step.steps or step.more:
                parts += ["", title, *_lines(step, "")]
        return "\n".join(parts)


def _lines(step: Step, margin: str) -> Iterator[str]:
    """A tree as text: one line a step, under what it follows from."""
    rest: list[Step | int] = [*step.steps, *([step.more] if step.more else [])]
    for at, one in enumerate(rest):
        last = at == len(rest) - 1
        branch = f"{margin}{'└─ ' if last else '├─ '}"
        if isinstance(one, int):
            yield f"{branch}另有 {one} 项"
        else:
            yield f"{branch}{one.node}"
            yield from _lines(one, margin + ("   " if last else "│  "))
