"""Shopify with a number at each of its locations: how an order's lines lie there (shopify.md §6, traps 1 and 2)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from bridge.channels.shopify import facts
from bridge.channels.shopify.places import routes_of
from bridge.domain.orders import ListingKey
from tests.contract.channels.conformance import ShopifyPlacesMall

ONE, TWO, OTHER = (f"gid://shopify/Location/{number}" for number in (1, 2, 9))


@pytest.fixture
def shopify() -> ShopifyPlacesMall:
    return ShopifyPlacesMall()


def stocked(shopify: ShopifyPlacesMall, *numbers: int) -> str:
    """An item at the first locations in turn; its id."""
    item = shopify.wire(shopify.add("tea", 0))[0]
    for location, number in zip((ONE, TWO), numbers, strict=False):
        shopify.simulator.add_product((item, location), "tea", number)
    return item


def order(shopify: ShopifyPlacesMall, item: str, units: int) -> str:
    placed = shopify.simulator.order([(item, units)])
    assert placed is not None
    return placed


def line_of(shopify: ShopifyPlacesMall, wire_order: str) -> str:
    return shopify.simulator.state.orders[wire_order].lines[0].line_id


def portions(shopify: ShopifyPlacesMall, wire_order: str) -> dict[str, tuple[int, int, int]]:
    """What the bridge knows of the order's one line: by location open, shipped, taken."""
    shopify.read_orders()
    found = shopify.line(shopify.order_id(wire_order)).portions
    return {each.listing.id.partition("@")[2]: (each.open, each.shipped, each.taken) for each in found}


def test_t1_a_line_lies_where_it_was_assigned(shopify: ShopifyPlacesMall) -> None:
    item = stocked(shopify, 0, 5)
    placed = order(shopify, item, 2)
    assert portions(shopify, placed) == {"2": (2, 0, 2)}
    assert shopify.line(shopify.order_id(placed)).listing == ListingKey("shopify", f"{item.rpartition('/')[2]}@2")


def test_a_line_may_lie_at_two(shopify: ShopifyPlacesMall) -> None:
    placed = order(shopify, stocked(shopify, 2, 5), 6)
    assert portions(shopify, placed) == {"1": (2, 0, 2), "2": (4, 0, 4)}
    shopify.simulator.ship(placed, units=3)
    assert portions(shopify, placed) == {"1": (0, 2, 2), "2": (3, 1, 4)}


def test_a_shipment_leaves_from_its_own_location_also_when_an_order_shows_no_more_of_them(
    shopify: ShopifyPlacesMall,
) -> None:
    shipments = facts.PARTS_AT_ONCE + 1
    placed = order(shopify, stocked(shopify, shipments - 1, 5), shipments + 3)
    for _ in range(shipments):
        shopify.simulator.ship(placed, units=1)
    assert portions(shopify, placed) == {"1": (0, 3, 3), "2": (3, 1, 4)}


def test_a_move_is_seen_at_the_latest_when_all_that_is_open_is_looked_at(shopify: ShopifyPlacesMall) -> None:
    placed = order(shopify, stocked(shopify, 5, 5), 3)
    assert portions(shopify, placed) == {"1": (3, 0, 3)}
    shopify.clock.sleep(60)
    shopify.read_orders()
    assert shopify.simulator.assign(placed, line_of(shopify, placed), TWO, 2) == 2
    assert portions(shopify, placed) == {"1": (3, 0, 3)}  # nothing tells of it yet
    shopify.clock.sleep(facts.ROUTES_EVERY.total_seconds())
    assert portions(shopify, placed) == {"1": (1, 0, 1), "2": (2, 0, 2)}


def test_an_order_not_assigned_yet_lowers_no_number_and_is_looked_at_again(shopify: ShopifyPlacesMall) -> None:
    shopify.simulator.switches.routing_seconds = 300.0
    placed = order(shopify, stocked(shopify, 0, 5), 3)
    assert portions(shopify, placed) == {"1": (3, 0, 0)}
    for _ in range(3):  # by then no search finds it any more
        shopify.read_orders(wait=100.0)
    assert portions(shopify, placed) == {"2": (3, 0, 3)}
    asked = sum(record.operation == "RoutedOrdersById" for record in shopify.records)
    shopify.read_orders()
    assert sum(record.operation == "RoutedOrdersById" for record in shopify.records) == asked


def test_one_that_is_never_assigned_is_given_up(shopify: ShopifyPlacesMall) -> None:
    shopify.simulator.switches.routing_seconds = 1e9
    order(shopify, stocked(shopify, 0, 5), 3)
    shopify.read_orders()
    shopify.clock.sleep(facts.ROUTED_WITHIN.total_seconds())
    shopify.read_orders()
    before = len(shopify.records)
    shopify.read_orders()
    assert [record.operation for record in shopify.records[before:]] == ["RoutedOrders"]


def test_t1_what_lies_at_a_location_that_the_settings_do_not_name(shopify: ShopifyPlacesMall) -> None:
    item = stocked(shopify, 5, 5)
    shopify.simulator.add_location(OTHER, "外部倉庫")
    shopify.simulator.add_product((item, OTHER), "tea", 5)
    placed = shopify.simulator.place([((item, OTHER), 2)])
    assert placed is not None
    assert portions(shopify, placed) == {"1": (2, 0, 0)}


