"""How long it takes until a sale in one mall has lowered the others, from the malls' own histories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bridge.sandbox.malls.mall import Change
from tests.bench.scene import MALLS, Scene


@dataclass(frozen=True)
class Latencies:
    """Seconds. `never`: not before the end of the run."""

    count: int
    p50: float | None
    p95: float | None
    longest: float | None
    never: int = 0


def summary(seconds: Iterable[float | None]) -> Latencies:
    found = list(seconds)
    known = sorted(each for each in found if each is not None)

    def at(share: float) -> float | None:
        return round(known[min(len(known) - 1, int(share * len(known)))], 1) if known else None

    return Latencies(len(found), at(0.5), at(0.95), at(1.0), len(found) - len(known))


def lowering_seconds(shop: Scene, stock: Mapping[str, int], after: datetime, until: datetime) -> Latencies:
    """Of every sale in [after, until) of SKUs of which nothing was ever withdrawn: until the other mall showed no more
    than what was left."""
    return summary(
        seconds for sku, units in stock.items() for seconds in _of_one_sku(_histories(shop, sku), units, after, until)
    )


def _of_one_sku(
    histories: Mapping[str, list[Change]], stock: int, after: datetime, until: datetime
) -> Iterable[float | None]:
    sales = sorted(
        ((change.at, mall, change.old - change.new) for mall, each in histories.items() for change in each
         if change.cause == "order")
    )  # fmt: skip
    left = stock
    for at, mall, units in sales:
        left -= units
        if after <= at < until:
            for other in MALLS:
                if other != mall:
                    yield _until_no_more_than(histories[other], left, at)


def _until_no_more_than(history: list[Change], left: int, since: datetime) -> float | None:
    before = [change.new for change in history if change.at <= since]
    if before and before[-1] <= left:
        return 0.0
    return next(((each.at - since).total_seconds() for each in history if each.at > since and each.new <= left), None)


def _histories(shop: Scene, sku: str) -> dict[str, list[Change]]:
    return {
        mall: [change for change in shop.changes(mall) if change.listing == shop.world.wire(mall, sku)]
        for mall in MALLS
    }
