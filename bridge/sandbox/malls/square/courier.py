"""Square's webhooks: signed over address and body, sent again for a day, doubled and unordered at times (§2.6)."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from bridge.sandbox.malls.mall import Listing
from bridge.sandbox.malls.sender import Sender
from bridge.sandbox.malls.square.views import count_json, time_text

if TYPE_CHECKING:
    from bridge.sandbox.malls.square.shop import Square

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 4, 8, 15, 30, 60, 120, 240, 480, 480))  # a day


@dataclass(frozen=True)
class Delivery:
    body: bytes
    due: datetime
    attempt: int = 0


class Courier(Sender):
    """Takes what the shop has to tell, and sends it when `step` is called."""

    def __init__(self, shop: Square, seed: int) -> None:
        super().__init__()
        self._shop = shop
        self._random = Random(seed)
        self._waiting: list[Delivery] = []

    def tell(self, listing: Listing) -> None:
        """A number has changed; why is not told. The caller holds the shop's lock."""
        shop, switches = self._shop, self._shop.switches
        if shop.webhook is None:
            return
        if self._random.random() < switches.lost:
            self.counts["lost"] += 1
            return
        body = self._body(listing)
        for _ in range(1 + (self._random.random() < switches.doubled)):
            due = shop.clock.now() + timedelta(seconds=self._random.uniform(0.0, switches.late))
            self._waiting.append(Delivery(body, due))

    def step(self) -> None:
        """Send whatever is due, in any order."""
        with self._shop.lock:
            now = self._shop.clock.now()
            due = [each for each in self._waiting if each.due <= now]
            self._waiting = [each for each in self._waiting if each.due > now]
        self._random.shuffle(due)
        for delivery in due:
            self._send(delivery)

    def _send(self, delivery: Delivery) -> None:
        assert self._shop.webhook is not None
        address, key = self._shop.webhook
        signature = hmac.new(key.encode(), address.encode() + delivery.body, sha256).digest()
        headers = {
            "Content-Type": "application/json",
            "x-square-hmacsha256-signature": b64encode(signature).decode(),
            "square-environment": "Sandbox",
        }
        if delivery.attempt:
            headers |= {"square-retry-number": str(delivery.attempt), "square-retry-reason": "http_error"}
        well = 200 <= self.post(address, delivery.body, headers) < 300
        self.counts["sent" if well else "failed"] += 1
        if not well and delivery.attempt < len(RETRY_AFTER):
            with self._shop.lock:
                due = self._shop.clock.now() + RETRY_AFTER[delivery.attempt]
                self._waiting.append(Delivery(delivery.body, due, delivery.attempt + 1))

    def _body(self, listing: Listing) -> bytes:
        shop, now = self._shop, self._shop.now()
        count = count_json(*listing, Decimal(shop.units(listing)), now)
        event = {
            "merchant_id": shop.merchant,
            "type": "inventory.count.updated",
            "event_id": self._uuid(),
            "created_at": time_text(now),
            "data": {"type": "inventory_counts", "id": self._uuid(), "object": {"inventory_counts": [count]}},
        }
        return json.dumps(event).encode()

    def _uuid(self) -> str:
        return str(UUID(int=self._random.getrandbits(128)))
