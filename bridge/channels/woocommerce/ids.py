"""Listings of WooCommerce: "product", or "product/variation" where a variation keeps its own number."""

from __future__ import annotations

from functools import partial

from bridge.channels.products import product_listing

CHANNEL = "woocommerce"
listing_key = partial(product_listing, CHANNEL)
