"""EC-CUBE's webhooks: sent once, inside the request that changed something, and never again (§1, Webhooks)."""

from __future__ import annotations

import hmac
import json
import logging
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from bridge.sandbox.malls.eccube.shop import EcCube

log = logging.getLogger(__name__)
TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class Courier:
    """Takes what the shop has to tell, and sends it when `step` is called. `transport`: a test's own."""

    def __init__(self, shop: EcCube) -> None:
        self._shop = shop
        self._waiting: list[dict[str, object]] = []
        self._client: httpx.Client | None = None
        self.transport: httpx.BaseTransport | None = None
        self.counts: Counter[str] = Counter()

    def tell(self, entity: str, number: int, action: str) -> None:
        """Something happened. The caller holds the shop's lock."""
        if self._shop.webhook is not None:
            self._waiting.append({"entity": entity, "id": number, "action": action})

    def step(self) -> None:
        """Send all that waits, in one call."""
        with self._shop.lock:
            due, self._waiting = self._waiting, []
        if due and self._shop.webhook is not None:
            address, secret = self._shop.webhook
            body = json.dumps(due).encode()
            signature = hmac.new(secret.encode(), body, sha256).hexdigest()
            headers = {"Content-Type": "application/json", "X-ECCUBE-URL": "https://cube.example/"}
            well = self._post(address, body, headers | {"X-ECCUBE-Signature": signature})
            self.counts["sent" if well else "failed"] += 1

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        if self._client is None:
            self._client = httpx.Client(transport=self.transport, timeout=TIMEOUT, trust_env=False)
        try:
            return self._client.post(url, content=body, headers=headers).is_success
        except httpx.HTTPError as error:
            log.info("%s: %s", url, type(error).__name__)
            return False
