"""Shopify's ids, and how a listing is named after them."""

from __future__ import annotations

from bridge.domain.orders import ListingKey

CHANNEL = "shopify"


def gid(kind: str, number: str) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(an_id: str) -> str:
    """The number at the end of a gid."""
    return an_id.rpartition("/")[2].partition("?")[0]


def listing_key(item: str, location: str) -> ListingKey:
    """From the numbers of the inventory item and the location."""
    return ListingKey(CHANNEL, f"{item}@{location}")


def numbers_of(listing: ListingKey) -> tuple[str, str]:
    """The numbers of the inventory item and the location."""
    item, _, location = listing.id.rpartition("@")
    return item, location
