"""counts, factors, weights, meters, readings, shared_costs and the newer columns of tariffs: what
is read, the whole line for what is wrong, and where it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest

import trustledger as tl
from trustledger import folderbook
from trustledger.errors import TrustLedgerError
from trustledger.sheets import read

Files = Mapping[str, str | bytes]
Failure = Callable[[Files], TrustLedgerError]
MakeFolder = Callable[[Files], Path]

TARIFFS = "item,usage,basis,price,from,to,period,rounding,counts,authority\n"
COUNTS = "unit,counts,number,from,to,authority\n"
FACTORS = "unit,factor,from,to,authority\n"
WEIGHTS = "unit,weight,item,from,to\n"
METERS = "meter,unit,item,from,multiplier,digits\n"
READINGS = "key,meter,date,reading,rollover,memo\n"
COSTS = "key,month,item,amount,by,scope,authority\n"

WHOLE = {
    "units.csv": "房号,楼栋,建筑面积,用途,业主,电话\n1-101,1栋,93.77,home,,\n"
    "1-102,1栋,60.5,home,,\n",
    "tariffs.csv": "收费项目,用途,计费方式,单价,起始,截止,收费周期,取整,计数项,依据\n"
    "物业费,,per_m2_month,2.15,2024-01-01,,quarter,jiao,,决议\n"
    "车位费,,per_count_month,150,2024-01-01,,,,车位,决议\n"
    "水费,,per_reading,3.45,2024-01-01,,,,,决议\n",
    "counts.csv": "房号,计数项,数量,起始,截止,依据\n1-101,车位,1,2024-01-01,2024-06-30,合同\n",
    "factors.csv": "房号,系数,起始,截止,依据\n1-102,0.6,2024-02-01,,空置证明\n",
    "weights.csv": "房号,权重,收费项目,起始,截止\n1-101,1.5,电梯费,2024-01-01,\n"
    "1-102,1,电梯费,2024-01-01,\n",
    "meters.csv": "表号,房号,收费项目,起始,倍率,位数\nW1,1-101,水费,2024-01-01,1.02,4\n",
    "readings.csv": "流水号,表号,日期,读数,翻转,摘要\nR1,W1,2024-01-01,9990,,\n"
    "R2,W1,2024-01-31,3.5,是,\n",
    "shared_costs.csv": "流水号,账期,收费项目,金额,分摊方式,范围,依据\n"
    "G1,2024-02,电梯费,100.00,weight,,发票\n",
}


def test_everything_in_chinese(make_folder: MakeFolder) -> None:
    folder = make_folder(WHOLE)
    facts = {type(fact): fact for _, fact in read(folder).facts}
    tariff = next(f for _, f in read(folder).facts if isinstance(f, tl.Tariff))
    assert (tariff.period, tariff.rounding, tariff.counts) == ("quarter", "jiao", "")
    assert facts[tl.Count].number == 1
    assert facts[tl.Factor].factor == Decimal("0.6")
    assert facts[tl.Weight].item == "电梯费"
    assert (facts[tl.Meter].multiplier, facts[tl.Meter].digits) == (Decimal("1.02"), 4)
    assert (facts[tl.Reading].reading, facts[tl.Reading].rollover) == (Decimal("3.5"), True)
    assert facts[tl.SharedCost].amount_fen == 10000
    loaded = folderbook.load(folder, period="2024-01..2024-03")
    assert loaded.warnings == ()
    owner = loaded.book.statement("owner", "2024-02", unit="1-101")
    assert owner.facts["charged"] == "257.51"  # 150.00 and 60.00, and 13.5 × 3.45 × 1.02
    assert loaded.book.verify() == []
    again = folderbook.load(folder, period="2024-01..2024-03")
    assert (again.posted, again.charged) == (0, 0)


WRONG: list[tuple[str, str, str]] = [
    ("tariffs.csv", TARIFFS + "费,,per_m2_month,1,2024-01-01,,weekly,,,\n",
     "row 2, column period: period 'weekly' is not defined; it is one of month, quarter, "
     "half_year, year"),
    ("tariffs.csv", TARIFFS + "费,,per_m2_month,1,2024-01-01,,,cent,,\n",
     "row 2, column rounding: rounding 'cent' is not defined; it is one of fen, jiao, yuan"),
    ("tariffs.csv", TARIFFS + "费,,per_count_month,1,2024-01-01,,,,,\n",
     "row 2, column counts: found an empty cell; name what is counted, as counts.csv does, for "
     "per_count_month alone"),
    ("tariffs.csv", TARIFFS + "费,,per_m2_month,1,2024-01-01,,,,车位,\n",
     "row 2, column counts: found '车位', and per_m2_month counts nothing; leave it empty, or "
     "write per_count_month"),
    ("tariffs.csv", TARIFFS + "费,,per_reading,1,2024-01-01,,year,,,\n",
     "row 2, column period: found 'year', and a reading is billed once, whatever its time; leave "
     "it empty"),
    ("counts.csv", COUNTS + "1-101,车位,1.555,2024-01-01,,\n",
     "row 2, column number: found '1.555'; a number is a plain number with at most 2 decimals"),
    ("counts.csv", COUNTS + "1-101,车位,-1,2024-01-01,,\n",
     "row 2, column number: found '-1'; a number is a plain number with at most 2 decimals"),
    ("factors.csv", FACTORS + "1-101,0.6,2024-01-01,,\n",
     "row 2, column authority: found an empty cell; write 1 to 64 characters on one line"),
    ("factors.csv", FACTORS + "1-101,0.6,2024-02-01,2024-01-31,x\n",
     "row 2, column to: found 2024-01-31, before 2024-02-01; 'to' is not before 'from'"),
    ("weights.csv", WEIGHTS + "1-101,half,电费,2024-01-01,\n",
     "row 2, column weight: found 'half'; a weight is a plain number with at most 6 decimals"),
    ("meters.csv", METERS + "W1,1-101,水费,2024-01-01,1.0000001,\n",
     "row 2, column multiplier: found '1.0000001'; a multiplier is a plain number with at most 6 "
     "decimals"),
    ("meters.csv", METERS + "W1,1-101,水费,2024-01-01,,13\n",
     "row 2, column digits: found '13'; write how many digits the meter shows before the point, "
     "1 to 12"),
    ("readings.csv", READINGS + "R1,W1,2024-01-01,1.00001,,\n",
     "row 2, column reading: found '1.00001'; a reading is a plain number with at most 4 decimals"),
    ("readings.csv", READINGS + "R1,W1,2024-01-01,1,maybe,\n",
     "row 2, column rollover: found 'maybe'; write yes (是), or leave it empty"),
    ("readings.csv", READINGS + "R1,W1,2024-01-01,1,,\nR1,W1,2024-01-01,2,,\n",
     "row 3, column reading: reading 'R1' stands with reading '1', and now says '2'; restore what "
     "it said, or record the change under a key of its own"),
    ("shared_costs.csv", COSTS + "G1,2024-13,电费,1,area,,\n",
     "row 2, column month: found '2024-13'; a month is written 2017-03"),
    ("shared_costs.csv", COSTS + "G1,2024-01,电费,0,area,,\n",
     "row 2, column amount: found '0'; this amount must be above zero"),
    ("shared_costs.csv", COSTS + "G1,2024-01,电费,1,people,,\n",
     "row 2, column by: way of sharing 'people' is not defined; it is one of area, count, weight"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "message"), WRONG)
def test_wrong_cells(failure: Failure, file: str, content: str, message: str) -> None:
    error = failure({file: content})
    assert str(error).startswith(f"{file}, {message}"), str(error)


REFUSED: list[tuple[str, str, str]] = [
    ("counts.csv", "1-109,车位,1,2024-01-01,,合同\n",
     "counts.csv, row 3, column 房号: unit '1-109' is not defined; enter it in units.csv first"),
    ("factors.csv", "1-102,0.5,2024-03-01,,空置证明\n",
     "factors.csv, row 3, column 起始: factor '1-102|2024-02-01' is in force until further notice, "
     "and '1-102|2024-03-01' begins before that is over; end one of them before the other begins"),
    ("readings.csv", "R3,W1,2024-02-29,3,,\n",
     "readings.csv, row 4, column 读数: found 3, and meter 'W1' showed 3.5 on 2024-01-31: it "
     "cannot run backwards; mark it as rollover if the meter began again"),
    ("readings.csv", "R3,W7,2024-02-29,3,,\n",
     "readings.csv, row 4, column 表号: meter 'W7' is not defined; enter it in meters.csv first"),
    ("shared_costs.csv", "G2,2024-02,泵房费,1.00,weight,,发票\n",
     "shared_costs.csv, row 3, column 分摊方式: cost 'G2' of '泵房费' is shared by weight, and "
     "every one of its 2 units weighs zero in 2024-02; enter weights.csv"),
    ("shared_costs.csv", "G2,2024-02,泵房费,1.00,area,9栋,发票\n",
     "shared_costs.csv, row 3, column 范围: cost 'G2': no unit within '9栋' is liable in "
     "2024-02 to share it; look at its month and scope"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "row", "message"), REFUSED)
def test_rows_that_the_book_refuses(
    make_folder: MakeFolder, file: str, row: str, message: str
) -> None:
    folder = make_folder({**WHOLE, file: WHOLE[file] + row})
    with pytest.raises(TrustLedgerError) as caught:
        folderbook.load(folder)
    assert str(caught.value) == message
    assert not (folder / "book.db").exists()


def test_what_is_not_measured_is_said(make_folder: MakeFolder) -> None:
    files = {**WHOLE, "counts.csv": COUNTS, "readings.csv": READINGS + "R1,W1,2024-01-01,5,,\n"}
    files["meters.csv"] += "W2,1-102,水费,2024-01-01,,\n"
    assert folderbook.load(make_folder(files)).warnings == (
        "one reading of meter 'W1' of unit '1-101': its '水费' is billed from its second reading "
        "on",
        "no reading of meter 'W2' of unit '1-102': its '水费' is billed from its second reading on",
        "no unit has '车位' in counts.csv: the tariff '车位费' charges nothing",
    )
