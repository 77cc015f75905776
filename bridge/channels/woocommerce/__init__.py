"""WooCommerce through its REST API v3 (own_shops_and_files.md §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bridge.channels.adapter import Adapter
from bridge.channels.answers import understood
from bridge.channels.batches import push_in_batches
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, OrdersRead, Pushed, PushItem, WriteKind
from bridge.channels.woocommerce import checks, facts, listed
from bridge.channels.woocommerce.ids import CHANNEL
from bridge.channels.woocommerce.orders import OrderFeed
from bridge.channels.woocommerce.parents import Parents
from bridge.channels.woocommerce.stock import Stock
from bridge.channels.woocommerce.webhooks import WooWebhooks
from bridge.channels.woocommerce.wire import MALL, Rest
from bridge.config import WooCommerce


class WooCommerceChannel(Adapter[OrderFeed, Stock]):
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

    def orders(self, since: datetime, known_open: Sequence[str] = ()) -> OrdersRead:
        return replace(super().orders(since, known_open), alarms=self._stock.alarms())

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._rest, self._parents)

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:  # noqa: ARG002
        """`key` is not needed: absolute numbers may be sent again."""
        return push_in_batches(items, facts.PUSH_BATCH, self._send)

    def _send(self, batch: Sequence[PushItem]) -> Sequence[Pushed]:
        with understood(MALL, ambiguous=True):
            return self._stock.send(batch)

    def key_life(self) -> KeyLife | None:
        """Keys live until somebody withdraws them (Auth and form)."""
        return None

    def check(self) -> Sequence[Check]:
        return list(checks.check(self._rest, self._feed, self._stock))

    def close(self) -> None:
        self._rest.close()
