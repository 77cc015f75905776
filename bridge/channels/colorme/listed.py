"""What the shop has on sale and what it calls it, for the mapping (§3, Products and stock)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.channels.colorme import facts
from bridge.channels.colorme.ids import listing_key
from bridge.channels.colorme.shapes import Shapes, shape_of
from bridge.channels.colorme.stock import FIELDS, trap
from bridge.channels.colorme.wire import PRODUCTS
from bridge.channels.colorme.wire import pages as pages_of
from bridge.channels.http import MallHttp
from bridge.channels.port import Listed


def pages(http: MallHttp, shapes: Shapes) -> Iterator[list[Listed]]:
    """A call a page."""
    for page, _ in pages_of(http, PRODUCTS, facts.PRODUCTS_PAGE, fields=FIELDS, sort="make_date"):
        for product in page:
            shapes.learn(product)
        yield [each for product in page for each in _listed(product)]


def _listed(product: Mapping[str, Any]) -> Iterator[Listed]:
    """A product, or those of its variants that keep a number."""
    if not shape_of(product).variants:
        listing = listing_key(product["id"])
        yield Listed(listing, _codes(product), trap(product, listing))
        return
    for variant in product["variants"]:
        if variant["stocks"] is not None:
            yield Listed(listing_key(product["id"], variant["id"]), _codes(variant))


def _codes(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (str(row["model_number"]),) if row.get("model_number") else ()
