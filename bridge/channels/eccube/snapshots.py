"""One order of EC-CUBE as a snapshot (§1, Orders, How the cart moves stock). Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.eccube import facts
from bridge.channels.eccube.ids import CHANNEL, listing_key
from bridge.channels.stamps import stamp
from bridge.domain.orders import LineKey, LineSnapshot, OrderSnapshot


def order_snapshot(
    order: Mapping[str, Any],
    shop: str,
    read_at: datetime,
    own: tuple[Collection[str], Collection[str]] = ((), ()),
) -> OrderSnapshot:
    """`own`: statuses of the shop's own making, by their ids: open ones and shipped ones.

    Raises LookupError, TypeError, ValueError where something is missing, or a status is unknown."""
    number, status = str(order["id"]), str(order["OrderStatus"]["id"])
    known = facts.OPEN | {facts.SHIPPED, facts.CANCELLED, facts.RETURNED, facts.BUYING} | {*own[0], *own[1]}
    if status not in known:
        raise ValueError(f"OrderStatus {status}")
    goods = [each for each in order["OrderItems"] if str(each["OrderItemType"]["id"]) == facts.GOODS]
    lines = tuple(_line(each, LineKey(CHANNEL, shop, number, str(each["id"])), status, own) for each in goods)
    changed = datetime.fromisoformat(order["update_date"])
    placed_at = datetime.fromisoformat(order["order_date"] or order["create_date"])
    return OrderSnapshot(CHANNEL, shop, number, f"{stamp(changed)} {stamp(read_at)}", placed_at, lines)


def _line(
    line: Mapping[str, Any], key: LineKey, status: str, own: tuple[Collection[str], Collection[str]]
) -> LineSnapshot:
    """A cancellation puts the units back on sale, a return doesn't (T3)."""
    ordered = units(line["quantity"])
    item, parcel = line["ProductClass"] or {}, line["Shipping"] or {}
    is_shipped = status in (facts.SHIPPED, facts.RETURNED) or status in own[1]
    left = is_shipped or parcel.get("shipping_date") is not None
    holds = status in facts.OPEN or status in own[0]
    shipped = ordered if left and status != facts.BUYING else 0
    put_back = status in (facts.CANCELLED, facts.BUYING) or item.get("stock_unlimited") is True
    return LineSnapshot(
        key=key,
        listing=listing_key(str(item.get("code") or line["product_code"] or "")),
        ordered=ordered,
        open=ordered - shipped if holds else 0,
        shipped=shipped,
        returned=ordered if status == facts.RETURNED else 0,
        taken=0 if put_back else ordered,
    )


def units(value: object) -> int:
    """T5: every count is a Float. Raises TypeError, ValueError for a part of a unit."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return whole(value)
