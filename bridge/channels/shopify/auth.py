"""Tokens: one that never ends, or one for a day from an app's id and secret (shopify.md §2.1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from bridge.channels.shopify import facts
from bridge.clock import Clock
from bridge.errors import TryAgain

HEADER = "X-Shopify-Access-Token"


class StaticToken:
    """The token of a custom app from before 2026."""

    def __init__(self, token: str) -> None:
        self._token = token

    def headers(self) -> Mapping[str, str]:
        return {HEADER: self._token}

    def renew(self, refused: Mapping[str, str]) -> bool:  # noqa: ARG002
        return False


@dataclass(frozen=True)
class DayToken:
    """`expires`: on the monotonic clock, seconds."""

    value: str
    expires: float


class ClientCredentials:
    """Asks for a token when there is none, an hour before it ends, and once after a 401: one asker at a time."""

    def __init__(self, clock: Clock, ask: Callable[[], DayToken]) -> None:
        self._clock = clock
        self._ask = ask
        self._lock = Lock()
        self._token: DayToken | None = None

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            token = self._token
            if token is None or self._clock.monotonic() >= token.expires - facts.TOKEN_RENEWED_EARLY.total_seconds():
                token = self._token = self._fresh(token)
            return {HEADER: token.value}

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if self._token is not None and refused.get(HEADER) == self._token.value:
                self._token = None
            return True

    def _fresh(self, old: DayToken | None) -> DayToken:
        try:
            return self._ask()
        except TryAgain:
            if old is not None and self._clock.monotonic() < old.expires:
                return old  # good for almost an hour yet; the next request asks again
            raise
