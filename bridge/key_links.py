"""One-time links to the page where an owner renews a channel's key. The link itself is in the owner's alert alone."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

from bridge.config import Web
from bridge.connect_plans import section_of
from bridge.ledger.ledger import Tx
from bridge.sheet.texts import say

LIFE = timedelta(hours=24)
PATH = "/keys/"


def digest_of(token: str) -> str:
    """What is kept of a link, and of a browser that opened one."""
    return sha256(token.encode()).hexdigest()


class KeyLinks:
    """`kinds`: of each channel."""

    def __init__(self, web: Web | None, kinds: Mapping[str, str], language: str) -> None:
        self._web, self._kinds, self._language = web, kinds, language

    def by_hand(self, channel: str) -> str:
        """What is run on the server instead."""
        return say("alerts", "no page", self._language, channel=section_of(self._kinds[channel], channel))

    def issue(self, tx: Tx, channel: str) -> str:
        """What an owner is told: the address of the page; without an address for the outside how it is opened on the
        server; without a page what is run there."""
        if self._web is None:
            return self.by_hand(channel)
        token = secrets.token_urlsafe(32)
        tx.key_links.issue(digest_of(token), channel, tx.at + LIFE, tx.at)
        hours = int(LIFE.total_seconds() // 3600)
        if self._web.public_url is not None:
            return say("alerts", "link", self._language, hours=hours, url=f"{self._web.public_url}{PATH}{token}")
        host, port = self._web.host, self._web.port
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}{PATH}{token}"
        return say("alerts", "link here", self._language, hours=hours, url=url, host=host, port=port)
