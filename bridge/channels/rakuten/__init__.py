"""Rakuten Ichiba through RMS Web Service (rakuten.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.channel_settings import Rakuten
from bridge.channels.adapter import AbsoluteAdapter
from bridge.channels.answers import understood
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, OrdersRead, WriteKind
from bridge.channels.rakuten import checks, facts, listed, wire
from bridge.channels.rakuten.catalogue import Catalogue
from bridge.channels.rakuten.orders import OrderFeed
from bridge.channels.rakuten.snapshots import CHANNEL
from bridge.channels.rakuten.stock import Stock


class RakutenChannel(AbsoluteAdapter[OrderFeed, Stock]):
    """One shop on Rakuten Ichiba."""

    name, mall = CHANNEL, wire.MALL
    webhooks = None  # none that one could count on (rakuten.md §7)

    def __init__(self, settings: Rakuten, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=facts.UPSERT_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._settings = settings
        self._seams = seams
        self._http = wire.connect(settings, seams)
        self._catalogue = Catalogue(self._http, seams.clock)
        super().__init__(OrderFeed(settings, self._http, seams), Stock(settings, self._http, self._catalogue))

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        read = super().orders(since, known_open)
        self._catalogue.refresh()
        return replace(read, alarms=self._stock.alarms())

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._http)

    def key_life(self) -> KeyLife | None:
        with understood(wire.MALL):
            return checks.key_life(self._settings, self._http)

    def check(self) -> Sequence[Check]:
        parts = (self._feed, self._stock, self._catalogue)
        return list(checks.check(self._settings, self._http, *parts, self._seams))

    def close(self) -> None:
        self._http.close()
