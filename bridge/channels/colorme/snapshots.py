"""One sale of Color Me as a snapshot (§3, Orders). Pure.

A sale has no status but three yes-or-no answers. Of a cancelled one every line says 0: how many units it was is known
only to whom had read it before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from bridge.channels.answers import whole
from bridge.channels.colorme.ids import CHANNEL
from bridge.channels.stamps import stamp
from bridge.domain.orders import LineKey, LineSnapshot, ListingKey, OrderSnapshot

ListingOf = Callable[[Mapping[str, Any]], tuple[ListingKey, bool]]
"""Which listing a line is of, and whether the shop lowered its number for it."""


class Forgotten(ValueError):
    """A sale was cancelled after goods had left, and nobody knows how many."""


def order_snapshot(
    sale: Mapping[str, Any], before: Mapping[str, int], shop: str, read_at: datetime, listing_of: ListingOf
) -> OrderSnapshot:
    """`before`: units by line, as they were read before the sale was cancelled.

    Raises LookupError, TypeError, ValueError where something is missing, Forgotten."""
    number = str(whole(sale["id"]))
    left = {str(each["id"]) for each in sale["sale_deliveries"] if each["delivered"] is True}
    lines = tuple(_line(line, sale, before, left, shop, number, listing_of) for line in sale["details"])
    modified, placed_at = time_of(sale["update_date"]), time_of(sale["make_date"])
    return OrderSnapshot(CHANNEL, shop, number, f"{stamp(modified)} {stamp(read_at)}", placed_at, lines)


def _line(
    line: Mapping[str, Any],
    sale: Mapping[str, Any],
    before: Mapping[str, int],
    left: set[str],
    shop: str,
    number: str,
    listing_of: ListingOf,
) -> LineSnapshot:
    key = LineKey(CHANNEL, shop, number, str(whole(line["id"])))
    cancelled = sale["canceled"] is True
    shipped = sale["delivered"] is True or str(line["sale_delivery_id"]) in left
    told = whole(line["product_num"])
    if cancelled and shipped and not told and key.line not in before:
        raise Forgotten(f"{number}: cancelled after it was sent")
    units = before.get(key.line, told) if cancelled and not told else told
    listing, lowers = listing_of(line)
    return LineSnapshot(
        key=key,
        listing=listing,
        ordered=units,
        open=0 if cancelled or shipped else units,
        shipped=units if shipped else 0,
        returned=0,  # never told
        taken=units if lowers else 0,
    )


def time_of(seconds: object) -> datetime:
    """Unix seconds. Raises TypeError, ValueError, OverflowError."""
    return datetime.fromtimestamp(whole(seconds), UTC)
