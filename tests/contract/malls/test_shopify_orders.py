"""Orders, refunds and fulfillments, and what they do to Shopify's stock (shopify.md §5.6, §6)."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.shopify.records import gid
from tests.contract.malls.clients import LOCATION, ShopifyClient

ORDERS = """query($q: String, $after: String, $first: Int = 5) {
  orders(first: $first, after: $after, query: $q, sortKey: UPDATED_AT) { nodes {
    id name createdAt updatedAt cancelledAt cancelReason closedAt test confirmed edited sourceName
    displayFinancialStatus displayFulfillmentStatus retailLocation { id }
    lineItems(first: 30) { nodes { id sku quantity currentQuantity unfulfilledQuantity nonFulfillableQuantity
      refundableQuantity variant { id } } pageInfo { hasNextPage endCursor } } }
    pageInfo { hasNextPage endCursor } } }"""
ONE = """query($id: ID!) { order(id: $id) { updatedAt
  refunds(first: 5) { createdAt refundLineItems(first: 5) {
    nodes { quantity restockType restocked location { id } lineItem { sku } } } }
  fulfillments(first: 5) { id totalQuantity fulfillmentLineItems(first: 5) { nodes { quantity lineItem { sku } } } }
  fulfillmentOrders(first: 5) { nodes { status assignedLocation { location { id } }
    lineItems(first: 5) { nodes { totalQuantity remainingQuantity sku inventoryItemId } } } } } }"""


def orders(client: ShopifyClient, query: str | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.data(ORDERS, q=query)["orders"]["nodes"]
    return found


def one(client: ShopifyClient, order_id: str) -> dict[str, Any]:
    order: dict[str, Any] = client.data(ONE, id=order_id)["order"]
    return order


def placed(client: ShopifyClient, *wanted: tuple[Listing, int], **more: Any) -> str:
    """An order that the feed shows by now."""
    order_id = client.mall.place(wanted, **more)
    assert order_id is not None
    client.clock.sleep(client.mall.visible_after)
    return order_id


def line_ids(client: ShopifyClient, order_id: str) -> list[str]:
    return [line.line_id for line in client.mall.state.orders[order_id].lines]


def test_an_order_takes_from_available_at_once_and_shows_later(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.visible_after = 30.0
    order_id = shopify.mall.buy(listing, 3)
    assert shopify.quantities(listing) == {"available": 7, "committed": 3, "on_hand": 10}
    assert orders(shopify) == []
    shopify.clock.sleep(30)
    (order,) = orders(shopify)
    assert order["id"] == order_id
    assert (order["name"], order["test"], order["confirmed"], order["sourceName"]) == ("#1001", False, True, "web")
    assert (order["displayFinancialStatus"], order["displayFulfillmentStatus"]) == ("PAID", "UNFULFILLED")
    assert order["createdAt"] == "2026-11-23T01:00:00Z"
    (line,) = order["lineItems"]["nodes"]
    assert (line["sku"], line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) == ("TEA-001", 3, 3, 3)
    assert line["variant"] == {"id": gid("ProductVariant", 1)}


def test_the_mall_sells_no_more_than_it_shows_unless_it_may(shopify: ShopifyClient) -> None:
    strict, loose = shopify.product(1, 2), shopify.product(2, 2, policy="CONTINUE")
    untracked, draft = shopify.product(3, 0, tracked=False), shopify.product(4, 5, status="DRAFT")
    idle = shopify.product(5, 5, active=False)
    assert shopify.mall.buy(strict, 3) is None
    assert shopify.mall.buy(draft, 1) is None
    assert shopify.mall.buy(idle, 1) is None
    assert shopify.mall.place([(strict, 1), (loose, 1), (strict, 2)]) is None
    assert shopify.mall.buy(loose, 3)
    assert shopify.mall.stock()[loose] == -1
    assert shopify.mall.buy(untracked, 3)
    assert shopify.mall.stock()[untracked] == 0


def test_fulfilling_takes_from_committed_and_on_hand(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    order_id = placed(shopify, (listing, 3))
    assert shopify.mall.ship(order_id, line_ids(shopify, order_id)[0], 1) == 1
    assert shopify.quantities(listing) == {"available": 7, "committed": 2, "on_hand": 9}
    (order,) = orders(shopify)
    assert order["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert order["lineItems"]["nodes"][0]["unfulfilledQuantity"] == 2
    assert shopify.mall.ship(order_id) == 2
    assert shopify.mall.ship(order_id) == 0
    shopify.clock.sleep(5)
    (order,) = orders(shopify)
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    assert order["closedAt"] is not None
    assert order["lineItems"]["nodes"][0]["currentQuantity"] == 3
    assert [part["totalQuantity"] for part in one(shopify, order_id)["fulfillments"]] == [1, 2]


def test_a_sale_over_the_counter_leaves_at_once(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    placed(shopify, (listing, 2), source="pos")
    assert shopify.quantities(listing) == {"available": 8, "committed": 0, "on_hand": 8}
    (order,) = orders(shopify)
    assert (order["sourceName"], order["retailLocation"]) == ("pos", {"id": LOCATION})
    assert order["displayFulfillmentStatus"] == "FULFILLED"


def test_a_test_order_takes_stock_too(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    placed(shopify, (listing, 2), test=True)
    assert orders(shopify)[0]["test"] is True
    assert shopify.mall.stock()[listing] == 8


def test_a_pending_payment_holds_the_stock(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    placed(shopify, (listing, 2), financial_status="PENDING")
    assert orders(shopify)[0]["displayFinancialStatus"] == "PENDING"
    assert shopify.quantities(listing)["committed"] == 2


# Cancelling, refunding, editing


@pytest.mark.parametrize(("restock", "kind", "left"), [(True, "CANCEL", 10), (False, "NO_RESTOCK", 7)])
def test_a_cancellation_restocks_or_not(shopify: ShopifyClient, restock: bool, kind: str, left: int) -> None:
    listing = shopify.product()
    order_id = placed(shopify, (listing, 3))
    assert shopify.mall.cancel(order_id, restock=restock) == 3
    shopify.clock.sleep(5)
    assert shopify.quantities(listing) == {"available": left, "committed": 0, "on_hand": left}
    (order,) = orders(shopify)
    assert (order["cancelReason"], order["displayFinancialStatus"]) == ("CUSTOMER", "REFUNDED")
    assert order["cancelledAt"] is not None
    (line,) = order["lineItems"]["nodes"]
    assert (line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) == (3, 0, 0)
    (refund,) = one(shopify, order_id)["refunds"]
    place = {"id": LOCATION} if restock else None
    assert refund["refundLineItems"]["nodes"] == [
        {"quantity": 3, "restockType": kind, "restocked": restock, "location": place, "lineItem": {"sku": "TEA-001"}}
    ]


def test_a_part_is_refunded_before_it_was_shipped(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    order_id = placed(shopify, (listing, 3))
    assert shopify.mall.cancel(order_id, line_ids(shopify, order_id)[0], 1) == 1
    (line,) = orders(shopify)[0]["lineItems"]["nodes"]
    assert (line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) == (3, 2, 2)
    assert (line["nonFulfillableQuantity"], line["refundableQuantity"]) == (1, 2)
    assert orders(shopify)[0]["cancelledAt"] is None
    shopify.mall.switches.unfulfilled_counts_removed = True
    assert orders(shopify)[0]["lineItems"]["nodes"][0]["unfulfilledQuantity"] == 3


@pytest.mark.parametrize(("restock", "kind", "left"), [(True, "RETURN", 8), (False, "NO_RESTOCK", 7)])
def test_a_return_after_shipping(shopify: ShopifyClient, restock: bool, kind: str, left: int) -> None:
    listing = shopify.product()
    order_id = placed(shopify, (listing, 3))
    shopify.mall.ship(order_id)
    assert shopify.mall.cancel(order_id) == 0
    shopify.mall.return_units(order_id, line_ids(shopify, order_id)[0], 1, restock)
    assert shopify.mall.stock()[listing] == left
    (refund,) = one(shopify, order_id)["refunds"]
    assert refund["refundLineItems"]["nodes"][0]["restockType"] == kind
    assert orders(shopify)[0]["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert orders(shopify)[0]["lineItems"]["nodes"][0]["currentQuantity"] == 2


def test_an_edit_removes_units_and_adds_lines(shopify: ShopifyClient) -> None:
    tea, pot = shopify.product(1), shopify.product(2)
    order_id = placed(shopify, (tea, 3))
    shopify.mall.edit_units(order_id, line_ids(shopify, order_id)[0], 1)
    shopify.mall.add_line(order_id, pot, 2)
    (order,) = orders(shopify)
    assert order["edited"] is True
    seen = [
        (line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) for line in order["lineItems"]["nodes"]
    ]
    assert seen == [(3, 1, 1), (2, 2, 2)]
    assert shopify.mall.stock() == {tea: 9, pot: 8}


def test_a_deleted_variant_leaves_the_sku(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    placed(shopify, (listing, 1))
    shopify.mall.delete_variant(listing[0])
    (line,) = orders(shopify)[0]["lineItems"]["nodes"]
    assert (line["variant"], line["sku"]) == (None, "TEA-001")
    assert shopify.mall.stock() == {}


def test_fulfillment_orders_tell_the_location(shopify: ShopifyClient) -> None:
    second = shopify.mall.add_location(gid("Location", 2), "渋谷店")
    here, there = shopify.product(1), shopify.product(2, location=second)
    order_id = placed(shopify, (here, 2), (there, 1))
    shopify.mall.ship(order_id, line_ids(shopify, order_id)[0], 1)
    found = one(shopify, order_id)["fulfillmentOrders"]["nodes"]
    assert [(part["status"], part["assignedLocation"]["location"]["id"]) for part in found] == [
        ("IN_PROGRESS", LOCATION),
        ("OPEN", second),
    ]
    (line,) = found[0]["lineItems"]["nodes"]
    assert line == {"totalQuantity": 2, "remainingQuantity": 1, "sku": "TEA-001", "inventoryItemId": here[0]}
    shopify.mall.cancel(order_id)
    assert [part["status"] for part in one(shopify, order_id)["fulfillmentOrders"]["nodes"]] == ["CANCELLED"] * 2


# The feed


def test_orders_page_by_the_time_of_their_last_change(shopify: ShopifyClient) -> None:
    listing = shopify.product(stock=100)
    ids = [placed(shopify, (listing, 1)) for _ in range(7)]
    shopify.mall.touch_order(ids[0])
    shopify.clock.sleep(5)
    first = shopify.data(ORDERS, first=5)["orders"]
    second = shopify.data(ORDERS, first=5, after=first["pageInfo"]["endCursor"])["orders"]
    assert [one["id"] for one in first["nodes"] + second["nodes"]] == [*ids[1:], ids[0]]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, False)
    newest = "{ orders(first: 1, reverse: true, sortKey: CREATED_AT) { nodes { id } } }"
    assert shopify.data(newest)["orders"]["nodes"] == [{"id": ids[-1]}]
    default = "{ orders(first: 9) { nodes { id } } }"
    assert [one["id"] for one in shopify.data(default)["orders"]["nodes"]] == ids


def test_a_change_is_found_only_after_the_index_saw_it(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    order_id = placed(shopify, (listing, 2))
    shopify.clock.sleep(55)
    shopify.mall.ship(order_id)
    since = "updated_at:>='2026-11-23T01:00:30Z'"
    assert orders(shopify, since) == []
    assert one(shopify, order_id)["updatedAt"] == "2026-11-23T01:01:00Z"  # by id it is there at once
    shopify.clock.sleep(5)
    assert [order["id"] for order in orders(shopify, since)] == [order_id]


def test_filters(shopify: ShopifyClient) -> None:
    listing, other = shopify.product(1), shopify.product(2)
    opened = placed(shopify, (listing, 1))
    cancelled = placed(shopify, (listing, 1), financial_status="PENDING")
    counter = placed(shopify, (other, 1), source="pos", test=True)
    shopify.mall.cancel(cancelled)
    shopify.clock.sleep(5)

    def found(query: str) -> list[str]:
        return [order["id"] for order in orders(shopify, query)]

    assert found("status:open") == [opened]
    assert found("status:cancelled") == [cancelled]
    assert set(found("status:closed")) == {cancelled, counter}
    assert found("status:not_closed") == [opened]
    assert found("test:true") == [counter]
    assert found("source_name:pos") == [counter]
    assert found("financial_status:refunded") == [cancelled]
    assert found("fulfillment_status:fulfilled") == [counter]
    assert found("sku:TEA-002") == [counter]
    assert found("name:#1003") == found("#1003")
    assert found(f"id:{opened.rsplit('/', 1)[1]}") == [opened]
    assert len(found("location_id:1")) == 3
    assert len(found("created_at:>='2026-11-23T01:00:05Z'")) == 2
    assert len(found("status:any")) == 3
    shopify.mall.switches.unfiltered_hides_closed = True
    assert found("test:false") == [opened]


def test_orders_of_60_days_only(shopify: ShopifyClient) -> None:
    order_id = placed(shopify, (shopify.product(), 1))
    shopify.clock.sleep(61 * 24 * 3600)
    assert orders(shopify) == []
    assert shopify.data(ONE, id=order_id)["order"] is None
    shopify.mall.switches.scopes |= {"read_all_orders"}
    assert len(orders(shopify)) == 1


def test_more_than_30_lines_are_paged(shopify: ShopifyClient) -> None:
    wanted = [(shopify.product(number), 1) for number in range(1, 43)]
    order_id = placed(shopify, *wanted)
    lines = orders(shopify)[0]["lineItems"]
    assert (len(lines["nodes"]), lines["pageInfo"]["hasNextPage"]) == (30, True)
    more = """query($id: ID!, $after: String) { order(id: $id) { lineItems(first: 30, after: $after) {
      nodes { sku } pageInfo { hasNextPage } } } }"""
    rest = shopify.data(more, id=order_id, after=lines["pageInfo"]["endCursor"])["order"]["lineItems"]
    assert [line["sku"] for line in rest["nodes"]] == [f"TEA-{number:03d}" for number in range(31, 43)]
