"""Smaregi's webhooks: once, unsigned but for a word in a header, and never again (pos.md §1.7)."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from bridge.sandbox.malls.sender import Sender
from bridge.sandbox.malls.smaregi.records import Receipt, Row

if TYPE_CHECKING:
    from bridge.sandbox.malls.smaregi.shop import Smaregi

HEADER = "X-Bridge-Secret"


class Courier(Sender):
    """Takes what the tills have to tell, and sends it when `step` is called."""

    def __init__(self, shop: Smaregi) -> None:
        super().__init__()
        self._shop = shop
        self._waiting: list[tuple[str, dict[str, Any]]] = []

    def tell_stock(self, row: Row) -> None:
        """Also of what the API wrote (T8). The caller holds the shop's lock."""
        product, store = row.pair
        body = {"action": "edited", "ids": [{"id": str(row.id), "productId": product, "storeId": store}]}
        self._tell("pos:stock", body)

    def tell_receipt(self, receipt: Receipt, action: str) -> None:
        self._tell("pos:transactions", {"action": action, "transactionHeadIds": [receipt.id]})

    def step(self) -> None:
        """Send what waits, each on its own."""
        with self._shop.lock:
            due, self._waiting = self._waiting, []
        for event, body in due:
            if self._shop.webhook is None:
                return
            address, word = self._shop.webhook
            headers = {
                "Content-Type": "application/json",
                "Smaregi-Contract-Id": self._shop.contract,
                "Smaregi-Event": event,
                "Smaregi-Event-Id": str(uuid.UUID(int=self._shop.random.getrandbits(128))),
                HEADER: word,
            }
            status = self.post(address, json.dumps(body).encode(), headers)
            self.counts["sent" if 200 <= status < 300 else "failed"] += 1

    def _tell(self, event: str, body: dict[str, Any]) -> None:
        if self._shop.webhook is not None:
            self._waiting.append((event, {"contractId": self._shop.contract, "event": event, **body}))
