"""Which oversold units the demo's verdict takes as nobody's fault, where a till sells from its own shelf."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bridge.demo.evidence import Books, Evidence, Received, SoldLine, StockChange, Times
from bridge.demo.oversold import Allowance, find_oversold

BEGAN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SHELF = "渋谷店"


def sold(mall: str, order: str, seconds: float, units: int = 1) -> SoldLine:
    at = BEGAN + timedelta(seconds=seconds)
    return SoldLine(mall, order, "1", "A", units, units, 0, 0, at, at + timedelta(seconds=3), {"A": 1})


def evidence(*lines: SoldLine, received: tuple[Received, ...] = ()) -> Evidence:
    opening = StockChange("rakuten", "A", BEGAN - timedelta(hours=1), 0, 2, "opening")
    return Evidence(
        times=Times(BEGAN, BEGAN + timedelta(minutes=5)),
        opening={("A", "本社倉庫"): 0, ("A", SHELF): 2},
        selling=("本社倉庫", SHELF),
        sold=lines,
        stock={},
        stock_changes=[opening],
        typed=(),
        acts={},
        demand={},
        books=Books(balances={}),
        rows=(),
        calls=(),
        malls=("rakuten", "shopify", "smaregi"),
        shelves={"smaregi": SHELF},
        received=received,
    )


def unexplained(found: Evidence) -> list[tuple[str, int]]:
    return [(each.sold.order, each.known) for each in find_oversold(found, Allowance())]


def test_a_till_sells_what_lies_there_though_a_mall_was_promised_it() -> None:
    late = sold("smaregi", "till", 120, 2)
    assert unexplained(evidence(sold("rakuten", "one", 0, 2), late)) == [("till", 0)]


def test_a_mall_that_still_sold_it_long_after_is_a_mistake_of_ours() -> None:
    day = evidence(sold("rakuten", "one", 0, 2), sold("smaregi", "till", 10), sold("shopify", "two", 200))
    assert unexplained(day) == [("till", 0), ("two", 1)]


def test_a_mall_that_sold_it_before_the_till_told_of_its_sale_is_nobodys() -> None:
    assert unexplained(evidence(sold("smaregi", "till", 100, 2), sold("shopify", "two", 102))) == [("two", 0)]


def test_what_came_in_at_a_warehouse_can_be_sold() -> None:
    goods = Received(BEGAN + timedelta(seconds=20), "A", "外部倉庫", 1)
    lines = (sold("rakuten", "one", 0, 2), sold("shopify", "two", 60))
    assert unexplained(evidence(*lines)) == [("two", 1)]
    assert unexplained(evidence(*lines, received=(goods,))) == []
