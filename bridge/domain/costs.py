"""What one unit of a SKU cost, by the seller's method, in exact decimal numbers. No float ever holds money.

最終仕入原価法 (last purchase): the price of the newest purchase. 移動平均 (moving average): each purchase is mixed with
what lay there, at all locations together, when it came in; the average is rounded to four decimals, half up, at each
purchase. A value is units × cost, rounded to whole yen, half up, for each SKU and location; sums are sums of those.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

OPENING = "opening "  # what lay there when its product was first booked, and the SKU behind it
_FINEST = Decimal("0.0001")
_YEN = Decimal(1)


class Costing(StrEnum):
    LAST = "last"
    AVERAGE = "average"


@dataclass(frozen=True)
class Purchase:
    """Goods that came in at `at`. `price`: of one unit, None until accounts wrote one · `lying`: units on hand at all
    locations before them."""

    sku: str
    at: datetime
    units: int
    price: Decimal | None
    lying: int = 0


def unit_costs(purchases: Iterable[Purchase], costing: Costing) -> dict[str, Decimal]:
    """By SKU, of those with any price. `purchases`: in any order."""
    costs: dict[str, Decimal] = {}
    for each in sorted(purchases, key=lambda each: each.at):
        if each.price is None:
            continue  # it came in at what the others cost, until its price is known
        before = costs.get(each.sku)
        costs[each.sku] = each.price if costing is Costing.LAST or before is None else _mixed(before, each, each.price)
    return costs


def _mixed(before: Decimal, purchase: Purchase, price: Decimal) -> Decimal:
    lying = max(0, purchase.lying)
    if lying + purchase.units <= 0:
        return price
    total = before * lying + price * purchase.units
    return (total / (lying + purchase.units)).quantize(_FINEST, ROUND_HALF_UP)


def value_of(units: int, cost: Decimal) -> int:
    """Whole yen."""
    return int((units * cost).quantize(_YEN, ROUND_HALF_UP))
