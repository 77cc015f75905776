"""What a control panel does to orders by API: confirm, cancel, report a shipment (rakuten.md §4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.rakuten.answers import json_response, read_json
from bridge.sandbox.malls.rakuten.order_api import message
from bridge.sandbox.malls.rakuten.order_query import OrderFault, check_numbers, malformed, required
from bridge.sandbox.malls.rakuten.records import (
    BY_SHOP,
    CANCELLED,
    CANCELLING,
    PROCESSING,
    SHIPPED,
    WAITING,
    RakutenOrder,
)

if TYPE_CHECKING:
    from bridge.sandbox.malls.rakuten.shop import Rakuten

MAX_CONFIRM = 100
REASONS = {*range(1, 7), 8, 10, 13, 14, 15}


def confirm_order(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    try:
        numbers = check_numbers(read_json(request), MAX_CONFIRM)
    except OrderFault as fault:
        return _refused("CONFIRM_ORDER", fault)
    return json_response({"MessageModelList": [_confirm(shop, number) for number in numbers]})


def _confirm(shop: Rakuten, number: str) -> dict[str, Any]:
    order = shop.state.orders.get(number)
    if order is None:
        return message("CONFIRM_ORDER", "ERROR", "011", "orderNumberListの書式が不正です。", number)
    if order.progress in (CANCELLING, CANCELLED):
        return message("CONFIRM_ORDER", "ERROR", "102", "既にキャンセルされています。", number)
    if order.progress != WAITING:
        return message("CONFIRM_ORDER", "ERROR", "103", "既にステータスが進んでいます。", number)
    shop.progress.go(order, PROCESSING, shop.clock.now())
    return message("CONFIRM_ORDER", "INFO", "101", "注文確認に成功しました。", number)


def cancel_order(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    body = read_json(request)
    try:
        order = _order(shop, body)
        restore, reason = required(body, "inventoryRestoreType"), required(body, "changeReasonDetailApply")
        if restore not in (0, 1, 2):
            raise malformed("inventoryRestoreType")
        if reason not in REASONS:
            raise malformed("changeReasonDetailApply")
        if order.progress >= SHIPPED:
            raise malformed("orderNumber")
    except OrderFault as fault:
        return _refused("CANCEL_ORDER", fault)
    shop.changes.cancel(order, restore, BY_SHOP, reason)
    done = message("CANCEL_ORDER", "INFO", "101", "注文キャンセルの受付に成功しました。", order.id)
    return json_response({"MessageModelList": [done]})


def update_shipping(shop: Rakuten, request: Request, _args: dict[str, Any]) -> Response:
    body = read_json(request)
    try:
        order = _order(shop, body)
        baskets = [_basket(order, entry) for entry in required(body, "BasketidModelList")]
        if order.progress >= CANCELLING:
            raise malformed("orderNumber")
    except OrderFault as fault:
        return _refused("UPDATE_ORDERSHIPPING", fault)
    known = all(basket in order.shipped_baskets for basket in baskets)
    for basket in baskets:
        shop.ship(order.id, next(line.line_id for line in order.lines if line.basket == basket))
    suffix, text = ("102", "発送情報を更新しました。") if known else ("101", "発送情報を追加しました。")
    return json_response({"MessageModelList": [message("UPDATE_ORDERSHIPPING", "INFO", suffix, text, order.id)]})


def _order(shop: Rakuten, body: Any) -> RakutenOrder:
    order = shop.state.orders.get(str(required(body, "orderNumber")))
    if order is None:
        raise malformed("orderNumber")
    return order


def _basket(order: RakutenOrder, entry: Any) -> int:
    basket = required(entry, "basketId")
    if basket not in order.baskets:
        raise malformed("basketId")
    required(entry, "ShippingModelList")
    return int(basket)


def _refused(function: str, fault: OrderFault) -> Response:
    return json_response({"MessageModelList": [message(function, "ERROR", fault.suffix, fault.text)]}, 400)
