"""Google is away for half an hour while both malls trade.

Measured from the malls' own histories: how long a sale in one mall takes to lower the other, before and meanwhile; how
often a number was raised meanwhile (orders are withdrawn and staff type, so there is something to raise); and what the
rows cost when the sheet is back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bridge.sandbox.faults import Dial
from tests.bench.latency import Latencies, lowering_seconds
from tests.bench.scene import MALLS, Scene, scene

STOCK = 500


@dataclass(frozen=True)
class Away:
    """`rows`: rows of the table whose numbers had changed meanwhile · `calls`: of the Sheets API from its return until
    every row is right · `most_in_a_cycle`: the most of them between two polls"""

    minutes_away: float
    skus: int
    lowering_before: Latencies
    lowering_meanwhile: Latencies
    raises_meanwhile: int
    raises_afterwards: int
    rows: int
    calls: int
    most_in_a_cycle: int
    rows_right_after: float | None


def run(*, skus: int = 20, minutes: float = 30.0, poll_seconds: float = 3.0, pause: float = 10.0) -> Away:
    """`pause`: seconds between two customers, in both malls together."""
    stock = {f"S{number:02d}": STOCK for number in range(1, skus + 1)}
    withdrawn = list(stock)[: skus // 4]  # of these some orders are withdrawn
    kept = {sku: units for sku, units in stock.items() if sku not in withdrawn}
    with scene(stock, poll_seconds=poll_seconds, lag_seconds=10.0) as shop:
        shop.start_bridge()
        shop.minutes(2)
        trade = Trade(shop, list(stock), pause)
        before = shop.timeline.now()
        shop.minutes(minutes)
        away = shop.timeline.now()
        shop.weather("sheets", Dial(lost=1.0))
        shop.every(lambda: 20 * pause, lambda: trade.withdraw(withdrawn))
        shop.minutes(minutes)
        trade.open = False
        back, began = shop.timeline.now(), shop.at
        rows = _wrong_rows(shop, stock)
        shop.weather("sheets", Dial())
        right = _until_right(shop, stock)
        cycles = [cycle.calls for cycle in shop.cycles if cycle.at > began]
        shop.minutes(5)
        dark_from = away + shop.world.service.shop.dark
        return Away(
            minutes_away=minutes,
            skus=skus,
            lowering_before=lowering_seconds(shop, kept, before, away),
            lowering_meanwhile=lowering_seconds(shop, kept, dark_from, back),
            raises_meanwhile=_raises(shop, dark_from, back),
            raises_afterwards=_raises(shop, back, shop.timeline.now()),
            rows=rows,
            calls=sum(cycles),
            most_in_a_cycle=max(cycles),
            rows_right_after=right,
        )


class Trade:
    """Customers who buy one piece at a time, and some who withdraw."""

    def __init__(self, shop: Scene, skus: list[str], pause: float) -> None:
        self.open = True
        self._shop, self._skus, self._random = shop, skus, Random(3)
        self._orders: dict[str, list[tuple[str, str]]] = {}
        shop.every(lambda: self._random.expovariate(1 / pause), self._buy)

    def _buy(self) -> None:
        if self.open:
            mall, sku = self._random.choice(MALLS), self._random.choice(self._skus)
            order = self._shop.world.buy(mall, sku, 1)
            if order is not None:
                self._orders.setdefault(sku, []).append((mall, order))

    def withdraw(self, skus: list[str]) -> None:
        """The mall doesn't put them back on sale by itself."""
        orders = [each for sku in skus for each in self._orders.get(sku, [])]
        if self.open and orders:
            mall, order = self._random.choice(orders)
            getattr(self._shop.world.sandbox, mall).cancel(order, restock=False)


def _wrong_rows(shop: Scene, stock: Mapping[str, int]) -> int:
    """Rows whose 引当 is not what customers wait for."""
    waiting: Counter[str] = Counter()
    for mall in MALLS:
        for order in getattr(shop.world.sandbox, mall).orders():
            for line in order.lines:
                waiting[line.sku] += line.open
    shown = {row["SKU"]: row["引当"] for row in shop.world.table("在庫表") if row["SKU"]}
    return sum(shown[sku] != str(waiting[sku]) for sku in stock)


def _until_right(shop: Scene, stock: Mapping[str, int]) -> float | None:
    began = shop.at
    while shop.at - began < 900:
        if _wrong_rows(shop, stock) == 0:
            return shop.at - began
        shop.timeline.run(1)
    return None


def _raises(shop: Scene, after: datetime, until: datetime) -> int:
    return sum(
        change.cause == "push" and change.new > change.old and change.at < until
        for mall in MALLS
        for change in shop.changes(mall, after)
    )
