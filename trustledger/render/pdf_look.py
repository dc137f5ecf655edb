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
BLACK = _rgb(0x000000)
WHITE = _rgb(0xFFFFFF)

SPENT, APPROVED, OVER = TEAL, _rgb(0xC5D6D8), _rgb(0xB4532A)
PARTS = (_rgb(0xB07D3A), TEAL, _rgb(0x5F8A97), _rgb(0x7F8B98), _rgb(0x7D9A6B), _rgb(0x9A8468))

# A4 portrait, and what is kept free at its edges.
PAGE_WIDTH, PAGE_HEIGHT = 595.28, 841.89
LEFT, RIGHT, TOP, BOTTOM = 46.0, 46.0, 34.0, 26.0
FRAME = PAGE_WIDTH - LEFT - RIGHT
FOOT = 27.0  # height of a page's foot, which stands on the lower margin

BODY, CELL, SMALL, TINY = 8.5, 8.0, 7.5, 6.5
HEADING, TITLE, FIGURE = 9.5, 17.0, 19.0
LEADING = 1.34  # a line's height over its size

BETWEEN = 12.0  # above a block
CLOSEST = 5.5  # the same, where this makes the statement fit its last page
MOST_LINES = 40  # of a cell; what is longer becomes smaller, and then ends with an ellipsis

# Characters that statements of owners nearly always have. A document embeds all of them, used or
# not, so that a thousand documents compress their outlines once. What is missing here is not
# missing on paper: every document embeds the rest of its characters too.
_CORE = """
第页共账套簿笔凭证根摘要房号年月日至度业主对单期初末余额欠费预收应缴实本支出入金合计项目元户
信托受人委酬物大家的钱有基公区域与居民服务去向其余全部用于按同约定比例提取累执行率已超占勾稽
核相符截写币整零壹贰叁肆伍陆柒捌玖拾佰仟万角分楼栋建筑面积退款减免明细账收计算或系数单价天付
流水渠道销微信银行转支宝现停车广告场地租利息赔偿补他管理员位施设备常运维护清洁卫生绿化养秩序办
众责任保险我交留在各
"""
_MARKS = " 0123456789abcdef.,-:()[]¥%×+=㎡，。：、（）＋－＝"
CORE = "".join(dict.fromkeys(_MARKS + "".join(_CORE.split())))
"""Of the regular face."""

BOLD_CORE = (
    " 0123456789.,-¥%：业主对账单本户目应收明细付合计大家的钱共有基金期入去向累支出与预算截至末缴"
    "我了哪里（按）"
)
"""Of the bold face."""
