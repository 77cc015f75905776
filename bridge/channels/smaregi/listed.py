"""What the tills sell and what it is called, for the mapping (pos.md §1.4): every product, at each store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bridge.channels.port import Listed
from bridge.channels.smaregi import facts
from bridge.channels.smaregi.ids import listing_key
from bridge.channels.smaregi.stock import keeps_stock
from bridge.channels.smaregi.wire import PRODUCTS, Api
from bridge.errors import Hint

GOODS = "0"  # division: neither ticket nor option


def pages(api: Api, stores: Sequence[str]) -> Iterator[list[Listed]]:
    """A call a page."""
    for page in api.pages(PRODUCTS, facts.PRODUCTS_PAGE, sort="productId"):
        yield [each for product in page if str(product["division"]) == GOODS for each in _listed(product, stores)]


def _listed(product: Mapping[str, Any], stores: Sequence[str]) -> Iterator[Listed]:
    codes = tuple(str(product[name]) for name in ("productCode", "supplierProductNo") if product.get(name))
    trap = None if keeps_stock(product) else _NOT_KEPT
    for store in stores:
        yield Listed(listing_key(str(product["productId"]), store), codes, trap)


_NOT_KEPT = Hint(
    "スマレジで在庫管理をしない設定の商品です。数を送れず、売れても分かりません。在庫管理を有効にしてください。",
    "Smaregi keeps no stock of it: no number can be sent, and nothing tells of its sales. Switch its stock control on.",
)
