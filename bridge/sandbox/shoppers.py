"""People who buy, cancel and change their minds, in every mall at once."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from bridge.clock import Clock
from bridge.sandbox.malls.mall import Listing, Mall, Order, Wanted, units_by_listing


@dataclass(frozen=True)
class ShopperDials:
    rate_per_second: float = 1.0
    """orders tried per second, in all malls together"""
    steepness: float = 0.9
    """how much more the hot SKUs sell: the n-th is wanted n**-steepness times as often as the first"""
    several_lines: float = 0.2
    """share of orders with more than one line"""
    several_units: float = 0.3
    """share of lines with more than one unit"""
    most_lines: int = 3
    most_units: int = 3
    cancel_share: float = 0.05
    """share of orders withdrawn, if they are not shipped by then"""
    change_share: float = 0.02
    """share of orders made smaller by a unit"""
    regret_after: tuple[float, float] = (2.0, 15.0)
    """seconds from an order to its cancellation or change"""
    return_share: float = 0.0
    """share of orders of which a unit comes back, if it was shipped by then; only where the mall tells of it"""
    return_after: tuple[float, float] = (12.0, 25.0)
    """seconds from an order to its return"""
    crowds: Mapping[str, float] = field(default_factory=dict)
    """mall → how many people it draws, against 1 for one that isn't named"""


class Shoppers:
    """Poisson arrivals. `step` does everything that is due by the clock; who calls it, and how often, is not its
    business: a thread in the demo, a test's own loop with a virtual clock."""

    def __init__(
        self,
        malls: Sequence[Mall],
        clock: Clock,
        *,
        seed: int = 0,
        dials: ShopperDials | None = None,
        hot_skus: Sequence[str] = (),
    ) -> None:
        # orders, units, refused, cancelled, changed, too_late, returned, kept (it was not shipped by then)
        self.counts: Counter[str] = Counter()
        self.demand: Counter[str] = Counter()  # SKU → units wanted, whether there were any or not
        self._malls = malls
        self._clock = clock
        self._dials = dials or ShopperDials()
        self._random = Random(seed)
        self._offers = _offers(malls)
        self._skus, self._weights = self._ranked(hot_skus)
        self._regrets: list[tuple[float, int, Callable[[], None]]] = []
        self._running = bool(self._skus)
        self._next = clock.monotonic() + self._pause()

    def stop(self) -> None:
        """Nobody buys or regrets anything from now on."""
        self._running = False
        self._regrets.clear()

    def step(self) -> None:
        now = self._clock.monotonic()
        while self._running and self._next <= now:
            self._shop(self._next)
            self._next += self._pause()
        while self._regrets and self._regrets[0][0] <= now:
            heapq.heappop(self._regrets)[2]()

    def _pause(self) -> float:
        rate = self._dials.rate_per_second
        return self._random.expovariate(rate) if rate > 0 else float("inf")

    def _ranked(self, hot_skus: Sequence[str]) -> tuple[list[str], list[float]]:
        """The SKUs, the hottest first, with their accumulated weights."""
        hot = [sku for sku in hot_skus if sku in self._offers]
        others = sorted(self._offers.keys() - set(hot))
        self._random.shuffle(others)
        ranked = hot + others
        weights = [(rank + 1) ** -self._dials.steepness for rank in range(len(ranked))]
        return ranked, list(accumulate(weights))

    def _shop(self, at: float) -> None:
        mall, wanted = self._basket()
        skus = mall.skus()
        for listing, units in wanted:
            self.demand[skus[listing]] += units
        order_id = _bought(mall, wanted)
        if order_id is None:
            self.counts["refused"] += 1
            return
        self.counts["orders"] += 1
        self.counts["units"] += sum(units for _, units in wanted)
        fate, dials = self._random.random(), self._dials
        if fate < dials.cancel_share:
            self._plan(at, dials.regret_after, lambda: self._cancel(mall, order_id))
        elif fate < dials.cancel_share + dials.change_share:
            self._plan(at, dials.regret_after, lambda: self._change(mall, order_id))
        elif fate < dials.cancel_share + dials.change_share + dials.return_share and mall.tells_returns:
            self._plan(at, dials.return_after, lambda: self._give_back(mall, order_id))

    def _basket(self) -> tuple[Mall, list[tuple[Listing, int]]]:
        """A mall that has the first thing wanted, and up to `most_lines` things of that mall."""
        first = self._sku()
        malls = [mall for mall in self._malls if mall.name in self._offers[first]]
        [mall] = self._random.choices(malls, [self._dials.crowds.get(mall.name, 1.0) for mall in malls])
        several = self._random.random() < self._dials.several_lines
        lines = self._random.randint(2, self._dials.most_lines) if several else 1
        skus = dict.fromkeys([first, *(self._sku() for _ in range(lines - 1))])
        listings = [self._random.choice(here) for sku in skus if (here := self._offers[sku].get(mall.name))]
        return mall, [(listing, self._units()) for listing in dict.fromkeys(listings)]

    def _sku(self) -> str:
        return self._random.choices(self._skus, cum_weights=self._weights)[0]

    def _units(self) -> int:
        several = self._random.random() < self._dials.several_units
        return self._random.randint(2, self._dials.most_units) if several else 1

    def _plan(self, at: float, after: tuple[float, float], action: Callable[[], None]) -> None:
        due = at + self._random.uniform(*after)
        heapq.heappush(self._regrets, (due, self.counts["orders"], action))

    def _cancel(self, mall: Mall, order_id: str) -> None:
        withdrawn = mall.cancel(order_id, restock=None)
        self.counts["cancelled" if withdrawn else "too_late"] += 1

    def _change(self, mall: Mall, order_id: str) -> None:
        with mall.lock:
            order = _find(mall, order_id)
            line = next((line for line in order.lines if line.open > 1), None)
            if line is not None:
                mall.edit_units(order_id, line.line_id, line.units - 1)
        self.counts["changed" if line else "too_late"] += 1

    def _give_back(self, mall: Mall, order_id: str) -> None:
        with mall.lock:
            line = next((line for line in _find(mall, order_id).lines if line.shipped > line.returned), None)
            if line is not None:
                mall.return_units(order_id, line.line_id, 1)
        self.counts["returned" if line else "kept"] += 1


def _offers(malls: Sequence[Mall]) -> dict[str, dict[str, list[Listing]]]:
    """SKU → mall → its listings there."""
    offers: dict[str, dict[str, list[Listing]]] = defaultdict(lambda: defaultdict(list))
    for mall in malls:
        for listing, sku in mall.skus().items():
            if sku:
                offers[sku][mall.name].append(listing)
    return offers


def _bought(mall: Mall, wanted: Wanted) -> str | None:
    """The order's id; None where the mall doesn't show that many, or the shelf of a till doesn't hold them."""
    if not mall.over_the_counter:
        return mall.place(wanted)
    with mall.lock:
        lies = mall.stock()
        there = all(lies.get(listing, 0) >= units for listing, units in units_by_listing(wanted).items())
        return mall.place(wanted) if there else None


def _find(mall: Mall, order_id: str) -> Order:
    return next(order for order in reversed(mall.orders()) if order.id == order_id)
