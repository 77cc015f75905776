"""WooCommerce's webhooks: signed, sent late from the background, never twice, and silent after some failures (§2)."""

from __future__ import annotations

import hmac
import json
import logging
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

import httpx

from bridge.sandbox.malls.woocommerce.records import Hook
from bridge.sandbox.malls.woocommerce.views import order_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.woocommerce.shop import WooCommerce

log = logging.getLogger(__name__)
TIMEOUT = httpx.Timeout(5.0, connect=1.0)


class Courier:
    """Takes what the shop has to tell, and sends it when `step` is called, with what the order is by then.
    `transport`: a test's own."""

    def __init__(self, shop: WooCommerce) -> None:
        self._shop = shop
        self._waiting: list[tuple[int, str]] = []  # webhook and order
        self._client: httpx.Client | None = None
        self._random = Random(0)
        self.transport: httpx.BaseTransport | None = None
        self.counts: Counter[str] = Counter()

    def tell(self, topic: str, order_id: str) -> None:
        """Something happened to an order. The caller holds the shop's lock."""
        for hook in self._shop.state.hooks.values():
            if hook.topic == topic and hook.status == "active" and (hook.id, order_id) not in self._waiting:
                self._waiting.append((hook.id, order_id))

    def greet(self, hook: Hook) -> bool:
        """A new webhook is tried with a form that nobody signs. Whether it was taken."""
        return self._post(hook.url, f"webhook_id={hook.id}".encode(), {"Content-Type": FORM})

    def step(self) -> None:
        """Send whatever waits."""
        with self._shop.lock:
            due, self._waiting = self._waiting, []
        for hook_id, order_id in due:
            self._deliver(hook_id, order_id)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _deliver(self, hook_id: int, order_id: str) -> None:
        with self._shop.lock:
            hook, order = self._shop.state.hooks.get(hook_id), self._shop.state.orders.get(order_id)
            if hook is None or hook.status != "active":
                return
            body = json.dumps(order_json(order) if order else {"id": int(order_id)}, ensure_ascii=False).encode()
            headers = self._headers(hook, body)
        well = self._post(hook.url, body, headers)
        self.counts["sent" if well else "failed"] += 1
        with self._shop.lock:
            hook.failures = 0 if well else hook.failures + 1
            if hook.failures > self._shop.switches.failures_allowed:
                hook.status = "disabled"
            self._shop.touch()

    def _headers(self, hook: Hook, body: bytes) -> dict[str, str]:
        resource, event = hook.topic.split(".")
        return {
            "Content-Type": "application/json",
            "X-WC-Webhook-Source": f"{self._shop.site}/",
            "X-WC-Webhook-Topic": hook.topic,
            "X-WC-Webhook-Resource": resource,
            "X-WC-Webhook-Event": event,
            "X-WC-Webhook-Signature": b64encode(hmac.new(hook.secret.encode(), body, sha256).digest()).decode(),
            "X-WC-Webhook-ID": str(hook.id),
            "X-WC-Webhook-Delivery-ID": f"{self._random.getrandbits(128):032x}",
        }

    def _post(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        """200 to 302 is a success."""
        if self._client is None:
            self._client = httpx.Client(transport=self.transport, timeout=TIMEOUT, trust_env=False)
        try:
            return 200 <= self._client.post(url, content=body, headers=headers).status_code <= 302
        except httpx.HTTPError as error:
            log.info("%s: %s", url, type(error).__name__)
            return False


FORM = "application/x-www-form-urlencoded"
