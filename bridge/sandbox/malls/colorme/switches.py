"""Everything about Color Me Shop that is unconfirmed or differs from shop to shop, as a switch."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class ColorMeSwitches:
    stale_seconds: float = 5.0
    """T5: for so long after a PUT a GET may show what stood there before it."""
    update_lifts_window: bool = False
    """T1: whether `update_date_min` alone lifts the seven days [C]."""
    most_sales: int = 100
    """T7: the longest page of sales; more is cut to it without a word."""
    most_products: int = 50
    """T7: the same of products."""
    calls_per_minute: int = 120
    """The guide's rate."""
    limited: bool = True
    """Whether more calls are answered by 429 [B]."""
    plan_allows: bool = True
    """T10: whether the shop's plan has the API: else 401 with code 401200."""
