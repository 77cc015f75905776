"""What the EC-CUBE simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge.sandbox.malls.mall import Line, MallState, Order

NEW, CANCELLED, WORKING, SHIPPED, PAID, PAYING, BUYING, RETURNED = 1, 3, 4, 5, 6, 7, 8, 9
NAMES = {
    1: "新規受付",
    3: "注文取消し",
    4: "対応中",
    5: "発送済み",
    6: "入金済み",
    7: "決済処理中",
    8: "購入処理中",
    9: "返品",
}
RELEASES = frozenset({CANCELLED, BUYING})  # statuses on whose coming stock is given back


@dataclass
class Item:
    """A ProductClass. `stock` None: unlimited."""

    id: int
    product: int
    code: str
    stock: int | None
    visible: bool = True


@dataclass
class Product:
    id: int
    name: str
    updated: datetime
    status: int = 1  # 1 shown, 2 hidden, 3 given up
    items: list[int] = field(default_factory=list)


@dataclass
class CubeLine(Line):
    shipping: int = 0
    taken: bool = False  # whether the shop's number is lowered for it now


@dataclass
class CubeOrder(Order):
    lines: list[CubeLine] = field(default_factory=list)
    status: int = NEW
    updated: datetime | None = None
    shipped_on: dict[int, datetime] = field(default_factory=dict)  # by shipping


@dataclass
class CubeState(MallState):
    products: dict[int, Product] = field(default_factory=dict)
    items: dict[int, Item] = field(default_factory=dict)
    orders: dict[str, CubeOrder] = field(default_factory=dict)
    access: dict[str, datetime] = field(default_factory=dict)  # token → until when
    refresh: dict[str, datetime] = field(default_factory=dict)
    codes: dict[str, datetime] = field(default_factory=dict)  # of consents, until when
