"""Listings of Color Me: "product", or "product/variant" where a variant keeps its own number."""

from __future__ import annotations

from functools import partial

from bridge.channels.products import product_listing

CHANNEL = "colorme"
listing_key = partial(product_listing, CHANNEL)
