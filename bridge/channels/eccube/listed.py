"""What the shop has on sale and what it calls it, for the mapping (§1, Products and stock)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bridge.channels.eccube.ids import listing_key
from bridge.channels.eccube.stock import Stock, trap
from bridge.channels.port import Listed


def pages(stock: Stock) -> Iterator[list[Listed]]:
    """A call a page. A product without a code can't be told apart, and is left out."""
    seen: Counter[str] = Counter()
    for products, _ in stock.products():
        items = [each for product in products for each in product["ProductClasses"] if each["visible"] and each["code"]]
        seen.update(str(each["code"]) for each in items)
        yield [Listed(listing_key(str(each["code"])), (str(each["code"]),), trap(each, seen)) for each in items]
