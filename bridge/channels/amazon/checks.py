"""`bridge check` for Amazon: the token, the marketplace, then each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from bridge.channel_settings import Amazon
from bridge.channels.adapter import OK, end_of, line
from bridge.channels.amazon.fba import FbaStock
from bridge.channels.amazon.feeds import Feeds
from bridge.channels.amazon.offers import Offers
from bridge.channels.amazon.orders import OrderFeed
from bridge.channels.amazon.stock import Stock
from bridge.channels.amazon.wire import MALL, SpApi
from bridge.channels.http import Operation
from bridge.channels.port import KEY_WARNING, Check, KeyLife
from bridge.errors import BridgeError, Hint, NeedsPerson

PARTICIPATIONS = Operation(
    "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", "getMarketplaceParticipations"
)
KEY = "client_secret"
NO_SUCH_ORDER = "000-0000000-0000000"
NO_SUCH_SKU = "bridge-check-nothing"


def check(
    settings: Amazon,
    api: SpApi,
    feed: OrderFeed,
    offers: Offers,
    stock: Stock,
    feeds: Feeds,
    fba: FbaStock,
    now: datetime,
) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(MALL, "marketplace", lambda: _marketplace(settings, api))
    yield line(MALL, "searchOrders", feed.search_one)
    yield line(MALL, "getOrder", lambda: feed.get_one(NO_SUCH_ORDER))
    yield line(MALL, "searchListingsItems", lambda: offers.read([NO_SUCH_SKU]))
    yield line(MALL, "patchListingsItem", lambda: stock.try_one(NO_SUCH_SKU))
    yield line(MALL, "getFeeds", feeds.list_one)
    yield line(MALL, "getInventorySummaries", lambda: fba.lying([NO_SUCH_SKU]))
    if settings.client_secret_expires is not None:
        yield line(MALL, KEY, lambda: _remaining(settings, now))


def key_life(settings: Amazon) -> KeyLife | None:
    """Until the end of the day that the settings name: Amazon tells nobody when a client_secret dies (§2.1)."""
    if settings.client_secret_expires is None:
        return None
    return KeyLife(KEY, end_of(settings.client_secret_expires, ZoneInfo("Asia/Tokyo")))


def _marketplace(settings: Amazon, api: SpApi) -> Hint:
    listed = api.must(PARTICIPATIONS)["payload"]
    mine = [each["participation"] for each in listed if each["marketplace"]["id"] == settings.marketplace]
    if not mine or not mine[0]["isParticipating"]:
        raise NeedsPerson(
            Hint(
                f"この出品者は {settings.marketplace} に出品していません。設定の marketplace を確かめてください。",
                f"This seller does not sell in the marketplace {settings.marketplace}. Look at marketplace.",
            )
        )
    if mine[0]["hasSuspendedListings"]:
        return Hint("使えますが、停止中の出品があります。", "It works, but some listings are suspended.")
    return OK


def _remaining(settings: Amazon, now: datetime) -> Hint:
    """Raises BridgeError where the key has not long to live."""
    life = key_life(settings)
    assert life is not None
    left = (life.expires - now).days
    hint = Hint(
        f"client_secret は {life.expires:%Y-%m-%d} まで有効です (あと {left} 日)。",
        f"The client_secret lives until {life.expires:%Y-%m-%d} ({left} days).",
    )
    if life.expires - now < KEY_WARNING:
        raise BridgeError(
            Hint(
                hint.ja + "デベロッパーコンソールで新しい鍵を作ってください。",
                hint.en + " Make a new one in the developer console.",
            )
        )
    return hint
