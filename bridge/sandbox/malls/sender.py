"""What every simulated shop's webhooks need: a way to really send them."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping

import httpx

log = logging.getLogger(__name__)
TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class Sender:
    """Sends over HTTP. `transport`: a test's own · `counts`: of what became of the webhooks."""

    def __init__(self) -> None:
        self._client: httpx.Client | None = None
        self.transport: httpx.BaseTransport | None = None
        self.counts: Counter[str] = Counter()

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, 0 where there was none. No redirect is followed."""
        if self._client is None:
            self._client = httpx.Client(transport=self.transport, timeout=TIMEOUT, trust_env=False)
        try:
            return self._client.post(url, content=body, headers=headers).status_code
        except httpx.HTTPError as error:
            log.info("%s: %s", url, type(error).__name__)
            return 0

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
