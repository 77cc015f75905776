"""The item API, by which listings are found (rakuten.md §3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.malls.clients import RakutenClient

SEARCH = "/es/2.0/items/search"
ITEM = "/es/2.0/items/manage-numbers/"
SETTINGS = "/es/2.0/items/inventory-related-settings/manage-numbers/"


def search(client: RakutenClient, **query: Any) -> dict[str, Any]:
    answer = client.call("GET", SEARCH, params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def numbers(body: dict[str, Any]) -> list[str]:
    return [one["item"]["manageNumber"] for one in body["results"]]


def test_an_item_has_its_variants_by_id(rakuten: RakutenClient) -> None:
    rakuten.mall.add_product(("tea", "v-M"), "TEA-M", 3, item_number="T1", jan="4901234567894", restock_on_cancel=True)
    rakuten.mall.add_product(("tea", "v-L"), None, 3, back_order=True)
    item = rakuten.call("GET", ITEM + "TEA").json()
    assert (item["manageNumber"], item["itemNumber"], item["itemType"]) == ("tea", "T1", "NORMAL")
    assert list(item["variants"]) == ["v-M", "v-L"]
    medium, large = item["variants"].values()
    assert medium["merchantDefinedSkuId"] == "TEA-M"
    assert medium["articleNumber"] == {"value": "4901234567894"}
    assert (medium["restockOnCancel"], medium["backOrderFlag"]) == (True, False)
    assert "merchantDefinedSkuId" not in large
    assert item["created"] == "2026-11-23T10:00:00+09:00"
    assert "quantity" not in str(item)
    assert rakuten.call("GET", ITEM + "other").json()["errors"][0]["code"] == "GE0014"


def test_a_full_scan_by_cursor_ends_when_the_mark_stays(rakuten: RakutenClient) -> None:
    for index in range(25):
        rakuten.product(f"T-{index:02d}")
    seen: list[str] = []
    mark, rounds = "*", 0
    while True:
        page = search(rakuten, cursorMark=mark, hits=10)
        seen += numbers(page)
        rounds += 1
        if page["nextCursorMark"] == mark:
            break
        mark = page["nextCursorMark"]
    assert seen == [f"t-{index:02d}" for index in range(25)]
    assert rounds == 4
    assert page["numFound"] == 25
    assert "+" in mark or "/" in mark or "=" in mark  # a client must encode it


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursorMark=*&offset=3", "IE1003"),
        ("cursorMark=*&sortKey=created", "IE1004"),
        ("cursorMark=*&sortOrder=asc", "IE1004"),
        ("cursorMark=%E3%81%82", "IE0002"),
        ("colour=red", "IE1005"),
        ("itemType=OTHER", "IE0007"),
        ("sortKey=price", "IE0007"),
        ("isHiddenItem=yes", "IE0002"),
        ("createdFrom=20261101", "IE0002"),
        ("hits=0", "IE0003"),
        ("hits=101", "IE0003"),
        ("hits=x", "IE0002"),
        ("offset=10001", "IE0003"),
    ],
)
def test_a_wrong_query(rakuten: RakutenClient, query: str, code: str) -> None:
    answer = rakuten.call("GET", f"{SEARCH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code


def test_filters(rakuten: RakutenClient) -> None:
    rakuten.mall.add_product(("a-tea", "v1"), "TEA-001", 0, title="緑茶", item_number="N1", jan="4901")
    rakuten.clock.sleep(24 * 3600)
    rakuten.mall.add_product(("b-pot", "v2"), "POT-001", 5, title="急須", hidden=True, back_order=True)
    assert numbers(search(rakuten)) == ["b-pot", "a-tea"]
    assert numbers(search(rakuten, sortKey="manageNumber", sortOrder="asc")) == ["a-tea", "b-pot"]
    for query in (
        {"merchantDefinedSkuId": "TEA"},
        {"manageNumber": "a-"},
        {"title": "緑"},
        {"itemNumber": "N1"},
        {"articleNumber": "490"},
        {"variantId": "v1"},
        {"isItemStockout": "true"},
        {"isVariantStockout": "true"},
        {"isHiddenVariant": "false"},
        {"isBackOrder": "false"},
        {"createdTo": "2026-11-23"},
        {"updatedTo": "2026-11-23"},
        {"offset": 1},
    ):
        assert numbers(search(rakuten, **query)) == ["a-tea"], query
    assert numbers(search(rakuten, createdFrom="2026-11-24")) == ["b-pot"]
    assert numbers(search(rakuten, itemType="PRE_ORDER")) == []


def test_the_search_index_lags_and_the_item_itself_does_not(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.search_index_lag = 3600.0
    rakuten.product()
    assert numbers(search(rakuten)) == []
    assert rakuten.call("GET", ITEM + "tea-001").status_code == 200
    rakuten.clock.sleep(3600)
    rakuten.mall.delete_item("tea-001")
    assert [one["item"] for one in search(rakuten)["results"]] == [{"manageNumber": "tea-001"}]
    assert rakuten.call("GET", ITEM + "tea-001").status_code == 404
    rakuten.clock.sleep(3600)
    assert numbers(search(rakuten)) == []


def test_several_items_at_once(rakuten: RakutenClient) -> None:
    rakuten.product("A")
    rakuten.product("B")
    path = "/es/2.0/items/bulk-get"
    found = rakuten.call("POST", path, {"manageNumbers": ["B", "x", "A"]}).json()["results"]
    assert [item["manageNumber"] for item in found] == ["b", "a"]
    too_many = rakuten.call("POST", path, {"manageNumbers": ["x"] * 51})
    assert too_many.json()["errors"][0]["code"] == "IE1101"
    assert rakuten.call("POST", path, {"manageNumbers": []}).json()["errors"][0]["code"] == "IE0001"
    assert rakuten.call("POST", path, {"manageNumbers": "x"}).json()["errors"][0]["code"] == "IE0002"
    assert rakuten.call("POST", path, b"").json()["errors"][0]["code"] == "GE0011"


def test_stock_settings_can_be_read_and_written(rakuten: RakutenClient) -> None:
    rakuten.product()
    before = rakuten.call("GET", SETTINGS + "tea-001").json()
    assert before["variants"] == {"v1": {"restockOnCancel": False, "backOrderFlag": False}}
    change = {"variants": {"v1": {"restockOnCancel": True}}}
    assert rakuten.call("PUT", SETTINGS + "tea-001", change).status_code == 204
    assert rakuten.call("GET", SETTINGS + "tea-001").json()["variants"]["v1"]["restockOnCancel"] is True
    unknown = rakuten.call("PUT", SETTINGS + "tea-001", {"variants": {"v9": {}}})
    assert unknown.json()["errors"][0]["code"] == "IE0002"
    assert rakuten.call("PUT", SETTINGS + "tea-001", {"x": 1}).json()["errors"][0]["code"] == "IE0001"
    assert rakuten.call("GET", SETTINGS + "other").status_code == 404
    assert rakuten.mall.write_count == 3
