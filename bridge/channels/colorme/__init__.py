"""Color Me Shop through its API v1 (own_shops_and_files.md §3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import ColorMe
from bridge.channels.adapter import OwnShopAdapter
from bridge.channels.colorme import checks, facts, listed, wire
from bridge.channels.colorme.ids import CHANNEL
from bridge.channels.colorme.orders import OrderFeed
from bridge.channels.colorme.shapes import Shapes
from bridge.channels.colorme.stock import Stock
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind


class ColorMeChannel(OwnShopAdapter[OrderFeed, Stock]):
    """One shop of the seller's own at Color Me."""

    name, mall = CHANNEL, wire.MALL
    webhooks = None  # none for sales or stock (§3, Webhooks)

    def __init__(self, settings: ColorMe, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=1,
            read_batch=facts.PRODUCTS_PAGE,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._http = wire.connect(settings, seams)
        self._shapes = Shapes(self._http, seams.clock)
        feed = OrderFeed(settings, self._http, self._shapes, seams)
        super().__init__(feed, Stock(self._http, self._shapes, seams.clock))

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._http, self._shapes)

    def key_life(self) -> KeyLife | None:
        """A token has no end (§3, Auth)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._http, self._feed, self._stock))

    def close(self) -> None:
        self._http.close()
