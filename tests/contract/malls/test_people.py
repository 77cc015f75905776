"""Shoppers and packer on a clock of the test's own."""

from __future__ import annotations

from collections import Counter

import pytest

from bridge.sandbox.malls.mall import Listing, Mall
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.world import Product, seed_world
from bridge.sandbox.packer import Packer, PackerDials
from bridge.sandbox.shoppers import ShopperDials, Shoppers
from tests.support.virtual_clock import VirtualClock


@pytest.fixture
def malls(clock: VirtualClock) -> tuple[Rakuten, Shopify]:
    return Rakuten(clock), Shopify(clock)


@pytest.fixture
def products(malls: tuple[Rakuten, Shopify]) -> list[Product]:
    return seed_world(malls, skus=60, hot=10, stock=(500, 600))


def live(clock: VirtualClock, seconds: int, *people: Shoppers | Packer) -> None:
    for _ in range(seconds):
        clock.sleep(1.0)
        for one in people:
            one.step()


def all_orders(malls: tuple[Mall, ...]) -> int:
    return sum(len(mall.orders()) for mall in malls)


@pytest.mark.usefixtures("products")
def test_orders_arrive_at_their_rate_in_both_malls(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    shoppers = Shoppers(malls, clock, seed=1, dials=ShopperDials(rate_per_second=2.0))
    live(clock, 300, shoppers)
    tried = shoppers.counts["orders"] + shoppers.counts["refused"]
    assert 520 < tried < 680
    assert shoppers.counts["orders"] == all_orders(malls)
    assert all(len(mall.orders()) > 150 for mall in malls)
    units = [line.units for mall in malls for order in mall.orders() for line in order.lines]
    assert {1, 2, 3} == set(units)
    assert any(len(order.lines) > 1 for mall in malls for order in mall.orders())
    assert shoppers.counts["cancelled"] > 5
    assert shoppers.counts["changed"] + shoppers.counts["too_late"] > 3


def test_hot_skus_are_wanted_more_than_there_is(
    clock: VirtualClock, malls: tuple[Rakuten, Shopify], products: list[Product]
) -> None:
    hot = [product.sku for product in products if product.hot]
    dials = ShopperDials(rate_per_second=5.0, cancel_share=0.0)
    shoppers = Shoppers(malls, clock, seed=1, dials=dials, hot_skus=hot)
    live(clock, 120, shoppers)
    assert shoppers.counts["refused"] > 50
    for mall in malls:
        skus = mall.skus()
        left = Counter({skus[listing]: count for listing, count in mall.stock().items()})
        assert sum(left[sku] == 0 for sku in hot) >= 8


@pytest.mark.usefixtures("products")
def test_the_packer_ships_most_orders_some_in_two_steps(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    shoppers = Shoppers(malls, clock, seed=1, dials=ShopperDials(rate_per_second=2.0))
    packer = Packer(malls, clock, seed=2, dials=PackerDials(part_share=0.5))
    live(clock, 120, shoppers, packer)
    shoppers.stop()
    live(clock, 60, packer)
    orders = [order for mall in malls for order in mall.orders() if order.cancelled_at is None]
    shipped = [order for order in orders if order.open == 0]
    assert 0.8 < len(shipped) / len(orders) < 0.97
    assert packer.counts["units"] == sum(
        line.shipped for mall in malls for order in mall.orders() for line in order.lines
    )
    assert packer.counts["parts"] == sum(len(order.fulfillments) > 1 for order in malls[1].orders())
    assert packer.counts["parts"] > 10


@pytest.mark.usefixtures("products")
def test_nothing_is_shipped_before_the_feed_shows_it(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    for mall in malls:
        mall.visible_after = 60.0
    shoppers = Shoppers(malls, clock, seed=1)
    packer = Packer(malls, clock, seed=2, dials=PackerDials(ship_after=(0.0, 1.0)))
    live(clock, 59, shoppers, packer)
    assert packer.counts["shipped"] == 0
    live(clock, 60, shoppers, packer)
    assert packer.counts["shipped"] > 0


@pytest.mark.usefixtures("products")
def test_they_stop_on_command(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    shoppers, packer = Shoppers(malls, clock, seed=1), Packer(malls, clock, seed=2)
    live(clock, 30, shoppers, packer)
    shoppers.stop()
    packer.stop()
    before = [mall.version for mall in malls], dict(shoppers.counts), dict(packer.counts)
    live(clock, 60, shoppers, packer)
    assert before == ([mall.version for mall in malls], dict(shoppers.counts), dict(packer.counts))


def test_a_shop_without_goods_has_no_shoppers(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    shoppers = Shoppers(malls, clock)
    live(clock, 30, shoppers)
    assert not shoppers.counts


def test_the_same_seed_buys_the_same(clock: VirtualClock) -> None:
    def day() -> list[object]:
        own = VirtualClock(clock.start)
        malls = Rakuten(own), Shopify(own)
        seed_world(malls, skus=20)
        live(own, 60, Shoppers(malls, own, seed=5), Packer(malls, own, seed=6))
        return [mall.to_json() for mall in malls]

    assert day() == day()


@pytest.mark.usefixtures("products")
def test_the_history_has_no_gap(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    dials = ShopperDials(rate_per_second=5.0, cancel_share=0.2, change_share=0.2)
    live(clock, 120, Shoppers(malls, clock, seed=1, dials=dials), Packer(malls, clock, seed=2))
    for mall in malls:
        shown: Counter[Listing] = Counter()
        for change in mall.history:
            assert change.old == shown[change.listing]
            shown[change.listing] = change.new
        assert dict(shown) == mall.stock()


@pytest.mark.usefixtures("products")
def test_shopify_keeps_its_three_quantities_in_step(clock: VirtualClock, malls: tuple[Rakuten, Shopify]) -> None:
    shopify = malls[1]
    opening = {change.listing: change.new for change in shopify.history}
    dials = ShopperDials(rate_per_second=5.0, cancel_share=0.2, change_share=0.2)
    live(clock, 120, Shoppers([shopify], clock, seed=1, dials=dials), Packer([shopify], clock, seed=2))
    lines = [line for order in shopify.orders() for line in order.lines]
    for listing, level in shopify.state.levels.items():
        here = [line for line in lines if line.listing == listing]
        assert level.quantity("committed") == sum(line.open for line in here)
        assert level.quantity("on_hand") == opening[listing] - sum(line.shipped for line in here)
