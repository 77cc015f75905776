"""What 集計 says, as plain numbers: every figure comes out of the ledger, none out of the sheet.

A *sale* is what order lines took out of free stock: Δ allocated − Δ on hand of their movements, so a cancellation is a
sale taken back on the day it was cancelled, and a shipment changes nothing. Goods sold over the counter count under a
name of their own, and so does what Amazon's own warehouse has fewer of from one count to the next: its orders are not
ours to ship, and its count is all that the ledger knows of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from math import ceil

from bridge.domain.stock import Cause

COUNTER = "counter"  # goods sold over the counter, written into 入出庫
WAREHOUSE = "warehouse"  # what a channel's own warehouse has fewer of
WEEK, MONTH, TREND = 7, 30, 90  # business days, today included
ORDERED = (Cause.PLACED, Cause.RELEASED, Cause.SHIPPED, Cause.WITHDRAWN)


@dataclass(frozen=True)
class Moved:
    """One movement as reports see it. `channel`: that sold it, COUNTER or WAREHOUSE, "" where it is no sale
    · `moved_on`: the business day on which the goods moved, `sold_on`: on which they were sold."""

    sku: str
    location: str
    on_hand: int
    allocated: int
    cause: Cause
    channel: str
    moved_on: date
    sold_on: date

    @property
    def sold(self) -> int:
        """Units; below zero where a sale was taken back."""
        return self.allocated - self.on_hand if self.channel else 0


@dataclass(frozen=True)
class Stocked:
    """One SKU at one location, now. `sells`: whether it counts as sellable."""

    sku: str
    location: str
    on_hand: int
    allocated: int
    sells: bool

    @property
    def free(self) -> int:
        """Units that nobody was promised."""
        return self.on_hand - self.allocated


class State(StrEnum):
    """What is to be said of a product, the most urgent first."""

    OUT = "out"  # nothing sellable, though it sold within the month or was ordered beyond the stock
    LOW = "low"
    DEAD = "dead"  # goods on the shelf and no sale for as many days as the settings say
    FINE = "fine"
    EMPTY = "empty"  # nothing there, and nobody asked for it within the month


@dataclass(frozen=True)
class Limits:
    """`low`: sellable units, and `cover`: days of cover, at which a product is low · `dead`: days without a sale."""

    low: int = 3
    cover: int = 7
    dead: int = 90


@dataclass(frozen=True)
class Sales:
    """Units sold by one channel."""

    channel: str
    today: int
    week: int
    month: int


@dataclass(frozen=True)
class Day:
    """A business day. `on_hand`: at its end, all locations together."""

    day: date
    on_hand: int
    sold: int


@dataclass(frozen=True)
class Place:
    """A location. `value`: None where costs are unknown to this reader."""

    location: str
    on_hand: int
    allocated: int
    value: int | None = None


@dataclass(frozen=True)
class Product:
    """One SKU. `cover`: days that the sellable units last at the month's pace, None where none was sold · `idle`: days
    since the last sale, or since it was first stocked where none is known; None where there is neither · `cost`: of one
    unit, `value`: of all of them, whole yen; None where no price is known."""

    sku: str
    state: State
    on_hand: int
    allocated: int
    sellable: int | None
    week: int
    month: int
    cover: int | None
    idle: int | None
    cost: Decimal | None = None
    value: int | None = None


@dataclass(frozen=True)
class Latency:
    """Seconds from a sale elsewhere until this channel showed it; None where nothing was measured."""

    count: int = 0
    p50: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class ChannelRow:
    """The health of one channel. `waiting`: listings that don't show what is wanted · `matters`: open lines of
    要対応."""

    name: str
    live: bool
    contact: str
    heard_at: datetime | None
    latency: Latency
    waiting: int
    matters: int


@dataclass(frozen=True)
class EditAccount:
    """Edits of people: seen = applied + refused + superseded + waiting."""

    applied: int = 0
    refused: int = 0
    superseded: int = 0
    waiting: int = 0

    @property
    def seen(self) -> int:
        return self.applied + self.refused + self.superseded + self.waiting


@dataclass(frozen=True)
class Summary:
    """Everything 集計 shows. `today`: the business day it was made on · `unpriced`: units on hand without a known cost,
    None where costs are not told."""

    today: date
    products: Sequence[Product]
    places: Sequence[Place]
    sales: Sequence[Sales]
    trend: Sequence[Day]
    channels: Sequence[ChannelRow]
    edits: EditAccount
    questions: int
    unpriced: int | None = None

    def count(self, state: State) -> int:
        return sum(each.state is state for each in self.products)

    @property
    def value(self) -> int | None:
        """Whole yen, of what has a known cost."""
        return None if self.unpriced is None else sum(each.value or 0 for each in self.products)

    def without_costs(self) -> Summary:
        """For those who may see none."""
        return replace(
            self,
            products=[replace(each, cost=None, value=None) for each in self.products],
            places=[replace(each, value=None) for each in self.places],
            unpriced=None,
        )


def state_of(
    on_hand: int, sellable: int | None, month: int, cover: int | None, idle: int | None, limits: Limits
) -> State:
    """What is to be said of a product."""
    if sellable is not None and sellable <= 0:
        if month > 0 or sellable < 0:
            return State.OUT
        return State.EMPTY if on_hand <= 0 else _dead_or(State.FINE, on_hand, idle, limits)
    if sellable is not None and month > 0 and (sellable <= limits.low or (cover is not None and cover < limits.cover)):
        return State.LOW
    return _dead_or(State.FINE if on_hand > 0 else State.EMPTY, on_hand, idle, limits)


def _dead_or(otherwise: State, on_hand: int, idle: int | None, limits: Limits) -> State:
    return State.DEAD if on_hand > 0 and idle is not None and idle >= limits.dead else otherwise


def cover_of(sellable: int | None, sold: int, days: int) -> int | None:
    """Whole days that `sellable` units last where `sold` went in `days` (≥ 1). None where none was sold."""
    if sellable is None or sold <= 0:
        return None
    return max(0, sellable) * days // sold


def trend_days(today: date) -> list[date]:
    """The business days of the trend, the oldest first."""
    return [today - timedelta(days=back) for back in reversed(range(TREND))]


def latency_of(seconds: Sequence[float]) -> Latency:
    """By nearest rank: a figure that was really measured, never one between two."""
    found = sorted(seconds)
    if not found:
        return Latency()
    return Latency(len(found), _rank(found, 0.5), _rank(found, 0.95))


def _rank(found: Sequence[float], part: float) -> float:
    return found[max(0, ceil(part * len(found)) - 1)]


def in_order(products: Mapping[str, Product]) -> list[Product]:
    """As a reader wants them: what needs something first, then by code."""
    rank = {state: number for number, state in enumerate(State)}
    return sorted(products.values(), key=lambda each: (rank[each.state], each.sku))
