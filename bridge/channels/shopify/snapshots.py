"""One order of Shopify as a snapshot (shopify.md §6). Pure.

Of a line Shopify tells what was ordered, what is left after refunds and edits (current) and what is not yet fulfilled.
While nothing was taken out of an order that is enough. After a refund, an edit or a cancellation it is not: a unit that
is gone may have been shipped before or not. Only fulfillments tell, so for such orders they are read too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.shopify.ids import CHANNEL, listing_key, number_of
from bridge.channels.shopify.places import Route, Routes, Units, main, portions
from bridge.channels.stamps import stamp
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot


@dataclass(frozen=True)
class Parts:
    """What refunds and fulfillments say, in units per line gid.

    shipped: by fulfillments that stand · withdrawn: refunded before shipping and put back on sale · returned: goods
    that came back · restocked: all units that Shopify put back on sale · restocked_at, withdrawn_at: of these, by the
    number of the location where they were put back, if it is told
    """

    shipped: Counter[str] = field(default_factory=Counter)
    withdrawn: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)
    restocked: Counter[str] = field(default_factory=Counter)
    restocked_at: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    withdrawn_at: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def needs_parts(order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether refunds and fulfillments have to be read to understand the order."""
    changed = any(line["quantity"] != line["currentQuantity"] for line in lines)
    return order["cancelledAt"] is not None or bool(order["refunds"]) or changed


def parts_of(refunded: Sequence[Mapping[str, Any]], fulfilled: Sequence[Mapping[str, Any]]) -> Parts:
    """From refund line items and the line items of fulfillments that stand. Raises KeyError, TypeError."""
    parts = Parts()
    for line in fulfilled:
        parts.shipped[line["lineItem"]["id"]] += whole(line["quantity"] or 0)
    for line in refunded:
        line_id, units = line["lineItem"]["id"], whole(line["quantity"])
        if line["restockType"] == "CANCEL":
            parts.withdrawn[line_id] += units
        # restocked false is no physical return, whatever the type says
        if line["restocked"]:
            parts.restocked[line_id] += units
            parts.returned[line_id] += units if line["restockType"] == "RETURN" else 0
            if line["location"] is not None:
                location = number_of(line["location"]["id"])
                parts.restocked_at[line_id][location] += units
                parts.withdrawn_at[line_id][location] += units if line["restockType"] == "CANCEL" else 0
    return parts


def order_snapshot(
    order: Mapping[str, Any], lines: Sequence[Mapping[str, Any]], parts: Parts | None, shop: str,
    locations: Sequence[str], read_at: datetime, routes: Routes | None = None,
) -> OrderSnapshot:  # fmt: skip
    """`parts`: None where `needs_parts` said no · `locations`: those of the settings, the first for what has none ·
    `routes`: None where but one location is kept in step.

    Raises LookupError, TypeError, ValueError where something is missing."""
    updated = datetime.fromisoformat(order["updatedAt"])
    return OrderSnapshot(
        channel=CHANNEL,
        shop=shop,
        order=number_of(order["id"]),
        version=f"{stamp(updated)} {stamp(read_at)}",
        placed_at=datetime.fromisoformat(order["createdAt"]),
        lines=tuple(_lines(order, lines, parts, shop, locations, routes)),
    )


def _lines(
    order: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    parts: Parts | None,
    shop: str,
    locations: Sequence[str],
    routes: Routes | None,
) -> Iterator[LineSnapshot]:
    for line in lines:
        if not _is_goods(line):
            continue
        ordered = whole(line["quantity"])
        left, shipped = _open_and_shipped(line, parts)
        counted = order["confirmed"] and _tracked(line)  # else Shopify's own number never fell
        restocked = parts.restocked[line["id"]] if parts else 0
        # A test order will never be shipped, but Shopify lowered its number for it: nothing to hold, all of it taken.
        hold = order["cancelledAt"] is None and not order["test"]
        units = Units(left, shipped, ordered if counted else None, held=hold, ships=not order["test"])
        split = portions(
            routes.get(line["id"], Route()), locations, partial(_listing, line), units,
            parts.withdrawn_at[line["id"]] if parts else {}, parts.restocked_at[line["id"]] if parts else {},
        ) if routes is not None else ()  # fmt: skip
        yield LineSnapshot(
            key=LineKey(CHANNEL, shop, number_of(order["id"]), number_of(line["id"])),
            listing=main(split) or _listing(line, locations[0]),
            ordered=ordered,
            open=left if hold else 0,
            shipped=0 if order["test"] else shipped,
            returned=min(parts.returned[line["id"]], shipped) if parts and not order["test"] else 0,
            taken=max(0, ordered - restocked) if counted else 0,
            portions=split,
        )


def _open_and_shipped(line: Mapping[str, Any], parts: Parts | None) -> tuple[int, int]:
    ordered, current, unfulfilled = (
        whole(line[name]) for name in ("quantity", "currentQuantity", "unfulfilledQuantity")
    )
    if parts is None:
        return unfulfilled, ordered - unfulfilled
    shipped = parts.shipped[line["id"]]
    if shipped == 0:  # all that is gone was gone before shipping
        return min(unfulfilled, current), 0
    # Whether unfulfilled counts units withdrawn before shipping isn't said; without those it is never too high.
    return max(0, min(unfulfilled, ordered - shipped - parts.withdrawn[line["id"]])), shipped


def _is_goods(line: Mapping[str, Any]) -> bool:
    """Tips, gift cards and services lie on no shelf."""
    if line["isGiftCard"]:
        return False
    return bool(line["requiresShipping"]) or (line["variant"] is not None and _tracked(line))


def _tracked(line: Mapping[str, Any]) -> bool:
    return line["variant"] is not None and bool(line["variant"]["inventoryItem"]["tracked"])


def _listing(line: Mapping[str, Any], location: str) -> ListingKey:
    """A line whose variant was deleted, or that was typed by hand, has no item: it is shown until somebody maps it."""
    if line["variant"] is None:
        return listing_key(f"sku:{line['sku'] or ''}", location)
    return listing_key(number_of(line["variant"]["inventoryItem"]["id"]), location)
