"""Shopify through its Admin GraphQL API (shopify.md)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import Shopify
from bridge.channels.adapter import KeyedAdapter
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind
from bridge.channels.shopify import checks, facts, listed
from bridge.channels.shopify.ids import CHANNEL, numbers_of
from bridge.channels.shopify.orders import OrderFeed
from bridge.channels.shopify.stock import Stock
from bridge.channels.shopify.webhooks import ShopifyWebhooks
from bridge.channels.shopify.wire import MALL, Graph
from bridge.domain.orders import ListingKey


class ShopifyChannel(KeyedAdapter[OrderFeed, Stock]):
    """One Shopify shop: one of its locations shows all stock, or several show each their own."""

    name, mall = CHANNEL, MALL

    def __init__(self, settings: Shopify, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.COMPARE_AND_SET,
            batch=facts.PUSH_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._settings = settings
        self.places = settings.places or {}
        self._graph = Graph(settings, seams)
        super().__init__(OrderFeed(settings, self._graph, seams), Stock(self._graph))
        keys = settings.webhook_secret or settings.client_secret
        self.webhooks = ShopifyWebhooks(settings, self._graph, seams.clock) if keys else None

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._graph, self._settings.numbers)

    def place_of(self, listing: ListingKey) -> str:
        """The number of its location."""
        return numbers_of(listing)[1]

    def key_life(self) -> KeyLife | None:
        """A custom app's token lives until somebody withdraws it; that of an app's credentials renews itself (§2)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._settings, self._graph))

    def close(self) -> None:
        self._graph.close()
