"""What the verdict is counted from, in every mall alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.mall import Change, Listing, Mall
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.world import seed_world
from bridge.sandbox.malls.yahoo import Yahoo
from tests.contract.malls.clients import LOCATION
from tests.support.virtual_clock import VirtualClock

Make = Callable[[VirtualClock], tuple[Mall, Listing]]


def rakuten(clock: VirtualClock) -> tuple[Mall, Listing]:
    mall = Rakuten(clock)
    return mall, mall.add_product(("tea-001", "v1"), "TEA-001", 10, restock_on_cancel=True)


def shopify(clock: VirtualClock) -> tuple[Mall, Listing]:
    mall = Shopify(clock)
    return mall, mall.add_product(("gid://shopify/InventoryItem/7", LOCATION), "TEA-001", 10)


def amazon(clock: VirtualClock) -> tuple[Mall, Listing]:
    mall = Amazon(clock)
    return mall, mall.add_product(("tea-001", "DEFAULT"), "TEA-001", 10)


def yahoo(clock: VirtualClock) -> tuple[Mall, Listing]:
    mall = Yahoo(clock)
    return mall, mall.add_product(("tea-001", "red"), "TEA-001", 10)


each = pytest.mark.parametrize("make", [rakuten, shopify, amazon, yahoo])


@each
def test_every_change_is_history_with_its_cause(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    order_id = mall.buy(listing, 3)
    assert order_id is not None
    clock.sleep(10)
    mall.cancel(order_id)
    mall.set_stock_by_hand(listing, 4)
    assert mall.history == [
        Change(clock.start, listing, 0, 10, "opening"),
        Change(clock.start, listing, 10, 7, "order", order_id),
        Change(clock.now(), listing, 7, 10, "restock", order_id),
        Change(clock.now(), listing, 10, 4, "hand"),
    ]
    assert mall.stock() == {listing: 4}
    assert mall.skus() == {listing: "TEA-001"}
    assert mall.write_count == 0


@each
def test_orders_are_records_of_what_truly_happened(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    mall.visible_after = 12.0
    first, second = mall.buy(listing, 3), mall.buy(listing, 2)
    assert first is not None
    assert second is not None
    mall.ship(first)
    mall.cancel(second)
    one, two = mall.orders()
    assert (one.id, one.placed_at, (one.visible_at - one.placed_at).total_seconds()) == (first, clock.start, 12.0)
    assert [(line.listing, line.sku, line.units, line.shipped, line.open) for line in one.lines] == [
        (listing, "TEA-001", 3, 3, 0)
    ]
    assert one.cancelled_at is None
    assert two.cancelled_at == clock.now()
    assert [(line.units, line.cancelled, line.open) for line in two.lines] == [(2, 2, 0)]


@each
def test_units_of_a_line_are_changed(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    order_id = mall.buy(listing, 3)
    assert order_id is not None
    line = mall.orders()[0].lines[0]
    mall.edit_units(order_id, line.line_id, 1)
    assert (line.units, line.open) == (1, 1)
    assert mall.cancel(order_id, line.line_id, 1) == 1
    assert mall.cancel(order_id) == 0
    assert mall.stock()[listing] == 10


@each
def test_everything_survives_a_restart(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    order_id = mall.buy(listing, 3)
    assert order_id is not None
    mall.ship(order_id)
    kept = json.loads(json.dumps(mall.to_json()))
    again, _ = make(clock)
    again.load_json(kept)
    assert again.to_json() == mall.to_json()
    assert again.history == mall.history
    assert again.version == mall.version
    assert again.buy(listing, 1) not in (None, order_id)
    assert again.version > mall.version


@each
def test_the_version_rises_with_every_change(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    seen = [mall.version]

    def changed() -> bool:
        seen.append(mall.version)
        return seen[-1] > seen[-2]

    order_id = mall.buy(listing, 2)
    assert order_id is not None
    assert changed()
    mall.ship(order_id)
    assert changed()
    mall.set_stock_by_hand(listing, 1)
    assert changed()
    mall.visible_after = 0.0
    assert changed()
    assert mall.buy(listing, 2) is None
    assert not changed()


def test_a_world_sells_the_same_skus_in_both_malls(clock: VirtualClock) -> None:
    one, other = Rakuten(clock), Shopify(clock)
    products = seed_world((one, other), skus=30, hot=5)
    assert sorted(one.skus().values()) == sorted(other.skus().values()) == [product.sku for product in products]
    for product in products:
        assert one.stock()[product.listings["rakuten"]] == product.stock
        assert other.stock()[product.listings["shopify"]] == product.stock
    assert max(product.stock for product in products if product.hot) < 20
    third = Amazon(clock)
    seed_world((Rakuten(clock), Shopify(clock), third), skus=30, hot=5)
    own = sorted(code for listing, code in third.skus().items() if listing[1] == "DEFAULT")
    assert own == [product.sku for product in products]
    assert len(third.skus()) == 33  # every tenth lies in Amazon's warehouse too
    again = seed_world((Rakuten(clock), Shopify(clock)), skus=30, hot=5)
    assert again == products


@each
def test_many_shoppers_at_once_get_no_more_than_there_is(make: Make, clock: VirtualClock) -> None:
    mall, listing = make(clock)
    with ThreadPoolExecutor(8) as pool:
        bought = list(pool.map(lambda _: mall.buy(listing, 1), range(40)))
    assert len(set(bought) - {None}) == 10
    assert mall.stock()[listing] == 0
