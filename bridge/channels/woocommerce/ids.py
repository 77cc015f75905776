"""Listings of WooCommerce: "product", or "product/variation"."""

from __future__ import annotations

import re

from bridge.domain.orders import ListingKey

CHANNEL = "woocommerce"
_SHAPE = re.compile(r"([1-9][0-9]{0,17})(?:/([1-9][0-9]{0,17}))?")


def listing_key(product: int, variation: int = 0) -> ListingKey:
    return ListingKey(CHANNEL, f"{product}/{variation}" if variation else str(product))


def numbers_of(listing: ListingKey) -> tuple[int, int] | None:
    """Product and variation (0 where it is none); None where the text is no listing of this mall."""
    found = _SHAPE.fullmatch(listing.id)
    return (int(found[1]), int(found[2] or 0)) if found else None
