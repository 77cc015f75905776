"""One-time links for keys. Only digests are kept: whoever reads the ledger can open none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from bridge.ledger.schema import key_link
from bridge.ledger.values import iso, time_of


@dataclass(frozen=True)
class KeyLink:
    """`browser`: a digest of what the browser that opened it was given, "" until then · `used`: a new key came by it,
    or by another link of the channel."""

    channel: str
    expires: datetime
    browser: str
    used: bool


class KeyLinkBook:
    def __init__(self, conn: Connection) -> None:
        self._conn = conn

    def issue(self, digest: str, channel: str, expires: datetime, now: datetime) -> None:
        """Also forgets those that ended long ago: a link is told to be expired for as long again as it lived."""
        self._conn.execute(delete(key_link).where(key_link.c.expires_at < iso(now - (expires - now))))
        values = {"digest": digest, "channel": channel, "expires_at": iso(expires), "browser": ""}
        self._conn.execute(insert(key_link).values(**values))

    def get(self, digest: str) -> KeyLink | None:
        row = self._conn.execute(select(key_link).where(key_link.c.digest == digest)).first()
        if row is None:
            return None
        return KeyLink(row.channel, time_of(row.expires_at), row.browser, row.used_at is not None)

    def bind(self, digest: str, browser: str) -> bool:
        """Whether this browser is the first that opened it."""
        free = (key_link.c.digest == digest, key_link.c.browser == "")
        return self._conn.execute(update(key_link).where(*free).values(browser=browser)).rowcount == 1

    def use(self, channel: str, at: datetime) -> None:
        """None of the channel's links opens anything any more."""
        mine = (key_link.c.channel == channel, key_link.c.used_at.is_(None))
        self._conn.execute(update(key_link).where(*mine).values(used_at=iso(at)))
