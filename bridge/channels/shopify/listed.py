"""What the shop has on sale and what it calls it, for the mapping (shopify.md §4): every variant, at the locations
of the settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from bridge.channels.port import Listed
from bridge.channels.shopify import documents, facts
from bridge.channels.shopify.ids import gid, listing_key, number_of
from bridge.channels.shopify.wire import Graph
from bridge.errors import Hint


def pages(graph: Graph, locations: Sequence[str]) -> Iterator[list[Listed]]:
    """A query a page. An item is listed at each of `locations` that stocks it; one that none of them stocks, at the
    first, with what is wrong about it."""
    nowhere: dict[str, Mapping[str, Any]] = {}
    somewhere: set[str] = set()
    for location in locations:
        nodes = graph.pages(documents.VARIANTS, {"location": gid("Location", location)}, "productVariants")
        while page := list(islice(nodes, facts.VARIANTS_PAGE)):
            here = [node for node in page if len(locations) == 1 or _stocked(node)]
            somewhere |= {_item(node) for node in here}
            nowhere |= {_item(node): node for node in page if not _stocked(node)}
            yield [_listed(node, location) for node in here]
    left = [_listed(node, locations[0]) for item, node in nowhere.items() if item not in somewhere]
    if left:
        yield left


def _item(node: Mapping[str, Any]) -> str:
    return number_of(node["inventoryItem"]["id"])


def _stocked(node: Mapping[str, Any]) -> bool:
    level = node["inventoryItem"]["inventoryLevel"]
    return bool(level and level["isActive"])


def _listed(node: Mapping[str, Any], location: str) -> Listed:
    code = node["sku"]
    return Listed(listing_key(_item(node), location), (str(code),) if code else (), _trap(node))


def _trap(node: Mapping[str, Any]) -> Hint | None:
    item = node["inventoryItem"]
    if not item["tracked"]:
        return _UNTRACKED
    if node["inventoryPolicy"] == facts.OVERSELLS:
        return _OVERSELLS
    return None if _stocked(node) else _NOT_HERE


_UNTRACKED = Hint(
    "Shopify で在庫数を追跡しない設定の商品です。数を送れず、いくらでも売れます。「在庫数を追跡する」にしてください。",
    "Shopify doesn't track its quantity: no number can be sent and it sells without end. Switch tracking on.",
)
_OVERSELLS = Hint(
    "Shopify で「在庫切れの場合でも販売を続ける」設定の商品です。売り越しになります。",
    "Shopify goes on selling it when out of stock (inventoryPolicy CONTINUE): it will oversell.",
)
_NOT_HERE = Hint(
    "Shopify で、設定のロケーションでは在庫を持たない商品です。数を送れません。在庫ロケーションを確かめてください。",
    "Shopify doesn't stock it at any location of the settings: no number can be sent. Look at its inventory locations.",
)
