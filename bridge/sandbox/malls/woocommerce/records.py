"""What the WooCommerce simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge.clock import JST
from bridge.sandbox.malls.mall import Line, MallState, Order

SITE_ZONE = JST

PENDING, PROCESSING, ON_HOLD, COMPLETED = "pending", "processing", "on-hold", "completed"
CANCELLED, REFUNDED, FAILED, TRASH = "cancelled", "refunded", "failed", "trash"
REDUCES = frozenset({PROCESSING, ON_HOLD, COMPLETED})  # statuses on whose coming stock falls, once a line
RESTORES = frozenset({CANCELLED, PENDING})  # and those on whose coming it is put back


@dataclass
class Product:
    """A product, or a variation of one. `manages`: "parent" where a variation's stock lies on its product."""

    id: int
    sku: str
    title: str
    modified: datetime
    quantity: float | None = None
    manages: bool | str = True
    backorders: str = "no"
    parent: int = 0
    type: str = "simple"
    status: str = "publish"
    variations: list[int] = field(default_factory=list)


@dataclass
class WooLine(Line):
    reduced: int | None = None  # `_reduced_stock`, None where the line has no such mark
    refunded: int = 0


@dataclass
class RefundLine:
    id: int
    line_id: str
    units: int


@dataclass
class Refund:
    id: int
    created: datetime
    lines: list[RefundLine]


@dataclass
class WooOrder(Order):
    lines: list[WooLine] = field(default_factory=list)
    status: str = PENDING
    modified: datetime | None = None
    completed: datetime | None = None
    refunds: list[Refund] = field(default_factory=list)

    def line(self, line_id: str) -> WooLine:
        return next(line for line in self.lines if line.line_id == line_id)


@dataclass
class Hook:
    id: int
    topic: str
    url: str
    secret: str
    status: str = "active"
    failures: int = 0  # in a row


@dataclass
class WooState(MallState):
    products: dict[int, Product] = field(default_factory=dict)
    orders: dict[str, WooOrder] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
