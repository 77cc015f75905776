"""What the malls' documents say a client does, and no more: the tests see the simulators through these."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import httpx

from bridge.sandbox.malls.amazon import Amazon
from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.rakuten import Rakuten
from bridge.sandbox.malls.shopify import Shopify
from bridge.sandbox.malls.shopify.records import gid
from tests.support.amazon_models import Judged
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

LOCATION = gid("Location", 1)


class RakutenClient:
    """Leaves a second between two calls, as the limits ask for, unless `hurry` is set."""

    def __init__(self, mall: Rakuten, clock: VirtualClock) -> None:
        self.mall = mall
        self.clock = clock
        self.hurry = False
        self.headers = {"Authorization": esa("SP123456_sandbox", "SL123456_sandbox")}
        self.http = httpx.Client(transport=httpx.WSGITransport(app=mall), base_url="https://rms")

    def product(self, sku: str = "TEA-001", stock: int = 10, **more: Any) -> Listing:
        return self.mall.add_product((sku.lower(), "v1"), sku, stock, **more)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json; charset=utf-8",
        **more: Any,
    ) -> httpx.Response:
        if not self.hurry:
            self.clock.sleep(1.0)
        headers = self.headers | ({} if body is None else {"Content-Type": content_type})
        if isinstance(body, str | bytes):
            return self.http.request(method, path, content=body, headers=headers, **more)
        return self.http.request(method, path, json=body, headers=headers, **more)

    def upsert(self, *rows: Any, version: str = "2.0") -> httpx.Response:
        return self.call("POST", f"/es/{version}/inventories/bulk-upsert", {"inventories": list(rows)})

    def read(self, *keys: Listing, version: str = "2.0") -> list[dict[str, Any]]:
        rows = [{"manageNumber": key[0], "variantId": key[1]} for key in keys]
        answer = self.call("POST", f"/es/{version}/inventories/bulk-get", {"inventories": rows})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["inventories"]
        return found

    def search(self, **fields: Any) -> httpx.Response:
        window = {"startDatetime": "2026-11-01T00:00:00+0900", "endDatetime": "2026-11-30T23:59:59+0900"}
        body = {"dateType": 1} | window | fields
        return self.call("POST", "/es/2.0/order/searchOrder/", {key: body[key] for key in body if body[key] != "gone"})

    def get(self, *numbers: str, version: Any = 7) -> httpx.Response:
        return self.call("POST", "/es/2.0/order/getOrder/", {"orderNumberList": list(numbers), "version": version})

    def order(self, number: str, version: int = 7) -> dict[str, Any]:
        model: dict[str, Any] = self.get(number, version=version).json()["OrderModelList"][0]
        return model


def esa(secret: str, key: str) -> str:
    return "ESA " + b64encode(f"{secret}:{key}".encode()).decode()


def row(manage_number: str, quantity: Any, mode: str = "ABSOLUTE", variant: str = "v1", **more: Any) -> dict[str, Any]:
    return {"manageNumber": manage_number, "variantId": variant, "mode": mode, "quantity": quantity} | more


SET = """mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id reason changes { name delta quantityAfterChange item { id } location { id } } }
    userErrors { code field message } } }"""
ADJUST = """mutation Adjust($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { changes { name delta } } userErrors { code field message } } }"""


class ShopifyClient:
    def __init__(self, mall: Shopify, clock: VirtualClock) -> None:
        self.mall = mall
        self.clock = clock
        self.headers = {"X-Shopify-Access-Token": "shpat_sandbox"}
        self.http = httpx.Client(transport=httpx.WSGITransport(app=mall), base_url="https://shop")
        self._keys = 0

    def product(self, number: int = 1, stock: int = 10, location: str = LOCATION, **more: Any) -> Listing:
        return self.mall.add_product((gid("InventoryItem", number), location), f"TEA-{number:03d}", stock, **more)

    def post(self, query: str, version: str = "2026-10", **variables: Any) -> httpx.Response:
        body = {"query": query, "variables": variables}
        return self.http.post(f"/admin/api/{version}/graphql.json", json=body, headers=self.headers)

    def ask(self, query: str, version: str = "2026-10", **variables: Any) -> dict[str, Any]:
        """The whole answer."""
        answer = self.post(query, version, **variables)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        """`data` of an answer without errors."""
        body = self.ask(query, **variables)
        assert "errors" not in body, body
        data: dict[str, Any] = body["data"]
        return data

    def code(self, query: str, version: str = "2026-10", **variables: Any) -> str:
        """The code of the one top-level error."""
        (error,) = self.ask(query, version, **variables)["errors"]
        code: str = error["extensions"]["code"]
        return code

    def set(
        self,
        *rows: dict[str, Any],
        key: str | None = None,
        version: str = "2026-10",
        name: str = "available",
        **more: Any,
    ) -> dict[str, Any]:
        """The payload of inventorySetQuantities."""
        given = {"name": name, "reason": "correction", "quantities": list(rows)} | more
        body = self.ask(SET, version, input=given, key=key or self.fresh_key())
        payload: dict[str, Any] = body["data"]["inventorySetQuantities"]
        return payload

    def adjust(self, *rows: dict[str, Any], key: str | None = None, **more: Any) -> dict[str, Any]:
        given = {"name": "available", "reason": "correction", "changes": list(rows)} | more
        body = self.ask(ADJUST, input=given, key=key or self.fresh_key())
        payload: dict[str, Any] = body["data"]["inventoryAdjustQuantities"]
        return payload

    def fresh_key(self) -> str:
        self._keys += 1
        return f"key-{self._keys}"

    def quantities(self, listing: Listing) -> dict[str, int]:
        query = """query($id: ID!, $loc: ID!) { inventoryItem(id: $id) {
            inventoryLevel(locationId: $loc, includeInactive: true) {
              quantities(names: ["available", "committed", "on_hand"]) { name quantity } } } }"""
        level = self.data(query, id=listing[0], loc=listing[1])["inventoryItem"]["inventoryLevel"]
        return {one["name"]: one["quantity"] for one in level["quantities"]}


def quantity(listing: Listing, wanted: int, expected: int | None = None) -> dict[str, Any]:
    pair = {"inventoryItemId": listing[0], "locationId": listing[1]}
    return pair | {"quantity": wanted, "changeFromQuantity": expected}


def delta(listing: Listing, by: int, expected: int | None = None, **more: Any) -> dict[str, Any]:
    pair = {"inventoryItemId": listing[0], "locationId": listing[1]}
    return pair | {"delta": by, "changeFromQuantity": expected} | more


def codes(payload: dict[str, Any]) -> list[str]:
    return [error["code"] for error in payload["userErrors"]]


JAPAN = "A1VC38T7YXB528"
SEARCH = {"marketplaceIds": JAPAN, "includedData": "FULFILLMENT,CANCELLATION", "createdAfter": "2026-11-01T00:00:00Z"}
MERGE = "/attributes/fulfillment_availability"


class AmazonClient:
    """Every answer is held against the official models where they are there."""

    def __init__(self, mall: Amazon, clock: VirtualClock) -> None:
        self.mall = mall
        self.clock = clock
        self.judged = Judged(mall, requests=False)
        self.http = httpx.Client(transport=WsgiTransport(app=self.judged), base_url="https://amazon")
        self.grant = {
            "grant_type": "refresh_token",
            "refresh_token": "Atzr|sandbox",
            "client_id": mall.client_id,
            "client_secret": "amzn1.oa2-cs.v1.sandbox",
        }
        self.headers = {"x-amz-access-token": self.token().json()["access_token"]}

    def product(self, sku: str = "TEA-001", stock: int = 10, channel: str = "DEFAULT", **more: Any) -> Listing:
        return self.mall.add_product((sku, channel), sku, stock, **more)

    def token(self, **more: str) -> httpx.Response:
        return self.http.post("/auth/o2/token", data=self.grant | more)

    def call(self, method: str, path: str, body: Any = None, **query: str) -> httpx.Response:
        return self.http.request(method, path, json=body, params=query, headers=self.headers)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.call("GET", path, **query)

    def search(self, **query: str) -> httpx.Response:
        """`gone` leaves a parameter out."""
        asked = SEARCH | query
        return self.get("/orders/2026-01-01/orders", **{name: asked[name] for name in asked if asked[name] != "gone"})

    def found(self, **query: str) -> list[dict[str, Any]]:
        answer = self.search(**query)
        assert answer.status_code == 200, answer.text
        orders: list[dict[str, Any]] = answer.json()["orders"]
        return orders

    def order(self, number: str, included: str = "FULFILLMENT,CANCELLATION") -> dict[str, Any]:
        order: dict[str, Any] = self.get(f"/orders/2026-01-01/orders/{number}", includedData=included).json()["order"]
        return order

    def item_path(self, sku: str) -> str:
        return f"/listings/2021-08-01/items/{self.mall.seller}/{quote(sku, safe='')}"

    def item(self, sku: str, included: str = "summaries,fulfillmentAvailability,attributes,issues") -> dict[str, Any]:
        answer = self.get(self.item_path(sku), marketplaceIds=JAPAN, includedData=included)
        assert answer.status_code == 200, answer.text
        item: dict[str, Any] = answer.json()
        return item

    def patch(self, sku: str, quantity: Any, op: str = "merge", **query: str) -> dict[str, Any]:
        value = {"fulfillment_channel_code": "DEFAULT", "quantity": quantity}
        answer = self.patch_raw(sku, {"op": op, "path": MERGE, "value": [value]}, **query)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def patch_raw(self, sku: str, patch: Any, **query: str) -> httpx.Response:
        body = {"productType": "PRODUCT", "patches": [patch]}
        return self.call("PATCH", self.item_path(sku), body, marketplaceIds=JAPAN, **query)
