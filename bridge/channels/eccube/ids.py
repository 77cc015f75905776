"""Listings of EC-CUBE: the product code, by which alone a number can be set."""

from __future__ import annotations

from bridge.domain.orders import ListingKey

CHANNEL = "eccube"


def listing_key(code: str) -> ListingKey:
    return ListingKey(CHANNEL, code)
