"""Reading locations, variants, items and levels (shopify.md §4)."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.sandbox.malls.shopify.records import gid
from tests.contract.malls.clients import LOCATION, ShopifyClient

LOCATIONS = """query($legacy: Boolean!) { locations(first: 50, includeInactive: true, includeLegacy: $legacy) {
  nodes { name isActive isFulfillmentService } } }"""
VARIANTS = """query($q: String, $after: String) { productVariants(first: 3, after: $after, query: $q) {
  nodes { id sku inventoryPolicy inventoryQuantity product { id status }
    inventoryItem { id tracked sku duplicateSkuCount } }
  pageInfo { hasNextPage endCursor } } }"""
LEVELS = """query($loc: ID!, $q: String, $inactive: Boolean) { location(id: $loc) {
  inventoryLevels(first: 100, query: $q, includeInactive: $inactive) { nodes { id isActive updatedAt
    item { id sku tracked } location { name }
    quantities(names: ["available", "committed", "on_hand"]) { name quantity updatedAt } } } } }"""


def variants(client: ShopifyClient, query: str | None = None) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = client.data(VARIANTS, q=query)["productVariants"]["nodes"]
    return nodes


def levels(client: ShopifyClient, **variables: Any) -> list[dict[str, Any]]:
    found = client.data(LEVELS, loc=LOCATION, **variables)["location"]["inventoryLevels"]["nodes"]
    return list(found)


def test_locations(shopify: ShopifyClient) -> None:
    shopify.mall.add_location(gid("Location", 2), "渋谷店")
    shopify.mall.add_location(gid("Location", 3), "閉店", active=False)
    shopify.mall.add_location(gid("Location", 4), "Amazon FBA", fulfillment_service=True)

    def names(legacy: bool) -> list[str]:
        return [one["name"] for one in shopify.data(LOCATIONS, legacy=legacy)["locations"]["nodes"]]

    assert sorted(names(False)) == sorted(["本社倉庫", "渋谷店", "閉店"])
    assert "Amazon FBA" in names(True)
    assert len(shopify.data("{ locations(first: 9) { nodes { id } } }")["locations"]["nodes"]) == 2
    assert shopify.data("{ location { name } }")["location"]["name"] == "本社倉庫"
    assert shopify.data('{ location(id: "gid://shopify/Location/99") { name } }')["location"] is None


def test_variants_page_by_cursor(shopify: ShopifyClient) -> None:
    for number in (2, 10, 1, 30, 4):
        shopify.product(number)
    first = shopify.data(VARIANTS)["productVariants"]
    assert [one["sku"] for one in first["nodes"]] == ["TEA-001", "TEA-002", "TEA-004"]
    assert first["pageInfo"]["hasNextPage"] is True
    shopify.mall.delete_variant(gid("InventoryItem", 1))
    second = shopify.data(VARIANTS, after=first["pageInfo"]["endCursor"])["productVariants"]
    assert [one["sku"] for one in second["nodes"]] == ["TEA-010", "TEA-030"]
    assert second["pageInfo"]["hasNextPage"] is False
    backwards = "{ productVariants(last: 2) { nodes { sku } pageInfo { hasPreviousPage hasNextPage } } }"
    last = shopify.data(backwards)["productVariants"]
    assert [one["sku"] for one in last["nodes"]] == ["TEA-010", "TEA-030"]
    assert last["pageInfo"] == {"hasPreviousPage": True, "hasNextPage": False}
    assert "errors" in shopify.ask(VARIANTS, after="???")


def test_a_variant_and_its_item(shopify: ShopifyClient) -> None:
    listing = shopify.product(7, 3, policy="CONTINUE", status="DRAFT")
    shopify.mall.add_location(gid("Location", 2), "渋谷店")
    shopify.product(7, 4, gid("Location", 2))
    (variant,) = variants(shopify)
    assert variant == {
        "id": "gid://shopify/ProductVariant/7",
        "sku": "TEA-007",
        "inventoryPolicy": "CONTINUE",
        "inventoryQuantity": 7,
        "product": {"id": "gid://shopify/Product/7", "status": "DRAFT"},
        "inventoryItem": {"id": listing[0], "tracked": True, "sku": "TEA-007", "duplicateSkuCount": 0},
    }


def test_skus_are_not_unique_and_their_search_is_loose(shopify: ShopifyClient) -> None:
    for number, sku in enumerate(("TEA-1", "tea-1", "TEA-1-RED", "TEA-10", "", None), start=1):
        shopify.mall.add_product((gid("InventoryItem", number), LOCATION), sku, 1)
    assert [one["sku"] for one in variants(shopify, 'sku:"TEA-1"')] == ["TEA-1", "tea-1", "TEA-1-RED"]
    assert [one["sku"] for one in variants(shopify, 'sku:"TEA-10" OR id:6')] == ["TEA-10", None]
    shopify.mall.state.items[gid("InventoryItem", 2)].sku = "TEA-1"
    counts = [one["inventoryItem"]["duplicateSkuCount"] for one in variants(shopify, "sku:TEA-1")]
    assert counts == [1, 1, 0]


def test_quotes_are_escaped_in_a_search(shopify: ShopifyClient) -> None:
    shopify.mall.add_product((gid("InventoryItem", 1), LOCATION), 'say "tea"', 1)
    assert len(variants(shopify, r'sku:"say \"tea\""')) == 1


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("updated_at:>='2026-11-23T01:00:00Z'", 1),
        ("updated_at:>'2026-11-23T01:00:00Z'", 0),
        ("updated_at:<=2026-11-23T10:00:00+09:00", 1),
        ("product_status:active", 1),
        ("product_status:draft", 0),
        ("-product_status:draft", 1),
        ("NOT product_status:active", 0),
        ("managed:true AND id:1", 1),
        ("managed:false", 0),
        ("tea", 1),
        ("coffee", 0),
        ("updated_at:>='yesterday'", 0),
        ("(sku:TEA-001)", 1),
    ],
)
def test_search_terms(shopify: ShopifyClient, query: str, count: int) -> None:
    shopify.product()
    shopify.mall.state.items[gid("InventoryItem", 1)].sku = "TEA"
    shopify.mall.state.items[gid("InventoryItem", 1)].sku = "TEA-001"
    assert len(variants(shopify, query)) == count


def test_an_unknown_search_field_is_ignored_with_a_warning(shopify: ShopifyClient) -> None:
    shopify.product()
    body = shopify.ask(VARIANTS, q="colour:red")
    assert len(body["data"]["productVariants"]["nodes"]) == 1
    (notice,) = body["extensions"]["search"]
    assert notice["path"] == ["productVariants"]
    assert notice["warnings"][0]["field"] == "colour"
    assert "search" not in shopify.ask(VARIANTS, q="sku:x")["extensions"]


def test_levels_of_a_location(shopify: ShopifyClient) -> None:
    listing = shopify.product(7, 3)
    shopify.product(8, 5, active=False)
    (level,) = levels(shopify)
    assert level["id"] == "gid://shopify/InventoryLevel/1?inventory_item_id=7"
    assert level["item"] == {"id": listing[0], "sku": "TEA-007", "tracked": True}
    assert {one["name"]: one["quantity"] for one in level["quantities"]} == {
        "available": 3,
        "committed": 0,
        "on_hand": 3,
    }
    assert len(levels(shopify, inactive=True)) == 2
    assert levels(shopify, q="inventory_item_id:8") == []
    assert len(levels(shopify, q="updated_at:>='2026-11-23T01:00:00Z'")) == 1


def test_a_level_that_is_not_stocked(shopify: ShopifyClient) -> None:
    shopify.mall.add_location(gid("Location", 2), "渋谷店")
    item, _ = shopify.product(7, 3, active=False)
    query = """query($id: ID!, $loc: ID!, $all: Boolean!) {
      inventoryItem(id: $id) { inventoryLevel(locationId: $loc, includeInactive: $all) { isActive } } }"""

    def level(location: str, all_levels: bool) -> Any:
        return shopify.data(query, id=item, loc=location, all=all_levels)["inventoryItem"]["inventoryLevel"]

    assert level(LOCATION, False) is None
    assert level(LOCATION, True) == {"isActive": False}
    assert level(gid("Location", 2), True) is None


def test_several_things_by_id_at_once(shopify: ShopifyClient) -> None:
    item, _ = shopify.product(7, 3)
    query = """query($ids: [ID!]!) { nodes(ids: $ids) { id ... on InventoryItem { sku }
      ... on InventoryLevel { isActive } } }"""
    level = "gid://shopify/InventoryLevel/1?inventory_item_id=7"
    ids = [item, "gid://shopify/InventoryItem/99", level, LOCATION, "gid://shopify/Metafield/1"]
    found = shopify.data(query, ids=ids)["nodes"]
    assert found == [{"id": item, "sku": "TEA-007"}, None, {"id": level, "isActive": True}, {"id": LOCATION}, None]
    assert shopify.data("query($id: ID!) { node(id: $id) { id } }", id=item)["node"] == {"id": item}
    assert shopify.data("query($id: ID!) { inventoryLevel(id: $id) { isActive } }", id=level)["inventoryLevel"]


def test_a_wrong_quantity_name(shopify: ShopifyClient) -> None:
    item, location = shopify.product()
    query = """query($id: ID!, $loc: ID!) { inventoryItem(id: $id) { inventoryLevel(locationId: $loc) {
      quantities(names: ["sellable"]) { name } } } }"""
    assert shopify.code(query, id=item, loc=location) == "BAD_REQUEST"


def test_an_untracked_item_has_no_quantity_in_its_variant(shopify: ShopifyClient) -> None:
    shopify.product(tracked=False)
    (variant,) = variants(shopify)
    assert variant["inventoryQuantity"] is None
    assert variant["inventoryItem"]["tracked"] is False
