"""The stock at the end of a month, computed back from movements, which nobody changes.

A month is frozen once, from what is known then. What arrives later and had happened before its end (a sale of a till
that was read after midnight, the count of a stock-take that began before it, a purchase price) changes nothing that is
frozen: it stands beside it as a correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo
from decimal import Decimal

from bridge.domain.costs import value_of


@dataclass(frozen=True)
class Line:
    """One SKU at one location."""

    sku: str
    location: str
    on_hand: int
    allocated: int


@dataclass(frozen=True)
class Corrected:
    """A frozen line and what is known now. `cost`, `cost_now`: of one unit, None where no price is known."""

    line: Line
    cost: Decimal | None
    on_hand_now: int
    cost_now: Decimal | None

    @property
    def value(self) -> int | None:
        return None if self.cost is None else value_of(self.line.on_hand, self.cost)

    @property
    def value_now(self) -> int | None:
        return None if self.cost_now is None else value_of(self.on_hand_now, self.cost_now)


def month_after(month: str) -> str:
    """2026-12 → 2027-01"""
    year, number = map(int, month.split("-"))
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def end_of(month: str, zone: tzinfo) -> datetime:
    """The first moment that is no more of this month, in a time zone."""
    return datetime.combine(date.fromisoformat(f"{month_after(month)}-01"), time(), zone)


def months_due(first: datetime | None, frozen: Iterable[str], now: datetime, zone: tzinfo) -> list[str]:
    """The months that ended and are not frozen yet, the oldest first. `first`: when the ledger's first movement was
    booked; months before it are unknown."""
    if first is None:
        return []
    month = max([first.astimezone(zone).strftime("%Y-%m"), *map(month_after, frozen)])
    found = []
    while end_of(month, zone) <= now:
        found.append(month)
        month = month_after(month)
    return found


def corrected(
    lines: Iterable[tuple[Line, Decimal | None]],
    late: Mapping[tuple[str, str], tuple[int, int]],
    costs: Mapping[str, Decimal],
) -> list[Corrected]:
    """Every frozen line beside what is known now, and lines of their own for what was not there at all. `late`: Δ on
    hand and Δ allocated by SKU and location that became known later · `costs`: as of the month's end, known now."""
    left, found = dict(late), list[Corrected]()
    for line, cost in lines:
        moved, _ = left.pop((line.sku, line.location), (0, 0))
        found.append(Corrected(line, cost, line.on_hand + moved, costs.get(line.sku)))
    for (sku, location), (moved, _) in sorted(left.items()):
        if moved:
            found.append(Corrected(Line(sku, location, 0, 0), None, moved, costs.get(sku)))
    return found
