"""What a book remembers between two posts never differs from what stands."""

from __future__ import annotations

import pytest
from databases import fresh
from sqlalchemy import Engine, event

import trustledger as tl
from trustledger.store import memo

INFO = tl.BookInfo(code="garden", name="花园小区", start="2024-01-01")


def line(code: str, amount: str = "100") -> tl.BudgetLine:
    return tl.BudgetLine(line=code, name=code, category="cleaning", amount=amount)


def spend(voucher: str, code: str) -> tl.Expenditure:
    return tl.Expenditure(voucher=voucher, on="2024-01-20", line=code, amount="10.00")


def unit(code: str) -> tl.Unit:
    return tl.Unit(unit=code, area_m2="100", usage="residential")


@pytest.fixture
def engine() -> Engine:
    where = fresh()
    return where if isinstance(where, Engine) else tl.engine(where)


def test_two_that_post_in_turn_know_of_each_other(engine: Engine) -> None:
    one, other = tl.Book.create(engine, INFO), tl.Book(engine, "garden")
    for number in range(4):
        poster, spender = (one, other) if number % 2 else (other, one)
        with pytest.raises(tl.NoBudgetLine):
            spender.spend(spend(f"V{number}", f"L{number}"))
        poster.post([line(f"L{number}")])
        assert spender.spend(spend(f"V{number}", f"L{number}")).new
    fee = tl.Tariff(item="fee", basis="per_unit_month", price="10", start="2024-01-01")
    one.post([unit("1"), fee])
    assert [posted.key for posted in other.charge("2024-01")] == ["2024-01|1"]
    other.post([tl.Tariff(item="fee", basis="per_unit_month", price="10", start="2024-01-01",
                          to="2024-01-31")])  # fmt: skip
    assert one.charge("2024-02") == []
    assert one.verify() == []


def test_what_was_refused_is_not_remembered(engine: Engine) -> None:
    book = tl.Book.create(engine, INFO, line("A"))
    with pytest.raises(tl.OverBudget):
        book.post([line("B"), *(spend(f"V{n}", "A") for n in range(11))])
    with pytest.raises(tl.NoBudgetLine):
        book.spend(spend("V", "B"))
    assert book.post([line("B"), spend("V", "B")])[1].new


def test_far_behind_it_starts_anew(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memo, "FAR", 3)
    one, other = tl.Book.create(engine, INFO, line("A")), tl.Book(engine, "garden")
    assert one.spend(spend("V1", "A")).new
    other.post([unit(str(n)) for n in range(5)])
    other.post([line("B")])
    assert one.spend(spend("V2", "B")).new and one.verify() == []


def test_another_journal_under_the_same_name(engine: Engine) -> None:
    """Whoever puts an older or another copy in place is read anew."""
    book, other = tl.Book.create(engine, INFO, line("A"), line("B")), fresh()
    assert book.spend(spend("V1", "A")).new
    twin = tl.Book.create(other, INFO, line("C"), line("D"), line("E"))
    book._where = twin._where
    with pytest.raises(tl.NoBudgetLine):
        book.spend(spend("V2", "A"))
    assert book.spend(spend("V2", "C")).new and book.verify() == []


def test_a_second_post_reads_no_terms_again(engine: Engine) -> None:
    fee = tl.Tariff(item="fee", basis="per_unit_month", price="10", start="2024-01-01")
    book = tl.Book.create(engine, INFO, unit("1"), fee, line("A"))
    book.spend(spend("V1", "A"))
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: said.append(repr(told[2:4])))
    book.spend(spend("V2", "A"))
    assert said and not [one for one in said if "'tariff'" in one or "'term'" in one]


def test_a_unit_is_read_once_until_it_changes(engine: Engine) -> None:
    """A unit nobody defined is looked for again; one whose owner was erased is read again."""
    book = tl.Book.create(engine, INFO, tl.Unit(unit="1", area_m2="9", usage="r", owner="甲"))

    def receipt(number: int, code: str) -> tl.Receipt:
        return tl.Receipt(key=f"R{number}", on="2024-01-05", unit=code, amount="1")

    book.receive(receipt(1, "1"))
    with pytest.raises(tl.Unknown):
        book.receive(receipt(2, "2"))
    tl.Book(engine, "garden").post([unit("2")])
    assert book.receive(receipt(2, "2")).new
    book.receive(receipt(5, "1"))
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *told: said.append(repr(told[2:4])))
    book.receive(receipt(3, "1"))
    assert not [one for one in said if "'unit'" in one or "FROM tl_private" in one]
    tl.Book(engine, "garden").erase("unit", "1", on="2024-01-06", authority="本人申请")
    book.receive(receipt(4, "1"))
    assert [one for one in said if "'unit'" in one]
    assert book.verify() == []
