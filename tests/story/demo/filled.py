"""A world whose tables are filled as the demo's seller fills them."""

from __future__ import annotations

from collections.abc import Sequence

from bridge.demo.owner import Product
from bridge.demo.seller import INSPECT
from tests.support.world import World


class FilledByTheSeller(World):
    products: Sequence[Product]

    def type_in(self, products: Sequence[Product]) -> None:
        self.products = products
        for row, product in enumerate((p for p in products if not p.made_of), 1):
            self.put("在庫表", row, {"SKU": product.sku, **product.split, INSPECT: 0})
        lines = [(mall, listing, each.components) for each in products for mall, listing in each.listings.items()]
        lines += [("amazon", each.by_amazon, each.sku) for each in products if each.by_amazon]
        for row, cells in enumerate(lines, 1):
            self.put("出品", row, dict(zip(("チャネル", "出品ID", "SKU構成"), cells, strict=True)))
