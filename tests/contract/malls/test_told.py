"""What a till's simulator says for the verdict: each row of its history that sold, or brought something back."""

from __future__ import annotations

import pytest

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Mall
from bridge.sandbox.malls.smaregi import Smaregi
from bridge.sandbox.malls.square import Square
from bridge.sandbox.malls.stalls import OFFERS, Goods
from bridge.sandbox.shoppers import ShopperDials, Shoppers
from tests.support.virtual_clock import VirtualClock


@pytest.fixture(params=[Smaregi, Square])
def till(request: pytest.FixtureRequest, clock: Clock) -> Mall:
    made: Mall = request.param(clock)
    return made


def units(till: Mall) -> list[tuple[int, int, int]]:
    """(sold, shipped, come back) of each."""
    return [(line.units, line.shipped, line.returned) for order in till.told() for line in order.lines]


def test_sales_voids_and_returns_are_rows_of_their_own(till: Mall) -> None:
    tea = OFFERS[till.name](till, Goods(1, "A", "tea", 9))
    first, second = till.place([(tea, 2)]), till.place([(tea, 3)])
    assert first is not None
    assert second is not None
    till.cancel(first)
    till.return_units(second, "1", 1)
    assert units(till) == [(2, 2, 0), (3, 3, 0), (0, 0, 2), (0, 0, 1)]
    assert len({order.id for order in till.told()}) == 4
    assert {line.sku for order in till.told() for line in order.lines} == {"A"}
    assert till.stock() == {tea: 7}


def test_what_is_written_counted_or_received_is_no_sale(till: Mall) -> None:
    tea = OFFERS[till.name](till, Goods(1, "A", "tea", 9))
    till.set_stock_by_hand(tea, 5)
    till.receive(tea, 2)  # type: ignore[attr-defined]
    till.lose(tea, 1)  # type: ignore[attr-defined]
    assert till.told() == []


def test_customers_take_what_lies_on_the_shelf_and_no_more(till: Mall) -> None:
    clock = till.clock
    assert isinstance(clock, VirtualClock)
    tea = OFFERS[till.name](till, Goods(1, "A", "tea", 3))
    shoppers = Shoppers([till], clock, seed=1, dials=ShopperDials(rate_per_second=1.0, cancel_share=0.0))
    for _ in range(60):
        clock.sleep(1.0)
        shoppers.step()
        assert till.stock()[tea] >= 0
    assert till.stock()[tea] == 0
    assert shoppers.counts["refused"] > 10
