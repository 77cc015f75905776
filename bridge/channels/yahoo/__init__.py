"""Yahoo!ショッピング through its merchant APIs (yahoo.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import Yahoo
from bridge.channels.adapter import AbsoluteAdapter
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind
from bridge.channels.yahoo import checks, facts, listed
from bridge.channels.yahoo.orders import OrderFeed
from bridge.channels.yahoo.snapshots import CHANNEL
from bridge.channels.yahoo.stock import Stock
from bridge.channels.yahoo.wire import MALL, Wire


class YahooChannel(AbsoluteAdapter[OrderFeed, Stock]):
    """One store on Yahoo!ショッピング."""

    name, mall = CHANNEL, MALL
    webhooks = None  # none for merchants (yahoo.md §6)

    def __init__(self, settings: Yahoo, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=facts.STOCK_BATCH,
            read_batch=facts.STOCK_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
            hides=timedelta(hours=settings.held_hours),
        )
        self._settings, self._seams = settings, seams
        self._wire = Wire(settings, seams)
        feed = OrderFeed(settings, self._wire, seams)
        super().__init__(feed, Stock(settings, self._wire, feed.closed))

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._settings, self._wire, self._stock)

    def key_life(self) -> KeyLife | None:
        return checks.key_life(self._settings)

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._settings, self._wire, self._feed, self._stock, self._seams))

    def close(self) -> None:
        self._wire.close()
