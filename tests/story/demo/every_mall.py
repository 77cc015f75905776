"""The demo's whole shop in one process: every mall, sets, and what Amazon ships from its own warehouse."""

from __future__ import annotations

from dataclasses import asdict

from bridge.demo.owner import products_of
from bridge.demo.panel import MALLS
from bridge.demo.stalls import FOUR
from bridge.sandbox.malls.world import seed_world
from tests.story.demo.filled import FilledByTheSeller
from tests.story.test_yahoo import WithYahoo
from tests.support.more_malls import WithAmazon

SKUS, HOT, SETS = 20, 5, 4


class EveryMall(FilledByTheSeller, WithYahoo, WithAmazon):
    """Filled as the demo fills it."""

    def most_lines(self) -> int:
        return len(MALLS) * (SKUS + SETS) + SKUS // 10

    def _fill(self) -> None:
        malls = self.sandbox
        seeded = seed_world(
            (malls.rakuten, malls.shopify, malls.amazon, malls.yahoo),
            skus=SKUS, hot=HOT, sets=SETS, stock=(12, 24), hot_stock=(2, 3),
        )  # fmt: skip
        self.type_in(products_of({"products": [asdict(product) for product in seeded]}, FOUR))
