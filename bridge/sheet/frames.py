"""The only place of pandas: the group-bys of reports. Plain rows come in, frozen dataclasses go out, and no number is
decided here that a loop over the same rows would not give. Imported late: pandas takes a second or two to load.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from bridge.domain.costs import value_of
from bridge.domain.summary import (
    MONTH,
    WEEK,
    Day,
    Limits,
    Moved,
    Place,
    Product,
    Sales,
    Stocked,
    cover_of,
    in_order,
    state_of,
    trend_days,
)

_KEYS = ["sku", "channel", "moved_on", "sold_on"]


@dataclass(frozen=True)
class Days:
    """Movements as sums by SKU, selling channel and business days (ordinals, which group faster): Δ on hand, and units
    sold. `known_from`: the first business day that the ledger knows of."""

    frame: Any
    known_from: date

    @classmethod
    def of(cls, rows: Iterable[Moved], known_from: date) -> Days:
        listed = [(m.sku, m.channel, m.moved_on.toordinal(), m.sold_on.toordinal(), m.on_hand, m.sold) for m in rows]
        frame = pd.DataFrame(listed, columns=[*_KEYS, "on_hand", "sold"])
        return cls(frame.groupby(_KEYS, as_index=False, sort=False)[["on_hand", "sold"]].sum(), known_from)

    def and_then(self, later: Days) -> Days:
        """Both, where one goes on where the other ends."""
        both = [each.frame for each in (self, later) if len(each.frame)] or [self.frame]
        return Days(pd.concat(both, ignore_index=True), min(self.known_from, later.known_from))

    def sold_since(self, before: date) -> Any:
        """What was sold by anybody on later business days than this."""
        frame = self.frame
        return frame[(frame["channel"] != "") & (frame["sold_on"] > before.toordinal())]


def sales(days: Days, today: date, channels: Sequence[str]) -> list[Sales]:
    """Units sold by each of `channels`, in this order, then by any other that sold something."""
    since = [today - timedelta(days=span) for span in (1, WEEK, MONTH)]
    spans = [_sum_by(days.sold_since(before), "channel", "sold") for before in since]
    others = sorted({str(name) for name in spans[-1]} - set(channels))
    return [Sales(name, *(span.get(name, 0) for span in spans)) for name in [*channels, *others]]


def trend(days: Days, on_hand: int, today: date) -> list[Day]:
    """Each business day that the ledger knows of, back from `on_hand` of now."""
    moved, sold = _sum_by(days.frame, "moved_on", "on_hand"), _sum_by(days.frame, "sold_on", "sold")
    found: list[Day] = []
    for day in reversed(trend_days(today)):
        if day < days.known_from:
            break
        found.append(Day(day, on_hand, sold.get(day.toordinal(), 0)))
        on_hand -= moved.get(day.toordinal(), 0)
    return found[::-1]


def places(stock: Sequence[Stocked], order: Sequence[str], costs: Mapping[str, Decimal] | None) -> list[Place]:
    """Each location, those of `order` first. `costs`: of one unit by SKU; None: values are not told."""
    frame = pd.DataFrame(
        [(each.location, each.on_hand, each.allocated, _value(each, costs)) for each in stock],
        columns=["location", "on_hand", "allocated", "value"],
    )
    sums = frame.groupby("location")[["on_hand", "allocated", "value"]].sum()
    told = costs is not None
    found = [
        Place(str(row.Index), int(row.on_hand), int(row.allocated), int(row.value) if told else None)
        for row in sums.itertuples()
    ]
    rank = {name: number for number, name in enumerate(order)}
    return sorted(found, key=lambda each: (rank.get(each.location, len(rank)), each.location))


def products(
    days: Days,
    stock: Sequence[Stocked],
    kept_back: Mapping[str, int],
    today: date,
    limits: Limits,
    costs: Mapping[str, Decimal] | None,
) -> list[Product]:
    """Every SKU that is stocked anywhere. `kept_back`: units by SKU that are not for sale (safety, sold unseen)."""
    frame = pd.DataFrame(
        [
            (each.sku, each.on_hand, each.allocated, each.free if each.sells else 0, each.sells, _value(each, costs))
            for each in stock
        ],
        columns=["sku", "on_hand", "allocated", "free", "sells", "value"],
    )
    sums = frame.groupby("sku").agg(
        {"on_hand": "sum", "allocated": "sum", "free": "sum", "sells": "any", "value": "sum"}
    )
    week = _sum_by(days.sold_since(today - timedelta(days=WEEK)), "sku", "sold")
    month = _sum_by(days.sold_since(today - timedelta(days=MONTH)), "sku", "sold")
    last, first = _last_sales(days), _first_days(days)
    pace_days = min(MONTH, (today - days.known_from).days + 1)
    found = {}
    for row in sums.itertuples():
        sku = str(row.Index)
        sellable = int(row.free) - kept_back.get(sku, 0) if row.sells else None
        cover = cover_of(sellable, month.get(sku, 0), pace_days)
        idle = _idle(int(row.on_hand), last.get(sku), first.get(sku, days.known_from), today)
        state = state_of(int(row.on_hand), sellable, month.get(sku, 0), cover, idle, limits)
        cost = None if costs is None else costs.get(sku)
        found[sku] = Product(
            sku,
            state,
            int(row.on_hand),
            int(row.allocated),
            sellable,
            week.get(sku, 0),
            month.get(sku, 0),
            cover,
            idle,
            cost,
            None if cost is None else int(row.value),
        )
    return in_order(found)


def _idle(on_hand: int, last: date | None, first: date, today: date) -> int | None:
    """Days since the last sale; where none is known, since there is anything to sell."""
    if last is not None:
        return (today - last).days
    return (today - first).days if on_hand > 0 else None


def _last_sales(days: Days) -> dict[str, date]:
    """The last business day on which more was sold than taken back, by SKU."""
    sold = days.sold_since(date.min).groupby(["sku", "sold_on"], as_index=False)["sold"].sum()
    return _as_dates(sold[sold["sold"] > 0].groupby("sku")["sold_on"].max())


def _first_days(days: Days) -> dict[str, date]:
    return _as_dates(days.frame.groupby("sku")["moved_on"].min())


def _as_dates(ordinals: Any) -> dict[str, date]:
    return {str(name): date.fromordinal(int(day)) for name, day in ordinals.items()}


def _sum_by(frame: Any, key: str, of: str) -> dict[Any, int]:
    return {name: int(units) for name, units in frame.groupby(key)[of].sum().items()}


def _value(each: Stocked, costs: Mapping[str, Decimal] | None) -> int:
    cost = None if costs is None else costs.get(each.sku)
    return 0 if cost is None else value_of(each.on_hand, cost)
