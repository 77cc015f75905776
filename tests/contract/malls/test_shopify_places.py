"""The simulated Shopify with several locations: what is assigned where, and what a move does (shopify.md §5.6, §6)."""

from __future__ import annotations

import json

import pytest

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.shop import Shopify
from bridge.sandbox.malls.shopify.switches import ALL_SCOPES, ROUTES_SCOPE
from tests.contract.malls.clients import ShopifyClient

ONE, TWO = (f"gid://shopify/Location/{number}" for number in (1, 2))
ORDER = """query($id: ID!) { order(id: $id) { updatedAt
  fulfillments(first: 5) { location { id } totalQuantity }
  fulfillmentOrders(first: 5) { nodes { id status assignedLocation { location { id } }
    lineItems(first: 5) { nodes { totalQuantity remainingQuantity lineItem { id } } } } } } }"""

Places = dict[str, tuple[str, int, int]]


def stocked(shopify: ShopifyClient, number: int, *units: int) -> str:
    """An item at the first locations in turn; its id."""
    if TWO not in shopify.mall.state.locations:
        shopify.mall.add_location(TWO, "渋谷店")
    for location, count in zip((ONE, TWO), units, strict=False):
        shopify.product(number, stock=count, location=location)
    return f"gid://shopify/InventoryItem/{number}"


def ordered(shopify: ShopifyClient, *wanted: tuple[str, int]) -> str:
    placed = shopify.mall.order(wanted)
    assert placed is not None
    shopify.clock.sleep(shopify.mall.visible_after)
    return placed


def lies(shopify: ShopifyClient, order: str) -> Places:
    """By location: the status of its fulfillment order, and units in all and remaining."""
    nodes = shopify.data(ORDER, id=order)["order"]["fulfillmentOrders"]["nodes"]
    found = {}
    for node in nodes:
        lines = node["lineItems"]["nodes"]
        total, left = (sum(line[name] for line in lines) for name in ("totalQuantity", "remainingQuantity"))
        found[node["assignedLocation"]["location"]["id"]] = (node["status"], total, left)
    return found


def available(shopify: ShopifyClient, item: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """available and committed at both locations."""
    numbers = [shopify.quantities((item, location)) for location in (ONE, TWO)]
    first, second = [(each["available"], each["committed"]) for each in numbers]
    return first, second


def line(shopify: ShopifyClient, order: str) -> str:
    return shopify.mall.state.orders[order].lines[0].line_id


def test_an_order_goes_to_the_first_location_that_has_it_all(shopify: ShopifyClient) -> None:
    tea, cup = stocked(shopify, 1, 5, 5), stocked(shopify, 2, 0, 5)
    order = ordered(shopify, (tea, 1), (cup, 1))
    assert lies(shopify, order) == {TWO: ("OPEN", 2, 2)}
    assert available(shopify, tea) == ((5, 0), (4, 1))


def test_where_none_has_it_all_each_item_goes_to_the_first_that_has_it(shopify: ShopifyClient) -> None:
    tea, cup = stocked(shopify, 1, 5, 0), stocked(shopify, 2, 0, 5)
    assert lies(shopify, ordered(shopify, (tea, 2), (cup, 1))) == {ONE: ("OPEN", 2, 2), TWO: ("OPEN", 1, 1)}


def test_what_no_location_has_whole_is_split(shopify: ShopifyClient) -> None:
    tea = stocked(shopify, 1, 3, 2)
    assert shopify.mall.order([(tea, 6)]) is None
    order = ordered(shopify, (tea, 4))
    assert lies(shopify, order) == {ONE: ("OPEN", 3, 3), TWO: ("OPEN", 1, 1)}
    assert available(shopify, tea) == ((0, 3), (1, 1))


def test_a_move_puts_the_units_back_on_sale_where_they_were(shopify: ShopifyClient) -> None:
    tea = stocked(shopify, 1, 5, 5)
    order = ordered(shopify, (tea, 3))
    before = shopify.data(ORDER, id=order)["order"]["updatedAt"]
    shopify.clock.sleep(60)
    assert shopify.mall.assign(order, line(shopify, order), TWO, 2) == 2
    assert lies(shopify, order) == {ONE: ("OPEN", 1, 1), TWO: ("OPEN", 2, 2)}
    assert available(shopify, tea) == ((4, 1), (3, 2))
    assert shopify.data(ORDER, id=order)["order"]["updatedAt"] == before
    shopify.mall.switches.moves_touch_orders = True
    shopify.mall.assign(order, line(shopify, order), ONE)
    assert lies(shopify, order) == {ONE: ("OPEN", 3, 3)}
    assert shopify.data(ORDER, id=order)["order"]["updatedAt"] > before


def test_each_location_ships_its_own(shopify: ShopifyClient) -> None:
    tea = stocked(shopify, 1, 3, 2)
    order = ordered(shopify, (tea, 5))
    shopify.mall.ship(order, units=4)
    assert lies(shopify, order) == {ONE: ("CLOSED", 3, 0), TWO: ("IN_PROGRESS", 2, 1)}
    shipped = shopify.data(ORDER, id=order)["order"]["fulfillments"]
    assert [(each["location"]["id"], each["totalQuantity"]) for each in shipped] == [(ONE, 3), (TWO, 1)]
    assert available(shopify, tea) == ((0, 0), (0, 1))


@pytest.mark.parametrize("restock", [True, False])
def test_a_cancellation_frees_each_location(shopify: ShopifyClient, restock: bool) -> None:
    tea = stocked(shopify, 1, 3, 2)
    order = ordered(shopify, (tea, 4))
    assert shopify.mall.cancel(order, restock=restock) == 4
    assert available(shopify, tea) == (((3, 0), (2, 0)) if restock else ((0, 0), (1, 0)))


def test_fewer_units_ordered_free_what_was_assigned(shopify: ShopifyClient) -> None:
    tea = stocked(shopify, 1, 3, 2)
    order = ordered(shopify, (tea, 5))
    shopify.mall.edit_units(order, line(shopify, order), 1)
    assert available(shopify, tea) == ((3, 0), (1, 1))


def test_an_order_is_assigned_some_time_after_it_was_placed(shopify: ShopifyClient) -> None:
    shopify.mall.switches.routing_seconds = 60.0
    order = ordered(shopify, (stocked(shopify, 1, 3, 2), 1))
    assert lies(shopify, order) == {}
    shopify.clock.sleep(60)
    assert lies(shopify, order) == {ONE: ("OPEN", 1, 1)}


def test_fulfillment_orders_need_a_right_of_their_own(shopify: ShopifyClient) -> None:
    order = ordered(shopify, (stocked(shopify, 1, 3, 2), 1))
    shopify.mall.switches.scopes = ALL_SCOPES - {ROUTES_SCOPE}
    assert shopify.ask(ORDER, id=order)["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


def test_what_lies_where_survives_a_restart(shopify: ShopifyClient) -> None:
    order = ordered(shopify, (stocked(shopify, 1, 3, 2), 4))
    kept = json.loads(json.dumps(shopify.mall.to_json()))
    again = Shopify(shopify.clock)
    again.load_json(kept)
    listing: Listing = ("gid://shopify/InventoryItem/1", ONE)
    assert again.state.orders[order].lines[0].open_at == {ONE: 3, TWO: 1}
    assert again.stock()[listing] == 0
