"""What the Shopify simulator remembers. Ids are GIDs throughout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.sandbox.malls.mall import Line, Listing, MallState, Order

ON_HAND_PARTS = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
QUANTITY_NAMES = (*ON_HAND_PARTS, "incoming", "on_hand")


def gid(kind: str, number: int | str) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(an_id: str) -> str:
    """The last part of a GID, without the query part of an InventoryLevel."""
    return an_id.rsplit("/", 1)[-1].split("?")[0]


@dataclass
class Location:
    id: str
    name: str
    created_at: datetime
    active: bool = True
    fulfills_online_orders: bool = True
    fulfillment_service: bool = False


@dataclass
class Item:
    """An inventory item and its one variant."""

    id: str
    variant_id: str
    product_id: str
    sku: str | None
    title: str
    created_at: datetime
    updated_at: datetime
    barcode: str | None = None
    tracked: bool = True
    policy: str = "DENY"  # CONTINUE sells below zero
    status: str = "ACTIVE"
    requires_shipping: bool = True
    gift_card: bool = False
    bundle: bool = False  # a bundle's parent: its stock follows the components and can't be set
    deleted: bool = False


@dataclass
class Level:
    """An item at a location."""

    created_at: datetime
    updated_at: datetime
    active: bool = True
    parts: dict[str, int] = field(default_factory=dict)  # on_hand is their sum, incoming apart

    def quantity(self, name: str) -> int:
        if name == "on_hand":
            return sum(self.parts.get(part, 0) for part in ON_HAND_PARTS)
        return self.parts.get(name, 0)


@dataclass
class ShopifyLine(Line):
    title: str = ""
    ordered: int = 0  # `quantity`: never falls
    removed: int = 0  # units an edit took away
    refunded: int = 0  # units refunded, shipped or not
    elsewhere: dict[str, int] = field(default_factory=dict)  # open units assigned to other locations than its listing's
    shipped_elsewhere: dict[str, int] = field(default_factory=dict)  # units shipped from those

    @property
    def open_at(self) -> dict[str, int]:
        """Units still to be shipped by the location they are assigned to, its listing's own first."""
        return _by_location(self.listing[1], self.open, self.elsewhere)

    @property
    def shipped_at(self) -> dict[str, int]:
        return _by_location(self.listing[1], self.shipped, self.shipped_elsewhere)

    @property
    def locations(self) -> list[str]:
        """Where it is or was assigned to."""
        return list({**self.open_at, **self.shipped_at}) or [self.listing[1]]


def _by_location(own: str, units: int, elsewhere: Mapping[str, int]) -> dict[str, int]:
    found = {own: units - sum(elsewhere.values()), **elsewhere}
    return {location: count for location, count in found.items() if count}


@dataclass
class RefundLine:
    line_id: str
    quantity: int
    restock_type: str  # CANCEL, RETURN, NO_RESTOCK
    restocked: bool
    location_id: str | None


@dataclass
class Refund:
    id: str
    created_at: datetime
    lines: list[RefundLine]


@dataclass
class Fulfillment:
    """One shipment from one location: line → units."""

    id: str
    created_at: datetime
    units: dict[str, int]
    location_id: str | None = None


@dataclass
class ShopifyOrder(Order):
    lines: list[ShopifyLine] = field(default_factory=list)
    name: str = ""
    source: str = "web"
    test: bool = False
    edited: bool = False
    confirmed: bool = True
    financial_status: str = "PAID"
    cancel_reason: str | None = None
    closed_at: datetime | None = None
    retail_location: str | None = None
    refunds: list[Refund] = field(default_factory=list)
    fulfillments: list[Fulfillment] = field(default_factory=list)
    updates: list[datetime] = field(default_factory=list)  # every updatedAt it ever had

    def line(self, line_id: str) -> ShopifyLine:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def updated_at(self) -> datetime:
        return self.updates[-1]


@dataclass
class Attempt:
    """An idempotency key that was used. `answer` None: still in flight."""

    at: datetime
    arguments: str
    answer: Mapping[str, Any] | None


@dataclass
class Webhook:
    id: str
    topic: str
    uri: str
    created_at: datetime
    include: list[str] | None = None  # the members of the body that were asked for; None: all
    failures: int = 0  # in a row


@dataclass
class ShopifyState(MallState):
    locations: dict[str, Location] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    levels: dict[Listing, Level] = field(default_factory=dict)
    orders: dict[str, ShopifyOrder] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)  # token → until when
    webhooks: dict[str, Webhook] = field(default_factory=dict)
