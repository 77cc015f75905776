"""The WooCommerce simulator against its specification (own_shops_and_files.md §2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bridge.sandbox.malls.woocommerce import WooCommerce
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

TEA, CUP = ("71", ""), ("72", "")


class Client:
    """Somebody with a key."""

    def __init__(self, shop: WooCommerce) -> None:
        self.http = httpx.Client(
            base_url="https://shop.test/wp-json/wc/v3",
            auth=(shop.consumer_key, shop.consumer_secret),
            transport=WsgiTransport(app=shop),
        )

    def get(self, path: str, **query: object) -> httpx.Response:
        return self.http.get(path, params={name: str(value) for name, value in query.items()})

    def orders(self, **query: object) -> list[int]:
        return [order["id"] for order in self.get("/orders", per_page=100, **query).json()]

    def stock(self, number: int) -> Any:
        return self.get(f"/products/{number}").json()["stock_quantity"]


@pytest.fixture
def shop() -> WooCommerce:
    shop = WooCommerce(VirtualClock(), visible_after=0.0)
    shop.add_product(TEA, "tea", 10)
    shop.add_product(CUP, "cup", 5)
    return shop


@pytest.fixture
def client(shop: WooCommerce) -> Client:
    return Client(shop)


def refused(response: httpx.Response, status: int, code: str) -> bool:
    body = response.json()
    return (response.status_code, body["code"], body["data"]["status"]) == (status, code, status)


# The door.


@pytest.mark.parametrize(
    ("auth", "code"),
    [(None, "woocommerce_rest_cannot_view"), (("ck_sandbox", "no"), "woocommerce_rest_authentication_error")],
)
def test_without_its_keys_nothing_is_shown(shop: WooCommerce, auth: Any, code: str) -> None:
    stranger = httpx.Client(base_url="https://shop.test", auth=auth, transport=WsgiTransport(app=shop))
    assert refused(stranger.get("/wp-json/wc/v3/orders"), 401, code)


def test_keys_in_the_query_and_plain_permalinks(shop: WooCommerce) -> None:
    stranger = httpx.Client(base_url="https://shop.test", transport=WsgiTransport(app=shop))
    keys = {"consumer_key": "ck_sandbox", "consumer_secret": "cs_sandbox"}
    assert stranger.get("/wp-json/wc/v3/products", params=keys).status_code == 200
    shop.switches.permalinks = "plain"
    assert stranger.get("/wp-json/wc/v3/products", params=keys).headers["content-type"].startswith("text/html")
    assert len(stranger.get("/", params={**keys, "rest_route": "/wc/v3/products"}).json()) == 2


def test_a_reading_key_writes_nothing(shop: WooCommerce, client: Client) -> None:
    shop.permission = "read"
    body = {"update": [{"id": 71, "stock_quantity": 1}]}
    assert refused(client.http.post("/products/batch", json=body), 401, "woocommerce_rest_authentication_error")
    assert client.stock(71) == 10


def test_what_is_not_there(client: Client) -> None:
    assert refused(client.get("/nothing"), 404, "rest_no_route")
    assert refused(client.get("/products/9"), 404, "woocommerce_rest_product_invalid_id")
    assert refused(client.get("/orders/9"), 404, "woocommerce_rest_shop_order_invalid_id")


@pytest.mark.parametrize("query", [{"per_page": 101}, {"per_page": 0}, {"page": "x"}, {"status": "lost"}])
def test_a_parameter_out_of_its_range_is_refused(client: Client, query: dict[str, Any]) -> None:
    assert refused(client.get("/orders", **query), 400, "rest_invalid_param")


def test_ten_rows_a_page_and_the_totals_in_the_headers(shop: WooCommerce, client: Client) -> None:
    for number in range(23):
        shop.add_product((str(100 + number), ""), f"p{number}", 1)
    page = client.get("/products", page=3, orderby="id", order="asc", _fields="id,sku")
    assert [page.headers["x-wp-total"], page.headers["x-wp-totalpages"]] == ["25", "3"]
    assert page.json() == [{"id": number, "sku": f"p{number - 100}"} for number in range(118, 123)]


# Products.


def test_a_variation_is_found_below_its_product_only(shop: WooCommerce, client: Client) -> None:
    shop.add_product(("80", "81"), "shirt-red", 3)
    assert refused(client.get("/products/81"), 404, "woocommerce_rest_product_invalid_id")
    assert client.get("/products/80").json()["variations"] == [81]
    assert client.get("/products/80/variations/81").json()["stock_quantity"] == 3
    bad = client.http.post("/products/batch", json={"update": [{"id": 81, "stock_quantity": 9}]}).json()
    assert bad["update"][0]["error"]["code"] == "woocommerce_rest_product_invalid_id"


def test_a_batch_is_not_atomic(client: Client) -> None:
    rows = [{"id": 71, "stock_quantity": 4}, {"id": 999, "stock_quantity": 1}, {"id": 72, "stock_quantity": 0}]
    answer = client.http.post("/products/batch", json={"update": rows})
    assert answer.status_code == 200
    assert ["error" in row for row in answer.json()["update"]] == [False, True, False]
    assert (client.stock(71), client.stock(72)) == (4, 0)
    assert client.get("/products/72").json()["stock_status"] == "outofstock"


def test_a_batch_of_more_than_a_hundred_is_refused_whole(client: Client) -> None:
    answer = client.http.post("/products/batch", json={"update": [{"id": 71, "stock_quantity": 1}] * 101})
    assert answer.status_code == 413
    assert client.stock(71) == 10


def test_a_number_for_what_keeps_none_is_dropped_and_blanks_it(shop: WooCommerce, client: Client) -> None:
    shop.add_product(("73", ""), "pot", 7, manages=False)
    answer = client.http.post("/products/batch", json={"update": [{"id": 73, "stock_quantity": 4}]})
    assert answer.status_code == 200
    assert answer.json()["update"][0]["stock_quantity"] is None


# Orders.


@pytest.mark.parametrize(
    ("status", "left"), [("pending", 10), ("on-hold", 7), ("processing", 7), ("completed", 7), ("failed", 10)]
)
def test_which_statuses_take_stock(shop: WooCommerce, client: Client, status: str, left: int) -> None:
    shop.place([(TEA, 3)], status=status)
    assert client.stock(71) == left


@pytest.mark.parametrize(
    ("status", "left"), [("cancelled", 10), ("pending", 10), ("failed", 7), ("refunded", 7), ("trash", 7)]
)
def test_which_statuses_give_it_back(shop: WooCommerce, client: Client, status: str, left: int) -> None:
    order = shop.place([(TEA, 3)])
    assert order is not None
    shop.set_status(order, status)
    assert client.stock(71) == left


def test_stock_is_taken_once_whatever_statuses_follow(shop: WooCommerce, client: Client) -> None:
    order = shop.place([(TEA, 3)], status="on-hold")
    assert order is not None
    for status in ("processing", "on-hold", "completed"):
        shop.set_status(order, status)
    assert client.stock(71) == 7
    shop.set_status(order, "cancelled")
    shop.set_status(order, "processing")
    assert client.stock(71) == 7


def test_a_refund_leaves_the_quantity_and_shows_by_itself(shop: WooCommerce, client: Client) -> None:
    order = shop.place([(TEA, 3)])
    assert order is not None
    line = shop.orders()[0].lines[0].line_id
    shop.refund(order, {line: 2})
    shown = client.get(f"/orders/{order}").json()
    assert [(each["quantity"], each["meta_data"][0]) for each in shown["line_items"]] == [
        (3, {"id": 1, "key": "_reduced_stock", "value": "1"})
    ]
    [refund] = client.get(f"/orders/{order}/refunds").json()
    assert refund["id"] == shown["refunds"][0]["id"]
    assert [(row["quantity"], row["meta_data"][0]["value"]) for row in refund["line_items"]] == [(-2, line)]
    assert client.stock(71) == 9


def test_lists_leave_the_trash_out_unless_it_is_asked_for(shop: WooCommerce, client: Client) -> None:
    kept, gone = shop.place([(TEA, 1)]), shop.place([(TEA, 1)])
    assert kept is not None
    assert gone is not None
    shop.set_status(gone, "trash")
    assert client.orders() == client.orders(status="any") == [int(kept)]
    assert client.orders(status="trash") == [int(gone)]


def test_naive_times_are_the_sites_unless_told_to_be_utc(shop: WooCommerce, client: Client) -> None:
    order = shop.place([(TEA, 1)])
    assert order is not None
    shown = client.get(f"/orders/{order}").json()
    assert shown["date_modified"] == "2026-11-23T10:00:00"
    assert shown["date_modified_gmt"] == "2026-11-23T01:00:00"
    before = shop.clock.now() - timedelta(seconds=1)
    assert client.orders(modified_after=f"{before:%Y-%m-%dT%H:%M:%S}", dates_are_gmt="true") == [int(order)]
    later = before + timedelta(hours=1)
    assert client.orders(modified_after=f"{later:%Y-%m-%dT%H:%M:%S}", dates_are_gmt="true") == []
    assert client.orders(modified_after=f"{later:%Y-%m-%dT%H:%M:%S}") == [int(order)]
    assert client.orders(modified_after="2026-11-23T01:00:00", dates_are_gmt="true") == []  # the bound is left out


def test_older_versions_know_no_order_by_modified(shop: WooCommerce, client: Client) -> None:
    assert client.get("/orders", orderby="modified").status_code == 200
    shop.switches.orders_by_modified = False
    assert refused(client.get("/orders", orderby="modified"), 400, "rest_invalid_param")


def test_a_shopper_may_buy_below_zero_where_backorders_are_taken(shop: WooCommerce, client: Client) -> None:
    shop.add_product(("74", ""), "kettle", 1, backorders="yes")
    assert shop.place([(("74", ""), 3)])
    assert client.stock(74) == -2
    assert shop.place([(TEA, 11)]) is None


def test_its_whole_state_survives_a_restart(shop: WooCommerce) -> None:
    order = shop.place([(TEA, 3), (CUP, 1)])
    assert order is not None
    shop.refund(order, {shop.orders()[0].lines[0].line_id: 1})
    again = WooCommerce(shop.clock)
    again.load_json(shop.to_json())
    assert (again.orders(), again.stock(), again.history) == (shop.orders(), shop.stock(), shop.history)
