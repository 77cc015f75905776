"""Tokens: one that never ends, or one for a day from an app's id and secret (shopify.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bridge.channels.shopify import facts
from bridge.channels.tokens import Renewing, Token
from bridge.clock import Clock

HEADER = "X-Shopify-Access-Token"


class ClientCredentials:
    """A token for a day, renewed an hour before it ends."""

    def __init__(self, clock: Clock, ask: Callable[[], Token]) -> None:
        self._token = Renewing(clock, facts.TOKEN_RENEWED_EARLY, ask)

    def headers(self) -> Mapping[str, str]:
        return {HEADER: self._token.value()}

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._token.refused(refused.get(HEADER, ""))
        return True
