"""What the Color Me simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bridge.sandbox.malls.mall import Line, MallState, Order


@dataclass
class Variant:
    """One combination of a product's options. `stocks` None: no number is kept for it."""

    id: int
    option1: str
    option2: str | None
    model_number: str
    stocks: int | None


@dataclass
class Product:
    """`stocks` None: no number is kept. A product with variants that keep their own shows their sum."""

    id: int
    model_number: str
    name: str
    updated: datetime
    stocks: int | None = None
    managed: bool = True
    display_state: str = "showing"
    variants: list[Variant] = field(default_factory=list)

    @property
    def by_variant(self) -> bool:
        return any(variant.stocks is not None for variant in self.variants)


@dataclass
class SaleLine(Line):
    product: int = 0
    variant: int = 0
    taken: bool = False  # whether the shop's number fell for it
    delivery: int = 0


@dataclass
class Sale(Order):
    lines: list[SaleLine] = field(default_factory=list)
    updated: datetime | None = None
    paid: bool = False
    canceled: bool = False
    delivered: list[int] = field(default_factory=list)  # deliveries that have left


@dataclass
class Stale:
    """What a product showed before a PUT: its own number and its variants', until when."""

    until: datetime
    stocks: int | None
    variants: dict[int, int | None]


@dataclass
class ColorMeState(MallState):
    products: dict[int, Product] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    stale: dict[int, Stale] = field(default_factory=dict)
    codes: dict[str, datetime] = field(default_factory=dict)  # of consents, until when
