"""What the Smaregi simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge.sandbox.malls.mall import Line, MallState, Order

Pair = tuple[str, str]
"""Product and store."""


@dataclass
class Store:
    id: str
    name: str
    warehouse: bool = False
    paused: bool = False


@dataclass
class Product:
    """`kept`: whether its stock is kept · `parts`: product → units of a set, which has no stock of its own."""

    id: str
    code: str
    name: str
    updated: datetime
    supplier_no: str | None = None
    kept: bool = True
    division: str = "0"
    parts: dict[str, int] = field(default_factory=dict)


@dataclass
class Level:
    """What a pair has; there is none before its first movement."""

    amount: int
    updated: datetime
    layaway: int = 0


@dataclass
class Row:
    """One movement of a pair, as the history shows it from `visible_at` on."""

    id: int
    pair: Pair
    at: datetime
    visible_at: datetime
    target_at: datetime
    amount: int
    after: int
    division: str
    memo: str | None = None


@dataclass
class ReceiptLine(Line):
    product: str | None = None
    product_division: str = "0"
    given_back: bool = False


@dataclass
class Receipt(Order):
    """`placed_at`: when the server got it · `till_at`: the time at the till, which may have been offline."""

    lines: list[ReceiptLine] = field(default_factory=list)
    store: str = ""
    till_at: datetime | None = None
    updated: datetime | None = None
    void: bool = False
    disposed: str = "0"  # 1: undone by another · 2: undoes another
    undoes: str = ""
    comes_back: bool = False  # returnSales

    @property
    def brings(self) -> bool:
        """Whether goods came back by it, as a whole or by its lines."""
        return self.comes_back or any(line.given_back for line in self.lines)


@dataclass
class SmaregiState(MallState):
    stores: dict[str, Store] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    levels: dict[Pair, Level] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    tokens: dict[str, datetime] = field(default_factory=dict)
