"""`bridge check` for Yahoo: the token, then each right by the smallest harmless call (yahoo.md §9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from bridge.channel_settings import Yahoo
from bridge.channels.adapter import EndsSoon, end_of, line
from bridge.channels.http import Seams
from bridge.channels.port import Check, KeyLife
from bridge.channels.yahoo import facts
from bridge.channels.yahoo.orders import OrderFeed
from bridge.channels.yahoo.snapshots import listing_key
from bridge.channels.yahoo.stock import Stock
from bridge.channels.yahoo.wire import MALL, Wire
from bridge.clock import JST
from bridge.errors import BridgeError, Hint

NO_SUCH_LISTING = listing_key("bridge-check-nothing", "nothing")
CONSENT = "refresh_token (同意 / consent)"
PUBLIC_KEY = "public_key (公開鍵)"


def consent_life(settings: Yahoo) -> KeyLife:
    """Four weeks from the day of the consent; that day's end is not counted on."""
    given = datetime.combine(date.fromisoformat(settings.consented_on), time(), JST)
    return KeyLife(CONSENT, given + facts.CONSENT_LIFE, facts.CONSENT_WARNING)


def public_key_life(settings: Yahoo) -> KeyLife:
    """Until the end of the day that 暗号鍵管理 names."""
    return KeyLife(PUBLIC_KEY, end_of(settings.public_key_expires, JST), facts.KEY_WARNING)


def key_life(settings: Yahoo) -> KeyLife:
    """Of the two that die, the one that people have to be told of first."""
    return min(consent_life(settings), public_key_life(settings), key=lambda life: life.expires - life.warning)


def check(settings: Yahoo, wire: Wire, feed: OrderFeed, stock: Stock, seams: Seams) -> Iterator[Check]:
    """One line per right. Never raises."""

    def token() -> Hint:
        wire.tokens.headers()
        return _days_left(consent_life(settings), seams.clock.now())

    def signed_list() -> Hint:
        feed.list_one()
        if wire.unsigned_since is not None:
            raise BridgeError(_NOT_AUTHORIZED)
        return _days_left(public_key_life(settings), seams.clock.now())

    yield line(MALL, "token", token)
    yield line(MALL, "getStock / setStock", lambda: stock.read([NO_SUCH_LISTING]))
    yield line(MALL, "orderCount", feed.count)
    yield line(MALL, "orderList + public key", signed_list)
    yield line(MALL, "orderInfo", lambda: feed.get_one(f"{settings.shop}-0"))


def _days_left(life: KeyLife, now: datetime) -> Hint:
    """Raises BridgeError where it has not long to live."""
    left = max(life.expires - now, timedelta(0))
    hint = Hint(
        f"{life.name} は {life.expires:%Y-%m-%d} までです (あと {left.days} 日)。",
        f"{life.name} lives until {life.expires:%Y-%m-%d} ({left.days} days).",
    )
    if left < life.warning:
        raise EndsSoon(Hint(hint.ja + "早めに更新してください。", hint.en + " Renew it soon."))
    return hint


_NOT_AUTHORIZED = Hint(
    "注文は読めますが、公開鍵が受け付けられていません (X-SWS-Authorize-Status)。12 時間で止まります。鍵の期限と版を"
    "確かめてください。",
    "Orders can be read, but the public key is not accepted (X-SWS-Authorize-Status): it stops after 12 hours. Look at"
    " the key's expiry and version.",
)
