"""Listings of Smaregi: "productId@storeId". Each store keeps a number of its own."""

from __future__ import annotations

import re

from bridge.domain.orders import ListingKey

CHANNEL = "smaregi"

Pair = tuple[str, str]
"""The ids of a product and a store."""

_SHAPE = re.compile(r"([1-9][0-9]{0,14})@([1-9][0-9]{0,8})")  # pos.md §1.4: ≤ 15 and ≤ 9 digits


def listing_key(product: str, store: str) -> ListingKey:
    return ListingKey(CHANNEL, f"{product}@{store}")


def pair_of(listing: ListingKey) -> Pair | None:
    """Product and store; None where the text is no listing of Smaregi."""
    found = _SHAPE.fullmatch(listing.id)
    return (found[1], found[2]) if found else None
