"""`bridge check` for Rakuten: the key's remaining life, then each right by the smallest harmless call."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bridge.channel_settings import Rakuten
from bridge.channels.adapter import EndsSoon, end_of, line
from bridge.channels.http import KeyRefused, MallHttp, Operation, Seams
from bridge.channels.port import KEY_WARNING, Check, KeyLife
from bridge.channels.rakuten import wire
from bridge.channels.rakuten.catalogue import Catalogue
from bridge.channels.rakuten.orders import GET, SEARCH, OrderFeed
from bridge.channels.rakuten.snapshots import listing_key
from bridge.channels.rakuten.stock import Stock
from bridge.clock import JST
from bridge.errors import Hint, NeedsPerson

EXPIRY = Operation("license.expiryDate.get", "GET", "/es/1.0/license-management/license-key/expiry-date", "licence")
KEY = "licenseKey"
NO_SUCH_ORDER = "000000-20200101-0000000000"
NO_SUCH_LISTING = listing_key("bridge-check-nothing", "nothing")


def check(
    settings: Rakuten, http: MallHttp, feed: OrderFeed, stock: Stock, catalogue: Catalogue, seams: Seams
) -> Iterator[Check]:
    """One line per right. Never raises."""
    yield line(wire.MALL, "license.expiryDate.get", lambda: _key_life(settings, http, seams.clock.now()))
    yield line(wire.MALL, SEARCH[settings.order_source].name, feed.search_one)
    yield line(wire.MALL, GET[settings.order_source].name, lambda: feed.get_one(NO_SUCH_ORDER))
    yield line(wire.MALL, "inventories.bulk.get", lambda: stock.read([NO_SUCH_LISTING]))
    yield line(wire.MALL, "items.search", catalogue.try_search)
    yield line(wire.MALL, "items.inventory-related-settings.get", catalogue.try_settings)
    yield Check(
        "inventories.bulk.upsert",
        True,
        Hint(
            "書き込まずには試せません。RMS で有効になっているか目で確かめてください。",
            "This can't be tried without writing: see for yourself that it is switched on in RMS.",
        ),
    )


def key_life(settings: Rakuten, http: MallHttp) -> KeyLife | None:
    """As Channel.key_life: what RMS says; where it won't say (the function is not switched on), what the settings
    say."""
    try:
        expires = _ask(http, *wire.license_keys(settings))
    except KeyRefused:
        raise
    except (NeedsPerson, wire.RmsRefused):
        expires = None
    return KeyLife(KEY, expires) if expires else _written_down(settings)


def _ask(http: MallHttp, key: str, *before: str) -> datetime | None:
    """Of the newest key that is accepted: while one made just now is not, the one before it serves."""
    try:
        answer = http.call(EXPIRY, query={"licenseKey": key})
    except KeyRefused:
        if not before:
            raise
        return _ask(http, *before)
    return _expiry((answer.json or {}).get("expiryDate"))


def _written_down(settings: Rakuten) -> KeyLife | None:
    """Until the end of the day that the settings name."""
    if settings.license_key_expires is None:
        return None
    return KeyLife(KEY, end_of(settings.license_key_expires, JST))


def _key_life(settings: Rakuten, http: MallHttp, now: datetime) -> Hint:
    """Raises BridgeError where the key has not long to live."""
    life = key_life(settings, http)
    if life is None:
        return Hint(
            "鍵の期限は読めませんでした。設定の license_key_expires に書いてください。",
            "The key works; its expiry could not be read. Write it into the settings as license_key_expires.",
        )
    left = (life.expires - now).days
    hint = Hint(
        f"licenseKey は {life.expires:%Y-%m-%d} まで有効です (あと {left} 日)。",
        f"The licenseKey lives until {life.expires:%Y-%m-%d} ({left} days).",
    )
    if life.expires - now < KEY_WARNING:
        raise EndsSoon(
            Hint(hint.ja + "RMS で新しい鍵を作ってください。", hint.en + " Make a new one in RMS."),
        )
    return hint


def _expiry(text: object) -> datetime | None:
    """A date, or a date and time, with or without an offset; without one it is Japan's (rakuten.md §1.1)."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=JST)
