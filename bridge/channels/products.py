"""Listings that are a product, or a variation of one: "product", or "product/variation", in the shop's own numbers."""

from __future__ import annotations

import re

from bridge.domain.orders import ListingKey

NO_SUCH_PRODUCT = 10**15  # to ask for, where the asking alone is tried

_SHAPE = re.compile(r"([1-9][0-9]{0,17})(?:/([1-9][0-9]{0,17}))?")


def product_listing(channel: str, product: int, variation: int = 0) -> ListingKey:
    """`variation`: 0 where the product itself keeps the number."""
    return ListingKey(channel, f"{product}/{variation}" if variation else str(product))


def numbers_of(listing: ListingKey) -> tuple[int, int] | None:
    """Product and variation (0 where it is none); None where the text is no listing of such a shop."""
    found = _SHAPE.fullmatch(listing.id)
    return (int(found[1]), int(found[2] or 0)) if found else None
