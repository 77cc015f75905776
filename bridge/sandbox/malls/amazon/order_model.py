"""One order as the Orders API 2026-01-01 shows it (amazon.md §4.1, §4.3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.amazon.answers import stamp
from bridge.sandbox.malls.amazon.records import JAPAN, AmazonLine, AmazonOrder
from bridge.sandbox.malls.buyers import buyer_of

if TYPE_CHECKING:
    from bridge.sandbox.malls.amazon.shop import Amazon

STATUSES = (
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED", "UNFULFILLABLE",
)  # fmt: skip
INCLUDABLE = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX",
    "PAYMENT", "FULFILLMENT_ORDERS",
)  # fmt: skip


def status_of(order: AmazonOrder) -> str:
    if order.cancelled_at is not None:
        return "CANCELLED"
    if order.paid_at is None:
        return "PENDING"
    shipped = sum(line.shipped for line in order.lines)
    if order.open == 0:
        return "SHIPPED"
    return "PARTIALLY_SHIPPED" if shipped else "UNSHIPPED"


def render_order(shop: Amazon, order: AmazonOrder, included: frozenset[str]) -> dict[str, Any]:
    """`included`: the data sets asked for; without FULFILLMENT not even the status is there."""
    channel = {"channelName": "NON_AMAZON"} if order.outside else _AMAZON_JP
    shown: dict[str, Any] = {
        "orderId": order.id,
        "createdTime": stamp(order.placed_at),
        "lastUpdatedTime": stamp(order.updated_at or order.placed_at),
        "salesChannel": channel,
        "programs": [],
        "orderItems": [_item(shop, order, line, included) for line in order.lines],
    }
    if order.replaces:
        shown["associatedOrders"] = [{"orderId": order.replaces, "associationType": "REPLACEMENT_ORIGINAL_ID"}]
    if "FULFILLMENT" in included:
        shown["fulfillment"] = _fulfillment(shop, order)
    if "BUYER" in included:
        buyer = buyer_of(order.number)
        shown["buyer"] = {"buyerName": buyer.name, "buyerEmail": buyer.mail}
    if "RECIPIENT" in included:
        shown["recipient"] = {"deliveryAddress": _address(order.number)}
    return shown


_AMAZON_JP = {"channelName": "AMAZON", "marketplaceId": JAPAN, "marketplaceName": "Amazon.co.jp"}


def _fulfillment(shop: Amazon, order: AmazonOrder) -> dict[str, Any]:
    by = {"fulfilledBy": "AMAZON" if order.by_amazon else "MERCHANT"} if shop.switches.fulfilled_by_told else {}
    return {
        "fulfillmentStatus": status_of(order),
        **by,
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": _window(order.placed_at, 2),
        "deliverByWindow": _window(order.placed_at, 5),
    }


def _window(start: datetime, days: int) -> dict[str, str]:
    return {"earliestDateTime": stamp(start), "latestDateTime": stamp(start + timedelta(days=days))}


def _item(shop: Amazon, order: AmazonOrder, line: AmazonLine, included: frozenset[str]) -> dict[str, Any]:
    dials = shop.switches
    zero = order.cancelled_at is not None and dials.cancelled_quantities == "zero"
    withdrawn = line.cancelled if order.cancelled_at is None and dials.part_cancel == "quantity" else 0
    sku = {"sellerSku": line.listing[0]} if line.listed else {}
    shown: dict[str, Any] = {
        "orderItemId": line.line_id,
        "quantityOrdered": 0 if zero else line.units - withdrawn,
        "product": {"asin": line.asin, "title": line.sku, **sku, "condition": {"conditionType": "NEW"}},
    }
    if "FULFILLMENT" in included and dials.shipped_quantities:
        shown["fulfillment"] = _counts(shop, order, line)
    if "CANCELLATION" in included and (told := _cancellation(order, line, dials.part_cancel == "execution")):
        shown["cancellation"] = told
    return shown


def _counts(shop: Amazon, order: AmazonOrder, line: AmazonLine) -> dict[str, int]:
    if order.paid_at is None and order.cancelled_at is None:
        shown = {"shown": {"quantityUnfulfilled": line.open}, "zero": {"quantityUnfulfilled": 0}, "absent": {}}
        return {"quantityFulfilled": 0, **shown[shop.switches.pending_quantities]}
    return {"quantityFulfilled": line.shipped, "quantityUnfulfilled": line.open}


def _cancellation(order: AmazonOrder, line: AmazonLine, parts_told: bool) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if line.cancel_asked:
        told["cancellationRequest"] = {"requester": line.cancel_asked, "cancelReason": "Ordered by mistake"}
    if line.cancelled_by and (parts_told or order.cancelled_at is not None):
        told["cancellationExecution"] = {"cancelledBy": line.cancelled_by, "cancelReason": "OTHER"}
    return told


def _address(number: int) -> dict[str, str]:
    buyer = buyer_of(number)
    return {
        "name": buyer.name,
        "addressLine1": buyer.street,
        "city": buyer.city,
        "stateOrRegion": buyer.prefecture,
        "postalCode": "-".join(buyer.zip_code),
        "countryCode": "JP",
        "phone": "-".join(buyer.phone),
    }
