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
LEADING = 1.36  # a line's height over its size

BETWEEN = 12.0  # above a block
CLOSEST = 6.5  # the same, where this makes the statement fit its last page
MOST_LINES = 6  # of a cell; what is longer becomes smaller, and then ends with an ellipsis

# Characters of the template, by group: what is used together is embedded together. Written as
# words, so that a reader sees where they come from; a character counts where it comes first.
_EVERYWHERE = """
第页共账套账簿笔凭证根摘要房号年月日至度，。：；、（）—…·￥¥㎡×＋－＝÷％
业主对账单期初末余额欠费预收应缴实收本期支出收入金额合计小计项目日期名称元户
信托受托人委托酬金物业费大家的钱共有基金公区域与居民服务去向其余全部用于按同约定比例提取
累计支出预算执行率已超占比勾稽核对相符截至结余签章民币写整零无记录
"""
_CAPITALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负"
_OWNER = """
楼栋建筑面积单元室本户账目退款减免明细账期收费项目计算或户单价系数天付流水渠道核销回
停车广告场地租金利息违约赔偿补其他微信支付宝银行转账现金刷卡代扣住宅商铺车位地下库
"""
_BUDGET = """
管理服务人员费用共用部位设施设备日常运行维护清洁卫生绿化养秩序办公固定资产折旧众责任保险其他建
保修缮电梯消防监控水泵照明垃圾清运工资社会福利能源税审计律师
"""
_COMMUNITY = """
财政助自筹捐赠限定途押代一二三四五六编加减科名称借贷方存未承诺条款起止现行基数确认依据时
各往留作使清偿以前社委员会监察大结算支公示情况表科目复制调整冲红字列在原中利润专项资
"""
_NOTES = """
说明一笔款先抵最早的再后多出转自动生违约本逾日率万之请于前至户若有疑问可查阅原始凭联系电话
所示每个均能追溯到会议通过决议经核实没不因误差舍是此为由如需
"""
TEMPLATE = tuple(
    "".join(text.split())
    for text in (_EVERYWHERE, _CAPITALS + _OWNER, _BUDGET, _COMMUNITY, _NOTES)
)
"""Of the regular face."""

BOLD_TEMPLATE = (
    "业主对账单合计收支公示表截至期末应缴明细本付户账大家的钱共有基金预算与累出项目入去向"
    "费用科余额结存资况情一二三、：:（）()年月日¥￥％酬勾稽核酬减初元说房号",
)
"""Of the bold face: titles, totals, amounts."""
