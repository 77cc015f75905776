"""Login with Amazon: an hour's token for the refresh token that the seller's consent gave (amazon.md §2)."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping

from bridge.channels.amazon import facts
from bridge.channels.tokens import Renewing, Token
from bridge.clock import Clock

HEADER = "x-amz-access-token"
USER_AGENT = f"bridge/1.0 (Language=Python/{platform.python_version()}; Platform={platform.system()})"


class LoginWithAmazon:
    """A token for an hour, and what else every request bears."""

    def __init__(self, clock: Clock, ask: Callable[[], Token]) -> None:
        self._clock = clock
        self._token = Renewing(clock, facts.TOKEN_RENEWED_EARLY, ask)

    def headers(self) -> Mapping[str, str]:
        token, stamp = self._token.value(), self._clock.now().strftime("%Y%m%dT%H%M%SZ")
        return {HEADER: token, "user-agent": USER_AGENT, "x-amz-date": stamp, "accept": "application/json"}

    def renew(self, refused: Mapping[str, str]) -> bool:
        self._token.refused(refused.get(HEADER, ""))
        return HEADER in refused  # False: it was the asking for a token that failed
