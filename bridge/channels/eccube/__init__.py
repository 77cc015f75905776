"""EC-CUBE 4 through its Web API plug-in (own_shops_and_files.md §1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import EcCube
from bridge.channels.adapter import OwnShopAdapter
from bridge.channels.eccube import checks, facts, listed
from bridge.channels.eccube.ids import CHANNEL
from bridge.channels.eccube.orders import OrderFeed
from bridge.channels.eccube.stock import Stock
from bridge.channels.eccube.webhooks import CubeWebhooks
from bridge.channels.eccube.wire import MALL, Graph
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind


class EcCubeChannel(OwnShopAdapter[OrderFeed, Stock]):
    """One shop of the seller's own, made with EC-CUBE."""

    name, mall = CHANNEL, MALL

    def __init__(self, settings: EcCube, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=facts.PUSH_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._graph = Graph(settings, seams)
        super().__init__(OrderFeed(settings, self._graph, seams), Stock(self._graph))
        secret = settings.webhook_secret
        self.webhooks = CubeWebhooks(secret.reveal(), seams.clock) if secret else None

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._stock)

    def key_life(self) -> KeyLife | None:
        """The refresh token is renewed with every use; how long an unused one lives is not known (§1, Auth)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._graph))

    def close(self) -> None:
        self._graph.close()
