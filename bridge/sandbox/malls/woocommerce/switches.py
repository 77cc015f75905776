"""Everything about a WooCommerce shop that is unconfirmed or differs from host to host, as a switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass
class WooSwitches:
    permalinks: Literal["pretty", "plain"] = "pretty"
    """plain: only `?rest_route=` leads to the API."""
    strips_authorization: bool = False
    """The host takes the Authorization header off: only keys in the query arrive."""
    noise: str = ""
    """T11: what PHP prints before the JSON (warnings)."""
    cached_seconds: float = 0.0
    """T8: for so long a GET of the same address is answered with what it answered before."""
    manages_stock: bool = True
    """The shop-wide option; without it no quantity is stored."""
    orders_by_modified: bool = True
    """Whether `orderby=modified` is known: newer versions only [C]."""
    refunds_lower_mark: bool = True
    """Whether a refund that restocks takes its units off the line's `_reduced_stock` [C]."""
    refunds_touch_orders: bool = True
    """Whether a refund raises the order's date_modified [C]."""
    trash_touches_orders: bool = True
    """Whether moving an order to the trash raises its date_modified [C]."""
    total_headers: bool = True
    """Whether X-WP-Total and X-WP-TotalPages get through the host."""
    failures_allowed: int = 5
    """Webhooks: after more failures in a row one is switched off (documents: 5)."""
