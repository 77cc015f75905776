"""Login with Amazon: an hour's token for the refresh token that the seller's consent gave (amazon.md §2)."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock

from bridge.channels.amazon import facts
from bridge.clock import Clock
from bridge.errors import TryAgain

HEADER = "x-amz-access-token"
USER_AGENT = f"bridge/1.0 (Language=Python/{platform.python_version()}; Platform={platform.system()})"


@dataclass(frozen=True)
class HourToken:
    """`expires`: on the monotonic clock, seconds."""

    value: str
    expires: float


class LoginWithAmazon:
    """Asks for a token when there is none, a few minutes before it ends, and once after Amazon refused it: one asker at
    a time, the others wait and take what it got."""

    def __init__(self, clock: Clock, ask: Callable[[], HourToken]) -> None:
        self._clock = clock
        self._ask = ask
        self._lock = Lock()
        self._token: HourToken | None = None

    def headers(self) -> Mapping[str, str]:
        with self._lock:
            token = self._token
            if token is None or self._clock.monotonic() >= token.expires - facts.TOKEN_RENEWED_EARLY.total_seconds():
                token = self._token = self._fresh(token)
            stamp = self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        return {HEADER: token.value, "user-agent": USER_AGENT, "x-amz-date": stamp, "accept": "application/json"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        with self._lock:
            if self._token is not None and refused.get(HEADER) == self._token.value:
                self._token = None
            return HEADER in refused  # False: it was the asking for a token that failed

    def _fresh(self, old: HourToken | None) -> HourToken:
        try:
            return self._ask()
        except TryAgain:
            if old is not None and self._clock.monotonic() < old.expires:
                return old  # good for some minutes yet; the next request asks again
            raise
