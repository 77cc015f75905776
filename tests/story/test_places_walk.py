"""Orders at two locations of Shopify, moved about at random: no unit is put on sale twice, nothing is booked twice."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from bridge.channels.shopify import facts
from bridge.domain.invariants import exactly_once
from bridge.sandbox.malls.shopify.shop import FIRST_LOCATION
from tests.story.test_places import SHOP_LOCATION, PlacesWorld

STOCK = (6, 4, 0)
ACTS = 20


def act(shop: PlacesWorld, random: Random) -> None:
    mall, places = shop.sandbox.shopify, (FIRST_LOCATION, SHOP_LOCATION)
    item = shop.item("A")
    open_orders = [order for order in mall.orders() if order.open]
    kind = random.choice(["order", "order", "counter", "ship", "cancel", "edit", "move", "move", "move", "wait"])
    if kind == "order":
        mall.order([(item, random.randint(1, 3))])
    elif kind == "counter":
        mall.place([((item, SHOP_LOCATION), 1)], source="pos")
    elif kind == "wait":
        shop.clock.sleep(random.choice([30, facts.ROUTES_EVERY.total_seconds()]))
    elif open_orders:
        order = random.choice(open_orders)
        line = order.lines[0]
        units = random.randint(1, line.open)
        if kind == "ship":
            mall.ship(order.id, line.line_id, units)
        elif kind == "cancel":
            mall.cancel(order.id, line.line_id, units)
        elif kind == "move":
            mall.assign(order.id, line.line_id, random.choice(places), units)
        elif line.open > 1:
            mall.edit_units(order.id, line.line_id, line.units - 1)


def left(shop: PlacesWorld) -> int:
    """What nobody has bought."""
    lines = [line for order in shop.sandbox.shopify.orders() for line in order.lines]
    return sum(STOCK) - sum(line.units - line.cancelled for line in lines)


@pytest.mark.parametrize("seed", range(3))
def test_no_unit_is_put_on_sale_twice_however_orders_are_moved_about(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    shop = PlacesWorld(tmp_path / "ledger.sqlite", {"A": STOCK})
    shop.sandbox.shopify.switches.moves_touch_orders = seed == 1
    shop.sandbox.shopify.switches.routing_seconds = random.choice([0.0, 20.0, 100.0])
    shop.go_live()
    for _ in range(ACTS):
        act(shop, random)
        if random.random() < 0.7:
            shop.rounds(1)
        assert sum(shop.at("A")) <= left(shop)
    shop.clock.sleep(facts.ROUTES_EVERY.total_seconds())
    shop.settle()
    shop.settle()
    with shop.service.ledger.read() as tx:
        assert [broken for state in tx.orders.all().values() for broken in exactly_once(state)] == []
    assert sum(shop.at("A")) == shop.shown("rakuten", "A") == left(shop)
    assert shop.service.reconcile() == []
