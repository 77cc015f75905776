"""Shopify's webhooks, really sent and really signed (shopify.md §8): at least once, in no order, late at times."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.sender import Sender
from bridge.sandbox.malls.shopify.records import Webhook

if TYPE_CHECKING:
    from bridge.sandbox.malls.shopify.shop import Shopify

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (0.2, 1, 5, 15, 30, 60, 60, 60))  # about four hours
REST_TOPICS = {
    "ORDERS_CREATE": "orders/create",
    "ORDERS_UPDATED": "orders/updated",
    "ORDERS_CANCELLED": "orders/cancelled",
    "ORDERS_EDITED": "orders/edited",
    "REFUNDS_CREATE": "refunds/create",
}


@dataclass(frozen=True)
class CourierDial:
    """doubled: share of deliveries sent twice · late: seconds until one is sent, drawn from this span, so that they
    change places too · lost: share that is never sent"""

    doubled: float = 0.0
    late: tuple[float, float] = (0.0, 0.0)
    lost: float = 0.0


@dataclass(frozen=True)
class Delivery:
    """One webhook on its way to one subscription."""

    hook: str
    uri: str
    headers: Mapping[str, str]
    body: bytes
    due: datetime
    attempt: int = 0


class Courier(Sender):
    """Takes what the shop has to tell, and sends it when its `step` is called."""

    def __init__(self, shop: Shopify, seed: int) -> None:
        super().__init__()
        self._shop = shop
        self._random = Random(seed)
        self._waiting: list[Delivery] = []
        self.dial = CourierDial()
        self._tried: set[str] = set()  # signatures: of what was sent at all
        self._taken: set[str] = set()  # and of what was answered by 2xx

    def tell(self, topic: str, describe: Callable[[], Mapping[str, Any]]) -> None:
        """Something happened. The caller holds the shop's lock."""
        hooks = [hook for hook in self._shop.state.webhooks.values() if hook.topic == topic]
        if not hooks:
            return
        now, event, body = self._shop.clock.now(), self._name(), describe()
        for hook in hooks:
            if self._random.random() < self.dial.lost:
                self.counts["lost"] += 1
                continue
            raw = json.dumps(_fields(body, hook), ensure_ascii=False).encode()
            headers = self._headers(topic, event, raw, now)
            times = 1 + (self._random.random() < self.dial.doubled)
            for _ in range(times):
                due = now + timedelta(seconds=self._random.uniform(*self.dial.late))
                self._waiting.append(Delivery(hook.id, hook.uri, headers, raw, due))

    def step(self) -> None:
        """Send whatever is due, in any order."""
        now = self._shop.clock.now()
        with self._shop.lock:
            due = [each for each in self._waiting if each.due <= now]
            self._waiting = [each for each in self._waiting if each.due > now]
        self._random.shuffle(due)
        for delivery in due:
            self._delivered(delivery, self._send(delivery))

    def different(self) -> dict[str, int]:
        """How many webhooks of different content were sent at all, and were taken."""
        with self._shop.lock:
            return {"tried": len(self._tried), "taken": len(self._taken)}

    def _headers(self, topic: str, event: str, raw: bytes, now: datetime) -> dict[str, str]:
        shop = self._shop
        return {
            "Content-Type": "application/json",
            "X-Shopify-Topic": REST_TOPICS[topic],
            "X-Shopify-Hmac-Sha256": b64encode(hmac.new(shop.client_secret.encode(), raw, sha256).digest()).decode(),
            "X-Shopify-Shop-Domain": shop.domain,
            "X-Shopify-API-Version": "2026-10",
            "X-Shopify-Webhook-Id": self._name(),
            "X-Shopify-Event-Id": event,
            "X-Shopify-Triggered-At": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06d}000Z",
        }

    def _send(self, delivery: Delivery) -> bool:
        """Whether it was taken. A redirect is a failure."""
        return 200 <= self.post(delivery.uri, delivery.body, delivery.headers) < 300

    def _delivered(self, delivery: Delivery, well: bool) -> None:
        self.counts["sent" if well else "failed"] += 1
        content = delivery.headers["X-Shopify-Hmac-Sha256"]
        with self._shop.lock:
            self._tried.add(content)
            self._taken |= {content} if well else set()
            hook = self._shop.state.webhooks.get(delivery.hook)
            if hook is None:
                return
            hook.failures = 0 if well else hook.failures + 1
            if hook.failures >= len(RETRY_AFTER):
                del self._shop.state.webhooks[hook.id]
            elif not well and delivery.attempt < len(RETRY_AFTER):
                due = self._shop.clock.now() + RETRY_AFTER[delivery.attempt]
                again = Delivery(hook.id, hook.uri, delivery.headers, delivery.body, due, delivery.attempt + 1)
                self._waiting.append(again)
            self._shop.touch()

    def _name(self) -> str:
        bits = f"{self._random.getrandbits(128):032x}"
        return "-".join((bits[:8], bits[8:12], bits[12:16], bits[16:20], bits[20:]))


def _fields(body: Mapping[str, Any], hook: Webhook) -> Mapping[str, Any]:
    """Only what was asked for."""
    return body if hook.include is None else {name: value for name, value in body.items() if name in hook.include}
