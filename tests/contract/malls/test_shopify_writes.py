"""Writing quantities: compare-and-set, all or nothing, once (shopify.md §5)."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.malls.shopify.records import gid
from tests.contract.malls.clients import ADJUST, LOCATION, SET, ShopifyClient, codes, delta, quantity

SECOND = gid("Location", 2)


def test_setting_available_changes_on_hand_by_as_much(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.buy(listing, 3)
    payload = shopify.set(quantity(listing, 5, 7), referenceDocumentUri="gid://our-wms/StockPush/8841")
    assert payload["userErrors"] == []
    item, location = {"id": listing[0]}, {"id": LOCATION}
    assert payload["inventoryAdjustmentGroup"]["changes"] == [
        {"name": "available", "delta": -2, "quantityAfterChange": 5, "item": item, "location": location},
        {"name": "on_hand", "delta": -2, "quantityAfterChange": 8, "item": item, "location": location},
    ]
    assert shopify.quantities(listing) == {"available": 5, "committed": 3, "on_hand": 8}


def test_setting_on_hand_leaves_what_is_committed(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.buy(listing, 3)
    assert codes(shopify.set(quantity(listing, 20, 10), name="on_hand")) == []
    assert shopify.quantities(listing) == {"available": 17, "committed": 3, "on_hand": 20}


def test_a_sale_after_the_read_makes_the_push_stale(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.buy(listing, 1)
    payload = shopify.set(quantity(listing, 12, 10))
    assert payload == {
        "inventoryAdjustmentGroup": None,
        "userErrors": [
            {
                "code": "CHANGE_FROM_QUANTITY_STALE",
                "field": ["input", "quantities", "0", "changeFromQuantity"],
                "message": "The changeFromQuantity value does not match persisted value.",
            }
        ],
    }
    assert shopify.mall.stock()[listing] == 9


def test_null_compares_nothing(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    assert codes(shopify.set(quantity(listing, 12, None))) == []
    assert shopify.mall.stock()[listing] == 12


def test_setting_what_is_there_may_answer_no_group(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    assert shopify.set(quantity(listing, 10, 10)) == {"inventoryAdjustmentGroup": None, "userErrors": []}
    shopify.mall.switches.no_op_group = True
    assert shopify.set(quantity(listing, 10, 10))["inventoryAdjustmentGroup"]["changes"]


def test_all_or_nothing(shopify: ShopifyClient) -> None:
    good, stale = shopify.product(1), shopify.product(2)
    assert codes(shopify.set(quantity(good, 5, 10), quantity(stale, 5, 9))) == ["CHANGE_FROM_QUANTITY_STALE"]
    assert set(shopify.mall.stock().values()) == {10}
    shopify.mall.switches.batch = "partial"
    shopify.set(quantity(good, 5, 10), quantity(stale, 5, 9))
    assert shopify.mall.stock() == {good: 5, stale: 10}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"inventoryItemId": "gid://shopify/InventoryItem/99"}, "INVALID_INVENTORY_ITEM", "inventoryItemId"),
        ({"locationId": "gid://shopify/Location/99"}, "INVALID_LOCATION", "locationId"),
        ({"quantity": -1}, "INVALID_QUANTITY_NEGATIVE", "quantity"),
        ({"quantity": 1_000_000_001}, "INVALID_QUANTITY_TOO_HIGH", "quantity"),
    ],
)
def test_each_wrong_row_is_named(shopify: ShopifyClient, change: dict[str, Any], code: str, field: str) -> None:
    good, listing = shopify.product(1), shopify.product(2)
    payload = shopify.set(quantity(good, 5, 10), quantity(listing, 5, None) | change)
    (error,) = payload["userErrors"]
    assert (error["code"], error["field"]) == (code, ["input", "quantities", "1", field])
    assert shopify.mall.stock()[good] == 10


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name": "committed"}, "INVALID_NAME"),
        ({"reason": "because"}, "INVALID_REASON"),
        ({"referenceDocumentUri": "no uri"}, "INVALID_REFERENCE_DOCUMENT"),
    ],
)
def test_a_wrong_request(shopify: ShopifyClient, change: dict[str, str], code: str) -> None:
    listing = shopify.product()
    assert codes(shopify.set(quantity(listing, 5, 10), **change)) == [code]
    assert shopify.mall.stock()[listing] == 10


def test_a_pair_stands_once_in_a_batch(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    assert codes(shopify.set(quantity(listing, 5), quantity(listing, 6))) == [
        "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    ]


def test_a_bundles_stock_follows_its_components(shopify: ShopifyClient) -> None:
    listing = shopify.product(bundle=True)
    assert codes(shopify.set(quantity(listing, 5))) == ["NON_MUTABLE_INVENTORY_ITEM"]


def test_places_that_others_count_or_that_are_closed(shopify: ShopifyClient) -> None:
    shopify.mall.add_location(SECOND, "FBA", fulfillment_service=True)
    closed = shopify.mall.add_location(gid("Location", 3), "閉店", active=False)
    item, _ = shopify.product()
    for location in (SECOND, closed):
        assert codes(shopify.set(quantity((item, location), 5))) == ["INVALID_LOCATION"]


def test_an_item_that_is_not_stocked_there(shopify: ShopifyClient) -> None:
    shopify.mall.add_location(SECOND, "渋谷店")
    item, _ = shopify.product()
    row = quantity((item, SECOND), 5)
    assert codes(shopify.set(row, version="2026-07")) == ["ITEM_NOT_STOCKED_AT_LOCATION"]
    assert codes(shopify.set(row, version="2026-10")) == []
    assert shopify.mall.stock()[item, SECOND] == 5
    other, _ = shopify.product(2, active=False)
    shopify.mall.switches.unstocked = "error"
    assert codes(shopify.set(quantity((other, LOCATION), 5))) == ["ITEM_NOT_STOCKED_AT_LOCATION"]
    shopify.mall.switches.unstocked = "connect"
    assert codes(shopify.set(quantity((other, LOCATION), 5), version="2026-07")) == []


def test_250_rows_at_most(shopify: ShopifyClient) -> None:
    rows = [quantity(shopify.product(number), 5, 10) for number in range(1, 252)]
    assert codes(shopify.set(*rows[:250])) == []
    given = {"name": "available", "reason": "correction", "quantities": rows}
    assert shopify.code(SET, input=given, key="k") == "MAX_INPUT_SIZE_EXCEEDED"


# What the schema can't say


def test_change_from_quantity_must_be_present(shopify: ShopifyClient) -> None:
    row = quantity(shopify.product(), 5)
    del row["changeFromQuantity"]
    given = {"name": "available", "reason": "correction", "quantities": [row]}
    for version in ("2026-04", "2026-07", "2026-10"):
        body = shopify.ask(SET, version, input=given, key="k")
        assert body["errors"][0]["extensions"]["code"] == "INVALID_FIELD_ARGUMENTS"
        assert body["data"] == {"inventorySetQuantities": None}
    assert codes(shopify.set(row, version="2026-01")) == []


def test_the_directive_is_mandatory(shopify: ShopifyClient) -> None:
    given = {"name": "available", "reason": "correction", "quantities": [quantity(shopify.product(), 5)]}
    without = SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    body = shopify.ask(without, input=given)
    assert body["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "@idempotent" in body["errors"][0]["message"]
    assert body["data"] == {"inventorySetQuantities": None}
    assert "errors" not in shopify.ask(without, "2026-01", input=given)


@pytest.mark.parametrize("key", ["", "  ", "k" * 256])
def test_a_key_that_is_none(shopify: ShopifyClient, key: str) -> None:
    given = {"name": "available", "reason": "correction", "quantities": [quantity(shopify.product(), 5)]}
    assert shopify.code(SET, input=given, key=key) == "BAD_REQUEST"


def test_the_directive_is_refused_where_it_is_not_documented(shopify: ShopifyClient) -> None:
    item, _ = shopify.product()
    update = """mutation($id: ID!) { inventoryItemUpdate(id: $id, input: {tracked: false}) @idempotent(key: "k") {
      inventoryItem { tracked } } }"""
    assert shopify.code(update, id=item) == "BAD_REQUEST"


# Once


def test_the_same_key_is_carried_out_once(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    first = shopify.set(quantity(listing, 5, 10), key="k")
    shopify.mall.buy(listing, 1)
    assert shopify.set(quantity(listing, 5, 10), key="k") == first
    assert shopify.mall.stock()[listing] == 4
    assert shopify.mall.write_count == 2


def test_an_error_is_replayed_too(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    assert codes(shopify.set(quantity(listing, 5, 9), key="k")) == ["CHANGE_FROM_QUANTITY_STALE"]
    shopify.mall.buy(listing, 1)
    assert codes(shopify.set(quantity(listing, 5, 9), key="k")) == ["CHANGE_FROM_QUANTITY_STALE"]
    shopify.mall.switches.failed_key = "failed"
    assert codes(shopify.set(quantity(listing, 5, 9), key="k")) == ["IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"]


def test_a_key_with_other_arguments(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.set(quantity(listing, 5, 10), key="k")
    assert codes(shopify.set(quantity(listing, 6, 5), key="k")) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert codes(shopify.adjust(delta(listing, 1, 5), key="k")) == ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH"]
    assert shopify.mall.stock()[listing] == 5


def test_a_key_still_in_flight(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.hold_key("k")
    assert codes(shopify.set(quantity(listing, 5, 10), key="k")) == ["IDEMPOTENCY_CONCURRENT_REQUEST"]
    shopify.mall.release_key("k")
    assert codes(shopify.set(quantity(listing, 5, 10), key="k")) == []


def test_a_key_is_remembered_for_a_day(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.set(quantity(listing, 5, 10), key="k")
    shopify.clock.sleep(24 * 3600 + 1)
    assert codes(shopify.set(quantity(listing, 6, 5), key="k")) == []


# Adjusting, connecting, tracking


def test_adjusting(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    payload = shopify.adjust(delta(listing, -3, 10))
    assert payload["inventoryAdjustmentGroup"]["changes"] == [
        {"name": "available", "delta": -3},
        {"name": "on_hand", "delta": -3},
    ]
    assert codes(shopify.adjust(delta(listing, -3, 10))) == ["CHANGE_FROM_QUANTITY_STALE"]
    damaged = delta(listing, 2, None, ledgerDocumentUri="gid://our-wms/Report/1")
    assert codes(shopify.adjust(damaged, name="damaged")) == []
    assert shopify.quantities(listing) == {"available": 7, "committed": 0, "on_hand": 9}
    assert codes(shopify.adjust(delta(listing, -20))) == []  # below zero is allowed here
    assert shopify.mall.stock()[listing] == -13


@pytest.mark.parametrize(
    ("name", "uris", "code"),
    [
        ("on_hand", [None], "INVALID_QUANTITY_NAME"),
        ("available", ["gid://our-wms/R/1"], "INVALID_AVAILABLE_DOCUMENT"),
        ("damaged", [None], "INVALID_QUANTITY_DOCUMENT"),
        ("damaged", ["no uri"], "INVALID_LEDGER_DOCUMENT"),
        ("damaged", ["gid://shopify/Order/1"], "INTERNAL_LEDGER_DOCUMENT"),
        ("damaged", ["gid://our-wms/R/1", "gid://our-wms/R/2"], "MAX_ONE_LEDGER_DOCUMENT"),
    ],
)
def test_ledger_documents(shopify: ShopifyClient, name: str, uris: list[str | None], code: str) -> None:
    rows = [delta(shopify.product(number), 1, None, ledgerDocumentUri=uri) for number, uri in enumerate(uris, start=1)]
    assert code in codes(shopify.adjust(*rows, name=name))
    assert set(shopify.mall.stock().values()) == {10}


@pytest.mark.parametrize(
    ("by", "code"), [(2_000_000_001, "INVALID_QUANTITY_TOO_HIGH"), (-2_000_000_001, "INVALID_QUANTITY_TOO_LOW")]
)
def test_adjustments_have_bounds(shopify: ShopifyClient, by: int, code: str) -> None:
    assert codes(shopify.adjust(delta(shopify.product(), by))) == [code]


def test_adjusting_has_the_same_runtime_rules(shopify: ShopifyClient) -> None:
    row = delta(shopify.product(), 1)
    given = {"name": "available", "reason": "correction", "changes": [row]}
    assert shopify.code(ADJUST, input=given, key=" ") == "BAD_REQUEST"
    del row["changeFromQuantity"]
    assert shopify.code(ADJUST, input=given, key="k") == "INVALID_FIELD_ARGUMENTS"


ACTIVATE = """mutation($item: ID!, $loc: ID!, $available: Int, $onHand: Int, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $loc, available: $available, onHand: $onHand)
  @idempotent(key: $key) { inventoryLevel { isActive } userErrors { field message } } }"""


def activate(client: ShopifyClient, item: str, location: str, version: str = "2026-10", **more: Any) -> dict[str, Any]:
    variables = {"item": item, "loc": location, "key": client.fresh_key()} | more
    payload: dict[str, Any] = client.ask(ACTIVATE, version, **variables)["data"]["inventoryActivate"]
    return payload


def test_connecting_an_item_to_a_location(shopify: ShopifyClient) -> None:
    shopify.mall.add_location(SECOND, "渋谷店")
    item, _ = shopify.product()
    done = {"inventoryLevel": {"isActive": True}, "userErrors": []}
    assert activate(shopify, item, SECOND, available=4) == done
    assert shopify.mall.stock()[item, SECOND] == 4
    assert activate(shopify, item, SECOND) == done
    assert activate(shopify, item, SECOND, available=9)["userErrors"]
    assert activate(shopify, item, gid("Location", 9))["userErrors"][0]["field"] == ["locationId"]
    assert activate(shopify, gid("InventoryItem", 99), SECOND)["userErrors"][0]["field"] == ["inventoryItemId"]
    assert activate(shopify, item, LOCATION, available=1, onHand=1)["userErrors"]


def test_connecting_again_keeps_the_quantity_since_2026_04(shopify: ShopifyClient) -> None:
    kept, _ = shopify.product(1, 6, active=False)
    lost, _ = shopify.product(2, 6, active=False)
    counted, _ = shopify.product(3, 6, active=False)
    activate(shopify, kept, LOCATION)
    activate(shopify, lost, LOCATION, "2026-01")
    activate(shopify, counted, LOCATION, onHand=8)
    assert list(shopify.mall.stock().values()) == [6, 0, 8]


def test_tracking_is_switched_on(shopify: ShopifyClient) -> None:
    item, _ = shopify.product(tracked=False)
    update = """mutation($id: ID!) { inventoryItemUpdate(id: $id, input: {tracked: true}) {
      inventoryItem { tracked } userErrors { message } } }"""
    assert shopify.data(update, id=item)["inventoryItemUpdate"]["inventoryItem"] == {"tracked": True}
    missing = shopify.data(update, id=gid("InventoryItem", 99))["inventoryItemUpdate"]
    assert missing["userErrors"]


def test_webhook_subscriptions(shopify: ShopifyClient) -> None:
    create = """mutation($uri: String!) { webhookSubscriptionCreate(topic: ORDERS_CREATE,
      webhookSubscription: {uri: $uri, format: JSON}) { webhookSubscription { id topic uri } userErrors { field } } }"""
    hook = shopify.data(create, uri="https://bridge.example/hook")["webhookSubscriptionCreate"]["webhookSubscription"]
    assert hook["topic"] == "ORDERS_CREATE"
    assert shopify.data(create, uri="ftp://x")["webhookSubscriptionCreate"]["userErrors"]
    listed = "{ webhookSubscriptions(first: 5) { nodes { id uri } } }"
    assert shopify.data(listed)["webhookSubscriptions"]["nodes"] == [{"id": hook["id"], "uri": hook["uri"]}]
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId userErrors { message } } }"""
    assert shopify.data(delete, id=hook["id"])["webhookSubscriptionDelete"]["userErrors"] == []
    assert shopify.data(delete, id=hook["id"])["webhookSubscriptionDelete"]["userErrors"]


def test_writes_are_counted_by_operation(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.quantities(listing)
    shopify.data("{ orders(first: 1) { nodes { id } } }")
    assert shopify.mall.write_count == 0
    shopify.set(quantity(listing, 5, 10))
    shopify.set(quantity(listing, 5, 10))
    assert shopify.mall.write_count == 2
