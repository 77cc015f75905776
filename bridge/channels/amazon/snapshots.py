"""One order of Amazon as a snapshot (amazon.md §4.1, §4.3). Pure.

Orders that Amazon ships (FBA) hold nothing of ours: they are snapshots without lines, so that one which was taken for
ours once lets go of all it held.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from bridge.channels.amazon import facts
from bridge.channels.answers import whole
from bridge.channels.stamps import stamp
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot

CHANNEL = "amazon"


def listing_key(sku: str) -> ListingKey:
    """The seller's own SKU is the key, letter by letter (trap 13)."""
    return ListingKey(CHANNEL, sku)


def is_sku(text: str) -> bool:
    return 0 < len(text) <= facts.LONGEST_SKU and text.isprintable()


def order_snapshot(order: Mapping[str, Any], shop: str, read_at: datetime) -> OrderSnapshot:
    """Raises LookupError, TypeError, ValueError where something is missing."""
    number, status = order["orderId"], order["fulfillment"]["fulfillmentStatus"]
    if not isinstance(number, str) or not number:
        raise ValueError("no orderId")
    if status not in facts.STATUSES:
        raise ValueError(f"fulfillmentStatus {status}")
    updated, placed = _time(order["lastUpdatedTime"]), _time(order["createdTime"])
    lines = () if shipped_by_amazon(order) else tuple(_lines(order, shop, number, status))
    return OrderSnapshot(
        channel=CHANNEL,
        shop=shop,
        order=number,
        version=f"{stamp(updated)} {stamp(read_at)}",
        placed_at=placed,
        lines=lines,
    )


def shipped_by_amazon(order: Mapping[str, Any]) -> bool:
    """Who ships is optional in the model: where it isn't told, an order of another store is Amazon's (trap 7), and one
    of Amazon's own store ours, which never sells a unit twice."""
    fulfilled_by = order["fulfillment"].get("fulfilledBy")
    if fulfilled_by is not None:
        return bool(fulfilled_by == "AMAZON")
    signs = (order["salesChannel"]["channelName"], order["fulfillment"]["fulfillmentStatus"])
    return "NON_AMAZON" in signs or facts.UNFULFILLABLE in signs


def cancel_asked(order: Mapping[str, Any]) -> bool:
    """A buyer's request that nobody has carried out. It cancels nothing (trap 5)."""
    if shipped_by_amazon(order) or order["fulfillment"]["fulfillmentStatus"] not in facts.PENDING | facts.TO_SHIP:
        return False
    told = [item.get("cancellation") or {} for item in order["orderItems"]]
    return any(each.get("cancellationRequest") and not each.get("cancellationExecution") for each in told)


def _lines(order: Mapping[str, Any], shop: str, number: str, status: str) -> Iterator[LineSnapshot]:
    for item in order["orderItems"]:
        ordered = whole(item["quantityOrdered"])
        still_open, shipped = _open_and_shipped(item, ordered, status)
        yield LineSnapshot(
            key=LineKey(CHANNEL, shop, number, _text(item["orderItemId"])),
            listing=_listing(item["product"]),
            ordered=ordered,
            open=still_open,
            shipped=shipped,
            returned=0,  # a return is never reported here
            taken=ordered,  # whether a cancellation put units back on sale isn't told: they are taken to stay away
        )


def _open_and_shipped(item: Mapping[str, Any], ordered: int, status: str) -> tuple[int, int]:
    told = item.get("fulfillment") or {}
    fulfilled, unfulfilled = (_count(told.get(name)) for name in ("quantityFulfilled", "quantityUnfulfilled"))
    executed = (item.get("cancellation") or {}).get("cancellationExecution")
    if status in facts.PENDING:  # whether anything is counted as unfulfilled before it is paid for isn't said
        return ordered, fulfilled or 0
    if status == facts.SHIPPED:
        return 0, fulfilled or (0 if executed else ordered)  # an item without a count was shipped, or cancelled
    if status in (facts.CANCELLED, facts.UNFULFILLABLE):
        return 0, fulfilled or 0
    if unfulfilled is not None:
        return unfulfilled, fulfilled or 0
    return 0 if executed else max(0, ordered - (fulfilled or 0)), fulfilled or 0


def _listing(product: Mapping[str, Any]) -> ListingKey:
    """The line of a listing that was deleted may come without its SKU: it is shown until somebody maps it (trap 8)."""
    sku = product.get("sellerSku")
    return listing_key(_text(sku) if sku else f"asin:{product.get('asin') or ''}")


def _count(value: object) -> int | None:
    return None if value is None else whole(value)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"{value!r} is no text")
    return value


def _time(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError(f"{value} without a time zone")
    return at
