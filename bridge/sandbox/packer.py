"""The warehouse: reports orders as shipped in the mall, some of them in two steps."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Mall, Order


@dataclass(frozen=True)
class PackerDials:
    ship_share: float = 0.9
    """share of orders that are shipped at all while the packer works"""
    ship_after: tuple[float, float] = (3.0, 10.0)
    """seconds from an order's appearance in the feed to its shipment"""
    part_share: float = 0.2
    """share of the orders of several units that leave in two steps"""
    part_gap: tuple[float, float] = (2.0, 8.0)
    """seconds between the two"""


class Packer:
    """`step` does everything that is due by the clock, as Shoppers.step."""

    def __init__(self, malls: Sequence[Mall], clock: Clock, *, seed: int = 0, dials: PackerDials | None = None) -> None:
        self.counts: Counter[str] = Counter()  # shipped (orders), units, parts (orders begun in part), cancelled
        self._malls = malls
        self._clock = clock
        self._dials = dials or PackerDials()
        self._random = Random(seed)
        self._seen: Counter[str] = Counter()  # mall → its orders that were looked at
        self._due: list[tuple[float, int, Mall, Order, bool]] = []
        self._running = True

    def stop(self) -> None:
        """Nothing leaves the warehouse from now on."""
        self._running = False
        self._due.clear()

    def step(self) -> None:
        if not self._running:
            return
        for mall in self._malls:
            self._look_for_orders(mall)
        now = self._clock.monotonic()
        while self._due and self._due[0][0] <= now:
            at, _, mall, order, first_step = heapq.heappop(self._due)
            self._pack(at, mall, order, first_step)

    def _look_for_orders(self, mall: Mall) -> None:
        orders = mall.orders()
        for order in orders[self._seen[mall.name] :]:
            if order.open and self._random.random() < self._dials.ship_share:
                hidden = (order.visible_at - self._clock.now()).total_seconds()
                at = self._clock.monotonic() + max(hidden, 0.0) + self._random.uniform(*self._dials.ship_after)
                self._put(at, mall, order, first_step=True)
        self._seen[mall.name] = len(orders)

    def _put(self, at: float, mall: Mall, order: Order, first_step: bool) -> None:
        number = self._seen.total() + len(self._due)
        heapq.heappush(self._due, (at, number, mall, order, first_step))

    def _pack(self, at: float, mall: Mall, order: Order, first_step: bool) -> None:
        with mall.lock:
            if order.open == 0:
                self.counts["cancelled"] += 1
                return
            split = mall.ships_in_part and order.open > 1 and self._random.random() < self._dials.part_share
            if first_step and split:
                self.counts["parts"] += 1
                self.counts["units"] += self._ship_some(mall, order)
                self._put(at + self._random.uniform(*self._dials.part_gap), mall, order, first_step=False)
                return
            self.counts["units"] += mall.ship(order.id)
            self.counts["shipped"] += 1

    def _ship_some(self, mall: Mall, order: Order) -> int:
        """Some units of one line."""
        line = self._random.choice([line for line in order.lines if line.open])
        return mall.ship(order.id, line.line_id, self._random.randint(1, max(line.open - 1, 1)))
