"""A channel's notes (bridge.remembered) in the ledger, in transactions of their own."""

from __future__ import annotations

from collections.abc import Collection, Set
from typing import Any

from bridge.ledger.ledger import Ledger


class Remembered:
    """The notes of one channel."""

    def __init__(self, ledger: Ledger, channel: str) -> None:
        self._ledger, self._channel = ledger, channel

    def get(self, key: str, default: Any = None) -> Any:
        with self._ledger.read() as tx:
            return tx.notes.get(self._channel, key, default)

    def put(self, **values: Any) -> None:
        with self._ledger.write() as tx:
            tx.notes.put(self._channel, values)

    def elsewhere(self, orders: Collection[str]) -> Set[str]:
        with self._ledger.read() as tx:
            return tx.orders.of_other_channels(self._channel, orders)
