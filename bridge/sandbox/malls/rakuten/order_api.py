"""searchOrder and getOrder, and the purchaseItem pair without personal data (rakuten.md §4.1, §4.2, §6.1)."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.rakuten.answers import json_response, read_json
from bridge.sandbox.malls.rakuten.order_model import LATEST_VERSION, render_order
from bridge.sandbox.malls.rakuten.order_query import OrderFault, Search, check_numbers, check_version, read_search
from bridge.sandbox.malls.rakuten.records import RakutenOrder

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

MAX_GET = 100
Message = dict[str, Any]


def search_order(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    try:
        search = read_search(read_json(request), shop.clock.now())
    except OrderFault as fault:
        messages = [message("SEARCH_ORDER", "ERROR", fault.suffix, fault.text)]
        body = {"orderNumberList": None, "MessageModelList": messages, "PaginationResponseModel": None}
        return json_response(body, 400)
    found = [order for order in _visible(shop) if _matches(order, search)]
    found.sort(key=lambda order: (order.placed_at, order.id), reverse=search.descending)
    found = found[: shop.switches.search_ceiling]
    start = (search.page - 1) * search.per_page
    page = [order.id for order in found[start : start + search.per_page]]
    if not page:
        return json_response(_nothing_found(shop.switches.null_pagination, search.page))
    return json_response(
        {
            "orderNumberList": page,
            "MessageModelList": [message("SEARCH_ORDER", "INFO", "101", "注文検索に成功しました。")],
            "PaginationResponseModel": {
                "totalRecordsAmount": len(found),
                "totalPages": math.ceil(len(found) / search.per_page),
                "requestPage": search.page,
            },
        }
    )


def get_order(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    body = read_json(request)
    try:
        version = check_version(body)
        numbers = check_numbers(body, MAX_GET)
    except OrderFault as fault:
        return _get_refused(fault)
    flag_deleted = shop.switches.deleted_lines == "flag"
    answer: dict[str, Any] = {"version": version} if version >= 6 else {}
    return json_response(answer | _get(shop, numbers, lambda order: render_order(shop, order, version, flag_deleted)))


def get_order_item(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    """As getOrder, without a version, without the buyer and without the flags of an edit."""
    try:
        numbers = check_numbers(read_json(request), MAX_GET)
    except OrderFault as fault:
        return _get_refused(fault)
    return json_response(
        _get(shop, numbers, lambda order: _impersonal(render_order(shop, order, LATEST_VERSION, False)))
    )


def message(function: str, kind: str, suffix: str, text: str, order_number: str | None = None) -> Message:
    """An entry of MessageModelList (rakuten.md §4.4)."""
    entry = {"messageType": kind, "messageCode": f"ORDER_EXT_API_{function}_{kind}_{suffix}", "message": text}
    return entry | ({"orderNumber": order_number} if order_number else {})


def _visible(shop: Rakuten) -> list[RakutenOrder]:
    now = shop.clock.now()
    return [order for order in shop.state.orders.values() if order.visible_at <= now]


def _matches(order: RakutenOrder, search: Search) -> bool:
    at = _dated(order, search.date_type)
    return (
        at is not None
        and search.start <= at <= search.end
        and order.progress in search.progress
        and (search.order_types is None or order.order_type in search.order_types)
        and search.keyword_matches(order)
    )


def _dated(order: RakutenOrder, date_type: int) -> datetime | None:
    return {
        1: order.placed_at.replace(microsecond=0),
        2: order.confirmed_at,
        3: order.fixed_at,
        4: order.shipping_reported_at,
        5: order.shipping_reported_at,
        6: None,
    }[date_type]


def _nothing_found(nulls: bool, page: int) -> dict[str, Any]:
    numbers = (None, None, None) if nulls else (0, 0, page)
    return {
        "orderNumberList": [],
        "MessageModelList": [message("SEARCH_ORDER", "INFO", "102", "注文検索に成功しました。(検索結果0件)")],
        "PaginationResponseModel": dict(zip(("totalRecordsAmount", "totalPages", "requestPage"), numbers, strict=True)),
    }


def _get(shop: Rakuten, numbers: list[str], render: Callable[[RakutenOrder], dict[str, Any]]) -> dict[str, Any]:
    by_number = {order.id: order for order in _visible(shop)}
    models = [render(by_number[number]) for number in dict.fromkeys(numbers) if number in by_number]
    if shop.switches.shuffle_orders:
        shop.random.shuffle(models)
    if shop.switches.drop_one_order and len(models) > 1:
        models.pop()
    messages = []
    if models:
        messages.append(message("GET_ORDER", "INFO", "101", f"受注情報取得に成功しました。(取得件数{len(models)}件)"))
    messages += [
        message("GET_ORDER", "INFO", "102", "受注情報取得に成功しました。(取得件数0件)", number)
        for number in numbers
        if number not in by_number
    ]
    return {"MessageModelList": messages, "OrderModelList": models}


def _get_refused(fault: OrderFault) -> Response:
    messages = [message("GET_ORDER", "ERROR", fault.suffix, fault.text)]
    return json_response({"MessageModelList": messages, "OrderModelList": None}, 400)


def _impersonal(order: dict[str, Any]) -> dict[str, Any]:
    for name in ("OrdererModel", "SettlementModel", "remarks", "memo", "modifyFlag", "ChangeReasonModelList"):
        order.pop(name, None)
    for package in order["PackageModelList"]:
        package.pop("packageDeleteFlag", None)
        package["SenderModel"] = {"prefecture": package["SenderModel"]["prefecture"]}
        for item in package["ItemModelList"]:
            item.pop("restoreInventoryFlag", None)
            item.pop("deleteItemFlag", None)
    return order
