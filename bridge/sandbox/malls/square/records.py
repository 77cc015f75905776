"""What the Square simulator remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from bridge.sandbox.malls.mall import Line, MallState, Order

ADJUSTMENT, COUNT = "ADJUSTMENT", "PHYSICAL_COUNT"
IN_STOCK = "IN_STOCK"


@dataclass
class Place:
    id: str
    name: str
    status: str = "ACTIVE"


@dataclass
class Variation:
    """tracked_at: where it is tracked otherwise · unit: of a measure, None where it is sold by the piece · absent: the
    locations that don't sell it"""

    id: str
    sku: str
    name: str
    updated: datetime
    tracked: bool = True
    tracked_at: dict[str, bool] = field(default_factory=dict)
    stockable: bool = True
    unit: str | None = None
    absent: list[str] = field(default_factory=list)
    deleted: bool = False


@dataclass
class Movement:
    """A row of the history. Of a count `source` and `to_state` are what was counted. occurred: by the till's clock ·
    created: when it was received · updated: when it was last changed · visible: from when on the history shows it"""

    id: str
    kind: str
    variation: str
    quantity: str
    from_state: str
    to_state: str
    source: str
    target: str
    occurred: datetime
    created: datetime
    updated: datetime
    visible: datetime
    reference: str = ""
    product: str = "SQUARE_POS"
    application: str = ""
    transaction: str = ""
    refund: str = ""
    reason: str = ""
    count: str = ""
    inferred: str = ""
    object_type: str = "ITEM_VARIATION"

    @property
    def dated(self) -> tuple[datetime, datetime, int]:
        """Where it stands in the order of what happened."""
        return self.occurred, self.created, int(self.id[3:])

    def effect(self, place: str) -> Decimal:
        """What it does to the number in stock there; a count none by itself."""
        if self.kind == COUNT:
            return Decimal(0)
        left = self.from_state == IN_STOCK and self.source == place
        came = self.to_state == IN_STOCK and self.target == place
        return Decimal(self.quantity) * (int(came) - int(left))


@dataclass
class Attempt:
    """A write as it came under a key, and what was answered."""

    body: str
    status: int
    answer: str


@dataclass
class Sale(Order):
    lines: list[Line] = field(default_factory=list)
    place: str = ""


@dataclass
class SquareState(MallState):
    places: dict[str, Place] = field(default_factory=dict)
    variations: dict[str, Variation] = field(default_factory=dict)
    movements: dict[str, Movement] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    sales: dict[str, Sale] = field(default_factory=dict)
    codes: dict[str, datetime] = field(default_factory=dict)  # of consents, until when
    access: dict[str, datetime] = field(default_factory=dict)  # tokens of consents, until when
    refresh: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
