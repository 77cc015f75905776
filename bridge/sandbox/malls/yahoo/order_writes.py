"""What other tools of the shop do to orders by API (yahoo.md §3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.yahoo.answers import Fault, order_answer
from bridge.sandbox.malls.yahoo.order_query import BAD_REQUEST, UNKNOWN_ORDER, read_request
from bridge.sandbox.malls.yahoo.records import CANCELLED, FINISHED, OTHER, REASONS, SHIPPED, YahooOrder
from bridge.sandbox.malls.yahoo.xmltext import Tree, first

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

NOT_NOW = "od90302"


def status_change(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    tree = read_request(shop, request)
    order = _order(shop, tree)
    status = _number(first(tree, "Order", "OrderStatus"), range(1, 6))
    fixes_points = first(tree, "Target", "IsPointFix")
    if fixes_points not in ("true", "false") or (status == FINISHED and fixes_points != "true"):
        raise Fault(BAD_REQUEST, "IsPointFix")
    if order.status == CANCELLED:
        raise Fault(NOT_NOW, "the order is cancelled")
    if status == CANCELLED:
        reason = _number(first(tree, "Order", "CancelReason") or str(OTHER), REASONS)
        shop.changes.cancel(order, None, reason, by_buyer=False)
    else:
        order.status = status
        shop.changes.note(order)
    return order_answer("")


def ship_status_change(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    tree = read_request(shop, request)
    order = _order(shop, tree)
    status = _number(first(tree, "Order", "Ship", "ShipStatus"), range(5))
    if order.status == CANCELLED:
        raise Fault(NOT_NOW, "the order is cancelled")
    if status >= SHIPPED:
        shop.ship(order.id)
    order.ship_status = status
    shop.changes.note(order)
    return order_answer("")


def pay_status_change(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    tree = read_request(shop, request)
    order = _order(shop, tree)
    shop.pay(order.id, paid=_number(first(tree, "Order", "Pay", "PayStatus"), range(2)) == 1)
    return order_answer("")


def order_change(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    """Quantities of lines, and IsSeen, which any success turns to true."""
    tree = read_request(shop, request)
    order = _order(shop, tree)
    for item in (tree.get("Order") or [{}])[0].get("Item", []):
        if first(item, "LineId") not in {line.line_id for line in order.lines}:
            raise Fault(BAD_REQUEST, "LineId")
        line = order.line(first(item, "LineId"))
        shop.changes.edit(order, line, _number(first(item, "Quantity"), range(1, 1_000_000)))
    order.is_seen = True
    shop.changes.note(order)
    return order_answer("")


def _order(shop: Yahoo, tree: Tree) -> YahooOrder:
    order = shop.find(str(first(tree, "Target", "OrderId")))
    if order is None:
        raise Fault(UNKNOWN_ORDER, "OrderId Not Exists")
    return order


def _number(text: object, allowed: range | tuple[int, ...]) -> int:
    if not str(text).isdecimal() or int(str(text)) not in allowed:
        raise Fault(BAD_REQUEST, f"{text} is invalid")
    return int(str(text))
