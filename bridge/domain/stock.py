"""Stock as an opening plus movements. Nothing else moves it (DESIGN §3, invariant 1)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Cause(StrEnum):
    """Why a number moved. The text stands in the ledger and in the history people read."""

    OPENING = "opening"  # the number a column or a new product began with
    EDIT = "edit"  # a person changed a stock cell
    PLACED = "placed"  # an order line reserves units
    RELEASED = "released"  # a line holds fewer units than before
    SHIPPED = "shipped"  # units left the shelf for a line
    WITHDRAWN = "withdrawn"  # a shipment was taken back by its channel
    RETURNED = "returned"  # goods came back, to be inspected
    LOWER_READING = "lower reading"  # two readings of one edit: the lower holds
    ANSWER = "answer"  # a person settled a question
    COUNTED = "counted"  # a channel counted what lies in its own warehouse, or a shop at its till
    AT_TILL = "at till"  # a till moved its number, for a reason of its own
    SENT = "sent"  # a transfer left its place and is on its way
    NOT_SENT = "not sent"  # … and had not left after all
    ARRIVED = "arrived"  # a transfer came to its place, or was counted there by another
    LOST = "lost"  # a transfer whose rest never arrives
    UNDONE = "undone"  # a person took an earlier movement back
    RECEIVED = "received"  # goods came in
    BROUGHT_BACK = "brought back"  # a customer's return, written by people
    DAMAGED = "damaged"
    SOLD_HERE = "sold here"  # over the counter
    SAMPLE = "sample"  # given away
    ASSEMBLED = "assembled"  # components became a set
    TAKEN_APART = "taken apart"  # … and a set its components
    STOCK_TAKEN = "stock taken"  # people counted what lies there, as of the moment the stock-take began

    @property
    def typed(self) -> bool:
        """Whether a person's number moved (part of *typed*), not one the bridge booked (part of *booked*)."""
        return self in (Cause.OPENING, Cause.EDIT)


@dataclass(frozen=True)
class Movement:
    """One immutable ledger line. `on_hand` and `allocated` are Δ units; `ref` names the edit, line or question."""

    sku: str
    location: str
    on_hand: int
    allocated: int
    cause: Cause
    ref: str


@dataclass(frozen=True)
class Balance:
    """One SKU at one location. `typed` is None where the cell was never filled: not stocked here.

    typed: opening + everything people typed · booked: everything we booked · allocated: promised, not yet shipped.
    Each may be below zero in the ledger; such a number is shown with its exception.
    """

    typed: int | None = None
    booked: int = 0
    allocated: int = 0

    @property
    def on_hand(self) -> int:
        return (self.typed or 0) + self.booked

    @property
    def stocked(self) -> bool:
        return self.typed is not None

    @property
    def free(self) -> int:
        """Units on the shelf that nobody was promised."""
        return self.on_hand - self.allocated


@dataclass(frozen=True)
class Component:
    """`units` (≥ 1) of `sku` go into one unit of a listing."""

    sku: str
    units: int


@dataclass(frozen=True)
class Location:
    """Where stock lies: one stock column. Only a location that `sells` counts as sellable."""

    name: str
    sells: bool


BalanceKey = tuple[str, str]  # SKU, location
