"""What the shop has on sale and what it calls it, for the mapping (shopify.md §4): every variant, at one location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from bridge.channels.port import Listed
from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.snapshots import gid, listing_key, number_of
from bridge.channels.shopify.wire import Graph
from bridge.errors import Hint


def pages(graph: Graph, location: str) -> Iterator[list[Listed]]:
    """A query a page."""
    nodes = graph.pages(documents.VARIANTS, {"location": gid("Location", location)}, "productVariants")
    while page := list(islice(nodes, facts.VARIANTS_PAGE)):
        yield [_listed(node, location) for node in page]


def _listed(node: Mapping[str, Any], location: str) -> Listed:
    code = node["sku"]
    return Listed(
        listing_key(number_of(node["inventoryItem"]["id"]), location), (str(code),) if code else (), _trap(node)
    )


def _trap(node: Mapping[str, Any]) -> Hint | None:
    item = node["inventoryItem"]
    if not item["tracked"]:
        return _UNTRACKED
    if node["inventoryPolicy"] == facts.OVERSELLS:
        return _OVERSELLS
    level = item["inventoryLevel"]
    return None if level and level["isActive"] else _NOT_HERE


_UNTRACKED = Hint(
    "Shopify で在庫数を追跡しない設定の商品です。数を送れず、いくらでも売れます。「在庫数を追跡する」にしてください。",
    "Shopify doesn't track its quantity: no number can be sent and it sells without end. Switch tracking on.",
)
_OVERSELLS = Hint(
    "Shopify で「在庫切れの場合でも販売を続ける」設定の商品です。売り越しになります。",
    "Shopify goes on selling it when out of stock (inventoryPolicy CONTINUE): it will oversell.",
)
_NOT_HERE = Hint(
    "Shopify で、設定の location では在庫を持たない商品です。数を送れません。在庫ロケーションを確かめてください。",
    "Shopify doesn't stock it at the location of the settings: no number can be sent. Look at its inventory locations.",
)
