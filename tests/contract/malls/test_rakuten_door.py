"""Keys, limits, media types and maintenance (rakuten.md §1, §8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bridge.sandbox.malls.rakuten import Rakuten, RakutenSwitches
from tests.contract.malls.clients import RakutenClient, esa, row
from tests.support.virtual_clock import VirtualClock

EXPIRY = "/es/1.0/license-management/license-key/expiry-date?licenseKey=SL123456_sandbox"
SEARCH = "/es/2.0/items/search"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer x",
        "ESA",
        "ESA ???",
        esa("SP123456_sandbox", "SL123456_other"),
        esa("SP123456_other", "SL123456_sandbox"),
        esa("SP123456_sandbox ", "SL123456_sandbox"),
    ],
)
def test_a_wrong_key_is_401_in_the_shape_of_each_api(rakuten: RakutenClient, authorization: str) -> None:
    rakuten.headers = {"Authorization": authorization}
    newer = rakuten.call("GET", SEARCH)
    older = rakuten.search()
    assert newer.status_code == older.status_code == 401
    assert newer.json() == {"errors": [{"code": "GA0001", "message": "Un-Authorised"}]}
    assert older.json() == {"Results": {"errorCode": "ES01-01", "message": "Un-Authorised"}}


@pytest.mark.parametrize("shape", ["GA0001", "ES01-01"])
def test_one_shape_of_401_everywhere_by_switch(rakuten: RakutenClient, shape: str) -> None:
    rakuten.mall.switches.auth_body = shape  # type: ignore[assignment]
    rakuten.headers = {}
    assert shape in rakuten.call("GET", SEARCH).text
    assert shape in rakuten.search().text


def test_a_function_that_is_not_switched_on_looks_like_a_bad_request(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.disabled_functions = {"order.searchOrder"}
    answer = rakuten.search()
    assert answer.status_code == 400
    assert answer.json()["Results"]["errorCode"] == "ES04-01"
    assert rakuten.get("x").status_code == 200


# Licence keys


def test_a_licence_dies_at_the_end_of_its_ninetieth_day(rakuten: RakutenClient) -> None:
    answer = rakuten.call("GET", EXPIRY)
    assert answer.json() == {"expiryDate": "2027-02-21T23:59:59"}  # made on 23 Nov, JST, no offset
    rakuten.clock.sleep(timedelta(days=90, hours=13).total_seconds())
    assert rakuten.call("GET", EXPIRY).status_code == 200
    rakuten.clock.sleep(timedelta(hours=1).total_seconds())
    assert rakuten.call("GET", EXPIRY).status_code == 401


def test_a_new_licence_is_accepted_after_a_while_and_the_old_one_lives(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.licence_activation = 1200.0
    rakuten.mall.issue_licence("SL123456_new")
    old, new = dict(rakuten.headers), {"Authorization": esa("SP123456_sandbox", "SL123456_new")}
    rakuten.headers = new
    assert rakuten.call("GET", SEARCH).status_code == 401
    rakuten.headers = old
    assert rakuten.call("GET", SEARCH).status_code == 200
    rakuten.clock.sleep(1200)
    rakuten.headers = new
    assert rakuten.call("GET", SEARCH).status_code == 200


def test_a_new_licence_may_kill_the_old_one(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.old_licence = "dies"
    rakuten.mall.issue_licence("SL123456_new")
    assert rakuten.call("GET", SEARCH).status_code == 401


# Limits


def test_one_write_a_second_and_five_reads(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.hurry = True
    assert rakuten.upsert(row("tea-001", 5)).status_code == 204
    refused = rakuten.upsert(row("tea-001", 6))
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "1"
    assert [len(rakuten.read(("tea-001", "v1"))) for _ in range(5)] == [1] * 5
    assert rakuten.call("POST", "/es/2.0/inventories/bulk-get", {"inventories": []}).status_code == 429
    rakuten.clock.sleep(1.0)
    assert rakuten.upsert(row("tea-001", 6)).status_code == 204
    assert rakuten.mall.stock() == {("tea-001", "v1"): 6}


@pytest.mark.parametrize(
    ("kind", "status", "text"),
    [("403-xml", 403, "QPSLimit"), ("403-json", 403, "AccessLimit"), ("429", 429, "requests")],
)
def test_the_answer_over_the_limit_is_a_switch(rakuten: RakutenClient, kind: str, status: int, text: str) -> None:
    rakuten.mall.switches.over_limit = kind  # type: ignore[assignment]
    rakuten.hurry = True
    rakuten.search()
    refused = rakuten.search()
    assert refused.status_code == status
    assert text in refused.text


def test_limits_can_be_off(clock: VirtualClock) -> None:
    client = RakutenClient(Rakuten(clock, switches=RakutenSwitches(over_limit="off")), clock)
    client.hurry = True
    assert {client.search().status_code for _ in range(20)} == {200}


# Media types, paths, maintenance


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 200),
        ("application/json;charset=UTF-8", 200),
        ("application/json", 415),
        ("text/plain; charset=utf-8", 415),
    ],
)
def test_the_order_api_wants_a_charset(rakuten: RakutenClient, content_type: str, status: int) -> None:
    body = b'{"orderNumberList":["x"],"version":7}'
    answer = rakuten.call("POST", "/es/2.0/order/getOrder/", body, content_type)
    assert answer.status_code == status


def test_the_inventory_api_wants_json_without_caring_for_the_charset(rakuten: RakutenClient) -> None:
    body = b'{"inventories":[{"manageNumber":"a","variantId":"b"}]}'
    path = "/es/2.0/inventories/bulk-get"
    assert rakuten.call("POST", path, body, "application/json").status_code == 200
    refused = rakuten.call("POST", path, body, "text/plain")
    assert refused.status_code == 415
    assert refused.json()["errors"][0]["code"] == "GE0012"


def test_the_order_api_ends_in_a_slash_and_the_others_do_not(rakuten: RakutenClient) -> None:
    assert rakuten.call("POST", "/es/2.0/order/searchOrder", {}).status_code == 404
    assert rakuten.call("GET", "/es/2.0/order/searchOrder/").status_code == 405
    wrong = rakuten.call("POST", "/es/2.0/inventories/bulk-get/", {})
    assert wrong.status_code == 400
    assert wrong.json()["errors"][0] == {"code": "GE0007", "message": "Requested path doesn't exist"}


def test_maintenance_is_a_page_of_html_for_one_api_alone(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.maintenance = {"inventory"}
    answer = rakuten.upsert(row("tea-001", 5))
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert rakuten.search().status_code == 200
    assert rakuten.mall.write_count == 0
