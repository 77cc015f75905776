"""orders and their refunds (§2, Orders)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from bridge.sandbox.malls.woocommerce.answers import ids, invalid, one_of, page_of, refusal
from bridge.sandbox.malls.woocommerce.records import SITE_ZONE, TRASH, WooOrder
from bridge.sandbox.malls.woocommerce.views import order_json, refund_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.woocommerce.shop import WooCommerce

STATUSES = frozenset(
    {"any", "trash", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed"}
    | {"checkout-draft", "auto-draft", "packing", "sent"}
)
ORDERS_BY = frozenset({"date", "id", "include", "title", "slug"})


def orders(shop: WooCommerce, request: Request, _args: dict[str, Any]) -> Response:
    found = [order for order in shop.state.orders.values() if order.visible_at <= shop.clock.now()]
    wanted = request.args.get("status", "any").split(",")
    for position, status in enumerate(wanted):
        if status not in STATUSES:
            raise invalid("status", f"status[{position}] is not one of any, trash, pending, processing, …")
    found = [each for each in found if each.status in wanted or ("any" in wanted and each.status != TRASH)]
    if (chosen := ids(request, "include")) is not None:
        found = [order for order in found if int(order.id) in chosen]
    after, modified_after = _time(request, "after"), _time(request, "modified_after")
    found = [each for each in found if after is None or _second(each.placed_at) > after]
    found = [each for each in found if modified_after is None or _second(_modified(each)) > modified_after]
    rows = [order_json(order) for order in _sorted(shop, request, found)]
    return page_of(request, rows, shop.switches.total_headers)


def order(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    return one_of(request, order_json(_order(shop, args["o"])))


def refunds(shop: WooCommerce, request: Request, args: dict[str, Any]) -> Response:
    found = _order(shop, args["o"])
    rows = [refund_json(found, refund) for refund in reversed(found.refunds)]
    return page_of(request, rows, shop.switches.total_headers)


def _order(shop: WooCommerce, number: int) -> WooOrder:
    found = shop.state.orders.get(str(number))
    if found is None or found.visible_at > shop.clock.now():
        raise refusal(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
    return found


def _sorted(shop: WooCommerce, request: Request, found: list[WooOrder]) -> list[WooOrder]:
    by = request.args.get("orderby", "date")
    if by not in ORDERS_BY | ({"modified"} if shop.switches.orders_by_modified else set()):
        raise invalid("orderby", "orderby is not one of date, id, include, title, and slug.")
    keys: dict[str, Any] = {"id": lambda each: int(each.id), "modified": _modified}
    key = keys.get(by, lambda each: each.placed_at)
    return sorted(found, key=key, reverse=request.args.get("order", "desc") == "desc")


def _modified(order: WooOrder) -> datetime:
    return order.modified or order.placed_at


def _second(at: datetime) -> datetime:
    return at.replace(microsecond=0)


def _time(request: Request, name: str) -> datetime | None:
    """A naive time is the site's, unless `dates_are_gmt`."""
    text = request.args.get(name)
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise invalid(name, "Invalid date.") from None
    if at.tzinfo:
        return at
    return at.replace(tzinfo=UTC if request.args.get("dates_are_gmt") == "true" else SITE_ZONE)
