"""The demo's whole shop in one process: every mall, sets, and what Amazon ships from its own warehouse."""

from __future__ import annotations

from dataclasses import asdict

from bridge.demo.owner import products_of
from bridge.demo.panel import MALLS
from bridge.demo.seller import INSPECT
from bridge.demo.stalls import FOUR
from bridge.sandbox.malls.world import seed_world
from tests.story.test_yahoo import WithYahoo
from tests.support.more_malls import WithAmazon

SKUS, HOT, SETS = 20, 5, 4


class EveryMall(WithYahoo, WithAmazon):
    """Filled as the demo fills it."""

    def most_lines(self) -> int:
        return len(MALLS) * (SKUS + SETS) + SKUS // 10

    def _fill(self) -> None:
        malls = self.sandbox
        seeded = seed_world(
            (malls.rakuten, malls.shopify, malls.amazon, malls.yahoo),
            skus=SKUS, hot=HOT, sets=SETS, stock=(12, 24), hot_stock=(2, 3),
        )  # fmt: skip
        self.products = products_of({"products": [asdict(product) for product in seeded]}, FOUR)
        for row, product in enumerate((p for p in self.products if not p.made_of), 1):
            self.put("在庫表", row, {"SKU": product.sku, **product.split, INSPECT: 0})
        lines = [(mall, listing, each.components) for each in self.products for mall, listing in each.listings.items()]
        lines += [("amazon", each.by_amazon, each.sku) for each in self.products if each.by_amazon]
        for row, cells in enumerate(lines, 1):
            self.put("出品", row, dict(zip(("チャネル", "出品ID", "SKU構成"), cells, strict=True)))
