"""WooCommerce through its REST API v3 (own_shops_and_files.md §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import WooCommerce
from bridge.channels.adapter import OwnShopAdapter
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind
from bridge.channels.woocommerce import checks, facts, listed
from bridge.channels.woocommerce.ids import CHANNEL
from bridge.channels.woocommerce.orders import OrderFeed
from bridge.channels.woocommerce.parents import Parents
from bridge.channels.woocommerce.stock import Stock
from bridge.channels.woocommerce.webhooks import WooWebhooks
from bridge.channels.woocommerce.wire import MALL, Rest


class WooCommerceChannel(OwnShopAdapter[OrderFeed, Stock]):
    """One shop of the seller's own, made with WooCommerce."""

    name, mall = CHANNEL, MALL

    def __init__(self, settings: WooCommerce, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=facts.PUSH_BATCH,
            read_batch=facts.READ_BATCH,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._rest = Rest(settings, seams)
        self._parents = Parents(self._rest, seams.clock)
        super().__init__(OrderFeed(settings, self._rest, self._parents, seams), Stock(self._rest, self._parents))
        secret = settings.webhook_secret
        self.webhooks = WooWebhooks(secret.reveal(), self._rest, seams.clock) if secret else None

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._rest, self._parents)

    def key_life(self) -> KeyLife | None:
        """Keys live until somebody withdraws them (Auth and form)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._rest, self._feed, self._stock))

    def close(self) -> None:
        self._rest.close()
