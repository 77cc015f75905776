"""The malls as their own records tell: what each shows now, and how long a sale took to lower the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Listing = tuple[str, str]


@dataclass(frozen=True)
class Change:
    """One number at one instant. `cause`: opening | order | restock | edit | push | hand."""

    mall: str
    at: datetime
    sku: str
    old: int
    new: int
    cause: str


@dataclass
class Shop:
    """One mall. `delay`: seconds until its feed shows an order."""

    name: str
    delay: float = 0.0
    skus: dict[Listing, str] = field(default_factory=dict)
    numbers: dict[Listing, int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    read: int = 0  # entries of its history

    def listings(self, sku: str) -> list[Listing]:
        return [listing for listing, code in self.skus.items() if code == sku]

    def take_stock(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for row in rows:
            listing = _listing(row)
            self.skus[listing], self.numbers[listing] = str(row["sku"] or "／".join(listing)), int(row["quantity"])

    def take_history(self, entries: Sequence[Mapping[str, Any]]) -> list[Change]:
        """What is new in it; what happened before the doors opened is no news."""
        self.read += len(entries)
        news = []
        for entry in entries:
            listing = _listing(entry)
            self.numbers[listing] = int(entry["new"])
            if entry["cause"] != "opening":
                at = datetime.fromisoformat(entry["at"])
                sku = self.skus.get(listing, "")
                news.append(Change(self.name, at, sku, int(entry["old"]), int(entry["new"]), entry["cause"]))
        self.changes += news
        return news

    def last_changed(self, count: int) -> list[str]:
        """The SKUs whose numbers moved last, the newest first."""
        moved = (change.sku for change in reversed(self.changes) if change.sku and change.old != change.new)
        return list(dict.fromkeys(moved))[:count]


def _listing(entry: Mapping[str, Any]) -> Listing:
    one, two = entry["listing"]
    return one, two


@dataclass(frozen=True)
class Lowered:
    """A sale in one mall, and the seconds until the bridge lowered the same code in another."""

    sold: str
    lowered: str
    at: datetime
    seconds: float


def lowered(shops: Sequence[Shop], most: int = 300) -> list[Lowered]:
    """Of each of the last `most` sales and each other mall that had a number to lower: up to the first push that lowers
    after the feed showed the sale. A push for an earlier sale of the same code is taken for it, so this is a lower
    bound where one code sells faster than the feed shows it. Counted from the sale, not from the feed."""
    by_code: defaultdict[tuple[str, str], list[Change]] = defaultdict(list)
    for shop in shops:
        for change in shop.changes:
            by_code[shop.name, change.sku].append(change)
    delays = {shop.name: timedelta(seconds=shop.delay) for shop in shops}
    sales = sorted((c for shop in shops for c in shop.changes if c.cause == "order" and c.sku), key=lambda c: c.at)
    found = []
    for sale in sales[-most:]:
        seen = sale.at + delays[sale.mall]
        for shop in shops:
            push = None if shop.name == sale.mall else _first_lowering(by_code[shop.name, sale.sku], seen)
            if push is not None:
                found.append(Lowered(sale.mall, shop.name, sale.at, (push.at - sale.at).total_seconds()))
    return found


def _first_lowering(changes: Sequence[Change], seen: datetime) -> Change | None:
    before = [change for change in changes if change.at < seen]
    if before and before[-1].new == 0:
        return None
    return next((c for c in changes if c.at >= seen and c.cause == "push" and c.new < c.old), None)


def spread(seconds: Sequence[float]) -> tuple[float, float]:
    """The middle one, and the one that 5 % exceed."""
    ranked = sorted(seconds)
    return ranked[len(ranked) // 2], ranked[min(len(ranked) - 1, int(len(ranked) * 0.95))]
