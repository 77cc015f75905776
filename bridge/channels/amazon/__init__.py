"""Amazon through its Selling Partner API (amazon.md): what we ship is kept in step, what Amazon ships (FBA) is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from datetime import timedelta

from bridge.channel_settings import Amazon
from bridge.channels.adapter import Adapter
from bridge.channels.amazon import checks, facts, listed
from bridge.channels.amazon.fba import FbaStock
from bridge.channels.amazon.feeds import ON_ITS_WAY, Feeds
from bridge.channels.amazon.offers import Offers
from bridge.channels.amazon.orders import OrderFeed
from bridge.channels.amazon.snapshots import CHANNEL, listing_key
from bridge.channels.amazon.stock import Stock
from bridge.channels.amazon.wire import MALL, SpApi
from bridge.channels.answers import understood
from bridge.channels.batches import push_in_batches
from bridge.channels.http import Seams
from bridge.channels.port import Capabilities, Check, KeyLife, Listed, Outcome, Pushed, PushItem, WriteKind
from bridge.domain.orders import ListingKey
from bridge.errors import NeedsPerson, TryAgain


class AmazonChannel(Adapter[OrderFeed, Stock]):
    """One seller in one marketplace of Amazon."""

    name, mall = CHANNEL, MALL
    warehouse = "FBA"
    webhooks = None  # its notifications go to a queue at AWS (amazon.md §8); the poll is the truth

    def __init__(self, settings: Amazon, seams: Seams) -> None:
        self.shop = settings.shop
        self.capabilities = Capabilities(
            write=WriteKind.ABSOLUTE,
            batch=1,
            read_batch=facts.SEARCH_SKUS,
            lag=timedelta(seconds=settings.lag_seconds),
            look_back=timedelta(days=settings.look_back_days),
            max_quantity=facts.MAX_QUANTITY,
        )
        self._settings = settings
        self._clock = seams.clock
        self._api = SpApi(settings, seams)
        self._fba = FbaStock(settings, self._api)
        self._offers = Offers(settings, self._api, self._fba, seams)
        stock = Stock(settings, self._api, self._offers, seams)
        super().__init__(OrderFeed(settings, self._api, seams), stock)
        self._feeds = Feeds(settings, self._api, self._offers, self._stock, seams)
        self._looked_back = False

    def read(self, listings: Iterable[ListingKey]) -> Mapping[ListingKey, int]:
        if not self._looked_back:  # before the first push needs it; that asks again where it failed
            self._looked_back = True
            with suppress(TryAgain, NeedsPerson), understood(MALL):
                self._feeds.look_back()
        return super().read(listings)

    def _pages(self) -> Iterator[Sequence[Listed]]:
        return listed.pages(self._settings, self._api)

    def counted(self) -> Mapping[ListingKey, int]:
        """As CountsStock.counted: what lies in Amazon's warehouses (FBA)."""
        with understood(MALL):
            return {listing_key(sku): units for sku, units in self._fba.sellable().items()}

    def fulfils(self, listings: Iterable[ListingKey]) -> Set[ListingKey]:
        """As CountsStock.fulfils. An offer that we ship too, by the signs, is left to the guard before every write."""
        with understood(MALL):
            wanted = {listing.id: listing for listing in listings}
            offers = self._offers.inspected(list(wanted))
            return {wanted[sku] for sku, offer in offers.items() if offer.by_amazon and not offer.by_us}

    def push(self, items: Sequence[PushItem], key: str) -> Sequence[Pushed]:  # noqa: ARG002
        """`key` is not needed: absolute numbers may be sent again (amazon.md §5.2)."""
        skus = list(dict.fromkeys(item.listing.id for item in items))
        with suppress(TryAgain), understood(MALL):
            self._offers.inspected(skus)  # all at once; those of which that failed are asked for one by one
        if len(skus) >= facts.BULK_FROM:
            return push_in_batches(items, facts.FEED_MESSAGES, self._send_many)
        return push_in_batches(items, 1, self._send_one)

    def _send_one(self, batch: Sequence[PushItem]) -> Sequence[Pushed]:
        with understood(MALL, ambiguous=True):
            if self._feeds.holds(batch[0]):
                return [Pushed(batch[0].listing, Outcome.LATER, ON_ITS_WAY)]
            return self._stock.send(batch)

    def _send_many(self, batch: Sequence[PushItem]) -> Sequence[Pushed]:
        with understood(MALL, ambiguous=True):
            return self._feeds.send(batch)

    def key_life(self) -> KeyLife | None:
        return checks.key_life(self._settings)

    def check(self) -> Sequence[Check]:
        now = self._clock.now()
        return list(
            checks.check(self._settings, self._api, self._feed, self._offers, self._stock, self._feeds, self._fba, now)
        )

    def close(self) -> None:
        self._api.close()
