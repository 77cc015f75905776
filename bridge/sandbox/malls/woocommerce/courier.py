"""WooCommerce's webhooks: signed, sent late from the background, never twice, and silent after some failures (§2)."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING

from bridge.sandbox.malls.sender import Sender
from bridge.sandbox.malls.woocommerce.records import Hook
from bridge.sandbox.malls.woocommerce.views import order_json

if TYPE_CHECKING:
    from bridge.sandbox.malls.woocommerce.shop import WooCommerce

FORM = "application/x-www-form-urlencoded"


class Courier(Sender):
    """Takes what the shop has to tell, and sends it when `step` is called, with what the order is by then."""

    def __init__(self, shop: WooCommerce) -> None:
        super().__init__()
        self._shop = shop
        self._waiting: list[tuple[int, str]] = []  # webhook and order
        self._random = Random(0)

    def tell(self, topic: str, order_id: str) -> None:
        """Something happened to an order. The caller holds the shop's lock."""
        for hook in self._shop.state.hooks.values():
            if hook.topic == topic and hook.status == "active" and (hook.id, order_id) not in self._waiting:
                self._waiting.append((hook.id, order_id))

    def greet(self, hook: Hook) -> bool:
        """A new webhook is tried with a form that nobody signs. Whether it was taken."""
        return self._taken(hook.url, f"webhook_id={hook.id}".encode(), {"Content-Type": FORM})

    def step(self) -> None:
        """Send whatever waits."""
        with self._shop.lock:
            due, self._waiting = self._waiting, []
        for hook_id, order_id in due:
            self._deliver(hook_id, order_id)

    def _deliver(self, hook_id: int, order_id: str) -> None:
        with self._shop.lock:
            hook, order = self._shop.state.hooks.get(hook_id), self._shop.state.orders.get(order_id)
            if hook is None or hook.status != "active":
                return
            body = json.dumps(order_json(order) if order else {"id": int(order_id)}, ensure_ascii=False).encode()
            headers = self._headers(hook, body)
        well = self._taken(hook.url, body, headers)
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

    def _taken(self, url: str, body: bytes, headers: dict[str, str]) -> bool:
        """200 to 302 is a success."""
        return 200 <= self.post(url, body, headers) <= 302
