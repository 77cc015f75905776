"""Keep a mall telling us of its orders: some forget whom to tell."""

from __future__ import annotations

from collections.abc import Callable

from bridge.channels.port import Webhooks
from bridge.clock import Clock
from bridge.gate import Gate

AGAIN = 24 * 3600.0  # seconds: Shopify drops an address after eight failures in a row (shopify.md §8)
AFTER_FAILURE = 3600.0


class Subscription:
    """One channel's. `live`: in shadow nothing is written, an address neither."""

    def __init__(self, webhooks: Webhooks, address: str, clock: Clock, gate: Gate, live: Callable[[], bool]) -> None:
        self._webhooks, self._address, self._clock, self._gate, self._live = webhooks, address, clock, gate, live
        self._next = 0.0

    def when_due(self, guarded: Callable[[Callable[[], None]], None]) -> None:
        """Once a day while live. A failure costs nothing but the haste: the polls go on."""
        if self._clock.monotonic() >= self._next and self._live():
            guarded(self._run)

    def _run(self) -> None:
        self._next = self._clock.monotonic() + AFTER_FAILURE
        self._gate.looked(self._clock.monotonic())  # what is there is read first, whatever was looked at before
        self._webhooks.subscribe(self._address)
        self._next = self._clock.monotonic() + AGAIN
