"""The tills of Square (pos.md, Part 2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.channel_settings import Square
from bridge.channels.adapter import KeyedAdapter
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, OrdersRead, WriteKind
from bridge.channels.square import checks, facts, listed
from bridge.channels.square.history import History
from bridge.channels.square.ids import CHANNEL, parts_of
from bridge.channels.square.marks import OwnRows
from bridge.channels.square.orders import OrderFeed
from bridge.channels.square.stock import Stock
from bridge.channels.square.variations import Variations
from bridge.channels.square.webhooks import SquareWebhooks
from bridge.channels.square.wire import MALL, SquareApi
from bridge.domain.orders import ListingKey


class SquareChannel(KeyedAdapter[OrderFeed, Stock]):
    """One merchant: each of its locations is a place, with the stock column that stands for it."""

    name, mall = CHANNEL, MALL

    def __init__(self, settings: Square, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.RELATIVE,
            batch=facts.PUSH_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
            on_hand=True,
        )
        self._settings, self._clock = settings, seams.clock
        self.places: Mapping[str, tuple[str, ...]] = settings.places
        self._api = SquareApi(settings, seams)
        self._variations = Variations(self._api, seams.clock)
        self._history, own = History(self._api, tuple(settings.places)), OwnRows()
        feed = OrderFeed(settings, self._history, own, seams)
        stock = Stock(self._api, settings.places, self._variations, self._history, own, seams.clock)
        super().__init__(feed, stock)
        key, address = settings.webhook_key, settings.webhook_url
        self.webhooks = SquareWebhooks(settings.shop, address, key.reveal(), seams.clock) if key and address else None

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._variations, tuple(self.places))

    def place_of(self, listing: ListingKey) -> str:
        return parts_of(listing)[1]

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        return replace(super().orders(since, known_open), alarms=self._stock.alarms())

    def key_life(self) -> KeyLife | None:
        """A personal token has no stated end, and one of a consent renews itself (§2.1)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._settings, self._api, self._history, self._variations, self._clock))

    def close(self) -> None:
        self._api.close()
