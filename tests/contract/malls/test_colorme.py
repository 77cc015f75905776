"""The Color Me simulator against its specification (own_shops_and_files.md §3)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from bridge.sandbox.malls.colorme import ColorMe
from tests.support.virtual_clock import VirtualClock
from tests.support.wsgi_transport import WsgiTransport

TEA = ("71", "")
RED, BLUE = ("80", "81"), ("80", "82")
DAY = 86_400.0


class Client:
    def __init__(self, shop: ColorMe, token: str = "") -> None:
        self.shop = shop
        self.http = httpx.Client(
            base_url="https://colorme.test/v1",
            headers={"Authorization": f"Bearer {token or shop.token}"},
            transport=WsgiTransport(app=shop),
        )

    def get(self, path: str, **query: object) -> Any:
        return self.http.get(path, params={name: str(value) for name, value in query.items()}).json()

    def sales(self, **query: object) -> list[int]:
        return [sale["id"] for sale in self.get("/sales", **query)["sales"]]

    def stocks(self, number: int) -> Any:
        product = self.get(f"/products/{number}")["product"]
        return product["stocks"], [variant["stocks"] for variant in product["variants"]]


@pytest.fixture
def shop() -> ColorMe:
    shop = ColorMe(VirtualClock(), visible_after=0.0)
    shop.add_product(TEA, "tea", 10)
    shop.add_product(RED, "red", 4, options=("赤", "S"))
    shop.add_product(BLUE, "blue", 3, options=("青", "S"))
    return shop


@pytest.fixture
def client(shop: ColorMe) -> Client:
    return Client(shop)


def codes(response: httpx.Response) -> list[int]:
    return [error["code"] for error in response.json()["errors"]]


def test_without_its_token_nothing_is_shown(shop: ColorMe) -> None:
    assert codes(Client(shop, "x").http.get("/sales")) == [401010]
    shop.switches.plan_allows = False
    assert codes(Client(shop).http.get("/sales")) == [401200]


def test_errors(client: Client) -> None:
    assert codes(client.http.get("/nothing")) == [404100]
    assert codes(client.http.put("/sales", json={})) == [404100]
    assert codes(client.http.put("/products/71", json={})) == [422210]
    assert codes(client.http.put("/products/71", content=b"{")) == [500000]
    assert codes(client.http.put("/products/71", json={"product": {"stocks": -1}})) == [422014]
    assert codes(client.http.get("/products", params={"ids[]": "71"})) == [500000]


def test_the_path_may_end_in_json(client: Client) -> None:
    assert client.get("/products/71.json") == client.get("/products/71")


def test_what_the_filters_do_not_understand_is_ignored(client: Client) -> None:
    assert len(client.get("/products", ids="x")["products"]) == len(client.get("/products", idz="71")["products"]) == 2
    assert [each["id"] for each in client.get("/products", ids="71")["products"]] == [71]


def test_a_limit_above_the_most_is_cut_and_told(shop: ColorMe, client: Client) -> None:
    for number in range(60):
        shop.add_product((str(100 + number), ""), f"p{number}", 1)
    answer = client.get("/products", limit=500)
    assert (len(answer["products"]), answer["meta"]) == (50, {"total": 62, "limit": 50, "offset": 0})
    assert len(client.get("/products")["products"]) == 10


def test_only_seven_days_without_a_day_to_begin_at(shop: ColorMe, client: Client) -> None:
    order = shop.place([(TEA, 1)])
    assert order is not None
    shop.clock.sleep(20 * DAY)
    shop.ship(order)
    assert client.sales() == client.sales(update_date_min="2026-12-01") == []
    assert client.sales(after="2026-11-01") == [int(order)]
    assert client.sales(after="2026-11-01", update_date_min="2026-12-12") == [int(order)]
    assert client.sales(after="2026-11-01", update_date_min="2026-12-20") == []
    shop.switches.update_lifts_window = True
    assert client.sales(update_date_min="2026-12-01") == [int(order)]


def test_a_put_answers_the_new_number_and_a_get_the_old_one_for_a_while(shop: ColorMe, client: Client) -> None:
    told = client.http.put("/products/71", json={"product": {"stocks": 4}}).json()["product"]["stocks"]
    assert (told, client.stocks(71)[0]) == (4, 10)
    shop.clock.sleep(6)
    assert client.stocks(71)[0] == 4


def test_numbers_of_variants(shop: ColorMe, client: Client) -> None:
    shop.switches.stale_seconds = 0.0
    assert client.stocks(80) == (7, [4, 3])
    client.http.put("/products/80", json={"product": {"stocks": 99}})  # ignored
    client.http.put("/products/80/variants/82", json={"variant": {"stocks": 1}})
    row = {"option1_value": "赤", "option2_value": "S", "stocks": {"increment": -1}}
    client.http.put("/products/80", json={"product": {"variants": [row]}})
    assert client.stocks(80) == (4, [3, 1])


@pytest.mark.parametrize(("restock", "left"), [(True, 10), (False, 7)])
def test_a_cancelled_sale_shows_no_units(shop: ColorMe, client: Client, restock: bool, left: int) -> None:
    order = shop.place([(TEA, 3)])
    assert shop.stock()[TEA] == 7
    client.http.put(f"/sales/{order}/cancel", json={"restock": restock})
    sale = client.get(f"/sales/{order}")["sale"]
    assert (sale["canceled"], [line["product_num"] for line in sale["details"]]) == (True, [0])
    assert shop.stock()[TEA] == left


def test_a_line_names_its_variant_by_what_it_is_called_now(shop: ColorMe, client: Client) -> None:
    order = shop.place([(BLUE, 1)])
    shop.rename_option(BLUE, "紺")
    [line] = client.get(f"/sales/{order}")["sale"]["details"]
    assert "variant_id" not in line
    assert (line["product_id"], line["option1_value"], line["option1_index"]) == (80, "紺", 1)


def test_more_than_120_calls_a_minute_are_turned_away(shop: ColorMe, client: Client) -> None:
    statuses = [client.http.get("/products/71").status_code for _ in range(130)]
    assert (statuses.count(200), statuses.count(429)) == (120, 10)
    shop.clock.sleep(60)
    assert client.http.get("/products/71").status_code == 200


def test_its_whole_state_survives_a_restart(shop: ColorMe) -> None:
    order = shop.place([(TEA, 3), (RED, 1)], deliveries=2)
    assert order is not None
    shop.ship(order, shop.orders()[0].lines[0].line_id)
    again = ColorMe(shop.clock)
    again.load_json(shop.to_json())
    assert (again.orders(), again.stock(), again.history) == (shop.orders(), shop.stock(), shop.history)
