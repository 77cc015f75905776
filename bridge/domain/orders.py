"""Orders as versioned snapshots: what a channel says about an order line at one moment (DESIGN §2).

A line's identity is channel + shop + order + line. Its newest snapshot alone decides what is booked for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class ListingKey:
    """One thing for sale in one channel. `id` is the channel's own key, as text, made by its adapter.

    Rakuten: "manageNumber/variantId" (manageNumber in lower case, as Rakuten answers it).
    Shopify: "inventoryItemNumber@locationNumber" (the numbers at the end of the two gids).
    Amazon: the seller's SKU.
    Yahoo: "ItemCode", or "ItemCode:SubCode" where the item has sub-codes.
    WooCommerce: the product's id, or "productId/variationId" where a variation keeps its own stock.
    Color Me: the product's id, or "productId/variantId" where a variant keeps its own number.
    Smaregi: "productId@storeId". Square: "variationId@locationId".
    EC-CUBE: the product code.
    """

    channel: str
    id: str


@dataclass(frozen=True, order=True)
class LineKey:
    """The identity whose effect is booked exactly once."""

    channel: str
    shop: str
    order: str
    line: str


@dataclass(frozen=True)
class Portion:
    """The part of an order line that one listing has, where a channel keeps a number for each of its places: units of
    it open and shipped, ≥ 0, and by how many the mall has lowered this listing's number (below zero: raised)."""

    listing: ListingKey
    open: int
    shipped: int
    taken: int


@dataclass(frozen=True)
class LineSnapshot:
    """What the channel says about one order line now. All counts are units of the listing, ≥ 0 but for `taken`.

    ordered:  as first ordered or last changed, withdrawn units included
    open:     still to be shipped
    shipped:  shipped so far (never lowered by a return)
    returned: goods that physically came back after shipping
    taken:    units by which the mall itself has lowered its own number for this line, as far as the feed tells
              (a cancellation that the mall restocks lowers it; one that it doesn't restock leaves it; a return of
              a sale that nobody names raises the number: below zero)
    portions: the same by listing, where the channel keeps a number for each of its places; else empty
    """

    key: LineKey
    listing: ListingKey
    ordered: int
    open: int
    shipped: int
    returned: int
    taken: int
    portions: tuple[Portion, ...] = ()

    def __post_init__(self) -> None:
        counts = (self.ordered, self.open, self.shipped, self.returned)
        if min(counts) < 0:
            raise ValueError(f"negative count in {self.key}: {counts}")
        if self.portions and (sum(p.open for p in self.portions), sum(p.shipped for p in self.portions)) != counts[1:3]:
            raise ValueError(f"the portions of {self.key} don't make the line: {self.portions}")

    @property
    def taken_of(self) -> dict[ListingKey, int]:
        """By how many units the mall has lowered each listing's number for this line."""
        if not self.portions:
            return {self.listing: self.taken}
        return {portion.listing: portion.taken for portion in self.portions}


@dataclass(frozen=True)
class OrderSnapshot:
    """An order, whole: a line we know that is missing here has been deleted by the mall.

    version: sorts as text within one order; the newer is the greater. The source's own time of change first where it
             has one, then the start of the read (both ISO 8601 UTC with microseconds).
    placed_at: when the buyer ordered, by the mall's clock.
    changed_at: when it last changed, where a mall moves its own number at such a change and says when (WooCommerce at
             the payment); None: at the order
    elsewhere: another channel tells of this order too, and its word alone books it: what was booked here is taken back
    """

    channel: str
    shop: str
    order: str
    version: str
    placed_at: datetime
    lines: tuple[LineSnapshot, ...]
    changed_at: datetime | None = None
    elsewhere: bool = False
