"""What the shop has on sale and what it calls it, for the mapping (§2, Products and stock)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from bridge.channels.port import Listed
from bridge.channels.woocommerce import facts
from bridge.channels.woocommerce.ids import listing_key
from bridge.channels.woocommerce.parents import PARENT, Parents
from bridge.channels.woocommerce.stock import trap
from bridge.channels.woocommerce.wire import Rest

FIELDS = "id,type,sku,manage_stock,stock_quantity,backorders,variations"
VARIABLE = "variable"
NOT_KEPT_HERE = frozenset({"grouped", "external"})  # other products, or another shop's


def pages(rest: Rest, parents: Parents) -> Iterator[list[Listed]]:
    """A call a page; the variations of a product in a page of their own."""
    query = {"orderby": "id", "order": "asc", "_fields": FIELDS}
    for page, _ in rest.pages("products", "/products", facts.PRODUCTS_PAGE, **query):
        sold = [product for product in page if product["type"] not in NOT_KEPT_HERE]
        yield [_listed(product) for product in sold if product["type"] != VARIABLE or product["manage_stock"] is True]
        for product in sold:
            if product["type"] == VARIABLE:
                yield from _variations(rest, parents, product["id"])


def _variations(rest: Rest, parents: Parents, product: int) -> Iterator[list[Listed]]:
    """Those that keep their own stock; the others are sold from their product's."""
    query = {"orderby": "id", "order": "asc", "_fields": FIELDS}
    path = f"/products/{product}/variations"
    for page, _ in rest.pages("products.variations", path, facts.PRODUCTS_PAGE, **query):
        for row in page:
            parents.learn(row["id"], row["manage_stock"])
        yield [_listed(row, product) for row in page if row["manage_stock"] != PARENT]


def _listed(row: Mapping[str, Any], product: int = 0) -> Listed:
    listing = listing_key(product, row["id"]) if product else listing_key(row["id"])
    return Listed(listing, (str(row["sku"]),) if row.get("sku") else (), trap(row))
