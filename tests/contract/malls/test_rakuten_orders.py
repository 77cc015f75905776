"""searchOrder, getOrder and the writes of the order API (rakuten.md §4, §6.1)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from bridge.sandbox.malls.buyers import BUYERS, buyer_of
from tests.contract.malls.clients import RakutenClient

TEA = ("tea-001", "v1")


def bought(client: RakutenClient, count: int = 1) -> list[str]:
    """Orders of one unit, a second apart, all visible by now."""
    client.product(stock=1000)
    found = []
    for _ in range(count):
        client.clock.sleep(1.0)
        order_id = client.mall.buy(TEA, 1)
        assert order_id is not None
        found.append(order_id)
    client.clock.sleep(client.mall.visible_after)
    return found


def paging(page: int = 1, amount: int = 1000, direction: int = 1) -> dict[str, Any]:
    sort = [{"sortColumn": 1, "sortDirection": direction}]
    return {"requestRecordsAmount": amount, "requestPage": page, "SortModelList": sort}


def message_codes(answer: httpx.Response) -> list[str]:
    return [one["messageCode"].removeprefix("ORDER_EXT_API_") for one in answer.json()["MessageModelList"]]


# searchOrder


def test_found_orders_and_their_count(rakuten: RakutenClient) -> None:
    numbers = bought(rakuten, 3)
    answer = rakuten.search(PaginationRequestModel=paging())
    assert answer.status_code == 200
    assert answer.json()["orderNumberList"] == numbers
    assert answer.json()["PaginationResponseModel"] == {"totalRecordsAmount": 3, "totalPages": 1, "requestPage": 1}
    assert message_codes(answer) == ["SEARCH_ORDER_INFO_101"]


def test_an_order_is_not_there_before_it_is_visible(rakuten: RakutenClient) -> None:
    rakuten.product()
    rakuten.mall.visible_after = 30.0
    number = rakuten.mall.buy(TEA, 1)
    assert number is not None
    assert rakuten.search().json()["orderNumberList"] == []
    assert message_codes(rakuten.get(number)) == ["GET_ORDER_INFO_102"]
    rakuten.clock.sleep(30.0)
    assert rakuten.search().json()["orderNumberList"] == [number]


def test_zero_hits_have_null_pagination(rakuten: RakutenClient) -> None:
    answer = rakuten.search()
    nulls = {"totalRecordsAmount": None, "totalPages": None, "requestPage": None}
    assert answer.json()["orderNumberList"] == []
    assert answer.json()["PaginationResponseModel"] == nulls
    assert message_codes(answer) == ["SEARCH_ORDER_INFO_102"]
    rakuten.mall.switches.null_pagination = False
    assert rakuten.search().json()["PaginationResponseModel"]["totalRecordsAmount"] == 0


def test_pages_go_up_or_down(rakuten: RakutenClient) -> None:
    numbers = bought(rakuten, 7)

    def pages(direction: int) -> list[list[str]]:
        return [
            rakuten.search(PaginationRequestModel=paging(page, 3, direction)).json()["orderNumberList"]
            for page in (1, 2, 3, 4)
        ]

    assert pages(1) == [numbers[:3], numbers[3:6], numbers[6:], []]
    assert pages(2) == [numbers[:3:-1], numbers[3:0:-1], numbers[:1], []]


def test_without_paging_30_come_newest_first(rakuten: RakutenClient) -> None:
    numbers = bought(rakuten, 31)
    answer = rakuten.search().json()
    assert answer["orderNumberList"] == numbers[:0:-1]
    assert answer["PaginationResponseModel"]["totalPages"] == 2


def test_a_ceiling_of_15000(rakuten: RakutenClient) -> None:
    assert rakuten.mall.switches.search_ceiling == 15_000
    rakuten.mall.switches.search_ceiling = 5
    bought(rakuten, 7)
    answer = rakuten.search(PaginationRequestModel=paging(2, 4))
    assert len(answer.json()["orderNumberList"]) == 1
    assert answer.json()["PaginationResponseModel"]["totalRecordsAmount"] == 5


@pytest.mark.parametrize(
    ("fields", "suffix"),
    [
        ({"dateType": "gone"}, "009"),
        ({"startDatetime": "gone"}, "009"),
        ({"endDatetime": "gone"}, "009"),
        ({"dateType": None}, "010"),
        ({"startDatetime": ""}, "010"),
        ({"dateType": 7}, "011"),
        ({"dateType": "1"}, "011"),
        ({"startDatetime": "2026-11-01T00:00:00+09:00"}, "011"),
        ({"startDatetime": "2026-11-01T00:00:00Z"}, "011"),
        ({"startDatetime": "2026-11-01T00:00:00+0000"}, "011"),
        ({"startDatetime": "2026-11-01T00:00:00"}, "011"),
        ({"startDatetime": "2026-11-01T00:00:00.000+0900"}, "011"),
        ({"startDatetime": "2026-11-31T00:00:00+0900"}, "011"),
        ({"startDatetime": "2024-11-01T00:00:00+0900", "endDatetime": "2024-11-02T00:00:00+0900"}, "011"),
        ({"startDatetime": "2026-09-20T00:00:00+0900", "endDatetime": "2026-11-23T00:00:00+0900"}, "011"),
        ({"endDatetime": "2026-10-01T00:00:00+0900"}, "011"),
        ({"orderProgressList": [100, 150]}, "011"),
        ({"orderProgressList": 100}, "011"),
        ({"orderTypeList": [2]}, "011"),
        ({"searchKeywordType": 7}, "009"),
        ({"searchKeywordType": 10, "searchKeyword": "x"}, "011"),
        ({"PaginationRequestModel": {"requestRecordsAmount": 1001, "requestPage": 1}}, "011"),
        ({"PaginationRequestModel": {"requestRecordsAmount": 0, "requestPage": 1}}, "011"),
        ({"PaginationRequestModel": {"requestRecordsAmount": 10, "requestPage": 0}}, "011"),
        ({"PaginationRequestModel": {"SortModelList": [{"sortColumn": 2}]}}, "011"),
        ({"PaginationRequestModel": {"SortModelList": [{"sortDirection": 3}]}}, "011"),
        ({"PaginationRequestModel": [1]}, "011"),
    ],
)
def test_a_search_that_is_none(rakuten: RakutenClient, fields: dict[str, Any], suffix: str) -> None:
    answer = rakuten.search(**fields)
    assert answer.status_code == 400
    assert answer.json()["orderNumberList"] is None
    assert answer.json()["PaginationResponseModel"] is None
    assert message_codes(answer) == [f"SEARCH_ORDER_ERROR_{suffix}"]


def test_a_window_of_63_days_is_allowed(rakuten: RakutenClient) -> None:
    answer = rakuten.search(startDatetime="2026-09-21T00:00:00+0900", endDatetime="2026-11-23T00:00:00+0900")
    assert answer.status_code == 200


def test_filters_by_progress_type_keyword_and_date(rakuten: RakutenClient) -> None:
    first, second = bought(rakuten, 2)
    pre_order = rakuten.mall.place([(TEA, 1)], order_type=6)
    rakuten.clock.sleep(5)
    rakuten.mall.cancel(first)
    rakuten.mall.ship(second)

    def found(**fields: Any) -> list[str]:
        numbers: list[str] = rakuten.search(PaginationRequestModel=paging(), **fields).json()["orderNumberList"]
        return numbers

    assert found(orderProgressList=[900]) == [first]
    assert found(orderProgressList=[500]) == [second]
    assert found(orderTypeList=[6]) == [pre_order]
    assert found(searchKeywordType=8, searchKeyword="TEA-001") == [first, second, pre_order]
    assert found(searchKeywordType=7, searchKeyword="nope") == []
    assert found(dateType=5) == [second]
    assert found(dateType=2) == [first, second, pre_order]
    assert found(dateType=6) == []


# getOrder


def test_an_order_as_version_7_shows_it(rakuten: RakutenClient) -> None:
    rakuten.product("TEA-001", 10)
    rakuten.product("POT-001", 10)
    number = rakuten.mall.place([(TEA, 2), (("pot-001", "v1"), 1)])
    assert number is not None
    rakuten.clock.sleep(5)
    answer = rakuten.get(number)
    assert message_codes(answer) == ["GET_ORDER_INFO_101"]
    order = rakuten.order(number)
    assert (order["orderNumber"], order["orderProgress"], order["orderType"]) == (number, 300, 1)
    assert order["orderDatetime"] == "2026-11-23T10:00:00+0900"
    assert order["shopOrderCfmDatetime"] == "2026-11-23T10:00:01+0900"
    assert order["shippingCmplRptDatetime"] is None
    (package,) = order["PackageModelList"]
    tea, pot = package["ItemModelList"]
    assert (package["basketId"], package["packageDeleteFlag"], tea["itemDetailId"]) == (1, 0, 11)
    assert (tea["manageNumber"], tea["units"], tea["deleteItemFlag"], tea["inventoryType"]) == ("tea-001", 2, 0, 2)
    assert tea["SkuModelList"] == [{"variantId": "v1", "merchantDefinedSkuId": "TEA-001", "skuInfo": None}]
    assert pot["itemDetailId"] != tea["itemDetailId"]


def test_the_buyer_is_in_it_and_must_be_dropped(rakuten: RakutenClient) -> None:
    (number,) = bought(rakuten)
    text = json.dumps(rakuten.order(number), ensure_ascii=False)
    buyer = buyer_of(int(number.rsplit("-", 1)[1]))
    assert buyer.name in text
    assert all(mark in text for mark in buyer.marks)


def test_unknown_numbers_are_a_message_in_a_200(rakuten: RakutenClient) -> None:
    (number,) = bought(rakuten)
    answer = rakuten.get("no-such", number)
    assert answer.status_code == 200
    assert [one["orderNumber"] for one in answer.json()["OrderModelList"]] == [number]
    assert message_codes(answer) == ["GET_ORDER_INFO_101", "GET_ORDER_INFO_102"]
    assert answer.json()["MessageModelList"][1]["orderNumber"] == "no-such"


@pytest.mark.parametrize(
    ("body", "suffix"),
    [
        ({"orderNumberList": ["x"]}, "009"),
        ({"orderNumberList": ["x"], "version": None}, "010"),
        ({"orderNumberList": ["x"], "version": 2}, "011"),
        ({"orderNumberList": ["x"], "version": 99}, "011"),
        ({"orderNumberList": ["x"], "version": "seven"}, "011"),
        ({"version": 7}, "009"),
        ({"orderNumberList": [], "version": 7}, "010"),
        ({"orderNumberList": ["x"] * 101, "version": 7}, "011"),
        ({"orderNumberList": [7], "version": 7}, "011"),
        ("nonsense", "009"),
    ],
)
def test_a_get_that_is_none(rakuten: RakutenClient, body: Any, suffix: str) -> None:
    answer = rakuten.call("POST", "/es/2.0/order/getOrder/", body)
    assert answer.status_code == 400
    assert message_codes(answer) == [f"GET_ORDER_ERROR_{suffix}"]


def test_below_version_7_there_is_no_sku(rakuten: RakutenClient) -> None:
    (number,) = bought(rakuten)
    for version, has_sku, echoed in ((3, False, None), (6, False, 6), ("7", True, 7), (10, True, 10)):
        body = rakuten.get(number, version=version).json()
        item = body["OrderModelList"][0]["PackageModelList"][0]["ItemModelList"][0]
        assert ("SkuModelList" in item) is has_sku
        assert body.get("version") == echoed


def test_answers_may_come_in_any_order_and_one_may_be_missing(rakuten: RakutenClient) -> None:
    numbers = bought(rakuten, 20)
    rakuten.mall.switches.shuffle_orders = True
    shuffled = [one["orderNumber"] for one in rakuten.get(*numbers).json()["OrderModelList"]]
    assert shuffled != numbers
    assert sorted(shuffled) == numbers
    rakuten.mall.switches.drop_one_order = True
    assert len(rakuten.get(*numbers).json()["OrderModelList"]) == 19


# purchaseItem


def test_purchase_items_have_no_buyer(rakuten: RakutenClient) -> None:
    (number,) = bought(rakuten)
    window = {"startDatetime": "2026-11-01T00:00:00+0900", "endDatetime": "2026-11-30T23:59:59+0900"}
    found = rakuten.call("POST", "/es/2.0/purchaseItem/searchOrderItem/", {"dateType": 1} | window)
    assert found.json()["orderNumberList"] == [number]
    answer = rakuten.call("POST", "/es/2.0/purchaseItem/getOrderItem/", {"orderNumberList": [number]})
    (order,) = answer.json()["OrderModelList"]
    item = order["PackageModelList"][0]["ItemModelList"][0]
    assert item["SkuModelList"][0]["variantId"] == "v1"
    assert not {"deleteItemFlag", "restoreInventoryFlag"} & item.keys()
    assert not {"OrdererModel", "SettlementModel", "ChangeReasonModelList", "modifyFlag"} & order.keys()
    assert not any(mark in answer.text for buyer in BUYERS for mark in buyer.marks)
    assert buyer_of(int(number.rsplit("-", 1)[1])).prefecture in answer.text


# Writes


def test_confirm(rakuten: RakutenClient) -> None:
    rakuten.mall.switches.confirm_after = None
    first, second = bought(rakuten, 2)
    rakuten.mall.cancel(second)
    body = {"orderNumberList": [first, second, "no-such"]}
    answer = rakuten.call("POST", "/es/2.0/order/confirmOrder/", body)
    assert message_codes(answer) == ["CONFIRM_ORDER_INFO_101", "CONFIRM_ORDER_ERROR_102", "CONFIRM_ORDER_ERROR_011"]
    again = rakuten.call("POST", "/es/2.0/order/confirmOrder/", {"orderNumberList": [first]})
    assert message_codes(again) == ["CONFIRM_ORDER_ERROR_103"]
    rakuten.clock.sleep(2)
    assert rakuten.order(first)["orderProgress"] == 300
    empty = rakuten.call("POST", "/es/2.0/order/confirmOrder/", {})
    assert (empty.status_code, message_codes(empty)) == (400, ["CONFIRM_ORDER_ERROR_009"])


@pytest.mark.parametrize(("restore", "left"), [(1, 1000), (2, 999), (0, 999)])
def test_cancel(rakuten: RakutenClient, restore: int, left: int) -> None:
    (number,) = bought(rakuten)
    body = {"orderNumber": number, "inventoryRestoreType": restore, "changeReasonDetailApply": 1}
    answer = rakuten.call("POST", "/es/2.0/order/cancelOrder/", body)
    assert message_codes(answer) == ["CANCEL_ORDER_INFO_101"]
    assert rakuten.order(number)["orderProgress"] == 900
    assert rakuten.mall.stock()[TEA] == left


@pytest.mark.parametrize(
    ("change", "suffix"),
    [
        ({"orderNumber": "no-such"}, "011"),
        ({"inventoryRestoreType": 3}, "011"),
        ({"changeReasonDetailApply": 99}, "011"),
        ({"changeReasonDetailApply": None}, "010"),
    ],
)
def test_a_cancel_that_is_none(rakuten: RakutenClient, change: dict[str, Any], suffix: str) -> None:
    (number,) = bought(rakuten)
    body = {"orderNumber": number, "inventoryRestoreType": 1, "changeReasonDetailApply": 1} | change
    answer = rakuten.call("POST", "/es/2.0/order/cancelOrder/", body)
    assert (answer.status_code, message_codes(answer)) == (400, [f"CANCEL_ORDER_ERROR_{suffix}"])


def test_report_a_shipment(rakuten: RakutenClient) -> None:
    (number,) = bought(rakuten)
    basket = {"basketId": 1, "ShippingModelList": [{"shippingNumber": "1", "shippingDate": "2026-11-23"}]}
    path = "/es/2.0/order/updateOrderShipping/"
    body = {"orderNumber": number, "BasketidModelList": [basket]}
    assert message_codes(rakuten.call("POST", path, body)) == ["UPDATE_ORDERSHIPPING_INFO_101"]
    order = rakuten.order(number)
    assert order["orderProgress"] == 500
    assert order["shippingCmplRptDatetime"] is not None
    assert order["PackageModelList"][0]["ShippingModelList"][0]["shippingDate"] == "2026-11-23"
    assert message_codes(rakuten.call("POST", path, body)) == ["UPDATE_ORDERSHIPPING_INFO_102"]
    wrong = body | {"BasketidModelList": [basket | {"basketId": 9}]}
    assert message_codes(rakuten.call("POST", path, wrong)) == ["UPDATE_ORDERSHIPPING_ERROR_011"]
