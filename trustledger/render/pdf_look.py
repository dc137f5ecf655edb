"""How a page looks: sizes in points, colours, and the characters that pages are made of.

What lives here: numbers and letters that a designer would change. What must not: code.
"""

from __future__ import annotations

from typing import NamedTuple


class Colour(NamedTuple):
    """Red, green and blue, each 0 to 1."""

    red: float
    green: float
    blue: float


def _rgb(code: int) -> Colour:
    return Colour(*(round((code >> shift & 255) / 255, 3) for shift in (16, 8, 0)))


INK = _rgb(0x16262C)
SOFT = _rgb(0x5A6B72)  # contrast 5.6 to 1 on white
TEAL = _rgb(0x0F4C53)
RULE = _rgb(0xB9C7C9)
HAIR = _rgb(0xDFE6E7)
PANEL = _rgb(0xF1F6F6)
WHITE = _rgb(0xFFFFFF)

SPENT, APPROVED, OVER = TEAL, _rgb(0xC5D6D8), _rgb(0xB4532A)
PARTS = (_rgb(0xB07D3A), TEAL, _rgb(0x5F8A97), _rgb(0x7F8B98), _rgb(0x7D9A6B), _rgb(0x9A8468))

# A4 portrait, and what is kept free at its edges.
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 46.0, 46.0, 34.0, 26.0
FRAME = PAGE_WIDTH - LEFT - RIGHT

BODY, CELL, SMALL, TINY = 8.5, 8.0, 7.5, 6.5
HEADING, TITLE, FIGURE = 9.5, 17.0, 19.0
LEADING = 1.34  # a line's height over its size

BETWEEN = 12.0  # above a block
CLOSEST = 5.5  # the same, where this makes the statement fit its last page
MOST_LINES = 6  # of a cell; what is longer becomes smaller, and then ends with an ellipsis

CORE = (
    " 0123456789abcdef.,-:()[]¥%×㎡，：、（）＋－＝第页共账套簿笔凭证根摘要房号年月日至度"
    "业主对单期初末余额欠费预收应缴实本支出入金合计项目元户信托受人委酬物大家的钱有基公区域与"
    "居民服务去向其余全部用于按同约定比例提取累执行率已超占勾稽核相符截结写整"
)
"""Of the regular face: embedded in every document, whether it uses all of them or not."""

BOLD_CORE = " 0123456789.,-¥业主对账单合计期末应缴收支明细大家的钱本户预算与累出勾稽核去向"
"""Of the bold face."""
