"""Everything about Shopify that is unconfirmed or differs from shop to shop, as a switch (shopify.md, marks [?])."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

ROUTES_SCOPE = "read_merchant_managed_fulfillment_orders"
ALL_SCOPES = frozenset({"read_orders", "read_products", "write_inventory", "read_locations", ROUTES_SCOPE})


@dataclass
class ShopifySwitches:
    restore_rate: float = 100.0
    """§3.1: points restored per second: Standard 100, Advanced 200, Plus 1000, Enterprise 2000."""
    bucket: float = 2000.0
    """§3.1: the bucket's size, seen as 20 times the restore rate."""
    max_query_cost: int = 1000
    """§3.1: most points one query may ask for."""
    throttle: bool = True
    """§3.1: False never answers THROTTLED."""
    max_page: int = 250
    """§3.1: most `first` or `last`, and most rows of an input."""
    idempotency_hours: float = 24.0
    """§5.3: how long a key is remembered."""
    idempotency_key_length: int = 255
    """§5.3: longest key."""
    failed_key: Literal["replay", "failed"] = "replay"
    """§5.3: what a key answers whose first attempt had userErrors: those again, or
    IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED."""
    unstocked: Literal["by-version", "error", "connect"] = "by-version"
    """§5.2: a set at a location that does not stock the item: ITEM_NOT_STOCKED_AT_LOCATION, or it gets connected
    (said of 2026-10)."""
    batch: Literal["atomic", "partial"] = "atomic"
    """§5.1: whether one wrong row keeps the others from being applied."""
    no_op_group: bool = False
    """§5.1: whether a set that changes nothing answers an inventoryAdjustmentGroup, or null."""
    unfulfilled_counts_removed: bool = False
    """§6: whether unfulfilledQuantity still counts units that were refunded before they were shipped."""
    hide_old_orders: bool = True
    """§2.2: without read_all_orders, orders older than 60 days are not there."""
    unfiltered_hides_closed: bool = False
    """§6: whether `orders` without a status filter leaves closed and cancelled orders out."""
    routing_seconds: float = 0.0
    """§6: how long after it was placed an order is assigned to locations."""
    moves_touch_orders: bool = False
    """§6: whether moving units to another location raises the order's updatedAt."""
    scopes: frozenset[str] = field(default=ALL_SCOPES)
    """§2.2: what the merchant granted."""
    token_hours: float = 24.0
    """§2.1: life of a token by client credentials."""
    token_error: str | None = None
    """§2.1: the token endpoint refuses with this error, such as shop_not_permitted."""
    http_error: int | None = None
    """§3: every call answers 402 (frozen), 403, 423 (locked) or 5xx."""
