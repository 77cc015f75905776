"""Listings of Square: "variation@location", since it keeps a number of each variation at each of its locations."""

from __future__ import annotations

from bridge.domain.orders import ListingKey

CHANNEL = "square"


def listing_key(variation: str, location: str) -> ListingKey:
    return ListingKey(CHANNEL, f"{variation}@{location}")


def parts_of(listing: ListingKey) -> tuple[str, str]:
    """The ids of the variation and the location."""
    variation, _, location = listing.id.rpartition("@")
    return variation, location
