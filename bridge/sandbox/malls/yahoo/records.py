"""What the Yahoo simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge.sandbox.malls.mall import Line, Listing, MallState, Order

RESERVED, PROCESSING, ON_HOLD, CANCELLED, FINISHED = 1, 2, 3, 4, 5  # OrderStatus
UNPAID, SHIPPABLE, IN_WORK, SHIPPED, ARRIVED = 0, 1, 2, 3, 4  # ShipStatus
CLEAN, UNDER_REVIEW, RELEASED, FRAUD = 0, 1, 2, 3  # FraudHoldStatus

BY_CUSTOMER, RETURNED, OUT_OF_STOCK, OTHER = 100, 110, 210, 230  # CancelReason
REASONS = (100, 110, 120, 130, 140, 150, 160, 170, 180, 200, 210, 220, 230, 400)


@dataclass
class Item:
    """One item page. `sub_codes`: the sellable things of it with the seller's own code of each; an item without
    sub-codes has the one key ""."""

    code: str
    title: str
    skus: dict[str, str] = field(default_factory=dict)
    published: bool = True
    keep_stock: bool = True  # a buyer who cancels puts his units back on sale (yahoo.md §2.5)
    editing: bool = False

    @property
    def has_sub_codes(self) -> bool:
        return "" not in self.skus


@dataclass
class StockRow:
    """`quantity` None is the old "unlimited". A row without an item waits for one of its code (yahoo.md §2.2)."""

    quantity: int | None
    updated: datetime
    allow_overdraft: bool = False
    closed: bool = False  # stock close: sold out whatever the quantity says (yahoo.md §2.4)


@dataclass
class YahooLine(Line):
    withdrawn: int = 0  # of `cancelled`: what the order does not show any more; an order cancelled whole shows it all
    deleted: bool = False  # the line vanished from the order


@dataclass
class YahooOrder(Order):
    lines: list[YahooLine] = field(default_factory=list)
    version: int = 1
    updated: datetime | None = None
    status: int = PROCESSING
    pay_status: int = 1
    ship_status: int = SHIPPABLE
    ship_date: str = ""
    cancel_reason: int | None = None
    fraud_hold: int = CLEAN
    published_at: datetime | None = None
    is_seen: bool = False
    parent: str = ""
    child: str = ""
    auction: bool = False

    def line(self, line_id: str) -> YahooLine:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def is_split(self) -> bool:
        return bool(self.parent or self.child)


@dataclass
class Consent:
    """A person's leave to act for the store: what a refresh token stands for."""

    refresh_token: str
    given_at: datetime
    withdrawn: bool = False


@dataclass
class AccessToken:
    expires_at: datetime
    refresh_token: str


@dataclass
class KeyPair:
    """One of the store's keys: Yahoo keeps the private half."""

    version: int
    private_pem: str
    expires_at: datetime
    enabled: bool = True


@dataclass
class YahooState(MallState):
    items: dict[str, Item] = field(default_factory=dict)
    rows: dict[Listing, StockRow] = field(default_factory=dict)
    orders: dict[str, YahooOrder] = field(default_factory=dict)
    consents: list[Consent] = field(default_factory=list)
    access: dict[str, AccessToken] = field(default_factory=dict)
    codes: dict[str, datetime] = field(default_factory=dict)  # authorization codes → until when they are good
    keys: list[KeyPair] = field(default_factory=list)
    tokens_given: int = 0
    calls_today: int = 0
    calls_day: str = ""
