"""EC-CUBE's webhooks: sent once, inside the request that changed something, and never again (§1, Webhooks)."""

from __future__ import annotations

import hmac
import json
from hashlib import sha256
from typing import TYPE_CHECKING

from bridge.sandbox.malls.sender import Sender

if TYPE_CHECKING:
    from bridge.sandbox.malls.eccube.shop import EcCube


class Courier(Sender):
    """Takes what the shop has to tell, and sends it when `step` is called."""

    def __init__(self, shop: EcCube) -> None:
        super().__init__()
        self._shop = shop
        self._waiting: list[dict[str, object]] = []

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
            status = self.post(address, body, headers | {"X-ECCUBE-Signature": signature})
            self.counts["sent" if 200 <= status < 300 else "failed"] += 1
