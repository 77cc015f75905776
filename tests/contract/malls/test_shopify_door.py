"""Tokens, versions, HTTP errors and the cost of a query (shopify.md §1, §2, §3)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bridge.sandbox.malls.shopify.api import supported_versions
from bridge.sandbox.malls.shopify.switches import ALL_SCOPES
from tests.contract.malls.clients import SET, ShopifyClient, quantity

SHOP = "{ shop { myshopifyDomain } }"
TOKEN = "/admin/oauth/access_token"
GRANT = {"grant_type": "client_credentials", "client_id": "sandbox-client", "client_secret": "sandbox-secret"}


# Versions


def test_four_quarters_are_supported_and_one_is_a_candidate() -> None:
    now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    assert supported_versions(now) == ["2026-01", "2026-04", "2026-07", "2026-10", "2027-01", "unstable"]
    before, after = datetime(2027, 1, 1, 16, 59, tzinfo=UTC), datetime(2027, 1, 1, 17, 0, tzinfo=UTC)
    assert supported_versions(before)[0] == "2026-01"
    assert supported_versions(after)[0] == "2026-04"


@pytest.mark.parametrize(
    ("asked", "served"),
    [("2026-10", "2026-10"), ("2026-01", "2026-01"), ("2025-10", "2026-01"), ("2019-04", "2026-01")],
)
def test_an_expired_version_falls_forward(shopify: ShopifyClient, asked: str, served: str) -> None:
    answer = shopify.post(SHOP, asked)
    assert answer.json()["data"] == {"shop": {"myshopifyDomain": "sandbox.myshopify.com"}}
    assert answer.headers["X-Shopify-API-Version"] == served
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("version", ["2027-04", "2026-02", "next"])
def test_a_version_that_is_none_is_404(shopify: ShopifyClient, version: str) -> None:
    assert shopify.post(SHOP, version).status_code == 404


# Tokens


def test_without_a_token_errors_is_a_string(shopify: ShopifyClient) -> None:
    shopify.headers = {}
    answer = shopify.post(SHOP)
    assert answer.status_code == 401
    message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    assert answer.json() == {"errors": message}


@pytest.mark.parametrize("as_json", [False, True])
def test_client_credentials_give_a_token_of_a_day(shopify: ShopifyClient, as_json: bool) -> None:
    answer = shopify.http.post(TOKEN, json=GRANT) if as_json else shopify.http.post(TOKEN, data=GRANT)
    body = answer.json()
    assert (answer.status_code, body["expires_in"]) == (200, 86399)
    assert set(body["scope"].split(",")) == ALL_SCOPES
    shopify.headers = {"X-Shopify-Access-Token": body["access_token"]}
    assert shopify.post(SHOP).status_code == 200
    shopify.clock.sleep(86_399)
    assert shopify.post(SHOP).status_code == 200
    shopify.clock.sleep(1)
    assert shopify.post(SHOP).status_code == 401


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_id": "x"}, 400, "application_cannot_be_found"),
        ({"client_secret": "x"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_wrong_credentials(shopify: ShopifyClient, change: dict[str, str], status: int, error: str) -> None:
    answer = shopify.http.post(TOKEN, data=GRANT | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"]


def test_a_store_of_another_organisation(shopify: ShopifyClient) -> None:
    shopify.mall.switches.token_error = "shop_not_permitted"
    assert shopify.http.post(TOKEN, data=GRANT).json()["error"] == "shop_not_permitted"


def test_a_missing_scope_denies_the_field(shopify: ShopifyClient) -> None:
    shopify.mall.switches.scopes = frozenset({"read_inventory"})
    body = shopify.ask("{ orders(first: 1) { nodes { id } } }")
    assert body["data"] is None
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert "read_orders" in body["errors"][0]["message"]
    listing = shopify.product()
    given = {"name": "available", "reason": "correction", "quantities": [quantity(listing, 5)]}
    body = shopify.ask(SET, input=given, key="k")
    assert body["data"] == {"inventorySetQuantities": None}
    assert body["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert shopify.mall.stock()[listing] == 10
    shopify.mall.switches.scopes = frozenset({"write_inventory"})  # implies reading
    assert shopify.data("{ inventoryItems(first: 1) { nodes { id } } }")
    assert shopify.data("{ locations(first: 1) { nodes { id } } }")


@pytest.mark.parametrize("status", [402, 403, 423, 503])
def test_a_shop_that_does_not_answer(shopify: ShopifyClient, status: int) -> None:
    shopify.mall.switches.http_error = status
    assert shopify.post(SHOP).status_code == status


# Documents


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"query":7}', b'{"query":"{shop{id}}","variables":3}'])
def test_a_body_that_is_none_is_400(shopify: ShopifyClient, body: bytes) -> None:
    answer = shopify.http.post("/admin/api/2026-10/graphql.json", content=body, headers=shopify.headers)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ shop { nope } }", "undefinedField"),
        ("{ shop(id: 1) { id } }", "argumentNotAccepted"),
        ("{ order { id } }", "missingRequiredArguments"),
        ("query($q: Int) { order(id: $q) { id } }", "variableMismatch"),
        ("{ shop }", "selectionMismatch"),
        ("{ shop { id ", "syntaxError"),
        ("query @idempotent(key: 1) { shop { id } }", "directiveCannotBeApplied"),
    ],
)
def test_an_invalid_document_is_a_200_with_a_code(shopify: ShopifyClient, query: str, code: str) -> None:
    body = shopify.ask(query)
    assert code in [error["extensions"]["code"] for error in body["errors"]]
    assert "data" not in body


def test_a_wrong_variable(shopify: ShopifyClient) -> None:
    body = shopify.ask("query($n: Int!) { orders(first: $n) { nodes { id } } }", n="many")
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert error["extensions"]["problems"]
    assert "data" not in body


def test_an_operation_is_chosen_by_name(shopify: ShopifyClient) -> None:
    query = "query A { shop { id } } query B { shop { name } }"
    body = {"query": query, "operationName": "B"}
    answer = shopify.http.post("/admin/api/2026-10/graphql.json", json=body, headers=shopify.headers)
    assert answer.json()["data"] == {"shop": {"name": "sandbox"}}
    assert "errors" in shopify.ask(query)


# Cost


def cost_of(client: ShopifyClient, query: str) -> tuple[int, int]:
    cost = client.ask(query)["extensions"]["cost"]
    return cost["requestedQueryCost"], cost["actualQueryCost"]


def test_what_a_query_costs(shopify: ShopifyClient) -> None:
    shopify.product()
    assert cost_of(shopify, "{ shop { id name } }") == (1, 1)
    assert cost_of(shopify, "{ productVariants(first: 100) { nodes { id sku } } }") == (102, 3)
    assert cost_of(
        shopify, "{ productVariants(first: 10) { edges { cursor node { id } } pageInfo { endCursor } } }"
    ) == (12, 3)
    nested = "{ productVariants(first: 10) { nodes { inventoryItem { inventoryLevels(first: 5) { nodes { id } } } } } }"
    assert cost_of(shopify, nested) == (2 + 10 * (1 + 1 + 2 + 5), 2 + 1 + 1 + 2 + 1)
    fragment = "{ productVariants(first: 10) { nodes { ...F } } } fragment F on ProductVariant { product { id } }"
    assert cost_of(shopify, fragment) == (22, 4)
    assert cost_of(shopify, "query($n: Int = 7) { productVariants(first: $n) { nodes { id } } }") == (9, 3)


def test_more_than_1000_points_are_refused_for_good(shopify: ShopifyClient) -> None:
    query = "{ orders(first: 50) { nodes { lineItems(first: 50) { nodes { id } } } } }"
    assert shopify.code(query) == "MAX_COST_EXCEEDED"
    assert "data" not in shopify.ask(query)


def test_an_empty_bucket_is_a_200_with_throttled_and_fills_again(shopify: ShopifyClient) -> None:
    for number in range(1, 251):
        shopify.product(number)
    query = "{ productVariants(first: 250) { nodes { id product { id } } } }"  # 502 points
    for _ in range(3):
        assert "errors" not in shopify.ask(query)
    body = shopify.ask(query)
    assert body["errors"][0]["message"] == "Throttled"
    assert body["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in body
    cost = body["extensions"]["cost"]
    assert cost["actualQueryCost"] is None
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": 494.0, "restoreRate": 100.0}
    assert cost["throttleStatus"] == status
    shopify.clock.sleep(0.08)
    assert "errors" not in shopify.ask(query)


def test_a_throttled_write_was_not_carried_out_and_its_key_is_fresh(shopify: ShopifyClient) -> None:
    listing = shopify.product()
    shopify.mall.switches.bucket = 5.0
    given = {"name": "available", "reason": "correction", "quantities": [quantity(listing, 5)]}
    assert shopify.code(SET, input=given, key="k") == "THROTTLED"
    shopify.mall.switches.throttle = False
    assert shopify.mall.stock()[listing] == 10
    shopify.ask(SET, input=given, key="k")
    assert shopify.mall.stock()[listing] == 5


def test_a_page_has_250_entries_at_most(shopify: ShopifyClient) -> None:
    for query in (
        "{ productVariants(first: 251) { nodes { id } } }",
        "{ productVariants { nodes { id } } }",
        "{ productVariants(first: -1) { nodes { id } } }",
    ):
        assert shopify.code(query) == "BAD_REQUEST", query
    ids = ",".join(['"gid://shopify/Order/1"'] * 251)
    assert shopify.code("{ nodes(ids: [" + ids + "]) { id } }") == "MAX_INPUT_SIZE_EXCEEDED"
