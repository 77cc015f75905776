"""`bridge check` for WooCommerce: each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.channels.adapter import line
from bridge.channels.port import Check
from bridge.channels.products import NO_SUCH_PRODUCT
from bridge.channels.woocommerce.ids import listing_key
from bridge.channels.woocommerce.orders import OrderFeed
from bridge.channels.woocommerce.stock import Stock
from bridge.channels.woocommerce.wire import MALL, Rest


def check(rest: Rest, feed: OrderFeed, stock: Stock) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "orders", feed.search_one)
    yield line(MALL, "products", lambda: stock.read([listing_key(NO_SUCH_PRODUCT)]))
    yield line(MALL, "products.variations", lambda: stock.read([listing_key(NO_SUCH_PRODUCT, 1)]))
    yield line(MALL, "products.batch", lambda: rest.try_write("products.batch", "/products/batch"))
    yield line(MALL, "webhooks", lambda: rest.get("webhooks", "/webhooks", per_page=1))
