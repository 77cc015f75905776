"""On which of the two a variation's stock lies: on itself, or on its product (T2)."""

from __future__ import annotations

from typing import Any

from bridge.channels.woocommerce import facts
from bridge.channels.woocommerce.ids import CHANNEL, listing_key
from bridge.channels.woocommerce.wire import Rest, WooRefused
from bridge.clock import Clock
from bridge.domain.orders import ListingKey

PARENT = "parent"


class Parents:
    """What was read of variations lately, and what is asked where nothing was."""

    def __init__(self, rest: Rest, clock: Clock) -> None:
        self._rest, self._clock = rest, clock
        self._known: dict[int, tuple[float, bool]] = {}

    def learn(self, variation: int, manages: object) -> None:
        """`manages`: what `manage_stock` said."""
        self._known[variation] = self._clock.monotonic(), manages == PARENT

    def listing_of(self, line: Any) -> ListingKey:
        """The listing whose number an order line lowers. A line whose product is gone has none: it is shown by its SKU
        until somebody maps it."""
        product, variation = int(line["product_id"] or 0), int(line["variation_id"] or 0)
        if not product:
            return ListingKey(CHANNEL, f"sku:{line.get('sku') or ''}")
        return listing_key(product, 0 if variation and self._on_parent(product, variation) else variation)

    def _on_parent(self, product: int, variation: int) -> bool:
        at, known = self._known.get(variation, (None, False))
        if at is None or self._clock.monotonic() - at > facts.PARENT_KNOWN_FOR.total_seconds():
            try:
                path = f"/products/{product}/variations/{variation}"
                self.learn(variation, self._rest.get("variation", path, _fields="id,manage_stock").json["manage_stock"])
            except WooRefused:  # it was deleted
                self.learn(variation, known and PARENT)
        return self._known[variation][1]
