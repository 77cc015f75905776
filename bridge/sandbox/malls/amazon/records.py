"""What the Amazon simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridge.sandbox.malls.mall import Line, MallState, Order

JAPAN = "A1VC38T7YXB528"
MERCHANT, BY_AMAZON = "DEFAULT", "AMAZON_JP"

Payment = Literal["card", "shop"]
"""shop: the buyer pays at a convenience store, an ATM or the like, within six days or never (trap 1)."""


@dataclass
class Warehouse:
    """What lies in Amazon's warehouses of one SKU (amazon.md §7)."""

    fulfillable: int = 0
    inbound_working: int = 0
    inbound_shipped: int = 0
    inbound_receiving: int = 0
    reserved: int = 0
    unfulfillable: int = 0
    updated: datetime | None = None

    @property
    def total(self) -> int:
        inbound = self.inbound_working + self.inbound_shipped + self.inbound_receiving
        return self.fulfillable + inbound + self.reserved + self.unfulfillable


@dataclass
class Submission:
    """A quantity that was accepted and is not in effect yet."""

    quantity: int
    effective_at: datetime


@dataclass
class Item:
    """One offer of the seller (amazon.md §5)."""

    sku: str
    code: str  # the seller's own code of the goods
    asin: str
    title: str
    created: datetime
    updated: datetime
    product_type: str = "TEA"
    channels: list[str] = field(default_factory=lambda: [MERCHANT])
    quantity: int = 0  # in effect, of what the seller ships
    submitted: int = 0
    lead_time: int | None = None  # lead_time_to_ship_max_days
    buyable: bool = True
    fnsku: str | None = None
    warehouse: Warehouse | None = None
    waiting: list[Submission] = field(default_factory=list)
    deleted_at: datetime | None = None
    without_number: bool = False  # fulfillmentAvailability names the channel and no quantity


@dataclass
class AmazonLine(Line):
    asin: str = ""
    listed: bool = True  # False: the item shows no sellerSku any more
    cancel_asked: str | None = None  # by whom
    cancelled_by: str | None = None


@dataclass
class AmazonOrder(Order):
    lines: list[AmazonLine] = field(default_factory=list)
    number: int = 0
    updated_at: datetime | None = None
    by_amazon: bool = False
    outside: bool = False  # an order of another store that Amazon ships
    payment: Payment = "card"
    paid_at: datetime | None = None
    replaces: str | None = None


@dataclass
class Document:
    id: str
    content_type: str
    made_at: datetime
    content: str | None = None  # uploaded, or a report


@dataclass
class Feed:
    id: str
    type: str
    marketplaces: list[str]
    document: str
    created: datetime
    begun: datetime | None = None
    ended: datetime | None = None
    status: str = "IN_QUEUE"
    report: str | None = None


@dataclass
class AmazonState(MallState):
    items: dict[str, Item] = field(default_factory=dict)
    orders: dict[str, AmazonOrder] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    feeds: dict[str, Feed] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)  # access token → its end
