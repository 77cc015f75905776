"""`bridge check` for Color Me: each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.channels.adapter import line
from bridge.channels.colorme.ids import listing_key
from bridge.channels.colorme.orders import OrderFeed
from bridge.channels.colorme.stock import Stock
from bridge.channels.colorme.wire import MALL, PRODUCTS
from bridge.channels.http import MallHttp
from bridge.channels.port import Check
from bridge.channels.products import NO_SUCH_PRODUCT
from bridge.errors import Hint


def check(http: MallHttp, feed: OrderFeed, stock: Stock) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "token", lambda: http.call(PRODUCTS, query={"limit": "1", "fields": "id"}))
    yield line(MALL, "read_sales", feed.search_one)
    yield line(MALL, "read_products", lambda: stock.read([listing_key(NO_SUCH_PRODUCT)]))
    yield line(MALL, "products.ids", lambda: stock.read([listing_key(NO_SUCH_PRODUCT, 1)]))
    yield Check(
        "write_products",
        True,
        Hint(
            "書き込まずには試せません。トークンに write_products の権限があるか確かめてください。",
            "This can't be tried without writing: see for yourself that the token has the scope write_products.",
        ),
    )