def test_a_counter_sale_lies_at_the_counter(shopify: ShopifyPlacesMall) -> None:
    item = stocked(shopify, 5, 5)
    placed = shopify.simulator.place([((item, TWO), 2)], source="pos")
    assert placed is not None
    assert portions(shopify, placed) == {"2": (0, 2, 2)}
    shopify.simulator.switches.routing_seconds = 1e9  # it may have no fulfillment order at all
    again = shopify.simulator.place([((item, TWO), 1)], source="pos")
    assert again is not None
    assert portions(shopify, again) == {"2": (0, 1, 1)}


@pytest.mark.parametrize(("restock", "taken"), [(True, 2), (False, 3)])
def test_withdrawn_units_go_back_where_they_were_assigned(
    shopify: ShopifyPlacesMall, restock: bool, taken: int
) -> None:
    placed = order(shopify, stocked(shopify, 0, 5), 3)
    shopify.simulator.cancel(placed, line_of(shopify, placed), 1, restock=restock)
    assert portions(shopify, placed) == {"2": (2, 0, taken)}


def test_units_withdrawn_at_two_locations_go_back_at_each(shopify: ShopifyPlacesMall) -> None:
    placed = order(shopify, stocked(shopify, 2, 5), 6)
    shopify.simulator.cancel(placed, line_of(shopify, placed), 3)
    assert portions(shopify, placed) == {"2": (3, 0, 3)}


def routed(status: str, location: str | None, remaining: int, total: int) -> dict[str, Any]:
    """A fulfillment order of the one line L."""
    line = {"remainingQuantity": remaining, "totalQuantity": total, "lineItem": {"id": "L"}}
    place = None if location is None else {"id": location}
    return {"status": status, "assignedLocation": {"location": place}, "lineItems": {"nodes": [line]}}


def test_what_was_moved_away_as_a_whole_was_not_shipped_from_there() -> None:
    """Then Shopify closes the one fulfillment order and makes another."""
    orders = [routed("CLOSED", ONE, 0, 3), routed("IN_PROGRESS", TWO, 2, 3)]
    route = routes_of(orders, ["2"])["L"]
    assert (+route.open, +route.done) == ({"2": 2}, {"2": 1})


def test_what_holds_nothing_or_lies_nowhere_is_no_route() -> None:
    assert routes_of([routed("CANCELLED", ONE, 0, 3), routed("OPEN", None, 3, 3)], []) == {}


def test_t10_a_return_may_be_restocked_at_another_location(shopify: ShopifyPlacesMall) -> None:
    placed = order(shopify, stocked(shopify, 5, 5), 3)
    shopify.simulator.ship(placed)
    shopify.simulator.return_units(placed, line_of(shopify, placed), 2, location_id=TWO)
    assert portions(shopify, placed) == {"1": (0, 3, 3), "2": (0, 0, -2)}
    assert shopify.line(shopify.order_id(placed)).taken == 1


def test_a_test_order_holds_nothing_and_explains_the_missing_units_where_they_are_missing(
    shopify: ShopifyPlacesMall,
) -> None:
    item = stocked(shopify, 5, 5)
    placed = shopify.simulator.place([((item, TWO), 2)], test=True)
    assert placed is not None
    assert portions(shopify, placed) == {"2": (0, 0, 2)}


def test_t12_an_order_with_more_lines_and_locations_than_a_page_shows(shopify: ShopifyPlacesMall) -> None:
    numbers = [shopify.add(f"tea {number}", 5) for number in range(facts.LINES_AT_ONCE + 3)]
    placed = shopify.buy(*((listing, 1) for listing in numbers))
    shopify.read_orders()
    lines = shopify.newest[placed].lines
    assert sorted(line.listing for line in lines) == sorted(numbers)
    assert {line.portions[0].taken for line in lines} == {1}
    assert "Routes" in {record.operation for record in shopify.records}


def test_a_page_too_dear_is_halved(shopify: ShopifyPlacesMall) -> None:
    shopify.simulator.switches.max_query_cost = 500
    placed = order(shopify, stocked(shopify, 0, 5), 3)
    assert portions(shopify, placed) == {"2": (3, 0, 3)}


def test_numbers_of_several_locations_go_in_one_push(shopify: ShopifyPlacesMall) -> None:
    item = stocked(shopify, 5, 5)
    number = item.rpartition("/")[2]
    at = [ListingKey("shopify", f"{number}@{place}") for place in (1, 2)]
    shopify.push({at[0]: 3, at[1]: 4})
    assert shopify.channel.read(at) == {at[0]: 3, at[1]: 4}
    [sent] = [record for record in shopify.records if record.operation == "SetQuantities"]
    assert len(json.loads(sent.sent)["variables"]["input"]["quantities"]) == 2


def test_an_older_reading_is_told_from_a_newer_one_though_nothing_was_updated(shopify: ShopifyPlacesMall) -> None:
    placed = order(shopify, stocked(shopify, 5, 5), 3)
    shopify.read_orders()
    before = shopify.newest[shopify.order_id(placed)].version
    shopify.simulator.assign(placed, line_of(shopify, placed), TWO)
    shopify.since -= timedelta(days=1)
    assert portions(shopify, placed) == {"2": (3, 0, 3)}
    assert shopify.newest[shopify.order_id(placed)].version > before
