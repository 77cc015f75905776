"""What the Rakuten simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bridge.sandbox.malls.mall import Line, Listing, MallState, Order

WAITING, PROCESSING, TO_SHIP, CHANGING, SHIPPED, CANCELLING, CANCELLED = 100, 200, 300, 400, 500, 800, 900
PROGRESS = (100, 200, 300, 400, 500, 600, 700, 800, 900)

BY_SHOP, BY_CUSTOMER = 0, 1
RestoreType = Literal[0, 1, 2]
"""Whether a change moves the stock: 0 the SKU's own setting, 1 yes, 2 no (rakuten.md §4.2, §4.3)."""


@dataclass
class Variant:
    """One SKU of an item (rakuten.md §3)."""

    sku: str | None  # merchantDefinedSkuId, may be absent
    jan: str | None = None
    restock_on_cancel: bool = False
    back_order: bool = False  # sells at zero stock
    hidden: bool = False


@dataclass
class Item:
    manage_number: str
    item_number: str | None
    title: str
    created: datetime
    updated: datetime
    variants: dict[str, Variant] = field(default_factory=dict)
    item_type: str = "NORMAL"
    hidden: bool = False
    unlimited: bool = False  # unlimitedInventoryFlag: no stock is kept
    deleted_at: datetime | None = None


@dataclass
class StockRow:
    """One row of the inventory API; without an item it is an orphan (rakuten.md §2.1)."""

    quantity: int
    created: datetime
    updated: datetime
    lead_time: dict[str, int] | None = None
    ship_from: list[int] | None = None


@dataclass
class RakutenLine(Line):
    basket: int = 1
    deleted: bool = False
    restore_inventory_flag: RestoreType = 0


@dataclass
class ChangeReason:
    """An entry of ChangeReasonModelList (rakuten.md §4.2)."""

    change_type: int  # 0 cancel requested … 9 re-payment
    detail: int | None
    reason: int  # 0 shop, 1 customer
    reason_detail: int | None
    applied_at: datetime
    fixed_at: datetime | None = None


@dataclass
class RakutenOrder(Order):
    lines: list[RakutenLine] = field(default_factory=list)
    progress: int = WAITING
    order_type: int = 1  # 1 normal, 4 subscription, 5 buying club, 6 pre-order
    changed_by_buyer: bool = False
    progress_since: datetime | None = None
    confirmed_at: datetime | None = None
    fixed_at: datetime | None = None
    shipping_reported_at: datetime | None = None
    shipped_baskets: dict[int, str] = field(default_factory=dict)  # basket → shippingDate, YYYY-MM-DD
    restocked: list[tuple[str, int]] = field(default_factory=list)  # line → units a cancellation put back
    cancel_waiting: dict[str, int] = field(default_factory=dict)  # line → units a cancellation withdrew
    changes: list[ChangeReason] = field(default_factory=list)

    def line(self, line_id: str) -> RakutenLine:
        return next(line for line in self.lines if line.line_id == line_id)

    @property
    def baskets(self) -> list[int]:
        return sorted({line.basket for line in self.lines})


@dataclass
class Licence:
    key: str
    accepted_from: datetime
    expires_at: datetime


@dataclass
class RakutenState(MallState):
    items: dict[str, Item] = field(default_factory=dict)
    rows: dict[Listing, StockRow] = field(default_factory=dict)
    orders: dict[str, RakutenOrder] = field(default_factory=dict)
    licences: list[Licence] = field(default_factory=list)
