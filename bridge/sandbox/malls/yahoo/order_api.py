"""orderList, orderInfo and orderCount: two envelopes, flat there and nested here (yahoo.md §3)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.buyers import buyer_of
from bridge.sandbox.malls.yahoo.answers import Fault, order_answer, xml_response
from bridge.sandbox.malls.yahoo.order_query import (
    INFO_FIELDS,
    UNKNOWN_ORDER,
    Search,
    read_fields,
    read_request,
    read_search,
)
from bridge.sandbox.malls.yahoo.records import (
    CANCELLED,
    FRAUD,
    ON_HOLD,
    PROCESSING,
    RESERVED,
    SHIPPABLE,
    UNDER_REVIEW,
    YahooLine,
    YahooOrder,
)
from bridge.sandbox.malls.yahoo.xmltext import Raw, cdata, element, elements, first

if TYPE_CHECKING:
    from bridge.sandbox.malls.yahoo.shop import Yahoo

HIDDEN = (UNDER_REVIEW, FRAUD)


def order_list(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    search = read_search(shop, read_request(shop, request))
    found = [order for order in shop.orders() if _listed(shop, order) and search.matches(order)]
    found.sort(key=lambda order: (order.placed_at, order.id), reverse=search.descending)
    page = found[search.start - 1 : search.start - 1 + search.size]
    rows = [_header(shop, order, search, number) for number, order in enumerate(page, search.start)]
    inner = Raw(element("TotalCount", len(found)) + "".join(rows))
    return xml_response(element("Result", Raw(element("Status", "OK") + element("Search", inner))))


def _listed(shop: Yahoo, order: YahooOrder) -> bool:
    now, days = shop.clock.now(), shop.switches.history_days
    old = days is not None and order.placed_at < now - timedelta(days=days)
    return order.visible_at <= now and order.fraud_hold not in HIDDEN and not old


def _header(shop: Yahoo, order: YahooOrder, search: Search, number: int) -> str:
    values = _top(shop, order) | {
        "PayStatus": order.pay_status,
        "ShipStatus": order.ship_status,
        "PublicationTime": shop.stamp(order.published_at or order.placed_at),
        "IsYahooAuctionOrder": _truth(order.auction),
    }
    shown = {name: value for name, value in values.items() if name in search.fields}
    return element("OrderInfo", elements(**shown, Index=number))


def order_info(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    tree = read_request(shop, request)
    fields = read_fields(first(tree, "Target", "Field"), frozenset(INFO_FIELDS))
    order = shop.find(str(first(tree, "Target", "OrderId")))
    if order is None or order.visible_at > shop.clock.now():
        raise Fault(UNKNOWN_ORDER, "OrderId Not Exists")
    if order.fraud_hold in HIDDEN and not shop.switches.held_shown_by_id:
        raise Fault(UNKNOWN_ORDER, "OrderId Not Exists")
    return order_answer(element("OrderInfo", render_order(shop, order, fields)))


def render_order(shop: Yahoo, order: YahooOrder, fields: frozenset[str]) -> Raw:
    pay = {"PayStatus": order.pay_status, "PayMethod": "payment_a1"}
    ship = {"ShipStatus": order.ship_status, "ShipDate": order.ship_date}
    buyer = buyer_of(int(order.id.rpartition("-")[2]))
    people = {"BillLastName": buyer.family, "BillFirstName": buyer.first, "BillMailAddress": buyer.mail}
    asked = Raw(_only(_top(shop, order), fields) + element("Pay", _only(pay, fields)))
    parts = [asked, element("Ship", _only(ship, fields))]
    parts += [element("Item", _item(shop, line, fields)) for line in order.lines if not line.deleted]
    parts.append(element("Detail", elements(TotalPrice=1000 * sum(line.units for line in order.lines))))
    parts.append(element("Seller", elements(SellerId=shop.seller_id)))
    if shop.switches.buyer_unasked:
        parts.append(element("Buyer", elements(IsLogin="true", **{name: cdata(text) for name, text in people.items()})))
    return Raw("".join(parts))


def _top(shop: Yahoo, order: YahooOrder) -> dict[str, object]:
    return {
        "OrderId": order.id,
        "Version": order.version,
        "OrderTime": shop.stamp(order.placed_at),
        "LastUpdateTime": shop.stamp(order.updated or order.placed_at),
        "OrderStatus": order.status,
        "IsSeen": _truth(order.is_seen),
        "IsSplit": _truth(order.is_split),
        "ParentOrderId": order.parent,
        "ChildOrderId": order.child,
        "CancelReason": "" if order.cancel_reason is None else order.cancel_reason,
        "FraudHoldStatus": order.fraud_hold,
    }


def _item(shop: Yahoo, line: YahooLine, fields: frozenset[str]) -> Raw:
    code, sub_code = line.listing
    item = shop.state.items.get(code)
    shown = {
        "LineId": line.line_id,
        "ItemId": code,
        "SubCode": sub_code,
        "Quantity": line.units - line.withdrawn,
        "Title": cdata(item.title if item else code),
    }
    option = element("ItemOption", elements(Index=1, Name="のし", Value=cdata("あり & 名入れ")))
    return Raw(_only(shown, fields) + (option if "ItemOption" in fields else ""))


def _only(values: dict[str, Any], fields: frozenset[str]) -> Raw:
    return elements(**{name: value for name, value in values.items() if name in fields})


def order_count(shop: Yahoo, request: Request, _args: dict[str, Any]) -> Response:
    if not request.args.get("sellerId"):
        raise Fault("px-04001", '"sellerId" is not specified')
    if request.args["sellerId"] != shop.seller_id:
        raise Fault("px-14304", "No right on this seller.", shop.switches.refusal_status)
    seen = [order for order in shop.orders() if _listed(shop, order) and order.status != CANCELLED]
    counts = elements(
        NewOrder=sum(order.status == PROCESSING and not order.is_seen for order in seen),
        NewReserve=sum(order.status == RESERVED and not order.is_seen for order in seen),
        Holding=sum(order.status == ON_HOLD for order in seen),
        Shipping=sum(order.ship_status == SHIPPABLE for order in seen),
    )
    return order_answer(element("Count", counts))


def _truth(value: bool) -> str:
    return "true" if value else "false"
