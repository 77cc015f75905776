"""スマレジ through its Platform API (pos.md part 1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from bridge.channel_settings import Smaregi
from bridge.channels.adapter import KeyedAdapter
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, WriteKind
from bridge.channels.smaregi import checks, facts, listed
from bridge.channels.smaregi.history import History
from bridge.channels.smaregi.ids import CHANNEL, pair_of
from bridge.channels.smaregi.receipts import Receipts
from bridge.channels.smaregi.stock import Stock
from bridge.channels.smaregi.webhooks import SmaregiWebhooks
from bridge.channels.smaregi.wire import MALL, Api, time_text
from bridge.domain.orders import ListingKey


class SmaregiChannel(KeyedAdapter[History | Receipts, Stock]):
    """The tills of one contract. Each store keeps a number of its own, which is what lies there."""

    name, mall = CHANNEL, MALL

    def __init__(self, settings: Smaregi, seams: Seams) -> None:
        self.shop, self.places = settings.shop, settings.places
        self.capabilities = Capabilities(
            write=WriteKind.RELATIVE,
            batch=1,
            read_batch=facts.LATEST,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
            on_hand=True,
        )
        self._clock, self._api = seams.clock, Api(settings, seams)
        self._history = History(settings, self._api, seams)
        by_receipts = settings.movement_source == "transactions"
        feed = Receipts(settings, self._api, seams) if by_receipts else self._history
        super().__init__(feed, Stock(settings.places, self._api, seams.clock))
        secret = settings.webhook_secret
        self.webhooks = SmaregiWebhooks(secret.reveal(), settings.shop, seams.clock) if secret else None

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._api, tuple(self.places))

    def place_of(self, listing: ListingKey) -> str:
        """Its store's id."""
        pair = pair_of(listing)
        return pair[1] if pair else ""

    def key_life(self) -> KeyLife | None:
        """The app's keys have no end (pos.md §1.1)."""
        return None

    def check(self) -> Sequence[Check]:
        now = self._clock.now()
        since, until = time_text(now - timedelta(days=1)), time_text(now)
        return list(checks.check(self._api, self._history, self.places, since, until))

    def close(self) -> None:
        self._api.close()
